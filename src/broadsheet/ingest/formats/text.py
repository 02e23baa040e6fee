"""Plain text → a draft: pasted, saved or dumped from a page, with or without what stands around the story there.

In: a source whose bytes are text. Out: a ``Draft``, or one for each of the stories that plainly follow one another in
it; their fates cover every row of the source. A text is cut only where that is plain: see ``series``. What is printed
and what is said to be printed are made in one walk, so that no row is called used that is not in the body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from broadsheet.content import files
from broadsheet.errors import Place, fail, note
from broadsheet.ingest.extract import (
    agency_lines,
    boilerplate,
    charset,
    classifier,
    confidence,
    dates,
    field_rows,
    headlines,
    language,
    leftovers,
    publication_marks,
    reader_notes,
    series,
    subjects,
    text_fields,
    to_markdown,
)
from broadsheet.ingest.extract import lines as reading
from broadsheet.ingest.extract.classifier import LinePart
from broadsheet.ingest.extract.draft import EVEN, SURE, Draft, Fate, Found, Hints, Source, doubted
from broadsheet.ingest.extract.lines import Layout, Line
from broadsheet.ingest.extract.tables import TextTable
from broadsheet.ingest.extract.text_fields import TextFields
from broadsheet.model import Picture

_SHORT_ITEM = 140  # characters from which items of a list stand apart, as paragraphs do
_INDENT = 3  # columns by which a quotation is set in
_SIGNED = frozenset(("date", "updated", "byline"))
_SENTENCE = 7  # words of a headline that may be the first paragraph
_SUMMARY = (6, 45)  # words of a standfirst
_FAR = 6  # lines beside the story within which a table is the story's


class _TextBody(msgspec.Struct, frozen=True):
    """The body as Markdown, and what became of every row."""

    markdown: str
    fates: tuple[Fate, ...]


def _body(head: TextFields, layout: Layout, rows: range, sure: Sequence[float], hints: Hints) -> _TextBody:
    """The body of the story that some lines are; ``rows`` are the source's rows that belong to it, blank ones too.

    ``sure`` is how sure it is, line by line, that it was rightly used or dropped (0 to 1).
    """
    known = {
        row: _fate(row, line, part, head, hints, trust)
        for line, part, trust in zip(head.lines, head.parts, sure, strict=True)
        for row in line.rows
    }
    if head.dateline and (fate := known.get(head.dateline.line)):
        known[fate.line] = replace(fate, why=f'prose, without its dateline: "{head.dateline.value}"')
    known |= {row: Fate(row, "dropped", why) for row, why in layout.gone.items()}
    out: list[str] = []
    tables = [table for table in layout.tables if table.numbers[0] in rows]
    mine = _near(head)
    items: list[tuple[str, bool]] = []  # of the list that is open, and whether each stands below a blank row
    timed, flush = False, not _is_set_in(head)
    for line, part in zip(head.lines, head.parts, strict=True):
        while tables and tables[0].numbers[0] < line.number:
            _put(tables.pop(0), mine, out, known)
            items, timed = [], False
        number = f"{line.bullet} " if line.bullet[:1].isdigit() else ""
        if part.role == "subhead":
            if timed:
                out[-1] += f" · {to_markdown.cell(number + line.text)}"
            else:
                out.append(f"## {to_markdown.escape(number + line.text)}")
        elif part is classifier.LIST:
            item = (number or "- ") + to_markdown.escape(line.text)
            if items and items[0][0][:1].isdigit() == item[:1].isdigit():
                out.pop()
            else:
                items = []
            items.append((item, line.gap and bool(items)))
            out.append(_listed(items))
        elif part.role == "body" and line.text:
            mark = "> " if flush and _is_quotation(line) else ""
            out.append(mark + to_markdown.escape(number + line.text))
        else:
            continue
        items = items if part is classifier.LIST else []
        timed = part.role == "subhead" and series.is_time(line.text)
    for table in tables:
        _put(table, mine, out, known)
    fates = tuple(known.get(n) or Fate(n, "blank") for n in rows)
    return _TextBody("\n\n".join(out) + "\n" if out else "", fates)


def _listed(items: Sequence[tuple[str, bool]]) -> str:
    """A list, whose items all stand apart where one does: below a blank row, or since it is as long as a paragraph."""
    apart = any(gap or len(item) >= _SHORT_ITEM for item, gap in items)
    return ("\n\n" if apart else "\n").join(item for item, _ in items)


def _is_set_in(head: TextFields) -> bool:
    """Whether the paragraphs of a text are set in, as books have them, so that an indent tells nothing."""
    prose = [line.indent >= _INDENT for line, part in zip(head.lines, head.parts, strict=True) if part.role == "body"]
    return sum(prose) * 2 >= len(prose)


def _is_quotation(line: Line) -> bool:
    """Whether a paragraph is set in and stands between quotation marks as a whole."""
    return line.indent >= _INDENT and line.gap and line.text[0] in _OPENING and line.text[-1] in _CLOSING


_OPENING, _CLOSING = "\"“„«‘'「", "\"”“»’'」"


def _fate(row: int, line: Line, part: LinePart, head: TextFields, hints: Hints, trust: float) -> Fate:
    """What became of a row of a line; a line is called used only where it is in the body or gave a field."""
    if part.role == "caption":
        return Fate(row, "dropped", "the caption of a picture that is not there")
    if part.role == "credit" and not (head.credit and head.credit.line == row):
        return Fate(row, "dropped", "a further line about a picture")
    why = confidence.why(part.why, trust) if part.role == "dropped" else part.why
    if part.role in _SIGNED:
        given = [found.value for found in (head.agency, head.section) if found]
        values = (*(head.authors.value if head.authors else ()), *given)
        why = leftovers.why(why, line.text, values, dates.find(line.text, hints))
    return Fate(row, part.role, why, confidence=trust)


def _take_row(head: TextFields, hints: Hints) -> TextFields:
    """The fields, with the names and the section of a row between bars, where nothing else gives them."""
    for line, part in zip(head.lines, head.parts, strict=True):
        row = field_rows.read(line.text, hints) if part.role in _SIGNED else None
        if row:
            rule, sure = "a row of fields", 0.85
            names = Found(row.names, rule, sure, line.number) if row.names else None
            agency = Found(row.agency, rule, sure, line.number) if row.agency else None
            section = Found(row.section, rule, sure, line.number) if row.section else None
            return msgspec.structs.replace(
                head,
                authors=head.authors or names,
                agency=head.agency or agency,
                section=head.section or section,
            )
        if part.role == "body":
            break
    return head


def _take_standfirst(head: TextFields) -> tuple[TextFields, Found[str] | None]:
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


def _keep_lead(head: TextFields) -> TextFields:
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


def _keep_head(head: TextFields) -> TextFields:
    """The fields, with what stands between the head and the text of a note kept: there is no page it could be of."""
    story = [i for i, part in enumerate(head.parts) if part.role in ("body", "subhead")]
    titled = any(part.role == "title" for part in head.parts[: story[0]]) if story else False
    if not titled or len(head.lines) > _NOTE or any(line.boilerplate for line in head.lines):
        return head
    above = max(i for i in range(story[0]) if head.parts[i].role in _HEAD)
    parts = list(head.parts)
    for i in range(above + 1, story[0]):
        if parts[i].role == "dropped" and parts[i] is not classifier.RULE:
            parts[i] = classifier.LIST if head.lines[i].bullet else classifier.BODY
    return msgspec.structs.replace(head, parts=tuple(parts))


def _keep_numbered(head: TextFields) -> TextFields:
    """The fields, with numbered lists whole: where one item is the story's, those numbered before and behind it are."""
    parts = list(head.parts)
    numbers = [int(line.bullet[:-1]) if line.bullet[:1].isdigit() else 0 for line in head.lines]
    steps = [(i, i + 1) for i in range(len(parts) - 1) if numbers[i] and numbers[i + 1] == numbers[i] + 1]
    for known, new in (*steps, *((below, above) for above, below in reversed(steps))):
        if parts[known] is classifier.LIST and parts[new].role == "dropped":
            parts[new] = classifier.LIST
    return msgspec.structs.replace(head, parts=tuple(parts))


