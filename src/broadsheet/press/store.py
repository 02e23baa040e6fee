"""The cache: what was read and drawn before, in one SQLite file under .broadsheet/ that may be deleted at any time.

In: keys with what they stand for. Out: the same, or nothing. A store that is broken, or of another version of
Broadsheet, reads as empty.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet.errors import Place, Problem, fail
from broadsheet.model import Story

_TABLES = """
create table about (version text);
create table stories (path text primary key, size integer, mtime integer, reading blob) without rowid;
create table vals (name text primary key, data blob) without rowid;
create table pages (path text primary key, digest blob, size integer, mtime integer) without rowid;
"""


class File(NamedTuple):
    """A file as it was when it was read: its path, its size in bytes, its time of change in nanoseconds."""

    path: str
    size: int
    mtime: int


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What reading a story file gave."""

    story: Story | None
    problems: tuple[Problem, ...]

    def encode(self) -> bytes:
        """The bytes that the store keeps."""
        return _ENCODE(self)

    @staticmethod
    def decode(data: bytes) -> Kept:
        """What was kept. Raises msgspec.DecodeError."""
        return _DECODE(data)


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Kept).decode


class Seen(NamedTuple):
    """A story file and what reading it gave."""

    file: File
    kept: Kept


class Drawn(NamedTuple):
    """A page as it was written: the digest of what it was made from; size and time of change of its file."""

    digest: bytes
    size: int
    mtime: int


class Store:
    """The cache of one site. Changes are there for the next run once ``commit`` has returned."""

    def __init__(self, folder: Path, version: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "cache.db"
        self._version = f"{_TABLES}{Story.__struct_fields__}{Problem.__struct_fields__}{version}"
        try:
            self._base = self._open()
        except sqlite3.DatabaseError:
            self.file.unlink(missing_ok=True)
            self._base = self._open()

    def _open(self) -> sqlite3.Connection:
        base = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        base.execute("pragma journal_mode = wal")
        base.execute(
            "pragma synchronous = off"
        )  # a cache may be lost with the machine's power, and reads as empty then
        try:
            found = base.execute("select version from about").fetchone()
        except sqlite3.OperationalError:
            found = None
        if found != (self._version,):
            for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
                base.execute(f'drop table "{table}"')
            base.executescript(_TABLES)
            base.execute("insert into about values (?)", (self._version,))
        base.execute("begin")
        return base

    def stories(self) -> dict[str, Seen]:
        """Every story file that was read before, by path; one that cannot be understood any more is left out."""
        found = {}
        for path, size, mtime, reading in self._base.execute("select path, size, mtime, reading from stories"):
            with contextlib.suppress(msgspec.DecodeError):
                found[path] = Seen(File(path, size, mtime), Kept.decode(reading))
        return found

    def keep_stories(self, read: Iterable[tuple[File, bytes]]) -> None:
        """Keep what reading these files gave, encoded."""
        rows = ((*file, kept) for file, kept in read)
        self._base.executemany("insert or replace into stories values (?, ?, ?, ?)", rows)

    def forget_stories(self, paths: Iterable[str]) -> None:
        """Forget files that are there no more."""
        self._base.executemany("delete from stories where path = ?", ((path,) for path in paths))

    def pages(self) -> dict[str, Drawn]:
        """Every page that was drawn before, by path."""
        rows = self._base.execute("select path, digest, size, mtime from pages")
        return {path: Drawn(digest, size, mtime) for path, digest, size, mtime in rows}

    def keep_pages(self, drawn: Iterable[tuple[str, Drawn]]) -> None:
        """Keep what these pages were drawn from."""
        rows = ((path, one.digest, one.size, one.mtime) for path, one in drawn)
        self._base.executemany("insert or replace into pages values (?, ?, ?, ?)", rows)

    def forget_pages(self, paths: Iterable[str]) -> None:
        """Forget pages that are printed no more."""
        self._base.executemany("delete from pages where path = ?", ((path,) for path in paths))

    def value(self, name: str) -> bytes | None:
        """What was kept under a name."""
        row = self._base.execute("select data from vals where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def keep_value(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        self._base.execute("insert or replace into vals values (?, ?)", (name, data))

    def commit(self) -> None:
        """Make all that was kept last."""
        self._base.execute("commit")
        self._base.execute("begin")

    def close(self) -> None:
        """Keep what was kept, and let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._base.execute("commit")
        self._base.close()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a site for one build at a time. Raises BroadsheetError (``busy``) where another has it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "lock"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            hint = "Wait for it to end, or stop it; a preview lets go between two builds."
            raise fail("busy", "another build of this site is running", Place(str(folder.name)), hint)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # not on Windows, where builds at once are the user's to avoid
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
