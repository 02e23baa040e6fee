"""The calendar runs what brings a site up to date when something is due, once; and says so to systemd and to cron."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
SETTINGS = "search = false\nshare_cards = 0\nfeed_forms = ['rss']\n"
TARGET = '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'
LATER = "2025/06/02/later/index.html"


def called(made: Workshop, *words: str, now: str = "2025-06-01T12:00:00") -> tuple[int, list[str]]:
    """The exit code of ``calendar`` and what it printed."""
    words = ("--site", str(made.root), "calendar", *words, "--now", now)
    done = CliRunner().invoke(program, words, obj=Call(made.root))
    return done.exit_code, done.output.splitlines()


@pytest.fixture
def made(workshop: Make) -> Workshop:
    return workshop(story("port", "2025-05-08"), story("later", "2025-06-02T08:00:00Z"), settings=f"{SETTINGS}{TARGET}")


def test_a_command_runs_at_first_and_then_when_something_is_due(made: Workshop):
    assert called(made, "--run", "build")[0] == 0
    assert (made.root / "output/index.html").is_file()
    (made.root / "output/index.html").unlink()
    assert called(made, "--run", "build", now="2025-06-02T07:59:00") == (0, [])
    assert not (made.root / "output/index.html").exists()
    code, lines = called(made, "--run", "build", now="2025-06-02T08:00:00")
    assert code == 0
    assert lines[0] == "2025-06-02 08:00  appears  content/stories/2025/06/later.md"
    assert (made.root / "output/index.html").is_file()
    assert called(made, "--run", "build", now="2025-06-02T08:05:00") == (0, [])


def test_what_is_held_and_has_its_day_still_to_come_is_named_with_the_reason(made: Workshop):
    made.write(story("later", "2025-06-02T08:00:00Z", status="draft", reason="embargoed by its source"))
    assert called(made) == (
        0,
        [
            "No story is due to appear, be updated or expire.",
            "1 draft does not appear on the day that is set. To let one appear, delete its lines status and reason:",
            "2025-06-02 08:00  draft    content/stories/2025/06/later.md  (embargoed by its source)",
        ],
    )


def test_what_an_editor_dated_since_is_due_too(made: Workshop):
    assert called(made, "--run", "build")[0] == 0
    made.write(story("sooner", "2025-06-01T13:00:00Z"))
    assert called(made, "--run", "build", now="2025-06-01T12:59:00") == (0, [])
    assert called(made, "--run", "build", now="2025-06-01T13:01:00")[1][0].endswith("sooner.md")


def test_each_command_is_due_by_itself(made: Workshop):
    assert called(made, "--run", "build")[0] == 0
    assert called(made, "--run", "publish live")[0] == 0
    assert (made.root.parent / "www/current/index.html").exists()
    assert called(made, "--run", "publish live") == (0, [])
    assert called(made, "--run", "publish   live") == (0, [])


def test_a_publication_that_fails_is_tried_again_until_it_succeeds(made: Workshop):
    assert called(made, "--run", "publish")[0] == 0
    broken = made.root / "content/stories/2025/05/broken.md"
    broken.write_text("---\ntitle: Broken\ndate: someday\n---\n\nText.\n")
    due = "2025-06-02T08:00:00"
    for _ in range(2):
        code, lines = called(made, "--run", "publish", now=due)
        assert code == 1
        assert lines[0].endswith("later.md")
    broken.unlink()
    assert called(made, "--run", "publish", now=due)[0] == 0
    assert called(made, "--run", "publish", now=due) == (0, [])


def test_a_look_at_what_would_change_settles_nothing(made: Workshop):
    assert called(made, "--run", "publish --dry-run")[0] == 0
    code, lines = called(made, "--run", "publish --dry-run")
    assert code == 0
    assert lines


def test_a_clock_that_goes_back_settles_nothing(made: Workshop):
    assert called(made, "--run", "build", now="2026-01-01T00:00:00")[0] == 0
    assert called(made, "--run", "build")[1] != []


@pytest.mark.parametrize("cache", [b"", b"broken", b"{}"])
def test_without_the_cache_the_command_runs(made: Workshop, cache: bytes):
    assert called(made, "--run", "build")[0] == 0
    (made.root / ".broadsheet/calendar").write_bytes(cache)
    assert called(made, "--run", "build")[1] != []


@pytest.mark.parametrize("words", ["serve", "", "'build", "new site", "ingest"])
def test_no_other_command_can_be_run(made: Workshop, words: str):
    code, lines = called(made, "--run", words)
    assert code == 2
    assert "--run" in lines[-1]


def units(folder: Path) -> dict[str, configparser.ConfigParser]:
    found = {}
    for file in folder.iterdir():
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]  # as configparser says to
        parser.read_string(file.read_text())
        found[file.name] = parser
    return found


@pytest.fixture
def odd(workshop: Make, tmp_path: Path) -> Workshop:
    """A site in a folder whose name means something to shells, to systemd and to cron."""
    made = workshop(story("port", "2025-05-08"), settings=SETTINGS)
    moved = made.root.rename(tmp_path / "my 50% $site's")
    return Workshop(moved)


def test_systemd_gets_a_service_and_a_timer_that_it_understands(odd: Workshop, tmp_path: Path):
    folder = tmp_path / "units"
    code, lines = called(odd, "--systemd", str(folder))
    assert code == 0
    found = units(folder)
    assert found.keys() == {"broadsheet-my-50-site-s.service", "broadsheet-my-50-site-s.timer"}
    service, timer = (found[f"broadsheet-my-50-site-s.{kind}"] for kind in ("service", "timer"))
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["ExecStart"].endswith('"calendar" "--run" "build"')
    assert "my 50%% $$site's" in service["Service"]["ExecStart"]
    assert service["Service"]["WorkingDirectory"] == str(odd.root).replace("%", "%%")
    assert (timer["Timer"]["OnCalendar"], timer["Install"]["WantedBy"]) == ("*:0/5", "timers.target")
    assert "systemctl --user enable --now broadsheet-my-50-site-s.timer" in lines[-1]
    verify = shutil.which("systemd-analyze")
    if verify:
        done = subprocess.run(
            [verify, "verify", *map(str, sorted(folder.iterdir()))], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_unit_that_somebody_changed_is_not_written_over(made: Workshop, tmp_path: Path):
    folder = tmp_path / "units"
    assert called(made, "--systemd", str(folder))[0] == 0
    assert called(made, "--systemd", str(folder))[0] == 0
    timer = folder / "broadsheet-site.timer"
    timer.write_text(timer.read_text().replace("0/5", "0/15"))
    mine = timer.read_text()
    service = folder / "broadsheet-site.service"
    service.unlink()
    words = ("--site", str(made.root), "calendar", "--systemd", str(folder))
    done = CliRunner().invoke(program, words, obj=Call(made.root))
    assert "[unit-there]" in str(done.exception)
    assert timer.read_text() == mine
    assert not service.exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no cron")
def test_the_line_for_cron_runs_in_a_shell(odd: Workshop):
    code, (line,) = called(odd, "--cron")
    assert code == 0
    assert line.startswith("*/5 * * * * ")
    command = line.removeprefix("*/5 * * * * ").replace(r"\%", "%")  # as cron gives it to the shell
    assert shlex.split(command)[-3:] == ["calendar", "--run", "build"]
    assert "%" not in line.replace(r"\%", "")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")
    assert (odd.root / "output/index.html").is_file()
    again = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd="/")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_where_there_is_a_target_the_timer_publishes_and_goes_by_the_sites_own_front_door(made: Workshop):
    (made.root / "build.py").write_text("")
    _, (line,) = called(made, "--cron")
    assert line.endswith(f"{made.root}/build.py calendar --run publish")


def test_no_clock_brings_a_release_back(made: Workshop):
    for asked in ("publish --rollback", "publish live --rollback --to 2025", "publish --releases"):
        code, lines = called(made, "--run", asked)
        assert code == 2
        assert "publishes nothing new" in lines[-1]


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59", "0001-01-01T00:00:00"])
def test_a_moment_at_the_end_of_time_is_wrong_usage(made: Workshop, now: str):
    for words in (("check",), ("build", "--no-ingest"), ("calendar",), ("edition", "list")):
        done = CliRunner().invoke(program, ["--site", str(made.root), *words, "--now", now], obj=Call(made.root))
        assert done.exit_code == 2, done.output
        assert "is not between the years 1000 and 9000" in done.output
