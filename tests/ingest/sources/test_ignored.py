"""A file named .ignore in the inbox keeps files from being looked at, by the rules that git has for .gitignore."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from broadsheet import config, ingest
from broadsheet.errors import Problem
from broadsheet.ingest.sources import inbox
from broadsheet.ingest.sources.ignored import Ignored


@pytest.fixture
def site(tmp_path: Path) -> config.Site:
    (tmp_path / "content" / "inbox").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    return config.open_site(tmp_path)


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def names(site: config.Site, *paths: Path) -> list[str]:
    return [found.name for found in inbox.find(site, paths) if isinstance(found, inbox.Raw)]


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
