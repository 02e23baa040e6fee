"""Editions, planned: a page for each, the front page, and for each year a list with a calendar.

In: the newspaper with the items and names of its plan. Out: pages, drawn by nobody yet.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from broadsheet.model import Page
from broadsheet.newspaper import Edition
from broadsheet.pages import urls
from broadsheet.pages.inputs import EditionInputs, EditionRef, Item, Name, Running, StoryRef
from broadsheet.pages.names import Names

_DAY = dt.timedelta(days=1)


class Line(msgspec.Struct, frozen=True):
    """An edition in a list: how it is referred to, how many stories it has, its lead."""

    edition: EditionRef
    count: int
    lead: StoryRef


class YearInputs(msgspec.Struct, frozen=True):
    """The editions of a year, newest first; its days that have stories, with their number and their edition's address.

    ``years`` are all years that have editions, each with the number of these.
    """

    address: str
    year: int
    lines: tuple[Line, ...]
    days: tuple[tuple[dt.date, int, str], ...]
    years: tuple[Name, ...]


class EditionPlan:
    """Plans the pages of editions; ``days`` are the stories' days in the site's time zone, by id.

    ``running`` tells the threads that an edition goes on with.
    """

    def __init__(
        self,
        editions: Sequence[Edition],
        items: Mapping[str, Item],
        sections: Names,
        days: Mapping[str, dt.date],
        running: Callable[[Edition], tuple[Running, ...]],
    ) -> None:
        self.editions = editions
        self.items = items
        self.sections = sections
        self.days = days
        self.running = running
        self.refs: list[EditionRef] = [
            (edition.number, urls.edition(edition), edition.first, edition.last, edition.title) for edition in editions
        ]

    def page(self, place: int, *, front: bool = False) -> Page:
        """The page of the edition at this place, newest first; or the front page with the same."""
        edition, ref, items = self.editions[place], self.refs[place], self.items
        address = urls.FRONT if front else ref[1]
        inputs = EditionInputs(
            number=edition.number,
            address=address,
            title=edition.title,
            note=edition.note,
            first=edition.first,
            last=edition.last,
            lead=items[edition.lead.id],
            desks=tuple(
                [
                    (self.sections[desk.section], tuple([items[story.id] for story in desk.stories]))
                    for desk in edition.desks
                ]
            ),
            briefs=tuple([items[story.id] for story in edition.briefs]),
            running=self.running(edition),
            previous=self.refs[place + 1] if place + 1 < len(self.refs) else None,
            next=self.refs[place - 1] if place else None,
            front=front,
        )
        return Page(urls.file(address), "front.html" if front else "edition.html", inputs)

    def years(self) -> Iterator[Page]:
        """The page of all editions, which shows the newest year, and a page for each year."""
        years = [
            (year, list(places))
            for year, places in itertools.groupby(range(len(self.editions)), lambda n: self.editions[n].first.year)
        ]
        names = tuple(Name(f"{year}", urls.editions(year), len(places)) for year, places in years)
        for number, (year, places) in enumerate(years):
            lines = tuple([self._line(place) for place in places])
            days = tuple(day for place in reversed(places) for day in self._days(place))
            for address in (urls.EDITIONS, urls.editions(year)) if number == 0 else (urls.editions(year),):
                yield Page(urls.file(address), "editions.html", YearInputs(address, year, lines, days, names))

    def _line(self, place: int) -> Line:
        edition = self.editions[place]
        count = 1 + len(edition.briefs) + sum([len(desk.stories) for desk in edition.desks])
        lead = self.items[edition.lead.id]
        return Line(self.refs[place], count, StoryRef(lead.story, lead.address))

    def _days(self, place: int) -> Iterator[tuple[dt.date, int, str]]:
        """The days of an edition that have stories; a late story counts for the edition's first day."""
        edition, address = self.editions[place], self.refs[place][1]
        if edition.first == edition.last:
            yield edition.first, self._line(place).count, address
            return
        days = (self.days[story.id] for story in edition.stories)
        counts = Counter(day if edition.first <= day <= edition.last else edition.first for day in days)
        yield from ((day, counts[day], address) for day in sorted(counts))
