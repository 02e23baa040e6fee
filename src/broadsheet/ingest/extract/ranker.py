"""Candidates for a field, with their features → the best one, and how sure that is.

In: for each candidate a row of numbers. Out: the best one and how likely it is right. The trees (ranker.json) were
fitted by ``benchmarks.ingest_fit``, and what is made of their scores was measured on publishers that they had not seen.

How they are fitted: by the command and the pages that ``classifier`` names, after the lines' trees, and on predictions
of trees that had not seen the page's publisher: on pages that they have learnt, trees are surer than on any new one.
Title and date are learnt mostly by a listwise loss (a page's candidates against one another, and against none of them),
byline and section candidate by candidate. Below the chances in ``LEAST`` of ingest_fit a field stays empty, since a
wrong day or name does more harm than none; ``sure`` is the lowest log odds from which as many are right as ``RIGHT``
there asks for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from broadsheet.ingest.extract import decision_trees
from broadsheet.ingest.extract.draft import SURE

FeatureVector = tuple[float, ...]


class Ranker(msgspec.Struct, frozen=True):
    """How the candidates for one field are compared.

    ``top``, ``margin`` and ``bias`` make the log odds of being right of the best score and its margin over the next
    one. Below ``least`` none is chosen; from ``sure`` on the chosen ones were right in 98 of 100 cases.
    """

    score: decision_trees.Score
    least: float = -99.0
    top: float = 1.0
    margin: float = 0.0
    bias: float = 0.0
    sure: float = 4.0


def best(field: str, rows: Sequence[FeatureVector], same: Sequence[Any] = ()) -> tuple[int, float]:
    """The index of the best candidate and how sure that is (0 to 1); (-1, 0) where none is good enough.

    ``same`` tells which candidates say the same: they are no rivals. What is right in 98 of 100 cases has the
    confidence ``SURE``.
    """
    rules = RANKERS[field]
    if not rows:
        return -1, 0.0
    scores = list(map(rules.score, rows))
    top = max(scores)
    chosen = scores.index(top)
    odds = rules.bias + rules.top * max(-FAR, min(FAR, top)) + rules.margin * margin(scores, chosen, same)
    if odds < rules.least:
        return -1, 0.0
    return chosen, 1 / (1 + math.exp(rules.sure - odds) * (1 / SURE - 1))


def margin(scores: Sequence[float], chosen: int, same: Sequence[Any] = ()) -> float:
    """By how much the chosen one's score is above the best rival's; at most ``FAR``."""
    rivals = [s for k, s in enumerate(scores) if k != chosen and not (same and same[k] == same[chosen])]
    return min(FAR, scores[chosen] - max(rivals, default=-FAR))


def load(data: bytes) -> dict[str, Ranker]:
    """The rankers of a ranker.json."""
    return {
        name: Ranker(decision_trees.compiled(kept.pop("trees"), kept.pop("features")), **kept)
        for name, kept in msgspec.json.decode(data, type=dict[str, dict[str, Any]]).items()
    }


FAR = 8.0  # a score or a margin beyond which more says nothing
RANKERS = load(files(__package__).joinpath("ranker.json").read_bytes())
