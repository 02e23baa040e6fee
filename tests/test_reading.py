"""A file that cannot be read keeps no other from being read: in a build, at the desk, on the way in, in the preview."""

import datetime as dt
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet import ingest, migrate, pipeline, storyfile
from broadsheet.errors import Report
from broadsheet.migrate.post import Post
from broadsheet.migrate.shape import Shaped
from broadsheet.migrate.shape import shape as shaped
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
    "large": HEAD.encode() + b"---\n" + b"x" * storyfile.LARGEST,
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


def test_the_story_that_is_mended_is_printed(made: Workshop):
    bad = made.site.stories / "2025/05/bad.md"
    bad.write_bytes(FILES["circle"])
    made.build()
    os.utime(bad, (dt.datetime.now(dt.UTC).timestamp() + 5,) * 2)
    bad.write_bytes(FILES["circle"].replace(b"note: &a [*a]\n", b""))
    made.build()
    assert made.problems("error") == []
    assert "Bad" in made.page("2025/05/08/bad/index.html")
