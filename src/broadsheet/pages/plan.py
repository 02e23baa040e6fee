"""What the pages of all kinds are planned from: the newspaper, its items, names, threads and editions.

In: the newspaper, the editor's own pages, the files that are printed as they are. Out: a ``PlanContext``, which the
plans of kinds share; a problem joins it for each picture that cannot be shown, at the line of the story that names it.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from broadsheet import typography
from broadsheet.config import Site
from broadsheet.config.taxonomies import Taxonomy, rows
from broadsheet.content import positions
from broadsheet.content.dialect import FILMS, SOUNDS, TABLE, ending
from broadsheet.content.facts import ADDRESS, remote
from broadsheet.errors import Place, Problem, Severity, warning
from broadsheet.model import (
    Asset,
    Edition,
    Newspaper,
    Page,
    PictureProblem,
    Prose,
    PublishedPage,
    Story,
    Term,
    Text,
    Thread,
)
from broadsheet.pages import urls
from broadsheet.pages.bodies import FOLDER, FOLDERS, MEDIA, called, places
from broadsheet.pages.inputs import (
    Development,
    EditionRef,
    Item,
    Name,
    OtherReport,
    Running,
    StoryRef,
    Teaser,
    ThreadPlace,
    item,
    own_language,
    typeset,
)
from broadsheet.pages.navigation import Names, TermPage, introductions, listed, named
from broadsheet.pages.views import Position

Listed = tuple[str, dt.datetime | None]  # the address of a page, and when it last changed


class Stock(msgspec.Struct, frozen=True):
    """What a plan draws on besides the newspaper.

    ``pictures`` are by their name below content/, and so are the ``faults`` of those that cannot be shown; ``cards``
    are the share cards of stories, by id. ``static`` are the theme's files, ``marks`` what a preview tells of a story,
    by its id. ``templates`` are those of a theme that stands alone: what it has none for is not printed. ``files`` are
    those of the site's own at its root. ``kinds`` are the site's own kinds of pages. ``published`` are the addresses at
    which stories have been, by id; ``old`` those at which editions have been, each with the slug of the one that has
    its stories now. ``places`` are all pages that were published; ``expired`` the ids of stories that have expired.
    ``since`` is the moment since which a story is news for a search engine; None makes all of them news.
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
    since: dt.datetime | None = None


class PlanContext:
    """What the pages of one newspaper share; of a site in several languages, those of one of these.

    ``home`` is the folder of its pages, ``everyone`` are the items of all languages, by id, ``languages`` the
    contexts of all. ``rows`` are the taxonomies, ``terms`` what has pages of each, by its name. ``pages`` are those
    that are planned by now, by their paths; ``listed`` those of them that readers come to. ``own`` are the names of
    the site's own kinds by the types of their inputs. ``replaced`` are the paths of files for machines that the
    site has one of its own for. ``unindexed`` are the addresses of those that search engines are not to have.
    ``introductions`` are the words of the editor on what has a list, by its address.
    """

    def __init__(
        self, newspaper: Newspaper, stock: Stock, site: Site, made: Items, everyone: Mapping[str, Item]
    ) -> None:
        self.newspaper = newspaper
        self.stock = stock
        self.site = site
        self.home = site.home
        self.everyone = everyone
        self.languages: tuple[PlanContext, ...] = (self,)
        self.problems = made.problems
        self.pages: dict[str, Page] = {}
        self.listed: list[Listed] = []
        self.unindexed: set[str] = set()
        self.own: Mapping[type, str] = {}
        self.replaced = urls.REPLACEABLE & {asset.path for asset in stock.files}
        self.made = made
        self.items: Mapping[str, Item] = made.by_id
        self.rows = rows(site.settings)
        found = listed(newspaper, self.rows, site)
        self.terms = {name: tuple(map(self._titled, terms)) for name, terms in found.items()}
        self.names = named(self.terms, made.titled)
        self.links = {id_: StoryRef(item.story, item.address) for id_, item in everyone.items()}
        self.prose = tuple(prose for prose in stock.prose if urls.home(prose.slug) == site.home)
        self.threads = Timelines(newspaper, self.items, self.links, self.names, made.titled)
        addresses = (
            *(one.address for terms in self.terms.values() for one in terms),
            *map(urls.thread, self.threads.threads),
        )
        self.introductions = introductions(self.stock.prose, addresses)
        self.refs: list[EditionRef] = [
            (one.number, urls.edition(one), one.first, one.last, one.title) for one in newspaper.editions
        ]

    def below(self, address: str) -> str:
        """The address in this language of a page that every language has."""
        return f"{self.home}{address}"

    def introduction(self, address: str) -> tuple[Prose | None, tuple[Asset, ...]]:
        """The editor's own words on what has its list at an address, and the pictures that they show."""
        own = self.introductions.get(address)
        return own, self.made.pictures(own) if own else ()

    def item(self, story: Story) -> Item:
        """A story as pages print it: with its address and its picture."""
        return self.items[story.id]

    def teaser(self, story: Story) -> Teaser:
        """A story as others show it in a line."""
        section = self.names["section"][story.section] if story.section else None
        item, image = self.items[story.id], story.image
        focus = image.focus if image and item.picture else ""
        return Teaser(self.links[story.id], self.made.days[story.id], section, item.picture, focus, item.marks)

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


