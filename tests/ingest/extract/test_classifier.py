import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import classifier, decision_trees, features, ranker


def test_trees_add_up_the_leaves_that_a_row_reaches():
    score = decision_trees.compiled([[0, 1.5, [1, 0.0, -1.0, 2.0], 4.0], 0.5], 2)
    assert score((1.0, 0.0)) == -0.5
    assert score((1.0, 1.0)) == 2.5
    assert score((2.0, 0.0)) == 4.5


def _trees(most):
    numbers = st.integers(-500, 500).map(lambda n: n / 100)
    split = st.tuples(st.integers(0, 2), numbers, numbers, numbers).map(list)
    return st.lists(numbers | split, max_size=most)


@given(_trees(45), st.tuples(*[st.floats(-6, 6)] * 3), st.floats(-20, 20))
def test_a_score_that_is_given_up_at_a_floor_is_on_the_side_of_the_whole(forest, row, floor):
    score = decision_trees.compiled(forest, 3)
    whole = score(row)
    assert (score(row, floor) > floor) == (whole > floor)
    assert score(row, whole) == whole


@pytest.mark.parametrize("split", [[2, 1.0, 0.0, 0.0], ["0", 1.0, 0.0, 0.0], [0, "x", 0.0, 0.0]])
def test_a_split_that_is_none_is_refused(split):
    with pytest.raises(ValueError, match="no split"):
        decision_trees.compiled([split], 2)


def test_prose_has_better_odds_than_furniture():
    row = dict.fromkeys(features.NAMES, 0.0)
    prose = {"kind": features.kind_rank("paragraph"), "words": 50, "end": 11, "gap after": 1, "paragraphs near": 6}
    furniture = {"kind": features.kind_rank("word"), "words": 2, "end": 2, "prose below": 99, "run without prose": 99}
    story = classifier.MODELS["story"]
    assert story(tuple((row | prose).values())) > story(tuple((row | furniture).values()))


def test_nobody_is_elected_where_nobody_stands():
    assert ranker.best("title", []) == (-1, 0.0)


def test_what_says_the_same_is_no_rival(monkeypatch):
    rules = ranker.Ranker(decision_trees.compiled([[0, 0.5, -1.0, 1.0]], 1), margin=1.0)
    monkeypatch.setitem(ranker.RANKERS, "test", rules)
    rows = [(1.0,), (1.0,), (0.0,)]
    assert ranker.best("test", rows, ["a", "b", "c"])[1] < ranker.best("test", rows, ["a", "a", "c"])[1]
    assert ranker.best("test", rows)[0] == 0
