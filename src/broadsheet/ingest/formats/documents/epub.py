"""An e-book (.epub) → a story for each of its chapters, in the order of its spine.

In: a ``Source`` that holds an EPUB 2 or 3. Out: drafts. Cover, title page, table of contents and colophon are no
stories: they are named in the fates. A chapter that goes on in a second file is one story. Source of the names: W3C,
EPUB 3.3.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from lxml import etree
from lxml import html as lxml_html

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.extract import lines, machine_dates
from broadsheet.ingest.extract.blocks import Block, clean
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.ingest.formats import documents, embedded
from broadsheet.ingest.formats.documents import pieces
from broadsheet.ingest.formats.documents.package import Package, PictureParts, attribute, local, resolved

MOST = 400  # chapters of a book
_LEAST = 15  # words of a chapter; fewer are a page of a title or a motto, unless a heading has a sentence below it
_SENTENCE = re.compile(r"\w\W+\w.*[.!?。！？؟।][\"'”’»)\]]*$")
_SILENT = ("script", "style", "noscript", "svg", "iframe", "template", "nav")
# What a file of a book is called that is no chapter, by its types and by its name.
_NO_CHAPTER = {
    "cover": "the cover", "titlepage": "the title page", "halftitlepage": "the title page",
    "title-page": "the title page",
    "toc": "the table of contents", "landmarks": "the table of contents", "loi": "the list of pictures",
    "lot": "the list of tables", "page-list": "the list of pages", "index": "the index",
    "copyright-page": "the colophon",
    "copyright": "the colophon", "colophon": "the colophon", "imprint": "the colophon", "frontispiece": "a picture",
    "nav": "the table of contents", "contents": "the table of contents", "impressum": "the colophon",
    "masthead": "the colophon",
}  # fmt: skip
_NAMED = re.compile(r"(?:^|[/_-])(" + "|".join(_NO_CHAPTER) + r")[\d_-]*\.x?html?\Z", re.IGNORECASE)
_HEADED = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|sommaire|índice|indice|inhoud|colophon|imprint|impressum|"
    r"copyright|kolofon",
    re.IGNORECASE,
)


class _Chapter(msgspec.Struct):
    """A file of the spine: what is in it, or why it is no chapter; ``goes_on`` where it belongs to the one before."""

    pieces: list[pieces.DocumentPiece]
    title: str = ""
    why: str = ""
    goes_on: bool = False


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a book.

    Raises BroadsheetError: ``damaged`` and ``xml-entities`` for a damaged or hostile one, ``encrypted``
    for one under lock, ``no-story`` where no chapter has a text.
    """
    package = Package(source)
    try:
        return _Book(package, source, hints).stories()
    finally:
        package.close()


