"""The Markdown files below a folder of content, and what only looks like one.

In: a folder. Out: each file with its size and times, and a problem for each that cannot be read as one, so that none
is left out unseen, and none is opened that would never end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from broadsheet.disk import printable, usual
from broadsheet.errors import Place, Problem, error


def markdown(folder: Path, shown: str) -> Iterator[tuple[str, os.stat_result] | Problem]:
    """The Markdown files below a folder, by their paths in it, in no order; ``shown`` is how a user calls it.

    Hidden files are nobody's, and links to folders are not followed.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        entries = scanned(f"{folder}/{inside}", Place(f"{shown}/{printable(inside)}"))
        if isinstance(entries, Problem):
            yield entries
            continue
        for entry in entries:
            path = f"{inside}{entry.name}"
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif entry.name.endswith(".md"):
                    facts = entry.stat()
                    yield (path, facts) if usual(path, facts) else _unusual(path, facts, shown)
            except OSError as cause:
                yield unreadable(cause, Place(f"{shown}/{printable(path)}"))


def scanned(folder: str, place: Place) -> list[os.DirEntry[str]] | Problem:
    """What lies in a folder, in no order: nothing where it is not there, a problem where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
    except OSError as cause:
        return unreadable(cause, place)


def unreadable(cause: OSError, place: Place) -> Problem:
    """The problem of a file or folder that the system does not let us read."""
    return error("unreadable", f"cannot read: {cause.strerror or cause}", place, "Check the file and its permissions.")


def _unusual(path: str, facts: os.stat_result, shown: str) -> Problem:
    place = Place(f"{shown}/{printable(path)}")
    if not stat.S_ISREG(facts.st_mode):
        hint = "A link to a folder, a pipe, a socket or a device holds no story: take it out of the folder."
        return error("unreadable", "cannot read: it is not a file", place, hint)
    if any("\ud800" <= mark <= "\udfff" for mark in path):
        return error("file-name", "the file's name is not UTF-8", place, "Rename the file.")
    return error("file-name", "the file's name holds a control character", place, "Rename the file.")
