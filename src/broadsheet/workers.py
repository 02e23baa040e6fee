"""Work over processes: the same results in the same order, whatever the number of workers.

In: a function and what it is to be done to, in slices. Out: its results, slice by slice, in order. Processes are
forked, so that nothing is sent to them: only results travel. This process takes its share of the work.

This is the one place where processes are made that do Broadsheet's own work, and no thread is made here: a fork beside
a thread copies the locks that the thread holds, and nobody is left to open them (Python warns of it since 3.12). Where
there is another thread all the same, as in a preview, the work is done in this process.
"""

from __future__ import annotations

import contextlib
import functools
import mmap
import os
import pickle
import select
import signal
import struct
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from broadsheet.errors import BroadsheetError, Place, fail

T = TypeVar("T")
R = TypeVar("R")


class Death(NamedTuple):
    """How a process ended before it had done its work: what it was at (``limited``), and whether that took too long."""

    label: str = ""
    late: bool = False


class TooLongError(BaseException):
    """What was done under ``limited`` took too long, and this process could be asked to stop.

    As with KeyboardInterrupt, what catches every Exception does not catch it.
    """


Outcome = tuple[bool, Any]  # whether work failed; its result, or what it raised
Sent = tuple[int, Outcome] | None  # a number with what came of it; None from a process that has done its work

_LENGTH = struct.Struct("<Q")
_NUMBER = struct.Struct("<I")
_TURNS = 4_000  # numbers that the pipe of every system has room for
_PIPE = 1 << 20  # bytes that a pipe may hold where the system allows it
_HELD = 16 << 20  # bytes of results that a process keeps while nobody reads them, before it waits
# Slices, after which a process ends and another takes its place: of all that two processes touch each comes to have a
# copy, which would double the memory of a long work.
_MOST_TASKS = 256


