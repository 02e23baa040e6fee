"""Lines → which are story, which are subheads, which are furniture: a weighted vote of their traits.

In: the lines of a text. Out: a ``Verdict`` a line. The weights (judge.json) were fitted by ``benchmarks.ingest_fit``
on labelled pages of many publishers; they know shapes and places, no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from broadsheet.ingest import traits
from broadsheet.ingest.draft import Hints
from broadsheet.ingest.lines import Line

Weights = list[dict[Any, tuple[float, float]]]


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """How much a line speaks for being prose, and for being a subhead, each against being furniture (log odds)."""

    body: float
    subhead: float
    kind: str

    @property
    def story(self) -> bool:
        """Whether the line is more likely in the story than not."""
        return max(self.body, self.subhead) > 0


def verdicts(lines: Sequence[Line], hints: Hints) -> list[Verdict]:
    """A verdict for every line."""
    rows, kinds = traits.traits(lines, hints)
    getters = [slot.get for slot in WEIGHTS]
    found = []
    for row, kind in zip(rows, kinds, strict=True):
        body = subhead = 0.0
        for get, value in zip(getters, row, strict=True):
            if pair := get(value):
                body += pair[0]
                subhead += pair[1]
        found.append(Verdict(body, subhead, kind))
    return found


def load(data: bytes) -> Weights:
    """The weights of a judge.json: for every slot the pairs of its values; values of several parts are lists there."""
    slots = msgspec.json.decode(data, type=list[list[tuple[Any, float, float]]])
    return [
        {
            tuple(map(_part, value)) if isinstance(value, list) else value: (body, subhead)
            for value, body, subhead in slot
        }
        for slot in slots
    ]


def _part(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


WEIGHTS = load(files(__package__).joinpath("judge.json").read_bytes())
