"""The cache: what was read and drawn before, in one SQLite file under .broadsheet/ that may be deleted at any time.

In: keys with what they stand for. Out: the same, or nothing. A store that is broken, or of another version of
Broadsheet, reads as empty; so does a part of it that is not what was written, which a checksum tells.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from broadsheet.cache import Files
from broadsheet.cache.snapshot import DATABASE
from broadsheet.disk import File
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Story

_TABLES = """
create table about (form text, version text, rules text, before text);
create table stories (path text primary key, size integer, mtime integer, reading blob, sum integer);
create table vals (name text primary key, data blob, sum integer) without rowid;
create table pages (path text primary key, key blob, size integer, mtime integer) without rowid;
create table inputs (path text primary key, sum integer, data blob);
"""


_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where SQLite names what it cannot read
_MISREAD = (*_DAMAGE, TypeError, ValueError)  # columns and values of other kinds than were written
_CUT_SHORT = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ})  # signs of damage


class StoredReading(msgspec.Struct, frozen=True, array_like=True):
    """What reading a story file gave."""

    story: Story | None
    problems: tuple[Problem, ...]

    def encode(self) -> bytes:
        """The bytes that the store keeps."""
        return _ENCODE(self)

    @staticmethod
    def decode(data: bytes) -> StoredReading:
        """What was kept. Raises msgspec.DecodeError."""
        return _DECODE(data)


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(StoredReading).decode


class StoredFile(NamedTuple):
    """A story file and what reading it gave."""

    file: File
    reading: StoredReading


class StoredPage(NamedTuple):
    """A page as it was written: the digest of all that it was made from; size and time of change of its file."""

    key: bytes
    size: int
    mtime: int


class Store:
    """The cache of one site. Changes are there for the next run once ``commit`` has returned.

    ``before`` is the version of Broadsheet that had another cache in its place; empty where there was none.
    """

    def __init__(self, folder: Path, version: str, rules: str) -> None:
        """``rules`` are what story files are read by: by others each has to be read again."""
        self.file = folder / DATABASE
        self.before = ""
        self._form = f"{_TABLES}{Story.__struct_fields__}{Problem.__struct_fields__}"
        self._version, self._rules = version, rules
        self._base = sqlite3.connect(":memory:")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise self._unwritable(cause) from cause
        try:
            self._open()
        except _DAMAGE:
            self._start_anew()

    def _open(self) -> None:
        if not self.file.is_file() and os.path.lexists(self.file):
            raise sqlite3.DatabaseError("no file")  # a folder, a pipe, a link to nothing
        self._base.close()
        self._base = base = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        base.execute("pragma journal_mode = wal")
        base.execute(
            "pragma synchronous = off"
        )  # a cache may be lost with the machine's power, and reads as empty then
        try:
            form, version, rules, self.before = base.execute("select * from about").fetchone()
        except (sqlite3.OperationalError, TypeError, ValueError):
            form = version = rules = ""
        if (form, version) != (self._form, self._version):
            self.before = version
            for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
                base.execute(f'drop table "{table}"')
            base.executescript(_TABLES)
            values = (self._form, self._version, self._rules, self.before)
            base.execute("insert into about values (?, ?, ?, ?)", values)
            rules = self._rules
        base.execute("begin")
        if rules != self._rules:
            base.execute("update stories set mtime = -1")
            base.execute("update about set rules = ?", (self._rules,))

    def _start_anew(self) -> None:
        """Go on with an empty store, as after the first sign that the one on disk is broken."""
        try:
            self._base.close()
            for ending in ("", "-wal", "-shm"):  # what is left of a log would be played into the new file
                Files(self.file.parent).remove(f"{self.file.name}{ending}")
            self._open()
        except (OSError, *_DAMAGE) as cause:
            raise self._unwritable(cause) from cause

    def _unwritable(self, cause: Exception) -> BroadsheetError:
        place = Place(f"{self.file.parent.name}/{self.file.name}")
        hint = "Check the folder's permissions and the free space. It may be deleted: the next build makes it again."
        return fail("cache", f"the cache cannot be written: {cause}", place, hint)

    def _change(self, query: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """Raises BroadsheetError (``cache``) where the system refuses, as a full disk does."""
        try:
            self._base.executemany(query, rows)
        except _DAMAGE as cause:
            self._go_on(cause)

    def _go_on(self, cause: Exception) -> None:
        """Begin with an empty store, which helps against damage, and where a file may be replaced but not written.

        Raises BroadsheetError (``cache``) where there is no room.
        """
        code = getattr(cause, "sqlite_errorcode", 0)
        if code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) and code not in _CUT_SHORT:
            raise self._unwritable(cause) from cause
        self._start_anew()

    def stories(self) -> dict[str, StoredFile]:
        """Every story file that was read before, by path; one that cannot be understood any more is left out."""
        found = {}
        try:
            for path, size, mtime, reading, checksum in self._base.execute("select * from stories"):
                if crc32(reading) == checksum:
                    with contextlib.suppress(msgspec.DecodeError):
                        found[path] = StoredFile(File(path, size, mtime), StoredReading.decode(reading))
        except _MISREAD:
            self._start_anew()
            return {}
        return found

    def story_files(self) -> dict[str, tuple[str, int, int]]:
        """Every story file as it was when it was read, by path: its path, size and time of change."""
        try:
            return {row[0]: row for row in self._base.execute("select path, size, mtime from stories")}
        except _MISREAD:
            self._start_anew()
            return {}

    def story(self, path: str) -> StoredReading | None:
        """What reading one story file gave; None where it is not known, or cannot be understood any more."""
        try:
            row = self._base.execute("select reading, sum from stories where path = ?", (path,)).fetchone()
            return StoredReading.decode(row[0]) if row and crc32(row[0]) == row[1] else None
        except (*_MISREAD, msgspec.DecodeError):
            return None

    def keep_stories(self, read: Iterable[tuple[File, bytes]]) -> None:
        """Keep what reading these files gave, encoded."""
        rows = ((*file, kept, crc32(kept)) for file, kept in read)
        self._change("insert or replace into stories values (?, ?, ?, ?, ?)", rows)

    def forget_stories(self, paths: Iterable[str]) -> None:
        """Forget files that are there no more."""
        self._change("delete from stories where path = ?", ((path,) for path in paths))

    def pages(self, paths: Iterable[str] | None = None) -> dict[str, StoredPage]:
        """Every page that was drawn before, by path; or of those at these paths."""
        query = "select path, key, size, mtime from pages"
        try:
            if paths is None:
                rows = self._base.execute(query).fetchall()
            else:
                found = (self._base.execute(f"{query} where path = ?", (path,)).fetchone() for path in paths)
                rows = [row for row in found if row]
            return {path: StoredPage(key, size, mtime) for path, key, size, mtime in rows}
        except _MISREAD:
            self._start_anew()
            return {}

    def keep_pages(self, drawn: Iterable[tuple[str, StoredPage]]) -> None:
        """Keep what these pages were drawn from."""
        rows = ((path, one.key, one.size, one.mtime) for path, one in drawn)
        self._change("insert or replace into pages values (?, ?, ?, ?)", rows)

    def forget_pages(self, paths: Collection[str]) -> None:
        """Forget pages that are planned no more."""
        self._change("delete from pages where path = ?", ((path,) for path in paths))
        self._change("delete from inputs where path = ?", ((path,) for path in paths))

    def keep_inputs(self, saved: Iterable[tuple[str, bytes]]) -> None:
        """Keep saved pages, by their paths."""
        rows = ((path, crc32(data), data) for path, data in saved)
        self._change("insert or replace into inputs values (?, ?, ?)", rows)

    def input_sums(self) -> dict[str, int]:
        """The checksums of the saved pages, by their paths."""
        try:
            return dict(self._base.execute("select path, sum from inputs").fetchall())
        except _MISREAD:
            self._start_anew()
            return {}

    def inputs(self, path: str) -> bytes | None:
        """The saved page at a path; None where there is none, or it cannot be trusted."""
        try:
            row = self._base.execute("select data, sum from inputs where path = ?", (path,)).fetchone()
            return row[0] if row and crc32(row[0]) == row[1] else None
        except _MISREAD:
            return None

    def naming(self, words: Iterable[str]) -> list[bytes] | None:
        """The saved pages in which one of these words stands, such as the path of a story.

        None where any page cannot be trusted: damaged, it may not show the word that it holds. It is forgotten, and so
        rendered and kept anew. SQLite's own instr saves a tenth of the time, and looks at no checksum.
        """
        first, *others = [word.encode() for word in words]  # mostly one: to look for it takes less than a call does
        found, damaged = list[bytes](), list[str]()
        try:
            for path, data, checksum in self._base.execute("select path, data, sum from inputs"):
                if crc32(data) != checksum:
                    damaged.append(path)
                elif first in data or (others and any(word in data for word in others)):
                    found.append(data)
        except _MISREAD:
            return None
        self.forget_pages(damaged)
        return None if damaged else found

    def value(self, name: str) -> bytes | None:
        """What was kept under a name."""
        try:
            row = self._base.execute("select data, sum from vals where name = ?", (name,)).fetchone()
            return row[0] if row and crc32(row[0]) == row[1] else None
        except _MISREAD:
            self._start_anew()
            return None

    def keep_value(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        self._change("insert or replace into vals values (?, ?, ?)", [(name, data, crc32(data))])

    def commit(self) -> None:
        """Make all that was kept last."""
        try:
            self._base.execute("commit")
            self._base.execute("begin")
        except _DAMAGE as cause:
            self._go_on(cause)

    def close(self, *, keep: bool = True) -> None:
        """Keep what was kept since the last ``commit``, or do not, and let go of the file."""
        with contextlib.suppress(*_DAMAGE):
            self._base.execute("commit" if keep else "rollback")
        with contextlib.suppress(*_DAMAGE):
            self._base.close()
