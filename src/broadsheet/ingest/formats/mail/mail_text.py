"""The plain text of a mail → blocks: paragraphs joined where they were wrapped, lists, tables, headings, quotations.

In: a part's text with the source's row of every line (RFC 3676). Out: a ``Letter``. Rows are joined only where one
could not have held the first word of the next, or where a sentence plainly goes on: a short last line stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from broadsheet.ingest.extract.blocks import BREAK, Block, Span, clean
from broadsheet.ingest.formats.mail import letter
from broadsheet.ingest.formats.mail.letter import DroppedBlock, Letter
from broadsheet.ingest.formats.mail.mime import PartText

_QUOTE = re.compile(r"(?:> ?)*>")
_BULLET = re.compile(r"(?:([•·▪◦‣●■►*+–-])|(\d{1,3})[.)])[ \t\u00a0]+(?=\S)")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+ *)\S")
_PIPES = re.compile(r"\S[ \t]*\|[ \t]*\S|^\|.*\|$")
_UNDERLINE = re.compile(r"[-=~*_^]{3,}")
_STOPS = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*$")
_GOES_ON = re.compile(r"[,(\[“„«–—/-]$")
_UUENCODED = re.compile(r"begin(?:-base64)? [0-7]{3,4} (\S.*)")
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----")
_NARROWEST, _WIDEST = 34, 100  # characters of a row in text that was wrapped
_LONG = 110  # characters of a row in text that was not
_HEAD = 14  # words of a heading
_STARS = " *=#_~-—–:"


class _Row(msgspec.Struct, gc=False):
    """A row of the text: its words, how deep it is quoted, the source's rows it stands on; whether its end is open."""

    text: str
    depth: int
    rows: tuple[int, ...]
    raw: str
    fixed: bool = False


def read(text: PartText, *, flowed: bool, delsp: bool, by_rows: bool) -> Letter:
    """The blocks of a plain text."""
    rows, dropped = _unwrapped(text, flowed=flowed, delsp=delsp)
    margin = _margin(rows)
    blocks: list[Block] = []
    for run in _runs(rows):
        blocks += _run(run, margin)
    return Letter(tuple(blocks), tuple(dropped), by_rows)


def _unwrapped(text: PartText, *, flowed: bool, delsp: bool) -> tuple[list[_Row], list[DroppedBlock]]:
    """The rows without the marks of quotation, those of flowed paragraphs joined, and what is not text taken out."""
    raws = text.text.split("\n")
    at = text.rows
    dropped: list[DroppedBlock] = []
    skipped = _wrapping(raws, at, dropped)
    signed = any(_SIGNED in raw for raw in raws) and bool(skipped)
    rows: list[_Row] = []
    going = False
    for n, raw in enumerate(raws):
        if n in skipped:
            going = False
            continue
        depth, words = _quoted(raw)
        if signed and words.startswith("- "):
            words = words[2:]
        if flowed and words.startswith(" "):
            words = words[1:]
        soft = flowed and words.endswith(" ") and words != "-- "
        if going and rows and rows[-1].depth == depth and words.strip() and words != "-- ":
            before = rows[-1]
            before.text += words
            before.raw = before.text
            before.rows += (at[n],)
        else:
            rows.append(_Row(words, depth, (at[n],), words, fixed=soft))
        if soft and delsp:
            rows[-1].text = rows[-1].text[:-1]
        going = soft
    for row in rows:
        row.text = clean(row.text) if row.text.strip() != "--" else "--"
    return rows, dropped


def _quoted(raw: str) -> tuple[int, str]:
    if not raw.startswith(">") or raw.startswith(">From "):
        return 0, raw[1:] if raw.startswith(">From ") else raw
    found = _QUOTE.match(raw)
    marks = found[0] if found else ""
    rest = raw[len(marks) :]
    return marks.count(">"), rest.removeprefix(" ")


