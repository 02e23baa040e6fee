"""What was filed from which source, ever: content/stories/.ledger ⇄ ``Ledger``.

In: a site and its stories. Out: the ``Ledger``. The file has one line of JSON a source, sorted by name: the source's
digest when it was last read, and the id of every story that came of it with that story's own digest. It is kept with
the stories, under version control, because it alone tells a story that an editor deleted from one that was never
filed. Where it is missing it is made anew from the story files, and then every source is read once more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from broadsheet.cache.cache_files import Files
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.ingest.sources.inbox import Raw
from broadsheet.ingest.sources.index import StoryIndex

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
            hint = "Remove the line: what it said of living stories is read from them again."
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
