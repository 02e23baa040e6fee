"""The command ``threads``: what it tells people and programs."""

import json

import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call

FERRY = {
    "2025-05-05-aground": ("Ferry Aurelia runs aground off Skerry Point", "The Aurelia struck rocks at Skerry Point."),
    "2025-05-06-tugs": ("Tugs fail to free the ferry Aurelia", "The Aurelia lies on the rocks of Skerry Point."),
    "2025-05-13-towed": ("Aurelia ferry towed from Skerry Point", "Divers had sealed the hull of the Aurelia."),
    "2025-05-07-tennis": ("Ostrava final goes to five sets", "A teenager won on clay."),
}


@pytest.fixture
def said(tmp_path):
    """What ``threads`` prints for a site with a running story, called with these words."""
    stories = tmp_path / "content" / "stories"
    stories.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.broadsheet]\ntitle = "T"\nurl = "https://example.org/"\n')
    for name, (title, body) in FERRY.items():
        head = f'---\nid: {name[11:]}\ntitle: "{title}"\ndate: {name[:10]}\n---\n'
        (stories / f"{name}.md").write_text(f"{head}\n{body}\n")

    def call(*words):
        return CliRunner().invoke(program, ["threads", *words], obj=Call(tmp_path), catch_exceptions=False).output

    return call


def test_a_running_story_is_a_line_with_its_days(said):
    (line,) = said().splitlines()
    assert "2025-05-05 – 2025-05-13" in line
    assert line.split()[0] == "3"


def test_programs_read_the_stories_of_each_thread_oldest_first(said):
    (thread,) = json.loads(said("--json"))["threads"]
    assert [story["id"] for story in thread["stories"]] == ["aground", "tugs", "towed"]
    assert thread["stories"][0] == {
        "id": "aground", "file": "2025-05-05-aground.md", "title": FERRY["2025-05-05-aground"][0], "date": "2025-05-05",
    }  # fmt: skip
    assert (thread["id"], thread["named"], thread["aliases"]) == ("aground", False, [])
    assert "Aurelia" in thread["title"]
    assert 0 < sum(tie["weight"] for tie in thread["ties"]) <= 1.01


def test_why_names_what_a_story_was_put_with_and_by_what(said):
    lines = said("--why", "towed").splitlines()
    assert lines[0] == "Aurelia ferry towed from Skerry Point"
    assert lines[1].startswith("is in the thread: ")
    assert "continued those of an earlier week: “Ferry Aurelia runs aground off Skerry Point” at" in lines[2]
    assert "Aurelia" in lines[2].partition("was needed")[2]


def test_why_for_programs(said):
    because = json.loads(said("--why", "tugs", "--json"))
    assert because["thread"] == "aground"
    (step,) = because["steps"]
    assert (step["how"], step["with"]["id"]) == ("joined", "aground")
    assert step["likeness"] >= step["asked"]
    assert json.loads(said("--why", "tennis", "--json")) == {
        "story": {"id": "tennis", "file": "2025-05-07-tennis.md", "title": "Ostrava final goes to five sets", "date": "2025-05-07"},
        "thread": None,
        "steps": [],
    }  # fmt: skip
