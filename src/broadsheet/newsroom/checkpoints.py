"""Marks in the stream of stories, from which a pass goes on instead of beginning anew.

In: stories in order of time, and the marks of the last run. Out: what became of every story, and new marks. Whatever is
kept changes only how long it takes: a mark counts where every story before it, and every rule, is the same as then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

import msgspec

from broadsheet.model import Story
from broadsheet.newsroom import terms
from broadsheet.newsroom.clustering import ClusteringPass
from broadsheet.newsroom.clusters import Joined, State, StoryFeatures, Thresholds

FORM = 1  # raised where the pass comes to other results than before
STEPS = (64, 1024, 16384)  # stories between marks: close at the end of the stream, far apart where little is changed

_DAY = 86_400.0  # seconds


class Checkpoint(msgspec.Struct, frozen=True, array_like=True):
    """After so many stories: the digest of all of them, and the pass as it was, packed."""

    count: int
    digest: bytes
    state: bytes


class Track(msgspec.Struct, frozen=True, array_like=True):
    """What became of each story in its order, and the marks, oldest first; to be kept from run to run as bytes."""

    joined: list[Joined] = []
    marks: tuple[Checkpoint, ...] = ()


class ThreadingRules(msgspec.Struct, frozen=True):
    """What a run goes by: the evidence asked for, the site's language, and by story id the pins."""

    bar: Thresholds
    language: str
    pins: dict[str, str]


def follow(stories: Sequence[Story], rules: ThreadingRules, kept: Track) -> Track:
    """Put every story into a cluster, from the last mark that still holds."""
    digests = list(_digests(stories, rules))
    good = [mark for mark in kept.marks if mark.count <= len(stories) and digests[mark.count] == mark.digest]
    state = msgspec.msgpack.decode(good[-1].state, type=State) if good else State()
    joined = kept.joined[: state.count]
    run = ClusteringPass(rules.bar, state)
    total = len(stories)
    marks = [mark for mark in good if _worth(mark.count, total)]
    for number in range(state.count, total):
        joined.append(run.add(_entry(stories[number], rules)))
        if _worth(number + 1, total):
            marks.append(Checkpoint(number + 1, digests[number + 1], msgspec.msgpack.encode(run.state())))
    return Track(joined, tuple(marks))


def _worth(count: int, total: int) -> bool:
    return count == total or any(count % step == 0 and total - count <= 2 * step for step in STEPS)


def _entry(story: Story, rules: ThreadingRules) -> StoryFeatures:
    said = terms.read(story, rules.language)
    return StoryFeatures(said, story.date.timestamp() / _DAY, story.section, rules.pins.get(story.id, ""))


def _digests(stories: Sequence[Story], rules: ThreadingRules) -> Iterator[bytes]:
    """The digest of the rules, of these and the first story, of these and the second, and so on."""
    so_far = blake2b(msgspec.msgpack.encode((FORM, rules.bar, rules.language)), digest_size=16)
    yield so_far.digest()
    for story in stories:
        so_far.update(story.digest or msgspec.msgpack.encode(story))
        if pin := rules.pins.get(story.id):
            so_far.update(pin.encode())
        yield so_far.digest()
