"""Translations: the stories that say the same in several languages, as their ``translation_of`` tells.

In: stories. Out: the groups of those that belong together; what the readers of a language are offered of each.
"""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.model import Story


def groups(stories: Iterable[Story]) -> list[tuple[Story, ...]]:
    """The stories by what they say, oldest first, each group with its original first; most stories are alone.

    Two that name one original are translations of each other, though the original is not among these.
    """
    found = sorted(stories, key=lambda story: (story.date.timestamp(), story.path))
    named = {story.id: story.translation_of for story in found if story.translation_of}
    if not named:
        return [(story,) for story in found]
    made: dict[str, list[Story]] = {}
    for story in found:
        way = [story.id]
        while (above := named.get(way[-1])) and above not in way:
            way.append(above)
        original = min(way[way.index(above) :]) if above else way[-1]  # those that name one another have no original
        made.setdefault(original, []).append(story)
    return [tuple(sorted(those, key=lambda story: story.id != original)) for original, those in made.items()]


def offered(group: Iterable[Story], language: str) -> tuple[Story, ...]:
    """The stories of a group that readers can choose between: of two in one language not the newer.

    ``language`` is that of stories which name none.
    """
    found: dict[str, Story] = {}
    for story in group:
        found.setdefault((story.lang or language).lower(), story)
    return tuple(found.values())
