"""Work on other machines: by any executor of PEP 3148, or a Dask cluster, in a window, with the results in order.

In: work that travels, and its slices. Out: its results, in order. What travels are bytes: a slice as it is packed, and
what came of it. What does the work is made anew on each worker, from bytes that are sent there once and known by their
digest. Workers need this version of Broadsheet and nothing else: neither the site nor a disk in common. Whoever sends
work writes what comes back.

Results are trusted as those of a process on this machine are: a cluster is for machines of one's own.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import os
import pickle
import struct
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from broadsheet import __version__
from broadsheet.errors import BroadsheetError, Place, fail

if TYPE_CHECKING:
    import subprocess

T = TypeVar("T")
R = TypeVar("R")

SCHEME = "dask://"
_DOOR = "build.py"  # in which a site names an executor
_TRIES = 3  # times that a slice is sent before its work is given up: workers that die are mostly short of memory
_HELD = 256 << 20  # bytes of slices that may be under way at once
_SLOTS = 64  # workers of an executor that does not say how many it has: too few leave some idle, too many cost memory
_KITS = 4  # kits that a worker keeps: drawing, reading, pictures and the index each have one
_LENGTH = struct.Struct("<Q")
# What decides, besides Broadsheet, which bytes come of the same work.
_LIBRARIES = (
    "jinja2", "markupsafe", "pyromark", "nh3", "msgspec", "babel", "pillow", "segno", "lxml", "trafilatura", "htmldate",
    "dateparser", "charset-normalizer", "pyyaml", "tzdata",
)  # fmt: skip


class Task(NamedTuple, Generic[T, R]):
    """Work that travels.

    ``maker`` names a function of Broadsheet, such as ``broadsheet.pipeline.distant:painter``. On a worker it makes of
    the ``kit`` what does the work: a function from bytes to bytes. ``pack`` gives what is sent of a slice, and None for
    one that stays here; ``unpack`` the result of a slice, of what came back.
    """

    maker: str
    kit: bytes
    pack: Callable[[Sequence[T]], bytes | None]
    unpack: Callable[[Sequence[T], bytes], R]


class RemoteWorkers:
    """Workers elsewhere. They are asked for when there is work for them, and let go by ``close``.

    ``opened`` gives an executor; of one that broke, as a pool of processes does when one dies, another is asked for.
    """

    def __init__(self, opened: Callable[[], Any], name: str) -> None:
        self.name = name
        self._opened = opened
        self._executor: Any = None
        self._broken: set[int] = set()

    def close(self) -> None:
        """Let go of the workers."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def results(
        self, task: Task[T, R], slices: Iterable[Sequence[T]], work: Callable[[Sequence[T]], R]
    ) -> Generator[R, None, None]:
        """The results of successive slices, in order; ``work`` does here what stays here, and what failed there.

        Raises BroadsheetError: ``worker`` where workers died of a slice or none can be reached, ``worker-version``.
        """
        errand = _Errand(self, task.maker, task.kit)
        todo, waiting, held = iter(slices), deque[tuple[Sequence[T], bytes, _Sent | None]](), 0
        try:
            while True:
                while len(waiting) < errand.window and held < _HELD and (items := next(todo, None)) is not None:
                    data = task.pack(items) or b""
                    held += len(data)
                    waiting.append((items, data, errand.send(data) if data else None))
                if not waiting:
                    return
                items, data, sent = waiting.popleft()
                held -= len(data)
                answer = errand.answer(data, sent) if sent else None
                yield work(items) if answer is None else task.unpack(items, answer)
        finally:
            for *_, sent in waiting:
                if sent:
                    sent.future.cancel()

    @property
    def executor(self) -> Any:
        """What work is given to. Raises BroadsheetError where there is nothing."""
        if self._executor is None:
            self._executor = self._opened()
        return self._executor

    def replace(self, broken: Any) -> None:
        """Ask for another executor in the place of one that broke."""
        if self._executor is broken:
            self._executor = None
            with contextlib.suppress(Exception):
                broken.shutdown(wait=False, cancel_futures=True)


class _Sent(NamedTuple):
    """A slice under way: what of it there will be, and the executor that has it."""

    future: Any
    executor: Any


