"""Story claims: all that a story claims, in its text, its tables and its front matter, and what an edit changed of it.

In: a story and its body. Out: ``StoryClaims``, which can be kept as one text; alterations. What was kept by an older
version has claims of the text alone, and then only these are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from broadsheet.content import facts, table_rows
from broadsheet.content.table_rows import Row
from broadsheet.model import Story
from broadsheet.newsroom import claims
from broadsheet.newsroom.claims import Alteration, Claim

_AUTHOR, _BESIDE, _FIRST, _ROW = "@", "~", "#", "="  # with what each part of a kept text begins; no claim begins so
_CELL = "\t"
_ROWS = 200  # rows of tables that are kept
_NUMBER = re.compile(r"\d")


class StoryClaims(NamedTuple):
    """What a story claims: in its headline and text, beside it (summary, points, caption); authors, tables."""

    text: tuple[Claim, ...]
    beside: tuple[Claim, ...] = ()
    authors: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def read(story: Story, body: str) -> StoryClaims:
    """What a story claims. Of a retracted one nothing is printed beside its text."""
    shown = () if story.retracted else beside(story).values()
    rows = islice(table_rows.read(body), _ROWS)
    return StoryClaims(
        claims.claims(f"{story.title}.\n\n{facts.printed(body).text}"),
        claims.claims("\n\n".join(shown)),
        tuple(map(_plain, story.authors)),
        tuple(Row(tuple(map(_plain, row.cells)), row.first) for row in rows),
    )


def beside(story: Story) -> Mapping[str, str]:
    """What a story says beside its text, by the key of front matter."""
    caption = story.image.caption if story.image else ""
    found = {"summary": story.summary, "points": "\n\n".join(story.points), "image": caption}
    return {key: text for key, text in found.items() if text}


def packed(found: StoryClaims) -> str:
    """All claims as one text, for a file."""
    parts = [_plain(claim.text) for claim in found.text]
    parts += [_BESIDE + _plain(claim.text) for claim in found.beside]
    parts += [_AUTHOR + name for name in found.authors]
    parts += [(_FIRST if row.first else _ROW) + _CELL.join(row.cells) for row in found.rows]
    return "|".join(parts)


def unpacked(text: str) -> StoryClaims:
    """The claims that were packed."""
    kinds: dict[str, list[str]] = {_AUTHOR: [], _BESIDE: []}
    plain, rows = list[str](), list[Row]()
    for part in text.split("|"):
        if part[:1] in (_FIRST, _ROW):
            rows.append(Row(tuple(part[1:].split(_CELL)), part[0] == _FIRST))
        elif part:
            kinds.get(part[0], plain).append(part[1:] if part[0] in kinds else part)
    return StoryClaims(
        claims.unpacked("|".join(plain)),
        claims.unpacked("|".join(kinds[_BESIDE])),
        tuple(kinds[_AUTHOR]),
        tuple(rows),
    )


def changes(said: StoryClaims, says: StoryClaims) -> list[Alteration]:
    """What a story puts in the place of what it said, each once, what is in its text first."""
    found = [*claims.changes(said.text, says.text)]
    named = {(one.said, one.says) for one in found}
    others = (
        *_cells(said.rows, says.rows),
        *(one._replace(beside=True) for one in claims.changes(said.beside, says.beside)),
        *(one._replace(kind="author") for one in claims.changes(_names(said.authors), _names(says.authors))),
    )
    for one in others:
        if (one.said, one.says) not in named:
            named.add((one.said, one.says))
            found.append(one)
    return found


def _names(authors: Sequence[str]) -> list[Claim]:
    return [Claim("name", claims.bare(name), name) for name in authors]


def _cells(said: Sequence[Row], says: Sequence[Row]) -> Iterator[Alteration]:
    """The cells of tables that say another number than they did, or have swapped their words with others.

    A cell is known by the first of its row and the first of its column: rows and columns may change their order, and
    new ones are no change. Where several cells are known by the same, their order does not count either.
    """
    before, after = _known(said), _known(says)
    had, has = ({text for row in rows for text in row.cells} for rows in (said, says))
    for place, cells in before.items():
        olds, news = Counter(cells), Counter(after.get(place, ()))
        if olds.total() != news.total():
            continue
        for old, new in zip((olds - news).elements(), (news - olds).elements(), strict=True):
            numbers, others = _numbers(old), _numbers(new)
            if old and new and (numbers != others if numbers and others else new in had and old in has):
                yield Alteration("number", old, new, row=(place[0], new))


def _known(rows: Sequence[Row]) -> dict[tuple[str, str], list[str]]:
    """The cells of tables by the first of their rows and that of their columns, or its number where it has none."""
    found: dict[tuple[str, str], list[str]] = {}
    head: tuple[str, ...] = ()
    for row in rows:
        if row.first:
            head = row.cells
            continue  # it names the columns
        for number, text in enumerate(row.cells[1:], 1):
            column = head[number] if number < len(head) and head[number] else str(number)
            found.setdefault((row.cells[0], column), []).append(text)
    return found


def _numbers(cell: str) -> list[str]:
    return [one.key for one in claims.claims(cell) if one.kind == "number"] if _NUMBER.search(cell) else []


def _plain(text: str) -> str:
    """A text without what separates the parts of a kept one."""
    return " ".join(text.replace("|", " ").split())
