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

from broadsheet.ingest.extract import (
    agency_lines,
    bylines,
    candidates,
    classifier,
    dates,
    headlines,
    language,
    ranker,
    series,
    subjects,
    title_lines,
)
from broadsheet.ingest.extract.candidates import gather
from broadsheet.ingest.extract.classifier import LinePart, Prediction
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.draft import EVEN, SURE, Found, Hints, Role
from broadsheet.ingest.extract.lines import Line, count
from broadsheet.ingest.extract.person_names import credited, is_agency

_DATED = re.compile(r"date\s+((?:19|20)\d\d-\d\d-\d\d)(?:\s+|$)", re.IGNORECASE)
_DATELINE_SURE = 0.85  # the confidence of a dateline's day: the wire's, where the text gives no other
_PLACED_DAY = 0.7  # the confidence of the day behind a place that is written like any name
_UNLIKELY = 0.3  # the confidence of what is more likely wrong than right
_SAID = 0.9  # the confidence of what the source says in so many words
_NO_NEWS = 0.4  # the confidence below which a label is no section at all
_GUESS = 0.6  # the confidence of what somebody has to look at
_NEAR_DAY = 3  # lines between the days of publication and change
_HEAD_LINE = 120  # characters of a line of the head that may bear a day
_LOOKS = 3  # lines of a text that dateparser is asked about
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.")
_DOUBT = 0.5  # the confidence of a day that is doubtful in itself: ambiguous, relative, still to come
_UNCHOSEN = 0.5  # the confidence of a heading that stands where one would, and was not ranked first
_NEAR, _BESIDE = 10, 3  # lines of the head: above the headline, and around it
_TELLING = 7  # words of a sentence of the story from which it is more than the day or the name in it
_FEW, _SPECKS = 8, 1  # lines of a text that is a note, and of furniture in it
_LEAD = 8  # words of the shortest line that begins with a dateline
_SENTENCE = 3  # words beside a day from which a line with a full stop is a sentence


