"""What became of each piece of a feed or a wire: of its elements or keys, so that none that carries text is lost.

In: the rows of a file and the pieces of every story in it; a JSON text. Out: fates, so that all drafts together cover
each line; the keys and objects of JSON, each with its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from broadsheet.ingest.extract.draft import Fate, Role
from broadsheet.text import clip

_SHOWN = 160  # characters of a piece that say which one it is


class Piece(msgspec.Struct, frozen=True):
    """An element or a key: the lines that it stands on, its text, what became of it, why, and how sure that is."""

    first: int
    last: int
    text: str
    role: Role
    why: str = ""
    confidence: float = 1.0


def account(rows: Sequence[str], stories: Sequence[Sequence[Piece]]) -> list[tuple[Fate, ...]]:
    """The fates of each story; lines on which no piece stands are the first story's, as markup."""
    begin: dict[int, int] = {}
    for pieces in stories:
        for piece in pieces:
            begin[piece.first] = begin.get(piece.first, 0) + 1
    taken = set(begin)
    fates: list[list[Fate]] = [[] for _ in stories]
    for found, pieces in zip(fates, stories, strict=True):
        for piece in pieces:
            shown = clip(" ".join(piece.text.split()), _SHOWN) if begin[piece.first] > 1 else ""
            found.append(Fate(piece.first, piece.role, piece.why, shown, piece.confidence))
            for line in range(piece.first + 1, min(piece.last, len(rows)) + 1):
                if line not in taken:
                    taken.add(line)
                    role: Role = piece.role if rows[line - 1].strip() else "blank"
                    found.append(Fate(line, role, piece.why, "", piece.confidence))
    rest = [Fate(n, "markup" if row.strip() else "blank") for n, row in enumerate(rows, 1) if n not in taken]
    if fates:
        fates[0] += rest
    return [tuple(sorted(found, key=lambda fate: fate.line)) for found in fates]


class Member(msgspec.Struct, frozen=True):
    """A key of a JSON object, its value, and the lines that it stands on."""

    key: str
    value: Any
    first: int
    last: int


def members(text: str, at: int, first: int = 1) -> list[Member]:
    """The keys of the JSON object that begins at a place in a text, on line ``first``; those before it is broken.

    A key that comes twice is there twice.
    """
    decoder = json.JSONDecoder(strict=False)
    found: list[Member] = []
    line, seen = first, at
    at += 1
    while key := _KEY.match(text, at):
        try:
            name, end = decoder.raw_decode(text, key.end())
            colon = _COLON.match(text, end)
            if not colon:
                return found
            value, at = decoder.raw_decode(text, colon.end())
        except (ValueError, RecursionError):
            return found
        line += text.count("\n", seen, key.end())
        last = line + text.count("\n", key.end(), at)
        found.append(Member(str(name), value, line, last))
        seen, line = at, last
    return found


def objects(text: str, key: str) -> tuple[list[tuple[int, int]], bool]:
    """Where each object in the list under a key of a JSON text begins, with its line; and whether the list ends.

    ``key`` "" is a text that is a list itself. What stands after the first object that cannot be read is not looked at.
    """
    start = re.search(rf'"{re.escape(key)}"\s*:\s*\[', text) if key else re.match(r"\s*\[", text)
    if not start:
        return [], False
    decoder, at = json.JSONDecoder(strict=False), start.end()
    line, seen, found = 1, 0, list[tuple[int, int]]()
    while brace := _NEXT.match(text, at):
        try:
            _, end = decoder.raw_decode(text, brace.end())
        except (ValueError, RecursionError):
            return found, False
        if text[brace.end()] == "{":
            line += text.count("\n", seen, brace.end())
            seen = brace.end()
            found.append((brace.end(), line))
        at = end
    return found, re.match(r"\s*\]", text[at:]) is not None


_KEY = re.compile(r'[\s,]*(?=")')
_COLON = re.compile(r"\s*:\s*")
_NEXT = re.compile(r"[\s,]*(?=[^\s,\]])")
