"""Related stories: what else was written on a story's subjects, outside its own thread.

In: the stories that are out, their threads, and what an editor chose. Out: for each story a few others.

Stories are related by the terms that both have, each weighed by its rarity among all stories, and by how near they are
in time. Rarity is a power of a term's count and not a share of all stories, so a story about something else changes
nothing.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice

import msgspec

from broadsheet.model import Story, Thread
from broadsheet.newsroom.terms import Terms, read

KEYS = 16  # terms of a story that it is looked up by, the strongest of it
WIDEST = 16  # earlier stories that a term leads to, the nearest in time
COMPARED = 8  # earlier stories, of those that share keys, that are compared in full
TOGETHER = 2  # terms that related stories share at least
RARITY = 0.3  # the power of a term's count that divides its weight
LEAST = 0.08  # likeness from 0 to 1 below which stories have a few words in common and no subject
HALF_LIFE = 365.0  # days between two stories after which they are half as related
UNIT = 1_000  # the length of a story's terms; whole numbers add up to the same in any order

OPENING = UNIT**2 // 20  # what the keys alone have to share before stories are compared, as a product of lengths
_DAY = 86_400.0  # seconds

Sums = dict[str, int]
Alike = tuple[float, float, str]  # likeness below zero, days between, the id of a story: the best is the least


class Relative(msgspec.Struct, frozen=True):
    """A related story, and how like it is: 0 to 1, and 1 for an editor's choice."""

    story: Story
    likeness: float


def relatives(
    stories: Iterable[Story],
    threads: Iterable[Thread],
    alike: Mapping[str, Sequence[Alike]],
    *,
    count: int = 5,
    chosen: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, tuple[Relative, ...]]:
    """At most ``count`` related stories for each story, by id, the most related first.

    ``alike`` are the stories that are ``compared``; ``chosen`` names, by the id of a story, the ids that its editor
    chose, and they come first. A story is never related to itself or to one of its own thread, unless chosen.
    """
    known = {story.id: story for story in stories}
    thread_of = {story.id: thread.id for thread in threads for story in thread.stories}
    found = {}
    for id_ in known:
        first = dict.fromkeys(chosen.get(id_, ())) if chosen else {}
        picks = {other: 1.0 for other in first if other in known and other != id_}
        thread = thread_of.get(id_, id_)
        for minus, _, other in alike.get(id_, ()):
            if len(picks) >= count:
                break
            if thread_of.get(other) != thread:
                picks.setdefault(other, -minus)
        found[id_] = tuple([Relative(known[other], likeness) for other, likeness in picks.items()][:count])
    return found


def compared(stories: Iterable[Story], language: str) -> dict[str, list[Alike]]:
    """The stories that are enough like each, by id, the most like it first, then the nearest."""
    order = sorted(stories, key=lambda story: (story.date, story.id))
    near = _near(_weighed([read(story, language) for story in order]), order)
    return {story.id: sorted(others) for story, others in zip(order, near, strict=True) if others}


def _weighed(said: Sequence[Terms]) -> list[Sums]:
    """The terms of each story by rarity, at length UNIT, the strongest first."""
    counts = Counter(chain.from_iterable(said))
    rarity = {term: times**-RARITY for term, times in counts.items()}
    weighed = []
    for terms in said:
        weights = [weight * rarity[term] for term, weight in terms.items()]
        unit = UNIT / (math.sqrt(sum([weight * weight for weight in weights])) or 1.0)
        strongest = sorted(zip(weights, terms, strict=True), reverse=True)
        weighed.append({term: int(weight * unit) for weight, term in strongest})
    return weighed


def _near(said: Sequence[Sums], order: Sequence[Story]) -> list[list[Alike]]:
    """For each story those that are enough like it, in no order.

    Each story is compared with earlier ones alone, and what is found counts for both.
    """
    days = [story.date.timestamp() / _DAY for story in order]
    near: list[list[Alike]] = [[] for _ in said]
    having: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, mine in enumerate(said):
        shared: defaultdict[int, int] = defaultdict(int)
        for term, weight in islice(mine.items(), KEYS):
            others = having[term]
            for other, weighing in others[-WIDEST:]:
                shared[other] += weight * weighing
            others.append((number, weight))
        enough = sorted([(product, other) for other, product in shared.items() if product >= OPENING], reverse=True)
        for _, other in enough[:COMPARED]:
            theirs = said[other]
            both = mine.keys() & theirs.keys()
            if len(both) >= TOGETHER:
                product = sum([mine[term] * theirs[term] for term in both])
                gap = days[number] - days[other]
                likeness = product / UNIT**2 * math.exp2(-gap / HALF_LIFE)
                if likeness >= LEAST:
                    least = round(-likeness, 4)
                    near[number].append((least, gap, order[other].id))
                    near[other].append((least, gap, order[number].id))
    return near