class TextFields(msgspec.Struct, frozen=True):
    """The fields of a text, its lines (the lead cleaned of date and dateline), their parts and predictions.

    There are no predictions for a text that is a story alone.
    """

    lines: tuple[Line, ...]
    parts: tuple[LinePart, ...]
    predictions: tuple[Prediction, ...] = ()
    title: Found[str] | None = None
    date: Found[dt.date] | None = None
    named: Found[dt.date] | None = None  # where there is no date: the first day that a sentence tells of
    updated: Found[dt.date] | None = None
    authors: Found[tuple[str, ...]] | None = None
    section: Found[str] | None = None
    dateline: Found[str] | None = None  # as it was taken off the lead
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
        """A line is what gives a field, but for a sentence of the story: that stays where it is."""
        line = self.lines[i]
        part = self.parts[i]
        sentence = role != "title" and line.stops and line.words >= _TELLING and not line.boilerplate
        listed = line.bullet or (i and series.attributes(line, self.lines[i - 1]))
        if role != "title" and listed and part.role in ("body", "subhead"):
            return
        if sentence and (self.parts[i].role == "body" or self._leads(i)):
            self.parts[i] = classifier.BODY
        else:
            self.parts[i] = LinePart(role, why)

    def _leads(self, i: int) -> bool:
        """Whether a line stands directly above the story's text, where its first paragraph does."""
        labelled = any(stamp.label for stamp in self.context.stamps.get(i, ()))
        byline = self.context.bylines.get(i)
        below = i + 1 < len(self.parts) and self.parts[i + 1].role == "body"
        return below and not labelled and not (byline and byline.labelled)

    def _item(self, i: int) -> bool:
        """Whether a line is one of a list's items, which head nothing."""
        line = self.lines[i]
        below = [other.bullet for other in self.lines[i + 1 :]]
        return bool(line.bullet) and (below[:1] > [""] or f"2{line.bullet[-1]}" in below)

    def gather_context(self) -> None:
        """What the candidates of every field are compared by."""
        self.context = gather(self.lines, self.predictions, self.start, self.end, self.hints, self.today)

    def headline(self) -> None:
        """The line that is the headline."""
        found = title_lines.candidates(self.context)
        best, confidence = ranker.best("title", [row for _, row in found], [self.lines[i].key for i, _ in found])
        at, rule = (found[best][0], "the headline by its place and words") if best >= 0 else (-1, "")
        if at < 0 or title_lines.is_paragraph(self.context, at) or self._item(at) or self._no_heading(at, confidence):
            at, confidence = title_lines.lone_heading(self.context), _UNCHOSEN
            rule = "the only line that could head the text"
        elif at == 0 and title_lines.lone_heading(self.context) == 0:
            plain = title_lines.heads_plain_text(self.context)
            confidence = max(confidence, SURE if plain else _UNCHOSEN)  # it stands where a headline does as well
        prose = [k for k, part in enumerate(self.parts) if k and (part.role == "body" or k == at)]
        if len(prose) < 2 and title_lines.heads_one_sentence(self.context, prose[0] if prose else len(self.lines) - 1):
            self.parts[prose[0] if prose else -1] = classifier.BODY
            if at:
                at, rule, confidence = 0, "the line above the only sentence", _UNCHOSEN
        if at < 0:
            return
        self.title = at
        line = self.lines[at]
        text = title_lines.whole(self.context, at)
        self.fields["title"] = Found(headlines.tidy(text), rule, confidence, line.number)
        for i in range(at if text == line.text else at - 1, at + 1):
            self._take(i, "title", rule)

    def _no_heading(self, at: int, confidence: float) -> bool:
        """Whether a line that is hardly sure is the lead, or a sentence in a note, which its first line may head."""
        note = len(self.lines) <= _FEW and sum(line.boilerplate != "" for line in self.lines) <= _SPECKS
        told, lone = note and self.lines[at].stops, title_lines.lone_heading(self.context) == 0
        if confidence >= EVEN:
            return told and lone and at > 0 and confidence < SURE
        return (told and (at > 0 or lone)) or title_lines.is_lead(self.context, at)

    def days(self) -> None:
        """When the story was published, and when it was changed."""
        every = candidates.days(self.context, self.title)
        found = [c for c in every if not self._tells(*c[:2])]  # what a sentence tells of may lie years back
        for at in {c[0] for c in every} - {c[0] for c in found}:
            self.parts[at] = classifier.BODY if self._leads(at) else self.parts[at]
        best, confidence = ranker.best("date", [row for *_, row in found], [stamp.day for _, stamp, _ in found])
        if best < 0:
            if not found:
                self._second_look()
            return
        at, stamp, _ = found[best]
        if not stamp.label and at < self.title:  # above the headline stands the masthead's day as well
            below = [c for c in found if self.title < c[0] <= max(self.start, self.title) + _BESIDE]
            named = next((c for c in below if c[1].label == "published"), None)
            at, stamp, _ = named or (at, stamp, ())
            confidence = min(confidence, _GUESS) if named and named[1].day != found[best][1].day else confidence
        # What ranks first may be the day of a change; the field is the day of publication.
        changed = stamp.label == "updated"
        if changed:  # the day of the first edition stands beside it
            first = (
                c for c in found if abs(c[0] - at) <= _NEAR_DAY and c[1].label != "updated" and c[1].day <= stamp.day
            )
            change, (at, stamp, _) = (at, stamp), next(first, (at, stamp, ()))
            changed = (at, stamp) == change
        stamp = self._settled(stamp, at)
        self.date = at
        rule = f"a day that is labelled {stamp.label}" if stamp.label else "a day beside the headline or the prose"
        sure = self._sure(stamp, at, confidence)
        self._take(at, "date", rule)
        if changed:
            self.fields["updated"] = Found(self._moment(stamp), stamp.doubt or rule, sure, self.lines[at].number)
            rule, sure = "the day of a change, since no other is given", min(sure, _GUESS)
        self.fields["date"] = Found(self._moment(stamp), stamp.doubt or rule, sure, self.lines[at].number)
        later = [c for c in found if c[1].label == "updated" and c[1].day >= stamp.day and c[1] != stamp]
        if not changed and (near := [c for c in later if abs(c[0] - at) <= _NEAR_DAY]):
            self._changed(near[0][0], near[0][1], confidence)

    def _tells(self, at: int, stamp: Stamp) -> bool:
        """Whether a day stands in a sentence, with no label or byline that says whose it is."""
        line = self.lines[at]
        if stamp.label or not line.stops or at in self.context.bylines:
            return False
        rest = dates.rest(line.text, self.context.stamps.get(at, ()))
        return count(rest) >= _SENTENCE or (" " in rest and rest.islower())

    def _changed(self, at: int, stamp: Stamp, confidence: float) -> None:
        """Notes when the story was changed."""
        rule = "a day that is labelled updated"
        sure = self._sure(stamp, at, confidence)
        self.fields["updated"] = Found(self._moment(stamp), stamp.doubt or rule, sure, self.lines[at].number)
        if at != self.date:
            self._take(at, "updated", rule)

    def _moment(self, stamp: Stamp) -> dt.date:
        """The day of a stamp, or its moment in the site's own zone where it names one."""
        # A value of its own for each field: YAML writes one that two keys share as a reference.
        zone = zoneinfo.ZoneInfo(self.hints.timezone)
        return stamp.moment.astimezone(zone) if stamp.moment else stamp.day.replace()

    def _settled(self, stamp: Stamp, at: int) -> Stamp:
        """A stamp whose month two languages name differently, by the language of the text."""
        if stamp.doubt != dates.DISPUTED:
            return stamp
        return dates.settled(stamp, self.lines[at].text, self._language())

    def _language(self) -> str:
        return language.detect("\n".join([line.text for line in self.lines]), self.hints.language).value

    def _sure(self, stamp: Stamp, at: int, confidence: float) -> float:
        """How sure a day is, after all that makes it doubtful in itself."""
        if stamp.doubt:
            return min(confidence, _UNLIKELY if stamp.doubt in dates.IMPROBABLE else _DOUBT)
        if stamp.label != "published" and any(dates.impossible(line.text) for line in self._head()):
            return min(confidence, _UNLIKELY)  # the day that the source means is none, and this is another
        line = self.lines[at]
        if "://" in line.text and " " not in line.text:  # what the address leads to may be older
            return min(confidence, _DOUBT)
        dotted = _DOTTED.match(line.text[stamp.start : stamp.end])
        if dotted and max(int(dotted[1]), int(dotted[2])) <= 12 and dotted[1] != dotted[2] and self._language() == "en":
            return min(confidence, _DOUBT)  # where it is written in English, the month may stand first
        today = not (dates.WEEKDAYS.isdisjoint(line.key.split()) or dates.CLOCK.search(line.text))
        above = not stamp.label and self.title > at and (today or stamp.day == self.today)
        return min(confidence, _DOUBT) if above else confidence  # the day of a masthead is the day the page was saved

    def _head(self) -> list[Line]:
        """The short lines around the headline and above the prose that hold a figure."""
        first = max(0, (self.title if self.title >= 0 else self.start) - _NEAR)
        lines = self.lines[first : max(self.start, self.title + 1) + _BESIDE]
        return [line for line in lines if len(line.text) <= _HEAD_LINE and re.search(r"\d", line.text)]

    def _second_look(self) -> None:
        """A day in a form that is not known here, as another parser reads it; to be looked at in any case."""
        head = self._head()
        tag = self._language() if head else ""
        for line in head[-_LOOKS:]:
            if day := dates.guess(line.text, tag, self.hints.today):
                self.date = self.lines.index(line)
                self.fields["date"] = Found(day, "a date in a form that is guessed at", _GUESS, line.number)
                self._take(self.date, "date", "a date in a form that is guessed at")
                return
        for i, day in [(i, s.day) for i, all_ in sorted(self.context.stamps.items()) for s in all_ if not s.doubt][:1]:
            self.fields["named"] = Found(day, "a sentence tells of it", _UNLIKELY, self.lines[i].number)

    def byline(self) -> None:
        """Who wrote the story."""
        found = candidates.signatures(self.context, self.title, self.date)
        signed = self.context.bylines
        best, confidence = ranker.best("byline", [row for _, row in found], [signed[i].names for i, _ in found])
        if best < 0:
            self._unsigned()
            return
        at = self._block(found[best][0])
        byline, line = signed[at], self.lines[at]
        rule = "a byline" if byline.labelled else "a name where bylines stand"
        confidence = max(confidence, EVEN) if byline.labelled else confidence  # it says so: likelier right than wrong
        if byline.doubt or byline.names == (byline.agency,):
            confidence, rule = min(confidence, _GUESS), byline.doubt or "an agency, since nobody else is named"
        if byline.names:
            self.fields["authors"] = Found(byline.names, rule, confidence, line.number)
        if byline.agency:
            self.fields["agency"] = Found(byline.agency, rule, confidence, line.number)
        for k in range(at, at + byline.rows):
            if k not in (self.date, self.title):
                self._take(k, "byline", rule)

    def _block(self, at: int) -> int:
        """The line in which a byline begins that has its names one a line."""
        spots = range(max(0, at - bylines.MOST), at)
        return next((k for k in spots if k in self.context.bylines and k + self.context.bylines[k].rows > at), at)

    def _unsigned(self) -> None:
        """Reports a byline in which no name was found."""
        first = max(0, (self.title if self.title >= 0 else self.start) - _BESIDE)
        for i in range(first, min(len(self.lines), max(self.start, self.title + 1) + _BESIDE)):
            line, below = self.lines[i], self.lines[i + 1].text if i + 1 < len(self.lines) else ""
            stamps = self.context.stamps.get(i, ())
            text = dates.rest(line.text, stamps) if stamps else line.text
            if i != self.title and (said := bylines.seen(text, below)):
                agency = is_agency(said)
                rule = "a byline in which no name was found"
                self.fields["authors"] = Found((agency or said,), rule, _GUESS if agency else _UNLIKELY, line.number)
                if agency:
                    self.fields["agency"] = Found(agency, rule, _GUESS, line.number)
                if i != self.date and self.parts[i].role in ("body", "dropped"):
                    self._take(i, "byline", rule)
                return

    def label(self) -> None:
        """The section: a line that says so, one of the site's own beside the headline, or a label above it.

        A label that is no better than a guess is none: most texts name no section, and a doubt there is no news.
        """
        near = range(max(0, self.title - _BESIDE), min(len(self.lines), self.title + _BESIDE))
        edges = [*range(max(0, self.title - _NEAR), min(len(self.lines), self.start + _BESIDE)), *self._tail()]
        for i in edges:
            if names := subjects.labelled(self.lines[i].text):
                self._section(i, names[0], "a line that names the section", _SAID if len(names) == 1 else _GUESS)
                return
        found = [
            c for c in subjects.candidates(self.context, self.title) if self.parts[c[0]].role not in ("byline", "date")
        ]
        known = {name: (i, label) for i, label, _ in found if i in near and (name := subjects.own(label, self.hints))}
        if len(known) == 1:  # several are a menu
            i, label = next(iter(known.values()))
            self._section(i, label, "one of the site's sections, beside the headline", _SAID)
            return
        best, confidence = ranker.best("section", [row for *_, row in found], [name.casefold() for _, name, _ in found])
        if best >= 0 and confidence >= _NO_NEWS:
            self._section(found[best][0], found[best][1], "a label beside the headline", confidence)

    def _section(self, at: int, name: str, rule: str, sure: float) -> None:
        """Notes the section."""
        self.fields["section"] = Found(name, rule, sure, self.lines[at].number)
        if self.parts[at].role not in ("title", "date", "byline"):
            self._take(at, "section", rule)

    def _tail(self) -> range:
        """The lines below the story."""
        return range(self.end, min(len(self.lines), self.end + _NEAR))

    def dateline(self) -> None:
        """The lead's "MOSCOW, May 7 (Xinhua) —": place, day and agency, taken off the lead."""
        for i in [k for k, part in enumerate(self.parts) if part.role == "body"][:3]:
            line = self.lines[i]
            found = agency_lines.dateline(line.text) if line.words >= _LEAD else None
            if not found:
                continue
            agency = is_agency(found["agency"] or "")
            self.fields["dateline"] = Found(found[0].strip(), "a dateline", 0.9, line.number)
            if agency:
                self.fields.setdefault("agency", Found(agency, "a dateline", 0.9, line.number))
            self.lines[i] = msgspec.structs.replace(line, text=line.text[found.end() :])
            given = dates.find(found["day"], self.hints) if found["year"] else ()
            if given and "date" not in self.fields:
                sure = self._sure(given[0], i, _DATELINE_SURE) if given[0].doubt else _DATELINE_SURE
                why = given[0].doubt or "the day of the dateline"
                self.fields["date"] = Found(given[0].day, why, sure, line.number)
            return
        self._placed_day()

    def _placed_day(self) -> None:
        """The day of a lead that begins "Kettleford, 10 April 2026 –"; its words stay: the place may be a weekday."""
        at = next((k for k, part in enumerate(self.parts) if part.role == "body"), -1)
        found = agency_lines.placed_day(self.lines[at].text) if at >= 0 and "date" not in self.fields else None
        for stamp in dates.find(found["day"], self.hints)[:1] if found else ():
            sure, why = self._sure(stamp, at, _PLACED_DAY), stamp.doubt or "the day behind the place in the first line"
            self.fields["date"] = Found(stamp.day, why, sure, self.lines[at].number)

    def credits(self) -> None:
        """The line "Disclaimer: This image is taken from …": the picture's credit, never the story's text."""
        for i, part in enumerate(self.parts):
            if part.role == "credit":
                text = self.lines[i].text
                name = credited(text)
                self.fields["credit"] = Found(name or text, part.why, 0.9, self.lines[i].number)
