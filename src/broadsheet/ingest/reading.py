"""Raw files → readings, in their order: on one core, or on all where there is enough to read.

In: raw files and what the site knows. Out: for each a ``Reading``: the stories in it, or what kept it from being read.
Nothing that a source holds stops the others: not an exception, and not the death of the process that read it.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import BroadsheetError, Place, Problem, error
from broadsheet.ingest import matter, sources
from broadsheet.ingest.draft import Draft, Hints, Source
from broadsheet.ingest.matter import Entry
from broadsheet.ingest.sources import Raw

Reader = Callable[[Source, Hints], tuple[Draft, ...]]

_CHUNK = 8  # raw files a process takes at a time: enough to hide the handing over, few enough to spread
_AHEAD = 3  # chunks read ahead for each process; what bounds memory
_FEW = 64  # raw files, or
_SMALL = 2_000_000  # bytes, below which starting processes costs more than it saves


class Desk(msgspec.Struct, frozen=True):
    """What every reading needs: the reader, the hints it is given, and the digests of what was read before."""

    read: Reader
    hints: Hints
    seen: frozenset[str] = frozenset()


class Reading(msgspec.Struct, frozen=True):
    """What was found in one source: its stories, or problems. ``seen``: its bytes were read before, so nobody looked."""

    name: str
    sha256: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: bool = False


def every(raws: Sequence[Raw | Source], desk: Desk, workers: int = 0) -> Iterator[Reading]:
    """The readings of all sources in their order; ``workers`` 0 takes as many processes as there are cores."""
    workers = workers or len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1))
    size = sum(raw.size if isinstance(raw, Raw) else len(raw.data) for raw in raws)
    if workers == 1 or len(raws) < 2 or (len(raws) < _FEW and size < _SMALL):
        yield from (one(raw, desk) for raw in raws)
        return
    pool = _Pool(desk, workers)
    try:
        waiting: deque[_Job] = deque()
        rest = iter(raws)
        while chunk := list(islice(rest, _CHUNK)):
            waiting.append((chunk, pool.submit(chunk)))
            if len(waiting) >= workers * _AHEAD:
                yield from pool.result(*waiting.popleft())
        while waiting:
            yield from pool.result(*waiting.popleft())
    finally:
        pool.stop()


def one(raw: Raw | Source, desk: Desk) -> Reading:
    """The reading of one source; whatever goes wrong in it is a problem of that source."""
    try:
        source = sources.load(raw) if isinstance(raw, Raw) else raw
        sha256 = hashlib.sha256(source.data).hexdigest()
        if sha256 in desk.seen:
            return Reading(source.name, sha256, seen=True)
        return _entries(source, sha256, desk)
    except BroadsheetError as cause:
        return Reading(raw.name, problems=(cause.problem,))
    except Exception as cause:  # noqa: BLE001, any fault of a reader is the fault of one source
        message = f"could not be read: {type(cause).__name__}: {str(cause)[:200]}"
        hint = "This is a fault of Broadsheet; the other sources were read."
        return Reading(raw.name, problems=(error("reader-failed", message, Place(raw.name), hint),))


def _entries(source: Source, sha256: str, desk: Desk) -> Reading:
    zone = ZoneInfo(desk.hints.timezone)
    drafts = desk.read(source, desk.hints)
    if not drafts:
        return Reading(source.name, sha256, problems=(error("no-story", "no story was found in it", Place(source.name)),))
    entries: list[Entry] = []
    problems: list[Problem] = []
    for draft in drafts:
        try:
            entries.append(matter.entry(draft, source, zone, desk.hints.language))
        except BroadsheetError as cause:
            problem = cause.problem
            severity = problem.severity if len(drafts) == 1 else "warning"
            problems.append(msgspec.structs.replace(problem, severity=severity))
    if len(drafts) == 1 and entries and not entries[0].guid:
        entries = [msgspec.structs.replace(entries[0], sha256=sha256)]
    return Reading(source.name, sha256, tuple(entries), tuple(problems))


_Job = tuple[list["Raw | Source"], "Future[list[Reading]]"]


class _Pool:
    """Processes that read; where one dies, what it had in hand is read again one by one to find who killed it."""

    def __init__(self, desk: Desk, workers: int) -> None:
        self._desk = desk
        self._workers = workers
        self._before = set(multiprocessing.active_children())
        self._pool = self._start()

    def submit(self, chunk: list[Raw | Source]) -> Future[list[Reading]]:
        try:
            return self._pool.submit(_chunk, chunk)
        except BrokenProcessPool:
            self._pool = self._start()
            return self._pool.submit(_chunk, chunk)

    def result(self, chunk: list[Raw | Source], job: Future[list[Reading]]) -> list[Reading]:
        try:
            return job.result()
        except BrokenProcessPool:
            return [self._alone(raw) for raw in chunk]

    def stop(self) -> None:
        """End the processes at once: what they still have in hand nobody waits for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - self._before:
            child.terminate()

    def _alone(self, raw: Raw | Source) -> Reading:
        try:
            return self.submit([raw]).result()[0]
        except BrokenProcessPool:
            hint = "It may need more memory than there is, or break a library; the other sources were read."
            return Reading(raw.name, problems=(error("reader-died", "the process that read it died", Place(raw.name), hint),))

    def _start(self) -> ProcessPoolExecutor:
        # A fork shares what is loaded already; elsewhere than on Linux it is not safe.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        return ProcessPoolExecutor(self._workers, context, _begin, (self._desk,))


_desks: list[Desk] = []  # in a reading process: what it was started with


def _begin(desk: Desk) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one process that files
    _desks[:] = [desk]


def _chunk(raws: list[Raw | Source]) -> list[Reading]:
    return [one(raw, _desks[0]) for raw in raws]
