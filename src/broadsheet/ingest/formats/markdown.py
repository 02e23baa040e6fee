"""A Markdown file, with front matter of any generator or without → a draft.

In: a ``Source`` that holds Markdown. Out: one ``Draft`` whose body is the same Markdown without anything active. What
stands above the prose (headline, standfirst, byline, days) gives the fields that front matter does not; a row leaves
the body for one only where it says nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import facts, files, heads, parser
from broadsheet.errors import Place, note, warning
from broadsheet.ingest.extract import (
    agency_lines,
    bylines,
    charset,
    dates,
    field_rows,
    leftovers,
    machine_dates,
    publication_marks,
    subjects,
)
from broadsheet.ingest.extract.draft import SURE, Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded, keys, template_tags
from broadsheet.text import letters

_ENDINGS = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_MARKED = re.compile(r"^#{1,6} \S|\]\([^()\s]+\)|^(?:```|~~~)|\*\*[^*\n]+\*\*|^> |^[-*+] ", re.MULTILINE)
_QUOTED = re.compile(r"'([^']*)'")
_TAGGED = 0.6  # the confidence of a body in which a generator's tag stands
_DATED = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})[-_ ][^/]*$")  # Jekyll's names of posts

_MEDIA_NAMES = ("video", "audio", "iframe", "embed", "object")
_MEDIA = re.compile(rf"<(?:{'|'.join(_MEDIA_NAMES)})\b", re.IGNORECASE)
_ELEMENT = re.compile(r"</?[a-zA-Z][^<>]*>")
_NAMED_BY = "broadsheet ingest --explain lists them. Name a sound in the key audio, and link to what is elsewhere."
_SEEN = "{!r} is a template tag of another generator: readers would see it as it is"
_INSTEAD = "Replace it with what it stood for. For a whole Hugo or Jekyll site, broadsheet import does that."


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a Markdown file.

    Raises BroadsheetError: ``empty`` and ``binary`` as for any text, ``front-matter-…`` for front matter that is none.
    """
    text = charset.text(source.data, source.name)
    files.refuse_conflict(text, source.name)
    named = source.name.lower().endswith(_ENDINGS)
    head = heads.read(text, source.name, markdown=named) or heads.Head("lines", {}, {}, 0)
    twice = [found[1] for one in head.problems if one.code == "key-twice" and (found := _QUOTED.match(one.message))]
    said = keys.read(head.meta, head.lines, source.name, hints, twice)
    rows = text.split("\n")
    first = min(head.rows, len(rows))
    below, marked = publication_marks.take("\n".join(rows[first:]), hints)
    rows = [*rows[:first], *below.split("\n")]
    left = {first + n + 1: said for n, said in agency_lines.find_ending(rows[first:]).lines.items()}
    rows = ["" if n in left else row for n, row in enumerate(rows, 1)]
    fields: dict[str, Any] = said.values
    top = _top(rows, first, _headings(rows, first), fields["title"].value if "title" in fields else "", hints)
    body = "\n".join(row for n, row in enumerate(rows, 1) if n > first and n not in top.taken)
    plain = head.rows and not named and not _MARKED.search(body)
    body = (embedded.from_text(body).markdown if plain else embedded.safe(body)).strip()
    paragraphs = tuple(" ".join(text.split()) for text in facts.read(body).prose)
    title = fields.get("title") or top.title or embedded.headline("", "first heading", paragraphs)
    about = embedded.about(title.value, paragraphs, fields.get("lang"), hints)
    section: Found[str] | None = fields.get("section") or top.section
    problems = [msgspec.structs.replace(problem, severity="warning") for problem in head.problems]
    tagged = tuple(template_tags.find(rows, first, top.taken))
    media = _media(rows, first, top)
    if media:
        message = f"{len(media)} of the films, sounds and frames that the text shows in HTML are not carried over"
        problems.append(note("not-carried-over", message, Place(source.name, min(media)), _NAMED_BY))
    problems += [warning("template-tag", _SEEN.format(tag), Place(source.name, n), _INSTEAD) for n, tag in tagged[:1]]
    draft = Draft(
        title=title,
        body=f"{body}\n" if body else "",
        fates=(*_head_fates(said.fates, first), *_fates(rows, first, top, frozenset(n for n, _ in tagged), media)),
        date=fields.get("date") or top.date or _named(source.name),
        updated=fields.get("updated") or top.updated,
        authors=fields.get("authors") or top.authors,
        section=section and subjects.settle(section.value, hints, section.rule, section.line, section.confidence),
        summary=fields.get("summary") or top.summary or about.summary,
        topics=fields.get("topics") or about.topics,
        lang=about.lang,
        image=fields.get("image"),
        agency=fields.get("agency") or top.agency,
        licence=fields.get("licence"),
        problems=(*problems, *said.problems),
        url=fields.get("url", ""),
        guid=fields.get("guid", ""),
        held=said.held,
        embargo=fields.get("embargo"),
        expires=fields.get("expires"),
        keys=said.further,
        body_confidence=_TAGGED if tagged else 1.0,
    )
    return (_dated(agency_lines.on(marked.on(draft, first + 1), left), fields, hints),)


