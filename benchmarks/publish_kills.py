"""Whether a publication that is killed does harm: N are, at random moments, while a reader follows every link.

python -m benchmarks.publish --kills 200 --target folder

A small site is edited, and its publication, or a rollback, ended by SIGKILL: the process alone, or with the programs
that it has started, as where the power fails. Meanwhile a reader fetches the front page and a page that it leads to,
with all that both lead to. The next publication is left in peace, and at the end a rollback, which has to bring back
what readers had and to leave no address dead. Then the target is compared byte by byte with what a publication of the
same stories to an empty folder gives, and so is the record.

A link is dead where it leads nowhere while the page, fetched once more, still has it; one of a style sheet, script or
picture is so whatever the page says by then.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from broadsheet import published
from broadsheet.config import open_site
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from broadsheet.publication.rollback import RollbackRequest, roll_back
from broadsheet.publish.bundle import kind as kind_of

HEAD = (
    f"{'target':<7} {'kills':>5} {'before':>7} {'sending':>7} {'after':>6} {'rollbacks':>9} {'fetched':>8} {'dead':>5} "
    f"{'wrong':>6}"
)
START = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
STORIES = 10  # at the beginning
PATIENCE = 120  # seconds after which a publication counts as stuck

_SETTINGS = (
    '[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/"\nid = "example.org"\n'
    "search = false\nshare_cards = 0\n[tool.broadsheet.targets.live]\n"
)
_LINK = re.compile(r'(?:href|src)="(?:https://example\.org)?(/[^"#?]*)')
_FAR_SIDE = ("git-receive-pack", "sshd")  # what runs on another machine, elsewhere than in a test


class Place(Protocol):
    """A target, and what readers get from it."""

    settings: str

    def get(self, path: str) -> bytes | None:
        """The file that a host would give for a path."""

    def files(self) -> dict[str, bytes]:
        """All that is there."""


class InFolder:
    """A folder that a web server serves."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self.settings = settings

    def get(self, path: str) -> bytes | None:
        """The bytes of a file."""
        with contextlib.suppress(OSError):
            return (self.folder / path).read_bytes()
        return None

    def files(self) -> dict[str, bytes]:
        """Every file, by path."""
        found = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in found}


class InBranch:
    """A branch whose newest commit a host serves."""

    settings = 'kind = "git"\nrepository = "../pages.git"\nbranch = "pages"\n'

    def __init__(self, bare: Path) -> None:
        subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)
        self._git = ["git", f"--git-dir={bare}"]
        self._batch = subprocess.Popen(
            [*self._git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def get(self, path: str) -> bytes | None:
        """The bytes of a file."""
        assert self._batch.stdin
        assert self._batch.stdout
        self._batch.stdin.write(f"pages:{path}\n".encode())
        self._batch.stdin.flush()
        words = self._batch.stdout.readline().split()
        if words[-1] == b"missing":
            return None
        return self._batch.stdout.read(int(words[2]) + 1)[:-1]

    def files(self) -> dict[str, bytes]:
        """Every file, but the one that only hosts of branches ask for."""
        said = subprocess.run([*self._git, "ls-tree", "-rz", "--name-only", "pages"], capture_output=True, check=True)
        with (
            subprocess.Popen([*self._git, "archive", "--format=tar", "pages"], stdout=subprocess.PIPE) as archive,
            tempfile.TemporaryDirectory() as folder,
        ):
            subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=True)
            names = [name.decode() for name in said.stdout.split(b"\0") if name and name != b".nojekyll"]
            return {name: (Path(folder) / name).read_bytes() for name in names}

    def close(self) -> None:
        """End the program that reads."""
        self._batch.communicate()


class InBucket:
    """A bucket that its service serves."""

    def __init__(self, endpoint: str, name: str) -> None:
        import boto3

        self._client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        self._client.create_bucket(Bucket=name)
        self._name = name
        self.settings = f'kind = "s3"\nbucket = "{name}"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n'

    def get(self, path: str) -> bytes | None:
        """The bytes of an object."""
        from botocore.exceptions import ClientError

        with contextlib.suppress(ClientError):
            return bytes(self._client.get_object(Bucket=self._name, Key=path)["Body"].read())
        return None

    def files(self) -> dict[str, bytes]:
        """Every object, by its key."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name)
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {key: self._client.get_object(Bucket=self._name, Key=key)["Body"].read() for key in keys}


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(command: list[str], port: int) -> Iterator[None]:
    """A server of this machine, from when it answers to when it is no longer needed."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command[0]} ended at once")
        yield
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def s3_server(*, quick: bool = False) -> Iterator[str]:
    """The address of an S3 server, for whoever has the keys that it puts into the environment.

    It is moto's, which is strict about requests, or the object store that answers at once, for measurements.
    """
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "benchmark", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    port = free_port()
    server = ["benchmarks.object_store", str(port)] if quick else ["moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with serving([sys.executable, "-m", *server], port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[list[str]]:
    """The options of ssh to reach a server of this machine that lets this user in."""
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not sshd:
        raise SystemExit("needs an ssh server: apt install openssh-server")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    config = {
        "ListenAddress": f"127.0.0.1:{port}", "HostKey": f"{folder}/host", "AuthorizedKeysFile": f"{folder}/authorized",
        "PidFile": "none", "StrictModes": "no", "UsePAM": "no", "PasswordAuthentication": "no", "MaxStartups": "100",
    }  # fmt: skip
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in config.items()))
    options = {"UserKnownHostsFile": "/dev/null", "StrictHostKeyChecking": "no", "LogLevel": "ERROR"}
    said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    with serving([sshd, "-D", "-f", str(folder / "config")], port):
        yield ["-F", "none", "-p", str(port), "-i", f"{folder}/user", "-o", f"User={getpass.getuser()}", *said]


