"""The front: how the stories of an edition are ranked on its page, and what fills the front page of a thin one.

In: an edition, the plan of the site. Out: which of its stories stand beside the lead and which under it; on a day with
few stories the newest of those before, and the latest of each section that would otherwise not be there.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from broadsheet.model import Edition
from broadsheet.pages.inputs import Item, Name, Teaser
from broadsheet.pages.plan import PlanContext

MOST = 2  # seconds of an edition
THIN = 6  # an edition with fewer stories fills no page: the lead, two beside it and a row of desks
FULL = 8  # stories with which a thin front is filled up
WEEK = 3  # stories of the same week from which no older ones are needed
FOLLOWING = 4  # stories of the lead's thread that stand under it; the others stay at their desks
SECTIONS = 60  # sections of which a thin front shows the latest


class Fill(msgspec.Struct, frozen=True, gc=False):
    """What the front page of a thin edition shows besides it: stories of days before, and the latest of sections.

    ``week`` is whether all of the former are of the week in which the edition begins.
    """

    earlier: tuple[Item, ...] = ()
    week: bool = False
    newest: tuple[Teaser, ...] = ()


NOTHING = Fill()


def fill(context: PlanContext, edition: Edition) -> Fill:
    """What fills the front page of an edition: nothing where it has stories enough."""
    ids = {story.id for story in edition.stories}
    if len(ids) >= THIN:
        return NOTHING
    monday = edition.first - dt.timedelta(days=edition.first.weekday())
    before = (story for story in context.newspaper.stories if story.id not in ids)
    stories = list(itertools.islice(before, FULL - len(ids)))
    recent = [story for story in stories if monday <= context.made.days[story.id]]
    week = len(recent) >= WEEK or (bool(recent) and len(recent) == len(stories))
    earlier = recent if week else stories
    shown = ids.union(story.id for story in earlier)
    newest = itertools.islice(_newest(context, shown), SECTIONS)
    return Fill(tuple(context.items[story.id] for story in earlier), week, tuple(newest))


def _newest(context: PlanContext, shown: Collection[str]) -> Iterator[Teaser]:
    """The latest story of each section that has none among those that are shown."""
    for one in context.terms["section"]:
        stories = one.term.stories
        if stories and not any(story.id in shown for story in stories):
            yield context.teaser(stories[0])


class Ranks(NamedTuple):
    """The stories of an edition by their rank below the lead; ``rest`` are the desks without those that stand above."""

    seconds: tuple[Item, ...]
    following: tuple[Item, ...]
    rest: tuple[tuple[Name, tuple[Item, ...]], ...]


def ranks(desks: Sequence[tuple[Name, tuple[Item, ...]]], thread: Collection[str]) -> Ranks:
    """The ranks of an edition; ``thread`` are the ids of the stories that go on with the lead's running story.

    Seconds are those that the editor called a lead, then the first of a desk that keeps others, pictures first. They
    are of two desks. One or two stories are seconds, three are as large as each other, and so none is.
    """
    flat = [(place, item) for place, (_, items) in enumerate(desks) for item in items]
    following = [item for _, item in flat if item.story.id in thread][:FOLLOWING]
    left = [(place, item) for place, item in flat if item not in following]
    sizes = [sum(1 for at, _ in left if at == place) for place in range(len(desks))]
    firsts = [next(one for one in left if one[0] == place) for place, size in enumerate(sizes) if size]
    called = [one for one in left if one[1].story.priority == "lead"]
    wanted = len(left) if len(left) <= MOST else 0 if len(left) == MOST + 1 else 1 if len(left) < THIN else MOST
    best = sorted(firsts, key=lambda one: (sizes[one[0]] == 1, one[1].picture is None, one[0]))
    chosen: dict[int, tuple[int, Item]] = {}
    for place, item in (*called, *best):
        if len(chosen) < wanted:
            chosen.setdefault(place, (place, item))
    seconds = [item for place, item in left if len(left) <= MOST or (place, item) in chosen.values()]
    above = {item.story.id for item in (*following, *seconds)}
    rest = tuple(
        (name, kept) for name, items in desks if (kept := tuple(item for item in items if item.story.id not in above))
    )
    return Ranks(tuple(seconds), tuple(following), rest)
