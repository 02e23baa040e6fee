"""Candidates with their traits → the one that is elected, and how sure that is.

In: for each candidate the traits that speak about it. Out: the winner and its share of the vote. The weights
(ballot.json) were fitted by ``benchmarks.ingest_fit``; "nobody" stands in every election.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files

import msgspec

Traits = Sequence[str]


def elect(office: str, candidates: Sequence[Traits]) -> tuple[int, float]:
    """The index of the winner and its share; (-1, share) where nobody wins."""
    weights = WEIGHTS.get(office, {})
    scores = [sum(weights.get(trait, 0.0) for trait in traits) for traits in candidates]
    scores.append(weights.get("nobody", 0.0))
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    winner = max(range(len(scores)), key=scores.__getitem__)
    share = shares[winner] / sum(shares)
    return (winner if winner < len(candidates) else -1), share


def odds(office: str, traits: Traits) -> float:
    """The log odds that a question is answered with yes."""
    weights = WEIGHTS[office]
    return weights["bias"] + sum(weights.get(trait, 0.0) for trait in traits)


WEIGHTS = msgspec.json.decode(
    files(__package__).joinpath("ballot.json").read_bytes(), type=dict[str, dict[str, float]]
)
