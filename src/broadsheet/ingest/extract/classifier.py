"""Lines → which are story, which are subheads, which are furniture: a vote of small decision trees over their traits.

In: the lines of a text. Out: a ``Verdict`` a line. The trees (classifier.json) were fitted by
``benchmarks.ingest_fit`` on labelled pages of many publishers; they know shapes and places, no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import features, trees
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

NEVER = -9.0  # the log odds of a line that is not judged: plain furniture, or far from all prose


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """How much speaks for a line being story, and, if it is, for being a subhead (log odds)."""

    body: float
    subhead: float
    kind: str

    @property
    def story(self) -> bool:
        """Whether the line is more likely in the story than not."""
        return self.body > 0


def verdicts(lines: Sequence[Line], hints: Hints) -> list[Verdict]:
    """A verdict for every line."""
    rows, kinds = features.traits(lines, hints)
    story, subhead = SCORES["story"], SCORES["subhead"]
    found = []
    for line, row, kind in zip(lines, rows, kinds, strict=True):
        body = story(row) if row else NEVER
        heads = subhead(row) if row and body > 0 and features.short(line) else NEVER
        found.append(Verdict(body, heads, kind))
    return found


def load(data: bytes) -> dict[str, trees.Score]:
    """The compiled trees of a classifier.json."""
    forests = msgspec.json.decode(data, type=dict[str, list[object]])
    return {name: trees.compiled(forest, len(features.NAMES)) for name, forest in forests.items()}


SCORES = load(files(__package__).joinpath("classifier.json").read_bytes())
