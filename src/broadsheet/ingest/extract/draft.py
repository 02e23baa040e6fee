"""What a reader is given and hands over: ``Source`` and ``Hints`` → ``Draft``, with evidence and fates.

In: nothing; these are the values of ``ingest``. Out: a ``Draft`` gives each field as ``Found``, with the rule that
found it and how sure that is, and each piece of the source as a ``Fate``. Where a file of elements or keys holds
several stories, ``account`` gives their fates so that all drafts together cover each of its lines.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

import msgspec

from broadsheet.errors import Place, Problem, note
from broadsheet.model import Picture
from broadsheet.text import clip, ranges

_SHOWN = 160  # characters of a piece that say which one it is


class Piece(msgspec.Struct, frozen=True):
    """An element or a key: the lines that it stands on, its text, what became of it, why, and how sure that is."""

    first: int
    last: int
    text: str
    role: Role
    why: str = ""
    confidence: float = 1.0


def account(rows: Sequence[str], stories: Sequence[Sequence[Piece]]) -> list[tuple[Fate, ...]]:
    """The fates of each story; lines on which no piece stands are the first story's, as markup."""
    begin: dict[int, int] = {}
    for pieces in stories:
        for piece in pieces:
            begin[piece.first] = begin.get(piece.first, 0) + 1
    taken = set(begin)
    fates: list[list[Fate]] = [[] for _ in stories]
    for found, pieces in zip(fates, stories, strict=True):
        for piece in pieces:
            shown = clip(" ".join(piece.text.split()), _SHOWN) if begin[piece.first] > 1 else ""
            found.append(Fate(piece.first, piece.role, piece.why, shown, piece.confidence))
            for line in range(piece.first + 1, min(piece.last, len(rows)) + 1):
                if line not in taken:
                    taken.add(line)
                    role: Role = piece.role if rows[line - 1].strip() else "blank"
                    found.append(Fate(line, role, piece.why, "", piece.confidence))
    rest = [Fate(n, "markup" if row.strip() else "blank") for n, row in enumerate(rows, 1) if n not in taken]
    if fates:
        fates[0] += rest
    return [tuple(sorted(found, key=lambda fate: fate.line)) for found in fates]


class Member(msgspec.Struct, frozen=True):
    """A key of a JSON object, its value, and the lines that it stands on."""

    key: str
    value: Any
    first: int
    last: int


def members(text: str, at: int, first: int = 1) -> list[Member]:
    """The keys of the JSON object that begins at a place in a text, on line ``first``; those before it is broken.

    A key that comes twice is there twice.
    """
    decoder = json.JSONDecoder(strict=False)
    found: list[Member] = []
    line, seen = first, at
    at += 1
    while key := _KEY.match(text, at):
        try:
            name, end = decoder.raw_decode(text, key.end())
            colon = _COLON.match(text, end)
            if not colon:
                return found
            value, at = decoder.raw_decode(text, colon.end())
        except (ValueError, RecursionError):
            return found
        line += text.count("\n", seen, key.end())
        last = line + text.count("\n", key.end(), at)
        found.append(Member(str(name), value, line, last))
        seen, line = at, last
    return found


def objects(text: str, key: str) -> tuple[list[tuple[int, int]], bool]:
    """Where each object in the list under a key of a JSON text begins, with its line; and whether the list ends.

    ``key`` "" is a text that is a list itself. What stands after the first object that cannot be read is not looked at.
    """
    start = re.search(rf'"{re.escape(key)}"\s*:\s*\[', text) if key else re.match(r"\s*\[", text)
    if not start:
        return [], False
    decoder, at = json.JSONDecoder(strict=False), start.end()
    line, seen, found = 1, 0, list[tuple[int, int]]()
    while brace := _NEXT.match(text, at):
        try:
            _, end = decoder.raw_decode(text, brace.end())
        except (ValueError, RecursionError):
            return found, False
        if text[brace.end()] == "{":
            line += text.count("\n", seen, brace.end())
            seen = brace.end()
            found.append((brace.end(), line))
        at = end
    return found, re.match(r"\s*\]", text[at:]) is not None


_KEY = re.compile(r'[\s,]*(?=")')
_COLON = re.compile(r"\s*:\s*")
_NEXT = re.compile(r"[\s,]*(?=[^\s,\]])")


T = TypeVar("T")

EVEN = 0.5  # confidence below which a value is more likely wrong than right
_LOUD = 3  # words of a headline in capitals; fewer may be a name
SURE = 0.8  # confidence from which a field need not be looked at by an editor; measured by benchmarks.ingest

Role = Literal[
    "title", "date", "updated", "byline", "section", "summary", "topics",
    "body", "subhead", "credit", "caption", "status", "front matter", "markup", "dropped", "blank",
]  # fmt: skip


class Source(msgspec.Struct, frozen=True):
    """A raw file, page or feed entry as it came.

    ``name`` is how an editor calls it (a path below the inbox, a path as given, an address), ``data`` its bytes,
    ``modified`` when it was last changed (relative dates such as "2 hours ago" count from there), ``url`` its address
    where it has one, ``folder`` the folder that pictures beside it are looked for in: on disk, or in the archive there
    that ``archive`` names.
    """

    name: str
    data: bytes
    modified: dt.datetime
    url: str = ""
    folder: str = ""
    archive: str = ""


class Hints(msgspec.Struct, frozen=True):
    """What the site knows beforehand: its language, sections, time zone, and how it writes 03/04/2025 (DMY or MDY).

    ``aliases`` maps a section's other names, in lower case, to the site's own name for it. ``today`` bounds dates:
    a later one is impossible.
    """

    language: str = "en"
    sections: tuple[str, ...] = ()
    aliases: dict[str, str] = {}
    timezone: str = "UTC"
    day_order: Literal["DMY", "MDY", "YMD"] = "DMY"
    today: dt.date = dt.date.max


