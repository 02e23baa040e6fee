"""A file that cannot be read keeps no other from being read: in a build, at the desk, on the way in, in the preview."""

import datetime as dt
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet import content, ingest, migrate, pipeline
from broadsheet.cache import snapshot
from broadsheet.errors import Report
from broadsheet.migrate.convert import Shaped
from broadsheet.migrate.convert import shape as shaped
from broadsheet.migrate.old_site import Post
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]

LEAN = "search = false\nshare_cards = 0\n"
GOOD = story("good", "2025-05-08", title="Good")
HEAD = '---\nid: bad\ntitle: "Bad"\ndate: 2025-05-08\n'
UNFOLDS = "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghijkl", "bcdefghijklm", strict=True))  # fmt: skip
FILES: dict[str, bytes] = {
    "unfolds": f"{HEAD}{UNFOLDS}topics: *m\n---\nx\n".encode(),
    "circle": f"{HEAD}note: &a [*a]\n---\nx\n".encode(),
    "deep": f"{HEAD}note: {'[' * 100_000}\n---\nx\n".encode(),
    "bytes": random.Random(5).randbytes(20_000),
    "zeros": bytes(20_000),
    "large": HEAD.encode() + b"---\n" + b"x" * content.LARGEST,
    "open": HEAD.encode() + b"note: x\n" * 50_000,
    "empty": b"",
}


