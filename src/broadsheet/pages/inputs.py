"""Inputs: what pages are made from, and how it is saved. Everything that can change a page stands in its inputs.

Words of stories stand in them only within an ``Item``, a ``StoryRef`` or a ``Body``. Saved inputs name the story in
the place of these, so that a story whose words were edited is put into a saved plan by decoding the pages that name it.

In: stories; a planned page; later its bytes, and what gives a story by its path. Out: parts of the inputs of every kind
of page; the bytes of a page and the digest of all its inputs; the page, with the stories as they are now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from broadsheet import typography
from broadsheet.config import Site
from broadsheet.model import Asset, Page, Story
from broadsheet.pages import urls
from broadsheet.pages.charts import Coverage
from broadsheet.pages.views import Position

EditionRef = tuple[int, str, dt.date, dt.date, str]  # an edition to link to: number, address, first and last day, title


class OtherReport(NamedTuple):
    """Another report of a story's event: its source, and its address on this site."""

    source: str
    address: str


class Item:
    """A story with its address, the picture that stands for it, what only a preview tells of it, and one report of each
    other source, oldest first. Never changed.

    No Struct, so that inputs can be encoded with a story's digest, or its path, in the place of all that it says.
    """

    __slots__ = ("address", "digest", "marks", "picture", "reports", "story")

    def __init__(
        self,
        story: Story,
        address: str,
        picture: Asset | None = None,
        marks: tuple[str, ...] = (),
        digest: bytes = b"",
        reports: tuple[OtherReport, ...] = (),
    ) -> None:
        self.story = story
        self.address = address
        self.picture = picture
        self.marks = marks
        self.digest = digest
        self.reports = reports

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Item{self._values()!r}"

    def _values(self) -> tuple[Story, str, Asset | None, tuple[str, ...], bytes, tuple[OtherReport, ...]]:
        return self.story, self.address, self.picture, self.marks, self.digest, self.reports


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


class Teaser(msgspec.Struct, frozen=True, gc=False):
    """A story as others show it in a line: its title, its day, its section, its picture with the point to be seen.

    None of these is of its body: whoever shows it so is not drawn again for each edit of its text. ``marks`` are what a
    preview prints beside it, such as "draft".
    """

    link: StoryRef
    day: dt.date
    section: Name | None
    picture: Asset | None
    focus: str = ""
    marks: tuple[str, ...] = ()


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


class Development(msgspec.Struct, frozen=True, gc=False):
    """A story as a step of its thread: when, where to read it, whether it is new in the latest edition."""

    date: dt.datetime
    link: StoryRef
    fresh: bool


class ThreadPlace(msgspec.Struct, frozen=True, gc=False):
    """A story's place in its thread: its number of ``thread.count``, and the developments shown with it, newest first.

    Each says what it is to the story: "before" it, the story itself ("here"), "after" it, else empty.
    """

    thread: Name
    number: int
    steps: tuple[tuple[Development, Position], ...]


class Running(msgspec.Struct, frozen=True, gc=False):
    """A running story on the page of an edition: how many stories it had by then, and the newest of them."""

    thread: Name
    steps: tuple[Development, ...]


def own_language(site: Site) -> str:
    """The language of the quotes and dashes of texts that name none; empty where typography is switched off."""
    return site.settings.language if site.settings.typography else ""


def typeset(story: Story, language: str) -> Story:
    """A story whose headline, summary and key points have the true quotes and dashes of its language, as its body has.

    Without a ``language`` of the site it stays as it is written.
    """
    own = typography.marks(story.lang or language) if language else None
    if own is None:
        return story
    said = (story.title, story.summary, story.lead, story.extract, story.generated, *story.points)
    if typography.plain("\n".join(said), own):  # one look for most stories
        return story
    title, summary, lead, extract, generated, *points = made = tuple(typography.typeset(text, own) for text in said)
    if made == said:
        return story
    return msgspec.structs.replace(
        story,
        title=title,
        summary=summary,
        lead=lead,
        extract=extract,
        generated=generated,
        points=tuple(points),
    )


