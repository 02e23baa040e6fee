"""The search index: what is in it, when it is made again, what is shipped, what happens without the program."""

import datetime as dt
import gzip
import json
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from broadsheet.cache import snapshot
from broadsheet.publish.bundle import kind
from broadsheet.render import search
from broadsheet.render.search import pagefind
from broadsheet.render.search.pagefind import MARK, settled
from tests.conftest import Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
PROGRAM = pagefind.program()
needs_program = pytest.mark.skipif(PROGRAM is None, reason="Pagefind has no program for this machine")

ONE = story(
    "one", "2025-05-07", section="World", topics="[Rome, Vote]", authors="[Ada Reed]", body="The *ferry* leaves."
)
TWO = story("two", "2025-05-08", section="Science", topics="[Rome]", summary="A moon.")


def index(made: Workshop) -> dict[str, bytes]:
    return {path: data for path, data in made.output().items() if path.startswith("pagefind/")}


def fragments(files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """What the index says of each story, by address."""
    found = (gzip.decompress(data).removeprefix(MARK) for path, data in files.items() if path.endswith(".pf_fragment"))
    return {str(one["url"]): one for one in map(json.loads, found)}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many stories were indexed, each time."""
    found: list[int] = []
    made = pagefind.index

    def counting(program: Path, records: list[pagefind.Record], language: str) -> dict[str, bytes]:
        found.append(len(records))
        return made(program, records, language)

    monkeypatch.setattr(pagefind, "index", counting)
    monkeypatch.setattr("broadsheet.pipeline.cores", lambda: 1)
    return found


@needs_program
def test_every_story_is_found_by_its_words_and_what_narrows_a_search(workshop: Make):
    made = workshop(ONE, TWO, story("three", "2025-05-09", status="draft"))
    made.build()
    assert not made.problems()
    found = fragments(index(made))
    assert set(found) == {"2025/05/07/one/", "2025/05/08/two/"}
    one = found["2025/05/07/one/"]
    assert one["content"] == "The ferry leaves."
    assert one["filters"] == {
        "section": ["World"],
        "topic": ["Rome", "Vote"],
        "author": ["Ada Reed"],
        "date": ["2025-05"],
    }
    assert isinstance(one["meta"], dict)
    assert {"title": "One", "date": "2025-05-07", "summary": "The ferry leaves."}.items() <= one["meta"].items()


@needs_program
def test_only_what_a_search_page_needs_is_shipped_and_every_piece_may_be_kept_for_ever(workshop: Make):
    made = workshop(ONE, TWO)
    made.build()
    files = index(made)
    assert {path for path in files if ".pf_" not in path} == {
        "pagefind/pagefind.js", "pagefind/pagefind-worker.js", "pagefind/pagefind-entry.json", "pagefind/wasm.en.pagefind",
    }  # fmt: skip
    assert {kind(path) for path in files if ".pf_" in path} == {"digested"}
    assert kind("pagefind/pagefind-entry.json") == "asset"


@needs_program
def test_the_index_is_made_again_only_when_a_story_says_something_else(workshop: Make, counted: list[int]):
    made = workshop(ONE, TWO)
    made.build()
    before = index(made)
    made.write(ONE.replace("section", "priority: brief\nsection"))
    made.build()
    assert counted == [2]
    assert index(made) == before
    made.write(ONE.replace("ferry", "boat"))
    made.build()
    assert counted == [2, 2]
    assert "boat" in str(fragments(index(made))["2025/05/07/one/"]["content"])
    assert len(fragments(index(made))) == 2


@needs_program
def test_a_file_of_the_index_that_was_damaged_is_made_again(workshop: Make):
    made = workshop(ONE, TWO)
    made.build()
    before = index(made)
    path = min(path for path in before if path.endswith(".pf_fragment"))
    (made.root / "output" / path).write_bytes(b"damaged")
    (made.root / "output/pagefind/pagefind.js").unlink()
    made.build()
    assert index(made) == before


@needs_program
def test_the_same_stories_make_the_same_index_byte_for_byte(workshop: Make):
    made = workshop(ONE, TWO, *(story(f"s{n}", "2025-05-08", topics=f"[T{n % 5}, U{n % 3}]") for n in range(30)))
    made.build()
    before = index(made)
    for _ in range(3):
        shutil.rmtree(made.root / "output")
        shutil.rmtree(made.root / ".broadsheet")
        made.build()
        assert index(made) == before


@needs_program
def test_a_part_of_the_index_is_left_as_it_is_when_another_changes(workshop: Make, counted: list[int], monkeypatch):
    monkeypatch.setattr(search, "PART", 2)
    old = [story(f"old{n}", f"2025-0{1 + n // 2}-0{1 + n}") for n in range(6)]
    made = workshop(*old)
    made.build()
    assert sorted(counted) == [2, 2, 2]
    before = index(made)
    assert {path.split("/")[1] for path in before if path.count("/") > 2} == {"2025-02-03", "2025-03-05"}
    counted.clear()
    made.write(old[4].replace("A body.", "News."))
    made.build()
    assert counted == [2]
    after = index(made)
    assert {path for path in before if after.get(path) != before[path]} <= {p for p in before if "2025-03-05/" in p}
    counted.clear()
    made.write(story("new", "2025-04-01"))
    made.build()
    assert counted == [1]
    assert b'[["2025-02-03/",1.0],["2025-03-05/",1.0],["2025-04-01/",2.5]].map' in index(made)["pagefind/pagefind.js"]
    (made.root / "content/stories/2025/04/new.md").unlink()
    made.build()
    assert index(made) == after


@needs_program
def test_without_search_there_is_no_index_and_one_that_was_there_is_removed(workshop: Make):
    made = workshop(ONE)
    made.build()
    assert index(made)
    made.write('-- pyproject.toml --\n[tool.broadsheet]\nurl = "https://example.org/"\nsearch = false\n')
    made.build()
    assert not index(made)
    assert not made.problems("note")


def test_a_preview_has_no_index(workshop: Make):
    made = workshop(ONE)
    made.build(preview=True)
    assert not index(made)


def test_a_missing_program_is_a_warning_with_the_remedy(workshop: Make, monkeypatch):
    monkeypatch.setattr(pagefind, "program", lambda: None)
    made = workshop(ONE)
    made.build()
    (problem,) = made.problems()
    assert (problem.severity, problem.code) == ("warning", "search-missing")
    assert "pip install pagefind-bin" in problem.hint
    assert problem.code in snapshot.LACKS  # the build after the remedy is not taken for one in which nothing changed
    assert "One" in made.page("2025/05/07/one/index.html")


@needs_program
def test_a_program_that_fails_leaves_the_index_as_it_was(workshop: Make, monkeypatch, tmp_path: Path):
    made = workshop(ONE, TWO)
    made.build()
    before = index(made)
    broken = tmp_path / "pagefind"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(pagefind, "program", lambda: broken)
    made.write(ONE.replace("ferry", "boat"))
    made.build()
    (problem,) = made.problems()
    assert (problem.severity, problem.code) == ("error", "search-failed")
    assert index(made) == before
    assert "boat" in made.page("2025/05/07/one/index.html")


@needs_program
def test_a_program_that_fails_beside_a_part_that_was_deleted_is_told_and_stops_nothing(
    workshop: Make, monkeypatch, tmp_path: Path
):
    made = workshop(ONE, TWO)
    made.build()
    before = index(made)
    shutil.rmtree(made.root / "output/pagefind")
    with monkeypatch.context() as patch:
        patch.setattr(pagefind, "program", lambda: tmp_path)  # a folder cannot be run
        made.build()
    assert [(problem.severity, problem.code) for problem in made.problems()] == [("error", "search-failed")]
    made.build()
    assert not made.problems()
    assert index(made) == before


@needs_program
def test_chinese_without_the_extended_program_is_a_warning(workshop: Make):
    assert PROGRAM is not None
    made = workshop(ONE, settings='language = "zh-CN"\n')
    made.build()
    extended = pagefind.EXTENDED in str(PROGRAM)
    assert [problem.code for problem in made.problems("warning")] == ([] if extended else ["search-words"])


def test_only_the_words_of_a_body_are_indexed():
    html = '<p>A <em>f</em>erry &amp; a<br>boat</p><p><a href="/x" title="a > b">pier</a></p><img alt="x > y">'
    assert search.plain(html) == "A ferry & a boat pier"


class Dated(msgspec.Struct, frozen=True):
    """An entry as far as its part depends on it."""

    day: str
    number: int = 0
    home: str = ""


def parts_of(days: list[Dated]) -> dict[str, list[Dated]]:
    return search.parts(days)  # type: ignore[arg-type,return-value]  # no more than the day is looked at


def test_a_part_of_the_archive_ends_with_a_month_and_newer_ones_are_ever_smaller():
    days = [Dated(f"2025-{month:02}-{1 + n // 20:02}") for month in range(1, 12) for n in range(400)]
    parts = {name: len(part) for name, part in parts_of(days).items()}
    assert list(parts.items())[:3] == [("", 1200), ("2025-04-01", 1200), ("2025-07-01", 1200)]
    newer = list(parts.values())[3:]
    assert sum(newer) == 800
    assert newer == sorted(newer, reverse=True)
    assert newer[0] == 260  # of whole days
    assert newer[-1] <= 20


def test_a_story_of_today_leaves_nearly_every_part_as_it_is_and_is_in_a_small_one():
    first = dt.date(2021, 1, 1)
    days = [Dated((first + dt.timedelta(n // 7)).isoformat(), n) for n in range(3000)]
    indexed, most, sizes, before = 0, 0, list[int](), dict[str, list[Dated]]()
    for count in range(1, len(days) + 1):
        after = parts_of(days[:count])
        assert [day for part in after.values() for day in part] == days[:count]
        changed = [len(part) for name, part in after.items() if before.get(name) != part]
        indexed += sum(changed)
        sizes.append(len(list(after.values())[-1]))
        most = max(most, len(after))
        before = after
    assert max(sizes[20:]) <= 25
    assert indexed <= 16 * len(days)  # where each was indexed with a thousand others before
    assert most <= 3 + 3 * 4


def test_a_story_of_long_ago_moves_no_other_to_another_part():
    days = [Dated(f"20{year}-{month:02}-05") for year in range(20, 25) for month in range(1, 13) for _ in range(100)]
    before, after = parts_of(days), parts_of(sorted([*days, Dated("2021-03-07", 1)], key=lambda one: one.day))
    assert [name for name in after if before.get(name) != after[name]] == ["2020-11-05"]


def test_files_of_another_build_of_pagefind_are_left_as_they_came():
    files = {"filter/en_1234567.pf_filter": b"?", "pagefind.en_0123456789.pf_meta": gzip.compress(b"pagefind_dcd\xa0")}
    assert settled(files) == files


def test_tables_in_another_order_become_the_same_files():
    def table(*items: bytes) -> bytes:
        return bytes([0x80 | len(items)]) + b"".join(items)

    def text(words: str) -> bytes:
        return bytes([0x60 | len(words)]) + words.encode()

    def made(turn: int) -> dict[str, bytes]:
        values = [table(text(name), table()) for name in ("a", "b")][::turn]
        names = {"topic": f"en_{turn + 1111111}", "section": "en_2222222"}
        held = [table(text(name), text(stem)) for name, stem in names.items()][::turn]
        meta = table(text("1.5.2"), table(), table(), table(*held), table(), table())
        filters = {
            f"filter/{names['topic']}.pf_filter": table(text("topic"), table(*values)),
            "filter/en_2222222.pf_filter": table(text("section"), table()),
        }
        files = {path: gzip.compress(MARK + data) for path, data in filters.items()}
        files[f"pagefind.en_{turn + 1000000000}.pf_meta"] = gzip.compress(MARK + meta)
        files["pagefind-entry.json"] = json.dumps({"hash": f"en_{turn + 1000000000}"}).encode()
        return files

    one, other = settled(made(1)), settled(made(-1))
    assert one == other
    named = re.findall(rb"en_[0-9a-f]{7,}", one["pagefind-entry.json"])
    assert f"pagefind.{named[0].decode()}.pf_meta" in one
