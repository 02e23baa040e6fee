"""A mailbox → its messages, each with the row that it begins on: .mbox, .emlx, a single mail.

In: the bytes of a source (RFC 4155, RFC 5322). Out: ``Message`` values: rows without line ends. Rows are counted as
``--explain`` counts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract import charset

MOST = 20_000  # messages of one mailbox; the rest is counted, and the editor is asked to split it

_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BOM = b"\xef\xbb\xbf"
_RARE_ENDS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")  # what ends a line besides the usual: NEL, LS, PS
_BEGINS = re.compile(  # "From a@b Thu May  8 10:00:00 2025", and the forms of other programs
    rb"From \S.*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
    rb"(?=.*\b\d{1,2}:\d\d\b)(?=.*\b(?:19|20)\d\d\b)"
)
_FIELD = re.compile(rb">?[!-9;-~]+[ \t]*:|>From ")
_ESCAPED = re.compile(rb">+From ")
_LENGTH = re.compile(rb"\d{1,9}[ \t]*")
_RECORD = re.compile(rb"<\?xml|<!DOCTYPE plist|<plist")


class Message(msgspec.Struct, frozen=True):
    """One message: its rows, the number of its first one in the source (from 1), and how many rows above its head.

    ``above`` rows are the mailbox's own (the line "From …", a length, blank ones), ``below`` rows behind it the mail
    program's record. ``envelope`` is the mailbox's line.
    """

    rows: Sequence[bytes]
    first: int
    above: int = 0
    below: int = 0
    envelope: bytes = b""


class Mailbox(msgspec.Struct, frozen=True):
    """The messages that are read, and how many more there are."""

    messages: tuple[Message, ...]
    more: int = 0
    charset: str = ""


def split(data: bytes, *, several: bool) -> Mailbox:
    """The messages of a mailbox; a single mail is its only one.

    ``several`` is whether the source is known to be a mailbox: its first message may lack the line that begins one.
    """
    spoken = ""
    for mark, name in _MARKS:
        if data.startswith(mark):
            data, spoken = data[2:].decode(name, "replace").encode("utf-8", "replace"), "utf-8"
    rows = _rows(data)
    rows[0] = rows[0].removeprefix(_BOM)
    starts = [
        n
        for n, row in enumerate(rows)
        if row.startswith(b"From ") and _BEGINS.match(row) and n + 1 < len(rows) and _FIELD.match(rows[n + 1])
    ]
    head = next((n for n, row in enumerate(rows) if row.strip()), 0)
    if not starts or (starts[0] > head and not several):
        return Mailbox((_single(rows, head),), 0, spoken)
    if starts[0] > head:
        starts.insert(0, head)
    ends = [*starts[1:], len(rows)]
    found = [_entry(rows, start, end) for start, end in zip(starts[:MOST], ends, strict=False)]
    if starts[0]:
        first = found[0]
        kept = rows[: starts[0]]
        found[0] = Message([*kept, *first.rows], 1, first.above + len(kept), 0, first.envelope)
    return Mailbox(tuple(found), max(0, len(starts) - MOST), spoken)


def _rows(data: bytes) -> list[bytes]:
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for mark in _RARE_ENDS:
        if mark in data and _is_utf8(data):
            data = data.replace(mark, b"\n")
    return data.split(b"\n")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _single(rows: list[bytes], head: int) -> Message:
    """The only message of a source, with what mail programs put around it."""
    below = 0
    if _LENGTH.fullmatch(rows[head]) and head + 1 < len(rows) and _FIELD.match(rows[head + 1]):  # .emlx
        size = int(rows[head])
        record = next((n for n in range(len(rows) - 1, head, -1) if _RECORD.match(rows[n])), len(rows))
        while record > head + 1 and _RECORD.match(rows[record - 1]):
            record -= 1
        below = len(rows) - record if sum(len(row) + 1 for row in rows[head + 1 : record]) >= size // 2 else 0
        head += 1
    if rows[head].startswith(b"From ") and rows[head].partition(b":")[0].strip() != b"From":
        return Message(rows, 1, head + 1, below, rows[head])
    return Message(rows, 1, head, below)


def _entry(rows: list[bytes], start: int, end: int) -> Message:
    part = rows[start:end]
    begun = part[0].startswith(b"From ")
    if any(row.startswith(b">") for row in part):
        part = [row[1:] if _ESCAPED.match(row) else row for row in part]
    return Message(part, start + 1, 1 if begun else 0, 0, part[0] if begun else b"")


def words(rows: Sequence[bytes]) -> str:
    """Rows as text, whatever their charset; for what only has to be recognised."""
    return charset.clean(b"\n".join(rows).decode("utf-8", "replace"))
