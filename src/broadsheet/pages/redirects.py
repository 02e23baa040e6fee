"""Redirects: a page at each old address that leads to the new one, and hosts' table of them.

In: the stories with their aliases and the addresses at which they have been published, the threads that went into
others, the paths of all other pages. Out: their pages; of each what the press writes. An alias that is no plain path of
a page, or that something else has, is refused by name and line, and stands in no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from broadsheet import iri
from broadsheet.content import positions
from broadsheet.errors import Place, error, warning
from broadsheet.model import Page, Story
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.inputs import Item, Name, StoryRef
from broadsheet.pages.kind import Kind, Views
from broadsheet.pages.plan import PlanContext, TakenPaths


class RedirectInputs(msgspec.Struct, frozen=True):
    """The page at an old address, which leads to the new one: that of a story, or of another page."""

    story: StoryRef | None
    page: Name | None = None


class RedirectsInputs(msgspec.Struct, frozen=True):
    """All redirects: an old path as the editor wrote it, the new address."""

    pairs: tuple[tuple[str, str], ...]


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

    @cached_property
    def _there(self) -> TakenPaths:
        """What there is at each path; looked at where there is an old address."""
        return TakenPaths({path: self.context.source(page) for path, page in self._pages.items()})

    def pages(self) -> Iterator[Page]:
        """A page at each old address, then the table.

        Those that were published, and those of threads, yield to whatever else has their address.
        """
        for story in self.context.newspaper.stories:
            if story.aliases:
                yield from self._of(story)
        for story in self.context.newspaper.stories if self.context.stock.published else ():
            yield from self._published(story)
        for alias, address, title in self.context.threads.moved():
            path = urls.old(alias)
            if not self._there.said(path):
                yield self._kept(alias, address, path, RedirectInputs(None, Name(title, address)))
        if urls.REDIRECTS not in self.context.replaced:
            yield Page(urls.REDIRECTS, "_redirects", RedirectsInputs(tuple(sorted(self._pairs))))

    def _of(self, story: Story) -> Iterator[Page]:
        item = self.context.items[story.id]
        origin = f"{self.folder}/{story.path}"
        own: set[str] = set()  # one path may be written in several ways, with or without a slash
        for alias in story.aliases:
            try:
                path = self._path(alias, item)
            except ValueError as cause:
                hint = "An old address is the path of a page, such as /news/2024/harbour.html. Take out any other."
                message = f"alias {alias!r} is refused: {cause}"
                self.context.problems.append(warning("alias", message, self._place(story, alias), hint))
                continue
            if path in own:
                self._pairs.append((alias, item.address))
            elif said := self._there.said(path):
                message, hint = f"alias {alias!r} is refused: {said}", "Take it out, or rename what has its address."
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
        self._there.add(path, origin or "a running story")
        return Page(path, "redirect", inputs, origin)


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
    return {"pairs": tuple((base + iri.matched(old), at.local(new)) for old, new in made.pairs)}


REDIRECT = Kind("redirect", RedirectInputs, _view, _plan, machine=frozenset({"redirect"}))
REDIRECTS = Kind("redirects", RedirectsInputs, _view_all, machine=frozenset({"_redirects"}))
