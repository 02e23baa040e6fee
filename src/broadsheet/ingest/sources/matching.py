"""An entry of a source → the story it is: one that was filed before, one that another source told, or a new one.

In: an entry, and the shelf and ledger as they are. Out: ``Match``. Nothing is changed here.

Only the source that a story came from may change it. A GUID or an address that a feed claims is its own word for it:
where another source has it already, the entry is a story apart, whatever it says of itself.
"""

from __future__ import annotations

import uuid
from typing import Literal

import msgspec

from broadsheet.ingest.sources import similarity
from broadsheet.ingest.sources.front_matter import Entry
from broadsheet.ingest.sources.index import Copy, Shelf
from broadsheet.ingest.sources.ledger import Ledger

_SPACE = uuid.UUID("5e4c1f0e-8c5b-5e0a-9a52-6b1d3f0c7a11")  # chosen once: another would give every story a new id
_KIN = 0.15  # likeness from which a source's new text is its old story revised; below, the file was used anew


class Match(msgspec.Struct, frozen=True):
    """``new`` with the id to give it; ``known``, ``same`` with the story file; ``deleted`` with the id it had.

    ``revived``: the source is of a story that an editor deleted, and says something else now.
    """

    kind: Literal["new", "known", "same", "deleted"]
    id: str
    copy: Copy | None = None
    revived: bool = False


class Matcher:
    """The stories that came of one source so far, to each of which at most one of its entries is matched."""

    def __init__(self, name: str, shelf: Shelf, ledger: Ledger, *, alone: bool, again: bool) -> None:
        line = ledger.get(name)
        stories = line.stories if line else {}
        copies = [copy for known in stories if (copy := shelf.with_id(known))]
        self._own = {copy.id: copy for copy in copies if owns(name, copy, ledger)}
        self._gone = [known for known in stories if not shelf.with_id(known)]
        self._name = name
        self._shelf = shelf
        self._ledger = ledger
        self._alone = alone
        self._again = again

    def match(self, entry: Entry) -> Match:
        """The story that an entry is."""
        known = self._id(entry)
        twin = self._shelf.with_text(entry.print.text)
        if copy := self._own.pop(known, None):
            if twin and twin.id != known and twin.id not in self._own and entry.print.text != copy.print.text:
                return Match("same", twin.id, twin)  # revised into what another story tells: not to be told twice
            return Match("known", known, copy)
        if self._ledger.filed(known) and not self._shelf.with_id(known) and not self._again:
            return Match("deleted", known)
        if twin and twin.id in self._own:
            return Match("known", twin.id, self._own.pop(twin.id))
        if twin:
            return Match("same", twin.id, twin)
        if copy := None if entry.guid else self._kin(entry):
            return Match("known", copy.id, self._own.pop(copy.id))
        return Match("new", known, revived=bool(self._alone and self._gone and not self._own and not self._again))

    def _id(self, entry: Entry) -> str:
        """The id that an entry has or will have: its GUID where no other source has it, else made from its digest."""
        if entry.guid and (entry.guid in self._own or not self._shelf.with_id(entry.guid)):
            return entry.guid
        seed = f"{self._name}\n{entry.guid}" if entry.guid else entry.sha256
        minted = str(uuid.uuid5(_SPACE, seed))
        while (copy := self._shelf.with_id(minted)) and copy.id not in self._own:
            minted = str(uuid.uuid5(_SPACE, minted))
        return minted

    def _kin(self, entry: Entry) -> Copy | None:
        """The own story that an entry without a GUID revises: by its address, its title, or most of its text."""
        for copy in self._own.values():
            if (entry.url and entry.url == copy.url) or entry.meta["title"] == copy.title:
                return copy
        scored = [(similarity.alike(entry.print.sketch, copy.print.sketch), copy.id) for copy in self._own.values()]
        score, known = max(scored, default=(0.0, ""))
        short = self._alone and len(scored) == 1 and not (entry.print.sketch and self._own[known].print.sketch)
        return self._own[known] if score >= _KIN or short else None


def owns(name: str, copy: Copy, ledger: Ledger) -> bool:
    """Whether a source may change a story: it came from there, or from a file that was moved here, folder to folder."""
    if copy.file == name or copy.file.startswith(f"{name}/"):  # the latter: a file in an archive
        return True
    moved = copy.file.rpartition("/")[2] == name.rpartition("/")[2] and "://" not in copy.file + name
    return moved and not ledger.present(copy.file)
