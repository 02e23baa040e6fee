"""Reports: which stories of other sources are about the event of a story.

In: the stories that are out, the events that were found, and what editors said in ``also``. Out: of each story the ids
of its other reports, oldest first.

An editor's word comes first. An id in ``also`` joins two stories, whatever they say; ``not`` before an id parts them,
and ``none`` keeps a story out of every event that is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from broadsheet.model import Story
from broadsheet.newsroom.clusters import SPAN
from broadsheet.text import normal

Events = Sequence[Sequence[str]]  # the ids of stories about one event
Reports = Mapping[str, tuple[str, ...]]  # by the id of a story, those of its other reports

ALONE = "none"
_NOT = re.compile(r"not\s+", re.IGNORECASE)  # as people type it: "Not", or with two blanks


def source(story: Story) -> str:
    """What tells the source of a story from others: its name, else its host; empty for the site's own."""
    credit = story.source
    if credit is None:
        return ""
    return normal(credit.name) or (urlsplit(credit.url).hostname or "" if "//" in credit.url else normal(credit.url))


def named(story: Story) -> tuple[str, ...]:
    """The ids that the ``also`` of a story joins it with."""
    return tuple([id_ for id_ in story.also if not _NOT.match(id_) and id_.lower() != ALONE])


def parted(story: Story) -> tuple[str, ...]:
    """The ids that the ``also`` of a story parts it from."""
    return tuple([_NOT.sub("", id_, count=1).strip() for id_ in story.also if _NOT.match(id_)])


def reports(stories: Iterable[Story], events: Events) -> dict[str, tuple[str, ...]]:
    """The other reports of each story that has any.

    What was found counts only between different sources. A story that is parted from one of an event leaves the whole
    event: the others are still about one thing, and it is not. What its own ``also`` names it keeps.
    """
    known = {story.id: story for story in stories}
    edited = [story for story in known.values() if story.also]
    apart = {(story.id, id_) for story in edited for id_ in parted(story)}
    apart |= {(other, one) for one, other in apart}
    leaving = {story.id: set(parted(story)) for story in edited}
    alone = {story.id for story in edited if any(id_.lower() == ALONE for id_ in story.also)}
    groups: dict[str, set[str]] = {}
    for event in events:
        ids = [id_ for id_ in event if id_ in known and id_ not in alone]
        kept = {id_ for id_ in ids if leaving.get(id_, set()).isdisjoint(ids)} if leaving else set(ids)
        whole = kept.union(*(groups[id_] for id_ in kept if id_ in groups))
        if len(kept) > 1:
            groups.update(dict.fromkeys(whole, whole))
    joined = {(story.id, id_) for story in edited for id_ in named(story) if id_ in known and id_ != story.id}
    for one, other in sorted(joined - apart):
        whole = groups.get(one, {one}) | groups.get(other, {other})
        groups.update(dict.fromkeys(whole, whole))
    joined |= {(other, one) for one, other in joined}
    of = {id_: source(known[id_]) for id_ in groups}
    found = {}
    for id_, group in groups.items():
        others = [
            known[other]
            for other in group
            if other != id_
            and (id_, other) not in apart
            and ((id_, other) in joined or (of[id_] != of[other] and _near(known[id_], known[other])))
        ]
        if others:
            others.sort(key=lambda story: (story.date.timestamp(), story.id))
            found[id_] = tuple([other.id for other in others])
    return found


def _near(one: Story, other: Story) -> bool:
    return abs((one.date - other.date).total_seconds()) < SPAN * 86_400


def breadth(found: Reports, stories: Iterable[Story]) -> dict[str, int]:
    """How many other sources report what each story does."""
    of = {story.id: source(story) for story in stories if story.id in found}
    return {id_: len({of[one] for one in ids} - {of[id_]}) for id_, ids in found.items()}
