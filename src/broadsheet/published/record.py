"""The file of the record of what was published: a line a thing, read as far as that is possible, written whole.

In: content/published/record.jsonl, and what older versions wrote. Out: a ``PublishedRecord``; the file changed. Lines
stand alone and are sorted, so that version control merges them; two lines of one thing are joined as they are read. A
line that is damaged is reported, and the file then not written over. Records of before there was one file are read as
they are, and go into it at the next publication.
"""

from __future__ import annotations

import contextlib
import functools
import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from broadsheet import disk
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError, Place, Problem, Report, unfit, warning
from broadsheet.model import FeedForm, PublishedEdition, PublishedPage
from broadsheet.pages import urls
from broadsheet.text import counted

FOLDER = "published"  # below content/
FILE = f"{FOLDER}/record.jsonl"
ADDRESSES, CLAIMS = f"{FOLDER}/addresses.json", "published.json"  # what older versions wrote
UNREADABLE = "published-unreadable"
STORY, EDITION = "story", "edition"

LONGEST_LIST = 100_000  # pages of one list, each of which keeps its address permanently: more is a mistake
HIGHEST = 1_000_000  # number of an edition, and of corrections: what more says is damaged

Count = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST)]
PublishedAddresses = Mapping[str, tuple[str, ...]]  # by id, below the site's root, the oldest first
Key = tuple[str, str]  # kind and id
_COUNT = re.compile(rb'"recorded":\s*(\d{1,9})\b')  # in the record of a target: things that this one had
_HEAD = 300  # bytes of that record
_MARKS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")  # what git leaves between two versions


class Sending(msgspec.Struct, frozen=True, array_like=True):
    """A thing as it went to a target: when (ISO 8601, UTC), its address, the digest of its words, its corrections.

    ``byline`` is the digest of its authors; empty where an older version took it down.
    After a rollback there is no digest of what readers have in other words, and no address of what they do not have.
    """

    when: str
    address: str
    digest: str = ""
    corrections: Count = 0
    byline: str = ""


class PublishedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was published: a story, an edition, or of another ``kind``; ``id`` is its own within that.

    ``addresses`` are below the site's root, from the oldest to the one that it has. ``edition`` is the slug of a
    story's edition, ``number`` that edition's. ``digest`` is of the words of which ``claims`` are what they claim, when
    it had that many ``corrections``; ``harmless`` is the digest of words that an editor said change no fact of it.
    ``sent`` is how it went to each target last. ``members``, ``pages`` and ``feeds`` are as in
    ``PublishedPage``.
    """

    id: str
    kind: str = STORY
    title: str = ""
    addresses: tuple[str, ...] = ()
    edition: str = ""
    number: Count = 0
    digest: str = ""
    corrections: Count = 0
    claims: str = ""
    harmless: str = ""
    sent: Mapping[str, Sending] = {}
    members: tuple[str, ...] = ()
    pages: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_LIST)] = 1
    feeds: tuple[FeedForm, ...] = ()

    @property
    def key(self) -> Key:
        """By what the record knows it."""
        return self.kind, self.id

    @property
    def known(self) -> tuple[str, ...]:
        """Its addresses. What is no path of a page was not written by Broadsheet, and is left out."""
        return tuple(filter(urls.plain, self.addresses))

    @property
    def when(self) -> str:
        """When it was sent last; empty where an older version took it down."""
        return max((one.when for one in self.sent.values()), default="")


class PublishedRecord(msgspec.Struct, frozen=True, dict=True):
    """All that was published, by kind and id; ``whole`` tells whether every line could be read.

    ``doubts`` are warnings of lines that could be read and say what cannot be.
    """

    items: Mapping[Key, PublishedItem] = {}
    whole: bool = True
    doubts: tuple[Problem, ...] = ()

    def of(self, kind: str = STORY) -> Mapping[str, PublishedItem]:
        """The things of a kind, by id."""
        return self._kinds.get(kind, {})

    @functools.cached_property
    def _kinds(self) -> dict[str, dict[str, PublishedItem]]:
        found: dict[str, dict[str, PublishedItem]] = {}
        for (kind, id_), item in self.items.items():
            found.setdefault(kind, {})[id_] = item
        return found

    def editions(self) -> tuple[PublishedEdition, ...]:
        """The editions as they were published last."""
        stories: dict[str, set[str]] = {}
        for item in self.of().values():
            if item.edition:
                stories.setdefault(item.edition, set()).add(item.id)
        return tuple(
            PublishedEdition(item.id, item.edition, item.number, frozenset(stories.get(item.edition, ())))
            for item in self.of(EDITION).values()
        )

    def places(self) -> tuple[PublishedPage, ...]:
        """All pages that were published."""
        return tuple(
            PublishedPage(
                one.kind, one.title, one.known, one.members, one.pages, one.id, one.edition, bool(one.sent), one.feeds
            )
            for one in self.items.values()
        )

    def addresses(self, kind: str = STORY) -> PublishedAddresses:
        """The addresses of the things of a kind, by id."""
        return {id_: item.known for id_, item in self.of(kind).items()}


class PublishedClaims(msgspec.Struct, frozen=True, array_like=True):
    """A story's words: their digest, how many corrections it had, what they claimed."""

    digest: str
    corrections: int
    claims: str


