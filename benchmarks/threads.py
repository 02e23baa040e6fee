"""How well running stories are found from headlines alone: writes an answer for a scorer.

python -m benchmarks.threads HEADLINES.jsonl ANSWER.jsonl

HEADLINES has an object a line with id, title, timestamp_ms and, where there is one, section; ANSWER gets one a line,
{"id": …, "thread": …}. Of the time only the day is used, and within a day headlines come in an order drawn by digest: a
collection lists a story's headlines one after the other within seconds, which no newsroom's inbox would.

python -m benchmarks.threads HEADLINES.jsonl --halves 20

Where a headline also has its story's label, this prints B-cubed precision, recall and F1 (Bagga and Baldwin, 1998) on
random halves of the labels instead, for the bar in use and for its neighbours: a bar is good that is good on both.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from broadsheet.model import Story
from broadsheet.newsroom.clusters import HEADLINES, Thresholds
from broadsheet.newsroom.threads import Hand, find

Row = dict[str, Any]


def threads(rows: Sequence[Row], bar: Thresholds) -> dict[str, str]:
    """The thread of each headline by id; a headline that is alone is a thread of its own."""
    found = find(map(_story, rows), "en", Hand(minimum=1), bar=bar)
    return {story.extra["id"]: thread.id for thread in found.threads for story in thread.stories}


def _story(row: Row) -> Story:
    name = blake2b(str(row["id"]).encode(), digest_size=8).hexdigest()
    day = dt.datetime.fromtimestamp(row["timestamp_ms"] / 1000, dt.UTC).date()
    date = dt.datetime.combine(day, dt.time(), dt.UTC)
    section = row.get("section") or ""
    return Story(
        name, f"{name}.md", name, row["title"], date, timed=False, body="", section=section, extra={"id": row["id"]}
    )


def b_cubed(truth: dict[str, str], answer: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping, averaged over its items."""
    pairs = Counter((truth[item], answer[item]) for item in truth)
    true, given = Counter(truth.values()), Counter(answer[item] for item in truth)
    precision = sum(n * n / given[group] for (_, group), n in pairs.items()) / len(truth)
    recall = sum(n * n / true[label] for (label, _), n in pairs.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _halves(rows: Sequence[Row], times: int) -> Iterator[tuple[list[Row], list[Row]]]:
    labels = sorted({row["story"] for row in rows})
    draw = random.Random(3)
    for _ in range(times):
        half = set(draw.sample(labels, len(labels) // 2))
        yield [row for row in rows if row["story"] in half], [row for row in rows if row["story"] not in half]


def _neighbours() -> Iterator[tuple[str, Thresholds]]:
    yield "in use", HEADLINES
    for field in ("join", "merge", "rarity", "elsewhere"):
        for factor in (0.8, 1.25):
            value = round(getattr(HEADLINES, field) * factor, 4)
            yield f"{field} {value}", replace(HEADLINES, **{field: value})


def cross_validate(rows: Sequence[Row], times: int) -> None:
    print(f"{'bar':<18}{'all: P':>8}{'R':>7}{'F1':>7}{'halves: mean':>14}{'least':>7}{'one half':>10}{'other':>7}")
    halves = list(_halves(rows, times))
    for name, bar in _neighbours():
        truth = {row["id"]: row["story"] for row in rows}
        p, r, f = b_cubed(truth, threads(rows, bar))
        scores = [
            [b_cubed({row["id"]: row["story"] for row in half}, threads(half, bar))[2] for half in pair]
            for pair in halves
        ]
        every = [score for pair in scores for score in pair]
        sides = [statistics.mean(pair[side] for pair in scores) for side in (0, 1)]
        print(
            f"{name:<18}{p:>8.3f}{r:>7.3f}{f:>7.3f}{statistics.mean(every):>14.3f}{min(every):>7.3f}"
            f"{sides[0]:>10.3f}{sides[1]:>7.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("headlines", type=Path)
    parser.add_argument("answer", type=Path, nargs="?")
    parser.add_argument("--halves", type=int, default=0, help="cross-validate on so many random halves of the labels")
    chosen = parser.parse_args()
    rows = [json.loads(line) for line in chosen.headlines.read_text("utf-8").splitlines() if line.strip()]
    if chosen.halves:
        cross_validate(rows, chosen.halves)
    elif chosen.answer is None:
        parser.error("ANSWER.jsonl is missing: where is the answer to be written?")
    else:
        answer = threads(rows, HEADLINES)
        lines = [json.dumps({"id": row["id"], "thread": answer[row["id"]]}) for row in rows]
        chosen.answer.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        print(f"{len(rows)} headlines, {len(set(answer.values()))} threads → {chosen.answer}")


if __name__ == "__main__":
    main()
