"""One module a format: the bytes of a source -> drafts with the fate of every line."""
