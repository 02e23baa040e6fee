"""An OpenDocument text (.odt) → its stories.

In: a ``Source`` that holds an OpenDocument package. Out: drafts. What a tracked change deleted, annotations, running
heads and tables of contents stay out: each is named in the fates. Source of the names: OASIS OpenDocument 1.3, part 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.blocks import BREAK, Kind, Span
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import documents
from broadsheet.ingest.formats.documents import pieces
from broadsheet.ingest.formats.documents.package import Package, PictureParts, attribute, local, resolved

_DEEP = 60  # sections, lists and tables within one another
_INDEXES = frozenset(
    (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
        "bibliography",
    )
)
_FIELDS = frozenset(("page-number", "page-count", "page-continuation", "hidden-text", "hidden-paragraph", "script"))
_ASIDE = frozenset(("note", "annotation", "frame", "custom-shape", "ruby"))
_SIGNS = {"s": Span(" "), "tab": Span(" "), "line-break": BREAK}
_THROUGH = frozenset(("section", "index-body", "list-header", "numbered-paragraph", "text-box"))
_REPEATED = 64  # times that a cell or a row stands at most


class _Style(msgspec.Struct, frozen=True):
    """What a style means: its names with those that it is made from, and its emphasis."""

    names: tuple[str, ...] = ()
    strong: bool = False
    emphasis: bool = False
    numbering: str = ""
    level: int = 0
    hidden: bool = False


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a document.

    Raises BroadsheetError: ``damaged`` and ``xml-entities`` for a damaged or hostile one,
    ``encrypted``, ``no-story`` where it has no text.
    """
    package = Package(source)
    try:
        if b"encryption-data" in package.data("META-INF/manifest.xml"):
            raise fail(
                "encrypted", "the document is locked with a password", Place(source.name), "Save it without one."
            )
        body = _Body(package, source.name)
        found = body.walk()
        about = msgspec.structs.replace(_properties(package), aside=tuple(body.aside))
        problems = (*package.problems, *body.pictures.problems())
        return documents.drafts(source, hints, found, about, body.pictures.held, problems)
    finally:
        package.close()


def _properties(package: Package) -> pieces.Properties:
    root = package.optional("meta.xml")
    said: dict[str, str] = {}
    for node in root.iter() if root is not None else ():
        said.setdefault(local(node), (node.text or "").strip())
    author = said.get("initial-creator") or said.get("creator", "")
    return pieces.Properties(
        said.get("title", ""),
        author,
        pieces.moment(said.get("creation-date", "")),
        pieces.moment(said.get("date", "")),
        pieces.tongue(said.get("language", "")),
    )