_Wrong = tuple[int, str] | None  # a line, and what is wrong with it


class ReadRecord(NamedTuple):
    """What stands in a file of the record: the first line that cannot be read, and ``odd`` ones that can."""

    items: list[PublishedItem]
    wrong: _Wrong = None
    odd: tuple[tuple[int, str], ...] = ()


Reader = Callable[[bytes], ReadRecord]
_KNOWN: dict[Path, tuple[tuple[int, ...], ReadRecord]] = {}  # what was read, and from which file


def load(site: Site, report: Report) -> PublishedRecord:
    """The record, as far as it can be read; a warning for each file of it that cannot be read whole, or is lost."""
    items: dict[Key, PublishedItem] = {}
    whole = True
    missing = False
    doubts = list[Problem]()
    for name, read in _READERS.items():
        shown = _shown(site, name)
        try:
            found, wrong, odd = _read(site.content / name, read)
        except FileNotFoundError:
            if name == FILE:
                missing = True
            continue
        except OSError as cause:
            whole = False
            report.add(_unreadable(f"cannot be read: {cause.strerror}", Place(shown)))
            continue
        _join(items, found)
        if wrong:
            whole = False
            report.add(_unreadable(wrong[1], Place(shown, wrong[0])))
        hint = "It is skipped, so nothing is at that address. Correct the address, or delete it from the line."
        doubts += [warning("published-address", said, Place(shown, line), hint) for line, said in odd]
    target, had = _lost(site, 0 if missing else len(items)) if whole else ("", 0)
    if target:
        whole = False
        said = (
            "does not exist"
            if missing
            else f"has {len(items)} of at least {counted(had, 'line')}"
            if had > 1
            else "is empty"
        )
        said += f", though what was published is recorded in {FOLDER}/{target}.json: addresses are not known"
        report.add(_unreadable(said, Place(_shown(site, FILE)), target))
    return PublishedRecord(items, whole, tuple(doubts))


class _TargetRecord(msgspec.Struct, frozen=True):
    """The record of one target (publish/target_record.py) by an older version, which did not count."""

    layout: int = 1
    pending: Mapping[str, msgspec.Raw] = {}


def _lost(site: Site, known: int) -> tuple[str, int]:
    """The target whose record says that this one had more things than are ``known``, and how many; "" where none does.

    A first publication that broke off, and what older versions sent, have none beside them.
    """
    for file in sorted((site.content / FOLDER).glob("*.json")):
        with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            with file.open("rb") as opened:  # it has a line a file, and the count stands above them
                count = _COUNT.search(opened.read(_HEAD))
            if count:
                had = int(count[1])
            elif known == 0:
                found = msgspec.json.decode(file.read_bytes(), type=_TargetRecord)
                had = int(found.layout > 1 and not found.pending)
            else:
                had = 0
            if had > known:
                return file.stem, had
    return "", 0


def _read(path: Path, read: Reader) -> ReadRecord:
    """What stands in a file of the record; it is read once while it stays as it is. Raises OSError."""
    stat = path.stat()
    sign = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    if (known := _KNOWN.get(path)) and known[0] == sign:
        return known[1]
    found = read(path.read_bytes())
    if disk.settled(max(stat.st_mtime_ns, stat.st_ctime_ns), time.time_ns()):
        _KNOWN[path] = sign, found
    return found


