"""A saved web page → a draft.

In: a ``Source`` that holds HTML. Out: one ``Draft``: fields by the page's own metadata, body by ``article``, and a fate
for every block. The body is Markdown in which nothing of the page stays active.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from broadsheet.errors import Place, Problem, fail, note, warning
from broadsheet.ingest.extract import (
    article,
    author_fields,
    charset,
    confidence,
    dates,
    page_dates,
    page_fields,
    page_metadata,
    page_pictures,
    publication_marks,
)
from broadsheet.ingest.extract.blocks import PROSE, Block, BlockPart, clean, is_break, size
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Source
from broadsheet.ingest.extract.page_blocks import read_blocks, unheard
from broadsheet.ingest.extract.publication_status import Marks
from broadsheet.ingest.formats import embedded, status_fields

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.-]+)", re.IGNORECASE
)
# What only the room's own cleaning knows how to treat; to ask is faster than to clean every page.
_RARE = ("\0", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029", "â€", "Ã")
_LATIN = frozenset(("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"))  # which all mean windows-1252 on the web
_SILENT = ("script", "style", "noscript", "svg", "iframe", "template")  # what no reader of the page sees
_WHOLE_BODY = 500  # characters; a shorter articleBody is a teaser
_AROUND = 6  # blocks before and after a story among which it may say that it is not for readers
_LEAST = 200  # characters of paragraphs without which a page is none of a story
_TEASER = 0.5  # of an article's text by metadata: where a page shows less of it, the metadata is read instead
_PROSE_OF_PAGE = 0.5  # of a page's paragraphs: where as much stands in what scripts replace, that is the story
_ABOUT_SCRIPTS = re.compile(r"java\s?script|cookies|browser", re.IGNORECASE)
# Elements and characters of a page beyond which only its structure is asked: a library might take minutes.
_MANY_ELEMENTS = 20_000
_LONGEST = 1_000_000
_MOST_ELEMENTS = 60_000  # of a page that is read at all; a story with all of its comments has a third of that
_DAY, _DAY_BELOW = 60, 3  # characters of a paragraph that is a day, and blocks below the headline among which it is
_ANOTHER = 300  # characters of an article that make it another story
_BLOCK_TAG = re.compile(r"<(?:p|div|br|li|h\d)\b", re.IGNORECASE)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a page.

    Raises BroadsheetError: ``empty`` or ``binary`` for what is no text, ``no-story`` for a page without an article.
    """
    text = decoded(source)
    tree, elements, cut = _parsed(text, source.name)
    body = tree.find("body")
    about = page_metadata.read(tree)
    url = source.url or _address(about)
    title = page_fields.title(about, url)
    headline = title.value if title else ""
    inactive = _inactive(tree)
    for element in inactive if _prose(inactive) > _PROSE_OF_PAGE * _prose([tree]) else ():
        element.tag = "div"
    blocks = read_blocks(body if body is not None else tree)
    silent = [
        Fate(line, "dropped", why, text[:120], 0.9) for line, why, text in unheard(body if body is not None else tree)
    ]
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    large = _is_large(tree)
    del elements  # what follows walks through copies
    taken = [*([] if large else _texts(tree)), *_article_body(about)]
    parts = article.parts(blocks, taken, headline, page_fields.standfirsts(about), about.lang)
    parts = _undated(blocks, _one_story(blocks, parts), hints)
    sure = confidence.of_page(blocks, parts, taken)
    parts = _weighed(parts, sure.pieces)
    parts = _pictured(blocks, parts, _beside(source))
    marked = _marked(blocks, parts, hints)
    chosen = article.chosen(blocks, parts)
    story = embedded.of_blocks(chosen, url, lambda src: src)
    lead = tuple(block.text for block in chosen if block.kind == "p")  # a summary quotes nobody out of place
    spoken = _from_metadata(about, url, story)
    if spoken:
        story, lead = spoken, spoken.paragraphs
        parts = [
            replace(p, role="dropped", why="repeats the article's metadata") if p.role in _USED else p for p in parts
        ]
    elif not story.paragraphs and size(story.markdown) < _LEAST:
        hint = "Save the page of a single story from a browser."
        raise fail("no-story", "the page has no article", Place(source.name), hint)
    people, agency = author_fields.of_page(about, url, page_fields.below_headline(blocks, parts))
    near = page_fields.around_headline(blocks, parts)
    date = page_dates.published(about, url, None if large else tree, hints, near)
    said = status_fields.of_page(about, date.value if date else None, hints)
    made = embedded.about(headline, lead or story.paragraphs, page_fields.lang(about), hints)
    pictures = page_pictures.shown(blocks, parts, url)
    draft = Draft(
        title=title or embedded.headline("", "", story.paragraphs),
        body=story.markdown,
        fates=(),
        body_confidence=1.0 if spoken else sure.body,
        date=date,
        updated=page_dates.updated(about, date.value if date else None, hints, near),
        authors=people,
        agency=agency or _published(about),
        section=page_fields.section(about, url, headline, page_fields.printed(blocks, parts), hints),
        summary=page_fields.summary(about) or made.summary,
        topics=made.topics or page_fields.topics(about),
        image=page_pictures.lead(about, blocks, pictures, url),
        licence=Found(about.licence, "link rel=license", 0.9) if about.licence else None,
        lang=made.lang,
        held=said.held,
        embargo=said.embargo,
        expires=said.expires,
        url=url,
        problems=(*cut, *_problems(blocks, parts, pictures, source.name)),
    )
    further = _scripts(about, spoken)
    for fate in silent:
        further[fate.line] = (*further.get(fate.line, ()), fate)
    fates = page_pictures.fates(text, blocks, parts, draft, pictures, further)
    return (marked.on(replace(draft, fates=fates)),)