_WHAT = ((SOUNDS, "audio"), (FILMS, "video"), ({TABLE}, "chart"))
_SCHEME = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:")


class Items:
    """The items of one plan: ``by_id``, and the stories' days in the site's time zone, ``days``."""

    def __init__(
        self, newspaper: Newspaper, stock: Stock, site: Site, problems: list[Problem], shown: dict[str, Asset]
    ) -> None:
        """``shown`` are the pictures that some page shows, by path; they are added to it."""
        self.stock = stock
        self.folder = f"{site.settings.content}/stories"
        self.site = site
        self.problems = problems
        self.shown = shown
        self.by_id: dict[str, Item] = {}
        self.language = own_language(site)
        zone = site.zone
        stories = newspaper.everything
        self.days = {story.id: story.date.astimezone(zone).date() for story in stories}
        reporting = {id_ for ids in newspaper.reports.values() for id_ in ids}
        reporters = {
            story.id: OtherReport(self.titled(story.source.name), urls.on_day(story, self.days[story.id]))
            for story in stories
            if story.id in reporting and story.source and story.source.name
        }
        for story in stories:
            others = [reporters[id_] for id_ in newspaper.reports.get(story.id, ()) if id_ in reporters]
            own = story.source.name if story.source else ""
            first = {one.source: one for one in reversed(others) if one.source != self.titled(own)}
            reports = tuple(one for one in others if first.get(one.source) is one)
            self.by_id[story.id] = self._item(story, urls.on_day(story, self.days[story.id]), reports)

    def _item(self, story: Story, address: str, reports: tuple[OtherReport, ...]) -> Item:
        story = typeset(story, self.language)
        picture = (
            self._picture(story.image.src, story, positions.of_address) if story.image and story.image.src else None
        )
        return item(story, address, picture, self.stock.marks.get(story.id, ()), reports)

    def set(self, story: Story) -> Story:
        """A story as pages set it."""
        return typeset(story, self.language)

    def titled(self, name: str) -> str:
        """A name in the site's language with its true quotes and dashes."""
        own = typography.marks(self.language)
        return typography.typeset(name, own) if own else name

    def pictures(self, text: Story | Prose | Text) -> tuple[Asset, ...]:
        """The files that a text shows: pictures, sounds, films and tables, the sound of its front matter among them."""
        found = [self._picture(name, text, positions.of_picture) for name in text.pictures]
        if isinstance(text, Story) and text.audio and text.audio.src:
            found.append(self._picture(text.audio.src, text, positions.of_address))
        return tuple(dict.fromkeys(filter(None, found)))

    def _picture(self, name: str, text: Story | Prose | Text, line: Callable[[Path, str], int]) -> Asset | None:
        names: tuple[str, ...] = (called(name),)
        if (media := ending(name) in MEDIA) and not remote(name):
            names = places(name, text)
        elif media and ending(name) != TABLE:
            return None  # it is printed as a link, which loads nothing
        asset = next(filter(None, map(self.stock.pictures.get, names)), None)
        if asset is None:
            file = f"{FOLDERS[type(text)]}{text.path}"
            place = Place(f"{self.site.settings.content}/{file}", line(self.site.content / file, name))
            fault = next(filter(None, map(self.stock.faults.get, names)), None)
            self.problems.append(self._missing(name, place, fault))
            return None
        self.shown[asset.path] = asset
        return asset

    def _missing(self, name: str, place: Place, fault: PictureProblem | None) -> Problem:
        """Why a picture or another file is not shown."""
        said = name[:ADDRESS]
        what = next((what for ends, what in _WHAT if ending(name) in ends), "picture")
        if fault:
            severity: Severity = "error" if fault.grave else "warning"
            place = Place(fault.file, fault.line) if fault.file else place
            return Problem(severity, fault.code, f"{what} {said!r} {fault.message}", place, fault.hint)
        if what != "picture" and not remote(name) and not _SCHEME.match(name):
            hint = f"Give its path below content/, for example {what}/harbour.{ending(name)}."
            if what == "chart":
                hint = "Put the file beside the story, or give its path below content/."
            message = f"{what} {said!r} was not found"
            if what == "audio":
                return warning("audio-missing", message, place, hint)
            if what == "video":
                return warning("video-missing", message, place, hint)
            return warning("chart-missing", message, place, hint)
        if remote(name):
            hint = "Save it below content/ and use that path: pages load no pictures from other sites."
            return warning("picture-remote", f"picture {said!r} is not shown", place, hint)
        hint = f"Give its path below content/, for example {FOLDER}/harbour.jpg."
        if _SCHEME.match(name):
            return warning("picture-address", f"picture {said!r} is not shown: its address is not a path", place, hint)
        return warning("picture-missing", f"picture {said!r} was not found", place, hint)


