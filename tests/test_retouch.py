"""Retouching: where words alone were edited a few pages are drawn, and the site is as a whole build makes it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import disk, pages
from broadsheet.check.proving import prove
from broadsheet.errors import Report
from broadsheet.memory import standing
from broadsheet.memory.standing import Tally
from broadsheet.model import Story
from broadsheet.pipeline import Options, build
from broadsheet.retouch import retouched
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
OPTIONS = Options(NOW, workers=1)
BODY = "The ferry left at nine.\n\nIt came back at noon."
FERRY = story("ferry", "2025-05-07", section="World", topics="[Rome, Boats]", thread="boats", body=BODY)
FILES = (
    FERRY,
    story("boat", "2025-05-08", section="World", topics="[Boats]", thread="boats", related="[ferry]"),
    story("ice", "2025-05-08", section="Science", topics="[Rome]", title="'Ice' is here", priority="lead"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    "-- content/editions/2025-05-07.md --\n---\ntitle: A day\n---\n\nA note.\n",
)
SETTINGS = "feed_items = 1\ntopic_minimum = 1\nthread_minimum = 2\n"


@pytest.fixture(autouse=True)
def _no_doubt(monkeypatch: pytest.MonkeyPatch):
    """What changed just now is not doubted: between a build and an edit here no clock stands still."""
    monkeypatch.setattr(disk, "FINE", 0)


@pytest.fixture
def made(workshop: Make) -> Workshop:
    """A site that stands as it was built."""
    made = workshop(*FILES, settings=SETTINGS)
    made.build()
    return made


def hurried(made: Workshop, report: Report | None = None) -> Tally | None:
    """What a retouching did."""
    known = standing.last(made.site)
    assert known is not None
    return retouched(made.site, OPTIONS, Report() if report is None else report, known, standing.look(made.site, {}))


def edit(made: Workshop, old: str, new: str, name: str = "ferry") -> None:
    file = next((made.root / "content/stories").rglob(f"{name}.md"))
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("search", ["true", "false"])
def test_an_edit_of_words_draws_the_pages_that_print_them_and_no_others(workshop: Make, search: str):
    made = workshop(*FILES, settings=f"{SETTINGS}search = {search}\n")
    made.build()
    edit(made, "back at noon", "back at one in the afternoon")
    tally = hurried(made)
    assert tally is not None
    assert 1 < tally.drawn < 40
    assert b"back at one in the afternoon" in made.output()["2025/05/07/ferry/index.html"]
    assert b"back at one in the afternoon" in made.output()["topics/rome/feed.xml"]
    before = made.output()
    assert prove(made.site, OPTIONS, Report()).differences == ()
    assert made.output() == before
    seen, known = standing.look(made.site, {}), standing.last(made.site)
    assert known
    assert standing.stands(made.site, known, seen)


def test_after_a_retouching_the_site_stands_and_is_retouched_again(made: Workshop):
    for number in range(3):
        edit(made, "noon" if number == 0 else f"{number}:00", f"{number + 1}:00")
        assert hurried(made) is not None
        known = standing.last(made.site)
        assert known
        assert standing.stands(made.site, known, standing.look(made.site, {}))
    assert b"came back at 3:00" in made.output()["2025/05/07/ferry/index.html"]
    assert prove(made.site, OPTIONS, Report()).differences == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title: "Ferry"', 'title: "A ferry"'),
        ("left at nine", "left at ten"),  # the first paragraph stands for the story in lists
        ("at noon.", "at noon. " + "It was late. " * 40),  # a long story may lead its edition
        ("[Rome, Boats]", "[Boats]"),
        ("section: World", "section: Science"),
        ("at noon.", "at noon.\n\n![x](pictures/p.png)"),
        ("---\n\nThe", "oddity: 1\n---\n\nThe"),
        ("id: ferry", "id: ["),
    ],
)
def test_more_than_words_is_left_to_a_whole_build(made: Workshop, old: str, new: str):
    edit(made, old, new)
    before = made.output()
    assert hurried(made) is None
    assert made.output() == before


def test_two_edits_of_which_one_is_more_than_words_are_left_to_a_whole_build(made: Workshop):
    edit(made, "at noon", "at one")
    edit(made, 'title: "Boat"', 'title: "A boat"', "boat")
    assert hurried(made) is None


def test_a_change_of_the_output_or_of_another_file_is_left_to_a_whole_build(made: Workshop):
    edit(made, "at noon", "at one")
    page = made.root / "output/index.html"
    own = page.read_bytes()
    page.write_text("damaged")
    assert hurried(made) is None
    page.write_bytes(own)
    made.build()
    edit(made, "at one", "at two")
    made.write("-- content/pages/about.md --\n---\ntitle: Us\n---\n\nWe.\n")
    assert hurried(made) is None


def test_an_edit_that_another_build_has_seen_is_no_longer_told_from_what_it_was(made: Workshop):
    """A preview reads an edit into the cache and leaves the standing build's record as it was."""
    edit(made, "at noon", "at one")
    made.build(preview=True)
    edit(made, "A body.", "A body.\n\nMore of it.", "boat")
    assert hurried(made) is None


