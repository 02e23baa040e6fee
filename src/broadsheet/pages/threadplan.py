"""Threads, planned: a page for each running story, and each story's place in one.

In: the threads of a newspaper, the items and names of its plan. Out: pages, drawn by nobody yet; each story's place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from broadsheet.model import Newspaper, Page, Shelf, ShelfKind, Story, Thread
from broadsheet.pages import urls
from broadsheet.pages.inputs import Development, Item, Name, NamesInputs, Spot
from broadsheet.pages.names import Names

TOLD = 6  # developments that a story's page tells of its thread; the thread's own page tells all


class ThreadInputs(msgspec.Struct, frozen=True):
    """A thread's page: its stories newest first, ``fresh`` of them in the latest edition, the names that tie them with
    their weight, its topics and sources.
    """

    title: str
    address: str
    items: tuple[Item, ...]
    fresh: int
    ties: tuple[tuple[str, float], ...]
    topics: tuple[Name, ...]
    sources: tuple[Name, ...]


class ThreadPlan:
    """The threads of one plan."""

    def __init__(
        self,
        newspaper: Newspaper,
        items: Mapping[str, Item],
        links: Mapping[str, Name],
        names: Mapping[ShelfKind, Names],
    ) -> None:
        self.threads = newspaper.threads
        self.items = items
        self.links = links
        self.names = names
        self.related_ids = newspaper.related
        self.fresh = {story.id for story in newspaper.editions[0].stories} if newspaper.editions else set()
        self.spots = {id_: spot for thread in self.threads for id_, spot in self._spots(thread)}

    def pages(self) -> Iterator[Page]:
        """A page a thread, and the page of all of them."""
        for thread in self.threads:
            address = urls.thread(thread)
            newest_first = thread.stories[::-1]
            inputs = ThreadInputs(
                title=thread.title,
                address=address,
                items=tuple(self.items[story.id] for story in newest_first),
                fresh=sum(story.id in self.fresh for story in newest_first),
                ties=tuple((tie.name, round(tie.weight, 3)) for tie in thread.ties),
                topics=self._named("topic", (name for story in newest_first for name in story.topics)),
                sources=self._named("source", (s.source.name for s in newest_first if s.source and s.source.name)),
            )
            yield Page(urls.file(address), "thread.html", inputs)
        if self.threads:
            names = tuple(Name(one.title, urls.thread(one), len(one.stories)) for one in self.threads)
            yield Page(urls.file(urls.THREADS), "index.html", NamesInputs("threads", urls.THREADS, names))

    def shelves(self) -> Iterator[Shelf]:
        """The threads as shelves, for their feeds."""
        return (Shelf("thread", one.title, one.slug, one.stories[::-1], (one.title,)) for one in self.threads)

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """The old addresses of threads that went into another: where they were, where they are, the title."""
        return ((f"/{urls.THREADS}{old}/", urls.thread(one), one.title) for one in self.threads for old in one.aliases)

    def related(self, id_: str) -> tuple[Name, ...]:
        """The stories related to a story."""
        return tuple([self.links[other] for other in self.related_ids.get(id_, ()) if other in self.links])

    def _development(self, story: Story) -> Development:
        return Development(story.date, self.links[story.id], story.id in self.fresh)

    def _named(self, kind: ShelfKind, spellings: Iterable[str]) -> tuple[Name, ...]:
        names = self.names[kind]
        return tuple(dict.fromkeys(names[spelling] for spelling in spellings))

    def _spots(self, thread: Thread) -> Iterator[tuple[str, Spot]]:
        """Each story's place: its number, its neighbours, and the newest of the thread's other developments."""
        stories, count = thread.stories, len(thread.stories)
        home = Name(thread.title, urls.thread(thread), count)
        newest = [
            Development(story.date, self.links[story.id], story.id in self.fresh) for story in stories[: -TOLD - 2 : -1]
        ]
        for place, story in enumerate(stories):
            link = self.links[story.id]
            before = self.links[stories[place - 1].id] if place else None
            after = self.links[stories[place + 1].id] if place + 1 < count else None
            others = tuple([one for one in newest if one.link is not link][:TOLD])
            yield story.id, Spot(home, place + 1, before, after, others)
