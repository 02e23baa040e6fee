"""What Broadsheet keeps of a site between two runs, and the lock on it.

In: a site's folder. Out: the certainty that no other program works on it meanwhile.
"""
