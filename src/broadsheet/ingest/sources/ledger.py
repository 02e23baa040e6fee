"""What was filed from which source, ever: content/stories/.ledger ⇄ ``Ledger``, and by it whether a story is known.

In: a site and its stories. Out: the ``Ledger``. The file has one line of JSON a source, sorted by name: the source's
digest when it was last read, and the id of every story that came of it with that story's own digest. It is kept with
the stories, under version control, because it alone tells a story that an editor deleted from one that was never
filed. Where it is missing it is made anew from the story files, and then every source is read once more.

A ``Matcher`` says which story a prepared one is: one that was filed before, one that another source has, or a new one.
Only the source that a story came from may change it. A GUID or an address that a feed claims is its own word for it:
where another source has it already, the entry is a story apart, whatever it says of itself.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from broadsheet.cache import Files
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.ingest.sources.inbox import Raw
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex, alike
from broadsheet.ingest.sources.story_files import PreparedStory

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


if TYPE_CHECKING:
    from broadsheet.ingest.sources.filing import Filed

FILE = ".ledger"


class LedgerLine(msgspec.Struct, frozen=True):
    """A source that was read: its name, its sha256, each story's id with the sha256 of what the story was made of."""

    file: str
    sha256: str
    stories: dict[str, str]


class Ledger:
    """Every source that was read, by name and by digest."""

    def __init__(
        self, lines: Iterable[LedgerLine], stats: dict[str, tuple[int, int, str]], inbox: Path, read: bytes = b""
    ) -> None:
        """``read`` is the file that the lines were read from."""
        self._inbox = inbox
        self._read = read
        self._entered = set[str]()
        self._lines = {line.file: line for line in lines}
        self._digests = {line.sha256: line.file for line in self._lines.values() if line.sha256}
        self._ids = {known for line in self._lines.values() for known in line.stories}
        self._stats = stats

    def get(self, name: str) -> LedgerLine | None:
        """What is known of a source by its name."""
        return self._lines.get(name)

    def same(self, sha256: str) -> LedgerLine | None:
        """What is known of a source with the same bytes, whatever its name."""
        return self._lines.get(self._digests.get(sha256, ""))

    def digests(self) -> frozenset[str]:
        """The digests of everything that was read."""
        return frozenset(self._digests)

    def filed(self, known: str) -> bool:
        """Whether a story with this id was ever filed."""
        return known in self._ids

    def record(self, name: str, sha256: str, stories: dict[str, str]) -> None:
        """Enter a source that was read; one with an empty digest is read again the next time."""
        self._lines[name] = LedgerLine(name, sha256, stories)
        self._entered.add(name)
        if sha256:
            self._digests[sha256] = name
        self._ids.update(stories)

    def present(self, name: str) -> bool:
        """Whether a source is still in the inbox."""
        return (self._inbox / name).is_file()

    def digest(self, raw: Raw) -> str:
        """The sha256 of a raw file that has not changed since it was last read; else an empty text."""
        size, mtime, sha256 = self._stats.get(raw.path, (-1, -1, ""))
        return sha256 if (size, mtime) == (raw.size, raw.mtime) else ""

    def remember(self, raw: Raw, sha256: str) -> None:
        """Note a raw file's size and time, so that it need not be opened again."""
        self._stats[raw.path] = (raw.size, raw.mtime, sha256)

    def save(self, site: Site) -> None:
        """Write what changed. Raises BroadsheetError (``unwritable``) where the stories' folder cannot be written."""
        if self._lines:
            guarded.update(site.stories / FILE, self._written)
        cache, stats = Files(site.cache), msgspec.msgpack.encode(self._stats)
        if stats != cache.get(_STATS):
            with contextlib.suppress(BroadsheetError):
                cache.put(_STATS, stats)

    def _written(self, now: bytes | None) -> bytes:
        """The file with what was entered; what somebody changed in it since it was read, as a merge does, stays."""
        lines = self._lines
        if now is not None and now != self._read:
            lines = {**_parsed(now, "")[0], **{name: lines[name] for name in self._entered}}
        ordered = sorted(lines.values(), key=lambda line: line.file)
        return b"".join(msgspec.json.encode(line, order="deterministic") + b"\n" for line in ordered)


def settled(site: Site, rows: Sequence[Filed], *, keep: bool) -> tuple[Filed, ...]:
    """What was done with sources, those marked of which the run before said the same: they are no news.

    ``keep`` notes what is said now. It is in the cache: where that was deleted, all of it is said once more.
    """
    cache = Files(site.cache)
    try:
        before = msgspec.msgpack.decode(cache.get(_SAID) or b"", type=dict[str, list[str]])
    except msgspec.MsgspecError:
        before = {}
    now: dict[str, list[str]] = {}
    for row in rows:
        if row.deed in _LASTING:
            now.setdefault(row.source, []).append(f"{row.deed} {row.story}")
    here = {row.source for row in rows}
    if keep and (kept := {name: said for name, said in before.items() if name not in here} | now) != before:
        with contextlib.suppress(BroadsheetError):
            cache.put(_SAID, msgspec.msgpack.encode(kept))
    return tuple(
        msgspec.structs.replace(row, news=False)
        if row.deed == "unchanged" or f"{row.deed} {row.story}" in before.get(row.source, ())
        else row
        for row in rows
    )


_SAID = "said.msgpack"
_LASTING = frozenset(("same", "deleted", "failed"))  # deeds that are the same in each run until somebody acts


def load(site: Site, shelf: StoryIndex) -> tuple[Ledger, list[Problem]]:
    """The ledger of a site, completed by what the story files say, and a problem for each line that is none."""
    read = _bytes(site.stories / FILE)
    lines, problems = _parsed(read, f"{site.settings.content}/stories/{FILE}")
    for copy in shelf:
        if copy.file and copy.id:
            name = _source(copy.file, lines, site.inbox)
            line = lines.get(name) or LedgerLine(name, "", {})
            if copy.id not in line.stories:
                lines[name] = LedgerLine(name, line.sha256, line.stories | {copy.id: copy.sha256})
    return Ledger(lines.values(), _stats(site), site.inbox, read), problems


def _parsed(data: bytes, shown: str) -> tuple[dict[str, LedgerLine], list[Problem]]:
    lines: dict[str, LedgerLine] = {}
    problems = []
    for number, raw in enumerate(data.splitlines(), 1):
        try:
            line = msgspec.json.decode(raw, type=LedgerLine)
        except msgspec.MsgspecError:
            hint = "Delete the line: what is known of existing stories is read from them again."
            problems.append(warning("ledger-line", "not a line of the ledger", Place(shown, number), hint))
            continue
        if old := lines.get(line.file):  # both sides of a merge
            line = LedgerLine(line.file, "", old.stories | line.stories)
        lines[line.file] = line
    return lines, problems


def _source(file: str, lines: Mapping[str, LedgerLine], inbox: Path) -> str:
    """The source that a story's file is or lies in: of a file in an archive, the archive."""
    parts = file.split("/")
    for end in range(1, len(parts)):
        name = "/".join(parts[:end])
        if name in lines or (inbox / name).is_file():
            return name
    return file


_STATS = "sources.msgpack"


def _stats(site: Site) -> dict[str, tuple[int, int, str]]:
    try:
        return msgspec.msgpack.decode(Files(site.cache).get(_STATS) or b"", type=dict[str, tuple[int, int, str]])
    except msgspec.MsgspecError:
        return {}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
