"""Variants: one picture as it came → what is printed of it: a plain file for all, and WebP in several widths.

In: the bytes of a file. Out: the bytes of its variants, upright, in sRGB, without anything else that the file held,
such as who took it where; or what is wrong with the file. Nothing is larger than the original.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import warnings
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from broadsheet.render.images import metadata

if TYPE_CHECKING:
    from PIL import Image

# 256 is a thumbnail at twice its size; 480, 768 and 1200 fill phones of one, two and three pixels a point; 1800 fills
# a column of 900 on a sharp screen.
WIDTHS = (256, 480, 768, 1200, 1800)
PLAIN = 1200  # pixels: the widest plain file, which share cards and feeds show too
MOST = 120_000_000  # pixels, more than any camera of the press takes; decoding more costs a gigabyte and minutes
LIGHT = 4_000  # bytes of a plain file that is worth no choice: the choice's own words weigh some hundreds
FILM = 4  # times as many pixels as a picture may have, in all frames of a film
QUALITY, PLAIN_QUALITY = 76, 82
# AVIF at a speed that is bearable (8) saves a tenth of WebP's bytes, and costs a second set of files and addresses.
_RECIPE = f"2:{WIDTHS}:{PLAIN}:{QUALITY}:{PLAIN_QUALITY}"  # raise the number where the same picture is made otherwise
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
def library() -> str:
    """What tells one Pillow from another, which may make other bytes of the same picture; it is not loaded for that."""
    spec = importlib.util.find_spec("PIL")
    found = Path(spec.origin).with_name("_version.py") if spec and spec.origin else None
    return blake2b(found.read_bytes(), digest_size=4).hexdigest() if found and found.is_file() else ""


def recipe() -> str:
    """What tells how pictures are made here."""
    return f"{_RECIPE}:{library()}"


def make(data: bytes) -> list[Variant]:
    """The plain file first, then WebP files from narrow to wide; none of those for what moves.

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
        picture.seek(frame)  # decodes the one before: a film that breaks off is told here
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
    made: list[Variant] = []
    for one in reversed(shrunk) if len(files[0].data) > LIGHT else ():
        variant = _webp(one, exact=drawn and one is whole)
        if all(len(variant.data) < len(wider.data) for wider in (*files, *made) if wider.width >= variant.width):
            made.append(variant)
    return files + made[::-1]


def _own(kind: str, data: bytes) -> bytes:
    """The file of a picture without what is no picture in it; nothing where that cannot be told."""
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
    """The picture in each of its widths, from narrow to wide; each made of the next wider one."""
    from PIL import Image

    made: list[Image.Image] = []
    for width in reversed(widths(whole.width)):
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
