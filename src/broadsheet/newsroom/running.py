"""Running stories and related ones, found anew only where a story changed.

In: the stories that are out, the settings, and a memory of the last run. Out: threads, and related stories by id. The
memory only affects speed: what is remembered under another key, or cannot be read, is as good as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Literal, Protocol, TypeVar

import msgspec

from broadsheet.config import Settings
from broadsheet.model import Story, Thread, Tie
from broadsheet.newsroom.clusters import Evidence
from broadsheet.newsroom.names import ties
from broadsheet.newsroom.related import compared, relatives
from broadsheet.newsroom.threads import Hand, SavedThreads, ThreadingResult, find
from broadsheet.workers import beside

LAYOUT = b"3"  # of what is remembered: raise it when the same stories make other threads or relatives
RELATED = 5  # related stories of a story
MANY = 1_000  # stories from which a second process is worth its while

T = TypeVar("T")
Related = Mapping[str, tuple[str, ...]]


class Memory(Protocol):
    """Bytes by name, from one run to the next."""

    def value(self, name: str, /) -> bytes | None:
        """What was kept under a name."""

    def keep_value(self, name: str, data: bytes, /) -> None:
        """Keep bytes under a name."""


class Forgetful:
    """A memory of nothing."""

    def value(self, _name: str) -> bytes | None:
        """Nothing."""
        return None

    def keep_value(self, _name: str, _data: bytes) -> None:
        """Keep nothing."""


class Plain(msgspec.Struct, frozen=True, array_like=True):
    """A thread by the ids of its stories, oldest first."""

    id: str
    slug: str
    title: str
    stories: tuple[str, ...]
    ties: tuple[Tie, ...]
    named: bool
    aliases: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, array_like=True):
    """What was found, and the digest of what it was found in."""

    key: bytes
    threads: tuple[Plain, ...]
    related: dict[str, tuple[str, ...]]


def running(
    stories: Sequence[Story], settings: Settings, memory: Memory, *, hurried: bool = False, workers: int = 1
) -> tuple[tuple[Thread, ...], Related]:
    """The threads, the one with the latest story first, and the ids of each story's related ones.

    ``hurried`` takes what is remembered of the stories that are still there, whatever changed since, as a preview does:
    an edited headline is to be seen at once, and not when every story has been compared with it.
    """
    if not settings.threads:
        return (), {}
    by_id = {story.id: story for story in stories}
    key = _key(stories, settings)
    known = _decoded(memory.value("running"), Result)
    if known and (hurried or known.key == key):
        threads = (_thread(plain, by_id) for plain in known.threads)
        return tuple(thread for thread in threads if len(thread.stories) >= settings.thread_minimum), known.related
    workers = workers if len(stories) >= MANY else 1
    with beside(lambda: compared(stories, settings.language), workers=workers) as alike:
        found = find(stories, settings.language, _hand(settings), _decoded(memory.value("threads"), SavedThreads))
        chosen = {story.id: story.related for story in stories if story.related}
        near = relatives(stories, found.threads, alike(), count=RELATED, chosen=chosen)
    related = {id_: tuple(other.story.id for other in others) for id_, others in near.items() if others}
    result = Result(key, tuple(map(_plain, found.threads)), related)
    memory.keep_value("running", msgspec.msgpack.encode(result))
    memory.keep_value("threads", msgspec.msgpack.encode(found.saved))
    return found.threads, related


def explained(stories: Sequence[Story], settings: Settings, story_id: str) -> ThreadExplanation | None:
    """Why a story stands in its thread; None where it was kept out of all threads."""
    return why(find(stories, settings.language, _hand(settings)), story_id)


def _hand(settings: Settings) -> Hand:
    return Hand(settings.thread_minimum, settings.thread_pins, settings.thread_names)


def _key(stories: Sequence[Story], settings: Settings) -> bytes:
    said = (settings.language, settings.thread_minimum, settings.thread_pins, settings.thread_names)
    hashed = blake2b(LAYOUT + msgspec.msgpack.encode(said), digest_size=16)
    hashed.update(msgspec.msgpack.encode([_gist(story) for story in stories]))
    return hashed.digest()


def _gist(story: Story) -> tuple[object, ...]:
    """What threads and related stories are found by: a longer body alone makes no other threads."""
    words = (story.title, story.summary, story.lead, story.section, story.topics)
    return (story.id, story.slug, story.date, *words, story.thread, story.related)


def _plain(thread: Thread) -> Plain:
    ids = tuple(story.id for story in thread.stories)
    return Plain(thread.id, thread.slug, thread.title, ids, thread.ties, thread.named, thread.aliases)


def _thread(plain: Plain, by_id: Mapping[str, Story]) -> Thread:
    stories = tuple(by_id[id_] for id_ in plain.stories if id_ in by_id)
    return Thread(plain.id, plain.slug, plain.title, stories, plain.ties, plain.named, plain.aliases)


def _decoded(data: bytes | None, kind: type[T]) -> T | None:
    try:
        return msgspec.msgpack.decode(data, type=kind) if data else None
    except msgspec.DecodeError:
        return None


class ThreadStep(msgspec.Struct, frozen=True):
    """A decision: the first story of what was joined, how like it was (0 to 1), how like it had to be, and by what."""

    how: Literal["pinned", "joined", "merged"]
    first: Story
    likeness: float
    asked: float
    ties: tuple[Tie, ...]


class ThreadExplanation(msgspec.Struct, frozen=True):
    """A story, its thread, and how it got there; no steps where the thread began with it.

    ``thread`` is None where the story is alone, or with too few others to be shown.
    """

    story: Story
    thread: Thread | None
    steps: tuple[ThreadStep, ...]


def why(found: ThreadingResult, story_id: str) -> ThreadExplanation | None:
    """Why a story is where it is; None for a story that is not out, or was kept out of all threads."""
    number = next((number for number, story in enumerate(found.order) if story.id == story_id), None)
    if number is None:
        return None
    story, joined = found.order[number], found.saved.track.joined
    thread = next((thread for thread in found.threads if story in thread.stories), None)
    steps = []
    cluster = joined[number].number
    if cluster != number:
        how: Literal["pinned", "joined"] = "pinned" if story.id in found.pins else "joined"
        steps.append(_step(found, how, cluster, joined[number].evidence, (number,)))
    for what in joined[number:]:
        for merge in what.merges:
            if merge.number == cluster:
                steps.append(_step(found, "merged", merge.into, merge.evidence, (number, cluster)))
                cluster = merge.into
    return ThreadExplanation(story, thread, tuple(steps))


def _step(
    found: ThreadingResult,
    how: Literal["pinned", "joined", "merged"],
    first: int,
    evidence: Evidence,
    read: tuple[int, ...],
) -> ThreadStep:
    asked = {"pinned": 0.0, "joined": found.bar.join, "merged": found.bar.merge}[how]
    stories = [found.order[number] for number in (*read, first)]
    tied = ties(dict(evidence.terms), stories, found.language)
    return ThreadStep(how, found.order[first], evidence.likeness, asked, tied)
