"""How fast ingest reads: texts and pages a second a core, all cores, memory over many files, one line of 20 MB.

    python -m benchmarks.ingest_speed [--data FOLDER]

Without a folder the texts are made up, in the shapes that people paste (``benchmarks.shapes``). With one, the text
tracks of a folder of labelled texts are read too, and its pages, beside the time that trafilatura takes for them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import shapes
from broadsheet import config, ingest
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import text

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())
MANY = 10_000
FILED = 2_000
LONG = 20_000_000  # characters
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder with text/TRACK/*.txt and html/*.html.gz")
    options = parser.parse_args()
    made = [page.text.encode() for page in shapes.pages(400)]
    _rate("made up", made)
    _held(made)
    if options.data:
        for folder in sorted((options.data / "text").iterdir()):
            _rate(folder.name, [file.read_bytes() for file in sorted(folder.glob("*.txt"))])
        _pages([gzip.decompress(file.read_bytes()) for file in sorted((options.data / "html").glob("*.html.gz"))])
    _cores(made)


def _held(made: list[bytes]) -> None:
    """Prints what memory many files and one very long line take; first of all: a peak hides what is below it."""
    before = _memory()
    for n in range(MANY):
        text.read(Source("many.txt", made[n % len(made)], NOW), HINTS)
    print(f"memory over {MANY:,} files: {before:.0f} MB before, {_memory():.0f} MB after")
    sentence = "The harbour authority said on Wednesday that the northern terminal would close for eleven weeks. "
    long = "Port to shut terminal\n\n" + sentence * (LONG // len(sentence))
    begin = time.process_time()
    text.read(Source("long.txt", long.encode(), NOW), HINTS)
    print(f"one line of {LONG / 1e6:.0f} MB: {time.process_time() - begin:.1f} s, peak memory {_memory():.0f} MB")


def _rate(name: str, texts: list[bytes]) -> None:
    """Prints texts a second, in the best of some rounds, so that a busy machine does not count."""
    seconds = _seconds(lambda data: text.read(Source("text.txt", data, NOW), HINTS), texts)
    size = sum(map(len, texts)) / len(texts)
    rate = len(texts) / seconds
    print(f"{name:<10} {rate:>7,.0f} texts a second a core ({len(texts)} texts of {size / 1000:.1f} kB on average)")


def _pages(pages: list[bytes]) -> None:
    """Prints pages a second, and how that compares with trafilatura's Markdown with metadata of the same pages."""
    import trafilatura

    from broadsheet.ingest.formats import html

    def extracted(page: bytes) -> object:
        return trafilatura.extract(page, output_format="markdown", with_metadata=True)

    ours = _seconds(lambda page: html.read(Source("page.html", page, NOW), HINTS), pages)
    its = _seconds(extracted, pages)
    print(
        f"{'html':<10} {len(pages) / ours:>7,.0f} pages a second a core; trafilatura {len(pages) / its:,.0f}: "
        f"{ours / its:.2f} times its time"
    )


def _seconds(read: Callable[[bytes], object], every: Sequence[bytes]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for data in every:
            read(data)
        best = min(best, time.process_time() - begin)
    return best


def _cores(texts: list[bytes]) -> None:
    """Prints how many files a second are read and filed, by one process and by as many as there are cores."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "in"
        inbox.mkdir()
        for n in range(FILED):
            (inbox / f"{n:05}.txt").write_bytes(texts[n % len(texts)] + f"\nNumber {n} of them.\n".encode())
        for workers in (1, 0):
            root = Path(folder) / f"site{workers}"
            root.mkdir()
            (root / "pyproject.toml").write_text("[tool.broadsheet]\n", encoding="utf-8")
            site = config.open_site(root)
            begin = time.perf_counter()
            ingest.run(site, (inbox,), ingest.Options(NOW, workers=workers))
            rate = FILED / (time.perf_counter() - begin)
            print(f"filed by {workers or len(os.sched_getaffinity(0))} processes: {rate:,.0f} files a second")


def _memory() -> float:
    """The most memory the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
