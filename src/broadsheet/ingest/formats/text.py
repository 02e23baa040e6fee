"""Plain text → a draft: pasted, saved or dumped from a page, with or without what stands around the story there.

In: a source whose bytes are text. Out: a ``Draft``, or one for each of the stories that plainly follow one another in
it; their fates cover every row of the source.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.content import conflicts
from broadsheet.errors import Place, note
from broadsheet.ingest.extract import (
    boilerplate,
    charset,
    headlines,
    language,
    sections,
    summary,
    text_fields,
    to_markdown,
    topics,
)
from broadsheet.ingest.extract import lines as reading
from broadsheet.ingest.extract import parts as frames
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Source
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.parts import Part
from broadsheet.ingest.extract.text_fields import Masthead
from broadsheet.ingest.formats import several
from broadsheet.model import Picture

_SHORT_ITEM = 40  # characters from which items of a list stand apart, as paragraphs do
_SURE_TOPICS = {"en": 0.85}  # where names are told from nouns by their capitals; elsewhere an editor should look


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story that a text holds, or each of its stories. Raises BroadsheetError: ``empty``, ``binary``.

    So it does for the marks of a merge (``merge-conflict``), which are no text of anybody's.
    """
    text = charset.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    lang = language.detect(text, hints.language)
    lines, total = reading.split(text, boilerplate.table(lang.value))
    begins = several.begins(lines, hints)
    day = source.modified.date()
    if len(begins) == 1:
        return (_draft(lines, range(1, total + 1), lang, hints, day),)
    ends = [*begins[1:], len(lines)]
    first = [1, *(lines[i].number for i in begins[1:]), total + 1]
    told = note("several-stories", f"{len(begins)} stories stand in it: each is filed", Place(source.name))
    drafts = [
        _draft(lines[i:end], range(first[n], first[n + 1]), lang, hints, day)
        for n, (i, end) in enumerate(zip(begins, ends, strict=True))
    ]
    return (msgspec.structs.replace(drafts[0], problems=(told,)), *drafts[1:])


def _draft(lines: tuple[Line, ...], rows: range, lang: Found[str], hints: Hints, day: dt.date) -> Draft:
    """The story that some lines are; ``rows`` are the source's rows that belong to it, blank ones too."""
    head = text_fields.read(lines, hints, day)
    paragraphs = [line.text for line, part in zip(head.lines, head.parts, strict=True) if part is frames.BODY]
    title = head.title or Found(headlines.made(paragraphs[0]) if paragraphs else "", "made from the lead", 0.3)
    lead = summary.make(paragraphs)
    found = topics.find(title.value, paragraphs, lang.value)
    section = head.section and sections.settle(
        head.section.value, hints, head.section.rule, head.section.line, head.section.confidence
    )
    return Draft(
        title=title,
        body=_markdown(head),
        fates=_fates(head, rows),
        date=head.date,
        updated=head.updated,
        authors=head.authors,
        section=section,
        summary=Found(lead, "the lead's first sentences", 0.9) if lead else None,
        topics=Found(found, "names and words that the story repeats", _SURE_TOPICS.get(lang.value, 0.7))
        if found
        else None,
        lang=lang,
        place=head.place,
        image=_picture(head.credit),
        agency=head.agency,
    )


def _picture(credit: Found[str] | None) -> Found[Picture] | None:
    """The credit of a picture that the text itself does not hold."""
    return Found(Picture(src="", credit=credit.value), credit.rule, credit.confidence, credit.line) if credit else None


def _markdown(head: Masthead) -> str:
    """The body: a paragraph a line, subheads as ``##``, items of lists as such; everything else prints as written."""
    out: list[str] = []
    listed = False
    for line, part in zip(head.lines, head.parts, strict=True):
        number = f"{line.bullet} " if line.bullet[:1].isdigit() else ""
        if part.role == "subhead":
            out.append(f"## {to_markdown.escape(number + line.text)}")
        elif part is frames.LIST:
            item = (number or "- ") + to_markdown.escape(line.text)
            if listed and len(item) < _SHORT_ITEM:
                out[-1] += f"\n{item}"
            else:
                out.append(item)
        elif part.role == "body" and line.text:
            out.append(to_markdown.escape(number + line.text))
        else:
            continue
        listed = part is frames.LIST
    return "\n\n".join(out) + "\n" if out else ""


def _fates(head: Masthead, rows: range) -> tuple[Fate, ...]:
    """What became of every row."""
    blank = Part("blank", "")
    known = {row: part for line, part in zip(head.lines, head.parts, strict=True) for row in line.rows}
    return tuple([Fate(n, (part := known.get(n, blank)).role, part.why) for n in rows])
