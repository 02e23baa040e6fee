"""One reader a format, a module or a folder of them: the bytes of a source → drafts with the fate of every piece."""
