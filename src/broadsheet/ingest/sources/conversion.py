"""Raw files → the stories in them, in their order: on one core, or on all where there is enough to read.

In: raw files and what the site knows. Out: for each a ``Converted``: the stories in it, or what kept it from being
read. Nothing that a source holds stops the others: not an exception, and not the death of the process that read it.

The files in a .zip are read as if they lay in the folder by themselves. Nothing of it is written to the disk; names are
labels only. Sizes, counts and ratios are bounded, so that no archive unfolds without end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import io
import pickle
import traceback
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source
from broadsheet.ingest.sources import inbox, pictures, story_files
from broadsheet.ingest.sources.inbox import Raw
from broadsheet.ingest.sources.story_files import PreparedStory
from broadsheet.workers import Death, RemoteWorkers, Task, TooLongError, Workers, beside, here, limited, spread

MOST = 5_000  # files in an archive
LARGEST = 64 * 1024 * 1024  # bytes of one file, as for files on disk
WHOLE = 512 * 1024 * 1024  # bytes of all of them
_AGAIN = "Pack it again as .zip, or unpack it into the inbox."
_PARTS = "Pack it as several archives, or unpack it into the inbox."
_CHUNK = 8  # raw files a process takes at a time: enough to hide the handing over, few enough to spread
_SENT = 32  # and of which one is sent to another machine, where each slice has a process of its own
_SHARES = 64  # slices that even a short work makes for a cluster
SECONDS = 20.0  # that a source may take, or a file in an archive
_SLOW = 4  # files of one archive that may take too long before the rest of it is left unread
_FEW = 64  # raw files, or
_SMALL = 2_000_000  # bytes, below which starting processes costs more than it saves


class ConversionSettings(msgspec.Struct, frozen=True):
    """What every source is read with: a reader, its hints, the digests of what was read before, the sources' names.

    ``hold`` is which doubts make a story a draft. ``ignored`` tells which names are not to be looked at in archives.
    """

    read: Reader
    hints: Hints
    hold: story_files.Hold = "doubtful"
    seen: frozenset[str] = frozenset()
    credits: Mapping[str, str] = {}
    ignored: Callable[[str], bool] = lambda _: False
    slow: frozenset[str] = frozenset()  # the names of files in archives that took too long before


class Converted(msgspec.Struct, frozen=True):
    """What was found in a source: its stories, or problems. ``seen``: its bytes were read before, so nobody looked."""

    name: str
    sha256: str = ""
    stories: tuple[PreparedStory, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: bool = False


def convert_all(
    raws: Sequence[Raw | Source], settings: ConversionSettings, workers: Workers = 0
) -> Generator[Converted]:
    """What is in all sources, in their order; ``workers`` 0 takes as many processes as there are cores."""
    size = sum(raw.size if isinstance(raw, Raw) else len(raw.data) for raw in raws)
    few = len(raws) < _FEW and size < _SMALL
    workers = 1 if few else workers if isinstance(workers, RemoteWorkers) else here(workers)

    def read(chunk: Sequence[Raw | Source]) -> list[Converted]:
        return [convert(raw, settings) for raw in chunk]

    def again(chunk: Sequence[Raw | Source], death: Death) -> list[Converted]:
        slow = death.label if death.late else ""
        return [_apart(raw, settings, slow) for raw in chunk]

    most, shares = (_SENT, _SHARES) if isinstance(workers, RemoteWorkers) else (_CHUNK, 2 * workers)
    chunk = max(1, min(most, len(raws) // shares))  # a few large files are shared out too
    task = _task(settings) if isinstance(workers, RemoteWorkers) else None
    with contextlib.closing(spread(read, raws, slice_size=chunk, workers=workers, lost=again, task=task)) as chunks:
        for converted in chunks:
            yield from converted


def _task(settings: ConversionSettings) -> Task[Raw | Source, list[Converted]] | None:
    """The same work for other machines: files are opened here, and those that were read before stay here.

    None where a site has readers of its own, which are on no other machine.
    """
    if getattr(settings.read, "own", None):
        return None
    kit = pickle.dumps(replace(settings, seen=frozenset()))

    def pack(chunk: Sequence[Raw | Source]) -> bytes | None:
        sources = [_unread(raw, settings.seen) for raw in chunk]
        return pickle.dumps(sources) if any(sources) else None

    def unpack(chunk: Sequence[Raw | Source], answer: bytes) -> list[Converted]:
        found: list[Converted | None] = pickle.loads(answer)  # noqa: S301, from a worker, which is trusted as this process is
        return [one or convert(raw, settings) for raw, one in zip(chunk, found, strict=True)]

    return Task(f"{__name__}:distant_converter", kit, pack, unpack)


def _unread(raw: Raw | Source, seen: frozenset[str]) -> Source | None:
    """A source to be read elsewhere, without its folder; None where its bytes were read before or cannot be had."""
    try:
        source = inbox.load(raw) if isinstance(raw, Raw) else raw
    except BroadsheetError:
        return None
    return None if hashlib.sha256(source.data).hexdigest() in seen else replace(source, folder="", archive="")


_TEXT = "The harbour opens\n\nBy Ann Lee\n\n8 May 2025\n\nThe harbour of Arden was opened on Thursday.\n"
_SAMPLES = (
    Source("sample.txt", _TEXT.encode(), dt.datetime(2025, 5, 8, tzinfo=dt.UTC)),
    Source(
        "sample.html",
        f"<html><title>The harbour opens</title><article><p>{_TEXT}</p></article></html>".encode(),
        dt.datetime(2025, 5, 8, tzinfo=dt.UTC),
    ),
)


def distant_converter(kit: bytes) -> Callable[[bytes], bytes]:
    """What reads sources on another machine, each slice in a process that may die of it, as everywhere.

    A source with pictures beside it is left to the machine that has them.
    """
    settings: ConversionSettings = pickle.loads(kit)  # noqa: S301, from the one who asks for the work
    for sample in _SAMPLES:  # so that each slice's process finds loaded here what most sources are read with
        settings.read(sample, settings.hints)

    def converted(data: bytes) -> bytes:
        sources: list[Source | None] = pickle.loads(data)  # noqa: S301
        found = iter(list(convert_all([one for one in sources if one], settings, 1)))
        read = [next(found) if one else None for one in sources]
        return pickle.dumps([None if one is None or _lacks_pictures(one) else one for one in read])

    return converted


def _lacks_pictures(one: Converted) -> bool:
    return any(problem.code == pictures.MISSING for problem in one.problems)


def convert(raw: Raw | Source, settings: ConversionSettings) -> Converted:
    """What is in one source; whatever goes wrong in it is a problem of that source."""
    try:
        with limited(raw.name, SECONDS):
            return _converted(raw, settings)
    except TooLongError:
        return late(raw.name)
    except BroadsheetError as cause:
        return Converted(raw.name, problems=(cause.problem,))
    except Exception as cause:  # noqa: BLE001, any fault of a reader is the fault of one source
        message = f"could not be read: {type(cause).__name__}: {str(cause)[:200]} ({_spot(cause)})"
        hint = "This is a bug in Broadsheet: please report it. The other sources were read."
        return Converted(raw.name, problems=(error("reader-failed", message, Place(raw.name), hint),))


def _converted(raw: Raw | Source, settings: ConversionSettings) -> Converted:
    from broadsheet.ingest import formats
    from broadsheet.ingest.formats import refused  # what a run with nothing new need not load

    source = inbox.load(raw) if isinstance(raw, Raw) else raw
    sha256 = hashlib.sha256(source.data).hexdigest()
    if sha256 in settings.seen:
        return Converted(source.name, sha256, seen=True)
    packed = source.data.startswith(refused.ZIP) and formats.recognise(source) == "archive"
    return (_members if packed else _entries)(source, sha256, settings)


def late(name: str) -> Converted:
    """What is said of a source that took too long."""
    from broadsheet.ingest.formats import refused

    message = f"took longer than {SECONDS:.0f} seconds to read: skipped"
    hint = f"Split it, or save its text in a simpler format; the other sources were read. {refused.IGNORE}"
    return Converted(name, problems=(error("too-slow", message, Place(name), hint),))


def _spot(cause: Exception) -> str:
    """The last line of Broadsheet's own that a fault came through: what a report of it needs."""
    frames = traceback.extract_tb(cause.__traceback__)
    own = [frame for frame in frames if "broadsheet" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}"


