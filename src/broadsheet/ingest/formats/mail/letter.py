"""The text of a mail as blocks, whatever it was written in; what has been dropped of it, and the words of mail.

In: nothing; these are the values that the modules of mail share. Out: ``Letter``, which ``mail_text`` and ``mail_html``
make and what ``forwarded``, ``closing`` and ``newsletter`` take apart. Tables: mail.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract.blocks import BREAK, Around, Block, Kind, Span, clean, is_break
from broadsheet.ingest.extract.draft import Role

WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("mail.toml").read_text(encoding="utf-8")
)
PLAIN = Around(None, "", "")  # around the blocks of a plain text
NOTE = "a note above"  # how the reasons begin for which what somebody wrote above a message is dropped
RULE = re.compile(r"[-=_*~–—•·.#+\s]{3,}")  # a line that parts what stands above it from what stands below


class Dropped(msgspec.Struct, frozen=True):
    """A block that is not of the story: why, how sure that is, and the part that it plays."""

    block: Block
    why: str
    confidence: float = 0.95
    role: Role = "dropped"


class Letter(msgspec.Struct, frozen=True):
    """The text of one message: its blocks, whose ``lines`` are rows of the source, and what was dropped of it.

    ``by_rows`` is whether the rows of a block are nothing but that block, as in a plain text that is not packed.
    """

    blocks: tuple[Block, ...]
    dropped: tuple[Dropped, ...] = ()
    by_rows: bool = True

    def cut(self, start: int, end: int, why: str, confidence: float = 0.95, role: Role = "dropped") -> Letter:
        """The letter without some of its blocks."""
        gone = [Dropped(block, why, confidence, role) for block in self.blocks[start:end]]
        return Letter((*self.blocks[:start], *self.blocks[end:]), (*self.dropped, *gone), self.by_rows)

    def without(self, places: Iterable[int], why: str, confidence: float = 0.95, role: Role = "dropped") -> Letter:
        """The letter without the blocks at some places."""
        gone = set(places)
        if not gone:
            return self
        lost = [Dropped(self.blocks[n], why, confidence, role) for n in sorted(gone)]
        kept = tuple(block for n, block in enumerate(self.blocks) if n not in gone)
        return Letter(kept, (*self.dropped, *lost), self.by_rows)


def block(text: str, rows: Sequence[int], kind: Kind = "p", level: int = 0, ordered: int = 0) -> Block:
    """A block of plain text."""
    quoted = kind == "quote"
    return Block(kind, text, (Span(text),), PLAIN, level, ordered, quoted, tuple(rows))


def words(text: str) -> int:
    """How many words a text has; in scripts without spaces two characters count as a word."""
    count = text.count(" ") + 1 if text else 0
    return count if text.isascii() else max(count, sum(ch > "\u2e7f" for ch in text) // 2)


def prose(blocks: Iterable[Block]) -> int:
    """How many words of running text blocks have."""
    return sum(words(b.text) for b in blocks if b.kind not in ("h", "img") and not is_rule(b))


def is_rule(one: Block) -> bool:
    """Whether a block is a line that parts others."""
    return len(one.text) < 200 and not one.text[:1].isalnum() and RULE.fullmatch(one.text) is not None


def lines(one: Block) -> list[str]:
    """The lines of a block as a reader sees them."""
    if not any(map(is_break, one.spans)):
        return [one.text]
    text = "".join("\n" if is_break(span) else span.text.replace("\n", " ") for span in one.spans)
    return [line for part in text.split("\n") if (line := clean(part))]


def by_line(one: Block) -> list[Block]:
    """A block with line breaks as a block for each line."""
    runs: list[list[Span]] = [[]]
    for span in one.spans:
        if is_break(span):
            runs.append([])
        else:
            runs[-1].append(span)
    if len(runs) == 1:
        return [one]
    found = [(clean("".join(span.text for span in run)), tuple(run)) for run in runs]
    return [msgspec.structs.replace(one, text=text, spans=spans) for text, spans in found if text]


def split(one: Block, line: int) -> tuple[Block, Block]:
    """A block with line breaks as two, the second of which begins with one of its lines (from 0)."""
    runs: list[list[Span]] = [[]]
    for span in one.spans:
        if is_break(span):
            runs.append([])
        else:
            runs[-1].append(span)
    runs = [run for run in runs if clean("".join(span.text for span in run))]
    return _joined(one, runs[:line]), _joined(one, runs[line:])


def _joined(one: Block, runs: list[list[Span]]) -> Block:
    spans = [span for run in runs for span in (*run, BREAK)][:-1]
    text = clean("".join(" " if is_break(span) else span.text for span in spans))
    return msgspec.structs.replace(one, text=text, spans=tuple(spans))


def heading(one: Block, level: int) -> Block:
    """A block as a heading."""
    return msgspec.structs.replace(one, kind="h", level=level, quoted=False)


def unquoted(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks that are a quotation as a whole, as text of their own."""
    if not blocks or not all(b.quoted or b.kind == "img" for b in blocks):
        return tuple(blocks)
    return tuple(_unquoted(b) for b in blocks)


def _unquoted(one: Block) -> Block:
    if one.around is PLAIN and one.kind != "quote":
        return msgspec.structs.replace(one, quoted=False)
    inside = sum(around.tag == "blockquote" for around in one.around.chain())
    depth = max(one.level - 1, 0) if one.kind == "quote" and one.around is PLAIN else max(inside - 1, 0)
    kind = "p" if one.kind == "quote" and not depth else one.kind
    level = depth if one.around is PLAIN and one.kind == "quote" else one.level
    return msgspec.structs.replace(one, kind=kind, level=level, quoted=depth > 0)
