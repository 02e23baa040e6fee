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
* A notice by which a publisher takes a story back holds that story, whatever source it came from: it becomes a draft
  that says why. One that anyone has edited is left as it is; the notice names it, so that every build reports it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, note, warning
from broadsheet.ingest.sources import index, story_files, takebacks
from broadsheet.ingest.sources.conversion import Converted
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex
from broadsheet.ingest.sources.ledger import Ledger, Match, Matcher, owns
from broadsheet.ingest.sources.story_files import UNDATED, EditedError, PreparedStory, StoryFiles
from broadsheet.ingest.sources.withdrawals import Withdrawals, origin
from broadsheet.text import clip

Deed = Literal["new", "updated", "unchanged", "kept", "deleted", "same", "failed"]


class Filed(msgspec.Struct, frozen=True):
    """What was done with one story of a source.

    ``story`` is its path below content/stories, ``review`` the fields an editor should look at, ``lines`` those of the
    source to compare with its body. ``held`` is why it is a draft. ``kept`` means left as an editor made it though the
    source changed, ``deleted`` that an editor removed it and it stays away, ``same`` that ``story`` has this text
    already. ``near`` is the story that a new one is a near copy of, ``likeness`` 0 to 1. ``news`` is False for what the
    run before said already. ``sectioned`` is whether a story that was filed has a section.
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
    news: bool = True
    sectioned: bool = True


class Filing:
    """One run's filing: the index and the ledger as they change with it, and the problems met."""

    def __init__(
        self, site: Site, index: StoryIndex, ledger: Ledger, *, dry_run: bool = False, again: bool = False
    ) -> None:
        self.problems: list[Problem] = []
        self._site = site
        self._index = index
        self._ledger = ledger
        self._files = StoryFiles(site, index, dry_run=dry_run)
        self._again = again
        self._withdrawals = Withdrawals(site, index, ledger, self._files, self.problems)
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
                stories |= {known: prepared.sha256} if known else {}
            except BroadsheetError as cause:
                self.problems.append(cause.problem)
                row = Filed(origin(prepared), "failed", title=prepared.meta["title"])
            except OSError as cause:  # a story file or a picture that went away, or may not be read
                reason = f"{cause.strerror or cause}: {cause.filename}"
                hint = "Check the folder's permissions, then run the command again."
                self.problems.append(error("unwritable", f"cannot file: {reason}", Place(converted.name), hint))
                row = Filed(origin(prepared), "failed", title=prepared.meta["title"])
            rows.append(row)
        broken = any(row.deed == "failed" for row in rows) or any(p.severity == "error" for p in converted.problems)
        whole = not broken and not self._edited_now  # the next run looks at what the story is then
        self._ledger.record(converted.name, converted.sha256 if whole else "", stories)
        return rows

    def _file_deleted(self, prepared: PreparedStory) -> tuple[Filed, str]:
        """Note which story a source takes back without its text, where that is here."""
        if target := self._index.with_id(prepared.guid):
            self._withdrawals.add(prepared, target=target)
        path, title = (target.path, target.title) if target else ("", prepared.meta["title"])
        return Filed(origin(prepared), "unchanged", path, title, news=False), ""

    def _file_one(self, prepared: PreparedStory, matcher: Matcher) -> tuple[Filed, str]:
        if prepared.deleted:
            return self._file_deleted(prepared)
        match = matcher.match(prepared)
        name = origin(prepared)
        title = prepared.meta["title"]
        if match.kind == "deleted":
            return Filed(name, "deleted", title=title), match.id
        if match.kind == "same" and match.entry:
            if prepared.guid and prepared.guid == match.id and prepared.withheld:
                self._withdrawals.add(prepared, target=match.entry)
            return self._same_text(name, match.entry, prepared.meta), match.id
        if match.entry and match.entry.edited:
            if prepared.withheld and match.entry.sha256 != prepared.sha256:
                self._withdrawals.add(prepared, target=match.entry)
            return self._status(name, match.id, prepared.sha256), match.id
        if match.entry and match.entry.sha256 == prepared.sha256 and not self._again:
            return Filed(name, "unchanged", match.entry.path, title), match.id
        try:
            return self._written(prepared, match), match.id
        except EditedError as edited:
            return self._edited_meanwhile(prepared, edited.entry), match.id

    def _written(self, prepared: PreparedStory, match: Match) -> Filed:
        """Write a story, new or in the place of what ingest wrote before. Raises EditedError."""
        name, title = origin(prepared), prepared.meta["title"]
        meta = {"id": match.id, **prepared.meta}
        before = self._files.existing(match.entry) if match.entry else None
        if before:
            self._keep_date(meta, before.meta, embargoed=prepared.embargoed)
        elif match.revived:
            meta["status"] = "draft"
            hint = "Delete the line 'status: draft' to publish it, or delete the story and its source."
            self._warn(
                "revived", f"{title!r} was deleted, and its source has changed: filed again as a draft", name, hint
            )
        meta["source"] = {**meta["source"], "sha256": prepared.sha256}
        path = match.entry.path if match.entry else self._files.path(meta, prepared)
        self._keep_held(meta, prepared, match)
        near, score = self._index.nearest(prepared.fingerprint.sketch, but=path)
        if near:
            meta["also"] = [near.id]
            self._near(name, path, near, score)
        deed: Deed = "new"
        if match.entry and before:
            deed = "updated" if self._files.revise(match.entry, meta, prepared, before.data) else "unchanged"
        else:
            path = self._files.create(meta, prepared)
        review, likeness = tuple(meta.get("review", ())), near.path if near else ""
        if entry := self._index.with_id(match.id):
            self._withdrawals.add(prepared, entry)
        held, sectioned = str(meta.get("reason", "")), "section" in meta
        return Filed(name, deed, path, title, review, likeness, score, prepared.lines, held, sectioned=sectioned)

    def _status(self, name: str, known: str, digest: str) -> Filed:
        """How a story stands that its source has nothing new for, or that is not to be written."""
        entry = self._index.with_id(known)
        if entry is None:
            return Filed(name, "deleted")
        if not owns(name, entry, self._ledger):
            return Filed(name, "same", entry.path, entry.title)
        if not entry.edited or entry.sha256 == digest:
            return Filed(name, "unchanged", entry.path, entry.title)
        hint = f"Copy what you need (ingest --explain shows it), then set source.sha256 in the story to {digest}."
        self._warn(
            "edited-by-hand",
            f"{name} has changed, but you edited the story: it was not changed",
            self._shown(entry.path),
            hint,
        )
        return Filed(name, "kept", entry.path, entry.title)

    def _same_text(self, name: str, entry: IndexEntry, meta: Mapping[str, Any]) -> Filed:
        """How a source stands whose text is that of a story; another headline, or that it is held, is not lost."""
        origin = f" from {entry.file}" if entry.file else ""
        message = f"the same text as {self._shown(entry.path)}{origin}: one story"
        other = meta["title"] != entry.title
        held = str(meta.get("reason", "")) if meta.get("status") == "draft" and meta.get("reason") != UNDATED else ""
        if other:
            message += f", with another headline here: {clip(meta['title'], 160)!r}; there: {clip(entry.title, 160)!r}"
        if held:
            message += f". Here it is not for readers: {held}"
        if other or held:
            self._warn("same-text", message, name, "Check whether that story should change.")
        else:
            self.problems.append(note("same-text", message, Place(name)))
        return Filed(name, "same", entry.path, entry.title)

    def _keep_held(self, meta: dict[str, Any], prepared: PreparedStory, match: Match) -> None:
        """Hold a story that is written while a notice stands that takes it back, and keep what a notice takes back."""
        if match.entry and match.entry.takes_back:
            meta["takes_back"] = match.entry.takes_back
        notice = next((one for one in self._index if one.takes_back == match.id), None)
        other = self._index.with_id(prepared.guid) if prepared.guid else None
        if notice is None and other and other.id != match.id and not prepared.withheld:
            notice = (
                other if self._withheld(other, meta) and takebacks.may_take_back(other.file, origin(prepared)) else None
            )
        if notice:
            reason = f"taken back, says {self._shown(notice.path)}"
            meta |= {"status": "draft", "reason": "; ".join(filter(None, (meta.get("reason"), reason)))}

    def _withheld(self, entry: IndexEntry, meta: Mapping[str, Any]) -> bool:
        """Whether a story is held because its source says so, and is not older than what another source says."""
        try:
            there = self._files.existing(entry).meta
        except EditedError:
            return False
        held = there.get("status") == "draft" and not story_files.is_doubt(str(there.get("reason", "")))
        return held and not takebacks.older(there, meta)

    def finish(self) -> list[Filed]:
        """Hold the stories that notices filed in this run take back, in whatever order they came."""
        return [
            Filed(held.source, "updated", held.entry.path, held.entry.title, held=held.reason)
            for held in self._withdrawals.carry_out()
        ]

    def _near(self, name: str, path: str, entry: IndexEntry, score: float) -> None:
        origin = f" from {entry.file}" if entry.file else ""
        message = f"{score:.0%} alike: {self._shown(path)} and {self._shown(entry.path)}{origin}"
        hint = "It is linked to that story as another report; delete the one you do not want."
        self._warn("near-copy", message, name, hint)

    def _edited_meanwhile(self, prepared: PreparedStory, entry: IndexEntry) -> Filed:
        """How a story stands whose file is not what the index says: it was changed, and its size and time were not."""
        self._edited_now = True
        try:
            self._index.add(index.found(self._site, entry))
        except FileNotFoundError:
            self._index.discard(entry.path)
            return Filed(origin(prepared), "deleted", title=prepared.meta["title"])
        return self._status(origin(prepared), entry.id, prepared.sha256)

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

    def _warn(self, code: str, message: str, place: str, hint: str) -> None:
        self.problems.append(warning(code, message, Place(place), hint))

    def _shown(self, path: str) -> str:
        return f"{self._site.settings.content}/stories/{path}"


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date
