"""What the pages of all kinds are planned from: the newspaper, its items, names, threads and editions.

In: the newspaper, the editor's own pages, the files that are printed as they are. Out: a ``PlanContext``, which the
plans of kinds share; problems such as a picture that is not there join it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from broadsheet.config import Site
from broadsheet.config.taxonomies import rows
from broadsheet.disk import folders
from broadsheet.errors import Problem
from broadsheet.model import Asset, Newspaper, Page, PictureProblem, Prose, PublishedPage, Story
from broadsheet.pages import urls
from broadsheet.pages.inputs import EditionRef, Item, StoryRef
from broadsheet.pages.items import Items
from broadsheet.pages.names import TermPage, listed, named
from broadsheet.pages.timelines import Timelines

Listed = tuple[str, dt.datetime | None]  # the address of a page, and when it last changed


class Stock(msgspec.Struct, frozen=True):
    """What a plan draws on besides the newspaper.

    ``pictures`` are by their name below content/, and so are the ``faults`` of those that cannot be shown; ``cards``
    are the share cards of stories, by id. ``static`` are the theme's files, ``marks`` what a preview tells of a story,
    by its id. ``templates`` are those of a theme that stands alone: what it has none for is not printed. ``files`` are
    those of the site's own at its root. ``kinds`` are the site's own kinds of pages. ``published`` are the addresses at
    which stories have been, by id; ``old`` those at which editions have been, each with the slug of the one that has
    its stories now. ``places`` are all pages that were published; ``expired`` the ids of stories that have expired.
    """

    prose: Sequence[Prose] = ()
    pictures: Mapping[str, Asset] = {}
    static: Sequence[Asset] = ()
    marks: Mapping[str, tuple[str, ...]] = {}
    templates: frozenset[str] | None = None
    faults: Mapping[str, PictureProblem] = {}
    cards: Mapping[str, Asset] = {}
    files: Sequence[Asset] = ()
    kinds: tuple[Any, ...] = ()
    published: Mapping[str, tuple[str, ...]] = {}
    old: Mapping[str, str] = {}
    places: Sequence[PublishedPage] = ()
    expired: frozenset[str] = frozenset()


class PlanContext:
    """What the pages of one newspaper share.

    ``rows`` are the taxonomies, ``terms`` what has pages of each, by its name. ``pages`` are those that are planned by
    now, by their paths; ``listed`` those of them that readers come to. ``own`` are the names of the site's own kinds by
    the types of their inputs. ``replaced`` are the paths of files for machines that the site has one of its own for.
    """

    def __init__(self, newspaper: Newspaper, stock: Stock, site: Site) -> None:
        self.newspaper = newspaper
        self.stock = stock
        self.site = site
        self.problems: list[Problem] = []
        self.pages: dict[str, Page] = {}
        self.listed: list[Listed] = []
        self.own: Mapping[type, str] = {}
        self.replaced = urls.REPLACEABLE & {asset.path for asset in stock.files}
        self.made = Items(
            newspaper.everything, stock.pictures, stock.faults, stock.cards, stock.marks, site, self.problems
        )
        self.items = self.made.by_id
        self.rows = rows(site.settings)
        self.terms = {name: tuple(map(self._titled, terms)) for name, terms in listed(newspaper, self.rows).items()}
        self.names = named(self.terms, self.made.titled)
        self.links = {id_: StoryRef(item.story, item.address) for id_, item in self.items.items()}
        self.threads = Timelines(newspaper, self.items, self.links, self.names, self.made.titled)
        self.refs: list[EditionRef] = [
            (one.number, urls.edition(one), one.first, one.last, one.title) for one in newspaper.editions
        ]

    def item(self, story: Story) -> Item:
        """A story as pages print it: with its address and its picture."""
        return self.items[story.id]

    def page(self, address: str, template: str, inputs: msgspec.Struct, origin: str = "") -> Page:
        """The page at an address; ``origin`` is the file that it is made from, where it is a single one."""
        return Page(urls.file(address), template, inputs, origin)

    def source(self, page: Page) -> str:
        """What a page is made from, as an error names it: its file, else its kind where that is the site's own."""
        own = self.own.get(type(page.inputs))
        return page.origin or (f"the kind of page {own!r}" if own else page.template)

    def _titled(self, one: TermPage) -> TermPage:
        if not one.taxonomy.typeset:
            return one
        return one._replace(term=msgspec.structs.replace(one.term, name=self.made.titled(one.term.name)))


class TakenPaths:
    """What there is at paths, as file systems compare them: some know no capitals, some have letters and marks apart.

    ``there`` are paths, each with what the file at it is made from.
    """

    def __init__(self, there: Mapping[str, str]) -> None:
        self._there = {_folded(path): (path, source) for path, source in there.items()}
        self._folders = folders(self._there)

    def add(self, path: str, source: str) -> None:
        """One more file."""
        key = _folded(path)
        self._folders.update(folders((key,)))
        self._there[key] = path, source

    def said(self, path: str) -> str:
        """What stands in the way of a file; empty where nothing does."""
        key = _folded(path)
        if key in self._there:
            other, source = self._there[key]
            if other == path:
                return f"/{path} is the path of {source}"
            return f"/{path} is the path of {source} where capitals do not count: /{other}"
        if key in self._folders:
            return f"/{path} is a folder of other pages"
        above = next((folder for folder in folders((key,)) if folder in self._there), "")
        return f"/{self._there[above][0]} is a file, and no folder" if above else ""

    @staticmethod
    def same(path: str, other: str) -> bool:
        """Whether two paths are one on some file system."""
        return _folded(path) == _folded(other)


def _folded(path: str) -> str:
    """A path as file systems compare it that know no capitals, or have letters and their marks apart."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def paged(stories: Sequence[Story], size: int) -> Iterator[tuple[int, int, Sequence[Story]]]:
    """The pages of a list: the number of each, how many there are, its stories."""
    pages = -(-len(stories) // size)
    return ((page, pages, stories[(page - 1) * size : page * size]) for page in range(1, pages + 1))
