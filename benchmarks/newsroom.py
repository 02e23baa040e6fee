"""What it costs to assemble the newspaper of N stories in memory and to plan all its pages: CPU seconds on one core.

The first time finds the threads, which is measured by itself; the others have them from a memory, as builds do.

python -m benchmarks.newsroom --n 10000
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import corpus
from benchmarks.build import SETTINGS
from broadsheet import content, newsroom, pages
from broadsheet.config import Site, open_site
from broadsheet.model import Story
from broadsheet.pipeline.reading import rules

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TARGET = 0.4  # seconds for 10,000 stories


class Memory:
    """What one run keeps for the next."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def value(self, name: str) -> bytes | None:
        """What was kept under a name."""
        return self.kept.get(name)

    def keep_value(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        self.kept[name] = data


def stories(count: int, site: Site) -> list[Story]:
    """The corpus's stories as reading their files gives them."""
    found = []
    for number in range(count):
        path, text = corpus.broadsheet(corpus.article(number))
        read = content.read(text.encode(), path.removeprefix("content/stories/"), rules(site)).story
        if read:
            found.append(read)
    return sorted(found, key=lambda story: story.path)


def main() -> None:
    """Measure several times and print the best and the middle of them, and what was planned."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="stories (10,000)")
    parser.add_argument("--times", type=int, default=7, help="how often to measure (7)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(SETTINGS)
        site = open_site(root)
        known = stories(arguments.n, site)
        memory = Memory()
        laps: list[tuple[float, float]] = []
        for _ in range(arguments.times + 1):
            gc.collect()
            gc.disable()  # as a build does
            started = time.process_time()
            newspaper, _ = newsroom.assemble(known, site.settings, now=NOW, memory=memory)
            assembled = time.process_time()
            plan, _ = pages.plan(newspaper, pages.Stock(), site)
            laps.append((assembled - started, time.process_time() - assembled))
            gc.enable()
        kinds = Counter(page.template or "file" for page in plan)
    first = sum(laps.pop(0))
    laps.sort(key=sum)
    print(f"{len(newspaper.stories)} stories, {len(newspaper.editions)} editions, {len(plan)} pages")
    print("  " + ", ".join(f"{number} {kind}" for kind, number in kinds.most_common()))
    print(f"first   {first:.3f} s of CPU time")
    for name, (assembling, planning) in (("best", laps[0]), ("middle", laps[len(laps) // 2])):
        print(f"{name:<7} {assembling + planning:.3f} s of CPU time: assemble {assembling:.3f}, plan {planning:.3f}")
    if arguments.n == 10_000:
        print(f"target  {TARGET:.3f} s: {'met' if sum(laps[len(laps) // 2]) <= TARGET else 'missed'}")


if __name__ == "__main__":
    main()
