"""Lines that one look would drop → those that their neighbours speak for, kept after all.

In: lines with their predictions, each made for the line alone. Out: the predictions, with those changed that plainly
belong to what is kept beside them: who wrote a post that the story quotes, the items of a list that a paragraph
introduces, a paragraph between paragraphs, the standfirst, a paragraph right below the last one.

A line that is kept wrongly is seen by an editor, one that is lost is not. So the bounds are where a line is about as
likely story as not. They were read from predictions on publishers left out of the fit: four in five of the paragraphs
between paragraphs that a look at the line alone would drop, by log odds above -1, belonged to the story.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from broadsheet.ingest.extract.lines import Line

KEPT = 0.5  # the log odds of a line that its neighbours speak for: kept, and hardly surer than that

_POSTED = re.compile(r"[—–-]\s?\S.{0,60}?\(@\w{1,30}\)")  # "— Ada Moor (@adamoor) March 3, 2024"
_SIGNATURE = 110  # characters of a line that says who posted something
_UP = 8  # lines below the story's text in which a signature still belongs to it
_POST = 4  # words of a post that is quoted
_COLONS = (":", "：")
_GOES_ON = re.compile(r";(?: \w{1,4})?$")  # "a lock; and"
_HEADED = 3  # words of a line that introduces a list
_REACH = 8  # lines above the text among which a standfirst is
_BELOW = 2  # lines below the text at which it goes on

# Log odds from which a line is kept. A list's items are short, and look like menus each by itself.
_SIGNED, _LISTED, _INTRODUCES, _ITEM = -3.0, -4.5, -3.0, -1.5
_INSIDE = {"paragraph": -1.0}
_ABOVE = {"open": -1.0, "sentence": -0.5}
_TAIL = {"paragraph": -0.5, "prose": -0.5}


class Judged(Protocol):
    """A prediction: the log odds of being story, and the kind of the line."""

    @property
    def body(self) -> float:
        """Above 0: more likely story than not."""

    @property
    def kind(self) -> str:
        """What the line is by itself."""


P = TypeVar("P", bound=Judged)


def taken(lines: Sequence[Line], predictions: Sequence[P]) -> list[P]:
    """The predictions, with those of lines raised to ``KEPT`` that their neighbours speak for."""
    odds = [prediction.body for prediction in predictions]
    _lists(lines, odds)
    _posts(lines, odds)
    _neighbours(predictions, odds)
    changed = zip(predictions, odds, strict=True)
    return [replace(p, body=new) if new != p.body else p for p, new in changed]  # type: ignore[type-var]


def _mass(odds: Sequence[float]) -> tuple[int, int]:
    """The first and the last line that is kept; the first is past the last where none is."""
    kept = [i for i, odd in enumerate(odds) if odd > 0]
    return (kept[0], kept[-1]) if kept else (1, 0)


def _lists(lines: Sequence[Line], odds: list[float]) -> None:
    """Keep the items below a line that ends in a colon, and items that end in a semicolon, with the next."""
    first, last = _mass(odds)
    i = first
    while i <= min(last + _BELOW, len(lines) - 2):
        line, below = lines[i], lines[i + 1]
        if not below.bullet:
            i += 1
            continue
        if line.text.endswith(_COLONS) and _may(line, odds[i], _INTRODUCES) and line.words >= _HEADED:
            end = i + 1
            while end < len(lines) and lines[end].bullet and _may(lines[end], odds[end], _LISTED):
                end += 1
            if end - i > 2:
                for k in range(i, end):
                    odds[k] = max(odds[k], KEPT)
            i = end
            continue
        if i < last and line.bullet and _GOES_ON.search(line.text[-8:]):
            for k in (i, i + 1):
                if _may(lines[k], odds[k], _INTRODUCES):
                    odds[k] = max(odds[k], KEPT)
        i += 1


def _posts(lines: Sequence[Line], odds: list[float]) -> None:
    """Keep the signature of a post in a network that the story quotes, and the post above it."""
    for i, line in enumerate(lines):
        if line.text[0] not in "—–-" or len(line.text) > _SIGNATURE or not _POSTED.match(line.text):
            continue
        if any(odd > 0 for odd in odds[max(0, i - _UP) : i]):
            odds[i] = max(odds[i], KEPT)
            if lines[i - 1].words >= _POST and _may(lines[i - 1], odds[i - 1], _SIGNED):
                odds[i - 1] = max(odds[i - 1], KEPT)


def _neighbours(predictions: Sequence[Judged], odds: list[float]) -> None:
    """Keep what stands between the story's lines, right above or right below them, and reads like one of them."""
    first, last = _mass(odds)
    before = tuple(odds)
    for i, odd in enumerate(before if first <= last else ()):
        if odd > 0 or odd < _ITEM:
            continue
        kind = predictions[i].kind
        if first < i < last:
            listed = kind == "item" and before[i - 1] > 0 and before[i + 1] > 0
            bound = _ITEM if listed else _INSIDE.get(kind, 0.0)
        else:
            near = first - i if i < first else i - last
            bound = (_ABOVE if i < first else _TAIL).get(kind, 0.0) if near <= (_REACH if i < first else _BELOW) else 0
        if odd > bound:
            odds[i] = KEPT


def _may(line: Line, odd: float, bound: float) -> bool:
    """Whether a line is no plain furniture, and not too unlikely."""
    return odd > bound and not line.boilerplate
