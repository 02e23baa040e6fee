"""Lines and their predictions → what the search for headline, date, byline and section looks at, counted once.

In: the lines of a text with what the trees say of each, and the site's hints. Out: a ``Context``.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import chain

import msgspec

from broadsheet.ingest.extract import bylines, dates, features
from broadsheet.ingest.extract.bylines import Byline
from broadsheet.ingest.extract.classifier import Prediction
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

_SAID, _READ = 14, 500  # lines of the prose, and characters of each, whose words a headline is compared with
_LEAD = 3  # of them, which a headline sums up
_TELLING = frozenset(("date", "byline", "name"))
_SHORT = frozenset(("phrase", "word", "item"))
_HEAD = 16  # lines of the prose among which a page may print its byline
_BYLINE_WORDS = 60
DATE_LINE = 200  # characters; a longer line tells of days rather than bearing one
_CLOCK = 24  # characters of a line that is a time of day
BIO_LINE = 420  # characters; a longer line about its author is rare


class Context(msgspec.Struct, frozen=True):
    """The lines of a text with their kinds, where the prose stands, and the days and names that lines bear."""

    lines: tuple[Line, ...]
    kinds: tuple[str, ...]
    body_odds: tuple[float, ...]
    start: int
    end: int
    keys: Counter[str]
    stamps: dict[int, tuple[Stamp, ...]]
    bylines: dict[int, Byline]
    opening_words: Counter[str]
    lead_words: frozenset[str]


def gather(
    lines: Sequence[Line], predictions: Sequence[Prediction], start: int, end: int, hints: Hints, today: dt.date
) -> Context:
    """The context of a text whose prose stands between lines ``start`` and ``end``."""
    kinds = [prediction.kind for prediction in predictions]
    odds = tuple(prediction.body for prediction in predictions)
    stamps: dict[int, tuple[Stamp, ...]] = {}
    signed: dict[int, Byline] = {}
    for i in _near(kinds, start, end):
        line = lines[i]
        text = line.text
        if len(text) > BIO_LINE:
            continue
        if len(text) <= DATE_LINE and (found := dates.find(text, hints, today)):
            stamps[i] = _beside(found, lines, i, hints)
            text = dates.rest(text, found)
        if line.words <= _BYLINE_WORDS and text and not line.boilerplate:
            below = (lines[k].text for k in range(i + 1, min(len(lines), i + bylines.MOST)))
            bio = i > max(start, end - 8)  # the first paragraph tells the news, whoever it names first
            byline = bylines.block(text, below) or bylines.bare(text) or (bylines.bio(text) if bio else None)
            if byline:
                signed[i] = byline
    opening = [words(line.text[:_READ]) for line in lines[start : max(min(end, start + _SAID), start + _LEAD)]]
    said = Counter(chain.from_iterable(opening[: max(0, end - start)]))
    keys = Counter([line.key for line in lines if line.key])
    lead = frozenset().union(*opening[:_LEAD])
    return Context(tuple(lines), tuple(kinds), odds, start, end, keys, stamps, signed, said, lead)


def _beside(found: tuple[Stamp, ...], lines: Sequence[Line], i: int, hints: Hints) -> tuple[Stamp, ...]:
    """The days of a line with what stands in lines of their own beside it: a label above, the time of day below."""
    first = found[0]
    if i + 1 < len(lines) and not any(stamp.moment for stamp in found) and _clock(lines[i + 1].text):
        timed = dates.find(f"{lines[i].text} {lines[i + 1].text}", hints)
        found = timed if len(timed) == len(found) else found
    if i and not first.label and (label := dates.label_only(lines[i - 1].text)):
        found = (msgspec.structs.replace(found[0], label=label), *found[1:])
    return found


def _clock(text: str) -> bool:
    """Whether a line is a time of day and nothing else."""
    return len(text) <= _CLOCK and dates.CLOCK.search(text) is not None and not dates.CLOCK.sub("", text).strip(" |,()")


def _near(kinds: Sequence[str], start: int, end: int) -> list[int]:
    """The lines that may speak about the story: those above the prose and below it, and in it those that look so."""
    n = len(kinds)
    above = range(max(0, start - 60), min(start + 6, n))
    inside = [
        i for i in range(above.stop, min(end, n)) if kinds[i] in _TELLING or (i < start + _HEAD and kinds[i] in _SHORT)
    ]
    below = range(max(above.stop, end), min(n, end + 40))
    last = [i for i in range(max(above.stop, end - 8), end) if i not in inside]
    return sorted({*above, *inside[:12], *inside[12:][-6:], *last, *below})


@functools.lru_cache(maxsize=256)  # candidates stand below one another, and before the prose
def words(text: str) -> frozenset[str]:
    """The beginnings of a text's longer words, by which texts are compared: forms of one word are the same."""
    return frozenset([word[:6] for word in text.casefold().split() if len(word) > 3] or text[:40])


def distance(places: Container[int], spots: Iterable[int], none: int = 99) -> int:
    """How many steps along ``spots`` the first of some places is."""
    for n, k in enumerate(spots, 1):
        if k in places:
            return n
    return none


def kind_rank(context: Context, i: int) -> int:
    """Where the kind of a line stands between furniture and prose; what is no line is the text's start or end."""
    return features.kind_rank("start" if i < 0 else "end" if i >= len(context.lines) else context.kinds[i])


def zone(context: Context, i: int, title: int) -> int:
    """Where a line stands: 0 above the headline, 1 between it and the prose, 2 in the prose, 3 below."""
    if i < context.start:
        return 1 if 0 <= title < i else 0
    return 2 if i < context.end else 3
