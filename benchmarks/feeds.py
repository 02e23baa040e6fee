"""What feeds cost: builds N stories with 300 topics cold and prints the share of the build that feeds take.

python -m benchmarks.feeds --n 10000
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.build import make
from broadsheet import pipeline, press
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pages import urls

if TYPE_CHECKING:
    from broadsheet.model import Page

FEEDS = frozenset({*urls.FORMS.values(), "feeds.opml"})


class Timed(press.Drawing):
    """A drawing that counts the seconds and bytes of each kind of page."""

    seconds: defaultdict[str, float] = defaultdict(float)
    counts: defaultdict[str, int] = defaultdict(int)
    sizes: defaultdict[str, int] = defaultdict(int)

    def draw(self, page: Page) -> bytes:
        """The bytes of a page."""
        started = time.process_time()
        data = super().draw(page)
        kind = page.template or "file"
        self.seconds[kind] += time.process_time() - started
        self.counts[kind] += 1
        self.sizes[kind] += len(data)
        return data


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="stories")
    count: int = parser.parse_args().n
    press.Drawing = Timed  # type: ignore[misc]  # a benchmark looks behind the door
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        make(folder, count)
        started = time.process_time()
        built = pipeline.build(open_site(folder), pipeline.Options(dt.datetime.now(dt.UTC)), Report())
        whole = time.process_time() - started
    print(f"{built.stories} stories, {len(built.newspaper.topics)} topics, {len(built.plan)} pages")
    print(f"{'kind':<18} {'pages':>7} {'MB':>8} {'CPU s':>8}")
    for kind in sorted(Timed.seconds, key=lambda kind: -Timed.seconds[kind]):
        print(f"{kind:<18} {Timed.counts[kind]:>7} {Timed.sizes[kind] / 1e6:>8.1f} {Timed.seconds[kind]:>8.2f}")
    feeds = sum(Timed.seconds[kind] for kind in FEEDS)
    print(f"feeds: {feeds:.2f} s of CPU, {feeds / whole:.1%} of the build's {whole:.2f} s")


if __name__ == "__main__":
    main()
