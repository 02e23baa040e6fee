"""Related stories: what else was written on a story's subjects, outside its own thread.

In: the stories that are out, their threads, and what an editor chose. Out: for each story a few others, and why.

Stories are related by the terms that both have, each weighed by its rarity among all stories, and by how near they are
in time. Rarity is a power of a term's count and not a share of all stories, so a story about something else changes
nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from broadsheet.model import Story, Thread
from broadsheet.newsroom.terms import Terms, read

KEYS = 16  # terms of a story that it is looked up by, the strongest of it
WIDEST = 32  # stories that a term leads to, the nearest in time
COMPARED = 8  # stories, of those that share keys, that are compared in full
TOLD = 4  # terms that are told
TOGETHER = 2  # terms that related stories share at least
RARITY = 0.3  # the power of a term's count that divides its weight
LEAST = 0.08  # likeness from 0 to 1 below which stories have a few words in common and no subject
HALF_LIFE = 365.0  # days between two stories after which they are half as related
UNIT = 1_000  # the length of a story's terms; whole numbers add up to the same in any order

OPENING = UNIT**2 // 20  # what the keys alone have to share before stories are compared, as a square of length
_DAY = 86_400.0  # seconds

Sums = dict[str, int]


class Relative(msgspec.Struct, frozen=True):
    """A related story, how like it is (0 to 1; 1 for an editor's choice), the terms that say so with their parts."""

    story: Story
    likeness: float
    terms: tuple[tuple[str, float], ...] = ()


def relatives(
    stories: Iterable[Story],
    threads: Iterable[Thread],
    language: str,
    *,
    count: int = 5,
    chosen: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, tuple[Relative, ...]]:
    """At most ``count`` related stories for each story, by id, the most related first.

    ``chosen`` names, by the id of a story, the ids that its editor chose; they come first. A story is never related to
    itself or to one of its own thread, unless chosen.
    """
    order = sorted(stories, key=lambda story: (story.date, story.id))
    place = {story.id: number for number, story in enumerate(order)}
    thread_of = {story.id: thread.id for thread in threads for story in thread.stories}
    groups = [thread_of.get(story.id, f"/{number}") for number, story in enumerate(order)]
    said = _weighed([read(story, language) for story in order])
    keys = [sorted(terms, key=terms.__getitem__, reverse=True)[:KEYS] for terms in said]
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, strongest in enumerate(keys):
        for term in strongest:
            having[term].append(number)
    days = [story.date.timestamp() / _DAY for story in order]
    found = {}
    for number, story in enumerate(order):
        first = dict.fromkeys(chosen.get(story.id, ())) if chosen else {}
        picks = [Relative(order[place[other]], 1.0) for other in first if other in place and other != story.id][:count]
        taken = {pick.story.id for pick in picks}
        near = _near(number, said, keys[number], having, days)
        for other, likeness in near:
            if len(picks) >= count:
                break
            if groups[other] != groups[number] and order[other].id not in taken:
                picks.append(Relative(order[other], round(likeness, 4), _told(said[number], said[other])))
        found[story.id] = tuple(picks)
    return found


def _weighed(said: Sequence[Terms]) -> list[Sums]:
    """The terms of each story by rarity, at length UNIT."""
    counts = Counter(term for terms in said for term in terms)
    rarity = {term: times**-RARITY for term, times in counts.items()}
    weighed = []
    for terms in said:
        sums = {term: weight * rarity[term] for term, weight in terms.items()}
        unit = UNIT / (math.sqrt(sum([weight * weight for weight in sums.values()])) or 1.0)
        weighed.append({term: int(weight * unit) for term, weight in sums.items()})
    return weighed


def _near(
    number: int, said: Sequence[Sums], keys: Sequence[str], having: Mapping[str, Sequence[int]], days: Sequence[float]
) -> list[tuple[int, float]]:
    """The stories that share keys with this one and are enough like it, the most like it first, then the nearest."""
    mine, day = said[number], days[number]
    shared: defaultdict[int, int] = defaultdict(int)
    for term in keys:
        others = having[term]
        if len(others) > WIDEST:  # the nearest in time will do
            at = bisect_left(others, number)
            others = others[max(0, at - WIDEST // 2) : at + WIDEST // 2]
        square = mine[term] ** 2
        for other in others:
            shared[other] += square
    shared.pop(number, None)
    near = []
    enough = [(-square, abs(days[other] - day), other) for other, square in shared.items() if square >= OPENING]
    enough.sort()
    for _, gap, other in enough[:COMPARED]:
        theirs = said[other]
        both = mine.keys() & theirs.keys()
        if len(both) >= TOGETHER:
            product = sum([mine[term] * theirs[term] for term in both])
            likeness = product / UNIT**2 * math.exp2(-abs(day - days[other]) / HALF_LIFE)
            if likeness >= LEAST:
                near.append((-likeness, gap, other))
    return [(other, -likeness) for likeness, _, other in sorted(near)]


def _told(one: Sums, other: Sums) -> tuple[tuple[str, float], ...]:
    given = sorted([(-one[term] * other[term], term) for term in one.keys() & other.keys()])
    return tuple([(term, round(-product / UNIT**2, 4)) for product, term in given[:TOLD]])
