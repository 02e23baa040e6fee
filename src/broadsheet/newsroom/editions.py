"""Editions: the digest of a day, week or month in the site's time zone, every story in exactly one.

In: stories, newest first, with their days; what editors noted; the site's settings. Out: editions, newest first.
A retracted story stays in an edition that is frozen, and leaves any other, unless that would be left without a story.
A story goes to the edition of its day. Where that is frozen without it, it is late, and goes to the current edition:
the newest one, or where that is frozen too, the one after it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.config import Settings
from broadsheet.model import Desk, Edition, EditionNote, Frozen, Period, PublishedEdition, Story
from broadsheet.newsroom import edition_notes
from broadsheet.newsroom.edition_notes import Notes, Wishes
from broadsheet.text import counted

Order = Callable[[str], tuple[bool, int, str]]
Arranged = tuple[Story, tuple[Desk, ...], tuple[Story, ...]]  # the lead, the desks, the briefs


class Dealt(msgspec.Struct, frozen=True):
    """The stories of an edition, newest first, before they are arranged."""

    first: dt.date
    slug: str
    period: Period
    stories: list[Story]


def editions(
    stories: Sequence[Story],
    days: Mapping[str, dt.date],
    settings: Settings,
    notes: Notes,
    weights: Weights,
    published: Sequence[PublishedEdition] = (),
) -> tuple[Edition, ...]:
    """The editions of these stories, numbered from the oldest; a day without stories has none.

    An edition that is frozen, or was published, keeps its number, whatever comes to stand before it.

    ``days`` are the stories' days in the site's time zone, by id.
    """
    dealt = sorted(_dealt(stories, days, settings.edition, notes), key=lambda one: (one.first, one.slug))
    wishes = notes.wishes({one.slug: one.stories for one in dealt}, ZoneInfo(settings.timezone))
    rank = {name: place for place, name in enumerate(settings.sections)}

    def order(section: str) -> tuple[bool, int, str]:
        return (not section, rank.get(section, len(rank)), section)

    known = _recognised(dealt, published)
    ids = _ids(dealt, known, published)
    made = []
    for number, one in zip(_numbers(dealt, notes, known, published), dealt, strict=True):
        note = notes.by_slug.get(one.slug)
        if note and note.frozen:
            lead, desks, briefs = _kept(one.stories, note.frozen)
        else:
            lead, desks, briefs = _arranged(one.stories, order, weights, wishes.get(one.slug))
        made.append(
            Edition(
                number=number,
                slug=one.slug,
                period=one.period,
                first=one.first,
                last=edition_notes.last_day(one.first, one.period),
                title=_title(note) if note else "",
                note=note.text if note else None,
                lead=lead,
                desks=desks,
                briefs=briefs,
                id=ids[one.slug],
                matters=note.matters if note else (),
                file=note.file if note else "",
                frozen=note.frozen if note else None,
            )
        )
    return tuple(reversed(made))


def _title(note: EditionNote) -> str:
    """What an edition is called. One that is frozen keeps the name that it was printed with."""
    return note.frozen.name if note.frozen and note.frozen.words else note.title


def _recognised(dealt: Sequence[Dealt], published: Sequence[PublishedEdition]) -> dict[str, PublishedEdition]:
    """The published editions that there are still, by the slug that they have now.

    One whose stories have all gone to a day that had no edition, as when its only story is redated, is the same one.
    """
    slugs = {one.slug for one in dealt}
    known = {one.slug: one for one in published}
    fresh = [one for one in dealt if one.slug not in known]
    found = {slug: one for slug, one in known.items() if slug in slugs}
    if fresh:
        of = {story.id: one.slug for one in dealt for story in one.stories}
        new = {one.slug for one in fresh}
        for one in published:
            theirs = {of[id_] for id_ in one.stories if id_ in of} if one.slug not in slugs else set()
            if len(theirs) == 1 and (slug := theirs.pop()) in new and slug not in found:
                found[slug] = one
    return found


def _ids(
    dealt: Sequence[Dealt], known: Mapping[str, PublishedEdition], published: Sequence[PublishedEdition]
) -> dict[str, str]:
    """What each edition is known by, by its slug: a new one is known by that, unless another was known by it first."""
    used = {one.id for one in published}
    found = {}
    for one in dealt:
        if same := known.get(one.slug):
            found[one.slug] = same.id
        else:
            names = (one.slug, *(f"{one.slug}-{number}" for number in range(2, len(used) + 3)))
            found[one.slug] = next(name for name in names if name not in used)
    return found


def _numbers(
    dealt: Sequence[Dealt],
    notes: Notes,
    known: Mapping[str, PublishedEdition],
    published: Sequence[PublishedEdition],
) -> list[int]:
    """The number of each edition; those that are frozen, or were published, with one keep it; none is given twice.

    Editions behind the last of these go on from it. An older one that is none of them, such as that of a story found
    late, gets the lowest number that is free.
    """
    frozen = [note.frozen.number if (note := notes.by_slug.get(one.slug)) and note.frozen else 0 for one in dealt]
    numbers: list[int] = []
    for own, one in zip(frozen, dealt, strict=True):
        same = known.get(one.slug)
        number = own or (same.number if same and same.number not in frozen else 0)
        numbers.append(0 if number in numbers else number)
    last = max((place for place, number in enumerate(numbers) if number), default=-1)
    used = {*numbers, *(one.number for one in published)}
    following = count(max(used, default=0) + 1)
    numbers[last + 1 :] = [next(following) for _ in numbers[last + 1 :]]
    used.update(numbers)
    free = (number for number in count(1) if number not in used)
    return [number or next(free) for number in numbers]


def _dealt(stories: Sequence[Story], days: Mapping[str, dt.date], period: Period, notes: Notes) -> list[Dealt]:
    """Every story in one edition."""
    claims, closed = notes.claims, notes.closed
    kept: dict[str, list[Story]] = defaultdict(list)
    found: dict[dt.date, list[Story]] = defaultdict(list)
    late: list[tuple[dt.date, Story]] = []
    for story in stories:
        if claims and (slug := claims.get(story.id)):
            kept[slug].append(story)
            continue
        day = days[story.id]
        first = day if period == "daily" else edition_notes.first_day(day, period)
        if first in closed:
            if not story.retracted:
                late.append((first, story))
        else:
            found[first].append(story)
    if late:
        current = max(found, default=dt.date.min)
        after = edition_notes.following(max(closed), period)
        for first, story in late:
            found[current if current > first else after].append(story)
    dealt = [
        Dealt(
            first,
            edition_notes.period_slug(first, period),
            period,
            [one for one in theirs if not one.retracted] or theirs,
        )
        for first, theirs in found.items()
    ]
    for slug, theirs in kept.items():
        if named := edition_notes.period_of(slug):
            dealt.append(Dealt(named[1], slug, named[0], theirs))
    return dealt


def _arranged(stories: list[Story], order: Order, weights: Weights, wishes: Wishes | None) -> Arranged:
    """The lead, the rest by section in the site's order, the briefs: by weight, the later story first among equals."""
    if len(stories) == 1:
        return stories[0], (), ()
    ranked = sorted(stories, key=weights.weight)
    wishes = wishes or _NONE
    lead = wishes.lead or next((story for story in ranked if story.id not in wishes.briefs), ranked[0])
    if wishes.order or wishes.briefs:
        end = len(ranked)
        ranked.sort(key=lambda story: wishes.order.get(story.id, wishes.briefs.get(story.id, end)))
    desks: dict[str, list[Story]] = {}
    briefs = []
    for story in ranked:
        if story is lead:
            continue
        if story.id in wishes.briefs or (story.priority == "brief" and story.id not in wishes.order):
            briefs.append(story)
        else:
            desks.setdefault(story.section, []).append(story)
    names = sorted(desks, key=order) if len(desks) > 1 else desks
    return lead, tuple([Desk(name, tuple(desks[name])) for name in names]), tuple(briefs)


