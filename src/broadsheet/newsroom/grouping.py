"""Grouping: stories under the terms of a taxonomy.

In: stories, newest first, and a taxonomy. Out: terms, each with its stories newest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from broadsheet.model import Story, Term
from broadsheet.taxonomies import Taxonomy
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
