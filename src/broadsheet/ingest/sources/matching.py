"""A story found in a source → the one it is: one that was filed before, one that another source has, or a new one.

In: a prepared story, and the index and ledger as they are. Out: ``Match``. Nothing is changed here.

Only the source that a story came from may change it. A GUID or an address that a feed claims is its own word for it:
where another source has it already, the entry is a story apart, whatever it says of itself.
"""

from __future__ import annotations

import uuid
from typing import Literal

import msgspec

from broadsheet.ingest.sources.front_matter import PreparedStory
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex, alike
from broadsheet.ingest.sources.ledger import Ledger

SPACE = uuid.UUID("5e4c1f0e-8c5b-5e0a-9a52-6b1d3f0c7a11")  # chosen once: another would give every story a new id
_REVISED = 0.15  # likeness from which a source's new text is its old story revised; below, the file was used anew


class Match(msgspec.Struct, frozen=True):
    """``new`` with the id to give it; ``known``, ``same`` with the story file; ``deleted`` with the id it had.

    ``revived``: the source is of a story that an editor deleted, and says something else now.
    """

    kind: Literal["new", "known", "same", "deleted"]
    id: str
    entry: IndexEntry | None = None
    revived: bool = False


class Matcher:
    """The stories that came of one source so far, to each of which at most one of its entries is matched."""

    def __init__(self, name: str, index: StoryIndex, ledger: Ledger, *, alone: bool, again: bool) -> None:
        line = ledger.get(name)
        stories = line.stories if line else {}
        entries = [entry for known in stories if (entry := index.with_id(known))]
        mine = [entry for entry in entries if owns(name, entry, ledger)]
        ids = {entry.id for entry in mine}
        # The notice that a story of this source was taken back is no story of its own.
        self._own = {entry.id: entry for entry in mine if entry.takes_back not in ids}
        self._gone = [known for known in stories if not index.with_id(known)]
        self._name = name
        self._index = index
        self._ledger = ledger
        self._alone = alone
        self._again = again

    def match(self, prepared: PreparedStory) -> Match:
        """The story that an entry is."""
        known = self._id(prepared)
        same = self._index.with_text(prepared.fingerprint.text)
        if entry := self._own.pop(known, None):
            if (
                same
                and same.id != known
                and same.id not in self._own
                and prepared.fingerprint.text != entry.fingerprint.text
            ):
                return Match("same", same.id, same)  # revised into what another story says: not to be filed twice
            return Match("known", known, entry)
        if self._ledger.filed(known) and not self._index.with_id(known) and not self._again:
            return Match("deleted", known)
        if same and same.id in self._own:
            return Match("known", same.id, self._own.pop(same.id))
        if same:
            return Match("same", same.id, same)
        if entry := None if prepared.guid else self._revised(prepared):
            return Match("known", entry.id, self._own.pop(entry.id))
        return Match("new", known, revived=bool(self._alone and self._gone and not self._own and not self._again))

    def _id(self, prepared: PreparedStory) -> str:
        """The id that an entry has or will have: its GUID where no other source has it, else made from its digest."""
        if prepared.guid and (prepared.guid in self._own or not self._index.with_id(prepared.guid)):
            return prepared.guid
        seed = f"{self._name}\n{prepared.guid}" if prepared.guid else prepared.sha256
        minted = str(uuid.uuid5(SPACE, seed))
        while (entry := self._index.with_id(minted)) and entry.id not in self._own:
            minted = str(uuid.uuid5(SPACE, minted))
        return minted

    def _revised(self, prepared: PreparedStory) -> IndexEntry | None:
        """The own story that an entry without a GUID revises: by its address, its title, or most of its text."""
        for entry in self._own.values():
            if (prepared.url and prepared.url == entry.url) or prepared.meta["title"] == entry.title:
                return entry
        scored = [
            (alike(prepared.fingerprint.sketch, entry.fingerprint.sketch), entry.id) for entry in self._own.values()
        ]
        score, known = max(scored, default=(0.0, ""))
        short = (
            self._alone
            and len(scored) == 1
            and not (prepared.fingerprint.sketch and self._own[known].fingerprint.sketch)
        )
        return self._own[known] if score >= _REVISED or short else None


def owns(name: str, entry: IndexEntry, ledger: Ledger) -> bool:
    """Whether a source may change a story: it came from there, or from a file that was moved here, folder to folder."""
    if entry.file == name or entry.file.startswith(f"{name}/"):  # the latter: a file in an archive
        return True
    moved = entry.file.rpartition("/")[2] == name.rpartition("/")[2] and "://" not in entry.file + name
    return moved and not ledger.present(entry.file)
