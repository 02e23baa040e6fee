"""How soon a save is to be seen: the preview beside `hugo server`, on the same stories, in the same run.

python -m benchmarks.latency --n 10000 [--edits 10] [--sites /path/to/sites]

Each round edits one story's body, and then its headline, in each of the two, in turn. Counted is the time from the
save until the page has the new text over HTTP, asked for every ten milliseconds, and until the message over the
websocket that tells a browser to load it anew. Ratios are those of the medians.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks import corpus
from benchmarks.peers.__main__ import Bench
from benchmarks.peers.generators import GENERATORS, install

PATIENCE = 900  # seconds that a first build may take
LOOK = 0.01  # seconds between two requests
QUIET = 2.5  # seconds after which a server has done what it does behind what it shows
ARTICLE = 7


@dataclass
class Server:
    """A running preview, and the story of its that is edited."""

    name: str
    port: int
    file: Path
    address: str

    def get(self, path: str) -> str:
        """The text at a path, empty where there is none yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().read().decode("utf-8", "replace")
            except OSError:
                return ""

    @contextlib.contextmanager
    def browser(self) -> Iterator[ClientConnection]:
        """A browser as livereload's script makes it one."""
        origin = Origin(f"http://127.0.0.1:{self.port}")
        with connect(f"ws://127.0.0.1:{self.port}/livereload", origin=origin, proxy=None) as browser:
            hello = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
            browser.send(json.dumps(hello))
            browser.send(json.dumps({"command": "info", "url": self.address}))
            yield browser

    def edit(self, before: str, after: str) -> tuple[float, float]:
        """Seconds from a save to the new text, and to the message."""
        text = self.file.read_text()
        told: list[float] = []
        with self.browser() as browser:
            time.sleep(0.2)

            def listen() -> None:
                while json.loads(browser.recv(timeout=PATIENCE))["command"] != "reload":
                    pass
                told.append(time.perf_counter())

            listener = threading.Thread(target=listen)
            listener.start()
            changed = text.replace(before, after, 1)
            if changed == text:
                raise SystemExit(f"{self.file} does not hold {before!r}")
            saved = time.perf_counter()
            self.file.write_text(changed)
            while after not in self.get(self.address):
                time.sleep(LOOK)
            seen = time.perf_counter()
            listener.join()
        return seen - saved, told[0] - saved


@contextlib.contextmanager
def running(name: str, bench: Bench, port: int) -> Iterator[Server]:
    """A server that has built its site."""
    kind, folder = bench.kind(name), bench.folder(name)
    if name == "hugo":
        options = ["server", "--port", str(port), "--bind", "127.0.0.1"]
        command = [*GENERATORS["hugo"].command(bench.lab), *options]
    else:
        command = [sys.executable, "-m", "broadsheet", "--site", str(folder), "serve", "--port", str(port)]
    path, _ = corpus.DIALECTS[kind.name](corpus.article(ARTICLE))
    server = Server(name, port, folder / path, "")
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        server.address = _address(server)
        time.sleep(QUIET)
        yield server
    finally:
        process.terminate()
        process.wait()


def _address(server: Server) -> str:
    """The path of the story's page, from the sitemap, once there is one."""
    slug = re.escape(str(corpus.article(ARTICLE)["slug"]))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = re.search(rf"<loc>https?://[^/<]+(/[^<]*{slug}/?)</loc>", _sitemaps(server))
        if found:
            return found[1]
        time.sleep(0.5)
    raise SystemExit(f"{server.name} serves no page of {slug}")


def _sitemaps(server: Server) -> str:
    """The sitemap, and those that it names."""
    text = server.get("/sitemap.xml")
    parts = re.findall(r"<loc>https?://[^/<]+(/[^<]*\.xml)</loc>", text)
    return text + "".join(map(server.get, parts))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--names", default="default,hugo", help="default, broadsheet (the peers' theme), hugo")
    parser.add_argument("--lab", type=Path, default=Path(tempfile.gettempdir()) / "broadsheet-peers")
    parser.add_argument("--sites", type=Path, help="where the sites are built; a RAM disk takes the disk out")
    arguments = parser.parse_args()
    arguments.lab.mkdir(parents=True, exist_ok=True)
    names = arguments.names.split(",")
    bench = Bench(arguments.lab, arguments.sites or arguments.lab / "sites", arguments.n)
    if "hugo" in names:
        install("hugo", arguments.lab)
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(running(name, bench, 18080 + place)) for place, name in enumerate(names)]
        _measure(servers, arguments.edits, found)
    print(f"{arguments.n} stories, {arguments.edits} edits of each kind; milliseconds, median (lowest to highest)")
    for (case, what, name), seconds in sorted(found.items()):
        low, middle, high = (1000 * value for value in (min(seconds), statistics.median(seconds), max(seconds)))
        peer = found.get((case, what, "hugo"))
        ratio = f", {statistics.median(seconds) / statistics.median(peer):.2f} of Hugo's" if peer else ""
        print(f"{case:<9} save to {what:<8} {name:<11} {middle:6.0f} ({low:.0f} to {high:.0f}){ratio}")


def _measure(servers: list[Server], edits: int, found: dict[tuple[str, str, str], list[float]]) -> None:
    title = str(corpus.article(ARTICLE)["title"])
    for server in servers:  # every edit finds words to replace, whatever the last run left
        text = re.sub(r"\nMark \d+\.\n$", "", server.file.read_text())
        text = re.sub(r"Mark \d+ of ", "", text)
        server.file.write_text(f"{text.replace(title, f'Mark 0 of {title}', 1)}\nMark 0.\n")
    time.sleep(2 * QUIET)
    for number in range(1, edits + 1):
        for case, form in (("body", "Mark {}."), ("headline", "Mark {} of ")):
            for server in servers:
                seen, told = server.edit(form.format(number - 1), form.format(number))
                found[case, "text", server.name].append(seen)
                found[case, "message", server.name].append(told)
                time.sleep(QUIET)


if __name__ == "__main__":
    main()
