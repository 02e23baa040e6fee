"""Which stories go out: published, due and not expired, each with an id and an address of its own.

In: stories. Out: those that go out, a problem for each that claims what another already has, and what will come or go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Correction, Story
from broadsheet.text import file_slug, normal, slugs

_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Change(msgspec.Struct, frozen=True):
    """A moment at which a story appears on the site, shows that it was updated, or goes."""

    moment: dt.datetime
    deed: Literal["appears", "updates", "goes"]
    story: Story


def released(stories: Iterable[Story], now: dt.datetime, *, preview: bool = False) -> list[Story]:
    """The stories that are out at ``now``; all of them in a preview."""
    if preview:
        return list(stories)
    return [story for story in stories if appears(story) <= now and story.status != "draft" and not _gone(story, now)]


def noticed(stories: Iterable[Story], published: Mapping[str, Collection[str]]) -> list[Story]:
    """The stories; of those that were published, by their addresses, and are retracted, the notice is out in any case.

    A mark that keeps a story from readers means its text, of which a notice prints nothing, while readers who had the
    text are owed the notice. What nobody has read stays hidden: there is nothing to take back.
    """
    return [_noticed(story) if story.retracted and published.get(story.id) else story for story in stories]


def _noticed(story: Story) -> Story:
    if story.status != "draft" and not story.embargo:
        return story
    return msgspec.structs.replace(story, status="published", embargo=story.retracted and story.retracted.date)


def _gone(story: Story, now: dt.datetime) -> bool:
    """Whether a story has expired. A retraction stays: whoever comes to its address is to learn of it."""
    retracted = story.retracted is not None and story.retracted.date <= now
    return story.expires is not None and story.expires <= now and not retracted


def appears(story: Story) -> dt.datetime:
    """When a story is out: on its date, or where an embargo ends."""
    return max(story.date, story.embargo) if story.embargo else story.date


def taken_back(stories: Iterable[Story], now: dt.datetime, folder: str) -> list[Problem]:
    """An error for each story that is out, or will be, though another one is a notice that takes it back."""
    everyone = {story.id: story for story in stories}
    problems = []
    for notice in everyone.values():
        story = everyone.get(notice.takes_back) if notice.takes_back else None
        if story is None or story is notice or story.retracted:
            continue
        if not {"draft", "expired"}.isdisjoint(marks(story, now)):
            continue
        said = f": {notice.reason}" if notice.reason else ""
        message = f"its publisher has taken it back, according to {folder}/{notice.path}{said}"
        hint = "Make it a draft, retract it or delete it. If it is right after all, delete the file of the notice."
        problems.append(error("taken-back", message, Place(f"{folder}/{story.path}", 1), hint))
    return problems


def in_force(stories: Iterable[Story], now: dt.datetime, folder: str) -> tuple[list[Story], list[Problem]]:
    """The stories as they are at ``now``; a warning for each that is out and has an ``updated`` in the future.

    A correction is an update: it moves ``updated``, by which feeds, the sitemap and structured data say that there is
    something new in a story. One that is dated later waits for its day, and so does an update, since no feed may hold a
    date in the future (``ImplausibleDate`` of the W3C validator). ``now`` is in the site's time zone, and what is said
    goes by it.
    """
    found, problems = [], []
    for story in stories:
        if story.updated and story.updated > now and appears(story) <= now:
            moment = story.updated.astimezone(now.tzinfo)
            message = f"updated: {moment:%Y-%m-%d %H:%M} is in the future, and not shown until then"
            hint = "Is the day right? To publish a story later, give it a later date."
            problems.append(warning("updated-future", message, Place(f"{folder}/{story.path}", 1), hint))
        found.append(_in_force(story, now) if story.corrections or story.updated or story.retracted else story)
    return found, problems


def _in_force(story: Story, now: dt.datetime) -> Story:
    corrections = tuple(one for one in story.corrections if one.date <= now)
    updated = story.updated if story.updated and story.updated <= now else None
    retracted = story.retracted if story.retracted and story.retracted.date <= now else None
    latest = last_update(story.date, updated, (*corrections, *((retracted,) if retracted else ())))
    return with_update(story, latest, corrections, retracted)


def last_update(
    date: dt.datetime, updated: dt.datetime | None, corrections: tuple[Correction, ...]
) -> dt.datetime | None:
    """When a story of a date was last changed, corrections and its retraction counted; None where it never was."""
    latest = max((one.date for one in corrections), default=date)
    return latest if latest > (updated or date) else updated


def with_update(
    story: Story, updated: dt.datetime | None, corrections: tuple[Correction, ...], retracted: Correction | None
) -> Story:
    """A story with the update, the corrections and the retraction that are in force.

    Of a retracted story nothing is left but its headline and its names: the notice stands for all that it said.
    """
    if not retracted and (updated, corrections, None) == (story.updated, story.corrections, story.retracted):
        return story
    said = f"{updated} {len(corrections)} {bool(retracted)}".encode()
    digest = blake2b(story.digest + said, digest_size=16).digest()
    changed = msgspec.structs.replace(
        story, updated=updated, corrections=corrections, retracted=retracted, digest=digest
    )
    if not retracted:
        return changed
    return msgspec.structs.replace(
        changed,
        summary=retracted.text,
        points=(),
        lead=retracted.text,
        words=len(retracted.text.split()),
        pictures=(),
        image=None,
        audio=None,
        also=(),
        related=(),
    )


def marks(story: Story, now: dt.datetime) -> tuple[str, ...]:
    """Why a story is not out at ``now``: "draft", "embargoed", "expired"; nothing where it is."""
    return tuple(
        mark
        for mark, holds in (
            ("draft", story.status == "draft"),
            ("embargoed", appears(story) > now),
            ("expired", _gone(story, now)),
        )
        if holds
    )


def marked(stories: Iterable[Story], now: dt.datetime) -> dict[str, tuple[str, ...]]:
    """The marks of the stories that have any, by id."""
    return {story.id: found for story in stories if (found := marks(story, now))}


def coming(stories: Iterable[Story], now: dt.datetime) -> list[Change]:
    """What will appear, be updated or go after ``now``, soonest first. A draft never does any of it."""
    found = []
    for story in stories:
        expires, begins = story.expires, appears(story)
        if story.status == "draft" or (expires and expires <= max(begins, now)):
            continue
        if begins > now:
            found.append(Change(begins, "appears", story))
        moments = {one.date for one in story.corrections} | ({story.updated} if story.updated else set())
        if story.retracted:
            moments.add(story.retracted.date)
            if expires and story.retracted.date <= expires:
                expires = None
        due = (moment for moment in moments if max(begins, now) < moment < (expires or _NEVER))
        found += [Change(moment, "updates", story) for moment in due]
        if expires:
            found.append(Change(expires, "goes", story))
    return sorted(found, key=lambda change: (change.moment, change.deed, change.story.path))


def stuck(stories: Iterable[Story], now: dt.datetime) -> list[Story]:
    """The drafts whose day or embargo is still to come, by that and their path: held, they do not appear then."""
    found = (story for story in stories if story.status == "draft" and appears(story) > now)
    return sorted(found, key=lambda story: (appears(story), story.path))


class Kept(NamedTuple):
    """The stories that are kept; their days in the site's time zone, by id; the problems of the others."""

    stories: list[Story]
    days: dict[str, dt.date]
    problems: list[Problem]


