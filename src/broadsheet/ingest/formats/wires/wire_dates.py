"""When a wire item was made, and when this version of it was → the date and the update of a story.

In: the item, whose elements are asked for by name. Out: dates with what makes them doubtful, and a problem that names
the text of each date that cannot be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import EVEN, Found, Hints
from broadsheet.text import clip

MADE = r"firstcreated|contentcreated|date\.issue|date\.created|datecreated|creationdate|storydate|pubdata"
_FIRST = ("firstcreated", "contentcreated", "date.issue", "pubdata")
_LAST = ("versioncreated", "thisrevisioncreated", "story.date", "contentmodified")


class WireItem(Protocol):
    """What is asked of an item."""

    def all(self, *names: str) -> Iterator[Any]:
        """Its elements by their names."""


Dates = tuple[Found[dt.date] | None, Found[dt.date] | None, list[Problem]]


def read(item: WireItem, hints: Hints, lang: str, name: str, file: str) -> Dates:
    """The date of an item and its update, where that is later; a problem for each date that is none."""
    first = [(_value(e), e.tag.rpartition("}")[2], e.sourceline or 0) for e in item.all(*_FIRST)]
    last = [(_value(e), e.tag.rpartition("}")[2], e.sourceline or 0) for e in item.all(*_LAST)]
    return settle(first, last, hints, lang, name, file)


def _value(element: Any) -> str:
    given = element.get("norm") or element.get("date.publication") or "".join(element.itertext())
    return clean(given or "")


def settle(
    first: Sequence[tuple[str, str, int]],
    last: Sequence[tuple[str, str, int]],
    hints: Hints,
    lang: str,
    name: str,
    file: str,
) -> Dates:
    """The date and the update of texts, each with its rule and its line."""
    problems: list[Problem] = []
    dates = [_first(texts, hints, lang, name, file, problems) for texts in (first, last)]
    date, update = dates
    if date is None:
        return update, None, problems
    if update is None or update.confidence < EVEN or not machine_dates.is_later(update.value, date.value):
        return date, None, problems
    return date, update, problems


def _first(
    texts: Sequence[tuple[str, str, int]], hints: Hints, lang: str, name: str, file: str, problems: list[Problem]
) -> Found[dt.date] | None:
    found: Found[dt.date] | None = None
    for text, rule, line in texts:
        if not text:
            continue
        read_ = machine_dates.read(text, hints, lang)
        if read_ is None:
            message = f"{name!r}: the date {clip(text, 60)!r} ({rule}) cannot be read"
            hint = "No date is made up. Put the right one into the story."
            problems.append(warning("date-unread", message, Place(file, line), hint))
        elif found is None:
            found = Found(
                read_.value, f"{rule}, {read_.doubt}" if read_.doubt else rule, min(read_.confidence, 0.95), line
            )
            if read_.confidence < EVEN:
                message = f"{name!r}: the date {clip(text, 60)!r} is {read_.doubt}"
                problems.append(warning("date-unread", message, Place(file, line)))
    return found
