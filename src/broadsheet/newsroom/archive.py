"""The archive: the clusters of all weeks and their neighbours, found anew only where something changed.

In: every story, oldest first, and what was kept of the last run. Out: the clusters, each with the one that it continues
and those related to it. The same stories make the same archive, whatever was kept: what is kept of a step holds as long
as all that the step reads is as it was, and else the step is done again.

A story's terms are made of the story alone. Its vector depends on the months of its terms, in steps; the clusters of a
week on the vectors of that week; the neighbours of a cluster on the nearest clusters that share its strongest terms.
What is kept lies in pieces, by week and by term, of which a run opens those that it needs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol
from zlib import crc32

import msgspec

from broadsheet.model import Story
from broadsheet.newsroom import neighbours as near
from broadsheet.newsroom.clusters import JOIN, SPAN, clusters, events
from broadsheet.newsroom.neighbours import LINK, Cluster, Neighbours, Ref, neighbours
from broadsheet.newsroom.terms import Terms, gist, method, read
from broadsheet.newsroom.vectors import Vector, frequency_step, shares, total, vector

PIECES = 256  # that terms are kept in
TIES = 16  # terms of a thread that may be shown

_DAY = 86_400.0  # seconds
_MONDAY = 3  # days from a Monday to the first day of the Unix era
_NAME = "threads"

_Changes = defaultdict[str, list[Ref]]  # by the terms that lead to them, clusters that changed


class Memory(Protocol):
    """Bytes by name, from one run to the next."""

    def value(self, name: str, /) -> bytes | None:
        """What was kept under a name."""

    def keep_value(self, name: str, data: bytes, /) -> None:
        """Keep bytes under a name."""


class Forgetful:
    """A memory of nothing."""

    def value(self, _name: str) -> bytes | None:
        """Nothing."""
        return None

    def keep_value(self, _name: str, _data: bytes) -> None:
        """Keep nothing."""


class Postings(NamedTuple):
    """Where a term stands, as in an inverted index: the weeks that have it, the clusters that it is a key of."""

    weeks: list[int]
    clusters: list[Ref]


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A story as it is compared: its day as a number, its section, its terms; ``digest`` covers what they come from."""

    id: str
    digest: bytes
    day: float
    section: str
    terms: Terms


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A cluster by the ids of its stories, oldest first, its neighbours, the numbers of those that report one event.

    ``across`` are the ids of stories, some of the week before, that report one event.
    """

    stories: tuple[str, ...]
    neighbours: Neighbours = Neighbours()
    events: tuple[tuple[int, ...], ...] = ()
    across: tuple[tuple[str, ...], ...] = ()


class _Week(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a week: its stories as they were, and its clusters."""

    digest: bytes
    outlines: dict[Ref, Outline]


_ENCODE = msgspec.msgpack.Encoder().encode
_SAID = msgspec.msgpack.Decoder(list[Said]).decode
_CLUSTERS = msgspec.msgpack.Decoder(dict[Ref, bytes]).decode
_CLUSTER = msgspec.msgpack.Decoder(Cluster).decode
_WEEK = msgspec.msgpack.Decoder(_Week).decode
_HEAD = msgspec.msgpack.Decoder(tuple[bytes, list[int]]).decode
_POSTINGS = msgspec.msgpack.Decoder(dict[str, Postings]).decode


def week_of(day: float) -> int:
    """The number of a day's week, from Monday to Sunday (UTC)."""
    return int(day + _MONDAY) // 7


def day_of(story: Story) -> float:
    """The moment of a story in days."""
    return story.date.timestamp() / _DAY


class Joining(NamedTuple):
    """Why a story is where it is: the ids of those that it was put with, or its cluster with ``earlier`` ones.

    How like they were and how like they had to be, from 0 to 1, and the share of each term in that.
    """

    stories: tuple[str, ...]
    earlier: bool
    likeness: float
    asked: float
    terms: dict[str, float]


