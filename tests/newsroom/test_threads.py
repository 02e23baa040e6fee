"""Threads: which stories belong together, under which name and address, and why."""

import datetime as dt
import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from broadsheet.config import Settings
from broadsheet.model import Story, Thread
from broadsheet.newsroom.running import Forgetful, ThreadExplanation, explained, running
from broadsheet.newsroom.threads import Hand

NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)


def story(name: str, title: str, lead: str = "", day: float = 0.0) -> Story:
    date = NOON + dt.timedelta(days=day)
    return Story(name, f"{name}.md", name, title, date, timed=True, body="", lead=lead, lang="en")


FERRY = [
    story("ferry-1", "Ferry Aurelia runs aground off Skerry Point", "The Aurelia struck rocks at Skerry Point.", 0),
    story("ferry-2", "Tugs fail to free the ferry Aurelia", "The Aurelia still lies on the rocks of Skerry Point.", 1),
    story("ferry-3", "Captain of the ferry Aurelia questioned", "Police asked how Skerry Point was missed.", 3),
    story("ferry-4", "Aurelia ferry towed from Skerry Point", "Divers had sealed the hull of the Aurelia.", 6),
]
MINT = [
    story("mint-1", "Royal mint strikes copper coin for jubilee", "A copper coin honours the jubilee.", 0.5),
    story("mint-2", "Copper coin for jubilee sells out", "Collectors queued at the mint for the jubilee coin.", 2),
    story("mint-3", "Second jubilee coin announced by mint", "The mint will strike copper again.", 4),
]
LONE = [
    story("tennis", "Ostrava final goes to five sets", "A teenager won on clay.", 1),
    story("orchestra", "Orchestra names a conductor from Tartu", "She begins in autumn.", 2),
]
ALL = FERRY + MINT + LONE


Rows = list[tuple[int, list[str], int]]


def wishes(hand: Hand | None) -> Settings:
    hand = hand or Hand()
    return Settings(thread_minimum=hand.minimum, thread_pins=hand.pins, thread_names=hand.names)


def found(stories: Iterable[Story], hand: Hand | None = None) -> tuple[Thread, ...]:
    return running(list(stories), wishes(hand), Forgetful())[0]


def ids(thread: Thread) -> list[str]:
    return [story.id for story in thread.stories]


def by_id(stories: Iterable[Story], hand: Hand | None = None) -> dict[str, Thread]:
    return {thread.id: thread for thread in found(stories, hand)}


def test_stories_of_one_matter_are_one_thread_and_others_are_none() -> None:
    threads = by_id(ALL)
    assert {name: ids(thread) for name, thread in threads.items()} == {
        "ferry-1": ["ferry-1", "ferry-2", "ferry-3", "ferry-4"],
        "mint-1": ["mint-1", "mint-2", "mint-3"],
    }


def test_the_thread_with_the_latest_story_comes_first() -> None:
    assert [thread.id for thread in found(ALL)] == ["ferry-1", "mint-1"]


def test_a_thread_is_called_by_the_names_that_tie_it() -> None:
    thread = by_id(ALL)["ferry-1"]
    assert "Aurelia" in thread.title
    assert "Skerry Point" in {tie.name for tie in thread.ties}
    assert 0 < sum(tie.weight for tie in thread.ties) <= 1.01
    assert [tie.weight for tie in thread.ties] == sorted((tie.weight for tie in thread.ties), reverse=True)


def test_the_address_is_the_first_storys_and_stays_when_others_join() -> None:
    assert by_id(FERRY[:3])["ferry-1"].slug == by_id(ALL)["ferry-1"].slug == "ferry-1"


def test_too_few_stories_are_not_shown() -> None:
    assert by_id(FERRY[:2]) == {}
    assert ids(by_id(FERRY[:2], hand=Hand(minimum=2))["ferry-1"]) == ["ferry-1", "ferry-2"]


def test_one_topic_in_common_is_no_thread() -> None:
    titles = (
        "Welding arms for a shipyard",
        "Pupils race toy cars",
        "Surgeon operates from afar",
        "Vineyard weeds itself",
    )
    stories = [replace(story(f"r{n}", name, day=n), topics=("Robotics",)) for n, name in enumerate(titles)]
    assert found(stories) == ()


def test_the_same_words_years_later_are_another_matter() -> None:
    later = [replace(s, id=f"{s.id}-later", date=s.date + dt.timedelta(days=900)) for s in FERRY]
    assert set(by_id([*FERRY, *later])) == {"ferry-1", "ferry-1-later"}


