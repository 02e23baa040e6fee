"""Sources → story files: what is new is filed, what changed is revised, what an editor has touched is left alone.

In: readings, the shelf and the ledger. Out: story files, and ``Filed`` for each story of each source. The rules:

* A story is known by its id, which never changes and is never given twice: a feed entry's own GUID, else made from the
  source's digest, so that the same bytes make the same id anywhere.
* A file that anyone has edited is never written; where its source changed too, that is said in every run until
  ``source.sha256`` in the story is the source's own.
* A file that was deleted stays deleted until ``again`` asks for it. Where its source then changes, the new text is
  filed as a draft: nothing is lost, and nothing comes back by itself.
* A revised story keeps its path and its date, so that its address does not move.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import Any, Literal

import msgspec

from broadsheet import disk, storyfile
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, note, warning
from broadsheet.ingest import seal
from broadsheet.ingest.ledger import Ledger
from broadsheet.ingest.matching import Matcher, owns
from broadsheet.ingest.matter import Entry
from broadsheet.ingest.pictures import Taken
from broadsheet.ingest.reading import Reading
from broadsheet.ingest.shelf import Copy, Shelf
from broadsheet.storyfile import fields
from broadsheet.words import slug

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


class Cabinet:
    """One run's filing: the shelf and the ledger as they change with it, and the problems met."""

    def __init__(self, site: Site, shelf: Shelf, ledger: Ledger, *, dry_run: bool = False, again: bool = False) -> None:
        self.problems: list[Problem] = []
        self._site = site
        self._shelf = shelf
        self._ledger = ledger
        self._dry_run = dry_run
        self._again = again

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
        meta = {"id": match.id, **entry.meta}
        if match.copy:
            self._keep_date(meta, match.copy)
        elif match.revived:
            meta["status"] = "draft"
            hint = "Remove 'status: draft' to publish it, or delete it again together with its source."
            self._warn("revived", f"{title!r} was deleted by hand and its source changed: filed as a draft", name, hint)
        meta["source"] = {**meta["source"], "sha256": entry.sha256}
        path = match.copy.path if match.copy else self._path(title, meta["date"])
        near, score = self._shelf.nearest(entry.print.sketch, but=path)
        if near:
            meta["also"] = [near.id]
            self._near(name, path, near, score)
        deed = self._write(path, meta, entry, match.copy)
        return Filed(name, deed, path, title, tuple(meta.get("review", ())), near.path if near else "", score), match.id

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

    def _keep_date(self, meta: dict[str, Any], copy: Copy) -> None:
        """Give a revised story the date it has, where that was sure; a later one is when it was updated."""
        matter, _ = storyfile.split(disk.within(self._site.stories, copy.path).read_bytes(), copy.path)
        before = matter.meta if matter else {}
        old, new = before.get("date"), meta["date"]
        if isinstance(old, dt.date) and "date" not in (before.get("review") or ()) and _day(old) != _day(new):
            meta["date"] = old
            meta["review"] = [key for key in meta.get("review", ()) if key != "date"]
            if _day(new) > _day(old):
                meta.setdefault("updated", new)

    def _path(self, title: str, date: dt.date) -> str:
        """A path below content/stories that no file has: the month of the date, the words of the title."""
        day = date.astimezone(self._site.zone) if isinstance(date, dt.datetime) else date
        name = file_name(title)
        for number in range(1, 1_000_000):
            path = f"{day:%Y/%m}/{name}{f'-{number}' if number > 1 else ''}.md"
            if path not in self._shelf and not os.path.lexists(f"{self._site.stories}/{path}"):
                return path
        raise AssertionError("a month has fewer stories of one title")

    def _write(self, path: str, meta: dict[str, Any], entry: Entry, before: Copy | None) -> Deed:
        ordered = {key: meta[key] for key in (*_ORDER, *meta) if meta.get(key)}
        data = seal.write(ordered, entry.body)
        size, mtime = len(data), 0
        if not self._dry_run:
            file = disk.within(self._site.stories, path)
            if before and file.read_bytes() == data:
                return "unchanged"
            for picture in entry.pictures:
                self._copy(picture)
            disk.replace(file, data)
            mtime = file.stat().st_mtime_ns
        source = meta["source"]
        copy = Copy(
            path, size, mtime, meta["id"], meta["title"], source["file"], source.get("url", ""), entry.sha256,
            edited=False, print=entry.print,
        )  # fmt: skip
        self._shelf.add(copy)
        return "updated" if before else "new"

    def _copy(self, picture: Taken) -> None:
        """Copy a picture into the site; its name holds its digest, so one that is there is the same one."""
        target = disk.within(self._site.content, picture.name)
        if not target.exists():
            disk.replace(target, picture.data())

    def _warn(self, code: str, message: str, place: str, hint: str) -> None:
        self.problems.append(warning(code, message, Place(place), hint))

    def _shown(self, path: str) -> str:
        return f"{self._site.settings.content}/stories/{path}"


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