def cores() -> int:
    """How many processes can work at once here; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alone() -> bool:
    """Whether this process has to do all work itself."""
    return not hasattr(os, "fork") or threading.active_count() > 1


def spread(
    work: Callable[[Sequence[T]], R],
    items: Sequence[T],
    *,
    slice_size: int,
    workers: int,
    lost: Callable[[Sequence[T], Death], R] | None = None,
) -> Generator[R, None, None]:
    """The results of ``work`` on successive slices of ``items``, in order.

    Whoever has done with a slice takes the next, so that no process waits for another. An exception of ``work`` is
    raised here at its slice's turn, whichever process it came from. When the iterator is closed, or interrupted by
    Ctrl-C, all processes end at once.

    A process that is killed is a BroadsheetError (``worker``). For work that may kill its process, ``lost`` gives the
    result of a slice that was lost so, by how the process died; this process then takes no share of the work, and one
    worker is a process too.
    """
    count = -(-len(items) // slice_size)

    def slice_(number: int) -> Sequence[T]:
        return items[number * slice_size : (number + 1) * slice_size]

    if not count or (lost is None and min(workers, count) < 2) or alone():
        yield from (work(slice_(number)) for number in range(count))
    else:
        instead = (lambda number, death: lost(slice_(number), death)) if lost else None
        yield from _Pool(lambda number: work(slice_(number)), count, instead).results(min(workers, count))


@contextlib.contextmanager
def beside(work: Callable[[], R], *, workers: int) -> Iterator[Callable[[], R]]:
    """What gives the result of ``work``, which is done in a process of its own meanwhile; with one worker, when asked.

    It raises what ``work`` raised, BroadsheetError (``worker``) where the process was killed, and TooLongError with
    what it was at where that took too long (``limited``).
    """
    if workers < 2 or alone():
        yield work
        return
    worker = _Worker(lambda: iter([(0, _outcome(work))]))

    def result() -> R:
        found: list[tuple[int, Outcome]] = []
        while not found and worker.working:
            found = worker.received()
        if not found:
            worker.end()
            raise TooLongError(worker.death.label) if worker.death.late else _lost()
        given: R = _opened(found[0][1])
        return given

    try:
        yield result
    finally:
        worker.end()


_NOTE = 4096  # bytes in which a process says what it is at
_note: mmap.mmap | None = None  # of this process, where it is one that was forked to work
_limits: list[tuple[str, float]] = []  # what is being done in it, the innermost last


@contextlib.contextmanager
def limited(label: str, seconds: float) -> Iterator[None]:
    """Give what is done inside so much time; where it is done inside another, that one's time begins anew after it.

    A process that was forked to work ends at once, whatever it is at, even in a library that never comes back to
    Python: the one that started it learns so by ``lost``, or a TooLongError. In any other process the main thread gets
    a TooLongError at its next line of Python, and other threads have no limit.
    """
    if not hasattr(signal, "setitimer") or (
        _note is None and threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    before = signal.signal(signal.SIGALRM, _too_long) if _note is None else None
    _limits.append((label, seconds))
    _begin()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _limits.pop()
        if before is not None:
            signal.signal(signal.SIGALRM, before)
        if _limits:
            _begin()


def _begin() -> None:
    """Note what is being done, and set its time going."""
    label, seconds = _limits[-1]
    if _note is not None:
        data = label.encode("utf-8", "replace")[: _NOTE - _NUMBER.size]
        _note[: _NUMBER.size + len(data)] = _NUMBER.pack(len(data)) + data
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _too_long(*_: object) -> NoReturn:
    raise TooLongError(_limits[-1][0] if _limits else "")


class _Pool:
    """The processes that share one work on numbers from 0 on, this one among them unless ``instead`` is given."""

    def __init__(self, work: Callable[[int], Any], count: int, instead: Callable[[int, Death], Any] | None) -> None:
        self._work = work
        self._count = count
        self._instead = instead
        self._turns = _TaskQueue(count)
        self._workers: dict[int, _Worker] = {}  # by the descriptors of their pipes
        self._started = 0
        self._killed: dict[int, Death] = {}
        self._poll = select.poll()
        self._done: dict[int, Outcome] = {}

    def results(self, workers: int) -> Generator[Any, None, None]:
        """The results, in order."""
        # What is asked for first is not left to a process that must still begin.
        turn = next(self._turns, None) if self._instead is None else None
        try:
            for _ in range(workers if self._instead else workers - 1):
                self._start()
            for number in range(self._count):
                if turn is not None:
                    self._done.update(self._taken(turn))
                    turn = None
                while number not in self._done:
                    self._advance(number)
                yield _opened(self._done.pop(number))
        finally:
            for worker in self._workers.values():
                worker.end()
            self._turns.close()

    def _advance(self, number: int) -> None:
        """Bring the work on, towards the result of this number: take what has come, else a turn, else wait."""
        if self._receive(0):
            return
        turn = next(self._turns, None) if self._instead is None else None
        if turn is not None:
            self._done.update(self._taken(turn))
        elif self._turns.owner(number) in self._killed:
            if self._instead is None:
                raise _lost()
            death = self._killed[self._turns.owner(number)]
            self._done[number] = _outcome(functools.partial(self._instead, number, death))
        elif self._workers:
            self._receive(None)
        else:  # nobody has it: a process was killed as it took it, or none could be forked
            self._done[number] = _outcome(functools.partial(self._work, number))

    def _receive(self, timeout: int | None) -> bool:
        """Take what processes have sent; with None wait for it. Whether anything has come."""
        come = self._poll.poll(timeout) if self._workers else []
        for pipe, _ in come:
            worker = self._workers[pipe]
            self._done.update(worker.received())
            if not worker.working:
                self._poll.unregister(pipe)
                del self._workers[pipe]
                worker.end()
                self._replace(worker)
        return bool(come)

    def _replace(self, worker: _Worker) -> None:
        """Another process for one that has ended, where there may be work for it."""
        if worker.killed:
            self._killed[worker.number] = worker.death
            if self._turns.taken_by(worker.number):  # else the next would end as it began
                self._start()
        elif worker.sent >= _MOST_TASKS:
            self._start()

    def _start(self) -> None:
        self._started += 1
        number = self._started
        with contextlib.suppress(OSError):  # too many processes: there are fewer then
            worker = _Worker(lambda: self._work_loop(number), number)
            self._workers[worker.pipe] = worker
            self._poll.register(worker.pipe, select.POLLIN)

    def _work_loop(self, worker: int) -> Iterator[tuple[int, Outcome]]:
        """The outcomes of one process: turn by turn until none is left, or it has lived long enough."""
        done = 0
        for turn in self._turns:
            self._turns.take(turn, worker)
            yield from self._taken(turn)
            done += self._turns.length
            if done >= _MOST_TASKS:
                break

    def _taken(self, turn: int) -> Iterator[tuple[int, Outcome]]:
        for number in self._turns.numbers(turn):
            yield number, _outcome(functools.partial(self._work, number))


class _TaskQueue:
    """Turns from 0 on, each of which one process alone gets: they wait in a pipe that all of them read.

    A turn is ``length`` numbers long, so that all turns find room in the pipe. Who took which is written down in
    memory that the processes share: what a killed one had in hand is known then.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self.length = -(-count // _TURNS)
        turns = -(-count // self.length)
        self._read, write = os.pipe()
        os.write(write, b"".join(map(_NUMBER.pack, range(turns))))
        os.close(write)
        self._shared = mmap.mmap(-1, turns * _NUMBER.size)
        self._owners = memoryview(self._shared).cast("I")

    def __iter__(self) -> _TaskQueue:
        return self

    def __next__(self) -> int:
        data = os.read(self._read, _NUMBER.size)
        if not data:
            raise StopIteration
        number: int = _NUMBER.unpack(data)[0]
        return number

    def numbers(self, turn: int) -> range:
        """The numbers of a turn."""
        return range(turn * self.length, min(self._count, (turn + 1) * self.length))

    def take(self, turn: int, worker: int) -> None:
        """Write down who has a turn."""
        self._owners[turn] = worker

    def owner(self, number: int) -> int:
        """Who has the turn of a number; 0 for this process, and where nobody has it."""
        return self._owners[number // self.length]

    def taken_by(self, worker: int) -> bool:
        """Whether a process has taken any turn."""
        return worker in self._owners

    def close(self) -> None:
        """Let go of the pipe and the memory."""
        os.close(self._read)
        self._owners.release()
        self._shared.close()


class _Worker:
    """A forked process that sends back numbered outcomes. ``sent`` is how many have come so far.

    ``working`` is whether more may come, ``killed`` whether it ended before it had done its work, ``death`` then says
    how, once ``end`` was called.
    """

    def __init__(self, work: Callable[[], Iterator[tuple[int, Outcome]]], number: int = 0) -> None:
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

    def received(self) -> list[tuple[int, Outcome]]:
        """What has been sent since; waits for it where nothing has."""
        data = os.read(self.pipe, _PIPE)
        if not data:
            self.working, self.killed = False, True
        self._come += data
        found: list[tuple[int, Outcome]] = []
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
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == getattr(signal, "SIGALRM", 0)
        (length,) = _NUMBER.unpack_from(self._note)
        label = self._note[_NUMBER.size : _NUMBER.size + min(length, _NOTE)].decode("utf-8", "replace")
        self.death = Death(label, late)
        self._note.close()


def _serve(write: int, work: Callable[[], Iterator[tuple[int, Outcome]]], note: mmap.mmap) -> NoReturn:
    """The life of a forked process; what an interpreter does at its end is left to its parent."""
    global _note  # noqa: PLW0603, it is what this process is from now on
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the end of a process that does not come back to Python
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


def _outcome(work: Callable[[], Any]) -> Outcome:
    try:
        return False, work()
    except Exception as cause:  # noqa: BLE001, it is raised again where the result is asked for
        return True, cause


def _opened(outcome: Outcome) -> Any:
    failed, value = outcome
    if failed:
        raise value
    return value


def _lost() -> BroadsheetError:
    hint = "Is there enough memory? Run it again: nothing was half-written."
    return fail("worker", "a worker process was killed", Place("broadsheet"), hint)
