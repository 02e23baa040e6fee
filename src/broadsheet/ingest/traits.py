"""Lines → what can be seen of each in its place: the traits by which ``judge`` tells story from furniture.

In: the lines of a text. Out: for each line its traits, one value a slot. No trait is a word of a publisher; most are
shapes: how long, how it ends, what stands around it, how far the prose is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from broadsheet.ingest import bylines, dates
from broadsheet.ingest.draft import Hints
from broadsheet.ingest.lines import Line

SLOTS = (
    "kind", "kind, size", "before", "after", "kind, before", "kind, after", "second before", "second after", "gaps",
    "size", "end", "start", "case", "signs", "twin", "repeats", "indent", "place", "prose above", "prose below",
    "heading", "since prose", "until prose", "run", "small words", "share above", "share below", "kind, run",
    "kind, gaps", "joined", "kind, place", "listed", "kind, layout", "kind, purity", "kind, signs", "end before, start",
    "size before, size", "kind, heading", "twin, before", "size after, size",
)  # fmt: skip

_SIGNS = ("©", "(c)", "http", "www.", "@", ".com", "|", "»", "›", "…", "...")
_SOURCES = frozenset("photo photos foto fotos getty reuters afp ap dpa imago epa efe".split())
_CAPTION = re.compile(r"\((?:[^()]{2,60}[/:][^()]{2,60}|[^()]*(?:photo|foto|AP|AFP|Reuters|Getty)[^()]*)\)?$|/[A-Z][A-Za-z ]{1,24}$|©", re.IGNORECASE)
_EMPTY: set[str] = set()
_TENTHS = "0123456789"
_STARTS = frozenset("\"“„«‘'([—–-#@*")


def kinds(lines: Sequence[Line], hints: Hints) -> list[str]:
    """The kind of every line, seen alone."""
    return [_kind(line, hints) for line in lines]


def _kind(line: Line, hints: Hints) -> str:
    if line.chrome:
        return line.chrome
    words = line.words
    if words < 22:
        text = line.text
        if len(text) < 120:
            if any(c.isdigit() for c in text) and (stamps := dates.find(text, hints)) and len(dates.rest(text, stamps)) < 40:
                return "date"
            if not line.stops and bylines.read(text):
                return "byline"
        if words < 4:
            return "item" if line.bullet else "name" if bylines.is_name(text) else "word"
        if line.stops:
            return "sentence" if words >= 8 else "remark"
        if line.bullet:
            return "item"
        return "phrase" if words < 12 else "open"
    if not line.stops and not line.sentences:
        return "long open"
    return "prose" if words < 35 else "paragraph"


_PROSE = frozenset(("prose", "paragraph"))


def traits(lines: Sequence[Line], hints: Hints) -> tuple[list[tuple[object, ...]], list[str]]:
    """One value a slot for every line, and the kinds."""
    n = len(lines)
    kind = kinds(lines, hints)
    begin, end = mass(lines)
    keys = Counter(line.key for line in lines if line.key)
    prose = [k in _PROSE or k == "sentence" for k in kind]
    total = sum(line.words for line, p in zip(lines, prose, strict=True) if p) or 1
    indents: Counter[int] = Counter()
    for line, p in zip(lines, prose, strict=True):
        if p:
            indents[line.indent] += line.words
    modal = indents.most_common(1)[0][0] if indents else 0
    until = [0] * n
    run = 99
    for i in range(n - 1, -1, -1):
        run = 0 if prose[i] else run + 1
        until[i] = run
    out: list[tuple[object, ...]] = []
    since, above, heading = 99, 0, "none"
    everything = sum(line.words for line in lines) or 1
    purity = min(9, total * 10 // everything)
    gapped = sum(line.gap for line in lines) * 10 // (n or 1)
    layout = "dense" if gapped < 1 else "indented" if modal else "spaced" if gapped >= 8 else "mixed"
    sets = [set(line.key.split()) if line.key else _EMPTY for line in lines]
    ends = [_end(line) for line in lines]
    sizes = [_size(line.words) for line in lines]
    words_before = _EMPTY
    for i, line in enumerate(lines):
        k = kind[i]
        prev = kind[i - 1] if i else "start"
        succ = kind[i + 1] if i + 1 < n else "end"
        gap_after = lines[i + 1].gap if i + 1 < n else True
        gaps = (line.gap, gap_after)
        size = sizes[i]
        words = sets[i]
        twin = 0
        if len(words) >= 3:
            next_words = sets[i + 1] if i + 1 < n else _EMPTY
            if words_before and len(words & words_before) * 10 >= 6 * min(len(words), len(words_before)):
                twin += 1
            if next_words and len(words & next_words) * 10 >= 6 * min(len(words), len(next_words)):
                twin += 2
        if prose[i]:
            since = 0
            if k in _PROSE:
                heading = "none"
        else:
            since += 1
            if line.chrome:
                heading = line.chrome
        runs = min(since + until[i], 30)
        place = "in" if begin <= i < end else f"above{_far(begin - i)}" if i < begin else f"below{_far(i - end + 1)}"
        small = ""
        if 3 <= line.words <= 40:
            lower = sum(map(str.islower, [word[0] for word in line.text.split()]))
            small = _TENTHS[min(9, lower * 10 // line.words)]
        start = line.text[0]
        opening = "upper" if start.isupper() else "lower" if start.islower() else "digit" if start.isdigit() else start if start in _STARTS else "other"
        signs = _signs(line.text, words)
        out.append((
            k, (k, size), (prev, line.gap), (succ, gap_after), (k, prev), (k, succ),
            kind[i - 2] if i > 1 else "start", kind[i + 2] if i + 2 < n else "end", gaps,
            size, ends[i], opening,
            "caps" if line.text.isupper() and line.words > 0 else "title" if line.text.istitle() else "mixed",
            signs,
            (twin, gaps), min(keys[line.key], 4) if line.key else 0, (line.indent == modal, _indent(line.indent - modal)), place,
            min(since, 12), min(until[i], 12), heading, (heading, min(since, 8)), (heading, min(until[i], 8)), runs,
            (small, size), min(10, above * 10 // total), min(10, (total - above) * 10 // total), (k, min(runs, 15)),
            (k, gaps), len(line.rows) > 1, (k, place), bool(line.bullet), (k, layout), (k, purity), (k, signs),
            (ends[i - 1] if i else "start", opening), (sizes[i - 1] if i else -1, size), (k, heading), (twin, prev), (sizes[i + 1] if i + 1 < n else -1, size),
        ))
        if prose[i]:
            above += line.words
        words_before = words
    return out, kind


def _signs(text: str, words: set[str]) -> str:
    """Whether a line bears marks of a picture's credit, or of addresses and links."""
    tail = text[-80:]
    caption = (tail[-1] == ")" or "/" in tail or "©" in tail) and _CAPTION.search(tail)
    sign = not words.isdisjoint(_SOURCES) or any(mark in text for mark in _SIGNS)
    return f"{'caption' if caption else ''}{' sign' if sign else ''}"


