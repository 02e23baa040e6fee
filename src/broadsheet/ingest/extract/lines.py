"""Text → its lines, each with what can be seen of it alone: bullet, indent, size, how it ends.

In: decoded text. Out: one ``Line`` for every line that holds something; blank lines are known by their numbers.
"""

from __future__ import annotations

import re

import msgspec

from broadsheet.ingest.extract import boilerplate, dates, joining

_BULLET = re.compile(r"([•·▪◦‣●■►▶*+-]|\d{1,3}[.)])[ \t\u00a0]+(?=\S)")
_STOP = ".!?…。！？؟।"
_END = f"{_STOP}:;"
_CLOSERS = "\"'”’»“)]\u300d\u300f«"  # of which the last opens as well, and closes no sentence
_ENDS = re.compile(rf"[{_END}][{re.escape(_CLOSERS)}]*$")
_STOPS = re.compile(rf"[{_STOP}][{re.escape(_CLOSERS[:-1])}]*$")
# It begins with what is rare in a line, so that the search runs from mark to mark.
_SENTENCE = re.compile(r"[.!?…。！？](?:(?<=[^\W\d_]{2}[.!?…])[\"”’»)]* +[\"“‘„«(¿¡]?[^\W_]|(?<=[。！？]).)")
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")

LONG_LINE = 4096  # characters; what is longer than any paragraph is looked at by its beginning and end


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line that holds something.

    ``rows`` are the source's rows it stands on, counted from 1; ``text`` is without indent and bullet; ``gap`` tells
    a blank line before it; ``words`` counts words (two characters a word in scripts without spaces); ``ends`` tells a
    mark at the end that closes or introduces, ``stops`` one that closes a sentence; ``chrome`` is the kind of page
    furniture it is, or "".
    """

    rows: tuple[int, ...]
    text: str
    indent: int
    bullet: str
    gap: bool
    words: int
    ends: bool
    stops: bool
    key: str
    chrome: str

    @property
    def number(self) -> int:
        """The first of its rows."""
        return self.rows[0]

    @property
    def sentences(self) -> bool:
        """Whether a sentence ends inside; searched for where it is asked, since it matters little where one stops."""
        return self.words >= 8 and _SENTENCE.search(self.text, 0, LONG_LINE) is not None

    @property
    def prose(self) -> bool:
        """Whether it reads like running text by itself: long, and closed like a sentence."""
        return not self.chrome and (
            self.words >= 30 or (self.words >= 8 and self.stops) or (self.words >= 12 and self.sentences)
        )


def split(text: str, phrases: boilerplate.Table) -> tuple[tuple[Line, ...], int]:
    """The lines that hold something, joined where they were broken, and how many rows the source has in all."""
    found, total = joining.rows(text)
    return tuple(_line(group, phrases) for group in joining.join(found)), total


def _line(group: list[joining.Row], phrases: boilerplate.Table) -> Line:
    first = group[0]
    text = joining.text(group)
    bullet = ""
    if not text[0].isalpha() and (mark := _BULLET.match(text)):
        rest = text[mark.end() :]
        if not (mark[1][0].isdigit() and dates.names_month(rest)):  # "6. November" is a day, no item
            bullet, text = mark[1], rest
    if "\t" in text or "  " in text or "\u00a0" in text:
        text = _SPACES.sub(" ", text)
    last = text[-1]
    ends = last in _END or (last in _CLOSERS and _ENDS.search(text[-6:]) is not None)
    key = boilerplate.key(text) if len(text) <= boilerplate.LONGEST else ""
    return Line(
        rows=tuple([row.number for row in group]),
        text=text,
        indent=first.indent,
        bullet=bullet,
        gap=first.gap,
        words=count(text),
        ends=ends,
        stops=last in _STOP or (ends and _STOPS.search(text[-6:]) is not None),
        key=key,
        chrome=boilerplate.kind(key, phrases) if key else "",
    )


def count(text: str) -> int:
    """How many words a line has; in scripts without spaces two characters count as a word."""
    words = text.count(" ") + 1
    if not text.isascii() and words < len(text) // 6:
        words += len(_DENSE.findall(text, 0, LONG_LINE)) // 2
    return words