def _dated(draft: Draft, fields: Mapping[str, Any], hints: Hints) -> Draft:
    """A draft whose embargo is left out where its own date is later: a key such as ``publishDate`` repeats that."""
    embargo: Found[dt.datetime] | None = fields.get("embargo")
    date: Found[dt.date] | None = fields.get("date")
    if embargo is None or date is None or draft.embargo is not embargo or embargo.confidence < SURE:
        return draft
    zone = ZoneInfo(hints.timezone)
    moment = date.value if isinstance(date.value, dt.datetime) else dt.datetime.combine(date.value, dt.time(), zone)
    return msgspec.structs.replace(draft, embargo=None) if moment >= embargo.value else draft


def _headings(rows: list[str], first: int) -> list[tuple[str, range]]:
    """The headings of a text below its front matter that have rows of their own, and these rows."""
    written = "\n".join(rows[first:])
    data = written.encode()
    found, at, row = [], 0, first + 1
    for one in facts.read(written).headings:
        row += data.count(b"\n", at, one.start)
        at = one.start
        whole = data[one.start : one.end].decode().strip()
        taken = range(row, row + whole.count("\n") + 1)
        if "\n".join(rows[taken.start - 1 : taken.stop - 1]).strip() == whole:
            found.append((one.text, taken))
    return found


def _media(rows: list[str], first: int, top: Top) -> dict[int, str]:
    """The rows with films, sounds and frames in HTML, each with the address of the first: a story has none of them."""
    written = "\n".join("" if n in top.taken else row for n, row in enumerate(rows[first:], first + 1))
    if not _MEDIA.search(written):
        return {}
    data, found, open_ = written.encode(), dict[int, str](), 0
    for tag in facts.read(written).markup:
        whole = next(parser.tags(data[tag.start : tag.end].decode()), None)
        address = (whole.get("src") or whole.get("data") or "") if whole else ""
        if tag.name == "source" and open_:
            found[open_] = found[open_] or address
        elif tag.name in _MEDIA_NAMES and not tag.ends:
            open_ = first + 1 + data.count(b"\n", 0, tag.start)
            found.setdefault(open_, address)
    return found


def _fates(rows: list[str], first: int, top: Top, tagged: frozenset[int], media: Mapping[int, str]) -> Iterator[Fate]:
    """What became of the rows below the front matter."""
    for n, row in enumerate(rows[first:], first + 1):
        if n in media:
            why = f"shows what lies at {media[n]}: not carried over" if media[n] else "shows a film or a sound"
            alone = not _ELEMENT.sub("", row).strip()
            yield from () if alone else (Fate(n, "body"),)
            yield Fate(n, "dropped", why, "" if alone else media[n] or row.strip())
        elif n in top.taken:
            role, why = top.taken[n]
            yield Fate(n, role, why)
        elif n in tagged:
            yield Fate(n, "body", "holds a tag of another generator", confidence=_TAGGED)
        else:
            yield Fate(n, "blank" if not row.strip() else "subhead" if n in top.headed else "body")


def _head_fates(said: Sequence[keys.KeyFate], first: int) -> Iterator[Fate]:
    """What became of the rows of front matter: of each that its key says, of several keys in one row each by itself."""
    known: dict[int, list[keys.KeyFate]] = {}
    for one in said:
        known.setdefault(one.line, []).append(one)
    role: Role = "front matter"
    why = ""
    for n in range(1, first + 1):
        here = known.get(n, [])
        if len(here) > 1:
            yield from (Fate(n, one.role, one.why, one.key) for one in here)
            role, why = "front matter", ""
        else:
            role, why = (here[0].role, here[0].why) if here else (role, why)
            yield Fate(n, role, why)


def _named(name: str) -> Found[dt.date] | None:
    found = _DATED.search(name)
    moment = machine_dates.parse(found[1]) if found else None
    return Found(moment, "file name", 0.9) if moment else None


_MOST = 8  # paragraphs among which headline, standfirst, byline and day stand
_LINE = 160  # characters of a row that bears a byline or a day
_TITLE = (3, 25)  # words of a headline that nothing marks as one
_STANDFIRST = 60  # words
_NAMED = 14  # words of a byline
_DAY = "a day above the text"
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
    section: Found[str] | None = None
    date: Found[dt.date] | None = None
    updated: Found[dt.date] | None = None


def _top(rows: Sequence[str], first: int, headings: Sequence[tuple[str, range]], known: str, hints: Hints) -> Top:
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
        if _field_row(top, *plain[0][:2], hints):
            return True
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
        values = (*byline.names, byline.agency) if byline else ()
        taken[n] = ("byline", leftovers.why("a byline", text, values, stamps)) if byline else ("date", _DAY)
    top.taken |= taken
    return True


def _field_row(top: Top, line: int, text: str, hints: Hints) -> bool:
    """Whether a row has fields between bars ("Sport | 11 August 2024 | Yuki Tanabe"), which are taken then."""
    row = field_rows.read(text, hints)
    if row is None or (row.names and top.authors and top.authors.value != row.names):
        return False
    rule = "a row of fields above the text"
    top.authors = Found(row.names, rule, 0.85, line) if row.names else top.authors
    top.agency = top.agency or (Found(row.agency, rule, 0.9, line) if row.agency else None)
    top.section = top.section or (Found(row.section, rule, 0.85, line) if row.section else None)
    for stamp in row.stamps:
        _day(top, stamp, line)
    top.taken[line] = ("byline", leftovers.why(rule, text, row.values, dates.find(text, hints)))
    return True


def _day(top: Top, stamp: dates.Stamp, line: int) -> None:
    value = stamp.moment or stamp.day
    found = Found(value, stamp.doubt or _DAY, 0.5 if stamp.doubt else 0.9, line)
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
