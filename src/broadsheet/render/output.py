"""The output folder: written file by file, swept of what no longer belongs, never touched outside.

In: bytes for paths. Out: whole files below output/. A list of what was made, ``.broadsheet`` inside it, tells the
folder as Broadsheet's own: any other folder is refused, and a file in it that somebody else put there is left alone.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from broadsheet import disk
from broadsheet.cache import Files
from broadsheet.config import WORK
from broadsheet.errors import BroadsheetError, Place, Problem, fail, note

LIST = ".broadsheet"
OTHERS = "output-other"  # what is said of a file that Broadsheet did not make, as often as the folder is swept
_HEAD = "# Files that Broadsheet made; what is not in this list is left alone."
OURS = frozenset({LIST, ".gitignore"})
_IGNORE = b"*\n!.gitignore\n"
_FILE, _FOLDER = 0o644, 0o755  # a web server runs as another user, whatever the umask of whoever builds


def _printable(path: str) -> str:
    """A path as it can be printed, whatever its bytes are."""
    return path.encode(errors="replace").decode()


class Output:
    """The folder of the built site."""

    def __init__(self, folder: Path, shown: str, seen: Sequence[disk.File] | None = None) -> None:
        """``seen`` is what stands in the folder, for whoever has looked a moment ago.

        Raises BroadsheetError (``output-foreign``) for a folder that holds files and was not made by Broadsheet.
        """
        self.folder = folder
        self.shown = shown
        self._listed = folder / LIST
        self._root = str(folder)
        self._folders: set[str] = set()
        self._seen = seen
        self._cached = WORK in folder.parts  # a preview's: whatever stands there, it is not the user's
        if self._cached:
            if not folder.is_dir():
                Files(folder.parent).remove(folder.name)
        elif folder.exists() and not folder.is_dir():
            raise fail("output-foreign", "is a file, not a folder", Place(shown), "Set another output in the settings.")
        elif not self._listed.is_file() and folder.is_dir() and {entry.name for entry in folder.iterdir()} - OURS:
            hint = "Nothing in it was changed. Empty it yourself, or set another output in the settings."
            raise fail("output-foreign", "holds files that Broadsheet did not make", Place(shown), hint)
        self._made = self._read()
        self.there: dict[str, tuple[int, int]] = {}  # what ``stats`` found, and what was done since

    @property
    def made(self) -> frozenset[str]:
        """The paths of what Broadsheet made here."""
        return frozenset(self._made)

    def stats(self, of: Iterable[str] | None = None) -> dict[str, tuple[int, int]]:
        """The size and time of change, in nanoseconds, of every file that is there, by path; or ``of`` some paths."""
        found: dict[str, tuple[int, int]] = {}
        if of is not None:
            for path in of:
                with contextlib.suppress(OSError):
                    found[path] = self.stat(path)
            return found
        if self.there:
            return self.there
        start = len(self._root) + 1
        seen, self._seen = self._seen, None
        for path, size, mtime in disk.files(self._root) if seen is None else seen:
            if path.endswith(disk.SCRAP) and disk.is_scrap(path.rpartition(os.sep)[2]):
                with contextlib.suppress(OSError):
                    os.unlink(path)  # of a build that was killed
            else:
                found[path[start:].replace(os.sep, "/")] = size, mtime
        self.there = found
        return found

    def begin(self, paths: Iterable[str]) -> None:
        """Note what will be made before it is, so that a build that breaks off leaves nothing unknown behind."""
        planned = set(paths)
        if gone := self._made - planned:
            self._clear(gone, planned)
        made = self._made | planned
        new = not self.folder.exists()
        if made != self._made or not self._listed.exists():
            self._write_list(made)
        if new and not self._cached:
            with contextlib.suppress(OSError):
                self.folder.chmod(_FOLDER)
        if not (self.folder / ".gitignore").exists():
            disk.replace(self.folder / ".gitignore", _IGNORE)

    def write(self, path: str, data: bytes) -> tuple[int, int]:
        """Make a file whole; the size and time of change that it then has. Raises BroadsheetError."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._enter(folder)
        try:
            stat = disk.write(f"{self._root}/{path}", data, None if self._cached else _FILE)
        except BroadsheetError:
            if not self._cached:
                raise
            Files(self.folder).remove(path)
            stat = disk.write(f"{self._root}/{path}", data)
        self.there[path] = stat
        return stat

    def files(self) -> list[disk.File]:
        """Every file that is there as it was left, by its whole path, without a look at it."""
        for path in OURS:
            with contextlib.suppress(OSError):
                self.there[path] = self.stat(path)
        left = [disk.File(f"{self._root}/{path}", size, mtime) for path, (size, mtime) in self.there.items()]
        if self._seen:
            written = {one.path for one in left}  # nothing but what was written is another
            left += [one for one in self._seen if one.path not in written]
        return left

    def stat(self, path: str) -> tuple[int, int]:
        """The size and time of change, in nanoseconds, of a file that is there. Raises OSError."""
        stat = (self.folder / path).lstat()
        return stat.st_size, stat.st_mtime_ns

    def holds(self, path: str, data: bytes) -> bool:
        """Whether the file is there with these bytes already."""
        try:
            return disk.read(f"{self._root}/{path}") == data
        except OSError:
            return False

    def sweep(self, planned: AbstractSet[str], there: Iterable[str]) -> tuple[int, list[Problem]]:
        """Remove what was made once and is planned no more; the number of files, and a note on files of others."""
        gone = [path for path in there if path in self._made and path not in planned]
        for path in gone:
            with contextlib.suppress(OSError):
                file = disk.within(self.folder, path)
                file.unlink()
                self.there.pop(path, None)
                self._prune(file.parent)
        others = sorted(path for path in there if path not in self._made and path not in planned and path not in OURS)
        if planned != self._made:
            self._write_list(planned)
        notes = [
            note("output-other", "was not made by Broadsheet: not changed", Place(f"{self.shown}/{_printable(path)}"))
            for path in others
        ]
        return len(gone), notes

    def _clear(self, gone: AbstractSet[str], planned: AbstractSet[str]) -> None:
        """Remove what was made once and stands in the way: a file where a folder is to be, a folder where a file is."""
        needed = disk.folders(planned)
        for path in gone:
            if path in needed or not planned.isdisjoint(disk.folders((path,))):
                with contextlib.suppress(OSError, BroadsheetError):
                    file = disk.within(self.folder, path)
                    file.unlink()
                    self._prune(file.parent)

    def _enter(self, folder: str) -> None:
        """Make a folder below output/ if it is not there; looked at once for all the files in it."""
        if folder:
            parent, _, name = folder.rpartition("/")
            if name in ("", ".", "..") or "\0" in name:
                raise fail("outside", f"{folder!r} leads out of the folder", Place(self.shown))
            if parent not in self._folders:
                self._enter(parent)
        inside = f"{self._root}/{folder}"
        try:
            os.mkdir(inside)
            if not self._cached:
                os.chmod(inside, _FOLDER)
        except OSError as cause:
            if not os.path.isdir(inside) or (folder and os.path.islink(inside)):
                hint = "Check whether a file or a link is in the way, and that you may write to the folder."
                message = f"cannot make the folder: {cause.strerror}"
                raise fail("unwritable", message, Place(f"{self.shown}/{folder}"), hint) from cause
        self._folders.add(folder)

    def _prune(self, folder: Path) -> None:
        while folder != self.folder and folder.is_relative_to(self.folder):
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _read(self) -> set[str]:
        try:
            lines = self._listed.read_text("utf-8", "replace").splitlines()
        except OSError:
            return set()
        return {line for line in lines if line and line != _HEAD}

    def _write_list(self, made: AbstractSet[str]) -> None:
        if self._cached and not self._listed.is_file():
            Files(self.folder).remove(LIST)
        disk.replace(self._listed, "\n".join([_HEAD, *sorted(made), ""]).encode())
        self._made = set(made)
