"""A preview that runs as a program of its own, asked over real HTTP and its real websocket."""

import contextlib
import http.client
import json
import queue
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.conftest import Workshop, story

PATIENCE = 30  # seconds after which something that should happen counts as not happening

SETTINGS = '-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/news/"\n'
FERRY = "2025/05/07/ferry/"
STORIES = (
    story("ferry", "2025-05-07", section="World", body="It left at nine.", review="[title, date]"),
    story("draft", "2025-05-07", status="draft"),
    story("later", "2999-01-01"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
)


class Preview:
    """A preview that runs as a program of its own, as a user would start it."""

    def __init__(self, root: Path, *options: str, program: tuple[str, str] = ("-m", "broadsheet")) -> None:
        command = [sys.executable, *program, "--site", str(root), "serve", *(options or ["--port", "0"])]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        place = re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)", self.wait_for_line("Preview at"))
        assert place
        self.port, self.base = int(place[1]), place[2]
        self.host = f"127.0.0.1:{self.port}"

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout:
            for line in self.process.stdout:
                self._lines.put(line)

    def wait_for_line(self, words: str) -> str:
        """The next line of the terminal with these words."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            self.said.append(line)
            if words in line:
                return line

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        """The answer to a request for a path from the server's root, which is sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer, answer.read().decode()

    def page(self, address: str = "") -> str:
        return self.ask(self.base + address)[1]

    @contextlib.contextmanager
    def browser(self, **headers: str) -> Iterator[ClientConnection]:
        """A browser as livereload's script makes it one, once the server knows of it."""
        origin = Origin(headers.get("Origin", f"http://{self.host}"))
        with connect(f"ws://{self.host}/livereload", origin=origin, open_timeout=PATIENCE, proxy=None) as browser:
            hello = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
            for message in (hello, {"command": "info", "url": "x"}, hello):
                browser.send(json.dumps(message))
            for _ in range(2):
                assert json.loads(browser.recv(timeout=PATIENCE))["command"] == "hello"
            yield browser

    def wait_until_built(self, root: Path) -> None:
        """Waits for the build behind what is shown to have ended."""
        cache = root / f".broadsheet/preview/{self.port}/cache.db"
        until = time.monotonic() + PATIENCE
        while not _planned(cache):
            assert time.monotonic() < until
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl-C, or send another signal; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.said += list(self._lines.queue)
        return code


def _planned(cache: Path) -> bool:
    """Whether a build has kept its plan."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as base:
            return base.execute("select 1 from vals where name = 'plan'").fetchone() is not None
    except sqlite3.Error:
        return False


def reloaded(browser: ClientConnection, done: Callable[[], bool]) -> str:
    """Waits for reload messages until what they promise is there; the path that the last one named."""
    while True:
        message = json.loads(browser.recv(timeout=PATIENCE))
        assert message["command"] == "reload"
        if done():
            return str(message["path"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop(tmp_path_factory.mktemp("preview") / "site")
    for text in (SETTINGS, *STORIES):
        made.write(text)
    return made


@pytest.fixture(scope="module")
def preview(site: Workshop) -> Iterator[Preview]:
    running = Preview(site.root)
    try:
        running.wait_until_built(site.root)
    except AssertionError:
        running.stop()
        raise
    yield running
    assert running.stop() == 0
    assert "Traceback" not in "".join(running.said)


@pytest.fixture
def file(site: Workshop) -> Iterator[Path]:
    """The file of the ferry's story, which is as it was again afterwards."""
    file = site.root / "content/stories/2025/05/ferry.md"
    before = file.read_text()
    yield file
    file.write_text(before)
