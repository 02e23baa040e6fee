"""A Markdown file, with front matter of any generator or without → a draft.

In: a ``Source`` that holds Markdown. Out: one ``Draft`` whose body is the same Markdown without anything active: HTML
leaves its text, links keep http, https, mailto and what lies beside the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import conflicts, facts, heads, targets
from broadsheet.content.parser import Reference
from broadsheet.errors import Place, warning
from broadsheet.ingest.extract import charset, endings, page_dates, publication_marks, subjects, to_markdown
from broadsheet.ingest.extract.draft import SURE, Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded, keys
from broadsheet.ingest.formats.markdown_top import Top
from broadsheet.ingest.formats.markdown_top import read as headlines_of

# Elements that leave nothing, and how often what is left of a text may make new ones before their marks are escaped.
_UNREAD = frozenset({"iframe", "noembed", "noframes", "object", "script", "style", "template"})
_PASSES = 5
_AFTER = re.compile(rb"[ \t]*(?:\n(?:[ \t]*\n)+|\n?[ \t]*)")  # beyond an empty line indentation has its meaning again
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_ENDINGS = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_MARKED = re.compile(r"^#{1,6} \S|\]\([^()\s]+\)|^(?:```|~~~)|\*\*[^*\n]+\*\*|^> |^[-*+] ", re.MULTILINE)
_QUOTED = re.compile(r"'([^']*)'")
_TAG = re.compile(r"\{\{(?![<%]/\*)[^{}\n]*\w[^{}\n]*\}\}|\{%-?\s*\w[^%\n]*%\}")  # Hugo's shortcodes, Liquid
_CODE = re.compile(r"(`+)[^`\n]+\1")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TAGGED = 0.6  # the confidence of a body in which a generator's tag stands
_DATED = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})[-_ ][^/]*$")  # Jekyll's names of posts

_SEEN = "{!r} is a tag of another generator: readers would see it as it stands"
_INSTEAD = "Write in its place what it stood for: broadsheet import does so for a whole Hugo or Jekyll site."


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a Markdown file.

    Raises BroadsheetError: ``empty`` and ``binary`` as for any text, ``front-matter-…`` for front matter that is none.
    """
    text = charset.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    named = source.name.lower().endswith(_ENDINGS)
    head = heads.read(text, source.name, markdown=named) or heads.Head("lines", {}, {}, 0)
    twice = [found[1] for one in head.problems if one.code == "key-twice" and (found := _QUOTED.match(one.message))]
    said = keys.read(head.meta, head.lines, source.name, hints, twice)
    rows = text.split("\n")
    first = min(head.rows, len(rows))
    below, marked = publication_marks.take("\n".join(rows[first:]), hints)
    rows = [*rows[:first], *below.split("\n")]
    left = {first + n + 1: said for n, said in endings.find(rows[first:]).lines.items()}
    rows = ["" if n in left else row for n, row in enumerate(rows, 1)]
    fields: dict[str, Any] = said.values
    top = headlines_of(rows, first, _headings(rows, first), fields["title"].value if "title" in fields else "", hints)
    body = "\n".join(row for n, row in enumerate(rows, 1) if n > first and n not in top.taken)
    plain = head.rows and not named and not _MARKED.search(body)
    body = (embedded.from_text(body).markdown if plain else safe(body)).strip()
    paragraphs = tuple(" ".join(text.split()) for text in facts.read(body).prose)
    title = fields.get("title") or top.title or embedded.headline("", "first heading", paragraphs)
    about = embedded.about(title.value, paragraphs, fields.get("lang"), hints)
    section: Found[str] | None = fields.get("section")
    problems = [msgspec.structs.replace(problem, severity="warning") for problem in head.problems]
    tagged = tuple(_tagged(rows, first, top))
    problems += [warning("template-tag", _SEEN.format(tag), Place(source.name, n), _INSTEAD) for n, tag in tagged[:1]]
    draft = Draft(
        title=title,
        body=f"{body}\n" if body else "",
        fates=(*_head_fates(said.fates, first), *_fates(rows, first, top, frozenset(n for n, _ in tagged))),
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
    return (_dated(endings.on(marked.on(draft, first + 1), left), fields, hints),)


def _dated(draft: Draft, fields: Mapping[str, Any], hints: Hints) -> Draft:
    """A draft whose embargo is left out where its own date is later: a key such as ``publishDate`` repeats that."""
    embargo: Found[dt.datetime] | None = fields.get("embargo")
    date: Found[dt.date] | None = fields.get("date")
    if embargo is None or date is None or draft.embargo is not embargo or embargo.confidence < SURE:
        return draft
    zone = ZoneInfo(hints.timezone)
    moment = date.value if isinstance(date.value, dt.datetime) else dt.datetime.combine(date.value, dt.time(), zone)
    return msgspec.structs.replace(draft, embargo=None) if moment >= embargo.value else draft


def safe(markdown: str) -> str:
    """Markdown in which nothing is active: HTML leaves its text, links to other schemes lead nowhere.

    A picture in HTML becomes one in Markdown. All else stays as it is written, to the byte.
    """
    for _ in range(_PASSES):
        bare = _unmarked(markdown)
        if bare == markdown:
            break
        markdown = bare
    else:
        data = markdown.encode()
        markdown = targets.edited(data, [(tag.start, tag.start, b"\\") for tag in facts.read(markdown).markup])
    return targets.rewritten(markdown, lambda one: one.address if _leads(one.address) else "#", unused=True)


def _unmarked(markdown: str) -> str:
    """Markdown without its HTML. What is left may be HTML again, where one tag was written into another."""
    said = facts.read(markdown)
    auto = [one for one in said.references if one.way == "auto" and not _leads(one.address)]
    if not said.markup and not auto:
        return markdown
    data = markdown.encode()
    pictures = {one.start: one for one in said.pictures if one.way == "html"}
    edits = [(one.start, one.end, b"") for one in auto]
    unread, begins, at, gap = "", 0, 0, -1
    for tag in said.markup:
        if unread:
            if tag.ends and tag.name == unread:
                edits.append((begins, tag.end, b""))
                unread, at = "", tag.end
        elif tag.name in _UNREAD and not tag.ends:
            unread, begins = tag.name, tag.start
        elif tag.name == "<":
            edits.append((tag.start, tag.start, b"\\"))
        elif tag.start in pictures:
            edits.append((tag.start, tag.end, _picture(pictures[tag.start]).encode()))
        elif tag.block and (tag.name in facts.BLOCKS or tag.name in ("!", "br")):
            start, end = _blank(data, tag.start, tag.end)
            start = max(start, at)
            edits.append((start, end, b"" if start == gap else b"\n\n"))
            at = gap = end
        else:
            edits.append((tag.start, tag.end, b" " if tag.name in facts.BLOCKS or tag.name == "br" else b""))
    if unread:
        edits.append((begins, len(data), b""))
    return targets.edited(data, edits)


def _blank(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A tag with the line ends around it, and the indentation of what stands in the same block of HTML."""
    at = start
    while at and data[at - 1 : at] in (b" ", b"\t", b"\n"):
        at -= 1
        start = at if at == 0 or data[at : at + 1] == b"\n" else start
    found = _AFTER.match(data, end)
    return start, found.end() if found else end


def _picture(one: Reference) -> str:
    words = to_markdown.escape(" ".join((one.words or "").split()))
    title = f' "{targets.quoted(one.title)}"' if one.title else ""
    return f"![{words}]({targets.target(one.address)}{title})"


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


def _leads(target: str) -> bool:
    """Whether an address may be followed: by a safe scheme, or relative; entities and escapes are looked through."""
    address = re.sub(r"[\x00-\x20]", "", unescape(target.replace("\\", "")))
    scheme = _SCHEME.match(address)
    return not scheme or scheme[1].lower() in ("http", "https", "mailto")


def _tagged(rows: list[str], first: int, top: Top) -> Iterator[tuple[int, str]]:
    """The lines of a body in which a tag of another generator stands, each with its first tag; code may show one."""
    fence = ""
    for n, row in enumerate(rows[first:], first + 1):
        mark = _FENCE.match(row)
        if fence or mark:
            closes = mark and mark[1].startswith(fence) and not row.strip(" `~")
            fence = mark[1] if mark and not fence else "" if closes else fence
        elif n not in top.taken and (found := _TAG.search(_CODE.sub("", row))):
            yield n, found[0]


def _fates(rows: list[str], first: int, top: Top, tagged: frozenset[int]) -> Iterator[Fate]:
    """What became of the rows below the front matter."""
    for n, row in enumerate(rows[first:], first + 1):
        if n in top.taken:
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
    moment = page_dates.parse(found[1]) if found else None
    return Found(moment, "file name", 0.9) if moment else None
