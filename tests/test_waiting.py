"""``build`` and ``publish`` end with the stories that wait for an editor, also where nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from broadsheet import disk
from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import TO_A_FOLDER as SETTINGS
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]


@pytest.fixture(autouse=True)
def _no_doubt(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disk, "FINE", 0)


@pytest.fixture
def made(workshop: Make) -> Workshop:
    return workshop(
        story("out", "2025-05-07"),
        story("doubt", "2025-05-08", review="[title, body]"),
        story("held", "2025-05-09", status="draft", reason="'status: killed'", review="[date]"),
        story("own", "2025-05-10", status="draft"),
        settings=SETTINGS,
    )


def run(made: Workshop, *words: str) -> str:
    done = CliRunner().invoke(program, ["--site", str(made.root), *words], obj=Call(made.root))
    assert done.exit_code == 0, done.output
    return done.stdout


def waiting(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  content/stories/") or " more" in line]


EXPECTED = [
    "content/stories/2025/05/held.md: status: killed (to be reviewed: date)",
    "content/stories/2025/05/doubt.md: title, body",
]


def test_a_build_ends_with_what_is_held_and_what_is_to_be_looked_at(made):
    first, again = run(made, "build"), run(made, "build")
    assert waiting(first) == EXPECTED
    assert "because nothing has changed" in again
    assert waiting(again) == EXPECTED


def test_what_waits_and_what_was_built_are_counted_in_words_of_their_number(made):
    one = run(made, "build")
    assert "2 stories, 2 editions, " in one
    assert "1 story is held as a draft. " in one
    assert "1 story is to be reviewed. " in one


def test_a_story_that_was_let_go_with_its_reason_is_not_said_to_have_that_fault(workshop):
    made = workshop(story("let", "2025-05-07", reason="it has no date", review="[date]"), settings=SETTINGS)
    said = run(made, "build")
    assert waiting(said) == [
        "content/stories/2025/05/let.md: date; it is no longer held, so delete the line reason too"
    ]


def test_several_that_are_held_are_counted_as_drafts(workshop):
    held = [story(f"h{n}", "2025-05-07", status="draft", reason="it has no date") for n in (1, 2)]
    said = run(workshop(story("out", "2025-05-07"), *held, settings=SETTINGS), "build")
    assert "1 story, 1 edition, " in said
    assert "2 stories are held as drafts. " in said


def test_so_does_its_json(made):
    facts = json.loads(run(made, "build", "--json"))
    assert facts["held"] == {
        "count": 1,
        "stories": [{"file": "content/stories/2025/05/held.md", "reason": "status: killed", "review": ["date"]}],
    }
    assert [one["file"] for one in facts["open"]["stories"]] == ["content/stories/2025/05/doubt.md"]


def test_so_does_publish(made):
    assert waiting(run(made, "publish"))[-2:] == EXPECTED
    assert waiting(run(made, "publish", "--dry-run"))[-2:] == EXPECTED


def test_an_edit_of_words_alone_changes_what_is_open(made):
    run(made, "build")
    file = made.root / "content/stories/2025/05/doubt.md"
    file.write_text(file.read_text().replace("review: [title, body]\n", ""))
    assert waiting(run(made, "build")) == EXPECTED[:1]
    other = made.root / "content/stories/2025/05/out.md"
    other.write_text(other.read_text().replace("---\n\n", "review: [summary]\n---\n\n"))
    assert waiting(run(made, "build")) == [EXPECTED[0], "content/stories/2025/05/out.md: summary"]


def test_of_many_the_newest_are_listed_and_the_others_counted(workshop):
    many = [story(f"s{n:02}", f"2025-05-{n:02}", review="[title]") for n in range(1, 26)]
    made = workshop(*many, settings=SETTINGS)
    listed = waiting(run(made, "build"))
    assert (listed[0], listed[-1], len(listed)) == ("content/stories/2025/05/s25.md: title", "… and 5 more", 21)
    file = made.root / "content/stories/2025/05/s25.md"
    file.write_text(file.read_text().replace("review: [title]\n", ""))
    after = waiting(run(made, "build"))
    assert (after[0], after[-1]) == ("content/stories/2025/05/s24.md: title", "… and 4 more")
    assert json.loads(run(made, "build", "--json"))["open"]["count"] == 24
