"""Clusters: which stories of a week are about one event, by their vectors alone."""

from broadsheet.newsroom.clusters import JOIN, clusters
from broadsheet.newsroom.vectors import FULL, UNIT, Vector, frequency_step, total, vector


def made(*words: str) -> list[Vector]:
    return [vector(dict.fromkeys(one.split(), 1.0), dict.fromkeys(one.split(), 0)) for one in words]


def found(*words: str, sections: tuple[str, ...] = ()) -> list[list[int]]:
    return clusters(made(*words), sections or ("",) * len(words))[0]


FERRY = ("ferry aurelia rocks skerry coast", "aurelia ferry tugs skerry hull", "skerry captain aurelia police court")
MINT = ("mint copper coin jubilee queue", "jubilee coin mint collectors sale")


def test_stories_that_share_words_are_one_cluster() -> None:
    assert found(*FERRY, *MINT) == [[0, 1, 2], [3, 4]]


def test_one_word_in_common_is_never_enough() -> None:
    assert 1 / FULL**2 < JOIN
    assert found("storm", "storm") == [[0], [1]]
    assert found("storm coast", "storm coast") == [[0, 1]]


def test_another_section_asks_for_more() -> None:
    pair = (
        "ferry aurelia rocks skerry coast tide moon wind rope",
        "aurelia ferry strike budget vote unions pay talks law",
    )
    assert found(*pair) == [[0, 1]]
    assert found(*pair, sections=("World", "Business")) == [[0], [1]]
    assert found(*pair, sections=("World", "")) == [[0, 1]]


def test_a_story_says_what_it_was_joined_with_and_how_like_that_was() -> None:
    _, joined = clusters(made(*FERRY, *MINT), [""] * 5)
    assert joined[4].others == (3,)
    assert all(JOIN <= how.likeness <= 1 for how in joined.values())
    assert set(joined) == {0, 1, 2, 3, 4}


def test_weights_move_in_steps_of_months() -> None:
    steps = {0: 0, 1: 0, 3: 0, 12: 0, 13: 1, 60: 1, 61: 2, 252: 2, 253: 3}  # by weeks
    assert {weeks: frequency_step(range(weeks)) for weeks in steps} == steps
    common = vector({"police": 1.0, "aurelia": 1.0, "a": 1.0, "b": 1.0}, {"police": 3, "aurelia": 0, "a": 3, "b": 3})
    assert next(iter(common)) == "aurelia"
    assert common["police"] * 4 < common["aurelia"]


def test_a_story_of_words_that_every_month_has_says_little() -> None:
    words = ["police", "council", "vote", "school", "price"]
    length = sum(weight**2 for weight in vector(dict.fromkeys(words, 1.0), dict.fromkeys(words, 3)).values()) ** 0.5
    assert length < UNIT / 4


def test_the_sum_of_a_cluster_does_not_depend_on_the_order_of_its_stories() -> None:
    assert total(made(*FERRY)) == total(made(*FERRY[::-1]))