class _Errand:
    """One kind of work, as it is sent to a cluster."""

    def __init__(self, cluster: RemoteWorkers, maker: str, kit: bytes) -> None:
        self._cluster = cluster
        self._maker, self._kit = maker, kit
        self._digest = blake2b(kit, digest_size=16).digest()
        self._stamp = stamp()
        slots = _slots(cluster.executor)
        self.window = 2 * slots + 2  # so that nobody waits while results are written
        self._first = slots  # as many slices bring the kit along, and most workers get it so

    def send(self, data: bytes, *, whole: bool = False) -> _Sent:
        """Send a slice; ``whole`` sends the kit with it."""
        whole, self._first = whole or self._first > 0, self._first - 1
        arguments = (answer, self._stamp, self._maker, self._digest, self._kit if whole else None, data)
        executor = self._cluster.executor
        try:
            return _Sent(executor.submit(*arguments), executor)
        except Exception:  # noqa: BLE001, one that broke or was shut down; each engine says so in its own way
            self._cluster.replace(executor)
        executor = self._cluster.executor
        try:
            return _Sent(executor.submit(*arguments), executor)
        except Exception as cause:
            message = f"{self._cluster.name} takes no work: {type(cause).__name__}: {cause}"
            hint = "Give a function that starts one, not one that has ended; or build without: --workers 1."
            raise fail("worker", message, Place("broadsheet"), hint) from cause

    def answer(self, data: bytes, sent: _Sent) -> bytes | None:
        """What came of a slice; None where the work failed there. Raises BroadsheetError as ``Cluster.results``."""
        from concurrent.futures import BrokenExecutor, CancelledError  # only here: it is slow to load

        died: BaseException | None = None
        for _ in range(_TRIES):
            try:
                said = sent.future.result()
                if said[1] == "kit":
                    sent = self.send(data, whole=True)
                    said = sent.future.result()
            except (ImportError, AttributeError) as cause:
                raise _refused(self._cluster.name, f"cannot load this version of Broadsheet: {cause}") from cause
            except (Exception, CancelledError) as cause:  # noqa: BLE001, whatever engines say where a worker dies
                died = cause
                if isinstance(cause, BrokenExecutor):
                    self._cluster.replace(sent.executor)
                sent = self.send(data, whole=True)
                continue
            worker, state, value = said
            if state == "version":
                raise _refused(worker, _differs(self._stamp, value))
            return value if state == "done" else None
        sent.future.cancel()
        hint = "Start workers with more memory, or build without them: --workers 1. No file is half-written."
        message = f"workers of {self._cluster.name} died {_TRIES} times of the same work: {died}"
        raise fail("worker", message, Place("broadsheet"), hint) from died


def _slots(executor: Any) -> int:
    """How many slices an executor can work on at once; PEP 3148 has no way to ask."""
    said = getattr(executor, "slots", None) or getattr(executor, "_max_workers", None)
    return int(said) if isinstance(said, int) and said > 0 else _SLOTS


def _refused(worker: str, why: str) -> BroadsheetError:
    hint = "Install the same on every machine: broadsheet, with the constraints.txt of this one."
    return fail("worker-version", f"the worker {worker} is refused: {why}", Place("broadsheet"), hint)


def _differs(here: Sequence[str], there: Sequence[str]) -> str:
    pairs = [(own, other) for own, other in zip(here, there, strict=False) if own != other]
    said = [f"it has {other} and this machine {own}" for own, other in pairs[:3]]
    return "; ".join(said) or "it is another version of Broadsheet"


def own(executor: Any) -> Any:
    """The executor of a site's own, or what a function that gives one returns.

    Raises BroadsheetError (``worker``) where the function fails, or where it is no executor.
    """
    hint = "Correct EXECUTOR, or do without it: --workers 1. docs/guides/extend.md describes what it needs."
    try:
        is_one = hasattr(executor, "submit") and not isinstance(executor, type)
        given = executor if is_one or not callable(executor) else executor()
    except BroadsheetError:
        raise
    except Exception as cause:  # whatever a function of the site's own raises is reported
        frames = traceback.extract_tb(cause.__traceback__)
        line = next((frame.lineno or 0 for frame in reversed(frames) if Path(frame.filename).name == _DOOR), 0)
        message = f"EXECUTOR failed: {type(cause).__name__}: {cause}"
        raise fail("worker", message, Place(_DOOR, line), hint) from cause
    if not all(callable(getattr(given, name, None)) for name in ("submit", "shutdown")):
        message = f"EXECUTOR gives {given!r}, which is no executor: it has no submit or no shutdown"
        raise fail("worker", message, Place(_DOOR), hint)
    return given