class _Body:
    """The walk over a document's text; pieces come out in reading order."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._name = package, name
        self.pictures = PictureParts(package, name)
        self.aside: list[str] = []
        self._pieces: list[pieces.DocumentPiece] = []
        self._later: list[pieces.DocumentPiece | Any] = []  # pictures and boxes of the paragraph in hand
        self._notes: list[Any] = []
        self._styles: dict[str, _Style] = {}
        self._ordered: set[tuple[str, int]] = set()  # lists and their levels that count

    def walk(self) -> list[pieces.DocumentPiece]:
        """Every piece of the document."""
        root = self._package.tree("content.xml")
        styles = self._package.optional("styles.xml")
        text = next(root.iter("{*}text"), None) if root is not None else None
        if text is None or local(text.getparent()) != "body":
            raise fail("damaged", "the document is damaged: it has no text part", Place(self._name), "Save it again.")
        self._read_styles([tree for tree in (styles, root) if tree is not None])
        self._blocks(text, 0)
        self._add_notes()
        for kind, why in (("header", "the head of the page"), ("footer", "the foot of the page")):
            for node in styles.iter("{*}" + kind, "{*}" + kind + "-first") if styles is not None else ():
                said = _said(node)
                self._drop(said, why)
                self.aside += [said] if kind == "header" and said else []
        return self._pieces

    def _read_styles(self, trees: list[Any]) -> None:
        nodes = {attribute(node, "name"): node for tree in trees for node in tree.iter("{*}style")}
        for tree in trees:
            for node in tree.iter("{*}list-style"):
                for level in node:
                    if local(level) == "list-level-style-number" and attribute(level, "num-format"):
                        self._ordered.add((attribute(node, "name"), _number(attribute(level, "level"), 1)))

        def style(name: str, depth: int = 0) -> _Style:
            if name in self._styles or name not in nodes or depth > 20:
                return self._styles.get(name, _Style((name.lower(),) if name else ()))
            node = nodes[name]
            base = style(attribute(node, "parent-style-name"), depth + 1)
            text = next((child for child in node if local(child) == "text-properties"), None)
            weight, slant = (
                (attribute(text, "font-weight"), attribute(text, "font-style")) if text is not None else ("", "")
            )
            level = attribute(node, "default-outline-level")
            self._styles[name] = _Style(
                ((attribute(node, "display-name") or name).lower(), name.lower(), *base.names),
                weight in ("bold", "600", "700", "800", "900") if weight else base.strong,
                slant in ("italic", "oblique") if slant else base.emphasis,
                attribute(node, "list-style-name") or base.numbering, _number(level, base.level),
                (text is not None and attribute(text, "display") == "none") or base.hidden,
            )  # fmt: skip
            return self._styles[name]

        for name in nodes:
            style(name)

    # ---- blocks

    def _blocks(self, parent: Any, depth: int) -> None:
        if depth > _DEEP:
            self._drop(_said(parent), "nested too deep")
            return
        for node in parent:
            name = local(node)
            if name in ("h", "p"):
                self._paragraph(node, depth)
            elif name == "list":
                self._list(node, depth, "", 1)
            elif name == "table":
                self._table(node, depth)
            elif name in _INDEXES:
                self._drop(_said(node), "a table of contents or index")
            elif name == "tracked-changes":
                self._changes(node)
            elif name in _THROUGH:
                hidden = attribute(node, "display") == "none"
                self._drop(_said(node), "a hidden section") if hidden else self._blocks(node, depth + 1)
            elif name == "frame":
                self._later = []
                self._frame(node)
                self._flush(depth)

    def _changes(self, node: Any) -> None:
        for change in node.iter("{*}deletion"):
            who = next((e.text or "" for e in change.iter("{*}creator")), "")
            said = " ".join(_said(child) for child in change if local(child) != "change-info")
            self._drop(said, f"deleted in a tracked change{f' by {who[:80]}' if who else ''}")

    def _paragraph(self, node: Any, depth: int, listed: tuple[int, int] = (0, 0)) -> None:
        """A paragraph; ``listed`` is the depth of the item that it is, and its number."""
        style = self._styles.get(attribute(node, "style-name")) or _Style((attribute(node, "style-name").lower(),))
        self._later = []
        if style.hidden:
            self._drop(_said(node), "hidden text")
            return
        heading = local(node) == "h"
        level = _number(attribute(node, "outline-level"), style.level or 1) if heading else 0
        spans = list(self._spans(node, _Style() if heading else style))
        title = "title" in style.names or "titel" in style.names or "titre" in style.names
        caption = not heading and any(
            name in ("caption", "illustration", "figure", "table", "drawing") for name in style.names
        )
        quoted = any(name.startswith(("quotation", "quote")) for name in style.names)
        at, number = listed
        kind: Kind = "h" if heading else "li" if at else "caption" if caption else "quote" if quoted else "p"
        made = pieces.piece(
            "p" if title else kind,
            spans,
            level=at or min(level, 6),
            ordered=number,
            quoted=kind == "quote",
            title=title,
        )
        if made:
            self._pieces.append(made)
        self._flush(depth)

    def _flush(self, depth: int) -> None:
        """Add what was drawn in the paragraph before."""
        later, self._later = self._later, []
        for one in later:
            if isinstance(one, pieces.DocumentPiece):
                self._pieces.append(one)
            else:
                self._blocks(one, depth + 1)

    def _list(self, node: Any, depth: int, outer: str, level: int) -> None:
        name = attribute(node, "style-name") or outer
        number = 0
        for item in node:
            if local(item) not in ("list-item", "list-header"):
                continue
            number += 1
            first = True
            for child in item:
                kind = local(child)
                if kind in ("p", "h") and depth < _DEEP:
                    counts = number if (name, level) in self._ordered else 0
                    plain = kind == "h" or not first
                    self._paragraph(child, depth, (0, 0) if plain else (level, counts))
                    first = False
                elif kind == "list" and depth < _DEEP:
                    self._list(child, depth + 1, name, level + 1)
                elif depth >= _DEEP:
                    self._drop(_said(child), "nested too deep")

    def _table(self, node: Any, depth: int) -> None:
        """A table's rows; one that only arranges the page is read cell after cell."""
        rows = [
            [cell for cell in row if local(cell) in ("table-cell", "covered-table-cell")]
            for row in node.iter("{*}table-row")
            if next((up for up in row.iterancestors() if local(up) == "table"), None) is node
        ]
        simple = all(
            next(cell.iter("{*}table"), None) is None and len(_said(cell)) <= 200 for row in rows for cell in row
        )
        if not simple or max(map(len, rows), default=0) < 2:
            for row in rows:
                for cell in row:
                    self._blocks(cell, depth + 1)
            return
        for row in rows:
            cells: list[list[Span]] = []
            later: list[pieces.DocumentPiece | Any] = []
            for cell in row:
                self._later = []
                spans: list[Span] = []
                for paragraph in cell.iter("{*}p", "{*}h"):
                    spans += [Span(" ")] * bool(spans) + list(self._spans(paragraph, _Style()))
                later += self._later
                again = attribute(cell, "number-columns-repeated")
                cells += [spans] * (min(_number(again, 1), _REPEATED) if spans else 1)
            if made := pieces.row(cells):
                self._pieces.append(made)
            self._later = later
            self._flush(depth)

    # ---- runs

    def _spans(self, node: Any, style: _Style, href: str = "", depth: int = 0) -> Iterator[Span]:
        """The text of a paragraph, with links and emphasis."""
        if node.text:
            yield Span(node.text, href, style.strong, style.emphasis)
        for child in node:
            name = local(child)
            if depth > _DEEP:
                yield Span(_said(child))
            elif name == "span":
                own = self._styles.get(attribute(child, "style-name"), _Style())
                if own.hidden:
                    self._later.append(pieces.dropped(_said(child), "hidden text"))
                else:
                    strong, emphasis = own.strong or style.strong, own.emphasis or style.emphasis
                    yield from self._spans(child, _Style((), strong, emphasis), href, depth + 1)
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name in _ASIDE:
                yield from self._beside(child, style, href, depth)
            elif name not in _FIELDS and isinstance(child.tag, str):
                address = attribute(child, "href") if name == "a" else href
                yield from self._spans(child, style, address, depth + 1)
            if child.tail:
                yield Span(child.tail, href, style.strong, style.emphasis)

    def _beside(self, node: Any, style: _Style, href: str, depth: int) -> Iterator[Span]:
        """What hangs on a place of the text: a note, a comment, a frame, a reading aid."""
        name = local(node)
        if name == "note":
            self._notes.append(node)
            yield Span(f"[{len(self._notes)}]")
        elif name == "annotation":
            who = next((e.text or "" for e in node.iter("{*}creator")), "")
            said = " ".join(_said(p) for p in node if local(p) in ("p", "list"))
            self._later.append(pieces.dropped(said, f"a comment{f' by {who[:80]}' if who else ''}"))
        elif name == "frame":
            self._frame(node)
        elif name == "custom-shape":
            self._later.append(node)
        else:
            for base in node:
                if local(base) == "ruby-base":
                    yield from self._spans(base, style, href, depth + 1)

    def _frame(self, node: Any) -> None:
        """A picture, a text box, or something that cannot be taken along."""
        alt = next((e.text or "" for e in node.iter("{*}desc", "{*}title")), "")
        for child in node:
            name = local(child)
            if name == "text-box":
                self._later.append(child)
                return
            if name == "image":
                address = attribute(child, "href")
                outside = "://" in address
                taken, why = (
                    ("", "a picture that lies elsewhere")
                    if outside
                    else self.pictures.take(resolved("content.xml", address))
                )
                self._later.append(pieces.picture(taken, alt) if taken else pieces.dropped(alt or address, why))
                return
        what = "an embedded object, which cannot be taken along"
        self._later.append(pieces.dropped(alt or attribute(node, "name") or "an object", what))

    def _add_notes(self) -> None:
        for number, node in enumerate(self._notes, 1):
            body = next(node.iter("{*}note-body"), None)
            spans: list[Span] = [Span(f"[{number}] ")]
            for paragraph in body.iter("{*}p") if body is not None else ():
                spans += [Span(" "), *self._spans(paragraph, _Style())]
            if made := pieces.piece("p", spans):
                self._pieces.append(msgspec.structs.replace(made, why=pieces.NOTE))

    def _drop(self, text: str, why: str) -> None:
        if text.strip():
            self._pieces.append(pieces.dropped(text, why))


def _said(node: Any) -> str:
    """All text of an element."""
    return " ".join(" ".join(node.itertext()).split())


def _number(text: str, default: int) -> int:
    """A number as an attribute has it; ``default`` where it is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else default
