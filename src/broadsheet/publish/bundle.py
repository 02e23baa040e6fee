"""The bundle: the files of the built site that are to be at a target, what each is, and what they change there.

In: the output folder, the paths that were rendered in it, what is at a target. Out: a ``Bundle``, with the digests by
which files are compared; of each a kind, a media type, how long it may be kept; ``Changes``, and the steps in which
they are sent, so that no reader meets anything half-done. A file is read for its digest only once: digests are kept by
inode, size and time of change, so that a hard link, or an old release, is known as well.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fnmatch
import functools
import hashlib
import mimetypes
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Literal

import msgspec

from broadsheet import disk
from broadsheet.cache import Files
from broadsheet.errors import BroadsheetError, Place, fail

DigestKind = Literal["sha256", "md5", "git"]  # what the record and folders go by; what S3 does; what git does
Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many
LINK = "a link"  # stands for the digest of what is no file of its own

Kind = Literal["digested", "asset", "page", "front", "feed", "map"]

YEAR = 31_536_000  # seconds that a file may be kept whose name changes with its bytes
MINUTES = 600  # seconds for what keeps its name

FEEDS = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
_MAPS = re.compile(r"(?:news-)?sitemap(?:-\d+)?\.xml|robots\.txt|feeds\.opml|_redirects|_headers|\.nojekyll|CNAME")
_DIGESTED = re.compile(  # as render names static files and pictures, and pagefind the parts of its index
    r"(?:static|pictures)/.*\.[0-9a-f]{8}(?:\.\w+)?|pagefind/.*_[0-9a-f]{7,}\.pf_\w+"
)
_NAMED = {"rsl.xml": "application/rsl+xml", "apple-app-site-association": "application/json"}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
    ".opml": "text/x-opml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}

GRACE = dt.timedelta(days=1)  # what a page still open in a browser, or kept in a cache, may yet ask for

_FRESH: dict[Kind, int] = {"digested": 0, "asset": 0, "page": 1, "feed": 2, "map": 2, "front": 4}
_CHANGED: dict[Kind, int] = {"digested": 0, "asset": 3, "page": 3, "front": 4, "feed": 5, "map": 5}


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
            key = _key(file)
            value = known.get(key) or seen.get(key)
            found[path] = seen[key] = value or digest(kind, read(root, path))
        return found

    def note(self, path: str, written: tuple[int, int], kind: DigestKind, data: bytes) -> None:
        """Take down a file that was ``written`` just now, its size and time of change, so that it need not be read."""
        with contextlib.suppress(OSError):
            found = os.lstat(path)
            if (found.st_size, found.st_mtime_ns) == written:
                self._load(kind)
                self._seen.setdefault(kind, {})[_key(found)] = digest(kind, data)

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


def _key(file: os.stat_result) -> str:
    """The key of a file's digest. It is the same under every path, as long as the file has not changed."""
    return f"{file.st_dev}:{file.st_ino}:{file.st_size}:{file.st_mtime_ns}"


class Bundle:
    """What is to be at a target: files below ``root``, and ``extras``, small files that a host asks for."""

    def __init__(self, root: Path, paths: Iterable[str], digests: Digests, extras: Mapping[str, bytes]) -> None:
        self.root = root
        self.extras = dict(extras)
        self._digests = digests
        self._found: dict[DigestKind, dict[str, str]] = {}
        self._stats = {path: found for path in sorted(paths) if (found := _file(root, path))}

    @functools.cached_property
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


def read(root: Path, path: str) -> bytes:
    """The bytes of a file below ``root``. Raises BroadsheetError (``unreadable``)."""
    try:
        return disk.read(f"{root}/{path}")
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(f"{root.name}/{path}")) from cause


def _file(root: Path, path: str) -> os.stat_result | None:
    """What the system says of a file that is one: a page that could never be drawn has none, a link is not sent."""
    try:
        found = os.lstat(f"{root}/{path}")
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def kind(path: str) -> Kind:
    """What a file is."""
    name = path.rpartition("/")[2]
    if path == "index.html":
        return "front"
    if name.endswith((".html", ".htm")):
        return "page"
    if name in FEEDS:
        return "feed"
    if _MAPS.fullmatch(path):
        return "map"
    return "digested" if _DIGESTED.fullmatch(path) else "asset"


def media_type(path: str) -> str:
    """The media type under which a file is to be sent."""
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if name in FEEDS:
        return f"{FEEDS[name]}; charset=utf-8"
    if name in ("_redirects", "_headers", "CNAME"):
        return _TYPES[".txt"]
    if name in _NAMED:
        return _NAMED[name]
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def caching(path: str) -> str:
    """The Cache-Control header of a file (RFC 9111; RFC 8246 for ``immutable``)."""
    if kind(path) == "digested":
        return f"public, max-age={YEAR}, immutable"
    return f"public, max-age={MINUTES}"


class TargetState(msgspec.Struct, frozen=True):
    """What is at a target: digests by path, and the paths of those that Broadsheet put there.

    ``ours`` is None where the target cannot tell: the record does then.
    """

    files: Mapping[str, str]
    ours: frozenset[str] | None = None


class Changes(msgspec.Struct, frozen=True):
    """What is to be done at a target, every list in the order of paths.

    ``leaving`` are digested files that no page names any more, with the moment since when: they go a day later.
    ``others`` were put there by somebody else and stay; ``blocked`` are such in the way of the site's own. ``replaced``
    counts what Broadsheet put there and is changed or gone.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    same: int = 0
    leaving: Mapping[str, str] = {}
    others: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    replaced: int = 0

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
        replaced=sum(path in ours for path in changed) + len(superseded) - len(kept),
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
