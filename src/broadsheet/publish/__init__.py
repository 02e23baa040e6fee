"""Output → world: what changes, in which order, to which target; and what subscribers would get.

In: the files of a built site, the record of the last publication. Out: a target that holds them, and a new record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from broadsheet.config import targets
from broadsheet.publish.bundle import Bundle, Changes, DigestKind, Digests, Progress, TargetState, compare, kind, steps
from broadsheet.publish.gate import FeedEntries, Resend, ResendCheck, check_resends, gather
from broadsheet.publish.releases import Release, ReleaseStore
from broadsheet.publish.target_record import PublishedEntry, Record, begun, done, load, salvaged, save, short, written

__all__ = [
    "Bundle",
    "Changes",
    "Digests",
    "FeedEntries",
    "Progress",
    "PublishedEntry",
    "Record",
    "Release",
    "ReleaseStore",
    "Resend",
    "ResendCheck",
    "Target",
    "TargetState",
    "begun",
    "check_resends",
    "compare",
    "done",
    "gather",
    "kind",
    "load",
    "open_target",
    "salvaged",
    "save",
    "short",
    "steps",
    "written",
]  # fmt: skip


class Target(Protocol):
    """A place where a site is published: it reports what is there, and takes what changes.

    ``digest`` is the kind of digest that it reports, ``extras`` are small files that it wants beside the site's.
    """

    digest: DigestKind
    extras: dict[str, bytes]

    def there(self, bundle: Bundle) -> TargetState:
        """What is at the target. Raises BroadsheetError where it cannot be reached."""

    def send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        """Make the target hold the bundle. Raises BroadsheetError; a second call goes on where one broke off."""


def open_target(
    name: str,
    known: Mapping[str, targets.Target],
    root: Path,
    cache: Path,
    digests: Digests,
    now: dt.datetime,
    apart: Mapping[str, Path],
) -> Target:
    """The target of a name. Relative paths in its settings begin at ``root``, the site's folder.

    ``apart`` are the site's own folders, in which no target may lie. Raises BroadsheetError (``target-harmful``).
    """
    match known[name]:
        case targets.FolderTarget() as settings:
            from broadsheet.publish.folder import Folder

            return Folder(settings, root, digests, now, apart)
        case targets.GitTarget() as settings:
            from broadsheet.publish.git import Git

            return Git(settings, root, cache / f"{name}.git")
        case targets.S3Target() as settings:
            from broadsheet.publish.s3 import S3

            return S3(settings)
        case targets.RsyncTarget() as settings:
            from broadsheet.publish.rsync import Rsync

            return Rsync(settings)
