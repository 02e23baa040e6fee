"""What running and related stories cost a build: seconds of assembling and pages drawn, through the public command.

python -m benchmarks.threads_speed --n 10000 [--kind newsroom] [--edits 8]

A site of N stories of benchmarks.corpus is built, then headlines are edited one at a time, each becoming that of
another story, and stories are added one at a time; the same is done without threads. What threads cost is the
difference. Seconds are those that the build says of itself, so nothing else should run. At the end a clean build is
compared with what the edits left, byte for byte (``build --prove``).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.build import PLAIN

Build = dict[str, Any]


def build(folder: Path, *words: str) -> Build:
    called = [sys.executable, "-m", "broadsheet", "--site", str(folder), "build", "--no-ingest", "--json", *words]
    done: Build = json.loads(subprocess.run(called, check=True, capture_output=True, text=True).stdout)
    return done


def steps(
    folder: Path, article: Callable[[int], corpus.Article], number: int, edits: int
) -> Iterator[tuple[str, Build]]:
    """What each build of a site did: the first, and one after each edit of a headline and each story that is added."""
    for one in range(number):
        corpus.write(str(folder), *corpus.broadsheet(article(one)))
    yield "cold", build(folder)
    for edit in range(edits):
        made = article((edit * 7919 + 13) % number)
        path, text = corpus.broadsheet(made | {"title": article((edit * 104_729 + 7) % number)["title"]})
        (folder / path).write_text(text, "utf-8")
        yield "headline", build(folder)
    for added in range(edits):
        corpus.write(str(folder), *corpus.broadsheet(article(number + added)))
        yield "new story", build(folder)


def measure(kind: str, number: int, edits: int) -> None:
    article = corpus.Newsroom(1).article if kind == "newsroom" else corpus.article
    for threads in (True, False):
        found: defaultdict[str, list[Build]] = defaultdict(list)
        folder = Path(tempfile.mkdtemp(prefix="broadsheet-threads-"))
        try:
            (folder / "pyproject.toml").write_text(PLAIN if threads else f"{PLAIN}threads = false\n")
            for case, made in steps(folder, article, number, edits):
                found[case].append(made)
            if threads:
                different = build(folder, "--prove")["differences"]
                print(f"{kind}: as a clean build" if not different else f"{kind}: {len(different)} files differ")
        finally:
            shutil.rmtree(folder)
        for case, builds in found.items():
            seconds = [made["seconds"].get("assemble", 0.0) for made in builds]
            drawn = [made["pages"]["drawn"] for made in builds]
            print(
                f"{kind:<10}{number:>8}  {'threads' if threads else 'without':<9}{case:<10}"
                f"{statistics.median(seconds):>8.3f}{max(seconds):>8.3f}{statistics.median(drawn):>9.0f}{max(drawn):>9}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--kind", choices=("sentences", "newsroom"), action="append")
    parser.add_argument("--edits", type=int, default=8)
    chosen = parser.parse_args()
    print(f"{'corpus':<10}{'stories':>8}  {'':<9}{'case':<10}{'assemble':>8}{'worst':>8}{'drawn':>9}{'worst':>9}")
    for kind in chosen.kind or ("sentences", "newsroom"):
        measure(kind, chosen.n, chosen.edits)


if __name__ == "__main__":
    main()
