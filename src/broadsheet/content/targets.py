"""Targets: the places of a Markdown text that say where its links lead and where its pictures lie → others in them.

In: Markdown, and for each link and picture its new address. Out: the same text, byte for byte, but for those addresses.
What the parser takes for no link, such as code or a footnote, is none here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape, unescape
from typing import Literal, NamedTuple

from broadsheet.content import facts, parser
from broadsheet.content.parser import Reference

Edit = tuple[int, int, bytes]  # bytes of the text, and what stands there instead


class Instead(NamedTuple):
    """A text that takes the place of a whole link or picture."""

    text: str


New = Callable[[Reference], str | Instead]


def rewritten(text: str, new: New, *, dropped: re.Pattern[bytes] | None = None, unused: bool = False) -> str:
    """A text with new addresses. ``new`` is asked once for each link and picture, and may answer the old one.

    What ``dropped`` finds at once behind a link or picture of Markdown is left out: attributes of another dialect.
    ``unused`` asks for definitions too that nothing refers to yet.
    """
    data = text.encode()
    edits: list[Edit] = []
    asked: set[tuple[int, int]] = set()
    for extensions in (parser.EXTENSIONS, parser.FOREIGN) if "[^" in text else (parser.EXTENSIONS,):
        found = facts.read(text, extensions).references
        places = _Places(data, text, found, extensions, unused=unused)
        for one in (*found, *places.unused):
            if (one.start, one.end) in asked or one.way == "auto" or one.label.startswith("^"):
                continue
            asked.add((one.start, one.end))
            address = new(one)
            if isinstance(address, Instead):
                edits.append((one.start, one.end, address.text.encode()))
            elif address != one.address:
                edits += places.edit(one, address)
            if dropped and one.way != "html" and (more := dropped.match(data, one.end)):
                edits.append((*more.span(), b""))
    return edited(data, edits) if edits else text


def rewritten_html(text: str, new: Callable[[Reference], str]) -> str:
    """A text that is HTML and no Markdown, with new addresses."""
    parts, at = [], 0
    for tag in parser.tags(text):
        kind, key = _HTML.get(tag.name, ("link", ""))
        value = None if tag.ends else tag.attributes.get(key)
        if value is None:
            continue
        line = text.count("\n", 0, tag.start) + 1
        address = new(Reference(kind, value.text, line, tag.get("alt"), tag.get("title") or "", "html"))
        if address != value.text:
            said = escape(address)
            parts += [text[at : value.start], said if text[value.start - 1] in "\"'" else f'"{said}"']
            at = value.end
    return "".join((*parts, text[at:]))


def edited(data: bytes, edits: Iterable[Edit]) -> str:
    """A text with these edits made; of two that overlap only the first."""
    parts, at = [], 0
    for start, end, words in sorted(edits, key=lambda edit: edit[:2]):
        if start >= at:
            parts += [data[at:start], words]
            at = end
    return b"".join((*parts, data[at:])).decode()


# Before an address there may be blanks and a line's end, with what begins the lines of a quotation.
_BEFORE = re.compile(rb"[ \t]*+(?:\n[ \t>]*+)?")
_ANGLE = re.compile(rb"<((?:[^<>\\\n]|\\.)*+)>")
_LABEL = re.compile(rb"\[(?:[^\[\]\\]|\\.)*+\]:", re.DOTALL)
_WRITTEN = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:#\w+|\w+);)")
_MEANT = re.compile(r"\\(?=[!-/:-@\[-`{-~])|&(?=#?\w+;)")  # what would be read as an escape or an entity
_SPECIAL = re.compile(r"[\s()<>]")
_HTML: Mapping[str, tuple[Literal["link", "picture"], str]] = {"a": ("link", "href"), "img": ("picture", "src")}
_ESCAPED = frozenset(bytes([sign]) for sign in b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_BLANK = 0x20


class _Places:
    """Where the addresses of a text stand."""

    def __init__(
        self, data: bytes, text: str, found: Sequence[Reference], extensions: tuple[str, ...], *, unused: bool
    ) -> None:
        self.unused: list[Reference] = []
        self._data = data
        self._defined: dict[str, int] = {}
        self._pictured: set[str] = set()
        if unused or any(one.way == "reference" for one in found):
            definitions = parser.markdown(extensions).reference_definitions(text)
            self._defined = {_label(label): said["span"]["start"] for label, said in definitions.items()}
            used = {_label(one.label) for one in found}
            self.unused = [
                Reference("link", said["dest"], way="reference", start=start, end=said["span"]["end"], label=label)
                for label, said in definitions.items()
                if unused and _label(label) not in used and (start := said["span"]["start"]) >= 0
            ]
            self._pictured = {_label(one.label) for one in found if one.kind == "picture" and one.way == "reference"}

    def edit(self, one: Reference, address: str) -> list[Edit]:
        """What puts another address into the text."""
        if one.way == "html":
            return [self._attribute(one, address)]
        if one.way == "reference":
            label = _label(one.label)
            if one.kind == "link" and label in self._pictured:  # what it shows is where it leads
                return []
            opens = _LABEL.match(self._data, self._defined.get(label, len(self._data)))
            at = opens.end() if opens else -1
        else:
            at = self._data.find(b"](", one.inner) + 2
        place = self._address(at, one.address)
        return [(*place, target(address).encode())] if place else [self._whole(one, address)]

    def _address(self, at: int, address: str) -> tuple[int, int] | None:
        """Where an address stands behind a place, with its angle brackets; None where it is written in no usual way."""
        before = _BEFORE.match(self._data, at) if at >= 0 else None
        if before is None:
            return None
        start = before.end()
        angle = _ANGLE.match(self._data, start)
        end = angle.end() if angle else _end(self._data, start)
        said = angle[1] if angle else self._data[start:end]
        return (start, end) if _read(said.decode()) == address else None

    def _whole(self, one: Reference, address: str) -> Edit:
        """A link or picture written anew, with its words as they are."""
        start = one.start + (2 if one.kind == "picture" else 1)
        words = self._data[start : one.inner]
        title = f' "{quoted(one.title)}"' if one.title else ""
        mark = b"![" if one.kind == "picture" else b"["
        return one.start, one.end, mark + words + b"](" + f"{target(address)}{title})".encode()

    def _attribute(self, one: Reference, address: str) -> Edit:
        """An attribute's value; one without quotes gets them."""
        start, end = one.value
        value = escape(address).encode()
        if self._data[start - 1 : start] in (b'"', b"'"):
            return start, end, value
        return start, end, b'"' + value + b'"'


