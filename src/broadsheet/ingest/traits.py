"""Lines → what can be seen of each in its place: the traits by which ``judge`` tells story from furniture.

In: the lines of a text. Out: for each line its kind, and one value a slot. No trait is a word of a publisher; they are
shapes: how long, how it ends, what stands around it, how far the prose is.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Sequence

from broadsheet.ingest import bylines, chrome, dates
from broadsheet.ingest.draft import Hints
from broadsheet.ingest.lines import Line

# The names of a row's values; each is there because without it pages of unseen publishers were read worse.
SLOTS = (
    "kind, size", "before", "after", "kind, after", "second before", "second after", "gaps", "end", "signs",
    "twin, gaps", "repeats", "indent", "place", "prose below", "furniture above", "furniture above, how far",
    "run without prose", "share of prose above", "kind, layout", "kind, purity", "talk", "small words", "kind, signs",
    "end before, start", "talk, kind",
)  # fmt: skip

Row = tuple[object, ...]

_PROSE = frozenset(("prose", "paragraph"))
_MARKS = ("©", "(c)", "http", "www.", "@", ".com", "|", "»", "›", "…", "...")
_PLAIN_MARKS = tuple(mark for mark in _MARKS if mark.isascii())
_SOURCES = frozenset(
    ("photo", "photos", "foto", "fotos", "getty", "reuters", "afp", "ap", "dpa", "imago", "epa", "efe")
)
_CAPTION = re.compile(
    r"\((?:[^()]{2,60}[/:][^()]{2,60}|[^()]*(?:photo|foto|AP|AFP|Reuters|Getty)[^()]*)\)?$|/[A-Z][A-Za-z ]{1,24}$|©",
    re.IGNORECASE,
)
_SOME_DAY = dt.date(2000, 1, 1)  # that "2 days ago" is a date matters here, not which
_NONE: frozenset[str] = frozenset()
_TALK = chrome.words_of("signup", "comments", "cookies", "share")  # words by which pages speak to their readers
_FAR = 12  # lines; what lies farther off is simply far
_FEW = 3  # words of a line below which it repeats none
_TWIN = 0.6  # share of words that two lines have in common from which one repeats the other, as captions do


def traits(lines: Sequence[Line], hints: Hints) -> tuple[list[Row], list[str]]:
    """One value a slot for every line, and the kind of every line."""
    kinds = [_kind(line, hints) for line in lines]
    prose = [kind in _PROSE or kind == "sentence" for kind in kinds]
    above = _above(lines, kinds, prose)
    until = _until(prose)
    begin, end = mass(lines)
    modal, layout, purity = _page(lines, prose)
    keys = Counter(line.key for line in lines if line.key)
    padded = ["start", "start", *kinds, "end", "end"]
    words = [_NONE, *(frozenset(line.key.split()) for line in lines), _NONE]
    like = list(itertools.starmap(_like, itertools.pairwise(words)))
    gap = [line.gap for line in lines]
    gap.append(True)
    endings = ["start", *(_end(line.text) for line in lines)]
    rows: list[Row] = []
    for i, line in enumerate(lines):
        kind, succ = kinds[i], padded[i + 3]
        since, furniture, share = above[i]
        gaps = (gap[i], gap[i + 1])
        signs = _signs(line.text, words[i + 1])
        talk = min(3, len(words[i + 1] & _TALK))
        small = (_lower(line.text), _size(line.words)) if 3 <= line.words <= 40 else (0, 0)
        place = 0 if begin <= i < end else -_step(begin - i) if i < begin else _step(i - end + 1)
        rows.append((
            (kind, _size(line.words)), (padded[i + 1], gap[i]), (succ, gap[i + 1]), (kind, succ), padded[i],
            padded[i + 4],
            gaps, endings[i + 1], signs, (like[i] + 2 * like[i + 1] if len(words[i + 1]) >= _FEW else 0, gaps),
            min(keys[line.key], 4) if line.key else 0, _indent(line.indent - modal), place, min(until[i], _FAR),
            furniture, (furniture, min(since, 8)), min(since + until[i], 30), share, (kind, layout), (kind, purity),
            (talk, min(3, line.words // 8)), small, (kind, signs), (endings[i], _start(line.text)), (talk, kind),
        ))  # fmt: skip
    return rows, kinds


def _kind(line: Line, hints: Hints) -> str:
    """What a line is by itself."""
    if line.chrome:
        return line.chrome
    words = line.words
    if words >= 22:
        if not line.stops and not line.sentences:
            return "long open"
        return "prose" if words < 35 else "paragraph"
    if len(line.text) < 120:
        stamps = dates.find(line.text, hints, _SOME_DAY)
        if stamps and len(dates.rest(line.text, stamps)) < 40:
            return "date"
        if not line.stops and bylines.read(line.text):
            return "byline"
    if words < 4:
        return "item" if line.bullet else "name" if bylines.is_name(line.text) else "word"
    if line.stops:
        return "sentence" if words >= 8 else "remark"
    return "item" if line.bullet else "phrase" if words < 12 else "open"


def _above(lines: Sequence[Line], kinds: Sequence[str], prose: Sequence[bool]) -> list[tuple[int, str, int]]:
    """For each line: how far the last prose is, the last furniture since then, tenths of all prose words above it."""
    total = sum(line.words for line, is_prose in zip(lines, prose, strict=True) if is_prose) or 1
    found = []
    since, furniture, read = 99, "none", 0
    for line, kind, is_prose in zip(lines, kinds, prose, strict=True):
        if is_prose:
            since = 0
            if kind in _PROSE:
                furniture = "none"
        else:
            since += 1
            furniture = line.chrome or furniture
        found.append((since, furniture, min(10, read * 10 // total)))
        if is_prose:
            read += line.words
    return found


def _until(prose: Sequence[bool]) -> list[int]:
    """For each line how far the next prose is."""
    found = [0] * len(prose)
    run = 99
    for i in range(len(prose) - 1, -1, -1):
        run = 0 if prose[i] else run + 1
        found[i] = run
    return found


def _page(lines: Sequence[Line], prose: Sequence[bool]) -> tuple[int, str, int]:
    """The indent of most prose, how the text is laid out, and tenths of its words that are prose."""
    indents: Counter[int] = Counter()
    everything = sum(line.words for line in lines) or 1
    for line, is_prose in zip(lines, prose, strict=True):
        if is_prose:
            indents[line.indent] += line.words
    modal = indents.most_common(1)[0][0] if indents else 0
    gapped = sum(line.gap for line in lines) * 10 // (len(lines) or 1)
    layout = "dense" if gapped < 1 else "indented" if modal else "spaced" if gapped >= 8 else "mixed"
    return modal, layout, min(9, indents.total() * 10 // everything)


def _lower(text: str) -> int:
    """Fifths of a line's words that begin with a small letter: few in headlines and menus, many in sentences."""
    words = text.split()
    return sum([word[0].islower() for word in words]) * 5 // len(words)


