"""Candidates with their traits → the one that is elected, and how sure that is.

In: for each candidate a row of numbers. Out: the winner and how likely it is right. The trees (ranker.json) were fitted
by ``benchmarks.ingest_fit``, and what is made of their scores was measured on publishers that they had not seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from broadsheet.ingest.extract import trees
from broadsheet.ingest.extract.draft import SURE

Row = tuple[float, ...]


class Office(msgspec.Struct, frozen=True):
    """How an election is decided.

    ``top``, ``lead`` and ``bias`` make the log odds of being right of the winner's score and its lead over the best
    rival. Below ``least`` nobody wins; from ``sure`` on winners were right in 98 of 100 elections.
    """

    score: trees.Score
    least: float = -99.0
    top: float = 1.0
    lead: float = 0.0
    bias: float = 0.0
    sure: float = 4.0


def elect(office: str, rows: Sequence[Row], same: Sequence[Any] = ()) -> tuple[int, float]:
    """The index of the winner and how sure that is (0 to 1); (-1, 0) where nobody wins.

    ``same`` tells which candidates say the same: they are no rivals. What is right in 98 of 100 elections has the
    confidence ``SURE``.
    """
    rules = OFFICES[office]
    if not rows:
        return -1, 0.0
    scores = list(map(rules.score, rows))
    top = max(scores)
    winner = scores.index(top)
    odds = rules.bias + rules.top * max(-FAR, min(FAR, top)) + rules.lead * lead(scores, winner, same)
    if odds < rules.least:
        return -1, 0.0
    return winner, 1 / (1 + math.exp(rules.sure - odds) * (1 / SURE - 1))


def lead(scores: Sequence[float], winner: int, same: Sequence[Any] = ()) -> float:
    """By how much the winner's score is above the best rival's; at most ``FAR``."""
    rivals = [s for k, s in enumerate(scores) if k != winner and not (same and same[k] == same[winner])]
    return min(FAR, scores[winner] - max(rivals, default=-FAR))


def load(data: bytes) -> dict[str, Office]:
    """The offices of a ranker.json."""
    return {
        name: Office(trees.compiled(kept.pop("trees"), kept.pop("traits")), **kept)
        for name, kept in msgspec.json.decode(data, type=dict[str, dict[str, Any]]).items()
    }


FAR = 8.0  # a score or a lead beyond which more says nothing
OFFICES = load(files(__package__).joinpath("ranker.json").read_bytes())
