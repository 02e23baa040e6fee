"""The lines of a text → its headline, dates, byline, section, dateline and credit, and the part of every line.

In: the lines. Out: a ``TextFields``: the fields with their evidence. For each field the lines that may give
it are ranked; how clear the best one leads is the field's confidence.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from typing import Any

import msgspec

from broadsheet.ingest.extract import bylines, classifier, dates, headlines, ranker, sections
from broadsheet.ingest.extract.classifier import LinePart, Prediction
from broadsheet.ingest.extract.context import Context, distance, gather, kind_rank, words, zone
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.draft import Found, Hints, Role
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.ranker import FeatureVector

_DATED = re.compile(r"date\s+((?:19|20)\d\d-\d\d-\d\d)(?:\s+|$)", re.IGNORECASE)
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_a-zà-ÿ][^\W\d_]*(?:[ .,’'/-]{1,2}[^\W\d_]+){0,5}?)"
    r"(?:,\s+(?P<day>[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,10}))?"
    r"\s*(?:\((?P<agency>[^()]{2,40})\))?\s*(?:—|–|--|-)\s+(?=[\"“‘„«¿¡]?[^\W_])"
)
_DASHES = frozenset("—–-")
_FAR = 120  # characters from which on no dateline ends
_CREDIT = re.compile(
    r"^(?:disclaimer\W+)?(?:(?:this|the) (?:image|photo|picture)s? (?:is|was|are) (?:taken|sourced|used) from"
    r"|image courtesy(?: of)?|photo)\W*",
    re.IGNORECASE,
)
_DOUBT = 0.5  # the confidence of a day that is doubtful in itself: ambiguous, relative, still to come
_UNCHOSEN = 0.5  # the confidence of a heading that stands where one would, and was not ranked first
_LABELS = {"": 0, "published": 1, "updated": 2}
_SAYING, _REST = 12, 70  # words of a line, and characters of it beside its days, from which it tells of days
_BESIDE = 3  # lines around headline and prose
_NEAR = 10  # lines around in which other days make a list of teasers or comments
_BIO = 9  # words from which a line tells of its author


class TextFields(msgspec.Struct, frozen=True):
    """The fields of a text, its lines (the lead cleaned of date and dateline), their parts and predictions.

    There are no predictions for a text that is a story alone.
    """

    lines: tuple[Line, ...]
    parts: tuple[LinePart, ...]
    predictions: tuple[Prediction, ...] = ()
    title: Found[str] | None = None
    date: Found[dt.date] | None = None
    updated: Found[dt.date] | None = None
    authors: Found[tuple[str, ...]] | None = None
    section: Found[str] | None = None
    place: Found[str] | None = None
    agency: Found[str] | None = None
    credit: Found[str] | None = None


def read(lines: Sequence[Line], hints: Hints, today: dt.date) -> TextFields:
    """The fields of a text."""
    reader = FieldFinder(list(lines), hints, today)
    if not reader.leading:
        reader.gather_context()
        reader.headline()
        reader.days()
        reader.byline()
        reader.label()
    reader.dateline()
    reader.credits()
    return TextFields(
        lines=tuple(reader.lines), parts=tuple(reader.parts), predictions=reader.predictions, **reader.fields
    )


class FieldFinder:
    """The fields as they are found, one method a field; later ones see which lines are taken."""

    def __init__(self, lines: list[Line], hints: Hints, today: dt.date) -> None:
        self.lines = lines
        self.hints = hints
        self.fields: dict[str, Any] = {}
        self.title = self.date = -1
        self.leading = self._leading_date()
        found = classifier.classify(lines, hints, bare=self.leading)
        self.parts = list(found.parts)
        self.start, self.end = found.start, found.end
        self.predictions = found.predictions
        self.today = today

    def _leading_date(self) -> bool:
        """Whether the text leads with "date 2024-03-23", as crawlers write it before text without a headline."""
        if not self.lines or not (found := _DATED.match(self.lines[0].text)):
            return False
        try:
            day = dt.date.fromisoformat(found[1])
        except ValueError:
            return False
        line = self.lines[0]
        sure = 0.97 if day <= self.hints.today else 0.4
        self.fields["date"] = Found(day, "a leading date", sure, line.number)
        self.lines[0] = msgspec.structs.replace(line, text=line.text[found.end() :])
        return True

    def _take(self, i: int, role: Role, why: str) -> None:
        self.parts[i] = LinePart(role, why)

    def gather_context(self) -> None:
        """What the candidates of every field are compared by."""
        self.context = gather(self.lines, self.predictions, self.start, self.end, self.hints, self.today)

    def headline(self) -> None:
        """The line that is the headline."""
        found = headlines.candidates(self.context)
        best, confidence = ranker.best("title", [row for _, row in found], [self.lines[i].key for i, _ in found])
        at, rule = (found[best][0], "the headline by its place and words") if best >= 0 else (-1, "")
        if at < 0 or headlines.is_paragraph(self.context, at):
            at, rule, confidence = (
                headlines.lone_heading(self.context),
                "the only line that could head the text",
                _UNCHOSEN,
            )
        told = [k for k, part in enumerate(self.parts) if k and (part.role == "body" or k == at)]
        if len(told) < 2 and headlines.heads_one_sentence(self.context, told[0] if told else len(self.lines) - 1):
            self.parts[told[0] if told else -1] = classifier.BODY
            if at:
                at, rule, confidence = 0, "the line above the only sentence", _UNCHOSEN
        if at < 0:
            return
        self.title = at
        line = self.lines[at]
        self.fields["title"] = Found(headlines.tidy(line.text), rule, confidence, line.number)
        self._take(at, "title", rule)

    def days(self) -> None:
        """When the story was published, and when it was changed."""
        found = date_candidates(self.context, self.title)
        best, confidence = ranker.best("date", [row for *_, row in found], [stamp.day for _, stamp, _ in found])
        if best < 0:
            return
        at, stamp, _ = found[best]
        # What ranks first may be the day of a change; the field is the day of publication.
        if stamp.label == "updated":  # the day of the first edition stands beside it
            at, stamp = next(
                ((i, s) for i, s, _ in found if abs(i - at) <= 2 and s.label != "updated" and s.day <= stamp.day),
                (at, stamp),
            )
        self.date = at
        rule = f"a day that is labelled {stamp.label}" if stamp.label else "a day beside the headline or the prose"
        day = stamp.moment.astimezone(zoneinfo.ZoneInfo(self.hints.timezone)) if stamp.moment else stamp.day
        sure = min(confidence, _DOUBT) if stamp.doubt else confidence
        self.fields["date"] = Found(day, stamp.doubt or rule, sure, self.lines[at].number)
        self._take(at, "date", rule)
        later = [
            (i, s)
            for i, s, _ in found
            if s.label == "updated" and s.day >= stamp.day and abs(i - at) <= 3 and s != stamp
        ]
        if later:
            i, change = later[0]
            self.fields["updated"] = Found(
                change.day,
                "a day that is labelled updated",
                _DOUBT if change.doubt else confidence,
                self.lines[i].number,
            )
            if i != at:
                self._take(i, "updated", "a day that is labelled updated")

    def byline(self) -> None:
        """Who wrote the story."""
        found = byline_candidates(self.context, self.title, self.date)
        best, confidence = ranker.best(
            "byline", [row for _, row in found], [self.context.bylines[i].names for i, _ in found]
        )
        if best < 0:
            return
        at = found[best][0]
        byline, line = self.context.bylines[at], self.lines[at]
        rule = "a byline" if byline.labelled else "a name where bylines stand"
        if byline.names:
            self.fields["authors"] = Found(byline.names, rule, confidence, line.number)
        if byline.agency:
            self.fields["agency"] = Found(byline.agency, rule, confidence, line.number)
        if at != self.date:
            self._take(at, "byline", rule)
        if bylines.label_only(line.text) and at + 1 < len(self.lines):
            self._take(at + 1, "byline", rule)

    def label(self) -> None:
        """The section: a label above the headline."""
        found = [
            c for c in sections.candidates(self.context, self.title) if self.parts[c[0]].role not in ("byline", "date")
        ]
        best, confidence = ranker.best("section", [row for *_, row in found], [name.casefold() for _, name, _ in found])
        if best < 0:
            return
        at, name, _ = found[best]
        self.fields["section"] = Found(name, "a label beside the headline", confidence, self.lines[at].number)
        self._take(at, "section", "a label beside the headline")

    def dateline(self) -> None:
        """The lead's "MOSCOW, May 7 (Xinhua) —": place, day and agency, taken off the lead."""
        for i in [k for k, part in enumerate(self.parts) if part.role == "body"][:3]:
            line = self.lines[i]
            if line.words < 8 or _DASHES.isdisjoint(line.text[:_FAR]):
                continue
            found = _DATELINE.match(line.text, 0, _FAR)
            if not found:
                continue
            agency = bylines.is_agency(found["agency"] or "")
            if not (agency or (found["place"].isupper() and len(found["place"]) > 2)):
                continue
            place = found["place"].title() if found["place"].isupper() else found["place"]
            self.fields["place"] = Found(place, "a dateline", 0.9, line.number)
            if agency:
                self.fields.setdefault("agency", Found(agency, "a dateline", 0.9, line.number))
            self.lines[i] = msgspec.structs.replace(line, text=line.text[found.end() :])
            return

    def credits(self) -> None:
        """The line "Disclaimer: This image is taken from …": the picture's credit, never the story's text."""
        for i, part in enumerate(self.parts):
            if part.role == "credit":
                text = self.lines[i].text
                name = _CREDIT.sub("", text).strip(" .:")
                self.fields["credit"] = Found(name or text, part.why, 0.9, self.lines[i].number)


