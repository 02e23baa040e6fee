"""Broadsheet turns raw news files into a published digest: stories, editions, pages, feeds."""

from importlib.metadata import version

__version__ = version("broadsheet")