def item(
    story: Story, address: str, picture: Asset | None, marks: tuple[str, ...], reports: tuple[OtherReport, ...] = ()
) -> Item:
    """An item; its digest is the story's, and its picture's, marks' and reports' where it has any.

    The address needs no part in it: it is made of the story and the settings, which every page depends on.
    """
    if not picture and not marks and not reports:
        return Item(story, address, digest=story.digest)
    hashed = blake2b(story.digest, digest_size=16)
    hashed.update(picture.digest + picture.path.encode() if picture else b"")
    hashed.update(" ".join(marks).encode())
    for report in reports:
        hashed.update("\0".join(("", *report)).encode())
    return Item(story, address, picture, marks, hashed.digest(), reports)


class Packed(NamedTuple):
    """A page to be kept: the digest of all its inputs with all that stories say in them, and its bytes without that."""

    digest: bytes
    data: bytes


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A page without its stories: the name of its kind of inputs, these with the paths of the stories."""

    path: str
    template: str
    origin: str
    kind: str
    inputs: msgspec.Raw
    translations: tuple[tuple[str, str], ...] = ()


class Packer:
    """Packs pages; not for two threads at once.

    Everything that can change a page stands in its inputs, so their digest is the dependency graph: nothing is recorded
    by hand. Stories bring digests of their own, which makes it cheap.
    """

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        # Sets, which a site's own inputs may have, go in one order.
        self._encode = msgspec.msgpack.Encoder(enc_hook=self._named, order="deterministic").encode
        self._around = msgspec.msgpack.Encoder().encode

    def pack(self, page: Page) -> Packed:
        """A page to be kept."""
        self._digests.clear()
        inputs = self._encode(page.inputs)
        kept = _Kept(
            page.path, page.template, page.origin, type(page.inputs).__name__, msgspec.Raw(inputs), page.translations
        )
        data = self._around(kept)
        hashed = blake2b(data, digest_size=16)
        hashed.update(b"\0".join(self._digests))
        return Packed(hashed.digest(), data)

    def _named(self, value: Any) -> Any:
        """What stands for a story: its path, and of an item what is not in the story."""
        self._digests.append(value.digest)
        if type(value) is Item and (value.picture is not None or value.marks or value.reports):
            return value.story.path, value.picture, value.marks, value.reports
        return value.story.path


class Unpacker:
    """Makes saved pages whole, with their stories as ``story`` gives them by their paths.

    ``kinds`` are the types of inputs that pages have. What a site's own kinds compute of a story is not saved anew with
    it, so pages of these are planned again where it was edited.
    """

    def __init__(self, story: Callable[[str], Story], site: Site, kinds: Iterable[type[msgspec.Struct]]) -> None:
        self._story = story
        self._zone = site.zone
        self._language = own_language(site)
        self._kinds = {kind.__name__: kind for kind in kinds}
        self._set: dict[str, Story] = {}

    def page(self, data: bytes) -> Page:
        """The page that was kept.

        Raises msgspec.DecodeError (ValidationError) for what is no page, LookupError for a kind that is not known or
        cannot be read back, and what ``story`` raises.
        """
        kept = _DECODE(data)
        try:
            inputs = msgspec.msgpack.decode(kept.inputs, type=self._kinds[kept.kind], dec_hook=self._made)
        except (TypeError, NameError, AttributeError) as cause:  # the types of a site's own inputs may say anything
            raise LookupError(kept.kind) from cause
        return Page(kept.path, kept.template, inputs, kept.origin, kept.translations)

    def _made(self, kind: type, value: Any) -> Item | StoryRef | Body:
        path, picture, marks, reports = (value, None, (), ()) if isinstance(value, str) else value
        story = self._set.get(path)
        if story is None:
            story = self._set[path] = typeset(self._story(path), self._language)
        if kind is Body:
            return Body(story)
        address = urls.story(story, self._zone)
        if kind is StoryRef:
            return StoryRef(story, address)
        asset = msgspec.convert(picture, Asset | None, builtin_types=(bytes,))
        return item(story, address, asset, tuple(marks), tuple([OtherReport(*one) for one in reports]))


_DECODE = msgspec.msgpack.Decoder(_Kept).decode
