"""Days of other calendars: as ours has them, and never sure."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.ingest.extract import calendars, dates
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 11, 30))


@pytest.mark.parametrize(
    ("text", "day", "doubt"),
    [
        ("۱۸ اردیبهشت ۱۴۰۴", dt.date(2025, 5, 8), calendars.SOLAR),  # the day on which Leo XIV was elected
        ("تهران، ۲۲ بهمن ۱۳۵۷", dt.date(1979, 2, 11), calendars.SOLAR),  # of the revolution in Iran
        ("۳۰ اسفند ۱۴۰۳", dt.date(2025, 3, 20), calendars.SOLAR),  # of a leap year, the day before Nowruz
        ("کابل، ۲۴ اسد ۱۴۰۰", dt.date(2021, 8, 15), calendars.SOLAR),  # of the fall of Kabul, as Afghans call the month
        ("الرياض، 10 ذو القعدة 1446 هـ", dt.date(2025, 5, 8), calendars.HIJRI),
        ("١ رمضان ١٤٤٦", dt.date(2025, 3, 1), calendars.HIJRI),  # as Saudi Arabia began it
        ("काठमाडौँ, २५ वैशाख २०८२", dt.date(2025, 5, 8), calendars.NEPALI),
        ("प्रकाशित मिति: २०८२ जेठ १५, बिहीबार", dt.date(2025, 5, 29), calendars.NEPALI),  # Republic Day
        ("असोज ३, २०८२", dt.date(2025, 9, 19), calendars.NEPALI),  # Constitution Day
        ("वैशाख १ गते २०८१", dt.date(2024, 4, 13), calendars.NEPALI),  # New Year
        ("ঢাকা, ২৫ বৈশাখ ১৪৩২", dt.date(2025, 5, 8), calendars.BENGALI),  # Tagore's birthday
        ("১ পৌষ ১৪৩২", dt.date(2025, 12, 16), calendars.BENGALI),  # Victory Day
        ("৮ ফাল্গুন ১৪৩২", dt.date(2026, 2, 21), calendars.BENGALI),  # the day of the language martyrs
        ("১ চৈত্র ১৪৩০", dt.date(2024, 3, 15), calendars.BENGALI),  # after a February of 29 days
    ],
)
def test_a_day_of_another_calendar_is_ours_with_a_doubt(text: str, day: dt.date, doubt: str):
    [stamp] = dates.find(text, HINTS)
    assert (stamp.day, stamp.doubt) == (day, doubt)


def test_where_a_line_names_our_day_too_that_one_counts():
    [stamp] = dates.find("الخميس 10 ذو القعدة 1446 هـ الموافق 8 مايو 2025", HINTS)
    assert (stamp.day, stamp.doubt) == (dt.date(2025, 5, 8), "")


@pytest.mark.parametrize(
    "text",
    ["۳۱ مهر ۱۴۰۴", "۳۰ اسفند ۱۴۰۴", "31 رمضان 1446", "رمضان 1446", "18 أشخاص 1446", "३३ वैशाख २०८२", "२५ वैशाख १९४५"],
)
def test_what_no_calendar_has_is_no_day(text: str):
    assert dates.find(text, HINTS) == ()
