"""The almanac: pages that look back – the editions of a year, what is told of a shelf, all corrections – composed.

In: planned pages. Out: their views.
"""

from __future__ import annotations

from broadsheet.newspaper import Position
from broadsheet.pages import urls
from broadsheet.pages.dates import Dates
from broadsheet.pages.editionplan import YearInputs
from broadsheet.pages.figures import chart, months
from broadsheet.pages.inputs import (
    ArchiveInputs,
    CorrectionsInputs,
    Development,
    EditionRef,
    Facts,
    Name,
    Running,
    Spot,
)
from broadsheet.pages.listviews import EditionLine, EditionsView, FactsView, Year
from broadsheet.pages.storyviews import CorrectionView, SpotView, ThreadView
from broadsheet.pages.threadplan import ThreadInputs
from broadsheet.pages.views import Card, DevelopmentView, Link, RunningView


class Almanac:
    """Makes such views for one site."""

    def __init__(self, at: urls.Addresses, dates: Dates) -> None:
        self.at = at
        self.dates = dates

    def editions(self, made: YearInputs) -> EditionsView:
        """The editions of a year with their calendar."""
        lines = []
        for line in made.lines:
            number, address, first, last, title = line.edition
            date = self.dates.span(first, last)
            lines.append(
                EditionLine(number, title or date.text, self.at.local(address), date, line.count, line.lead.title)
            )
        days = {day: (count, self.at.local(address)) for day, count, address in made.days}
        years = tuple(Link(year.title, self.at.local(year.address), year.count) for year in made.years)
        return EditionsView(f"{made.year}", tuple(lines), months(days, self.dates), years)

    def facts(self, facts: Facts | None) -> FactsView | None:
        """What is told of a shelf on its first page."""
        if facts is None:
            return None
        return FactsView(
            share=(*facts.share[:2], self.edition(facts.share[2])) if facts.share else None,
            neighbours=tuple(Link(name.title, self.at.local(name.address), name.count) for name in facts.neighbours),
            chart=chart(facts.coverage, self.dates) if facts.coverage and any(facts.coverage.counts) else None,
            home=facts.home,
            licences=tuple(Link(licence, "", count) for licence, count in facts.licences),
        )

    def edition(self, ref: EditionRef) -> Link:
        """An edition as others refer to it, with its number."""
        number, address, first, last, title = ref
        return Link(title or self.dates.days(first, last), self.at.local(address), number)

    def spot(self, spot: Spot) -> SpotView:
        """A story's place in its thread."""
        return SpotView(
            thread=self._link(spot.thread),
            number=spot.number,
            steps=tuple([self._step(one, place) for one, place in spot.steps]),
        )

    def running(self, running: Running) -> RunningView:
        """A running story as an edition tells it."""
        name = running.thread
        steps = tuple([self._step(one) for one in running.steps])
        return RunningView(name.title, self.at.local(name.address), name.count, steps)

    def _step(self, one: Development, place: Position = "") -> DevelopmentView:
        date = self.dates.when(one.date, timed=False)
        return DevelopmentView(date, one.link.title, self.at.local(one.link.address), one.fresh, place)

    def thread(self, made: ThreadInputs, cards: tuple[Card, ...]) -> ThreadView:
        """A running story, with the cards of its stories, newest first."""
        return ThreadView(
            title=made.title,
            cards=cards,
            fresh=made.fresh,
            first=cards[-1].date,
            last=cards[0].date,
            ties=tuple((name, round(100 * weight)) for name, weight in made.ties),
            topics=tuple(map(self._link, made.topics)),
            sources=tuple(map(self._link, made.sources)),
            feed=self.at.local(urls.feed(made.address)),
        )

    def _link(self, name: Name) -> Link:
        return Link(name.title, self.at.local(name.address), name.count)

    def corrections(self, made: CorrectionsInputs) -> tuple[tuple[CorrectionView, Link], ...]:
        """All corrections with their stories, newest first."""
        return tuple(
            (CorrectionView(self.dates.when(date, timed=False), text), Link(story.title, self.at.local(story.address)))
            for date, text, story in made.entries
        )

    def archive(self, made: ArchiveInputs) -> tuple[Year, ...]:
        """The years of the archive with their months."""
        years: dict[int, list[Link]] = {}
        for month, count in made.months:
            link = Link(self.dates.month_name(month), self.at.local(urls.month(month)), count)
            years.setdefault(month.year, []).append(link)
        return tuple(
            Year(Link(f"{year}", self.at.local(urls.year(year)), sum(month.count for month in months)), tuple(months))
            for year, months in years.items()
        )
