"""SVG: a drawing from anywhere → one that can do nothing but be looked at.

In: the bytes of a file. Out: the drawing written anew, with its size, or what in it is not safe. It is written anew so
that what was checked is what is served: a browser might read the original otherwise.
"""

from __future__ import annotations

import re

import msgspec
from lxml import etree

LARGEST = 1_000_000  # bytes; a drawing beyond that is a picture in disguise
DEFAULT = (300, 150)  # pixels of a drawing that tells no size (CSS 2.2, 10.3.2)

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "marker", "linearGradient", "radialGradient", "stop", "pattern", "clipPath",
    "mask", "style", "switch", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
})  # fmt: skip
_SILENT = frozenset({f"{_SVG}metadata"})  # shows nothing: left out without a word
_TEXTS = frozenset({"text", "tspan", "textPath", "title", "desc", "style"})  # in others a text is not shown
_ASIDE = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)  # a comment in a style sheet
_LINK = re.compile(r"#[\w.:-]+")
_REACHES = re.compile(r"url\(\s*(?![\"']?#)|@import|javascript:|expression\(|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(px)?\s*")


class SafeSvg(msgspec.Struct, frozen=True):
    """A safe drawing: its bytes, its width and height in pixels."""

    data: bytes
    width: int
    height: int


def safe(data: bytes) -> SafeSvg:
    """The drawing in these bytes. Raises ValueError with what in it is not safe, and the line where that stands.

    Allowed is what draws (SVG 2) and refers to its own parts alone; other programs' own elements are left out.
    """
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST // 1_000_000} MB")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("declares a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as cause:
        raise ValueError(f"not XML: {cause}") from None
    if root.tag != f"{_SVG}svg":
        raise ValueError("not an SVG")
    if root.getroottree().docinfo.doctype:
        raise ValueError("declares a document type")
    _clean(root)
    width, height = _size(root)
    return SafeSvg(etree.tostring(root, encoding="utf-8"), width, height)


def _clean(root: etree._Element) -> None:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = str(element.tag).removeprefix(_SVG)
        if name not in _ELEMENTS:
            raise ValueError(f"<{name}> in line {element.sourceline}")
        _clean_attributes(element)
        _clean_text(element, shown=name in _TEXTS)
        if name == "style":
            element.text = _ASIDE.sub(" ", element.text or "")
        if name == "style" and _REACHES.search("".join(element.itertext())):
            raise ValueError(f"a style that reaches out in line {element.sourceline}")
        for child in list(element):
            if isinstance(child.tag, str) and child.tag.startswith(_SVG) and child.tag not in _SILENT:
                waiting.append(child)
            else:
                _drop(child)
    etree.cleanup_namespaces(root)


def _clean_text(element: etree._Element, *, shown: bool) -> None:
    """Leave out text that is not shown, but for the breaks of lines between elements."""
    if shown:
        return
    if (element.text or "").strip():
        element.text = None
    for child in element:
        if (child.tail or "").strip():
            child.tail = None


def _clean_attributes(element: etree._Element) -> None:
    for key, value in element.attrib.items():
        name = str(key).removeprefix(_XLINK)
        if name.lower().startswith("on"):
            raise ValueError(f"the event handler {name} in line {element.sourceline}")
        if name == "href" and not _LINK.fullmatch(str(value).strip()):
            raise ValueError(f"a reference to another place in line {element.sourceline}")
        if name == "style":
            element.attrib[key] = _ASIDE.sub(" ", str(value))
        if _REACHES.search(str(element.attrib[key])):
            raise ValueError(f"{name} reaches out in line {element.sourceline}")
        foreign = name.startswith(("{", "data-")) and not name.startswith(_XML)
        if foreign or name == f"{_XML}base":
            del element.attrib[key]


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        element.tail, tail = None, element.tail
        before = element.getprevious()
        if tail and before is not None:
            before.tail = (before.tail or "") + tail
        elif tail:
            parent.text = (parent.text or "") + tail
        parent.remove(element)


def _size(root: etree._Element) -> tuple[int, int]:
    """Width and height in pixels: as they are told, else by the view box."""
    told = [_LENGTH.fullmatch(str(root.get(key, ""))) for key in ("width", "height")]
    if told[0] and told[1]:
        return max(1, round(float(told[0][1]))), max(1, round(float(told[1][1])))
    box = re.findall(r"-?\d+(?:\.\d+)?", str(root.get("viewBox", "")))
    if len(box) == 4 and float(box[2]) > 0 and float(box[3]) > 0:
        return max(1, round(float(box[2]))), max(1, round(float(box[3])))
    return DEFAULT
