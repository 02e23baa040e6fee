"""What was published and is at its address no more: where it went, and a page that says what it was where it is gone.

In: the pages that were published, and those that are planned. Out: for each the address that it has now, as far as that
can be known: by its address, its name, or the stories that it has in common with what there is. A page at the address
of what is gone tells readers what stood there; hosts answer it with 410 where they can.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Literal

import msgspec

from broadsheet.config.taxonomies import SECTION, TOPIC
from broadsheet.model import FeedForm, Page, PublishedPage
from broadsheet.pages import urls
from broadsheet.pages.archive import MonthInputs
from broadsheet.pages.edition import EditionInputs
from broadsheet.pages.inputs import EditionRef, Item
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.listing import ListInputs
from broadsheet.pages.plain import ProseInputs
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import StoryInputs
from broadsheet.pages.thread import ThreadInputs
from broadsheet.pages.views import Link, When
from broadsheet.text import normal

STORY, EDITION, THREAD, PROSE, OTHER = "story", "edition", "thread", "page", "list"
ARCHIVE = "feed archive"  # of RFC 5005: it is no page, and has feeds alone
WORKER = "service worker"  # of the offline edition: it is no page, and stays with readers until another takes its place
SAMPLE = 20  # stories by which a page is known again, the newest
_GOES_ON = frozenset({THREAD, PROSE})  # what goes on in another that was there before, and is no name of anything


State = Literal["withdrawn", "expired", "gone"]


class GoneInputs(msgspec.Struct, frozen=True):
    """The page at the address of what is there no more: what it was, and the edition that had it, where that is."""

    kind: str
    address: str
    title: str
    day: dt.date | None
    state: State
    edition: EditionRef | None


class GoneView(msgspec.Struct, frozen=True):
    """A page that was published and is gone: its title and day, if they are known, and the edition that had it.

    ``kind`` is "story", "edition", "thread", "page", "list" or the name of a taxonomy. ``state`` is "withdrawn" or
    "expired" for a story, and "gone" otherwise.
    """

    kind: str
    title: str
    date: When | None
    state: State
    edition: Link | None


def things(pages: Iterable[Page]) -> dict[str, PublishedPage]:
    """The pages of a plan that readers come to, by address: what each is, and by what it is known again.

    Stories and editions are known by their ids.
    """
    planned = tuple(pages)
    feeds: dict[str, list[FeedForm]] = {}
    for page in planned:
        if form := urls.form(page.path):
            feeds.setdefault(page.path.removesuffix(urls.FORMS[form]), []).append(form)
    front = (PublishedPage(OTHER, "", (urls.FRONT,)) for page in planned if page.path == urls.file(urls.FRONT))
    archives = (PublishedPage(ARCHIVE, "", (address,)) for address in feeds if urls.archived(address))
    workers = (PublishedPage(WORKER, "", (page.path,)) for page in planned if page.template == "sw.js")
    others = (page for page in planned if page.path.endswith(".html") and not _no_thing(page.path))
    found = chain(front, archives, workers, map(_thing, others))
    return {
        (address := one.addresses[-1]): msgspec.structs.replace(one, feeds=tuple(feeds.get(address, ())))
        for one in found
        if one
    }


def _no_thing(path: str) -> bool:
    """Whether this is the path of what shows an edition, or of no address of anything."""
    return path == urls.file(urls.FRONT) or urls.lost(path)


def _thing(page: Page) -> PublishedPage | None:
    made, address = page.inputs, urls.answered(page.path)
    match made:
        case ListInputs() | MonthInputs() if made.page > 1:
            return None
        case ListInputs():
            return PublishedPage(made.kind, made.name, (address,), _ids(made.items), made.pages)
        case MonthInputs():
            return PublishedPage(OTHER, f"{made.month:%Y-%m}", (address,), (), made.pages)
        case ThreadInputs():
            return PublishedPage(THREAD, made.title, (address,), _ids(made.items))
        case ProseInputs():
            return PublishedPage(PROSE, made.prose.title, (address,), (made.prose.body,))
        case EditionInputs() if made.front:
            return PublishedPage(OTHER, "", (address,))  # of a language that is not the first
        case StoryInputs() | EditionInputs() | GoneInputs():
            return None
    return PublishedPage(OTHER, "", (address,)) if page.template.endswith(".html") else None


def _ids(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple([item.story.id for item in items][:SAMPLE])


class Whereabouts:
    """Where what was published is now, of one plan whose other pages are in its context."""

    def __init__(self, context: PlanContext) -> None:
        self.context = context
        self.known = context.stock.places
        self.now = things(context.pages.values())
        self._taken = {(one.kind, one.addresses[-1]) for one in self.known if one.addresses}

    def address(self, one: PublishedPage) -> str:
        """The address that a page has now; empty where it is gone."""
        last = one.addresses[-1]
        if (there := self.now.get(last)) and there.kind == one.kind:
            return last
        if one.kind in self.context.terms:
            named = self._named(one)
            if named is not None:
                return named
            if self.may_return(one):  # a section of the settings is empty for now, and not called otherwise
                return ""
        return self._by_members(one)

    def _named(self, one: PublishedPage) -> str | None:
        """The address of a term by its name, or by that which the settings give it; None where nobody has the name."""
        last = one.addresses[-1]
        # The language in which it was comes first, that of the root last.
        for own in sorted(self.context.languages, key=lambda own: (not last.startswith(own.home), -len(own.home))):
            settings = own.site.settings
            aliases: Mapping[str, str] = {}
            if one.kind == TOPIC.name:
                aliases = settings.topic_aliases
            elif one.kind == SECTION.name:
                aliases = settings.section_aliases
            renamed = {normal(other): name for other, name in aliases.items()}
            name = normal(renamed.get(normal(one.title), one.title))
            address = self._names[own.home].get(one.kind, {}).get(name)
            if address is not None:
                return address
        return None

    @cached_property
    def _names(self) -> dict[str, dict[str, dict[str, str]]]:
        """The address of each name of each taxonomy, by language; empty for one that is in use and has no page."""
        return {
            own.home: {
                row.name: {
                    normal(spelling): own.names[row.name][spelling].address
                    for term in own.newspaper.terms[row.name]
                    for spelling in term.spellings
                }
                for row in own.rows
            }
            for own in self.context.languages
        }

    def _by_members(self, one: PublishedPage) -> str:
        """The address of the page that has most of what stood on this one.

        A name is a promise of its own: who keeps the address of a section wants what is filed under its name, by
        whatever name it goes now. So that has to be a page that is new. Another section that was there before has
        another subject: that the last story was filed anew does not make the one the other, and a page which says that
        the section is no more tells a reader the truth. Where the two were made one, the settings say so.
        """
        where = self._where.get(one.kind, {})
        still = [where[member] for member in one.members if member in where]
        there = sum(member in self.context.items or member in where for member in one.members)
        counts = Counter(address for addresses in still for address in addresses)
        for address, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            if count * 2 > there and (one.kind in _GOES_ON or (one.kind, address) not in self._taken):
                return address
        return ""

    @cached_property
    def _where(self) -> dict[str, dict[str, list[str]]]:
        """On which pages of each kind a story, or the text of a page of the editor's own, stands."""
        found: dict[str, dict[str, list[str]]] = {}
        for kind, terms in self.context.terms.items():
            for one in terms:
                for story in one.term.stories:
                    found.setdefault(kind, {}).setdefault(story.id, []).append(one.address)
        for thread in self.context.threads.threads:
            for story in thread.stories:
                found.setdefault(THREAD, {}).setdefault(story.id, []).append(urls.thread(thread))
        for address, thing in self.now.items():
            if thing.kind == PROSE:
                found.setdefault(PROSE, {}).setdefault(thing.members[0], []).append(address)
        return found

    def may_return(self, one: PublishedPage) -> bool:
        """Whether a name that has no page now is still the site's: a section of the settings, or one that stories have.

        Its feeds are not gone for good, and are not said to be: what subscribes to them would give them up.
        """
        name = normal(one.title)
        return any(
            name in self._names[own.home].get(one.kind, {})
            or (one.kind == SECTION.name and name in map(normal, own.site.settings.sections))
            for own in self.context.languages
        )

    def gone(self, one: PublishedPage, address: str) -> GoneInputs:
        """What the page at an address of what is gone says of it."""
        state: State = "gone"
        if one.kind == STORY:
            state = "expired" if one.id in self.context.stock.expired else "withdrawn"
        edition = self._editions.get(urls.edition_address(one.edition)) if one.kind == STORY and one.edition else None
        return GoneInputs(one.kind, address, one.title, _day(one, address), state, edition)

    @cached_property
    def _editions(self) -> dict[str, EditionRef]:
        return {ref[1]: ref for ref in self.context.refs}


def _day(one: PublishedPage, address: str) -> dt.date | None:
    """The day of a story, or of an edition of one day, by its address."""
    said = urls.day(address) if one.kind == STORY else address.rstrip("/").rpartition("/")[2]
    try:
        return dt.date.fromisoformat(said) if one.kind in (STORY, EDITION) else None
    except ValueError:
        return None


def further(address: str, first: int, last: int) -> Iterator[str]:
    """The addresses of the further pages of a list, from one number to another."""
    return (urls.numbered(address, number) for number in range(max(2, first), last + 1))


def _view(made: GoneInputs, context: ViewContext) -> Views:
    date = context.dates.span(made.day, made.day) if made.day else None
    title = made.title or (date.text if date and made.kind == EDITION else "")
    view = GoneView(made.kind, title, date, made.state, context.edition(made.edition) if made.edition else None)
    return {"page": context.page("gone", made.address, title or context.view.titles.gone, index=False), "gone": view}


GONE = Kind(
    "gone",
    GoneInputs,
    _view,
    templates={
        "gone.html": template("The page at the address of a page that was published and is gone.", gone=GoneView)
    },
)
