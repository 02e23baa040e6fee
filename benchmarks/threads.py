"""How well running stories are found, as it ships: sites are built by the public command, and ``threads --json`` read.

python -m benchmarks.threads --data FOLDER [--unrelated FOLDER …] [--seeds 10] [--spread 1 20] [--part stories]

FOLDER has ``stories.jsonl`` (id, title, body, story) and ``headlines.jsonl`` (id, title, section, timestamp_ms, story),
where ``story`` is the label, which is never shown to the program. Folders of ``--unrelated`` have ``cases.jsonl`` with
the titles and bodies of pages about other things, as benchmarks.ingest takes them: the English ones, then those of
other languages, 300 in all, each on a day of its own within 200.

A seed draws the days, the ids, which decide the order within a day, and the halves of the labels. Scores are B-cubed
precision, recall and F1 (Bagga and Baldwin, 1998) over the labelled stories; what else stands in a thread lowers its
precision. A story in no thread is alone.

python -m benchmarks.threads --data FOLDER --part reports [--same LABEL=LABEL …]

measures which stories are shown as other reports of one event, as ``reports`` of ``threads --json`` has them: precision
and recall of pairs of stories, by different publishers, of one day or of two days that follow one another. True are
those of one label; ``--same`` says that two labels mean one event. ``headlines.jsonl`` has a ``publisher`` for this, an
article of ``stories.jsonl`` is its own. ``reports.jsonl`` beside this module has made-up ones, with a ``day``.

python -m benchmarks.threads --data FOLDER --choose

goes through settings near those in use, on one half of the labels, and says what each gives on the other. This one
sets them in the program, so it does not go through the command.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from broadsheet.config import Settings
from broadsheet.model import Story
from broadsheet.newsroom import clusters, neighbours, vectors
from broadsheet.newsroom.running import Forgetful, running

Row = dict[str, Any]
FIRST = dt.date(2024, 1, 1)
DAYS = 200  # that unrelated stories are spread over
OTHERS = 300
SETTINGS = '[tool.broadsheet]\ntitle = "Threads"\nurl = "https://example.org/"\nsearch = false\nshare_cards = 0\n'


class Score(NamedTuple):
    """B-cubed precision, recall and F1, and the share of unrelated stories that stand in a thread with another."""

    precision: float
    recall: float
    f1: float
    others: float = 0.0


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def unrelated(folders: Sequence[Path]) -> list[Row]:
    """Stories about other things, those in English first."""
    found = []
    for folder in folders:
        for case in lines(folder / "cases.jsonl"):
            title, body = case["truth"].get("title"), case["truth"].get("body")
            text = folder / "text" / "main" / f"{case['id']}.txt"
            if not body and text.is_file():
                body = [line for line in re.split(r"\n+", text.read_text("utf-8")) if len(line) > 80]
            if title and body:
                found.append(
                    {"id": f"other-{case['id']}", "title": title, "body": "\n\n".join(body), "lang": case["lang"]}
                )
    return sorted(found, key=lambda row: row["lang"] != "en")[:OTHERS]


def dated(rows: Sequence[Row], draw: random.Random, spread: int) -> list[Row]:
    """Labelled stories with days: one day for each event, or each story on one of so many from there."""
    begins = {label: draw.randrange(DAYS) for label in sorted({row["story"] for row in rows})}
    days = [begins[row["story"]] + draw.randrange(spread) for row in rows]
    return [{**row, "day": FIRST + dt.timedelta(days=day)} for row, day in zip(rows, days, strict=True)]


def write(folder: Path, rows: Sequence[Row], draw: random.Random) -> dict[str, str]:
    """A site of these stories, whose ids are drawn; the id of each row by that of its story."""
    stories = folder / "content" / "stories"
    stories.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(SETTINGS)
    names = {}
    for row in rows:
        name = f"{draw.getrandbits(64):016x}"
        names[name] = row["id"]
        keys = {"id": name, "title": row["title"], "date": str(row["day"]), "lang": row.get("lang") or "en"}
        keys |= {"section": row["section"]} if row.get("section") else {}
        keys |= {"source": {"name": row["publisher"]}} if row.get("publisher") else {}
        head = "".join(
            f"{key}: {value if key == 'date' else json.dumps(value, ensure_ascii=False)}\n"
            for key, value in keys.items()
        )
        (stories / f"{name}.md").write_text(f"---\n{head}---\n\n{row.get('body', row['title'])}\n", "utf-8")
    return names


def broadsheet(folder: Path, *words: str) -> str:
    called = [sys.executable, "-m", "broadsheet", "--site", str(folder), *words]
    return subprocess.run(called, check=True, capture_output=True, text=True).stdout


def asked(rows: Sequence[Row], draw: random.Random, *, build: bool) -> tuple[dict[str, str], dict[str, Any]]:
    """What the public command says of a site of these stories, and the id of the row of each."""
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-threads-"))
    try:
        names = write(folder, rows, draw)
        if build:
            broadsheet(folder, "build", "--no-ingest")
        return names, json.loads(broadsheet(folder, "threads", "--json"))
    finally:
        shutil.rmtree(folder)


def threads(rows: Sequence[Row], draw: random.Random, *, build: bool) -> dict[str, str]:
    """The thread of each story that stands in one, by the id of its row, as the public command says."""
    names, found = asked(rows, draw, build=build)
    return {names[story["id"]]: thread["id"] for thread in found["threads"] for story in thread["stories"]}


def pairs(rows: Sequence[Row], found: Callable[[Row, Row], bool]) -> set[tuple[str, str]]:
    """The pairs of stories, by different publishers and at most a day apart, that are ``found`` to be of one event."""
    return {
        (one["id"], other["id"])
        for one, other in itertools.combinations(rows, 2)
        if one["publisher"] != other["publisher"] and abs((one["day"] - other["day"]).days) <= 1 and found(one, other)
    }


def score_reports(rows: Sequence[Row], seed: int) -> Score:
    """How well the reports of these stories were put together; ``others`` are unrelated stories that have any."""
    names, said = asked(rows, random.Random(seed), build=seed == 0)
    reports = {(names[one], names[other]) for one, ids in said["reports"].items() for other in ids}
    given = pairs(rows, lambda one, other: (one["id"], other["id"]) in reports)
    truth = pairs(rows, lambda one, other: bool(one.get("story")) and one.get("story") == other.get("story"))
    precision, recall = len(given & truth) / len(given) if given else 0.0, len(given & truth) / len(truth)
    alone, met = [row["id"] for row in rows if not row.get("story")], {one for one, _ in reports}
    f1 = 2 * precision * recall / (precision + recall) if given & truth else 0.0
    return Score(precision, recall, f1, sum(id_ in met for id_ in alone) / len(alone) if alone else 0.0)


def measure_reports(data: Path, folders: Sequence[Path], seeds: int, same: dict[str, str]) -> None:
    """The reports of headlines, of their two halves, of articles with text among others, of the made-up set."""
    rows = headlines(data / "headlines.jsonl")
    tell("headlines as labelled", [score_reports(rows, seed) for seed in range(seeds)])
    if same:
        rows = [{**row, "story": same.get(row["story"], row["story"])} for row in rows]
        tell("headlines, one label an event", [score_reports(rows, seed) for seed in range(seeds)])
    for name, half in zip(("one half of the labels", "the other"), halves(rows, random.Random(7)), strict=True):
        tell(name, [score_reports(half, seed) for seed in range(seeds)])
    others = [{**row, "publisher": row["id"]} for row in unrelated(folders)]
    articles = [{**row, "publisher": row["id"]} for row in lines(data / "stories.jsonl")]
    scores = []
    for seed in range(seeds):
        draw = random.Random(seed)
        aside = [{**row, "day": FIRST + dt.timedelta(days=draw.randrange(DAYS))} for row in others]
        scores.append(score_reports([*dated(articles, draw, 1), *aside], seed))
    tell("articles of one day among others", scores)
    made = [{**row, "day": dt.date.fromisoformat(row["day"])} for row in lines(Path(__file__).parent / "reports.jsonl")]
    tell("made-up reports", [score_reports(made, seed) for seed in range(seeds)])


def score(rows: Sequence[Row], answer: dict[str, str]) -> Score:
    """How well the labelled ones of these stories were put together."""
    truth = {row["id"]: row.get("story") or f"/{row['id']}" for row in rows}
    given = {id_: answer.get(id_, f"/{id_}") for id_ in truth}
    labelled = [row["id"] for row in rows if row.get("story")]
    pairs, sizes = Counter((truth[id_], given[id_]) for id_ in truth), Counter(given.values())
    labels = Counter(truth[id_] for id_ in labelled)
    precision = statistics.fmean(pairs[truth[id_], given[id_]] / sizes[given[id_]] for id_ in labelled)
    recall = statistics.fmean(pairs[truth[id_], given[id_]] / labels[truth[id_]] for id_ in labelled)
    others = [row["id"] for row in rows if not row.get("story")]
    together = sum(sizes[given[id_]] > 1 for id_ in others) / len(others) if others else 0.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall), together)


def halves(rows: Sequence[Row], draw: random.Random) -> tuple[list[Row], list[Row]]:
    """The stories of one half of the labels, drawn, and those of the other."""
    labels = sorted({row["story"] for row in rows})
    half = set(draw.sample(labels, len(labels) // 2))
    return [row for row in rows if row["story"] in half], [row for row in rows if row["story"] not in half]


def tell(name: str, scores: Sequence[Score]) -> None:
    """The mean over the seeds, and the worst."""
    said = [
        f"{statistics.fmean(values):.3f} ({(max if field == 'others' else min)(values):.3f})"
        for field, values in zip(Score._fields, zip(*scores, strict=True), strict=True)
    ]
    print(f"{name:<34}" + "".join(f"{one:>17}" for one in said), flush=True)


def headlines(path: Path) -> list[Row]:
    rows = lines(path)
    for row in rows:
        row["day"] = dt.datetime.fromtimestamp(row["timestamp_ms"] / 1000, dt.UTC).date()
    return rows


def measure(data: Path, folders: Sequence[Path], seeds: int, spreads: Sequence[int], part: str) -> None:
    print(f"{seeds} seeds: mean (worst){'':<14}" + "".join(f"{name:>17}" for name in ("P", "R", "F1", "others")))
    if part in {"stories", "all"}:
        others = unrelated(folders)
        english = sum(row["lang"] == "en" for row in others)
        labelled = lines(data / "stories.jsonl")
        print(f"{len(labelled)} articles among {len(others)} others, {english} of them in English")
        for spread in spreads:
            scores = []
            for seed in range(seeds):
                draw = random.Random(seed)
                aside = [{**row, "day": FIRST + dt.timedelta(days=draw.randrange(DAYS))} for row in others]
                rows = [*dated(labelled, draw, spread), *aside]
                scores.append(score(rows, threads(rows, draw, build=seed == 0)))
            tell(f"with text, events of {spread} days", scores)
    if part in {"headlines", "all"}:
        rows = headlines(data / "headlines.jsonl")
        print(f"{len(rows)} headlines")
        whole, parts = [], []
        for seed in range(seeds):
            draw = random.Random(seed)
            whole.append(score(rows, threads(rows, draw, build=seed == 0)))
            parts += [score(half, threads(half, draw, build=False)) for half in halves(rows, draw)]
        tell("headlines alone", whole)
        tell("halves of their labels", parts)


def _inside(rows: Sequence[Row], draw: random.Random) -> Score:
    """The same without the command, for settings that are tried."""
    stories = []
    for row in rows:
        name = f"{draw.getrandbits(64):016x}"
        date = dt.datetime.combine(row["day"], dt.time(), dt.UTC)
        lead = row.get("body", "").split("\n\n")[0][:300]
        stories.append(
            Story(
                name, name, name, row["title"], date, timed=False, body="", lead=lead, section=row.get("section", ""),
                extra={"id": row["id"]},
            )
        )  # fmt: skip
    found, _, _ = running(stories, Settings(), Forgetful())
    return score(rows, {story.extra["id"]: thread.id for thread in found for story in thread.stories})


def _nearby() -> Iterator[tuple[str, Callable[[], None]]]:
    """Settings near those in use, one or two at a time."""

    def put(module: Any, name: str, value: float) -> Callable[[], None]:
        return lambda: setattr(module, name, value)

    used = [(clusters, "JOIN"), (clusters, "ELSEWHERE"), (clusters, "FLOOR"), (neighbours, "LINK"), (vectors, "FULL")]
    yield "in use", lambda: None
    for (module, name), factor in itertools.product(used, (0.85, 1.15)):
        value = getattr(module, name) * factor
        yield f"{name} {value:.3f}", put(module, name, value)


def choose(data: Path, seeds: int) -> None:
    rows, articles = headlines(data / "headlines.jsonl"), lines(data / "stories.jsonl")
    print(f"{'F1 of headlines and of articles':<34}{'one half':>17}{'the other':>17}{'articles':>17}")
    known = {
        (module, name): getattr(module, name) for module in (clusters, neighbours, vectors) for name in dir(module)
    }
    for name, put in _nearby():
        put()
        found: list[list[float]] = [[], [], []]
        for seed in range(seeds):
            draw = random.Random(seed)
            one, other = halves(rows, random.Random(7))  # the same half for every setting
            for place, some in enumerate((one, other, dated(articles, draw, 20))):
                found[place].append(_inside(some, draw).f1)
        print(f"{name:<34}" + "".join(f"{statistics.fmean(values):>17.3f}" for values in found), flush=True)
        for (module, key), value in known.items():
            if key.isupper():
                setattr(module, key, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of stories.jsonl and headlines.jsonl")
    parser.add_argument("--unrelated", type=Path, nargs="*", default=[], help="folders of pages about other things")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--spread", type=int, nargs="*", default=[1, 20], help="days that an event lasts")
    parser.add_argument("--part", choices=("all", "stories", "headlines", "reports"), default="all")
    parser.add_argument("--same", nargs="*", default=[], metavar="LABEL=LABEL", help="labels that mean one event")
    parser.add_argument("--choose", action="store_true", help="compare settings near those in use")
    chosen = parser.parse_args()
    if chosen.part == "reports":
        measure_reports(chosen.data, chosen.unrelated, chosen.seeds, dict(one.split("=", 1) for one in chosen.same))
    elif chosen.choose:
        choose(chosen.data, chosen.seeds)
    else:
        measure(chosen.data, chosen.unrelated, chosen.seeds, chosen.spread, chosen.part)


if __name__ == "__main__":
    main()
