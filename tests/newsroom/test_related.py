"""Related stories: by rare terms and nearness, outside the own thread, the editor's choice first."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.model import Story, Thread
from broadsheet.newsroom.related import Relative, compared
from broadsheet.newsroom.related import relatives as related

NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)


def story(name: str, title: str, day: float = 0.0, topics: tuple[str, ...] = ()) -> Story:
    date = NOON + dt.timedelta(days=day)
    return Story(name, f"{name}.md", name, title, date, timed=True, body="", lang="en", topics=topics)


CANAL = story("canal", "Barge sinks in the Kiel canal")
LOCK = story("lock", "Lock of the Kiel canal repaired", 3)
TOLL = story("toll", "Kiel canal: toll for every barge to rise", 9)
BREAD = story("bread", "Bakers strike over flour", 1)
ALL = [CANAL, LOCK, TOLL, BREAD]


def relatives(stories: Sequence[Story], threads: Sequence[Thread], language: str, **options: Any) -> Any:
    return related(stories, threads, compared(stories, language), **options)


def names(found: Mapping[str, Sequence[Relative]], name: str) -> list[str]:
    return [relative.story.id for relative in found[name]]


def test_stories_on_one_subject_are_related_and_others_are_not() -> None:
    found = relatives(ALL, (), "en")
    assert set(names(found, "canal")) == {"lock", "toll"}
    assert names(found, "bread") == []


def test_the_most_alike_comes_first() -> None:
    assert names(relatives(ALL, (), "en"), "canal")[0] == "toll"


def test_of_equals_the_nearest_in_time_comes_first() -> None:
    near, far = story("near", "Kiel canal frozen", 2), story("far", "Kiel canal frozen", 200)
    assert names(relatives([CANAL, far, near], (), "en"), "canal") == ["near", "far"]


def test_a_story_of_the_same_thread_is_not_related() -> None:
    thread = Thread("canal", "canal", "Kiel canal", (CANAL, TOLL))
    found = relatives(ALL, [thread], "en")
    assert names(found, "canal") == ["lock"]
    assert set(names(found, "lock")) == {"canal", "toll"}


def test_what_the_editor_chose_comes_first_and_once() -> None:
    found = relatives(ALL, (), "en", chosen={"canal": ("bread", "lock", "canal", "gone", "lock")})
    assert names(found, "canal") == ["bread", "lock", "toll"]


def test_no_more_than_were_asked_for() -> None:
    many = [story(f"k{n}", f"Kiel canal bulletin {n}", n) for n in range(12)]
    assert {len(found) for found in relatives(many, (), "en", count=4).values()} == {4}


def test_one_word_in_common_is_not_enough() -> None:
    assert names(relatives([story("a", "Storm"), story("b", "Storm"), BREAD], (), "en"), "a") == []


def test_topics_relate_stories() -> None:
    one, other = story("a", "Quiet day", topics=("Ada Brandt",)), story("b", "Long night", topics=("Ada Brandt",))
    assert names(relatives([one, other, BREAD], (), "en"), "a") == ["b"]


TITLES = st.lists(
    st.lists(st.sampled_from(["kiel", "canal", "barge", "lock", "toll", "storm", "bread", "flour"]), max_size=5),
    min_size=1,
    max_size=15,
)


@settings(max_examples=60, deadline=None)
@given(TITLES, st.randoms(use_true_random=False))
def test_the_order_of_listing_does_not_matter_and_nobody_is_related_to_itself(
    titles: list[list[str]], draw: random.Random
) -> None:
    stories = [story(f"s{n:02}", " ".join(words), n) for n, words in enumerate(titles)]
    shuffled = stories[:]
    draw.shuffle(shuffled)
    found = relatives(stories, (), "en")
    assert found == relatives(shuffled, (), "en")
    assert all(name not in names(found, name) and len(set(names(found, name))) == len(found[name]) for name in found)


@settings(max_examples=60, deadline=None)
@given(TITLES)
def test_a_story_about_something_else_changes_nothing(titles: list[list[str]]) -> None:
    stories = [story(f"s{n:02}", " ".join(words), n) for n, words in enumerate(titles)]
    found = relatives([*stories, story("zz", "Quokka xylophone", 5)], (), "en")
    assert found.pop("zz") == ()
    assert found == relatives(stories, (), "en")
