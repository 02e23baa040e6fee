"""The values that pass from room to room: stories, files and pages to be printed.

Every type is frozen and complete: a later stage never fills in what an earlier one left open. Frozen values hold no
cycles, so the garbage collector need not look at the many (``gc=False``).
Times are aware datetimes; paths are POSIX and relative to the folder named beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Priority = Literal["lead", "normal", "brief"]
Status = Literal["published", "draft"]


class Picture(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture of a story, as its front matter names it; ``src`` is relative to content/ or an http address.

    Without ``src`` it is what a raw file said of a picture that did not come along: nothing is shown, nothing lost.
    """

    src: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""


class Credit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a story came from.

    ``file`` is the raw file below the inbox, ``sha256`` that file's digest, ``generated`` the digest of the story file
    as ingest wrote it, by which an edit by hand is noticed.
    """

    name: str = ""
    url: str = ""
    file: str = ""
    sha256: str = ""
    licence: str = ""
    generated: str = ""


class Correction(msgspec.Struct, frozen=True, gc=False):
    """A mistake that was put right, and when."""

    date: dt.datetime
    text: str


class Story(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One news item without its body: what lists, feeds and editions need to know of it.

    ``path`` is the Markdown file below content/stories. ``timed`` is False where the front matter gives a bare day;
    ``date`` is then that day's first moment in the site's time zone. ``body`` is the digest of the Markdown body,
    ``words`` its length, ``lead`` its first paragraph as plain text, ``pictures`` those it shows.
    ``embargo`` is a moment before which it is not out, where that is later than its date.
    ``digest`` covers everything but the body: two stories with equal digests print the same card.
    """

    id: str
    path: str
    slug: str
    title: str
    date: dt.datetime
    timed: bool
    body: str
    section: str = ""
    summary: str = ""
    lead: str = ""
    words: int = 0
    updated: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    thread: str = ""
    priority: Priority = "normal"
    image: Picture | None = None
    source: Credit | None = None
    also: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    status: Status = "published"
    expires: dt.datetime | None = None
    embargo: dt.datetime | None = None
    aliases: tuple[str, ...] = ()
    lang: str = ""
    review: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    extra: Mapping[str, Any] = {}
    digest: bytes = b""

    def placement(self) -> tuple[Any, ...]:
        """The fields that decide where a story stands, in lists and among pages: all but its words."""
        return tuple([getattr(self, name) for name in _PLACED])


WORDS = frozenset({"title", "summary", "lead", "words", "body", "review", "extra", "digest"})
_PLACED = tuple(name for name in Story.__struct_fields__ if name not in WORDS)


class Text(msgspec.Struct, frozen=True, gc=False):
    """A Markdown text: its file below content/, the digest of what it says, the pictures that it shows."""

    path: str
    body: str
    pictures: tuple[str, ...] = ()


class Asset(msgspec.Struct, frozen=True):
    """A file that is printed as it is: a picture, a style sheet.

    ``name`` is how content or a theme calls it, ``file`` where it lies on disk, ``path`` where it goes below output/
    (with a digest in its name), ``size`` its bytes, ``width`` and ``height`` those of a picture in pixels (else 0).
    ``variants`` are the same picture as WebP, from narrow to wide. ``recipe`` is what a share card is drawn from: it is
    drawn again where its file in the cache is damaged.
    """

    name: str
    file: str
    path: str
    digest: bytes
    size: int
    width: int = 0
    height: int = 0
    variants: tuple[Asset, ...] = ()
    recipe: bytes = b""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a picture: the kind of problem, what (after its name), what to do; ``grave`` for an error."""

    code: str
    message: str
    hint: str
    grave: bool = True


class Prose(msgspec.Struct, frozen=True):
    """A page of the editor's own, from content/pages: about, imprint.

    ``body`` is the digest of its Markdown, ``pictures`` those that it shows.
    """

    path: str
    slug: str
    title: str
    summary: str
    lang: str
    body: str
    digest: bytes = b""
    pictures: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, gc=False):
    """One file to be printed: ``path`` below output/, the template that draws it, the inputs its view is made from.

    ``origin`` is the source file to name when something is wrong with the page.
    """

    path: str
    template: str
    inputs: msgspec.Struct
    origin: str = ""
