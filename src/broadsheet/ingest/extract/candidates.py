"""Lines and their predictions → those that may bear the day of the story, or its byline, and what speaks for each.

In: the lines of a text with what the trees say of each, and the site's hints. Out: a ``Context``: what the search for
headline, date, byline and section looks at, counted once. In: a context, where its headline and its day stand. Out:
the lines, each with a row of numbers. A day that is plainly of something else is no candidate: a caption's, a reader's
comment's, a copyright line's.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import chain, pairwise

import msgspec

from broadsheet.ingest.extract import bylines, dates, features
from broadsheet.ingest.extract.bylines import Byline
from broadsheet.ingest.extract.classifier import Prediction
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.ranker import FeatureVector

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
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
    """The beginnings of a text's longer words, by which texts are compared: forms of one word are the same.

    Of a script that puts no spaces between words, or syllables into them, the pairs of its characters.
    """
    if text.isascii() or not _DENSE.search(text):
        return frozenset([word[:6] for word in text.casefold().split() if len(word) > 3] or text[:40])
    found = [word[:6] for word in text.casefold().split() if len(word) > 3 and not _DENSE.search(word)]
    pairs = [a + b for a, b in pairwise(text) if _DENSE.match(a) and _DENSE.match(b)]
    return frozenset(pairs + found or text[:40])


def distance(places: Container[int], spots: Iterable[int], none: int = 99) -> int:
    """How many steps along ``spots`` the first of some places is."""
    for n, k in enumerate(spots, 1):
        if k in places:
            return n
    return none


def kind_rank(context: Context, i: int) -> int:
    """Where the kind of a line stands between furniture and prose; what is no line is the text's start or end."""
    kinds = context.kinds
    return features.kind_rank(kinds[i] if 0 <= i < len(kinds) else "start" if i < 0 else "end")


def zone(context: Context, i: int, title: int) -> int:
    """Where a line stands: 0 above the headline, 1 between it and the prose, 2 in the prose, 3 below."""
    if i < context.start:
        return 1 if 0 <= title < i else 0
    return 2 if i < context.end else 3


_LABELS = {"": 0, "published": 1, "updated": 2}
_SAYING, _REST = 12, 70  # words of a line, and characters of it beside its days, from which it tells of days
_ENDING, _SMALL = 3, 5  # characters behind the day of a line that ends in it, and small words of a sentence
_PICTURE = 8  # words from which a line about a picture tells what it shows
_CREDITED = re.compile(
    r"(?:archiv|symbol)(?:foto|bild)|\b(?:photo|foto|bild|picture|image)s? ?[:/]|file photo", re.IGNORECASE
)
_OTHER_DAY = re.compile(
    r"^(?:file photo|archivo|archivbild|getty|ap photo|in this (?:file )?(?:photo|image)|"
    r"(?:photo|picture|image|foto|bild) (?:taken|vom|aufgenommen|prise|tomada))\b"
    r"|^(?:photo|picture|image|foto|bild|bildunterschrift|caption|légende|pie de foto)s?\s?[:：](?![^|·•]*[|·•])"
    r"|(?:©|\bcopyright\b|\(c\)).{0,24}$",
    re.IGNORECASE,
)
_BESIDE = 3  # lines around headline and prose
_NEAR = 10  # lines around in which other days make a list of teasers or comments
_BIO = 9  # words from which a line tells of its author


def days(context: Context, title: int) -> list[tuple[int, Stamp, FeatureVector]]:
    """The days that may be the story's, each with the features that speak for or against it."""
    readers = _thread(context)
    every = [
        (i, stamp)
        for i, stamps in sorted(context.stamps.items())
        if not _tells(context, i)
        for stamp in stamps
        if (i < readers or stamp.label) and (not _counted(stamp) or _close(context, i, title))
    ]
    days = [stamp.day for _, stamp in every]
    printed = [stamp.day for _, stamp in every if not _counted(stamp)] or days
    labelled = any(stamp.label == "published" for _, stamp in every)
    signed = {i for i, byline in context.bylines.items() if byline.labelled}
    found = []
    for order, (i, stamp) in enumerate(every):
        others = (
            order, len(every), days.count(stamp.day), len(set(days)), stamp.day == max(printed),
            stamp.day == min(printed), sum([day > stamp.day for day in printed]), (max(printed) - stamp.day).days,
            labelled and stamp.label != "published", sum([abs(i - k) <= _NEAR for k, _ in every]),
            distance(signed, range(i, i + 5)), distance(signed, range(i, i - 5, -1)),
        )  # fmt: skip
        found.append((i, stamp, _date_features(context, i, stamp, title) + others))
    return found


