"""The lines of a text → the stories that follow one another in it: where each begins, and whether there may be more.

In: lines. Out: a ``Split``. A text is cut only where that is plain: below two blank rows or a rule, with a headline and
a day or byline on either side, and paragraphs under each. What only looks like several stories, such as a digest of
numbered items, is one story that says so: an article with subheads is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from broadsheet.ingest.extract import bylines, dates
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

_RULE = re.compile(r"[-=*_~#.•–—· ]{3,}")
_BLANK = 2  # rows that part stories
_HEAD = 7  # lines of a story among which its headline, day and byline stand
_TITLE = (3, 25)  # words of a headline
_LINE = 160  # characters of a line that bears a day or names
_BESIDE = 24  # characters beside a day, in a line that bears it and nothing else
_PROSE = 40  # words of the paragraphs that make a story
_BRIEF = 20  # words of those that make an item of a digest, or a story with a whole head
_ITEMS = 3  # numbered items that make a digest
_DIGEST = re.compile(
    r"\b(?:briefing|newsletter|digest|round-?up|in brief|headlines|the news|news in|bulletin"
    r"|(?:things|stories) you need|kurzmeldungen|überblick|en bref|l.essentiel|boletín|resumen|notiziario"
    r"|nieuwsbrief|nyhetsbrev|дайджест)\b",
    re.IGNORECASE,
)
_MOST = 200  # stories in a file; more are no file of stories
_FIRST = 60  # lines of a text among which a second headline is looked for; far below stand links to other stories


class Split(msgspec.Struct, frozen=True):
    """The first line of every story; ``seem`` is how many stories seem to stand in a text that is not cut, or 0."""

    begins: tuple[int, ...]
    seem: int = 0


def split(lines: Sequence[Line], hints: Hints) -> Split:
    """Where the stories of a text begin: 0 alone where there is one story, or nothing is plain."""
    boundaries = [i for i, (before, line) in enumerate(pairwise(lines), 1) if i > 1 and _parted(before, line)]
    found = [0]
    if boundaries and _is_story(lines[: boundaries[0]], hints, ruled=is_rule(lines[boundaries[0] - 1])):
        for i, end in zip(boundaries, [*boundaries[1:], len(lines)], strict=True):
            if _is_story(lines[i:end], hints, ruled=is_rule(lines[i - 1])):
                found.append(i)
    if 1 < len(found) <= _MOST:
        return Split(tuple(found))
    return Split((0,), _seem(lines, boundaries))


def _parted(before: Line, line: Line) -> bool:
    """Whether a line stands below two blank rows, or below a rule."""
    return line.rows[0] - before.rows[-1] > _BLANK or is_rule(before)


def is_rule(line: Line) -> bool:
    """Whether a line is drawn, not written."""
    return not line.text[:1].isalnum() and _RULE.fullmatch(line.bullet + line.text) is not None


def _is_story(lines: Sequence[Line], hints: Hints, *, ruled: bool) -> bool:
    """Whether lines begin as a story does, with headline, day or byline, and have its paragraphs.

    Below a rule any day tells; below blank rows, where readers' comments may stand, it must be labelled. A brief story
    has day and byline in lines of their own.
    """
    head = lines[:_HEAD]
    title = next((n for n, line in enumerate(head) if _heads(line)), -1)
    if title < 0:
        return False
    signs = sum(_signs(line, hints, ruled=ruled) for line in head[title + 1 :])
    if ruled and signs > 1 and sum(line.words for line in lines[title + 1 :] if line.prose or line.stops) >= _BRIEF:
        return True
    return signs > 0 and _prose_words(lines) >= _PROSE


def _prose_words(lines: Sequence[Line]) -> int:
    """The words of the paragraphs among lines."""
    return sum(line.words for line in lines if line.prose and not line.boilerplate)


def _heads(line: Line) -> bool:
    least, most = _TITLE
    return least <= line.words <= most and not (line.boilerplate or line.bullet) and bylines.read(line.text) is None


def _signs(line: Line, hints: Hints, *, ruled: bool) -> bool:
    """Whether a line says when a story was published, or who wrote it."""
    if len(line.text) > _LINE or line.bullet:
        return False
    stamps = dates.find(line.text, hints)
    if any(stamp.label == "published" for stamp in stamps):
        return True
    if ruled and stamps and len(dates.rest(line.text, stamps)) <= _BESIDE:
        return True
    return (byline := bylines.read(line.text)) is not None and bool(byline.names)


def _seem(lines: Sequence[Line], boundaries: Sequence[int]) -> int:
    """How many stories seem to stand in a text that is not plainly several."""
    near = [i for i in boundaries if is_rule(lines[i - 1])]
    if near:
        spans = list(zip([0, *near], [*near, len(lines)], strict=True))
        headed = sum(_headed(lines[start:end]) for start, end in spans)
        if headed > 1 and headed >= len(spans) - 1:
            return headed
    return _numbered(lines) or _signed(lines)


def _numbered(lines: Sequence[Line]) -> int:
    """How many numbered items a digest has: each a heading with its paragraphs, and not an article's own list."""
    heads = [line.bullet[:1].isdigit() and not line.stops and line.words <= _TITLE[1] for line in lines]
    items = [i for i, is_head in enumerate(heads) if is_head]
    numbers = [int(lines[i].bullet.rstrip(".)")) for i in items]
    if len(items) < _ITEMS or numbers != list(range(1, len(items) + 1)):
        return 0
    if not all(lines[i].text.isupper() for i in items) and not any(_DIGEST.search(line.text) for line in lines[:_HEAD]):
        return 0
    briefs = [
        _prose_words(lines[i + 1 : end]) >= _BRIEF for i, end in zip(items, [*items[1:], len(lines)], strict=True)
    ]
    return len(items) if all(briefs) else 0


def _signed(lines: Sequence[Line]) -> int:
    """How many headlines with bylines and paragraphs a text has."""
    found = 0
    for i in range(1, min(len(lines), _FIRST) - 2):
        head = lines[i - 1]
        if _heads(head) and not head.stops and head.gap and _prose_words(lines[i + 1 : i + 4]) >= _PROSE:
            byline = bylines.read(lines[i].text)
            found += byline is not None and byline.labelled and bool(byline.names)
    return found if found > 1 else 0


def _headed(lines: Sequence[Line]) -> bool:
    """Whether lines are a headline and the paragraphs below it."""
    lines = [line for line in lines if not is_rule(line)]
    head = lines[0] if len(lines) > 1 else None
    if head is None or head.boilerplate or head.bullet or head.stops or not 1 < head.words <= _HEAD * 2:
        return False
    return _prose_words(lines[1:]) >= _BRIEF
