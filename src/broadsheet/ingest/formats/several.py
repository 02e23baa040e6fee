"""The lines of a text → where one story ends and the next begins, for files into which several were pasted.

In: lines. Out: the index of every line that begins a story. A text is cut only where that is plain: below two blank
rows or a rule, with a headline and a labelled day or byline on either side, and paragraphs under each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from broadsheet.ingest.extract import bylines, dates
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

_RULE = re.compile(r"[-=*_~#.•–—· ]{3,}")
_BLANK = 2  # rows that part stories
_HEAD = 7  # lines of a story among which its headline, day and byline stand
_TITLE = (3, 25)  # words of a headline
_LINE = 160  # characters of a line that bears a day or names
_PROSE = 40  # words of the paragraphs that make a story
_MOST = 200  # stories in a file; more are no file of stories


def begins(lines: Sequence[Line], hints: Hints) -> list[int]:
    """The first line of every story; 0 alone where there is one story, or nothing is plain."""
    seams = [i for i, (before, line) in enumerate(pairwise(lines), 1) if i > 1 and _parted(before, line)]
    if not seams or not _is_story(lines[: seams[0]], hints):
        return [0]
    found = [0]
    for i, end in zip(seams, [*seams[1:], len(lines)], strict=True):
        if _is_story(lines[i:end], hints):
            found.append(i)
    return found if len(found) <= _MOST else [0]


def _parted(before: Line, line: Line) -> bool:
    """Whether a line stands below two blank rows, or below a rule."""
    return line.rows[0] - before.rows[-1] > _BLANK or (
        not before.text[0].isalnum() and _RULE.fullmatch(before.text) is not None
    )


def _is_story(lines: Sequence[Line], hints: Hints) -> bool:
    """Whether lines begin as a story does, with headline, labelled day or byline, and have its paragraphs."""
    head = lines[:_HEAD]
    title = next((n for n, line in enumerate(head) if _heads(line)), -1)
    if title < 0 or sum(line.words for line in lines if line.prose and not line.chrome) < _PROSE:
        return False
    return any(_signs(line, hints) for line in head[title + 1 :])


def _heads(line: Line) -> bool:
    least, most = _TITLE
    return least <= line.words <= most and not (line.chrome or line.bullet) and bylines.read(line.text) is None


def _signs(line: Line, hints: Hints) -> bool:
    """Whether a line says when a story was published, or who wrote it."""
    if len(line.text) > _LINE or line.bullet:
        return False
    return any(stamp.label == "published" for stamp in dates.find(line.text, hints)) or (
        (byline := bylines.read(line.text)) is not None and bool(byline.names)
    )
