"""What happens to a site when a build is killed, or the system refuses: every file is whole, and the next build right."""

import contextlib
import datetime as dt
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, build
from tests.conftest import NOW, SETTINGS, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]

KILLS = int(os.environ.get("BROADSHEET_KILLS", "8"))  # moments at which a build is killed; by hand it may be hundreds
AS_OF = "2025-06-01T12:00:00"
NOBODY = 65534
LEAN = "search = false\nshare_cards = 0\n"
RETITLED = f"-- pyproject.toml --\n{SETTINGS.replace('Daily', 'Weekly')}{LEAN}"  # every page is another
THREE = (
    story("one", "2025-05-07", section="World"),
    story("two", "2025-05-08", section="World"),
    story("three", "2025-05-08", section="Science"),
)


def run(made: Workshop, *within: str) -> subprocess.Popen[str]:
    """A real build, as a program of its own."""
    command = [sys.executable, "-m", "broadsheet", "--site", str(made.root), "build", "--no-ingest", "--now", AS_OF]
    return subprocess.Popen([*within, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a program ended, and what it said."""
    said, _ = process.communicate()
    return process.returncode, said


def clean(made: Workshop) -> dict[str, bytes]:
    """What a build of the same content makes where nothing was built before."""
    with tempfile.TemporaryDirectory() as folder:
        other = Workshop(Path(folder) / "site")
        ignored = shutil.ignore_patterns("output", ".broadsheet")
        shutil.copytree(made.root, other.root, symlinks=True, ignore=ignored)
        other.build()
        return pages(other)


def pages(made: Workshop) -> dict[str, bytes]:
    """Every file of the built site, but for the scraps that a killed build leaves and the list of files."""
    hidden = {path: data for path, data in made.output().items() if path.rpartition("/")[2].startswith(".")}
    assert all(path in {".broadsheet", ".gitignore"} or path.endswith(".tmp") for path in hidden)
    return {path: data for path, data in made.output().items() if path not in hidden}


def many(title: str, number: int) -> list[str]:
    days = [f"2025-05-{day:02}" for day in range(1, 29)]
    return [
        story(f"s{n}", days[n % len(days)], title=f"{title} {n}", section=("World", "Science")[n % 2], topics="[Rome]")
        for n in range(number)
    ]


def test_a_build_that_is_killed_at_any_moment_leaves_whole_files_and_the_next_one_is_right(workshop: Make):
    made = workshop(*many("Old", 60), "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n", settings=LEAN)
    made.build()
    old, kept = pages(made), made.root.with_name("kept")
    shutil.copytree(made.root, kept)
    for text in (*many("New", 56), RETITLED):
        made.write(text)
    for number in (56, 57, 58, 59):
        next(made.root.glob(f"content/stories/**/s{number}.md")).unlink()
    new = clean(made)
    started = time.monotonic()
    assert finished(run(made))[0] == 0
    longest = time.monotonic() - started
    assert pages(made) == new
    dice = random.Random(6)
    between = 0
    for _ in range(KILLS):
        for part in ("output", ".broadsheet"):
            shutil.rmtree(made.root / part)
            shutil.copytree(kept / part, made.root / part)  # with the times that the cache knows
        process = run(made)
        time.sleep(dice.uniform(0, longest))
        process.kill()
        process.communicate()
        found = pages(made)
        assert all(data in (old.get(path), new.get(path)) for path, data in found.items())
        assert old.keys() & new.keys() <= found.keys()
        between += found not in (old, new)
        mended(made)
        assert pages(made) == new
    assert between or KILLS < 30


def mended(made: Workshop) -> None:
    """The next build; what the killed one still has of workers may need a moment to notice."""
    for _ in range(200):
        with contextlib.suppress(BroadsheetError):
            made.build()
            return
        time.sleep(0.05)
    made.build()


@contextlib.contextmanager
def crowded(folder: Path, size: int) -> Iterator[tuple[str, ...]]:
    """A folder with room for so many bytes and no more; what a program must be run within to feel it."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        yield ("sh", "-c", 'ulimit -f 12; exec "$@"', "sh")  # not root: the size of files is what can be limited
        return
    try:
        yield ()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_is_half_written_and_the_next_build_is_right(workshop: Make):
    made = workshop(*many("Old", 30), settings=LEAN)
    expected = clean(made)
    (made.root / "output").mkdir()
    with crowded(made.root / "output", sum(map(len, expected.values())) // 2) as limit:
        code, said = finished(run(made, *limit))
        assert code == 1
        assert "Traceback" not in said
        assert re.search("cannot (write|be written)", said)
        assert "free space" in said
        found = pages(made)
        assert found.keys() < expected.keys()
        assert all(data == expected[path] for path, data in found.items())
        if not limit:
            subprocess.run(["mount", "-o", "remount,size=64m", str(made.root / "output")], check=True)
        assert finished(run(made))[0] == 0
        assert pages(made) == expected


def test_a_full_disk_below_the_cache_is_told_and_the_next_build_is_right(workshop: Make):
    made = workshop(*many("Old", 30), settings=LEAN)
    (made.root / ".broadsheet").mkdir()
    with crowded(made.root / ".broadsheet", 100_000) as limit:
        code, said = finished(run(made, *limit))
        assert code == 1
        assert "Traceback" not in said
        assert "the free space" in said
    made.build()
    assert pages(made) == clean(made)


@pytest.fixture
def owned(workshop: Make) -> Iterator[Workshop]:
    """A built site whose owner has no more rights than any user, and is who this process is for the test."""
    made = workshop(*THREE, settings=LEAN)
    made.build()  # whatever is imported late is imported now
    if os.geteuid():
        yield made
        return
    with tempfile.TemporaryDirectory() as folder:
        moved = Workshop(Path(folder) / "site")
        shutil.move(made.root, moved.root)
        for path in (Path(folder), moved.root, *moved.root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield moved
        finally:
            os.seteuid(0)


def test_a_read_only_file_is_replaced_and_a_read_only_folder_is_told(owned: Workshop):
    page, folder = "2025/05/07/one/index.html", owned.root / "output/2025/05/08/two"
    (owned.root / "output" / page).chmod(0o444)
    folder.chmod(0o555)
    owned.write(RETITLED)
    before = owned.page("2025/05/08/two/index.html")
    owned.build()
    (problem,) = owned.problems("error")
    assert "cannot write: Permission denied" in str(problem)
    assert "output/2025/05/08/two" in str(problem)
    assert "Weekly" in owned.page(page)
    assert owned.page("2025/05/08/two/index.html") == before
    folder.chmod(0o755)
    owned.build()
    assert not owned.problems("error")
    assert pages(owned) == clean(owned)


@pytest.mark.parametrize(("path", "mode"), [(".broadsheet", 0o555), (".broadsheet/cache.db", 0o444)])
def test_a_cache_that_is_not_to_be_written_is_told_in_words(owned: Workshop, path: str, mode: int):
    owned.write(story("one", "2025-05-07", title="New", section="World"))
    (owned.root / path).chmod(mode)
    with contextlib.suppress(BroadsheetError):
        owned.build()
    (owned.root / path).chmod(0o755)
    owned.build()
    assert not owned.problems("error")
    assert pages(owned) == clean(owned)


def test_a_story_that_may_not_be_read_is_told_and_the_others_go_out(owned: Workshop):
    file = owned.root / "content/stories/2025/05/one.md"
    file.chmod(0)
    assert owned.build().stories == 2
    (problem,) = owned.problems("error")
    assert "one.md: error: cannot read: Permission denied" in str(problem)
    file.chmod(0o644)
    owned.build()
    assert pages(owned) == clean(owned)


def meanwhile(made: Workshop, do: Callable[[], object]) -> Report:
    """A build in whose midst something happens: its problems."""

    def ready(*_: object) -> None:
        do()

    report = Report()
    build(made.site, Options(NOW), report, ready=ready)
    return report


def settled_and_built(made: Workshop) -> None:
    """A build so long after the last edit that the next one need not read the stories again."""
    time.sleep(0.05)
    made.build()


def test_a_source_that_vanishes_during_the_build_is_told_and_its_page_stays(workshop: Make):
    made = workshop(*THREE, settings=LEAN)
    settled_and_built(made)
    file, before = made.root / "content/stories/2025/05/one.md", made.page("2025/05/07/one/index.html")
    made.write(RETITLED)
    (problem, *_) = meanwhile(made, file.unlink)
    assert "cannot read: No such file" in str(problem)
    assert made.page("2025/05/07/one/index.html") == before
    made.build()
    assert pages(made) == clean(made)


def test_a_source_that_is_changed_and_put_back_around_the_drawing_leaves_no_trace(workshop: Make):
    made = workshop(*THREE, "-- content/pictures/p.png --\nno picture\n", settings=LEAN)
    made.write(story("one", "2025-05-07", body="As it is.", section="World"))
    settled_and_built(made)
    file = made.root / "content/stories/2025/05/one.md"
    as_it_is = file.read_bytes()
    made.write(RETITLED)
    report = meanwhile(made, lambda: file.write_bytes(as_it_is.replace(b"As it is", b"For a moment")))
    assert {problem.code for problem in report} == {"changed"}
    file.write_bytes(as_it_is)
    made.build()
    assert "For a moment" not in made.page("2025/05/07/one/index.html")
    assert pages(made) == clean(made)


def test_a_source_that_is_changed_after_it_was_read_is_printed_as_it_was_read(workshop: Make):
    made = workshop(*THREE, settings=LEAN)
    made.build()
    file = made.root / "content/stories/2025/05/one.md"
    made.write(story("one", "2025-05-07", body="As it is.", section="World"))
    as_it_is = file.read_bytes()
    assert not meanwhile(made, lambda: file.write_bytes(as_it_is.replace(b"As it is", b"Later on"))).count("error")
    assert "As it is." in made.page("2025/05/07/one/index.html")
    made.build()
    assert "Later on." in made.page("2025/05/07/one/index.html")
    assert pages(made) == clean(made)


def test_a_source_that_is_put_back_after_it_was_read_leaves_no_trace(workshop: Make):
    made = workshop(*THREE, settings=LEAN)
    file = made.root / "content/stories/2025/05/one.md"
    as_it_is = file.read_bytes()
    made.build()
    file.write_bytes(as_it_is + b"For a moment.\n")
    meanwhile(made, lambda: file.write_bytes(as_it_is))
    made.build()
    assert "For a moment" not in made.page("2025/05/07/one/index.html")
    assert pages(made) == clean(made)


def test_links_that_lead_in_circles_are_no_endless_site(workshop: Make):
    made = workshop(*THREE, "-- content/pictures/x.txt --\nx\n", settings=LEAN)
    for link, target in (
        ("content/stories/loop", "."),
        ("content/stories/2025/up", "../.."),
        ("content/pictures/loop", ".."),
        ("content/stories/self.md", "self.md"),
        ("content/pages", "pages"),
        ("themes/broadsheet/static/loop", ".."),
        ("themes/broadsheet/templates/loop", "."),
    ):
        (made.root / link).parent.mkdir(parents=True, exist_ok=True)
        (made.root / link).symlink_to(target)
    assert made.build().stories == 3
    assert {str(problem.place) for problem in made.problems("error")} == {"content/stories/self.md", "content/pages/"}
    assert pages(made) == clean(made)


def test_a_clock_that_jumps_back_hides_no_edit(workshop: Make):
    made = workshop(*THREE, settings=LEAN)
    made.build()
    file = made.root / "content/stories/2025/05/one.md"
    file.write_bytes(file.read_bytes().replace(b"A body", b"B body"))
    os.utime(file, (0, 0))
    made.build(now=NOW - dt.timedelta(days=5))
    assert "B body" in made.page("2025/05/07/one/index.html")
    assert pages(made) == clean(made)


def test_an_edit_of_equal_size_at_one_time_of_change_is_seen(workshop: Make):
    made = workshop(*THREE, settings=LEAN)
    file = made.root / "content/stories/2025/05/one.md"
    made.build()
    for word in ("Body", "Bodz", "Body"):
        before = file.stat()
        file.write_bytes(file.read_bytes()[:-6] + f"{word}.\n".encode())
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        made.build()
        assert word in made.page("2025/05/07/one/index.html")


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:100],
        lambda data: data[:0],
        lambda data: bytes(len(data)),
        lambda data: b"not a database" + data[14:],
        lambda data: data.replace(b"One", b"Own"),
        lambda data: bytes(byte ^ (0x40 if place % 997 == 500 else 0) for place, byte in enumerate(data)),
    ],
)
@pytest.mark.parametrize("file", ["cache.db", "cache.db-wal", "snapshot"])
def test_a_cache_that_was_cut_or_garbled_changes_no_page(workshop: Make, file: str, harm: Callable[[bytes], bytes]):
    made = workshop(*THREE, settings=LEAN)
    made.build()
    harmed = made.root / ".broadsheet" / file
    harmed.write_bytes(harm(harmed.read_bytes() if harmed.exists() else bytes(50_000)))
    made.write(story("one", "2025-05-07", title="New", section="World"))
    made.build()
    assert not made.problems()
    assert pages(made) == clean(made)


def test_a_cache_of_another_version_reads_as_empty(workshop: Make, monkeypatch: pytest.MonkeyPatch):
    made = workshop(*THREE, settings=LEAN)
    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.pipeline.__version__", "0.0.1")
        made.build()
    assert made.build().printed.drawn > 0
    assert pages(made) == clean(made)


def test_of_two_builds_at_once_one_is_told_to_wait_and_the_site_is_right(workshop: Make):
    made = workshop(*many("Old", 40), settings=LEAN)
    both = [run(made), run(made)]
    codes, said = zip(*sorted(map(finished, both)), strict=True)
    assert "Traceback" not in "".join(said)
    if codes != (0, 0):  # else the first had ended before the second began
        assert codes == (0, 1)
        assert re.search(r"broadsheet build \(process \d+, since .*\) is working on this site", "".join(said))
        assert "Wait for it to end" in "".join(said)
    assert pages(made) == clean(made)
