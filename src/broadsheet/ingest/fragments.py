"""Rows of a text → its paragraphs' rows: lines that were wrapped at a margin, or broken at every link, joined again.

In: the rows as they stand. Out: for each paragraph or lone line, the rows it is made of. Text with blank lines between
paragraphs keeps its rows apart; text without any, the kind that tools dump at every inline element, is joined where a
sentence goes on.
"""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from broadsheet.ingest import ballot
from broadsheet.ingest.language import SMALL_WORDS

_GOES_ON = re.compile(r"[,.;:!?)\]”’»…%]|['’](?:s|t|re|ve|ll|d|m)\b")
_CLOSED = re.compile(r"[.!?…。！？।:]['\"”’»)\]]*$")
_OPENED = re.compile(r"[,(\[“„«–—/-]$|[^\W\d_]['’]$")
_SHORTENED = re.compile(r"(?:^|[\s(.])(?:[A-Z][a-z]{0,3}|[A-Z])\.$")  # "Rep.", "Mr.", "U.S."
_LAST_WORD = re.compile(r"([^\W\d_]+)$")

_PROSE = 80  # characters of a closed row from which the prose has begun
_ABOVE, _INSIDE = 0.3, -0.6  # log odds from which rows are joined above the prose, and inside it
WRAP_MIN, WRAP_MAX = 50, 100  # characters of a line in text wrapped at a margin


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row that holds something: its number, its text without margins, its indent, whether a blank row precedes it."""

    number: int
    text: str
    indent: int
    gap: bool


def rows(text: str) -> tuple[list[Row], int]:
    """The rows that hold something, and how many rows there are in all."""
    found = []
    gap = True
    raw = text.split("\n")
    for number, row in enumerate(raw, 1):
        stripped = row.strip()
        if stripped:
            found.append(Row(number, stripped, len(row) - len(row.lstrip()), gap))
        gap = not stripped
    return found, len(raw)


def join(found: list[Row]) -> list[list[Row]]:
    """The rows grouped into paragraphs and lone lines."""
    if len(found) < 2:
        return [[row] for row in found]
    if _wrapped(found):
        return _margin(found)
    if sum(row.gap for row in found) <= max(2, len(found) * 0.06):
        return _broken(found)
    return [[row] for row in found]


def text(group: list[Row]) -> str:
    """The text of a group, with a space where one belongs."""
    if len(group) == 1:
        return group[0].text
    joined = group[0].text
    for row in group[1:]:
        tight = _GOES_ON.match(row.text) or joined[-1] in "(“„«[/" or (joined[-1] == "-" and joined[-2:-1].isalpha())
        dense = joined[-1] > "\u2e7f" and row.text[0] > "\u2e7f"
        joined = f"{joined}{row.text}" if tight or dense else f"{joined} {row.text}"
    return joined


def _wrapped(found: list[Row]) -> bool:
    """Whether the text was wrapped at a margin: no row is longer, and rows inside a block come near it."""
    sizes = [len(row.text) for row in found]
    widest = max(sizes)
    if not WRAP_MIN <= widest <= WRAP_MAX:
        return False
    inner = [len(a.text) for a, b in pairwise(found) if not b.gap]
    full = sum(size > widest * 0.75 for size in inner)
    return len(inner) >= 3 and full > len(inner) * 0.6


def _margin(found: list[Row]) -> list[list[Row]]:
    """Rows of a block joined where the row before reached the margin."""
    widest = max(len(row.text) for row in found)
    groups = [[found[0]]]
    for before, row in pairwise(found):
        reached = len(before.text) + len(row.text.split(" ", 1)[0]) >= widest * 0.9
        item = row.text[:2] in ("- ", "* ", "• ", "> ") or row.text[:1] == "#"
        if row.gap or item or not reached:
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups


def _broken(found: list[Row]) -> list[list[Row]]:
    """Rows joined where a sentence goes on: readily inside the prose, less so above it, where labels stand in rows."""
    groups = [[found[0]]]
    floor = _ABOVE
    for row, traits in zip(found[1:], boundaries(found), strict=True):
        before = groups[-1][-1].text
        if len(before) >= _PROSE and _CLOSED.search(before[-4:]):
            floor = _INSIDE
        if not row.gap and ballot.odds("join", traits + going(groups[-1], traits)) > floor:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def goes_on(text: str) -> bool:
    """Whether a row begins with a mark that can only follow something."""
    return _GOES_ON.match(text) is not None


def going(group: list[Row], traits: list[str]) -> list[str]:
    """What the rows joined so far add to a boundary's traits: whether a sentence is under way, and how long it is."""
    joined = len(group) > 1
    length = min(5, sum(len(row.text) for row in group) // 60)
    return [f"going {joined} {traits[2]}", f"going {joined} {length} {traits[0]}", f"going {joined} {traits[4]}"]


def boundaries(found: list[Row]) -> list[list[str]]:
    """The traits of every boundary between two rows that speak for or against a sentence going on across it."""
    out = []
    n = len(found)
    texts = [row.text for row in found]
    starts = [_start(text) for text in texts]
    ends = [_end(text) for text in texts]
    sizes = [_size(text) for text in texts]
    for i in range(n - 1):
        left = texts[i]
        a, b = ends[i], starts[i + 1]
        second = starts[i + 2] if i + 2 < n else "none"
        before = ends[i - 1] if i else "none"
        small = _last_small(left)
        title = "title" if left.istitle() else "plain"
        out.append(
            [
                f"end {a}",
                f"start {b}",
                f"{a} {b}",
                f"{a} {b} {sizes[i]} {sizes[i + 1]}",
                f"{sizes[i]} {sizes[i + 1]}",
                f"{b} then {second} {sizes[i + 1]}",
                f"before {before} {starts[i]}",
                f"before {before} {starts[i]} {sizes[i]} {a} {b}",
                f"small {small} {b}",
                f"{title} {a} {b}",
                f"{a} {b} then {second} {sizes[i + 1]}",
                f"right ends {ends[i + 1]} {b} {sizes[i + 1]}",
                f"size before {sizes[i - 1] if i else -1} {before} {starts[i]} {sizes[i]}",
                f"left {a} right ends {ends[i + 1]} {sizes[i]} {sizes[i + 1]}",
            ]
        )
    return out


def _start(text: str) -> str:
    first = text[0]
    if not first.isalnum() and _GOES_ON.match(text):
        return "alone" if len(text) == 1 else "goes on"
    if first.islower():
        return "lower"
    if first.isupper():
        return "upper"
    if first.isdigit():
        return "digit"
    return "quote" if first in "\"'“„«‘»" else "letter" if first.isalpha() else "open" if first in "([" else "other"


def _end(text: str) -> str:
    last = text[-1]
    if last.isalnum():
        return "letter" if last.isalpha() else "digit" if last.isdigit() else "other"
    if _CLOSED.search(text[-4:]):
        if last == "." and _SHORTENED.search(text[-8:]):
            return "shortened"
        return "colon" if last in ":：" else "closed"
    return "open" if _OPENED.search(text[-3:]) else "digit" if last.isdigit() else "other"


def _size(text: str) -> int:
    size = len(text)
    return 0 if size < 3 else 1 if size < 16 else 2 if size < 32 else 3 if size < 60 else 4 if size < 110 else 5


def _last_small(text: str) -> bool:
    last = _LAST_WORD.search(text[-16:])
    return last is not None and last[1] in SMALL_WORDS