class _Book:
    def __init__(self, package: Package, source: Source, hints: Hints) -> None:
        self._package, self._source, self._hints = package, source, hints
        self._pictures = PictureParts(package, source.name)
        container = package.tree("META-INF/container.xml")
        root = next(container.iter("{*}rootfile"), None) if container is not None else None
        self._opf = attribute(root, "full-path").lstrip("/") if root is not None else ""
        tree = package.tree(self._opf) if self._opf else None
        if tree is None:
            raise fail(
                "damaged", "the book is damaged: it has no list of its files", Place(source.name), "Save it again."
            )
        self._tree: Any = tree
        self._items = {attribute(item, "id"): item for item in self._tree.iter("{*}item")}
        self._problems: list[Problem] = []
        self._locked()

    def _locked(self) -> None:
        """Raises BroadsheetError where the chapters are encrypted; fonts that are obscured do not matter."""
        data = self._package.data("META-INF/encryption.xml")
        if re.search(rb"URI=\"[^\"]+\.x?html?\"", data):
            raise fail(
                "encrypted",
                "the book is locked by its seller",
                Place(self._source.name),
                "Ask for a copy without a lock.",
            )

    def stories(self) -> tuple[Draft, ...]:
        """Every chapter as a story; what is none stands in the fates of the first."""
        about = self._about()
        toc = self._contents()
        chapters = list(self._chapters(toc))
        stories: list[_Chapter] = []
        left: list[pieces.DocumentPiece] = []
        for chapter in chapters:
            if chapter.why:
                left += [pieces.dropped(one.text, one.why or chapter.why) for one in chapter.pieces]
            elif chapter.goes_on and stories:
                stories[-1].pieces += chapter.pieces
            else:
                stories.append(chapter)
        if not stories:
            raise fail(
                "no-story", "the book holds no chapter with a text", Place(self._source.name), "Save its text as .txt."
            )
        drafts: list[Draft] = []
        above = 0
        for chapter in stories:
            parts = [*chapter.pieces, *(left if chapter is stories[0] else ())]
            mine = msgspec.structs.replace(about, title=chapter.title or about.title)
            try:
                found = documents.drafts(self._source, self._hints, parts, mine, self._pictures.held)
            except BroadsheetError as cause:
                self._problems.append(msgspec.structs.replace(cause.problem, severity="warning"))
                continue
            drafts += [
                msgspec.structs.replace(
                    one, fates=tuple(msgspec.structs.replace(fate, line=fate.line + above) for fate in one.fates)
                )
                for one in found
            ]
            above += len(parts)
        if not drafts:
            raise BroadsheetError(*self._problems)
        several = [
            note(
                "several-stories",
                f"{len(drafts)} chapters were found in it: each is filed as a story",
                Place(self._source.name),
            )
        ]
        problems = (
            *(several if len(drafts) > 1 else ()),
            *self._package.problems,
            *self._pictures.problems(),
            *self._problems,
        )
        return (msgspec.structs.replace(drafts[0], problems=(*drafts[0].problems, *problems)), *drafts[1:])

    def _about(self) -> pieces.Properties:
        said: dict[str, list[str]] = {}
        metadata = next(self._tree.iter("{*}metadata"), None)
        for node in metadata if metadata is not None else ():
            if node.text and node.text.strip():
                said.setdefault(local(node), []).append(node.text.strip())
        found = machine_dates.parse(next(iter(said.get("date", [])), ""))
        day = found.date() if isinstance(found, dt.datetime) else found
        made = dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None
        return pieces.Properties(
            next(iter(said.get("title", [])), ""), "; ".join(said.get("creator", [])[:5]), made, made,
            pieces.tongue(next(iter(said.get("language", [])), "")),
        )  # fmt: skip

    def _contents(self) -> dict[str, str]:
        """What the table of contents calls the files that chapters begin in."""
        found: dict[str, str] = {}
        for item in self._items.values():
            path = resolved(self._opf, attribute(item, "href"))
            if "nav" in attribute(item, "properties").split():
                tree = self._page(path)
                for link in list(tree.iter("a")) if tree is not None else ():
                    found.setdefault(resolved(path, link.get("href") or ""), clean(" ".join(link.itertext())))
            elif (
                attribute(item, "media-type") == "application/x-dtbncx+xml"
                and (ncx := self._package.optional(path)) is not None
            ):
                for point in ncx.iter("{*}navPoint"):
                    target = next((attribute(e, "src") for e in point if local(e) == "content"), "")
                    label = next((clean(" ".join(e.itertext())) for e in point if local(e) == "navLabel"), "")
                    found.setdefault(resolved(path, target), label)
        return found

    def _page(self, path: str) -> Any:
        data = self._package.data(path)
        if b"<!ENTITY" in data:
            raise fail(
                "xml-entities", f"{path[:100]} declares entities of its own", Place(self._source.name), "Save it again."
            )
        try:
            return lxml_html.document_fromstring(data, parser=embedded.PARSER) if data.strip() else None
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return None

    def _chapters(self, toc: dict[str, str]) -> Iterator[_Chapter]:
        guide = {
            resolved(self._opf, attribute(e, "href")): attribute(e, "type").lower()
            for e in self._tree.iter("{*}reference")
        }
        spine = list(self._tree.iter("{*}itemref"))
        if len(spine) > MOST:
            message = f"the last {len(spine) - MOST:,} of its files are not read: a book is read up to its {MOST}th"
            self._problems.append(error("too-large", message, Place(self._source.name), "Split the book."))
        for ref in spine[:MOST]:
            item = self._items.get(attribute(ref, "idref"))
            if item is None:
                continue
            path = resolved(self._opf, attribute(item, "href"))
            try:
                tree = self._page(path)
            except BroadsheetError as cause:
                self._problems.append(msgspec.structs.replace(cause.problem, severity="error"))
                continue
            if tree is None:
                message = f"its file {path[:100]} is missing or cannot be read"
                self._problems.append(warning("damaged", message, Place(self._source.name), "Save the book again."))
                continue
            yield self._chapter(tree, path, toc, _why(item, ref, path, guide.get(path, ""), tree))

    def _chapter(self, tree: Any, path: str, toc: dict[str, str], why: str) -> _Chapter:
        title = clean(tree.findtext(".//title") or "")
        body = tree.find("body")
        body = body if body is not None else tree
        outline = [_text(node) for node in body.iter("nav")]
        etree.strip_elements(body, *_SILENT, with_tail=False)
        _mark_notes(body)
        blocks = read_blocks(body)
        found = list(self._pieces(blocks, path))
        found += [pieces.dropped(text, "a table of contents") for text in outline if text]
        texts = [one for one in found if one.kind not in ("", "img")]
        words = sum(lines.count(one.text) for one in texts)
        headed = bool(texts) and texts[0].kind == "h"
        if not why and headed and len(texts[0].text) < 40 and _HEADED.fullmatch(texts[0].text.strip(" .:")):
            why = "the table of contents or colophon"
        goes_on = not why and bool(toc) and path not in toc and not headed
        says = headed and any(one.kind == "p" and _SENTENCE.search(one.text) for one in texts)
        if not why and words < _LEAST and not goes_on and not says:
            why = "a page without a text"
        label = toc.get(path, "")
        return _Chapter(found, label or title, why, goes_on)

    def _pieces(self, blocks: list[Block], path: str) -> Iterator[pieces.DocumentPiece]:
        """The blocks of a page as pieces."""
        for block in blocks:
            if block.kind == "img":
                yield self._picture(block, path)
            elif block.kind == "embed":
                yield pieces.dropped(block.text or block.src, "what the page embeds from elsewhere")
            else:
                strong = block.kind == "p" and all(span.strong for span in block.spans if span.text.strip())
                yield pieces.DocumentPiece(block.text, (block,), strong=strong)

    def _picture(self, block: Block, path: str) -> pieces.DocumentPiece:
        outside = re.match(r"[a-z][a-z0-9+.-]*:", block.src, re.IGNORECASE) is not None
        if outside:
            return pieces.dropped(block.text or block.src, "a picture that lies elsewhere")
        name, why = self._pictures.take(resolved(path, block.src))
        return pieces.picture(name, block.text) if name else pieces.dropped(block.text or block.src, why)


