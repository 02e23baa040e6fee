"""Story → edition: what is to be published, in which edition, under which terms.

In: every story, what the editor wrote on editions, the site's settings, the moment of the build. Out: a ``Newspaper``.
Nothing here reads a file or a clock: the same stories at the same moment make the same newspaper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.config.taxonomies import rows
from broadsheet.errors import Problem
from broadsheet.model import EditionNote, Newspaper, PublishedEdition, Story
from broadsheet.newsroom.edition_notes import Finder, Notes
from broadsheet.newsroom.editions import editions, points, reasons
from broadsheet.newsroom.grouping import grouped, respelt, sectioned, settled
from broadsheet.newsroom.release import Change, coming, conflicts, in_force, last_update, marked, released, taken_back
from broadsheet.newsroom.running import Forgetful, Memory, explained, running

__all__ = [
    "Change",
    "Finder",
    "assemble",
    "coming",
    "explained",
    "last_update",
    "marked",
    "placement",
    "points",
    "reasons",
    "respelt",
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
    memory: Memory | None = None,
    workers: int = 1,
) -> tuple[Newspaper, Sequence[Problem]]:
    """The newspaper of these stories as of ``now``; ``preview`` also shows drafts and what is not yet or no longer out.

    Of stories that claim one id or one address only the oldest file's is kept, and the others are problems; so is what
    ``notes`` say of stories that are not there. ``published`` editions keep their numbers. ``memory`` keeps threads
    from one run to the next; ``workers`` is how many processes may look for them.
    """
    zone = ZoneInfo(settings.timezone)
    folder = f"{settings.content}/stories"
    everyone, respelt = sectioned(settled(stories, settings.topic_aliases), settings.sections, folder)
    out, early = in_force(released(everyone, now, preview=preview), now, folder)
    kept, days, problems = conflicts(out, zone, folder)
    kept.reverse()
    kept.sort(key=lambda story: story.date.timestamp(), reverse=True)  # of one moment the last path stays first
    everything = tuple(kept)
    newest_first = tuple([story for story in everything if not story.retracted])
    threads, related = running(newest_first, settings, memory or Forgetful(), hurried=preview, workers=workers)
    sizes = {story.id: len(thread.stories) for thread in threads for story in thread.stories}
    wanted = Notes(notes, everyone, settings.edition)
    newspaper = Newspaper(
        stories=newest_first,
        editions=editions(everything, days, settings, wanted, sizes, published),
        terms={row.name: grouped(newest_first, row, settings.sections) for row in rows(settings)},
        threads=threads,
        related=related,
        retracted=tuple([story for story in everything if story.retracted]),
    )
    return newspaper, [*respelt, *early, *problems, *taken_back(everyone, now, folder), *wanted.problems]
