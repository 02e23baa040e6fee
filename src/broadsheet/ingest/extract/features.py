"""Lines → what can be seen of each in its place: the features by which ``classifier`` tells story from furniture.

In: the lines of a text. Out: for each line its kind and a row of numbers, one a feature. No feature is a word of a
publisher; they are shapes and distances: how long, how it ends, what stands around it, how far the prose is. Lines that
are furniture by their words, and lines far from all prose, have no row: nothing needs to be weighed there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from broadsheet.ingest.extract import boilerplate, bylines, dates
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.person_names import is_name
from broadsheet.ingest.extract.ranker import FeatureVector

NAMES = (
    "kind", "words", "end", "sign", "talk", "small words", "repeats", "like before", "like after", "bullet", "indent",
    "gap before", "gap after", "kind before", "kind after", "words after", "end before", "run without prose",
    "prose below", "from the mass", "to its end", "furniture above", "paragraphs near", "words near",
    "prose words above", "share of prose above", "prose just above", "prose just below", "share of prose in the page",
    "share of gaps", "since comments", "kind before that", "kind after that", "words before",
)  # fmt: skip

# Kinds of lines, and of furniture, from those that are hardly ever story to those that nearly always are.
_KINDS = {
    kind: rank
    for rank, kind in enumerate((
        "start", "end", "far", "byline", "account", "share", "popular", "cookies", "counter", "tags", "credit",
        "comments", "signup", "advert", "related", "date", "item", "copyright", "picture", "open", "word", "name",
        "phrase", "long open", "remark", "sentence", "prose", "paragraph",
    ))
}  # fmt: skip
_FURNITURE = {
    kind: rank
    for rank, kind in enumerate((
        "credit", "popular", "tags", "cookies", "account", "signup", "copyright", "comments", "related", "share",
        "counter", "advert", "picture", "",
    ))
}  # fmt: skip
_ENDS = {
    "|": 0, "›": 0, "»": 8, "…": 1, ")": 4, "!": 5, ",": 6, ":": 7, "’": 8, "?": 9, "？": 9, "؟": 9, ";": 10, ".": 11,
    "。": 11, "।": 11, '"': 12, "」": 12, "“": 12, "”": 13,
}  # fmt: skip
_LETTER, _DIGIT, _OTHER, _START = 2, 3, 9, -1
_PLAIN = frozenset(_FURNITURE) - {"", "picture", "copyright"}  # of which one line in fifty is story at most
_BEFORE, _AFTER = 60, 45  # lines around the mass of the prose that are looked at
_REACH = 25  # lines from the nearest prose to the farthest line that may be of the story
_FAR = 99  # lines; what lies farther off is simply far

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
_TALK = boilerplate.words_of("signup", "comments", "cookies", "share")  # words by which pages speak to their readers
_NONE: frozenset[str] = frozenset()
_FEW = 3  # words of a line below which it repeats none
_WORDY = 40  # words from which a line is no headline and no menu, whatever its capitals
HEADING = 16  # words of the longest subhead


def vectors(lines: Sequence[Line], hints: Hints) -> tuple[list[FeatureVector | None], list[str]]:
    """A row for every line that needs to be weighed, and the kind of every line."""
    n = len(lines)
    begin, end = mass(lines)
    first, last = max(0, begin - _BEFORE), min(n, end + _AFTER)
    kinds = [kind(line, hints) if first <= i < last else "far" for i, line in enumerate(lines)]
    telling = [_tells(line) if k == "far" else k in _PROSE for line, k in zip(lines, kinds, strict=True)]
    words = [line.words for line in lines]
    sizes = [size if tells else 0 for size, tells in zip(words, telling, strict=True)]
    gaps = [line.gap for line in lines]
    prose = _sums(sizes)
    every = _sums(words)
    large = _sums([k in _PARAGRAPH for k in kinds])
    whole = prose[_PAD + n]
    total = whole or 1
    page = (whole / (every[_PAD + n] or 1), sum(gaps) / (n or 1))
    indent = _indent(lines, sizes)
    keys = Counter([line.key for line in lines if line.key])
    # What stands two places on is beyond the start or the end for lines at the edge, hence the doubled marks.
    start, close = _KINDS["start"], _KINDS["end"]
    ranks = [start, start, *map(_KINDS.__getitem__, kinds), close, close]
    ends = [_START, *[_end(line.text) for line in lines]]
    around = [-1, *words, -1]
    gaps.append(True)
    until = _until(telling)
    sets = [frozenset(line.key.split()) if first <= i < last else _NONE for i, line in enumerate(lines)]
    likes = [0, *map(_like, sets, sets[1:]), 0]
    rows: list[FeatureVector | None] = [None] * n
    since = comments = _FAR
    above = ""
    for i, (line, tells, below) in enumerate(zip(lines, telling, until, strict=True)):
        furniture = line.boilerplate
        since = 0 if tells else since + 1
        comments = 0 if furniture == "comments" else min(comments + 1, _FAR)
        if kinds[i] in _PARAGRAPH:
            above = ""
        elif furniture and not tells:
            above = furniture
        if not first <= i < last or furniture in _PLAIN or (since > _REACH and below > _REACH):
            continue
        mine, at = sets[i], i + _PAD
        rows[i] = (
            ranks[i + 2], words[i], ends[i + 1], _sign(line.text, mine),
            talk(mine), _small(line), keys[line.key] if mine else 0,
            likes[i], likes[i + 1], line.bullet != "",
            line.indent - indent, gaps[i], gaps[i + 1], ranks[i + 1], ranks[i + 3],
            around[i + 2], ends[i], since + below, below, i - begin, end - i,
            _FURNITURE[above], large[at + 6] - large[at - 5], every[at + 6] - every[at - 5] - words[i], prose[at],
            prose[at] / total, prose[at] - prose[at - 3], prose[at + 4] - prose[at + 1], *page, comments,
            ranks[i], ranks[i + 4], around[i],
        )  # fmt: skip
    return rows, kinds


_PAD = 6  # lines beyond the start and the end up to which sums are asked for


def _sums(counts: Sequence[int]) -> list[int]:
    """What stands above each line and above the end in all, at the place of the line plus ``_PAD``."""
    sums = [*[0] * _PAD, *accumulate(counts, initial=0)]
    return sums + sums[-1:] * _PAD


def short(line: Line) -> bool:
    """Whether a line is short enough for a subhead."""
    return line.words <= HEADING


def kind(line: Line, hints: Hints) -> str:
    """What a line is by itself."""
    if line.boilerplate:
        return line.boilerplate
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
        return "item" if line.bullet else "name" if is_name(line.text) else "word"
    if line.stops:
        return "sentence" if words >= 8 else "remark"
    return "item" if line.bullet else "phrase" if words < 12 else "open"


def kind_rank(name: str) -> int:
    """Where a kind stands between furniture and prose."""
    return _KINDS[name]


_PARAGRAPH = frozenset(("prose", "paragraph"))
_PROSE = _PARAGRAPH | {"sentence"}


def _tells(line: Line) -> bool:
    """Whether a line far off reads like a sentence or more."""
    return not line.boilerplate and line.words >= 8 and (line.stops or (line.words >= 22 and line.sentences))


def _until(telling: Sequence[bool]) -> list[int]:
    """For each line how far the next prose is."""
    found = [0] * len(telling)
    run = _FAR
    for i in range(len(telling) - 1, -1, -1):
        run = 0 if telling[i] else run + 1
        found[i] = run
    return found


def _indent(lines: Sequence[Line], sizes: Sequence[int]) -> int:
    """The indent of most prose."""
    indents: Counter[int] = Counter()
    for line, size in zip(lines, sizes, strict=True):
        if size:
            indents[line.indent] += size
    return indents.most_common(1)[0][0] if indents else 0


def _small(line: Line) -> float:
    """The share of a line's words that begin with a small letter: few in headlines and menus, many in sentences."""
    if not _FEW <= line.words <= _WORDY:
        return -1.0
    firsts = [word[0] for word in line.text.split()]
    return sum(map(str.islower, firsts)) / len(firsts)


