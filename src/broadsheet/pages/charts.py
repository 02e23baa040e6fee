"""Charts and calendars: stories counted over time → shapes, which a theme draws as SVG; colours and words are its own.

In: the days of stories. Out: the same columns for every chart of a site, of days while it is young, then of weeks, then
of months; parts of views: squares and paths in the units of a view box.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Literal

import msgspec

from broadsheet.model import Story
from broadsheet.pages.views import Dates

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


SQUARE = 10  # a day's square, and the gap to the next: fine enough to be scaled to any size
GAP = 2
SHADES = 4
HEIGHT = 24  # of a chart's highest column
LENGTH = 160  # of a chart, as far as its columns are neither too narrow to be seen nor too wide to be columns
NARROWEST, WIDEST = 2, 12

Days = Mapping[dt.date, tuple[int, str]]  # how many stories a day has, and the address that its square leads to


class Square(msgspec.Struct, frozen=True):
    """A day with stories: the place of its square, its shade (1 to 4), its link and its text."""

    x: int
    y: int
    shade: int
    url: str
    day: str
    count: int


class MonthFigure(msgspec.Struct, frozen=True):
    """A month as squares, a week a row: its name, its number of stories, the days with and without stories.

    ``blank`` is the path of the squares of days without stories.
    """

    name: str
    count: int
    squares: tuple[Square, ...]
    blank: str
    width: int
    height: int


class ChartFigure(msgspec.Struct, frozen=True):
    """Columns over time: their path, the first and the last in words, the highest and its time."""

    path: str
    width: int
    height: int
    unit: Unit
    total: int
    first: str
    last: str
    most: int
    peak: str


def months(days: Days, dates: Dates) -> tuple[MonthFigure, ...]:
    """The months from the first to the last day of one year, shaded by the share of its fullest day."""
    most = max(count for count, _ in days.values())
    first, last = min(days).replace(day=1), max(days)
    length = (last - first).days + 31
    every = (first + dt.timedelta(days=n) for n in range(length))
    whole = (day for day in every if (day.year, day.month) <= (last.year, last.month))
    return tuple(_month(list(found), days, most, dates) for _, found in groupby(whole, key=lambda day: day.month))


def _month(month: list[dt.date], days: Days, most: int, dates: Dates) -> MonthFigure:
    squares, blank = [], []
    lead = month[0].weekday()
    step = SQUARE + GAP
    for place, day in enumerate(month, lead):
        x, y = place % 7 * step, place // 7 * step
        count, url = days.get(day, (0, ""))
        if count:
            squares.append(Square(x, y, -(-SHADES * count // most), url, dates.day(day), count))
        else:
            blank.append(f"M{x} {y}h{SQUARE}v{SQUARE}h-{SQUARE}z")
    rows = (lead + len(month) - 1) // 7 + 1
    return MonthFigure(
        name=dates.month_name(month[0]),
        count=sum(square.count for square in squares),
        squares=tuple(squares),
        blank="".join(blank),
        width=7 * step - GAP,
        height=rows * step - GAP,
    )


def chart(coverage: Coverage, dates: Dates) -> ChartFigure:
    """A small chart of stories over time."""
    counts, unit = coverage.counts, coverage.unit
    most = max(counts)
    wide = max(NARROWEST, min(WIDEST, LENGTH // len(counts) - 1))
    path = "".join(
        f"M{place * (wide + 1)} {HEIGHT}v-{(height := max(1, round(HEIGHT * count / most)))}h{wide}v{height}z"
        for place, count in enumerate(counts)
        if count
    )

    def said(place: int) -> str:
        day = back(coverage.last, unit, len(counts) - 1 - place)
        text: str = dates.month(day) if unit == "month" else dates.day(day)
        return text

    return ChartFigure(
        path=path,
        width=len(counts) * (wide + 1) - 1,
        height=HEIGHT,
        unit=unit,
        total=sum(counts),
        first=said(0),
        last=said(len(counts) - 1),
        most=most,
        peak=said(counts.index(most)),
    )
