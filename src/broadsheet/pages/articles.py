"""Articles: a story's planned page → all that its template may see of it.

In: the inputs of a story's page; bodies come through a function. Out: ``StoryView`` values.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from broadsheet.model import Credit, Prose, Story, Text
from broadsheet.pages.almanac import Almanac
from broadsheet.pages.bodies import for_page
from broadsheet.pages.cards import Cards
from broadsheet.pages.inputs import Name, StoryInputs, StoryRef
from broadsheet.pages.storyviews import CorrectionView, ReportView, SourceView, StoryView
from broadsheet.pages.views import Link


class Articles:
    """Makes such views for one site."""

    def __init__(self, cards: Cards, almanac: Almanac, bodies: Callable[[Story | Prose | Text], str]) -> None:
        self.at = cards.at
        self.dates = cards.dates
        self.cards = cards
        self.almanac = almanac
        self.bodies = bodies

    def story(self, made: StoryInputs) -> StoryView:
        """A whole story. Raises BroadsheetError where its file cannot be read any more."""
        story = made.item.story
        card = self.cards.card(made.item)
        return StoryView(
            card=card,
            body=Markup(for_page(self.bodies(story), self.at, made.pictures)),  # noqa: S704, sanitised by the press
            updated=self.dates.when(story.updated, timed=True) if story.updated else None,
            standfirst="" if story.lead.startswith(card.summary.rstrip("…")) else card.summary,
            topics=tuple(map(self._link, made.topics)),
            corrections=tuple(CorrectionView(self.dates.when(c.date, timed=False), c.text) for c in story.corrections),
            source=self._source(story.source, made.source),
            also=tuple(ReportView(one.link.title, self.at.local(one.link.address), one.source) for one in made.also),
            spot=self.almanac.spot(made.spot) if made.spot else None,
            related=tuple(map(self._link, made.related)),
            edition=self.almanac.edition(made.edition),
            previous=self._link(made.previous) if made.previous else None,
            next=self._link(made.next) if made.next else None,
            words=story.words,
            extra=dict(story.extra),
        )

    def _source(self, source: Credit | None, name: Name | None) -> SourceView | None:
        if source is None or not (source.name or source.url):
            return None
        page = self.at.local(name.address) if name and name.address else ""
        return SourceView(source.name, source.url, source.licence, page)

    def _link(self, name: Name | StoryRef) -> Link:
        return Link(name.title, self.at.local(name.address) if name.address else "", name.count)
