"""What stands above the prose of a Markdown text: headline, standfirst, byline, days.

In: the rows of a text, those of its headings, the headline that front matter gives. Out: ``Top``: the fields, and the
rows that leave the body for them. A row is taken only where it says nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import msgspec

from broadsheet.ingest.extract import bylines, dates
from broadsheet.ingest.extract.draft import Found, Hints, Role
from broadsheet.ingest.formats import embedded
from broadsheet.text import letters

_MOST = 8  # paragraphs among which headline, standfirst, byline and day stand
_LINE = 160  # characters of a row that bears a byline or a day
_TITLE = (3, 25)  # words of a headline that nothing marks as one
_STANDFIRST = 60  # words
_NAMED = 14  # words of a byline
_ASIDE = 6  # words beside a day in a row that is left in the text

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_{1,3})(?=\S)(.*?\S)\1(?!\w)")
_WHOLE = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(?:(?!\1).)+\1[.,:]?", re.DOTALL)
_RULE = re.compile(r"(?:[-*_] ?){3,}")
_END = re.compile(r"(?:[-*_#] ?){3,}|-\s?30\s?-|(?:-\s?)?(?:ends|ende|fin|fine|fim|einde)(?:\s?-)?", re.IGNORECASE)
_OTHER = re.compile(r"[>|`~+]|[-*+] |\d+[.)] |!\[|#|\[\^|\t| {4}")  # begins what is no paragraph
_STOPS = (".", "!", "?", "…", "。", "。", "！", "？", ":", ";", ",", "।", "؟")


class Top(msgspec.Struct):
    """The fields above the prose; ``taken`` are the rows that leave the body, ``headed`` those of headings."""

    taken: dict[int, tuple[Role, str]]
    headed: frozenset[int]
    title: Found[str] | None = None
    summary: Found[str] | None = None
    authors: Found[tuple[str, ...]] | None = None
    agency: Found[str] | None = None
    date: Found[dt.date] | None = None
    updated: Found[dt.date] | None = None


def read(rows: Sequence[str], first: int, headings: Sequence[tuple[str, range]], known: str, hints: Hints) -> Top:
    """What stands above the prose in the rows after the ``first``; ``known`` is the headline of the front matter."""
    top = Top({}, frozenset(n for _, taken in headings for n in taken))
    _ends(top, rows, first)
    below = list(enumerate(rows[first:], first + 1))
    starts = {taken.start: (text, taken) for text, taken in headings}
    paragraphs = list(
        _paragraphs(
            [*rows[:first], *("" if n in top.taken else row for n, row in below)],
            first,
            {n for taken in starts.values() for n in taken[1]},
        )
    )
    for place, (at, lines) in enumerate(paragraphs[:_MOST]):
        if at in starts:
            text, taken = starts[at]
            if top.title or (known and letters(text) != letters(known)) or not text:
                break
            if not known:
                top.title = embedded.headline(text, "first heading", (), taken.start)
            top.taken |= dict.fromkeys(taken, ("title", "first heading"))
            top.headed -= set(taken)
            if known:
                top.title = Found(known, "front matter", 0.95)
            continue
        if _OTHER.match(rows[at - 1]):
            break
        if _head_lines(top, lines, hints):
            continue
        if not (known or top.title or starts) and place + 1 < len(paragraphs) and _heads(lines):
            _title(top, lines)
        elif not _standfirst(top, lines, headed=bool(known or top.title), last=place + 1 == len(paragraphs)):
            break
    return top


def _ends(top: Top, rows: Sequence[str], first: int) -> None:
    """Take the rules above and below a text, and the marks by which press releases end."""
    filled = [n for n in range(first + 1, len(rows) + 1) if rows[n - 1].strip()]
    for order, pattern in ((filled, _RULE), (filled[::-1], _END)):
        for n in order:
            if not pattern.fullmatch(rows[n - 1].strip()) or n in top.taken:
                break
            top.taken[n] = ("dropped", "a rule around the text")


def _paragraphs(rows: Sequence[str], first: int, headed: set[int]) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """The paragraphs below a row: where each begins, and its rows; a heading stands by itself."""
    lines: list[tuple[int, str]] = []
    for n, row in enumerate(rows[first:], first + 1):
        apart = n in headed
        if lines and (not row.strip() or apart != (lines[-1][0] in headed)):
            yield lines[0][0], lines
            lines = []
        if row.strip():
            lines.append((n, row))
    if lines:
        yield lines[0][0], lines


def _head_lines(top: Top, lines: list[tuple[int, str]], hints: Hints) -> bool:
    """Whether every row of a paragraph is a byline or a day, which are taken then."""
    plain = [(n, _plain(row), _WHOLE.fullmatch(row.strip()) is not None) for n, row in lines]
    if len(plain) > 1 and not all(_says(text, hints, marked=marked) for _, text, marked in plain):
        return False
    if len(plain) == 1 and not _says(plain[0][1], hints, marked=plain[0][2]):
        _aside(top, *plain[0][:2], hints)
        return False
    taken: dict[int, tuple[Role, str]] = {}
    for n, text, marked in plain:
        stamps = dates.find(text, hints)
        byline = _byline(text, stamps, marked=marked)
        labelled = byline is not None and byline.labelled
        if byline and byline.names:
            if top.authors and top.authors.value != byline.names:
                return False
            top.authors = Found(byline.names, "a byline", 0.92 if labelled else 0.75, n)
        if byline and byline.agency:
            top.agency = top.agency or Found(byline.agency, "a byline", 0.9, n)
        for stamp in stamps:
            _day(top, stamp, n)
        taken[n] = ("byline", "a byline") if byline else ("date", "a day above the text")
    top.taken |= taken
    return True


def _day(top: Top, stamp: dates.Stamp, line: int) -> None:
    value = stamp.moment or stamp.day
    found = Found(value, stamp.doubt or "a day above the text", 0.5 if stamp.doubt else 0.9, line)
    if stamp.label == "updated":
        top.updated = top.updated or found
    else:
        top.date = top.date or found


def _aside(top: Top, line: int, text: str, hints: Hints) -> None:
    """Take the day of a row that says little else, and is left in the text."""
    stamps = dates.find(text, hints) if len(text) <= _LINE else ()
    if len(stamps) == 1 and not text.endswith(_STOPS) and len(dates.rest(text, stamps).split()) <= _ASIDE:
        doubt = stamps[0].doubt
        found = Found(stamps[0].day, doubt or "a day in the first lines", 0.5 if doubt else 0.7, line)
        top.date = top.date or found


def _says(text: str, hints: Hints, *, marked: bool) -> bool:
    """Whether a row is a byline or a day, and nothing else."""
    if len(text) > _LINE:
        return False
    stamps = dates.find(text, hints)
    return (bool(stamps) and not dates.rest(text, stamps)) or _byline(text, stamps, marked=marked) is not None


def _byline(text: str, stamps: tuple[dates.Stamp, ...], *, marked: bool) -> bylines.Byline | None:
    rest = dates.rest(text, stamps) if stamps else text
    if not rest or len(rest.split()) > _NAMED or (rest[-1:] in ".!?" and len(rest.split()) > 6):
        return None
    found = bylines.read(rest.rstrip("."))
    return found or (bylines.bare(rest) if stamps or marked else None)


def _heads(lines: list[tuple[int, str]]) -> bool:
    """Whether a paragraph reads like a headline: one row of a few words that no mark closes."""
    text = _plain(lines[0][1])
    least, most = _TITLE
    least -= _WHOLE.fullmatch(lines[0][1].strip()) is not None
    return len(lines) == 1 and least <= len(text.split()) <= most and not text.endswith(_STOPS) and len(text) <= _LINE


def _title(top: Top, lines: list[tuple[int, str]]) -> None:
    n, row = lines[0]
    bold = _WHOLE.fullmatch(row.strip()) is not None
    top.title = Found(_plain(row), "the line above the text", 0.85 if bold else 0.7, n)
    top.taken[n] = ("title", "the line above the text")


def _standfirst(top: Top, lines: list[tuple[int, str]], *, headed: bool, last: bool) -> bool:
    """Whether a paragraph below the headline stands in italics or bold as a whole; it is the summary then."""
    whole = "\n".join(row for _, row in lines).strip()
    text = _plain(" ".join(row.strip() for _, row in lines))
    if not headed or last or top.summary or not _WHOLE.fullmatch(whole) or len(text.split()) > _STANDFIRST:
        return False
    if len(text.split()) < _TITLE[0] or re.match(r"(?:Q|F|A|P|R|D|V)\s?[:.]", text) or text.endswith(_STOPS):
        return False
    top.summary = Found(text, "a standfirst below the headline", 0.85, lines[0][0])
    top.taken |= dict.fromkeys((n for n, _ in lines), ("summary", "a standfirst below the headline"))
    return True


def _plain(row: str) -> str:
    """The words of a row without the marks of Markdown."""
    text = _LINK.sub(r"\1", row.strip().rstrip("\\"))
    for _ in range(3):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(re.sub(r"\\([^\w\s])", r"\1", text).split())
