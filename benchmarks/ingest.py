"""How right ingest is: converts a folder of labelled texts and prints its scores beside those of other converters.

    python -m benchmarks.ingest --data FOLDER [--data FOLDER] [--track region] [--track page]

FOLDER holds cases.jsonl, text/TRACK/ID.txt, score.py (which has the metrics) and a README with a table of other
converters. After the scores of a track stand, field by field, how often what was not sent to review was right, and the
share that was sent there, of the stories whose field is labelled; for the body, how many stories lose more than a
twentieth of what the text shows of it, and the share of those, and of the others, that say so; and of all stories the
share that sends each field to review.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import gzip
import importlib.util
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Draft, Hints, Source

if TYPE_CHECKING:
    from broadsheet.ingest.extract.text_fields import FieldFinder

TEXT_TRACKS = ("region", "main", "soup", "page", "bare")
COLUMNS = ("title", "date", "date_wrong", "authors_f1", "section", "body_p", "body_r", "body_f1", "paragraphs",
           "subheads_f1", "segments", "leak")  # fmt: skip
LOSS = 0.05  # the share of a body that may be missing without the story saying so
FIELDS = {"title": "title", "date": "date", "authors": "authors_f1", "section": "section"}


class Result(msgspec.Struct, frozen=True):
    """The scored rows of some cases of a track, the seconds of work they took, and how many cases raised."""

    rows: list[dict[str, Any]]
    seconds: float
    crashes: int

    def plus(self, other: Result) -> Result:
        """Both results as one."""
        return Result(self.rows + other.rows, self.seconds + other.seconds, self.crashes + other.crashes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="a folder of labelled texts")
    parser.add_argument("--track", action="append", help="a track to convert; all that the folder has otherwise")
    options = parser.parse_args()
    failed = 0
    for data in options.data:
        score = scorer(data)
        cases = score.load_cases(data / "cases.jsonl")
        tracks = options.track or [t for t in ("html", *TEXT_TRACKS) if t == "html" or (data / "text" / t).is_dir()]
        others = _others(data / "README.md")
        for track in tracks:
            result = convert(score, cases, data, track)
            failed += result.crashes
            show(named(data, track, options.data), result, others.get(track, []))
    return 1 if failed else 0


def named(data: Path, track: str, every: Sequence[Path]) -> str:
    """A track, with its folder where there are several."""
    return f"{data.name} {track}" if len(every) > 1 else track


def scorer(data: Path) -> ModuleType:
    """The folder's own score.py, as a module."""
    spec = importlib.util.spec_from_file_location("score", data / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{data / 'score.py'}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    known = vars(module)  # --cross asks for the same lines once a fold
    known["norm"] = functools.lru_cache(maxsize=1 << 18)(known["norm"])
    return module


def convert(score: ModuleType, cases: list[dict[str, Any]], data: Path, track: str) -> Result:
    """The cases converted and scored, as far as the track has them."""
    rows, seconds, crashes = [], 0.0, 0
    hints = Hints(today=dt.datetime.now(dt.UTC).date())
    for case in cases:
        if track != "html" and track not in case["text"]:
            continue
        raw = source(data, track, case)
        begin = time.process_time()
        try:
            draft: Draft | None = _reader(track)(raw, hints)[0]
        except BroadsheetError as refused:
            print(f"  {refused}", file=sys.stderr)
            draft = None
        except Exception as crash:  # noqa: BLE001 - a crash is a result here: it is counted and printed
            print(f"  {track}/{case['id']}: {crash!r}", file=sys.stderr)
            draft, crashes = None, crashes + 1
        seconds += time.process_time() - begin
        matter = _matter(draft) if draft else None
        mode = "annotated" if track == "html" else "all"
        broken = None if draft else "missing"
        row = score.score_case(case, track, matter, draft.body if draft else None, broken, mode, "annotated")
        row["given"] = {field for field in FIELDS if draft and getattr(draft, field)}
        row["review"] = set(draft.doubtful()) if draft else set()
        if "body_r" in row:
            want, got = score.shingles("\n".join(case["truth"]["body"])), score.shingles("")
            if draft:
                got = score.shingles(score.plain(score.strip_title(draft.body, draft.title.value)))
            row["lost"] = lost(want, score.shingles(_shown(raw, track)), got)
        rows.append(row)
    return Result(rows, seconds, crashes)


def source(data: Path, track: str, case: dict[str, Any]) -> Source:
    """A case of a track as a source."""
    now = dt.datetime.now(dt.UTC)
    if track == "html":
        packed = data / "html" / f"{case['id']}.html.gz"
        return Source(f"{case['id']}.html", gzip.decompress(packed.read_bytes()), now, url=case["url"])
    file = data / "text" / track / f"{case['id']}.txt"
    return Source(file.name, file.read_bytes(), now)


def lost(want: Counter[Any], shown: Counter[Any], got: Counter[Any]) -> float:
    """The share (0 to 1) of a labelled body, as far as its source shows it, that is not in the story; in word runs.

    What the label has twice, as a pulled quotation and in the text, and the story once is not lost.
    """
    there = want & shown
    total = sum(there.values())
    return sum(count for run, count in there.items() if run not in got) / total if total else 0.0


def _shown(raw: Source, track: str) -> str:
    """All the text that a source shows."""
    if track != "html":
        from broadsheet.ingest.extract import charset

        return charset.text(raw.data, raw.name)
    from lxml import html as lxml_html

    from broadsheet.ingest.extract.page_blocks import read_blocks
    from broadsheet.ingest.formats.html import decoded

    tree = lxml_html.document_fromstring(decoded(raw).encode("utf-8", "replace"))
    return "\n".join(block.text for block in read_blocks(tree))


def finish(reader: FieldFinder) -> None:
    """Finds the fields that take lines from a body, as the reader of texts does."""
    for field in (reader.headline, reader.days, reader.byline, reader.label):
        field()


def _reader(track: str) -> Any:
    if track == "html":
        from broadsheet.ingest.formats import html

        return html.read
    from broadsheet.ingest.formats import text

    return text.read


def _matter(draft: Draft) -> dict[str, Any]:
    """What the story's front matter will say, as the scorer reads it."""
    matter: dict[str, Any] = {"title": draft.title.value}
    if draft.date:
        matter["date"] = draft.date.value
    if draft.authors:
        matter["authors"] = list(draft.authors.value)
    if draft.section:
        matter["section"] = draft.section.value
    return matter


def _others(readme: Path) -> dict[str, list[list[str]]]:
    """The rows of the README's table of other converters, by track."""
    found: dict[str, list[list[str]]] = {}
    if readme.is_file():
        for line in readme.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) == len(COLUMNS) + 3 and cells[0] in ("html", *TEXT_TRACKS):
                found.setdefault(cells[0], []).append(cells[1:])
    return found


