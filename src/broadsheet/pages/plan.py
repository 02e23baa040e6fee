"""The plan: every page of a newspaper, drawn by nobody yet.

In: the newspaper, the editor's own pages, the files that are printed as they are. Out: pages with their inputs, and
problems such as a picture that is not there.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Asset, Edition, Newspaper, Page, Prose, Shelf, ShelfKind, Story
from broadsheet.pages import urls
from broadsheet.pages.inputs import (
    ArchiveInputs,
    AssetInputs,
    EditionInputs,
    EditionsInputs,
    Item,
    ListInputs,
    MonthInputs,
    Name,
    NamesInputs,
    PlainInputs,
    ProseInputs,
    StoryInputs,
)
from broadsheet.pages.wireplan import WirePlan


class Stock(msgspec.Struct, frozen=True):
    """What a plan draws on besides the newspaper.

    ``pictures`` are by their name below content/, ``static`` the theme's files, ``marks`` what a preview tells of a
    story, by its id.
    """

    prose: Sequence[Prose] = ()
    pictures: Mapping[str, Asset] = {}
    static: Sequence[Asset] = ()
    marks: Mapping[str, tuple[str, ...]] = {}


def plan(newspaper: Newspaper, stock: Stock, site: Site) -> tuple[list[Page], list[Problem]]:
    """Every page to be printed; of two pages at one path only the first, and an error that names both."""
    planner = _Planner(newspaper, stock, site)
    pages: dict[str, Page] = {}
    for page in planner.pages():
        other = pages.setdefault(page.path, page)
        if other is not page and page.path not in planner.shared:
            message = f"/{page.path} is also the path of {other.origin or other.template}"
            hint = "Rename one of the two."
            planner.problems.append(error("path-twice", message, Place(page.origin or page.template), hint))
    return list(pages.values()), planner.problems


class _Planner:
    """The names and items that the pages of one newspaper share."""

    def __init__(self, newspaper: Newspaper, stock: Stock, site: Site) -> None:
        self.newspaper = newspaper
        self.stock = stock
        self.site = site
        self.zone = site.zone
        self.problems: list[Problem] = []
        self.shown: dict[str, Asset] = {}  # the pictures that some page shows, by path
        self.shared = {asset.path for asset in stock.pictures.values()}  # one picture under two names is no clash
        self.items = {story.id: self._item(story) for story in newspaper.stories}
        least = site.settings.topic_minimum
        self.topics = [shelf for shelf in newspaper.topics if len(shelf.stories) >= least]
        self.names = {
            (shelf.kind, name): Name(shelf.name, urls.shelf(shelf), len(shelf.stories))
            for shelf in (*newspaper.sections, *self.topics, *newspaper.authors)
            for name in shelf.spellings
        }
        self.reported: dict[str, list[str]] = {}
        for story in newspaper.stories:
            for other in story.also:
                self.reported.setdefault(other, []).append(story.id)
        self.edition_of = {story.id: edition for edition in newspaper.editions for story in edition.stories}

    def pages(self) -> Iterator[Page]:
        """Pages in the order in which a reader would miss them; the sitemap, which lists the others, last."""
        listed: list[tuple[str, dt.datetime | None]] = []
        for page, changed in self._listed():
            if page.path.endswith(".html"):
                listed.append((page.path.removesuffix("index.html"), changed))
            yield page
        yield Page(urls.NOT_FOUND, "404.html", PlainInputs(urls.NOT_FOUND))
        yield from self._wire().pages(listed)
        for asset in (*self.stock.static, *self.shown.values()):
            yield Page(asset.path, "", AssetInputs(asset), asset.file)

    def _listed(self) -> Iterator[tuple[Page, dt.datetime | None]]:
        editions = self.newspaper.editions
        if editions:
            yield self._edition(0, front=True), _changed(editions[0].stories)
        else:
            yield Page(urls.file(urls.FRONT), "empty.html", PlainInputs(urls.FRONT)), None
        for place, edition in enumerate(editions):
            yield self._edition(place), _changed(edition.stories)
        yield from ((page, _changed([story])) for story, page in self._stories())
        for shelf in (*self.newspaper.sections, *self.topics, *self.newspaper.authors):
            feed = shelf.kind != "author" or len(shelf.stories) > 1
            yield from ((page, None) for page in self._list(shelf, feed=feed))
        if editions:
            yield (
                Page(urls.file(urls.EDITIONS), "editions.html", EditionsInputs(tuple(map(self._line, editions)))),
                None,
            )
        yield from ((page, None) for page in self._archive())
        for kind, address, shelves in (
            ("topics", urls.TOPICS, self.topics),
            ("authors", urls.AUTHORS, self.newspaper.authors),
        ):
            if shelves:
                names = tuple(Name(shelf.name, urls.shelf(shelf), len(shelf.stories)) for shelf in shelves)
                yield Page(urls.file(address), "index.html", NamesInputs(kind, address, names)), None
        for prose in self.stock.prose:
            address = urls.prose(prose.slug)
            yield Page(urls.file(address), "prose.html", ProseInputs(prose, address), prose.path), None

    def _stories(self) -> Iterator[tuple[Story, Page]]:
        folder = f"{self.site.settings.content}/stories"
        for newer, story, older in _neighbours(self.newspaper.stories):
            item = self.items[story.id]
            edition = self.edition_of[story.id]
            inputs = StoryInputs(
                item=item,
                body=story.body,
                pictures=self._pictures(story),
                section=self._name("section", story.section),
                topics=tuple(filter(None, (self._name("topic", name) for name in story.topics))),
                authors=tuple(filter(None, (self._name("author", name) for name in story.authors))),
                also=self._also(story),
                edition=_ref(edition),
                previous=Name(older.title, self.items[older.id].address) if older else None,
                next=Name(newer.title, self.items[newer.id].address) if newer else None,
            )
            yield story, Page(urls.file(item.address), "story.html", inputs, f"{folder}/{story.path}")

    def _also(self, story: Story) -> tuple[Name, ...]:
        """The other reports of the same, whichever of the two names the other."""
        others = dict.fromkeys((*story.also, *self.reported.get(story.id, ())))
        items = (self.items[id_] for id_ in others if id_ in self.items and id_ != story.id)
        return tuple(Name(item.story.title, item.address) for item in items)

    def _edition(self, place: int, *, front: bool = False) -> Page:
        editions = self.newspaper.editions
        edition = editions[place]
        desks = (
            (self._name("section", desk.section) or Name("", ""), tuple(self.items[s.id] for s in desk.stories))
            for desk in edition.desks
        )
        address = urls.FRONT if front else urls.edition(edition)
        inputs = EditionInputs(
            number=edition.number,
            address=address,
            title=edition.title,
            note=edition.note,
            first=edition.first,
            last=edition.last,
            lead=self.items[edition.lead.id],
            desks=tuple(desks),
            briefs=tuple(self.items[story.id] for story in edition.briefs),
            previous=_ref(editions[place + 1]) if place + 1 < len(editions) else None,
            next=_ref(editions[place - 1]) if place else None,
            front=front,
        )
        return Page(urls.file(address), "front.html" if front else "edition.html", inputs)

    def _list(self, shelf: Shelf, *, feed: bool) -> Iterator[Page]:
        address = urls.shelf(shelf)
        count = len(shelf.stories)
        for page, pages, stories in _paged(shelf.stories, self.site.settings.per_page):
            items = tuple(self.items[story.id] for story in stories)
            inputs = ListInputs(shelf.kind, shelf.name, address, items, page, pages, count, feed)
            yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)

    def _archive(self) -> Iterator[Page]:
        months = [
            (first, list(stories))
            for first, stories in itertools.groupby(
                self.newspaper.stories, key=lambda story: story.date.astimezone(self.zone).date().replace(day=1)
            )
        ]
        counts = tuple((first, len(stories)) for first, stories in months)
        if months:
            yield Page(urls.file(urls.ARCHIVE), "archive.html", ArchiveInputs(urls.ARCHIVE, counts))
        for _, group in itertools.groupby(counts, key=lambda month: month[0].year):
            of_year = tuple(group)
            address = urls.year(of_year[0][0])
            yield Page(urls.file(address), "archive.html", ArchiveInputs(address, of_year))
        for first, found in months:
            address = urls.month(first)
            for page, pages, stories in _paged(found, self.site.settings.per_page):
                items = tuple(self.items[story.id] for story in stories)
                inputs = MonthInputs(first, address, items, page, pages, len(found))
                yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)

    def _wire(self) -> WirePlan:
        authors = [shelf for shelf in self.newspaper.authors if len(shelf.stories) > 1]
        shelves = (*self.newspaper.sections, *self.topics, *authors)
        return WirePlan(
            self.newspaper, shelves, self.items, self._pictures, self._edition, self.site, problems=self.problems
        )

    def _item(self, story: Story) -> Item:
        picture = self._picture(story.image.src, story) if story.image and story.image.src else None
        marks = self.stock.marks.get(story.id, ())
        address = urls.story(story, self.zone)
        hashed = blake2b(story.digest, digest_size=16)
        hashed.update(address.encode())
        hashed.update(picture.digest + picture.path.encode() if picture else b"")
        hashed.update(" ".join(marks).encode())
        return Item(story, address, picture, marks, hashed.digest())

    def _pictures(self, story: Story) -> tuple[Asset, ...]:
        return tuple(filter(None, (self._picture(name, story) for name in story.pictures)))

    def _picture(self, name: str, story: Story) -> Asset | None:
        place = Place(f"{self.site.settings.content}/stories/{story.path}")
        if name.startswith(("http:", "https:", "//")):
            hint = "Save it below content/ and name it there: pages show no picture from other hosts."
            self.problems.append(warning("picture-remote", f"picture {name!r} is not shown", place, hint))
            return None
        asset = self.stock.pictures.get(name.removeprefix("/").removeprefix("./"))
        if asset is None:
            hint = "A picture is named by its path below content/, such as pictures/harbour.jpg."
            self.problems.append(warning("picture-missing", f"picture {name!r} is not there", place, hint))
            return None
        self.shown[asset.path] = asset
        return asset

    def _name(self, kind: ShelfKind, name: str) -> Name | None:
        if not name:
            return None
        return self.names.get((kind, name)) or Name(name, "")

    def _line(self, edition: Edition) -> tuple[int, str, dt.date, str, int, str]:
        return (*_ref(edition), len(edition.stories), edition.lead.title)


def _ref(edition: Edition) -> tuple[int, str, dt.date, str]:
    return (edition.number, urls.edition(edition), edition.first, edition.title)


def _changed(stories: Iterable[Story]) -> dt.datetime:
    return max(story.updated or story.date for story in stories)


def _neighbours(stories: Sequence[Story]) -> Iterator[tuple[Story | None, Story, Story | None]]:
    return zip((None, *stories), stories, (*stories[1:], None), strict=False)


def _paged(stories: Sequence[Story], size: int) -> Iterator[tuple[int, int, Sequence[Story]]]:
    pages = -(-len(stories) // size)
    return ((page, pages, stories[(page - 1) * size : page * size]) for page in range(1, pages + 1))
