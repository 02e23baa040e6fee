"""Stories, planned: a page for each, with its place in its edition and in what it belongs to.

In: the newspaper with the items, names, threads and editions of its plan. Out: pages, drawn by nobody yet, and when
each last changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from broadsheet.config import Site
from broadsheet.model import Page, Story
from broadsheet.newspaper import Newspaper, ShelfKind
from broadsheet.pages import urls
from broadsheet.pages.editionplan import EditionPlan
from broadsheet.pages.inputs import Body, EditionRef, Report, StoryInputs, StoryRef
from broadsheet.pages.items import Items
from broadsheet.pages.names import Names
from broadsheet.pages.threadplan import ThreadPlan

Place = tuple[
    EditionRef, StoryRef | None, StoryRef | None
]  # an edition, the story before and the one after in its order


def page_of(story: Story, site: Site) -> str:
    """The path of a story's own page."""
    return urls.file(urls.story(story, site.zone))


class StoryPlan:
    """Plans the pages of stories; ``folder`` is what a user calls the folder of story files."""

    def __init__(
        self,
        newspaper: Newspaper,
        made: Items,
        links: Mapping[str, StoryRef],
        names: Mapping[ShelfKind, Names],
        threads: ThreadPlan,
        editions: EditionPlan,
    ) -> None:
        self.newspaper = newspaper
        self.made = made
        self.links = links
        self.names = names
        self.threads = threads
        self.editions = editions

    def pages(self) -> Iterator[tuple[Page, dt.datetime]]:
        """A page a story, newest first."""
        items, folder = self.made.by_id, self.made.folder
        places, reports = self._places(), self._reports()
        sections, sources = self.names["section"], self.names["source"]
        topic, author = self.names["topic"].__getitem__, self.names["author"].__getitem__
        for story in self.newspaper.stories:
            id_ = story.id
            edition, previous, following = places[id_]
            inputs = StoryInputs(
                item=items[id_],
                body=Body(story),
                pictures=self.made.pictures(story) if story.pictures else (),
                section=sections[story.section] if story.section else None,
                topics=tuple(map(topic, story.topics)),
                authors=tuple(map(author, story.authors)),
                also=reports.get(id_, ()),
                source=sources[story.source.name] if story.source and story.source.name else None,
                spot=self.threads.spots.get(id_),
                related=self.threads.related(id_),
                edition=edition,
                previous=previous,
                next=following,
                card=self.made.cards.get(id_),
            )
            page = Page(f"{items[id_].address}index.html", "story.html", inputs, f"{folder}/{story.path}")
            yield page, story.updated or story.date

    def _places(self) -> dict[str, Place]:
        """Each story's edition and its neighbours there."""
        found: dict[str, Place] = {}
        for edition, ref in zip(self.newspaper.editions, self.editions.refs, strict=True):
            ids = [story.id for story in edition.stories]
            links = [self.links[id_] for id_ in ids]
            found.update(zip(ids, zip([ref] * len(ids), (None, *links), (*links[1:], None), strict=False), strict=True))
        return found

    def _reports(self) -> dict[str, tuple[Report, ...]]:
        """The other reports of each story that has any, whichever of the two names the other."""
        found: dict[str, dict[str, None]] = {}
        for story in self.newspaper.stories:
            for other in story.also:
                if other in self.links and other != story.id:
                    found.setdefault(story.id, {})[other] = None
                    found.setdefault(other, {})[story.id] = None
        return {id_: tuple(map(self._report, others)) for id_, others in found.items()}

    def _report(self, id_: str) -> Report:
        source = self.made.by_id[id_].story.source
        return Report(self.links[id_], self.names["source"][source.name].title if source and source.name else "")
