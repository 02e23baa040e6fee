"""Sources → story files: what is new is filed, what changed is revised, what an editor has touched is left alone.

In: readings, the shelf and the ledger. Out: story files, and ``Filed`` for each story of each source. The rules:

* A story is known by its id, which never changes and is never given twice: a feed entry's own GUID, else made from the
  source's digest, so that the same bytes make the same id anywhere.
* A file that anyone has edited is never written; where its source changed too, that is said in every run until
  ``source.sha256`` in the story is the source's own. What counts is what the file holds when it is written: an edit or
  a deletion during the run is one like any other.
* A file that was deleted stays deleted until ``again`` asks for it. Where its source then changes, the new text is
  filed as a draft: nothing is lost, and nothing comes back by itself.
* A revised story keeps its path and its date, so that its address does not move.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from broadsheet import content, disk
from broadsheet.config import Site
from broadsheet.content import edit_digest, fields, guarded
from broadsheet.errors import BroadsheetError, Place, Problem, error, note, warning
from broadsheet.ingest.sources import index
from broadsheet.ingest.sources.conversion import Reading
from broadsheet.ingest.sources.front_matter import Entry
from broadsheet.ingest.sources.index import Copy, Shelf
from broadsheet.ingest.sources.ledger import Ledger
from broadsheet.ingest.sources.matching import Match, Matcher, owns
from broadsheet.ingest.sources.pictures import Taken
from broadsheet.text import slug

Deed = Literal["new", "updated", "unchanged", "kept", "deleted", "same", "failed"]


class Filed(msgspec.Struct, frozen=True):
    """What was done with one story of a source.

    ``story`` is its path below content/stories, ``review`` the fields an editor should look at. ``kept`` means left as
    an editor made it though the source changed, ``deleted`` that an editor removed it and it stays away, ``same`` that
    ``story`` has this text already. ``near`` is the story that a new one is a near copy of, ``likeness`` 0 to 1.
    """

    source: str
    deed: Deed
    story: str = ""
    title: str = ""
    review: tuple[str, ...] = ()
    near: str = ""
    likeness: float = 0.0


class _Before(NamedTuple):
    """What stands in the file of a story that is revised."""

    data: bytes
    meta: Mapping[str, Any]


class _TouchedError(Exception):
    """The file of a story is not what ingest wrote."""

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self.copy = copy


class Cabinet:
    """One run's filing: the shelf and the ledger as they change with it, and the problems met."""

    def __init__(self, site: Site, shelf: Shelf, ledger: Ledger, *, dry_run: bool = False, again: bool = False) -> None:
        self.problems: list[Problem] = []
        self._site = site
        self._shelf = shelf
        self._ledger = ledger
        self._dry_run = dry_run
        self._again = again
        self._unsettled = False  # whether somebody touched a story of the source in hand during the run

    def known(self, name: str, sha256: str) -> list[Filed]:
        """What there is to say of a source whose bytes were read before, under this name or another."""
        line = self._ledger.get(name)
        stories = line.stories if line else {}
        if line is None or line.sha256 != sha256:
            other = self._ledger.same(sha256)
            stories = stories | (other.stories if other else {})
            self._ledger.record(name, sha256, stories)
        return [self._standing(name, known, digest) for known, digest in stories.items()]

    def file(self, reading: Reading) -> list[Filed]:
        """File what was read in a source. One entry that cannot be written does not keep the others from being."""
        self.problems += reading.problems
        if reading.seen:
            return self.known(reading.name, reading.sha256)
        if not reading.entries:
            return [Filed(reading.name, "failed")]
        line = self._ledger.get(reading.name)
        stories = dict(line.stories) if line else {}
        alone = len(reading.entries) == 1
        matcher = Matcher(reading.name, self._shelf, self._ledger, alone=alone, again=self._again)
        rows: list[Filed] = []
        self._unsettled = False
        for entry in reading.entries:
            try:
                row, known = self._entry(entry, matcher)
                stories[known] = entry.sha256
            except BroadsheetError as cause:
                self.problems.append(cause.problem)
                row = Filed(_origin(entry), "failed", title=entry.meta["title"])
            except OSError as cause:  # a story file or a picture that went away, or may not be read
                reason = f"{cause.strerror or cause}: {cause.filename}"
                hint = "Check the folder's permissions, then run the command again."
                self.problems.append(error("unwritable", f"cannot file: {reason}", Place(reading.name), hint))
                row = Filed(_origin(entry), "failed", title=entry.meta["title"])
            rows.append(row)
        whole = not any(row.deed == "failed" for row in rows) and not any(
            p.severity == "error" for p in reading.problems
        )
        whole = whole and not self._unsettled  # the next run looks at what the story is then: it may have been moved
        self._ledger.record(reading.name, reading.sha256 if whole else "", stories)
        return rows

    def _entry(self, entry: Entry, matcher: Matcher) -> tuple[Filed, str]:
        match = matcher.match(entry)
        name = _origin(entry)
        title = entry.meta["title"]
        if match.kind == "deleted":
            return Filed(name, "deleted", title=title), match.id
        if match.kind == "same" and match.copy:
            return self._twin(name, match.copy), match.id
        if match.copy and match.copy.edited:
            return self._standing(name, match.id, entry.sha256), match.id
        if match.copy and match.copy.sha256 == entry.sha256 and not self._again:
            return Filed(name, "unchanged", match.copy.path, title), match.id
        try:
            return self._written(entry, match), match.id
        except _TouchedError as touched:
            return self._meanwhile(entry, touched.copy), match.id

    def _written(self, entry: Entry, match: Match) -> Filed:
        """Write a story, new or in the place of what ingest wrote before. Raises _TouchedError."""
        name, title = _origin(entry), entry.meta["title"]
        meta = {"id": match.id, **entry.meta}
        before = self._before(match.copy) if match.copy else None
        if before:
            self._keep_date(meta, before.meta)
        elif match.revived:
            meta["status"] = "draft"
            hint = "Remove 'status: draft' to publish it, or delete it again together with its source."
            self._warn("revived", f"{title!r} was deleted by hand and its source changed: filed as a draft", name, hint)
        meta["source"] = {**meta["source"], "sha256": entry.sha256}
        path = match.copy.path if match.copy else next(self._paths(title, meta["date"]))
        near, score = self._shelf.nearest(entry.print.sketch, but=path)
        if near:
            meta["also"] = [near.id]
            self._near(name, path, near, score)
        deed: Deed = "new"
        if match.copy and before:
            deed = self._revise(match.copy, meta, entry, before.data)
        else:
            path = self._create(meta, entry)
        return Filed(name, deed, path, title, tuple(meta.get("review", ())), near.path if near else "", score)

    def _standing(self, name: str, known: str, digest: str) -> Filed:
        """How a story stands that its source has nothing new for, or that is not to be written."""
        copy = self._shelf.with_id(known)
        if copy is None:
            return Filed(name, "deleted")
        if not owns(name, copy, self._ledger):
            return Filed(name, "same", copy.path, copy.title)
        if not copy.edited or copy.sha256 == digest:
            return Filed(name, "unchanged", copy.path, copy.title)
        hint = f"Take over what you need (ingest --explain shows it), then set source.sha256 in the story to {digest}."
        self._warn(
            "edited-by-hand", f"edited by hand and left so; {name} has changed since", self._shown(copy.path), hint
        )
        return Filed(name, "kept", copy.path, copy.title)

    def _twin(self, name: str, copy: Copy) -> Filed:
        origin = f" from {copy.file}" if copy.file else ""
        message = f"the same text as {self._shown(copy.path)}{origin}: one story"
        self.problems.append(note("same-text", message, Place(name)))
        return Filed(name, "same", copy.path, copy.title)

    def _near(self, name: str, path: str, copy: Copy, score: float) -> None:
        origin = f" from {copy.file}" if copy.file else ""
        message = f"{score:.0%} alike: {self._shown(path)} and {self._shown(copy.path)}{origin}"
        hint = "It joins that story as another report of it; delete the one you do not want."
        self._warn("near-copy", message, name, hint)

    def _before(self, copy: Copy) -> _Before:
        """What the file of a story holds. Raises _TouchedError where that is not what ingest wrote."""
        try:
            data = disk.within(self._site.stories, copy.path).read_bytes()
        except FileNotFoundError:
            raise _TouchedError(copy) from None
        matter, _ = content.split(data, copy.path)
        if matter is None or str(matter.meta.get("id")) != copy.id or edit_digest.broken(data):
            raise _TouchedError(copy)
        return _Before(data, matter.meta)

    def _meanwhile(self, entry: Entry, copy: Copy) -> Filed:
        """How a story stands whose file is not what the shelf says: somebody touched it, and no size or time told."""
        self._unsettled = True
        try:
            self._shelf.add(index.found(self._site, copy))
        except FileNotFoundError:
            self._shelf.discard(copy.path)
            return Filed(_origin(entry), "deleted", title=entry.meta["title"])
        return self._standing(_origin(entry), copy.id, entry.sha256)

    def _keep_date(self, meta: dict[str, Any], before: Mapping[str, Any]) -> None:
        """Give a revised story the date it has, where that was sure; a later one is when it was updated."""
        old, new = before.get("date"), meta["date"]
        if isinstance(old, dt.date) and "date" not in (before.get("review") or ()) and _day(old) != _day(new):
            meta["date"] = old
            meta["review"] = [key for key in meta.get("review", ()) if key != "date"]
            if _day(new) > _day(old):
                meta.setdefault("updated", new)

    def _paths(self, title: str, date: dt.date) -> Iterator[str]:
        """Paths below content/stories that no file has: the month of the date, the words of the title."""
        day = date.astimezone(self._site.zone) if isinstance(date, dt.datetime) else date
        name = file_name(title)
        for number in range(1, 1_000_000):
            path = f"{day:%Y/%m}/{name}{f'-{number}' if number > 1 else ''}.md"
            if path not in self._shelf and not os.path.lexists(f"{self._site.stories}/{path}"):
                yield path

    def _create(self, meta: dict[str, Any], entry: Entry) -> str:
        """Write the file of a new story; its path."""
        data = _sealed(meta, entry)
        for path in self._paths(meta["title"], meta["date"]):
            file = disk.within(self._site.stories, path)
            if self._dry_run:
                self._put(path, meta, entry, len(data))
                return path
            self._copy(entry.pictures)
            if guarded.create(file, data):
                self._put(path, meta, entry, len(data), file.stat().st_mtime_ns)
                return path
        raise AssertionError("a month has fewer stories of one title")

    def _revise(self, copy: Copy, meta: dict[str, Any], entry: Entry, before: bytes) -> Deed:
        """Write a story anew in the place of the bytes ``before``. Raises _TouchedError where those are not there."""
        data = _sealed(meta, entry)
        if before == data:
            return "unchanged"
        mtime = 0
        if not self._dry_run:
            self._copy(entry.pictures)
            file = disk.within(self._site.stories, copy.path)
            if guarded.replace(file, data, before.__eq__) != "written":
                raise _TouchedError(copy)
            mtime = file.stat().st_mtime_ns
        self._put(copy.path, meta, entry, len(data), mtime)
        return "updated"

    def _put(self, path: str, meta: dict[str, Any], entry: Entry, size: int, mtime: int = 0) -> None:
        """Put a story on the shelf as it was written."""
        source = meta["source"]
        copy = Copy(
            path, size, mtime, meta["id"], meta["title"], source["file"], source.get("url", ""), entry.sha256,
            edited=False, print=entry.print,
        )  # fmt: skip
        self._shelf.add(copy)

    def _copy(self, pictures: Iterable[Taken]) -> None:
        """Copy pictures into the site; a name holds the digest of its picture, so one that is there is the same one."""
        for picture in pictures:
            target = disk.within(self._site.content, picture.name)
            if not target.exists():
                guarded.create(target, picture.data())

    def _warn(self, code: str, message: str, place: str, hint: str) -> None:
        self.problems.append(warning(code, message, Place(place), hint))

    def _shown(self, path: str) -> str:
        return f"{self._site.settings.content}/stories/{path}"


def _sealed(meta: Mapping[str, Any], entry: Entry) -> bytes:
    return edit_digest.write({key: meta[key] for key in (*_ORDER, *meta) if meta.get(key)}, entry.body)


_ORDER = tuple(fields.STORY)

_BYTES = 160  # of a file's name: below every file system's limit, with room for a number
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z")  # names that Windows keeps for itself


def file_name(title: str) -> str:
    """The words of a title as a file's name without its ending, valid on every system."""
    name = slug(title, default="story")
    if len(name.encode()) > _BYTES:
        cut = name.encode()[:_BYTES].decode("utf-8", "ignore")
        name = cut.rpartition("-")[0] or cut
    return f"{name}-story" if _DEVICES.match(name) else name


def _origin(entry: Entry) -> str:
    """The source that an entry came from: the file in an archive, not the archive."""
    origin: str = entry.meta["source"]["file"]
    return origin


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date
