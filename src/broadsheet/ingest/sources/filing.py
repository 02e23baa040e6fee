"""Sources → story files: what is new is filed, what changed is revised, what an editor has edited is left alone.

In: what was found in the sources, the index and the ledger. Out: story files, and ``Filed`` for each story of each
source. The rules:

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
from broadsheet.ingest.sources.conversion import Converted
from broadsheet.ingest.sources.front_matter import UNDATED, PreparedStory
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex
from broadsheet.ingest.sources.ledger import Ledger
from broadsheet.ingest.sources.matching import Match, Matcher, owns
from broadsheet.ingest.sources.pictures import PictureFile
from broadsheet.text import clip, slug

Deed = Literal["new", "updated", "unchanged", "kept", "deleted", "same", "failed"]


class Filed(msgspec.Struct, frozen=True):
    """What was done with one story of a source.

    ``story`` is its path below content/stories, ``review`` the fields an editor should look at, ``lines`` those of the
    source to compare with its body. ``held`` is why it is a draft. ``kept`` means left as
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
    lines: tuple[int, ...] = ()
    held: str = ""


class _Existing(NamedTuple):
    """What stands in the file of a story that is revised."""

    data: bytes
    meta: Mapping[str, Any]


class _EditedError(Exception):
    """The file of a story is not what ingest wrote."""

    def __init__(self, entry: IndexEntry) -> None:
        super().__init__(entry)
        self.entry = entry