def _members(source: Source, sha256: str, settings: ConversionSettings) -> Converted:
    """What is in an archive: each file in it is read as if it lay beside the others, and fails alone."""
    stories: list[PreparedStory] = []
    problems: list[Problem] = []
    anew = msgspec.structs.replace(settings, seen=frozenset())
    for found in unpack(source):
        name = found.place.file if isinstance(found, Problem) else found.name
        if name != source.name and settings.ignored(name):
            continue
        if isinstance(found, Problem):
            converted = Converted(source.name, problems=(found,))
        else:
            converted = late(name) if name in settings.slow else convert(found, anew)
        stories += converted.stories
        problems += converted.problems
    if not stories and not problems:
        problems.append(error("no-story", "the archive has no file that can be read", Place(source.name)))
    return Converted(source.name, sha256, tuple(stories), tuple(problems))


def _entries(source: Source, sha256: str, settings: ConversionSettings) -> Converted:
    rules = story_files.FilingRules(ZoneInfo(settings.hints.timezone), settings.hints.language, settings.hold)
    drafts = settings.read(source, settings.hints)
    if not drafts:
        return Converted(
            source.name, sha256, problems=(error("no-story", "no story was found in it", Place(source.name)),)
        )
    stories: list[PreparedStory] = []
    problems: list[Problem] = []
    for draft in drafts:
        try:
            prepared = story_files.prepare(draft, source, rules, settings.credits.get(source.name, ""))
            stories.append(prepared)
            problems += prepared.problems
        except BroadsheetError as cause:
            problems += draft.problems
            problem = cause.problem
            severity = problem.severity if len(drafts) == 1 else "warning"
            problems.append(msgspec.structs.replace(problem, severity=severity))
    if len(drafts) == 1 and stories and not stories[0].guid:
        stories = [msgspec.structs.replace(stories[0], sha256=sha256)]
    return Converted(source.name, sha256, tuple(stories), tuple(problems))


