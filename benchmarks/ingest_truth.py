"""Labelled pages → examples to fit ingest's weights on: which lines are story, which line is the headline, and so on.

In: the folder that ``benchmarks.ingest`` reads, and made-up pages. Out: ``Sample`` values, and from them the questions
that ``classifier`` and ``ranker`` answer, with the right answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from benchmarks import ingest_read, shapes
from broadsheet.ingest.extract import (
    boilerplate,
    candidates,
    charset,
    headlines,
    language,
    lines,
    ranker,
    rows,
    subjects,
    text_fields,
    title_lines,
)
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

HINTS = Hints(today=dt.datetime.now(dt.UTC).date())
TRACKS = ("region", "main", "soup", "page")
MADE_UP, NOTES = 240, 60

OTHER, BODY, SUBHEAD, UNKNOWN = 0, 1, 2, -1


class Sample(msgspec.Struct, frozen=True):
    """A text with what is true of it, in the scorer's own terms; ``host`` keeps pages of one publisher together.

    ``read`` tells that nobody labelled the body: it is what ingest reads from the page's HTML.
    """

    host: str
    track: str
    raw: str
    truth: dict[str, Any]
    view: dict[str, Any]
    labelled: bool
    read: bool = False


class Ranking(msgspec.Struct, frozen=True):
    """The candidates of one ranking with their features, and the indices of those that are right.

    ``same`` is what each stands for; ``known`` tells whether the truth is: with no index then, nobody is right.
    """

    candidates: list[ranker.FeatureVector]
    same: list[Any]
    right: list[int]
    known: bool


def samples(data: Path, score: ModuleType) -> Iterator[Sample]:
    """Every labelled text of the folder."""
    for case in score.load_cases(data / "cases.jsonl"):
        labelled = bool(case["truth"]["body"]) and case["truth_by"].get("body") == "annotated"
        truth = case["truth"] if labelled else {**case["truth"], **ingest_read.body(data, case, score)}
        for track in TRACKS:
            if track in case["text"]:
                file = data / "text" / track / f"{case['id']}.txt"
                raw = charset.text(file.read_bytes(), file.name)
                known = labelled or bool(truth["body"])
                yield Sample(case["host"], track, raw, truth, case["text"][track], known, read=not labelled)


def made_up() -> Iterator[Sample]:
    """The made-up pages, each with what is true of it."""
    for n, page in enumerate((*shapes.pages(MADE_UP), *shapes.notes(NOTES))):
        truth = {
            "title": page.title, "title_alt": [], "date": page.date, "date_alt": [], "authors": list(page.authors),
            "section": [page.section] if page.section else [], "body": list(page.body),
            "subheads": list(page.subheads), "with": [], "without": [],
        }  # fmt: skip
        view = {"title": "present" if page.title else "absent", "authors": list(page.authors)}
        yield Sample(f"made up {n % 40}", "made up", page.text, truth, view, labelled=True)


def split(sample: Sample) -> tuple[Line, ...]:
    """The lines of a sample, as the text reader sees them."""
    return lines.split(sample.raw, boilerplate.table(language.detect(sample.raw, "en").value)).lines


def line_labels(sample: Sample, found: tuple[Line, ...], score: ModuleType) -> list[int]:
    """For every line whether it is body, subhead or other; unknown where the page's body was not labelled."""
    norms = [score.norm(line.text) for line in found]
    truth = sample.truth
    if not sample.labelled:
        kept, dropped = ([score.norm(x) for x in truth[key]] for key in ("with", "without"))
        return [_by_phrase(norm, kept, dropped) for norm in norms]
    paragraphs = [score.norm(text) for text in truth["body"]]
    whole, every = set(paragraphs), f" {' '.join(paragraphs)} "
    subheads = {score.norm(text) for text in truth["subheads"]}
    labels = []
    for line, norm in zip(found, norms, strict=True):
        label = SUBHEAD if norm in subheads else BODY if norm in whole or _within(norm, every) else OTHER
        heads = label == BODY and not subheads and norm in whole and line.words < 14
        labels.append(SUBHEAD if heads and not line.ends and not line.bullet else label if norm else OTHER)
    _once(norms, labels, paragraphs, every)
    if sample.read:
        kept, dropped = ([score.norm(x) for x in truth[key]] for key in ("with", "without"))
        told = [_by_phrase(norm, kept, dropped) for norm in norms]
        both = zip(labels, told, strict=True)
        labels = [label if said in (UNKNOWN, min(label, BODY)) else said for label, said in both]
    return labels


def leaks(sample: Sample, found: tuple[Line, ...], score: ModuleType) -> list[float]:
    """For every line the share of the page's forbidden phrases that a body with this line alone would have: most, 0."""
    known = sample.truth["without"]
    phrases = [f" {score.norm(known[k])} " for k in sample.view.get("without", ())]
    return [sum(phrase in f" {score.norm(line.text)} " for phrase in phrases) and 1 / len(phrases) for line in found]


def _by_phrase(norm: str, kept: list[str], dropped: list[str]) -> int:
    padded = f" {norm} "
    if any(phrase and f" {phrase} " in padded for phrase in kept):
        return BODY
    return OTHER if any(phrase and f" {phrase} " in padded for phrase in dropped) else UNKNOWN


def _within(norm: str, every: str) -> bool:
    """Whether a line is part of the body: word for word, or nearly so where it is long."""
    words = norm.split()
    if (len(words) >= 4 or len(norm) >= 25) and f" {norm} " in every:
        return True
    if len(words) < 8:
        return False
    runs = [" ".join(words[k : k + 4]) for k in range(len(words) - 3)]
    return sum(run in every for run in runs) > (0.8 if len(words) < 30 else 0.6) * len(runs)


