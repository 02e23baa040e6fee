"""Story → edition: what is to be published, in which edition, on which shelves.

In: every story, what the editor wrote on editions, the site's settings, the moment of the build. Out: a ``Newspaper``.
Nothing here reads a file or a clock: the same stories at the same moment make the same newspaper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.errors import Problem
from broadsheet.model import Newspaper, Story
from broadsheet.newsroom.editions import editions
from broadsheet.newsroom.release import conflicts, marked, released
from broadsheet.newsroom.shelves import authors, sections, topics

__all__ = ["assemble", "marked"]


def assemble(
    stories: Iterable[Story], settings: Settings, *, now: dt.datetime, preview: bool = False
) -> tuple[Newspaper, Sequence[Problem]]:
    """The newspaper of these stories as of ``now``; ``preview`` also shows drafts and what is not yet or no longer out.

    Of stories that claim one id or one address only the oldest file's is kept, and the others are problems.
    """
    zone = ZoneInfo(settings.timezone)
    kept, problems = conflicts(released(stories, now, preview=preview), zone, f"{settings.content}/stories")
    newest_first = tuple(sorted(kept, key=lambda story: (story.date, story.path), reverse=True))
    return (
        Newspaper(
            stories=newest_first,
            editions=editions(newest_first, settings),
            sections=sections(newest_first, settings.sections),
            topics=topics(newest_first),
            authors=authors(newest_first),
        ),
        problems,
    )
