"""Build → next build: the snapshot of the disk, the saved plan, what was read and drawn; and the lock on a site.

In: what a build found and did. Out: the same at the next run, or nothing; all of it may be deleted at any time.
"""
