"""Threads: the running stories, found without an editor, or as an editor says.

In: the stories that are out, the clusters that they are in and how these continue one another, and what the editor said
(pins in front matter, names and pins in the settings). Out: the threads.

Clusters that continue one another are one running story. Its address is its first story's, and its name is made of its
first stories alone, so that neither changes as it grows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, count
from typing import NamedTuple

import msgspec

from broadsheet.model import Story, Thread, Tie
from broadsheet.newsroom.archive import Outline
from broadsheet.newsroom.neighbours import Ref
from broadsheet.newsroom.terms import READ, gist, read, ties, title
from broadsheet.text import file_slug, normal, slugs

ALONE = "none"  # thread: none keeps a story out of every thread; a thread of that name is not shown
FIRST = 3  # stories of a thread that its name is made of

Memo = dict[bytes, tuple[Tie, ...]]  # what ties are made of → the ties


class Hand(msgspec.Struct, frozen=True):
    """What an editor says of threads, beside ``thread:`` in front matter.

    ``minimum`` is the stories from which a thread is shown. ``pins`` names the thread of a story by its id, before what
    its front matter says. ``names`` gives a thread, by its slug, a name; threads given one name are one.
    ``latin`` is whether slugs are transliterated; the slugs in ``names`` may be written either way.
    """

    minimum: int = 3
    pins: dict[str, str] = {}
    names: dict[str, str] = {}
    latin: bool = False

    def pin(self, story: Story) -> str:
        """The thread that an editor gave a story; empty where it is to be found."""
        return self.pins.get(story.id, story.thread) if self.pins else story.thread

    def follows(self, story: Story) -> bool:
        """Whether a story may stand in a thread."""
        pin = self.pin(story)
        return not pin or pin.lower() != ALONE


class Spellings:
    """The names of ties, made once for the same stories: those of the last run, and those to keep for the next."""

    def __init__(self, language: str, kept: Memo) -> None:
        self.language = language
        self.made: Memo = {}
        self._kept = kept

    def ties(self, weights: Mapping[str, float], stories: Sequence[Story]) -> tuple[Tie, ...]:
        """What ties stories, by the weights of terms: those that the first of the stories share."""
        first = stories[:READ]
        parts = (self.language, sorted(weights.items()), [gist(story) for story in first])

        def make() -> tuple[Tie, ...]:
            shared = self._shared(first)
            return ties({term: weight for term, weight in weights.items() if term in shared}, first, self.language)

        return self._once(blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest(), make)

    def name(self, stories: Sequence[Story]) -> str:
        """The name of a thread, made of what its first stories share; the title of the first where that is nothing."""
        first = stories[:FIRST]
        key = blake2b(b"".join([self.language.encode(), *map(gist, first)]), digest_size=16).digest()
        named = self._once(key, lambda: ties(self._shared(first), first, self.language))
        return title(named) or first[0].title

    def _once(self, key: bytes, make: Callable[[], tuple[Tie, ...]]) -> tuple[Tie, ...]:
        if key not in self.made:
            self.made[key] = self._kept[key] if key in self._kept else make()
        return self.made[key]

    def _shared(self, stories: Sequence[Story]) -> dict[str, float]:
        """The terms that more than one of these stories has, by what these give them."""
        said = [read(story, self.language) for story in stories]
        times = Counter(chain.from_iterable(said))
        return {term: sum(terms.get(term, 0.0) for terms in said) for term, many in times.items() if many > 1}


class _Group(msgspec.Struct):
    """Stories of one thread; ``name`` is the one that an editor gave it, ``slug`` that name's."""

    name: str
    slug: str
    stories: list[Story]
    refs: list[Ref]
    aliases: list[str]


Weights = Callable[[Sequence[Ref]], Mapping[str, float]]  # of clusters, the strongest terms


