"""The only code that replaces a file: whole or not at all, and never outside the folder it was given."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path, PurePosixPath

from broadsheet.errors import Place, fail


def replace(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader, or a crash, sees the old file or the new one and nothing between.

    Raises BroadsheetError (``unwritable``) where the system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(name, _mode(path))
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as cause:
        raise fail("unwritable", f"cannot write: {cause.strerror or cause}", Place(str(path)), _HINT) from cause


_HINT = "Check the folder's permissions and the free space, then run the command again: nothing was half-written."


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced; else what a plain open() would give. mkstemp's are private."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o666 & ~_UMASK


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_UMASK = _umask()  # read once: umask can only be read by setting it, which threads must not see


def within(root: Path, relative: str) -> Path:
    """The path of ``relative`` below ``root``.

    Raises BroadsheetError (``outside``) for an absolute path, one with ``..`` or NUL, or one that a symbolic link
    leads out of ``root``.
    """
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or "\\" in relative or "\0" in relative or ".." in parts:
        raise fail("outside", f"{relative!r} does not stay inside the folder", Place(str(root)))
    path = root.joinpath(*parts)
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise fail("outside", f"{relative!r} leads out of the folder by a link", Place(str(root)))
    return path
