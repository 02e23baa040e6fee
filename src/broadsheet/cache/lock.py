"""The lock: one program at work on a site at a time, whatever it does there.

In: a site's folder, and the name of the command that works on it. Out: nothing, for as long as the lock is held.

The lock is on the folder itself. A file in the cache can be deleted while a program runs, and the next program would
lock a new one. Who holds the lock is noted in .broadsheet/lock, which is there to be read only. The system lets go of
the lock when its holder ends, however that ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet.cache import Files
from broadsheet.config import WORK
from broadsheet.errors import BroadsheetError, Place, fail

PREVIEW = "serve"  # the command that waits for all others, and that all others wait for
PATIENCE = 30.0  # seconds for which a command waits for the build of a preview

_NOTE = "lock"
_PAUSE = 0.05  # seconds between two attempts
_UNKNOWN = 0.5  # seconds after which a holder that has noted nothing is taken for one that will note nothing
_REFUSED = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})  # as flock(2) and NFS say "locked"


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock: the number of the process, its command, and since when."""

    pid: int
    command: str
    since: dt.datetime

    def __str__(self) -> str:
        return f"broadsheet {self.command} (process {self.pid}, since {self.since:%Y-%m-%d %H:%M:%S})"


Waiting = Callable[[Holder | None], object]


class _Key(NamedTuple):
    """A folder, however it is called, as one thread of this process holds it."""

    device: int
    inode: int
    thread: int


_held: dict[_Key, int] = {}  # the open file of each lock that this process holds


@contextlib.contextmanager
def held(root: Path, command: str, waiting: Waiting = lambda _: None) -> Iterator[None]:
    """Holds the lock of the site in the folder ``root``; whoever holds it already goes on at once.

    A preview waits for as long as another program holds the lock, and a command waits for the build of a preview.
    ``waiting`` is called meanwhile, again and again, with the holder if that is known; what it raises ends the wait.

    Raises BroadsheetError: ``busy`` where another program holds the lock, ``unwritable`` where the folder of the cache
    cannot be made.
    """
    key = _key(root)
    if key in _held:
        yield
        return
    handle = _taken(root, command, waiting)
    _held[key] = handle
    try:
        _write_note(root, command)
        yield
    finally:
        _held.pop(key)
        _take_note_away(root, handle)
        os.close(handle)


def handles() -> tuple[int, ...]:
    """The open files of the locks that this process holds, for a program that may outlive it: it holds them on."""
    return tuple(_held.values())


def holder(root: Path) -> Holder | None:
    """Who was the last to take the lock of a site, if that process is still there."""
    try:
        note = _note(root)
        found = msgspec.json.decode(note.read_bytes() if note.is_file() else b"", type=Holder)
        os.kill(found.pid, 0)
    except PermissionError:  # a process of another user
        return found
    except (OSError, msgspec.MsgspecError, OverflowError):
        return None
    return found


def _key(root: Path) -> _Key:
    try:
        found = root.stat()
    except OSError as cause:
        raise _unwritable(root, cause) from cause
    return _Key(found.st_dev, found.st_ino, threading.get_ident())


def _taken(root: Path, command: str, waiting: Waiting) -> int:
    """The open file of the lock, once it is ours. Raises BroadsheetError."""
    try:
        (root / WORK).mkdir(exist_ok=True)
    except OSError as cause:
        raise _unwritable(root / WORK, cause) from cause
    began = time.monotonic()
    while (handle := _attempt(root)) is None:
        other = holder(root)
        if command != PREVIEW:
            limit = _UNKNOWN if other is None else PATIENCE if other.command == PREVIEW else 0
            if time.monotonic() - began >= limit:
                who = str(other or "another program")
                hint = "Wait for it to end, or stop it. Nothing was done."
                raise fail("busy", f"{who} is working on this site", Place(root.resolve().name), hint)
        waiting(other)
        time.sleep(_PAUSE)
    return handle


def _attempt(root: Path) -> int | None:
    """The open file of the lock, or None while another program holds it.

    Where the system locks no folders (NFS locks only what is open for writing), the note is what is locked.
    """
    try:
        import fcntl
    except ImportError:  # not on Windows, where programs at once are the user's to avoid
        return os.open(_note(root), os.O_RDWR | os.O_CREAT, 0o644)
    for path, flags in ((root, os.O_RDONLY), (_note(root), os.O_RDWR | os.O_CREAT)):
        handle = -1
        if path is not root:
            _make_way(path)
        try:
            handle = os.open(path, flags, 0o644)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            if handle >= 0:
                os.close(handle)
                if cause.errno in _REFUSED:
                    return None
            refused = cause
        else:
            return handle
    raise _unwritable(_note(root), refused) from refused


def _note(root: Path) -> Path:
    return root / WORK / _NOTE


def _make_way(note: Path) -> None:
    """Remove what stands in the place of the note and is no file: none can be written there, and a pipe never ends.

    So is a link to a file, which would be written over.
    """
    if os.path.lexists(note) and (note.is_symlink() or not note.is_file()):
        Files(note.parent).remove(note.name)


def _write_note(root: Path, command: str) -> None:
    """Note who holds the lock. It is held all the same where that cannot be noted."""
    now = dt.datetime.now().astimezone().replace(microsecond=0)
    with contextlib.suppress(OSError):
        _note(root).parent.mkdir(exist_ok=True)  # it may have been deleted while another program was waited for
        _make_way(_note(root))
        _note(root).write_bytes(msgspec.json.encode(Holder(os.getpid(), command, now)))


def _take_note_away(root: Path, handle: int) -> None:
    """Leave no note, nor a cache with nothing else in it. A note that is itself what is locked stays, and is empty."""
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            _note(root).unlink()
            (root / WORK).rmdir()
        else:
            os.truncate(handle, 0)


def _unwritable(path: Path, cause: OSError) -> BroadsheetError:
    hint = "Check the permissions of the site's folder, and the free space."
    return fail("unwritable", f"cannot write: {cause.strerror or cause}", Place(path.name), hint)


def _after_fork() -> None:
    """A forked process works for the holder of the lock, and must not keep it held after that one was killed."""
    if _held:
        null = os.open(os.devnull, os.O_RDONLY)
        for handle in _held.values():
            os.dup2(null, handle, inheritable=False)
        os.close(null)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
