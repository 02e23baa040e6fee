"""What a publication will change at a target, and in which order, so that no reader meets anything half-done.

In: digests of what is to be there, digests of what is there, and which of it Broadsheet put there. Out: ``Changes``,
and the steps in which they are sent.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.publish.media_types import Kind, kind

GRACE = dt.timedelta(days=1)  # what a page still open in a browser, or kept in a cache, may yet ask for

_FRESH: dict[Kind, int] = {"digested": 0, "asset": 0, "page": 1, "feed": 2, "map": 2, "front": 4}
_CHANGED: dict[Kind, int] = {"digested": 0, "asset": 3, "page": 3, "front": 4, "feed": 5, "map": 5}


class TargetState(msgspec.Struct, frozen=True):
    """What is at a target: digests by path, and the paths of those that Broadsheet put there.

    ``ours`` is None where the target cannot tell: the record does then.
    """

    files: Mapping[str, str]
    ours: frozenset[str] | None = None


class Changes(msgspec.Struct, frozen=True):
    """What is to be done at a target, every list in the order of paths.

    ``leaving`` are digested files that no page names any more, with the moment since when: they go a day later.
    ``others`` were put there by somebody else and stay; ``blocked`` are such in the way of the site's own.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    same: int = 0
    leaving: Mapping[str, str] = {}
    others: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the target is as it should be."""
        return not (self.new or self.changed or self.gone)


def compare(
    wanted: Mapping[str, str],
    there: TargetState,
    ours: AbstractSet[str],
    *,
    leaving: Mapping[str, str],
    now: dt.datetime,
    accepted: Iterable[str] = (),
) -> Changes:
    """What makes ``there`` into ``wanted``. ``ours`` and ``leaving`` come from the record of the last publication.

    ``accepted`` are paths, or patterns of them, of other people's files that may be replaced.
    """
    ours = ours if there.ours is None else there.ours
    files = there.files
    patterns = tuple(accepted)
    changed = sorted(path for path, digest in wanted.items() if path in files and files[path] != digest)
    superseded = sorted(path for path in files if path in ours and path not in wanted)
    since = {path: leaving.get(path) or _moment(now) for path in superseded if kind(path) == "digested"}
    kept = {path: moment for path, moment in since.items() if now - dt.datetime.fromisoformat(moment) < GRACE}
    return Changes(
        new=tuple(sorted(path for path in wanted if path not in files)),
        changed=tuple(changed),
        gone=tuple(path for path in superseded if path not in kept),
        same=sum(1 for path, digest in wanted.items() if files.get(path) == digest),
        leaving=kept,
        others=tuple(sorted(path for path in files if path not in ours and path not in wanted)),
        blocked=tuple(
            path
            for path in changed
            if path not in ours and not any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
        ),
    )


def refuse_sources(files: Collection[str], shown: str) -> None:
    """Raise BroadsheetError (``target-harmful``) where these files are, or hold, the sources of a site."""
    for settings in (path for path in files if path.rpartition("/")[2] == "pyproject.toml"):
        root = settings.removesuffix("pyproject.toml")
        if any(path.startswith(f"{root}content/stories/") for path in files):
            message = f"holds the sources of a site ({settings}): pages would stand among them"
            raise fail("target-harmful", message, Place(shown), "Publish to a place for pages alone.")


def steps(changes: Changes) -> list[tuple[str, ...]]:
    """The files to be sent, step by step; a step begins when the one before it has ended.

    Digested files and new pages come first, because nothing leads there yet; new feeds, which lead to those; then the
    pages that lead to all of it, the front page, and at last what calls readers: feeds and sitemaps. So no step leads
    to what is not there. What is gone is deleted after the last of them.
    """
    found: dict[int, list[str]] = {}
    for paths, rank in ((changes.new, _rank(_FRESH)), (changes.changed, _rank(_CHANGED))):
        for path in paths:
            found.setdefault(rank(path), []).append(path)
    return [tuple(sorted(found[number])) for number in sorted(found)]


def _rank(ranks: Mapping[Kind, int]) -> Callable[[str], int]:
    return lambda path: ranks[kind(path)]


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
