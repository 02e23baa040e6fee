"""Counting over time: columns that cover all the days of the news, and shapes that fit into their box."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.pages.charts import MOST, SHADES, Columns, Coverage, back, begin, chart, months
from broadsheet.pages.views import Dates
from tests.newsroom.conftest import tale

DATES = Dates("en", dt.UTC)  # type: ignore[arg-type]  # any tzinfo serves
_days = st.dates(dt.date(2019, 1, 1), dt.date(2025, 12, 31))


@given(days=st.lists(_days, min_size=1, max_size=30))
def test_every_story_of_the_columns_days_is_counted_once(days: list[dt.date]):
    stories = [tale(f"s{n}", day.isoformat()) for n, day in enumerate(days)]
    columns = Columns({story.id: day for story, day in zip(stories, days, strict=True)})
    coverage = columns.coverage(stories)
    if coverage is None:
        assert len({begin(day, columns.unit) for day in days}) == 1
        return
    assert 1 < len(coverage.counts) <= MOST
    first = back(coverage.last, coverage.unit, len(coverage.counts) - 1)
    assert sum(coverage.counts) == sum(day >= first for day in days)
    for place, count in enumerate(coverage.counts):
        column = back(coverage.last, coverage.unit, len(coverage.counts) - 1 - place)
        assert count == sum(begin(day, coverage.unit) == column for day in days)


@pytest.mark.parametrize(("length", "unit"), [(2, "day"), (31, "day"), (32, "week"), (366, "week"), (367, "month")])
def test_young_news_is_counted_by_days_then_weeks_then_months(length: int, unit: str):
    first = dt.date(2024, 1, 1)
    columns = Columns({"a": first, "b": first + dt.timedelta(days=length - 1)})
    assert columns.unit == unit


@given(counts=st.lists(st.integers(0, 500), min_size=2, max_size=MOST).filter(any))
def test_a_chart_stays_in_its_box_and_shows_every_column_that_has_stories(counts: list[int]):
    figure = chart(Coverage("month", dt.date(2025, 5, 1), tuple(counts)), DATES)
    bars = re.findall(r"M(\d+) (\d+)v-(\d+)h(\d+)v(\d+)z", figure.path)
    assert len(bars) == sum(map(bool, counts))
    assert all(int(x) + int(wide) <= figure.width and 1 <= int(up) <= figure.height for x, _, up, wide, _ in bars)
    assert (figure.total, figure.most, figure.last) == (sum(counts), max(counts), "May 2025")


@given(found=st.dictionaries(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), st.integers(1, 40), min_size=1))
def test_a_years_calendar_has_a_square_for_every_day_and_no_two_in_one_place(found: dict[dt.date, int]):
    figures = months({day: (count, f"/{day}/") for day, count in found.items()}, DATES)
    assert len(figures) == max(found).month - min(found).month + 1
    assert {square.url for figure in figures for square in figure.squares} == {f"/{day}/" for day in found}
    assert max(square.shade for figure in figures for square in figure.squares) == SHADES
    for number, figure in enumerate(figures, min(found).month):
        blanks = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)", figure.blank)]
        places = [*blanks, *((square.x, square.y) for square in figure.squares)]
        length = (dt.date(2024, number % 12 + 1, 1) - dt.timedelta(days=1)).day
        assert len(set(places)) == len(places) == length
        assert all(x + 10 <= figure.width and y + 10 <= figure.height for x, y in places)
