"""Dates for people: days and moments in a site's language and time zone, by the Unicode CLDR as Babel has it.

In: days and aware moments. Out: ``When`` values, which carry the machine's form beside the reader's.
"""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo

from broadsheet import locales
from broadsheet.pages.views import When

_DAY = dt.timedelta(days=1)


class Dates:
    """Writes dates in one language and time zone; each day is formatted once."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.zone = zone
        self.locale = locales.of(language, str(zone))
        self.day = functools.cache(self.locale.day)
        self.weekday = functools.cache(functools.partial(self.locale.day, width="full"))
        self.month = functools.cache(self.locale.month)
        self._month_name = functools.cache(self.locale.month_name)
        self._days = functools.cache(self.locale.days)

    def year(self, year: int) -> str:
        """A year: "2025"."""
        return self.locale.number(year, grouped=False)

    def month_name(self, day: dt.date) -> str:
        """A month's name standing alone, "May", with the capital that a heading has."""
        name = self._month_name(day.replace(day=1))
        return name[:1].upper() + name[1:]

    def span(self, first: dt.date, last: dt.date) -> When:
        """The days of an edition; a single one with its weekday."""
        text = self.weekday(first) if first == last else self.days(first, last)
        return When(first.isoformat(), text, first)

    def days(self, first: dt.date, last: dt.date) -> str:
        """The days of an edition as others refer to it: a day, a whole month, or from when to when."""
        if first == last:
            return str(self.day(first))
        whole = first.day == 1 and (first.year, first.month) == (last.year, last.month) and (last + _DAY).day == 1
        return str(self.month(first) if whole else self._days(first, last))

    def when(self, moment: dt.datetime, *, timed: bool) -> When:
        """A story's date: a bare day, or a moment with its time of day."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if not timed:
            return When(day.isoformat(), self.day(day), day)
        return When(local.isoformat(timespec="seconds"), self.locale.moment(local), day)


def in_zone(moment: dt.datetime, zone: ZoneInfo, step: dt.timedelta) -> dt.datetime:
    """A moment in a time zone, or in UTC where the zone was then no whole number of steps away from it."""
    local = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) if (local.utcoffset() or dt.timedelta()) % step else local