@contextlib.contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    """An empty target of a kind, below a folder, with the server that it needs."""
    if kind == "folder":
        yield InFolder(folder / "www/current", 'kind = "folder"\npath = "../www"\nkeep = 3\n')
    elif kind == "git":
        branch = InBranch(folder / "pages.git")
        yield branch
        branch.close()
    elif kind == "s3":
        with s3_server() as endpoint:
            yield InBucket(endpoint, "kills")
    else:
        (folder / "sshd").mkdir()
        with ssh_server(folder / "sshd") as options:
            far = folder / "far"
            settings = f'kind = "rsync"\ndestination = "127.0.0.1:{far}"\nssh = {json.dumps(options)}\n'
            yield InFolder(far, settings)


class Reader(threading.Thread):
    """Fetches the front page, one page that it leads to, and all that the two lead to, for as long as it is let."""

    def __init__(self, at: Place, seed: int) -> None:
        super().__init__(daemon=True)
        self.dead: list[str] = []
        self.fetched = 0
        self.rounds = 0
        self.left = 0
        self._at = at
        self._random = random.Random(seed)
        self._over = threading.Event()

    def run(self) -> None:
        """Read."""
        while not self._over.is_set():
            links = self._follow("index.html")
            pages = [path for path in links if path.endswith("index.html")]
            if pages:
                self._follow(self._random.choice(pages))
            self.rounds += 1
            self._over.wait(0.1)

    def end(self) -> None:
        """Stop reading."""
        self._over.set()
        self.join()

    def _follow(self, path: str) -> list[str]:
        page = self._get(path)
        if page is None:
            return []
        links = _links(page)
        for link in links:
            if self._get(link) is None:
                asset = kind_of(link) in ("digested", "asset")
                again = self._get(path)
                if asset or (again is not None and link in _links(again)):
                    self.dead.append(f"{path} leads to {link}")
                else:
                    self.left += 1
        return links

    def _get(self, path: str) -> bytes | None:
        self.fetched += 1
        return self._at.get(path)


def _links(page: bytes) -> list[str]:
    found = {unquote(link).lstrip("/") for link in _LINK.findall(page.decode("utf-8", "replace"))}
    return sorted(f"{link}index.html" if link.endswith("/") or not link else link for link in found)


