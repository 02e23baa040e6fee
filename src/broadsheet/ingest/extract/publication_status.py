"""What keeps a text from readers, as its lines say: each mark, and what those of a text say together.

In: the marks that ``publication_marks`` found. Out: reasons to hold the story, the moment of its embargo with its
doubt, the day of a release that is past; and a draft with these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from broadsheet.ingest.extract import moments
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints
from broadsheet.ingest.extract.moments import Moment
from broadsheet.text import clip

Kind = Literal["embargo", "held", "free", "label"]

_SHOWN = 120  # characters of a mark that a reason repeats


class StatusMark(msgspec.Struct, frozen=True):
    """One mark: what it says, the lines that it takes, and what else these say (a headline, in a subject).

    ``moment`` is that of an embargo, or of a release that is past. ``stays`` tells that the line says more than can be
    taken out, and is left where it is.
    """

    kind: Kind
    text: str
    lines: tuple[int, ...]
    moment: Moment | None = None
    rest: str = ""
    stays: bool = False

    @property
    def why(self) -> str:
        """What it says, in words that an editor understands."""
        if self.kind == "embargo" and self.moment:
            return f"not before {self.moment.value:%Y-%m-%d %H:%M %z}"
        said = {"free": "it is free for release", "label": "what the text is"}
        return said.get(self.kind, "it is not for readers")


class Marks(msgspec.Struct, frozen=True):
    """The marks of a text: ``held`` are reasons, ``embargo`` is the latest moment, ``released`` a day that is past."""

    found: tuple[StatusMark, ...] = ()
    held: tuple[str, ...] = ()
    embargo: Found[dt.datetime] | None = None
    released: Found[dt.date] | None = None

    def on(self, draft: Draft, first: int = 0) -> Draft:
        """A draft with what these marks say of it, and with the fates of their rows where ``first`` counts these.

        ``first`` is the number of the row that was the first one among those looked at.
        """
        if not self.found:
            return draft
        said = {n + first: mark.why for mark in self.found for n in mark.lines if not (mark.rest or mark.stays)}
        fates = [Fate(f.line, "status", said[f.line]) if first and f.line in said else f for f in draft.fates]
        embargo = self.embargo
        if embargo and first > 1:
            embargo = msgspec.structs.replace(embargo, line=embargo.line + first - 1)
        known = [one for one in (draft.embargo, embargo) if one]
        return msgspec.structs.replace(
            draft,
            fates=tuple(fates),
            held=tuple(dict.fromkeys((*draft.held, *self.held))),
            embargo=max(known, key=lambda one: one.value) if known else None,
            date=draft.date or self.released,
        )

    def within(self, rows: range, hints: Hints) -> Marks:
        """Those that stand in some of the rows, counted from 0."""
        return judged(tuple(mark for mark in self.found if mark.lines[0] in rows), hints)


def judged(found: tuple[StatusMark, ...], hints: Hints, numbers: Sequence[int] | None = None) -> Marks:
    """What marks say together; ``numbers`` are the lines of the source on which the rows begin (0: not known)."""
    held, embargo, released = [], None, None
    for mark in found:
        said = f'it says "{clip(mark.text, _SHOWN)}"'
        line = mark.lines[0] + 1 if numbers is None else numbers[mark.lines[0]]
        if mark.kind == "held":
            held.append(said if mark.moment is None else f"{said}, and the moment is not clear")
        elif mark.kind == "embargo" and mark.moment:
            doubt = _doubt(mark.moment, hints)
            one = Found(mark.moment.value, f"{said}, but {doubt}" if doubt else said, 0.5 if doubt else 0.95, line)
            embargo = max((embargo, one), key=lambda it: it.value) if embargo else one
        elif mark.moment:
            released = Found(_day(mark.moment), said, 0.5 if mark.moment.doubt else 0.85, line)
    return Marks(found, tuple(held), embargo, released)


def _day(moment: Moment) -> dt.date:
    return moment.value if moment.timed else moment.value.date()


def _doubt(moment: Moment, hints: Hints) -> str:
    """What makes an embargo unsure; nothing where it is over however it is read."""
    other = moments.swapped(moment) if "other way" in moment.doubt else None
    last = max(filter(None, (moment.value, other)))
    return "" if last.date() < hints.today - moments.PAST else moment.doubt
