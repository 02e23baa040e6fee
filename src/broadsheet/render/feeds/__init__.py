"""Values -> what machines read: feeds, sitemaps, the files of hosts."""