def _keep_endings(head: TextFields) -> TextFields:
    """The fields, with corrections and who helped to report, below the story, as paragraphs of it."""
    last = max((i for i, part in enumerate(head.parts) if part is classifier.BODY), default=len(head.parts))
    parts = list(head.parts)
    for i in range(min(last, len(parts) - 1), min(last + 1 + _FAR, len(parts))):
        loose = parts[i].role in ("dropped", "subhead") or parts[i] is classifier.LIST
        if loose and reader_notes.belongs(head.lines[i].text):
            parts[i] = classifier.BODY
    return msgspec.structs.replace(head, parts=tuple(parts))


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


def _put(table: TextTable, mine: tuple[int, int], out: list[str], known: dict[int, Fate]) -> None:
    """A table that stands in the story is printed; any other is dropped, and says why."""
    first, last = mine
    if first <= table.numbers[0] <= last + 1:
        out.append(table.markdown)
        known.update((n, Fate(n, "body", "a table")) for n in table.numbers)
    else:
        known.update((n, Fate(n, "dropped", "a table that stands apart from the story")) for n in table.numbers)


def _paragraphs(head: TextFields) -> list[str]:
    """The text of the body's paragraphs."""
    return [line.text for line, part in zip(head.lines, head.parts, strict=True) if part is classifier.BODY]


