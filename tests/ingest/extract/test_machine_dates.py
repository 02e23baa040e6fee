"""Dates as programs write them become days and moments; none is made up, and one that cannot be right is doubted."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 1, 2), timezone="Europe/Oslo")
DAY = dt.date(2025, 10, 7)


def at(hour: int, minute: int, offset: float = 0) -> dt.datetime:
    return dt.datetime(2025, 10, 7, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=offset)))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Tue, 07 Oct 2025 14:20:00 GMT", at(14, 20)),
        ("7 Oct 25 14:20 UT", at(14, 20)),
        ("Tues, 7 Oct 2025 14:20:00 EST", at(14, 20, -5)),
        ("Tue,07 Oct 2025 14:20 +0530", at(14, 20, 5.5)),
        ("Tue, 07 Oct 2025 14:20:00 CEST", at(14, 20, 2)),
        ("Tue, 07 Oct 2025 14:20:00 GMT+0200", at(14, 20, 2)),
        ("Tue, 07 Oct 2025 14:20:00 +0000 (UTC)", at(14, 20)),
        ("Tue Oct  7 14:20:00 2025", DAY),
        ("Tue Oct 7 14:20:00 GMT 2025", at(14, 20)),
        ("October 7, 2025 2:20 PM PDT", at(14, 20, -7)),
        ("2025-10-07T14:20:00.123456Z", at(14, 20)),
        ("2025-10-07 14:20+01", at(14, 20, 1)),
        ("2025-10-07T14:20:00+01:00[Europe/Berlin]", at(14, 20, 1)),
        ("20251007T142000+0100", at(14, 20, 1)),
        ("20251007T1420-0500", at(14, 20, -5)),
        ("20251007", DAY),
        ("07-Oct-2025", DAY),
        ("1759846800", at(14, 20)),
        ("1759846800000", at(14, 20)),
        ("Mon, 06 Oct 2025 24:00:00 GMT", at(0, 0)),
        ("2025-10-07T14:20:00", DAY),  # a time of no zone is no moment
        ("2025-10-07T14:20:00 Somewhere/Else", DAY),
    ],
)
def test_every_form_that_programs_write_is_read(text, right):
    assert machine_dates.parse(text) == right


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Di, 07 Okt 2025 14:20:00 +0100", "de"),
        ("mar., 07 octobre 2025 14:20:00 +0100", "fr"),
        ("mar, 07 oct 2025 14:20:00 +0100", "es"),
        ("terça-feira, 7 de outubro de 2025 14:20 +0100", "pt-BR"),
        ("mar, 7 ott 2025 14:20 +0100", "it"),
        ("di, 07 okt 2025 14:20:00 +0100", "nl"),
        ("tis, 07 okt 2025 14:20:00 +0100", "sv"),
        ("tir., 7. oktober 2025 14:20 +0100", "nb"),
        ("wt., 7 paź 2025 14:20:00 +0100", "pl"),
        ("út, 07 říj 2025 14:20:00 +0100", "cs"),
        ("Вт, 07 окт 2025 14:20:00 +0100", "ru"),
        ("вівторок, 7 жовтня 2025 14:20 +0100", "uk"),
        ("Salı, 07 Ekim 2025 14:20 +0100", "tr"),
        ("7 लोग", "hi"),
    ],
)
def test_months_are_read_in_the_language_of_the_source(text, lang):
    found = machine_dates.parse(text, lang)
    assert found == (None if lang == "hi" else at(14, 20, 1))


def test_a_name_that_means_two_months_is_read_by_the_language_only():
    assert machine_dates.parse("7 listopada 2025", "pl") == dt.date(2025, 11, 7)
    assert machine_dates.parse("7 listopada 2025", "hr") == dt.date(2025, 10, 7)
    assert machine_dates.parse("7 listopada 2025") is None


@pytest.mark.parametrize(
    "text", ["", "soon", "2025", "2025-10", "0000-00-00", "31 Feb 2025", "Tue, 07 Xyz 2025", "99999999999999", "1 of 2"]
)
def test_what_is_no_date_gives_none(text):
    assert machine_dates.parse(text) is None
    assert machine_dates.read(text, HINTS) is None


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("Thu, 01 Jan 1970 00:00:00 GMT", "1970"), ("2031-05-05", "has not come yet"), ("Wed, 31 Dec 1969", "1969")],
)
def test_a_day_that_cannot_be_right_is_more_likely_wrong(text, doubt):
    found = machine_dates.read(text, HINTS)
    assert found
    assert found.confidence < 0.5
    assert doubt in found.doubt


def test_today_is_that_of_the_site_and_not_the_future():
    late = machine_dates.read("Fri, 02 Jan 2026 23:30:00 +0100", HINTS)
    early = machine_dates.read("Fri, 02 Jan 2026 23:30:00 GMT", HINTS)  # half past midnight of the next day there
    assert late
    assert late.doubt == ""
    assert early
    assert early.doubt


@pytest.mark.parametrize(
    ("text", "order", "right", "sure"),
    [
        ("25/12/2024", "MDY", dt.date(2024, 12, 25), True),
        ("12/25/2024", "DMY", dt.date(2024, 12, 25), True),
        ("03/04/2025", "DMY", dt.date(2025, 4, 3), False),
        ("03/04/2025", "MDY", dt.date(2025, 3, 4), False),
        ("03/04/2025 9:12 AM", "DMY", dt.date(2025, 3, 4), False),
        ("03.04.2025 09:12", "MDY", dt.date(2025, 4, 3), True),
    ],
)
def test_figures_are_read_in_the_order_that_they_tell_or_the_site_has(text, order, right, sure):
    found = machine_dates.read(text, Hints(today=HINTS.today, day_order=order))
    assert found
    assert (found.value, found.confidence >= 0.8) == (right, sure)


@given(st.integers(790_000_000, 1_760_000_000), st.integers(-12, 14))
def test_a_moment_is_the_same_in_every_form(seconds, hours):
    moment = dt.datetime.fromtimestamp(seconds, dt.timezone(dt.timedelta(hours=hours)))
    forms = (
        "%a, %d %b %Y %H:%M:%S %z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y%m%dT%H%M%S%z",
        "%d %B %Y %H:%M:%S %z",
        "%d-%b-%Y %H:%M:%S %z",
    )
    assert {machine_dates.parse(moment.strftime(form)) for form in forms} == {moment}


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    found = machine_dates.read(text, HINTS)
    assert found is None or 0 < found.confidence <= 1
