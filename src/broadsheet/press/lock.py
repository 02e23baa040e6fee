"""The lock: one build of a site at a time.

In: the site's cache folder. Out: nothing, for as long as it is held.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from broadsheet.errors import Place, fail


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a site for one build at a time.

    Raises BroadsheetError: ``busy`` where another has it, ``unwritable`` where the system refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as cause:
        hint = "Check the permissions of the site's folder, and the free space."
        raise fail("unwritable", f"cannot write: {cause.strerror}", Place(folder.name), hint) from cause
    try:
        if not _take(handle):
            hint = "Wait for it to end, or stop it; a preview lets go between two builds."
            raise fail("busy", "another build of this site is running", Place(str(folder.name)), hint)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # not on Windows, where builds at once are the user's to avoid
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
