"""Shelves: the stories of a section, a topic, an author.

In: stories, newest first. Out: shelves, each with its stories newest first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from broadsheet.model import Shelf, ShelfKind, Story
from broadsheet.words import slug


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
    return _shelves("topic", ((name, story) for story in stories for name in story.topics))


def authors(stories: Sequence[Story]) -> tuple[Shelf, ...]:
    """The authors by name; spellings with one slug are one author."""
    return _shelves("author", ((name, story) for story in stories for name in story.authors))


def _shelves(kind: ShelfKind, pairs: Iterable[tuple[str, Story]]) -> tuple[Shelf, ...]:
    found: dict[str, dict[str, Story]] = defaultdict(dict)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    slugs: dict[str, str] = {}
    for name, story in pairs:
        if (key := slugs.get(name)) is None:
            key = slugs[name] = slug(name)
        found[key][story.id] = story
        spellings[key][name] += 1
    named = ((min(spellings[key], key=lambda n: (-spellings[key][n], n)), key) for key in found)
    return tuple(
        Shelf(kind, name, key, tuple(found[key].values()), tuple(sorted(spellings[key])))
        for name, key in sorted(named, key=lambda pair: (pair[0].casefold(), pair[1]))
    )