def _wrapping(raws: Sequence[str], at: Sequence[int], dropped: list[DroppedBlock]) -> set[int]:
    """The lines that are no text: signatures of programs, and files in the old encodings, each named."""
    skipped: set[int] = set()
    n = 0
    while n < len(raws):
        end = 0
        if (raws[n].startswith("begin") and (found := _UUENCODED.fullmatch(raws[n].rstrip()))) and (
            end := next((i + 1 for i in range(n + 1, len(raws)) if raws[i].strip() in ("end", "====")), 0)
        ):
            why = f"a file in the text: {clean(found[1])}, about {sum(map(len, raws[n:end])) * 3 // 4 >> 10} KB"
            dropped += [DroppedBlock(letter.block(raws[i], (at[i],)), why, 0.95) for i in range(n, end)]
        elif raws[n].startswith("-----BEGIN PGP"):
            signature = _SIGNATURE.match(raws[n])
            if _SIGNED in raws[n]:
                end = next((i + 1 for i in range(n, len(raws)) if not raws[i].strip()), n + 1)
            elif signature:
                end = next((i + 1 for i in range(n, len(raws)) if raws[i].startswith("-----END PGP")), len(raws))
            rows = range(n, end)
            dropped += [
                DroppedBlock(letter.block(raws[i] or " ", (at[i],)), "a signature of PGP", 1.0, "markup") for i in rows
            ]
        skipped |= set(range(n, end))
        n = max(end, n + 1)
    return skipped


def _margin(rows: Sequence[_Row]) -> int:
    """The width at which a text was wrapped; 0 where it was not."""
    sizes = [len(row.text) for row in rows if " " in row.text and not row.fixed]
    long = sum(size for size in sizes if size > _LONG)
    wide = max((size for size in sizes if size <= _WIDEST), default=0)
    if wide < _NARROWEST or long > sum(sizes) / 2:
        return 0
    # Where every row ends a sentence, each is a paragraph: nothing was wrapped.
    broken = any(
        before.text and row.text and before.depth == row.depth and len(before.text) > wide * 0.6
        and not _STOPS.search(before.text[-6:]) and not _is_label(row.text) and not _BULLET.match(row.text)
        for before, row in pairwise(rows)
    )  # fmt: skip
    return wide if broken else 0


