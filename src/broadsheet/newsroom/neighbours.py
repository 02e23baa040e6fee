"""Neighbours: the clusters of other weeks that one is like: the earlier one that it continues, and those related to it.

In: clusters, each with the terms that it is looked up by. Out: of one cluster its neighbours, and which clusters have
to be looked at again where others came or went.

Two clusters are compared only where they share a strong term, and only the nearest in time of those that have it: so
what a cluster's neighbours are depends on few others, and the same clusters have the same neighbours.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from broadsheet.newsroom.vectors import Vector, dot

KEYS = 8  # terms that a cluster is looked up by, its strongest
WIDEST = 8  # clusters that a term leads to, in each direction of time, the nearest
OPENING = 0.08  # what the shared keys have to be of the whole of a cluster, squared, before that
COMPARED = 10  # clusters, of those that share keys, that are compared in full
LINK = 0.15  # the likeness, 0 to 1, from which a cluster continues an earlier one
HALF_LIFE = 60.0  # days of silence after which a running story is half as likely to go on
HORIZON = 26  # weeks of silence after which it does not
RELATED = 8  # related clusters that are kept
LEAST = 0.1  # likeness below which clusters have a few words in common and no subject
MEMORY = 365.0  # days between two clusters after which they are half as related

Ref = int  # a cluster: its week, then a mark made of its first story
_MARK = 40  # bits of that mark

Postings = Callable[[str], list[Ref]]  # the clusters that have a term among their keys, in order


class Cluster(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the stories of a cluster say together, and the days, as numbers, of the first and the last of them."""

    vector: Vector
    length: float
    first: float
    last: float

    def strongest(self) -> Iterator[str]:
        """The terms that it is looked up by."""
        return islice(self.vector, KEYS)


class Neighbours(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The earlier cluster that one continues (0 for none) and how like it is; those related to it, the best first."""

    link: Ref = 0
    likeness: float = 0.0
    related: tuple[Ref, ...] = ()


def ref(week: int, mark: int) -> Ref:
    """The cluster of a week with a mark."""
    return week << _MARK | mark % (1 << _MARK)


def week_of(one: Ref) -> int:
    """The week of a cluster."""
    return one >> _MARK


def neighbours(own: Ref, cluster: Cluster, postings: Postings, get: Callable[[Ref], Cluster]) -> Neighbours:
    """The neighbours of a cluster; ``get`` gives any other."""
    shared: dict[Ref, int] = {}
    begins = ref(week_of(own), 0)
    for term, weight in islice(cluster.vector.items(), KEYS):
        refs = postings(term)
        if len(refs) > 1:
            square = weight * weight
            for other in _near(refs, own, begins):
                shared[other] = shared.get(other, 0) + square
    least = OPENING * cluster.length**2
    best = sorted([(-square, other) for other, square in shared.items() if square >= least])
    compared = [other for _, other in best[:COMPARED]]
    earlier = list(islice((other for _, other in best if other < begins), COMPARED))
    alike = {other: _cosine(cluster, get(other)) for other in {*compared, *earlier}}
    link, likeness = 0, LINK
    for other in earlier:
        if alike[other] >= likeness and week_of(own) - week_of(other) <= HORIZON:
            faded = alike[other] * math.exp2(-max(cluster.first - get(other).last, 0.0) / HALF_LIFE)
            if faded > likeness or (faded == likeness and other > link):
                link, likeness = other, faded
    found = []
    for other in compared:
        if alike[other] >= LEAST:
            met = get(other)
            gap = max(cluster.first - met.last, met.first - cluster.last, 0.0)
            faded = alike[other] * math.exp2(-gap / MEMORY)
            if faded >= LEAST and len(cluster.vector.keys() & met.vector.keys()) > 1:
                found.append((round(-faded, 4), gap, other))
    related = tuple([other for _, _, other in sorted(found)[:RELATED]])
    return Neighbours(link, round(likeness, 4) if link else 0.0, related)


def _cosine(one: Cluster, other: Cluster) -> float:
    return dot(one.vector, other.vector) / (one.length * other.length)


def _near(refs: list[Ref], own: Ref, begins: Ref) -> list[Ref]:
    """Those of a term's clusters that one may be like: the last before it, the last before its week, the next."""
    place = bisect_left(refs, own)
    low = max(place - WIDEST, 0)
    week = bisect_left(refs, begins)
    return refs[max(week - WIDEST, 0) : min(week, low)] + refs[low:place] + refs[place + 1 : place + 1 + WIDEST]


def reached(refs: list[Ref], changed: Iterable[Ref]) -> Iterator[Ref]:
    """The clusters of a term to which ``_near`` leads from any that changed, themselves among them."""
    for own in changed:
        place = bisect_left(refs, own)
        last = refs[min(place + WIDEST, len(refs) - 1)]
        yield from refs[max(place - WIDEST, 0) : bisect_left(refs, ref(week_of(last) + 1, 0))]


def add(refs: list[Ref], one: Ref) -> None:
    """Put a cluster among those of a term."""
    if not refs or refs[-1] < one:
        refs.append(one)
    else:
        insort(refs, one)


def remove(refs: list[Ref], one: Ref) -> None:
    """Take a cluster from those of a term."""
    place = bisect_left(refs, one)
    if refs[place : place + 1] == [one]:
        del refs[place]
