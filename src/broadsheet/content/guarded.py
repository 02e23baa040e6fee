"""Guarded writing: the only code that writes below content/. What a person has touched is never written over.

In: a path, bytes, and how to know the bytes that Broadsheet wrote there itself. Out: a file, whole or not at all, and
whether it was written. What decides is what the file holds at the moment of writing, and no size, time or earlier look.

A story file is known by its edit digest, ``source.generated``: that of the file with that value itself left out and
every line end a line feed, so that a checkout that changes line ends is no edit and everything else is.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from broadsheet import content, disk
from broadsheet.errors import Place, fail

WriteOutcome = Literal["written", "touched", "gone"]

_TRIES = 100  # times that a file is changed anew because somebody saved it meanwhile


def create(path: Path, data: bytes) -> bool:
    """Write a file where there is none: whether it was written. What is there, a link or a folder even, stays as it is.

    Raises BroadsheetError (``unwritable``) where the system refuses.
    """
    if os.path.lexists(path):
        return False
    scrap = disk.scrap(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.fill(scrap, data)
        return _named(scrap, path, data)
    except OSError as cause:
        raise disk.unwritable(str(path), cause) from cause
    finally:
        _remove(scrap)


def replace(path: Path, data: bytes, ours: Callable[[bytes], bool]) -> WriteOutcome:
    """Replace a file by its next version while it holds what is ``ours``.

    It is ``touched`` where it holds anything else, or is a link that a person made; ``gone`` where it was deleted. In
    both cases it stays so. Raises BroadsheetError (``unwritable``) where the system refuses.
    """
    scrap = disk.scrap(str(path))
    try:
        if not _is(path, ours):
            return "touched"
        disk.fill(scrap, data, stat.S_IMODE(path.lstat().st_mode))
        if not disk.exchange(scrap, str(path)):  # then what is saved between this look and the next step is lost
            if not _is(path, ours):
                return "touched"
            os.replace(scrap, path)
            return "written"
        if _is(scrap, ours):  # the file as it was when it lost its name
            return "written"
        disk.exchange(scrap, str(path))
        if not _is(scrap, data.__eq__):  # saved once more while ours had the name: the last save counts
            disk.exchange(scrap, str(path))
    except FileNotFoundError:
        return "gone"
    except OSError as cause:
        raise disk.unwritable(str(path), cause) from cause
    else:
        return "touched"
    finally:
        _remove(scrap)


def update(path: Path, change: Callable[[bytes | None], bytes]) -> None:
    """Change a file that people change as well: ``change`` gets what it holds, or None where it is not there.

    It is asked again where somebody saved the file meanwhile, and what it raises is raised here. Where the file is a
    link, the file that it leads to is changed. Raises BroadsheetError (``unwritable``) where the system refuses.
    """
    path = Path(os.path.realpath(path))
    for _ in range(_TRIES):
        try:
            now = disk.read(str(path))
        except FileNotFoundError:
            if create(path, change(None)):
                return
            continue
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror or cause}", Place(str(path))) from cause
        data = change(now)
        if data == now or replace(path, data, now.__eq__) == "written":
            return
    hint = "Stop the program that keeps saving it, then run the command again."
    raise fail("unwritable", "another program keeps changing it", Place(str(path)), hint)


def _named(scrap: str, path: Path, data: bytes) -> bool:
    """Give a scrap its name unless a file has it. Raises OSError."""
    try:
        os.link(scrap, path)
    except FileExistsError:
        return False
    except OSError:  # FAT, and some file systems of networks and phones, know no second name of a file
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        os.close(handle)
        return replace(path, data, lambda now: not now) == "written"
    return True


def _is(path: str | Path, ours: Callable[[bytes], bool]) -> bool:
    """Whether a path is a file, no link, and holds what is ours. Raises OSError where it cannot be read."""
    return stat.S_ISREG(os.lstat(path).st_mode) and ours(disk.read(str(path)))


def _remove(scrap: str) -> None:
    try:
        os.unlink(scrap)
    except OSError:
        return


_PREFIX = "b2-"  # a digest of digits alone would be a number to YAML
_LINE = re.compile(rb"^  generated: *(\S*)[^\S\n]*$", re.MULTILINE)
_BLANK = b"  generated: " + _PREFIX.encode() + b"0" * 32


def signed(meta: Mapping[str, Any], body: str) -> bytes:
    """The bytes of a story file with its digest; ``meta`` has a ``source``."""
    source = {**meta["source"], "generated": _PREFIX + "0" * 32}
    data = content.dump({**meta, "source": source}, body)
    return data.replace(_BLANK, b"  generated: " + _digest(data).encode(), 1)


def edited(data: bytes) -> bool:
    """Whether a story file is not as ingest wrote it: edited by hand, or written by hand in the first place."""
    plain = data.replace(b"\r\n", b"\n")
    found = _LINE.search(plain, 0, max(plain.find(b"\n---\n"), 0))
    return found is None or found[1] != _digest(plain).encode()


def _digest(data: bytes) -> str:
    """The digest of a story file's bytes, the value of the first ``generated`` in its front matter left out."""
    end = max(data.find(b"\n---\n"), 0)
    return _PREFIX + blake2b(_LINE.sub(b"", data[:end], 1) + data[end:], digest_size=16).hexdigest()
