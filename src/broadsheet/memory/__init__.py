"""A build → what the next one should know of it: what it was made from, whether it still stands, what differs.

In: what a build found and did. Out: the same at the next run, or nothing; all of it may be deleted at any time.
"""