def spoil(folder: Path) -> set[str]:
    """Put files into a folder that cannot be read; what they are called in problems."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        (folder / f"{name}.md").write_bytes(data)
    os.mkfifo(folder / "pipe.md")
    (folder / "device.md").symlink_to("/dev/zero")
    (folder / "nothing.md").symlink_to("gone.md")
    Path(os.fsdecode(os.fsencode(folder) + b"/odd-\xff.md")).write_text("x")
    (folder / "two\nlines.md").write_text("x")
    return {f"{name}.md" for name in (*FILES, "pipe", "device", "nothing", "odd-\ufffd", "two\ufffdlines")}


def named(report: Report) -> set[str]:
    return {Path(problem.place.file).name for problem in report if problem.severity == "error"}


@pytest.fixture
def made(workshop: Make) -> Workshop:
    return workshop(GOOD, settings=LEAN)


@pytest.mark.parametrize("folder", ["stories/2025/05", "pages", "editions"])
def test_a_build_prints_the_others_and_reports_each(made: Workshop, folder: str):
    bad = spoil(made.site.content / folder)
    made.write("-- content/pages/about.md --\n---\ntitle: About\n---\nWe.\n")
    made.build()
    assert named(made.report) == bad
    assert "Good" in made.page("2025/05/08/good/index.html")
    assert "We." in made.page("about/index.html")


def test_a_build_that_looks_for_the_least_to_do_reports_the_same(made: Workshop):
    bad = spoil(made.site.stories)
    report = Report()
    pipeline.update(made.site, pipeline.Options(NOW), report)
    assert named(report) == bad


def test_a_preview_shows_the_others(made: Workshop):
    bad = spoil(made.site.stories)
    assert made.build(preview=True).stories == 1
    assert named(made.report) == bad


def test_the_desk_lists_the_others(made: Workshop):
    bad = spoil(made.site.stories)
    report = Report()
    assert [one.title for one in pipeline.desk(made.site, NOW, report).newspaper.stories] == ["Good"]
    assert named(report) == bad


def test_several_processes_read_the_others(made: Workshop):
    for number in range(600):  # more than one process is given alone
        made.write(story(f"s{number}", "2025-05-08"))
    bad = spoil(made.site.stories)
    report = Report()
    pipeline.build(made.site, pipeline.Options(NOW, workers=2), report)
    assert named(report) == bad


def test_ingest_files_a_source_beside_stories_that_cannot_be_read(made: Workshop):
    spoil(made.site.stories)
    made.write("-- content/inbox/new.md --\n---\ntitle: New\ndate: 2025-05-08\n---\n\nThe quay opened on Thursday.\n")
    outcome = ingest.run(made.site, (), ingest.Options(NOW))
    assert [row.deed for row in outcome.filed] == ["new"]


def test_ingest_reads_the_other_sources(made: Workshop):
    spoil(made.site.inbox)
    made.write("-- content/inbox/new.md --\n---\ntitle: New\ndate: 2025-05-08\n---\n\nThe quay opened on Thursday.\n")
    outcome = ingest.run(made.site, (), ingest.Options(NOW))
    assert [row.title for row in outcome.filed if row.deed == "new" and row.source == "new.md"] == ["New"]
    failed = {row.source for row in outcome.filed if row.deed == "failed"}
    assert failed >= {
        "unfolds.md",
        "circle.md",
        "deep.md",
        "zeros.md",
        "empty.md",
        "odd-\ufffd.md",
        "two\ufffdlines.md",
    }


@pytest.mark.parametrize("place", ["hugo.toml", "_config.yml"])
def test_an_import_takes_the_other_posts(made: Workshop, tmp_path: Path, place: str):
    old = Workshop(tmp_path / "old")
    folder = "content/posts" if place == "hugo.toml" else "_posts"
    old.write(f"-- {place} --\n-- {folder}/2025-05-08-good.md --\n---\ntitle: Other\ndate: 2025-05-08\n---\nx\n")
    for name in ("unfolds", "circle", "deep", "bytes"):
        (old.root / folder / f"2025-05-08-{name}.md").write_bytes(FILES[name])
    outcome = migrate.run(made.site, old.root)
    assert [row.deed for row in outcome.done] == ["new"]
    failed = {Path(problem.place.file).name for problem in outcome.problems if problem.severity == "error"}
    assert failed == {f"2025-05-08-{name}.md" for name in ("unfolds", "circle", "deep", "bytes")}


def test_a_post_that_no_reader_understands_keeps_no_other_from_being_imported(
    made: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def shape(post: Post, *rest: Any) -> Shaped:
        if post.slug == "bad":
            raise RecursionError("too deep")
        return shaped(post, *rest)

    monkeypatch.setattr(migrate, "shape", shape)
    old = Workshop(tmp_path / "old")
    head = "---\ntitle: T\ndate: 2025-05-08\n---\nx\n"
    old.write(f"-- hugo.toml --\n-- content/posts/bad.md --\n{head}-- content/posts/other.md --\n{head}")
    outcome = migrate.run(made.site, old.root)
    assert {row.file: row.deed for row in outcome.done} == {
        "content/posts/bad.md": "failed",
        "content/posts/other.md": "new",
    }
    assert [problem.place.file for problem in outcome.problems if problem.code == "file-fault"] == [
        "content/posts/bad.md"
    ]


def test_the_headline_on_the_page_is_what_was_typed(workshop: Make):
    typed = {"clock": "12:30", "number": "0123", "platform": "Platform #9", "word": "Off", "day": "2025-05-08"}
    stories = (
        story(name, "2025-05-08").replace(f'title: "{name.title()}"', f"title: {text}") for name, text in typed.items()
    )
    made = workshop(*stories, "-- content/pages/about.md --\n---\ntitle: 1.10\n---\nWe.\n", settings=LEAN)
    made.build()
    for name, text in typed.items():
        assert re.search(rf"<h1[^>]*>\s*{text}\s*</h1>", made.page(f"2025/05/08/{name}/index.html"))
    assert re.search(r"<h1[^>]*>\s*1\.10\s*</h1>", made.page("about/index.html"))


def test_the_story_that_is_mended_is_printed(made: Workshop):
    bad = made.site.stories / "2025/05/bad.md"
    bad.write_bytes(FILES["circle"])
    made.build()
    os.utime(bad, (dt.datetime.now(dt.UTC).timestamp() + 5,) * 2)
    bad.write_bytes(FILES["circle"].replace(b"note: &a [*a]\n", b""))
    made.build()
    assert made.problems("error") == []
    assert "Bad" in made.page("2025/05/08/bad/index.html")


HIDDEN = ["draft: true", "published: false", "status: draft", "status: private", "publishDate: 2031-01-01", "expiryDate: 2020-01-01", "draft: perhaps"]  # fmt: skip


@pytest.mark.parametrize("line", HIDDEN)
def test_a_story_that_says_that_it_is_not_for_readers_is_printed_nowhere(workshop: Make, line: str):
    key, _, value = line.partition(": ")
    made = workshop(GOOD, story("kept", "2025-05-08", title="Kept back", body="Unseen words.", **{key: value}))
    made.build()
    assert all(b"Kept back" not in data and b"Unseen words" not in data for data in made.output().values())
    assert "Good" in made.page("index.html")


@pytest.mark.parametrize("line", HIDDEN)
def test_a_page_that_says_that_it_is_not_for_readers_is_printed_nowhere(workshop: Make, line: str):
    made = workshop(GOOD, f"-- content/pages/plan.md --\n---\ntitle: Kept back\n{line}\n---\nUnseen words.\n")
    made.build()
    assert all(b"Kept back" not in data and b"Unseen words" not in data for data in made.output().values())
    told = [str(problem.place) for problem in made.problems() if problem.code == "held"]
    assert told == ([] if line == "status: draft" else ["content/pages/plan.md:3"])
    made.build(preview=True)
    assert "Unseen words" in made.page("plan/index.html")


@pytest.mark.parametrize("line", ["draft: false", "published: true", "status: published", "publishDate: 2020-01-01"])
def test_a_page_that_says_that_it_is_for_readers_is_printed(workshop: Make, line: str):
    made = workshop(GOOD, f"-- content/pages/plan.md --\n---\ntitle: Plan\n{line}\n---\nWords.\n")
    made.build()
    assert "Words." in made.page("plan/index.html")


def test_a_story_under_an_embargo_is_printed_from_its_end_on_under_its_own_date(workshop: Make):
    made = workshop(GOOD, story("kept", "2025-05-08", publishDate="2025-06-02"))
    built = made.build(now=dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    assert built.next
    assert built.next.moment == dt.datetime(2025, 6, 2, tzinfo=dt.UTC)
    assert not (made.root / "output/2025/05/08/kept").exists()
    made.build(now=dt.datetime(2025, 6, 2, 1, tzinfo=dt.UTC))
    assert "Kept" in made.page("2025/05/08/kept/index.html")


def test_a_page_with_a_day_to_come_is_looked_at_in_every_build(workshop: Make):
    """Nothing of the site changes when that day comes: a build that takes it for done would never print the page."""
    made = workshop(
        GOOD, "-- content/pages/plan.md --\n---\ntitle: Plan\nembargo: 2025-07-01\n---\nWords.\n", settings=LEAN
    )
    made.build()
    assert [problem.code for problem in made.problems("note")] == ["page-timed"]
    assert {problem.code for problem in made.problems("note")} <= snapshot.LACKS


@pytest.mark.parametrize("line", ["draft: true", "publishDate: 2031-01-01", "expiryDate: 2020-01-01", "status: draft"])
def test_a_note_on_an_edition_that_says_that_it_is_not_for_readers_is_left_out(workshop: Make, line: str):
    made = workshop(GOOD, f"-- content/editions/2025-05-08.md --\n---\ntitle: Kept back\n{line}\n---\nUnseen words.\n")
    made.build()
    assert all(b"Kept back" not in data and b"Unseen words" not in data for data in made.output().values())
    assert [str(problem.place) for problem in made.problems("error")] == ["content/editions/2025-05-08.md:3"]


@pytest.mark.parametrize("name", ["digest", "words", "lead"])
def test_a_taxonomy_called_like_a_value_of_a_story_groups_stories_and_changes_none_of_them(workshop, name: str):
    made = workshop(
        story("ferry", "2025-05-07", body="The ferry sails.", **{name: "Harbour"}),
        settings=f'[tool.broadsheet.taxonomies]\n{name} = "Groups"\n',
    )
    [one] = made.build().newspaper.stories
    assert one.terms == {name: ("Harbour",)}
    assert (one.lead, one.words) == ("The ferry sails.", 3)
    assert "groups/harbour/index.html" in made.output()
