"""``ingest`` says in its table and its messages what became of a file, and what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
TEXT = "The pier lights up\n\n3 March 2025\n\nThe pier of Ostrel has lamps again, 40 of them, after a winter in the dark.\n"


def said(made: Workshop, *words: str) -> str:
    """What the command prints, on both streams."""
    command = [sys.executable, "-m", "broadsheet", "--site", str(made.root), "ingest", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def made(workshop: Make) -> Workshop:
    made = workshop(story("quay", "2025-05-07"))
    (made.root / "content/inbox").mkdir(parents=True, exist_ok=True)
    (made.root / "content/inbox/pier.txt").write_text(TEXT, "utf-8")
    return made


def test_a_deleted_story_is_not_taken_for_a_deleted_source(made: Workshop):
    said(made)
    (made.root / "content/stories/2025/03/the-pier-lights-up.md").unlink()
    assert "pier.txt  its story was deleted, so it is not filed again" in said(made)


def test_a_story_that_names_no_section_is_pointed_out(made: Workshop):
    (made.root / "content/inbox/mole.txt").write_text(f"Section: Harbour\n\n{TEXT.replace('pier', 'mole')}", "utf-8")
    table = said(made)
    bare = [line for line in table.splitlines() if line.endswith("no section")]
    assert len(bare) == 1
    assert "the-pier-lights-up.md" in bare[0]
    assert "; 1 without a section." in table


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("content/inbox/pear.txt", "no such file [not-a-file]", "Name one raw file or address."),
        ("content/inbox", "is a folder, not a file [not-a-file]", "Name one raw file or address."),
        (
            "content/stories/2025/05/quay.md",
            "it is one of the site's own [not-raw]",
            "Edit the file where it is.",
        ),
    ],
)
def test_what_cannot_be_explained_is_named_with_what_to_do(made: Workshop, path: str, message: str, hint: str):
    output = said(made, "--explain", str(made.root / path))
    assert message in output
    assert hint in output


def test_a_text_without_a_headline_is_refused_with_what_to_write(made: Workshop):
    (made.root / "content/inbox/list.txt").write_text(
        "Short news of 3 March 2025\n\n* Fire in a barn at Ostrel: nobody was hurt, forty bales of hay are lost.\n* The pool opens on 1 May.\n",
        "utf-8",
    )
    assert "Write a headline as the first line of the file, with an empty line below it." in said(made)


def test_what_was_said_before_is_counted_and_not_said_again(made: Workshop):
    inbox = made.root / "content/inbox"
    (inbox / "twice.txt").write_text(TEXT, "utf-8")
    (inbox / "figures.csv").write_text("harbour,ships,year\nOstrel,40,2025\nLune,12,2025\n", "utf-8")
    first = said(made)
    assert "\nsame " in first
    assert "failed     figures.csv" in first
    again = said(made)
    assert "\nsame " not in again
    assert "failed     figures.csv" not in again
    assert "figures.csv: error:" in again  # what is wrong stays wrong
    assert "2 sources not filed, as reported before. List them with: broadsheet ingest --all" in again
    assert "failed     figures.csv" in said(made, "--all")
    (made.root / "content/stories/2025/03/the-pier-lights-up.md").unlink()
    assert "pier.txt  its story was deleted" in said(made)  # that is news, once
    assert "pier.txt  its story was deleted" not in said(made)


def test_sources_that_the_table_lists_are_not_counted_as_left_out_of_it(made: Workshop):
    (made.root / "content/inbox/twice.txt").write_text(TEXT, "utf-8")
    said(made)
    assert "1 source not filed, as reported before." in said(made)
    whole = said(made, "--all")
    assert "\nsame " in whole
    assert "as reported before" not in whole
