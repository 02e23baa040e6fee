"""A Word document (.docx) → its stories.

In: a ``Source`` that holds an Office Open XML package. Out: drafts. Insertions of tracked changes are read and
deletions are not, and comments, running heads and hidden text stay out: each is named in the fates. Source of the
names: ECMA-376, part 1 (WordprocessingML).
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
from broadsheet.ingest.formats.documents.package import (
    TITLE,
    Package,
    Parts,
    PictureParts,
    Style,
    attribute,
    child,
    is_on,
    local,
    number,
    properties,
    unknown,
)

_DEEP = 60  # tables and text boxes within one another
_MADE = re.compile(r"(?:toc \d|toc heading|table of figures|index \d)\Z", re.IGNORECASE)  # paragraphs that Word makes
_THROUGH = frozenset(
    (
        "sdt",
        "sdtContent",
        "smartTag",
        "customXml",
        "ins",
        "moveTo",
        "dir",
        "bdo",
        "ruby",
        "rubyBase",
        "fldSimple",
        "hyperlink",
    )
)
_DRAWN = frozenset(("drawing", "pict", "object", "AlternateContent"))
_MATH = frozenset(("oMath", "oMathPara"))
_NUMBERS = frozenset(("page", "numpages", "sectionpages", "pageref"))  # fields that are of no use off the page


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a document.

    Raises BroadsheetError: ``damaged`` and ``xml-entities`` for a damaged or hostile one,
    ``encrypted``, ``no-story`` where it has no text.
    """
    package = Package(source)
    try:
        body = _Body(package, source.name)
        found = body.walk()
        about = msgspec.structs.replace(properties(package), aside=tuple(body.aside))
        problems = (*package.problems, *body.pictures.problems())
        return documents.drafts(source, hints, found, about, body.pictures.held, problems)
    finally:
        package.close()


