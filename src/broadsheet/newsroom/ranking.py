"""Leads: what a story brings to stand first, in points that can be told to people.

In: a story and the size of its running thread. Out: points, and the words for them. An editor's ``priority`` comes
before all points, and an edition's own file before that.
"""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.model import Story

WORDS = 100  # words for a point
LONGEST = 1200  # words beyond which length says nothing more
PICTURE = 4
SOURCE = 2  # the story says where it comes from
THREAD = 3  # for each other story of the running thread
THREADS = 5  # stories beyond which the thread's size says nothing more

_RANK = {"lead": 0, "normal": 1, "brief": 2}


def weight(story: Story, thread: int = 1) -> tuple[int, int]:
    """What stories of an edition are ordered by, the weightiest least: the editor's word, then the points."""
    return _RANK[story.priority], -points(story, thread)


def points(story: Story, thread: int = 1) -> int:
    """What a story brings; ``thread`` is how many stories its running thread has, itself included."""
    return (
        min(story.words, LONGEST) // WORDS
        + (PICTURE if story.image else 0)
        + (SOURCE if story.source and story.source.name else 0)
        + (THREAD * min(thread - 1, THREADS) if thread > 1 else 0)
    )


def reasons(story: Story, thread: int = 1) -> Iterator[str]:
    """What speaks for a story, in words, the editor's word first."""
    if story.priority != "normal":
        yield f"priority {story.priority}"
    if thread > 1:
        yield f"{thread} stories in its thread"
    yield f"{story.words} words"
    if story.image:
        yield "a picture"
    if story.source and story.source.name:
        yield "a named source"
