"""The parts of a text's lines, and its tables → the Markdown of the body, and the fate of every row.

In: the fields of a text, and its layout. Out: a ``TextBody``. What is printed and what is said to be printed are
made in one walk, so that no row is called used that is not in the body.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from broadsheet.ingest.extract import classifier, confidence, series, to_markdown
from broadsheet.ingest.extract.classifier import LinePart
from broadsheet.ingest.extract.draft import SURE, Fate, Found
from broadsheet.ingest.extract.lines import Layout
from broadsheet.ingest.extract.tables import Table
from broadsheet.ingest.extract.text_fields import TextFields

_SHORT_ITEM = 40  # characters from which items of a list stand apart, as paragraphs do
_SIGNED = frozenset(("date", "updated", "byline"))
_SENTENCE = 7  # words of a headline that may be the first paragraph
_SUMMARY = (6, 45)  # words of a standfirst
_FAR = 6  # lines beside the story within which a table is the story's


class TextBody(msgspec.Struct, frozen=True):
    """The body as Markdown, and what became of every row."""

    markdown: str
    fates: tuple[Fate, ...]


def make(head: TextFields, layout: Layout, rows: range, sure: Sequence[float]) -> TextBody:
    """The body of the story that some lines are; ``rows`` are the source's rows that belong to it, blank ones too.

    ``sure`` is how sure it is, line by line, that it was rightly used or dropped (0 to 1).
    """
    known = {
        row: _fate(row, part, head, trust)
        for line, part, trust in zip(head.lines, head.parts, sure, strict=True)
        for row in line.rows
    }
    if head.dateline and (fate := known.get(head.dateline.line)):
        known[fate.line] = replace(fate, why=f'prose, without its dateline: "{head.dateline.value}"')
    known |= {row: Fate(row, "dropped", why) for row, why in layout.gone.items()}
    out: list[str] = []
    tables = [table for table in layout.tables if table.numbers[0] in rows]
    mine = _near(head)
    listed, timed = 0, False
    for line, part in zip(head.lines, head.parts, strict=True):
        while tables and tables[0].numbers[0] < line.number:
            _put(tables.pop(0), mine, out, known)
            listed, timed = 0, False
        number = f"{line.bullet} " if line.bullet[:1].isdigit() else ""
        if part.role == "subhead":
            if timed:
                out[-1] += f" · {to_markdown.cell(number + line.text)}"
            else:
                out.append(f"## {to_markdown.escape(number + line.text)}")
        elif part is classifier.LIST:
            item = (number or "- ") + to_markdown.escape(line.text)
            if listed == item[:1].isdigit() + 1 and len(item) < _SHORT_ITEM and not line.gap:
                out[-1] += f"\n{item}"
            else:
                out.append(item)
        elif part.role == "body" and line.text:
            out.append(to_markdown.escape(number + line.text))
        else:
            continue
        listed = 0 if part is not classifier.LIST else 2 if number else 1
        timed = part.role == "subhead" and series.is_time(line.text)
    for table in tables:
        _put(table, mine, out, known)
    fates = tuple(known.get(n) or Fate(n, "blank") for n in rows)
    return TextBody("\n\n".join(out) + "\n" if out else "", fates)


def _fate(row: int, part: LinePart, head: TextFields, trust: float) -> Fate:
    """What became of a row of a line; a line is called used only where it is in the body or gave a field."""
    if part.role == "caption":
        return Fate(row, "dropped", "the caption of a picture that is not there")
    if part.role == "credit" and not (head.credit and head.credit.line == row):
        return Fate(row, "dropped", "a further line about a picture")
    why = confidence.why(part.why, trust) if part.role == "dropped" else part.why
    return Fate(row, part.role, why, confidence=trust)


def standfirst(head: TextFields) -> tuple[TextFields, Found[str] | None]:
    """The fields with the line that sums up the story below its headline taken for its summary, and that summary."""
    at = 1 + next((i for i, part in enumerate(head.parts) if part.role == "title"), len(head.parts))
    if at + 1 >= len(head.parts) or head.parts[at].role != "dropped":
        return head, None
    line = head.lines[at]
    words = line.text.split()
    small = sum(word[0].islower() or not word[0].isalpha() for word in words)
    if line.boilerplate or line.bullet or not _SUMMARY[0] <= line.words <= _SUMMARY[1] or small < len(words) / 2:
        return head, None
    rule = "the line below the headline"
    parts = [*head.parts[:at], LinePart("summary", rule), *head.parts[at + 1 :]]
    return msgspec.structs.replace(head, parts=tuple(parts)), Found(line.text, rule, SURE, line.number)


def lead(head: TextFields) -> TextFields:
    """The fields, with the headline kept as the first paragraph too where it may well be that.

    So it may be where it reads like a sentence, stands right above the text, and was taken without being sure.
    """
    at = next((i for i, part in enumerate(head.parts) if part.role == "title"), -1)
    if at < 0 or at + 1 == len(head.parts) or head.title is None or head.title.confidence >= SURE:
        return head
    line = head.lines[at]
    if not line.ends or line.words < _SENTENCE or line.bullet or head.parts[at + 1].role != "body":
        return head
    if any(part.role in _SIGNED for part in head.parts[at + 1 : at + _FAR]):
        return head
    return msgspec.structs.replace(head, parts=(*head.parts[:at], classifier.BODY, *head.parts[at + 1 :]))


def _near(head: TextFields) -> tuple[int, int]:
    """The rows between which a table is the story's: from its headline to a little below its last paragraph."""
    places = [i for i, part in enumerate(head.parts) if part.role in ("body", "subhead")]
    title = next((i for i, part in enumerate(head.parts) if part.role == "title"), -1)
    if not places:
        return (head.lines[title].number if title >= 0 else 0), 10**9
    first, last = places[0], places[-1]
    while first > max(title, 0) and not head.lines[first - 1].boilerplate and first > places[0] - _FAR:
        first -= 1
    while last + 1 < len(head.lines) and not head.lines[last].boilerplate and last < places[-1] + _FAR:
        last += 1
    if last + 1 == len(head.lines) and not head.lines[last].boilerplate:
        return head.lines[first].number, 10**9
    return head.lines[first].number, head.lines[last].rows[-1]


def _put(table: Table, mine: tuple[int, int], out: list[str], known: dict[int, Fate]) -> None:
    """A table that stands in the story is printed; any other is dropped, and says why."""
    first, last = mine
    if first <= table.numbers[0] <= last + 1:
        out.append(table.markdown)
        known.update((n, Fate(n, "body", "a table")) for n in table.numbers)
    else:
        known.update((n, Fate(n, "dropped", "a table that stands apart from the story")) for n in table.numbers)


def paragraphs(head: TextFields) -> list[str]:
    """The text of the body's paragraphs."""
    return [line.text for line, part in zip(head.lines, head.parts, strict=True) if part is classifier.BODY]
