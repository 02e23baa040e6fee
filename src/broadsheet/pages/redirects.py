"""Redirects: a page at each old address that leads to the new one, and hosts' table of them.

In: the stories with their aliases and the addresses at which they have been published, the threads that went into
others, all pages that were published, the paths of all other pages. Out: their pages; of each what the press writes.
An alias that is no plain path of a page, or that something else has, is refused by name and line, and stands in no
table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from broadsheet import iri
from broadsheet.content import positions
from broadsheet.errors import Place, error, note, warning
from broadsheet.model import Page, Prose, PublishedPage, Story
from broadsheet.pages import offline, urls
from broadsheet.pages.feed import ended
from broadsheet.pages.gone import ARCHIVE, EDITION, STORY, WORKER, Whereabouts, further
from broadsheet.pages.inputs import Item, Name, StoryRef
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.taken_paths import TakenPaths


class RedirectInputs(msgspec.Struct, frozen=True):
    """The page at an old address, which leads to the new one: that of a story, or of another page."""

    story: StoryRef | None
    page: Name | None = None


class RedirectsInputs(msgspec.Struct, frozen=True):
    """All redirects: an old path as the editor wrote it, the new address; and the paths of what is gone, each with the
    file that says so.
    """

    pairs: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...] = ()


def _plan(context: PlanContext) -> Iterator[Page]:
    """A page at each old address, then the table. To be asked when all other pages are planned."""
    return _Plan(context).pages()


class _Plan:
    """The redirects of one plan, whose other pages are in its context."""

    def __init__(self, context: PlanContext) -> None:
        self.context = context
        self.folder = f"{context.site.settings.content}/stories"
        self._pages = dict(context.pages)  # without redirects, which join them one after another
        self._pairs: list[tuple[str, str]] = []
        self._gone: list[tuple[str, str]] = []
        self._leads: dict[str, str] = {}  # the address to which each page of an old one leads, by its path
        self._ended: set[str] = set()

    @cached_property
    def _there(self) -> TakenPaths:
        """What there is at each path; looked at where there is an old address."""
        return TakenPaths({path: self.context.source(page) for path, page in self._pages.items()})

    def pages(self) -> Iterator[Page]:
        """A page at each old address, then the table.

        Those that were published, and those of threads, yield to whatever else has their address.
        """
        for story in self.context.newspaper.everything:
            if story.aliases:
                yield from self._of(story)
        for story in self.context.newspaper.everything if self.context.stock.published else ():
            yield from self._published(story)
        for alias, address, title in self.context.threads.moved():
            path = urls.old(alias)
            if not self._there.said(path):
                yield self._kept(alias, address, path, RedirectInputs(None, Name(title, address)))
        yield from self._editions()
        for prose in self.context.stock.prose:
            yield from self._of_prose(prose)
        if self.context.stock.places:
            yield from self._left()
            yield from self._worker()
        if urls.REDIRECTS not in self.context.replaced:
            table = RedirectsInputs(tuple(sorted(self._pairs)), tuple(sorted(self._gone)))
            yield Page(urls.REDIRECTS, "_redirects", table)

    def _of_prose(self, prose: Prose) -> Iterator[Page]:
        """The old addresses of a page of the editor's own, or of the list of which it is the text."""
        there, listed = urls.prose(prose.slug), f"{prose.path.removesuffix('.md')}/"
        if urls.file(there) not in self._pages and urls.file(listed) in self._pages:
            there = listed
        file = f"{self.context.site.settings.content}/pages/{prose.path}"
        for alias in prose.aliases:
            line = positions.of_value(self.context.site.content / "pages" / prose.path, "aliases", alias)
            try:
                path = urls.old(alias)
                said = self._there.said(path)
            except ValueError as cause:
                path, said = "", str(cause)
            if said:
                hint = (
                    "An old address is the path of a page that nothing else uses, such as /about-us/. Delete any other."
                )
                message = f"alias {alias!r} is refused: {said}"
                self.context.problems.append(warning("alias", message, Place(file, line), hint))
            else:
                yield self._kept(alias, there, path, RedirectInputs(None, Name(prose.title, there)), file)

    def _left(self) -> Iterator[Page]:
        """What was published and has another address now, or none."""
        where = Whereabouts(self.context)
        told = self.context.stock.templates is None or "gone.html" in self.context.stock.templates
        record = Place(f"{self.context.site.settings.content}/published")
        for one in self.context.stock.places:
            if not one.addresses or one.kind == WORKER:
                continue
            if one.kind == ARCHIVE:  # a copy of the feed would be drawn anew with each story: it has ended
                yield from self._feeds(one, "")
                continue
            last = one.addresses[-1]
            there = self._now(one, where)
            yield from self._feeds(one, there)
            if there:
                if there != last and one.out and last not in where.now:
                    message = f"{_named(one)} was published at /{last}: that address now leads to /{there}"
                    self.context.problems.append(note("page-moved", message, record))
                yield from self._led(one, there, where.now[there])
                continue
            left = [address for address in one.addresses if not self._there.said(urls.file(address))]
            if not told or not left:
                continue
            if one.out and last in left:
                message = f"{_named(one)} was published at /{last}: a page there says that it is gone"
                self.context.problems.append(note("page-gone", message, record))
            for address in left:
                yield from self._said(one, address, where)

    def _worker(self) -> Iterator[Page]:
        """The last service worker, where one was published and there is none."""
        known = any(one.kind == WORKER and one.addresses for one in self.context.stock.places)
        if known and not self._there.said(urls.WORKER):
            yield offline.ended()

    def _now(self, one: PublishedPage, where: Whereabouts) -> str:
        """The address that a page has now, or to which its last one leads; empty where it is gone."""
        if one.kind in (STORY, EDITION):
            return ""
        led = self._leads.get(urls.file(one.addresses[-1]), "")
        return where.address(one) or (led if led in where.now else "")

    def _feeds(self, one: PublishedPage, there: str) -> Iterator[Page]:
        """The feeds that were published with a page: readers of feeds follow no page, so each has a file of its own.

        It is the feed of what stands elsewhere now, or one that has ended.
        """
        for address in one.addresses if one.feeds else ():
            for form in one.feeds:
                if self._there.said(path := urls.feed(address, form)):
                    continue
                feed = self._pages.get(urls.feed(there, form)) if there and address != there else None
                if feed:
                    self._pairs.append((f"/{path}", feed.path))
                    made = Page(path, feed.template, feed.inputs)
                else:
                    made = ended(form, one.title, path, urls.FRONT if one.kind == ARCHIVE else there or address)
                    self._ended.add(path)
                self._there.add(path, made.template)
                yield made

    def _led(self, one: PublishedPage, there: str, thing: PublishedPage) -> Iterator[Page]:
        """The addresses, the further pages and the feeds of what stands elsewhere now."""
        name = Name(thing.title or one.title, there)
        for address in one.addresses:
            old = further(address, thing.pages + 1 if address == there else 2, one.pages)
            for left in (address, *old) if address != there else old:
                if not self._there.said(path := urls.file(left)):
                    yield self._kept(f"/{left}", there, path, RedirectInputs(None, name))

    def _said(self, one: PublishedPage, address: str, where: Whereabouts) -> Iterator[Page]:
        """The page at an address of what is gone. Its further pages lead there; its feeds have ended."""
        path = urls.file(address)
        self._there.add(path, "a page that is gone")
        self._gone.append((f"/{address}", path))
        yield Page(path, "gone.html", where.gone(one, address))
        if not where.may_return(one):
            self._gone += [
                (f"/{feed}", path) for form in one.feeds if (feed := urls.feed(address, form)) in self._ended
            ]
        for left in further(address, 2, one.pages):
            if not self._there.said(urls.file(left)):
                yield self._kept(f"/{left}", address, urls.file(left), RedirectInputs(None, Name(one.title, address)))

    def _of(self, story: Story) -> Iterator[Page]:
        item = self.context.items[story.id]
        origin = f"{self.folder}/{story.path}"
        own: set[str] = set()  # one path may be written in several ways, with or without a slash
        for alias in story.aliases:
            try:
                path = self._path(alias, item)
            except ValueError as cause:
                hint = "An old address is the path of a page, such as /news/2024/harbour.html. Delete any other."
                message = f"alias {alias!r} is refused: {cause}"
                self.context.problems.append(warning("alias", message, self._place(story, alias), hint))
                continue
            if path in own:
                self._pairs.append((alias, item.address))
            elif said := self._there.said(path):
                message, hint = f"alias {alias!r} is refused: {said}", "Delete it, or rename what uses its address."
                self.context.problems.append(error("path-twice", message, self._place(story, alias), hint))
            else:
                own.add(path)
                inputs = RedirectInputs(self.context.links[story.id])
                yield self._kept(alias, item.address, path, inputs, origin)

    def _published(self, story: Story) -> Iterator[Page]:
        """The addresses at which a story has been published, but the one that it has."""
        item = self.context.items[story.id]
        for address in self.context.stock.published.get(story.id, ()):
            path = urls.file(address)
            if address != item.address and not self._there.said(path):
                inputs = RedirectInputs(self.context.links[story.id])
                yield self._kept(f"/{address}", item.address, path, inputs, f"{self.folder}/{story.path}")

    def _editions(self) -> Iterator[Page]:
        """The addresses at which editions have been published, whose stories stand in another now."""
        old = self.context.stock.old
        editions = {edition.slug: edition for edition in self.context.newspaper.editions} if old else {}
        for address, slug in old.items():
            path = urls.file(address)
            if not self._there.said(path):
                there = Name(editions[slug].title or slug, urls.edition(editions[slug]))
                yield self._kept(f"/{address}", there.address, path, RedirectInputs(None, there))

    def _path(self, alias: str, item: Item) -> str:
        path = urls.old(alias)
        if TakenPaths.same(path, urls.file(item.address)):
            raise ValueError("it is the story's own address")
        return path

    def _place(self, story: Story, alias: str) -> Place:
        line = positions.of_value(self.context.site.stories / story.path, "aliases", alias)
        return Place(f"{self.folder}/{story.path}", line)

    def _kept(self, alias: str, address: str, path: str, inputs: RedirectInputs, origin: str = "") -> Page:
        self._pairs.append((alias, address))
        self._leads[path] = address
        self._there.add(path, origin or "another page")
        return Page(path, "redirect", inputs, origin)


def _named(one: PublishedPage) -> str:
    """How an editor calls a page: an edition without a title by its slug; the page of all topics has no name at all."""
    name = one.title or (one.id if one.kind == EDITION else "")
    return f"{one.kind} {name!r}" if name else f"the {one.kind}"


def _view(made: RedirectInputs, context: ViewContext) -> Views:
    to = made.story or made.page
    return {
        "target": context.at.local(to.address) if to else "",
        "canonical": context.at.absolute(to.address) if to else "",
        "title": to.title if to else "",
        "language": (made.story.story.lang if made.story else "") or context.view.language,
    }


def _view_all(made: RedirectsInputs, context: ViewContext) -> Views:
    at, base = context.at, context.at.base.rstrip("/")
    return {
        "pairs": tuple((base + iri.matched(old), at.local(new)) for old, new in made.pairs),
        "gone": tuple((base + iri.matched(old), at.local(page)) for old, page in made.gone),
    }


REDIRECT = Kind("redirect", RedirectInputs, _view, _plan, machine=frozenset({"redirect"}))
REDIRECTS = Kind("redirects", RedirectsInputs, _view_all, machine=frozenset({"_redirects"}))
