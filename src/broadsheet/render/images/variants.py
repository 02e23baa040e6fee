"""Variants: one picture as it came → what is printed of it: a plain file for all, and WebP and AVIF in several widths.

In: the bytes of a file. Out: the bytes of its variants, upright, in sRGB, without anything else that the file held,
such as who took it where; or what is wrong with the file. Nothing is larger than the original. A drawing (SVG) is
written anew as one that can do nothing but be looked at, so that what was checked is what is served.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import re
import warnings
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from broadsheet.render.images import metadata

if TYPE_CHECKING:
    from lxml import etree
    from PIL import Image


# 256 is a thumbnail at twice its size. A column of a phone is 350 to 370 points: 400, 720 and 1080 fill it at one, two
# and three pixels a point, and browsers take the next wider one, however little is missing. 1800 fills a column of 900
# on a sharp screen.
WIDTHS = (256, 400, 720, 1080, 1800)
BESIDE = (400, 1080, 1800)  # those of WebP where there is AVIF too, which all but old browsers take
PLAIN = 1200  # pixels: the widest plain file, which share cards and feeds show too
MOST = 120_000_000  # pixels, more than any camera of the press takes; decoding more costs a gigabyte and minutes
LIGHT = 4_000  # bytes of a plain file that is worth no choice: the choice's own words weigh some hundreds
FILM = 4  # times as many pixels as a picture may have, in all frames of a film
QUALITY, PLAIN_QUALITY = 76, 82
# AVIF of this quality is as near to a photograph as WebP of 62, for nine tenths of its bytes, and half of those of 76.
# At speed 8 it takes up to twice the time of WebP; at 6 it takes ten times as long, and saves nothing.
AVIF_QUALITY, AVIF_SPEED = 45, 8
# Raise the number where the same picture is made otherwise.
_RECIPE = f"3:{WIDTHS}:{BESIDE}:{PLAIN}:{QUALITY}:{PLAIN_QUALITY}:{AVIF_QUALITY}:{AVIF_SPEED}"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_ORIENTATION = 0x0112  # EXIF's number for how a camera was held
_ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}


class Variant(msgspec.Struct, frozen=True):
    """A file made of a picture: its bytes, its ending, its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int


@functools.cache
def pillow() -> str:
    """What tells one Pillow from another, which may make other bytes of the same picture; it is not loaded for that."""
    spec = importlib.util.find_spec("PIL")
    found = Path(spec.origin).with_name("_version.py") if spec and spec.origin else None
    return blake2b(found.read_bytes(), digest_size=4).hexdigest() if found and found.is_file() else ""


def recipe() -> str:
    """What tells how pictures are made here."""
    return f"{_RECIPE}:{pillow()}"


def make(data: bytes) -> list[Variant]:
    """The plain file first, then WebP files from narrow to wide, then AVIF files; none of those for what moves.

    A file that is no smaller than a wider one is left out: where AVIF saves nothing there is none.

    Raises ValueError with what is wrong with the file.
    """
    from PIL import AvifImagePlugin, Image, WebPImagePlugin

    Image.preinit()
    _ = AvifImagePlugin, WebPImagePlugin  # are known to Pillow by being imported, without its three dozen others

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of doubtful metadata, which is left out anyway
        try:
            picture = _opened(data)
        except Image.DecompressionBombError:
            raise ValueError(_TOO_MANY) from None
        if picture.width * picture.height > MOST:
            raise ValueError(_TOO_MANY)
        try:
            if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:  # in MPO they are no film
                return [_moving(picture, data)]
            return _still(picture, data)
        except Exception as cause:  # noqa: BLE001, as above
            raise ValueError(f"broken: {cause}") from None


_TOO_MANY = f"more than {MOST // 1_000_000} million pixels"


