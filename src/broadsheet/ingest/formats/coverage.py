"""The lines of a file that holds several stories: which belong to which, and what became of each.

In: the rows of the file and the span of every story. Out: fates, so that all drafts together cover each line once. XML
without its entities, which a hostile file would unfold or fetch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.draft import Fate, Role, Source

Rules = Sequence[tuple[re.Pattern[str], str]]
Span = tuple[int, int]

_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml[^>]*\?>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")


def share(rows: Sequence[str], spans: Sequence[Span], story: int, rules: Rules) -> tuple[Fate, ...]:
    """The fates of one story's rows; the first story has those of no story as well."""
    if not spans:
        return tuple(Fate(n, _role(row, rules)) for n, row in enumerate(rows, 1)) if story == 0 else ()
    fates: list[Fate] = []
    if story == 0:
        starts = [spans[0][0], *(second for second, _ in spans[1:])]
        fates += [Fate(n, _outside(rows[n - 1])) for n in range(1, starts[0])]
        fates += [Fate(n, _outside(rows[n - 1])) for n in range(spans[-1][1] + 1, len(rows) + 1)]
    if story < len(spans):
        first, last = spans[story]
        first = max(first, spans[story - 1][1] + 1) if story else first
        fates += [Fate(n, _role(rows[n - 1], rules)) for n in range(first, last + 1)]
    return tuple(sorted(fates, key=lambda fate: fate.line))


def _role(row: str, rules: Rules) -> Role:
    if not row.strip():
        return "blank"
    for pattern, role in rules:
        if pattern.search(row):
            return cast("Role", role)
    return "body" if _TAGS.sub("", row).strip() else "markup"


def _outside(row: str) -> Role:
    """What stands between stories: the file's own title and addresses."""
    return "markup" if row.strip() else "blank"


def items(text: str, key: str) -> list[Span]:
    """The rows of each object in the list under a key of a JSON text; none where they share rows or are not found."""
    found = re.search(rf'"{key}"\s*:\s*\[', text) if key else re.match(r"\s*\[", text)
    if not found:
        return []
    decoder, at, spans = json.JSONDecoder(strict=False), found.end(), list[Span]()
    while brace := re.compile(r"[\s,]*(?=\{)").match(text, at):
        try:
            _, end = decoder.raw_decode(text, brace.end())
        except (ValueError, RecursionError):
            return []
        spans.append((text.count("\n", 0, brace.end()) + 1, text.count("\n", 0, end) + 1))
        at = end
    return spans


def without_entities(source: Source, text: str) -> str:
    """XML without its document type.

    Raises BroadsheetError (``xml-entities``) where it declares entities: no news file needs any, and a hostile one
    unfolds them without end or has them fetched.
    """
    text = _DECLARATION.sub("", text[:200]) + text[200:]
    if "<!ENTITY" in text:
        raise fail("xml-entities", "the file declares entities of its own", Place(source.name), "Remove its DOCTYPE.")
    return _DOCTYPE.sub("", text, count=1)