def _start(text: str) -> str:
    first = text[0]
    if first.isalpha():
        return "upper" if first.isupper() else "lower"
    return "digit" if first.isdigit() else first if first in "\"“„«‘'([—–-#@*" else "other"


def _like(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether of two lines one says what the other says."""
    return bool(one) and bool(other) and len(one & other) >= _TWIN * min(len(one), len(other))


def _signs(text: str, words: frozenset[str]) -> str:
    """Whether a line bears marks of a picture's credit, or of addresses and links."""
    tail = text[-80:]
    caption = (tail[-1] == ")" or "/" in tail or "©" in tail) and _CAPTION.search(tail)
    sign = _marked(text) or not words.isdisjoint(_SOURCES)
    return f"{'caption' if caption else ''}{' sign' if sign else ''}"


def _marked(text: str) -> bool:
    for mark in _PLAIN_MARKS if text.isascii() else _MARKS:  # noqa: SIM110 - the loop takes a third of any()'s time
        if mark in text:
            return True
    return False


def _size(words: int) -> int:
    return words if words < 6 else 6 + (words - 6) // 3 if words < 24 else 12 + min(5, (words - 24) // 12)


def _step(distance: int) -> int:
    return distance if distance <= 2 else 4 if distance <= 4 else 8 if distance <= 8 else 16 if distance <= 16 else 32


def _indent(difference: int) -> int:
    return 0 if difference == 0 else -2 if difference < -4 else -1 if difference < 0 else 1 if difference <= 4 else 2


def _end(text: str) -> str:
    last = text[-1]
    if last.isalnum():
        return "letter" if last.isalpha() else "digit"
    return last if last in '.!?:;…,)"”»’|›' else "other"


def mass(lines: Sequence[Line]) -> tuple[int, int]:
    """The run of lines with the greatest sum of weights (Kadane's algorithm): where the prose is, at a first look."""
    best, best_from, best_to = 0.0, 0, 0
    total, begin = 0.0, 0
    for i, line in enumerate(lines):
        total += _weight(line)
        if total <= 0:
            total, begin = 0.0, i + 1
        elif total > best:
            best, best_from, best_to = total, begin, i + 1
    return best_from, best_to


def _weight(line: Line) -> float:
    """How much a line speaks for (above 0) or against being prose."""
    if line.chrome:
        return _FURNITURE.get(line.chrome, -0.8)
    if line.prose:
        return 1.0 + min(line.words, 60) / 20
    if line.words >= 14:
        return 0.5
    return 0.4 if line.stops and line.words >= 4 else -0.6


_FURNITURE = {"comments": -3.0, "popular": -2.0, "related": -1.2, "copyright": -1.2, "picture": -0.3, "advert": -0.2}
