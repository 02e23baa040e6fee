"""Converted sources with labelled bodies → the weights by which ingest says how sure a body is (confidence.json).

In: what ``confidence`` sees of each source, read with trees that do not know its publisher, and the labelled body. Out:
the weights of its logistic regressions: of the pieces first, then, from what those say, of whole sources. Newton's
method with a ridge, on standardised features; a piece weighs by its length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np

from benchmarks import ingest as bench
from benchmarks import ingest_truth as truth
from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract import confidence
from broadsheet.ingest.extract.text_fields import FieldFinder
from broadsheet.ingest.formats import html

PIECES, SOURCES = 3.0, 3.0  # the ridge of a regression over pieces, and over whole sources
LONGEST = {"words": 80, "letters": 400}  # of a piece; a longer one weighs no more
STEPS = 25  # of Newton's method; it has converged long before
MOST = 0.5  # of a piece's word runs: where as many are of the body, the piece is
READ = 0.5  # the weight of a text whose body nobody labelled: what ingest reads from its HTML is mostly right


class Case(msgspec.Struct, frozen=True):
    """A source: its evidence, whether each dropped piece is missing from the body, and whether too much is.

    ``kept`` are the log odds of each line that was kept, with whether it belongs to the body; ``weight`` is what the
    source counts.
    """

    host: str
    evidence: confidence.Evidence
    missing: tuple[bool, ...]
    lost: bool
    kept: tuple[tuple[float, bool], ...] = ()
    weight: float = 1.0


def of_text(page: truth.Sample, reader: FieldFinder, score: ModuleType) -> Case | None:
    """A text as its reader left it; None where its body is not known, or nothing had to be predicted."""
    if not page.labelled or page.track not in truth.TRACKS or not reader.predictions:
        return None
    bench.finish(reader)
    want = score.shingles("\n".join(page.truth["body"]))
    kept = [i for i, part in enumerate(reader.parts) if part.role in ("body", "subhead")]
    got = score.shingles("\n".join(reader.lines[i].text for i in kept))
    evidence = confidence.text_evidence(reader.lines, reader.parts, reader.predictions)
    texts = [reader.lines[piece.index].text for piece in evidence.dropped]
    return Case(
        page.host,
        evidence,
        _missing(texts, _left_out(want, got), score),
        bench.lost(want, score.shingles(page.raw), got) > confidence.LOSS,
        tuple((reader.predictions[i].body, _missing([reader.lines[i].text], want, score)[0]) for i in kept),
        READ if page.read else 1.0,
    )


def pages(data: Path, score: ModuleType) -> Iterator[Case]:
    """The web pages of a folder whose bodies are labelled, as the reader of pages sees them."""
    for case in score.load_cases(data / "cases.jsonl"):
        if not case["truth"]["body"] or case["truth_by"].get("body") != "annotated":
            continue
        asked: list[Any] = []
        judge = confidence.of_page

        def listen(*seen: Any, asked: list[Any] = asked, judge: Any = judge) -> confidence.BodyConfidence:
            asked.append(seen)
            answer: confidence.BodyConfidence = judge(*seen)
            return answer

        confidence.of_page = listen  # type: ignore[assignment]  # whatever it is asked, it passes on
        try:
            body = html.read(bench.source(data, "html", case), truth.HINTS)[0].body
        except BroadsheetError:
            continue
        finally:
            confidence.of_page = judge
        blocks, parts, texts = asked[-1]
        want, got = score.shingles("\n".join(case["truth"]["body"])), score.shingles(score.plain(body))
        shown = score.shingles("\n".join(block.text for block in blocks))
        evidence = confidence.page_evidence(blocks, parts, texts)
        dropped = [blocks[piece.index].text for piece in evidence.dropped]
        lost = bench.lost(want, shown, got) > confidence.LOSS
        yield Case(case["host"], evidence, _missing(dropped, _left_out(want, got), score), lost)


def fit(texts: Sequence[Case], web: Sequence[Case]) -> dict[str, confidence.Weights]:
    """The weights of confidence.json."""
    kept = [(odds, told, case.weight) for case in texts for odds, told in case.kept]
    line = _pieces(texts, confidence.LINE, "words")
    block = _pieces(web, confidence.BLOCK, "letters")
    return {
        "line": line,
        "kept line": _regression(
            [(odds,) for odds, *_ in kept],
            [told for _, told, _ in kept],
            confidence.LINE,
            PIECES,
            [w for *_, w in kept],
        ),
        "text": _sources(texts, line, confidence.LINE, confidence.TEXT, confidence.text_features),
        "block": block,
        "page": _sources(web, block, confidence.BLOCK, confidence.PAGE, confidence.page_features),
    }


def _pieces(cases: Sequence[Case], names: tuple[str, ...], measure: str) -> confidence.Weights:
    rows, labels, weights = [], [], []
    for case in cases:
        for piece, missing in zip(case.evidence.dropped, case.missing, strict=True):
            rows.append(piece.features)
            labels.append(missing)
            weights.append(case.weight * math.sqrt(min(piece.size, LONGEST[measure]) / LONGEST[measure]))
    return _regression(rows, labels, names, PIECES, weights)


def _sources(
    cases: Sequence[Case], weights: confidence.Weights, pieces: tuple[str, ...], names: tuple[str, ...], features: Any
) -> confidence.Weights:
    rows, labels, heavy = [], [], []
    for case in cases:
        if case.evidence.dropped:
            chances = [confidence.chance(weights, pieces, piece.features) for piece in case.evidence.dropped]
            rows.append(features(case.evidence, chances))
            labels.append(case.lost)
            heavy.append(case.weight)
    return _regression(rows, labels, names, SOURCES, heavy)


def _regression(
    rows: Sequence[Sequence[float]],
    labels: Sequence[bool],
    names: tuple[str, ...],
    ridge: float,
    weights: Sequence[float] = (),
) -> confidence.Weights:
    """A logistic regression: a weight a feature, and the intercept under no name."""
    plain = np.array(rows, dtype=float)
    middle, spread = plain.mean(0), plain.std(0) + 1e-9
    table = np.hstack([(plain - middle) / spread, np.ones((len(plain), 1))])
    right, heavy = np.array(labels, dtype=float), np.array(weights or [1.0] * len(plain))
    penalty = np.diag([ridge] * len(names) + [1e-6])
    found = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-(table @ found)))
        slope = table.T @ (heavy * (likely - right)) + penalty @ found
        bend = (table * (heavy * likely * (1 - likely))[:, None]).T @ table + penalty
        found = found - np.linalg.solve(bend, slope)
    each = found[:-1] / spread
    told = {name: round(float(weight), 4) for name, weight in zip(names, each, strict=True)}
    return {"": round(float(found[-1] - each @ middle), 4), **told}


def _left_out(want: Counter[Any], got: Counter[Any]) -> Counter[Any]:
    """The runs of words of a labelled body of which the story has none."""
    return Counter({run: count for run, count in want.items() if run not in got})


def _missing(texts: Sequence[str], runs: Counter[Any], score: ModuleType) -> tuple[bool, ...]:
    """Whether each of some texts is, for the most part, among runs of words."""
    told = []
    for text in texts:
        own = score.shingles(text)
        both = sum((own & runs).values())
        told.append(both > 0 and both >= MOST * sum(own.values()))
    return tuple(told)
