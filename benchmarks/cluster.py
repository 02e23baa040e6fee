"""What sending work away costs and saves: CPU seconds of a clean build and of an ingest, here alone and with workers.

python -m benchmarks.cluster --n 10000

Each case is a process of its own. "here" is the process that plans and writes; "elsewhere" are all others: the forks of
an ingest, Pagefind, and the workers, which are two processes by spawn and stand for other machines. What a worker costs
before its first page is part of it. CPU seconds are counted and not those of a clock, so that a busy machine changes
little.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import multiprocessing
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks import corpus
from benchmarks.build import SETTINGS, make
from broadsheet import ingest, pipeline
from broadsheet.cluster import RemoteWorkers
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.workers import Workers, named

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
CASES = ("one", "cluster")
WORKS = ("build", "ingest")


def raws(folder: Path, count: int) -> None:
    """An inbox of ``count`` stories as plain text, a file each."""
    (folder / "pyproject.toml").write_text(SETTINGS)
    for number in range(count):
        a = corpus.article(number)
        _, text = corpus.plain(a)
        corpus.write(str(folder / "content/inbox"), f"{number // 1000}/{number}.txt", text.partition("\n---\n")[2])


def case(folder: Path, work: str, workers: Workers) -> dict[str, Any]:
    """The CPU seconds of one run, by stage where it has stages, and the most memory in MiB of this process."""
    site = open_site(folder)
    if work == "build":
        vars(pipeline)["time"] = SimpleNamespace(perf_counter=time.process_time)
        tally = pipeline.update(site, pipeline.Options(NOW, workers=workers), Report())
        stages, things = tally.seconds, tally.drawn
    else:
        outcome = ingest.run(site, (), ingest.Options(NOW, workers=workers))
        stages, things = {}, len(outcome.filed)
    if isinstance(workers, RemoteWorkers):
        workers.executor.shutdown()  # waits, so that the workers' seconds are counted
    here, elsewhere = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "here": here.ru_utime + here.ru_stime,
        "elsewhere": elsewhere.ru_utime + elsewhere.ru_stime,
        "stages": stages,
        "things": things,
        "memory": here.ru_maxrss / 1024,
    }


def table(work: str, count: int, cases: list[str]) -> None:
    """Measure a kind of work, and print what it takes."""
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
    try:
        (make if work == "build" else raws)(folder, count)
        found = {}
        for name in cases:
            site = folder.parent / f"{folder.name}-{name}"
            shutil.copytree(folder, site)
            command = [sys.executable, "-m", "benchmarks.cluster", "--folder", str(site), "--case", f"{work} {name}"]
            found[name] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            shutil.rmtree(site)
    finally:
        shutil.rmtree(folder)
    things = next(iter(found.values()))["things"]
    print(f"{work} of {count:,}: {things:,} {'pages' if work == 'build' else 'stories filed'}")
    for name, one in found.items():
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in one["stages"].items())
        taken = f"{one['here']:>7.1f} s here, {one['elsewhere']:>7.1f} s elsewhere, {one['memory']:>6.0f} MiB"
        print(f"  {name:<8} {taken}")
        if stages:
            print(f"           {stages}")
        each = one["stages"].get("print", one["here"]) / things * 1000
        thing = "page, to print it" if work == "build" else "file"
        print(f"           {each:.2f} ms here for each {thing}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, action="append", help="stories, and raw files (may be given more than once)")
    parser.add_argument("--only", choices=CASES, action="append", help="a case; both otherwise")
    parser.add_argument("--work", choices=WORKS, action="append", help="a kind of work; both otherwise")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        work, _, name = arguments.case.partition(" ")
        pool = functools.partial(ProcessPoolExecutor, 2, multiprocessing.get_context("spawn"))
        print(json.dumps(case(arguments.folder, work, named(0, pool) if name == "cluster" else 1)))
        return
    for count in arguments.n or [1000, 10_000]:
        for work in arguments.work or WORKS:
            table(work, count, arguments.only or list(CASES))


if __name__ == "__main__":
    main()