def _apart(raw: Raw | Source, settings: ConversionSettings, slow: str = "") -> Converted:
    """What is in a source that may have ended the process that read it, in a process of its own.

    ``slow`` is what took too long there: the source, or a file in it, which is then left out.
    """
    while True:
        if slow == raw.name:
            return late(raw.name)
        if slow.startswith(f"{raw.name}/"):
            settings = msgspec.structs.replace(settings, slow=settings.slow | {slow})
            if len(settings.slow) > _SLOW:
                return late(raw.name)
        try:
            with beside(functools.partial(convert, raw, settings), workers=2) as result:
                return result()
        except TooLongError as cause:
            within = str(cause).startswith(f"{raw.name}/") and str(cause) not in settings.slow
            slow = str(cause) if within else raw.name
        except BroadsheetError:  # convert() raises none: the process died
            hint = "It may need more memory than the machine has. The other sources were read."
            problem = error("reader-died", "the process that read it died", Place(raw.name), hint)
            return Converted(raw.name, problems=(problem,))


def read_archive(source: Source, hints: Hints, reader: Reader) -> tuple[Draft, ...]:
    """The stories of every file in an archive, by a reader of all formats.

    Raises BroadsheetError: ``bad-archive``, ``too-large``, ``encrypted``, or ``no-story`` where no file holds a story.
    """
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for found in unpack(source):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        try:
            drafts += reader(found, hints)
        except BroadsheetError as cause:
            problems.append(cause.problem)
    if not drafts:
        if problems:
            raise BroadsheetError(problems[0])
        raise fail("no-story", "the archive has no file that can be read", Place(source.name))
    return (replace(drafts[0], problems=(*drafts[0].problems, *problems)), *drafts[1:])


def unpack(source: Source) -> Iterator[Source | Problem]:
    """The files of an archive in the order of their names, and a problem for each that cannot be had.

    Raises BroadsheetError (``bad-archive``, ``too-large``) where the archive as a whole is not to be opened.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            yield from _files(archive, source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as cause:
        raise fail("bad-archive", f"the archive cannot be opened: {cause}", Place(source.name), _AGAIN) from cause


def _files(archive: zipfile.ZipFile, source: Source) -> Iterator[Source | Problem]:
    from broadsheet.ingest import formats
    from broadsheet.ingest.formats import refused
    from broadsheet.ingest.formats.documents.package import unpacked

    infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    named = [(info, pictures.label(info.filename)) for info in infos]
    named = [(info, shown) for info, shown in named if not any(map(inbox.is_passed_over, shown.split("/")))]
    beside = [shown for _, shown in named if inbox.is_companion(shown)]
    if beside:
        message = f"{len(beside):,} of its files belong to others: copied where a story shows them"
        yield note("companion", message, Place(source.name))
    named = [(info, shown) for info, shown in named if not inbox.is_companion(shown)]
    if len(named) > MOST:
        message = f"{len(named) - MOST:,} of its files are not read: an archive is read up to its {MOST:,}th file"
        yield error("too-large", message, Place(source.name), _PARTS)
    left, cut = WHOLE, list[str]()
    for info, shown in named[:MOST]:
        name = f"{source.name}/{shown}"
        if info.flag_bits & 1:
            yield warning("encrypted", "locked with a password", Place(name), "Pack it without one.")
            continue
        if info.file_size > left:
            cut.append(shown)
            continue
        data = unpacked(archive, info, min(LARGEST, left))
        if isinstance(data, str):
            yield warning("bad-archive", data, Place(name), _AGAIN)
            continue
        left -= len(data)
        packed = Source(name, data, _modified(info, source.modified))
        if data.startswith(refused.ZIP) and formats.recognise(packed) == "archive":
            yield warning("nested-archive", "an archive inside an archive is not opened", Place(name), _AGAIN)
            continue
        folder = "" if not source.archive else info.filename.replace("\\", "/").rpartition("/")[0]
        yield replace(packed, folder=folder, archive=source.archive)
    if cut:
        message = (
            f"{len(cut):,} of its files are not read, such as {cut[0]}: together they unfold to over {WHOLE >> 20} MiB"
        )
        yield error("too-large", message, Place(source.name), _PARTS)


def _modified(info: zipfile.ZipInfo, default: dt.datetime) -> dt.datetime:
    try:
        return dt.datetime(*info.date_time, tzinfo=dt.UTC)
    except ValueError:
        return default
