"""Files of the cache: what was written is what is taken, and anything else is nothing."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cache import Files
from broadsheet.errors import BroadsheetError
from broadsheet.workers import spread

NOBODY = 65534
KEY = "pictures/ab/plain.jpg"
DATA = b"What was made, in some sixty bytes that are easily recognised."


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / ".broadsheet")


@given(st.binary(), st.from_regex(r"[a-z]{1,8}(/[a-z0-9][a-z0-9.]{0,7}){0,2}", fullmatch=True))
def test_what_was_kept_is_taken_as_it_was(data: bytes, key: str):
    with tempfile.TemporaryDirectory() as folder:
        Files(Path(folder)).put(key, data)
        assert Files(Path(folder)).get(key) == data


@given(st.data())
def test_no_byte_can_change_unseen(draw: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder))
        files.put(KEY, DATA)
        file = files.folder / KEY
        whole = file.read_bytes()
        place = draw.draw(st.integers(0, len(whole) - 1))
        way = draw.draw(st.sampled_from(["flip", "cut", "grow"]))
        if way == "flip":
            bit = draw.draw(st.integers(0, 7))
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        else:
            file.write_bytes(whole[:place] if way == "cut" else whole + whole[place:])
        assert files.get(KEY) is None


def test_a_file_under_the_name_of_another_is_not_taken(files: Files):
    files.put(KEY, DATA)
    shutil.copy(files.folder / KEY, files.folder / "pictures/ab/256.webp")
    assert files.get("pictures/ab/256.webp") is None
    assert files.get(KEY) == DATA


def in_the_way(path: Path, what: str) -> None:
    """Put something else in the place of a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if what == "folder":
        (path / "of" / "others").mkdir(parents=True)
        (path / "of" / "file").write_bytes(b"x")
    elif what == "file":
        path.write_bytes(b"x")
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "link to nothing":
        path.symlink_to(path.parent / "nowhere" / "at all")
    elif what == "link to itself":
        path.symlink_to(path.name)
    elif what == "endless":
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("what", ["folder", "file", "pipe", "link to nothing", "link to itself", "endless"])
@pytest.mark.parametrize("where", [KEY, "pictures/ab", "pictures"])
def test_whatever_stands_in_the_place_of_a_file_is_none_and_makes_way(files: Files, what: str, where: str):
    files.put(KEY, DATA)
    in_the_way(files.folder / where, what)
    assert files.get(KEY) is None
    files.put(KEY, DATA)
    assert files.get(KEY) == DATA


def test_what_a_link_leads_to_is_not_touched(files: Files, tmp_path: Path):
    files.put(KEY, DATA)
    other = tmp_path / "letters"
    other.mkdir()
    (other / "dear.txt").write_text("Dear")
    (files.folder / KEY).unlink()
    (files.folder / KEY).symlink_to(other)
    files.put(KEY, DATA)
    assert files.get(KEY) == DATA
    files.keep_only("pictures", ())
    (files.folder / "pictures").rmdir()
    (files.folder / "pictures").symlink_to(other)
    files.remove("pictures")
    assert (other / "dear.txt").read_text() == "Dear"


@pytest.fixture
def rightless() -> Iterator[Files]:
    """Files of a user who has no more rights than any, and is who this process is for the test."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid():
            yield Files(Path(folder) / "cache")
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Files(Path(folder) / "cache")
        finally:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("where", "mode"), [(KEY, 0), ("pictures/ab", 0), ("pictures", 0), ("pictures/ab", stat.S_IRUSR)]
)
def test_what_may_not_be_read_is_none_and_is_made_anew(rightless: Files, where: str, mode: int):
    rightless.put(KEY, DATA)
    (rightless.folder / where).chmod(mode)
    assert rightless.get(KEY) is None
    rightless.put(KEY, DATA)
    assert rightless.get(KEY) == DATA


def test_several_processes_make_the_same_folders_at_once(tmp_path: Path):
    for attempt in range(20):
        files = Files(tmp_path / str(attempt))

        def put(names: Sequence[str], files: Files = files) -> int:
            for name in names:
                files.put(f"pictures/ab/{name}", DATA)
            return len(names)

        names = [f"{number}.webp" for number in range(12)]
        assert sum(spread(put, names, slice_size=1, workers=4)) == len(names)
        assert all(files.get(f"pictures/ab/{name}") == DATA for name in names)


def test_where_the_system_refuses_it_is_said(tmp_path: Path):
    (tmp_path / "cache").write_bytes(b"somebody's own file")
    with pytest.raises(BroadsheetError, match="cannot write"):
        Files(tmp_path / "cache").put(KEY, DATA)
    assert (tmp_path / "cache").read_bytes() == b"somebody's own file"


def test_only_what_is_wanted_is_kept_and_what_is_being_written(files: Files):
    for name in ("a", "b"):
        files.put(f"cards/{name}", DATA)
    folder = files.folder / "cards"
    (folder / "old").mkdir()
    for name, age in ((".a.1.tmp", 10), (".b.2.tmp", 7200)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (time.time() - age,) * 2)
    files.keep_only("cards", {"a"})
    assert sorted(os.listdir(folder)) == [".a.1.tmp", "a"]
    assert files.lists("cards/a")
    assert not files.lists("cards/b")
    files.keep_only("nothing", ())
