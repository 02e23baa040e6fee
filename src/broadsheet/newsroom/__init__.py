"""Story → edition: what is to be published, in which edition, under which terms.

In: every story, what the editor wrote on editions, the site's settings, the moment of the build. Out: a ``Newspaper``.
Nothing here reads a file or a clock: the same stories at the same moment make the same newspaper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.config.languages import in_each
from broadsheet.config.taxonomies import rows
from broadsheet.errors import Problem
from broadsheet.model import EditionNote, Newspaper, PublishedEdition, Story
from broadsheet.newsroom.edition_notes import Finder, Notes
from broadsheet.newsroom.editions import Weights, editions, points, reasons
from broadsheet.newsroom.grouping import grouped, respelt, sectioned, settled
from broadsheet.newsroom.languages import Originals, joined, notes_of, published_of, with_home
from broadsheet.newsroom.release import (
    Change,
    appears,
    coming,
    conflicts,
    in_force,
    last_update,
    marked,
    noticed,
    released,
    stuck,
    taken_back,
)
from broadsheet.newsroom.reports import breadth, reports
from broadsheet.newsroom.running import Forgetful, Memory, ThreadExplanation, explained, running

__all__ = [
    "Change",
    "Finder",
    "ThreadExplanation",
    "appears",
    "assemble",
    "breadth",
    "coming",
    "explained",
    "last_update",
    "marked",
    "noticed",
    "placement",
    "points",
    "reasons",
    "respelt",
    "stuck",
]


def placement(story: Story, settings: Settings) -> tuple[Any, ...]:
    """What decides where a story stands: as long as it is the same, an edit of its words moves nothing.

    Its length may make it the lead of its edition; where running stories are looked for, these words bring it together
    with others.
    """
    alike = (story.title, story.summary, story.lead) if settings.threads else ()
    return (*story.placement(), points(story), *alike)


def assemble(
    stories: Iterable[Story],
    settings: Settings,
    *,
    now: dt.datetime,
    preview: bool = False,
    notes: Sequence[EditionNote] = (),
    published: Sequence[PublishedEdition] = (),
    addresses: Mapping[str, Sequence[str]] = MappingProxyType({}),
    memory: Memory | None = None,
) -> tuple[Newspaper, Sequence[Problem]]:
    """The newspaper of these stories as of ``now``; ``preview`` also shows drafts and what is not yet or no longer out.

    Of stories that claim one id or one address one is kept: that which was published there, by its ``addresses``, else
    the first by path. The others are problems; so is what ``notes`` say of stories that are not there. ``published``
    editions keep their numbers. ``memory`` keeps what threads are found by from one run to the next.
    """
    zone = ZoneInfo(settings.timezone)
    folder = f"{settings.content}/stories"
    languages = in_each(settings)
    everyone, respelt = _spelt(list(stories), languages, folder)
    out, early = in_force(released(everyone, now, preview=preview), now, folder)
    kept, days, problems = conflicts(out, zone, folder, addresses, latin=settings.latin)
    kept.reverse()
    kept.sort(key=lambda story: story.date.timestamp(), reverse=True)  # of one moment the last path stays first
    everything = tuple(kept)
    newest_first = tuple([story for story in everything if not story.retracted])
    originals = Originals(newest_first) if len(languages) > 1 else None
    followed = originals.stories if originals else newest_first
    threads, related, events = running(followed, settings, memory or Forgetful(), hurried=preview)
    sizes = {story.id: len(thread.stories) for thread in threads for story in thread.stories}
    problems = [*respelt, *early, *problems, *taken_back(everyone, now, folder)]
    parts: dict[str, Newspaper] = {}
    for home, own in languages.items():
        theirs = everything if originals is None else tuple([story for story in everything if story.home == home])
        wanted = Notes(
            notes_of(notes, home, languages),
            [one for one in everyone if one.home == home],
            own.edition,
            {one.id for one in everyone if one.home != home},
        )
        before = published_of(published, home, languages)
        shown = tuple([story for story in theirs if not story.retracted])
        others = reports(shown, originals.events(events, home) if originals else events)
        weights = Weights(originals.sizes(threads) if originals else sizes, breadth(others, shown))
        dealt = editions(theirs, days, own, wanted, weights, before)
        parts[home] = Newspaper(
            stories=shown,
            editions=with_home(dealt, home),
            terms={row.name: grouped(shown, row, own.sections) for row in rows(own)},
            threads=originals.threads(threads, home, own) if originals else threads,
            related=originals.related(related, home) if originals else related,
            reports=others,
            retracted=tuple([story for story in theirs if story.retracted]),
        )
        problems += wanted.problems
    if originals is None:
        return parts[""], problems
    return joined(parts, newest_first, tuple([story for story in everything if story.retracted])), problems


def _spelt(stories: list[Story], languages: Mapping[str, Settings], folder: str) -> tuple[list[Story], list[Problem]]:
    """The stories with topics and sections as the settings spell them in each language."""
    if len(languages) == 1:
        own = languages[""]
        return sectioned(settled(stories, own.topic_aliases), own.sections, folder)
    problems: list[Problem] = []
    found: dict[str, Story] = {}
    for home, own in languages.items():
        theirs = settled([story for story in stories if story.home == home], own.topic_aliases)
        spelt, said = sectioned(theirs, own.sections, folder)
        found |= {story.path: story for story in spelt}
        problems += said
    return [found[story.path] for story in stories], problems
