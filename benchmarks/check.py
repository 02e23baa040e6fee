"""How fast a check is: makes N stories, builds them, checks them cold, again, and after one edit.

python -m benchmarks.check --n 10000

A check builds first, as far as there is something to build. One story in ten has a broken link, a picture without words
or a field to review, so that there is something to trace back and to tell.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus
from benchmarks.build import SETTINGS

FAULTS = (
    "\nSee [the old page](/no/such/page/) for more.\n",
    "\nSee [below](#nowhere).\n",
    "\n![](pictures/none.png)\n",
)


def make(folder: Path, count: int) -> None:
    """A site of ``count`` stories, whose links lead to its own sections but for the faults."""
    for number in range(count):
        path, text = corpus.broadsheet(corpus.article(number))
        text = text.replace("[section page](/", "[section page](/sections/").replace("//example.org/", "//example.edu/")
        corpus.write(str(folder), path, text + (FAULTS[number // 10 % 3] if number % 10 == 0 else ""))
    (folder / "pyproject.toml").write_text(SETTINGS)


def run(folder: Path, *words: str) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds, peak memory in MiB of one command, and what it said."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "broadsheet", "--site", str(folder), *words]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said.read().decode()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, action="append", help="stories (may be given more than once)")
    arguments = parser.parse_args()
    print(
        f"{'stories':>9} {'case':<24} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} {'pages':>8} {'links':>9} {'told':>7}"
    )
    for count in arguments.n or [10_000]:
        folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
        try:
            make(folder, count)
            wall, cpu, peak, _ = run(folder, "build")
            print(f"{count:>9} {'build':<24} {wall:>8.2f} {cpu:>8.2f} {peak:>9.0f}")
            first = min((folder / "content/stories").rglob("*.md"))
            for case in ("first check", "unchanged", "one story edited"):
                if case == "one story edited":
                    first.write_text(first.read_text() + "\nSee [that](/nothing/here/).\n")
                wall, cpu, peak, said = run(folder, "check", "--format", "json")
                made = json.loads(said)
                if not made["checked"]:
                    raise SystemExit(said)
                told = made["errors"] + made["warnings"] + made["notes"]
                looked = f"{made['checked']['pages']:>8} {made['checked']['links']:>9} {told:>7}"
                print(f"{count:>9} {case:<24} {wall:>8.2f} {cpu:>8.2f} {peak:>9.0f} {looked}")
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
