"""A moment is read as newsrooms write it, in the zone that it names; what makes it unsure is said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest.extract import machine_dates, moments
from broadsheet.ingest.extract.draft import Hints
from tests.conftest import examples

HINTS = Hints(today=dt.date(2026, 3, 1), timezone="Europe/London")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("00.01 GMT 5 March 2026", "2026-03-05T00:01:00+00:00"),
        ("0001 GMT Thursday 5 March 2026", "2026-03-05T00:01:00+00:00"),
        ("00:01hrs (UK time) Thursday 5th March 2026", "2026-03-05T00:01:00+00:00"),
        ("12:01 a.m. ET, March 5, 2026", "2026-03-05T00:01:00-05:00"),
        ("July 6, 2026 at 6 p.m. Eastern Time", "2026-07-06T18:00:00-04:00"),
        ("10am Tokyo time, 5 March 2026", "2026-03-05T10:00:00+09:00"),
        ("14:00 GMT+1 5 March 2026", "2026-03-05T14:00:00+01:00"),
        ("5. März 2026, 10 Uhr", "2026-03-05T10:00:00+00:00"),
        ("5 mars 2026 à 10h30 (heure de Paris)", "2026-03-05T10:30:00+01:00"),
        ("5 DE ENERO DE 2026 A LAS 10:00", "2026-01-05T10:00:00+00:00"),
        ("ore 12.00 del 5 marzo 2026", "2026-03-05T12:00:00+00:00"),
        ("5 марта 2026 10:00 мск", "2026-03-05T10:00:00+03:00"),
        ("2026年3月5日 10:00", "2026-03-05T10:00:00+00:00"),
        ("2026-03-05T00:01:00Z", "2026-03-05T00:01:00+00:00"),
        ("2026-03-05 10:00", "2026-03-05T10:00:00+00:00"),
        ("03/04/2026 10:00 ET", "2026-03-04T10:00:00-05:00"),
        ("03/04/2026 10:00 CET", "2026-04-03T10:00:00+01:00"),
        ("noon, 5 March 2026", "2026-03-05T12:00:00+00:00"),
        ("alle ore 10 del 5 marzo 2026", "2026-03-05T10:00:00+00:00"),
        ("5. mars 2026 kl. 6", "2026-03-05T06:00:00+00:00"),
        ("A LAS 5 DE LA TARDE DEL 5 DE MARZO DE 2026", "2026-03-05T17:00:00+00:00"),
        ("5. März 2026, 6 Uhr abends", "2026-03-05T18:00:00+00:00"),
        ("2026年3月5日 午前6時", "2026-03-05T06:00:00+00:00"),
        ("2026年3月5日下午3点半", "2026-03-05T15:30:00+00:00"),
        ("2026년 3월 5일 오후 6:15", "2026-03-05T18:15:00+00:00"),
    ],
)
def test_a_moment_has_its_day_time_and_zone(text, moment):
    found = moments.read(text, HINTS)
    assert found is not None
    assert (found.value.isoformat(), found.timed, found.doubt) == (moment, True, "")


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("NST", "-03:30"),
        ("NDT", "-02:30"),
        ("ACST", "+09:30"),
        ("ACDT", "+10:30"),
        ("IDT", "+03:00"),
        ("BRT", "-03:00"),
    ],
)
def test_an_embargo_and_a_feed_know_the_same_zones(zone, offset):
    found = moments.read(f"10:00 {zone}, 5 March 2026", HINTS)
    assert found is not None
    assert found.value.isoformat() == f"2026-03-05T10:00:00{offset}"
    assert found.value == machine_dates.parse(f"Thu, 05 Mar 2026 10:00:00 {zone}")


def test_a_zone_that_is_a_word_is_none_in_a_sentence():
    found = moments.read("10:00 on 5 March 2026, when the council met", HINTS)
    assert found is not None
    assert (found.value.isoformat(), found.rest.split()[-1]) == ("2026-03-05T10:00:00+00:00", "met")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("03/04/2026 10:00", "day and month could be meant the other way round"),
        ("5 March 2026 10:00 IST", "IST is the name of several time zones"),
        ("5 March, 10:00", "its year is not given"),
        ("midnight on 5 March 2026", "midnight may be the beginning of the day or its end"),
        ("5 March 2026, 5 in all zones", "a number beside its day may be its time"),
        ("10:00 local time on 5 March 2026", "it is in local time, and the place is not given"),
    ],
)
def test_what_makes_a_moment_unsure_is_said(text, doubt):
    found = moments.read(text, HINTS)
    assert found is not None
    assert found.doubt == doubt


def test_midnight_and_a_year_that_is_missing_keep_a_text_back_no_shorter_than_meant():
    midnight, near = moments.read("midnight on 5 March 2026", HINTS), moments.read("2 January", HINTS)
    assert midnight
    assert near
    assert midnight.value == dt.datetime(2026, 3, 6, tzinfo=midnight.value.tzinfo)
    assert near.value.year == 2026


def test_the_zone_of_a_moment_that_is_long_over_is_in_no_doubt():
    found = moments.read("5 March 2025 10:00 IST", HINTS)
    assert found is not None
    assert found.doubt == ""


@pytest.mark.parametrize("text", ["Thursday 00:01", "6pm", "until further notice", ""])
def test_without_a_day_there_is_no_moment(text):
    assert moments.read(text, HINTS) is None


@given(st.text(max_size=80) | st.from_regex(r"[0-9:./ -]{1,30}(GMT|ET|Uhr|am)?", fullmatch=True))
@settings(max_examples=examples(300))
def test_any_text_is_read(text):
    found = moments.read(text, HINTS)
    assert found is None or found.value.tzinfo is not None
