"""Editions: the digest of a day, week or month in the site's time zone, every story in exactly one.

In: stories, newest first, and the site's settings. Out: editions, newest first.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.model import Desk, Edition, Period, Story

_PRIORITY = {"lead": 0, "normal": 1, "brief": 2}


def editions(stories: Sequence[Story], settings: Settings) -> tuple[Edition, ...]:
    """The editions of these stories, numbered from the oldest; a day without stories has none."""
    zone = ZoneInfo(settings.timezone)
    found: dict[dt.date, list[Story]] = defaultdict(list)
    for story in stories:
        found[_first_day(story.date.astimezone(zone).date(), settings.edition)].append(story)
    oldest_first = enumerate(sorted(found), 1)
    made = [_edition(number, first, found[first], settings) for number, first in oldest_first]
    return tuple(reversed(made))


def _first_day(day: dt.date, period: Period) -> dt.date:
    if period == "weekly":
        return day - dt.timedelta(days=day.weekday())  # ISO 8601: weeks begin on Monday
    return day.replace(day=1) if period == "monthly" else day


def _last_day(first: dt.date, period: Period) -> dt.date:
    if period == "weekly":
        return first + dt.timedelta(days=6)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]) if period == "monthly" else first


def _slug(first: dt.date, period: Period) -> str:
    if period == "weekly":
        year, week, _ = first.isocalendar()
        return f"{year:04}-w{week:02}"
    return f"{first:%Y-%m}" if period == "monthly" else first.isoformat()


def _edition(number: int, first: dt.date, stories: Sequence[Story], settings: Settings) -> Edition:
    """An edition of at least one story: the lead, the rest by section in the site's order, the briefs."""
    lead = min(stories, key=_weight)
    rest = [story for story in stories if story is not lead]
    rank = {name: place for place, name in enumerate(settings.sections)}
    desks: dict[str, list[Story]] = defaultdict(list)
    for story in sorted(rest, key=_weight):
        if story.priority != "brief":
            desks[story.section].append(story)
    names = sorted(desks, key=lambda name: (not name, rank.get(name, len(rank)), name))
    return Edition(
        number=number,
        slug=_slug(first, settings.edition),
        period=settings.edition,
        first=first,
        last=_last_day(first, settings.edition),
        title="",
        note="",
        lead=lead,
        desks=tuple(Desk(name, tuple(desks[name])) for name in names),
        briefs=tuple(story for story in rest if story.priority == "brief"),
    )


def _weight(story: Story) -> tuple[int, bool, int, float, str]:
    """Importance, least first: the editor's word, then a picture, then length, then the later story."""
    return (_PRIORITY[story.priority], story.image is None, -story.words, -story.date.timestamp(), story.path)
