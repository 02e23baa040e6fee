"""The story files that exist → what filing must know of each: its id, its source, its fingerprint; which are alike.

In: content/stories. Out: ``StoryIndex``. It is read from the files themselves; what it remembers of them under
.broadsheet only saves time and may be deleted.

In: Markdown bodies. Out: ``Fingerprint``, a few bytes a text however long it is, how alike two are, and
``SketchIndex``, whose time a look-up does not grow with what it holds. The method is one-permutation hashing (Li, Owen,
Zhang, 2012) of runs of four words, empty bins filled from the next (Shrivastava, Li, 2014), looked up by bands.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from zlib import crc32

import msgspec

from broadsheet import content, disk
from broadsheet.cache import Files
from broadsheet.config import Site
from broadsheet.content import guarded, listing
from broadsheet.errors import BroadsheetError, Problem

NEAR = 0.4  # likeness from which two texts tell the same story in the same words; unrelated ones stay below 0.1

_BINS = 128  # bytes of a sketch; the estimate's standard deviation is then below 0.05
_BAND = 3  # bytes that must agree to make two texts candidates
_BANDS = 24  # finds 96 of 100 pairs that are half alike, 80 at the bar
_LONGEST = 200_000  # characters that are looked at word by word; no news story is so long
_RUN = 4  # words; fewer meet by chance, more are broken by every edit
_FEWEST = 24  # words below which a text is too short to be distinguished from another by its words
_BINARY = 32 - 7  # the bits of a hash below those that name its bin


class Fingerprint(msgspec.Struct, frozen=True):
    """What is kept of a text: ``text`` equal for equal texts, ``sketch`` alike for similar ones (empty: too short)."""

    text: bytes
    sketch: bytes


def fingerprint(title: str, body: str) -> Fingerprint:
    """The fingerprint of a story: of its words alone, so that markup, case and line ends make no difference.

    A text of a few words is only the same as another where the title is the same too.
    """
    words = _WORD.findall(_LINK.sub(r"\1", body[:_LONGEST]).casefold())
    short = len(words) < _FEWEST
    whole = [*_WORD.findall(title.casefold()), "\n", *words] if short else words
    text = blake2b(" ".join(whole).encode(), digest_size=16)
    text.update(body[_LONGEST:].encode())
    return Fingerprint(text.digest(), b"" if short else _sketch(words))


def alike(one: bytes, other: bytes) -> float:
    """How alike two texts are, 0 to 1: the share of their runs of four words that both have, by their sketches."""
    if not one or not other:
        return 0.0
    same = sum(map(int.__eq__, one, other)) / _BINS
    return max(0.0, (same - 1 / 256) / (1 - 1 / 256))  # one byte in 256 agrees by chance


class SketchIndex:
    """Sketches by name, for finding the nearest: a bucket keeps its first comer, so a look-up is 24 steps at most."""

    def __init__(self) -> None:
        self._buckets: dict[int, str] = {}
        self._sketches: dict[str, bytes] = {}

    def add(self, name: str, sketch: bytes) -> None:
        """Remember a text; one with the same name is replaced, one without a sketch passed over."""
        if sketch:
            self._sketches[name] = sketch
            for key in _keys(sketch):
                if self._buckets.get(key) not in self._sketches:
                    self._buckets[key] = name

    def discard(self, name: str) -> None:
        """Forget a text; the next one that meets its buckets takes them."""
        self._sketches.pop(name, None)

    def nearest(self, sketch: bytes, *, but: str = "") -> tuple[str, float]:
        """The name of the nearest text other than ``but``, and how alike it is; an empty name where none is near."""
        if not sketch:
            return "", 0.0
        names = {name for key in _keys(sketch) if (name := self._buckets.get(key))} - {but}
        scores = ((alike(sketch, self._sketches[name]), name) for name in sorted(names) if name in self._sketches)
        score, name = max(scores, default=(0.0, ""), key=lambda pair: pair[0])
        return (name, score) if score >= NEAR else ("", 0.0)


# Scripts without spaces have no words to see: there every character counts as one.
_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿฀-๿]|[^\W_぀-ヿ㐀-䶿一-鿿฀-๿]+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s[^()\n]*)?\)")


def _sketch(words: list[str]) -> bytes:
    raw = " ".join(words).encode().split(b" ")
    runs = map(b" ".join, zip(*(raw[start:] for start in range(_RUN)), strict=False))
    hashes = sorted(set(map(crc32, runs)), reverse=True)
    lowest = {value >> _BINARY: value for value in hashes}  # the last one set is the lowest of its bin
    sketch = bytearray(_BINS)
    filler = lowest[min(lowest)]
    for place in reversed(range(_BINS)):
        filler = lowest.get(place, filler)
        sketch[place] = filler * _MIX >> 16 & 0xFF
    return bytes(sketch)


_MIX = 0x9E3779B1  # the golden ratio in 32 bits: spreads what the low bits of a CRC leave regular


def _keys(sketch: bytes) -> list[int]:
    return [band << 8 * _BAND | int.from_bytes(sketch[band * _BAND : (band + 1) * _BAND]) for band in range(_BANDS)]


_VERSION = 2  # of the cache's layout, and of how a fingerprint is made


class IndexEntry(msgspec.Struct, frozen=True, array_like=True):
    """A story file as filing sees it; ``path`` is below content/stories, ``file`` and ``sha256`` its source's.

    ``takes_back`` is the id of the story that this one, a publisher's notice, takes back.
    """

    path: str
    size: int
    mtime: int
    id: str
    title: str
    file: str
    url: str
    sha256: str
    edited: bool
    fingerprint: Fingerprint
    takes_back: str = ""


class _Cache(msgspec.Struct, array_like=True):
    version: int
    copies: list[IndexEntry]


class StoryIndex:
    """Every story file, by path, by id and by text; what is filed meanwhile is added."""

    def __init__(self) -> None:
        self._copies: dict[str, IndexEntry] = {}
        self._ids: dict[str, str] = {}
        self._texts: dict[bytes, str] = {}
        self._near: SketchIndex | None = None  # made when first asked for: most runs file nothing new

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
            self._near = SketchIndex()
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
    listed = list(listing.markdown(site.stories, ""))
    for one in listed:  # a link out of the content in the place of a story is a person's: it is not read, and stays
        if isinstance(one, Problem) and one.code == "link-outside" and (copy := known.get(one.place.file.lstrip("/"))):
            shelf.add(_linked(copy))
    for path, state in sorted(one for one in listed if not isinstance(one, Problem)):
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
        edited=matter is None or guarded.edited(data), fingerprint=fingerprint(title, body),
        takes_back=str(meta.get("takes_back") or ""),
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