SHOWN = 6  # developments of a thread that a story's page lists; the page of the thread lists all of them
RUNNING = 4  # running stories on the page of an edition: a row of columns
STEPS = 4  # developments that are listed for each of them
_POSITIONS: tuple[Position, ...] = ("before", "here", "after")


class Timelines:
    """The threads of one plan; ``titled`` is what sets their titles."""

    def __init__(
        self,
        newspaper: Newspaper,
        items: Mapping[str, Item],
        links: Mapping[str, StoryRef],
        names: Mapping[str, Names],
        titled: Callable[[str], str],
    ) -> None:
        self.threads = tuple(msgspec.structs.replace(one, title=titled(one.title)) for one in newspaper.threads)
        self.items = items
        self.links = links
        self.names = names
        self.related_ids = newspaper.related
        self.fresh = {story.id for story in newspaper.editions[0].stories} if newspaper.editions else set()
        self._numbers = {  # each story's thread, and its number there
            story.id: (place, number)
            for place, one in enumerate(self.threads)
            for number, story in enumerate(one.stories, 1)
        }
        self.spots = {id_: spot for thread in self.threads for id_, spot in self._spots(thread)}

    def running(self, edition: Edition) -> tuple[Running, ...]:
        """The threads that an edition goes on with, those with most of its stories first, as they stood with it.

        What came later is left out: an edition that is out does not change with each later story.
        """
        ids = {story.id for story in edition.stories}
        met: dict[int, list[int]] = {}  # the numbers that an edition's stories have in each thread
        for id_ in ids:
            if id_ in self._numbers:
                place, number = self._numbers[id_]
                met.setdefault(place, []).append(number)
        most = sorted((-len(numbers), place, max(numbers)) for place, numbers in met.items())
        # A thread of which the edition has the first story is new, and not yet a running one.
        begun = ((place, last) for _, place, last in most if last > 1)
        return tuple([self.told(self.threads[place], last, ids) for place, last in itertools.islice(begun, RUNNING)])

    def following(self, edition: Edition) -> tuple[str, ...]:
        """The ids of an edition's stories that are of the lead's thread, besides the lead."""
        place = self._numbers.get(edition.lead.id, (-1, 0))[0]
        stories = self.threads[place].stories if place >= 0 else ()
        ids = {story.id for story in edition.stories} - {edition.lead.id}
        return tuple([story.id for story in stories if story.id in ids])

    def told(self, thread: Thread, count: int, ids: set[str]) -> Running:
        """The first so many stories of a thread: their number, and the newest of them."""
        newest = thread.stories[max(0, count - STEPS) : count][::-1]
        steps = tuple(Development(story.date, self.links[story.id], story.id in ids) for story in newest)
        return Running(Name(thread.title, urls.thread(thread), count), steps)

    def terms(self, feeds: Collection[str]) -> Iterator[TermPage]:
        """The threads as terms, for their feeds; ``feeds`` are the kinds of things that have any."""
        row = Taxonomy("thread", "thread", "threads", feeds="thread" in feeds, feed_minimum=2)
        return (TermPage(row, Term(one.title, self.own(one)[::-1]), urls.thread(one)) for one in self.threads)

    def own(self, thread: Thread) -> tuple[Story, ...]:
        """The stories of a thread that are in its language."""
        return tuple([story for story in thread.stories if story.id in self.items])

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """The old addresses of threads that went into another: where they were, where they are, the title."""
        moved = ((old, one) for one in self.threads for old in one.aliases)
        return ((f"/{urls.thread_address(old)}", urls.thread(one), one.title) for old, one in moved)

    def related(self, id_: str, shown: Callable[[Story], Teaser]) -> tuple[Teaser, ...]:
        """The stories related to a story."""
        return tuple([shown(self.items[one].story) for one in self.related_ids.get(id_, ()) if one in self.items])

    def _development(self, story: Story) -> Development:
        return Development(story.date, self.links[story.id], story.id in self.fresh)

    def named(self, kind: str, spellings: Iterable[str]) -> tuple[Name, ...]:
        """The names of one taxonomy that these spellings mean, each once."""
        names = self.names[kind]
        return tuple(dict.fromkeys(names[spelling] for spelling in spellings))

    def _spots(self, thread: Thread) -> Iterator[tuple[str, ThreadPlace]]:
        """Each story's place: its number, itself with its neighbours, and the thread's newest developments."""
        stories, count = thread.stories, len(thread.stories)
        home = Name(thread.title, urls.thread(thread), count)
        steps = [self._development(story) for story in stories]
        plain: list[tuple[Development, Position]] = [(step, "") for step in steps]
        first = max(0, count - SHOWN)
        newest = plain[first:]
        for place, story in enumerate(stories):
            low = max(0, place - 1)
            told = plain[low : min(place + 2, first)]  # the neighbours that are not among the newest
            head = len(told)
            told += newest
            for number, position in enumerate(_POSITIONS, place - 1):
                if 0 <= number < count:
                    told[number - low if number < first else head + number - first] = (steps[number], position)
            yield story.id, ThreadPlace(home, place + 1, tuple(told[::-1]))


def joined(contexts: Sequence[PlanContext], newspaper: Newspaper) -> PlanContext:
    """All languages of a site as one, for what is planned once."""
    first = contexts[0]
    if len(contexts) == 1:
        return first
    made = copy.copy(first)
    made.newspaper = newspaper
    made.items = first.everyone
    made.terms = {name: tuple(one for own in contexts for one in own.terms[name]) for name in first.terms}
    made.refs = [ref for own in contexts for ref in own.refs]
    made.threads = copy.copy(first.threads)
    made.threads.threads = tuple(thread for own in contexts for thread in own.threads.threads)
    return made


def paged(stories: Sequence[Story], size: int) -> Iterator[tuple[int, int, Sequence[Story]]]:
    """The pages of a list: the number of each, how many there are, its stories."""
    pages = -(-len(stories) // size)
    return ((page, pages, stories[(page - 1) * size : page * size]) for page in range(1, pages + 1))