def test_two_threads_with_one_slug_get_two_addresses() -> None:
    later = [replace(s, id=f"{s.id}-later", date=s.date + dt.timedelta(days=900)) for s in FERRY]
    slugs = {thread.id: thread.slug for thread in found([*FERRY, *later])}
    assert slugs == {"ferry-1": "ferry-1", "ferry-1-later": "ferry-1-2027-10-18"}


def test_a_pin_brings_a_story_into_a_named_thread() -> None:
    pinned = [replace(LONE[0], thread="The Aurelia"), *(replace(s, thread="The Aurelia") for s in FERRY), *MINT]
    thread = by_id(pinned)["the-aurelia"]
    assert thread.title == "The Aurelia"
    assert thread.named
    assert set(ids(thread)) == {"tennis", "ferry-1", "ferry-2", "ferry-3", "ferry-4"}


def test_spellings_of_a_pin_that_share_a_slug_are_one_thread() -> None:
    names = ("The Aurelia", "the aurelia", "The  Aurélia", "The Aurelia")
    threads = by_id([replace(s, thread=name) for s, name in zip(FERRY, names, strict=True)])
    assert list(threads) == ["the-aurelia"]
    assert threads["the-aurelia"].title == "The Aurelia"


def test_pins_that_differ_by_more_than_their_spelling_are_threads_of_their_own() -> None:
    pinned = [replace(s, thread="C++") for s in FERRY] + [replace(s, thread="C") for s in MINT]
    threads = by_id(pinned)
    assert {slug: thread.title for slug, thread in threads.items()} == {"c": "C", "c-plus-plus": "C++"}
    assert by_id(pinned[::-1]).keys() == threads.keys()
    renamed = found(pinned, Hand(names={"c-plus-plus": "Ferries"}))
    assert {(thread.slug, thread.title, thread.aliases) for thread in renamed} == {
        ("c", "C", ()), ("ferries", "Ferries", ("c-plus-plus",))
    }  # fmt: skip


def test_a_named_thread_takes_in_what_comes_later_without_a_pin() -> None:
    thread = by_id([replace(FERRY[0], thread="Shipwreck"), *FERRY[1:], *MINT])["shipwreck"]
    assert ids(thread) == ["ferry-1", "ferry-2", "ferry-3", "ferry-4"]


def test_pins_split_what_would_be_found_together() -> None:
    split = [replace(s, thread="Salvage" if s.id in ("ferry-2", "ferry-4") else "Inquiry") for s in FERRY]
    threads = by_id(split, hand=Hand(minimum=2))
    assert ids(threads["salvage"]) == ["ferry-2", "ferry-4"]
    assert ids(threads["inquiry"]) == ["ferry-1", "ferry-3"]


def test_none_keeps_a_story_out_of_every_thread() -> None:
    threads = by_id([*FERRY[:3], replace(FERRY[3], thread="none")])
    assert ids(threads["ferry-1"]) == ["ferry-1", "ferry-2", "ferry-3"]


def test_a_found_thread_named_none_is_not_shown() -> None:
    assert list(by_id(ALL, hand=Hand(names={"ferry-1": "none"}))) == ["mint-1"]


def test_settings_pin_before_front_matter_does() -> None:
    hand = Hand(pins={"mint-2": "Coins", "mint-3": "Coins", "mint-1": "Coins"})
    assert ids(by_id([replace(s, thread="Other") for s in MINT], hand=hand)["coins"]) == ["mint-1", "mint-2", "mint-3"]


def test_one_name_for_two_threads_makes_them_one_and_keeps_their_addresses() -> None:
    thread = by_id(ALL, hand=Hand(names={"ferry-1": "Odd news", "mint-1": "Odd news"}))["odd-news"]
    assert len(thread.stories) == 7
    assert [s.date for s in thread.stories] == sorted(s.date for s in thread.stories)
    assert thread.aliases == ("ferry-1", "mint-1")


def reason(stories: list[Story], name: str, hand: Hand | None = None) -> ThreadExplanation:
    because = explained(stories, wishes(hand), name)
    assert because is not None
    return because


def test_a_story_says_why_it_joined() -> None:
    because = reason(ALL, "ferry-3")
    assert because.thread in found(ALL)
    (step,) = because.steps
    assert step.how == "joined"
    assert step.first.id in {"ferry-1", "ferry-2"}
    assert step.likeness >= step.asked > 0
    assert {"Aurelia", "ferry"} & {name for tie in step.ties for name in tie.name.split()}


def test_a_story_of_a_later_week_says_which_earlier_ones_it_continues() -> None:
    (step,) = reason(ALL, "ferry-4").steps
    assert (step.how, step.first.id) == ("continued", "ferry-1")
    assert step.likeness >= step.asked > 0
    assert any("Aurelia" in tie.name for tie in step.ties)