class Filing:
    """One run's filing: the index and the ledger as they change with it, and the problems met."""

    def __init__(
        self, site: Site, index: StoryIndex, ledger: Ledger, *, dry_run: bool = False, again: bool = False
    ) -> None:
        self.problems: list[Problem] = []
        self._site = site
        self._index = index
        self._ledger = ledger
        self._dry_run = dry_run
        self._again = again
        self._edited_now = False  # whether somebody touched a story of the source in hand during the run

    def known(self, name: str, sha256: str) -> list[Filed]:
        """What there is to say of a source whose bytes were read before, under this name or another."""
        line = self._ledger.get(name)
        stories = line.stories if line else {}
        if line is None or line.sha256 != sha256:
            other = self._ledger.same(sha256)
            stories = stories | (other.stories if other else {})
            self._ledger.record(name, sha256, stories)
        return [self._status(name, known, digest) for known, digest in stories.items()]

    def file(self, converted: Converted) -> list[Filed]:
        """File what was read in a source. One story that cannot be written does not keep the others from being."""
        self.problems += converted.problems
        if converted.seen:
            return self.known(converted.name, converted.sha256)
        if not converted.stories:
            return [Filed(converted.name, "failed")]
        line = self._ledger.get(converted.name)
        stories = dict(line.stories) if line else {}
        alone = len(converted.stories) == 1
        matcher = Matcher(converted.name, self._index, self._ledger, alone=alone, again=self._again)
        rows: list[Filed] = []
        self._edited_now = False
        for prepared in converted.stories:
            try:
                row, known = self._file_one(prepared, matcher)
                stories[known] = prepared.sha256
            except BroadsheetError as cause:
                self.problems.append(cause.problem)
                row = Filed(_origin(prepared), "failed", title=prepared.meta["title"])
            except OSError as cause:  # a story file or a picture that went away, or may not be read
                reason = f"{cause.strerror or cause}: {cause.filename}"
                hint = "Check the folder's permissions, then run the command again."
                self.problems.append(error("unwritable", f"cannot file: {reason}", Place(converted.name), hint))
                row = Filed(_origin(prepared), "failed", title=prepared.meta["title"])
            rows.append(row)
        whole = not any(row.deed == "failed" for row in rows) and not any(
            p.severity == "error" for p in converted.problems
        )
        whole = whole and not self._edited_now  # the next run looks at what the story is then: it may have been moved
        self._ledger.record(converted.name, converted.sha256 if whole else "", stories)
        return rows

    def _file_one(self, prepared: PreparedStory, matcher: Matcher) -> tuple[Filed, str]:
        match = matcher.match(prepared)
        name = _origin(prepared)
        title = prepared.meta["title"]
        if match.kind == "deleted":
            return Filed(name, "deleted", title=title), match.id
        if match.kind == "same" and match.entry:
            return self._same_text(name, match.entry, prepared.meta), match.id
        if match.entry and match.entry.edited:
            return self._status(name, match.id, prepared.sha256), match.id
        if match.entry and match.entry.sha256 == prepared.sha256 and not self._again:
            return Filed(name, "unchanged", match.entry.path, title), match.id
        try:
            return self._written(prepared, match), match.id
        except _EditedError as edited:
            return self._edited_meanwhile(prepared, edited.entry), match.id

    def _written(self, prepared: PreparedStory, match: Match) -> Filed:
        """Write a story, new or in the place of what ingest wrote before. Raises _TouchedError."""
        name, title = _origin(prepared), prepared.meta["title"]
        meta = {"id": match.id, **prepared.meta}
        before = self._existing(match.entry) if match.entry else None
        if before:
            self._keep_date(meta, before.meta, embargoed=prepared.embargoed)
        elif match.revived:
            meta["status"] = "draft"
            hint = "Remove 'status: draft' to publish it, or delete it again together with its source."
            self._warn("revived", f"{title!r} was deleted by hand and its source changed: filed as a draft", name, hint)
        meta["source"] = {**meta["source"], "sha256": prepared.sha256}
        path = (
            match.entry.path if match.entry else next(self._paths(prepared.slug or title, _filed_under(meta, prepared)))
        )
        self._taken_back(prepared, match)
        near, score = self._index.nearest(prepared.fingerprint.sketch, but=path)
        if near:
            meta["also"] = [near.id]
            self._near(name, path, near, score)
        deed: Deed = "new"
        if match.entry and before:
            deed = self._revise(match.entry, meta, prepared, before.data)
        else:
            path = self._create(meta, prepared)
        review = tuple(meta.get("review", ()))
        likeness = near.path if near else ""
        return Filed(name, deed, path, title, review, likeness, score, prepared.lines, str(meta.get("reason", "")))

    def _status(self, name: str, known: str, digest: str) -> Filed:
        """How a story stands that its source has nothing new for, or that is not to be written."""
        entry = self._index.with_id(known)
        if entry is None:
            return Filed(name, "deleted")
        if not owns(name, entry, self._ledger):
            return Filed(name, "same", entry.path, entry.title)
        if not entry.edited or entry.sha256 == digest:
            return Filed(name, "unchanged", entry.path, entry.title)
        hint = f"Take over what you need (ingest --explain shows it), then set source.sha256 in the story to {digest}."
        self._warn(
            "edited-by-hand", f"edited by hand and left so; {name} has changed since", self._shown(entry.path), hint
        )
        return Filed(name, "kept", entry.path, entry.title)

    def _same_text(self, name: str, entry: IndexEntry, meta: Mapping[str, Any]) -> Filed:
        """How a source stands whose text is that of a story; another headline, or that it is held, is not lost."""
        origin = f" from {entry.file}" if entry.file else ""
        message = f"the same text as {self._shown(entry.path)}{origin}: one story"
        other = meta["title"] != entry.title
        held = str(meta.get("reason", "")) if meta.get("status") == "draft" and meta.get("reason") != UNDATED else ""
        if other:
            message += f", under another headline here: {clip(meta['title'], 160)!r}; there: {clip(entry.title, 160)!r}"
        if held:
            message += f". Here it is not for readers: {held}"
        if other or held:
            self._warn("same-text", message, name, "Look whether the story there is to be changed.")
        else:
            self.problems.append(note("same-text", message, Place(name)))
        return Filed(name, "same", entry.path, entry.title)

    def _taken_back(self, prepared: PreparedStory, match: Match) -> None:
        """Say where a story that is held has the id of one that another source gave: that one stays as it is."""
        entry = self._index.with_id(prepared.guid) if prepared.guid and prepared.meta.get("status") == "draft" else None
        if entry and entry.id != match.id:
            message = (
                f"held here ({prepared.meta.get('reason')}), and {self._shown(entry.path)} from {entry.file} has its id"
            )
            hint = "That story stays as it is: make it a draft, or delete it, where its publisher took it back."
            self._warn("taken-back", message, _origin(prepared), hint)

    def _near(self, name: str, path: str, entry: IndexEntry, score: float) -> None:
        origin = f" from {entry.file}" if entry.file else ""
        message = f"{score:.0%} alike: {self._shown(path)} and {self._shown(entry.path)}{origin}"
        hint = "It joins that story as another report of it; delete the one you do not want."
        self._warn("near-copy", message, name, hint)

    def _existing(self, entry: IndexEntry) -> _Existing:
        """What the file of a story holds. Raises _TouchedError where that is not what ingest wrote."""
        try:
            data = disk.within(self._site.stories, entry.path).read_bytes()
        except FileNotFoundError:
            raise _EditedError(entry) from None
        matter, _ = content.split(data, entry.path)
        if matter is None or str(matter.meta.get("id")) != entry.id or edit_digest.broken(data):
            raise _EditedError(entry)
        return _Existing(data, matter.meta)

    def _edited_meanwhile(self, prepared: PreparedStory, entry: IndexEntry) -> Filed:
        """How a story stands whose file is not what the index says: it was changed, and its size and time were not."""
        self._edited_now = True
        try:
            self._index.add(index.found(self._site, entry))
        except FileNotFoundError:
            self._index.discard(entry.path)
            return Filed(_origin(prepared), "deleted", title=prepared.meta["title"])
        return self._status(_origin(prepared), entry.id, prepared.sha256)

    def _keep_date(self, meta: dict[str, Any], before: Mapping[str, Any], *, embargoed: bool) -> None:
        """Give a revised story the date it has, where that was sure; a later one is when it was updated."""
        old, new = before.get("date"), meta.get("date")
        if not isinstance(old, dt.date) or embargoed:
            return
        if not isinstance(new, dt.date):
            meta["date"] = old
            if meta.get("reason") == UNDATED:
                del meta["status"], meta["reason"]
        elif "date" not in (before.get("review") or ()) and _day(old) != _day(new):
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
            if path not in self._index and not os.path.lexists(f"{self._site.stories}/{path}"):
                yield path

    def _create(self, meta: dict[str, Any], prepared: PreparedStory) -> str:
        """Write the file of a new story; its path."""
        data = _encoded(meta, prepared)
        for path in self._paths(prepared.slug or meta["title"], _filed_under(meta, prepared)):
            file = disk.within(self._site.stories, path)
            if self._dry_run:
                self._remember(path, meta, prepared, len(data))
                return path
            self._copy(prepared.pictures)
            if guarded.create(file, data):
                self._remember(path, meta, prepared, len(data), file.stat().st_mtime_ns)
                return path
        raise AssertionError("a month has fewer stories of one title")

    def _revise(self, entry: IndexEntry, meta: dict[str, Any], prepared: PreparedStory, before: bytes) -> Deed:
        """Write a story anew in the place of the bytes ``before``. Raises _TouchedError where those are not there."""
        data = _encoded(meta, prepared)
        if before == data:
            return "unchanged"
        mtime = 0
        if not self._dry_run:
            self._copy(prepared.pictures)
            file = disk.within(self._site.stories, entry.path)
            if guarded.replace(file, data, before.__eq__) != "written":
                raise _EditedError(entry)
            mtime = file.stat().st_mtime_ns
        self._remember(entry.path, meta, prepared, len(data), mtime)
        return "updated"

    def _remember(self, path: str, meta: dict[str, Any], prepared: PreparedStory, size: int, mtime: int = 0) -> None:
        """Add a story to the index as it was written."""
        source = meta["source"]
        entry = IndexEntry(
            path, size, mtime, meta["id"], meta["title"], source["file"], source.get("url", ""), prepared.sha256,
            edited=False, fingerprint=prepared.fingerprint,
        )  # fmt: skip
        self._index.add(entry)

    def _copy(self, pictures: Iterable[PictureFile]) -> None:
        """Copy pictures into the site; a name holds the digest of its picture, so one that is there is the same one."""
        for picture in pictures:
            target = disk.within(self._site.content, picture.name)
            if not target.exists():
                guarded.create(target, picture.data())

    def _warn(self, code: str, message: str, place: str, hint: str) -> None:
        self.problems.append(warning(code, message, Place(place), hint))

    def _shown(self, path: str) -> str:
        return f"{self._site.settings.content}/stories/{path}"


def _encoded(meta: Mapping[str, Any], prepared: PreparedStory) -> bytes:
    return edit_digest.write(
        {key: meta[key] for key in (*_ORDER, *meta) if not fields.empty(meta.get(key))}, prepared.body
    )


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


def _origin(prepared: PreparedStory) -> str:
    """The source that a story came from: the file in an archive, not the archive."""
    origin: str = prepared.meta["source"]["file"]
    return origin


def _filed_under(meta: Mapping[str, Any], prepared: PreparedStory) -> dt.date:
    """The day by whose month a story's file is named: its own, else that of the source's last change."""
    day: dt.date = meta.get("date") or prepared.filed_under
    return day


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date