def _opened(data: bytes) -> Image.Image:
    """The picture in a file; where Pillow refuses what else the file holds, such as a text of megabytes, without that.

    Raises ValueError, and what Pillow says of a picture of too many pixels.
    """
    from PIL import Image

    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise
    except Exception:  # noqa: BLE001, decoders raise what they like at a file made to break them
        try:
            return Image.open(io.BytesIO(metadata.without(data, (metadata.EXIF,))), formats=FORMATS)
        except Image.DecompressionBombError:
            raise
        except Exception:  # noqa: BLE001
            raise ValueError("not a JPEG, PNG, WebP, AVIF or GIF") from None


def widths(width: int) -> list[int]:
    """The widths in which a picture is made that is ``width`` wide: none wider, and no two nearly the same."""
    own = min(width, WIDTHS[-1])
    return [*(narrower for narrower in WIDTHS if narrower < own * 0.9), own]


def _moving(picture: Image.Image, data: bytes) -> Variant:
    """A film in its own format. A GIF is passed on, but for what is no picture in it; others are made anew."""
    kind = picture.format or ""
    size, frames = picture.size, getattr(picture, "n_frames", 1)
    if size[0] * size[1] * frames > MOST * FILM:
        raise ValueError(f"{frames} frames have too many pixels")
    if kind != "GIF":
        return _film(picture, kind)
    for frame in range(frames):
        picture.seek(frame)  # decodes the one before: a film that breaks off is found here
    picture.load()
    return Variant(metadata.without(data), _ENDINGS[kind], *size)


