"""Raw → story: what people have as text, page, feed or mail becomes story files that an editor can trust.

In: a site, and files, folders or addresses; its inbox where none is named. Out: story files, and an ``IngestOutcome``
that says what was done with each source and what an editor should look at.

A site's own readers stand beside Broadsheet's: functions by a pattern of names, as build.py gives them. A source is
read by the one that its name asks for, else by that of its format. What goes wrong in such a function is a problem of
the source, with the line of the function; a line by which a text says that it is not for readers counts whoever read
it.

``explain`` says how one source is understood: every field with its evidence, every piece with its fate; nothing is
filed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

import msgspec

from broadsheet import processes
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, fail, warning
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Reader, Role, Source, make_draft
from broadsheet.ingest.sources import conversion, inbox, index
from broadsheet.ingest.sources import ledger as ledgers
from broadsheet.ingest.sources.filing import Filed, Filing
from broadsheet.ingest.sources.inbox import Ignored, Raw
from broadsheet.ingest.sources.ledger import Ledger
from broadsheet.model import Picture
from broadsheet.redaction import redacted
from broadsheet.text import counted
from broadsheet.workers import TooLongError, Workers, limited

__all__ = [
    "Draft",
    "Explanation",
    "Filed",
    "Hints",
    "IngestOutcome",
    "IngestProgress",
    "Options",
    "OwnReader",
    "Reader",
    "Source",
    "explain",
    "explained",
    "hints",
    "make_draft",
    "reader",
    "run",
]  # fmt: skip

_FIELDS = (
    "title", "date", "updated", "section", "authors", "agency", "summary", "topics", "image",
    "licence", "lang", "embargo", "expires",
)  # fmt: skip
_DECLARED = 4096  # bytes before which an XML file declares its charset
_UNUSED: tuple[Role, ...] = ("dropped", "blank", "markup")

OwnReader = Callable[[Source, Hints], Iterable[Draft]]


class IngestProgress(msgspec.Struct, frozen=True):
    """How far a run is: sources done, of how many, and the one just done."""

    done: int
    total: int
    name: str


class IngestOutcome(msgspec.Struct, frozen=True):
    """What a run did: each story of each source in the order of the sources, and every problem."""

    filed: tuple[Filed, ...]
    problems: tuple[Problem, ...]


class FieldEvidence(msgspec.Struct, frozen=True):
    """A field of a story: its value as text, the rule that found it, how sure that is, and the line it came from.

    ``review`` tells that an editor should look at it. A field that is wanted and was not found has no value.
    """

    field: str
    value: str
    rule: str
    confidence: float
    line: int
    review: bool


class ExplainedLine(msgspec.Struct, frozen=True):
    """A piece of the source: the line it begins in, its text, what became of it and why, in which story (from 1).

    A piece is a whole line, or one of several in it: a page of one line has as many as it has blocks.
    """

    number: int
    text: str
    role: Role | Literal["unknown"]
    why: str = ""
    story: int = 0


class Explanation(msgspec.Struct, frozen=True):
    """How a source is understood: the evidence of each story in it, each of its pieces, and what kept it unread.

    A source without lines, such as a document or an archive, has its paragraphs as pieces, counted from 1.
    """

    name: str
    stories: tuple[tuple[FieldEvidence, ...], ...]
    rows: tuple[ExplainedLine, ...]
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
    workers: Workers = 0
    read: Reader | None = None


def run(
    site: Site,
    paths: Sequence[str | Path],
    options: Options,
    tell: Callable[[IngestProgress], None] | None = None,
) -> IngestOutcome:
    """File what is at the paths and addresses, or in the site's inbox where none is named.

    Raises BroadsheetError (``unwritable``) where the ledger cannot be written, and (``busy``) where another program is
    at work on the site. On KeyboardInterrupt whole stories are left, and the next run goes on from there.
    """
    with contextlib.nullcontext() if options.dry_run else lock.held(site.root, "ingest"):
        return _run(site, paths, options, tell)


def _run(
    site: Site, paths: Sequence[str | Path], options: Options, tell: Callable[[IngestProgress], None] | None
) -> IngestOutcome:
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
                with processes.shielded():  # a story, its pictures and its line in the ledger are of one piece
                    rows[row] += filing.file(what)
                if isinstance(source, Raw) and what.sha256:
                    ledger.remember(source, what.sha256)
                if tell:
                    tell(IngestProgress(done, len(todo), source.name))
    finally:
        with processes.shielded():
            rows.append(filing.finish())
            if not options.dry_run:
                ledger.save(site)
                index.save(site, stories)
    filed = ledgers.settled(site, [row for some in rows for row in some], keep=not options.dry_run)
    return IngestOutcome(filed, (*problems, *filing.problems))


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
        found = next(inbox.find(site, [path]), None) if inbox.named(site, path).is_file() else None
        if isinstance(found, Problem):
            raise BroadsheetError(found)
        source = inbox.load(found) if found else None
    if source is None:
        message = "is a folder, not a file" if inbox.named(site, path).is_dir() else "no such file"
        raise fail("not-a-file", message, Place(str(path)), "Name one raw file or address.")
    return explained(source, options.read or reader(), hints(site, options.now))


def explained(source: Source, read: Reader, hints: Hints) -> Explanation:
    """How a source is understood; a source that cannot be is explained by its problem."""
    drafts: tuple[Draft, ...] = ()
    problems: list[Problem] = []
    from broadsheet.ingest import formats

    kind = formats.recognise(source)
    try:
        with limited(source.name, conversion.SECONDS):
            drafts = conversion.read_archive(source, hints, read) if kind == "archive" else read(source, hints)
    except TooLongError:
        problems += conversion.late(source.name).problems
    except BroadsheetError as cause:
        problems.append(cause.problem)
    for draft in drafts:
        problems += draft.problems
    if drafts and kind in formats.WITHOUT_LINES:
        return Explanation(source.name, tuple(map(_evidence, drafts)), tuple(_pieces(drafts)), tuple(problems))
    try:
        lines = _text(source).split("\n")
    except BroadsheetError as cause:
        lines = []
        problems += [] if drafts or problems else [cause.problem]
    rows = _rows(lines, drafts)
    lost = [row.number for row in rows if row.role == "unknown"]
    if lost and any(draft.fates for draft in drafts):  # a site's own reader need not account for them
        message = f"nothing says what became of {counted(len(lost), 'line')}: this is a bug of the reader"
        problems.append(warning("line-lost", message, Place(source.name, lost[0])))
    return Explanation(source.name, tuple(map(_evidence, drafts)), tuple(rows), tuple(problems))


def _text(source: Source) -> str:
    """The text of a source as its reader saw it."""
    if b"<?xml" in source.data[:_DECLARED]:
        return charset.xml_text(source.data, source.name)[0]
    return charset.text(source.data, source.name)


def _evidence(draft: Draft) -> tuple[FieldEvidence, ...]:
    doubts = draft.doubtful()
    found = []
    for name in _FIELDS:
        value = getattr(draft, name)
        if isinstance(value, Found):
            text = _shown(value.value)
            found.append(FieldEvidence(name, text, value.rule, value.confidence, value.line, name in doubts))
        elif name in doubts:
            found.append(FieldEvidence(name, "", "not found", 0.0, 0, review=True))
    found += [FieldEvidence("status", "draft", reason, 1.0, 0, review=True) for reason in draft.held]
    if "body" in doubts:
        found.append(FieldEvidence("body", draft.body_doubt(), "estimated", draft.body_confidence, 0, review=True))
    return tuple(found)


def _shown(value: object) -> str:
    if isinstance(value, Picture):
        return ", ".join(filter(None, (value.src, value.alt, value.caption, value.credit)))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _pieces(drafts: Sequence[Draft]) -> Iterator[ExplainedLine]:
    """The pieces of a source without lines, in their order."""
    for story, draft in enumerate(drafts, 1):
        for fate in draft.fates:
            used = story if fate.role not in _UNUSED else 0
            yield ExplainedLine(fate.line, fate.text, fate.role, fate.why, used)


def _rows(lines: Sequence[str], drafts: Sequence[Draft]) -> list[ExplainedLine]:
    """The pieces of a source; where several stories stand in it, a line belongs to the first that makes use of it."""
    rows = [ExplainedLine(number, text, "unknown" if drafts else "dropped") for number, text in enumerate(lines, 1)]
    parts: list[ExplainedLine] = []
    for story, draft in enumerate(drafts, 1):
        for fate in draft.fates:
            if not 1 <= fate.line <= len(rows):
                continue
            if fate.text:
                used = story if fate.role not in _UNUSED else 0
                parts.append(ExplainedLine(fate.line, fate.text, fate.role, fate.why, used))
                continue
            row = rows[fate.line - 1]
            if row.role == "unknown" or (row.role in _UNUSED and fate.role not in _UNUSED):
                used = story if fate.role not in _UNUSED else 0
                rows[fate.line - 1] = ExplainedLine(row.number, row.text, fate.role, fate.why, used)
    apart = {part.number for part in parts}
    rows = [row for row in rows if row.number not in apart or row.role not in ("unknown", *_UNUSED)]
    return sorted([*rows, *parts], key=lambda row: row.number)


def hints(site: Site, now: dt.datetime) -> Hints:
    """What the readers may know of a site."""
    settings = site.settings
    languages = [one.settings for one in site.languages]
    return Hints(
        language=settings.language,
        sections=tuple(dict.fromkeys(name for own in languages for name in own.sections)),
        aliases={other.lower(): name for own in languages for other, name in own.section_aliases.items()},
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
        from broadsheet.ingest import formats  # takes longer to load than a run with nothing new

        return formats.read(source, hints)


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
        message = f"the site's own reader returned {min(wrong)} instead of drafts"
        raise fail(
            "reader-failed", message, Place(source.name), "Make them with broadsheet.ingest.make_draft(title, body, …)."
        )
    from broadsheet.ingest.extract import draft_marks

    return tuple(draft_marks.checked(draft, hints) for draft in drafts)  # as for Broadsheet's own readers
