"""A row of fields between bars → its day, its names, its section: "Sport | 11 August 2024 | Yuki Tanabe".

In: the words of a row, and what the site knows. Out: a ``FieldRow``, or None where the row is none.
"""

from __future__ import annotations

import re

import msgspec

from broadsheet.ingest.extract import bylines, dates, subjects
from broadsheet.ingest.extract.draft import Hints

_BARS = re.compile(r"\s+(?:[|/•·–—]|-)\s+|\s*\|\s*")
_MOST = 6  # fields in a row
_LONGEST = 160  # characters of a row
_LABEL = 3  # words of a section that the site does not have


class FieldRow(msgspec.Struct, frozen=True):
    """What a row says; ``section`` is a label, "" where it has none. ``values`` are all words that are a field's."""

    stamps: tuple[dates.Stamp, ...]
    names: tuple[str, ...]
    agency: str
    section: str

    @property
    def values(self) -> tuple[str, ...]:
        """The words of the row that are in a field."""
        return (*self.names, self.agency, self.section)


def read(text: str, hints: Hints) -> FieldRow | None:
    """The fields of a row: a day or a byline must be among them, and nothing but one label beside what is known."""
    if len(text) > _LONGEST:
        return None
    parts = [part for one in _BARS.split(text) if (part := one.strip(" :"))]
    if not 2 <= len(parts) <= _MOST:
        return None
    stamps, names, agency, section = list[dates.Stamp](), list[str](), "", ""
    others: list[str] = []
    for part in parts:
        found = dates.find(part, hints)
        if found and not dates.rest(part, found):
            stamps += found
        elif not section and subjects.own(part, hints):
            section = part
        elif byline := bylines.read(part) or bylines.bare(part):
            names += [name for name in byline.names if name != byline.agency]
            agency = agency or byline.agency
        else:
            others.append(part)
    known = bool(stamps) + bool(names or agency) + bool(section)
    if len(others) > (known > 1) or known < 2 or not (stamps or names or agency):
        return None
    label = others[0] if others and not section else ""
    if others and (not label or label.count(" ") >= _LABEL or any(map(str.isdigit, label)) or label[-1] in ".!?"):
        return None
    return FieldRow(tuple(stamps), tuple(names), agency, section or label)
