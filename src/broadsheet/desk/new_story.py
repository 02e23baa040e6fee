"""A story that an editor begins: a title → a story file with legal front matter, under a name that no file has.

In: a site, and what is known of the story. Out: the file's path. It is a draft, so that nothing half-written goes out.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet import content, disk
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import Place, fail
from broadsheet.ingest.sources.story_files import file_name

LONGEST = 300  # characters of a title, as ingest takes them


class Beginning(msgspec.Struct, frozen=True):
    """What is known of a story that is to be written; ``date`` is a day or an aware moment."""

    title: str
    date: dt.date
    section: str = ""
    authors: tuple[str, ...] = ()


def begin(site: Site, known: Beginning) -> str:
    """Write the file of a new story; its path below content/stories. An id is minted; no file is ever replaced.

    Raises BroadsheetError: ``value`` for a title that no line can hold, ``unwritable`` where the system refuses.
    """
    title = _line(known.title)
    if not title or len(title) > LONGEST:
        message = "a story needs a title" if not title else f"the title is longer than {LONGEST} characters"
        raise fail("value", message, Place("title"))
    meta: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "title": title,
        "date": known.date,
        "section": settled(site, known.section),
        "authors": [name for author in known.authors if (name := _line(author))],
        "status": "draft",
    }
    data = content.dump({key: value for key, value in meta.items() if value}, "")
    for path in paths(known.date, title, site):
        if guarded.create(disk.within(site.stories, path), data):
            return path
    raise AssertionError("a month has fewer stories of one title")


def paths(date: dt.date, name: str, site: Site) -> Iterator[str]:
    """Paths below content/stories for a story: the month of its date, the words of its name, then numbered."""
    day = date.astimezone(site.zone) if isinstance(date, dt.datetime) else date
    stem = f"{day.year:04}/{day.month:02}/{file_name(name)}"
    yield f"{stem}.md"
    yield from (f"{stem}-{number}.md" for number in range(2, 1_000_000))


def settled(site: Site, section: str) -> str:
    """The site's own name for a section, whatever its case, or as one of its aliases; else the name as it is."""
    section = _line(section)
    names = {name.casefold(): name for name in site.settings.sections}
    names |= {other.casefold(): name for other, name in site.settings.section_aliases.items()}
    return names.get(section.casefold(), section)


def _line(text: str) -> str:
    """A text as one line that a file may hold: without control characters, and without what is no character at all."""
    whole = os.fsencode(text).decode("utf-8", "replace") if not text.isascii() else text
    return " ".join("".join(mark if mark.isprintable() else " " for mark in whole).split())
