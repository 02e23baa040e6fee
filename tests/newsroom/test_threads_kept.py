"""What is kept between runs makes threads faster and never other than they are, and memory has bounds."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.model import Story
from broadsheet.newsroom import clustering, terms, threads
from broadsheet.newsroom.clustering import ClusteringPass
from broadsheet.newsroom.clusters import HEADLINES, STORIES, State, StoryFeatures
from broadsheet.newsroom.running import why
from broadsheet.newsroom.threads import Hand, SavedThreads, find

NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)
SUBJECTS = ("glacier lake Ermine dam", "opera house Lisbon roof", "beetle plague spruce Harz", "comet Orsini dust tail")


def story(number: int, subject: int, day: float, extra: str = "") -> Story:
    name = f"s{number:03}"
    date = NOON + dt.timedelta(days=day)
    return Story(name, f"{name}.md", name, f"{SUBJECTS[subject]} {extra}", date, timed=True, body="", lang="en")


STREAM = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 60), st.sampled_from(["", "vote", "minister", "water"])), max_size=20
)


Rows = list[tuple[int, int, str]]


def made(rows: Rows) -> list[Story]:
    return [story(number, subject, day, extra) for number, (subject, day, extra) in enumerate(rows)]


def through_bytes(kept: SavedThreads) -> SavedThreads:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=SavedThreads)


@settings(max_examples=60, deadline=None)
@given(STREAM, STREAM)
def test_what_is_kept_changes_nothing(before: Rows, after: Rows) -> None:
    old, new = made(before), made(after)
    kept = through_bytes(find(old, "en").saved)
    again = find(new, "en", kept=kept)
    assert again.threads == find(new, "en").threads
    assert [why(again, s.id) for s in new] == [why(find(new, "en"), s.id) for s in new]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the stories that are read, in their order."""
    seen: list[str] = []

    def remember(one: Story, language: str) -> terms.Terms:
        seen.append(one.id)
        return real(one, language)

    real = terms.read
    monkeypatch.setattr(terms, "read", remember)
    return seen


def test_a_new_story_is_joined_without_going_through_the_old_ones(read: list[str]) -> None:
    stories = [story(n, n % 4, n) for n in range(40)]
    kept = through_bytes(find(stories[:39], "en").saved)
    read.clear()
    find(stories, "en", kept=kept)
    assert read == ["s039"]


def test_an_old_story_that_was_edited_is_read_again_from_the_mark_before_it(read: list[str]) -> None:
    stories = [story(n, n % 4, n) for n in range(200)]
    found = find(stories, "en")
    read.clear()
    edited = [*stories[:150], msgspec.structs.replace(stories[150], title="Nothing to do with it"), *stories[151:]]
    assert find(edited, "en", kept=found.saved).threads != found.threads
    assert read[0] == "s128"


def test_another_pin_or_language_is_not_answered_from_what_is_kept() -> None:
    stories = [story(n, n % 4, n) for n in range(12)]
    kept = find(stories, "en").saved
    hand = Hand(pins={"s000": "Ice", "s004": "Ice", "s008": "Ice"})
    assert find(stories, "en", hand, kept).threads == find(stories, "en", hand).threads
    bare = [msgspec.structs.replace(s, lang="") for s in stories]
    assert find(bare, "de", kept=find(bare, "en").saved).threads == find(bare, "de").threads


def test_names_are_not_answered_from_what_is_kept() -> None:
    stories = [story(n, n % 4, n) for n in range(12)]
    hand = Hand(names={"s000": "The dam"})
    again = find(stories, "en", hand, find(stories, "en").saved).threads
    assert "The dam" in {thread.title for thread in again}
    assert again == find(stories, "en", hand).threads


def test_marks_are_few_and_close_to_the_end() -> None:
    counts = [
        mark.count for mark in threads.follow([story(n, n % 4, n) for n in range(300)], RULES, threads.Track()).marks
    ]
    assert counts == [192, 256, 300]


RULES = threads.ThreadingRules(STORIES, "en", {})


def entries(number: int) -> list[StoryFeatures]:
    return [StoryFeatures({f"word{n}": 1.0, f"other{n}": 1.0}, float(n)) for n in range(number)]


def test_matters_that_can_grow_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "ACTIVE", 40)
    run = ClusteringPass(STORIES)
    for entry in entries(300):
        run.add(entry)
    assert len(run.state().clusters) <= 40


def test_the_longest_silent_matters_are_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "ACTIVE", 40)
    run = ClusteringPass(STORIES)
    for entry in entries(100):
        run.add(entry)
    assert min(run.state().clusters) >= 60
    assert max(run.state().clusters) == 99


def test_a_pinned_matter_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "ACTIVE", 40)
    run = ClusteringPass(STORIES)
    run.add(StoryFeatures({"regatta": 1.0}, 0.0, pin="regatta"))
    for entry in entries(100):
        run.add(entry)
    assert run.add(StoryFeatures({"sail": 1.0}, 200.0, pin="regatta")).number == 0


def test_the_words_whose_rarity_is_known_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "KNOWN", 100)
    monkeypatch.setattr(clustering, "ACTIVE", 10)
    run = ClusteringPass(STORIES)
    for entry in entries(400):
        run.add(entry)
    state = run.state()
    known = [piece for piece in state.words if piece]
    assert state.known <= 100
    assert sum(len(msgspec.msgpack.decode(piece)) for piece in known) <= 120


def test_the_terms_of_a_matter_are_bounded() -> None:
    run = ClusteringPass(HEADLINES)
    for n in range(300):
        run.add(StoryFeatures({"anchor": 4.0, "chain": 4.0, f"word{n}": 1.0, f"other{n}": 1.0}, float(n) / 10))
    (cluster,) = (msgspec.msgpack.decode(piece) for piece in run.state().clusters.values())
    assert len(cluster[2]) <= 2 * clustering.HEAVIEST
    assert {"anchor", "chain"} <= set(cluster[2])


def test_a_state_packed_and_opened_goes_on_as_if_it_had_not_been() -> None:
    stories = entries(30) + entries(30)
    whole, first = ClusteringPass(STORIES), ClusteringPass(STORIES)
    joined = [whole.add(entry) for entry in stories]
    for entry in stories[:45]:
        first.add(entry)
    state = msgspec.msgpack.decode(msgspec.msgpack.encode(first.state()), type=State)
    rest = ClusteringPass(STORIES, state)
    assert [rest.add(entry) for entry in stories[45:]] == joined[45:]
