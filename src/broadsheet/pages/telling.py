"""Telling: what share cards and the search index say of stories.

In: stories, planned pages. Out: ``Headline`` and ``Entry`` values.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from operator import attrgetter
from zoneinfo import ZoneInfo

from broadsheet import typography
from broadsheet.config import Site
from broadsheet.model import Page, Story
from broadsheet.pages.dates import Dates
from broadsheet.pages.inputs import StoryInputs
from broadsheet.pages.masthead import direction
from broadsheet.told import Entry, Headline


def headlines(stories: Iterable[Story], site: Site) -> dict[str, Headline]:
    """What the share cards of the newest stories say, by id: those without a picture of their own have one.

    The settings say of how many: a card that nobody shares any more is not worth its drawing.
    """
    settings = site.settings
    out = [story for story in stories if story.status == "published"]
    newest = sorted(out, key=attrgetter("date", "id"), reverse=True)[: settings.share_cards]
    return {
        story.id: Headline(
            nameplate=settings.title,
            section=settings.section_aliases.get(story.section, story.section),
            title=_typeset(story, site),
            day=story.date.astimezone(site.zone).date(),
            own=settings.language,
            language=story.lang or settings.language,
            rtl=direction(story.lang or settings.language) == "rtl",
        )
        for story in newest
        if not (story.image and story.image.src)
    }


def _typeset(story: Story, site: Site) -> str:
    """A headline as its page prints it."""
    marks = typography.marks(story.lang or site.settings.language) if site.settings.typography else None
    return typography.typeset(story.title, marks) if marks else story.title


def written(day: dt.date, language: str) -> str:
    """A day as it is written in a language."""
    return _dates(language).day(day)


@functools.cache
def _dates(language: str) -> Dates:
    return Dates(language, ZoneInfo("UTC"))


def entries(plan: Iterable[Page]) -> list[Entry]:
    """The stories of a plan as they are found, oldest first."""
    found = [_entry(page.inputs) for page in plan if isinstance(page.inputs, StoryInputs)]
    return sorted(found, key=attrgetter("day", "address"))


def searched(plan: Iterable[Page]) -> bool:
    """Whether there is a page to search from."""
    return any(page.template == "search.html" for page in plan)


def _entry(made: StoryInputs) -> Entry:
    item = made.item
    return Entry(
        address=item.address,
        title=item.story.title,
        summary=item.story.summary or item.story.lead,
        section=made.section.title if made.section else "",
        topics=tuple([name.title for name in made.topics]),
        authors=tuple([name.title for name in made.authors]),
        day=item.address[:10].replace("/", "-"),  # an address begins with the story's day
        story=item.story,
    )