def test_what_the_last_build_warned_of_is_told_again(workshop: Make):
    made = workshop(*FILES, story("odd", "2025-05-06", mood="good"), settings=SETTINGS)
    made.build()
    edit(made, "at noon", "at one")
    report = Report()
    assert hurried(made, report) is not None
    assert [problem.code for problem in report] == ["key-unknown"]
    edit(made, "A body.", "A body.\n\nMore.", "odd")
    assert hurried(made) is None  # its lines may have moved


def test_a_fact_that_changes_is_told_with_each_edit_and_no_more_once_it_is_put_back(made: Workshop):
    edit(made, "at noon", "at 9:00")
    build(made.site, Options(NOW, remember=True), Report())
    for old, new, said in (
        ("9:00", "1:00", ["fact-changed"]),
        ("1:00", "2:00", ["fact-changed"]),
        ("2:00", "9:00", []),
    ):
        edit(made, old, new)
        report = Report()
        assert hurried(made, report) is not None
        assert [problem.code for problem in report] == said


def test_a_story_under_another_spelling_is_printed_by_it(workshop: Make):
    made = workshop(*FILES, settings=f'{SETTINGS}topic_aliases = {{ "Boats" = "Ships" }}\n')
    made.build()
    edit(made, "it came back".capitalize(), "The ferry came back")
    assert hurried(made) is None
    made.build()
    edit(made, "A body.", "A body.\n\nMore.", "ice")
    assert hurried(made) is not None
    assert prove(made.site, OPTIONS, Report()).differences == ()


def test_a_frame_gives_back_the_page_that_was_kept(made: Workshop):
    plan = made.build().plan
    stories: dict[str, Story] = {story.path: story for story in made.build().newspaper.stories}
    kept = [(page, frame) for page in plan if (frame := pages.frame(page)[0])]
    assert {type(page.inputs).__name__ for page, _ in kept} == {
        "StoryInputs", "EditionInputs", "ListInputs", "MonthInputs", "ThreadInputs", "FeedInputs", "EditionFeedInputs",
        "NewsInputs",
    }  # fmt: skip
    for page, frame in kept:
        again = pages.framed(frame, stories.__getitem__, made.site)
        assert again == page
        assert pages.digest(again) == pages.digest(page)


def test_files_in_the_output_whose_names_are_not_utf8_stop_nothing(made: Workshop):
    output = bytes(made.root / "output")
    for name in (b"odd-\xff.txt", b"2025/odd-\xfe.txt"):
        Path(os.fsdecode(output + b"/" + name)).write_bytes(b"x")
    made.build()
    assert [problem.code for problem in made.problems("note")] == ["output-other", "output-other"]
    known = standing.last(made.site)
    assert known
    assert standing.stands(made.site, known, standing.look(made.site, {}))
    edit(made, "at noon", "at one")
    assert hurried(made) is not None