def threads(
    stories: Mapping[str, Story], outlines: Mapping[Ref, Outline], hand: Hand, spellings: Spellings, weights: Weights
) -> tuple[Thread, ...]:
    """The threads, the one with the latest story first, of ``stories`` by their ids."""
    pins = {id_: pin for id_, story in stories.items() if (pin := hand.pin(story))}
    slug = slugs((*pins.values(), *hand.names.values()), latin=hand.latin) if pins or hand.names else {}
    written = {file_slug(key, latin=True): key for key in hand.names} if hand.latin else {}
    names = by_slug(hand.names, latin=hand.latin)
    groups: dict[str, _Group] = {}
    every = bool(pins or hand.names) or hand.minimum < 2
    for number, part in enumerate(_parts(stories, outlines, pins, spellings.language, every=every)):
        pin, those = part.name, part.stories
        own = slug[normal(pin)] if pin else those[0].slug
        name = names.get(own, pin)
        if name.lower() == ALONE or (not name and len(those) < hand.minimum):
            continue
        home = slug[normal(name)] if name else ""
        group = groups.setdefault(home or f"/{number}", _Group(name, home, [], [], []))
        group.stories += those
        group.refs += part.refs
        group.aliases += dict.fromkeys((own, written.get(own, own))) if name and home != own else ()
    for group in groups.values():
        group.stories.sort(key=_when)
    taken: set[str] = set()
    ordered = sorted(groups.values(), key=lambda group: (not group.name, _when(group.stories[0])))
    shown = (group for group in ordered if len(group.stories) >= hand.minimum)
    found = [_thread(group, spellings, weights, taken) for group in shown]
    found.sort(key=lambda thread: (thread.stories[-1].date, thread.id), reverse=True)
    return tuple(found)


def by_slug(names: Mapping[str, str], *, latin: bool) -> Mapping[str, str]:
    """The names that editors gave threads by slug; where slugs are transliterated, those in ``names`` need not be."""
    return {file_slug(key, latin=True): name for key, name in names.items()} | dict(names) if latin else names


def _when(story: Story) -> tuple[float, str]:
    return story.date.timestamp(), story.id


class _Part(NamedTuple):
    """A running story, or what an editor parted from one: the name it is pinned to, its stories, its clusters."""

    name: str
    stories: list[Story]
    refs: list[Ref]


def _parts(
    stories: Mapping[str, Story],
    outlines: Mapping[Ref, Outline],
    pins: Mapping[str, str],
    language: str,
    *,
    every: bool,
) -> Iterator[_Part]:
    """The running stories, oldest story first, each with the name that it is pinned to, if any.

    With ``every`` also stories that are alone, which an editor may have named.
    """
    for refs in continued(outlines):
        if not every and len(refs) == 1 and len(outlines[refs[0]].stories) == 1:
            continue
        ids = [id_ for one in refs for id_ in outlines[one].stories if id_ in stories]
        those = sorted([stories[id_] for id_ in ids], key=_when)
        named = {normal(pins[story.id]): pins[story.id] for story in those[::-1] if story.id in pins} if pins else {}
        if len(named) < 2:
            if those:
                yield _Part(next(iter(named.values()), ""), those, refs)
            continue
        parted = defaultdict[str, list[Story]](list)
        for story in those:
            parted[normal(_nearest_pin(story, those, pins, language))].append(story)
        for name, part in parted.items():
            yield _Part(named[name], part, refs)


def _nearest_pin(story: Story, those: Sequence[Story], pins: Mapping[str, str], language: str) -> str:
    """The name of the pinned story that shares most words with one, the nearest in time of equals."""
    if story.id in pins:
        return pins[story.id]
    mine = read(story, language).keys()

    def distance(other: Story) -> tuple[int, float, str]:
        gap = abs((other.date - story.date).total_seconds())
        return -len(mine & read(other, language).keys()), gap, other.id

    return pins[min((other for other in those if other.id in pins), key=distance).id]


def continued(outlines: Mapping[Ref, Outline]) -> Iterator[list[Ref]]:
    """The clusters that continue one another, each list from its oldest week on."""
    root: dict[Ref, Ref] = {}
    parts: dict[Ref, list[Ref]] = {}
    for one, outline in outlines.items():  # the older ones come first, and a cluster continues one of them or none
        link = outline.neighbours.link
        home = root[one] = root[link] if link else one
        parts.setdefault(home, []).append(one)
    yield from parts.values()


def _thread(group: _Group, spellings: Spellings, weights: Weights, taken: set[str]) -> Thread:
    """A group as a thread; the address is the name's, else the first story's, with its day where that is taken."""
    stories = tuple(group.stories)
    first = stories[0]
    address = group.slug or first.slug
    dated = f"{address}-{first.date:%Y-%m-%d}"
    free = chain((address, dated), (f"{dated}-{n}" for n in count(2)))
    address = next(name for name in free if name not in taken)
    taken.add(address)
    aliases = tuple(sorted({alias for alias in group.aliases if alias != address}))
    name = address if group.name else first.id
    tied = spellings.ties(weights(group.refs), stories)
    return Thread(name, address, group.name or spellings.name(stories), stories, tied, bool(group.name), aliases)
