"""The record of what was published at a target: content/published/NAME.json, for the editor to keep with the content.

In: the files and feed entries of a publication. Out: a file, one line a path and one an entry, the same bytes for the
same publication. Before anything is sent it names what will be, so that an interrupted publication is known as ours.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from broadsheet.content import guarded
from broadsheet.errors import Place, fail, unfit

DIGITS = 16  # of a SHA-256 are enough to tell two versions of a file apart, and keep the record small
LAYOUT = 2  # from 2 on the record of all that was published stands beside it: see published/record.py
TABLES = ("files", "leaving", "entries", "past")
_PASSING = ("pending", "accepted")  # tables that stand there while there is something in them
_KNOWN: dict[Path, tuple[Record, bytes]] = {}  # what was read or written last, as it is and as its file has it


class PublishedEntry(msgspec.Struct, frozen=True, array_like=True):
    """A feed's entry as subscribers know it: its address below the site, and digests of its parts.

    ``opening`` covers the first words of the body, ``text`` all of them; ``state`` all that the feed says of it.
    ``atom`` stands for the id that Atom gives it, which has to be an IRI.
    """

    address: str
    title: str
    day: str
    opening: str
    text: str
    state: str
    atom: str = ""


class Record(msgspec.Struct, frozen=True):
    """What was published: digests of files by path, digested files that will leave and since when, and entries by GUID.

    ``past`` are entries that feeds once had and have no more: subscribers have them still. ``pending`` are things
    whose sending has begun and is not known to have ended: "kind id", with what ``published`` knows of them.
    ``accepted`` are entries, by GUID, that an editor let out before they are sent. ``recorded`` is how many things the
    record of all that was published had when this went out: it never has fewer. None is of an older version.
    """

    files: Mapping[str, str] = {}
    leaving: Mapping[str, str] = {}
    entries: Mapping[str, PublishedEntry] = {}
    past: Mapping[str, PublishedEntry] = {}
    layout: int = LAYOUT
    pending: Mapping[str, Mapping[str, Any]] = {}
    accepted: Mapping[str, str] = {}
    recorded: int | None = None


class _Keys(msgspec.Struct, frozen=True):
    """What the record of every version has. A file without one of them would else count as a record of nothing."""

    layout: int
    files: msgspec.Raw
    leaving: msgspec.Raw
    entries: msgspec.Raw
    past: msgspec.Raw


_Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]  # since when a file is leaving: it is counted from there


def load(file: Path, shown: str) -> Record | None:
    """The record, or None where nothing was published yet.

    Raises BroadsheetError (``record-broken``) for one that cannot be understood, as after a merge that went wrong, or
    that lacks what every record has.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
    record = _parsed(data, shown)
    _KNOWN[file] = record, data
    return record


def _parsed(data: bytes, shown: str) -> Record:
    try:
        record = msgspec.json.decode(data, type=Record)
        if record.layout <= LAYOUT:
            msgspec.json.decode(data, type=_Keys)
        msgspec.convert(record.leaving, dict[str, _Moment])
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        hint = (
            "Restore it from version control: it records what subscribers have. "
            "Or rebuild it from what can be read: broadsheet release --rebuild"
        )
        raise fail("record-broken", f"is not a record of a publication: {unfit(cause)}", Place(shown), hint) from cause
    if record.layout > LAYOUT:
        hint = "Use the version of Broadsheet that wrote it, or a newer one."
        raise fail("record-newer", "was written by a newer Broadsheet", Place(shown), hint)
    return record


def save(file: Path, record: Record, before: Record | None, shown: str) -> None:
    """Write the record in the place of the one ``before``, whole or not at all.

    Raises BroadsheetError, such as ``record-changed`` where the file is another by now.
    """

    def replaced(now: bytes | None) -> bytes:
        known, data = _KNOWN.get(file, (None, b""))
        as_known = before is not None and before is known and now == data
        if not as_known and (None if now is None else _parsed(now, shown)) != before:
            hint = "It was not changed. Publish again when nothing else changes the site's folder."
            raise fail("record-changed", "was changed while the site was published", Place(shown), hint)
        _KNOWN[file] = record, written(record)
        return _KNOWN[file][1]

    guarded.update(file, replaced)


def written(record: Record) -> bytes:
    """The record as its file has it."""
    parts = {name: getattr(record, name) for name in TABLES}
    parts |= {name: table for name in _PASSING if (table := getattr(record, name))}
    head = {"layout": record.layout} | ({} if record.recorded is None else {"recorded": record.recorded})
    lines = [f'"{name}": {number}' for name, number in head.items()]
    lines += [f'"{name}": {_table(table)}' for name, table in parts.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def begun(before: Record | None, files: Mapping[str, str], entries: Mapping[str, PublishedEntry]) -> Record:
    """The record while a publication is under way: all that may be at the target, and in the hands of subscribers."""
    before = before or Record()
    return msgspec.structs.replace(
        before, files={**before.files, **files}, entries={**before.entries, **entries}, layout=LAYOUT
    )


def done(
    before: Record | None, files: Mapping[str, str], leaving: Mapping[str, str], entries: Mapping[str, PublishedEntry]
) -> Record:
    """The record of a publication that is complete. What is pending stays so until it is known to be published."""
    known = {**before.past, **before.entries} if before else {}
    past = {guid: entry for guid, entry in known.items() if guid not in entries}
    pending, recorded = (before.pending, before.recorded) if before else ({}, 0)
    return Record(files, leaving, entries, past, pending=pending, recorded=recorded)


def salvaged(data: bytes) -> Record:
    """What can be read of a record that is damaged: a line a path or an entry, each by itself.

    Of a file with the marks of a merge it takes both versions.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in (*TABLES, *_PASSING)}
    table = ""
    for line in data.decode("utf-8", "replace").splitlines():
        if begins := _BEGINS.match(line):
            table = begins[1]
        elif table in found and (row := _ROW.match(line)):
            kind: Any = PublishedEntry if table in ("entries", "past") else Any if table == "pending" else str
            with contextlib.suppress(msgspec.DecodeError):
                found[table][msgspec.json.decode(row[1])] = msgspec.json.decode(row[2], type=kind)
    return msgspec.structs.replace(Record(), **found)


_BEGINS = re.compile(r'"(\w+)": \{')
_ROW = re.compile(r'("(?:[^"\\]|\\.)*"): (.+?),?$')


def short(digests: Mapping[str, str]) -> dict[str, str]:
    """Digests as the record has them."""
    return {path: digest[:DIGITS] for path, digest in digests.items()}


def _table(table: Mapping[str, object]) -> str:
    keys = sorted(table)
    lines = map(": ".join, zip(_encoded(keys), _encoded([table[key] for key in keys]), strict=True))
    body = ",\n".join(lines)
    return f"{{\n{body}\n}}" if body else "{}"


def _encoded(values: list[Any]) -> list[str]:
    """Each of these as JSON; a line holds one, for no JSON holds the end of a line."""
    return _ENCODER.encode_lines(values).decode().split("\n")[:-1] if values else []


_ENCODER = msgspec.json.Encoder()
