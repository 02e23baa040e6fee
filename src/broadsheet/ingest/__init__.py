"""Raw → story: what people have as text, page, feed or mail becomes story files that an editor can trust.

In: a site, and files, folders or addresses; its inbox where none is named. Out: story files, and an ``Outcome`` that
says what was done with each source and what an editor should look at.

A site's own readers stand beside Broadsheet's: functions by a pattern of names, as build.py gives them. A source is
read by the one that its name asks for, else by that of its format. What goes wrong in such a function is a problem of
the source, with the line of the function; a line by which a text says that it is not for readers counts whoever read
it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.ingest import explanation
from broadsheet.ingest.explanation import Explanation
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source, make_draft
from broadsheet.ingest.sources import conversion, inbox, index
from broadsheet.ingest.sources import ledger as ledgers
from broadsheet.ingest.sources.filing import Filed, Filing
from broadsheet.ingest.sources.inbox import Ignored, Raw
from broadsheet.ingest.sources.ledger import Ledger
from broadsheet.redaction import redacted

__all__ = [
    "Draft", "Explanation", "Filed", "Hints", "Options", "Outcome", "OwnReader", "Reader", "Source", "Step",
    "explain", "hints", "make_draft", "reader", "run",
]  # fmt: skip

OwnReader = Callable[[Source, Hints], Iterable[Draft]]


class Step(msgspec.Struct, frozen=True):
    """How far a run is: sources done, of how many, and the one just done."""

    done: int
    total: int
    name: str


class Outcome(msgspec.Struct, frozen=True):
    """What a run did: each story of each source in the order of the sources, and every problem."""

    filed: tuple[Filed, ...]
    problems: tuple[Problem, ...]


class Options(msgspec.Struct, frozen=True):
    """How a run is wanted.

    ``dry_run`` writes nothing at all. ``again`` reads sources that have not changed and brings back stories that were
    deleted. ``fetch`` adds the feeds and pages that the site's settings name. ``workers`` 0 takes every core where that
    pays. ``read`` takes the place of Broadsheet's own readers.
    """

    now: dt.datetime
    dry_run: bool = False
    again: bool = False
    fetch: bool = False
    workers: int = 0
    read: Reader | None = None


def run(
    site: Site, paths: Sequence[str | Path], options: Options, tell: Callable[[Step], None] | None = None
) -> Outcome:
    """File what is at the paths and addresses, or in the site's inbox where none is named.

    Raises BroadsheetError (``unwritable``) where the ledger cannot be written, and (``busy``) where another program is
    at work on the site. On KeyboardInterrupt whole stories are left, and the next run goes on from there.
    """
    with contextlib.nullcontext() if options.dry_run else lock.held(site.root, "ingest"):
        return _run(site, paths, options, tell)


def _run(site: Site, paths: Sequence[str | Path], options: Options, tell: Callable[[Step], None] | None) -> Outcome:
    stories = index.load(site)
    ledger, problems = ledgers.load(site, stories)
    filing = Filing(site, stories, ledger, dry_run=options.dry_run, again=options.again)
    rows: list[list[Filed]] = []
    todo: list[tuple[int, Raw | Source]] = []
    ignored = Ignored(site.inbox)
    for name, found in _found(site, paths, ledger, options, ignored):
        rows.append([])
        if isinstance(found, Problem):
            problems.append(found)
            rows[-1] += [Filed(name, "failed")] if found.severity == "error" else []
        elif isinstance(found, str):
            rows[-1] += filing.known(name, found)
        else:
            todo.append((len(rows) - 1, found))
    called = {redacted(address): name for name, address in site.settings.sources.items()}
    seen = frozenset[str]() if options.again else ledger.digests()
    settings = conversion.ConversionSettings(
        options.read or reader(), hints(site, options.now), site.settings.hold, seen, called, ignored.covers
    )
    try:
        with contextlib.closing(
            conversion.convert_all([source for _, source in todo], settings, options.workers)
        ) as converted:
            for done, ((row, source), what) in enumerate(zip(todo, converted, strict=True), 1):
                with _shielded():  # a story, its pictures and its line in the ledger are of one piece
                    rows[row] += filing.file(what)
                if isinstance(source, Raw) and what.sha256:
                    ledger.remember(source, what.sha256)
                if tell:
                    tell(Step(done, len(todo), source.name))
    finally:
        with _shielded():
            rows.append(filing.finish())
            if not options.dry_run:
                ledger.save(site)
                index.save(site, stories)
    filed = ledgers.settled(site, [row for some in rows for row in some], keep=not options.dry_run)
    return Outcome(filed, (*problems, *filing.problems))


@contextlib.contextmanager
def _shielded() -> Iterator[None]:
    """Hold back Ctrl-C while the block runs; one that came meanwhile is delivered at its end.

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


