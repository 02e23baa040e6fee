"""The story files that exist → what filing must know of each: its id, its source, its fingerprint.

In: content/stories. Out: ``StoryIndex``. It is read from the files themselves; what it remembers of them under
.broadsheet only saves time and may be deleted.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet import content, disk
from broadsheet.cache.files import Files
from broadsheet.config import Site
from broadsheet.content import edit_digest, listing
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest.sources import similarity

_VERSION = 1  # of the cache's layout, and of how a fingerprint is made


class IndexEntry(msgspec.Struct, frozen=True, array_like=True):
    """A story file as filing sees it; ``path`` is below content/stories, ``file`` and ``sha256`` its source's."""

    path: str
    size: int
    mtime: int
    id: str
    title: str
    file: str
    url: str
    sha256: str
    edited: bool
    fingerprint: similarity.Fingerprint


class _Cache(msgspec.Struct, array_like=True):
    version: int
    copies: list[IndexEntry]


class StoryIndex:
    """Every story file, by path, by id and by text; what is filed meanwhile is added."""

    def __init__(self) -> None:
        self._copies: dict[str, IndexEntry] = {}
        self._ids: dict[str, str] = {}
        self._texts: dict[bytes, str] = {}
        self._near: similarity.SketchIndex | None = None  # made when first asked for: most runs file nothing new

    def __iter__(self) -> Iterator[IndexEntry]:
        return iter(self._copies.values())

    def __contains__(self, path: str) -> bool:
        return path in self._copies

    def add(self, copy: IndexEntry) -> None:
        """Add a story file, in the place of one with the same path. The first of equal texts counts."""
        if old := self._copies.get(copy.path):
            self._drop(old)
        self._copies[copy.path] = copy
        if copy.id:
            self._ids.setdefault(copy.id, copy.path)
        self._texts.setdefault(copy.fingerprint.text, copy.path)
        if self._near:
            self._near.add(copy.path, copy.fingerprint.sketch)

    def discard(self, path: str) -> None:
        """Remove a story file."""
        if old := self._copies.get(path):
            self._drop(old)

    def with_id(self, known: str) -> IndexEntry | None:
        """The story file of an id."""
        return self._copies.get(self._ids.get(known, ""))

    def with_text(self, text: bytes) -> IndexEntry | None:
        """A story file with the same text."""
        return self._copies.get(self._texts.get(text, ""))

    def nearest(self, sketch: bytes, *, but: str = "") -> tuple[IndexEntry | None, float]:
        """The story file most like a text, if one is a near copy, and how alike the two are."""
        if self._near is None:
            self._near = similarity.SketchIndex()
            for copy in self:
                self._near.add(copy.path, copy.fingerprint.sketch)
        path, score = self._near.nearest(sketch, but=but)
        return self._copies.get(path), score

    def _drop(self, old: IndexEntry) -> None:
        del self._copies[old.path]
        if self._ids.get(old.id) == old.path:
            del self._ids[old.id]
        if self._texts.get(old.fingerprint.text) == old.path:
            del self._texts[old.fingerprint.text]
        if self._near:
            self._near.discard(old.path)


def load(site: Site) -> StoryIndex:
    """The index of a site: files that have not changed since they were last looked at are not opened."""
    known = {copy.path: copy for copy in _cached(site)}
    shelf = StoryIndex()
    for path, state in sorted(one for one in listing.markdown(site.stories, "") if not isinstance(one, Problem)):
        copy = known.get(path)
        if copy is None or (copy.size, copy.mtime) != (state.st_size, state.st_mtime_ns):
            with contextlib.suppress(OSError):  # gone meanwhile, or not to be read: the build tells of it
                copy = look(disk.read(f"{site.stories}/{path}", content.LARGEST), path, state, copy)
        if copy:
            shelf.add(_linked(copy) if os.path.islink(f"{site.stories}/{path}") else copy)
    return shelf


def found(site: Site, copy: IndexEntry) -> IndexEntry:
    """A story file as it is now. Raises OSError."""
    file = site.stories / copy.path
    linked, state = file.is_symlink(), file.stat()
    now = look(file.read_bytes(), copy.path, state, copy)
    return _linked(now) if linked else now


def _linked(copy: IndexEntry) -> IndexEntry:
    """A link in the place of a story file was made by a person, whatever it leads to."""
    return msgspec.structs.replace(copy, edited=True)


def save(site: Site, shelf: StoryIndex) -> None:
    """Keep the index for the next run; where that cannot be, nothing is lost."""
    copies = list(shelf)
    with contextlib.suppress(BroadsheetError):
        cache, data = Files(site.cache), msgspec.msgpack.encode(_Cache(_VERSION, copies))
        if cache.get(_FILE) != data:
            cache.put(_FILE, data)


def look(data: bytes, path: str, found: os.stat_result, before: IndexEntry | None = None) -> IndexEntry:
    """What filing must know of a story file. One whose front matter is broken counts as edited and keeps its id."""
    matter, _ = content.split(data, path)
    meta: dict[str, Any] = matter.meta if matter else _rescued(data, before)
    source = meta.get("source")
    source = source if isinstance(source, dict) else {}
    body = matter.body if matter else ""
    title = str(meta.get("title") or "")
    return IndexEntry(
        path, found.st_size, found.st_mtime_ns, str(meta.get("id") or ""), title,
        str(source.get("file") or ""), str(source.get("url") or ""), str(source.get("sha256") or ""),
        edited=matter is None or edit_digest.broken(data), fingerprint=similarity.fingerprint(title, body),
    )  # fmt: skip


def _rescued(data: bytes, before: IndexEntry | None) -> dict[str, Any]:
    """The id and source of a file whose front matter cannot be read: as they were, else as the lines say.

    Without them its source would look unfiled, and a slip in the front matter would make a second story.
    """
    if before:
        return {"id": before.id, "source": {"file": before.file, "url": before.url, "sha256": before.sha256}}
    lines = dict(_KEY.findall(data[:20_000].decode("utf-8", "replace")))
    return {"id": lines.get("id", ""), "source": {key: lines.get(key, "") for key in ("file", "url", "sha256")}}


_FILE = "shelf.msgpack"
_KEY = re.compile(r"^ {0,4}(id|file|url|sha256): *[\"']?(.+?)[\"']?\r?$", re.MULTILINE)


def _cached(site: Site) -> list[IndexEntry]:
    try:
        cache = msgspec.msgpack.decode(Files(site.cache).get(_FILE) or b"", type=_Cache)
    except msgspec.MsgspecError:
        return []
    return cache.copies if cache.version == _VERSION else []
