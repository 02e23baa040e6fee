"""Shapes: what a theme draws as SVG, in the units of a view box. Colours and words are the theme's.

In: nothing; these are values, made by figures. Out: parts of views.
"""

from __future__ import annotations

import msgspec

from broadsheet.pages.columns import Unit


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
