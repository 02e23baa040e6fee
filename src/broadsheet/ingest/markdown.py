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

from broadsheet import storyfile
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest import bylines, dates, decode, moments, prose, sections
from broadsheet.ingest.draft import Draft, Fate, Found, Hints, Role, Source
from broadsheet.model import Picture
from broadsheet.storyfile import conflicts

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

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*$")
_CODE = re.compile(r"(?<!`)(`{1,5})(?!`)[^`\n]{1,500}(?<!`)\1(?!`)")
_SCRIPT = re.compile(r"<(script|style|iframe|object|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^\s<>]*>|<[\w.+-]+@[\w-]+(?:\.[\w-]+)+>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|<[!?][^<>]{0,2000}>")
_TARGET = re.compile(r"(\](?:\(|: ?)[ \t]{0,9}<?)((?:[^\s()>]|\([^\s()]{0,200}\))+)")
_LINKED = re.compile(r"!?\[([^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])?")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_DATED = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})[-_ ][^/]*$")  # Jekyll's names of posts


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a Markdown file.

    Raises BroadsheetError: ``empty`` and ``binary`` as for any text, ``front-matter-…`` for front matter that is none.
    """
    text = decode.text(source.data, source.name)
    conflicts.refuse(text, source.name)
    meta: Mapping[str, Any] = {}
    first, problems = 0, list[Problem]()
    rows = text.split("\n")
    if text.startswith("---"):
        matter, problems = storyfile.split(text.encode("utf-8", "replace"), source.name)
        if matter is None:
            raise BroadsheetError(*problems)
        meta, first = (
            {key.lower(): value for key, value in matter.meta.items()},
            min(2 + matter.block.count("\n") + 1, len(rows)),
        )
        while first > 1 and not rows[first - 1].startswith(("---", "...")):
            first -= 1
    told = {name: _first(meta, keys) for name, keys in _KEYS.items()}
    heading, headed = ("", 0) if _text(told["title"]) else _heading(rows, first)
    kept = [
        (n, row) for n, row in enumerate(rows, 1) if n > first and n not in range(headed, headed + _rows(rows, headed))
    ]
    body = safe("\n".join(row for _, row in kept)).strip()
    paragraphs = _paragraphs(body)
    title = prose.headline(_text(told["title"]), "front matter", paragraphs, 1) if _text(told["title"]) else None
    title = title or prose.headline(heading, "first heading", paragraphs, headed)
    lang = _text(told["lang"])
    about = prose.about(title.value, paragraphs, Found(lang, "front matter", 0.95) if lang else None, hints)
    summary, topics = _text(told["summary"]), _texts(told["topics"])
    section = next(iter(_texts(told["section"])), "")
    return (
        Draft(
            title=title,
            body=f"{body}\n" if body else "",
            fates=_fates(rows, first, headed),
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
    """Markdown in which nothing is active: HTML leaves its text, links to other schemes lead nowhere."""
    out: list[str] = []
    plain: list[str] = []
    fence = ""
    for row in markdown.split("\n"):
        mark = _FENCE.match(row)
        if fence:
            out.append(row)
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            out += [_plain("\n".join(plain)), row] if plain else [row]
            plain, fence = [], mark[1]
        else:
            plain.append(row)
    out += [_plain("\n".join(plain))] if plain else []
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out))


def _plain(text: str) -> str:
    """Markdown outside fences: code spans stay, everything else loses its tags and its unsafe addresses."""
    text = _COMMENT.sub("", _SCRIPT.sub("", text)) if "<" in text else text
    parts, at = [], 0
    for code in _CODE.finditer(text):
        parts += [_disarmed(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join((*parts, _disarmed(text[at:])))


def _disarmed(text: str) -> str:
    if "<" in text:
        kept = _AUTOLINK.split(text)
        links = [*_AUTOLINK.findall(text), ""]
        text = "".join(_TAG.sub("", part).replace("<", "\\<") + link for part, link in zip(kept, links, strict=True))
    return _TARGET.sub(lambda found: found[0] if _leads(found[2]) else f"{found[1]}#", text)


def _leads(target: str) -> bool:
    """Whether an address may be followed: by a safe scheme, or relative; entities and escapes are looked through."""
    address = re.sub(r"[\x00-\x20]", "", unescape(target.replace("\\", "")))
    scheme = _SCHEME.match(address)
    return not scheme or scheme[1].lower() in ("http", "https", "mailto")


def _heading(rows: list[str], first: int) -> tuple[str, int]:
    """The first heading, where nothing but blank rows stands above it, and its row."""
    for n in range(first, min(len(rows), first + 40)):
        row = rows[n]
        if not row.strip():
            continue
        if _HEADING.match(row):
            return _words(row.strip(" \t#")), n + 1
        if n + 1 < len(rows) and _UNDERLINE.match(rows[n + 1]):
            return _words(row), n + 1
        break
    return "", 0


def _rows(rows: list[str], headed: int) -> int:
    """How many rows the heading at a row takes."""
    return 2 if headed and headed < len(rows) and _UNDERLINE.match(rows[headed]) else 1


def _paragraphs(body: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"\n\s*\n", body))
    return tuple(_words(part) for part in parts if part and not re.match(r"[#>|`~*+-]|\d+[.)] |!\[", part))


def _words(text: str) -> str:
    """Markdown without its marks, for a title or a summary."""
    text = _LINKED.sub(r"\1", text)
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\\)(\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w))", "", text))
    return " ".join(text.split())


def _fates(rows: list[str], first: int, headed: int) -> tuple[Fate, ...]:
    title = range(headed, headed + _rows(rows, headed)) if headed else ()
    return tuple(Fate(n, _role(n, row, first, title)) for n, row in enumerate(rows, 1))


def _role(n: int, row: str, first: int, title: range | tuple[int, ...]) -> Role:
    if n <= first:
        return "front matter"
    if n in title:
        return "title"
    if not row.strip():
        return "blank"
    return "subhead" if _HEADING.match(row) else "body"


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
    if moment := moments.parse(_text(value)):
        return Found(moment, "front matter", 0.95, 1)
    stamp = next(iter(dates.find(_text(value), hints)), None)
    return Found(stamp.day, "front matter", 0.5 if stamp.doubt else 0.9, 1) if stamp else None


def _named(name: str) -> Found[dt.date] | None:
    found = _DATED.search(name)
    moment = moments.parse(found[1]) if found else None
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