def show(track: str, result: Result, others: list[list[str]]) -> None:
    """Prints the scores of a track beside those of other converters, and how right the fields are that are sure."""
    rows = result.rows
    missing = sum(row["status"] != "ok" for row in rows)
    speed = len(rows) / result.seconds if result.seconds else 0
    print(f"\n[{track}] {len(rows)} cases, {missing} missing, {result.crashes} crashed, {speed:,.0f} a second a core")
    print(f"  {'converter':<12}" + "".join(f"{name:>12}" for name in COLUMNS))
    means = [[row[name] for row in rows if name in row] for name in COLUMNS]
    print(f"  {'broadsheet':<12}" + "".join(f"{sum(xs) / len(xs):>12.3f}" if xs else f"{'':>12}" for xs in means))
    for name, *cells in others:
        print(f"  {name:<12}" + "".join(f"{re.sub(r' ±.*', '', cell):>12}" for cell in cells[: len(COLUMNS)]))
    for field, metric in FIELDS.items():
        scored = [row for row in rows if field in row["given"] and _right(row, field, metric) is not None]
        sure = [_right(row, field, metric) or 0.0 for row in scored if field not in row["review"]]
        if scored:
            right = f"{sum(sure) / len(sure):.3f} of {len(sure)}" if sure else "nothing"
            review = 1 - len(sure) / len(scored)
            print(f"  {field}: sure and right {right}, sent to review {review:.0%} of {len(scored)}")
    bodies = [row for row in rows if "lost" in row]
    short = ["body" in row["review"] for row in bodies if row["lost"] > LOSS]
    whole = ["body" in row["review"] for row in bodies if row["lost"] <= LOSS]
    if bodies:
        said = f"{sum(short) / len(short):.0%} of them say so" if short else "none has to say so"
        others_said = f", as do {sum(whole) / len(whole):.0%} of the others" if whole else ""
        print(f"  body: {len(short)} of {len(bodies)} lose more than {LOSS:.0%}, {said}{others_said}")
    flags = Counter(field for row in rows for field in row["review"])
    told = ", ".join(f"{field} {count / len(rows):.0%}" for field, count in flags.most_common())
    print(f"  sent to review, of all stories: {told or 'nothing'}")


def _right(row: dict[str, Any], field: str, metric: str) -> float | None:
    """How right a given field is, from 0 to 1; None where nobody knows. A date counts wherever one was given."""
    if field == "date":
        return None if "date_wrong" not in row else 1.0 - row["date_wrong"]
    value = row.get(metric)
    return None if value is None else float(value)


if __name__ == "__main__":
    raise SystemExit(main())
