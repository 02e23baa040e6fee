"""How fast a publication is: builds N stories, publishes, edits 20, and prints how long comparing and sending took.

python -m benchmarks.publish --n 10000 --target folder --target s3
python -m benchmarks.publish --kills 200 --target git

What is measured is all that comes after the build and the check: the gate, the comparison, what is sent, the record.
Beside the seconds that pass stand those of computing, which a busy machine changes less, and the load of the machine.
The facts of the stories are taken down after the first, as the first publications of a large archive do bit by bit.
The S3 server is ``benchmarks.object_store``, a process on this machine; what listing the bucket takes, its answers and
our reading of them, is printed beside.

With --kills nothing is measured: see benchmarks/publish_kills.py.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import publish_kills
from benchmarks.build import PLAIN, make
from benchmarks.publish_kills import s3_server
from broadsheet import check, pipeline, publication, published
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, clearance
from broadsheet.published import fact_guard

EDITS = 20
RELEASES = 3  # a folder keeps so many, and gets faster once it has them

TARGETS = {
    "folder": f'kind = "folder"\npath = "www"\nkeep = {RELEASES}\n',
    "s3": 'kind = "s3"\nbucket = "bench"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n',
    "git": 'kind = "git"\nrepository = "pages.git"\n',
}


def publish(folder: Path, number: int) -> tuple[float, float, Publication]:
    """Seconds that a publication takes besides its build and check, seconds of computing in them, and what it did."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
    aside = [0.0, 0.0]

    def outside(work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            started, computed = time.perf_counter(), time.process_time()
            try:
                return work(*given, **named)
            finally:
                aside[0] += time.perf_counter() - started
                aside[1] += time.process_time() - computed

        return timed

    request = PublishRequest(anyway=True)
    with (
        mock.patch.object(clearance, "build", outside(pipeline.build)),
        mock.patch.object(check, "look", outside(check.look)),
    ):
        started, computed = time.perf_counter(), time.process_time()
        done = publication.publish_site(open_site(folder), Options(moment), request, Report(), silent, lambda _: None)
    if not done.sent:
        raise SystemExit("nothing was sent")
    return time.perf_counter() - started - aside[0], time.process_time() - computed - aside[1], done


def client(endpoint: str) -> Any:
    """What asks the S3 server."""
    import boto3

    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")


def listing(endpoint: str) -> float:
    """Seconds in which the bucket is listed, by the server and by boto3."""
    asking = client(endpoint)
    started = time.perf_counter()
    for page in asking.get_paginator("list_objects_v2").paginate(Bucket="bench"):
        len(page["Contents"])
    return time.perf_counter() - started


def measure(folder: Path, kind: str) -> None:
    """Print a line for each publication to one kind of target."""
    with s3_server(quick=True) if kind == "s3" else contextlib.nullcontext("") as endpoint:
        if endpoint:
            client(endpoint).create_bucket(Bucket="bench")
        settings = (folder / "pyproject.toml").read_text().partition("[tool.broadsheet.targets")[0]
        table = TARGETS[kind].format(endpoint=endpoint)
        (folder / "pyproject.toml").write_text(f"{settings}[tool.broadsheet.targets.{kind}]\n{table}")
        if kind == "git":
            subprocess.run(["git", "init", "--quiet", "--bare", folder / "pages.git"], check=True)
        stories = sorted((folder / "content/stories").rglob("*.md"))
        for number in range(1 + (RELEASES if kind == "folder" else 1) + 1):
            if number:
                for file in stories[number * EDITS : (number + 1) * EDITS]:
                    file.write_text(f"{file.read_text()}\nOne more sentence, to {kind}.\n")
            seconds, computing, done = publish(folder, number)
            if not number:
                site, made, known = open_site(folder), done.built.newspaper, done.cleared.record
                claimed = fact_guard.check(site, made.stories, known, most=len(made.stories)).claimed
                items = (*published.newspaper(site, made, known, claimed), *published.places(done.built.plan, known))
                published.keep(site, items, kind, dt.datetime.now(dt.UTC))
            changes = done.changes
            sent = len(changes.new) + len(changes.changed)
            case = f"{EDITS} edited" if number else "first"
            load = os.getloadavg()[0]
            print(
                f"{kind:<7} {case:<10} {sent:>7} {changes.same:>7} {seconds:>8.2f} {computing:>8.2f} {load:>5.1f}",
                flush=True,
            )
        if kind == "s3":
            print(f"{'':<7} of which listing the bucket takes {listing(endpoint):.2f} s")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="stories")
    parser.add_argument("--kills", type=int, default=0, help="kill so many publications, and measure nothing")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which they are killed")
    kinds = ["folder", "git", "rsync", "s3"]
    parser.add_argument("--target", action="append", choices=kinds, help="may be given more than once")
    arguments = parser.parse_args()
    if arguments.kills:
        killed(arguments.target or kinds, arguments.kills, arguments.seed)
        return
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
    try:
        make(folder, arguments.n, PLAIN)
        print(f"{'target':<7} {'case':<10} {'sent':>7} {'same':>7} {'seconds':>8} {'of CPU':>8} {'load':>5}")
        for kind in arguments.target or ["folder", "s3"]:
            if kind not in TARGETS:
                parser.error(f"{kind} is not measured, only killed")
            measure(folder, kind)
    finally:
        shutil.rmtree(folder)


def killed(kinds: list[str], kills: int, seed: int) -> None:
    """Kill publications to each kind of target, and print a line for each; exit code 1 where one did harm."""
    print(publish_kills.HEAD)
    harm: list[str] = []
    for kind in kinds:
        trial = publish_kills.run(kind, kills, seed)
        print(trial, flush=True)
        harm += [*trial.reader.dead, *trial.wrong]
    for line in harm:
        print(line)
    sys.exit(1 if harm else 0)


if __name__ == "__main__":
    main()
