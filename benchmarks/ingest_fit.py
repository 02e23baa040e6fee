"""Fits the weights by which ingest tells story from furniture and finds headline, date, byline and section.

    python -m benchmarks.ingest_fit --data FOLDER [--out FOLDER]

Writes judge.json and ballot.json, into src/broadsheet/ingest unless told otherwise, in a minute or two. It also prints
how right such weights are on publishers that they have not seen, by leaving out a fifth of them at a time.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import ingest_truth as truth
from benchmarks.ingest import scorer
from broadsheet.ingest import ballot, judge, traits
from broadsheet.ingest.lines import Line

INGEST = Path(__file__).parent.parent / "src/broadsheet/ingest"
RARE = {"line": 8, "vote": 5, "join": 6}  # a trait that fewer examples show is left out
# The share of the vote that counts as sure: from it, winners of seen and unseen publishers were right in 97 of 100.
SURE = {"title": 0.96, "date": 0.92, "byline": 0.93, "section": 0.985}
MADE_UP_WEIGHT = 0.25  # made-up pages show shapes; they must not outvote real ones
DECAY = 2e-3  # how strongly weights of lines are pulled to nothing, which keeps rare traits from being believed
SNAPSHOTS = 16  # a round
FOLDS = 5

Example = tuple[Sequence[Any], int, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of labelled texts")
    parser.add_argument("--out", type=Path, default=INGEST, help="where the weights go")
    options = parser.parse_args()
    score = scorer(options.data)
    pages = list(truth.samples(options.data, score))
    joins = [answer for page in pages if page.track == "soup" for answer in truth.joins(page, score)]
    votes: dict[str, dict[str, float]] = {"join": _logistic(joins)}
    ballot.WEIGHTS.update(votes)
    print(f"{len(pages)} pages, {len(joins)} boundaries between rows")
    split = [truth.split(page) for page in pages]
    examples = [_lines(page, lines, score) for page, lines in zip(pages, split, strict=True)]
    _unseen("lines", pages, examples)
    slots = _softmax([example for page in examples for example in page])
    (options.out / "judge.json").write_text(_dump(slots), encoding="utf-8")
    judge.WEIGHTS[:] = judge.load(_dump(slots).encode())
    held = [truth.elections(page, lines, score) for page, lines in zip(pages, split, strict=True)]
    for office, sure in SURE.items():
        contests = [(page.host, every[office]) for page, every in zip(pages, held, strict=True) if office in every]
        _unseen_votes(office, contests)
        votes[office] = _election([contest for _, contest in contests]) | {"sure": sure}
    (options.out / "ballot.json").write_text(_dump(votes), encoding="utf-8")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _lines(page: truth.Sample, lines: tuple[Line, ...], score: Any) -> list[Example]:
    """The labelled lines of a page: traits, label, weight (long lines count more, as they do in a score by words)."""
    rows, _ = traits.traits(lines, truth.HINTS)
    labels = truth.line_labels(page, lines, score)
    share = MADE_UP_WEIGHT if page.track == "made up" else 1.0
    return [
        (row, label, share * (1.0 if label == truth.SUBHEAD else math.sqrt(min(line.words, 80)) / 3))
        for row, label, line in zip(rows, labels, lines, strict=True)
        if label != truth.UNKNOWN
    ]


def _softmax(examples: list[Example], rounds: int = 3) -> list[list[tuple[Any, float, float]]]:
    """Log odds of body and subhead against other for every value of every slot, by stochastic gradient (AdaGrad)."""
    counted: Counter[tuple[int, Any]] = Counter()
    for row, _, _ in examples:
        counted.update(enumerate(row))
    known = {trait: [0.0] * 3 + [1e-2] * 3 for trait, times in counted.items() if times >= RARE["line"]}
    chance = random.Random(1)
    order = [([known[t] for t in enumerate(row) if t in known], label, weight) for row, label, weight in examples]
    averages = {trait: [0.0] * 3 for trait in known}
    step = len(order) // SNAPSHOTS + 1
    for turn in range(rounds):
        chance.shuffle(order)
        for n, (cells, label, weight) in enumerate(order):
            if turn and n % step == 0:  # the mean of many states is steadier than the last one
                for trait, cell in known.items():
                    averages[trait] = [mean + value for mean, value in zip(averages[trait], cell, strict=False)]
            _learn(cells, label, weight)
    slots: list[list[tuple[Any, float, float]]] = [[] for _ in traits.SLOTS]
    taken = SNAPSHOTS * (rounds - 1)
    for (slot, value), cell in averages.items():
        body, subhead = round((cell[1] - cell[0]) / taken, 3), round((cell[2] - cell[0]) / taken, 3)
        if abs(body) + abs(subhead) >= 0.02:
            slots[slot].append((value, body, subhead))
    return slots


def _learn(cells: list[list[float]], label: int, weight: float) -> None:
    """One step of AdaGrad on the cells of an example: three weights each, then the three sums of squared slopes."""
    scores = [sum(cell[c] for cell in cells) for c in range(3)]
    top = max(scores)
    shares = [math.exp(s - top) for s in scores]
    total = sum(shares)
    for c in range(3):
        pull = weight * (shares[c] / total - (c == label))
        if abs(pull) < 1e-3:
            continue
        for cell in cells:
            slope = pull + DECAY * cell[c]
            cell[c + 3] += slope * slope
            cell[c] -= 0.1 * slope / math.sqrt(cell[c + 3])


def _election(contests: list[truth.Election], rounds: int = 12) -> dict[str, float]:
    """The weights of an office: the right candidates' share of the vote is made as large as it can be."""
    counted = Counter(t for contest in contests for traits_ in contest.candidates for t in traits_)
    known = {trait for trait, times in counted.items() if times >= RARE["vote"]}
    weights: defaultdict[str, float] = defaultdict(float)
    steps: defaultdict[str, float] = defaultdict(lambda: 1e-3)
    chance = random.Random(0)
    order = [
        (
            [[t for t in c if t in known] for c in contest.candidates] + [["nobody"]],
            contest.right or [len(contest.candidates)],
        )
        for contest in contests
    ]
    averages: Counter[str] = Counter()
    for turn in range(rounds):
        if turn > rounds // 2:
            averages.update(weights)  # adds the weights of this round
        chance.shuffle(order)
        for candidates, right in order:
            scores = [sum(weights[t] for t in c) for c in candidates]
            top = max(scores)
            shares = [math.exp(s - top) for s in scores]
            total, won = sum(shares), sum(shares[k] for k in right)
            pulls: defaultdict[str, float] = defaultdict(float)
            for k, candidate in enumerate(candidates):
                pull = shares[k] / total - (shares[k] / won if k in right else 0.0)
                if abs(pull) > 1e-4:
                    for t in candidate:
                        pulls[t] += pull
            for t, pull in pulls.items():
                slope = pull + 1e-3 * weights[t]
                steps[t] += slope * slope
                weights[t] -= 0.12 * slope / math.sqrt(steps[t])
    averages.update(weights)
    taken = rounds - rounds // 2
    return {trait: round(w / taken, 3) for trait, w in averages.items() if abs(w / taken) > 0.01}


