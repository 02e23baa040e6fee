"""Lines of a text → those that may bear the day of the story, or its byline, with the features that speak for each.

In: the context of a text, where its headline and its day stand. Out: the lines, each with a row of numbers.
A day that is plainly of something else is no candidate: a caption's, a reader's comment's, a copyright line's.
"""

from __future__ import annotations

import re

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.context import Context, distance, kind_rank, words, zone
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.ranker import FeatureVector

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
    if picture or line.boilerplate == "copyright" or _OTHER_DAY.search(line.text[: stamps[0].start]):
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