def change(site: Site, deed: Callable[[dict[Key, PublishedItem]], None], *, anyway: bool = False) -> int:
    """Change the record: ``deed`` is given all of it, by kind and id, and takes none out. How many things it has then.

    Raises BroadsheetError where it cannot be written, or read whole (``published-unreadable``); ``anyway`` then goes by
    what can be read of it.
    """
    report = Report()
    load(site, report)
    if len(report) and not anyway:
        raise BroadsheetError(*(msgspec.structs.replace(problem, severity="error") for problem in report))

    count = 0

    def written(data: bytes | None) -> bytes:
        nonlocal count
        found, wrong, _ = _lines(data or b"")
        if wrong and not anyway:  # somebody is merging two versions of it
            raise BroadsheetError(
                msgspec.structs.replace(_unreadable(wrong[1], Place(_shown(site, FILE), wrong[0])), severity="error")
            )
        known = dict(older)
        _join(known, found)
        deed(known)
        count = len(known)
        return _ENCODER.encode_lines([known[key] for key in sorted(known)])

    older: dict[Key, PublishedItem] = {}
    for name in (ADDRESSES, CLAIMS):
        with contextlib.suppress(OSError):
            _join(older, _READERS[name]((site.content / name).read_bytes()).items)
    guarded.update(site.content / FILE, written)
    for name in (ADDRESSES, CLAIMS):  # all of it stands in the record now
        (site.content / name).unlink(missing_ok=True)
    return count


def _joined(one: PublishedItem, other: PublishedItem) -> PublishedItem:
    """One thing of two lines, as a merge of two records leaves them: what was sent later holds."""
    first, last = sorted((one, other), key=lambda item: (item.when, len(item.addresses)))
    said = last if last.digest else first
    sent = {
        name: max((found for item in (first, last) if (found := item.sent.get(name))), key=lambda found: found.when)
        for name in sorted({*first.sent, *last.sent})
    }
    return msgspec.structs.replace(
        last,
        title=last.title or first.title,
        addresses=(*(old for old in first.addresses if old not in last.addresses), *last.addresses),
        edition=last.edition or first.edition,
        number=last.number or first.number,
        digest=said.digest,
        corrections=said.corrections,
        claims=said.claims,
        harmless=last.harmless or first.harmless,
        sent=sent,
        feeds=tuple(dict.fromkeys((*last.feeds, *first.feeds))),
    )


def _join(known: dict[Key, PublishedItem], items: Iterable[PublishedItem]) -> None:
    for item in items:
        before = known.get(item.key)
        known[item.key] = _joined(before, item) if before else item


_ITEM = msgspec.json.Decoder(PublishedItem)
_ENCODER = msgspec.json.Encoder()
_OLD_ADDRESSES = msgspec.json.Decoder(dict[str, tuple[str, ...]]).decode
_OLD_CLAIMS = msgspec.json.Decoder(dict[str, PublishedClaims]).decode


@functools.lru_cache(1)  # a publication reads it, and reads it again before it writes it
def _lines(data: bytes) -> ReadRecord:
    """The things of the record; where a line is damaged, those of the others."""
    try:
        items = _ITEM.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _line_by_line(data)
    return ReadRecord(items) if all(map(_right, items)) else _line_by_line(data)


def _line_by_line(data: bytes) -> ReadRecord:
    found: list[PublishedItem] = []
    wrong: _Wrong = None
    odd: list[tuple[int, str]] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            item = _ITEM.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as cause:
            said = "is a mark of a merge" if line.startswith(_MARKS) else f"cannot be read: {unfit(cause)}"
            wrong = wrong or (number, said)
            continue
        found.append(item)
        if not _right(item):
            wrongly = next(address for address in item.addresses if not urls.plain(address))
            odd.append((number, f"{item.kind} {item.title or item.id!r}: {wrongly!r} is no address of a page"))
    return ReadRecord(found, wrong, tuple(odd))


def _right(item: PublishedItem) -> bool:
    return all(map(urls.plain, item.addresses))


def _addresses(data: bytes) -> ReadRecord:
    try:
        return ReadRecord([PublishedItem(id_, addresses=found) for id_, found in _OLD_ADDRESSES(data).items()])
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        return ReadRecord([], (0, f"cannot be read: {unfit(cause)}"))


def _claims(data: bytes) -> ReadRecord:
    try:
        known = _OLD_CLAIMS(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        return ReadRecord([], (0, f"cannot be read: {unfit(cause)}"))
    made = [
        PublishedItem(id_, digest=one.digest, corrections=one.corrections, claims=one.claims)
        for id_, one in known.items()
    ]
    return ReadRecord(made)


_READERS: Mapping[str, Reader] = {
    ADDRESSES: _addresses,
    CLAIMS: _claims,
    FILE: _lines,
}


def _shown(site: Site, name: str) -> str:
    return f"{site.settings.content}/{name}"


def _unreadable(said: str, place: Place, target: str = "") -> Problem:
    command = f"broadsheet release --rebuild {target}".rstrip()
    hint = f"Restore it from version control, or rebuild it from what can be read: {command}"
    return warning(UNREADABLE, said, place, hint)
