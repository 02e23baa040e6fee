"""Fits the trees by which ingest tells story from furniture and finds headline, date, byline and section.

    python -m benchmarks.ingest_fit --data FOLDER [--data FOLDER] [--out FOLDER] [--only confidence]
    python -m benchmarks.ingest_fit --data FOLDER [--data FOLDER] --cross [--folds 5] [--fold 1]

The first writes classifier.json, ranker.json and confidence.json, beside the modules that read them unless --out names
another folder; with --only it writes just the one that is named.
The second writes nothing: it leaves out a fifth of the publishers at a time, fits on the others, converts the pages
that were left out, and prints the table of ``benchmarks.ingest`` over them, folder by folder: what to expect of
publishers never seen. It does so after every fifth, over all that were left out so far, since it takes long; with
--fold it leaves out only the fifths that are named.
Pages of several folders are fitted together; a publisher is left out of all of them at once.
Needs lightgbm, which ``pip install -e .[fit]`` brings.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from benchmarks import ingest as bench
from benchmarks import ingest_doubt as doubt
from benchmarks import ingest_learn as learn
from benchmarks import ingest_truth as truth
from broadsheet.ingest.extract import classifier, confidence, features, ranker
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.ranker import FeatureVector
from broadsheet.ingest.extract.text_fields import FieldFinder

INGEST = Path(__file__).parent.parent / "src/broadsheet/ingest/extract"
STORY = learn.Shape(trees=60, leaves=16, rate=0.21, examples=60, decay=20)
SUBHEAD = learn.Shape(trees=60, leaves=6, rate=0.1, examples=20)
JOIN = learn.Shape(trees=80, leaves=12, rate=0.12, examples=30)
RANKERS = {
    "title": learn.Shape(trees=150, leaves=12, rate=0.06, examples=15, decay=5, listwise=1.0),
    "date": learn.Shape(trees=150, leaves=12, rate=0.06, examples=15, decay=5, listwise=0.6),
    "byline": learn.Shape(trees=250, leaves=4, rate=0.08, examples=25, decay=5),
    "section": learn.Shape(trees=150, leaves=12, rate=0.06, examples=25),
}
# The chance of being right below which a field stays empty: a wrong day or name does more harm than none.
LEAST = {"title": 0.12, "date": 0.6, "byline": 0.2, "section": 0.1}
# The share of right ones among those that need no review, on publishers left out. What the page itself has wrong, such
# as an evening's date that is given as the next day's, leaves little room above.
RIGHT = {"title": 0.985, "date": 0.985, "byline": 0.98, "section": 0.98}
MADE_UP_WEIGHT = 0.5  # of a line of a made-up page: they show shapes, and must not outvote real ones
MADE_UP_SHARE = 0.6  # and of a ranking there
READ_WEIGHT = 0.5  # of a line of a page whose body nobody labelled: what ingest reads from HTML is mostly right
SENTENCE = 1.1  # the least weight of a line of the story that is a sentence
PARAGRAPH, LETTERS = 1.5, 40  # times the weight of a line of the story that is a sentence or has as many characters
DUMP = 1.3  # and again in dumps of whole pages: where most is furniture, few lines of the story would outweigh it
TITLE = 2.5  # times the weight of the headline: a body that takes it leaves no headline to be found
LEAK, LEAKS = 2.0, 8.0  # times the weight of a line that must not be in the body; and to be shared by a page's lines
INNER = 5  # parts of the publishers; rankers are fitted on predictions of trees that have not seen the publisher


class Weights(msgspec.Struct, frozen=True):
    """The texts of classifier.json, ranker.json and confidence.json."""

    classifier: str
    ranker: str
    confidence: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="a folder of labelled texts")
    parser.add_argument("--out", type=Path, default=INGEST, help="where the weights go")
    parser.add_argument("--only", choices=Weights.__struct_fields__, help="the one file to write")
    parser.add_argument("--cross", action="store_true", help="print how right ingest is on publishers left out")
    parser.add_argument(
        "--folds", type=int, default=5, help="parts of the publishers, of which one at a time is left out"
    )
    parser.add_argument(
        "--fold", type=int, action="append", help="a part to leave out, from 1; every one of them otherwise"
    )
    options = parser.parse_args()
    score = bench.scorer(options.data[0])
    pages = [page for data in options.data for page in truth.samples(data, score)] + list(truth.made_up())
    doubted = options.cross or options.only in (None, "confidence")
    web = [case for data in options.data for case in doubt.pages(data, score)] if doubted else []
    if options.cross:
        cross(pages, web, score, options.data, options.folds, options.fold or range(1, options.folds + 1))
        return
    weights = fit(pages, web, score)
    for name in [options.only] if options.only else Weights.__struct_fields__:
        (options.out / f"{name}.json").write_text(getattr(weights, name), encoding="utf-8")


def cross(
    pages: list[truth.Sample],
    web: list[doubt.Case],
    score: ModuleType,
    folders: Sequence[Path],
    folds: int,
    chosen: Sequence[int],
) -> None:
    """Prints the table over all publishers, or those of the parts chosen, each read with weights fitted without it."""
    cases = {data: score.load_cases(data / "cases.jsonl") for data in folders}
    fold = parts([page.host for page in pages] + [case["host"] for data in folders for case in cases[data]], folds)
    results: dict[str, bench.Result] = {}
    for done, left_out in enumerate((part - 1 for part in chosen), 1):
        seen = [page for page in pages if fold(page.host) != left_out]
        use(fit(seen, [case for case in web if fold(case.host) != left_out], score))
        for data in folders:
            unseen = [case for case in cases[data] if fold(case["host"]) == left_out]
            for track in ("html", *bench.TEXT_TRACKS):
                found, name = bench.convert(score, unseen, data, track), bench.named(data, track, folders)
                results[name] = results[name].plus(found) if name in results else found
        print(f"\n== {done} of {folds} parts of the publishers were left out ==")
        for name, result in sorted(results.items()):
            bench.show(name, result, [])
        sys.stdout.flush()


def fit(pages: list[truth.Sample], web: list[doubt.Case], score: ModuleType) -> Weights:
    """Weights fitted on pages, without those of confidence where there are no web pages.

    Those in use are changed on the way: the rankers stand on the lines' predictions.
    """
    rankers: dict[str, Any] = {"join": _joins(pages, score)}
    ranker.RANKERS["join"] = ranker.load(_dump({"join": rankers["join"]}).encode())["join"]
    fold = parts([page.host for page in pages], INNER)
    readers, forests = _predicted(pages, score, fold)
    found = [truth.PageRankings(page, reader) for page, reader in zip(pages, readers, strict=True)]
    for field in RANKERS:
        rankings = [page.of(field, score) for page in found]
        rankers[field], picked = _ranker(field, pages, rankings, fold)
        for page, best in zip(found, picked, strict=True):
            page.ranked(field, best)
    ranker.RANKERS.update(ranker.load(_dump(rankers).encode()))
    if not web:
        return Weights(forests, _dump(rankers), "")
    cases = [doubt.of_text(page, reader, score) for page, reader in zip(pages, readers, strict=True)]
    sure = doubt.fit([case for case in cases if case], web)
    return Weights(forests, _dump(rankers), _dump(sure))


def use(weights: Weights) -> None:
    """Puts weights to use in this process."""
    classifier.MODELS.update(classifier.load(weights.classifier.encode()))
    ranker.RANKERS.update(ranker.load(weights.ranker.encode()))
    confidence.WEIGHTS.update(confidence.load(weights.confidence.encode()))


def parts(hosts: Sequence[str], count: int) -> Callable[[str], int]:
    """Which part a publisher belongs to."""
    order = sorted(set(hosts))
    random.Random(0).shuffle(order)
    place = {host: n % count for n, host in enumerate(order)}
    return place.__getitem__


_JOINS: dict[str, list[tuple[FeatureVector, bool]]] = {}  # by text: no weights change them from fold to fold


def _joins(pages: list[truth.Sample], score: ModuleType) -> dict[str, Any]:
    """The trees that tell whether a sentence goes on from row to row."""
    soup = [page for page in pages if page.track == "soup"]
    for page in soup:
        if page.raw not in _JOINS:
            _JOINS[page.raw] = truth.joins(page, score)
    answers = [answer for page in soup for answer in _JOINS[page.raw]]
    rows, labels = zip(*answers, strict=True)
    return {"trees": learn.forest(rows, labels, [1.0] * len(rows), JOIN), "features": len(rows[0])}


def _predicted(
    pages: list[truth.Sample], score: ModuleType, fold: Callable[[str], int]
) -> tuple[list[FieldFinder], str]:
    """Every page, read with predictions of trees that do not know its publisher; and the trees that know them all."""
    split = [truth.split(page) for page in pages]
    examples = [_lines(page, lines, score) for page, lines in zip(pages, split, strict=True)]
    readers: dict[int, FieldFinder] = {}
    for left_out in range(INNER):
        seen = [e for page, found in zip(pages, examples, strict=True) if fold(page.host) != left_out for e in found]
        classifier.MODELS.update(classifier.load(_forests(seen).encode()))
        for n, page in enumerate(pages):
            if fold(page.host) == left_out:
                readers[n] = FieldFinder(list(split[n]), truth.HINTS, dt.date(2000, 1, 1))
                readers[n].gather_context()
    return [readers[n] for n in range(len(pages))], _forests([example for found in examples for example in found])


Example = tuple[FeatureVector, int, float]


_LINES: dict[tuple[int, tuple[str, ...]], list[Example]] = {}  # by page and lines, which weights of joins change alone


def _lines(page: truth.Sample, lines: tuple[Line, ...], score: ModuleType) -> list[Example]:
    """The labelled lines of a page: features, label, weight."""
    key = (id(page), tuple(line.text for line in lines))
    if key not in _LINES:
        _LINES[key] = _labelled(page, lines, score)
    return _LINES[key]


def _labelled(page: truth.Sample, lines: tuple[Line, ...], score: ModuleType) -> list[Example]:
    rows, _ = features.vectors(lines, truth.HINTS)
    labels = truth.line_labels(page, lines, score)
    shares = truth.leaks(page, lines, score)
    heading = score.norm(page.truth["title"])
    share = MADE_UP_WEIGHT if page.track == "made up" else READ_WEIGHT if page.read else 1.0
    dump = DUMP if page.track == "page" else 1.0
    return [
        (row, label, share * _worth(line, label, dump, leak) * (TITLE if score.norm(line.text) == heading else 1.0))
        for row, label, line, leak in zip(rows, labels, lines, shares, strict=True)
        if row and label != truth.UNKNOWN
    ]


def _worth(line: Line, label: int, dump: float, leak: float) -> float:
    """What a line counts: long ones more, as they do in a score by words; paragraphs and leaks by scores of their own.

    ``leak`` is the share of the page's forbidden phrases that the line holds.
    """
    if label == truth.SUBHEAD:
        return 1.0
    size = math.sqrt(min(line.words, 80)) / 3
    if label == truth.BODY:
        told = line.stops or len(line.text) >= LETTERS
        return max(SENTENCE if line.words >= 6 else 0.0, size) * (PARAGRAPH * dump if told else 1.0)
    return size * LEAK + LEAKS * leak if leak else size


def _forests(examples: list[Example]) -> str:
    rows, labels, weights = zip(*examples, strict=True)
    story = learn.forest(rows, [label > 0 for label in labels], weights, STORY)
    words = features.NAMES.index("words")
    short = [
        (row, label) for row, label in zip(rows, labels, strict=True) if label > 0 and row[words] <= features.HEADING
    ]
    heads = learn.forest(
        [r for r, _ in short], [label == truth.SUBHEAD for _, label in short], [1.0] * len(short), SUBHEAD
    )
    return _dump({"story": story, "subhead": heads})


def _ranker(
    field: str, pages: list[truth.Sample], rankings: list[truth.Ranking], fold: Callable[[str], int]
) -> tuple[dict[str, Any], list[int]]:
    """The trees and rules of a ranker, and what it chooses on every page by trees that do not know its publisher."""

    def fitted(without: int) -> list[Any]:
        rows, labels, weights, sizes = [], [], [], []
        for page, ranking in zip(pages, rankings, strict=True):
            if ranking.known and fold(page.host) != without:
                if not ranking.candidates:
                    continue
                rows += ranking.candidates
                labels += [k in ranking.right for k in range(len(ranking.candidates))]
                sizes.append(len(ranking.candidates))
                weights += [MADE_UP_SHARE if page.track == "made up" else 1.0] * sizes[-1]
        return learn.ranking_forest(rows, labels, weights, sizes, RANKERS[field])

    feature_count = next(len(ranking.candidates[0]) for ranking in rankings if ranking.candidates)
    picked = [-1] * len(pages)
    answers = []
    for left_out in range(INNER):
        score = ranker.compiled(fitted(left_out), feature_count)
        for n, (page, ranking) in enumerate(zip(pages, rankings, strict=True)):
            if fold(page.host) != left_out or not ranking.candidates:
                continue
            scores = [score(row) for row in ranking.candidates]
            picked[n] = scores.index(max(scores))
            if ranking.known and page.track != "made up":
                margin = ranker.margin(scores, picked[n], ranking.same)
                answers.append(learn.Answer(page.track, max(scores), margin, picked[n] in ranking.right))
    return {
        "trees": fitted(-1),
        "features": feature_count,
        **learn.rules(answers, LEAST[field], RIGHT[field]),
    }, picked


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
