"""Marks for editors that a reader took for text: they leave headline, summary, topics and body of a draft, and count.

In: a draft of any reader, Broadsheet's or a site's own. Out: the draft without them, held or under its embargo. The
body is looked at line by line, since a line break parts a mark from the prose below it as a blank line does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract import publication_marks
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints
from broadsheet.ingest.extract.publication_status import Marks, StatusMark
from broadsheet.text import letters

_ESCAPED = re.compile(r"\\([^\w\s])")
_NAMING = 8  # letters of the shortest text by which a piece of the source is known again


def checked(draft: Draft, hints: Hints) -> Draft:
    """A draft whose headline, summary and body are asked for marks that its reader took for text."""
    rows = draft.body.strip("\n").split("\n")
    bare = [_bare(row) for row in rows]
    marks = publication_marks.find(bare, hints, [_line(row, draft.fates, first=not n) for n, row in enumerate(bare)])
    taken = {n: mark for mark in marks.found if not mark.stays for n in mark.lines}
    kept = _without(rows, bare, taken)
    said = [*marks.found]
    if any(map(str.strip, kept)):
        why = {letters(bare[n]): mark.why for n, mark in taken.items()}
        why |= {letters(mark.text): mark.why for mark in taken.values()}
        fates = tuple(
            Fate(fate.line, "status", why[key], fate.text) if (key := letters(fate.text)) and key in why else fate
            for fate in draft.fates
        )
        body = "\n".join(kept).strip("\n") + "\n"
        draft = msgspec.structs.replace(draft, body=body, fates=fates) if taken else draft
    draft = _over_rows(marks.on(draft), hints)
    title = publication_marks.subject(draft.title.value, hints)
    if title.found and title.found[0].rest:
        draft = msgspec.structs.replace(draft, title=msgspec.structs.replace(draft.title, value=title.found[0].rest))
    draft = title.on(draft)
    said += title.found
    if draft.summary:
        draft, found = _summarized(draft, draft.summary, said, hints)
        said += found.found
    return _on_topics(draft, said)


def _bare(row: str) -> str:
    return _ESCAPED.sub(r"\1", row) if "\\" in row else row


def _without(rows: Sequence[str], bare: Sequence[str], taken: dict[int, StatusMark]) -> list[str]:
    """The rows without marks; where one stood alone, one blank row parts what is above it from what is below."""
    kept: list[str] = []
    gone = False
    for n, row in enumerate(rows):
        if n in taken:
            rest = _rest(row, bare[n], taken[n].rest)
            gone = gone or not rest
            kept += [rest] if rest else []
        elif row.strip() or not gone or (kept and kept[-1].strip()):
            kept.append(row)
            gone = gone and not row.strip()
    return kept


def _rest(row: str, bare: str, rest: str) -> str:
    """What a mark leaves of a row, as that is written."""
    if not rest or row == bare:
        return rest
    at = range(len(row))
    ends = (row[n:] for n in at if bare.rstrip().endswith(rest) and _bare(row[n:]).rstrip() == rest)
    begins = (row[:n] for n in at if _bare(row[:n]) == rest)
    return next(ends, "") or next(begins, "") or rest


def _line(row: str, fates: Sequence[Fate], *, first: bool) -> int:
    """The line of the source on which a row of a body begins, where a piece of that says so; 0 where none does."""
    key = letters(row)
    if len(key) < _NAMING:
        return 0
    known = next((fate.line for fate in fates if fate.text and letters(fate.text).startswith(key)), 0)
    whole = [fate.line for fate in fates if fate.role == "body" and not fate.text]
    return known or (whole[0] if whole and (first or len(whole) == 1) else 0)


def _over_rows(draft: Draft, hints: Hints) -> Draft:
    """A draft whose paragraphs of several rows are asked for a mark that is all of one: "NOT FOR / PUBLICATION"."""
    paragraphs = draft.body.strip("\n").split("\n\n")
    if len(paragraphs) < 2 or not any("\n" in one for one in paragraphs):
        return draft
    marks = publication_marks.find([_bare(one) for one in paragraphs], hints, [0] * len(paragraphs))
    whole = [mark for mark in marks.found if not (mark.rest or mark.stays)]
    gone = {n for mark in whole for n in mark.lines}
    if not gone or len(gone) == len(paragraphs):
        return draft
    body = "\n\n".join(one for n, one in enumerate(paragraphs) if n not in gone) + "\n"
    return marks.on(msgspec.structs.replace(draft, body=body))


def _summarized(draft: Draft, summary: Found[str], said: Sequence[StatusMark], hints: Hints) -> tuple[Draft, Marks]:
    """A draft whose summary begins or ends with no mark, neither one of its own nor one of the body."""
    value = summary.value
    for mark in said:
        if not mark.stays and value.startswith(mark.text):
            value = value[len(mark.text) :].lstrip(" .:;,-–—")
    found = publication_marks.subject(value, hints) if value else Marks()
    value = found.found[0].rest if found.found else value
    if value != summary.value:
        kept = msgspec.structs.replace(summary, value=value) if value else None
        draft = msgspec.structs.replace(draft, summary=kept)
    return found.on(draft), found


def _on_topics(draft: Draft, said: Sequence[StatusMark]) -> Draft:
    """A draft without topics that are words of a mark."""
    if not said or not draft.topics:
        return draft
    left = tuple(
        topic
        for topic in draft.topics.value
        if not (publication_marks.names(topic) and any(letters(topic) in letters(mark.text) for mark in said))
    )
    return msgspec.structs.replace(draft, topics=msgspec.structs.replace(draft.topics, value=left) if left else None)
