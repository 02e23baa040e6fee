"""Work over processes: the same results in the same order, whatever the number of workers.

In: a function and what it is to be done to, in slices. Out: its results, slice by slice, in order. Processes are
forked, so that nothing is sent to them: only results travel. This process takes its share of the work. Work that is
given as a ``Task`` as well can be done by a ``RemoteWorkers``, on other machines; all other work stays on this one.

This is the one place where processes are made that do Broadsheet's own work, and no thread is made here: a fork beside
a thread copies the locks that the thread holds, and nobody is left to open them (Python warns of it since 3.12). Where
there is another thread all the same, as in a preview, the work is done in this process.
"""

from __future__ import annotations

import contextlib
import functools
import mmap
import os
import select
import struct
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, TypeVar

from broadsheet.cluster import SCHEME, RemoteWorkers, Task, dask, own
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.processes import Death, TaskOutcome, TooLongError, Worker, limited

__all__ = [
    "Death",
    "RemoteWorkers",
    "Task",
    "TooLongError",
    "Workers",
    "alone",
    "beside",
    "cores",
    "here",
    "limited",
    "named",
    "spread",
]  # fmt: skip

T = TypeVar("T")
R = TypeVar("R")
Workers = int | RemoteWorkers  # processes on this machine, 0 for one a core; or others' that work is sent to


_NUMBER = struct.Struct("<I")
_TURNS = 4_000  # numbers that the pipe of every system has room for
# Slices, after which a process ends and another takes its place: of all that two processes touch each comes to have a
# copy, which would double the memory of a long work.
_MOST_TASKS = 256


def cores() -> int:
    """How many processes can work at once here; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def here(workers: Workers) -> int:
    """How many processes work at once on what stays on this machine."""
    return cores() if isinstance(workers, RemoteWorkers) else workers or cores()


def named(said: int | str, executor: Any = None) -> Workers:
    """The workers that a setting names: a number, or the address of a cluster.

    ``executor`` takes the place of a number: an executor as PEP 3148 has them, or a function that gives one.
    """
    if executor is not None:
        return RemoteWorkers(functools.partial(own, executor), "EXECUTOR in build.py")
    if isinstance(said, str) and said.startswith(SCHEME):
        return RemoteWorkers(functools.partial(dask, said), said)
    return int(said)


def alone() -> bool:
    """Whether this process has to do all work itself."""
    return not hasattr(os, "fork") or threading.active_count() > 1


def spread(
    work: Callable[[Sequence[T]], R],
    items: Sequence[T],
    *,
    slice_size: int,
    workers: Workers,
    lost: Callable[[Sequence[T], Death], R] | None = None,
    task: Task[T, R] | None = None,
) -> Generator[R, None, None]:
    """The results of ``work`` on successive slices of ``items``, in order.

    Whoever has done with a slice takes the next, so that no process waits for another. An exception of ``work`` is
    raised here at its slice's turn, whichever process it came from. When the iterator is closed, or interrupted by
    Ctrl-C, all processes end at once.

    A process that is killed is a BroadsheetError (``worker``). For work that may kill its process, ``lost`` gives the
    result of a slice that was lost so, by how the process died; this process then takes no share of the work, and one
    worker is a process too.

    A cluster does what travels, which is ``task``: the same work as a value. It raises what ``Cluster.results`` does.
    """
    count = -(-len(items) // slice_size)

    def slice_(number: int) -> Sequence[T]:
        return items[number * slice_size : (number + 1) * slice_size]

    if isinstance(workers, RemoteWorkers):
        if task and count:
            yield from workers.results(task, map(slice_, range(count)), work)
            return
        workers = cores()
    if not count or (lost is None and min(workers, count) < 2) or alone():
        yield from (work(slice_(number)) for number in range(count))
    else:
        instead = (lambda number, death: lost(slice_(number), death)) if lost else None
        yield from _Pool(lambda number: work(slice_(number)), count, instead).results(min(workers, count))


@contextlib.contextmanager
def beside(work: Callable[[], R], *, workers: Workers) -> Iterator[Callable[[], R]]:
    """What gives the result of ``work``, which is done in a process of its own meanwhile; with one worker, when asked.

    It raises what ``work`` raised, BroadsheetError (``worker``) where the process was killed, and TooLongError with
    what it was at where that took too long (``limited``).
    """
    if here(workers) < 2 or alone():
        yield work
        return
    worker = Worker(lambda: iter([(0, _outcome(work))]))

    def result() -> R:
        found: list[tuple[int, TaskOutcome]] = []
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


class _Pool:
    """The processes that share one work on numbers from 0 on, this one among them unless ``instead`` is given."""

    def __init__(self, work: Callable[[int], Any], count: int, instead: Callable[[int, Death], Any] | None) -> None:
        self._work = work
        self._count = count
        self._instead = instead
        self._turns = _TaskQueue(count)
        self._workers: dict[int, Worker] = {}  # by the descriptors of their pipes
        self._started = 0
        self._killed: dict[int, Death] = {}
        self._poll = select.poll()
        self._done: dict[int, TaskOutcome] = {}

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

    def _replace(self, worker: Worker) -> None:
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
            worker = Worker(lambda: self._work_loop(number), number)
            self._workers[worker.pipe] = worker
            self._poll.register(worker.pipe, select.POLLIN)

    def _work_loop(self, worker: int) -> Iterator[tuple[int, TaskOutcome]]:
        """The outcomes of one process: turn by turn until none is left, or it has lived long enough."""
        done = 0
        for turn in self._turns:
            self._turns.take(turn, worker)
            yield from self._taken(turn)
            done += self._turns.length
            if done >= _MOST_TASKS:
                break

    def _taken(self, turn: int) -> Iterator[tuple[int, TaskOutcome]]:
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


def _outcome(work: Callable[[], Any]) -> TaskOutcome:
    try:
        return False, work()
    except Exception as cause:  # noqa: BLE001, it is raised again where the result is asked for
        return True, cause


def _opened(outcome: TaskOutcome) -> Any:
    failed, value = outcome
    if failed:
        raise value
    return value


def _lost() -> BroadsheetError:
    hint = "Close other programs to free memory, then run it again: no file is half-written."
    return fail("worker", "a worker process was killed", Place("broadsheet"), hint)