def _size(words: int) -> int:
    return words if words < 6 else 6 + (words - 6) // 3 if words < 24 else 12 + min(5, (words - 24) // 12)


def _far(distance: int) -> int:
    return 1 if distance <= 1 else 2 if distance <= 2 else 3 if distance <= 4 else 4 if distance <= 8 else 5 if distance <= 16 else 6


def _indent(difference: int) -> int:
    return 0 if difference == 0 else -2 if difference < -4 else -1 if difference < 0 else 1 if difference <= 4 else 2


def _end(line: Line) -> str:
    last = line.text[-1]
    if last.isalpha():
        return "letter"
    if last.isdigit():
        return "digit"
    return last if last in ".!?:;…,)\"”»’|›" else "other"


def mass(lines: Sequence[Line]) -> tuple[int, int]:
    """The run of lines with the greatest sum of weights: where the prose is, at a first look."""
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
        return _CHROME.get(line.chrome, -0.8)
    if line.prose:
        return 1.0 + min(line.words, 60) / 20
    if line.words >= 14:
        return 0.5
    if line.stops and line.words >= 4:
        return 0.4
    return -0.6


_CHROME = {"comments": -3.0, "popular": -2.0, "related": -1.2, "copyright": -1.2, "picture": -0.3, "advert": -0.2}
