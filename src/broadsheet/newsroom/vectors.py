"""Vectors: what a story says, as terms with weights that two stories can be compared by.

In: the terms of a story, and in how many months each term stands. Out: its strongest terms as whole numbers, which add
up to the same in any order.

A term weighs less the more months it stands in: what every month has says nothing of an event, and what fills one week
is that week's news. Months, of four weeks, are counted in steps, in powers of four, so nearly no edit moves a weight;
and the words of a running story do not wear out by being used: forty stories of one month count once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from broadsheet.newsroom.terms import Terms

Vector = dict[str, int]  # a term → its weight, the strongest first

UNIT = 1_000  # the length of a whole story
RARITY = 0.7  # the power of two that divides the weight of a term, for each step of its months
# The length below which a story says too little to be sure: a term that two stories share gives at most 1 / FULL²,
# which is less than any threshold here, so one word in common is never enough.
FULL = 2.6
TERMS = 24  # of a story, the strongest
CLUSTER_TERMS = 32  # of a cluster

MONTH = 4  # weeks

_STEPS = 20  # of four to the power of a step there are no more months
_WEIGHTS = tuple(2.0 ** (-RARITY * step) for step in range(_STEPS))


def frequency_step(weeks: Sequence[int]) -> int:
    """The step of a term that stands in these weeks: 0 for up to three months, 1 for up to fifteen, and so on."""
    months = len(weeks) if len(weeks) < 4 else len({week // MONTH for week in weeks})
    return max(months.bit_length() - 1, 0) // 2


def vector(terms: Terms, steps: Mapping[str, int]) -> Vector:
    """The terms of a story by their ``steps``; of length UNIT, or shorter where it says little."""
    weighed = sorted([(-weight * _WEIGHTS[steps[term]], term) for term, weight in terms.items()])[:TERMS]
    unit = UNIT / max(math.sqrt(sum([weight * weight for weight, _ in weighed])), FULL)
    return {term: int(-weight * unit) for weight, term in weighed}


def total(vectors: Sequence[Vector]) -> tuple[Vector, float]:
    """The sum of the vectors of a cluster, its strongest terms, and the length of the whole of it."""
    if len(vectors) == 1:
        return vectors[0], float(UNIT)
    sums: Vector = {}
    for one in vectors:
        for term, weight in one.items():
            sums[term] = sums.get(term, 0) + weight
    length = math.sqrt(sum([weight * weight for weight in sums.values()]))
    strongest = sorted([(-weight, term) for term, weight in sums.items()])[:CLUSTER_TERMS]
    return {term: -weight for weight, term in strongest}, max(length, float(UNIT))


def dot(one: Vector, other: Vector) -> int:
    """The product of two vectors."""
    return sum([one[term] * other[term] for term in one.keys() & other.keys()])


def shares(one: Vector, other: Vector) -> dict[str, float]:
    """What each term that two vectors share gives to their product, the whole of which is 1."""
    both = {term: float(one[term] * other[term]) for term in one if term in other}
    whole = sum(both.values()) or 1.0
    return {term: product / whole for term, product in both.items()}
