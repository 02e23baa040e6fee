"""A Markdown file, with front matter of any generator or without → a draft.

In: a ``Source`` that holds Markdown. Out: one ``Draft`` whose body is the same Markdown without anything active: HTML
leaves its text, links keep http, https, mailto and what lies beside the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import msgspec

from broadsheet import content
from broadsheet.content import conflicts, facts, targets
from broadsheet.content.parser import Reference
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest.extract import bylines, charset, dates, page_dates, sections, to_markdown
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded
from broadsheet.model import Picture

# What generators call the fields of a story.
_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "date": ("date", "published", "pubdate", "publishdate", "publish_date", "date_published", "created"),
    "updated": ("updated", "lastmod", "modified", "last_modified_at", "date_modified"),
    "authors": ("authors", "author", "byline", "by"),
    "section": ("section", "category", "categories"),
    "topics": ("topics", "tags", "keywords"),
    "summary": ("summary", "description", "excerpt", "subtitle", "dek"),
    "lang": ("lang", "language", "locale"),
    "image": ("image", "cover", "thumbnail", "featured_image", "banner"),
    "url": ("link", "url", "canonical", "canonical_url", "original_url"),
    "licence": ("licence", "license", "rights"),
}

# Elements that leave nothing, and how often what is left of a text may make new ones before their marks are escaped.
_UNREAD = frozenset({"iframe", "noembed", "noframes", "object", "script", "style", "template"})
_PASSES = 5
_AFTER = re.compile(rb"[ \t]*(?:\n(?:[ \t]*\n)+|\n?[ \t]*)")  # beyond an empty line indentation has its meaning again
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_DATED = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})[-_ ][^/]*$")  # Jekyll's names of posts


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a Markdown file.

    Raises BroadsheetError: ``empty`` and ``binary`` as for any text, ``front-matter-…`` for front matter that is none.
    """
    text = charset.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    meta: Mapping[str, Any] = {}
    first, problems = 0, list[Problem]()
    rows = text.split("\n")
    if text.startswith("---"):
        matter, problems = content.split(text.encode("utf-8", "replace"), source.name)
        if matter is None:
            raise BroadsheetError(*problems)
        meta, first = (
            {key.lower(): value for key, value in matter.meta.items()},
            min(2 + matter.block.count("\n") + 1, len(rows)),
        )
        while first > 1 and not rows[first - 1].startswith(("---", "...")):
            first -= 1
    told = {name: _first(meta, keys) for name, keys in _KEYS.items()}
    headings = _headings(rows, first)
    heading, headed = ("", range(0)) if _text(told["title"]) else _first_heading(rows, first, headings)
    body = safe("\n".join(row for n, row in enumerate(rows, 1) if n > first and n not in headed)).strip()
    paragraphs = tuple(" ".join(text.split()) for text in facts.read(body).prose)
    title = embedded.headline(_text(told["title"]), "front matter", paragraphs, 1) if _text(told["title"]) else None
    title = title or embedded.headline(heading, "first heading", paragraphs, headed.start)
    lang = _text(told["lang"])
    about = embedded.about(title.value, paragraphs, Found(lang, "front matter", 0.95) if lang else None, hints)
    summary, topics = _text(told["summary"]), _texts(told["topics"])
    section = next(iter(_texts(told["section"])), "")
    return (
        Draft(
            title=title,
            body=f"{body}\n" if body else "",
            fates=_fates(rows, first, headed, frozenset(n for _, taken in headings for n in taken)),
            date=_date(told["date"], hints) or _named(source.name),
            updated=_date(told["updated"], hints),
            authors=_authors(told["authors"]),
            section=sections.settle(section, hints, "front matter", 1, 0.95) if section else None,
            summary=Found(summary, "front matter", 0.95, 1) if summary else about.summary,
            topics=Found(topics, "front matter", 0.95, 1) if topics else about.topics,
            lang=about.lang,
            image=_image(told["image"]),
            licence=Found(licence, "front matter", 0.95, 1) if (licence := _text(told["licence"])) else None,
            problems=tuple(msgspec.structs.replace(problem, severity="warning") for problem in problems),
            url=url if (url := _text(told["url"])).startswith(("http://", "https://")) else "",
        ),
    )


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


def _first_heading(rows: list[str], first: int, headings: list[tuple[str, range]]) -> tuple[str, range]:
    """The first heading, where nothing but blank rows stands above it, and its rows."""
    if headings:
        text, taken = headings[0]
        if text and not any(row.strip() for row in rows[first : taken.start - 1]):
            return text, taken
    return "", range(0)


def _leads(target: str) -> bool:
    """Whether an address may be followed: by a safe scheme, or relative; entities and escapes are looked through."""
    address = re.sub(r"[\x00-\x20]", "", unescape(target.replace("\\", "")))
    scheme = _SCHEME.match(address)
    return not scheme or scheme[1].lower() in ("http", "https", "mailto")


def _fates(rows: list[str], first: int, title: range, headed: frozenset[int]) -> tuple[Fate, ...]:
    return tuple(Fate(n, _role(n, row, first, title, headed)) for n, row in enumerate(rows, 1))


def _role(n: int, row: str, first: int, title: range, headed: frozenset[int]) -> Role:
    if n <= first:
        return "front matter"
    if n in title:
        return "title"
    if not row.strip():
        return "blank"
    return "subhead" if n in headed else "body"


def _first(meta: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((meta[key] for key in keys if meta.get(key)), None)


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, (str, int, float)) and value is not True else ""


def _texts(value: Any) -> tuple[str, ...]:
    """A list of names, or one text that holds several."""
    values = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", _text(value))
    return tuple(text for item in values if (text := _text(item)))[:40]


def _date(value: Any, hints: Hints) -> Found[dt.date] | None:
    if isinstance(value, dt.datetime):
        return Found(value if value.tzinfo else value.date(), "front matter", 0.97, 1)
    if isinstance(value, dt.date):
        return Found(value, "front matter", 0.97, 1)
    if moment := page_dates.parse(_text(value)):
        return Found(moment, "front matter", 0.95, 1)
    stamp = next(iter(dates.find(_text(value), hints)), None)
    return Found(stamp.day, "front matter", 0.5 if stamp.doubt else 0.9, 1) if stamp else None


def _named(name: str) -> Found[dt.date] | None:
    found = _DATED.search(name)
    moment = page_dates.parse(found[1]) if found else None
    return Found(moment, "file name", 0.9) if moment else None


def _authors(value: Any) -> Found[tuple[str, ...]] | None:
    names = tuple(_names(value))
    return Found(names, "front matter", 0.95, 1) if names else None


def _names(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        text = _text(item.get("name") if isinstance(item, dict) else item)
        byline = bylines.read(text) or (bylines.bare(text) if "," in text or " and " in text else None)
        yield from byline.names if byline and byline.names else ([text] if text else [])


def _image(value: Any) -> Found[Picture] | None:
    node = value if isinstance(value, dict) else {"src": value}
    src = _text(node.get("src") or node.get("url") or node.get("path"))
    if not src or not _leads(src):
        return None
    about = (_text(node.get(key)) for key in ("alt", "caption", "credit"))
    return Found(Picture(src, *about), "front matter", 0.9, 1)
