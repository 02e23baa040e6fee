"""Matters: stories in order of time → which of them are about one cluster, in one pass with bounded memory.

In: what each story says (``Entry``), oldest first. Out: the number of the cluster that each belongs to.

A story joins the cluster that its terms are nearest to, by the cosine between the two, or begins one of its own. A
cluster that grew is then merged with the nearest other one: what begins apart for want of words is brought together
once there are enough of them. A term weighs by its rarity, counted in clusters rather than in stories: a running story
uses its own words again and again, and they must not wear out by that, or only slowly. Rarity is a power of the count
alone, however many other stories there are: what is about something else changes nothing here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from zlib import crc32

import msgspec

from broadsheet.newsroom.clusters import Cluster, Evidence, Joined, Merge, State, StoryFeatures, Sums, Thresholds

UNIT = 1_000  # the length of a story: whole numbers add up to the same in any order
ACTIVE = 4_000  # clusters that can still grow; beyond that those longest silent are closed,
CLOSED = 64  # so many at a time
KEYS = 12  # of a story's or a cluster's terms, the strongest that a cluster is looked up by
TOLD = 6  # terms of the evidence that are told
WIDEST = 48  # clusters that a key leads to, the latest
NEAREST = 6  # clusters, of those that share keys, that are compared in full
FLOOR = 2.0  # of the asked likeness, squared: what the keys alone have to share before that
HEAVIEST = 80  # terms a cluster is known by; twice as many are cut back to that
KNOWN = 150_000  # terms whose rarity is remembered; beyond that the rarest are forgotten


class ClusteringPass:
    """One pass over stories in order of time."""

    def __init__(self, bar: Thresholds, state: State | None = None) -> None:
        state = state or State()
        self.bar = bar
        self._count = state.count
        self._matters = ClusterMap(state.clusters)
        self._open = dict(state.open)
        self._words = TermCounts(state.words)
        self._known = state.known
        self._pins = dict(state.pins)

    def state(self) -> State:
        """What is known by now."""
        return State(self._count, self._matters.pack(), self._open, self._words.pack(), self._known, self._pins)

    def add(self, entry: StoryFeatures) -> Joined:
        """Put the next story into a cluster; its number is how many stories came before.

        A pinned story goes where its pin says. A pinned cluster takes in stories by evidence but is never merged.
        """
        story = self._story(entry)
        self._count += 1
        if entry.pin:
            number = self._pins.setdefault(entry.pin, story.number)
            home = self._matters[number] if number != story.number else None
        else:
            home = self._nearest(story, self.bar.join)
        if home is None:
            self._matters[story.number] = story
            self._learn(story.sums, {})
            for term in story.keys:
                self._words[term].append(story.number)
            if not entry.pin:
                self._open[story.number] = entry.day
                self._close()
            return Joined(story.number)
        evidence = self._evidence(story, home)
        self._learn(story.sums, home.sums)
        self._absorb(home, story)
        merges = []
        while not home.pin and (other := self._nearest(home, self.bar.merge, merging=True)):
            home, gone = (home, other) if home.number < other.number else (other, home)
            merges.append(Merge(gone.number, home.number, self._evidence(gone, home)))
            self._drop(gone)
            self._absorb(home, gone)
        return Joined(home.number, evidence, tuple(merges))

    def _story(self, entry: StoryFeatures) -> Cluster:
        """A story as a cluster of its own, its terms weighed by rarity, at length 1."""
        power, wear, words = -self.bar.rarity, self.bar.wear, self._words
        terms = {}
        for term, weight in entry.terms.items():
            known = words[term]
            terms[term] = weight * (1 + known[0] + wear * known[1]) ** power
        unit = UNIT / (math.sqrt(sum([weight * weight for weight in terms.values()])) or 1.0)
        sums = {term: int(weight * unit) for term, weight in terms.items()}
        square = sum([weight * weight for weight in sums.values()])
        sections = {entry.section: 1} if entry.section else {}
        return Cluster(self._count, 1, sums, square, entry.day, entry.day, sections, _strongest(sums, KEYS), entry.pin)

    def _nearest(self, one: Cluster, least: float, *, merging: bool = False) -> Cluster | None:
        """The cluster most like this one, the oldest of equals; None where none is so like, or free for ``merging``."""
        shared: defaultdict[int, int] = defaultdict(int)
        for term in _strongest(one.sums, KEYS):
            square = one.sums[term] ** 2
            for number in self._words[term][KEYS_FROM:][-WIDEST:]:
                shared[number] += square
        shared.pop(one.number, None)
        enough = FLOOR * least * least * one.square
        near = sorted([(-square, number) for number, square in shared.items() if square >= enough])
        best, likeness = None, least
        for _, number in near[:NEAREST]:
            other = self._matters[number]
            if merging and other.pin:
                continue
            alike = self._likeness(one, other, likeness)
            if alike > likeness or (alike == likeness and (best is None or number < best.number)):
                best, likeness = other, alike
        return best

    def _evidence(self, one: Cluster, other: Cluster) -> Evidence:
        """Why two clusters are alike, in at most TOLD terms."""
        scale = self._likeness(one, other) / (_dot(one.sums, other.sums) or 1)
        given = {term: weight * other.sums[term] * scale for term, weight in one.sums.items() if term in other.sums}
        told = tuple((term, round(given[term], 4)) for term in _strongest(given, TOLD))
        return Evidence(round(sum(given.values()), 4), told)

    def _likeness(self, one: Cluster, other: Cluster, least: float = 0.0) -> float:
        """The cosine of two clusters, less where they differ in time or section; 0 where it is below ``least``."""
        cosine = _dot(one.sums, other.sums, self.bar.several) / math.sqrt(one.square * other.square or 1)
        if self.bar.close:
            cosine *= (_closeness(one) * _closeness(other)) ** self.bar.close
        gap = max(one.first - other.last, other.first - one.last, 0.0)
        if cosine < least or gap > self.bar.silence:
            return 0.0
        together = 1.0
        if one.sections and other.sections:
            same = sum(count * other.sections.get(section, 0) for section, count in one.sections.items())
            together = same / (sum(one.sections.values()) * sum(other.sections.values()))
        part = self.bar.elsewhere + (1 - self.bar.elsewhere) * together
        return cosine * part * math.exp2(-gap / self.bar.half_life)

    def _learn(self, terms: Sums, used: Sums) -> None:
        """Count terms, for clusters those not ``used`` before; where too many are known, forget the rarest but keys."""
        for term in terms:
            known = self._words[term]
            self._known += not known[1]
            known[0] += term not in used
            known[1] += 1
        least = 1
        while self._known > KNOWN and least < KNOWN:
            few = [term for term, known in self._words.everything() if known[1] <= least and len(known) == KEYS_FROM]
            for term in few:
                self._known -= self._words.pop(term)[1] > 0
            least *= 2

    def _absorb(self, home: Cluster, other: Cluster) -> None:
        """Add a cluster to another."""
        sums = home.sums
        dot = 0
        for term, weight in other.sums.items():
            if term in sums:
                dot += sums[term] * weight
                sums[term] += weight
            else:
                sums[term] = weight
        home.size += other.size
        home.square += other.square + 2 * dot
        home.first, home.last = min(home.first, other.first), max(home.last, other.last)
        if home.number in self._open:
            self._open[home.number] = home.last
        for section, count in other.sections.items():
            home.sections[section] = home.sections.get(section, 0) + count
        self._index(home, other.keys)
        if len(sums) > 2 * HEAVIEST:
            home.sums = {term: sums[term] for term in _strongest(sums, HEAVIEST)}
            home.square = sum([weight * weight for weight in home.sums.values()])
            self._unindex(home, [term for term in home.keys if term not in home.sums])

    def _index(self, cluster: Cluster, keys: Iterable[str]) -> None:
        for term in keys:
            known = self._words[term]
            if cluster.number not in known[KEYS_FROM:]:
                known.append(cluster.number)
                cluster.keys.append(term)

    def _unindex(self, cluster: Cluster, keys: Iterable[str]) -> None:
        gone = set(keys)
        for term in gone:
            known = self._words[term]
            known[KEYS_FROM:] = [number for number in known[KEYS_FROM:] if number != cluster.number]
        cluster.keys = [term for term in cluster.keys if term not in gone]

    def _drop(self, cluster: Cluster) -> None:
        """Forget a cluster: it was merged, or can grow no more."""
        del self._matters[cluster.number], self._open[cluster.number]
        self._unindex(cluster, cluster.keys)

    def _close(self) -> None:
        """Where too many clusters are open, close those that were silent longest."""
        if len(self._open) > ACTIVE:
            for number in sorted(self._open, key=lambda number: (self._open[number], number))[:CLOSED]:
                self._drop(self._matters[number])


def _strongest(sums: Mapping[str, float], number: int) -> list[str]:
    """The heaviest terms, heaviest first; those of one weight in the order that they came."""
    return sorted(sums, key=sums.__getitem__, reverse=True)[:number]


def _dot(one: Sums, other: Sums, several: float = 1.0) -> float:
    """The product of two sums; less where fewer than ``several`` terms make it, counted by their weight."""
    products = [one[term] * other[term] for term in one.keys() & other.keys()]
    dot = sum(products)
    if several == 1.0 or not dot:
        return dot
    return dot * min(1.0, dot * dot / sum([product * product for product in products]) / several)


def _closeness(cluster: Cluster) -> float:
    """How alike the stories of a cluster are: 1 where they say the same."""
    return math.sqrt(cluster.square) / (UNIT * cluster.size)


PIECES = 1024  # that terms are stored in: some thirty terms a piece where 30,000 are known

TermCount = list[int]  # of a term: in how many clusters and stories it was met, then the clusters that it is a key of
KEYS_FROM = 2  # where those begin

_PACK = msgspec.msgpack.Encoder().encode
_CLUSTER = msgspec.msgpack.Decoder(Cluster)
_PIECE = msgspec.msgpack.Decoder(dict[str, TermCount])


class ClusterMap(dict[int, Cluster]):
    """The clusters that can still grow, by number."""

    def __init__(self, packed: dict[int, bytes]) -> None:
        super().__init__()
        self._packed = dict(packed)

    def __missing__(self, number: int) -> Cluster:
        self[number] = cluster = _CLUSTER.decode(self._packed.pop(number))
        return cluster

    def pack(self) -> dict[int, bytes]:
        """The pieces to be stored."""
        return self._packed | {number: _PACK(cluster) for number, cluster in self.items()}


class TermCounts(dict[str, TermCount]):
    """What is known of each term; a term never met is known as [0, 0] from the first look on."""

    def __init__(self, packed: list[bytes]) -> None:
        super().__init__()
        self._packed = list(packed) or [b""] * PIECES

    def __missing__(self, term: str) -> TermCount:
        place = crc32(term.encode()) % PIECES
        if piece := self._packed[place]:
            self._packed[place] = b""
            self.update(_PIECE.decode(piece))
            if term in self:
                return self[term]
        self[term] = known = [0, 0]
        return known

    def everything(self) -> Iterator[tuple[str, TermCount]]:
        """All terms with what is known of them."""
        for place, piece in enumerate(self._packed):
            if piece:
                self._packed[place] = b""
                self.update(_PIECE.decode(piece))
        return iter(self.items())

    def pack(self) -> list[bytes]:
        """The pieces to be stored."""
        pieces: defaultdict[int, dict[str, TermCount]] = defaultdict(dict)
        for term, known in self.items():
            if known != [0, 0]:
                pieces[crc32(term.encode()) % PIECES][term] = known
        return [_PACK(pieces[place]) if place in pieces else piece for place, piece in enumerate(self._packed)]