def _label(label: str) -> str:
    """A label as it is compared (CommonMark 0.31, 4.7)."""
    return " ".join(label.split()).casefold()


def _read(address: str) -> str:
    """An address as it is meant, without escapes and with its entities read."""
    return _WRITTEN.sub(lambda found: found[1] or unescape(found[2]), address)


def _end(data: bytes, at: int) -> int:
    """Where an address without angle brackets ends: before a blank, or a bracket that it did not open."""
    depth = 0
    while at < len(data) and data[at] > _BLANK:
        if data[at : at + 1] == b"\\" and data[at + 1 : at + 2] in _ESCAPED:
            at += 1
        elif data[at : at + 1] == b"(":
            depth += 1
        elif data[at : at + 1] == b")":
            if not depth:
                break
            depth -= 1
        at += 1
    return at


def target(address: str) -> str:
    """An address as Markdown has it, in angle brackets where it needs them."""
    plain = _MEANT.sub(r"\\\g<0>", address)
    if address and not _SPECIAL.search(address):
        return plain
    inside = re.sub(r"[<>]", r"\\\g<0>", re.sub(r"[\r\n]+", " ", plain))
    return f"<{inside}>"


def quoted(title: str) -> str:
    """A title as it stands between quotation marks."""
    return re.sub(r'["\\&]', r"\\\g<0>", title)
