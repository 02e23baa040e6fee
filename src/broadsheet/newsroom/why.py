"""Why a story stands in its thread, step by step.

In: what the search for threads found, and a story's id. Out: ``Why``: every decision with its evidence, in words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from broadsheet.model import Story, Thread, Tie
from broadsheet.newsroom.clusters import Evidence
from broadsheet.newsroom.names import ties
from broadsheet.newsroom.threads import ThreadingResult


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