_USED = ("body", "subhead")


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


def _parsed(text: str, name: str) -> tuple[Any, list[Any], list[Problem]]:
    """The tree of a page, its elements, and what the parser would not read of it.

    While somebody holds the elements, lxml need not make them anew at every walk through the tree.
    Raises BroadsheetError: ``no-story`` for what is no page, ``too-large`` for one on which minutes would be spent.
    """
    parser = embedded.parser()
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as cause:
        raise fail("no-story", f"the page cannot be read: {cause}", Place(name)) from cause
    _embodied(tree)
    elements = list(tree.iter())
    if len(elements) > _MOST_ELEMENTS:
        message = f"the page has {len(elements):,} elements, more than the {_MOST_ELEMENTS:,} that are read"
        raise fail("too-large", message, Place(name), "Save the part of it that holds the story.")
    cut = [entry for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
    hint = (
        "Compare the story with the page: elements nested deeper than 256, and text after the first 10 MB, are missing."
    )
    return (
        tree,
        elements,
        [warning("page-cut", "a part of the page was not read", Place(name, e.line), hint) for e in cut[:1]],
    )


_OF_HEAD = frozenset(("title", "meta", "link", "script", "style", "base", "noscript", "template"))


def _embodied(tree: Any) -> None:
    """Put into the body what a page without the tags of head and body has it begin with.

    HTML lets them out; the parser, older than elements such as article, then takes these for parts of the head.
    """
    head, body = tree.find("head"), tree.find("body")
    if head is None:
        return
    place = next((n for n, e in enumerate(head) if isinstance(e.tag, str) and e.tag not in _OF_HEAD), -1)
    if place < 0:
        return
    if body is None:
        body = etree.SubElement(tree, "body")
    for n, element in enumerate(list(head)[place:]):
        body.insert(n, element)


def _address(about: page_metadata.PageHead) -> str:
    urls = (about.canonical, about.meta("og:url"))
    return next((url for url in urls if url.startswith(("http://", "https://"))), "")


def _inactive(tree: Any) -> list[Any]:
    """What a browser shows where it runs no scripts, and shadow roots."""
    return [e for e in tree.iter("noscript", "template") if e.tag == "noscript" or e.get("shadowrootmode")]


def _prose(elements: Iterable[Any]) -> int:
    """The characters of the paragraphs in some elements; those that a browser without scripts shows count alone."""
    texts = (clean(" ".join(p.itertext())) for element in elements for p in element.iter("p"))
    return sum(size(text) for text in texts if size(text) > PROSE and not _ABOUT_SCRIPTS.search(text[: 2 * PROSE]))


def _is_large(tree: Any) -> bool:
    """Whether a page is so large that a library would take too long for it."""
    length = 0
    for count, element in enumerate(tree.iter(), 1):
        length += len(element.text or "") + len(element.tail or "")
        if count > _MANY_ELEMENTS or length > _LONGEST:
            return True
    return False


def _texts(tree: Any) -> list[str]:
    """The texts that trafilatura takes for the article."""
    from trafilatura.core import bare_extraction

    try:
        found = bare_extraction(tree, include_comments=False, include_formatting=True, fast=True, with_metadata=False)
    except Exception:  # noqa: BLE001 - a library that guesses may trip over any page; the rest of the page is still read
        return []
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    pieces = [" ".join(e.itertext()) for e in found.body.iter("p", "head", "item", "quote", "cell", "code")]
    return pieces or [" ".join(found.body.itertext())]


def _article_body(about: page_metadata.PageHead) -> list[str]:
    """The text of the article that JSON-LD repeats; some sites put all of it there, and some its beginning."""
    text = page_fields.text(_article_text(about))
    return [text] if len(text) > _WHOLE_BODY else []


def _article_text(about: page_metadata.PageHead) -> Any:
    """The article's text by the names that schema.org has for it."""
    return next((v for name in ("articleBody", "text", "reviewBody") if (v := about.node.get(name))), None)


def _from_metadata(about: page_metadata.PageHead, url: str, shown: embedded.ArticleText) -> embedded.ArticleText | None:
    """The article's text by its metadata, where the page itself shows none of it or a teaser alone."""
    value = _article_text(about)
    value = "\n\n".join(str(item) for item in value if isinstance(item, str)) if isinstance(value, list) else value
    if not isinstance(value, str) or len(clean(value)) < _LEAST:
        return None
    if sum(map(len, shown.paragraphs)) >= _TEASER * len(clean(value)):
        return None
    if _BLOCK_TAG.search(value):
        return embedded.from_html(value, url)
    plain = page_fields.unescaped(value)
    return embedded.from_text(plain if "\n\n" in plain else plain.replace("\n", "\n\n"))


def _scripts(about: page_metadata.PageHead, spoken: embedded.ArticleText | None) -> dict[int, tuple[Fate, ...]]:
    """The pieces of a page's JSON-LD that are text: the article's, where it was taken, and those of other articles."""
    line = about.lines.get("json-ld", 0)
    used = "the article's text in the page's metadata (JSON-LD)"
    found = [Fate(line, "body", used, text[:120], 0.85) for text in (spoken.paragraphs if spoken else ())]
    found += [Fate(line, "dropped", "metadata of another article", text[:120]) for text in about.others]
    return {line: tuple(found)} if found else {}


def _published(about: page_metadata.PageHead) -> Found[str] | None:
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


def _marked(blocks: Sequence[Block], parts: list[BlockPart], hints: Hints) -> Marks:
    """What blocks in or around the story say of who may read it; these leave it.

    Those of several lines are asked line by line where the drafts of all formats are.
    """
    kept = [n for n, part in enumerate(parts) if part.role == "body"]
    near = range(kept[0] - _AROUND, kept[-1] + _AROUND) if kept else range(0)
    texts = [
        block.text if n in near and not (parts[n].role == "body" and any(map(is_break, block.spans))) else ""
        for n, block in enumerate(blocks)
    ]
    found = publication_marks.find(texts, hints, [min(block.lines, default=0) for block in blocks])
    for mark in found.found:
        for n in mark.lines if not (mark.rest or mark.stays) else ():
            parts[n] = BlockPart("status", mark.why)
    return found


def _undated(blocks: Sequence[Block], parts: list[BlockPart], hints: Hints) -> list[BlockPart]:
    """The parts without a paragraph right below the headline that is a day and nothing else: the page's own."""
    head = next((n for n, part in enumerate(parts) if part.role == "title"), -1)
    for n in range(head + 1, min(head + 1 + _DAY_BELOW, len(blocks))) if head >= 0 else ():
        if parts[n].role == "body" and blocks[n].kind == "p" and len(blocks[n].text) <= _DAY:
            stamps = dates.find(blocks[n].text, hints)
            if stamps and not dates.rest(blocks[n].text, stamps):
                parts[n] = BlockPart("dropped", "a day at the headline")
    return parts


def _weighed(parts: Sequence[BlockPart], sure: Sequence[float]) -> list[BlockPart]:
    """The parts, with those left out that may belong to the story as unsure as that makes them."""
    return [
        replace(part, sure=min(part.sure, trust), why=confidence.why(part.why, trust))
        if part.role == "dropped"
        else part
        for part, trust in zip(parts, sure, strict=True)
    ]


_ELSEWHERE = "part of another article on the page"


def _one_story(blocks: Sequence[Block], parts: list[BlockPart]) -> list[BlockPart]:
    """The parts without those of other articles, where the headline stands in an article of its own."""
    holders = [_article_of(block) for block in blocks]
    titled = {holders[n] for n, part in enumerate(parts) if part.role == "title" and blocks[n].kind == "h"} - {None}
    used: Counter[Any] = Counter()
    for n, part in enumerate(parts):
        used[holders[n]] += len(blocks[n].text) if part.role == "body" else 0
    own = max(titled, key=lambda holder: used[holder], default=None)
    if own is None or used[own] < _LEAST // 2:
        return parts
    headed = {holders[n] for n, block in enumerate(blocks) if block.kind == "h" and block.level <= 2} - {None, own}
    held: Counter[Any] = Counter()
    for holder, block in zip(holders, blocks, strict=True):
        held[holder] += len(block.text)
    others = {holder for holder in headed if held[holder] >= _ANOTHER}
    return [BlockPart("dropped", _ELSEWHERE) if holders[n] in others else part for n, part in enumerate(parts)]


def _article_of(block: Block) -> Any:
    """The outermost article element that holds a block, or None."""
    return next((a.element for a in reversed(tuple(block.around.chain())) if a.tag == "article"), None)


def _problems(
    blocks: Sequence[Block], parts: Sequence[BlockPart], pictures: Sequence[page_pictures.Shown], name: str
) -> list[Problem]:
    """What else an editor should know of a page: other articles on it, and what its text shows from elsewhere."""
    problems = []
    others = [
        b.text
        for b, p in zip(blocks, parts, strict=True)
        if p.why.startswith(_ELSEWHERE) and b.kind == "h" and b.level <= 2
    ]
    if others:
        message = f"the page holds {len(others) + 1} articles: one was read, and not {', '.join(map(repr, others[:3]))}"
        problems.append(
            note("several-articles", message[:400], Place(name), "To get the others, save each from its own page.")
        )
    body = [n for n, part in enumerate(parts) if part.role in _USED]
    inside = range(body[0], body[-1] + 1) if body else range(0)
    lost = sum(blocks[n].kind == "embed" for n in inside)
    lost += sum(parts[one.block].role == "dropped" for one in pictures[1:])
    if lost:
        message = f"{lost} of the pictures, films and maps in the text are on other servers: not copied"
        problems.append(note("not-carried-over", message, Place(name), "broadsheet ingest --explain lists them."))
    return problems
