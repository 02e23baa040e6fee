import pytest

from broadsheet.ingest.extract import boilerplate, lines, second_look
from broadsheet.ingest.extract.classifier import Prediction

TABLE = boilerplate.table("en")


def _look(*rows):
    """The texts that are kept, of rows that are each (text, log odds, kind)."""
    found = lines.split("\n\n".join(row for row, _, _ in rows), TABLE).lines
    assert len(found) == len(rows)
    predictions = [Prediction(odds, -9.0, kind) for _, odds, kind in rows]
    after = second_look.taken(found, predictions)
    return [line.text for line, prediction in zip(found, after, strict=True) if prediction.story]


PROSE = (
    "The mill at Ennerby reopened on Monday, a year after the flood that had carried its wheel away.",
    3.0,
    "prose",
)
LAST = ("Visitors may come on Sundays, when the miller grinds the rye of the farms around it.", 3.0, "sentence")
POST = ("We have flour again, and the first loaf is still warm", -1.5, "open")
SIGNED = ("— Ennerby Mill (@ennerbymill) May 4, 2025", -1.8, "date")


def test_who_posted_what_a_story_quotes_stays_with_it():
    assert _look(PROSE, POST, SIGNED, LAST) == [PROSE[0], POST[0], SIGNED[0], LAST[0]]


def test_a_post_that_follows_no_story_is_not_taken_for_one():
    assert _look(POST, SIGNED) == []


def test_the_items_that_a_line_introduces_stay_with_it():
    items = [("- two bakers from Holm", -3.0, "item"), ("- a cooper", -4.0, "item"), ("- the old miller", -3.5, "item")]
    asked = ("Those who are looked for:", -1.0, "phrase")
    kept = _look(PROSE, asked, *items, LAST)
    assert kept == [PROSE[0], asked[0], "two bakers from Holm", "a cooper", "the old miller", LAST[0]]


def test_a_list_of_links_far_below_the_story_stays_out():
    links = [("- Weather", -3.0, "item"), ("- Timetables", -3.0, "item"), ("- Tides", -3.0, "item")]
    between = [("A label", -5.0, "word")] * 4
    heads = ("You may also look at:", -2.0, "phrase")
    assert _look(PROSE, LAST, *between, heads, *links) == [PROSE[0], LAST[0]]


@pytest.mark.parametrize("mark", ["", " and"])
def test_items_that_end_in_a_semicolon_go_on(mark):
    items = [("- grinding for the farms around;" + mark, -0.8, "item"), ("- a market in the yard.", -1.2, "item")]
    assert "a market in the yard." in _look(PROSE, *items, LAST)[-2:]


def test_a_paragraph_between_paragraphs_stays_unless_it_is_hardly_story():
    doubtful = (f"{PROSE[0]} {LAST[0]} It is the last of eleven that stood along the brook.", -0.9, "paragraph")
    assert doubtful[0] in _look(PROSE, doubtful, LAST)
    assert doubtful[0] not in _look(PROSE, (doubtful[0], -3.0, "paragraph"), LAST)


def test_plain_furniture_is_not_looked_at_twice():
    advert = ("Advertisement", -9.0, "advert")
    assert _look(PROSE, advert, LAST) == [PROSE[0], LAST[0]]


def test_where_nothing_is_story_nothing_becomes_it():
    rows = [
        ("Menu", -4.0, "word"),
        ("- Home", -1.0, "item"),
        ("Weather and tides and winds on the coast", -0.2, "open"),
    ]
    assert _look(*rows) == []
