"""Charts of numbers that a story brings: a table → an SVG that says what it shows, and the table itself.

In: a table, what it shows, how numbers and days are written. Out: safe HTML. Colours and dashes are the theme's; every
series is told apart by more than its colour. On a page that is read from the right, time and bars go that way too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from broadsheet.content.tables import Table
from broadsheet.locales import Locale

WIDTH = 400  # units of the drawing: on a phone a unit is nearly a pixel, so its letters can be read
LETTERS = 12  # units that a line of letters is high
_PLOT = 200  # how high lines are drawn
_BAR = 11
_VALUE = 70  # what a value beside its bar takes
_TICKS = 4

Form = Literal["line", "bar"]
_FORM = re.compile(r"(line|bar)s?\b[\s:.,;–-]*", re.IGNORECASE)
_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def asked(title: str) -> tuple[Form | None, str]:
    """What the title of a chart asks for, and its caption: "bar. Source: the census" is a bar chart with a source."""
    found = _FORM.match(title)
    return (None, title) if found is None else ("line" if found[1].lower() == "line" else "bar", title[found.end() :])


def chart(table: Table, form: Form | None, shows: str, mark: str, locale: Locale, *, rtl: bool) -> str:
    """The drawing; ``mark`` tells its ids from those of others, ``shows`` is what it shows."""
    drawing = _Drawing(table, locale, rtl=rtl)
    timed = drawing.times is not None and len(table.rows) > 2
    line = form == "line" or (form is None and timed)
    shapes = drawing.lines() if line else drawing.bars()
    side = ' direction="rtl"' if rtl else ""
    return (
        f'<svg viewBox="0 0 {WIDTH} {drawing.height}" role="img" aria-labelledby="{mark}-t {mark}-d"{side}>'
        f'<title id="{mark}-t">{escape(shows, quote=False)}</title>'
        f'<desc id="{mark}-d">{escape(drawing.described(), quote=False)}</desc>{shapes}</svg>'
    )


def table_html(table: Table, locale: Locale, *, classes: bool) -> str:
    """The table of numbers; ``classes`` where a theme's style aligns its columns, else attributes do."""
    right = ' class="right"' if classes else ' align="right"'
    drawing = _Drawing(table, locale, rtl=False)
    head = "".join(
        f'<th scope="col"{right if place else ""}>{escape(name, quote=False)}</th>'
        for place, name in enumerate(table.names)
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(name, quote=False)}</th>'
        + "".join(f"<td{right}><bdi>{drawing.number(value, place)}</bdi></td>" for place, value in enumerate(values))
        + "</tr>"
        for name, (_, values) in zip(drawing.labels, table.rows, strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


class _Scale(NamedTuple):
    """A scale of numbers: where it begins and ends, and the numbers that are named on it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """How far up a number stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


class _Drawing:
    """Draws one table."""

    def __init__(self, table: Table, locale: Locale, *, rtl: bool) -> None:
        self.table = table
        self.locale = locale
        self.rtl = rtl
        self.height = 0
        self.times = _times([name for name, _ in table.rows])
        self.labels = [self._label(name) for name, _ in table.rows] if self.times else [name for name, _ in table.rows]

    def number(self, value: float | None, place: int) -> str:
        """A number as readers write it, with the places of its column."""
        return "–" if value is None else self.locale.decimal(value, self.table.places[place])

    def described(self) -> str:
        """The first and the last numbers of each series, or all where they are few."""
        series = self.table.names[1:]
        said = []
        for place, name in enumerate(series):
            known = [(label, values[place]) for label, (_, values) in zip(self.labels, self.table.rows, strict=True)]
            known = [one for one in known if one[1] is not None]
            known = known if len(known) <= _TICKS * 2 else [known[0], known[-1]]
            told = "; ".join(f"{label}: {self.number(value, place)}" for label, value in known)
            said.append(f"{name} – {told}" if len(series) > 1 else told)
        return ". ".join(said)

    def bars(self) -> str:
        """A bar for each number, below the name of its row."""
        found = [value for _, values in self.table.rows for value in values if value is not None]
        low, high = min(0, *found), max(0, *found)
        unit = (WIDTH - _VALUE) / ((high - low) or 1)
        zero = -low * unit
        shapes, y = [self._legend()], self.height
        for label, (_, values) in zip(self.labels, self.table.rows, strict=True):
            y += LETTERS + 4
            shapes.append(self._text(0, y - 3, label))
            foot = y + (_BAR + 3) * len(values) - 1
            if low < 0:
                shapes.append(f'<path class="axis" d="M{self._x(zero):g} {y - 2}V{foot}"/>')
            for place, value in enumerate(values):
                length = round((value or 0) * unit, 1)
                start = zero + min(0, length)
                if value:
                    x = WIDTH - start - abs(length) if self.rtl else start
                    shapes.append(
                        f'<rect class="s{place + 1}" x="{x:g}" y="{y}" width="{abs(length):g}" height="{_BAR}"/>'
                    )
                shapes.append(
                    self._text(start + abs(length) + 5, y + _BAR - 1, self._apart(self.number(value, place)), "value")
                )
                y += _BAR + 3
            y += 4
        self.height = y
        return "".join(shapes)

    def lines(self) -> str:
        """A line for each series, over names at its foot."""
        rows = self.table.rows
        scale = _scale([value for _, values in rows for value in values if value is not None])
        shapes = [self._legend()]
        top = self.height + LETTERS + 4
        foot = top + _PLOT
        self.height = foot + LETTERS + 6
        places = max(self.table.places)
        for tick in scale.ticks:
            y = round(foot - _PLOT * scale.share(tick), 1)
            shapes.append(f'<path class="{"axis" if tick == 0 else "grid"}" d="M0 {y:g}H{WIDTH}"/>')
            shapes.append(self._text(0, y - 3, self._apart(self.locale.decimal(tick, _needed(tick, places))), "tick"))
        times = self.times or list(range(len(rows)))
        first, span = times[0], (times[-1] - times[0]) or 1
        left = 36  # the room of the ticks
        across = [left + (WIDTH - left - 6) * (time - first) / span for time in times]
        for place in range(len(self.table.names) - 1):
            points = [
                (x, foot - _PLOT * scale.share(value)) if (value := values[place]) is not None else None
                for x, (_, values) in zip(across, rows, strict=True)
            ]
            shapes.append(f'<path class="s{place + 1}" d="{self._path(points)}"/>')
            if last := next((point for point in reversed(points) if point), None):
                shapes.append(f'<circle class="s{place + 1}" cx="{self._x(last[0]):g}" cy="{last[1]:.1f}" r="3"/>')
        shapes.append(self._text(across[0], self.height - 3, self.labels[0]))
        shapes.append(self._text(across[-1] + 6, self.height - 3, self.labels[-1], anchor="end"))
        if len(rows) > _TICKS:
            middle = min(range(len(rows)), key=lambda n: abs(across[n] - (across[0] + across[-1]) / 2))
            shapes.append(self._text(across[middle], self.height - 3, self.labels[middle], anchor="middle"))
        return "".join(shapes)

    def _path(self, points: Sequence[tuple[float, float] | None]) -> str:
        """A line through points, broken where there is none."""
        drawn, pen = [], "M"
        for number, point in enumerate(points):
            if point is None:
                pen = "M"
                continue
            drawn.append(f"{pen}{self._x(point[0]):g} {point[1]:.1f}")
            alone = pen == "M" and (number + 1 == len(points) or points[number + 1] is None)
            if alone:
                drawn.append("h.1")  # with round ends, a dot
            pen = "L"
        return "".join(drawn)

    def _legend(self) -> str:
        """The names of the series, each behind its colour; none where there is but one."""
        series = self.table.names[1:]
        if len(series) < 2:
            return ""
        shapes = []
        for place, name in enumerate(series):
            y = self.height + LETTERS
            x = self._x(18) if self.rtl else 0
            shapes.append(f'<rect class="s{place + 1}" x="{x:g}" y="{y - 8}" width="18" height="8"/>')
            shapes.append(self._text(24, y, name))
            self.height += LETTERS + 5
        self.height += 4
        return "".join(shapes)

    def _text(self, x: float, y: float, text: str, name: str = "", anchor: str = "") -> str:
        said = f' class="{name}"' if name else ""
        side = f' text-anchor="{anchor}"' if anchor else ""
        return f'<text x="{self._x(x):g}" y="{y:g}"{said}{side}>{escape(text, quote=False)}</text>'

    def _apart(self, number: str) -> str:
        """A number whose sign stays before it in a line that is read from the right."""
        return f"\u2066{number}\u2069" if self.rtl else number

    def _x(self, x: float) -> float:
        return round(WIDTH - x if self.rtl else x, 1)

    def _label(self, name: str) -> str:
        """A day, a month or a year as readers write it."""
        found = _TIME.fullmatch(name)
        if found is None:
            return name
        if found[3]:
            return self.locale.day(dt.date.fromisoformat(name), "medium")
        return self.locale.month(dt.date.fromisoformat(f"{name}-01")) if found[2] else self.locale.digits(name)


def _times(names: Sequence[str]) -> list[float] | None:
    """The moments that names stand for, in days, where all are days, months or years in their order."""
    found = []
    for name in names:
        match = _TIME.fullmatch(name)
        try:
            day = dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
        except ValueError:
            return None
        if day is None:
            return None
        found.append(float(day.toordinal()))
    return found if all(before < after for before, after in pairwise(found)) else None


def _scale(values: Sequence[float]) -> _Scale:
    """A scale whose named numbers are round; it begins at nought unless that would flatten what is to be seen."""
    low, high = min(values), max(values)
    low = min(0, low) if low < 0 or low < high / 2 else low
    span = (high - low) or abs(high) or 1
    rough = span / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    begin, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    end = max(end, begin + 1)
    ticks = tuple(round(number * step, 10) for number in range(begin, end + 1))
    return _Scale(ticks[0], ticks[-1], ticks)


def _needed(tick: float, most: int) -> int:
    """The decimal places that a named number needs."""
    return next((places for places in range(most + 2) if round(tick, places) == tick), most + 1)


def decoded(recipe: bytes) -> Table:
    """The table that an asset holds."""
    return _DECODE(recipe)


_DECODE = msgspec.msgpack.Decoder(Table).decode
