"""What is kept between runs makes threads faster and never other than they are; only what changed is looked at again."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from broadsheet.config import Settings
from broadsheet.model import Story
from broadsheet.newsroom import archive, terms
from broadsheet.newsroom.archive import Forgetful
from broadsheet.newsroom.running import running

MONDAY = dt.datetime(2025, 5, 5, 12, tzinfo=dt.UTC)
SUBJECTS = ("glacier lake Ermine dam", "opera house Lisbon roof", "beetle plague spruce Harz", "comet Orsini dust tail")
EXTRA = ("", "vote", "minister", "water", "vote water", "minister budget strike")


class Shelf:
    """A memory that may lose things."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def value(self, name: str) -> bytes | None:
        return self.values.get(name)

    def keep_value(self, name: str, data: bytes) -> None:
        self.values[name] = data


def story(number: int, subject: int, day: float, extra: str = "") -> Story:
    name = f"s{number:03}"
    date = MONDAY + dt.timedelta(days=day)
    return Story(name, f"{name}.md", name, f"{SUBJECTS[subject]} {extra}", date, timed=True, body="", lang="en")


Row = tuple[int, int, int, str]
STREAM = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 150), st.sampled_from(EXTRA)), max_size=25
)


def made(rows: list[Row]) -> list[Story]:
    return list({number: story(number, subject, day, extra) for number, subject, day, extra in rows}.values())


@settings(max_examples=80, deadline=None)
@given(st.lists(STREAM, min_size=2, max_size=4))
def test_what_is_kept_changes_nothing(streams: list[list[Row]]) -> None:
    shelf = Shelf()
    for rows in streams:
        assert running(made(rows), Settings(), shelf) == running(made(rows), Settings(), Forgetful())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(4, 9)), min_size=2, max_size=9))
def test_what_is_kept_of_reports_on_both_sides_of_a_week_changes_nothing(rows: list[tuple[int, int, int]]) -> None:
    shelf = Shelf()
    for end in range(1, len(rows) + 1):
        stories = made([(number, subject, day, "") for number, subject, day in rows[:end]])
        assert running(stories, Settings(), shelf) == running(stories, Settings(), Forgetful())


def test_a_report_of_monday_meets_one_of_sunday() -> None:
    stories = [story(0, 0, 6), story(1, 0, 7), story(2, 1, 7), story(3, 0, 10)]
    assert running(stories, Settings(), Forgetful())[2] == (("s000", "s001"),)


@settings(max_examples=30, deadline=None)
@given(STREAM, st.data())
def test_an_edit_of_one_story_leaves_what_a_clean_run_finds(rows: list[Row], data: st.DataObject) -> None:
    shelf = Shelf()
    stories = [story(n, n % 4, 5 * n, EXTRA[n % 6]) for n in range(30)]
    running(stories, Settings(), shelf)
    at = data.draw(st.integers(0, 29))
    stories[at] = replace(stories[at], title=data.draw(st.sampled_from([*SUBJECTS, "nothing of the kind"])))
    assert running(stories, Settings(), shelf) == running(stories, Settings(), Forgetful())
    stories += made([(number + 100, subject, day, extra) for number, subject, day, extra in rows])
    assert running(stories, Settings(), shelf) == running(stories, Settings(), Forgetful())


@pytest.mark.parametrize("lost", ["threads/said", "threads/clusters", "threads/week", "threads/postings", "threads"])
@pytest.mark.parametrize("left", [None, b"\xff\xff", b""])
def test_what_is_lost_is_made_anew(lost: str, left: bytes | None) -> None:
    shelf = Shelf()
    stories = [story(n, n % 4, n) for n in range(40)]
    running(stories, Settings(), shelf)
    for name in [name for name in shelf.values if name.startswith(lost)]:
        if left is None:
            del shelf.values[name]
        else:
            shelf.values[name] = left
    edited = [*stories[:20], replace(stories[20], title="Nothing to do with it"), *stories[21:]]
    assert running(edited, Settings(), shelf) == running(edited, Settings(), Forgetful())


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the stories that are read for the archive, in their order."""
    seen: list[str] = []

    def remember(one: Story, language: str) -> terms.Terms:
        seen.append(one.id)
        return real(one, language)

    real = terms.read
    monkeypatch.setattr(archive, "read", remember)
    return seen


def test_only_what_is_new_or_edited_is_read(read: list[str]) -> None:
    shelf = Shelf()
    stories = [story(n, n % 4, n) for n in range(40)]
    running(stories[:39], Settings(), shelf)
    read.clear()
    running(stories, Settings(), shelf)
    assert read == ["s039"]
    read.clear()
    running([*stories[:10], replace(stories[10], title="Nothing to do with it"), *stories[11:]], Settings(), shelf)
    assert read == ["s010"]


def test_another_language_pin_or_name_is_not_answered_from_what_is_kept() -> None:
    stories = [replace(story(n, n % 4, n), lang="") for n in range(12)]
    shelf = Shelf()
    running(stories, Settings(), shelf)
    for other in (
        Settings(language="de"),
        Settings(thread_pins={"s000": "Ice", "s004": "Ice", "s008": "Ice"}),
        Settings(thread_names={"s000": "The dam"}),
    ):
        assert running(stories, other, shelf) == running(stories, other, Forgetful())


def test_a_new_word_in_one_story_moves_no_thread_of_other_weeks() -> None:
    shelf = Shelf()
    stories = [story(n, n % 4, 7 * n) for n in range(60)]
    before = running(stories, Settings(), shelf)
    kept = dict(shelf.values)
    edited = [*stories[:30], replace(stories[30], title=f"{stories[30].title} Quokka"), *stories[31:]]
    after = running(edited, Settings(), shelf)
    changed = {
        name for name, data in shelf.values.items() if kept.get(name) != data and name.startswith("threads/week")
    }
    assert [thread.slug for thread in after[0]] == [thread.slug for thread in before[0]]
    assert len(changed) < 30
