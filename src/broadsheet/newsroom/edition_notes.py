"""Notes: what editors decided of editions, held against the stories that there are.

In: the notes, every story (also those that are not out), the stories of each edition. Out: which edition a frozen story
belongs to; for each edition that is not frozen the stories that its note names; problems with the lines of the notes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import Place, Problem, error, note, warning
from broadsheet.model import EditionNote, Frozen, Period, Story
from broadsheet.newsroom import periods
from broadsheet.text import did_you_mean


class Wishes(msgspec.Struct, frozen=True):
    """What an editor wants of an edition: its lead, and the ids of stories with their places, first and in briefs."""

    lead: Story | None = None
    order: Mapping[str, int] = {}
    briefs: Mapping[str, int] = {}


class Notes:
    """The notes of one site; ``problems`` grow as they are held against stories."""

    def __init__(self, notes: Iterable[EditionNote], everyone: Sequence[Story], period: Period) -> None:
        self.everyone = everyone
        self.period = period
        self.problems: list[Problem] = []
        self.by_slug: dict[str, EditionNote] = {}
        self.claims: dict[str, str] = {}  # the slug of the frozen edition that a story is in, by the story's id
        self.closed: set[dt.date] = set()  # the first days of frozen editions of the site's period
        in_order = sorted(notes, key=lambda one: one.slug)
        known = {story.id for story in everyone} if any(one.frozen for one in in_order) else ()
        for one in in_order:
            if (parsed := periods.parsed(one.slug)) is None:
                hint = "The file has the name of its edition's address: 2025-05-08.md, 2025-w19.md or 2025-05.md."
                self.problems.append(error("edition-name", f"no edition is called {one.slug!r}", Place(one.file), hint))
                continue
            self.by_slug[one.slug] = one
            if one.frozen:
                self._claim(one, known)
                self._renamed(one, one.frozen)
                if parsed[0] == period:
                    self.closed.add(parsed[1])

    def _claim(self, one: EditionNote, known: Collection[str]) -> None:
        for id_ in one.frozen.ids if one.frozen else ():
            if id_ in self.claims:
                message = f"story {id_!r} is frozen twice, first in {self.claims[id_]}"
                self.problems.append(warning("frozen-twice", message, _place(one, id_), "It stays in the first."))
            elif id_ not in known:
                hint = "Take its line out, or bring the story back."
                message = f"the frozen story {id_!r} is not there any more"
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
            message = f"the edition was frozen under the name {was}, and is printed so"
            hint = "Put the title back; or, to rename it all the same, change the name below the key frozen too."
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
            self.problems.append(note("pin-waiting", f"story {name!r} is not out: a draft, not yet due or gone", place))
        return None

    def _awaited(self, slug: str, zone: ZoneInfo) -> bool:
        """Whether some story that is not out would be in this edition."""
        days = (story.date.astimezone(zone).date() for story in self.everyone)
        return any(periods.slug(periods.first_day(day, self.period), self.period) == slug for day in days)


class Finder:
    """Finds stories by what an editor may call them: id, file with or without its folders and ending, slug."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self._found: dict[str, list[Story]] = defaultdict(list)
        for story in stories:
            for name in {story.id, story.path, story.path.removesuffix(".md"), story.slug}:
                self._found[name].append(story)

    def find(self, name: str) -> list[Story]:
        """The stories that this may mean; those whose id it is come first."""
        stories = self._found.get(name) or self._found.get(name.partition("stories/")[2], [])
        return sorted(stories, key=lambda story: (story.id != name, story.path))

    def names(self) -> set[str]:
        """The slugs of all stories."""
        return {story.slug for stories in self._found.values() for story in stories}


def _place(one: EditionNote, name: str) -> Place:
    return Place(one.file, one.lines.get(name, 1))