class Site:
    """A site that is edited at random."""

    def __init__(self, root: Path, settings: str, seed: int) -> None:
        self.root = root
        self._random = random.Random(seed)
        self._number = 0
        root.mkdir()
        (root / "pyproject.toml").write_text(_SETTINGS + settings)
        for _ in range(STORIES):
            self._add()

    def add(self) -> None:
        """A new story."""
        self._add()

    def edit(self) -> None:
        """A few changes as an editor makes them in a day."""
        for _ in range(self._random.randint(1, 3)):
            self._random.choice((self._add, self._change, self._change, self._remove, self._style))()

    def _add(self) -> None:
        self._number += 1
        day = 1 + self._number % 28
        section = self._random.choice(("World", "Science", "Culture"))
        self._write(self.root / f"content/stories/2025/05/s{self._number}.md", self._number, day, section)

    def _write(self, file: Path, number: int, day: int, section: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        words = " ".join(self._random.choice(("harbour", "wall", "ferry", "storm", "tide")) for _ in range(60))
        file.write_text(
            f'---\nid: s{number}\ntitle: "Story {number}"\ndate: 2025-05-{day:02}\nsection: {section}\n'
            f"---\n\n{words}.\n"
        )

    def _stories(self) -> list[Path]:
        return sorted((self.root / "content/stories").rglob("*.md"))

    def _change(self) -> None:
        file = self._random.choice(self._stories())
        file.write_text(f"{file.read_text()}\nOne more sentence, number {self._random.randint(0, 999)}.\n")

    def _remove(self) -> None:
        if len(self._stories()) > STORIES:
            self._random.choice(self._stories()).unlink()

    def _style(self) -> None:
        file = self.root / "themes/broadsheet/static/style.css"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"body {{ margin: {self._random.randint(0, 99)}px }}\n")


