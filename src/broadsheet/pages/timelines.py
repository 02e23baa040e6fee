"""Timelines: running stories as stories and editions tell them, planned and composed.

In: the threads of a newspaper, the items and names of its plan. Out: each story's place in its thread, the threads that
an edition goes on with; and their views.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from broadsheet.model import Edition, Newspaper, Story, Term, Thread
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.inputs import Item, Name, StoryRef
from broadsheet.pages.names import Names, TermPage
from broadsheet.pages.views import Link, When
from broadsheet.taxonomies import Taxonomy

TOLD = 6  # developments that a story's page tells of its thread; the thread's own page tells all
RUNNING = 4  # threads that an edition tells: a row of columns
STEPS = 4  # developments that an edition tells of each
Position = Literal["", "before", "here", "after"]  # what a development is to the story that tells of it
_POSITIONS: tuple[Position, ...] = ("before", "here", "after")


class Development(msgspec.Struct, frozen=True, gc=False):
    """A story as a step of its thread: when, where to read it, whether it is new in the latest edition."""

    date: dt.datetime
    link: StoryRef
    fresh: bool


class ThreadPlace(msgspec.Struct, frozen=True, gc=False):
    """A story's place in its thread: its number of ``thread.count``, and the developments told with it, newest first.

    Each says what it is to the story: "before" it, the story itself ("here"), "after" it, else empty.
    """

    thread: Name
    number: int
    steps: tuple[tuple[Development, Position], ...]


class Running(msgspec.Struct, frozen=True, gc=False):
    """A running story as an edition tells it: its stories up to that edition are counted, the newest of them told."""

    thread: Name
    steps: tuple[Development, ...]


class DevelopmentView(msgspec.Struct, frozen=True):
    """A step of a running story; ``fresh`` where the edition that tells it (else the latest) brought it.

    ``place`` is what it is to the story that tells it: "before" it, the story itself ("here"), "after" it, else empty.
    ``language`` is the title's where it is not the site's.
    """

    date: When
    title: str
    url: str
    fresh: bool
    place: Position = ""
    language: str = ""


class RunningView(msgspec.Struct, frozen=True):
    """A running story that an edition goes on with, as it stood then: ``count`` developments, the newest told."""

    title: str
    url: str
    count: int
    steps: tuple[DevelopmentView, ...]


class SpotView(msgspec.Struct, frozen=True):
    """A story's place in its thread: ``number`` of ``thread.count``, and the developments around it.

    ``steps`` are newest first: the latest ones, the story itself, the one before it and the one after it.
    """

    thread: Link
    number: int
    steps: tuple[DevelopmentView, ...]


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
        return tuple([self.told(self.threads[place], last, ids) for place, last in itertools.islice(begun, RUNNING)])

    def told(self, thread: Thread, count: int, ids: set[str]) -> Running:
        """The first so many stories of a thread: their number, and the newest of them."""
        newest = thread.stories[max(0, count - STEPS) : count][::-1]
        steps = tuple(Development(story.date, self.links[story.id], story.id in ids) for story in newest)
        return Running(Name(thread.title, urls.thread(thread), count), steps)

    def terms(self, feeds: Collection[str]) -> Iterator[TermPage]:
        """The threads as terms, for their feeds; ``feeds`` are the kinds of things that have any."""
        row = Taxonomy("thread", "thread", "threads", feeds="thread" in feeds, feed_minimum=2)
        return (TermPage(row, Term(one.title, one.stories[::-1]), urls.thread(one)) for one in self.threads)

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """The old addresses of threads that went into another: where they were, where they are, the title."""
        return ((f"/{urls.THREADS}{old}/", urls.thread(one), one.title) for one in self.threads for old in one.aliases)

    def related(self, id_: str) -> tuple[StoryRef, ...]:
        """The stories related to a story."""
        return tuple([self.links[other] for other in self.related_ids.get(id_, ()) if other in self.links])

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
            yield story.id, ThreadPlace(home, place + 1, tuple(told[::-1]))


def spot_view(spot: ThreadPlace, context: ViewContext) -> SpotView:
    """A story's place in its thread."""
    return SpotView(
        thread=context.link(spot.thread),
        number=spot.number,
        steps=tuple([_step(one, context, place) for one, place in spot.steps]),
    )


def running_view(running: Running, context: ViewContext) -> RunningView:
    """A running story as an edition tells it."""
    name = running.thread
    steps = tuple([_step(one, context) for one in running.steps])
    return RunningView(name.title, context.at.local(name.address), name.count, steps)


def _step(one: Development, context: ViewContext, place: Position = "") -> DevelopmentView:
    date = context.dates.when(one.date, timed=False)
    link = context.link(one.link)
    return DevelopmentView(date, link.title, link.url, one.fresh, place, link.language)
