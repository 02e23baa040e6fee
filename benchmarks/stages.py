"""Where the time of a build goes: seconds by stage, and the functions that take the most of them.

python -m benchmarks.stages --n 10000 [--cases cold,unchanged,body,headline] [--theme default|peers] [--top 15]

Stages are those that a build tells of itself, with all processors, and the start of the program, which is measured from
outside. Functions are of a second build of the same case in one process under Python's profiler, which slows small
functions more than large ones: compare, do not quote.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import pstats
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus
from benchmarks.build import SETTINGS
from benchmarks.peers.generators import HERE
from broadsheet.cache.snapshot import Tally
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, update

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CASES = ("cold", "unchanged", "body", "headline")


def make(folder: Path, count: int, theme: str) -> Path:
    """A site of ``count`` stories; the file of the one that is edited."""
    if theme == "peers":
        shutil.copytree(HERE / "broadsheet", folder, dirs_exist_ok=True)
    else:
        (folder / "pyproject.toml").write_text(SETTINGS)
    for number in range(count):
        corpus.write(str(folder), *corpus.broadsheet(corpus.article(number)))
    return folder / corpus.broadsheet(corpus.article(count - 1))[0]


def change(case: str, folder: Path, file: Path) -> None:
    """Bring the site into the state that a case wants."""
    if case == "cold":
        for name in ("output", ".broadsheet"):
            shutil.rmtree(folder / name, ignore_errors=True)
    elif case == "body":
        file.write_text(file.read_text() + f"\nEdited at {time.time_ns()}.\n")
    elif case == "headline":
        lines = file.read_text().split("\n")
        lines[1] = f'title: "Edited at {time.time_ns()}"'
        file.write_text("\n".join(lines))


def start() -> float:
    """Seconds from calling the program to its first word: the median of five."""
    return statistics.median(_start() for _ in range(5))


def _start() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "broadsheet", "--version"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def profiled(folder: Path, top: int) -> list[tuple[str, float]]:
    """The functions that take the most time themselves, each with its seconds."""
    profile = cProfile.Profile()
    profile.runcall(update, open_site(folder), Options(NOW, workers=1), Report())
    stats = pstats.Stats(profile).get_stats_profile().func_profiles
    rows = sorted(stats.items(), key=lambda row: -row[1].tottime)[:top]
    return [(f"{name} ({Path(one.file_name).name}:{one.line_number})", one.tottime) for name, one in rows]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--theme", choices=("default", "peers"), default="default")
    parser.add_argument("--top", type=int, default=15)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-stages-"))
    try:
        file = make(folder, arguments.n, arguments.theme)
        print(f"{arguments.n} stories, theme {arguments.theme}; the program starts in {start():.2f} s")
        update(open_site(folder), Options(NOW), Report())
        for case in arguments.cases.split(","):
            change(case, folder, file)
            _tell(case, update(open_site(folder), Options(NOW), Report()))
            change(case, folder, file)
            for name, seconds in profiled(folder, arguments.top):
                print(f"    {seconds:8.3f}  {name}")
    finally:
        shutil.rmtree(folder)


def _tell(case: str, tally: Tally) -> None:
    stages = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in tally.seconds.items())
    print(f"\n{case}: {sum(tally.seconds.values()):.2f} s ({stages}); {tally.drawn} of {tally.pages} drawn")


if __name__ == "__main__":
    main()
