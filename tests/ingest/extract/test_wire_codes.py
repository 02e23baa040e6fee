"""Wires as teleprinters had them lose their codes, and keep their words, their moment and what holds them."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.ingest.extract import wire_codes
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import text

HINTS = Hints(today=dt.date(2026, 11, 30))
LEAD = (
    "DOVER, England (AP) _ A lock of 1809 was opened again Tuesday after two winters of repairs, the canal trust said."
)
NEXT = "``It leaks less than the old one,'' said the keeper, who lives beside it."
ANPA = f"""a0417
r i BC-Canal-Lock 03-04 0210
^BC-Canal-Lock,0210<
^Lock of 1809 is opened again<
^Eds: Adds keeper. With photo.<
^By RUTH HADDOW=
^Associated Press Writer=
   {LEAD}<
   {NEXT}<
   (MORE)<
AP-NY-03-04-25 1012EST<
"""


def read(data: str) -> list[Draft]:
    return list(text.read(Source("wire.txt", data.encode(), dt.datetime(2026, 11, 30, tzinfo=dt.UTC)), HINTS))


def test_a_wire_of_the_old_form_is_a_story_like_any_other():
    [draft] = read(ANPA)
    assert draft.title.value == "Lock of 1809 is opened again"
    assert draft.authors
    assert draft.authors.value == ("RUTH HADDOW",)
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 3, 4, 15, 12, tzinfo=dt.UTC)
    first, second = draft.body.strip().split("\n\n")
    assert first.startswith("A lock of 1809 was opened again")
    assert second == "“It leaks less than the old one,” said the keeper, who lives beside it."
    assert "body" in draft.doubtful()  # it says that it goes on
    assert {fate.line for fate in draft.fates if fate.role == "markup"} == {1, 2, 3, 5, 7, 10, 11}


@pytest.mark.parametrize(
    "row",
    ["bc-canal-lock 1st ld-writethru 03-04", "BC-Canal-Lock,0210", "Canal Lock, 2nd Ld", "Canal-Lock, 1st Ld-Writethru,a0417"],
)  # fmt: skip
def test_a_keyword_line_is_no_headline(row: str):
    said, codes = wire_codes.take(f"{row}\n\nLock of 1809 is opened again =\n\n{LEAD}\n", HINTS)
    assert list(codes.rows) == [1]
    assert "Lock of 1809 is opened again\n" in said


@pytest.mark.parametrize(
    ("row", "moment"),
    [
        ("AP-NY-03-04-25 1012EST", "2025-03-04T15:12:00+00:00"),
        ("dpa jf ao 041012 MRZ 25", "2025-03-04"),
        ("jf/ao 041012 GMT MAR 25", "2025-03-04T10:12:00+00:00"),
    ],
)
def test_the_last_row_gives_the_moment(row: str, moment: str):
    sent = wire_codes.take(f"Lock is opened\n\n{LEAD}\n\n{row}\n", HINTS)[1].sent
    assert sent
    value = sent.value.astimezone(dt.UTC) if isinstance(sent.value, dt.datetime) else sent.value
    assert value.isoformat() == moment


def test_what_was_written_for_a_later_day_is_held_unless_that_is_long_over():
    assert wire_codes.take(f"Lock is opened\n\n{LEAD}\n\nADV05\n", HINTS)[1].held
    assert not wire_codes.take(f"Lock is opened\n\n{LEAD}\n\nADV05\nAP-NY-03-04-25 1012EST\n", HINTS)[1].held


@pytest.mark.parametrize(
    "said",
    [
        f"Lock is opened\n\n{LEAD}\n\nMore is to come.\n",
        "Prices\n\nHe wrote that x^2 < 9 on the board.\n\nThe class laughed = it was Monday.\n",
        "^ is a roof in the drawing\n\nIt was made by a child.\n",
        "A lead of 20 points\n\nThe team took the lead again.\n",
    ],
)
def test_what_is_no_code_stays(said: str):
    assert wire_codes.take(said, HINTS) == (said, wire_codes.Codes())


def test_the_header_and_the_signs_of_a_european_wire_are_no_text():
    wire = (
        "FRA-0417 4 vm 120 DAT-0001\nSchleuse von 1809 wieder offen =\n\nLancaster (dpa) - Eine Schleuse von 1809 ist am "
        "Dienstag nach zwei Wintern wieder geöffnet worden.\n\nSie hält dichter als die alte, sagte der Wärter.\n\n"
        "dpa rh xx n1 ao\n041645 Mär 25\n"
    )
    [draft] = read(wire)
    assert draft.title.value == "Schleuse von 1809 wieder offen"
    assert draft.date
    assert draft.date.value == dt.date(2025, 3, 4)
    assert "dpa rh" not in draft.body