class Archive:
    """The clusters of all weeks, with what each story says; of no story where nothing was kept."""

    def __init__(self, memory: Memory, language: str) -> None:
        """``language`` is the site's. What was kept under another is not used, nor is what is not whole."""
        self._memory = memory
        self._language = language
        self._key = blake2b(method() + language.encode(), digest_size=16).digest()
        self._weeks: dict[int, _Week] = {}
        self._closed = False  # whether there are pieces that were not opened
        self._begin()
        data = memory.value(_NAME)
        if data:
            try:
                key, weeks = _HEAD(data)
                if key == self._key:
                    self._weeks = {week: _WEEK(self._kept(f"week/{week}")) for week in weeks}
                    self._closed = True
            except (msgspec.DecodeError, LookupError):
                self._begin()

    def _begin(self) -> None:
        """Begin with nothing."""
        self._weeks, self._closed = {}, False
        self._rows: dict[int, bytes] = {}  # what the stories of weeks say, packed
        self._packed: dict[int, dict[Ref, bytes]] = {}  # the clusters of weeks, packed
        self._clusters: dict[Ref, Cluster] = {}
        self._pieces: dict[int, dict[str, Postings]] = {}
        self._postings: dict[str, Postings] = {}  # of pieces that were opened
        self._frequency_steps: dict[str, int] = {}  # of terms, where they were asked for
        self._touched: set[int] = set()  # pieces that are other than they were

    def _kept(self, name: str) -> bytes:
        """What was kept under a name. Raises LookupError where it is lost."""
        data = self._memory.value(f"{_NAME}/{name}")
        if not data:
            raise LookupError(name)
        return data

    def update(self, stories: Sequence[Story]) -> None:
        """Bring the archive up to these stories, oldest first, and keep it."""
        try:
            self._update(stories)
        except (msgspec.DecodeError, LookupError):  # a piece is lost
            self._begin()
            self._update(stories)

    def outlines(self) -> Iterator[tuple[Ref, Outline]]:
        """Every cluster, the oldest week first."""
        for week in sorted(self._weeks):
            yield from self._weeks[week].outlines.items()

    def _update(self, stories: Sequence[Story]) -> None:
        weeks: defaultdict[int, list[Story]] = defaultdict(list)
        for story in stories:
            weeks[week_of(day_of(story))].append(story)
        digests = {week: _digest(those) for week, those in weeks.items()}
        kept = {week: one.digest for week, one in self._weeks.items()}
        changed = [week for week in sorted(digests.keys() | kept) if digests.get(week) != kept.get(week)]
        if not changed:
            return
        before: dict[str, int] = {}  # of the terms that came into weeks or left some, the frequency steps that they had
        for week in changed:
            self._read(week, weeks.get(week, ()), before)
        moved = [term for term, old in before.items() if frequency_step(self._posted(term).weeks) != old]
        again = sorted({week for term in moved for week in self._posted(term).weeks}.union(changed))
        gone, made = defaultdict[str, list[Ref]](list), defaultdict[str, list[Ref]](list)
        for week in again:
            self._cluster(week, digests.get(week, b""), gone, made)
        renewed = self._index(gone, made)
        for one in renewed:
            outlines = self._weeks[near.week_of(one)].outlines
            if one in outlines:
                found = neighbours(one, self._get(one), lambda term: self._posted(term).clusters, self._get)
                outlines[one] = msgspec.structs.replace(outlines[one], neighbours=found)
        for week in changed:
            if week not in weeks:
                del self._weeks[week]
        beside = {week + days for week in again for days in (0, 1)} & self._weeks.keys()
        renewed.update(self._across(renewed.union(*(self._weeks[week].outlines for week in beside))))
        self._save(changed, again, {near.week_of(one) for one in renewed}.union(again))

    def _read(self, week: int, stories: Sequence[Story], before: dict[str, int]) -> None:
        """Read the stories of a week, and note in which weeks each term stands."""
        known = {said.id: said for said in self._said(week)} if week in self._weeks else {}
        rows = []
        for story in stories:
            digest, said = gist(story), known.get(story.id)
            if said is None or said.digest != digest:
                said = Said(story.id, digest, day_of(story), story.section, read(story, self._language))
            rows.append(said)
        old = {term for said in known.values() for term in said.terms}
        new = {term for said in rows for term in said.terms}
        for term in old ^ new:
            those = self._posted(term).weeks
            if self._closed and term not in before:
                before[term] = frequency_step(those)
            place = bisect_left(those, week)
            if term in new:
                those.insert(place, week)
            else:
                del those[place]
            self._touched.add(_piece(term))
        self._rows[week] = _ENCODE(rows)

    def _said(self, week: int) -> list[Said]:
        return _SAID(self._rows[week] if week in self._rows else self._kept(f"said/{week}"))

    def _vectors(self, said: Sequence[Said]) -> list[Vector]:
        steps = {term: self._frequency_step(term) for term in {term for one in said for term in one.terms}}
        return [vector(one.terms, steps) for one in said]

    def _cluster(self, week: int, digest: bytes, gone: _Changes, made: _Changes) -> None:
        """Find the clusters of a week, and note those that are other than before under the terms that lead to them."""
        said = self._said(week)
        vectors = self._vectors(said)
        before = self._weeks[week].outlines if week in self._weeks else {}
        packed = self._opened(week) if week in self._weeks else {}
        outlines, clustered = dict[Ref, Outline](), dict[Ref, bytes]()
        for numbers in clusters(vectors, [one.section for one in said])[0]:
            ids = tuple([said[number].id for number in numbers])
            sums, length = total([vectors[number] for number in numbers])
            cluster = Cluster(sums, length, said[numbers[0]].day, said[numbers[-1]].day)
            own, data = near.ref(week, _mark(ids[0])), _ENCODE(cluster)
            while own in outlines:
                own = near.ref(week, own + 1)
            clustered[own] = data
            days = [said[number].day for number in numbers]
            found = events([vectors[number] for number in numbers], days) if len(ids) > 1 else ()
            reported = tuple([tuple(event) for event in found])
            if own in before and before[own].stories == ids and packed[own] == data:
                outlines[own] = msgspec.structs.replace(before[own], events=reported)
                continue
            outlines[own] = Outline(ids, events=reported)
            if own in before:
                self._note(gone, own)
            self._clusters[own] = cluster
            self._note(made, own)
        for own in before.keys() - outlines:
            self._note(gone, own)
            self._clusters.pop(own, None)
        self._weeks[week] = _Week(digest, outlines)
        self._packed[week] = clustered

    def _across(self, refs: Iterable[Ref]) -> Iterator[Ref]:
        """Find what the clusters report with those of the week before that they continue; those where that is other."""
        read: dict[int, dict[str, Said]] = {}
        for own in sorted(refs):
            week = near.week_of(own)
            outlines = self._weeks[week].outlines if week in self._weeks else {}
            if own not in outlines:
                continue
            link, across = outlines[own].neighbours.link, list[tuple[str, ...]]()
            if near.week_of(link) == week - 1 and self._get(own).first - self._get(link).last < SPAN:
                earlier = self._outline(link).stories
                for one in {week - 1, week} - read.keys():
                    read[one] = {said.id: said for said in self._said(one)}
                those = [read[week - 1][id_] for id_ in earlier] + [read[week][id_] for id_ in outlines[own].stories]
                for found in events(self._vectors(those), [said.day for said in those]):
                    if found[0] < len(earlier) <= found[-1]:
                        across.append(tuple([those[number].id for number in found]))
            if outlines[own].across != tuple(across):
                outlines[own] = msgspec.structs.replace(outlines[own], across=tuple(across))
                yield own

    def _note(self, changes: _Changes, own: Ref) -> None:
        for term in self._get(own).strongest():
            changes[term].append(own)

    def _index(self, gone: _Changes, made: _Changes) -> set[Ref]:
        """Bring what terms lead to up to date; the clusters that may have other neighbours by that."""
        new = {own for refs in made.values() for own in refs}
        whole = len(new) == sum([len(week.outlines) for week in self._weeks.values()])
        found = set(new)
        for term in gone.keys() | made.keys():
            refs = self._posted(term).clusters
            if not whole:
                found.update(near.reached(refs, gone.get(term, ())))
            for own in gone.get(term, ()):
                near.remove(refs, own)
            for own in made.get(term, ()):
                near.add(refs, own)
            if not whole:
                found.update(near.reached(refs, made.get(term, ())))
            self._touched.add(_piece(term))
        return found

    def _opened(self, week: int) -> dict[Ref, bytes]:
        if week not in self._packed:
            self._packed[week] = _CLUSTERS(self._kept(f"clusters/{week}"))
        return self._packed[week]

    def _get(self, one: Ref) -> Cluster:
        if one not in self._clusters:
            self._clusters[one] = _CLUSTER(self._opened(near.week_of(one))[one])
        return self._clusters[one]

    def _posted(self, term: str) -> Postings:
        if term not in self._postings:
            piece = _piece(term)
            if piece not in self._pieces:
                self._pieces[piece] = _POSTINGS(self._kept(f"postings/{piece}")) if self._closed else {}
            self._postings[term] = self._pieces[piece].setdefault(term, Postings([], []))
        return self._postings[term]

    def _frequency_step(self, term: str) -> int:
        if term not in self._frequency_steps:
            self._frequency_steps[term] = frequency_step(self._posted(term).weeks)
        return self._frequency_steps[term]

    def _save(self, changed: Iterable[int], again: Iterable[int], outlined: Iterable[int]) -> None:
        """Keep what is other than it was."""
        if not self._closed:
            self._touched = set(range(PIECES))
        for week in changed:
            self._memory.keep_value(f"{_NAME}/said/{week}", self._rows[week] if week in self._weeks else b"")
        for week in again:
            data = _ENCODE(self._packed[week]) if week in self._weeks else b""
            self._memory.keep_value(f"{_NAME}/clusters/{week}", data)
        for week in outlined:
            data = _ENCODE(self._weeks[week]) if week in self._weeks else b""
            self._memory.keep_value(f"{_NAME}/week/{week}", data)
        for piece in self._touched:
            postings = {term: found for term, found in self._pieces.get(piece, {}).items() if any(found)}
            self._memory.keep_value(f"{_NAME}/postings/{piece}", _ENCODE(postings))
        self._memory.keep_value(_NAME, _ENCODE((self._key, sorted(self._weeks))))

    def weights(self, refs: Sequence[Ref]) -> dict[str, float]:
        """The strongest terms of clusters together."""
        sums: defaultdict[str, int] = defaultdict(int)
        for one in refs:
            for term, weight in self._get(one).vector.items():
                sums[term] += weight
        strongest = sorted([(-weight, term) for term, weight in sums.items()])[:TIES]
        return {term: float(-weight) for weight, term in strongest}

    def steps(self, story: Story, own: Ref) -> list[Joining]:
        """Why a story is where it is: what it was joined with in its week, and which earlier clusters that continues.

        ``own`` is its cluster.
        """
        said = self._said(near.week_of(own))
        vectors = self._vectors(said)
        number = next(number for number, one in enumerate(said) if one.id == story.id)
        _, joined = clusters(vectors, [one.section for one in said])
        found = []
        if number in joined and story.id != self._outline(own).stories[0]:
            others = sorted(joined[number].others)
            terms = shares(vectors[number], total([vectors[other] for other in others])[0])
            ids = tuple(said[other].id for other in others)
            found.append(Joining(ids, earlier=False, likeness=joined[number].likeness, asked=JOIN, terms=terms))
        while link := self._outline(own).neighbours.link:
            likeness = self._outline(own).neighbours.likeness
            terms = shares(self._get(own).vector, self._get(link).vector)
            found.append(Joining(self._outline(link).stories, earlier=True, likeness=likeness, asked=LINK, terms=terms))
            own = link
        return found

    def _outline(self, one: Ref) -> Outline:
        return self._weeks[near.week_of(one)].outlines[one]


def _digest(stories: Iterable[Story]) -> bytes:
    return blake2b(b"".join(map(gist, stories)), digest_size=16).digest()


def _mark(id_: str) -> int:
    return int.from_bytes(blake2b(id_.encode(errors="replace"), digest_size=5).digest())


def _piece(term: str) -> int:
    return crc32(term.encode()) % PIECES
