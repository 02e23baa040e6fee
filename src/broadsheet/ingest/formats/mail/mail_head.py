"""The first lines of a text → whether they are the head of a mail, and the head that a mail program wrote in words.

In: the beginning of a source. Out: an answer for ``detect``; for an export ("Von: … Gesendet: … Betreff: …", in any
language) whether it is one, which is then read as the head of a message in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.ingest.formats.mail.letter import WORDS

_FIELD = re.compile(r"([!-9;-~]{1,60}):")
_LABEL = re.compile(r"[*_]{0,2}([^\W\d_][^:：\n]{0,24}?)[*_]{0,2}\s?[:：]")
_LABELS = {label: key for key, labels in WORDS["labels"].items() for label in labels}
_ROWS = 60  # rows among which a head stands
_LENGTH = re.compile(r"\d{1,9}[ \t]*\n(?=[!-9;-~]{1,60}:)")
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
    return _is_head(start) or bool(_exported(start.split("\n")[:_ROWS]))


def _is_head(start: str) -> bool:
    """Whether the first lines are header fields of a mail (RFC 5322), three at least or the two that say most."""
    if length := _LENGTH.match(start):
        start = start[length.end() :]
    names: set[str] = set()
    envelope = _ENVELOPE.match(start) is not None
    address = False
    rows = start.split("\n")[:_ROWS]
    for row in rows[envelope:]:
        if row[:1] in (" ", "\t") and names:
            continue
        field = _FIELD.match(row)
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
    start = [row.decode("utf-8", "replace") for row in rows[:_ROWS]]
    found = _exported(start)
    plain = {key for key, _ in found.values()} & _MAIN
    names = {row.partition(":")[0].strip().casefold() for row in start[: max(found, default=0) + 1]}
    return bool(plain) and not plain <= names