def conflicts(
    stories: Iterable[Story],
    zone: ZoneInfo,
    folder: str,
    published: Mapping[str, Sequence[str]] = MappingProxyType({}),
    *,
    latin: bool = False,
) -> Kept:
    """The stories without those that repeat an id or an address, in order of path.

    Of several the one keeps it that readers have at that address, by ``published``, the addresses of each story by its
    id, the last of which it has; else the first by path. Files of one name have one address; names that only have one
    slug, such as long ones, are told apart.

    ``folder`` is how a user calls the folder of stories, ``latin`` whether slugs are transliterated.
    """
    in_order = sorted(stories, key=attrgetter("path"))
    kept, crowded = _first_come(in_order, zone, folder, frozenset(), latin=latin)
    if kept.problems and published:
        out = frozenset(story.path for story in in_order if _address(story, zone) in published.get(story.id, ())[-1:])
        in_order.sort(key=lambda story: story.path not in out)
        kept, crowded = _first_come(in_order, zone, folder, out, latin=latin)
        kept.stories.sort(key=attrgetter("path"))
    return kept._replace(stories=_apart(kept.stories, kept.days, crowded, latin=latin)) if crowded else kept


def _first_come(
    stories: Iterable[Story], zone: ZoneInfo, folder: str, out: Container[str], *, latin: bool
) -> tuple[Kept, set[dt.date]]:
    """The stories of which the first keeps what several claim, and the days on which several names have one slug.

    ``out`` are the paths of those that readers have at the address that they would have.
    """
    kept: list[Story] = []
    problems: list[Problem] = []
    ids: dict[str, Story] = {}
    days: dict[str, dt.date] = {}
    addresses: dict[tuple[dt.date, str], Story] = {}
    crowded: set[dt.date] = set()
    for story in stories:
        day = story.date.astimezone(zone).date()
        other = ids.setdefault(story.id, story)
        if other is story:
            other = addresses.setdefault((day, story.slug), story)
            if other is not story and (name := normal(_name(story, latin=latin))) != normal(_name(other, latin=latin)):
                crowded.add(day)
                other = addresses.setdefault((day, f"/{name}"), story)
            if other is story:
                days[story.id] = day
                kept.append(story)
                continue
            del ids[story.id]
            message = f"has the same address as {folder}/{other.path}"
            code, hint = "address-twice", "Rename one of the two files, or change its date."
            if other.path in out:
                hint = "The other one is published there: rename this file, or change its date."
        else:
            message = f"has the same id as {folder}/{other.path}"
            code, hint = "id-twice", "Give one of the two an id of its own, or delete it."
            if other.path in out:
                hint = "The other one is published with it: give this file an id of its own, or delete it."
        problems.append(error(code, message, Place(f"{folder}/{story.path}", 1), hint))
    return Kept(kept, days, problems), crowded


