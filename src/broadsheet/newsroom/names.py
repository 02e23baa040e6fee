"""What ties stories, as people read it: terms get their spelling back, and words that stand together become one name.

In: terms with weights, and the stories that they come from. Out: ``Tie`` values, and a title for what they tie.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from broadsheet.model import Story, Tie
from broadsheet.newsroom.terms import TermPosition, spots

SHOWN = 8  # ties of a thread; what comes after them says little
READ = 8  # stories that spellings are looked for in, the first of a thread
LONGEST = 4  # words of a name
_TWICE = 2  # times that words must stand together to be one name

_BETWEEN = re.compile(r"[ -]?|['’]s ")  # what may stand between two words of a name
_NUMBER = re.compile(r"-\d+")  # a number that belongs to the name before it

Name = tuple[str, ...]  # the terms of a name in their order


def ties(weights: Mapping[str, float], stories: Sequence[Story], language: str) -> tuple[Tie, ...]:
    """The terms as names, strongest first, with shares of the whole as weights; without terms that no story spells."""
    strongest = sorted(weights, key=lambda term: (-weights[term], term))[: 2 * SHOWN]
    spellings = _spellings(frozenset(strongest), stories[:READ], language)
    total = sum(weights.values()) or 1.0
    found: list[tuple[float, str]] = []
    used: set[str] = set()
    for term in strongest:
        names = [name for name in spellings if term in name and used.isdisjoint(name)]
        if names:
            best = max(names, key=lambda name: (_hold(name, spellings, weights), name))
            used.update(best)
            spelling = max(spellings[best].items(), key=lambda item: (item[1], -list(spellings[best]).index(item[0])))
            found.append((sum(weights[part] for part in set(best)) / total, spelling[0]))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(Tie(name, round(weight, 3)) for weight, name in found[:SHOWN])


def title(found: Sequence[Tie]) -> str:
    """A title made of ties: the strongest that is written as a name, and the strongest other where it ties as much."""
    names = [tie for tie in found if tie.name[0].isalpha() and not tie.name[0].islower()]
    first = next(iter(names or found), None)
    if first is None:
        return ""
    other = next(
        (tie.name for tie in found if tie != first and tie.weight >= first.weight and tie.name[0].isalpha()), ""
    )
    opening = first.name[0].upper() + first.name[1:]
    return f"{opening}: {other}" if other else opening


def _hold(name: Name, spellings: Mapping[Name, Counter[str]], weights: Mapping[str, float]) -> float:
    """How strongly a name holds stories together; words that stood together only once are no name."""
    times = sum(spellings[name].values())
    if len(name) > 1 and times < _TWICE:
        return 0.0
    return math.sqrt(times) * sum(weights[term] for term in name)


def _spellings(terms: frozenset[str], stories: Sequence[Story], language: str) -> dict[Name, Counter[str]]:
    """Every run of the terms in the stories' texts, with its spellings as often as they stand there."""
    found: defaultdict[Name, Counter[str]] = defaultdict(Counter)
    for story in stories:
        for text in (story.title, story.summary or story.lead, *story.topics):
            run: list[TermPosition] = []
            for spot in spots(text, story.lang or language):
                if run and not _BETWEEN.fullmatch(text, run[-1].end, max(spot.start, run[-1].end)):
                    _count(run, text, found)
                    run = []
                if spot.term in terms:
                    run.append(spot)
            _count(run, text, found)
    return found


def _count(run: Sequence[TermPosition], text: str, found: Mapping[Name, Counter[str]]) -> None:
    for first in range(len(run)):
        for last in range(first, min(first + LONGEST, len(run))):
            number = _NUMBER.match(text, run[last].end)
            end = number.end() if number else run[last].end
            found[tuple(spot.term for spot in run[first : last + 1])][text[run[first].start : end]] += 1
