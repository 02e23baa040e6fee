"""A saved web page → a draft.

In: a ``Source`` that holds HTML. Out: one ``Draft``: fields by the page's own metadata, body by ``article``, and a fate
for every line. The body is Markdown in which nothing of the page stays active.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import (
    article,
    charset,
    page_authors,
    page_dates,
    page_fields,
    page_metadata,
)
from broadsheet.ingest.extract.page_parts import BlockPart
from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.-]+)", re.IGNORECASE
)
# What only the room's own cleaning knows how to treat; to ask is faster than to clean every page.
_RARE = ("\0", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029", "â€", "Ã")
_LATIN = frozenset(("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"))  # which all mean windows-1252 on the web
_PARSER = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
_SILENT = ("script", "style", "noscript", "svg", "iframe", "template")  # what no reader of the page sees
_TOLD = 500  # characters; a shorter articleBody is a teaser
_LEAST = 200  # characters of paragraphs without which a page is none of a story


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a page.

    Raises BroadsheetError: ``empty`` or ``binary`` for what is no text, ``no-story`` for a page without an article.
    """
    text = decoded(source)
    tree = _parsed(text, source.name)
    body = tree.find("body")
    about = page_metadata.read(tree)
    url = source.url or _address(about)
    title = page_fields.title(about, url)
    headline = title.value if title else ""
    date = page_dates.published(about, url, tree, hints)
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    blocks = read_blocks(body if body is not None else tree)
    taken = [*_texts(tree), *_told(about)]
    parts = article.parts(blocks, taken, headline, page_fields.standfirsts(about), about.lang)
    parts = _pictured(blocks, parts, _beside(source))
    story = embedded.of_blocks(article.chosen(blocks, parts), url, lambda src: src)
    if not story.paragraphs and len(story.markdown) < _LEAST:
        raise fail("no-story", "the page holds no article", Place(source.name), "Save the page of one story.")
    people, agency = page_authors.read(about, url, page_fields.below_headline(blocks, parts))
    made = embedded.about(headline, story.paragraphs, page_fields.lang(about), hints)
    draft = Draft(
        title=title or embedded.headline("", "", story.paragraphs),
        body=story.markdown,
        fates=(),
        date=date,
        updated=page_dates.updated(about, date.value if date else None, hints),
        authors=people,
        agency=agency or _published(about),
        section=page_fields.section(about, url, headline, page_fields.printed(blocks, parts), hints),
        summary=page_fields.summary(about) or made.summary,
        topics=made.topics or page_fields.topics(about),
        image=page_fields.image(about),
        licence=Found(about.licence, "link rel=license", 0.9) if about.licence else None,
        lang=made.lang,
        url=url,
    )
    return (_with_fates(draft, text, blocks, parts),)


def decoded(source: Source) -> str:
    """The text of a page in the charset that it declares, where its bytes bear that out."""
    data = source.data
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:4096])
        name = (declared[1] or declared[2]).decode("ascii", "replace").lower() if declared else ""
        try:
            text = data.decode("cp1252" if name in _LATIN else name) if name else ""
        except (LookupError, UnicodeDecodeError):
            text = ""
    if not text or any(mark in text for mark in _RARE):
        return charset.text(data, source.name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str, name: str) -> Any:
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as cause:
        raise fail("no-story", f"the page cannot be read: {cause}", Place(name)) from cause


def _address(about: page_metadata.Head) -> str:
    urls = (about.canonical, about.meta("og:url"))
    return next((url for url in urls if url.startswith(("http://", "https://"))), "")


def _texts(tree: Any) -> list[str]:
    """The texts that trafilatura takes for the article."""
    from trafilatura.core import bare_extraction

    try:
        found = bare_extraction(tree, include_comments=False, include_formatting=True, fast=True, with_metadata=False)
    except Exception:  # noqa: BLE001 - a library that guesses may trip over any page; the rest of the page is still told
        return []
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    pieces = [" ".join(e.itertext()) for e in found.body.iter("p", "head", "item", "quote", "cell", "code")]
    return pieces or [" ".join(found.body.itertext())]


def _told(about: page_metadata.Head) -> list[str]:
    """The text of the article that JSON-LD repeats; some sites put all of it there, and some its beginning."""
    told = page_fields.text(about.node.get("articleBody"))
    return [told] if len(told) > _TOLD else []


def _published(about: page_metadata.Head) -> Found[str] | None:
    """The publication, where the page names it."""
    name = about.meta("og:site_name") or page_fields.text(about.node.get("publisher"))
    return Found(name, "og:site_name", 0.9) if name else None


def _beside(source: Source) -> Callable[[str], bool]:
    """Tells whether a picture's file lies beside the page."""
    folder = Path(source.folder).resolve() if source.folder else None

    def lies(src: str) -> bool:
        if folder is None or re.match(r"[a-z][a-z0-9+.-]*:|//|/|\\", src, re.IGNORECASE):
            return False
        try:
            path = (folder / unquote(src.partition("?")[0])).resolve()
            return path.is_relative_to(folder) and path.is_file()
        except (OSError, ValueError):
            return False

    return lies


def _pictured(blocks: Sequence[Block], parts: list[BlockPart], lies: Callable[[str], bool]) -> list[BlockPart]:
    """The parts with the pictures, between the first and the last words of the story, whose files are there."""
    kept = [n for n, part in enumerate(parts) if part.role == "body"]
    for n in range(kept[0], kept[-1]) if kept else ():
        if blocks[n].kind == "img" and lies(blocks[n].src):
            parts[n] = BlockPart("body", "a picture beside the page")
    return parts


def _with_fates(draft: Draft, text: str, blocks: Sequence[Block], parts: Sequence[BlockPart]) -> Draft:
    """The draft with what became of every line: what stands on it of the story, else markup, or left out and why."""
    told: dict[int, tuple[Role, str]] = {}
    for block, part in zip(blocks, parts, strict=True):
        role: Role = "caption" if block.kind == "caption" else part.role
        for line in block.lines:
            if told.get(line, ("dropped", ""))[0] == "dropped" or role == "body":
                told[line] = (role, part.why)
    fields: list[tuple[Found[str] | Found[dt.date] | Found[tuple[str, ...]] | None, Role]] = [
        (draft.title, "title"), (draft.date, "date"), (draft.updated, "updated"), (draft.authors, "byline"),
        (draft.section, "section"),
    ]  # fmt: skip
    for found, role in fields:
        if found and told.get(found.line, ("dropped", ""))[0] == "dropped":
            told[found.line] = (role, found.rule)
    fates = []
    for line, row in enumerate(text.split("\n"), 1):
        role, why = told.get(line) or (("markup", "") if row and not row.isspace() else ("blank", ""))
        fates.append(Fate(line, role, why))
    return replace(draft, fates=tuple(fates))
