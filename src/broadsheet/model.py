"""The values that pass from room to room: stories, editions, the newspaper, pages, and what of them was published.

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
Period = Literal["daily", "weekly", "monthly"]
FeedForm = Literal["rss", "atom", "json"]
Disclosure = Literal["", "ai_assisted", "ai_generated", "ai_summary"]  # the key of the theme's word for it


class Picture(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture of a story, as its front matter names it; ``src`` is relative to content/ or an http address.

    Without ``src`` it is what a raw file said of a picture that did not come along: nothing is shown, nothing lost.
    ``focus`` is the point that is seen wherever it is cropped, from left and from top: "30% 20%".
    """

    src: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    focus: str = ""


class Audio(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The sound of a story: its address, media type, length in bytes and duration, as its source gives them."""

    src: str = ""
    type: str = ""
    length: str = ""
    duration: str = ""


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
    """A correction or a retraction: its text, as readers see it, and the moment from which they do."""

    date: dt.datetime
    text: str


class Story(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One news item without its body: what lists, feeds and editions need to know of it.

    ``path`` is the Markdown file below content/stories. ``timed`` is False where the front matter gives a bare day;
    ``date`` is then that day's first moment in the site's time zone. ``body`` is the digest of the Markdown body,
    ``words`` its length, ``lead`` its first paragraph as plain text, ``extract`` its best sentences where it has no
    ``summary``, ``generated`` what a function of the site said in the place of these, ``pictures`` those it shows, with
    the sounds, films and tables of numbers. ``points`` are what is most important in it. ``reason`` is why it is a
    draft. ``takes_back`` is the id of another story, where this one is its publisher's notice that it is not for
    readers any more. ``embargo`` is a moment before which it is not out, where that is later than its date.
    ``retracted`` is the notice that stands in the place of its text. ``translation_of`` is the id of a story that this
    one says in another language. ``ai`` is how much of it an AI wrote. ``slug`` begins with its ``home``. ``terms`` is
    what it says for the keys of a site's own taxonomies. ``digest`` covers everything but the body: two stories with
    equal digests print the same card.
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
    points: tuple[str, ...] = ()
    lead: str = ""
    extract: str = ""
    generated: str = ""
    words: int = 0
    updated: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    thread: str = ""
    priority: Priority = "normal"
    image: Picture | None = None
    audio: Audio | None = None
    source: Credit | None = None
    also: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    retracted: Correction | None = None
    status: Status = "published"
    reason: str = ""
    takes_back: str = ""
    expires: dt.datetime | None = None
    embargo: dt.datetime | None = None
    aliases: tuple[str, ...] = ()
    lang: str = ""
    translation_of: str = ""
    ai: Literal["", "none", "assisted", "generated"] = ""
    review: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = {}
    extra: Mapping[str, Any] = {}
    digest: bytes = b""

    @property
    def home(self) -> str:
        """The folder of the pages in its language, in a site of several languages; empty for the site's root."""
        return self.slug[: self.slug.rfind("/") + 1]

    @property
    def abstract(self) -> str:
        """What stands for the story in lists and feeds: its summary, else its best sentences."""
        return self.summary or self.generated or self.extract

    @property
    def disclosure(self) -> Disclosure:
        """What readers must learn of an AI's part in it. A retracted story has nothing left that an AI wrote."""
        made = "summary" if self.generated and not self.summary and self.ai != "generated" else self.ai
        return "" if self.retracted else _DISCLOSED.get(made, "")

    def placement(self) -> tuple[Any, ...]:
        """The fields that decide where a story stands, in lists and among pages: all but its words."""
        return tuple([getattr(self, name) for name in _PLACED])


_DISCLOSED: dict[str, Disclosure] = {"assisted": "ai_assisted", "generated": "ai_generated", "summary": "ai_summary"}
_READ = frozenset({"body", "lead", "extract", "generated", "words", "extra", "digest"})
WORDS = _READ | {"title", "summary", "points", "ai", "review", "reason"}
FOUND = _READ | {"path", "slug", "timed", "pictures", "terms"}  # keys of front matter so named are none of ours
STORY_KEYS = frozenset(Story.__struct_fields__) - FOUND  # "embargo" is one of the keys of content/visibility.py
_PLACED = tuple(name for name in Story.__struct_fields__ if name not in WORDS)


class Text(msgspec.Struct, frozen=True, gc=False):
    """A Markdown text: its file below content/, the digest of what it says, its pictures, its language."""

    path: str
    body: str
    pictures: tuple[str, ...] = ()
    lang: str = ""


class Asset(msgspec.Struct, frozen=True):
    """A file that is printed as it is: a picture, a style sheet.

    ``name`` is how content or a theme calls it, ``file`` where it lies on disk, ``path`` where it goes below output/
    (with a digest in its name), ``size`` its bytes, ``width`` and ``height`` those of a picture in pixels (else 0).
    ``variants`` are the same picture as WebP, from narrow to wide, then as AVIF. ``recipe`` is what a share card is
    drawn from, which is drawn again where its file in the cache is damaged; of a table it is what charts are drawn
    from.
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


class PictureProblem(msgspec.Struct, frozen=True):
    """What is wrong with a picture or another file of a story: the kind of problem, what (after its name), what to do.

    ``grave`` is for an error; ``file`` and ``line`` are where, if that is in the file itself.
    """

    code: str
    message: str
    hint: str
    grave: bool = True
    file: str = ""
    line: int = 0


class Prose(msgspec.Struct, frozen=True):
    """A page of the editor's own, from content/pages: about, imprint.

    ``body`` is the digest of its Markdown, ``pictures`` those that it shows, ``aliases`` the paths at which it was.
    """

    path: str
    slug: str
    title: str
    summary: str
    lang: str
    body: str
    digest: bytes = b""
    pictures: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, gc=False):
    """One file to be printed: ``path`` below output/, the template that draws it, the inputs its view is made from.

    ``origin`` is the source file to name when something is wrong with the page. ``translations`` are the page itself
    and what says the same in other languages, each a language with an address; none where there is nothing.
    """

    path: str
    template: str
    inputs: msgspec.Struct
    origin: str = ""
    translations: tuple[tuple[str, str], ...] = ()


class Term(msgspec.Struct, frozen=True, gc=False):
    """A section, a topic, an author: what a taxonomy groups stories under, and these, newest first.

    ``spellings`` are all the names that led stories here, ``name`` the commonest of them. Its address is made by
    ``pages``: a name is not its slug.
    """

    name: str
    stories: tuple[Story, ...]
    spellings: tuple[str, ...] = ()


class Desk(msgspec.Struct, frozen=True, gc=False):
    """One section's share of an edition."""

    section: str
    stories: tuple[Story, ...]


class Frozen(msgspec.Struct, frozen=True):
    """An edition as it was frozen, by the ids of its stories: the lead, each section's in order, the briefs.

    ``number`` is the one that it was printed with; 0 where it was frozen before numbers were kept. ``name`` is what it
    was called, empty where that was its day alone, ``masthead`` the site's title and tagline, ``words`` each story's
    headline and summary, by its id; empty where it was frozen before these were kept.
    """

    lead: str
    desks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    briefs: tuple[str, ...] = ()
    number: int = 0
    name: str = ""
    masthead: tuple[str, str] = ("", "")
    words: Mapping[str, tuple[str, str]] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every story of the edition in the order of the page."""
        return (self.lead, *(id_ for _, ids in self.desks for id_ in ids), *self.briefs)


class EditionNote(msgspec.Struct, frozen=True):
    """An editor's word on the edition ``slug``, from content/editions; ``file`` is how a user calls that file.

    ``lead``, ``order`` and ``briefs`` name stories by id, file or slug: the lead, the first of their sections, the
    briefs. ``text`` is the note, ``matters`` a few lines on what matters. ``lines`` tells where in the file each name
    stands.
    """

    slug: str
    file: str
    title: str = ""
    lead: str = ""
    order: tuple[str, ...] = ()
    briefs: tuple[str, ...] = ()
    frozen: Frozen | None = None
    text: Text | None = None
    matters: tuple[str, ...] = ()
    lines: Mapping[str, int] = {}


class Edition(msgspec.Struct, frozen=True, gc=False):
    """The digest of a day, week or month: a lead, the sections in the site's order, briefs; every story exactly once.

    ``slug`` names it in addresses (2025-05-08, 2025-w19, 2025-05); ``first`` and ``last`` are its days, both included;
    ``number`` counts from 1 at the oldest. ``note`` and ``matters`` are the editor's words on it, ``file`` the file of
    these, empty where there is none, ``frozen`` how it was frozen. ``id`` is the slug of its first publication.
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
    id: str = ""
    file: str = ""
    frozen: Frozen | None = None
    matters: tuple[str, ...] = ()

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story of the edition in the order of the page."""
        return (self.lead, *(s for desk in self.desks for s in desk.stories), *self.briefs)


class PublishedEdition(msgspec.Struct, frozen=True):
    """An edition as it was published last: the slug of its first publication and the last, its number, its stories."""

    id: str
    slug: str
    number: int
    stories: frozenset[str] = frozenset()


class PublishedPage(msgspec.Struct, frozen=True):
    """A page as it was published last: what it shows, its title, its addresses, the one that it had last at the end.

    ``kind`` is "story", "edition", "thread", "page" (of the editor's own), "list", "feed archive", "service worker" or
    the name of a taxonomy. Pages are known again by their ``members``: the ids of some of their stories, or the digest
    of a text. ``pages`` is how many a list had, ``feeds`` are the forms of its feeds. ``id`` is that of a story or an
    edition, ``edition`` the slug of a story's. ``out`` tells whether readers find it somewhere still.
    """

    kind: str
    title: str
    addresses: tuple[str, ...]
    members: tuple[str, ...] = ()
    pages: int = 1
    id: str = ""
    edition: str = ""
    out: bool = True
    feeds: tuple[FeedForm, ...] = ()


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
    """Everything that is to be published, ordered: stories, editions and threads newest first.

    ``terms`` are those of each taxonomy, by its name, in the order in which they are listed. ``related`` are the ids of
    the stories related to a story, by its id, ``reports`` of those that report the same event, oldest first.
    ``retracted`` are stories whose text is replaced by a notice: they keep their pages and their places in frozen
    editions, and stand in no list. Of a site in several languages, ``parts`` are what is published in each, by the
    folder of its pages.
    """

    stories: tuple[Story, ...]
    editions: tuple[Edition, ...]
    terms: Mapping[str, tuple[Term, ...]]
    threads: tuple[Thread, ...] = ()
    related: Mapping[str, tuple[str, ...]] = {}
    reports: Mapping[str, tuple[str, ...]] = {}
    retracted: tuple[Story, ...] = ()
    parts: Mapping[str, Newspaper] = {}

    @property
    def everything(self) -> tuple[Story, ...]:
        """The stories that have pages, newest first, retracted ones among them."""
        if not self.retracted:
            return self.stories
        return tuple(sorted((*self.stories, *self.retracted), key=lambda one: one.date.timestamp(), reverse=True))

    @property
    def corrected(self) -> bool:
        """Whether a story was corrected or retracted."""
        return bool(self.retracted) or any(story.corrections for story in self.stories)
