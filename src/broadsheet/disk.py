"""How a file is replaced: whole or not at all, and never outside the folder it was given.

In: a path and bytes. Out: the file, with them or as it was. What people write below content/ is replaced by way of
``content.guarded`` only.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from broadsheet.errors import BroadsheetError, Place, fail

SCRAP = ".tmp"  # the ending of a file that is being written; one that is left over was never finished

FINE = 20_000_000  # nanoseconds in which a file may change twice at one time of change, where seconds have parts
COARSE = 2_000_000_000  # and where they have none: FAT's clock is the coarsest

_NAME = 50  # characters of a file's name: with four bytes each they stay below the 255 that a system allows
_AT_FDCWD = -100  # from linux/fcntl.h: paths count from the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_NO_STEP = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})

_SMALL = 32_768  # bytes that are read at once at least

_HINT = "Check the folder's permissions and the free space, then run the command again: no file is half-written."

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # a lone surrogate is a byte of no UTF-8


class File(NamedTuple):
    """A file as it was when it was looked at: its path, its size in bytes, its time of change in nanoseconds."""

    path: str
    size: int
    mtime: int


def files(folder: str) -> Iterator[File]:
    """Every file below a folder, by its whole path. A link is a file; a folder that cannot be looked into has none."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    found = entry.stat(follow_symlinks=False)
                    yield File(entry.path, found.st_size, found.st_mtime_ns)


def usual(path: str, found: os.stat_result) -> bool:
    """Whether it is a file, and its path one that a line of text can hold."""
    return stat.S_ISREG(found.st_mode) and (path.isprintable() or not _UNPRINTABLE.search(path))


def printable(path: str) -> str:
    """A path as a line of text can hold it: what is no character, or would end the line, is marked."""
    return path if path.isprintable() else _UNPRINTABLE.sub("\ufffd", path)


def folders(paths: Iterable[str]) -> set[str]:
    """The folders that files at these paths need."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def settled(changed: int, now: int) -> bool:
    """Whether a file that ``changed`` then (both in nanoseconds) could not change again ``now`` without its showing."""
    return changed < now - (FINE if changed % 1_000_000_000 else COARSE)


def read(path: str, most: int = sys.maxsize) -> bytes:
    """The bytes of a file, as ``Path.read_bytes`` gives them in twice the time; of a larger one ``most`` and some more.

    Raises OSError, also for what is no file: a pipe would be waited for, and a device read without end.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a file", path)
        data = os.read(handle, min(found.st_size, most) + 1)
        if len(data) != found.st_size:  # it is another by now, or its file system gives less than was asked for
            while len(data) <= most and (more := os.read(handle, max(_SMALL, len(data)))):
                data += more
    finally:
        os.close(handle)
    return data


def replace(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader, or a crash, sees the old file or the new one and nothing between.

    The permissions of a file that was there are kept. Raises BroadsheetError (``unwritable``) where the system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else None
    except OSError as cause:
        raise unwritable(str(path), cause) from cause
    write(str(path), data, mode)


def write(path: str, data: bytes, mode: int | None = None) -> tuple[int, int]:
    """The same where the folder is known to be there: the size and time of change, in nanoseconds, of what was written.

    ``mode`` is the permissions to give, or None for those that a new file has here. Raises BroadsheetError.
    """
    made = scrap(path)
    try:
        written = fill(made, data, mode)
        os.replace(made, path)
    except OSError as cause:
        with contextlib.suppress(OSError):
            os.unlink(made)
        raise unwritable(path, cause) from cause
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(made)
        raise
    return written.st_size, written.st_mtime_ns


def scrap(path: str) -> str:
    """The name under which a file is written before it gets its own: beside it, and short enough for every system."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name[:_NAME]}.{os.getpid()}{SCRAP}"


def is_scrap(name: str) -> bool:
    """Whether a file of this name is one that was being written, when a program was killed or just now."""
    return name.startswith(".") and name.endswith(SCRAP)


def fill(path: str, data: bytes, mode: int | None = None) -> os.stat_result:
    """Write a file that nobody knows of yet; its state then. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        if mode is not None:
            os.chmod(path, mode)
        return os.fstat(handle)
    finally:
        os.close(handle)


def exchange(path: str, other: str) -> bool:
    """Let two files take each other's name in one step; False where the system or its file system has no such step.

    Raises OSError, as where one of the two is not there.
    """
    if (step := _step()) is None:
        return False
    number = step(os.fsencode(path), os.fsencode(other))
    if number in _NO_STEP:
        return False
    if number:
        raise OSError(number, os.strerror(number), path)
    return True


@functools.cache
def _step() -> Callable[[bytes, bytes], int] | None:
    """renameat2(2) of Linux or renamex_np(2) of macOS, of two paths: the number of an error, or 0."""
    try:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        call = library.renamex_np if sys.platform == "darwin" else library.renameat2
    except (ImportError, OSError, TypeError, AttributeError):
        return None
    here = () if sys.platform == "darwin" else (ctypes.c_int(_AT_FDCWD),)

    def step(path: bytes, other: bytes) -> int:
        failed = call(*here, path, *here, other, ctypes.c_uint(_EXCHANGE))
        return ctypes.get_errno() if failed else 0

    return step


def unwritable(path: str, cause: OSError) -> BroadsheetError:
    """The error for a file that the system does not let us write."""
    return fail("unwritable", f"cannot write: {cause.strerror or cause}", Place(path), _HINT)


def within(root: Path, relative: str) -> Path:
    """The path of ``relative`` below ``root``.

    Raises BroadsheetError (``outside``) for an absolute path, one with ``..`` or NUL, or one that a symbolic link
    leads out of ``root``.
    """
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or "\\" in relative or "\0" in relative or ".." in parts:
        raise fail("outside", f"{relative!r} leads out of the folder", Place(str(root)))
    path = root.joinpath(*parts)
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise fail("outside", f"{relative!r} leads out of the folder by a link", Place(str(root)))
    return path
