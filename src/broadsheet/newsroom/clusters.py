"""Clusters: the stories of one week → which of them are about one event.

In: the vectors and the sections of the week's stories, oldest first. Out: the clusters, and how each story came into
its own.

The two clusters that are most alike are joined, again and again, until none are alike enough: agglomerative clustering
by the cosine of the clusters' sums (centroid linkage; Manning, Raghavan and Schütze, "Introduction to Information
Retrieval", 17.4). The order of the stories decides only between equals. benchmarks.threads measures the thresholds.

Within a cluster, the stories of two days that are most alike on average are reports of one event: group-average linkage
(17.3 there), which one common word, however often it comes, does not bring together.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from broadsheet.newsroom.vectors import UNIT, Vector

JOIN = 0.15  # the likeness, 0 to 1, from which two clusters of a week are one
ELSEWHERE = 0.6  # what multiplies the likeness of stories that stand in different sections
FLOOR = 0.05  # likeness of two stories below which it is chance and does not count
REPORT = 0.05  # the likeness, on average of all pairs, from which groups of a cluster report one event
ONE_WORD = 0.3  # what multiplies the likeness of two stories that share a single term
SPAN = 2.0  # days within which an event is reported

_LENGTH = UNIT * UNIT

Rows = list[dict[int, float]]  # by the number of a story, the products with others that it is like, by their numbers


class Joined(NamedTuple):
    """How a story came into its cluster: the stories it was joined with, and how like they were (0 to 1)."""

    others: tuple[int, ...]
    likeness: float


def clusters(vectors: Sequence[Vector], sections: Sequence[str]) -> tuple[list[list[int]], dict[int, Joined]]:
    """The clusters as numbers of stories, in order; and of each story that is not alone how it came into its own."""
    merging = _Merging(_products(vectors, sections))
    merging.run()
    return [sorted(numbers) for numbers in merging.members if numbers], merging.joined


def events(vectors: Sequence[Vector], days: Sequence[float]) -> list[list[int]]:
    """Of the stories of one cluster, the groups of two and more that report one event, as numbers in order."""
    merging = _Merging(_pairs(vectors, days), REPORT, average=True)
    merging.run()
    return [sorted(numbers) for numbers in merging.members if len(numbers) > 1]


class _Merging:
    """Clusters, at first of one story each, that are merged pair by pair; a cluster has its first story's number.

    The likeness of two is the cosine of their sums, or with ``average`` the mean of the products of all pairs.

    ``_pairs`` is a heap of clusters with what was most like each when it was put there. A cluster's version tells
    whether that is true still: it grows whenever the cluster does, or goes into another.
    """

    def __init__(self, rows: Rows, least: float = JOIN, *, average: bool = False) -> None:
        self._least = least
        self._average = average
        self.members: list[list[int]] = [[number] for number in range(len(rows))]
        self.joined: dict[int, Joined] = {}
        self._rows = rows
        self._squares = [float(_LENGTH)] * len(rows)
        self._lengths = [float(UNIT)] * len(rows)
        self._versions = [0] * len(rows)
        self._pairs: list[tuple[float, int, int, int, int]] = []

    def run(self) -> None:
        """Merge the two that are most alike until none are alike enough; of equals the older ones."""
        for number, row in enumerate(self._rows):
            if row:
                self._nearest(number)
        while self._pairs:
            minus, one, other, mine, theirs = heapq.heappop(self._pairs)
            if self._versions[one] != mine:
                continue
            if self._versions[other] != theirs:
                self._nearest(one)
            else:
                self._merge(min(one, other), max(one, other), -minus)

    def _nearest(self, one: int) -> None:
        """Find the cluster that is most like one."""
        best, place, own, lengths = 0.0, -1, self._lengths[one], self._lengths
        for other, product in self._rows[one].items():
            likeness = product / (own * lengths[other])
            if likeness > best or (likeness == best and other < place):
                best, place = likeness, other
        if best >= self._least:
            self._push(best, one, place)

    def _push(self, likeness: float, one: int, other: int) -> None:
        heapq.heappush(self._pairs, (-likeness, one, other, self._versions[one], self._versions[other]))

    def _merge(self, home: int, gone: int, likeness: float) -> None:
        for here, there in ((home, gone), (gone, home)):
            if len(self.members[here]) == 1:
                self.joined[here] = Joined(tuple(self.members[there]), likeness)
        rows, row = self._rows, self._rows[home]
        self._squares[home] += self._squares[gone] + 2 * row.pop(gone)
        del rows[gone][home]
        for third, product in rows[gone].items():
            del rows[third][gone]
            row[third] = rows[third][home] = row.get(third, 0.0) + product
        rows[gone] = {}
        self.members[home] += self.members[gone]
        self.members[gone] = []
        own = float(UNIT * len(self.members[home])) if self._average else math.sqrt(self._squares[home])
        self._lengths[home] = own
        self._versions[home] += 1
        self._versions[gone] += 1
        self._nearest(home)
        for third, product in row.items():
            alike = product / (own * self._lengths[third])
            if alike >= self._least:
                self._push(alike, third, home)


def _products(vectors: Sequence[Vector], sections: Sequence[str]) -> Rows:
    """The products of all pairs of stories that are like each other at all."""
    having: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    rows: Rows = []
    for number, mine in enumerate(vectors):
        products: defaultdict[int, int] = defaultdict(int)
        for term, weight in mine.items():
            others = having[term]
            for other, theirs in others:
                products[other] += weight * theirs
            others.append((number, weight))
        section = sections[number]
        row: dict[int, float] = {}
        for other, product in products.items():
            apart = section and sections[other] and section != sections[other]
            counted = product * ELSEWHERE if apart else float(product)
            if counted >= FLOOR * _LENGTH:
                row[other] = rows[other][number] = counted
        rows.append(row)
    return rows


def _pairs(vectors: Sequence[Vector], days: Sequence[float]) -> Rows:
    """The products of all pairs of a cluster, oldest first, that are near in time; one shared word counts little."""
    rows: Rows = [{} for _ in vectors]
    for number, mine in enumerate(vectors):
        for other in range(number - 1, -1, -1):
            if days[number] - days[other] >= SPAN:
                break
            theirs = vectors[other]
            shared = mine.keys() & theirs.keys()
            if shared:
                product = float(sum([mine[term] * theirs[term] for term in shared]))
                rows[number][other] = rows[other][number] = product if len(shared) > 1 else product * ONE_WORD
    return rows