def _once(norms: list[str], labels: list[int], paragraphs: list[str], every: str) -> None:
    """A text that stands in the page more often than in the body is body where its neighbours are."""
    places: dict[str, list[int]] = {}
    for i, norm in enumerate(norms):
        if labels[i] > 0 and norm:
            places.setdefault(norm, []).append(i)
    for norm, found in places.items():
        times = max(1, paragraphs.count(norm) or every.count(f" {norm} "))
        if len(found) > times:
            near = {i: sum(labels[k] > 0 for k in range(max(0, i - 4), min(len(labels), i + 5))) for i in found}
            for i in sorted(found, key=lambda i: (-near[i], i))[times:]:
                labels[i] = OTHER


def joins(sample: Sample, score: ModuleType) -> list[tuple[ranker.FeatureVector, bool]]:
    """The boundaries between the rows of a text without blank lines, and whether a sentence goes on across each."""
    found, _ = rows.rows(sample.raw)
    if not sample.labelled or sample.read or sum(row.gap for row in found) > max(2, len(found) * 0.06):
        return []
    every = " || ".join(f" {score.norm(text)} " for text in sample.truth["body"])
    norms = [score.norm(row.text).split() for row in found]
    answers = []
    group = found[:1]
    boundaries = lines.Boundaries(found)
    for i in range(len(found) - 1):
        left, right = " ".join(norms[i][-8:]), " ".join(norms[i + 1][:8])
        together = bool(left and right) and f" {left} {right} " in every and len(left + right) >= 12
        marks = not (left and right) and lines.begins_with_mark(found[i + 1].text)
        answer = together or marks
        answers.append((boundaries.features(i, group), answer))
        group = [*group, found[i + 1]] if answer else [found[i + 1]]
    return answers


class PageRankings:
    """The rankings of a page, one after the other: later ones see what the ones before chose."""

    def __init__(self, sample: Sample, reader: text_fields.FieldFinder) -> None:
        self.sample = sample
        self.reader = reader
        self.lines: list[int] = []
        self.chosen = {"title": -1, "date": -1}

    def ranked(self, field: str, best: int) -> None:
        """Notes what the last ranking chose."""
        self.chosen[field] = self.lines[best] if best >= 0 else -1

    def of(self, field: str, score: ModuleType) -> Ranking:
        """The candidates for a field on this page."""
        made: Ranking = getattr(self, f"_{field}")(score)
        return made

    def _title(self, score: ModuleType) -> Ranking:
        truth, context = self.sample.truth, self.reader.context
        found = title_lines.candidates(context)
        self.lines = [i for i, _ in found]
        texts = [score.norm(headlines.tidy(title_lines.whole(context, i))) for i in self.lines]
        known = [score.norm(title) for title in (truth["title"], *truth["title_alt"]) if title]
        right = [k for k, text in enumerate(texts) if known and _like(text, known, score)]
        sure = bool(right) or self.sample.track == "made up" or (bool(known) and self.sample.view["title"] != "present")
        return Ranking([row for _, row in found], [context.lines[i].key for i in self.lines], right, sure)

    def _date(self, _: ModuleType) -> Ranking:
        truth = self.sample.truth
        found = candidates.days(self.reader.context, self.chosen["title"])
        self.lines = [i for i, *_ in found]
        on = {truth["date"], *truth["date_alt"]} - {None, ""}
        days = [stamp.moment.astimezone(dt.UTC).date() if stamp.moment else stamp.day for _, stamp, _ in found]
        right = [k for k, day in enumerate(days) if day.isoformat() in on]
        return Ranking([row for *_, row in found], [stamp.day for _, stamp, _ in found], right, bool(on))

    def _byline(self, score: ModuleType) -> Ranking:
        signed = self.reader.context.bylines
        found = candidates.signatures(self.reader.context, self.chosen["title"], self.chosen["date"])
        self.lines = [i for i, _ in found]
        names = [signed[i].names for i in self.lines]
        fit = [_agreement(found, self.sample, score) for found in names]
        right = [k for k, share in enumerate(fit) if share > 0 and share >= max(fit) - 1e-9]
        known = bool(self.sample.truth["authors"]) or self.sample.track == "made up"
        return Ranking([row for _, row in found], names, right, known)

    def _section(self, score: ModuleType) -> Ranking:
        truth = self.sample.truth
        found = subjects.candidates(self.reader.context, self.chosen["title"])
        self.lines = [i for i, *_ in found]
        names = {score.norm(name) for name in truth["section"] or ()}
        right = [k for k, (_, name, _) in enumerate(found) if score.norm(name) in names]
        known = bool(names) or self.sample.track == "made up"
        return Ranking([row for *_, row in found], [name.casefold() for _, name, _ in found], right, known)


def _like(text: str, known: list[str], score: ModuleType) -> bool:
    best: float = max(score.similarity(text, title) for title in known)
    return best >= float(score.TITLE_OK)


def _agreement(names: tuple[str, ...], sample: Sample, score: ModuleType) -> float:
    """The F1 of a byline's names against those that the text shows, as the scorer counts it."""
    left = list(sample.view["authors"] or ())
    hits = known = 0
    for name in names:
        hit = next((want for want in left if score.same_name(name, want)), None)
        if hit is not None:
            left.remove(hit)
            hits += 1
        elif any(score.same_name(name, want) for want in sample.truth["authors"] or ()):
            known += 1
    wrong = len(names) - hits - known
    return 2 * hits / (2 * hits + wrong + len(left)) if hits else 0.0
