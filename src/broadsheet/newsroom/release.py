"""Which stories go out: published, due and not expired, each with an id and an address of its own.

In: stories. Out: those that go out, and a problem for each that claims what another already has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from broadsheet.errors import Place, Problem, error
from broadsheet.model import Story


def released(stories: Iterable[Story], now: dt.datetime, *, preview: bool = False) -> Iterator[Story]:
    """The stories that are out at ``now``; all of them in a preview."""
    return (story for story in stories if preview or not marks(story, now))


def marks(story: Story, now: dt.datetime) -> tuple[str, ...]:
    """Why a story is not out at ``now``: "draft", "embargoed", "expired"; nothing where it is."""
    return tuple(
        mark
        for mark, holds in (
            ("draft", story.status == "draft"),
            ("embargoed", story.date > now),
            ("expired", story.expires is not None and story.expires <= now),
        )
        if holds
    )


def marked(stories: Iterable[Story], now: dt.datetime) -> dict[str, tuple[str, ...]]:
    """The marks of the stories that have any, by id."""
    return {story.id: found for story in stories if (found := marks(story, now))}


def conflicts(stories: Iterable[Story], zone: ZoneInfo, folder: str) -> tuple[list[Story], list[Problem]]:
    """The stories without those that repeat an id or an address; the first in order of path keeps it.

    ``folder`` is how a user calls the folder of stories.
    """
    kept: list[Story] = []
    problems: list[Problem] = []
    ids: dict[str, Story] = {}
    addresses: dict[tuple[dt.date, str], Story] = {}
    for story in sorted(stories, key=lambda story: story.path):
        address = (story.date.astimezone(zone).date(), story.slug)
        place = Place(f"{folder}/{story.path}", 1)
        if other := ids.get(story.id):
            message = f"has the same id as {folder}/{other.path}"
            problems.append(error("id-twice", message, place, "Give one of the two an id of its own, or delete it."))
        elif other := addresses.get(address):
            message = f"has the same address as {folder}/{other.path}"
            problems.append(error("address-twice", message, place, "Rename one of the two files, or change its date."))
        else:
            ids[story.id] = addresses[address] = story
            kept.append(story)
    return kept, problems