class Found(msgspec.Struct, Generic[T], frozen=True):
    """A value with its evidence: the rule that found it, how sure that is (0 to 1), the source line (0: none)."""

    value: T
    rule: str
    confidence: float
    line: int = 0


class Fate(msgspec.Struct, frozen=True, gc=False):
    """What became of one piece of the source: a line of a text, a block of a page, a part of a mail, an element.

    ``line`` is where the piece begins, counted from 1. ``why`` is the reason in words that an editor understands.
    ``text`` is how the piece begins, where it is not its whole line: a page of one line has as many pieces as blocks.
    ``confidence`` is how sure it is (0 to 1) that the piece was rightly dropped, or rightly used.
    """

    line: int
    role: Role
    why: str = ""
    text: str = ""
    confidence: float = 1.0


class Draft(msgspec.Struct, frozen=True):
    """A story as a reader understood it. ``body`` is Markdown; ``fates`` covers every piece of the source once.

    ``date`` is a bare day or an aware moment. ``named`` is a day that a sentence tells of, where there is no ``date``:
    an editor sees it, and it is never used. ``guid`` and ``url`` are a feed entry's own.
    ``problems`` are what else an editor should know: a part of the source that could not be read, and why.

    ``body_confidence`` is how sure it is that the body is whole and nothing else is in it. ``held`` are the reasons for
    which the source says that it is not for readers ("status: killed"): the story becomes a draft. ``embargo`` is a
    moment before which it is not for readers, ``expires`` one after which it no longer is. ``keys`` is further front
    matter, as the source has it: ``thread``, ``priority``, ``corrections``, ``audio``, and keys that nobody knows.
    ``pictures`` are those that the source itself holds, by the addresses under which ``body`` and ``image`` name them.
    ``deleted`` tells that the source says no more of the story ``guid`` than that it was taken back.
    """

    title: Found[str]
    body: str
    fates: tuple[Fate, ...]
    date: Found[dt.date] | None = None  # a datetime is a date
    named: Found[dt.date] | None = None
    updated: Found[dt.date] | None = None
    authors: Found[tuple[str, ...]] | None = None
    section: Found[str] | None = None
    summary: Found[str] | None = None
    topics: Found[tuple[str, ...]] | None = None
    lang: Found[str] | None = None
    image: Found[Picture] | None = None
    agency: Found[str] | None = None  # goes to source.name
    licence: Found[str] | None = None
    url: str = ""
    guid: str = ""
    problems: tuple[Problem, ...] = ()
    body_confidence: float = 1.0
    held: tuple[str, ...] = ()
    embargo: Found[dt.datetime] | None = None
    expires: Found[dt.datetime] | None = None
    keys: Mapping[str, Any] = {}
    pictures: Mapping[str, bytes] = {}
    deleted: bool = False

    def doubtful(self) -> tuple[str, ...]:
        """The names of the front-matter fields that an editor should look at, in the order of the front matter.

        A headline in capitals is among them: how its names are written is not known.
        """
        names = ("title", "date", "updated", "section", "authors", "summary", "topics", "image", "lang")
        found = {name: getattr(self, name) for name in names}
        missing = {"date"} - {name for name, value in found.items() if value}
        loud = {"title"} if self.title.value.isupper() and len(self.title.value.split()) >= _LOUD else set[str]()
        doubts = tuple(n for n in names if n in missing | loud or (found[n] is not None and found[n].confidence < SURE))
        return (*doubts, "body") if self.body_confidence < SURE else doubts

    def doubtful_lines(self) -> tuple[int, ...]:
        """The lines of the source that may belong to the body and were dropped, or the other way round, in order."""
        roles = ("dropped", "body", "subhead")
        return tuple(sorted({f.line for f in self.fates if f.role in roles and f.confidence < SURE and f.line}))

    def body_doubt(self) -> str:
        """What to look at in a doubtful body, in words: which lines were dropped, and which were kept."""
        dropped = [fate for fate in self.fates if fate.role == "dropped" and fate.line]
        lost = {fate.line for fate in dropped if fate.confidence < SURE}
        kept = {f.line for f in self.fates if f.role in ("body", "subhead") and f.confidence < SURE and f.line}
        said = [f"dropped, but may belong to the story: {ranges(sorted(lost))}"] if lost else []
        said += [f"kept, but may not belong to it: {ranges(sorted(kept))}"] if kept else []
        if said:
            return "; ".join(said)
        gone = ranges(sorted({fate.line for fate in dropped}))
        return f"it may not be whole, though no single line is in doubt; dropped: {gone or 'nothing'}"


_BARE = frozenset(
    {"named", "url", "guid", "problems", "body_confidence", "held", "keys", "pictures", "deleted"}
)  # fields that carry no evidence


def make_draft(title: str, body: str, **values: Any) -> Draft:
    """A draft of what a program knows and nobody need doubt: ``body`` is Markdown, ``values`` are further fields.

    Raises TypeError for a field that a draft does not have.
    """
    rule = "given by the reader"
    sure = {name: value if name in _BARE else Found(value, rule, 1.0) for name, value in values.items()}
    return msgspec.structs.replace(Draft(Found(title, rule, 1.0), body, ()), **sure)


Reader = Callable[[Source, Hints], tuple[Draft, ...]]  # of one format, or of all


def doubted(draft: Draft, stories: int, name: str) -> Draft:
    """A draft of the source ``name`` that says that several stories seem to stand in it."""
    problem = note("several-stories", f"{stories} stories seem to be in it: filed as one", Place(name))
    sure = min(draft.body_confidence, EVEN)
    return msgspec.structs.replace(draft, problems=(*draft.problems, problem), body_confidence=sure)
