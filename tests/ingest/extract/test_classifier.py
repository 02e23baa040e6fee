import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import boilerplate, classifier, features, lines, ranker
from broadsheet.ingest.extract.classifier import Prediction


def test_trees_add_up_the_leaves_that_a_row_reaches():
    score = ranker.compiled([[0, 1.5, [1, 0.0, -1.0, 2.0], 4.0], 0.5], 2)
    assert score((1.0, 0.0)) == -0.5
    assert score((1.0, 1.0)) == 2.5
    assert score((2.0, 0.0)) == 4.5


def _trees(most):
    numbers = st.integers(-500, 500).map(lambda n: n / 100)
    split = st.tuples(st.integers(0, 2), numbers, numbers, numbers).map(list)
    return st.lists(numbers | split, max_size=most)


@given(_trees(45), st.tuples(*[st.floats(-6, 6)] * 3), st.floats(-20, 20))
def test_a_score_that_is_given_up_at_a_floor_is_on_the_side_of_the_whole(forest, row, floor):
    score = ranker.compiled(forest, 3)
    whole = score(row)
    assert (score(row, floor) > floor) == (whole > floor)
    assert score(row, whole) == whole


@pytest.mark.parametrize("split", [[2, 1.0, 0.0, 0.0], ["0", 1.0, 0.0, 0.0], [0, "x", 0.0, 0.0]])
def test_a_split_that_is_none_is_refused(split):
    with pytest.raises(ValueError, match="no split"):
        ranker.compiled([split], 2)


def test_prose_has_better_odds_than_furniture():
    row = dict.fromkeys(features.NAMES, 0.0)
    prose = {"kind": features.kind_rank("paragraph"), "words": 50, "end": 11, "gap after": 1, "paragraphs near": 6}
    furniture = {"kind": features.kind_rank("word"), "words": 2, "end": 2, "prose below": 99, "run without prose": 99}
    story = classifier.MODELS["story"]
    assert story(tuple((row | prose).values())) > story(tuple((row | furniture).values()))


def test_nobody_is_elected_where_nobody_stands():
    assert ranker.best("title", []) == (-1, 0.0)


def test_what_says_the_same_is_no_rival(monkeypatch):
    rules = ranker.Ranker(ranker.compiled([[0, 0.5, -1.0, 1.0]], 1), margin=1.0)
    monkeypatch.setitem(ranker.RANKERS, "test", rules)
    rows = [(1.0,), (1.0,), (0.0,)]
    assert ranker.best("test", rows, ["a", "b", "c"])[1] < ranker.best("test", rows, ["a", "a", "c"])[1]
    assert ranker.best("test", rows)[0] == 0


TABLE = boilerplate.table("en")


def _look(*rows):
    """The texts that are kept, of rows that are each (text, log odds, kind)."""
    found = lines.split("\n\n".join(row for row, _, _ in rows), TABLE).lines
    assert len(found) == len(rows)
    predictions = [Prediction(odds, -9.0, kind) for _, odds, kind in rows]
    after = classifier.second_look(found, predictions)
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
