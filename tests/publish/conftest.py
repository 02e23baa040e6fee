"""A site that is published, and the servers that it is published to: S3, ssh, a web server, each a process or thread."""

from __future__ import annotations

import contextlib
import functools
import getpass
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

PATIENCE = 20  # seconds after which a server that should listen counts as broken
STORIES = (
    story("one", "2025-05-07", section="World", topics="[Rome]", body="Smoke rose over the roofs."),
    story("two", "2025-05-08", section="Science", topics="[Rome]", body="A probe sent back its first picture."),
    story("three", "2025-05-09", section="World", body="The ferry left at nine and came back at noon."),
)
Send = Callable[..., Publication]


@pytest.fixture
def publisher(workshop: Callable[..., Workshop]) -> Callable[[str], tuple[Workshop, Send]]:
    """A site of three stories with a target of these settings, and what publishes it."""

    def make(target: str, settings: str = "") -> tuple[Workshop, Send]:
        made = workshop(
            *STORIES,
            settings=f"search = false\nshare_cards = 0\n{settings}\n[tool.broadsheet.targets.live]\n{target}\n",
        )
        return made, functools.partial(send, made)

    return make


def send(made: Workshop, *accept: str, now: Any = NOW, dry: bool = False, target: str = "") -> Publication:
    """Publish a site; its problems are in ``made.report``."""
    made.report = Report()
    request = PublishRequest(target, accept=accept, dry=dry)
    return publish_site(made.site, Options(now), request, made.report, silent, lambda _: None)


def codes(made: Workshop) -> list[str]:
    return sorted({problem.code for problem in made.report})


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def wanted(made: Workshop) -> dict[str, bytes]:
    """What the output folder holds for readers."""
    return {path: data for path, data in made.output().items() if path not in (".broadsheet", ".gitignore")}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """A server in a process of its own, from when it answers to when it is no longer needed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(PATIENCE * 20):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, f"{command[0]} ended at once"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server."""
    port = free_port()
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def ssh_options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The options of ssh to reach a server of this machine that lets this user in."""
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not sshd or not shutil.which("rsync"):
        pytest.skip("needs rsync and an ssh server: apt install rsync openssh-server")
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where Debian's starts, once its service has
    port = free_port()
    config = f"""
        ListenAddress 127.0.0.1:{port}
        HostKey {folder}/host
        AuthorizedKeysFile {folder}/authorized
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        MaxStartups 100
    """
    (folder / "config").write_text("\n".join(line.strip() for line in config.splitlines()))
    options = {
        "UserKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "no",
        "LogLevel": "ERROR",
        "User": getpass.getuser(),
    }
    with running([sshd, "-D", "-f", str(folder / "config")], port):
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        yield ["-F", "none", "-p", str(port), "-i", f"{folder}/user", *said]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[Callable[[Path], str]]:
    """Serves a folder over HTTP; its address."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def serve(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def fetch(address: str, path: str) -> tuple[int, bytes]:
    """What a reader gets for a path."""
    connection = http.client.HTTPConnection(address.removeprefix("http://").strip("/"), timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
