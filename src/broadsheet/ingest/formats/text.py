"""Plain text → a draft: pasted, saved or dumped from a page, with or without what stands around the story there.

In: a source whose bytes are text. Out: a ``Draft``, or one for each of the stories that plainly follow one another in
it; their fates cover every row of the source. A text is cut only where that is plain: below two blank rows or a rule,
with a headline and a labelled day or byline on either side, and paragraphs under each.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from broadsheet.content import conflicts
from broadsheet.errors import Place, note
from broadsheet.ingest.extract import (
    boilerplate,
    bylines,
    charset,
    classifier,
    confidence,
    dates,
    headlines,
    language,
    sections,
    summary,
    text_fields,
    to_markdown,
    topics,
)
from broadsheet.ingest.extract import lines as reading
from broadsheet.ingest.extract.draft import EVEN, Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.text_fields import TextFields
from broadsheet.model import Picture

_SHORT_ITEM = 40  # characters from which items of a list stand apart, as paragraphs do
_RULE = re.compile(r"[-=*_~#.•–—· ]{3,}")
_BLANK = 2  # rows that part stories
_HEAD = 7  # lines of a story among which its headline, day and byline stand
_TITLE = (3, 25)  # words of a headline
_LINE = 160  # characters of a line that bears a day or names
_PROSE = 40  # words of the paragraphs that make a story
_MOST = 200  # stories in a file; more are no file of stories
_SURE_TOPICS = {"en": 0.85}  # where names are told from nouns by their capitals; elsewhere an editor should look


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story that a text holds, or each of its stories. Raises BroadsheetError: ``empty``, ``binary``.

    So it does for the marks of a merge (``merge-conflict``), which are no text of anybody's.
    """
    text = charset.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    lang = language.detect(text, hints.language)
    lines, total = reading.split(text, boilerplate.table(lang.value))
    begins = _begins(lines, hints)
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
    paragraphs = [line.text for line, part in zip(head.lines, head.parts, strict=True) if part is classifier.BODY]
    title = head.title or Found(headlines.from_lead(paragraphs[0]) if paragraphs else "", "made from the lead", EVEN)
    sure = confidence.of_text(head.lines, head.parts, head.predictions)
    lead = summary.make(paragraphs)
    found = topics.find(title.value, paragraphs, lang.value)
    section = head.section and sections.settle(
        head.section.value, hints, head.section.rule, head.section.line, head.section.confidence
    )
    return Draft(
        title=title,
        body=_markdown(head),
        fates=_fates(head, rows, sure.pieces),
        body_confidence=sure.body,
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


def _markdown(head: TextFields) -> str:
    """The body: a paragraph a line, subheads as ``##``, items of lists as such; everything else prints as written."""
    out: list[str] = []
    listed = False
    for line, part in zip(head.lines, head.parts, strict=True):
        number = f"{line.bullet} " if line.bullet[:1].isdigit() else ""
        if part.role == "subhead":
            out.append(f"## {to_markdown.escape(number + line.text)}")
        elif part is classifier.LIST:
            item = (number or "- ") + to_markdown.escape(line.text)
            if listed and len(item) < _SHORT_ITEM:
                out[-1] += f"\n{item}"
            else:
                out.append(item)
        elif part.role == "body" and line.text:
            out.append(to_markdown.escape(number + line.text))
        else:
            continue
        listed = part is classifier.LIST
    return "\n\n".join(out) + "\n" if out else ""


def _fates(head: TextFields, rows: range, sure: Sequence[float]) -> tuple[Fate, ...]:
    """What became of every row; ``sure`` is how sure that is, line by line."""
    known = {
        row: (part.role, confidence.why(part.why, trust) if part.role == "dropped" else part.why, trust)
        for line, part, trust in zip(head.lines, head.parts, sure, strict=True)
        for row in line.rows
    }
    blank: tuple[Role, str, float] = ("blank", "", 1.0)
    return tuple([Fate(n, (fate := known.get(n, blank))[0], fate[1], confidence=fate[2]) for n in rows])


def _begins(lines: Sequence[Line], hints: Hints) -> list[int]:
    """The first line of every story; 0 alone where there is one story, or nothing is plain."""
    boundaries = [i for i, (before, line) in enumerate(pairwise(lines), 1) if i > 1 and _parted(before, line)]
    if not boundaries or not _is_story(lines[: boundaries[0]], hints):
        return [0]
    found = [0]
    for i, end in zip(boundaries, [*boundaries[1:], len(lines)], strict=True):
        if _is_story(lines[i:end], hints):
            found.append(i)
    return found if len(found) <= _MOST else [0]


def _parted(before: Line, line: Line) -> bool:
    """Whether a line stands below two blank rows, or below a rule."""
    return line.rows[0] - before.rows[-1] > _BLANK or (
        not before.text[0].isalnum() and _RULE.fullmatch(before.text) is not None
    )


def _is_story(lines: Sequence[Line], hints: Hints) -> bool:
    """Whether lines begin as a story does, with headline, labelled day or byline, and have its paragraphs."""
    head = lines[:_HEAD]
    title = next((n for n, line in enumerate(head) if _heads(line)), -1)
    if title < 0 or sum(line.words for line in lines if line.prose and not line.boilerplate) < _PROSE:
        return False
    return any(_signs(line, hints) for line in head[title + 1 :])


def _heads(line: Line) -> bool:
    least, most = _TITLE
    return least <= line.words <= most and not (line.boilerplate or line.bullet) and bylines.read(line.text) is None


def _signs(line: Line, hints: Hints) -> bool:
    """Whether a line says when a story was published, or who wrote it."""
    if len(line.text) > _LINE or line.bullet:
        return False
    return any(stamp.label == "published" for stamp in dates.find(line.text, hints)) or (
        (byline := bylines.read(line.text)) is not None and bool(byline.names)
    )
