"""What a person has touched is never written over, whenever it was touched; and files are whole or not there."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet import disk
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError

OLD, NEW, EDIT = b"as it was made\n", b"as it is made anew, and longer\n", b"as a person wrote it\n"


def in_place(path: Path) -> None:
    path.write_bytes(EDIT)


def by_a_rename(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(EDIT)
    other.replace(path)


def over_a_backup(path: Path) -> None:
    if path.exists():
        path.rename(path.with_name("backup"))
    path.write_bytes(EDIT)


def delete(path: Path) -> None:
    path.unlink(missing_ok=True)


def a_link(path: Path) -> None:
    other = path.with_name("elsewhere")
    other.write_bytes(EDIT)
    path.unlink(missing_ok=True)
    path.symlink_to(other)


SAVES = [in_place, by_a_rename, over_a_backup]
STEPS = ["disk.read", "disk.fill", "disk.exchange", "os.replace", "os.link", "os.unlink"]


class Steps:
    """Does something before or after the n-th of the steps in which a file is written, in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, steps: list[str] = STEPS) -> None:
        self.at, self.do, self.count, self.name = -1, lambda: None, 0, ""
        for step in steps:
            module, _, name = step.partition(".")
            owner = {"disk": disk, "os": os}[module]
            patch.setattr(owner, name, self._around(step, getattr(owner, name)))

    def _around(self, step: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **more: Any) -> Any:
            self._meet(f"before {step}")
            try:
                return call(*arguments, **more)
            finally:
                self._meet(f"after {step}")

        return stepped

    def _meet(self, name: str) -> None:
        self.count += 1
        if self.count - 1 == self.at:
            self.at, self.name = -1, name
            self.do()

    def each(self, do: Callable[[], None]) -> Iterator[None]:
        """Once for each moment there is: whoever is called next meets it there."""
        for at in range(1000):
            self.at, self.do, self.count = at, do, 0
            yield
            if self.at >= 0:  # there are no more moments
                self.at = -1
                return


@pytest.mark.parametrize("save", SAVES)
def test_a_save_at_any_moment_of_a_replacement_is_what_the_file_holds_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: Callable[[Path], None]
):
    file = tmp_path / "a.md"
    steps = Steps(monkeypatch)
    met = set()
    for _ in steps.each(lambda: save(file)):
        file.write_bytes(OLD)
        outcome = guarded.replace(file, NEW, OLD.__eq__)
        if steps.at >= 0:
            assert (outcome, file.read_bytes()) == ("written", NEW)
        else:
            met.add(steps.name)
            assert file.read_bytes() == EDIT, steps.name
        assert not list(tmp_path.glob(".*"))
    assert {"before disk.read", "before disk.exchange", "after disk.exchange"} <= met


def test_two_saves_around_the_moment_of_the_replacement_leave_the_later(tmp_path: Path):
    file = tmp_path / "a.md"
    for first, second in [(a, b) for a in SAVES for b in SAVES]:
        file.write_bytes(OLD)
        with pytest.MonkeyPatch.context() as patch:
            real, turns = disk.exchange, list[str]()

            def exchange(scrap: str, path: str, save=first, late=second, real=real, turns=turns) -> bool:
                turns.append(path)
                if len(turns) == 1:
                    save(file)
                done = real(scrap, path)
                if len(turns) == 1:
                    late(file)
                    file.write_bytes(b"later")
                return bool(done)

            patch.setattr(disk, "exchange", exchange)
            assert guarded.replace(file, NEW, OLD.__eq__) == "touched"
        assert file.read_bytes() == b"later"


def test_a_deletion_at_any_moment_of_a_replacement_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "a.md"
    steps = Steps(monkeypatch)
    for _ in steps.each(lambda: delete(file)):
        file.write_bytes(OLD)
        outcome = guarded.replace(file, NEW, OLD.__eq__)
        if steps.at < 0:
            assert not file.exists(), steps.name
            assert outcome in ("gone", "written")  # the latter where it was written already
        assert not list(tmp_path.glob(".*"))


def test_where_files_cannot_be_exchanged_a_save_is_seen_until_the_last_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(disk, "_step", lambda: lambda _path, _other: errno.EINVAL)
    file = tmp_path / "a.md"
    for save in (*SAVES, delete):
        steps = Steps(monkeypatch, ["disk.fill", "disk.exchange"])
        for _ in steps.each(lambda save=save: save(file)):  # type: ignore[misc]
            file.write_bytes(OLD)
            outcome = guarded.replace(file, NEW, OLD.__eq__)
            assert outcome == ("written" if steps.at >= 0 else "gone" if save is delete else "touched")
            assert file.exists() != (outcome == "gone")
            assert outcome == "gone" or file.read_bytes() == (NEW if outcome == "written" else EDIT)


