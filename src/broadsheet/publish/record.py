"""The record of what was published at a target: content/published/NAME.json, for the editor to keep with the content.

In: the files and feed entries of a publication. Out: a file, one line a path and one an entry, the same bytes for the
same publication. Before anything is sent it names what will be, so that an interrupted publication is known as ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.content import guarded
from broadsheet.errors import Place, fail

DIGITS = 16  # of a SHA-256 are enough to tell two versions of a file apart, and keep the record small
LAYOUT = 1


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

    ``past`` are entries that feeds once had and have no more: subscribers have them still.
    """

    files: Mapping[str, str] = {}
    leaving: Mapping[str, str] = {}
    entries: Mapping[str, PublishedEntry] = {}
    past: Mapping[str, PublishedEntry] = {}
    layout: int = LAYOUT


def load(file: Path, shown: str) -> Record | None:
    """The record, or None where nothing was published yet.

    Raises BroadsheetError (``record-broken``) for one that cannot be understood, as after a merge that went wrong.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
    return _parsed(data, shown)


def _parsed(data: bytes, shown: str) -> Record:
    try:
        record = msgspec.json.decode(data, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        hint = "Bring back the last good one from version control: it knows what subscribers already have."
        raise fail("record-broken", f"is no record of a publication: {cause}", Place(shown), hint) from cause
    if record.layout > LAYOUT:
        hint = "Use the version of Broadsheet that wrote it, or a newer one."
        raise fail("record-newer", "was written by a newer Broadsheet", Place(shown), hint)
    return record


def save(file: Path, record: Record, before: Record | None, shown: str) -> None:
    """Write the record in the place of the one ``before``, whole or not at all.

    Raises BroadsheetError, such as ``record-changed`` where the file is another by now.
    """

    def written(now: bytes | None) -> bytes:
        if (None if now is None else _parsed(now, shown)) != before:
            hint = "It was left as it is. Publish again, when nobody works on the folder of the site."
            raise fail("record-changed", "was changed while the site was published", Place(shown), hint)
        return _written(record)

    guarded.update(file, written)


def _written(record: Record) -> bytes:
    parts = {name: getattr(record, name) for name in ("files", "leaving", "entries", "past")}
    tables = [f'"layout": {record.layout}', *(f'"{name}": {_table(table)}' for name, table in parts.items())]
    return ("{\n" + ",\n".join(tables) + "\n}\n").encode()


def begun(before: Record | None, files: Mapping[str, str], entries: Mapping[str, PublishedEntry]) -> Record:
    """The record while a publication is under way: all that may be at the target, and in the hands of subscribers."""
    before = before or Record()
    return Record({**before.files, **files}, before.leaving, {**before.entries, **entries}, before.past)


def done(
    before: Record | None, files: Mapping[str, str], leaving: Mapping[str, str], entries: Mapping[str, PublishedEntry]
) -> Record:
    """The record of a publication that is complete."""
    known = {**before.past, **before.entries} if before else {}
    return Record(files, leaving, entries, {guid: entry for guid, entry in known.items() if guid not in entries})


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
