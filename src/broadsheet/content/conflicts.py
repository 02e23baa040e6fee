"""Conflicts: the marks that a version control system leaves where two edits of a text met and nobody has chosen yet.

In: the text of a file. Out: a problem at the line of the first mark. In a listing they are what somebody writes about.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from broadsheet.content import facts
from broadsheet.errors import BroadsheetError, Place, Problem, error, warning

# Git writes seven of a sign and mostly a label, and so do Subversion, Mercurial and Jujutsu; more in nested conflicts.
_MARK = re.compile(r"^(?:(?P<ours><{7,}(?: .*)?)|={7}|(?P<theirs>>{7,}(?: .*)?))$", re.MULTILINE)
_HINT = "Keep one of the two versions, and delete the lines with <<<<<<<, ======= and >>>>>>>."


def refuse(text: str, shown: str, body: int = 0) -> None:
    """Raise BroadsheetError for a text that holds an open conflict; its Markdown begins at ``body``."""
    found = problem(text, shown, body)
    if found and found.severity == "error":
        raise BroadsheetError(found)


def problem(text: str, shown: str, body: int = 0) -> Problem | None:
    """What is to be said of the conflicts in a text whose Markdown begins at ``body``.

    Two marks in their order are an error. Seven "=" alone underline a heading, seven ">" quote a mail; the first mark
    alone means nothing in Markdown, and is worth a warning.
    """
    if "<<<<<<<" not in text and not (">>>>>>>" in text and "=======" in text):
        return None
    first = None
    for mark in _outside_code(text, body):
        if first and (mark["theirs"] or (first["ours"] and not mark["ours"])):
            place = Place(shown, _line(text, first))
            return error("merge-conflict", "the conflict of a merge is still open", place, _HINT)
        if not mark["theirs"] and not (first and first["ours"]):
            first = mark
    if first and first["ours"]:
        place = Place(shown, _line(text, first))
        return warning("merge-conflict", "a line is left of a merge's conflict", place, "Delete the line.")
    return None


def _outside_code(text: str, body: int) -> Iterator[re.Match[str]]:
    """The marks that stand in no listing."""
    if not _MARK.search(text):
        return
    listings = deque(sorted(facts.read(text[body:]).code))
    seen, at, ends = body, 0, 0  # up to where the text was measured, and how many bytes of the body that is
    for mark in _MARK.finditer(text):
        if mark.start() >= body:
            at += len(text[seen : mark.start()].encode())
            seen = mark.start()
            while listings and listings[0][0] <= at:
                ends = max(ends, listings.popleft()[1])
        if mark.start() < body or at >= ends:
            yield mark


def _line(text: str, mark: re.Match[str]) -> int:
    return text.count("\n", 0, mark.start()) + 1
