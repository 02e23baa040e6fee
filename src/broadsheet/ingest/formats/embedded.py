"""A text that is all story, of any format → Markdown, and the fields that every reader makes of it alike.

In: an HTML fragment, a tree or plain text: the body of a feed entry, a mail, a wire item, a document. Out:
``ArticleText``; summary, topics and language of its paragraphs; a headline where the source has none. Of Markdown: the
same without anything active, where HTML leaves its text, and links keep http, https, mailto and what lies beside the
file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape
from typing import Any

import msgspec
from lxml import etree
from lxml import html as lxml_html

from broadsheet.content import facts, targets
from broadsheet.content.parser import Reference
from broadsheet.ingest.extract import boilerplate, headlines, language, subjects, to_markdown
from broadsheet.ingest.extract.blocks import Block, clean
from broadsheet.ingest.extract.draft import EVEN, Draft, Found, Hints
from broadsheet.ingest.extract.page_blocks import read_blocks


def parser() -> Any:
    """A parser of HTML that was made UTF-8 first.

    All elements are of one class: lxml.html's own parser asks Python for the class of each whenever it is come by.
    """
    made = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    made.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement))
    return made


PARSER = parser()  # for fragments
_BREAKS = re.compile(r"\n[ \t]*\n\s*")
_TAGS = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|a|b|i|em|strong|img|blockquote|span|table|pre|section|article)\b[^<>]*>",
    re.IGNORECASE,
)
# Elements that leave nothing, and how often what is left of a text may make new ones before their marks are escaped.
_UNREAD = frozenset({"iframe", "noembed", "noframes", "object", "script", "style", "template"})
_PASSES = 5
_AFTER = re.compile(rb"[ \t]*(?:\n(?:[ \t]*\n)+|\n?[ \t]*)")  # beyond an empty line indentation has its meaning again
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# The rules of what is made of a text.
_LEAD, _REPEATED, _MADE = "the lead's first sentences", "names and words that the story repeats", "made from the lead"
_FURNITURE = 120  # characters; a longer paragraph is one, whatever it begins with


class ArticleText(msgspec.Struct, frozen=True):
    """A text: its Markdown, and its paragraphs without marks."""

    markdown: str
    paragraphs: tuple[str, ...]


class About(msgspec.Struct, frozen=True):
    """What the text of a story gives without any field: its summary, topics and language."""

    summary: Found[str] | None
    topics: Found[tuple[str, ...]] | None
    lang: Found[str]


def is_html(text: str) -> bool:
    """Whether a text is marked up rather than plain."""
    return bool(_TAGS.search(text))


def read(text: str, base: str = "", lang: str = "") -> ArticleText:
    """The prose of a fragment, marked up or plain; what the table of phrases knows as page furniture is left out."""
    return from_html(text, base, lang) if is_html(text) else from_text(text)


def from_text(text: str) -> ArticleText:
    """The prose of plain text: paragraphs stand between blank lines."""
    paragraphs = tuple(clean(part.replace("\n", " ")) for part in _BREAKS.split(text.strip()) if part.strip())
    return ArticleText("\n\n".join(map(to_markdown.escape, paragraphs)) + "\n" if paragraphs else "", paragraphs)


def from_html(text: str, base: str = "", lang: str = "") -> ArticleText:
    """The prose of an HTML fragment. Pictures stay out: they lie elsewhere."""
    try:
        tree = lxml_html.document_fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser=PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return from_text(re.sub(r"<[^>]*>", " ", text))
    return from_tree(tree, base, lang)


def from_tree(tree: Any, base: str = "", lang: str = "") -> ArticleText:
    """The prose of a tree whose elements are named as in HTML."""
    phrases = boilerplate.table(lang.partition("-")[0])
    blocks = [b for b in read_blocks(tree) if b.kind not in ("img", "caption") and not furniture(b, phrases)]
    while blocks and blocks[-1].kind == "h":
        blocks.pop()
    return of_blocks(blocks, base)


def of_blocks(blocks: Sequence[Block], base: str, picture: Callable[[str], str] = lambda _: "") -> ArticleText:
    """The prose of blocks; the highest rank of heading among them becomes the second.

    ``picture`` answers the name under which a picture is shown, or nothing.
    """
    ranks = sorted({block.level for block in blocks if block.kind == "h"})
    ranked = [
        msgspec.structs.replace(b, level=2 + min(ranks.index(b.level), 2)) if b.kind == "h" else b for b in blocks
    ]
    paragraphs = tuple(b.text for b in blocks if b.kind in ("p", "quote"))
    return ArticleText(to_markdown.markdown(ranked, base, picture), paragraphs)


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


def _leads(target: str) -> bool:
    """Whether an address may be followed: by a safe scheme, or relative; entities and escapes are looked through."""
    address = re.sub(r"[\x00-\x20]", "", unescape(target.replace("\\", "")))
    scheme = _SCHEME.match(address)
    return not scheme or scheme[1].lower() in ("http", "https", "mailto")


def furniture(block: Block, phrases: boilerplate.PhraseTable) -> bool:
    """Whether a block is what the table of phrases knows as no part of a text: "Share this", "Subscribe"."""
    if block.kind not in ("p", "h") or len(block.text) > _FURNITURE or boilerplate.SPEECH.match(block.text):
        return False
    return boilerplate.kind(boilerplate.key(block.text), phrases) in boilerplate.FURNITURE


def about(title: str, paragraphs: Sequence[str], given: Found[str] | None, hints: Hints) -> About:
    """The summary, topics and language of a text; ``given`` is the language that its source gives."""
    lang = language.detect("\n".join(paragraphs), given.value if given else hints.language)
    if given and (given.value.partition("-")[0] == lang.value.partition("-")[0] or lang.confidence < given.confidence):
        lang = given
    lead = headlines.make_summary(paragraphs)
    found = subjects.find_topics(title, paragraphs, lang.value.partition("-")[0])
    return About(
        Found(lead, _LEAD, 0.9) if lead else None,
        Found(tuple(found), _REPEATED, 0.85) if found else None,
        lang,
    )


def headline(given: str, rule: str, paragraphs: Sequence[str], line: int = 0) -> Found[str]:
    """The headline that a source gives, or one that is made of the lead and is to be looked at."""
    title = clean(re.sub(r"<[^>]{0,200}>", "", given))
    if title:
        return Found(title, rule, 0.97, line)
    return Found(headlines.from_lead(paragraphs[0]) if paragraphs else "", _MADE, EVEN)


def anew(draft: Draft, hints: Hints) -> Draft:
    """A draft whose body has changed: headline, summary and topics are made again where they were made of that."""
    paragraphs = tuple(" ".join(text.split()) for text in facts.read(draft.body).prose)
    made_title = headline("", "", paragraphs) if draft.title.rule == _MADE else draft.title
    made = about(made_title.value, paragraphs, draft.lang, hints)
    topics = made.topics and draft.topics and msgspec.structs.replace(draft.topics, value=made.topics.value)
    return msgspec.structs.replace(
        draft,
        title=made_title,
        summary=made.summary if draft.summary and draft.summary.rule == _LEAD else draft.summary,
        topics=topics if draft.topics and draft.topics.rule == _REPEATED else draft.topics,
    )


def one_of(names: Iterable[str], hints: Hints) -> str:
    """The first of some labels that the site has as a section, or an alias of one."""
    own = {section.casefold(): section for section in hints.sections}
    found = ((own.get(name.casefold()) or hints.aliases.get(name.casefold(), "")) for name in names)
    return next((name for name in found if name), "")
