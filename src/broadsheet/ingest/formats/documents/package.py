"""The parts of a document that is a zip, and its XML: read within limits of size, ratio and depth.

In: bytes of a zip. Out: parts by their names, trees without entities. What the zip says of sizes is not believed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from broadsheet.errors import BroadsheetError, Place, Problem, fail, warning
from broadsheet.ingest.extract.draft import Source

LARGEST = 48 * 1024 * 1024  # bytes of one part of a document
WHOLE = 192 * 1024 * 1024  # bytes of all parts that are read
PICTURE = 16 * 1024 * 1024  # bytes of a picture in a document
PICTURES = 48 * 1024 * 1024  # bytes of all of them
_RATIO = 200  # text packs to a tenth; what unfolds two-hundredfold was made to
_SMALL = 1024 * 1024  # bytes below which a ratio says nothing
_PIECE = 1 << 20
_WEB = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|.{4}ftypavi[fs]", re.DOTALL)

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


class PictureParts:
    """The pictures that a document brings, taken as they are met, within limits. ``held`` are those that were taken."""

    def __init__(self, package: Package, name: str) -> None:
        self.held: dict[str, bytes] = {}
        self._package, self._place, self._left = package, Place(name), PICTURES
        self._cut: list[str] = []
        self._names: dict[str, str] = {}

    def take(self, part: str, alt: str) -> tuple[str, str]:
        """The name of a picture in the story, or "" and why it is not taken along."""
        if part in self._names:
            return self._names[part], ""
        name = re.sub(r"[^\w.-]+", "-", posixpath.basename(part)) or "picture"
        while name in self.held:
            name = f"x{name}"
        try:
            data = self._package.data(part, PICTURE + 1)
        except BroadsheetError:
            data = b""
        if why := self.add(name, data):
            return "", why
        del alt
        self._names[part] = name
        return name, ""

    def add(self, name: str, data: bytes) -> str:
        """Take a picture along; why not, where it cannot be."""
        if not data:
            return "a picture that cannot be read"
        if not _WEB.match(data):
            return "a picture of a kind that browsers do not show"
        if len(data) > min(PICTURE, self._left):
            self._cut.append(name)
            return "a picture that is too large"
        self._left -= len(data)
        self.held[name] = data
        return ""

    def problems(self) -> list[Problem]:
        """What was cut for its size."""
        if not self._cut:
            return []
        message = f"{len(self._cut)} of its pictures are not taken along: they are too large, or too many together"
        return [warning("too-large", message, self._place, "Put them beside the story, smaller.")]


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
