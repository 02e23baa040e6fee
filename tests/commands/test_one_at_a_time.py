"""Real commands on one site at once: the second says who is at work, or runs after the first; nothing is done twice."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.cache import lock
from broadsheet.content import split
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders are locked on POSIX systems")

SETTINGS = """
search = false
share_cards = 0
[tool.broadsheet.targets.live]
kind = "folder"
path = "../www"
"""
OLD = "-- ../old/hugo.toml --\nbaseURL = 'https://old.example/'\n" + "".join(
    f"-- ../old/content/posts/p{n}.md --\n---\ntitle: P{n}\ndate: 2023-05-06\n---\nPost number {n}.\n"
    for n in range(20)
)

# Each command that writes to a site, or reads it by way of its cache.
WORK = [
    ["ingest"],
    ["build"],
    ["build", "--no-ingest"],
    ["build", "--prove"],
    ["publish"],
    ["publish", "--dry-run"],
    ["publish", "--rollback"],
    ["release", "--check"],
    ["release"],
    ["import", "../old"],
    ["edition", "freeze"],
    ["edition", "list"],
    ["new", "story", "A ferry"],
    ["new", ".", "--add"],
    ["theme", "copy", "story.html"],
    ["check"],
    ["why", "index.html"],
    ["threads"],
    ["calendar"],
]
# Those that only look, at files that are whole at any moment.
LOOKS = [
    ["ingest", "--dry-run"], ["import", "../old", "--dry-run"], ["theme", "show"], ["theme", "list"], ["words"],
    ["help"], ["completion", "bash"], ["schema", "settings"], ["doctor"],
]  # fmt: skip


def start(made: Workshop, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "broadsheet", *words]
    return subprocess.Popen(
        command, cwd=made.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@contextlib.contextmanager
def pair(made: Workshop, one: list[str], other: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Two commands that begin at the same moment: the exit code and the lines of each."""
    both = [start(made, *one), start(made, *other)]
    ended = [process.communicate()[0] for process in both]
    yield [(process.returncode, said) for process, said in zip(both, ended, strict=True)]


def tree(made: Workshop) -> dict[str, bytes]:
    files = {file for folder in ("content", "themes", "output", "../www") for file in (made.root / folder).rglob("*")}
    return {str(file): file.read_bytes() for file in files if file.is_file()}


def raw(made: Workshop, number: int) -> None:
    """Raw texts in the inbox, of which no two are alike."""
    for n in range(number):
        line = f"{n * 7} nets lay on pier {n * 13} of harbour {n * 17}, wrote keeper number {n * 19}."
        made.write(f"-- content/inbox/r{n}.txt --\nHarbour number {n}\n\n8 May 2025\n\n{line} {line[::-1]}\n")


@pytest.fixture
def made(workshop: Make) -> Workshop:
    made = workshop(story("one", "2025-05-07"), story("two", "2025-05-08"), OLD, settings=SETTINGS)
    raw(made, 2)
    return made


def test_while_one_program_is_at_work_every_command_says_who_and_does_nothing(made: Workshop):
    before = tree(made)
    with lock.held(made.root, "publish"):
        started = [(words, start(made, *words)) for words in WORK]
        for words, process in started:
            said, _ = process.communicate()
            assert process.returncode == 1, (words, said)
            assert f"broadsheet publish (process {os.getpid()}, since 20" in said, (words, said)
            assert "[busy]" in said
            assert "Traceback" not in said
        assert tree(made) == before


def test_a_command_that_only_looks_does_so_while_another_is_at_work(made: Workshop):
    with lock.held(made.root, "publish"):
        for words, process in [(words, start(made, *words)) for words in LOOKS]:
            said, _ = process.communicate()
            assert process.returncode == 0, (words, said)


def test_every_command_is_among_those_that_are_tried(made: Workshop):
    from broadsheet.commands import COMMANDS

    tried = {words[0] for words in (*WORK, *LOOKS)}
    assert {command.name for command in COMMANDS} - tried == {"serve"}


def whole(made: Workshop) -> dict[str, str]:
    """The id of every story by its path; each of them can be read, and no two have the same."""
    ids = {}
    for file in (made.root / "content/stories").rglob("*.md"):
        matter, problems = split(file.read_bytes(), file.name)
        assert matter is not None, problems
        ids[str(file)] = str(matter.meta["id"])
    assert len(set(ids.values())) == len(ids)
    return ids


@pytest.mark.parametrize(
    ("one", "other"),
    [(["ingest"], ["ingest"]), (["build"], ["ingest"]), (["import", "../old"], ["build"]), (["publish"], ["edition", "freeze"])],
)  # fmt: skip
def test_of_two_at_once_one_is_refused_or_runs_after_the_other(made: Workshop, one: list[str], other: list[str]):
    raw(made, 12)
    with pair(made, one, other) as ended:
        for code, said in ended:
            assert "Traceback" not in said
            assert (code == 1) == ("[busy]" in said), said
            assert code == 0 or re.search(r"broadsheet \w+.* \(process \d+, since ", said)
        assert 0 in [code for code, _ in ended]
    whole(made)
    for words in (one, other, ["ingest"]):
        process = start(made, *words)
        said, _ = process.communicate()
        assert process.returncode == 0, said
    assert "Ingest: 12 unchanged;" in start(made, "ingest").communicate()[0]
    assert len(whole(made)) == 2 + 12 + (20 if "import" in one else 0)


def test_a_site_that_is_made_twice_at_once_is_made_once(tmp_path: Path):
    command = [sys.executable, "-m", "broadsheet", "new", "site", "--title"]
    both = [
        subprocess.Popen([*command, title], cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for title in ("Dawn", "Dusk")
    ]
    said = [process.communicate()[1] for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    assert "Traceback" not in "".join(said)
    title = re.findall(r'title = "(Dawn|Dusk)"', (tmp_path / "site/pyproject.toml").read_text("utf-8"))
    assert title * 2 == [title[0], *re.findall(r"Dawn|Dusk", (tmp_path / "site/README.md").read_text("utf-8"))[:1]]
