"""Charts and calendars: counts over time → shapes, which a theme draws as SVG. Colours and words are the theme's.

In: days with their counts, coverage. Out: parts of views: squares and paths in the units of a view box.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby

import msgspec

from broadsheet.pages.columns import Coverage, Unit, back
from broadsheet.pages.dates import Dates

SQUARE = 10  # a day's square, and the gap to the next: fine enough to be scaled to any size
GAP = 2
SHADES = 4
HEIGHT = 24  # of a chart's highest column
LENGTH = 160  # of a chart, as far as its columns are neither too narrow to be seen nor too wide to be columns
NARROWEST, WIDEST = 2, 12

Days = Mapping[dt.date, tuple[int, str]]  # how many stories a day has, and the address that its square leads to


class Square(msgspec.Struct, frozen=True):
    """A day with stories: where its square stands, how dark it is (1 to 4), where it leads, what it says."""

    x: int
    y: int
    shade: int
    url: str
    day: str
    count: int


class MonthFigure(msgspec.Struct, frozen=True):
    """A month of squares, a week a row: its name, its number of stories, the days with and those without stories.

    ``blank`` is the path of the squares of days without stories.
    """

    name: str
    count: int
    squares: tuple[Square, ...]
    blank: str
    width: int
    height: int


class ChartFigure(msgspec.Struct, frozen=True):
    """Columns over time: their path, the first and the last of them in words, the highest and when that was."""

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
