"""What feeds cost: builds N stories with 300 topics cold, with their feeds and without, and prints the difference.

The build is the cheapest that makes all pages, without search and share cards, so the share is the highest it can be.

python -m benchmarks.feeds --n 10000 --rounds 3
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.build import PLAIN, make
from broadsheet import pages, pipeline
from broadsheet.config import open_site
from broadsheet.errors import Problem, Report
from broadsheet.model import Page
from broadsheet.pages import urls

FEEDS = frozenset({*urls.FORMS.values(), "feeds.opml"})
_plan = pages.plan


def run(folder: Path, *, feeds: bool) -> tuple[float, float, int, int]:
    """Wall and CPU seconds of a cold build in processes of its own; the number and bytes of its feeds."""
    for made in ("output", ".broadsheet"):
        shutil.rmtree(folder / made, ignore_errors=True)
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        if not feeds:
            pages.plan = _without  # type: ignore[assignment]  # a benchmark looks behind the door
        pipeline.build(open_site(folder), pipeline.Options(dt.datetime.now(dt.UTC)), Report())
        os._exit(0)
    _, _, used = os.wait4(child, 0)
    wall = time.perf_counter() - started
    found = [file for file in (folder / "output").rglob("*") if file.name in FEEDS]
    return wall, used.ru_utime + used.ru_stime, len(found), sum(file.stat().st_size for file in found)


def _without(*arguments: Any) -> tuple[list[Page], list[Problem]]:
    """The plan of a site without its feeds."""
    planned, problems = _plan(*arguments)
    return [page for page in planned if page.template not in FEEDS], problems


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="stories")
    parser.add_argument("--rounds", type=int, default=3, help="builds of each kind; the median counts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        make(folder, arguments.n, PLAIN)
        rounds = [(run(folder, feeds=False), run(folder, feeds=True)) for _ in range(arguments.rounds)]
    print(f"{arguments.n} stories; {rounds[0][1][2]} feeds, {rounds[0][1][3] / 1e6:.0f} MB")
    for place, what in enumerate(("wall", "CPU")):
        without = statistics.median(first[place] for first, _ in rounds)
        with_feeds = statistics.median(second[place] for _, second in rounds)
        share = (with_feeds - without) / with_feeds
        print(f"{what:<5} {without:6.2f} s without feeds, {with_feeds:6.2f} s with: feeds take {share:.1%}")


if __name__ == "__main__":
    main()
