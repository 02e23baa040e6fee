"""How fast ingest reads: texts a second a core, memory over many files, and one line of 20 MB.

    python -m benchmarks.ingest_speed [--data FOLDER]

Without a folder the texts are made up, in the shapes that people paste (``benchmarks.shapes``). With one, the text
tracks of a folder of labelled texts are read too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import time
from pathlib import Path

from benchmarks import shapes
from broadsheet.ingest import text
from broadsheet.ingest.draft import Hints, Source

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())
MANY = 10_000
LONG = 20_000_000  # characters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder with text/TRACK/*.txt")
    options = parser.parse_args()
    made = [page.text.encode() for page in shapes.pages(400)]
    _rate("made up", made)
    if options.data:
        for folder in sorted((options.data / "text").iterdir()):
            _rate(folder.name, [file.read_bytes() for file in sorted(folder.glob("*.txt"))])
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
    """Prints the best of three rounds, so that a busy machine does not count."""
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        for data in texts:
            text.read(Source("text.txt", data, NOW), HINTS)
        best = max(best, len(texts) / (time.process_time() - begin))
    size = sum(map(len, texts)) / len(texts)
    print(f"{name:<10} {best:>7,.0f} texts a second a core ({len(texts)} texts of {size / 1000:.1f} kB on average)")


def _memory() -> float:
    """The most memory the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
