"""The bundle: the files of the built site that are to be at a target, and the digests by which they are compared.

In: the output folder, the paths that were rendered in it. Out: a ``Bundle``. A file is read for its digest only once:
digests are kept by inode, size and time of change, so that a hard link, or an old release, is known as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from broadsheet import disk
from broadsheet.cache.cache_files import Files
from broadsheet.errors import BroadsheetError, Place, fail

DigestKind = Literal["sha256", "md5", "git"]  # what the record and folders go by; what S3 does; what git does
LINK = "a link"  # stands for the digest of what is no file of its own


def digest(kind: DigestKind, data: bytes) -> str:
    """The digest of a file's bytes; git's is a blob's. MD5 and SHA-1 tell files apart here, and protect nothing."""
    if kind == "sha256":
        return hashlib.sha256(data).hexdigest()
    if kind == "md5":
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class Digests:
    """The digests of files that were read before, kept in a file of one kind each that may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)
        self._known: dict[str, dict[str, str]] = {}
        self._seen: dict[str, dict[str, str]] = {}

    def of(self, root: Path, stats: Mapping[str, os.stat_result], kind: DigestKind) -> dict[str, str]:
        """The digest of each of these files below ``root``. Raises BroadsheetError for one that cannot be read."""
        known, seen = self._load(kind), self._seen.setdefault(kind, {})
        found = {}
        for path, file in stats.items():
            if not stat.S_ISREG(file.st_mode):
                found[path] = LINK
                continue
            key = f"{file.st_dev}:{file.st_ino}:{file.st_size}:{file.st_mtime_ns}"
            value = known.get(key) or seen.get(key)
            found[path] = seen[key] = value or digest(kind, read(root, path))
        return found

    def keep(self) -> None:
        """Keep what was asked for since, and forget the rest."""
        for kind, seen in self._seen.items():
            if seen != self._known[kind]:
                with contextlib.suppress(BroadsheetError):  # it is read again the next time
                    self._files.put(f"digests-{kind}", msgspec.msgpack.encode(seen))

    def _load(self, kind: DigestKind) -> dict[str, str]:
        if kind not in self._known:
            self._known[kind] = {}
            with contextlib.suppress(msgspec.DecodeError):
                data = self._files.get(f"digests-{kind}") or b""
                self._known[kind] = msgspec.msgpack.decode(data, type=dict[str, str])
        return self._known[kind]


class Bundle:
    """What is to be at a target: files below ``root``, and ``extras``, small files that a host asks for."""

    def __init__(self, root: Path, paths: Iterable[str], digests: Digests, extras: Mapping[str, bytes]) -> None:
        self.root = root
        self.extras = dict(extras)
        self._digests = digests
        self._found: dict[DigestKind, dict[str, str]] = {}
        self._stats = {path: found for path in sorted(paths) if (found := _file(root, path))}

    @property
    def paths(self) -> list[str]:
        """Every path of the bundle, in order."""
        return sorted(self._stats.keys() | self.extras.keys())

    def digests(self, kind: DigestKind) -> dict[str, str]:
        """The digest of each file."""
        if kind not in self._found:
            found = self._digests.of(self.root, self._stats, kind)
            self._found[kind] = found | {path: digest(kind, data) for path, data in self.extras.items()}
        return dict(self._found[kind])

    def size(self, path: str) -> int:
        """The size of a file in bytes."""
        extra = self.extras.get(path)
        return self._stats[path].st_size if extra is None else len(extra)

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises BroadsheetError (``unreadable``)."""
        extra = self.extras.get(path)
        return read(self.root, path) if extra is None else extra


Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def read(root: Path, path: str) -> bytes:
    """The bytes of a file below ``root``. Raises BroadsheetError (``unreadable``)."""
    try:
        return disk.read(f"{root}/{path}")
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(f"{root.name}/{path}")) from cause


def walk(root: Path) -> dict[str, os.stat_result]:
    """Every file below a folder and what the system says of it; links are not followed."""
    found = {}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = os.scandir(f"{root}/{inside}")
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{inside}{entry.name}/")
                else:
                    found[f"{inside}{entry.name}"] = entry.stat(follow_symlinks=False)
    return found


def _file(root: Path, path: str) -> os.stat_result | None:
    """What the system says of a file that is one: a page that could never be drawn has none, a link is not sent."""
    try:
        found = os.lstat(f"{root}/{path}")
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None
