"""Plain text → a draft: pasted, saved or dumped from a page, with or without what stands around the story there.

In: a source whose bytes are text. Out: a ``Draft``, or one for each of the stories that plainly follow one another in
it; their fates cover every row of the source. A text is cut only where that is plain: see ``series``.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.content import conflicts
from broadsheet.errors import Place, fail, note
from broadsheet.ingest.extract import (
    boilerplate,
    charset,
    confidence,
    endings,
    headlines,
    language,
    publication_marks,
    series,
    subjects,
    text_body,
    text_fields,
    wire_codes,
)
from broadsheet.ingest.extract import lines as reading
from broadsheet.ingest.extract.draft import EVEN, Draft, Found, Hints, Source
from broadsheet.ingest.extract.lines import Layout, Line
from broadsheet.model import Picture

_SPECKS = 4  # lines of furniture that a text may have which was no page
_SURE_TOPICS = {"en": 0.85}  # where capitals distinguish names; elsewhere an editor should look


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story that a text holds, or each of its stories. Raises BroadsheetError: ``empty``, ``binary``, ``no-text``.

    So it does for the marks of a merge (``merge-conflict``), which are no text of anybody's.
    """
    text = charset.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    text, codes = wire_codes.take(text, hints)
    text, marked = publication_marks.take(text, hints)
    lang = language.detect(text, hints.language)
    layout = reading.split(text, boilerplate.table(lang.value))
    total = layout.total
    written = [f"{line.bullet} {line.text}" for line in layout.lines]
    # Around a page such heads stand in its foot, which goes in any case.
    page = sum(line.boilerplate != "" for line in layout.lines) > _SPECKS
    ending = endings.NONE if page and not any(map(endings.is_mark, written)) else endings.find(written)
    lines = tuple(line for n, line in enumerate(layout.lines) if n not in ending.lines)
    if not lines:
        raise fail("no-text", "no text stands in it besides a mark of who may read it", Place(source.name))
    left = {row: said for n, said in ending.lines.items() for row in layout.lines[n].rows}
    found = series.split(lines, hints)
    begins = found.begins
    day = source.modified.date()
    if len(begins) == 1:
        draft = marked.on(_draft(lines, layout, range(1, total + 1), lang, hints, day), 1)
        draft = codes.on(endings.on(draft, left))
        return (_doubted(draft, found.seem, source.name) if found.seem else draft,)
    ends = [*begins[1:], len(lines)]
    first = [1, *(lines[i].number for i in begins[1:]), total + 1]
    problem = note("several-stories", f"{len(begins)} stories stand in it: each is filed", Place(source.name))
    drafts = [
        marked.within(range(first[n] - 1, first[n + 1] - 1), hints).on(
            _draft(lines[i:end], layout, range(first[n], first[n + 1]), lang, hints, day), 1
        )
        for n, (i, end) in enumerate(zip(begins, ends, strict=True))
    ]
    drafts = [codes.on(endings.on(draft, left)) for draft in drafts]
    return (msgspec.structs.replace(drafts[0], problems=(problem,)), *drafts[1:])


def _doubted(draft: Draft, stories: int, name: str) -> Draft:
    """A draft that says that several stories seem to stand in it."""
    problem = note("several-stories", f"{stories} stories seem to stand in it: it is filed as one", Place(name))
    sure = min(draft.body_confidence, EVEN)
    return msgspec.structs.replace(draft, problems=(*draft.problems, problem), body_confidence=sure)


def _draft(lines: tuple[Line, ...], layout: Layout, rows: range, lang: Found[str], hints: Hints, day: dt.date) -> Draft:
    """The story that some lines are; ``rows`` are the source's rows that belong to it, blank ones too."""
    head = text_fields.read(lines, hints, day)
    head, standfirst = text_body.standfirst(text_body.lead(head))
    paragraphs = text_body.paragraphs(head)
    title = head.title or Found(headlines.from_lead(paragraphs[0]) if paragraphs else "", "made from the lead", EVEN)
    sure = confidence.of_text(head.lines, head.parts, head.predictions)
    body = text_body.make(head, layout, rows, sure.pieces)
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
