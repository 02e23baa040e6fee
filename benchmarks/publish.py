"""How fast a publication is: builds N stories, publishes, edits 20, and prints how long comparing and sending took.

python -m benchmarks.publish --n 10000 --target folder --target s3

What is measured is all that comes after the build and the check: the gate, the comparison, what is sent, the record.
The S3 server is moto's, a process on this machine; what it takes to list its own bucket is printed beside.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.build import PLAIN, make
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, publish_site

EDITS = 20
RELEASES = 3  # a folder keeps so many, and gets faster once it has them

TARGETS = {
    "folder": f'kind = "folder"\npath = "www"\nkeep = {RELEASES}\n',
    "s3": 'kind = "s3"\nbucket = "bench"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n',
    "git": 'kind = "git"\nrepository = "pages.git"\n',
}


def publish(folder: Path, number: int) -> tuple[float, Publication]:
    """Seconds that a publication takes besides its build, and what it did."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
    started = time.perf_counter()
    done = publish_site(
        open_site(folder), Options(moment), PublishRequest(anyway=True), Report(), silent, lambda _: None
    )
    wall = time.perf_counter() - started
    if not done.sent:
        raise SystemExit("nothing was sent")
    return wall - sum(done.built.seconds.values()) - done.seconds, done


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """An S3 server with an empty bucket."""
    import boto3

    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "benchmark"}
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket="bench")
        yield address
    finally:
        server.terminate()
        server.wait()


def listing(endpoint: str) -> float:
    """Seconds in which the server lists its bucket."""
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    started = time.perf_counter()
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="bench"):
        len(page["Contents"])
    return time.perf_counter() - started


def measure(folder: Path, kind: str) -> None:
    """Print a line for each publication to one kind of target."""
    with s3_server() if kind == "s3" else contextlib.nullcontext("") as endpoint:
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
            seconds, done = publish(folder, number)
            changes = done.changes
            sent = len(changes.new) + len(changes.changed)
            case = f"{EDITS} edited" if number else "first"
            print(f"{kind:<7} {case:<10} {sent:>7} {changes.same:>7} {seconds:>8.2f}", flush=True)
        if kind == "s3":
            print(f"{'':<7} of which the server lists its bucket in {listing(endpoint):.2f} s")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="stories")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="may be given more than once")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
    try:
        make(folder, arguments.n, PLAIN)
        print(f"{'target':<7} {'case':<10} {'sent':>7} {'same':>7} {'seconds':>8}")
        for kind in arguments.target or ["folder", "s3"]:
            measure(folder, kind)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
