"""Work over processes: the same results in the same order, whatever the number of workers.

In: a function and what it is to be done to, in slices. Out: its results, slice by slice, in order. Processes are
forked, so that nothing is sent to them: only results travel. This process takes its share of the work.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import queue
import signal
import struct
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

from broadsheet.errors import BroadsheetError, Place, fail

T = TypeVar("T")
R = TypeVar("R")

Outcome = tuple[bool, Any]  # whether work failed; its result, or what it raised
Sent = tuple[int, Outcome] | None  # a number with what came of it; None from a process that has ended

_LENGTH = struct.Struct("<Q")
_NUMBER = struct.Struct("<I")
_TURNS = 4_000  # numbers that the pipe of every system has room for
# Slices, after which a process ends and another takes its place: of all that two processes touch each comes to have a
# copy, which would double the memory of a long work.
_LIFE = 256


def cores() -> int:
    """How many processes can work at once here; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Sequence[T]], R], items: Sequence[T], *, slice_size: int, workers: int
) -> Generator[R, None, None]:
    """The results of ``work`` on successive slices of ``items``, in order.

    Whoever has done with a slice takes the next, so that no process waits for another. An exception of ``work`` is
    raised here at its slice's turn, whichever process it came from. Raises BroadsheetError (``worker``) where a process
    was killed. When the iterator is closed, or interrupted by Ctrl-C, all processes end at once.
    """
    count = -(-len(items) // slice_size)

    def slice_(number: int) -> R:
        return work(items[number * slice_size : (number + 1) * slice_size])

    if min(workers, count) < 2:
        yield from map(slice_, range(count))
    else:
        yield from _shared(slice_, count, min(workers, count))


def _shared(work: Callable[[int], R], count: int, workers: int) -> Generator[R, None, None]:
    """The results of ``work`` on numbers from 0 on, in order, by several processes."""
    turns = _Turns(count)
    turn = next(turns, None)  # what is asked for first is not left to a process that must still begin
    results: Results = queue.SimpleQueue()

    def helper() -> _Helper:
        return _Helper(lambda: _in_turn(work, turns, count), results)

    helpers = {helper() for _ in range(1, workers)}
    done: dict[int, Outcome] = {}
    try:
        for number in range(count):
            while number not in done:
                if turn is not None:
                    done.update(_turn(work, turns, turn, count))
                elif helpers or not results.empty():
                    sender, found = results.get()
                    if found is not None:
                        done.update([found])
                    else:
                        sender.end()
                        helpers.remove(sender)
                        if sender.sent >= _LIFE:
                            helpers.add(helper())
                else:
                    raise _lost()
                turn = next(turns, None) if results.empty() else None
            yield _opened(done.pop(number))
    finally:
        for one in helpers:
            one.end()
        turns.close()


def _in_turn(work: Callable[[int], Any], turns: _Turns, count: int) -> Iterator[tuple[int, Outcome]]:
    """The outcomes of one process: turn by turn until none is left, or it has lived long enough."""
    done = 0
    for turn in turns:
        yield from _turn(work, turns, turn, count)
        done += turns.length
        if done >= _LIFE:
            break


def _turn(work: Callable[[int], Any], turns: _Turns, turn: int, count: int) -> Iterator[tuple[int, Outcome]]:
    for number in range(turn * turns.length, min(count, (turn + 1) * turns.length)):
        yield number, _outcome(functools.partial(work, number))


@contextlib.contextmanager
def beside(work: Callable[[], R], *, workers: int) -> Iterator[Callable[[], R]]:
    """What gives the result of ``work``, which is done in a process of its own meanwhile; with one worker, when asked.

    It raises what ``work`` raised, and BroadsheetError (``worker``) where the process was killed.
    """
    if workers < 2:
        yield work
        return
    results: Results = queue.SimpleQueue()
    helper = _Helper(lambda: iter([(0, _outcome(work))]), results)

    def result() -> R:
        _, found = results.get()
        if found is None:
            raise _lost()
        given: R = _opened(found[1])
        return given

    try:
        yield result
    finally:
        helper.end()


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


class _Turns:
    """Numbers from 0 on, each of which one process alone gets: they wait in a pipe that all of them read.

    A turn is ``length`` slices long, so that all turns find room in the pipe.
    """

    def __init__(self, slices: int) -> None:
        self.length = -(-slices // _TURNS)
        self._read, write = os.pipe()
        os.write(write, b"".join(map(_NUMBER.pack, range(-(-slices // self.length)))))
        os.close(write)

    def __iter__(self) -> _Turns:
        return self

    def __next__(self) -> int:
        data = os.read(self._read, _NUMBER.size)
        if not data:
            raise StopIteration
        number: int = _NUMBER.unpack(data)[0]
        return number

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._read)


Results = queue.SimpleQueue["tuple[_Helper, Sent]"]


class _Helper:
    """A forked process that sends back numbered outcomes, and then None. ``sent`` is how many they are so far."""

    def __init__(self, work: Callable[[], Iterator[tuple[int, Outcome]]], results: Results) -> None:
        self.sent = 0
        read, write = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(read)
            _serve(write, work)
        os.close(write)
        self._results = results
        self._reader = threading.Thread(target=self._receive, args=(read,), daemon=True)
        self._reader.start()

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
                self.sent += 1
                self._results.put((self, pickle.loads(data)))  # noqa: S301, from a process that this one forked
        self._results.put((self, None))


def _serve(write: int, work: Callable[[], Iterator[tuple[int, Outcome]]]) -> NoReturn:
    """The life of a forked process; what an interpreter does at its end is left to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with os.fdopen(write, "wb") as pipe:
            for result in work():
                data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
                pipe.write(_LENGTH.pack(len(data)) + data)
                pipe.flush()
    finally:
        os._exit(0)
