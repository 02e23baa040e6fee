"""Work over processes: the same results in the same order, whatever the number of workers.

In: a function and what it is to be done to, in slices. Out: its results, slice by slice, in order. Processes are
forked, so that nothing is sent to them: only results travel. This process takes its share of the work.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

from broadsheet.errors import Place, fail

T = TypeVar("T")
R = TypeVar("R")

_LENGTH = struct.Struct("<Q")


def cores() -> int:
    """How many processes can work at once here; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Sequence[T]], R], items: Sequence[T], *, slice_size: int, workers: int
) -> Generator[R, None, None]:
    """The results of ``work`` on successive slices of ``items``, in order.

    An exception of ``work`` is raised here, whichever process it came from. Raises BroadsheetError (``worker``) where a
    process was killed. When the iterator is closed, or interrupted by Ctrl-C, all processes end at once.
    """
    starts = range(0, len(items), slice_size)
    workers = min(workers, len(starts))
    if workers < 2:
        yield from (work(items[start : start + slice_size]) for start in starts)
        return
    helpers = [_Helper(work, items, starts[number::workers], slice_size) for number in range(1, workers)]
    try:
        for place, start in enumerate(starts):
            turn = place % workers
            yield work(items[start : start + slice_size]) if turn == 0 else helpers[turn - 1].result()
    finally:
        for helper in helpers:
            helper.end()


@contextlib.contextmanager
def beside(work: Callable[[], R], *, workers: int) -> Iterator[Callable[[], R]]:
    """What gives the result of ``work``, which is done in a process of its own meanwhile; with one worker, when asked.

    It raises what ``work`` raised, and BroadsheetError (``worker``) where the process was killed.
    """
    if workers < 2:
        yield work
        return
    helper = _Helper(lambda _: work(), (None,), range(1), 1)
    try:
        yield helper.result
    finally:
        helper.end()


class _Helper:
    """A forked process that does its slices, and the results that it has sent back."""

    def __init__(self, work: Callable[[Sequence[Any]], Any], items: Sequence[Any], starts: range, size: int) -> None:
        read, write = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(read)
            _serve(write, work, items, starts, size)
        os.close(write)
        self._results: list[Any] = []
        self._ready = threading.Semaphore(0)
        self._taken = 0
        self._reader = threading.Thread(target=self._receive, args=(read,), daemon=True)
        self._reader.start()

    def result(self) -> Any:
        """The next result."""
        self._ready.acquire()
        if self._taken >= len(self._results):
            hint = "Is there enough memory? Run it again: nothing was half-written."
            raise fail("worker", "a worker process was killed", Place("broadsheet"), hint)
        failed, value = self._results[self._taken]
        self._results[self._taken] = None
        self._taken += 1
        if failed:
            raise value
        return value

    def end(self) -> None:
        """Stop the process, if it has not ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        self._reader.join()

    def _receive(self, read: int) -> None:
        with os.fdopen(read, "rb") as pipe:
            while len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
                (length,) = _LENGTH.unpack(head)
                if len(data := pipe.read(length)) < length:
                    break
                self._results.append(pickle.loads(data))  # noqa: S301, from a process that this one forked
                self._ready.release()
        self._ready.release()  # for whoever waits for a result that will not come


def _serve(
    write: int, work: Callable[[Sequence[Any]], Any], items: Sequence[Any], starts: range, size: int
) -> NoReturn:
    """The life of a forked process; what an interpreter does at its end is left to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with os.fdopen(write, "wb") as pipe:
            for start in starts:
                try:
                    answer = (False, work(items[start : start + size]))
                except Exception as cause:  # noqa: BLE001, it is raised again by the parent
                    answer = (True, cause)
                data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
                pipe.write(_LENGTH.pack(len(data)) + data)
                pipe.flush()
    finally:
        os._exit(0)
