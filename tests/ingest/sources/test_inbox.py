"""What is found in an inbox, or wherever a user points: in order, once, and never what is no source or is ignored."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import pytest

from broadsheet import config, ingest
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest.sources import inbox
from broadsheet.ingest.sources.inbox import Ignored


@pytest.fixture
def site(tmp_path: Path) -> config.Site:
    root = tmp_path / "site"
    (root / "content" / "inbox").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.broadsheet]\n")
    return config.open_site(root)


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def names(site: config.Site, *paths: Path | str) -> list[str]:
    return [found.name for found in inbox.find(site, paths) if isinstance(found, inbox.Raw)]


def problems(site: config.Site, *paths: Path | str) -> list[tuple[str, str]]:
    return [(p.code, p.place.file) for p in inbox.find(site, paths) if isinstance(p, Problem)]


def test_the_inbox_is_read_at_any_depth_in_the_order_of_names(site):
    put(site.inbox, "b.txt", "a/z/deep.md", "a/one.html", "c")
    assert names(site) == ["a/one.html", "a/z/deep.md", "b.txt", "c"]


def test_a_site_without_an_inbox_has_nothing_to_read(site):
    site.inbox.rmdir()
    assert names(site) == []


def test_hidden_files_backups_and_leftovers_are_passed_over(site):
    put(
        site.inbox,
        ".gitkeep",
        ".git/x.txt",
        "a.txt~",
        "~$a.txt",
        "a.tmp",
        "a.bak",
        "Thumbs.db",
        "__MACOSX/a.txt",
        "good.txt",
    )
    assert names(site) == ["good.txt"]


def test_the_folder_beside_a_saved_page_is_part_of_the_page(site):
    put(site.inbox, "News.html", "News_files/ad.html", "Seite.htm", "Seite-Dateien/x.html", "other_files/real.txt")
    assert names(site) == ["News.html", "Seite.htm", "other_files/real.txt"]


def test_a_picture_is_no_source_and_no_error(site):
    put(site.inbox, "a.JPG", "b.txt")
    assert names(site) == ["b.txt"]
    assert problems(site) == [("companion", "a.JPG")]


def test_a_path_in_the_inbox_has_its_name_from_there(site, monkeypatch):
    put(site.inbox, "a/one.txt", "a/two.txt")
    monkeypatch.chdir(site.inbox)
    assert names(site, "a/one.txt") == ["a/one.txt"]
    assert names(site, site.inbox / "a") == ["a/one.txt", "a/two.txt"]


def test_a_file_of_the_inbox_can_be_named_as_messages_name_it(site, monkeypatch):
    put(site.inbox, "one.txt", "a/two.txt")
    monkeypatch.chdir(site.root)
    assert names(site, "one.txt", "a/two.txt") == ["one.txt", "a/two.txt"]
    options = ingest.Options(dt.datetime(2025, 5, 8, tzinfo=dt.UTC))
    assert ingest.explain(site, "a/two.txt", options).name == "a/two.txt"
    put(site.root, "one.txt")  # what is there goes first
    assert [Path(raw.path) for raw in inbox.find(site, ["one.txt"]) if not isinstance(raw, Problem)] == [
        site.root / "one.txt"
    ]


def test_a_path_from_elsewhere_never_shows_the_machine(site, tmp_path):
    put(tmp_path / "else/where", "one.txt", "sub/two.txt")
    assert names(site, tmp_path / "else/where") == ["where/one.txt", "where/sub/two.txt"]
    assert names(site, tmp_path / "else/where/one.txt") == ["one.txt"]


def test_two_files_of_one_name_have_two_names(site, tmp_path):
    put(tmp_path, "a/one.txt", "b/one.txt")
    assert names(site, tmp_path / "a/one.txt", tmp_path / "b/one.txt") == ["one.txt", "b/one.txt"]


def test_links_that_lead_in_a_circle_are_followed_once(site):
    put(site.inbox, "a/one.txt")
    (site.inbox / "a/loop").symlink_to(site.inbox)
    (site.inbox / "self").symlink_to(site.inbox / "self")
    assert names(site) == ["a/one.txt"]
    assert problems(site) == [("link-loop", "a/loop"), ("unreadable", "self")]


def test_a_link_to_itself_that_a_user_names_is_a_problem(site):
    (site.inbox / "self").symlink_to(site.inbox / "self")
    assert problems(site, site.inbox / "self") == [("unreadable", "self")]


def test_a_folder_that_two_links_lead_to_is_read_once(site, tmp_path):
    put(tmp_path / "wire", "one.txt")
    (site.inbox / "a").symlink_to(tmp_path / "wire")
    (site.inbox / "b").symlink_to(tmp_path / "wire")
    assert names(site) == ["a/one.txt"]


def test_what_the_site_made_is_not_raw(site):
    put(site.stories, "2025/05/a.md")
    put(site.output, "index.html")
    put(site.root, "notes.txt")
    assert names(site, site.root) == ["site/notes.txt", "site/pyproject.toml"]
    assert problems(site, site.stories / "2025/05/a.md") == [("not-raw", "a.md")]


def test_a_pipe_is_never_opened(site):
    os.mkfifo(site.inbox / "pipe.txt")
    assert problems(site) == [("not-a-file", "pipe.txt")]


@pytest.mark.parametrize("path", ["missing.txt", "a\0b"])
def test_a_path_that_is_not_there_is_a_problem(site, path):
    assert [code for code, _ in problems(site, site.inbox / path)] == ["unreadable"]


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"two\nlines.txt", b"caf\xe9/a.txt"])
def test_a_name_that_no_record_could_hold_is_a_problem_and_the_others_are_read(site, name):
    """Taken in under a marked name, it ended the run where that was kept, and two such files were one source."""
    file = Path(os.fsdecode(os.fsencode(site.inbox) + b"/" + name))
    file.parent.mkdir(exist_ok=True)
    file.write_text("x")
    put(site.inbox, "good.txt")
    assert names(site) == ["good.txt"]
    assert problems(site) == [("file-name", name.decode("utf-8", "replace").replace("\n", "\ufffd"))]


def test_a_file_beyond_the_limit_is_refused_unopened(site, monkeypatch):
    monkeypatch.setattr(inbox, "LARGEST", 10)
    (site.inbox / "a.txt").write_text("x" * 11)
    assert problems(site) == [("too-large", "a.txt")]


def test_a_file_that_went_away_or_grew_meanwhile_is_a_problem(site, monkeypatch):
    put(site.inbox, "a.txt")
    [raw] = inbox.find(site, ())
    assert isinstance(raw, inbox.Raw)
    assert inbox.load(raw).data == b"x"
    (site.inbox / "a.txt").write_text("x" * 11)
    monkeypatch.setattr(inbox, "LARGEST", 10)
    with pytest.raises(BroadsheetError, match="too-large"):
        inbox.load(raw)
    (site.inbox / "a.txt").unlink()
    with pytest.raises(BroadsheetError, match="unreadable"):
        inbox.load(raw)


# What a file named .ignore covers, by the rules that git has for .gitignore.


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ("*.csv\n", ["a.txt", "sub/c.txt"]),
        ("# all tables\n*.csv\n!b.csv\n", ["a.txt", "b.csv", "sub/c.txt"]),
        ("sub/\n", ["a.txt", "b.csv"]),
        ("/d.csv\n", ["a.txt", "b.csv", "sub/c.txt", "sub/d.csv"]),
        ("sub/**/d.csv\n", ["a.txt", "b.csv", "sub/c.txt"]),
        ("sub/\n!sub/c.txt\n", ["a.txt", "b.csv"]),
        ("\n   \n", ["a.txt", "b.csv", "sub/c.txt", "sub/d.csv"]),
    ],
)
def test_its_rules_are_those_of_gitignore(site, rules, left):
    put(site.inbox, "a.txt", "b.csv", "sub/c.txt", "sub/d.csv")
    (site.inbox / ".ignore").write_text(rules)
    assert names(site) == left


def test_the_nearest_file_of_rules_decides(site):
    put(site.inbox, "a.csv", "sub/b.csv", "sub/c.txt")
    (site.inbox / ".ignore").write_text("*.csv\n")
    (site.inbox / "sub/.ignore").write_text("!b.csv\nc.txt\n")
    assert names(site) == ["sub/b.csv"]


def test_a_file_that_a_user_names_is_looked_at(site):
    put(site.inbox, "a.csv")
    (site.inbox / ".ignore").write_text("*.csv\n")
    assert names(site, site.inbox / "a.csv") == ["a.csv"]


def test_rules_of_the_inbox_do_not_reach_beyond_it(site, tmp_path):
    put(tmp_path / "wire", "a.csv")
    (site.inbox / ".ignore").write_text("*.csv\n")
    assert names(site, tmp_path / "wire") == ["wire/a.csv"]


def test_a_line_that_is_no_pattern_is_named_with_its_place_and_the_others_hold(site):
    put(site.inbox, "a.txt", "b.csv")
    (site.inbox / ".ignore").write_text("!\n*.csv\n")
    found = [one for one in inbox.find(site, ()) if isinstance(one, Problem)]
    assert [(one.code, str(one.place)) for one in found] == [("ignore-pattern", ".ignore:1")]
    assert names(site) == ["a.txt"]


def test_files_in_an_archive_are_ignored_by_the_same_rules(site):
    import datetime as dt

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("a.csv", "Town,Bottles\nVellamo,11\n")
        made.writestr(
            "b.md", "# Kiln\n\nThe kiln of Vellamo burns again, the owners said on Monday, and nobody doubts it.\n"
        )
    (site.inbox / "in.zip").write_bytes(data.getvalue())
    (site.inbox / ".ignore").write_text("*.csv\n")
    outcome = ingest.run(site, (), ingest.Options(dt.datetime(2026, 3, 9, tzinfo=dt.UTC)))
    assert [row.deed for row in outcome.filed] == ["new"]
    assert [problem.code for problem in outcome.problems] == []


def test_a_name_is_covered_where_a_folder_above_it_is(site):
    (site.inbox / ".ignore").write_text("drop/\n")
    assert Ignored(site.inbox).covers("drop/deep/a.txt")
    assert not Ignored(site.inbox).covers("keep/drop")