def _like(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two lines have in common: captions and teasers repeat their neighbours."""
    small = min(len(one), len(other))
    return len(one & other) / small if small >= _FEW and not one.isdisjoint(other) else 0.0


def talk(words: frozenset[str]) -> float:
    """The share of a line's words by which pages speak to their readers."""
    return 0.0 if words.isdisjoint(_TALK) else len(words & _TALK) / len(words)


def _sign(text: str, words: frozenset[str]) -> int:
    """Which marks of a picture's credit, or of addresses and links, a line bears; 3: none."""
    tail = text[-80:]
    caption = (text[-1] == ")" or "/" in tail or "©" in tail) and _CAPTION.search(tail)
    if _marked(text) or not words.isdisjoint(_SOURCES):
        return 0 if caption else 2
    return 1 if caption else 3


def _marked(text: str) -> bool:
    for mark in _PLAIN_MARKS if text.isascii() else _MARKS:  # noqa: SIM110 - the loop takes a third of any()'s time
        if mark in text:
            return True
    return False


def _end(text: str) -> int:
    last = text[-1]
    if last.isalnum():
        return _LETTER if last.isalpha() else _DIGIT
    return _ENDS.get(last, _OTHER)


def mass(lines: Sequence[Line]) -> tuple[int, int]:
    """The run of lines with the greatest sum of weights (Kadane's algorithm): where the prose is, at a first look."""
    best, best_from, best_to = 0.0, 0, 0
    total, begin = 0.0, 0
    for i, line in enumerate(lines):
        total += _AGAINST.get(line.boilerplate, _FURTHER) if line.boilerplate else _weight(line)
        if total <= 0:
            total, begin = 0.0, i + 1
        elif total > best:
            best, best_from, best_to = total, begin, i + 1
    return best_from, best_to


def _weight(line: Line) -> float:
    """How much a line that is no furniture speaks for (above 0) or against being prose."""
    words = line.words
    if words < 4:
        return -0.6
    if line.prose:
        return 1.0 + min(words, 60) / 20
    if words >= 14:
        return 0.5
    return 0.4 if line.stops else -0.6


_FURTHER = -0.8  # what furniture speaks against that is not named here
_AGAINST = {"comments": -3.0, "popular": -2.0, "related": -1.2, "copyright": -1.2, "picture": -0.3, "advert": -0.2}
