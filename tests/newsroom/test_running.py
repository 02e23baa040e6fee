"""Threads are looked for again only where what they are found by has changed."""

import datetime as dt
import importlib
import random
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Settings
from broadsheet.model import Story
from broadsheet.newsroom.running import Forgetful, running

TITLES = (
    "Volcano Hekla wakes after decades",
    "Volcano Hekla sends ash over Selfoss",
    "Ash of Hekla closes Selfoss school",
)


class Shelf:
    """A memory that counts how often it was written."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.written = 0

    def value(self, name: str) -> bytes | None:
        return self.values.get(name)

    def keep_value(self, name: str, data: bytes) -> None:
        self.values[name] = data
        self.written += 1


def stories() -> list[Story]:
    day = dt.datetime(2025, 5, 8, tzinfo=dt.UTC)
    topics = ("Hekla", "Selfoss", "Iceland")
    return [
        Story(
            f"s{n}",
            f"s{n}.md",
            f"s{n}",
            title,
            day + dt.timedelta(days=n),
            timed=False,
            body="",
            lead=title,
            topics=topics,
        )
        for n, title in enumerate(TITLES)
    ]


def test_what_is_remembered_is_what_was_found():
    shelf = Shelf()
    threads, _, _ = running(stories(), Settings(), shelf)
    assert [len(thread.stories) for thread in threads] == [3]
    written = shelf.written
    assert running(stories(), Settings(), shelf)[0] == threads
    assert shelf.written == written


def test_a_longer_body_is_no_reason_to_look_again_and_another_title_is():
    shelf = Shelf()
    running(stories(), Settings(), shelf)
    written = shelf.written
    longer = [msgspec.structs.replace(story, words=900) for story in stories()]
    running(longer, Settings(), shelf)
    assert shelf.written == written
    running([msgspec.structs.replace(longer[0], title="Hekla sleeps"), *longer[1:]], Settings(), shelf)
    assert shelf.written > written


def test_a_preview_goes_by_what_is_remembered_and_drops_what_is_gone():
    shelf = Shelf()
    running(stories(), Settings(), shelf)
    threads, _, _ = running(stories()[:2], Settings(thread_minimum=2), shelf, hurried=True)
    assert [story.id for thread in threads for story in thread.stories] == ["s0", "s1"]
    assert len(running(stories()[:2], Settings(thread_minimum=2), Shelf())[0]) == 1


def test_a_memory_that_cannot_be_read_is_as_good_as_none():
    shelf = Shelf()
    shelf.values = {"running": b"broken", "threads": b"\xff"}
    assert [len(thread.stories) for thread in running(stories(), Settings(), shelf)[0]] == [3]


def test_a_site_can_do_without():
    assert running(stories(), Settings(threads=False), Shelf()) == ((), {}, ())


NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)


def story(name: str, title: str, day: float = 0.0, topics: tuple[str, ...] = (), chosen: tuple[str, ...] = ()) -> Story:
    date = NOON + dt.timedelta(days=day)
    return Story(name, f"{name}.md", name, title, date, timed=True, body="", lang="en", topics=topics, related=chosen)


CANAL = story("canal", "Barge sinks in the Kiel canal")
LOCK = story("lock", "Lock of the Kiel canal repaired", 40)
TOLL = story("toll", "Kiel canal: toll for every barge to rise", 90)
BREAD = story("bread", "Bakers strike over flour", 1)
ALL = [CANAL, LOCK, TOLL, BREAD]
APART = Settings(thread_minimum=50)  # no thread is shown


def related(stories: Sequence[Story], settings: Settings = APART) -> Mapping[str, tuple[str, ...]]:
    return running(stories, settings, Forgetful())[1]


def test_stories_on_one_subject_are_related_and_others_are_not() -> None:
    found = related(ALL)
    assert set(found["canal"]) == {"lock", "toll"}
    assert "bread" not in found


def test_the_most_alike_comes_first() -> None:
    assert related(ALL)["canal"][0] == "toll"


def test_of_equals_the_nearest_in_time_comes_first() -> None:
    near, far = story("near", "Kiel canal frozen", 20), story("far", "Kiel canal frozen", 200)
    assert related([CANAL, far, near])["canal"] == ("near", "far")


def test_a_story_of_the_same_thread_is_not_related() -> None:
    ferry = [
        story(f"f{n}", f"Ferry Aurelia aground off Skerry: {word}", n) for n, word in enumerate(("tug", "oil", "sail"))
    ]
    other = story("dive", "Divers mourn the Aurelia of Skerry", 300)
    found = running([*ferry, other], Settings(), Forgetful())
    assert [len(thread.stories) for thread in found[0]] == [3]
    assert found[1] == {"f0": ("dive",), "f1": ("dive",), "f2": ("dive",), "dive": ("f2",)}


def test_stories_of_one_week_that_are_no_thread_yet_are_related() -> None:
    pair = [story("a", "Ferry Aurelia aground off Skerry"), story("b", "Aurelia towed from Skerry", 1)]
    assert related([*pair, BREAD]) == {"a": ("b",), "b": ("a",)}


def test_what_the_editor_chose_comes_first_and_once() -> None:
    chosen = story("canal", CANAL.title, chosen=("bread", "lock", "canal", "gone", "lock"))
    assert related([chosen, LOCK, TOLL, BREAD])["canal"] == ("bread", "lock", "toll")


def test_no_more_than_five() -> None:
    many = [story(f"k{n}", f"Kiel canal bulletin {n}", 30 * n) for n in range(12)]
    assert {len(others) for others in related(many).values()} == {5}


def test_one_word_in_common_is_not_enough() -> None:
    assert related([story("a", "Storm"), story("b", "Storm", 9), BREAD]) == {}


def test_topics_relate_stories() -> None:
    one, other = story("a", "Quiet day", topics=("Ada Brandt",)), story("b", "Long night", 9, topics=("Ada Brandt",))
    assert related([one, other, BREAD])["a"] == ("b",)


TITLES_OF = st.lists(
    st.lists(st.sampled_from(["kiel", "canal", "barge", "lock", "toll", "storm", "bread", "flour"]), max_size=5),
    min_size=1,
    max_size=15,
)


@settings(max_examples=60, deadline=None)
@given(TITLES_OF, st.randoms(use_true_random=False))
def test_the_order_of_listing_does_not_matter_and_nobody_is_related_to_itself(
    titles: list[list[str]], draw: random.Random
) -> None:
    stories = [story(f"s{n:02}", " ".join(words), 3 * n) for n, words in enumerate(titles)]
    shuffled = stories[:]
    draw.shuffle(shuffled)
    found = related(stories)
    assert found == related(shuffled)
    assert all(name not in others and len(set(others)) == len(others) for name, others in found.items())


@settings(max_examples=60, deadline=None)
@given(TITLES_OF)
def test_a_story_about_something_else_changes_nothing(titles: list[list[str]]) -> None:
    stories = [story(f"s{n:02}", " ".join(words), 3 * n) for n, words in enumerate(titles)]
    found = related([*stories, story("zz", "Quokka xylophone", 5)])
    assert "zz" not in found
    assert found == related(stories)


def test_threads_are_found_anew_where_their_rules_are_others(monkeypatch: pytest.MonkeyPatch):
    shelf = Shelf()
    running(stories(), Settings(), shelf)
    written = shelf.written
    running(stories(), Settings(), shelf)
    assert shelf.written == written
    for name in ("archive", "running"):
        module = importlib.import_module(f"broadsheet.newsroom.{name}")
        monkeypatch.setattr(module, "method", lambda: b"another constant")
    running(stories(), Settings(), shelf)
    assert shelf.written > written + 1  # also the pieces of the archive
