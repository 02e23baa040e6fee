"""The cache: what was read and drawn before, in one SQLite file under .broadsheet/ that may be deleted at any time.

In: keys with what they stand for. Out: the same, or nothing. A store that is broken, or of another version of
Broadsheet, reads as empty; so does a part of it that is not what was written, which a checksum tells.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from broadsheet.disk import File
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Story

_TABLES = """
create table about (version text);
create table stories (path text primary key, size integer, mtime integer, reading blob, sum integer);
create table vals (name text primary key, data blob, sum integer) without rowid;
create table pages (path text primary key, digest blob, size integer, mtime integer) without rowid;
create table frames (path text primary key, frame blob, sum integer);
create table articles (path text primary key, frame blob, sum integer);
"""


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
        self._base: sqlite3.Connection
        try:
            self._open()
        except sqlite3.DatabaseError:
            self._start_anew()

    def _open(self) -> None:
        self._base = base = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
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

    def _start_anew(self) -> None:
        """Go on with an empty store, as after the first sign that the one on disk is broken."""
        try:
            self._base.close()
            for ending in ("", "-wal", "-shm"):  # what is left of a log would be played into the new file
                Path(f"{self.file}{ending}").unlink(missing_ok=True)
            self._open()
        except (OSError, sqlite3.Error) as cause:
            raise self._unwritable(cause) from cause

    def _unwritable(self, cause: Exception) -> BroadsheetError:
        place = Place(f"{self.file.parent.name}/{self.file.name}")
        hint = "Check the folder's permissions and the free space. It may be deleted: the next build makes it again."
        return fail("cache", f"the cache cannot be written: {cause}", place, hint)

    def _change(self, query: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """Raises BroadsheetError (``cache``) where the system refuses, as a full disk does."""
        try:
            self._base.executemany(query, rows)
        except sqlite3.OperationalError as cause:
            if cause.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                raise self._unwritable(cause) from cause
            self._start_anew()  # where a file may not be written it may still be replaced
        except sqlite3.DatabaseError:
            self._start_anew()

    def stories(self) -> dict[str, Seen]:
        """Every story file that was read before, by path; one that cannot be understood any more is left out."""
        found = {}
        try:
            for path, size, mtime, reading, checksum in self._base.execute("select * from stories"):
                if crc32(reading) == checksum:
                    with contextlib.suppress(msgspec.DecodeError):
                        found[path] = Seen(File(path, size, mtime), Kept.decode(reading))
        except (sqlite3.DatabaseError, TypeError):
            self._start_anew()
            return {}
        return found

    def story_files(self) -> dict[str, tuple[str, int, int]]:
        """Every story file as it was when it was read, by path: its path, size and time of change."""
        try:
            return {row[0]: row for row in self._base.execute("select path, size, mtime from stories")}
        except sqlite3.DatabaseError:
            self._start_anew()
            return {}

    def story(self, path: str) -> Kept | None:
        """What reading one story file gave; None where it is not known, or cannot be understood any more."""
        try:
            row = self._base.execute("select reading, sum from stories where path = ?", (path,)).fetchone()
            return Kept.decode(row[0]) if row and crc32(row[0]) == row[1] else None
        except (sqlite3.DatabaseError, TypeError, msgspec.DecodeError):
            return None

    def keep_stories(self, read: Iterable[tuple[File, bytes]]) -> None:
        """Keep what reading these files gave, encoded."""
        rows = ((*file, kept, crc32(kept)) for file, kept in read)
        self._change("insert or replace into stories values (?, ?, ?, ?, ?)", rows)

    def forget_stories(self, paths: Iterable[str]) -> None:
        """Forget files that are there no more."""
        self._change("delete from stories where path = ?", ((path,) for path in paths))

    def pages(self) -> dict[str, Drawn]:
        """Every page that was drawn before, by path."""
        try:
            rows = self._base.execute("select path, digest, size, mtime from pages")
            return {path: Drawn(digest, size, mtime) for path, digest, size, mtime in rows}
        except sqlite3.DatabaseError:
            self._start_anew()
            return {}

    def keep_pages(self, drawn: Iterable[tuple[str, Drawn]]) -> None:
        """Keep what these pages were drawn from."""
        rows = ((path, one.digest, one.size, one.mtime) for path, one in drawn)
        self._change("insert or replace into pages values (?, ?, ?, ?)", rows)

    def forget_pages(self, paths: Collection[str]) -> None:
        """Forget pages that are printed no more."""
        self._change("delete from pages where path = ?", ((path,) for path in paths))
        for table in ("frames", "articles"):
            self._change(f"delete from {table} where path = ?", ((path,) for path in paths))  # noqa: S608, our own names

    def frame_sums(self) -> dict[str, int]:
        """The checksums of the frames that are kept, by the paths of their pages."""
        try:
            query = "select path, sum from articles union all select path, sum from frames"
            return dict(self._base.execute(query).fetchall())
        except sqlite3.DatabaseError:
            self._start_anew()
            return {}

    def keep_frames(self, frames: Iterable[tuple[str, bytes, bool]]) -> None:
        """Keep what pages are made whole from, by their paths; nothing of one whose frame is empty.

        The last of the three tells a story's own page: it prints no other, and is found by its path alone.
        """
        rows = [(own, (path, frame or None, crc32(frame))) for path, frame, own in frames]
        self._change("insert or replace into frames values (?, ?, ?)", (row for own, row in rows if not own))
        self._change("insert or replace into articles values (?, ?, ?)", (row for own, row in rows if own))

    def frames(self, story: str, page: str) -> list[bytes] | None:
        """The frames in which a story's path stands, and that of its own page; None where they cannot be trusted."""
        try:
            rows = self._base.execute("select frame, sum from articles where path = ?", (page,)).fetchall()
            query = "select frame, sum from frames where instr(frame, cast(? as blob))"
            rows += self._base.execute(query, (story,)).fetchall() if rows else []
            whole = bool(rows) and all(crc32(frame) == checksum for frame, checksum in rows)
        except (sqlite3.DatabaseError, TypeError):
            return None
        return [frame for frame, _ in rows] if whole else None

    def articles(self, pages: Iterable[str]) -> list[bytes]:
        """The frames of stories' own pages, by their paths; without those that cannot be trusted."""
        query = "select frame, sum from articles where path = ?"
        try:
            rows = [self._base.execute(query, (path,)).fetchone() for path in pages]
            return [row[0] for row in rows if row and crc32(row[0]) == row[1]]
        except (sqlite3.DatabaseError, TypeError):
            return []

    def value(self, name: str) -> bytes | None:
        """What was kept under a name."""
        try:
            row = self._base.execute("select data, sum from vals where name = ?", (name,)).fetchone()
        except sqlite3.DatabaseError:
            self._start_anew()
            return None
        return row[0] if row and crc32(row[0]) == row[1] else None

    def keep_value(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        self._change("insert or replace into vals values (?, ?, ?)", [(name, data, crc32(data))])

    def commit(self) -> None:
        """Make all that was kept last."""
        try:
            self._base.execute("commit")
            self._base.execute("begin")
        except sqlite3.OperationalError as cause:
            raise self._unwritable(cause) from cause
        except sqlite3.DatabaseError:
            self._start_anew()

    def close(self, *, keep: bool = True) -> None:
        """Keep what was kept since the last ``commit``, or do not, and let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._base.execute("commit" if keep else "rollback")
        with contextlib.suppress(sqlite3.Error):
            self._base.close()
