"""Candidates with their traits → the one that is elected, and how sure that is.

In: for each candidate the traits that speak about it. Out: the winner and its share of the vote. The weights
(ballot.json) were fitted by ``benchmarks.ingest_fit``; "nobody" stands in every election.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from itertools import repeat

import msgspec

from broadsheet.ingest.draft import SURE

Traits = Sequence[str]


def elect(office: str, candidates: Sequence[Traits]) -> tuple[int, float]:
    """The index of the winner and how sure that is (0 to 1); (-1, 0) where nobody wins.

    A share of the vote is no chance of being right: ``sure`` is the share from which winners were right in 39 of 40
    elections on pages of publishers that the weights had not seen, and becomes the confidence ``SURE``.
    """
    weights = WEIGHTS.get(office, {})
    scores = [_score(weights, traits) for traits in candidates]
    scores.append(weights.get("nobody", 0.0))
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    winner = scores.index(top)
    if winner == len(candidates):
        return -1, 0.0
    share = shares[winner] / sum(shares)
    return winner, share ** (math.log(SURE) / math.log(weights.get("sure", SURE)))


def odds(office: str, traits: Traits) -> float:
    """The log odds that a question is answered with yes."""
    weights = WEIGHTS[office]
    return weights["bias"] + _score(weights, traits)


def _score(weights: dict[str, float], traits: Traits) -> float:
    return sum(map(weights.get, traits, repeat(0.0)))


WEIGHTS = msgspec.json.decode(files(__package__).joinpath("ballot.json").read_bytes(), type=dict[str, dict[str, float]])