class Publisher:
    """Publications of a site, each in a process of its own that can be killed; forked from one, to be quick."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.publish_kills", str(root)]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.sending = 0.1  # seconds that the sending takes, as far as is known
        self.computing = 0.02  # seconds of computing in that
        self.whole = 1.0

    def start(self, work: str, minute: int, end: float = 0) -> int:
        """Begin a publication or a rollback; the number of its process.

        With ``end`` it kills itself after so many seconds of computing from when it sends.
        """
        assert self._parent.stdin
        self._parent.stdin.write(f"{work} {minute} {end}\n")
        self._parent.stdin.flush()
        return int(self.said())

    def said(self) -> str:
        """What the publication says next."""
        assert self._parent.stdout
        line = self._parent.stdout.readline().strip()
        if not line:
            raise SystemExit("the publisher has ended")
        return line

    def finish(self, work: str, minute: int) -> str:
        """A publication that is left in peace: how it ended."""
        started = time.monotonic()
        self.start(work, minute)
        began = 0.0
        while not (line := self.said()).startswith("ended"):
            if line.startswith("computed"):
                self.computing = 0.7 * self.computing + 0.3 * float(line.split()[1])
                continue
            began = time.monotonic() if line == "sending" else began
        if began:
            self.sending = 0.7 * self.sending + 0.3 * (time.monotonic() - began)
            self.whole = 0.7 * self.whole + 0.3 * (time.monotonic() - started)
        return line.removeprefix("ended ")

    def close(self) -> None:
        """End."""
        self._parent.communicate()


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have, as far as they run on this side."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                stat = (entry / "stat").read_text()
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
                names[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    found, waiting = [], [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if not any(far in names.get(child, "") for far in _FAR_SIDE):
                found.append(child)
                waiting.append(child)
    return found


def kill(pid: int, *, tree: bool) -> None:
    """End a process at once, and with ``tree`` all that it has started."""
    below = _descendants(pid) if tree else []
    for one in (pid, *below):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


class Trial:
    """The kills of one target, counted."""

    def __init__(self, kind: str, folder: Path, at: Place, seed: int) -> None:
        self.at = at
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.site = Site(folder / "site", at.settings, seed)
        self.publisher = Publisher(self.site.root)
        self.reader = Reader(at, seed)
        self._folder = folder
        self._kind = kind
        self._minute = 0
        self._random = random.Random(seed)

    def run(self, kills: int) -> None:
        """Kill so many publications, and look at the one after each."""
        self._finish()
        self.reader.start()
        for number in range(kills):
            self.site.edit()
            if number and self._random.random() < 0.15:
                self._kill("rollback")
            else:
                self._kill("publish")
            if self._random.random() < 0.3:
                self.site.edit()
            self._finish()
            self._compare(number)
            self.counts["kills"] += 1
            if self.counts["kills"] % 10 == 0:
                print(f"{self}", file=sys.stderr, flush=True)
        self._back()
        self.reader.end()
        self._minute += 3 * 24 * 60
        self._finish()
        self._clean()
        self.publisher.close()

    def __str__(self) -> str:
        done = self.counts
        return (
            f"{self._kind:<7} {done['kills']:>5} {done['before sending']:>7} {done['while sending']:>7} "
            f"{done['ended before'] + done['nothing to send']:>6} {done['rollbacks']:>9} {self.reader.fetched:>8} "
            f"{len(self.reader.dead):>5} {len(self.wrong):>6}"
        )

    def _kill(self, work: str) -> None:
        how = self._random.choice(("alone", "by itself", "with its programs", "with its programs"))
        end = 0.0 if how != "by itself" else max(1e-5, self._random.random() * self.publisher.computing)
        tree = how == "with its programs"
        self._minute += 1
        pid = self.publisher.start(work, self._minute, end)
        where = "before sending"
        if end:
            pass
        elif self._random.random() < 0.25:
            time.sleep(self._random.random() * self.publisher.whole)
        else:
            while (line := self.publisher.said()) != "sending" and not line.startswith("ended"):
                pass
            if line == "sending":
                where = "while sending"
                time.sleep(self._random.random() * self.publisher.sending * 1.1)
            else:
                self.counts["nothing to send"] += 1
                return
        if not end:
            kill(pid, tree=tree)
        while not (line := self.publisher.said()).startswith("ended"):
            where = "while sending" if line == "sending" else where
        self.counts[where if "-9" in line else "ended before"] += 1
        self.counts["with all its programs"] += tree
        self.counts["rollbacks"] += work == "rollback"

    def _finish(self) -> None:
        started = time.monotonic()
        while (said := self._publish()) != "sent":
            self.counts["tried again"] += 1
            if "busy" not in said and "push" not in said:
                self.wrong.append(f"the next publication: {said}")
            if time.monotonic() - started > PATIENCE:
                raise SystemExit(f"cannot be published any more: {said}")
            time.sleep(0.2)

    def _publish(self) -> str:
        self._minute += 1
        return self.publisher.finish("publish", self._minute)

    def _back(self) -> None:
        """A rollback that is left in peace: readers have what they had before, and what came since answers still."""
        self._finish()
        before = self.at.files()
        self.site.add()
        self._finish()
        newer = self.at.files()
        self._minute += 1
        if (said := self.publisher.finish("rollback", self._minute)) != "sent":
            self.wrong.append(f"a rollback: {said}")
            return
        after = self.at.files()
        self.counts["rollbacks in peace"] += 1
        self.wrong.extend(
            f"a rollback: {path} is not what it was"
            for path, data in before.items()
            if kind_of(path) != "digested" and after.get(path) != data
        )
        answering = {path for path in newer if kind_of(path) in ("page", "feed", "front")}
        self.wrong.extend(f"a rollback: {path} is dead" for path in sorted(answering - after.keys()))
        self._finish()  # a branch brings back with a release what was leaving then: it begins to leave anew

    def _wanted(self, output: Path) -> dict[str, bytes]:
        found = (file for file in output.rglob("*") if file.is_file())
        files = {file.relative_to(output).as_posix(): file.read_bytes() for file in found}
        return {path: data for path, data in files.items() if path not in (".broadsheet", ".gitignore")}

    def _record(self, root: Path) -> dict[str, Any]:
        return dict(json.loads((root / "content/published/live.json").read_bytes()))

    def _compare(self, number: int) -> None:
        """The target, and the record, with what was built."""
        there, wanted, record = self.at.files(), self._wanted(self.site.root / "output"), self._record(self.site.root)
        stays = {path for path in there if path in record["leaving"]}
        for path in sorted(there.keys() | wanted.keys()):
            if path not in stays and there.get(path) != wanted.get(path):
                self.wrong.append(f"after kill {number}: {path} is not what was published")
        if set(record["files"]) - {".nojekyll"} != set(wanted):
            self.wrong.append(f"after kill {number}: the record names other files")
        if self._kind == "folder":
            over = {file.name for file in (self._folder / "www/releases").iterdir() if file.name.startswith(".")}
            self.wrong.extend(f"after kill {number}: {name} is left over" for name in over)

    def _clean(self) -> None:
        """The target, and the record, with what the same stories give in a new place."""
        clean = self._folder / "clean"
        clean.mkdir()
        shutil.copytree(self.site.root / "content", clean / "content")  # with the addresses that go on
        (clean / "content/published/live.json").unlink()
        if (self.site.root / "themes").exists():
            shutil.copytree(self.site.root / "themes", clean / "themes")
        (clean / "pyproject.toml").write_text(_SETTINGS + 'kind = "folder"\npath = "../clean-www"\n')
        now = START + dt.timedelta(minutes=self._minute)
        request = PublishRequest(anyway=True)
        publish_site(open_site(clean), Options(now), request, Report(), silent, lambda _: None)
        there, wanted = self.at.files(), InFolder(self._folder / "clean-www/current", "").files()
        moved = {path for path in there if path not in wanted or there[path] != wanted[path]} | (
            wanted.keys() - there.keys()
        )
        for path in sorted(moved):
            self.wrong.append(f"at the end: {path} is another than in a clean publication")
        ours, theirs = self._record(self.site.root), self._record(clean)
        ours["files"].pop(".nojekyll", None)
        for part in ("files", "leaving", "entries"):
            if ours[part] != theirs[part]:
                self.wrong.append(f"at the end: {part} of the record are others than of a clean publication")


def run(kind: str, kills: int, seed: int = 1) -> Trial:
    """Kill publications to a target of a kind; what came of it."""
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-kills-"))
    try:
        with place(kind, folder) as at:
            trial = Trial(kind, folder, at, seed)
            trial.run(kills)
            return trial
    finally:
        shutil.rmtree(folder)


def _work(root: Path, work: str, minute: int, end: float) -> str:
    """Publish, or roll back, and say so; how it ended."""

    def tell(what: str, _done: int, _of: int) -> None:
        if what == "publishing" and not told:
            told.append(time.process_time())
            print("sending", flush=True)
            if end:
                signal.signal(signal.SIGPROF, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
                signal.setitimer(signal.ITIMER_PROF, end)

    told: list[float] = []
    site, report, options = open_site(root), Report(), Options(START + dt.timedelta(minutes=minute))
    try:
        if work == "rollback":
            there = {file.stem for file in (root / "content/stories").rglob("*.md")}
            removed = tuple(published.load(site, Report()).of().keys() - there)  # that they come back is meant
            sent = roll_back(site, options, RollbackRequest(accept=removed), report, tell, lambda _: None).sent
        else:
            sent = publish_site(site, options, PublishRequest(anyway=True), report, tell, lambda _: None).sent
    except BroadsheetError as cause:
        return f"{cause.problem.code}: {cause.problem.message} {cause.problem.hint}".replace("\n", " ")
    if told:
        print(f"computed {time.process_time() - told[0]}", flush=True)
    return "sent" if sent else "; ".join(f"{one.code}: {one.message}" for one in report if one.severity == "error")


def _main() -> None:
    """Publish as often as is asked for, each time in a new process."""
    root = Path(sys.argv[1])
    pid = 0
    for line in sys.stdin:
        if pid:
            os.waitpid(pid, 0)  # not before: its number is to stay its own for as long as it may be killed
        work, minute, end = line.split()
        pid = os.fork()
        if not pid:
            print(os.getpid(), flush=True)
            ended = _work(root, work, int(minute), float(end))
            print(f"ended {ended}", flush=True)
            os._exit(0)
        found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        if found and found.si_code != os.CLD_EXITED:
            print(f"ended by {-found.si_status}", flush=True)


if __name__ == "__main__":
    _main()