def _runs(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Rows with no blank one between them, equally deep quoted."""
    run: list[_Row] = []
    for row in rows:
        if run and (not row.text or row.depth != run[-1].depth):
            yield run
            run = []
        if row.text:
            run.append(row)
    if run:
        yield run


def _run(run: list[_Row], margin: int) -> Iterator[Block]:
    """The blocks of one run of rows."""
    depth = run[0].depth
    if len(run) > 1 and _is_table(run):
        rows = tuple(n for row in run for n in row.rows)
        yield letter.block("\n".join(row.raw.rstrip() for row in run), rows, "pre")
        return
    groups: list[list[_Row]] = []
    for row in run:
        if groups and _joins(groups[-1], row, margin):
            groups[-1].append(row)
        else:
            groups.append([row])
    if _is_verse(groups, depth):
        yield _verse([row for group in groups for row in group])
        return
    n = 0
    while n < len(groups):
        below = groups[n + 1] if n + 1 < len(groups) else None
        if below and _is_underlined(groups[n], below) and (n == 0 or n + 2 < len(groups)):
            yield letter.heading(_block([*groups[n], *below], groups[n][0].text.strip(_STARS), depth), 2)
            n += 2
            continue
        yield _paragraph(groups[n], depth, heads=below is not None)
        n += 1


def _is_underlined(group: list[_Row], below: list[_Row]) -> bool:
    """Whether a row is a heading that the next one underlines."""
    if len(group) > 1 or len(below) > 1 or not _UNDERLINE.fullmatch(below[0].text):
        return False
    return not _UNDERLINE.fullmatch(group[0].text) and 0 < letter.words(group[0].text) <= _HEAD * 2


def _is_verse(groups: Sequence[list[_Row]], depth: int) -> bool:
    """Whether rows are short lines that belong together: a poem, an address, the names of a jury."""
    if depth or not _VERSES[0] <= len(groups) <= _VERSES[1] or any(len(group) > 1 for group in groups):
        return False
    texts = [group[0].text for group in groups]
    return all(
        len(text) <= _VERSE and not (text[-1] in ".!?" and letter.words(text) > 5 and n < len(texts) - 1)
        and not _BULLET.match(text) and not _UNDERLINE.fullmatch(text) and not _is_label(text) and text != "--"
        and not text.isupper() and text.strip(" ,.!").casefold() not in _CLOSING and text.strip() != "--"
        for n, text in enumerate(texts)
    )  # fmt: skip


_VERSES = (3, 200)  # lines of what is verse
_VERSE = 56  # characters of a line of verse
_CLOSING = frozenset(letter.WORDS["closing"]["phrases"])


def _verse(rows: Sequence[_Row]) -> Block:
    spans = [span for row in rows for span in (Span(row.text), BREAK)][:-1]
    made = letter.block(" ".join(row.text for row in rows), _rows(rows))
    return msgspec.structs.replace(made, spans=tuple(spans))


def _paragraph(group: list[_Row], depth: int, *, heads: bool) -> Block:
    text = _joined(group)
    if bullet := _BULLET.match(text):
        item = letter.block(text[bullet.end() :], _rows(group), "li", 1, int(bullet[2] or 0))
        return msgspec.structs.replace(item, quoted=depth > 0)
    if depth:
        return _block(group, text, depth)
    starred = text[:1] in _STARS and text[-1:] in _STARS
    if (heads or starred) and len(group) == 1 and _is_capital(text):
        return letter.heading(_block(group, text.strip(_STARS), 0), 3)
    return _block(group, text, 0)


def _block(group: Sequence[_Row], text: str, depth: int) -> Block:
    return letter.block(text, _rows(group), "quote", depth) if depth else letter.block(text, _rows(group))


def _rows(group: Sequence[_Row]) -> list[int]:
    return [n for row in group for n in row.rows]


def _is_capital(text: str) -> bool:
    """Whether a line is written in capitals, as headings in plain text are."""
    return text.isupper() and letter.words(text) <= _HEAD and sum(map(str.isalpha, text)) > 3


def _is_table(run: Sequence[_Row]) -> bool:
    """Whether rows are the rows of a table: columns, set apart by tabs, runs of spaces or bars."""
    if not any("|" in row.text or "\t" in row.raw or "   " in row.raw for row in run):
        return False
    if sum(_PIPES.search(row.text) is not None for row in run) > len(run) * 0.7 and len(run) > 1:
        bars = {row.text.count("|") for row in run if not _UNDERLINE.fullmatch(row.text)}
        if len(bars) == 1 and bars != {1} and len(run) > 1:
            return True
    columns = [len(_COLUMNS.findall(row.raw.strip())) for row in run]
    return len(run) > 1 and sum(map(bool, columns)) > len(run) * 0.7 and not any(_is_label(row.text) for row in run)


def _is_label(text: str) -> bool:
    """Whether a line begins as one of the head of a message does: "From: …"."""
    at = max(text.find(":", 0, _LABEL), text.find("：", 0, _LABEL))
    return at > 0 and text[:at].strip(" *").casefold() in _LABELS


_LABEL = 32  # characters in which a label ends
_LABELS = frozenset(label for labels in letter.WORDS["labels"].values() for label in labels)


def _joins(group: list[_Row], row: _Row, margin: int) -> bool:
    """Whether a row goes on where the one before ended."""
    before = group[-1]
    marked = not row.text[0].isalpha() and (_BULLET.match(row.text) or _UNDERLINE.fullmatch(row.text))
    if marked or (not before.text[0].isalpha() and _UNDERLINE.fullmatch(before.text)):
        return False
    if row.text == "--" or before.text == "--" or _is_label(row.text):
        return False
    if row.raw.startswith(("  ", "\t")) and _BULLET.match(group[0].text):  # hangs below its bullet
        return True
    head = _is_label(group[0].text)
    if head:
        return before.text.endswith((",", ";")) or bool(margin and _overflows(before, row, margin))
    if _is_capital(before.text) != _is_capital(row.text) and letter.words(row.text) > 1:
        return False
    if before.fixed and not margin:
        return False
    goes_on = row.text[:1].islower() and not _STOPS.search(before.text[-6:]) and len(before.text) >= _NARROWEST
    if not margin:
        return goes_on and len(before.text) <= _WIDEST
    return (
        _overflows(before, row, margin)
        or goes_on
        or (_GOES_ON.search(before.text) is not None and len(before.text) > margin * 0.6)
    )


def _overflows(before: _Row, row: _Row, margin: int) -> bool:
    """Whether the first word of a row had no room on the one before."""
    size = len(before.raw.rstrip()) + 1 + len(row.text.partition(" ")[0])
    return size > margin and len(before.text) > margin * 0.5


def _joined(group: Sequence[_Row]) -> str:
    text = group[0].text
    for row in group[1:]:
        dense = text[-1] > "\u2e7f" and row.text[0] > "\u2e7f"
        text = f"{text}{row.text}" if dense else f"{text} {row.text}"
    return text