def test_the_first_story_of_a_thread_and_a_lone_one_have_no_steps() -> None:
    assert reason(ALL, "ferry-1").steps == ()
    assert reason(ALL, "tennis").thread is None
    assert explained(ALL, Settings(), "no-such-story") is None
    assert explained([*FERRY[:3], replace(FERRY[3], thread="none")], Settings(), "ferry-4") is None


def test_a_pinned_story_says_so() -> None:
    stories = [replace(LONE[0], thread="Sea"), *(replace(s, thread="Sea") for s in FERRY)]
    assert [step.how for step in reason(stories, "tennis").steps] == ["pinned"]


def test_a_story_between_two_names_goes_with_the_one_whose_words_it_shares() -> None:
    pins = {"ferry-1": "Rocks", "ferry-3": "Inquiry"}
    split = [replace(s, thread=pins.get(s.id, "")) for s in FERRY]
    threads = by_id(split, hand=Hand(minimum=1))
    assert ids(threads["rocks"]) == ["ferry-1", "ferry-2"]
    assert ids(threads["inquiry"]) == ["ferry-3", "ferry-4"]  # as many words as the first, and nearer in time


def test_a_story_filed_late_joins_the_thread_of_its_week() -> None:
    late = story("ferry-0", "Ferry Aurelia had steered by hand near Skerry Point", "The Aurelia was off course.", 0.5)
    assert ids(by_id([*ALL, late])["ferry-1"]) == ["ferry-1", "ferry-0", "ferry-2", "ferry-3", "ferry-4"]


def test_a_thread_that_grows_keeps_its_name() -> None:
    names = {by_id(FERRY[:length])["ferry-1"].title for length in (3, 4)}
    assert len(names) == 1


def test_a_thread_whose_first_story_is_deleted_goes_on_without_it() -> None:
    (thread,) = (thread for thread in found([*FERRY[1:], *LONE]))
    assert ids(thread) == ["ferry-2", "ferry-3", "ferry-4"]


def test_stories_in_a_script_without_spaces_are_tied_too() -> None:
    names = ("東京港で貨物船が座礁", "座礁した貨物船を東京港から曳航", "東京港の貨物船座礁で船長聴取")
    stories = [replace(story(f"s{i}", title, day=i), lang="ja") for i, title in enumerate(names)]
    (thread,) = found(stories)
    assert len(thread.stories) == 3
    assert any(tie.name in names[0] for tie in thread.ties)


def test_stories_without_a_word_are_tied_to_nothing() -> None:
    assert found([story(f"s{i}", "!?", "… — …", i) for i in range(5)]) == ()


SUBJECTS = ["ferry aurelia skerry", "mint jubilee copper", "orchestra tartu conductor", "tariff cement quota"]
COMMON = ("harbour", "police", "vote", "storm", "price", "court", "strike", "rail", "school", "water")
WORDS = st.lists(st.sampled_from(COMMON), max_size=6)
STREAM = st.lists(st.tuples(st.integers(0, 3), WORDS, st.integers(0, 120)), min_size=1, max_size=25)


def stream(rows: Rows) -> list[Story]:
    return [
        story(f"n{i:02}", f"{SUBJECTS[subject]} {' '.join(words)}", day=float(day))
        for i, (subject, words, day) in enumerate(rows)
    ]


@settings(max_examples=60, deadline=None)
@given(STREAM, st.randoms(use_true_random=False))
def test_the_order_in_which_stories_are_listed_does_not_matter(rows: Rows, draw: random.Random) -> None:
    stories = stream(rows)
    shuffled = stories[:]
    draw.shuffle(shuffled)
    assert found(stories) == found(shuffled)


@settings(max_examples=60, deadline=None)
@given(STREAM, st.integers(0, 120))
def test_a_story_of_another_matter_changes_nothing(rows: Rows, day: int) -> None:
    stories = stream(rows)
    stranger = story("zz", "Quokka xylophone yurt zeppelin", day=float(day))
    assert found([*stories, stranger]) == found(stories)


@settings(max_examples=60, deadline=None)
@given(STREAM)
def test_every_story_is_in_one_thread_at_most_and_a_thread_is_named_by_its_first(rows: Rows) -> None:
    stories = stream(rows)
    threads = found(stories, Hand(minimum=1))
    assert sorted(s.id for thread in threads for s in thread.stories) == sorted(s.id for s in stories)
    assert all(thread.id == thread.stories[0].id for thread in threads)
    assert len({thread.slug for thread in threads}) == len(threads)
