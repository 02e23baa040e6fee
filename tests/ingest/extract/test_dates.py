import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 1, 2))


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published On Thu, 08 May 2025", "2025-05-08"),
        ("November 20th, 2019 - 07:50 GMT", "2019-11-20"),
        ("16.05.2024, 11:26 Uhr", "2024-05-16"),
        ("6. November 2025", "2025-11-06"),
        ("Miércoles 04 mayo de 2022 | 01:10", "2022-05-04"),
        ("04 de maio de 2022 às 09:01", "2022-05-04"),
        ("Publié le 12 mars 2025 à 18h04", "2025-03-12"),
        ("20 Kasım 2019 Çarşamba", "2019-11-20"),
        ("12 жовтня 2024, 10:00", "2024-10-12"),
        ("نُشر في ١٢ مارس ٢٠٢٥", "2025-03-12"),
        ("2025年7月3日", "2025-07-03"),
        ("2024. december 3.", "2024-12-03"),
        ("입력 2023.11.02 10:11", "2023-11-02"),
        ("11.15.2019 10:09 AM", "2019-11-15"),
        ("2024/12/04 00:05", "2024-12-04"),
        ("YAYIN: 20 KASIM 2019", "2019-11-20"),
        ("4 FEVRIER 2025", "2025-02-04"),
        ("4 ΙΑΝΟΥΑΡΙΟΥ 2025", "2025-01-04"),
        ("Frıday, 14 March 2025, 10:00 gmt", "2025-03-14"),
    ],
)
def test_a_date_is_read_in_the_form_of_its_language(line, day):
    assert [stamp.day.isoformat() for stamp in dates.find(line, HINTS)] == [day]


@pytest.mark.parametrize(("order", "day"), [("DMY", "2025-04-03"), ("MDY", "2025-03-04")])
def test_an_ambiguous_date_goes_by_the_sites_order_and_is_doubtful(order, day):
    (stamp,) = dates.find("03/04/2025", Hints(day_order=order, today=dt.date(2026, 1, 2)))
    assert stamp.day.isoformat() == day
    assert stamp.doubt


@pytest.mark.parametrize("line", ["31/02/2024", "99.99.2024", "Room 12, floor 3", "In the May 7 vote", "1st of 24"])
def test_what_is_no_day_is_none(line):
    assert dates.find(line, HINTS) == ()


def test_a_day_that_has_not_come_is_doubtful():
    (stamp,) = dates.find("1 March 2031", HINTS)
    assert stamp.doubt


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2 hours ago", "2026-01-02"),
        ("vor 3 Tagen", "2025-12-30"),
        ("hace 2 semanas", "2025-12-19"),
        ("gestern", "2026-01-01"),
    ],
)
def test_a_relative_date_counts_from_the_files_own_and_is_doubtful(line, day):
    (stamp,) = dates.find(line, HINTS, dt.date(2026, 1, 2))
    assert stamp.day.isoformat() == day
    assert stamp.doubt


@given(st.sampled_from(sorted(dates.LABEL_WORDS)), st.sampled_from(["ı", "İ", "ſ", "I"]))
def test_a_label_is_one_in_any_capitals(label, letter):
    for written in (label.upper(), label.replace("i", letter), label.replace("s", letter)):
        assert [stamp.day.isoformat() for stamp in dates.find(f"{written}: 2025-03-14", HINTS)] == ["2025-03-14"]


def test_labels_tell_published_from_updated():
    found = dates.find("Published: May 1, 2025 | Updated: May 3, 2025", HINTS)
    assert [(stamp.day.day, stamp.label) for stamp in found] == [(1, "published"), (3, "updated")]


def test_a_time_with_its_zone_makes_a_moment():
    (stamp,) = dates.find("Updated 11:21 pm CST, Tuesday, November 19, 2019", HINTS)
    assert stamp.moment is None or stamp.moment.astimezone(dt.UTC).date() == dt.date(2019, 11, 20)


@given(st.text(max_size=200))
def test_any_line_is_read_without_an_error(line):
    for stamp in dates.find(line, HINTS, dt.date(2026, 1, 2)):
        assert 0 <= stamp.start < stamp.end <= len(line)


