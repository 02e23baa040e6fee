"""Feeds of every form → their stories: one draft an entry."""

from broadsheet.ingest.formats.feed.reader import read

__all__ = ["read"]
