"""Hostile and broken sources, from the inbox to the story file, by the readers that Broadsheet has."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import config, content, ingest

NOW = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
LEAD = "The council of Marrow Bay voted on Tuesday to keep the lighthouse lit through the winter, against the advice of its own engineers."
MORE = (
    "A second vote is due in autumn, when the cost of the lamp, some 40,000 crowns a year, will be known for certain."
)
STORY = f"World\n\nLighthouse stays lit\n\nPublished On Tue, 06 May 2025\nBy Orla Fenn\n0 Views\nShare\n\n{LEAD}\n\n{MORE}\n"


def make(root: Path) -> config.Site:
    (root / "content/inbox").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.broadsheet]\n")
    return config.open_site(root)


def file(root: Path, data: bytes | str, name: str = "a.txt") -> tuple[list[str], list[tuple[content.Matter, str]]]:
    """The codes of the problems, and each story that was filed with its file's text."""
    site = make(root)
    source = site.inbox / name
    source.write_bytes(data.encode() if isinstance(data, str) else data)
    before = {path for path in root.rglob("*") if path.is_file()}
    outcome = ingest.run(site, (), ingest.Options(NOW, workers=1))
    found = []
    for path in sorted(set(root.rglob("*")) - before):
        if path.is_dir() or site.cache in path.parents or path.name == ".ledger":
            continue
        assert site.stories in path.parents
        text = path.read_bytes().decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]", text)
        matter, problems = content.split(path.read_bytes(), path.name)
        assert matter is not None, problems
        reading = content.read(path.read_bytes(), path.name, content.Rules(site.zone))
        assert reading.story is not None, reading.problems
        found.append((matter, text))
    return [problem.code for problem in outcome.problems if problem.severity == "error"], found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "no-reader"),
        (bytes(range(256)) * 40, "binary"),
        (gzip.compress(STORY.encode()), "no-reader"),
        (b"Lighthouse stays lit\n", "no-text"),
    ],
)
def test_what_holds_no_story_is_refused_with_a_reason(tmp_path, data, code):
    assert file(tmp_path, data) == ([code], [])


@pytest.mark.parametrize(
    "data",
    [
        STORY.encode(),
        b"\xef\xbb\xbf" + STORY.encode(),
        STORY.encode("utf-16"),
        STORY.encode("utf-16-le"),
        STORY.replace("\n", "\r\n").encode(),
        STORY.replace("\n", "\r").encode(),
        STORY.replace("lamp", "la\0mp").encode(),
        STORY.replace("lit\n", "lit\x07\x1b[31m\n").encode(),
    ],
    ids=["plain", "mark", "utf-16", "utf-16 unmarked", "crlf", "cr", "nul", "controls"],
)
def test_whatever_the_bytes_the_story_is_the_same(tmp_path, data):
    codes, [(story, _)] = file(tmp_path, data)
    assert codes == []
    assert (story.meta["title"], story.meta["date"]) == ("Lighthouse stays lit", dt.date(2025, 5, 6))
    assert story.meta["authors"] == ["Orla Fenn"]
    assert story.body.split() == f"{LEAD} {MORE}".split()


def test_windows_1252_is_recognised(tmp_path):
    text = STORY.replace("Lighthouse stays lit", "“Café” stays open – for €9").replace("Orla Fenn", "Zoë Nuñez")
    _, [(story, _)] = file(tmp_path, text.encode("cp1252"))
    assert (story.meta["title"], story.meta["authors"]) == ("“Café” stays open – for €9", ["Zoë Nuñez"])


def test_script_in_a_text_is_text(tmp_path):
    hostile = "<script>alert(9731)</script> and [a link](javascript:alert(9731)) and <img src=x onerror=alert(9731)> stood in the minutes of the meeting."
    _, [(story, _)] = file(tmp_path, STORY + f"\n{hostile}\n")
    plain = re.sub(r"\\[!-/:-@\[-`{-~]", "", story.body)
    assert "alert" in plain
    assert not re.search(r"<script|<img|\]\(", plain)
    assert "](" not in story.body  # not even for a reader that knows half of Markdown's escapes


@pytest.mark.parametrize("title", ["../../etc/passwd and the council", "Lights: \"on\" # 1 of 2 - it's {all} [here] & *now*, 100% | > yes", "🚢⚓ Lighthouse 👩🏽‍🔧 stays lit 🇬🇧"])  # fmt: skip
def test_a_title_is_kept_to_the_character(tmp_path, title):
    _, [(story, _)] = file(tmp_path, STORY.replace("Lighthouse stays lit", title))
    assert story.meta["title"] == title


def test_one_line_of_a_megabyte_is_a_story(tmp_path):
    line = f"{LEAD} {MORE} " * 4500
    codes, [(story, _)] = file(tmp_path, STORY + "\n" + line)
    assert codes == []
    assert len(story.body) > 1_000_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode), st.lists(st.sampled_from([LEAD, MORE, "World", "---", "date: 2025-02-30", "", "<p>", "Share", "By A B", "\x00", "# x", "{", "From: a", "Subject: b", "\u202e", "\ud7ff"]), max_size=12).map(lambda lines: "\n".join(lines).encode())))  # fmt: skip
def test_no_bytes_at_all_break_the_run(tmp_path_factory, data):
    codes, _ = file(tmp_path_factory.mktemp("site"), data)
    assert "reader-failed" not in codes
