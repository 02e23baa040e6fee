"""Columns: the days, weeks or months by which stories are counted over time.

In: the days of all stories. Out: the same columns for every chart of a site: of days while it is young, then of weeks,
then of months.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Literal

import msgspec

from broadsheet.model import Story

Unit = Literal["day", "week", "month"]

DAYS = 31  # days of news that are counted by the day
WEEKS = 366  # days of news that are counted by the week
MOST = 60  # columns at most: on a phone they must still be told apart


class Coverage(msgspec.Struct, frozen=True):
    """Stories over time: how many in each day, week or month; ``last`` is the first day of the last of them."""

    unit: Unit
    last: dt.date
    counts: tuple[int, ...]


def begin(day: dt.date, unit: Unit) -> dt.date:
    """The first day of the column that a day belongs to; weeks begin on Monday."""
    if unit == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def back(day: dt.date, unit: Unit, columns: int) -> dt.date:
    """The first day of the column so many before the one that begins on this day."""
    if unit != "month":
        return day - dt.timedelta(days=columns * (7 if unit == "week" else 1))
    years, month = divmod(day.year * 12 + day.month - 1 - columns, 12)
    return day.replace(year=years, month=month + 1)


class Columns:
    """The columns of one site."""

    def __init__(self, days: Mapping[str, dt.date]) -> None:
        found = set(days.values())
        first, newest = min(found, default=dt.date.min), max(found, default=dt.date.min)
        length = (newest - first).days + 1
        self.unit: Unit = "day" if length <= DAYS else "week" if length <= WEEKS else "month"
        self.last = begin(newest, self.unit)
        self.count = min(self._before_last(first) + 1, MOST)
        column = {day: self.count - 1 - self._before_last(day) for day in found}
        self._column = {id_: column[day] for id_, day in days.items()}

    def _before_last(self, day: dt.date) -> int:
        if self.unit == "month":
            return (self.last.year - day.year) * 12 + self.last.month - day.month
        return (self.last - begin(day, self.unit)).days // (7 if self.unit == "week" else 1)

    def coverage(self, stories: Iterable[Story]) -> Coverage | None:
        """How many of these stories each column has; nothing where there is but one column."""
        if self.count < 2:
            return None
        counts = Counter(map(self._column.__getitem__, map(_ID, stories)))
        return Coverage(self.unit, self.last, tuple([counts[place] for place in range(self.count)]))


_ID = attrgetter("id")
