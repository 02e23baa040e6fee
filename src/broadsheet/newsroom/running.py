"""Running stories and related ones, found anew only where a story changed.

In: the stories that are out, the settings, and a memory of the last run. Out: threads, and related stories by id: what
else was written on a story's subjects, outside its own thread. The memory only affects speed: what is remembered under
another key, or cannot be read, is as good as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Literal, TypeVar

import msgspec

from broadsheet.config import Settings
from broadsheet.model import Story, Thread, Tie
from broadsheet.newsroom.archive import Archive, Forgetful, Memory, Outline
from broadsheet.newsroom.neighbours import Ref
from broadsheet.newsroom.reports import Events
from broadsheet.newsroom.terms import gist, method, ties
from broadsheet.newsroom.threads import Hand, Memo, Spellings, threads

__all__ = ["Forgetful", "Memory", "Related", "ThreadExplanation", "ThreadStep", "explained", "running"]

RELATED = 5  # related stories of a story

T = TypeVar("T")
Related = Mapping[str, tuple[str, ...]]


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
    """What was found, the digest of what it was found in, and the ties by what they were made of."""

    key: bytes
    threads: tuple[Plain, ...]
    related: dict[str, tuple[str, ...]]
    events: tuple[tuple[str, ...], ...] = ()
    memo: Memo = {}


def running(
    stories: Sequence[Story], settings: Settings, memory: Memory, *, hurried: bool = False
) -> tuple[tuple[Thread, ...], Related, Events]:
    """The threads, the one with the latest story first; the ids of each story's related ones, of reports of one event.

    ``hurried`` takes what is remembered of the stories that are still there, whatever changed since, as a preview does:
    an edited headline is to be seen at once, and not when every story has been compared with it.
    """
    if not settings.threads:
        return (), {}, ()
    by_id = {story.id: story for story in stories}
    key = _key(stories, settings)
    known = _decoded(memory.value("running"), Result)
    if known and (hurried or known.key == key):
        again = (_thread(plain, by_id) for plain in known.threads)
        shown = tuple(thread for thread in again if len(thread.stories) >= settings.thread_minimum)
        return shown, known.related, known.events
    found = _find(stories, settings, memory, known.memo if known else {})
    related = dict(_related(found, stories))
    plain = tuple(map(_plain, found.threads))
    events = tuple(
        event
        for outline in found.outlines.values()
        for event in (*(tuple([outline.stories[number] for number in one]) for one in outline.events), *outline.across)
    )
    memory.keep_value("running", msgspec.msgpack.encode(Result(key, plain, related, events, found.memo)))
    return found.threads, related, events


class _Found(msgspec.Struct, frozen=True):
    archive: Archive
    outlines: dict[Ref, Outline]
    threads: tuple[Thread, ...]
    memo: Memo


def _find(stories: Sequence[Story], settings: Settings, memory: Memory, memo: Memo) -> _Found:
    """The threads of these stories, in whatever order they come."""
    archive = Archive(memory, settings.language)
    archive.update(sorted(stories, key=lambda story: (story.date.timestamp(), story.id)))
    outlines = dict(archive.outlines())
    hand = Hand(settings.thread_minimum, settings.thread_pins, settings.thread_names, settings.latin)
    spellings = Spellings(settings.language, memo)
    followed = {story.id: story for story in stories if hand.follows(story)}
    found = threads(followed, outlines, hand, spellings, archive.weights)
    return _Found(archive, outlines, found, spellings.made)


def _related(found: _Found, stories: Sequence[Story]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each story that has any, the ids of its related stories, the most related first; those that its editor chose
    come before. A story is never related to itself or to one of its own thread, unless chosen.

    One of each related cluster: the one that is nearest in time.
    """
    threads_of = {story.id: thread.id for thread in found.threads for story in thread.stories}
    chosen = {story.id: dict.fromkeys(story.related) for story in stories if story.related}
    known = {story.id for story in stories} if chosen else set[str]()
    outlines = found.outlines
    for own, outline in outlines.items():
        near = [outlines[other].stories[0 if other > own else -1] for other in outline.neighbours.related]
        for id_ in outline.stories:
            home = threads_of.get(id_)
            picks = [other for other in (*outline.stories, *near) if other != id_] if len(outline.stories) > 1 else near
            if home is not None:
                picks = [other for other in picks if threads_of.get(other) != home]
            if id_ in chosen:
                first = [other for other in chosen[id_] if other in known and other != id_]
                picks = list(dict.fromkeys([*first, *picks]))
            if picks:
                yield id_, tuple(picks[:RELATED])


def _key(stories: Sequence[Story], settings: Settings) -> bytes:
    said = (settings.language, settings.thread_minimum, settings.thread_pins, settings.thread_names)
    return blake2b(method() + msgspec.msgpack.encode(said) + b"".join(map(gist, stories)), digest_size=16).digest()


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
    """Why a story is in its thread: the first story of what it was put with, how like it was (0 to 1), how like it had
    to be, and by what.

    It was ``joined`` with stories of its week, or what it stands in ``continued`` a cluster of an earlier week.
    """

    how: Literal["pinned", "joined", "continued"]
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


def explained(stories: Sequence[Story], settings: Settings, story_id: str) -> ThreadExplanation | None:
    """Why a story stands in its thread; None for one that is not out, or was kept out of all threads."""
    by_id = {story.id: story for story in stories}
    hand = Hand(settings.thread_minimum, settings.thread_pins, settings.thread_names, settings.latin)
    story = by_id.get(story_id)
    if story is None or not hand.follows(story):
        return None
    found = _find(stories, settings, Forgetful(), {})
    thread = next((thread for thread in found.threads if any(one.id == story.id for one in thread.stories)), None)
    steps = []
    if hand.pin(story) and thread and thread.stories[0].id != story.id:
        steps.append(ThreadStep("pinned", thread.stories[0], 0.0, 0.0, ()))
    own = next(one for one, outline in found.outlines.items() if story.id in outline.stories)
    for step in found.archive.steps(story, own):
        first = by_id[step.stories[0]]
        tied = ties(step.terms, [story, *(by_id[id_] for id_ in step.stories)], settings.language)
        steps.append(ThreadStep("continued" if step.earlier else "joined", first, step.likeness, step.asked, tied))
    return ThreadExplanation(story, thread, tuple(steps))
