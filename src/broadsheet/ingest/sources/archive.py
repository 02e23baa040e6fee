"""A .zip → the sources in it, each read as if it lay in the folder by itself.

In: a ``Source`` whose bytes are an archive. Out: ``Source`` values, or the drafts of all of them. Nothing is written
to the disk; names are labels only. Sizes, counts and ratios are bounded, so that no archive unfolds without end.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator

from msgspec.structs import replace

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source
from broadsheet.ingest.formats import detect, signatures
from broadsheet.ingest.formats.documents.package import unpacked
from broadsheet.ingest.sources import inbox

MOST = 5_000  # files in an archive
LARGEST = 64 * 1024 * 1024  # bytes of one file, as for files on disk
WHOLE = 512 * 1024 * 1024  # bytes of all of them


def read(source: Source, hints: Hints, reader: Reader = detect.read) -> tuple[Draft, ...]:
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
        raise fail("no-story", "no file in the archive is one that can be read", Place(source.name))
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


_AGAIN = "Pack it again as .zip, or put the files there unpacked."
_PARTS = "Pack it as several archives, or put the files there unpacked."


def _files(archive: zipfile.ZipFile, source: Source) -> Iterator[Source | Problem]:
    infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    named = [(info, label(info.filename)) for info in infos]
    named = [(info, shown) for info, shown in named if not any(map(inbox.is_passed_over, shown.split("/")))]
    beside = [shown for _, shown in named if inbox.is_companion(shown)]
    if beside:
        message = f"{len(beside):,} of its files go with others: taken along where a story shows them"
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
        if data.startswith(signatures.ZIP) and detect.recognise(packed) == "archive":
            yield warning("nested-archive", "an archive within an archive is not opened", Place(name), _AGAIN)
            continue
        folder = "" if not source.archive else info.filename.replace("\\", "/").rpartition("/")[0]
        yield replace(packed, folder=folder, archive=source.archive)
    if cut:
        message = (
            f"{len(cut):,} of its files are not read, such as {cut[0]}: together they unfold to over {WHOLE >> 20} MiB"
        )
        yield error("too-large", message, Place(source.name), _PARTS)


def member(path: str, name: str, most: int) -> bytes:
    """The bytes of a file in an archive on disk; none where it is not there, is too large or cannot be unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = {label(info.filename): info for info in archive.infolist()}.get(label(name))
            data = unpacked(archive, found, most) if found and not found.flag_bits & 1 else b""
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return b""
    return data if isinstance(data, bytes) else b""


def label(name: str) -> str:
    """The name of a file in an archive as an editor may see it: no root, no drive, no way up, no control characters."""
    parts = [re.sub(r"[\x00-\x1f\x7f:]", "", part) for part in re.split(r"[/\\]", name)]
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "unnamed"


def _modified(info: zipfile.ZipInfo, default: dt.datetime) -> dt.datetime:
    try:
        return dt.datetime(*info.date_time, tzinfo=dt.UTC)
    except ValueError:
        return default
