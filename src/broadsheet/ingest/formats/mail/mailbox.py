"""A mailbox → its messages, each with the row that it begins on: .mbox, .emlx, a single mail; what begins as one.

In: the bytes of a source (RFC 4155, RFC 5322). Out: ``Message`` values: rows without line ends. Rows are counted as
``--explain`` counts them.

In: the first lines of a text. Out: whether they are the head of a mail, for ``formats``; for an export ("Von: …
Gesendet: … Betreff: …", in any language) whether it is one, which is then read as the head of a message in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract import charset
from broadsheet.ingest.formats.mail.letter import WORDS

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


_HEAD_FIELD = re.compile(r"([!-9;-~]{1,60}):")
_LABEL = re.compile(r"[*_]{0,2}([^\W\d_][^:：\n]{0,24}?)[*_]{0,2}\s?[:：]")
_LABELS = {label: key for key, labels in WORDS["labels"].items() for label in labels}
_HEAD_ROWS = 60  # rows among which a head stands
_HEAD_LENGTH = re.compile(r"\d{1,9}[ \t]*\n(?=[!-9;-~]{1,60}:)")
_MAIN = frozenset(("from", "date", "subject"))
# Fields of mail and of news groups that no text of another kind begins with.
_SENT = frozenset((
    "from", "to", "date", "subject", "message-id", "received", "mime-version", "return-path", "delivered-to",
    "content-type", "newsgroups", "organization", "organisation", "lines", "path", "nntp-posting-host", "xref",
    "references", "in-reply-to", "reply-to", "sender", "cc", "bcc", "content-transfer-encoding", "list-id", "x-mailer",
    "user-agent", "xposted", "followup-to", "distribution", "approved", "archive-name", "x-newsreader", "precedence",
    "dkim-signature", "arc-seal", "authentication-results", "x-original-to", "envelope-to", "resent-from", "x-gm-thrid",
    "x-gmail-labels", "status", "x-status", "x-mozilla-status", "importance", "thread-topic", "thread-index",
))  # fmt: skip
_ENVELOPE = re.compile(r">?From \S+.*\d\d:\d\d")


def begins(start: str) -> bool:
    """Whether a text begins as a mail does, in the names of its fields or in the words of a mail program."""
    return _is_head(start) or bool(_exported(start.split("\n")[:_HEAD_ROWS]))


def _is_head(start: str) -> bool:
    """Whether the first lines are header fields of a mail (RFC 5322), three at least or the two that say most."""
    if length := _HEAD_LENGTH.match(start):
        start = start[length.end() :]
    names: set[str] = set()
    envelope = _ENVELOPE.match(start) is not None
    address = False
    rows = start.split("\n")[:_HEAD_ROWS]
    for row in rows[envelope:]:
        if row[:1] in (" ", "\t") and names:
            continue
        field = _HEAD_FIELD.match(row)
        if not field:
            break
        names.add(field[1].lower())
        address = address or (field[1].lower() == "from" and "@" in row)
    known = names & _SENT
    if len(known) >= (2 if envelope else 3) and known & {"from", "subject", "received", "message-id", "to"}:
        return True
    return address and "subject" in names


def _exported(rows: Sequence[str]) -> dict[int, tuple[str, str]]:
    """The rows of a head in words: the canonical name and the value of each; none where there is no such head."""
    found: dict[int, tuple[str, str]] = {}
    for n, row in enumerate(rows):
        if not row.strip():
            if found:
                break
            continue
        label = _LABEL.match(row.strip())
        key = _LABELS.get(label[1].strip().casefold()) if label else None
        if label and key:
            found[n] = (key, row.strip()[label.end() :].strip(" \t*"))
        elif found and row[:1] in (" ", "\t"):
            last = max(found)
            found[last] = (found[last][0], f"{found[last][1]} {row.strip()}")
        else:
            break
    keys = {key for key, _ in found.values()}
    whole = len(keys & {*_MAIN, "to"}) >= 3 and "from" in keys
    return found if whole or ({"from", "subject"} <= keys and any("@" in value for _, value in found.values())) else {}


def is_exported(rows: Sequence[bytes]) -> bool:
    """Whether a message begins with a head in the words of a mail program, and not in the names of RFC 5322."""
    start = [row.decode("utf-8", "replace") for row in rows[:_HEAD_ROWS]]
    found = _exported(start)
    plain = {key for key, _ in found.values()} & _MAIN
    names = {row.partition(":")[0].strip().casefold() for row in start[: max(found, default=0) + 1]}
    return bool(plain) and not plain <= names