def _film(picture: Image.Image, kind: str) -> Variant:
    from PIL import ImageOps, ImageSequence

    picture.load()
    how: dict[str, object] = {"exif": b"", "xmp": b"", "icc_profile": picture.info.get("icc_profile")}
    made = io.BytesIO()
    if picture.getexif().get(_ORIENTATION, 1) == 1:
        picture.save(made, kind, save_all=True, **how)
        return Variant(made.getvalue(), _ENDINGS[kind], *picture.size)
    loop = picture.info.get("loop", 0)
    turned: list[Image.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(picture):
        durations.append(round(frame.info.get("duration", 100)))
        turned.append(ImageOps.exif_transpose(frame))
    turned[0].save(made, kind, save_all=True, append_images=turned[1:], duration=durations, loop=loop, **how)
    return Variant(made.getvalue(), _ENDINGS[kind], *turned[0].size)


def _still(picture: Image.Image, data: bytes) -> list[Variant]:
    from PIL import ImageOps

    size, orientation = picture.size, picture.getexif().get(_ORIENTATION, 1)
    most = size[orientation >= 5] / WIDTHS[-1]  # from 5 on it lies on its side
    if most > 1:  # a JPEG can be decoded at a half, a quarter, an eighth of its size, which saves as much time
        picture.draft(picture.mode, (int(size[0] / most), int(size[1] / most)))
    of_the_web = "icc_profile" not in picture.info and picture.mode != "CMYK"
    as_it_is = orientation == 1 and size[0] <= PLAIN * 2 and of_the_web
    own = _own(picture.format or "", data) if as_it_is else b""
    whole = _in_srgb(ImageOps.exif_transpose(picture))
    whole.info.clear()  # Pillow would write a comment into what it saves, and more
    drawn = whole.getcolors(256) is not None  # a chart, a drawing
    shrunk = _shrunk(whole)
    plain = next((one for one in reversed(shrunk) if one.width <= PLAIN), shrunk[0])
    files = [_plain(plain, exact=whole.mode == "RGBA" or (drawn and plain is whole))]
    if own and len(own) < len(files[0].data):
        files = [Variant(own, _ENDINGS[picture.format or ""], *size)]
    if len(files[0].data) <= LIGHT:
        return files
    avif = encodes_avif()
    shrunk = [one for one in shrunk if one.width in widths(whole.width)]
    webp = [one for one in shrunk if not avif or one.width in BESIDE or one is shrunk[-1]]
    made = _lighter([_webp(one, exact=drawn and one is whole) for one in webp], files)
    if avif:
        made += _lighter([_avif(one) for one in shrunk if not (drawn and one is whole)], [*files, *made])
    return files + made


def _lighter(variants: list[Variant], others: list[Variant]) -> list[Variant]:
    """Those of these files that are lighter than all files as wide or wider, these among them."""
    made: list[Variant] = []
    for one in reversed(variants):
        if all(len(one.data) < len(wider.data) for wider in (*others, *made) if wider.width >= one.width):
            made.append(one)
    return made[::-1]


@functools.cache
def encodes_avif() -> bool:
    """Whether the Pillow of this machine can write AVIF."""
    from PIL import features

    return bool(features.check("avif"))


def _own(kind: str, data: bytes) -> bytes:
    """The file of a picture without what is no picture in it; nothing if that cannot be determined."""
    try:
        return metadata.without(data) if kind in _ENDINGS else b""
    except ValueError:
        return b""


def _in_srgb(picture: Image.Image) -> Image.Image:
    """A picture in RGB, or RGBA where it is see-through, its colours those of the web (sRGB)."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if picture.mode[:1] in ("I", "F"):  # sixteen bits a pixel
        picture = picture.point(lambda value: value / 256).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode in ("P", "PA", "LA", "La", "RGBa", "1"):
        picture = picture.convert(mode)
    if profile:
        try:
            own = ImageCms.getOpenProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(own):
                made = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
                return made or picture.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that is broken, or is for other colours than the picture has
    return picture.convert(mode)


def _shrunk(whole: Image.Image) -> list[Image.Image]:
    """The picture in each of its widths and in the plain one, from narrow to wide; each made of the next wider one."""
    from PIL import Image

    made: list[Image.Image] = []
    for width in sorted({*widths(whole.width), min(PLAIN, whole.width)}, reverse=True):
        height = max(1, round(whole.height * width / whole.width))
        if (width, height) != whole.size:
            source = made[-1] if made else whole
            made.append(source.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0))
        else:
            made.append(whole)
    return made[::-1]


def _plain(picture: Image.Image, *, exact: bool) -> Variant:
    made = io.BytesIO()
    if exact:
        picture.save(made, "PNG", optimize=True, icc_profile=None)
        return Variant(made.getvalue(), "png", *picture.size)
    picture.save(made, "JPEG", quality=PLAIN_QUALITY, progressive=True, optimize=True, icc_profile=None)
    return Variant(made.getvalue(), "jpg", *picture.size)


def _webp(picture: Image.Image, *, exact: bool) -> Variant:
    """A WebP file. A drawing weighs less exactly as it is, and more once it was made smaller and got more colours."""
    made = io.BytesIO()
    if exact:
        picture.save(made, "WEBP", lossless=True, quality=60, exif=b"", xmp=b"", icc_profile=None)
    else:
        picture.save(made, "WEBP", quality=QUALITY, exif=b"", xmp=b"", icc_profile=None)
    return Variant(made.getvalue(), "webp", *picture.size)


def _avif(picture: Image.Image) -> Variant:
    """An AVIF file. One thread writes the same bytes on every machine; pictures are spread over processes."""
    made = io.BytesIO()
    how = {"quality": AVIF_QUALITY, "speed": AVIF_SPEED, "max_threads": 1}
    picture.save(made, "AVIF", **how, exif=b"", xmp=b"", icc_profile=None)
    return Variant(made.getvalue(), "avif", *picture.size)


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
    from lxml import etree

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
    etree.cleanup_namespaces(root)
    width, height = _svg_size(root)
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


def _svg_size(root: etree._Element) -> tuple[int, int]:
    """Width and height in pixels: as they are stated, else by the view box."""
    told = [_LENGTH.fullmatch(str(root.get(key, ""))) for key in ("width", "height")]
    if told[0] and told[1]:
        return max(1, round(float(told[0][1]))), max(1, round(float(told[1][1])))
    box = re.findall(r"-?\d+(?:\.\d+)?", str(root.get("viewBox", "")))
    if len(box) == 4 and float(box[2]) > 0 and float(box[3]) > 0:
        return max(1, round(float(box[2]))), max(1, round(float(box[3])))
    return DEFAULT
