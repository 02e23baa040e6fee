"""The head of a post as generators write it: YAML, TOML, JSON, Pelican's lines, reST's fields → keys and values.

In: the bytes of a file. Out: ``Written``. A head that is none is a problem with its line.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from broadsheet import content
from broadsheet.content import conflicts
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.migrate.post import Written

_TOML = re.compile(r"\A\s*\+\+\+[^\S\n]*\n(.*?)^\+\+\+[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_YAML = re.compile(r"\A\s*---[^\S\n]*\n.*?^(---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
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
    if found := _YAML.match(text):
        return _yaml(text, found, shown)
    if found := _TOML.match(text):
        try:
            meta = tomllib.loads(found[1])
        except tomllib.TOMLDecodeError as cause:
            where = re.search(r"at line (\d+)", str(cause))
            at = Place(shown, int(where[1]) + 1 if where else 1)
            raise fail("front-matter-syntax", f"front matter is not TOML: {cause}", at) from cause
        return _made(meta, text, found.end())
    if text.lstrip().startswith("{") and not plain:
        return _json(text, shown)
    return plain(text.split("\n")) if plain else Written({}, {}, text, 1)


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


def _yaml(text: str, found: re.Match[str], shown: str) -> Written:
    matter, problems = content.split(text[: found.end()].encode(), shown)
    if matter is None:
        raise BroadsheetError(*problems)
    lines = {key.lower(): matter.place(key).line for key in matter.meta}
    first = text.count("\n", 0, found.end()) + 1
    return Written(_lower(matter.meta), lines, text[found.end() :], first, tuple(problems))


def _json(text: str, shown: str) -> Written:
    start = len(text) - len(text.lstrip())
    try:
        meta, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError) as cause:
        line = getattr(cause, "lineno", 1)
        raise fail("front-matter-syntax", f"front matter is not JSON: {cause}", Place(shown, line)) from cause
    return _made(meta, text, end)


def _made(meta: Mapping[str, Any], text: str, end: int) -> Written:
    lines = {}
    for key in meta:
        found = re.search(rf"^\s*[\[\"']*{re.escape(key)}[\]\"']*\s*[:=\]\n]", text[:end], re.MULTILINE)
        lines[key.lower()] = text.count("\n", 0, found.end() - 1) + 1 if found else 1
    return Written(_lower(meta), lines, text[end:], text.count("\n", 0, end) + 1)


def _lower(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in meta.items()}