def _thread(context: Context) -> int:
    """The line below the story from which on readers comment on it; the end of the text where none do."""
    below = range(max(context.start, context.end - _BESIDE), len(context.lines))
    return next((i for i in below if context.lines[i].boilerplate == "comments"), len(context.lines))


def _counted(stamp: Stamp) -> bool:
    """Whether a day is counted from the file's own, as "2 hours ago" is."""
    return "counted" in stamp.doubt


def _close(context: Context, i: int, title: int) -> bool:
    """Whether a line stands by the headline, or between it and the prose: teasers are "2 hours" old as well."""
    if context.lines[i].stops and len(dates.rest(context.lines[i].text, context.stamps[i])) > _SAYING:
        return False
    return (title - _BESIDE if title >= 0 else 0) <= i <= max(context.start, title) + _BESIDE


def _tells(context: Context, i: int) -> bool:
    """Whether a line tells of days, as captions and sentences do, or names the day of somebody's post or of a claim."""
    line, stamps = context.lines[i], context.stamps[i]
    if any(stamp.label for stamp in stamps):
        return False
    shown = line.words >= _PICTURE and (line.boilerplate in ("picture", "credit") or _CREDITED.search(line.text))
    picture = shown and dates.CLOCK.search(line.text) is None
    if picture or line.boilerplate in ("copyright", "related") or _OTHER_DAY.search(line.text[: stamps[0].start]):
        return True
    if "(@" in line.text or (line.words >= _SAYING and len(dates.rest(line.text, stamps)) > _REST):
        return True
    if i in context.bylines and context.bylines[i].labelled:
        return False
    inside = line.text[stamps[0].start - 1 : stamps[0].start] and len(line.text) - stamps[-1].end > _ENDING
    small = sum(word[0].islower() for word in line.text.split())
    return line.words >= _SAYING and bool(inside or line.stops) and small >= _SMALL


def _date_features(context: Context, i: int, stamp: Stamp, title: int) -> FeatureVector:
    lines = context.lines
    line, stamps = lines[i], context.stamps[i]
    return (
        zone(context, i, title), _LABELS[stamp.label], i - title if title >= 0 else -99, i - context.start,
        i - context.end, len(dates.rest(line.text, stamps)), stamps.index(stamp), len(stamps), kind_rank(context, i),
        kind_rank(context, i - 1), kind_rank(context, i + 1), line.words, context.body_odds[i],
        any(k in context.bylines for k in range(i - 2, i + 3)), i in context.bylines, line.bullet != "",
        stamp.doubt != "", _counted(stamp), stamp.moment is not None, ":" in line.text, line.boilerplate != "",
        len(line.rows), line.gap, context.keys[line.key] - 1,
        i / len(lines), i == 0 or lines[i - 1].words, stamp.start, dates.CLOCK.search(line.text) is not None,
    )  # fmt: skip


def signatures(context: Context, title: int, date: int) -> list[tuple[int, FeatureVector]]:
    """The lines that may be the byline, each with the features that speak for or against it."""
    spots = sorted(context.bylines)
    named: dict[str, int] = {}
    for i in spots:
        for name in context.bylines[i].names:
            named[name.casefold()] = named.get(name.casefold(), 0) + 1
    labelled = sum(context.bylines[i].labelled for i in spots)
    found = []
    for order, i in enumerate(k for k in spots if k != title):
        most = max((named[name.casefold()] for name in context.bylines[i].names), default=0)
        found.append((i, (*_byline_features(context, i, title, date), order, len(spots), labelled, most)))
    return found


def _byline_features(context: Context, i: int, title: int, date: int) -> FeatureVector:
    lines, byline = context.lines, context.bylines[i]
    line, mine = lines[i], words(" ".join(byline.names))
    return (
        2 if byline.labelled else 1 if line.words > _BIO else 0, zone(context, i, title),
        i - title if title >= 0 else -99, i - date if date >= 0 else -99, i - context.start, i - context.end,
        len(byline.names), byline.agency != "", kind_rank(context, i), kind_rank(context, i - 1),
        kind_rank(context, i + 1), context.keys[line.key] - 1, line.bullet != "", line.words, line.text.isupper(),
        i in context.stamps, line.gap, context.body_odds[i],
        sum(context.opening_words[word] for word in mine) / len(mine), i / len(lines),
        distance(context.stamps, range(i + 1, i + 4)), distance(context.stamps, range(i - 1, i - 4, -1)),
        lines[i - 1].words if i else 0, lines[i + 1].words if i + 1 < len(lines) else 0, line.stops, len(line.text),
        sum([k in context.bylines for k in range(i - 6, i + 7)]),
    )  # fmt: skip
