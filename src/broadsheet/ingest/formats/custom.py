"""A site's own readers beside Broadsheet's: the one that a raw file's name asks for, else that of its format.

In: functions by a pattern of names, as build.py gives them. Out: a ``Reader``. What goes wrong in such a function is a
problem of the source, with the line of the function; a line by which a text says that it is not for readers counts
whoever read it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source

OwnReader = Callable[[Source, Hints], Iterable[Draft]]


def reader(own: Mapping[str, OwnReader] | None = None) -> Reader:
    """What reads a source: the first of ``own`` whose pattern its name matches, else Broadsheet's own readers."""
    return _Readers(dict(own or {}))


class _Readers(msgspec.Struct, frozen=True):
    """Readers by pattern; a value, so that it can be handed to a process that reads."""

    own: dict[str, OwnReader]

    def __call__(self, source: Source, hints: Hints) -> tuple[Draft, ...]:
        for pattern, read in self.own.items():
            if fnmatch(source.name.lower(), pattern.lower()):
                return _read(read, source, hints)
        from broadsheet.ingest.formats import detect  # takes longer to load than a run with nothing new

        return detect.read(source, hints)


def _read(read: OwnReader, source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The drafts of an owner's function. Raises BroadsheetError (``reader-failed``) for whatever goes wrong in it."""
    try:
        drafts: tuple[Any, ...] = tuple(read(source, hints))
    except BroadsheetError:
        raise
    except Exception as cause:
        spot = traceback.extract_tb(cause.__traceback__)[-1]
        message = f"the site's own reader failed: {type(cause).__name__}: {str(cause)[:200]}"
        hint = f"See {Path(spot.filename).name}, line {spot.lineno}."
        raise fail("reader-failed", message, Place(source.name), hint) from cause
    if wrong := {type(draft).__name__ for draft in drafts} - {Draft.__name__}:
        message = f"the site's own reader gave {min(wrong)} in place of drafts"
        raise fail(
            "reader-failed", message, Place(source.name), "Make them with broadsheet.ingest.make_draft(title, body, …)."
        )
    from broadsheet.ingest.extract import marks

    return tuple(marks.checked(draft, hints) for draft in drafts)  # as for the drafts of Broadsheet's own readers
