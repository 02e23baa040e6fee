"""What the templates of a story and of a running story may see; the rest stands in ``views``.

Addresses are ready to print; ``Markup`` values are safe HTML, all other text is escaped.
"""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from broadsheet.pages.views import Card, DevelopmentView, Link, When


class CorrectionView(msgspec.Struct, frozen=True):
    """A correction as it is printed."""

    date: When
    text: str


class SourceView(msgspec.Struct, frozen=True):
    """Where a story came from; empty text where that is not known. ``page`` lists all that came from there."""

    name: str
    url: str
    licence: str
    page: str


class ReportView(msgspec.Struct, frozen=True):
    """Another report of the same: its headline, its address on this site, its source (empty: not known)."""

    title: str
    url: str
    source: str


class SpotView(msgspec.Struct, frozen=True):
    """A story's place in its thread: ``number`` of ``thread.count``, and the developments around it.

    ``steps`` are newest first: the latest ones, the story itself, the one before it and the one after it.
    """

    thread: Link
    number: int
    steps: tuple[DevelopmentView, ...]


class ThreadView(msgspec.Struct, frozen=True):
    """A running story: its developments newest first, its first and last day, what ties it (in per cent).

    ``fresh`` is how many of the developments are new in the latest edition.
    """

    title: str
    cards: tuple[Card, ...]
    fresh: int
    first: When
    last: When
    ties: tuple[tuple[str, int], ...]
    topics: tuple[Link, ...]
    sources: tuple[Link, ...]
    feed: str


class StoryView(msgspec.Struct, frozen=True):
    """A whole story. ``card`` holds what lists show too; ``extra`` the front matter's unknown keys.

    ``standfirst`` is the summary where the body does not begin with the same words; ``also`` are other reports of it.
    ``previous`` and ``next`` are its neighbours in the order of its edition.
    """

    card: Card
    standfirst: str
    body: Markup
    updated: When | None
    topics: tuple[Link, ...]
    corrections: tuple[CorrectionView, ...]
    source: SourceView | None
    also: tuple[ReportView, ...]
    spot: SpotView | None
    related: tuple[Link, ...]
    edition: Link | None
    previous: Link | None
    next: Link | None
    words: int
    extra: dict[str, object]