def dask(address: str) -> Any:
    """The workers of a Dask cluster, such as ``dask://host:8786``, as an executor.

    Raises BroadsheetError: ``extra-missing`` without Dask, ``worker`` where nobody answers or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        hint = "pip install 'broadsheet[cluster]'"
        raise fail("extra-missing", f"the workers {address} need Dask", Place("workers"), hint) from cause
    hint = "Start one with: dask scheduler; then on each machine: dask worker tcp://HOST:8786"
    try:
        client = Client(f"tcp://{address.removeprefix(SCHEME)}", timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as cause:
        raise fail("worker", f"no Dask scheduler answers at {address}", Place("workers"), hint) from cause
    slots = sum(client.nthreads().values())
    if not slots:
        client.close()
        raise fail("worker", f"the Dask scheduler at {address} has no workers", Place("workers"), hint)
    return _Dask(client, slots)


class _Dask:
    """A client of Dask, as far as work needs an executor. Its futures are waited for one by one, never together."""

    def __init__(self, client: Any, slots: int) -> None:
        self._client = client
        self.slots = slots

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self._client.submit(work, *arguments, pure=False)

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:  # noqa: ARG002, as an executor has them
        self._client.close()


# What follows runs on workers.


@functools.cache
def stamp() -> tuple[str, ...]:
    """What the same work must be done with for the same bytes to come of it: versions, and a digest of Broadsheet."""
    from importlib import metadata

    found = [f"broadsheet {__version__} ({_digest()})", f"python {sys.version_info.major}.{sys.version_info.minor}"]
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return tuple(found)


def _digest() -> str:
    """A digest of Broadsheet's own files: two checkouts may say the same version."""
    package = Path(__file__).parent
    themes = package / "themes" if (package / "themes").is_dir() else package.parents[1] / "themes"
    hashed = blake2b(digest_size=6)
    for root in (package, themes):
        for file in sorted(root.rglob("*")):
            name = file.relative_to(root)
            if name.parts[0] != "themes" and "__pycache__" not in name.parts and file.is_file():
                hashed.update(name.as_posix().encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()


_made: dict[tuple[str, bytes], Callable[[bytes], bytes]] = {}
_helpers = threading.local()


def answer(asked: Sequence[str], maker: str, digest: bytes, kit: bytes | None, data: bytes) -> tuple[str, str, Any]:
    """What a worker says to a slice: its name, what became of it ("done", "failed", "kit", "version"), and the result.

    "kit" asks for what the work is done with. Work is done in a process that has no other thread: in Dask's workers
    several slices are at work side by side, and in threads neither their limits of time hold nor a library that hangs
    can be ended.
    """
    worker = f"{_host()}:{os.getpid()}"
    if tuple(asked) != stamp():
        return worker, "version", stamp()
    if threading.active_count() > 1:
        return worker, *_helper().ask((maker, digest, kit, data))
    return worker, *_answer(maker, digest, kit, data)


def _answer(maker: str, digest: bytes, kit: bytes | None, data: bytes) -> tuple[str, Any]:
    work = _made.get((maker, digest))
    try:
        if work is None:
            if kit is None:
                return "kit", b""
            module, _, function = maker.partition(":")
            work = getattr(importlib.import_module(module), function)(kit)
            while len(_made) >= _KITS:
                del _made[next(iter(_made))]
            _made[maker, digest] = work
        return "done", work(data)
    except Exception as cause:  # noqa: BLE001, it is done again where the work comes from, and raised there
        return "failed", repr(cause)


@functools.cache
def _host() -> str:
    import socket

    return socket.gethostname()


class _Helper:
    """A process that works for one thread of a worker; it ends with that."""

    def __init__(self) -> None:
        import subprocess

        command = [sys.executable, "-P", "-m", "broadsheet.cluster"]
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self._process.kill)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, asked: tuple[str, bytes, bytes | None, bytes]) -> tuple[str, Any]:
        """What it answers. Raises RuntimeError where it has ended."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError
        try:
            _send(self._process.stdin, asked)
            said: tuple[str, Any] = _received(self._process.stdout)
        except (OSError, EOFError) as cause:
            self._process.kill()
            raise RuntimeError("the process that did the work has ended") from cause
        return said


def _helper() -> _Helper:
    found: _Helper | None = getattr(_helpers, "one", None)
    if found is None or not found.alive:
        found = _helpers.one = _Helper()
    return found


def _send(pipe: Any, value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _received(pipe: Any) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301, from the process that started this one, or was started by it


def _serve() -> None:
    """Work for the process that started this one, until it ends. What libraries print goes to the errors."""
    asked, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            _send(said, _answer(*_received(asked)))


if __name__ == "__main__":
    _serve()
