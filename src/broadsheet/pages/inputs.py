"""What the inputs of pages are made of. Everything that can change a page stands in its inputs.

Words of stories stand in them only within an ``Item``, a ``StoryRef`` or a ``Body``. Saved inputs name the story in
the place of these, so that a story whose words were edited takes its place in one substitution.

In: nothing; these are values, made by plans. Out: parts of the inputs of every kind of page.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Asset, Story
from broadsheet.pages.columns import Coverage

EditionRef = tuple[int, str, dt.date, dt.date, str]  # an edition to link to: number, address, first and last day, title


class Item:
    """A story with its address, the picture that stands for it, and what only a preview tells of it. Never changed.

    No Struct, so that inputs can be encoded with a story's digest, or its path, in the place of all that it says.
    """

    __slots__ = ("address", "digest", "marks", "picture", "story")

    def __init__(
        self,
        story: Story,
        address: str,
        picture: Asset | None = None,
        marks: tuple[str, ...] = (),
        digest: bytes = b"",
    ) -> None:
        self.story = story
        self.address = address
        self.picture = picture
        self.marks = marks
        self.digest = digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Item({self.story!r}, {self.address!r}, {self.picture!r}, {self.marks!r}, {self.digest!r})"

    def _values(self) -> tuple[Story, str, Asset | None, tuple[str, ...], bytes]:
        return self.story, self.address, self.picture, self.marks, self.digest


class StoryRef:
    """A story as others refer to it, by its title and its address. No Struct, as ``Item`` is none."""

    __slots__ = ("address", "story")

    count = 0  # as of a Name: no stories are counted behind it

    def __init__(self, story: Story, address: str) -> None:
        self.story = story
        self.address = address

    @property
    def title(self) -> str:
        """The story's title."""
        return self.story.title

    @property
    def language(self) -> str:
        """The language of the title; empty where the story does not say."""
        return self.story.lang

    @property
    def digest(self) -> bytes:
        """What changes when its title, its language or its address does, which a story's date is part of."""
        return f"{self.story.title}\0{self.address}\0{self.story.lang}".encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoryRef) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"StoryRef({self.title!r}, {self.address!r})"


class Body:
    """The body of a story, which its page and the feeds print. No Struct, as ``Item`` is none."""

    __slots__ = ("story",)

    def __init__(self, story: Story) -> None:
        self.story = story

    @property
    def digest(self) -> bytes:
        """What changes when the body does."""
        return self.story.body.encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.story.body)

    def __repr__(self) -> str:
        return f"Body({self.story.path!r}, {self.story.body!r})"


class Name(msgspec.Struct, frozen=True, gc=False):
    """Something to link to: its title, its address, how many stories are behind it."""

    title: str
    address: str
    count: int = 0

    @property
    def language(self) -> str:
        """Nobody says in which language a name is."""
        return ""


class TermFacts(msgspec.Struct, frozen=True):
    """What the page of a section, topic or other term shows besides its stories.

    ``share`` is how many of how many stories of the latest edition it has, and which edition that is. ``neighbours``
    are topics, each with the number of stories that it has in common. A source has a front page, ``home``, and
    licences, each with the number of stories under it.
    """

    share: tuple[int, int, EditionRef] | None
    neighbours: tuple[Name, ...]
    coverage: Coverage | None
    home: str = ""
    licences: tuple[tuple[str, int], ...] = ()
