"""One process that was forked to work: what it sends back, how it ended, and how long it may take; Ctrl-C held back.

In: work that gives numbered outcomes. Out: those outcomes, as they come, and a ``Death`` where the process ended before
its work was done. Only ``workers`` starts processes with it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import select
import signal
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

TaskOutcome = tuple[bool, Any]  # whether work failed; its result, or what it raised
Sent = tuple[int, TaskOutcome] | None  # a number with what came of it; None from a process that has done its work

_LENGTH = struct.Struct("<Q")
_NUMBER = struct.Struct("<I")
_PIPE = 1 << 20  # bytes that a pipe may hold where the system allows it
_HELD = 16 << 20  # bytes of results that a process keeps while nobody reads them, before it waits


class Death(NamedTuple):
    """How a process ended before it had done its work: what it was at (``limited``), and whether that took too long."""

    label: str = ""
    late: bool = False


class TooLongError(BaseException):
    """What was done under ``limited`` took too long, and this process could be asked to stop.

    As with KeyboardInterrupt, what catches every Exception does not catch it.
    """


_PATIENCE = 5  # times its limit that work may take on the clock, where other work keeps the cores from it or it sleeps
_NOTE = 4096  # bytes in which a process says what it is at
_note: mmap.mmap | None = None  # of this process, where it is one that was forked to work
_limits: list[tuple[str, float]] = []  # what is being done in it, the innermost last


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Holds back Ctrl-C while the block runs; one that came meanwhile is delivered at its end.

    For what must not be left half done: files that belong together, a program that nobody could end any more.
    Elsewhere than in the main thread there is nothing to hold back: signals go to that one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def limited(label: str, seconds: float) -> Iterator[None]:
    """Give what is done inside so much time; where it is done inside another, that one's time begins anew after it.

    What counts is the time for which this process is at work, so that a machine that is busy with other things ends
    nothing. By the clock it may take five times as long.

    A process that was forked to work ends at once, whatever it is at, even in a library that never comes back to
    Python: the one that started it learns so by ``lost``, or a TooLongError. In any other process the main thread gets
    a TooLongError at its next line of Python, and other threads have no limit.
    """
    if not hasattr(signal, "setitimer") or (
        _note is None and threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    before = [signal.signal(number, _too_long) for number in _signals()] if _note is None else []
    _limits.append((label, seconds))
    _begin()
    try:
        yield
    finally:
        _set_timers(0)
        _limits.pop()
        for number, handler in zip(_signals(), before, strict=False):
            signal.signal(number, handler)
        if _limits:
            _begin()


def _begin() -> None:
    """Note what is being done, and set its time going."""
    label, seconds = _limits[-1]
    if _note is not None:
        data = label.encode("utf-8", "replace")[: _NOTE - _NUMBER.size]
        _note[: _NUMBER.size + len(data)] = _NUMBER.pack(len(data)) + data
    _set_timers(seconds)


def _set_timers(seconds: float) -> None:
    """Set both clocks going, or stop them with 0: that of the work, and that on the wall."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * _PATIENCE)


def _signals() -> tuple[signal.Signals, signal.Signals]:
    """The signals of both clocks, on systems that have them."""
    return signal.SIGPROF, signal.SIGALRM


def _too_long(*_: object) -> NoReturn:
    raise TooLongError(_limits[-1][0] if _limits else "")


class Worker:
    """A forked process that sends back numbered outcomes. ``sent`` is how many have come so far.

    ``working`` is whether more may come, ``killed`` whether it ended before it had done its work, ``death`` then says
    how, once ``end`` was called.
    """

    def __init__(self, work: Callable[[], Iterator[tuple[int, TaskOutcome]]], number: int = 0) -> None:
        self.number = number
        self.sent = 0
        self.working, self.killed, self.ended = True, False, False
        self.death = Death()
        self._come = bytearray()
        self.pipe, write = os.pipe()
        _widen(write)
        self._note = mmap.mmap(-1, _NOTE)
        try:
            self.process = os.fork()
        except OSError:
            os.close(self.pipe)
            os.close(write)
            self._note.close()
            raise
        if self.process == 0:
            os.close(self.pipe)
            _serve(write, work, self._note)
        os.close(write)

    def received(self) -> list[tuple[int, TaskOutcome]]:
        """What has been sent since; waits for it where nothing has."""
        data = os.read(self.pipe, _PIPE)
        if not data:
            self.working, self.killed = False, True
        self._come += data
        found: list[tuple[int, TaskOutcome]] = []
        start = 0
        while len(self._come) >= start + _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._come, start)
            end = start + _LENGTH.size + length
            if len(self._come) < end:
                break
            sent: Sent = pickle.loads(memoryview(self._come)[start + _LENGTH.size : end])  # noqa: S301, from a fork of this process
            start = end
            if sent is None:
                self.working = False
            else:
                found.append(sent)
        del self._come[:start]
        self.sent += len(found)
        return found

    def end(self) -> None:
        """Stop the process, if it has not ended by itself; once is enough."""
        if self.ended:
            return
        self.ended = True
        os.close(self.pipe)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        status = 0
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(self.process, 0)
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in _signals()
        (length,) = _NUMBER.unpack_from(self._note)
        label = self._note[_NUMBER.size : _NUMBER.size + min(length, _NOTE)].decode("utf-8", "replace")
        self.death = Death(label, late)
        self._note.close()


def _serve(write: int, work: Callable[[], Iterator[tuple[int, TaskOutcome]]], note: mmap.mmap) -> NoReturn:
    """The life of a forked process; what an interpreter does at its end is left to its parent."""
    global _note  # noqa: PLW0603, it is what this process is from now on
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in _signals():
            signal.signal(number, signal.SIG_DFL)  # the end of a process that does not come back to Python
        _note = note
        _limits.clear()
        results = _ResultPipe(write)
        for result in work():
            results.send(result)
        results.send(None)
        results.flush()
    finally:
        os._exit(0)


class _ResultPipe:
    """What a process sends: it goes on with its work while the pipe is full, and its parent has work of its own."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._waiting: deque[memoryview] = deque()
        self._held = 0
        os.set_blocking(pipe, False)

    def send(self, result: Sent) -> None:
        """Send a result, now or later."""
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        for part in (_LENGTH.pack(len(data)), data):
            self._waiting.append(memoryview(part))
            self._held += len(part)
        self._push()
        while self._held > _HELD:
            select.select([], [self._pipe], [])
            self._push()

    def flush(self) -> None:
        """Wait until all is sent."""
        while self._waiting:
            select.select([], [self._pipe], [])
            self._push()

    def _push(self) -> None:
        """Send what there is room for."""
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                count = os.write(self._pipe, self._waiting[0])
                self._held -= count
                rest = self._waiting.popleft()[count:]
                if rest:
                    self._waiting.appendleft(rest)


def _widen(pipe: int) -> None:
    """Make room in a pipe for results that are read late, where the system can."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
