"""Threads: the running stories, found without an editor, or as an editor says.

In: every story that is out, what the editor said (pins in front matter, names and pins in the settings), and what was
kept of the last run. Out: the threads, and what to keep. The same stories make the same threads, whatever was kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, count

import msgspec

from broadsheet.model import Story, Thread, Tie
from broadsheet.newsroom import terms
from broadsheet.newsroom.clustering import ClusteringPass
from broadsheet.newsroom.clusters import STORIES, Evidence, Joined, State, StoryFeatures, Thresholds
from broadsheet.newsroom.names import READ, ties, title
from broadsheet.text import normal, slugs

ALONE = "none"  # thread: none keeps a story out of every thread; a thread of that name is not shown

Memo = dict[bytes, tuple[Tie, ...]]  # what a thread is made of → its ties


class Hand(msgspec.Struct, frozen=True):
    """What an editor says of threads, beside ``thread:`` in front matter.

    ``minimum`` is the stories from which a thread is shown. ``pins`` names the thread of a story by its id, before what
    its front matter says. ``names`` gives a thread, by its slug, a name; threads given one name are one.
    """

    minimum: int = 3
    pins: dict[str, str] = {}
    names: dict[str, str] = {}


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


class SavedThreads(msgspec.Struct, frozen=True, array_like=True):
    """What a run leaves for the next, to be stored as bytes; an empty one is as good, but slower."""

    track: Track = Track()
    memo: Memo = {}


class ThreadingResult(msgspec.Struct, frozen=True):
    """The threads, the one with the latest story first, and what to keep.

    ``order`` are the stories that were followed, oldest first; ``kept.track`` tells of each at the same place.
    ``pins`` are the names of the threads that stories are pinned to, in their normal form, by story id.
    """

    threads: tuple[Thread, ...]
    order: tuple[Story, ...]
    pins: dict[str, str]
    language: str
    bar: Thresholds
    saved: SavedThreads


def find(
    stories: Iterable[Story],
    language: str,
    hand: Hand | None = None,
    kept: SavedThreads | None = None,
    bar: Thresholds = STORIES,
) -> ThreadingResult:
    """The threads of these stories, in whatever order they come; ``language`` is the site's."""
    hand, kept = hand or Hand(), kept or SavedThreads()
    out = (story for story in stories if pinned(story, hand).lower() != ALONE)
    order = tuple(sorted(out, key=lambda story: (story.date, story.id)))
    said = {story.id: pin for story in order if (pin := pinned(story, hand))}
    pins = {id_: normal(pin) for id_, pin in said.items()}
    named = slugs((*said.values(), *hand.names.values())) if said or hand.names else {}
    track = follow(order, ThreadingRules(bar, language, pins), kept.track)
    memo: Memo = {}
    taken: set[str] = set()
    groups = sorted(_groups(order, track.joined, hand, named), key=lambda group: (not group.name, group.numbers))
    shown = (group for group in groups if len(group.numbers) >= hand.minimum)
    threads = [_thread(group, order, language, taken, (kept.memo, memo)) for group in shown]
    threads.sort(key=lambda thread: (thread.stories[-1].date, thread.id), reverse=True)
    return ThreadingResult(tuple(threads), order, pins, language, bar, SavedThreads(track, memo))


class _Group(msgspec.Struct):
    """Stories of one thread by number, the evidence that brought them together, the slugs of threads that went in.

    ``name`` is the one that an editor gave it, ``slug`` that name's.
    """

    name: str
    slug: str
    numbers: list[int]
    evidence: list[Evidence]
    aliases: list[str]


def _groups(order: Sequence[Story], joined: Sequence[Joined], hand: Hand, named: Mapping[str, str]) -> list[_Group]:
    """The stories by cluster, and clusters of one name together; ``named`` are the slugs of names in normal form."""
    members: dict[int, list[int]] = {}
    evidence: defaultdict[int, list[Evidence]] = defaultdict(list)
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for number, what in enumerate(joined):
        members.setdefault(what.number, []).append(number)
        evidence[what.number].append(what.evidence)
        for merge in what.merges:
            gone = members.pop(merge.number)
            members.setdefault(merge.into, []).extend(gone)
            evidence[merge.into] += [*evidence.pop(merge.number), merge.evidence]
            aliases[merge.into] += aliases.pop(merge.number, [])
            if len(gone) >= hand.minimum:
                aliases[merge.into].append(order[merge.number].slug)
    groups: dict[str, _Group] = {}
    for number, numbers in members.items():
        pin = pinned(order[number], hand)
        own = named[normal(pin)] if pin else order[number].slug
        name = hand.names.get(own, pin)
        if name.lower() == ALONE or (not name and len(numbers) < hand.minimum):
            continue
        slug = named[normal(name)] if name else ""
        group = groups.setdefault(slug or f"/{number}", _Group(name, slug, [], [], []))
        group.numbers += numbers
        group.evidence += evidence[number]
        group.aliases += [*aliases[number], *([own] if name and slug != own else [])]
    for group in groups.values():
        group.numbers.sort()
    return list(groups.values())


def pinned(story: Story, hand: Hand) -> str:
    """The thread that an editor gave a story; empty where it is to be found."""
    return hand.pins.get(story.id, story.thread)


def _thread(group: _Group, order: Sequence[Story], language: str, taken: set[str], memos: tuple[Memo, Memo]) -> Thread:
    """A group as a thread; the address is the name's, else the first story's, with its day where that is taken."""
    stories = tuple(order[number] for number in group.numbers)
    weights: defaultdict[str, float] = defaultdict(float)
    for evidence in group.evidence:
        for term, weight in evidence.terms:
            weights[term] += weight
    old, memo = memos
    made_of = (language, weights, [story.digest or story for story in stories[:READ]])
    key = blake2b(msgspec.msgpack.encode(made_of), digest_size=16).digest()
    if key not in memo:
        memo[key] = old[key] if key in old else ties(weights, stories, language)
    tied = memo[key]
    first = stories[0]
    address = group.slug or first.slug
    dated = f"{address}-{first.date:%Y-%m-%d}"
    free = chain((address, dated), (f"{dated}-{n}" for n in count(2)))
    address = next(name for name in free if name not in taken)
    taken.add(address)
    aliases = tuple(sorted({alias for alias in group.aliases if alias != address}))
    name = address if group.name else first.id
    return Thread(name, address, group.name or title(tied) or first.title, stories, tied, bool(group.name), aliases)


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
