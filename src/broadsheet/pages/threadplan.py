"""Threads, planned: a page for each running story, and each story's place in one.

In: the threads of a newspaper, the items and names of its plan. Out: pages, drawn by nobody yet; each story's place.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from broadsheet.model import Page, Story
from broadsheet.newspaper import Edition, Newspaper, Position, Shelf, ShelfKind, Thread
from broadsheet.pages import urls
from broadsheet.pages.inputs import Development, Item, Name, NamesInputs, Running, Spot, StoryRef
from broadsheet.pages.names import Names

TOLD = 6  # developments that a story's page tells of its thread; the thread's own page tells all
RUNNING = 4  # threads that an edition tells: a row of columns
STEPS = 4  # developments that an edition tells of each


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
    """The threads of one plan; ``titled`` is what sets their titles."""

    def __init__(
        self,
        newspaper: Newspaper,
        items: Mapping[str, Item],
        links: Mapping[str, StoryRef],
        names: Mapping[ShelfKind, Names],
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
            running = tuple(self._told(one, len(one.stories), self.fresh) for one in self.threads)
            yield Page(urls.file(urls.THREADS), "index.html", NamesInputs("threads", urls.THREADS, names, running))

    def running(self, edition: Edition) -> tuple[Running, ...]:
        """The threads that an edition goes on with, those with most of its stories first, as they stood with it.

        What came later is not told: an edition that is out does not change with each later story.
        """
        ids = {story.id for story in edition.stories}
        met: dict[int, list[int]] = {}  # the numbers that an edition's stories have in each thread
        for id_ in ids:
            if id_ in self._numbers:
                place, number = self._numbers[id_]
                met.setdefault(place, []).append(number)
        most = sorted((-len(numbers), place, max(numbers)) for place, numbers in met.items())
        begun = ((place, last) for _, place, last in most if last > 1)  # where an edition has the first, none is told
        return tuple([self._told(self.threads[place], last, ids) for place, last in itertools.islice(begun, RUNNING)])

    def _told(self, thread: Thread, count: int, ids: set[str]) -> Running:
        """The first so many stories of a thread: their number, and the newest of them."""
        newest = thread.stories[max(0, count - STEPS) : count][::-1]
        steps = tuple(Development(story.date, self.links[story.id], story.id in ids) for story in newest)
        return Running(Name(thread.title, urls.thread(thread), count), steps)

    def shelves(self) -> Iterator[Shelf]:
        """The threads as shelves, for their feeds."""
        return (Shelf("thread", one.title, one.slug, one.stories[::-1], (one.title,)) for one in self.threads)

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """The old addresses of threads that went into another: where they were, where they are, the title."""
        return ((f"/{urls.THREADS}{old}/", urls.thread(one), one.title) for one in self.threads for old in one.aliases)

    def related(self, id_: str) -> tuple[StoryRef, ...]:
        """The stories related to a story."""
        return tuple([self.links[other] for other in self.related_ids.get(id_, ()) if other in self.links])

    def _development(self, story: Story) -> Development:
        return Development(story.date, self.links[story.id], story.id in self.fresh)

    def _named(self, kind: ShelfKind, spellings: Iterable[str]) -> tuple[Name, ...]:
        names = self.names[kind]
        return tuple(dict.fromkeys(names[spelling] for spelling in spellings))

    def _spots(self, thread: Thread) -> Iterator[tuple[str, Spot]]:
        """Each story's place: its number, itself with its neighbours, and the thread's newest developments."""
        stories, count = thread.stories, len(thread.stories)
        home = Name(thread.title, urls.thread(thread), count)
        steps = [self._development(story) for story in stories]
        plain: list[tuple[Development, Position]] = [(step, "") for step in steps]
        first = max(0, count - TOLD)
        newest = plain[first:]
        for place, story in enumerate(stories):
            low = max(0, place - 1)
            told = plain[low : min(place + 2, first)]  # the neighbours that are not among the newest
            head = len(told)
            told += newest
            for number, position in enumerate(_POSITIONS, place - 1):
                if 0 <= number < count:
                    told[number - low if number < first else head + number - first] = (steps[number], position)
            yield story.id, Spot(home, place + 1, tuple(told[::-1]))


_POSITIONS: tuple[Position, ...] = ("before", "here", "after")
