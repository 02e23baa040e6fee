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
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import Self
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
    """What every reading needs: the reader, its hints, the digests of what was read before, what sources are called."""

    read: Reader
    hints: Hints
    seen: frozenset[str] = frozenset()
    credits: Mapping[str, str] = {}


class Reading(msgspec.Struct, frozen=True):
    """What was found in a source: its stories, or problems. ``seen``: its bytes were read before, so nobody looked."""

    name: str
    sha256: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: bool = False


def every(raws: Sequence[Raw | Source], desk: Desk, workers: int = 0) -> Generator[Reading]:
    """The readings of all sources in their order; ``workers`` 0 takes as many processes as there are cores."""
    workers = workers or len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1))
    size = sum(raw.size if isinstance(raw, Raw) else len(raw.data) for raw in raws)
    if workers == 1 or len(raws) < 2 or (len(raws) < _FEW and size < _SMALL):
        yield from (one(raw, desk) for raw in raws)
        return
    with _Pool(desk, workers) as pool:
        waiting: deque[_Job] = deque()
        rest = iter(raws)
        while chunk := list(islice(rest, _CHUNK)):
            waiting.append((chunk, pool.submit(chunk)))
            if len(waiting) >= workers * _AHEAD:
                yield from pool.result(*waiting.popleft())
        while waiting:
            yield from pool.result(*waiting.popleft())


def one(raw: Raw | Source, desk: Desk) -> Reading:
    """The reading of one source; whatever goes wrong in it is a problem of that source."""
    try:
        source = sources.load(raw) if isinstance(raw, Raw) else raw
        sha256 = hashlib.sha256(source.data).hexdigest()
        if sha256 in desk.seen:
            return Reading(source.name, sha256, seen=True)
        return (_members if source.data.startswith(sources.ARCHIVE) else _entries)(source, sha256, desk)
    except BroadsheetError as cause:
        return Reading(raw.name, problems=(cause.problem,))
    except Exception as cause:  # noqa: BLE001, any fault of a reader is the fault of one source
        message = f"could not be read: {type(cause).__name__}: {str(cause)[:200]} ({_spot(cause)})"
        hint = "This is a fault of Broadsheet; the other sources were read."
        return Reading(raw.name, problems=(error("reader-failed", message, Place(raw.name), hint),))


def _spot(cause: Exception) -> str:
    """The last line of Broadsheet's own that a fault came through: what a report of it needs."""
    frames = traceback.extract_tb(cause.__traceback__)
    own = [frame for frame in frames if "broadsheet" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}"


def _members(source: Source, sha256: str, desk: Desk) -> Reading:
    """What is in an archive: each file in it is read as if it lay beside the others, and fails alone."""
    from broadsheet.ingest import archive

    entries: list[Entry] = []
    problems: list[Problem] = []
    anew = msgspec.structs.replace(desk, seen=frozenset())
    for found in archive.unpack(source):
        reading = Reading(source.name, problems=(found,)) if isinstance(found, Problem) else one(found, anew)
        entries += reading.entries
        problems += reading.problems
    if not entries and not problems:
        problems.append(error("no-story", "no file in the archive is one that can be read", Place(source.name)))
    return Reading(source.name, sha256, tuple(entries), tuple(problems))


def _entries(source: Source, sha256: str, desk: Desk) -> Reading:
    zone = ZoneInfo(desk.hints.timezone)
    drafts = desk.read(source, desk.hints)
    if not drafts:
        return Reading(
            source.name, sha256, problems=(error("no-story", "no story was found in it", Place(source.name)),)
        )
    entries: list[Entry] = []
    problems: list[Problem] = []
    for draft in drafts:
        try:
            entry = matter.entry(draft, source, zone, desk.hints.language, desk.credits.get(source.name, ""))
            entries.append(entry)
            problems += entry.problems
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:  # nobody waits for what the processes still have in hand
            for child in set(multiprocessing.active_children()) - self._before:
                child.terminate()
        self._pool.shutdown(cancel_futures=True)

    def submit(self, chunk: list[Raw | Source]) -> Future[list[Reading]]:
        """Give a process some sources to read."""
        try:
            return self._pool.submit(_chunk, chunk)
        except BrokenProcessPool:
            self._pool = self._start()
            return self._pool.submit(_chunk, chunk)

    def result(self, chunk: list[Raw | Source], job: Future[list[Reading]]) -> list[Reading]:
        """What became of the sources that were given."""
        try:
            return job.result()
        except BrokenProcessPool:
            return [self._alone(raw) for raw in chunk]

    def _alone(self, raw: Raw | Source) -> Reading:
        try:
            return self.submit([raw]).result()[0]
        except BrokenProcessPool:
            hint = "It may need more memory than there is, or break a library; the other sources were read."
            return Reading(
                raw.name, problems=(error("reader-died", "the process that read it died", Place(raw.name), hint),)
            )

    def _start(self) -> ProcessPoolExecutor:
        # A fork shares what is loaded already; it is safe on Linux alone, and where no other thread holds a lock.
        forked = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if forked else "spawn")
        return ProcessPoolExecutor(self._workers, context, _begin, (self._desk,))


_desks: list[Desk] = []  # in a reading process: what it was started with


def _begin(desk: Desk) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one process that files
    _desks[:] = [desk]


def _chunk(raws: list[Raw | Source]) -> list[Reading]:
    return [one(raw, _desks[0]) for raw in raws]