def test_an_american_evening_is_told_by_its_zone_or_is_doubtful():
    [zoned] = dates.find("11:21 pm CST, Tuesday, November 19, 2019", Hints())
    assert zoned.moment == dt.datetime(2019, 11, 20, 5, 21, tzinfo=dt.UTC)
    [bare] = dates.find("November 19, 2019 11:21 pm", Hints())
    assert bare.day == dt.date(2019, 11, 19)
    assert bare.doubt
    assert not dates.find("November 19, 2019 11:21 am", Hints())[0].doubt


def test_an_abbreviation_of_several_zones_says_nothing_beside_a_clock_of_24_hours():
    [stamp] = dates.find("2019-11-19 23:21 CST", Hints())
    assert stamp.moment is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("प्रकाशित: 3 मई 2025", "2025-05-03"),
        ("12 मार्च 2025", "2025-03-12"),
        ("12 มีนาคม 2568", "2025-03-12"),
        ("12 มี.ค. 68 10:30 น.", "2025-03-12"),
        ("12 آذار/مارس 2025", "2025-03-12"),
        ("פורסם ב-3 במאי 2025", "2025-05-03"),
        ("令和7年3月12日", "2025-03-12"),
        ("中華民國114年4月29日", "2025-04-29"),
        ("12 মার্চ 2025", "2025-03-12"),
        ("12. марта 2025", "2025-03-12"),
        ("2025 m. kovo 12 d.", "2025-03-12"),
        ("2025. gada 12. marts", "2025-03-12"),
        ("Ngày 12 tháng 3 năm 2025", "2025-03-12"),
        ("Wed Mar 12 10:28:00 2025", "2025-03-12"),
        ("Wed, 12 Mar 25 10:00:00 GMT", "2025-03-12"),
        ("12-Mar-25", "2025-03-12"),
        ("12th March '25", "2025-03-12"),
    ],
)
def test_scripts_with_marks_other_calendars_and_short_years_are_read(line, day):
    assert [stamp.day.isoformat() for stamp in dates.find(line, HINTS)] == [day]


@pytest.mark.parametrize(
    ("line", "day", "doubtful"),
    [
        ("10/11/2022 08:00 AM EDT", "2022-10-11", False),
        ("08:00 AM EDT 10/11/2022", "2022-10-11", False),
        ("10/11/2022 08:00 AM", "2022-10-11", True),
        ("10/11/2022 10:00 GMT", "2022-11-10", False),
        ("10/11/2022 10:00", "2022-11-10", True),
        ("Tuesday, 10/11/2022", "2022-10-11", False),
        ("Thursday, 10/11/2022", "2022-11-10", False),
        ("Monday, 12 March 2025", "2025-03-12", True),
        ("1 January 1970", "1970-01-01", True),
    ],
)
def test_the_zone_and_the_day_of_the_week_tell_day_from_month(line, day, doubtful):
    (stamp,) = dates.find(line, HINTS)
    assert (stamp.day.isoformat(), bool(stamp.doubt)) == (day, doubtful)


@pytest.mark.parametrize("line", ["Published On Mon, 31 Feb 2025", "30.02.2025", "2025-02-30", "२९ फ़रवरी 2025"])
def test_an_impossible_day_is_no_day_and_is_known_for_one(line):
    assert dates.find(line, HINTS) == ()
    assert dates.impossible(line)
    assert not dates.impossible("In 2025 there were 31 ferries")


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("hr", 10)])
def test_a_month_that_two_languages_name_differently_is_settled_by_the_language(language, month):
    line = "12. listopada 2025"
    (stamp,) = dates.find(line, HINTS)
    assert stamp.doubt
    settled = dates.settled(stamp, line, language)
    assert (settled.day.month, settled.doubt) == (month, "")


def test_a_second_look_reads_what_is_not_known_here():
    assert dates.guess("12 ဧပြီ 2025", "my", HINTS.today) == dt.date(2025, 4, 12)
    assert dates.guess("Room 2025 on floor 12", "en", HINTS.today) is None
    assert dates.guess("12 ဧပြီ 2031", "my", HINTS.today) is None


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31)), st.sampled_from(["en", "hi", "th", "he", "ru", "el", "pl"])
)
def test_every_day_with_the_month_s_name_is_read_back(day, language):
    month = dates.MONTH_NAMES[language][day.month - 1].split("/")[0]
    year = day.year + 543 if language == "th" else day.year
    (stamp,) = dates.find(f"{day.day} {month} {year}", HINTS)
    disputed = stamp.doubt == dates.DISPUTED
    assert stamp.day == day or disputed