def _found(
    site: Site, paths: Sequence[str | Path], ledger: Ledger, options: Options, ignored: Ignored
) -> Iterator[tuple[str, Raw | Source | Problem | str]]:
    """Each source's name, and what there is: something to read, a problem, or the digest of what was read before."""
    addresses = [str(path) for path in paths if inbox.is_address(path)]
    files = [path for path in paths if not inbox.is_address(path)]
    for found in inbox.find(site, files, ignored) if files or not addresses else ():
        if isinstance(found, Problem):
            yield found.place.file, found
        else:
            digest = "" if options.again else ledger.digest(found)
            yield found.name, digest if digest and ledger.same(digest) else found
    if options.fetch:
        addresses += site.settings.sources.values()
    if addresses:
        from broadsheet.ingest.sources import fetch

        def known(name: str) -> str:
            line = None if options.again else ledger.get(name)
            return line.sha256 if line else ""

        answers = fetch.every(site, addresses, known, options.now, keep=not options.dry_run, again=options.again)
        settled = [redacted(address) for address in site.settings.sources.values()] if options.fetch else []
        for fetched in fetch.lenient(answers, settled):
            yield fetched.name, fetched.problem or fetched.source or fetched.sha256


def explain(site: Site, path: str | Path, options: Options) -> Explanation:
    """How one file or address is understood, line by line; nothing is filed.

    Raises BroadsheetError for a path that is no file that can be read, and for an address that cannot be fetched.
    """
    if inbox.is_address(path):
        from broadsheet.ingest.sources import fetch

        (fetched,) = fetch.every(site, [str(path)], lambda _: "", options.now, keep=False)
        if fetched.problem:
            raise BroadsheetError(fetched.problem)
        source = fetched.source
    else:
        found = next(inbox.find(site, [path]), None) if Path(path).is_file() else None
        if isinstance(found, Problem):
            raise BroadsheetError(found)
        source = inbox.load(found) if found else None
    if source is None:
        message = "is a folder, not a file" if Path(path).is_dir() else "no such file"
        raise fail("not-a-file", message, Place(str(path)), "Name one raw file, or an address, to be explained.")
    return explanation.explain(source, options.read or reader(), hints(site, options.now))


def hints(site: Site, now: dt.datetime) -> Hints:
    """What the readers may know of a site."""
    settings = site.settings
    return Hints(
        language=settings.language,
        sections=settings.sections,
        aliases={other.lower(): name for other, name in settings.section_aliases.items()},
        timezone=settings.timezone,
        day_order=settings.day_order,
        today=now.astimezone(site.zone).date(),
    )


def reader(own: Mapping[str, OwnReader] | None = None) -> Reader:
    """What reads a source: the first of ``own`` whose pattern its name matches, else Broadsheet's own readers."""
    return _Readers(dict(own or {}))


class _Readers(msgspec.Struct, frozen=True):
    """Readers by pattern; a value, so that it can be handed to a process that reads."""

    own: dict[str, OwnReader]

    def __call__(self, source: Source, hints: Hints) -> tuple[Draft, ...]:
        for pattern, read in self.own.items():
            if fnmatch(source.name.lower(), pattern.lower()):
                return _read(read, source, hints)
        from broadsheet.ingest.formats import detect  # takes longer to load than a run with nothing new

        return detect.read(source, hints)


def _read(read: OwnReader, source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The drafts of an owner's function. Raises BroadsheetError (``reader-failed``) for whatever goes wrong in it."""
    try:
        drafts: tuple[Any, ...] = tuple(read(source, hints))
    except BroadsheetError:
        raise
    except Exception as cause:
        spot = traceback.extract_tb(cause.__traceback__)[-1]
        message = f"the site's own reader failed: {type(cause).__name__}: {str(cause)[:200]}"
        hint = f"See {Path(spot.filename).name}, line {spot.lineno}."
        raise fail("reader-failed", message, Place(source.name), hint) from cause
    if wrong := {type(draft).__name__ for draft in drafts} - {Draft.__name__}:
        message = f"the site's own reader gave {min(wrong)} in place of drafts"
        raise fail(
            "reader-failed", message, Place(source.name), "Make them with broadsheet.ingest.make_draft(title, body, …)."
        )
    from broadsheet.ingest.extract import publication_marks

    return tuple(
        publication_marks.checked(draft, hints) for draft in drafts
    )  # as for the drafts of Broadsheet's own readers
