"""The head of a text as any generator writes it: YAML, TOML, JSON, lines of ``Key: value``, with whatever fences.

In: a text. Out: a ``Head``: keys, values, the line of each key, and how many rows it takes; None where the text begins
with no head. What plainly is one and cannot be read is a problem with its line: a mark in it could be lost.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec

from broadsheet.content import files
from broadsheet.errors import BroadsheetError, Place, Problem, fail

LONGEST = 1024 * 1024  # characters of a head in other words than YAML

_NAME = r"[^\W\d_][\w.-]*(?: [\w-]+){0,2}"
_YAML_KEY = re.compile(rf"(?:[\"'][^\"'\n]{{1,60}}[\"']|{_NAME}|<<)[^\S\n]*:(?:\s|$)|\{{")
_TOML_KEY = re.compile(r"[\"'\w.-]+[^\S\n]*=|\[{1,2}[\"'\w. -]+\]")
_JSON = re.compile(r"\{\s*\"([^\"\n]{1,80})\"\s*:")
_JSON_KEY = re.compile(r"\{?\s*\"[^\"\n]{1,80}\"\s*:")
_OPENS = re.compile(r"(---|\+\+\+|;;;)[^\S\n]*(yaml|yml|toml|json)?[^\S\n]*(?:\n|\Z)", re.IGNORECASE)
_COMMENT = re.compile(r"(<!--|/\*)[^\S\n]*\n(.*?)(-->|\*/)[^\S\n]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(rf"(?:\.\. |#\+|:(?=[\w -]{{1,40}}:\s))?({_NAME})[^\S\n]*:[^\S\n]*(.*)")
_ITEM = re.compile(r"\s*- (.*\S.*)")
_MORE = re.compile(r"(?: {2,}|\t)(.*\S.*)")
_TITLE_BLOCK = re.compile(
    r"%[^\S\n]?([^\n]*(?:\n[^\S\n]+[^\n]+)*)\n(?:%[^\S\n]?([^\n]*(?:\n[^\S\n]+[^\n]+)*)(?:\n|\Z))?(?:%[^\S\n]?([^\n]*)(?:\n|\Z))?"
)
_TITLES = frozenset(("title", "headline", "titel", "titre", "titolo"))
# Keys that a head of lines has, without blanks, hyphens and underscores.
_KNOWN = frozenset((
    "auteur", "author", "authors", "autor", "autore", "byline", "datum", "fecha", "titel", "titolo", "titre",
    "categories", "category", "copyright", "created", "date", "description", "draft", "embargo", "embargoed",
    "embargoeduntil", "excerpt", "expires", "expirydate", "headline", "hold", "id", "image", "keywords", "lang",
    "language", "lastmod", "layout", "licence", "license", "link", "modified", "modifieddate", "password",
    "permalink", "priority", "private", "pubdate", "published", "publishdate", "saveas", "section", "slug",
    "standfirst", "state", "status", "subtitle", "summary", "tags", "template", "thread", "title", "topics",
    "translation", "type", "updated", "url", "visibility", "visible",
))  # fmt: skip
# Of which one alone makes a head above a Markdown text: what it says must not get lost.
_TELLING = frozenset((
    "draft", "embargo", "embargoed", "embargoeduntil", "expires", "expirydate", "headline", "hold", "password",
    "private", "published", "publishdate", "slug", "status", "title", "visibility",
))  # fmt: skip


class Head(msgspec.Struct, frozen=True):
    """A head: its keys as written and their values, the line of each (from 1), and how many rows of the text it takes.

    ``kind`` is how it is written: yaml, toml, json or lines.
    """

    kind: str
    meta: dict[str, Any]
    lines: Mapping[str, int]
    rows: int
    problems: tuple[Problem, ...] = ()


def begins(text: str, *, markdown: bool) -> bool:
    """Whether a text, or what is known of its beginning, begins with a head. ``markdown`` says that its name does."""
    start = text.lstrip("\ufeff \t\n")
    if fence := _OPENS.match(start):
        return _fenced(start, fence, markdown=markdown)
    if found := _JSON.match(start):
        return markdown or _object(start, known=_key(found[1]) in _KNOWN)
    if comment := _COMMENT.match(start):
        return _telling(_lines(comment[2].split("\n"), 1), markdown=True)
    return (markdown and start.startswith("% ") and _TITLE_BLOCK.match(start) is not None) or _plain(
        start, markdown=markdown
    )


def read(text: str, shown: str, *, markdown: bool = True) -> Head | None:
    """The head of a text. Raises BroadsheetError (``front-matter-…``) for one that cannot be read."""
    if not begins(text, markdown=markdown):
        return None
    start = text.lstrip("\ufeff \t\n")
    above = text.count("\n", 0, len(text) - len(start))
    if fence := _OPENS.match(start):
        return _read_fenced(start, fence, above, shown)
    if start.startswith("{"):
        return _read_json(start, above, shown)
    if comment := _COMMENT.match(start):
        rows = above + start.count("\n", 0, comment.end())
        meta, lines, _ = _lines(comment[2].split("\n"), above + 2)
        return Head("lines", meta, lines, max(rows, above + 1))
    if start.startswith("% "):
        return _title_block(start, above)
    below = start.split("\n")
    meta, lines, taken = _lines(below, above + 1)
    if taken <= len(below) and below[taken - 1].startswith("---"):  # YAML of which only the end is marked
        with contextlib.suppress(BroadsheetError):
            return _yaml("".join(f"{row}\n" for row in below[: taken - 1]), above + taken, above - 1, shown)
    return Head("lines", meta, lines, above + taken)


def toml(block: str, first: int, shown: str) -> dict[str, Any]:
    """The keys of a block of TOML whose first line is ``first``. Raises BroadsheetError with the line."""
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        where = re.search(r"at line (\d+)", str(cause))
        line = first + int(where[1]) - 1 if where else first + block.rstrip("\n").count("\n")
        said = re.sub(r" \(at .*\)$", "", str(cause))
        _broken(f"front matter is not TOML: {said}", shown, line)


def _fenced(start: str, fence: re.Match[str], *, markdown: bool) -> bool:
    """Whether what stands below a fence is keys, and the fence no rule above a text."""
    kind = _kind(fence)
    if fence[2] or re.match(_closing(fence), start[fence.end() :]):
        return True
    below = re.sub(r"\A(?:[^\S\n]*(?:#[^\n]*)?\n)+", "", start[fence.end() :]).lstrip(" ")
    found = {"yaml": _YAML_KEY, "toml": _TOML_KEY, "json": _JSON_KEY}[kind].match(below)
    if not found:
        return False
    if markdown or re.search(rf"\n{_closing(fence)}", start[fence.end() :]):
        return True
    return _key(re.split(r"[:=\]]", found[0])[0].strip("[{\"' ")) in _KNOWN  # where it never ends, a mark could be lost


def _kind(fence: re.Match[str]) -> str:
    named = (fence[2] or "").lower().replace("yml", "yaml")
    return named or {"---": "yaml", "+++": "toml", ";;;": "json"}[fence[1]]


def _closing(fence: re.Match[str]) -> str:
    ends = r"(?:---|\.\.\.)" if fence[1] == "---" else re.escape(fence[1])
    return rf"{ends}[^\S\n]*(?:\n|\Z)"


def _read_fenced(start: str, fence: re.Match[str], above: int, shown: str) -> Head:
    kind = _kind(fence)
    closes = re.compile(rf"\n{_closing(fence)}").search(start, fence.end() - 1)
    if closes is None:
        hint = f"Front matter begins and ends with a line {fence[1]}."
        raise fail("front-matter-missing", f"no line {fence[1]} ends the front matter", Place(shown, above + 1), hint)
    block = start[fence.end() : closes.start() + 1]
    rows = above + start[: closes.end()].rstrip("\n").count("\n") + 1
    first = above + 2
    if kind == "toml":
        meta = toml(block, first, shown)
        return Head(kind, meta, _places(meta, block, first), rows)
    if kind == "json":
        whole = block if block.lstrip().startswith("{") else "{" + block.rstrip().rstrip(",") + "}"
        meta, _ = _json(whole, first, shown)
        return Head(kind, meta, _places(meta, block, first), rows)
    return _yaml(block, rows, above, shown)


def _yaml(block: str, rows: int, above: int, shown: str) -> Head:
    """The head that a block of YAML is; ``above`` are the rows above the line that opens it, -1 where none does."""
    matter, found = files.split(f"{chr(10) * max(above, 0)}---\n{block}---\n".encode("utf-8", "replace"), shown)
    problems = tuple(_lifted(problem) for problem in found) if above < 0 else tuple(found)
    if matter is None:
        raise BroadsheetError(*problems)
    lines = {key: matter.place(key).line + min(above, 0) for key in matter.meta}
    return Head("yaml", matter.meta, lines, rows, problems)


def _lifted(problem: Problem) -> Problem:
    """A problem of a block whose first line is the first of its file."""
    place = msgspec.structs.replace(problem.place, line=max(problem.place.line - 1, 1))
    return msgspec.structs.replace(problem, place=place)


def _read_json(start: str, above: int, shown: str) -> Head:
    meta, end = _json(start, above + 1, shown)
    rest = start[end:]
    rows = above + start.count("\n", 0, end) + (1 if not rest.partition("\n")[0].strip() else 0)
    return Head("json", meta, _places(meta, start[:end], above + 1), rows)


def _json(text: str, first: int, shown: str) -> tuple[dict[str, Any], int]:
    try:
        meta, end = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_once).raw_decode(
            text, len(text) - len(text.lstrip())
        )
    except json.JSONDecodeError as cause:
        _broken(f"front matter is not JSON: {cause.msg}", shown, first + cause.lineno - 1)
    except (ValueError, RecursionError) as cause:
        _broken(f"front matter is not JSON: {cause}", shown, first)
    return meta, end


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The keys of an object, each of which may stand once: of two marks one would be lost."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} is there twice")
        found[key] = value
    return found


def _object(start: str, *, known: bool) -> bool:
    """Whether a text begins with an object of JSON, and goes on with something else: prose, not data.

    What is no JSON is one where its first key is ``known``, so that it is reported and not printed.
    """
    try:
        meta, end = json.JSONDecoder().raw_decode(start[:LONGEST])
    except (ValueError, RecursionError):
        return known
    rest = start[end:].lstrip()
    return isinstance(meta, dict) and rest != "" and rest[0] not in "{[,]}"


def _broken(message: str, shown: str, line: int) -> NoReturn:
    hint = "Correct it, or delete the front matter. Until then the file is not filed."
    raise fail("front-matter-syntax", message, Place(shown, line), hint)


def _places(meta: Mapping[str, Any], block: str, first: int) -> dict[str, int]:
    """The lines of keys in a block of TOML or JSON; that of the first where one is written in another way."""
    found = {}
    for key in meta:
        place = re.search(rf"^\s*[\[{{\"',]*\s*[\"']?{re.escape(key)}[\"']?[\]]*\s*(?:[:=.\]]|$)", block, re.MULTILINE)
        found[key] = block.count("\n", 0, block.index(key, place.start())) + first if place else first
    return found


def _plain(start: str, *, markdown: bool) -> bool:
    """Whether a text begins with lines of keys and values, and a blank line or a fence ends them."""
    found = _lines(start.split("\n", 200)[:200], 1)
    return bool(found[0]) and _telling(found, markdown=markdown)


def _key(name: str) -> str:
    return re.sub(r"[\s_.-]", "", name.lower())


def _telling(found: tuple[dict[str, Any], dict[str, int], int], *, markdown: bool) -> bool:
    names = set(map(_key, found[0]))
    known = names & _KNOWN
    if not known or 2 * len(known) < len(names):
        return False
    if markdown:
        return bool(known & _TELLING) or len(known) > 1
    return bool(known & _TITLES) and len(known) > 1


def _lines(rows: list[str], first: int) -> tuple[dict[str, Any], dict[str, int], int]:
    """Keys, values, lines, and how many rows a head of lines takes with the fence or blank row below it; else none."""
    meta: dict[str, Any] = {}
    lines: dict[str, int] = {}
    key = ""
    at = 0
    for at, row in enumerate(rows):
        if not row.strip() or re.fullmatch(r"(?:---+|\.\.\.|-->)\s*", row):
            if meta:
                return meta, lines, at + 1
        elif key and (item := _ITEM.fullmatch(row)):
            meta[key] = f"{meta[key]}, {item[1].strip()}".strip(", ")
        elif key and (more := _MORE.fullmatch(row)):
            meta[key] = f"{meta[key]} {more[1].strip()}".strip()
        elif found := _LINE.fullmatch(row.rstrip()):
            if found[1] in meta:
                key = next(name for n in range(2, len(rows) + 2) if (name := f"{found[1]} {n}") not in meta)
            else:
                key = found[1]
            meta[key], lines[key] = found[2].strip(), first + at
        else:
            return {}, {}, 0
    return meta, lines, at + 1


def _title_block(start: str, above: int) -> Head:
    """Pandoc's three lines: title, authors, date."""
    found = _TITLE_BLOCK.match(start)
    if found is None:  # ``begins`` has looked
        raise AssertionError
    values = [" ".join((part or "").split()) for part in found.groups()]
    values[1] = "; ".join(filter(None, re.split(r"\s*[;\n]\s*", (found[2] or "").strip())))
    starts = [above + 1 + start.count("\n", 0, max(found.start(n), 0)) for n in (1, 2, 3)]
    named = list(zip(("title", "author", "date"), values, starts, strict=True))
    rows = above + start[: found.end()].rstrip("\n").count("\n") + 1
    return Head("lines", {k: v for k, v, _ in named if v}, {k: n for k, v, n in named if v}, rows)
