"""What a reader is given and hands over: ``Source`` and ``Hints`` → ``Draft``, with evidence and fates.

In: nothing; these are the values of ``ingest``. Out: a ``Draft`` gives each field as ``Found``, with the rule that
found it and how sure that is, and each piece of the source as a ``Fate``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from broadsheet.errors import Problem
from broadsheet.model import Picture

T = TypeVar("T")

EVEN = 0.5  # confidence below which a value is more likely wrong than right
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

    ``date`` is a bare day or an aware moment. ``guid`` and ``url`` are a feed entry's own.
    ``problems`` are what else an editor should know: a part of the source that could not be read, and why.

    ``body_confidence`` is how sure it is that the body is whole and nothing else is in it. ``held`` are the reasons for
    which the source says that it is not for readers ("status: killed"): the story becomes a draft. ``embargo`` is a
    moment before which it is not for readers, ``expires`` one after which it no longer is. ``keys`` is further front
    matter, as the source has it: ``thread``, ``priority``, ``corrections``, ``audio``, and keys that nobody knows.
    ``pictures`` are those that the source itself holds, by the addresses under which ``body`` and ``image`` name them.
    """

    title: Found[str]
    body: str
    fates: tuple[Fate, ...]
    date: Found[dt.date] | None = None  # a datetime is a date
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

    def doubtful(self) -> tuple[str, ...]:
        """The names of the front-matter fields that an editor should look at, in the order of the front matter."""
        names = ("title", "date", "updated", "section", "authors", "summary", "topics", "image", "lang")
        found = {name: getattr(self, name) for name in names}
        missing = {"date"} - {name for name, value in found.items() if value}
        doubts = tuple(n for n in names if n in missing or (found[n] is not None and found[n].confidence < SURE))
        return (*doubts, "body") if self.body_confidence < SURE else doubts

    def doubtful_lines(self) -> tuple[int, ...]:
        """The lines of the source that may belong to the body and were dropped, or the other way round, in order."""
        roles = ("dropped", "body", "subhead")
        return tuple(sorted({f.line for f in self.fates if f.role in roles and f.confidence < SURE and f.line}))


_BARE = frozenset(
    {"url", "guid", "problems", "body_confidence", "held", "keys", "pictures"}
)  # fields that carry no evidence


def make_draft(title: str, body: str, **values: Any) -> Draft:
    """A draft of what a program knows and nobody need doubt: ``body`` is Markdown, ``values`` are further fields.

    Raises TypeError for a field that a draft does not have.
    """
    rule = "given by the reader"
    sure = {name: value if name in _BARE else Found(value, rule, 1.0) for name, value in values.items()}
    return msgspec.structs.replace(Draft(Found(title, rule, 1.0), body, ()), **sure)


Reader = Callable[[Source, Hints], tuple[Draft, ...]]  # of one format, or of all
