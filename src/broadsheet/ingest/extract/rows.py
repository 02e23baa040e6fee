"""Text → its rows: one value for every row of the source that holds something.

In: decoded text. Out: rows with their numbers, without margins; blank rows are known by the numbers that are missing.
"""

from __future__ import annotations

import re

import msgspec

_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]")


class TextRow(msgspec.Struct, frozen=True, gc=False):
    """A row that holds something: its number, its text without margins, its indent, whether a blank row precedes it."""

    number: int
    text: str
    indent: int
    gap: bool

    @property
    def size(self) -> int:
        """How many columns its text takes: two for an ideograph."""
        return columns(self.text)


def columns(text: str) -> int:
    """How many columns a text takes in print of one width."""
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE.findall(text))


def rows(text: str) -> tuple[list[TextRow], int]:
    """The rows that hold something, and how many rows there are in all."""
    found = []
    gap = True
    raw = text.split("\n")
    for number, row in enumerate(raw, 1):
        stripped = row.strip()
        if stripped:
            indent = len(row) - len(row.lstrip()) if len(stripped) < len(row) else 0
            found.append(TextRow(number, stripped, indent, gap))
        gap = not stripped
    return found, len(raw)
