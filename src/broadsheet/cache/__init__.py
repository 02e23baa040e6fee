"""The cache: what one run leaves for the next, all of which may be deleted at any time; and the lock on a site.

In: a key, which is a path below a folder, and bytes. Out: the same bytes, or nothing. Each file begins with a digest of
its key and its bytes, so that what is cut short, altered, moved or not ours at all reads as nothing. Whatever stands in
the way of a file that is to be written is removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path

from broadsheet import disk
from broadsheet.errors import BroadsheetError

_DIGEST = 16  # bytes
_LARGEST = 2_000_000_000  # bytes; no file of ours comes near
_HOUR = 3600  # seconds after which nobody can be writing a file any more


class Files:
    """The files below one folder of the cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """What was kept under a key; None where that is not there as it was written."""
        data = _read(f"{self.folder}/{key}")
        kept = data[_DIGEST:]
        return kept if data and data[:_DIGEST] == _digest(key, kept) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key. Raises BroadsheetError (``unwritable``)."""
        path, written = self.folder / key, _digest(key, data) + data
        try:
            disk.write(str(path), written)
        except BroadsheetError:
            self._make_way(key)
            disk.write(str(path), written)

    def lists(self, key: str) -> bool:
        """Whether something is kept under a key, unread: whether it is as it was written shows when it is taken."""
        return os.path.lexists(f"{self.folder}/{key}")

    def remove(self, key: str) -> None:
        """Forget what is kept under a key, or under all keys below it."""
        _remove(f"{self.folder}/{key}")

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """Forget all that is kept in a folder but what has one of these names, and what a killed run left there."""
        now = time.time()
        with contextlib.suppress(OSError), os.scandir(self.folder / folder) as entries:
            for entry in entries:
                if entry.name in names:
                    continue
                if not (disk.is_scrap(entry.name) and now - entry.stat(follow_symlinks=False).st_mtime < _HOUR):
                    _remove(entry.path)

    def _make_way(self, key: str) -> None:
        """Make the folders of a key, in the place of whatever stands there; nothing may stand in the file's own."""
        *folders, _ = key.split("/")
        path = self.folder
        with contextlib.suppress(OSError):
            path.mkdir(parents=True, exist_ok=True)
            for name in folders:
                path = path / name
                if not os.path.isdir(path):
                    with contextlib.suppress(OSError):
                        path.unlink()  # and no more: another process may be making the folder just now
                    path.mkdir(exist_ok=True)
                elif (mode := path.stat().st_mode) & stat.S_IRWXU != stat.S_IRWXU:
                    path.chmod(mode | stat.S_IRWXU)
        if os.path.isdir(f"{self.folder}/{key}"):
            _remove(f"{self.folder}/{key}")


def _digest(key: str, data: bytes) -> bytes:
    hashed = blake2b(key.encode() + b"\0", digest_size=_DIGEST)
    hashed.update(data)
    return hashed.digest()


def _read(path: str) -> bytes:
    """The bytes of a file; none where there is none, or what is there is no file."""
    try:
        return disk.read(path, _LARGEST)
    except (OSError, ValueError):
        return b""


def _remove(path: str) -> None:
    """Remove a file, a link or a whole folder; nothing that a link leads to."""
    try:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    except OSError:
        return
