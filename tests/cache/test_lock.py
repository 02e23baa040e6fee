"""The lock on a site: one holder at a time, known by name, and free as soon as its process has ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.cache import lock
from broadsheet.errors import BroadsheetError

PATIENCE = 20  # seconds after which a thread or program that should go on counts as stuck

HOLD = """
import os, resource, sys
from pathlib import Path
from broadsheet.cache import lock
if sys.argv[3:] == ["full"]:  # as on a disk without room
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
with lock.held(Path(sys.argv[1]), sys.argv[2]):
    child = os.fork() if sys.argv[3:] == ["fork"] else -1
    if child:
        print(child, flush=True)
    sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders are locked on POSIX systems")


@contextlib.contextmanager
def program(root: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another program that holds the lock until its input ends; and the child that it forked, if it was to."""
    command = [sys.executable, "-c", HOLD, str(root), *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield process, int(process.stdout.readline())
        process.stdin.close()


@contextlib.contextmanager
def thread(root: Path, command: str) -> Iterator[threading.Event]:
    """Another thread that holds the lock until an event is set."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.held(root, command):
            taken.set()
            over.wait(PATIENCE)

    worker = threading.Thread(target=hold)
    worker.start()
    assert taken.wait(PATIENCE)
    try:
        yield over
    finally:
        over.set()
        worker.join()


def refused(root: Path, command: str = "build") -> str:
    """What is said to a command that finds the site locked."""
    with pytest.raises(BroadsheetError) as caught, lock.held(root, command):
        pass
    assert caught.value.problem.code == "busy"
    return str(caught.value)


def free(root: Path) -> bool:
    with lock.held(root, "build"):
        return True


def test_a_second_program_is_told_at_once_which_command_and_process_is_at_work_and_since_when(tmp_path: Path):
    with program(tmp_path, "ingest") as (process, _):
        holder = lock.holder(tmp_path)
        assert holder
        assert (holder.pid, holder.command) == (process.pid, "ingest")
        said = refused(tmp_path)
        assert f"broadsheet ingest (process {process.pid}, since {holder.since:%Y-%m-%d %H:%M:%S}) is working" in said
    assert free(tmp_path)


def test_whoever_holds_the_lock_may_take_it_again_and_keeps_it_until_the_first_lets_go(tmp_path: Path):
    site, link = tmp_path / "site", tmp_path / "link"
    site.mkdir()
    link.symlink_to(site)
    with lock.held(site, "publish"):
        with lock.held(link, "build"):
            pass
        holder = lock.holder(site)
        assert holder
        assert holder.command == "publish"
        said: list[str] = []
        other = threading.Thread(target=lambda: said.append(refused(site)))
        other.start()
        other.join()
        assert "broadsheet publish" in said[0]
    assert free(site)


def test_a_lock_whose_holder_was_killed_is_free_also_while_a_process_that_it_forked_lives_on(tmp_path: Path):
    with program(tmp_path, "build", "fork") as (process, child):
        refused(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        os.kill(child, 0)  # it is there still
        assert lock.holder(tmp_path) is None
        assert free(tmp_path)
        os.kill(child, signal.SIGKILL)


def test_a_cache_that_is_deleted_meanwhile_opens_no_second_way_in(tmp_path: Path):
    with program(tmp_path, "build"):
        shutil.rmtree(tmp_path / ".broadsheet")
        assert "another program is working" in refused(tmp_path)
    assert free(tmp_path)


def test_a_lock_that_cannot_be_noted_is_held_all_the_same(tmp_path: Path):
    with program(tmp_path, "build", "full"):
        assert "another program is working" in refused(tmp_path)
    assert free(tmp_path)


@pytest.mark.parametrize("what", ["folder", "pipe", "link to nothing"])
def test_what_stands_in_the_place_of_the_note_makes_way(tmp_path: Path, what: str):
    note = tmp_path / ".broadsheet/lock"
    note.parent.mkdir()
    if what == "folder":
        (note / "in it").mkdir(parents=True)
    elif what == "pipe":
        os.mkfifo(note)
    else:
        note.symlink_to("nowhere")
    with program(tmp_path, "build") as (process, _):
        assert f"broadsheet build (process {process.pid}" in refused(tmp_path)
    assert free(tmp_path)


def test_a_link_in_the_place_of_the_note_is_not_followed(tmp_path: Path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear")
    (tmp_path / ".broadsheet").mkdir()
    (tmp_path / ".broadsheet/lock").symlink_to(letter)
    with program(tmp_path, "build") as (process, _):
        assert f"broadsheet build (process {process.pid}" in refused(tmp_path)
    assert letter.read_text() == "Dear"


def test_a_pipe_in_the_place_of_the_note_keeps_nobody_waiting_who_asks_for_the_holder(tmp_path: Path):
    with program(tmp_path, "build"):
        (tmp_path / ".broadsheet/lock").unlink()
        os.mkfifo(tmp_path / ".broadsheet/lock")
        assert lock.holder(tmp_path) is None
        assert "another program is working" in refused(tmp_path)
    assert free(tmp_path)


def test_a_note_of_a_program_that_has_ended_names_nobody(tmp_path: Path):
    with program(tmp_path, "build") as (process, _):
        kept = (tmp_path / ".broadsheet/lock").read_bytes()
    assert process.poll() is not None
    with thread(tmp_path, "ingest"):
        (tmp_path / ".broadsheet/lock").write_bytes(kept)  # as where the holder could not note itself
        assert "another program is working" in refused(tmp_path)


def test_a_cache_that_cannot_be_made_is_told_in_words(tmp_path: Path):
    (tmp_path / ".broadsheet").write_text("a file")
    with (
        pytest.raises(BroadsheetError, match=r"\.broadsheet: error: cannot write: File exists"),
        lock.held(tmp_path, "x"),
    ):
        pass


def test_where_the_system_locks_no_folders_a_file_keeps_programs_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import errno
    import fcntl

    real = fcntl.flock

    def flock(handle: int, how: int) -> None:
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "as NFS says of what is not open for writing")
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with thread(tmp_path, "ingest"):
        assert "broadsheet ingest" in refused(tmp_path)
    assert free(tmp_path)


def test_a_command_waits_for_the_build_of_a_preview_and_then_goes_on(tmp_path: Path):
    asked: list[Any] = []
    with thread(tmp_path, lock.PREVIEW) as over:

        def waiting(holder: lock.Holder | None) -> None:
            asked.append(holder)
            over.set()

        with lock.held(tmp_path, "ingest", waiting):
            pass
    assert asked[0].command == "serve"


def test_a_command_waits_for_a_preview_that_builds_no_end_only_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    with thread(tmp_path, lock.PREVIEW):
        assert "broadsheet serve" in refused(tmp_path)


def test_a_preview_waits_for_any_command_until_what_it_does_meanwhile_ends_the_wait(tmp_path: Path):
    class HaltedError(Exception):
        pass

    turns: list[lock.Holder | None] = []

    def waiting(holder: lock.Holder | None) -> None:
        turns.append(holder)
        if len(turns) == 5:
            raise HaltedError

    with thread(tmp_path, "publish") as over:
        with pytest.raises(HaltedError), lock.held(tmp_path, lock.PREVIEW, waiting):
            pass
        assert [turn.command if turn else "" for turn in turns] == ["publish"] * 5
        with lock.held(tmp_path, lock.PREVIEW, lambda _: over.set()):
            pass
    assert free(tmp_path)


def test_nothing_is_left_where_nothing_else_was_kept(tmp_path: Path):
    with lock.held(tmp_path, "new"):
        assert (tmp_path / ".broadsheet/lock").exists()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".broadsheet").mkdir()
    (tmp_path / ".broadsheet/cache.db").touch()
    with lock.held(tmp_path, "build"):
        pass
    assert [file.name for file in (tmp_path / ".broadsheet").iterdir()] == ["cache.db"]
