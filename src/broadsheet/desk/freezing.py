"""Freezing: an edition as it is → its file below content/editions, by which later builds leave it as it was.

In: an edition and what its file says so far. Out: the file, with all that an editor wrote in it kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from broadsheet import disk, storyfile
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.newspaper import Edition


def freeze(site: Site, edition: Edition, shown: str) -> None:
    """Record an edition's selection and order in its file, ``shown`` as a user calls it. Raises BroadsheetError."""
    path = site.root / shown
    meta: dict[str, Any] = {}
    body = ""
    if path.exists():
        matter, problems = storyfile.split(_bytes(path, shown), shown)
        if matter is None:
            raise BroadsheetError(*problems)
        meta, body = matter.meta, matter.body
    disk.replace(path, storyfile.dump({**meta, "frozen": _record(edition)}, body))


def _record(edition: Edition) -> dict[str, Any]:
    desks = [{"section": desk.section, "stories": [story.id for story in desk.stories]} for desk in edition.desks]
    briefs = [story.id for story in edition.briefs]
    record = {"lead": edition.lead.id, "desks": desks, "briefs": briefs}
    return {key: value for key, value in record.items() if value}


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror or cause}", Place(shown)) from cause