def date_candidates(context: Context, title: int) -> list[tuple[int, Stamp, FeatureVector]]:
    """The days that may be the story's, each with the features that speak for or against it."""
    every = [
        (i, stamp)
        for i, stamps in sorted(context.stamps.items())
        if not _tells(context, i)
        for stamp in stamps
        if not _counted(stamp) or _close(context, i, title)
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


def _counted(stamp: Stamp) -> bool:
    """Whether a day is counted from the file's own, as "2 hours ago" is."""
    return "counted" in stamp.doubt


def _close(context: Context, i: int, title: int) -> bool:
    """Whether a line stands by the headline, or between it and the prose: teasers are "2 hours" old as well."""
    if context.lines[i].stops and len(dates.rest(context.lines[i].text, context.stamps[i])) > _SAYING:
        return False
    return (title - _BESIDE if title >= 0 else 0) <= i <= max(context.start, title) + _BESIDE


def _tells(context: Context, i: int) -> bool:
    """Whether a line tells of days, as captions and sentences do, or names the day of somebody's post."""
    line, stamps = context.lines[i], context.stamps[i]
    if any(stamp.label for stamp in stamps):
        return False
    return "(@" in line.text or (line.words >= _SAYING and len(dates.rest(line.text, stamps)) > _REST)


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


def byline_candidates(context: Context, title: int, date: int) -> list[tuple[int, FeatureVector]]:
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
