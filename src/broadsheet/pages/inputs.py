"""What a page is made from: one type a kind of page. Everything that can change a page stands in its inputs.

Words of stories stand in them only within an ``Item``, a ``StoryRef`` or a ``Body``. Saved inputs name the story in
the place of these, so that a story whose words were edited takes its place in one substitution.

In: nothing; these are values, made by plans. Out: what views are composed from, and digests.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Asset, Prose, Story, Text
from broadsheet.newspaper import Position
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
    def digest(self) -> bytes:
        """What changes when its title does; its address is made of what every page depends on, as that of an item."""
        return self.story.title.encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoryRef) and (self.title, self.address) == (other.title, other.address)

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


class Development(msgspec.Struct, frozen=True, gc=False):
    """A story as a step of its thread: when, where to read it, whether it is new in the latest edition."""

    date: dt.datetime
    link: StoryRef
    fresh: bool


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A story's place in its thread: its number of ``thread.count``, and the developments told with it, newest first.

    Each says what it is to the story: "before" it, the story itself ("here"), "after" it, else empty.
    """

    thread: Name
    number: int
    steps: tuple[tuple[Development, Position], ...]


class Report(msgspec.Struct, frozen=True, gc=False):
    """Another report of the same: a story to link to, and what its source is called."""

    link: StoryRef
    source: str


class StoryInputs(msgspec.Struct, frozen=True, gc=False):
    """A story's page. ``pictures`` are those that its body shows, ``also`` other reports.

    ``previous`` and ``next`` are its neighbours in the order of its edition; ``card`` is its share card.
    """

    item: Item
    body: Body
    pictures: tuple[Asset, ...]
    section: Name | None
    topics: tuple[Name, ...]
    authors: tuple[Name, ...]
    also: tuple[Report, ...]
    source: Name | None
    spot: Spot | None
    related: tuple[StoryRef, ...]
    edition: EditionRef
    previous: StoryRef | None
    next: StoryRef | None
    card: Asset | None = None


class Running(msgspec.Struct, frozen=True, gc=False):
    """A running story as an edition tells it: its stories up to that edition are counted, the newest of them told."""

    thread: Name
    steps: tuple[Development, ...]


class EditionInputs(msgspec.Struct, frozen=True, gc=False):
    """An edition's page; ``front`` where it is the front page too. ``running`` are the threads that it goes on with."""

    number: int
    address: str
    title: str
    note: Text | None
    first: dt.date
    last: dt.date
    lead: Item
    desks: tuple[tuple[Name, tuple[Item, ...]], ...]
    briefs: tuple[Item, ...]
    running: tuple[Running, ...]
    previous: EditionRef | None
    next: EditionRef | None
    front: bool


class Facts(msgspec.Struct, frozen=True):
    """What is told of a section, topic, author or source besides its stories.

    ``share`` is how many of how many stories of the latest edition it has, and which edition that is. ``neighbours``
    are topics, each with the number of stories that it has in common. A source has a front page, ``home``, and
    licences, each with the number of stories under it.
    """

    share: tuple[int, int, EditionRef] | None
    neighbours: tuple[Name, ...]
    coverage: Coverage | None
    home: str = ""
    licences: tuple[tuple[str, int], ...] = ()


class ListInputs(msgspec.Struct, frozen=True, gc=False):
    """One page of a list of stories: number ``page`` of ``pages``, ``count`` stories in all; facts on the first."""

    kind: str
    name: str
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int
    feed: bool
    facts: Facts | None


class MonthInputs(msgspec.Struct, frozen=True):
    """One page of the stories of a month; ``name`` is the month's first day."""

    month: dt.date
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int


class NamesInputs(msgspec.Struct, frozen=True):
    """A page of names: all topics, all authors, all sources; all threads, with the newest of what they told."""

    kind: str
    address: str
    names: tuple[Name, ...]
    running: tuple[Running, ...] = ()


class CorrectionsInputs(msgspec.Struct, frozen=True):
    """All corrections, newest first, each with its story; the page may begin with the editor's own words on them."""

    entries: tuple[tuple[dt.datetime, str, StoryRef], ...]
    prose: Prose | None
    pictures: tuple[Asset, ...] = ()


class ArchiveInputs(msgspec.Struct, frozen=True):
    """The archive's page: the first day of each month that has stories, newest first, and their number."""

    address: str
    months: tuple[tuple[dt.date, int], ...]


class ProseInputs(msgspec.Struct, frozen=True):
    """A page of the editor's own."""

    prose: Prose
    address: str
    pictures: tuple[Asset, ...] = ()


class PlainInputs(msgspec.Struct, frozen=True):
    """A page that is made from the site alone, such as 404."""

    address: str


class AssetInputs(msgspec.Struct, frozen=True):
    """A file that is printed as it is."""

    asset: Asset
