"""Notes: what editors decided of editions, held against the stories that there are; the periods of editions.

In: the notes, every story (also those that are not out), the stories of each edition; days. Out: which edition a frozen
story belongs to; for each edition that is not frozen the stories that its note names; problems with the lines of the
notes. And the first and last day of a period, the period after it, its slug (2025-05-08, 2025-w19, 2025-05), which is
the name of a note.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import Place, Problem, error, note, warning
from broadsheet.model import EditionNote, Frozen, Period, Story
from broadsheet.text import did_you_mean

_DAY = dt.timedelta(days=1)
_SLUG = re.compile(r"(\d{4})-(?:w(\d{2})|(\d{2})(?:-(\d{2}))?)", re.ASCII)


def first_day(day: dt.date, period: Period) -> dt.date:
    """The first day of the period that a day belongs to; weeks begin on Monday (ISO 8601)."""
    if period == "weekly":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if period == "monthly" else day


def last_day(first: dt.date, period: Period) -> dt.date:
    """The last day of the period that begins on this day."""
    if period == "weekly":
        return first + dt.timedelta(days=6)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]) if period == "monthly" else first


def following(first: dt.date, period: Period) -> dt.date:
    """The first day of the period after the one that begins on this day."""
    return last_day(first, period) + _DAY


def period_slug(first: dt.date, period: Period) -> str:
    """The name of a period in an address."""
    if period == "weekly":
        year, week, _ = first.isocalendar()
        return f"{year:04}-w{week:02}"
    return f"{first.year:04}-{first.month:02}" if period == "monthly" else first.isoformat()


def period_of(name: str) -> tuple[Period, dt.date] | None:
    """The period that a slug names, and its first day; None for what names none."""
    found = _SLUG.fullmatch(name)
    if found is None:
        return None
    year, week, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if found[2]:
            return "weekly", dt.date.fromisocalendar(year, week, 1)
        return ("daily", dt.date(year, month, day)) if found[4] else ("monthly", dt.date(year, month, 1))
    except ValueError:
        return None


class Wishes(msgspec.Struct, frozen=True):
    """What an editor wants of an edition: its lead, and the ids of stories with their places, first and in briefs."""

    lead: Story | None = None
    order: Mapping[str, int] = {}
    briefs: Mapping[str, int] = {}


class Notes:
    """The notes of one site; ``problems`` grow as they are held against stories."""

    def __init__(
        self, notes: Iterable[EditionNote], everyone: Sequence[Story], period: Period, others: Collection[str] = ()
    ) -> None:
        """``others`` are the ids of stories in other languages, which have left the editions of this one."""
        self.everyone = everyone
        self.others = others
        self.period = period
        self.problems: list[Problem] = []
        self.by_slug: dict[str, EditionNote] = {}
        self.claims: dict[str, str] = {}  # the slug of the frozen edition that a story is in, by the story's id
        self.closed: set[dt.date] = set()  # the first days of frozen editions of the site's period
        in_order = sorted(notes, key=lambda one: one.slug)
        known = {story.id for story in everyone} if any(one.frozen for one in in_order) else ()
        for one in in_order:
            if (parsed := period_of(one.slug)) is None:
                hint = "Name the file after its edition: 2025-05-08.md, 2025-w19.md or 2025-05.md."
                self.problems.append(
                    error("edition-name", f"{one.slug!r} is not the name of an edition", Place(one.file), hint)
                )
                continue
            self.by_slug[one.slug] = one
            if one.frozen:
                self._claim(one, known)
                self._renamed(one, one.frozen)
                if parsed[0] == period:
                    self.closed.add(parsed[1])

    def _claim(self, one: EditionNote, known: Collection[str]) -> None:
        for id_ in one.frozen.ids if one.frozen else ():
            if id_ in self.others:
                continue
            if id_ in self.claims:
                message = f"story {id_!r} is frozen twice, first in {self.claims[id_]}"
                self.problems.append(
                    warning(
                        "frozen-twice",
                        message,
                        _place(one, id_),
                        "It stays in the first. Delete it from the other.",
                    )
                )
            elif id_ not in known:
                hint = "Delete its line, or restore the story."
                message = f"the frozen story {id_!r} no longer exists"
                # What a publication froze names no story by a slip of the pen: one that is gone was taken away.
                taken_away = one.frozen is not None and id_ in one.frozen.words
                place = _place(one, id_)
                self.problems.append(
                    note("frozen-missing", message, place, hint)
                    if taken_away
                    else warning("frozen-missing", message, place, hint)
                )
            else:
                self.claims[id_] = one.slug

    def _renamed(self, one: EditionNote, frozen: Frozen) -> None:
        """A warning where an editor gave a frozen edition another name: citations and feeds know it by the first."""
        if frozen.words and one.title != frozen.name:
            was = repr(frozen.name) if frozen.name else "its day"
            message = f"the edition was frozen with the name {was}, which it keeps"
            hint = "Restore the title. To rename it all the same, also change the name below the key frozen."
            self.problems.append(warning("frozen-name", message, Place(one.file, 1), hint))

    def wishes(self, groups: Mapping[str, Sequence[Story]], zone: ZoneInfo) -> dict[str, Wishes]:
        """What editors want of the editions that are not frozen; ``groups`` are the stories of each by its slug."""
        for one in self.by_slug.values():
            if one.slug not in groups and not self._awaited(one.slug, zone):
                hint = "Delete the file, or name it after an edition that has stories."
                message = f"edition {one.slug} has no stories"
                self.problems.append(warning("edition-empty", message, Place(one.file), hint))
        wanting = [one for one in self.by_slug.values() if not one.frozen and (one.lead or one.order or one.briefs)]
        if not wanting:
            return {}
        edition_of = {story.id: slug for slug, stories in groups.items() for story in stories}
        finder = Finder(self.everyone)
        return {one.slug: self._wishes(one, finder, edition_of) for one in wanting}

    def _wishes(self, one: EditionNote, finder: Finder, edition_of: Mapping[str, str]) -> Wishes:
        def found(names: Iterable[str]) -> Iterator[Story]:
            for name in names:
                story = self._named(one, name, finder, edition_of)
                if story is not None:
                    yield story

        lead = next(found([one.lead] if one.lead else []), None)
        order = {story.id: place for place, story in enumerate(found(one.order))}
        briefs = {story.id: place for place, story in enumerate(found(one.briefs))}
        return Wishes(lead, order, briefs)

    def _named(self, one: EditionNote, name: str, finder: Finder, edition_of: Mapping[str, str]) -> Story | None:
        """The story of this edition that a name means; else None, and a problem that says where it is instead."""
        stories = finder.find(name)
        place = _place(one, name)
        for story in stories:
            if edition_of.get(story.id) == one.slug:
                return story
        if not stories:
            hint = did_you_mean(name, finder.names())
            self.problems.append(error("pin-missing", f"there is no story {name!r}", place, hint))
        elif other := edition_of.get(stories[0].id):
            hint = "Name it in that edition's file, or change the story's date."
            self.problems.append(error("pin-elsewhere", f"story {name!r} is in the edition {other}", place, hint))
        else:
            self.problems.append(
                note("pin-waiting", f"story {name!r} is not published: a draft, not yet due, or expired", place)
            )
        return None

    def _awaited(self, slug: str, zone: ZoneInfo) -> bool:
        """Whether some story that is not out would be in this edition."""
        days = (story.date.astimezone(zone).date() for story in self.everyone)
        return any(period_slug(first_day(day, self.period), self.period) == slug for day in days)


class Finder:
    """Finds stories by what an editor may call them: id, file with or without its folders and ending, slug."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self._found: dict[str, list[Story]] = defaultdict(list)
        for story in stories:
            file = story.path.removesuffix(".md")
            for name in {story.id, story.path, file, _tail(file), story.slug, _tail(story.slug)}:
                self._found[name].append(story)

    def find(self, name: str) -> list[Story]:
        """The stories that this may mean; those whose id it is come first."""
        stories = self._found.get(name) or self._found.get(name.partition("stories/")[2], [])
        return sorted(stories, key=lambda story: (story.id != name, story.path))

    def names(self) -> set[str]:
        """The slugs of all stories."""
        return {story.slug for stories in self._found.values() for story in stories}


def _tail(slug: str) -> str:
    return slug.rpartition("/")[2]


def _place(one: EditionNote, name: str) -> Place:
    return Place(one.file, one.lines.get(name, 1))