class _Body:
    """The walk over a document's text; pieces come out in reading order."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._name = package, name
        self._parts = Parts(package)
        self.pictures = PictureParts(package, name)
        self.aside: list[str] = []
        self._counts: dict[tuple[str, int], int] = {}
        self._notes: list[tuple[str, str]] = []  # the kind and id of each note, in the order of their marks
        self._pieces: list[pieces.DocumentPiece] = []
        self._fields: list[str] = []  # instructions of the fields that are open
        self._results: list[bool] = []  # whether each of them shows its result now
        self._boxes: list[Any] = []
        self._dropped: list[pieces.DocumentPiece] = []
        self._links_of = self._parts.links

    def walk(self) -> list[pieces.DocumentPiece]:
        """Every piece of the document."""
        root = self._package.tree(self._parts.main)
        body = next((child for child in root if local(child) == "body"), None) if root is not None else None
        if body is None:
            raise fail("damaged", "the document is damaged: it has no text part", Place(self._name), "Save it again.")
        self._blocks(body, 0)
        self._add_notes()
        self._beside()
        return self._pieces

    # ---- blocks

    def _blocks(self, parent: Any, depth: int) -> None:
        for node in parent:
            name = local(node)
            if name == "p":
                self._paragraph(node, depth)
            elif name == "tbl":
                self._table(node, depth)
            elif name == "sdt" and _is_contents(node):
                self._drop("".join(_said(node)), "a table of contents")
            elif name in _THROUGH:
                self._blocks(node, depth)
            elif name in ("del", "moveFrom"):
                self._drop_change(node)
            elif name == "AlternateContent" and len(node):
                self._blocks(node[0], depth)
            elif name == "altChunk":
                self._drop("a part in another format", "a part in another format, which is not read")

    def _paragraph(self, node: Any, depth: int) -> None:
        properties = child(node, "pPr")
        styled = child(properties, "pStyle")
        known = attribute(styled, "val") if styled is not None else ""
        style = self._parts.styles.get(known) or unknown(known)
        self._boxes, self._dropped = [], []
        spans = list(self._runs(node, style if style.level == 0 else Style()))
        boxes, left = self._boxes, self._dropped
        text = "".join(span.text for span in spans).strip()
        if _MADE.match(style.name) and text:
            self._drop(text, "a line of a table of contents")
        else:
            self._add(spans, style, self._parts.list_of(properties) or style.numbering, properties)
        self._pieces += left
        for box in boxes:
            if depth < _DEEP:
                self._blocks(box, depth + 1)

    def _add(self, spans: list[Span], style: Style, listed: tuple[str, int] | None, properties: Any) -> None:
        name, level = style.name.lower(), style.level
        if (outline := child(properties, "outlineLvl")) is not None and (
            at := number(attribute(outline, "val"), 9)
        ) < 9:
            level = at + 1
        kind: Kind = (
            "h"
            if level
            else "caption"
            if "caption" in name
            else "quote"
            if "quote" in name or name == "block text"
            else "p"
        )
        ordered, depth = 0, 0
        item = (listed and listed[0] not in ("", "0")) or name.startswith(("list bullet", "list number"))
        if item and kind == "p":
            known, at = listed or (name, 0)
            form = self._parts.numbered.get(known, {}).get(at, "decimal" if "number" in name else "bullet")
            kind, depth = "li", at + 1
            if form not in ("bullet", "none"):
                ordered = self._counts[known, at] = self._counts.get((known, at), 0) + 1
            for deeper in [key for key in self._counts if key[0] == known and key[1] > at]:
                del self._counts[deeper]
        title = name in TITLE
        for part in _parted(spans):
            made = pieces.piece(
                "p" if title else kind, part, level=level or depth, ordered=ordered, quoted=kind == "quote", title=title
            )
            if made:
                self._pieces.append(made)

    def _table(self, node: Any, depth: int) -> None:
        """A table's rows; one that only arranges the page, or is nested too deep, is read cell after cell."""
        rows = [
            [cell for cell in row.iter("{*}tc") if _within(cell, row)]
            for row in node.iter("{*}tr")
            if _within(row, node, "tbl")
        ]
        simple = all(
            len(list(cell.iter("{*}tbl"))) == 0 and len("".join(_said(cell))) <= 200 for row in rows for cell in row
        )
        if depth >= _DEEP or not simple or max(map(len, rows), default=0) < 2:
            for row in rows:
                for cell in row:
                    self._blocks(cell, depth + 1) if depth < _DEEP else self._drop(
                        "".join(_said(cell)), "nested too deep"
                    )
            return
        for row in rows:
            cells: list[list[Span]] = []
            boxes: list[Any] = []
            left: list[pieces.DocumentPiece] = []
            for cell in row:
                spans: list[Span] = []
                for paragraph in cell.iter("{*}p"):
                    self._boxes, self._dropped = [], []
                    spans += [Span(" ")] * bool(spans) + list(self._runs(paragraph, Style()))
                    boxes += self._boxes
                    left += self._dropped
                cells.append(spans)
                properties = child(cell, "tcPr")
                wide = child(properties, "gridSpan")
                cells += [[] for _ in range(min(number(attribute(wide, "val"), 1), 64) - 1)] if wide is not None else []
            if made := pieces.row(cells):
                self._pieces.append(made)
            self._pieces += left
            for box in boxes:
                self._blocks(box, depth + 1)

    # ---- runs

    def _runs(self, parent: Any, style: Style, href: str = "") -> Iterator[Span]:
        """The text of a paragraph, with links and emphasis."""
        for node in parent:
            name = local(node)
            if name == "r":
                yield from self._run(node, style, href or self._field_link())
            elif name == "hyperlink":
                kind, target, outside = self._links_of.get(attribute(node, "id"), ("", "", False))
                yield from self._runs(node, style, target if kind == "hyperlink" and outside else href)
            elif name == "fldSimple":
                if _field(attribute(node, "instr")) not in _NUMBERS:
                    yield from self._runs(node, style, href or _address(attribute(node, "instr")))
            elif name in _THROUGH:
                yield from self._runs(node, style, href)
            elif name in ("del", "moveFrom"):
                self._drop_change(node, here=True)
            elif name in _MATH:
                yield Span(" ".join(filter(None, (t.text for t in node.iter("{*}t")))))
            elif name == "AlternateContent" and len(node):
                yield from self._runs(node[0], style, href)

    def _run(self, node: Any, style: Style, href: str) -> Iterator[Span]:
        properties = child(node, "rPr")
        styled = child(properties, "rStyle")
        own = self._parts.styles.get(attribute(styled, "val"), Style()) if styled is not None else Style()
        if is_on(properties, "vanish", default=False) or is_on(properties, "webHidden", default=False):
            self._drop("".join(_said(node)), "hidden text", here=True)
            return
        strong = is_on(properties, "b", own.strong or own.name.lower() == "strong" or style.strong)
        emphasis = is_on(properties, "i", own.emphasis or own.name.lower() == "emphasis" or style.emphasis)
        for part in node:
            name = local(part)
            if name == "fldChar":
                self._field_mark(attribute(part, "fldCharType"))
            elif name == "instrText" and self._fields:
                self._fields[-1] += part.text or ""
            elif name in ("footnoteReference", "endnoteReference"):
                self._notes.append((name.removesuffix("Reference"), attribute(part, "id")))
                yield Span(f"[{len(self._notes)}]")
            elif name in _DRAWN:
                for one in part[:1] if name == "AlternateContent" else [part]:
                    self._drawing(one)
            elif self._shown() and (text := _signs(part, name)):
                yield BREAK if text == "\n" else Span(text, href, strong, emphasis)

    def _field_mark(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
            self._results.append(False)
        elif kind == "separate" and self._results:
            self._results[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()
            self._results.pop()

    def _shown(self) -> bool:
        """Whether text is shown here: none of a field's instruction is, and no page number."""
        return all(self._results) and not any(_field(field) in _NUMBERS for field in self._fields)

    def _field_link(self) -> str:
        return next((address for field in self._fields if (address := _address(field))), "")

    def _drawing(self, node: Any) -> None:
        """What is drawn in the text: a picture, a text box, or something that cannot be taken along."""
        boxes = [
            box for box in node.iter("{*}txbxContent") if not any(local(up) == "Fallback" for up in box.iterancestors())
        ]
        self._boxes += [box for box in boxes if not any(up in boxes for up in box.iterancestors())]
        alt = next(
            (attribute(e, "descr") or attribute(e, "alt") for e in node.iter("{*}docPr", "{*}shape") if len(e.attrib)),
            "",
        )
        found = [e for e in node.iter("{*}blip", "{*}imagedata") if not any(up in boxes for up in e.iterancestors())]
        for one in found:
            known = attribute(one, "embed") or attribute(one, "id") or attribute(one, "link")
            kind, target, outside = self._links_of.get(known, ("", "", False))
            if kind != "image":
                continue
            name, why = ("", "a picture that lies elsewhere") if outside else self.pictures.take(target)
            self._dropped.append(pieces.picture(name, alt) if name else pieces.dropped(alt or target, why))
        if not found and not boxes:
            what = "an embedded object" if local(node) == "object" else "a drawing, chart or diagram"
            self._dropped.append(pieces.dropped(alt or what, f"{what}, which cannot be taken along"))

    # ---- what is left out

    def _drop(self, text: str, why: str, *, here: bool = False) -> None:
        if text.strip():
            (self._dropped if here else self._pieces).append(pieces.dropped(text, why))

    def _drop_change(self, node: Any, *, here: bool = False) -> None:
        who = attribute(node, "author")
        moved = "moved elsewhere" if local(node) == "moveFrom" else "deleted"
        self._drop("".join(_said(node)), f"{moved} in a tracked change{f' by {who[:80]}' if who else ''}", here=here)

    def _add_notes(self) -> None:
        """Footnotes and endnotes, in the order of their marks, below the text."""
        parts = {kind: next(self._parts.others(f"{kind}s"), None) for kind in {kind for kind, _ in self._notes}}
        for count, (kind, known) in enumerate(list(self._notes), 1):
            found = parts.get(kind)
            if not found:
                continue
            target, root = found
            self._links_of = self._parts.relations(target)
            note = next((e for e in root if attribute(e, "id") == known), None)
            spans: list[Span] = [Span(f"[{count}] ")]
            for paragraph in note.iter("{*}p") if note is not None else ():
                self._boxes, self._dropped = [], []
                spans += [Span(" "), *self._runs(paragraph, Style())]
            if len(spans) > 1 and (made := pieces.piece("p", spans)):
                self._pieces.append(msgspec.structs.replace(made, why=pieces.NOTE))
        self._links_of = self._parts.links

    def _beside(self) -> None:
        """Comments, running heads and feet, which are not part of the text."""
        for kind, why in (
            ("comments", "a comment"),
            ("header", "the head of the page"),
            ("footer", "the foot of the page"),
        ):
            for _, root in self._parts.others(kind):
                for one in root if kind == "comments" else [root]:
                    text = " ".join(_paragraph_texts(one))
                    who = (
                        f" by {attribute(one, 'author')[:80]}"
                        if kind == "comments" and attribute(one, "author")
                        else ""
                    )
                    self._drop(text, f"{why}{who}")
                    if kind == "header":
                        self.aside += list(_paragraph_texts(one))[:5]


def _signs(part: Any, name: str) -> str:
    """The characters that a part of a run stands for: text, blanks, a line feed, a form feed where a page ends."""
    if name == "t":
        return part.text or ""
    if name in ("br", "cr"):
        return "\f" if attribute(part, "type") in ("page", "column") else "\n"
    if name == "sym":
        code = number(attribute(part, "char"), 0, base=16)
        return chr(code) if 32 <= code < 0xD800 else ""
    return {"tab": " ", "ptab": " ", "noBreakHyphen": "-"}.get(name, "")


def _paragraph_texts(node: Any) -> Iterator[str]:
    for paragraph in node.iter("{*}p"):
        if text := "".join(_said(paragraph)).strip():
            yield text


def _said(node: Any) -> Iterator[str]:
    """All text of an element, that of deletions too."""
    for part in node.iter("{*}t", "{*}delText", "{*}tab", "{*}br", "{*}p"):
        yield (part.text or "") if local(part) in ("t", "delText") else " "


def _within(node: Any, outer: Any, kind: str = "tr") -> bool:
    """Whether a row or cell belongs to this very table or row, not to one inside it."""
    return next((up for up in node.iterancestors() if local(up) == kind), None) is outer


def _is_contents(node: Any) -> bool:
    gallery = next(node.iter("{*}docPartGallery"), None)
    return gallery is not None and attribute(gallery, "val").lower().startswith(("table of contents", "bibliograph"))


def _field(instruction: str) -> str:
    return instruction.split(maxsplit=1)[0].lower() if instruction.strip() else ""


def _address(instruction: str) -> str:
    found = re.match(r"\s*HYPERLINK\s+\"([^\"]+)\"", instruction, re.IGNORECASE)
    return found[1] if found else ""


def _parted(spans: list[Span]) -> Iterator[list[Span]]:
    """A paragraph's spans, parted where a page ends in it."""
    part: list[Span] = []
    for span in spans:
        if span.text == "\f":
            yield part
            part = []
        else:
            part.append(span)
    yield part
