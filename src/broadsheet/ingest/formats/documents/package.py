"""The parts of a document that is a zip, and its XML: read within limits of size, ratio and depth.

In: bytes of a zip. Out: parts by their names, trees without entities; of a Word document also ``Parts``: styles, lists,
what it refers to, what it says of itself. What the zip says of sizes is not believed. Source of the names of Word:
ECMA-376, part 1 (WordprocessingML).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec

from broadsheet.errors import BroadsheetError, Place, Problem, fail, warning
from broadsheet.ingest.extract.draft import Source
from broadsheet.ingest.formats.documents import pieces

LARGEST = 48 * 1024 * 1024  # bytes of one part of a document
WHOLE = 192 * 1024 * 1024  # bytes of all parts that are read
_RATIO = 200  # text packs to a tenth; what unfolds two-hundredfold was made to
_SMALL = 1024 * 1024  # bytes below which a ratio says nothing
_PIECE = 1 << 20

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | str:
    """The bytes of one file of a zip, or why they cannot be had. What the zip says of sizes is not believed."""
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > most:
                    return "too large, or the archive is too large in all"
                if size > _SMALL and size > _RATIO * max(info.compress_size, 1):
                    return f"unfolds more than {_RATIO} times"
                pieces.append(piece)
    except BROKEN as cause:
        return f"cannot be unpacked: {cause}"
    return b"".join(pieces)


class Package:
    """A document's parts by their names."""

    def __init__(self, source: Source) -> None:
        """Raises BroadsheetError (``damaged``) where it is no zip that can be opened."""
        self.problems: list[Problem] = []
        self._place = Place(source.name)
        self._left = WHOLE
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source.data))
            self._infos = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        except BROKEN as cause:
            raise self._bad(f"cannot be opened: {cause}") from cause

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._infos)

    def data(self, name: str, most: int = LARGEST) -> bytes:
        """The bytes of a part; none where it is not there. Raises BroadsheetError where it cannot be had."""
        info = self._infos.get(name.lstrip("/"))
        if info is None:
            return b""
        if info.flag_bits & 1:
            raise fail("encrypted", "the document is locked with a password", self._place, "Save it without one.")
        found = unpacked(self._zip, info, min(most, self._left))
        if isinstance(found, str):
            raise self._bad(f"{name[:100]}: {found}")
        self._left -= len(found)
        return found

    def tree(self, name: str) -> Any:
        """A part as a tree; None where it is not there. Raises BroadsheetError where it is no XML within the limits."""
        data = self.data(name)
        return parsed(data, self._place.file, name) if data.strip() else None

    def optional(self, name: str) -> Any:
        """A part as a tree; None, and a problem, where it cannot be had: the rest of the document can be read."""
        try:
            return self.tree(name)
        except BroadsheetError as cause:
            problem = cause.problem
            self.problems.append(
                warning(problem.code, f"{problem.message}: read without it", problem.place, problem.hint)
            )
            return None

    def close(self) -> None:
        """Let go of the zip."""
        self._zip.close()

    def _bad(self, why: str) -> BroadsheetError:
        return fail("damaged", f"the document is damaged: {why}", self._place, "Save it again, or as text.")


class PictureParts(pieces.DocumentPictures):
    """The pictures that are parts of a document, taken as they are met."""

    def __init__(self, package: Package, name: str) -> None:
        super().__init__(name)
        self._package = package
        self._names: dict[str, str] = {}

    def take(self, part: str) -> tuple[str, str]:
        """The name of a picture in the story, or "" and why it is not taken along."""
        if part in self._names:
            return self._names[part], ""
        name = re.sub(r"[^\w.-]+", "-", posixpath.basename(part)) or "picture"
        while name in self.held:
            name = f"x{name}"
        try:
            data = self._package.data(part, pieces.PICTURE + 1)
        except BroadsheetError:
            data = b""
        if why := self.add(name, data):
            return "", why
        self._names[part] = name
        return name, ""


def parsed(data: bytes, shown: str, name: str = "") -> Any:
    """XML as a tree. Raises BroadsheetError: ``xml-entities`` where it declares any, ``damaged`` where it is none."""
    if b"<!DOCTYPE" in data[:4096] and b"<!ENTITY" in data:
        raise fail(
            "xml-entities", "the document declares entities of its own", Place(shown), "Save it again, or as text."
        )
    from lxml import etree  # an archive of plain text needs none

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        where = f" ({name})" if name else ""
        message = f"the document is damaged: not well-formed XML{where}: {str(cause)[:200]}"
        raise fail("damaged", message, Place(shown), "Save it again, or as text.") from cause


def local(element: Any) -> str:
    """The name of an element without its namespace; "" for what is none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without its namespace."""
    plain = element.get(name)
    if plain is not None:
        return str(plain)
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def resolved(base: str, target: str) -> str:
    """The name of a part that an address in the part ``base`` leads to."""
    path = unquote(target.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path)).lstrip("/") if path else ""


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
