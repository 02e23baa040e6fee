"""The head of a post as generators write it: YAML, TOML, JSON, Pelican's lines, reST's fields → keys and values.

In: the bytes of a file. Out: ``Written``. A head that is none is a problem with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from broadsheet import content
from broadsheet.content import conflicts, heads
from broadsheet.errors import Place, fail
from broadsheet.migrate.post import Written

_FENCES = ("---", "+++")
_LINE = re.compile(r"([A-Za-z][\w-]{0,40})[^\S\n]*:[^\S\n]*(.*)")  # as Pelican and Python-Markdown read a head
_MORE = re.compile(r"(?: {4}|\t)(.*\S.*)")
_FIELD = re.compile(r":([A-Za-z][\w -]{0,40}):[^\S\n]*(.*)")
_RULE = re.compile(r"([=\-~^\"'`#*+_.:])\1{2,}[^\S\n]*\Z")


def take(data: bytes, shown: str, plain: Callable[[list[str]], Written] | None = None) -> Written:
    """A post's head and text; ``plain`` reads the head of a file that begins with no mark of YAML, TOML or JSON.

    Raises BroadsheetError with the line where the head cannot be read.
    """
    if len(data) > content.LARGEST:
        raise fail("file-size", f"larger than {content.LARGEST >> 20} MiB", Place(shown))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        raise fail("file-encoding", f"byte {cause.start} is not UTF-8", Place(shown, line)) from cause
    conflicts.refuse(text, shown)
    rows = text.split("\n")
    fenced = text.lstrip().startswith(_FENCES if plain else (*_FENCES, "{"))
    if fenced and (head := heads.read(text, shown)):
        lines = {key.lower(): line for key, line in head.lines.items()}
        meta = {str(key).lower(): value for key, value in head.meta.items()}
        return Written(meta, lines, "\n".join(rows[head.rows :]), head.rows + 1, head.problems)
    return plain(rows) if plain else Written({}, {}, text, 1)


def meta_lines(rows: list[str]) -> Written:
    """Pelican's head of a Markdown file: lines of ``Key: value``, a further value indented below, then a blank line."""
    meta: dict[str, Any] = {}
    lines: dict[str, int] = {}
    at = 0
    key = ""
    for row in rows:
        if found := _LINE.fullmatch(row):
            key = found[1].lower()
            meta[key], lines[key] = found[2].strip(), at + 1
        elif key and (more := _MORE.fullmatch(row)):
            meta[key] = f"{meta[key]} {more[1].strip()}".strip()
        else:
            break
        at += 1
    return Written(meta, lines, "\n".join(rows[at:]), at + 1)


def fields(rows: list[str]) -> Written:
    """ReST's head: a title with its rule, then fields such as ``:date: 2025-05-08``."""
    meta: dict[str, Any] = {}
    lines: dict[str, int] = {}
    at = 0
    while at < len(rows) and (not rows[at].strip() or _RULE.match(rows[at])):
        at += 1  # a rule above the title, where there is one
    if at + 1 < len(rows) and _RULE.match(rows[at + 1]) and len(rows[at + 1].strip()) >= len(rows[at].strip()) > 0:
        meta["title"], lines["title"] = rows[at].strip(), at + 1
        at += 2
    while at < len(rows) and (found := _FIELD.fullmatch(rows[at]) or (not rows[at].strip())):
        if not isinstance(found, bool):
            meta[found[1].lower()], lines[found[1].lower()] = found[2].strip(), at + 1
        at += 1
    return Written(meta, lines, "\n".join(rows[at:]), at + 1)
