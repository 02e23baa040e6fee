"""Grouping: stories under the terms of a taxonomy.

In: stories, newest first, and a taxonomy. Out: terms, each with its stories newest first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from broadsheet.config.taxonomies import Taxonomy
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Story, Term
from broadsheet.newsroom.release import renamed, with_update
from broadsheet.text import normal


def grouped(stories: Sequence[Story], taxonomy: Taxonomy, order: Sequence[str] = ()) -> tuple[Term, ...]:
    """The terms that have stories; spellings of one name are one term, under the commonest spelling.

    They stand by name, those of an ordered taxonomy in its ``order``, and behind these what that does not name.
    """
    by_name: dict[str, list[Story]] = defaultdict(list)
    values = taxonomy.values
    for story in stories:
        for name in values(story):
            by_name[name].append(story)
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in by_name:
        spellings[normal(name)].append(name)
    found = [_term(sorted(names), by_name) for names in spellings.values()]
    if taxonomy.ordered:
        rank = {name: place for place, name in enumerate(order)}
        return tuple(sorted(found, key=lambda term: (rank.get(term.name, len(rank)), term.name)))
    return tuple(sorted(found, key=lambda term: (term.name.casefold(), term.name)))


def _term(names: list[str], by_name: Mapping[str, list[Story]]) -> Term:
    """One term for all spellings of a name, called by the commonest of them."""
    if len(names) == 1:
        return Term(names[0], tuple(by_name[names[0]]), (names[0],))
    name = min(names, key=lambda one: (-len(by_name[one]), one))
    found = {story.id: story for one in names for story in by_name[one]}
    newest_first = sorted(found.values(), key=lambda story: (story.date, story.path), reverse=True)
    return Term(name, tuple(newest_first), tuple(names))


def settled(stories: Iterable[Story], aliases: Mapping[str, str]) -> list[Story]:
    """The stories with each topic as the site spells it; spellings of one name need no entry of their own."""
    found = list(stories)
    if not aliases:
        return found
    names = {normal(other): name for other, name in aliases.items()}
    known: dict[str, str] = {}
    for topic in {topic for story in found for topic in story.topics}:
        if (name := names.get(normal(topic), topic)) != topic:
            known[topic] = name
    return [story if known.keys().isdisjoint(story.topics) else _settled(story, known) for story in found]


def _settled(story: Story, names: Mapping[str, str]) -> Story:
    topics = tuple(dict.fromkeys(names.get(topic, topic) for topic in story.topics))
    return msgspec.structs.replace(story, topics=topics, digest=_digest(story, *topics))


def sectioned(stories: list[Story], order: Sequence[str], folder: str) -> tuple[list[Story], list[Problem]]:
    """The stories with each section under one of its spellings; a warning for each renamed.

    That name is the one in ``order``, the settings' sections, else the commonest. ``folder`` is how a user calls the
    folder of stories.
    """
    counts = Counter(story.section for story in stories if story.section)
    own = {name: place for place, name in reversed(list(enumerate(order)))}
    names: dict[str, str] = {}
    for name in sorted(counts.keys() | own, key=lambda name: (own.get(name, len(own)), -counts[name], name)):
        names.setdefault(normal(name), name)
    others = {name: kept for name in counts if (kept := names[normal(name)]) != name}
    if not others:
        return stories, []
    found, problems = [], []
    for story in stories:
        if story.section not in others:
            found.append(story)
            continue
        name = others[story.section]
        message = f"section {story.section!r} is shown as {name!r}: the two differ only in spelling"
        hint = f"Write 'section: {name}'."
        problems.append(warning("section-spelling", message, Place(f"{folder}/{story.path}", 1), hint))
        found.append(msgspec.structs.replace(story, section=name, digest=_digest(story, name)))
    return found, problems


def respelt(story: Story, like: Story) -> Story:
    """A story as it was printed before its words were edited: topics, section, slug, and what is in force of it."""
    if story.topics != like.topics:
        story = msgspec.structs.replace(story, topics=like.topics, digest=_digest(story, *like.topics))
    if story.section != like.section:
        story = msgspec.structs.replace(story, section=like.section, digest=_digest(story, like.section))
    return renamed(with_update(story, like.updated, like.corrections, like.retracted), like.slug)


def _digest(story: Story, *said: str) -> bytes:
    return blake2b("\0".join((story.digest.hex(), *said)).encode(), digest_size=16).digest()
