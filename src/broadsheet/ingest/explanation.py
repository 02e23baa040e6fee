"""One source → how it is understood: every field with its evidence, every piece with its fate.

In: a ``Source``, and what reads it. Out: ``Explanation``, for ``ingest --explain``; nothing is filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Reader, Role, Source
from broadsheet.ingest.sources import conversion
from broadsheet.model import Picture
from broadsheet.workers import TooLongError, limited

_FIELDS = (
    "title", "date", "updated", "section", "authors", "agency", "summary", "topics", "image",
    "licence", "lang", "embargo", "expires",
)  # fmt: skip
_DECLARED = 4096  # bytes before which an XML file declares its charset
_UNUSED: tuple[Role, ...] = ("dropped", "blank", "markup")


class FieldEvidence(msgspec.Struct, frozen=True):
    """A field of a story: its value as text, the rule that found it, how sure that is, and the line it came from.

    ``review`` tells that an editor should look at it. A field that is wanted and was not found has no value.
    """

    field: str
    value: str
    rule: str
    confidence: float
    line: int
    review: bool


class ExplainedLine(msgspec.Struct, frozen=True):
    """A piece of the source: the line it begins in, its text, what became of it and why, in which story (from 1).

    A piece is a whole line, or one of several in it: a page of one line has as many as it has blocks.
    """

    number: int
    text: str
    role: Role | Literal["unknown"]
    why: str = ""
    story: int = 0


class Explanation(msgspec.Struct, frozen=True):
    """How a source is understood: the evidence of each story in it, each of its pieces, and what kept it unread.

    A source without lines, such as a document or an archive, has its paragraphs as pieces, counted from 1.
    """

    name: str
    stories: tuple[tuple[FieldEvidence, ...], ...]
    rows: tuple[ExplainedLine, ...]
    problems: tuple[Problem, ...]


def explain(source: Source, read: Reader, hints: Hints) -> Explanation:
    """How a source is understood; a source that cannot be is explained by its problem."""
    drafts: tuple[Draft, ...] = ()
    problems: list[Problem] = []
    from broadsheet.ingest.formats import detect
    from broadsheet.ingest.sources import archive

    kind = detect.recognise(source)
    try:
        with limited(source.name, conversion.SECONDS):
            drafts = archive.read(source, hints, read) if kind == "archive" else read(source, hints)
    except TooLongError:
        problems += conversion.late(source.name).problems
    except BroadsheetError as cause:
        problems.append(cause.problem)
    for draft in drafts:
        problems += draft.problems
    if drafts and kind in detect.WITHOUT_LINES:
        return Explanation(source.name, tuple(map(_evidence, drafts)), tuple(_pieces(drafts)), tuple(problems))
    try:
        lines = _text(source).split("\n")
    except BroadsheetError as cause:
        lines = []
        problems += [] if drafts or problems else [cause.problem]
    rows = _rows(lines, drafts)
    lost = [row.number for row in rows if row.role == "unknown"]
    if lost and any(draft.fates for draft in drafts):  # a site's own reader need not account for them
        message = f"nothing says what became of {len(lost)} lines: this is a fault of the reader"
        problems.append(warning("line-lost", message, Place(source.name, lost[0])))
    return Explanation(source.name, tuple(map(_evidence, drafts)), tuple(rows), tuple(problems))


def _text(source: Source) -> str:
    """The text of a source as its reader saw it."""
    if b"<?xml" in source.data[:_DECLARED]:
        return charset.xml_text(source.data, source.name)[0]
    return charset.text(source.data, source.name)


def _evidence(draft: Draft) -> tuple[FieldEvidence, ...]:
    doubts = draft.doubtful()
    found = []
    for name in _FIELDS:
        value = getattr(draft, name)
        if isinstance(value, Found):
            text = _shown(value.value)
            found.append(FieldEvidence(name, text, value.rule, value.confidence, value.line, name in doubts))
        elif name in doubts:
            found.append(FieldEvidence(name, "", "not found", 0.0, 0, review=True))
    found += [FieldEvidence("status", "draft", reason, 1.0, 0, review=True) for reason in draft.held]
    if "body" in doubts:
        lines = ", ".join(map(str, draft.doubtful_lines())) or "see what was dropped"
        found.append(FieldEvidence("body", "", f"compare lines {lines}", draft.body_confidence, 0, review=True))
    return tuple(found)


def _shown(value: object) -> str:
    if isinstance(value, Picture):
        return ", ".join(filter(None, (value.src, value.alt, value.caption, value.credit)))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _pieces(drafts: Sequence[Draft]) -> Iterator[ExplainedLine]:
    """The pieces of a source without lines, in their order."""
    for story, draft in enumerate(drafts, 1):
        for fate in draft.fates:
            used = story if fate.role not in _UNUSED else 0
            yield ExplainedLine(fate.line, fate.text, fate.role, fate.why, used)


def _rows(lines: Sequence[str], drafts: Sequence[Draft]) -> list[ExplainedLine]:
    """The pieces of a source; where several stories stand in it, a line belongs to the first that makes use of it."""
    rows = [ExplainedLine(number, text, "unknown" if drafts else "dropped") for number, text in enumerate(lines, 1)]
    parts: list[ExplainedLine] = []
    for story, draft in enumerate(drafts, 1):
        for fate in draft.fates:
            if not 1 <= fate.line <= len(rows):
                continue
            if fate.text:
                used = story if fate.role not in _UNUSED else 0
                parts.append(ExplainedLine(fate.line, fate.text, fate.role, fate.why, used))
                continue
            row = rows[fate.line - 1]
            if row.role == "unknown" or (row.role in _UNUSED and fate.role not in _UNUSED):
                used = story if fate.role not in _UNUSED else 0
                rows[fate.line - 1] = ExplainedLine(row.number, row.text, fate.role, fate.why, used)
    apart = {part.number for part in parts}
    rows = [row for row in rows if row.number not in apart or row.role not in ("unknown", *_UNUSED)]
    return sorted([*rows, *parts], key=lambda row: row.number)