def _mark_notes(body: Any) -> None:
    """Write the marks of notes as "[1]", and take away what leads back from them."""
    for link in list(body.iter("a")):
        kinds = f"{link.get('epub:type') or ''} {link.get('role') or ''} {link.get('class') or ''}".lower()
        text = clean("".join(link.itertext()))
        if "backlink" in kinds or "footnote-back" in kinds or text.strip("\ufe0e\ufe0f") in ("↩", "↑", "^", "⏎"):
            link.drop_tree()
        elif (
            "noteref" in kinds
            or "footnote-ref" in kinds
            or (link.find("sup") is not None or link.getparent().tag == "sup")
        ) and (text.isalnum() and len(text) <= 4):
            for child in list(link):
                link.remove(child)
            link.text = f"[{text}]"


def _why(item: Any, ref: Any, path: str, guide: str, tree: Any) -> str:
    """Why a file of the spine is no chapter; "" where it is one."""
    properties = attribute(item, "properties").split()
    if "nav" in properties:
        return _NO_CHAPTER["nav"]
    body = tree.find("body")
    kinds = [guide]
    for node in [body, *(body if body is not None and len(body) == 1 else ())]:
        if node is not None:
            kinds += (node.get("epub:type") or node.get("type") or "").lower().split()
            kinds.append((node.get("role") or "").lower().removeprefix("doc-"))
    if kind := next((kind for kind in kinds if kind in _NO_CHAPTER), ""):
        return _NO_CHAPTER[kind]
    if attribute(ref, "linear") == "no":
        return "a page beside the text"
    named = _NAMED.search(path)
    return _NO_CHAPTER[named[1].lower()] if named and len(" ".join(tree.itertext()).split()) < 400 else ""


def _text(node: Any) -> str:
    return clean(" ".join(node.itertext()))[:300]
