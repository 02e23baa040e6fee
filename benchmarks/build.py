"""How fast a build is: makes N stories, builds them cold and again, prints stories a second, peak memory and pages.

python -m benchmarks.build --n 1000 --n 10000
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus

SETTINGS = """[tool.broadsheet]
title = "Daily"
url = "https://example.org/"
sections = ["Politics", "World", "Business", "Technology", "Science", "Health", "Culture", "Sport"]
"""
PLAIN = f"{SETTINGS}search = false\nshare_cards = 0\n"


def make(folder: Path, count: int, settings: str = SETTINGS) -> None:
    """A site of ``count`` stories of the corpus."""
    for number in range(count):
        corpus.write(str(folder), *corpus.broadsheet(corpus.article(number)))
    (folder / "pyproject.toml").write_text(settings)


def run(folder: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MiB of one build, as the system counts them for the process."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "--site", str(folder), "build"], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the build failed with exit code {process.returncode}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, action="append", help="stories (may be given more than once)")
    arguments = parser.parse_args()
    print(f"{'stories':>9} {'case':<10} {'wall s':>8} {'CPU s':>8} {'stories/s':>10} {'peak MiB':>9} {'files':>8}")
    for count in arguments.n or [1000, 10_000]:
        folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
        try:
            make(folder, count)
            first = min((folder / "content/stories").rglob("*.md"))
            for case in ("cold", "unchanged", "one edit"):
                if case == "one edit":
                    first.write_text(first.read_text() + "\nOne more sentence.\n")
                wall, cpu, peak = run(folder)
                files = sum(len(names) for _, _, names in os.walk(folder / "output"))
                print(f"{count:>9} {case:<10} {wall:>8.2f} {cpu:>8.2f} {count / wall:>10.0f} {peak:>9.0f} {files:>8}")
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