_NONE = Wishes()


def _kept(stories: list[Story], frozen: Frozen) -> Arranged:
    """The edition as it was frozen, without the stories that are gone; another leads where the lead is gone."""
    left = {story.id: story for story in stories}
    lead = left.pop(next(id_ for id_ in frozen.ids if id_ in left))
    desks = []
    for section, ids in frozen.desks:
        if theirs := tuple(left.pop(id_) for id_ in ids if id_ in left):
            desks.append(Desk(section, theirs))
    return lead, tuple(desks), tuple(left.pop(id_) for id_ in frozen.briefs if id_ in left)


WORDS = 100  # words for a point
LONGEST = 1200  # words beyond which length says nothing more
PICTURE = 4
SOURCE = 2  # the story says where it comes from
THREAD = 3  # for each other story of the running thread
THREADS = 5  # stories beyond which the thread's size says nothing more
REPORT = 3  # for each other source that reports the event
REPORTS = 5  # sources beyond which more of them say nothing more

_RANK = {"lead": 0, "normal": 1, "brief": 2}


class Weights(msgspec.Struct, frozen=True):
    """What others have to do with a story, by its id: how many stories its running thread has, itself included, and how
    many other sources report its event.
    """

    threads: Mapping[str, int] = {}
    reports: Mapping[str, int] = {}

    def weight(self, story: Story) -> tuple[int, int]:
        """What stories of an edition are ordered by, the weightiest least: the editor's word, then the points."""
        return _RANK[story.priority], -points(story, self.threads.get(story.id, 1), self.reports.get(story.id, 0))


def points(story: Story, thread: int = 1, reports: int = 0) -> int:
    """What a story brings; ``thread`` and ``reports`` are as ``Weights`` has them."""
    return (
        min(story.words, LONGEST) // WORDS
        + (PICTURE if story.image and story.image.src else 0)
        + (SOURCE if story.source and story.source.name else 0)
        + (THREAD * min(thread - 1, THREADS) if thread > 1 else 0)
        + REPORT * min(reports, REPORTS)
    )


def reasons(story: Story, thread: int = 1, reports: int = 0) -> Iterator[str]:
    """What speaks for a story, in words, the editor's word first."""
    if story.priority != "normal":
        yield f"priority {story.priority}"
    if reports:
        yield f"reported by {counted(reports, 'other source', 'other sources')}"
    if thread > 1:
        yield f"{counted(thread, 'story', 'stories')} in its thread"
    yield counted(story.words, "word")
    if story.image and story.image.src:
        yield "a picture"
    if story.source and story.source.name:
        yield "a named source"
