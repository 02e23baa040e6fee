"""An editor's word → files below content/: a new site, a new story, a frozen edition.

In: what an editor asked for. Out: files; what a person wrote is never replaced.
"""
