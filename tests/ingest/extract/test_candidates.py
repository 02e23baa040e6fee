import datetime as dt

from broadsheet.ingest.extract import boilerplate, candidates, classifier, lines
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 1, 2))
PROSE = "The harbour authority said on Wednesday that the northern terminal would close for eleven weeks of repairs."


def look(*rows):
    found = lines.split("\n\n".join((*rows, *[PROSE] * 4)), boilerplate.table("en")).lines
    return candidates.gather(
        found, classifier.predict(found, HINTS), len(rows), len(rows) + 4, HINTS, dt.date(2026, 1, 2)
    )


def test_a_label_on_the_line_above_labels_the_day():
    seen = look("Port to close", "Published:", "3 March 2025", "Updated", "4 March 2025")
    assert [seen.stamps[i][0].label for i in (2, 4)] == ["published", "updated"]


def test_a_label_of_its_own_is_kept():
    seen = look("Port to close", "Published", "Updated 4 March 2025")
    assert seen.stamps[2][0].label == "updated"


def test_the_time_of_day_may_stand_on_the_line_below():
    seen = look("Port to close", "3 March 2025", "11:30 pm EDT")
    assert seen.stamps[1][0].moment == dt.datetime(2025, 3, 4, 3, 30, tzinfo=dt.UTC)


def test_a_line_that_says_more_than_the_time_of_day_tells_none():
    seen = look("Port to close", "3 March 2025", "Broadcast at 11:30 pm EDT")
    assert (seen.stamps[1][0].day, seen.stamps[1][0].moment) == (dt.date(2025, 3, 3), None)


def test_a_day_counted_from_today_makes_no_printed_day_an_old_one():
    def last(*rows):
        (row,) = [row for _, stamp, row in candidates.days(look(*rows), 0) if stamp.day.year == 2025]
        return row

    alone, beside = last("Port to close", "3 March 2025"), last("Port to close", "3 March 2025", "2 hours ago")
    newest, older, behind = 28 + 4, 28 + 6, 28 + 7
    assert [alone[k] for k in (newest, older, behind)] == [beside[k] for k in (newest, older, behind)] == [True, 0, 0]
