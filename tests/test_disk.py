"""Files are replaced whole, and never outside the folder they belong to."""

import os
import stat
from pathlib import Path

import pytest

from broadsheet import disk
from broadsheet.errors import BroadsheetError


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path):
    file = tmp_path / "a" / "b.txt"
    disk.replace(file, b"one")
    file.chmod(0o640)
    disk.replace(file, b"two")
    assert file.read_bytes() == b"two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(file.parent) == ["b.txt"]


def test_a_new_file_can_be_read_by_a_web_server(tmp_path: Path):
    disk.replace(tmp_path / "page.html", b"")
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) & 0o444 == 0o444


def test_a_folder_in_the_way_is_a_clear_error_and_leaves_no_scrap(tmp_path: Path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "x").write_text("x")
    with pytest.raises(BroadsheetError, match="cannot write"):
        disk.replace(tmp_path / "page", b"text")
    assert os.listdir(tmp_path) == ["page"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\\x", "a\0x", ""])
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, path: str):
    with pytest.raises(BroadsheetError):
        disk.within(tmp_path, path)


def test_a_link_that_leads_outside_is_refused(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    with pytest.raises(BroadsheetError):
        disk.within(tmp_path / "in", "link/x")


@pytest.mark.parametrize("size", [0, 1, 32_768, 200_000])
def test_a_file_is_read_whole(tmp_path: Path, size: int):
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    assert disk.read(str(tmp_path / "a")) == data


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_so(tmp_path: Path):
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2**40)
    assert len(disk.read(str(tmp_path / "a"), 1000)) == 1001


@pytest.mark.parametrize("target", ["/dev/zero", "."])
def test_what_is_no_file_is_not_read(tmp_path: Path, target: str):
    (tmp_path / "a").symlink_to(target)
    with pytest.raises(OSError, match="it is not a file"):
        disk.read(str(tmp_path / "a"))


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a")
    with pytest.raises(OSError, match="it is not a file"):
        disk.read(str(tmp_path / "a"))


def test_a_file_is_settled_once_another_change_would_show_in_its_time():
    second = 1_000_000_000
    fine, whole = 7 * second + 5, 7 * second
    assert not disk.settled(fine, fine + disk.FINE)
    assert disk.settled(fine, fine + disk.FINE + 1)
    assert not disk.settled(whole, whole + disk.COARSE)  # a clock without parts of seconds
    assert disk.settled(whole, whole + disk.COARSE + 1)