def _address(story: Story, zone: ZoneInfo) -> str:
    """The address of a story, below the site's root, as the record of what was published has it."""
    day = story.date.astimezone(zone).date()
    return f"{story.home}{day.year:04}/{day.month:02}/{day.day:02}/{story.slug.removeprefix(story.home)}/"


def _apart(
    stories: Iterable[Story], days: Mapping[str, dt.date], crowded: Container[dt.date], *, latin: bool
) -> list[Story]:
    """The stories, with slugs of their own on days on which several names would have one."""
    names: dict[dt.date, list[str]] = {}
    for story in stories:
        if (day := days[story.id]) in crowded:
            names.setdefault(day, []).append(_name(story, latin=latin))
    known = {day: slugs(theirs, file_slug, latin=latin) for day, theirs in names.items()}
    return [
        renamed(story, story.home + known[days[story.id]][normal(_name(story, latin=latin))])
        if days[story.id] in known
        else story
        for story in stories
    ]


def renamed(story: Story, slug: str) -> Story:
    """A story at another address of its day."""
    if story.slug == slug:
        return story
    digest = blake2b(story.digest + slug.encode(), digest_size=16).digest()
    return msgspec.structs.replace(story, slug=slug, digest=digest)


def _name(story: Story, *, latin: bool) -> str:
    """The name that a story's slug was made of: its file's."""
    name = story.path.rpartition("/")[2].removesuffix(".md")
    slug = story.slug.removeprefix(story.home)
    return name if file_slug(name, latin=latin) == slug else slug
