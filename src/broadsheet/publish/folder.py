"""A folder of this machine as a target: releases, and a link that leads to one of them.

In: a bundle. Out: ``path/releases/MOMENT`` with a list of its files beside it, and ``path/current``, switched in one
step. The oldest release is brought up to date and becomes the newest, by hard links to the current one: what is done
depends on how much changed, not on how large the site is. An interrupted one is gone on with.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import msgspec

from broadsheet import disk
from broadsheet.config.targets import FolderTarget
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.publish.apart import refuse
from broadsheet.publish.bundle import LINK, Bundle, Changes, DigestKind, Digests, Progress, TargetState
from broadsheet.publish.releases import Release, ReleaseFiles
from broadsheet.text import counted

_RELEASE = re.compile(r"\d{8}T\d{6}Z(?:-\d+)?")
_LIST = ".json"
_OF = ".of"  # beside the list of a release that brought another back: the name of that one
_UNDONE = ".unfinished"
_SPENT = ".spent"
_AT_ONCE = 4  # threads that look into folders: more would only wait for one another
_DEPTH = 2  # of the folders that threads share: those of years and months, say
_EVERY = 100  # files between two words of progress
_FILE, _DIRECTORY = 0o644, 0o755  # a web server runs as another user, whatever the umask of whoever publishes


_NONE: Mapping[str, Path] = MappingProxyType({})


class Folder:
    """A folder with releases.

    Raises BroadsheetError: ``target-folder`` where it is not one of ours, ``unwritable`` where a file is in its way,
    ``target-harmful`` where it is one of ``apart``, the folders of the site by what they are called, lies in one, or
    one lies in it.
    """

    digest: DigestKind = "sha256"

    def __init__(
        self, settings: FolderTarget, root: Path, digests: Digests, now: dt.datetime, apart: Mapping[str, Path] = _NONE
    ) -> None:
        self.extras: dict[str, bytes] = {}
        self._folder = root / Path(settings.path).expanduser()
        refuse(self._folder, root, apart, settings.path)
        self._shown = settings.path
        self._keep = settings.keep
        self._digests = digests
        self._now = now
        self._releases = self._folder / "releases"
        self._link = self._folder / "current"
        self._readers: Path | None = None  # the release that readers have, and its files
        self._held: dict[str, str] = {}
        self._stats: dict[str, os.stat_result] = {}
        self._looked_at: dict[int, os.stat_result] = {}  # files of that release that others may share, by inode
        self._brought: Release | None = None
        if self._link.exists() and not self._link.is_symlink():
            hint = (
                "Move it away, or set another path: the web server should serve path/current, which Broadsheet makes."
            )
            raise fail("target-folder", "'current' exists and is not a link", Place(self._shown), hint)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.scandir(self._releases).close()
        except OSError as cause:  # a file stands there, or around it
            raise self._unwritable(cause) from cause

    def there(self, _bundle: Bundle) -> TargetState:
        """What the current release holds; its list tells which of it is ours."""
        name = self._current()
        if name is None:
            return TargetState({}, frozenset())
        self._readers = self._releases / name
        stats = self._stats = walk(self._readers)
        self._looked_at = {found.st_ino: found for found in stats.values() if found.st_nlink > 1 and found.st_ino}
        self._held = self._digests.of(self._readers, stats, "sha256")
        return TargetState(self._held, frozenset(self._listed(name)))

    def send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        """Make the new release and switch to it. Raises BroadsheetError; the current release is then untouched."""
        umask = os.umask(0o022)  # folders are open to readers from the moment that they are made
        try:
            self._send(bundle, changes, tell)
        except OSError as cause:
            raise self._unwritable(cause) from cause
        finally:
            os.umask(umask)

    def _unwritable(self, cause: OSError) -> BroadsheetError:
        message = f"cannot write: {cause.strerror or cause}"
        hint = "Check permissions and free space, then publish again: readers still get the previous release."
        return fail("unwritable", message, Place(f"{self._shown}/releases"), hint)

    def releases(self) -> list[Release]:
        """The releases that are kept, the oldest first."""
        current = self._current()
        return [
            Release(name, _moment(name), counted(len(self._listed(name)), "file"), name == current, self._source(name))
            for name in self._names()
        ]

    def bring(self, release: Release) -> ReleaseFiles:
        """The files of a release; what is sent next is this release, and it is not the one that makes room."""
        self._brought = release
        return ReleaseFiles(self._releases / release.name, self._listed(release.name), "sha256")

    def _send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        listed = bundle.digests("sha256") | {path: self._held[path] for path in changes.leaving}
        undone = self._undone()
        self._fill(undone, listed | {path: self._held[path] for path in changes.others}, bundle, tell)
        name = self._name()
        disk.replace(self._releases / f"{name}{_LIST}", msgspec.json.encode(listed, order="sorted"))
        if self._brought:
            of = self._brought.of or self._brought.name
            disk.replace(self._releases / f"{name}{_OF}", of.encode())
        undone.rename(self._releases / name)
        self._switch(name)
        names = [one for one in self._names() if one != name]
        spent = names[: max(0, len(names) + 1 - self._keep)]
        if self._brought and self._brought.name in names:  # it is there twice now
            spent = [self._brought.name, *(one for one in spent if one != self._brought.name)][: len(spent) or 1]
        for old in spent:
            (self._releases / old).rename(self._releases / _SPENT)
            self._sweep()
        self._sweep()

    def _sweep(self) -> None:
        """Remove what is left of releases that have made room, and of lists that a killed publication had begun."""
        shutil.rmtree(self._releases / _SPENT, ignore_errors=True)
        there = {entry.name for entry in self._releases.iterdir()}
        for name in there:
            of_none = (
                name.endswith((_LIST, _OF))
                and _RELEASE.fullmatch(stem := name.rpartition(".")[0])
                and stem not in there
            )
            if of_none or disk.is_scrap(name):
                (self._releases / name).unlink(missing_ok=True)

    def _undone(self) -> Path:
        """The folder in which the release is made: what an interruption left, the oldest release, or a new one."""
        undone = self._releases / _UNDONE
        if not undone.is_dir():
            current, names = self._current() or "", self._names()
            unseen = [name for name in names if current and name > current]  # whose publication was killed
            spare = unseen or [name for name in names if name != current][: max(0, len(names) - self._keep + 1)]
            if spare and not self._brought:  # a rollback makes room by the release that it brings back, when it has
                (self._releases / spare[0]).rename(undone)
                self._sweep()
            else:
                _make(undone)
        return undone

    def _fill(self, undone: Path, wanted: Mapping[str, str], bundle: Bundle, tell: Progress) -> None:
        """Make a folder hold these files and no others: as they are, by a link to the current release, or written."""
        stats = walk(undone, self._looked_at)
        there = self._digests.of(undone, stats, "sha256")
        for path, found in stats.items():
            if found.st_mode & 0o777 != _FILE and there[path] != LINK and path in wanted:
                os.chmod(undone / path, _FILE)
        for path in there.keys() - wanted.keys():
            (undone / path).unlink()
            _prune((undone / path).parent, undone)
        own = set(bundle.paths)
        missing = sorted(path for path, digest in wanted.items() if there.get(path) != digest)
        made = {""}
        for number, path in enumerate(missing):
            if number % _EVERY == 0:
                tell("publishing", number, len(missing))
            _enter(f"{undone}/", path.rpartition("/")[0], made)
            target = f"{undone}/{path}"
            if path in there:
                os.unlink(target)
            held = self._held.get(path) == wanted[path]
            if held and _linked(f"{self._readers}/{path}", target, self._stats.get(path)):
                continue
            if self._brought and path not in bundle.extras and path in own and _linked(f"{bundle.root}/{path}", target):
                continue
            data = bundle.read(path) if path in own or self._readers is None else (self._readers / path).read_bytes()
            written = disk.write(target, data, _FILE)
            self._digests.note(target, written, "sha256", data)

    def _switch(self, name: str) -> None:
        link = self._folder / f".current{disk.SCRAP}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / name, target_is_directory=True)
        link.replace(self._link)

    def _current(self) -> str | None:
        """The name of the release that readers have."""
        name = self._link.readlink().name if self._link.is_symlink() else ""
        return name if (self._releases / name / ".").is_dir() and _RELEASE.fullmatch(name) else None

    def _names(self) -> list[str]:
        """The names of the releases, the oldest first; a folder without a list is none of ours."""
        with contextlib.suppress(FileNotFoundError):
            there = {entry.name for entry in self._releases.iterdir()}
            return sorted(name for name in there if _dated(name) and f"{name}{_LIST}" in there)
        return []

    def _name(self) -> str:
        """A name for a new release, which sorts after all others."""
        moment = self._now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
        newest = max(self._names(), default="")
        if moment > newest:
            return moment
        stem, _, number = newest.partition("-")
        return f"{stem}-{int(number or 0) + 1:03}"

    def _listed(self, name: str) -> dict[str, str]:
        try:
            return msgspec.json.decode((self._releases / f"{name}{_LIST}").read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def _source(self, name: str) -> str:
        """The name of the release that this one brought back; empty where it is one of its own."""
        with contextlib.suppress(OSError):
            return (self._releases / f"{name}{_OF}").read_text("ascii", "replace").strip()
        return ""


def walk(root: Path, known: Mapping[int, os.stat_result] = MappingProxyType({})) -> dict[str, os.stat_result]:
    """Every file below a folder and what the system says of it; links are not followed.

    Of those ``known`` by inode, as hard links of a release that was looked at a moment ago, it is not asked again.
    What the disk has to be asked for is asked for by several threads: most of the time goes into waiting.
    """
    found: dict[str, os.stat_result] = {}
    folders = [""]
    for _ in range(_DEPTH):
        folders = [below for folder in folders for below in _listed(root, folder, known, found)]

    def walked(waiting: list[str]) -> dict[str, os.stat_result]:
        files: dict[str, os.stat_result] = {}
        while waiting:
            waiting += _listed(root, waiting.pop(), known, files)
        return files

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for files in threads.map(walked, [folders[number::_AT_ONCE] for number in range(_AT_ONCE)]):
            found |= files
    return found


def _listed(
    root: Path, folder: str, known: Mapping[int, os.stat_result], found: dict[str, os.stat_result]
) -> list[str]:
    """The folders in a folder; its files go into ``found``."""
    below = []
    with contextlib.suppress(FileNotFoundError), os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                below.append(f"{folder}{entry.name}/")
            else:
                found[f"{folder}{entry.name}"] = known.get(entry.inode()) or entry.stat(follow_symlinks=False)
    return below


def _dated(name: str) -> bool:
    """Whether this is the name of a release, of a moment that there is."""
    with contextlib.suppress(ValueError):
        return bool(_RELEASE.fullmatch(name) and _moment(name))
    return False


def _moment(name: str) -> dt.datetime:
    """When a release was made, by its name."""
    return dt.datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def _make(folder: Path) -> None:
    """Make a folder and those around it that are missing, so that readers can come in."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(_DIRECTORY)


def _enter(root: str, folder: str, made: set[str]) -> None:
    """Make a folder and those around it, each looked at once."""
    if folder not in made:
        _enter(root, folder.rpartition("/")[0], made)
        with contextlib.suppress(FileExistsError):
            os.mkdir(root + folder)
        made.add(folder)


def _prune(folder: Path, root: Path) -> None:
    """Remove folders below ``root`` that have become empty."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _linked(old: str, new: str, found: os.stat_result | None = None) -> bool:
    """Whether a hard link could be made; some file systems have none. ``found`` is what is known of the file."""
    try:
        os.link(old, new, follow_symlinks=False)
        found = found or os.lstat(new)
        if stat.S_ISREG(found.st_mode) and found.st_mode & 0o777 != _FILE:
            os.chmod(new, _FILE)
    except OSError:
        return False
    return True
