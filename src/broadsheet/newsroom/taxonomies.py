"""Shelves: the stories of a section, a topic, an author, a source.

In: stories, newest first. Out: shelves, each with its stories newest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from broadsheet.model import Shelf, ShelfKind, Story
from broadsheet.text import slug


def sections(stories: Sequence[Story], order: Sequence[str]) -> tuple[Shelf, ...]:
    """The sections that have stories, in the site's order; those that the site does not list follow by name."""
    found: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        if story.section:
            found[story.section].append(story)
    rank = {name: place for place, name in enumerate(order)}
    names = sorted(found, key=lambda name: (rank.get(name, len(rank)), name))
    return tuple(Shelf("section", name, slug(name), tuple(found[name]), (name,)) for name in names)


def topics(stories: Sequence[Story]) -> tuple[Shelf, ...]:
    """The topics by name; spellings with one slug are one topic, under the commonest spelling."""
    return _shelves("topic", stories, lambda story: story.topics)


def authors(stories: Sequence[Story]) -> tuple[Shelf, ...]:
    """The authors by name; spellings with one slug are one author."""
    return _shelves("author", stories, lambda story: story.authors)


def sources(stories: Sequence[Story]) -> tuple[Shelf, ...]:
    """Who reported the stories, by name; spellings with one slug are one source."""
    return _shelves("source", stories, lambda story: (story.source.name,) if story.source and story.source.name else ())


def _shelves(kind: ShelfKind, stories: Iterable[Story], names: Callable[[Story], Iterable[str]]) -> tuple[Shelf, ...]:
    by_name: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        for name in names(story):
            by_name[name].append(story)
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in by_name:
        spellings[slug(name)].append(name)
    shelves = [_shelf(kind, key, sorted(theirs), by_name) for key, theirs in spellings.items()]
    return tuple(sorted(shelves, key=lambda shelf: (shelf.name.casefold(), shelf.slug)))


def _shelf(kind: ShelfKind, key: str, names: list[str], by_name: Mapping[str, list[Story]]) -> Shelf:
    """One shelf for all names with one slug, called by the commonest of them."""
    if len(names) == 1:
        return Shelf(kind, names[0], key, tuple(by_name[names[0]]), (names[0],))
    name = min(names, key=lambda one: (-len(by_name[one]), one))
    found = {story.id: story for one in names for story in by_name[one]}
    newest_first = sorted(found.values(), key=lambda story: (story.date, story.path), reverse=True)
    return Shelf(kind, name, key, tuple(newest_first), tuple(names))