_NOTE = 30  # lines of the longest text that is taken for one without a page around it
_HEAD = ("title", "date", "updated", "byline", "section", "summary")
_SPECKS = 4  # lines of furniture that a text may have which was no page
_SURE_TOPICS = {"en": 0.85}  # where capitals distinguish names; elsewhere an editor should look


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story that a text holds, or each of its stories. Raises BroadsheetError: ``empty``, ``binary``, ``no-text``.

    So it does for the marks of a merge (``merge-conflict``), which are no text of anybody's.
    """
    text = charset.text(source.data, source.name)
    files.refuse_conflict(text, source.name)
    text, codes = agency_lines.take_codes(text, hints)
    text, marked = publication_marks.take(text, hints)
    lang = language.detect(text, hints.language)
    layout = reading.split(text, boilerplate.table(lang.value))
    total = layout.total
    written = [f"{line.bullet} {line.text}" for line in layout.lines]
    # Around a page such heads stand in its foot, which goes in any case.
    page = sum(line.boilerplate != "" for line in layout.lines) > _SPECKS
    ending = (
        agency_lines.NONE if page and not any(map(agency_lines.is_mark, written)) else agency_lines.find_ending(written)
    )
    lines = tuple(line for n, line in enumerate(layout.lines) if n not in ending.lines)
    if not lines:
        raise fail("no-text", "it has no text apart from a note on who may read it", Place(source.name))
    left = {row: said for n, said in ending.lines.items() for row in layout.lines[n].rows}
    found = series.split(lines, hints)
    begins = found.begins
    day = source.modified.date()
    if len(begins) == 1:
        draft = marked.on(_draft(lines, layout, range(1, total + 1), lang, hints, day), 1)
        draft = codes.on(agency_lines.on(draft, left))
        return (doubted(draft, found.seem, source.name) if found.seem else draft,)
    ends = [*begins[1:], len(lines)]
    first = [1, *(lines[i].number for i in begins[1:]), total + 1]
    problem = note("several-stories", f"{len(begins)} stories were found in it: each is filed", Place(source.name))
    drafts = [
        marked.within(range(first[n] - 1, first[n + 1] - 1), hints).on(
            _draft(lines[i:end], layout, range(first[n], first[n + 1]), lang, hints, day), 1
        )
        for n, (i, end) in enumerate(zip(begins, ends, strict=True))
    ]
    drafts = [codes.on(agency_lines.on(draft, left)) for draft in drafts]
    return (msgspec.structs.replace(drafts[0], problems=(problem,)), *drafts[1:])


def _draft(lines: tuple[Line, ...], layout: Layout, rows: range, lang: Found[str], hints: Hints, day: dt.date) -> Draft:
    """The story that some lines are; ``rows`` are the source's rows that belong to it, blank ones too."""
    head = text_fields.read(lines, hints, day)
    head, standfirst = _take_standfirst(_keep_lead(_take_row(head, hints)))
    head = _keep_endings(_keep_numbered(_keep_head(head)))
    paragraphs = _paragraphs(head)
    told = next((text for text in paragraphs if text[-1:] != ","), "".join(paragraphs[:1]))  # not "Dear editors,"
    title = head.title or Found(headlines.from_lead(told) if told else "", "made from the lead", EVEN)
    sure = confidence.of_text(head.lines, head.parts, head.predictions)
    body = _body(head, layout, rows, sure.pieces, hints)
    lead = headlines.make_summary(paragraphs)
    found = subjects.find_topics(title.value, paragraphs, lang.value)
    section = head.section and subjects.settle(
        head.section.value, hints, head.section.rule, head.section.line, head.section.confidence
    )
    return Draft(
        title=title,
        body=body.markdown,
        fates=body.fates,
        body_confidence=sure.body,
        date=head.date,
        named=head.named,
        updated=head.updated,
        authors=head.authors,
        section=section,
        summary=standfirst or (Found(lead, "the lead's first sentences", 0.9) if lead else None),
        topics=Found(found, "names and words that the story repeats", _SURE_TOPICS.get(lang.value, 0.7))
        if found
        else None,
        lang=lang,
        image=_picture(head.credit),
        agency=head.agency,
    )


def _picture(credit: Found[str] | None) -> Found[Picture] | None:
    """The credit of a picture that the text itself does not hold."""
    return Found(Picture(src="", credit=credit.value), credit.rule, credit.confidence, credit.line) if credit else None
