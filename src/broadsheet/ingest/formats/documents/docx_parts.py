"""The parts of a Word document beside its text: styles, lists, what it refers to, what it says of itself.

In: the package of a document. Out: ``Parts``. Source of the names: ECMA-376, part 1 (WordprocessingML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet.ingest.formats.documents import pieces
from broadsheet.ingest.formats.documents.package import Package, attribute, local, resolved

_HEADING = re.compile(
    r"heading\s*(\d)|(?:überschrift|titre|título|titolo|kop|rubrik|overskrift|nagłówek)\s*(\d)", re.IGNORECASE
)
TITLE = frozenset(("title", "titel", "titre", "título", "titolo"))


class Style(msgspec.Struct, frozen=True):
    """What a paragraph's or a run's style means."""

    name: str = ""
    level: int = 0
    strong: bool = False
    emphasis: bool = False
    numbering: tuple[str, int] | None = None


class Parts:
    """The parts of one document, read once; ``main`` is the name of its text, ``links`` what that refers to."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.main = self._part_of("", "officeDocument") or "word/document.xml"
        self.links = self.relations(self.main)
        self.styles = self._read_styles()
        self.numbered = self._read_numbering()

    def relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """The parts and addresses that a part refers to, by id: kind, target, whether that lies outside."""
        folder, _, name = part.rpartition("/")
        root = self._package.optional(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
        found = {}
        for one in root if root is not None else ():
            kind, target = attribute(one, "Type").rpartition("/")[2], attribute(one, "Target")
            outside = attribute(one, "TargetMode") == "External"
            found[attribute(one, "Id")] = (kind, target if outside else resolved(part, target), outside)
        return found

    def _part_of(self, part: str, kind: str) -> str:
        return next((target for what, target, _ in self.relations(part).values() if what == kind), "")

    def others(self, kind: str) -> Iterator[tuple[str, Any]]:
        """The parts of a kind that belong to the text."""
        for what, target, outside in list(self.links.values()):
            if what == kind and not outside and (root := self._package.optional(target)) is not None:
                yield target, root

    def _read_styles(self) -> dict[str, Style]:
        root = next((root for _, root in self.others("styles")), None)
        nodes = {
            attribute(node, "styleId"): node for node in (root if root is not None else ()) if local(node) == "style"
        }
        found: dict[str, Style] = {}

        def style(known: str, depth: int = 0) -> Style:
            if known in found or known not in nodes or depth > 20:
                return found.get(known, Style())
            node = nodes[known]
            base = (
                style(attribute(based, "val"), depth + 1) if (based := child(node, "basedOn")) is not None else Style()
            )
            name = attribute(named, "val") if (named := child(node, "name")) is not None else known
            heading = _HEADING.match(name)
            level = int(next(filter(None, heading.groups()))) if heading else base.level
            para, run = child(node, "pPr"), child(node, "rPr")
            if not heading and (outline := child(para, "outlineLvl")) is not None:
                level = number(attribute(outline, "val"), 9) + 1
            inherited = base.name if base.name.lower() in TITLE and not heading else name
            found[known] = Style(
                inherited if name.lower() not in TITLE else name, level if level < 10 else 0, is_on(run, "b",
                base.strong),
                is_on(run, "i", base.emphasis), self.list_of(para) or base.numbering,
            )  # fmt: skip
            return found[known]

        for known in nodes:
            style(known)
        return found

    @staticmethod
    def list_of(properties: Any) -> tuple[str, int] | None:
        """The list and level that a paragraph's properties put it into; id "0" takes it out of any."""
        numbers = child(properties, "numPr")
        if numbers is None:
            return None
        known, level = child(numbers, "numId"), child(numbers, "ilvl")
        at = number(attribute(level, "val"), 0) if level is not None else 0
        return (attribute(known, "val"), at) if known is not None else None

    def _read_numbering(self) -> dict[str, dict[int, str]]:
        """For each list how the items of each level are marked."""
        root = next((root for _, root in self.others("numbering")), None)
        shapes: dict[str, dict[int, str]] = {}
        lists: dict[str, dict[int, str]] = {}
        for node in root if root is not None else ():
            if local(node) == "abstractNum":
                levels = {
                    number(attribute(lvl, "ilvl"), 0): child(lvl, "numFmt") for lvl in node if local(lvl) == "lvl"
                }
                shapes[attribute(node, "abstractNumId")] = {
                    n: attribute(fmt, "val") if fmt is not None else "decimal" for n, fmt in levels.items()
                }
            elif local(node) == "num" and (of := child(node, "abstractNumId")) is not None:
                lists[attribute(node, "numId")] = shapes.get(attribute(of, "val"), {})
        return lists


def properties(package: Package) -> pieces.Properties:
    """What the document says of itself."""
    root = package.optional("docProps/core.xml")
    said = {local(child): (child.text or "").strip() for child in root} if root is not None else {}
    return pieces.Properties(
        said.get("title", ""), said.get("creator", ""), pieces.moment(said.get("created", "")),
        pieces.moment(said.get("modified", "")),
        pieces.tongue(said.get("language", "")),
    )  # fmt: skip


def child(node: Any, name: str) -> Any:
    """The first child of an element by its name; None where there is none, or no element."""
    return next((child for child in node if local(child) == name), None) if node is not None else None


def is_on(properties: Any, name: str, default: bool) -> bool:  # noqa: FBT001, a value and no switch
    """Whether a property such as bold is set, or what it is by default."""
    found = child(properties, name)
    return default if found is None else attribute(found, "val").lower() not in ("0", "false", "off", "none")


def number(text: str, default: int, base: int = 10) -> int:
    """A number as an attribute has it, never below 0; ``default`` where it is none."""
    try:
        return max(0, int(text, base))
    except ValueError:
        return default


def unknown(known: str) -> Style:
    """What the id of a style tells that the document does not describe."""
    heading = _HEADING.match(known)
    return Style(known, int(next(filter(None, heading.groups()))) if heading else 0)
