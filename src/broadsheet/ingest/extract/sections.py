"""A label of a page → the site's own section.

In: the lines around a story, or the words of a label. Out: which lines may be the label; the section with its evidence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from broadsheet.ingest.extract import boilerplate
from broadsheet.ingest.extract.context import Context, kind_rank, zone
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.ranker import FeatureVector
from broadsheet.text import either, normal


def settle(label: str, hints: Hints, rule: str, line: int, confidence: float) -> Found[str]:
    """The site's section for a label: by its own names, by its aliases, else the label itself, to be looked at."""
    wanted = label.casefold()
    for section in hints.sections:
        if section.casefold() == wanted or normal(section) == normal(label):
            return Found(section, rule, max(confidence, _OWN), line)
    if alias := hints.aliases.get(wanted):
        return Found(alias, f"{rule}, by the site's alias", max(confidence, _OWN), line)
    return Found(label, rule, min(confidence, _UNKNOWN) if hints.sections else confidence, line)


def own(label: str, hints: Hints) -> str:
    """The site's own section that a label names, or ""."""
    found = settle(label, hints, "", 0, 0.0)
    return found.value if found.confidence >= _OWN else ""


def labelled(text: str) -> tuple[str, ...]:
    """The sections that a line names behind a label: "Section: World", "Filed under World, Politics"."""
    if len(text) > _LINE or not (found := _LABEL.match(text)):
        return ()
    names = [name for part in _PARTS.split(text[found.end() :]) if (name := part.strip(" .:"))]
    return tuple(names) if all(len(name) <= _NAME and name.count(" ") < _WORDS for name in names) else ()


_LINE, _NAME, _WORDS = 80, 32, 4  # characters of a line and of a section's name, words of one
_OWN = 0.85  # a label near the headline that is one of the site's own sections is no accident
_UNKNOWN = 0.6  # a label that the site has no section for is for an editor to decide


def candidates(context: Context, title: int) -> list[tuple[int, str, FeatureVector]]:
    """The labels that may be the section's, with their lines and the features that speak for or against them."""
    found: list[tuple[int, str, FeatureVector]] = []
    spots = [
        *range(max(0, context.start - 40), min(context.start + 2, len(context.lines))),
        *range(context.end, min(context.end + 6, len(context.lines))),
    ]
    for i in spots:
        line = context.lines[i]
        if i == title or line.words > 8 or len(line.text) > 80 or line.ends or line.boilerplate in _NEVER:
            continue
        if (i in context.bylines and context.bylines[i].labelled) or (i in context.stamps and line.words > 5):
            continue
        parts = [p for part in _PARTS.split(line.text) if (p := part.strip())]
        for k, part in enumerate(parts):
            if len(part) <= 32 and part.count(" ") < 4 and part[0].isalpha():
                found.append((i, part, (k, len(parts), len(found), *_features(context, i, part, title))))
    return found


def _features(context: Context, i: int, part: str, title: int) -> FeatureVector:
    lines, n = context.lines, len(context.lines)
    line = lines[i]
    up, down = range(i - 1, max(-1, i - 30), -1), range(i + 1, min(n, i + 30))
    return (
        zone(context, i, title), title - i if title >= 0 else -99, i - context.start, boilerplate.key(part) in NAMES,
        part.count(" "), len(part), kind_rank(context, i), kind_rank(context, i - 1), kind_rank(context, i + 1), i,
        context.keys[line.key] - 1, line.bullet != "", i + 1 < n and lines[i + 1].bullet != "",
        i > 0 and lines[i - 1].bullet != "", part.isupper(), part.islower(), i + 1 == title,
        context.opening_words[line.key[:6]], line.gap, i + 1 == n or lines[i + 1].gap, line.words,
        _run(lines, up), _run(lines, down), any(k in context.stamps for k in range(i, i + 3)),
        i > 0 and lines[i - 1].key in NAMES, i + 1 < n and lines[i + 1].key in NAMES, line.boilerplate != "",
        i in context.bylines,
    )  # fmt: skip


def _run(lines: Sequence[Line], spots: Sequence[int]) -> int:
    """How many short lines follow one another: many are a menu."""
    for n, k in enumerate(spots):
        if lines[k].words > _MENU:
            return n
    return len(spots)


_TABLE = tomllib.loads(files(__package__).joinpath("sections.toml").read_text(encoding="utf-8"))
_LABEL = re.compile(
    rf"(?:{either(_TABLE['labels'])})\s*[:：]\s*|filed (?:under|in|to):?\s+|posted in:?\s+", re.IGNORECASE
)
_MENU = 4  # words of an entry of a menu
_PARTS = re.compile(r"\s*[|/>›»•,·\\]+\s*")
_NEVER = frozenset(("share", "counter", "advert", "cookies", "credit", "copyright", "picture", "signup"))
NAMES = frozenset(_TABLE["names"])
