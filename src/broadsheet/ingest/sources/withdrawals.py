"""Notices of a run → the stories that they take back, held as drafts.

In: what sources say that take stories back, the index and the ledger. Out: story files, and ``Held`` for each story
that was held. A story that anyone has edited is left as it is; the notice names it, so that every build reports it.
Which stories a notice names is worked out by ``takebacks``.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.ingest.sources import takebacks
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex
from broadsheet.ingest.sources.ledger import SPACE, Ledger
from broadsheet.ingest.sources.story_files import EditedError, PreparedStory, StoryFiles
from broadsheet.text import clip

_TAKES_BACK = "it takes another story back"
_REASON = 300  # characters of the reason for which a story is held


def origin(prepared: PreparedStory) -> str:
    """The source that a story came from: the file in an archive, not the archive."""
    name: str = prepared.meta["source"]["file"]
    return name


class HeldStory(NamedTuple):
    """A story that was held: the source that takes it back, its entry in the index, and why."""

    source: str
    entry: IndexEntry
    reason: str


class _Notice(NamedTuple):
    """A story that may take another one back: what its source says, and its own file, where it has one."""

    prepared: PreparedStory
    entry: IndexEntry | None = None
    target: IndexEntry | None = None


class Withdrawals:
    """The notices of one run. Problems are added to the list that it is given."""

    def __init__(
        self, site: Site, index: StoryIndex, ledger: Ledger, files: StoryFiles, problems: list[Problem]
    ) -> None:
        self._site = site
        self._index = index
        self._ledger = ledger
        self._files = files
        self._problems = problems
        self._notices: list[_Notice] = []
        self._known: takebacks.Notices | None = None  # made when the run is over, of the stories that are there then

    def add(self, prepared: PreparedStory, entry: IndexEntry | None = None, target: IndexEntry | None = None) -> None:
        """Note a story that may take another one back: its own entry, where it has one, and whom it names by id."""
        self._notices.append(_Notice(prepared, entry, target))

    def carry_out(self) -> list[HeldStory]:
        """Hold the stories that the notices take back, in whatever order they came."""
        rows: list[HeldStory] = []
        for notice in self._notices:
            try:
                rows += self._take_back(notice)
            except OSError as cause:
                place = Place(origin(notice.prepared))
                self._problems.append(error("unwritable", f"cannot hold what it takes back: {cause.strerror}", place))
        self._notices.clear()
        return rows

    def _take_back(self, notice: _Notice) -> list[HeldStory]:
        prepared, name = notice.prepared, origin(notice.prepared)
        found = [
            entry
            for entry in self._named(notice)
            if takebacks.may_take_back(name, entry.file) and not self._is_past(prepared, entry)
        ]
        if not found:
            unknown = prepared.withheld and not prepared.guid and takebacks.is_notice(prepared.body, prepared.withheld)
            if unknown and not (notice.entry and notice.entry.takes_back):
                hint = "Find the story that it means, and make it a draft or delete it."
                self._warn("taken-back", "takes a story back, but no story it names was found", name, hint)
            return []
        rows: list[HeldStory] = []
        for target in found:
            entry = notice.entry if target is found[0] else None
            if target.edited or entry:
                entry = self._notice_file(notice, target, entry)
            shown = self._shown(entry.path) if entry else name
            reason = prepared.withheld or clip(prepared.meta["title"], _REASON)
            row = self._held(target, f"taken back, says {shown}: {reason}", name)
            rows += [row] if row else []
        return rows

    def _is_past(self, prepared: PreparedStory, target: IndexEntry) -> bool:
        """Whether a notice is older than the story that it names: an earlier version of the same."""
        try:
            return takebacks.older(prepared.meta, self._files.existing(target).meta)
        except EditedError:
            return False

    def _named(self, notice: _Notice) -> list[IndexEntry]:
        """The index entries of the stories that a notice takes back."""
        prepared, own = notice.prepared, notice.entry
        if notice.target:
            now = self._index.with_id(notice.target.id)
            return [now] if now else []
        if prepared.guid and prepared.withheld:
            other = self._index.with_id(prepared.guid)
            if other and (own is None or other.id != own.id):
                return [other]
        if own and own.takes_back:
            other = self._index.with_id(own.takes_back)
            return [other] if other else []
        if self._known is None:
            self._known = takebacks.Notices(self._index, self._site.inbox)
        found = self._known.find(prepared.meta["title"], prepared.body, prepared.withheld, own.path if own else "")
        return [entry for entry in found if not entry.takes_back]

    def _notice_file(self, notice: _Notice, target: IndexEntry, entry: IndexEntry | None) -> IndexEntry | None:
        """The file of a notice, which names the story that it takes back; one is made where it has none.

        Where an editor deleted it, that was the answer, and none is made again.
        """
        prepared = notice.prepared
        if entry:
            before = self._files.existing(entry) if not entry.edited and entry.takes_back != target.id else None
            if before and not self._files.dry_run:
                reason = "" if prepared.withheld else _TAKES_BACK
                reason = "; ".join(filter(None, (reason, before.meta.get("reason"))))
                meta = {**before.meta, "status": "draft", "reason": reason, "takes_back": target.id}
                self._files.rewrite(entry, meta, before.data)
            return entry
        known = str(uuid.uuid5(SPACE, f"{origin(prepared)}\n{target.id}\ntaken back"))
        if there := self._index.with_id(known):
            return there
        if self._ledger.filed(known):
            return None
        meta = {"id": known, **prepared.meta, "status": "draft", "takes_back": target.id}
        meta.setdefault("reason", _TAKES_BACK)
        meta["source"] = {**meta["source"], "sha256": prepared.sha256}
        path = self._files.create(meta, prepared)
        line = self._ledger.get(origin(prepared))
        if line:
            self._ledger.record(line.file, line.sha256, line.stories | {known: prepared.sha256})
        return next((one for one in self._index if one.path == path), None)

    def _held(self, target: IndexEntry, reason: str, name: str) -> HeldStory | None:
        """Hold a story that was taken back; a warning, where it is out. One that anyone has edited is left as it is."""
        hint = "Make it a draft or delete it. If the story is right after all, delete the notice that takes it back."
        try:
            before = self._files.existing(target)
        except EditedError:
            if target.path in self._index:
                self._warn(
                    "taken-back", f"{reason}; you edited it, so it was not changed", self._shown(target.path), hint
                )
            return None
        if before.meta.get("status") == "draft":
            return None
        meta = {**before.meta, "status": "draft", "reason": clip(reason, _REASON)}
        if not self._files.dry_run and not self._files.rewrite(target, meta, before.data):
            self._warn("taken-back", f"{reason}; you edited it, so it was not changed", self._shown(target.path), hint)
            return None
        self._warn(
            "taken-back", f"{reason}: held", self._shown(target.path), "If it is right after all, publish it again."
        )
        return HeldStory(name, target, meta["reason"])

    def _warn(self, code: str, message: str, place: str, hint: str) -> None:
        self._problems.append(warning(code, message, Place(place), hint))

    def _shown(self, path: str) -> str:
        return f"{self._site.settings.content}/stories/{path}"