def _logistic(answers: list[tuple[list[str], bool]], rounds: int = 6) -> dict[str, float]:
    """The weights of a question that is answered with yes or no."""
    contests = Counter(t for row, _ in answers for t in row)
    known = {trait for trait, times in contests.items() if times >= RARE["join"]}
    weights: defaultdict[str, float] = defaultdict(float)
    steps: defaultdict[str, float] = defaultdict(lambda: 1e-3)
    order = [([t for t in row if t in known] + ["bias"], answer) for row, answer in answers]
    chance = random.Random(0)
    for _ in range(rounds):
        chance.shuffle(order)
        for row, answer in order:
            odds = max(-30.0, min(30.0, sum(weights[t] for t in row)))
            pull = 1 / (1 + math.exp(-odds)) - answer
            for t in row:
                slope = pull + 3e-4 * weights[t]
                steps[t] += slope * slope
                weights[t] -= 0.1 * slope / math.sqrt(steps[t])
    return {"bias": 0.0} | {trait: round(weight, 3) for trait, weight in weights.items() if abs(weight) > 0.01}


def _folds(hosts: Sequence[str]) -> Callable[[str], int]:
    """Which fifth a publisher belongs to."""
    order = sorted(set(hosts))
    random.Random(0).shuffle(order)
    place = {host: n % FOLDS for n, host in enumerate(order)}
    return place.__getitem__


def _unseen(name: str, pages: list[truth.Sample], examples: list[list[Example]]) -> None:
    """Prints how many words of unseen publishers' pages are rightly called story."""
    fold = _folds([page.host for page in pages])
    hit: Counter[str] = Counter()
    for left_out in range(FOLDS):
        seen = [e for page, found in zip(pages, examples, strict=True) if fold(page.host) != left_out for e in found]
        weights = judge.load(_dump(_softmax(seen)).encode())
        for page, found in zip(pages, examples, strict=True):
            if fold(page.host) == left_out:
                for row, label, weight in found:
                    pairs = [slot[value] for slot, value in zip(weights, row, strict=True) if value in slot]
                    story = max(sum(p[0] for p in pairs), sum(p[1] for p in pairs)) > 0
                    hit[f"{page.track} {'right' if story == (label > 0) else 'wrong'}"] += round(100 * weight)
    for track in (*truth.TRACKS, "made up"):
        right, wrong = hit[f"{track} right"], hit[f"{track} wrong"]
        print(f"{name} of unseen publishers, {track}: {right / max(1, right + wrong):.3f} right")


def _unseen_votes(office: str, contests: list[tuple[str, truth.Election]]) -> None:
    """Prints how many elections of unseen publishers' pages are rightly decided."""
    fold = _folds([host for host, _ in contests])
    right = 0
    for left_out in range(FOLDS):
        ballot.WEIGHTS[office] = _election([contest for host, contest in contests if fold(host) != left_out])
        for host, contest in contests:
            if fold(host) == left_out:
                winner, _ = ballot.elect(office, contest.candidates)
                right += winner in contest.right if contest.right else winner < 0
    print(f"{office} of unseen publishers: {right / len(contests):.3f} of {len(contests)} right")


if __name__ == "__main__":
    main()