@pytest.mark.parametrize("save", SAVES)
def test_a_person_who_saves_again_and_again_while_a_file_is_written_again_and_again_loses_no_save(
    tmp_path: Path, save: Callable[[Path], None]
):
    file = tmp_path / "a.md"
    outcomes = set()
    for number in range(60):
        file.write_bytes(OLD)
        editor = threading.Thread(target=save, args=(file,))
        held = OLD
        for turn in range(200):
            if turn == number % 20:
                editor.start()
            data = f"version {turn}\n".encode()
            outcome = guarded.replace(file, data, held.__eq__)
            outcomes.add(outcome)
            if outcome != "written":
                break
            held = data
        editor.join()
        assert file.read_bytes() == EDIT
    assert "written" in outcomes


@pytest.mark.parametrize(
    "there", [in_place, a_link, lambda path: path.mkdir(), lambda path: path.symlink_to("nothing")]
)
def test_a_new_file_takes_the_place_of_none_that_is_there_or_comes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Callable[[Path], None]
):
    steps = Steps(monkeypatch, ["disk.fill", "os.link"])
    files = list[Path]()
    for _ in steps.each(lambda: there(files[-1])):
        file = tmp_path / f"{len(files)}.md"
        files.append(file)
        made = guarded.create(file, NEW)
        assert made == (steps.at >= 0 or steps.name == "after os.link")
        if made and steps.at >= 0:
            assert file.read_bytes() == NEW
        elif not made and file.is_file():
            assert file.read_bytes() == EDIT
        assert not list(tmp_path.glob(".*"))
        if steps.name == "before os.link":
            return


def test_a_new_file_is_made_where_the_file_system_knows_no_second_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "as FAT says")

    monkeypatch.setattr(os, "link", link)
    assert guarded.create(tmp_path / "deep/a.md", NEW)
    assert (tmp_path / "deep/a.md").read_bytes() == NEW
    assert not guarded.create(tmp_path / "deep/a.md", OLD)
    assert os.listdir(tmp_path / "deep") == ["a.md"]


def test_a_link_and_a_folder_are_touched_and_a_file_keeps_its_permissions(tmp_path: Path):
    a_link(tmp_path / "link")
    assert guarded.replace(tmp_path / "link", NEW, EDIT.__eq__) == "touched"
    assert (tmp_path / "link").is_symlink()
    (tmp_path / "folder").mkdir()
    assert guarded.replace(tmp_path / "folder", NEW, EDIT.__eq__) == "touched"
    os.mkfifo(tmp_path / "pipe")
    assert guarded.replace(tmp_path / "pipe", NEW, EDIT.__eq__) == "touched"
    file = tmp_path / "a.md"
    file.write_bytes(OLD)
    file.chmod(0o640)
    assert guarded.replace(file, NEW, OLD.__eq__) == "written"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert guarded.replace(tmp_path / "none/a.md", NEW, OLD.__eq__) == "gone"
    assert not (tmp_path / "none").exists()


def test_a_change_is_made_in_what_was_saved_meanwhile(tmp_path: Path):
    file = tmp_path / "a.md"
    saves = [lambda: in_place(file), lambda: delete(file), lambda: by_a_rename(file)]

    def change(now: bytes | None) -> bytes:
        if saves:
            saves.pop(0)()
        return (now or b"") + b"and more\n"

    guarded.update(file, change)
    assert file.read_bytes() == EDIT + b"and more\n"


def test_a_file_that_never_rests_is_left_and_told(tmp_path: Path):
    file = tmp_path / "a.md"
    turns = iter(range(10_000))

    def change(now: bytes | None) -> bytes:
        file.write_bytes(f"{next(turns)}".encode())
        return b"ours"

    with pytest.raises(BroadsheetError, match="keeps changing it"):
        guarded.update(file, change)
    assert file.read_bytes() != b"ours"


def test_a_change_follows_a_link_to_its_file(tmp_path: Path):
    a_link(tmp_path / "link")
    guarded.update(tmp_path / "link", lambda now: (now or b"") + b"more")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == EDIT + b"more"


@pytest.mark.parametrize("name", ["é" * 120, "新" * 80, "a" * 250])
def test_a_file_with_the_longest_of_names_can_be_written(tmp_path: Path, name: str):
    assert guarded.create(tmp_path / name, OLD)
    assert guarded.replace(tmp_path / name, NEW, OLD.__eq__) == "written"
    disk.replace(tmp_path / name, OLD)
    assert (tmp_path / name).read_bytes() == OLD
