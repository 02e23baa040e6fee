"""Broadsheet turns raw news files into a published digest: stories, editions, pages, feeds."""

__version__ = "0.1.0"
