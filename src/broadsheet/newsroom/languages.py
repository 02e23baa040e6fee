"""Languages: what a site in several languages publishes in each of them.

In: the stories with their translations; running stories that were found among the originals; notes and published
editions of all languages. Out: the same as they are told in one language, and all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from broadsheet.config import Settings
from broadsheet.content import translations
from broadsheet.model import Edition, EditionNote, Newspaper, PublishedEdition, Story, Thread
from broadsheet.newsroom.reports import Events
from broadsheet.newsroom.threads import by_slug

Related = Mapping[str, tuple[str, ...]]


class Originals:
    """The ``stories`` of a site in several languages, newest first, each once: translations of one story are one."""

    def __init__(self, stories: Sequence[Story]) -> None:
        """``stories`` are all of them, newest first."""
        self._versions: dict[str, dict[str, Story]] = {}  # of the story that stands for a group: that of each home
        self._of: dict[str, str] = {}
        for group in translations.groups(stories):
            first = group[0]
            for story in group:
                self._versions.setdefault(first.id, {}).setdefault(story.home, story)
                self._of[story.id] = first.id
        self.stories = [story for story in stories if self._of[story.id] == story.id]

    def sizes(self, threads: Iterable[Thread]) -> dict[str, int]:
        """How many stories the thread of each story has, by id; translations count once."""
        found = {story.id: len(thread.stories) for thread in threads for story in thread.stories}
        return {id_: found[first] for id_, first in self._of.items() if first in found}

    def threads(self, threads: Iterable[Thread], home: str, settings: Settings) -> tuple[Thread, ...]:
        """The running stories that have a story in a language, with what is not translated as it is."""
        found: list[Thread] = []
        taken: set[str] = set()
        for thread in threads:
            stories = tuple(self._versions[story.id].get(home, story) for story in thread.stories)
            own = [story for story in stories if story.home == home]
            if own:
                made = _told(thread, stories, own, home, settings)
                if made.slug not in taken:  # of two that go by one name the one with later news
                    found.append(made)
                    taken.add(made.slug)
        return tuple(found)

    def events(self, events: Events, home: str) -> list[list[str]]:
        """The reports of each event in a language, by id."""
        return [[one.id for id_ in event if (one := self._versions.get(id_, {}).get(home))] for event in events]

    def related(self, related: Related, home: str) -> dict[str, tuple[str, ...]]:
        """The stories in a language that are related to each of it."""
        found = {}
        for id_, others in related.items():
            story = self._versions.get(id_, {}).get(home)
            if story:
                there = (self._versions.get(other, {}).get(home) for other in others)
                found[story.id] = tuple(other.id for other in there if other)
        return found


def _told(thread: Thread, stories: tuple[Story, ...], own: Sequence[Story], home: str, settings: Settings) -> Thread:
    """A running story in a language; a name made of words of another is none, and it goes by its first headline."""
    tail = _tail(thread.slug)
    title = thread.title
    if thread.stories[0].home != home:
        named = (story.thread for story in own if story.thread)
        title = by_slug(settings.thread_names, latin=settings.latin).get(tail) or next(named, "") or own[0].title
    aliases = tuple(dict.fromkeys(home + _tail(alias) for alias in thread.aliases))
    return msgspec.structs.replace(thread, stories=stories, title=title, slug=home + tail, aliases=aliases)


def _tail(slug: str) -> str:
    return slug.rpartition("/")[2]


def notes_of(notes: Iterable[EditionNote], home: str, homes: Iterable[str]) -> list[EditionNote]:
    """The editor's words on the editions of a language, as a site in it alone would have them."""
    return [
        msgspec.structs.replace(note, slug=note.slug.removeprefix(home))
        for note in notes
        if _home(note.slug, homes) == home
    ]


def published_of(published: Iterable[PublishedEdition], home: str, homes: Iterable[str]) -> list[PublishedEdition]:
    """The editions of a language that were published, as a site in it alone would have them."""
    return [
        msgspec.structs.replace(one, id=one.id.removeprefix(home), slug=one.slug.removeprefix(home))
        for one in published
        if _home(one.slug or one.id, homes) == home
    ]


def with_home(editions: tuple[Edition, ...], home: str) -> tuple[Edition, ...]:
    """The editions of a language as a site in several calls them."""
    if not home:
        return editions
    return tuple(
        msgspec.structs.replace(one, slug=f"{home}{one.slug}", id=f"{home}{one.id or one.slug}") for one in editions
    )


def _home(slug: str, homes: Iterable[str]) -> str:
    home = slug[: slug.rfind("/") + 1]
    return home if home in homes else ""


def joined(parts: Mapping[str, Newspaper], stories: tuple[Story, ...], retracted: tuple[Story, ...]) -> Newspaper:
    """All that a site publishes, of what it publishes in each language."""
    editions = [edition for part in parts.values() for edition in part.editions]
    editions.sort(key=lambda edition: edition.first, reverse=True)
    kinds = next(iter(parts.values())).terms
    return Newspaper(
        stories=stories,
        editions=tuple(editions),
        terms={name: tuple(term for part in parts.values() for term in part.terms[name]) for name in kinds},
        threads=tuple(thread for part in parts.values() for thread in part.threads),
        related={id_: ids for part in parts.values() for id_, ids in part.related.items()},
        reports={id_: ids for part in parts.values() for id_, ids in part.reports.items()},
        retracted=retracted,
        parts=parts,
    )
