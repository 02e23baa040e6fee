"""The newspaper: what the newsroom makes of stories, and what editors say on it.

Every type is frozen and complete, as those of ``model`` are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from broadsheet.model import Story, Text

ShelfKind = Literal["section", "topic", "author", "source", "thread"]
Period = Literal["daily", "weekly", "monthly"]
Position = Literal["", "before", "here", "after"]  # what a development is to the story that tells of it


class Shelf(msgspec.Struct, frozen=True, gc=False):
    """Stories that have something in common, newest first: a section's, a topic's, an author's, a source's.

    ``spellings`` are all the names that led stories here, ``name`` the commonest of them.
    """

    kind: ShelfKind
    name: str
    slug: str
    stories: tuple[Story, ...]
    spellings: tuple[str, ...] = ()


class Desk(msgspec.Struct, frozen=True, gc=False):
    """One section's share of an edition."""

    section: str
    stories: tuple[Story, ...]


class Frozen(msgspec.Struct, frozen=True):
    """An edition as it was frozen, by the ids of its stories: the lead, each section's in order, the briefs."""

    lead: str
    desks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    briefs: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every story of the edition in the order of the page."""
        return (self.lead, *(id_ for _, ids in self.desks for id_ in ids), *self.briefs)


class EditionNote(msgspec.Struct, frozen=True):
    """An editor's word on the edition ``slug``, from content/editions; ``file`` is how a user calls that file.

    ``lead``, ``order`` and ``briefs`` name stories by id, file or slug: the lead, those that come first in their
    sections, those that go to the briefs. ``text`` is the note, where there is one. ``lines`` tells where in the file
    each name stands.
    """

    slug: str
    file: str
    title: str = ""
    lead: str = ""
    order: tuple[str, ...] = ()
    briefs: tuple[str, ...] = ()
    frozen: Frozen | None = None
    text: Text | None = None
    lines: Mapping[str, int] = {}


class Edition(msgspec.Struct, frozen=True, gc=False):
    """The digest of a day, week or month: a lead, the sections in the site's order, briefs; every story exactly once.

    ``slug`` names it in addresses (2025-05-08, 2025-w19, 2025-05); ``first`` and ``last`` are its days, both included;
    ``number`` counts from 1 at the oldest edition. ``note`` is the editor's word on it.
    """

    number: int
    slug: str
    period: Period
    first: dt.date
    last: dt.date
    title: str
    note: Text | None
    lead: Story
    desks: tuple[Desk, ...]
    briefs: tuple[Story, ...]

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story of the edition in the order of the page."""
        return (self.lead, *(s for desk in self.desks for s in desk.stories), *self.briefs)


class Tie(msgspec.Struct, frozen=True):
    """A name or word that stories have in common, as people read it, and its share of all that ties them (0 to 1)."""

    name: str
    weight: float


class Thread(msgspec.Struct, frozen=True):
    """A running story: its stories, oldest first, and what ties them, strongest first.

    ``id`` and ``slug`` are the first story's, or made of the name that an editor gave (``named``). ``aliases`` are the
    slugs of threads that went into this one.
    """

    id: str
    slug: str
    title: str
    stories: tuple[Story, ...]
    ties: tuple[Tie, ...] = ()
    named: bool = False
    aliases: tuple[str, ...] = ()


class Newspaper(msgspec.Struct, frozen=True):
    """Everything that is to be published, ordered: stories, editions and threads newest first, shelves by name.

    ``related`` are the ids of the stories related to a story, by its id.
    """

    stories: tuple[Story, ...]
    editions: tuple[Edition, ...]
    sections: tuple[Shelf, ...]
    topics: tuple[Shelf, ...]
    authors: tuple[Shelf, ...]
    sources: tuple[Shelf, ...] = ()
    threads: tuple[Thread, ...] = ()
    related: Mapping[str, tuple[str, ...]] = {}
