"""What else the files of pictures hold: it is found, and in nothing that readers get."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from broadsheet.render.images import metadata
from broadsheet.render.images.metadata import CREDENTIALS, EXIF, credentialed, found, without
from broadsheet.render.images.variants import make
from tests.conftest import Workshop, story
from tests.render.images.test_variants import opened, photo, saved

Make = Callable[..., Workshop]
SECRET = b"Quill House, 12 Weir Lane"
EXIF_DATA = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0" + struct.pack("<II", len(SECRET) + 1, 26) + b"\0" * 4
EXIF_DATA += SECRET + b"\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
MANIFEST = b"JP\0\1\0\0\0\1" + struct.pack(">I4s", 60, b"jumb") + b"\0\0\0\x1ajumdc2pa" + SECRET


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def extension(label: int, *pieces: bytes) -> bytes:
    return bytes([0x21, label]) + b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


SMALL = photo(240, 160)
JPEG = saved(SMALL, quality=30)  # lighter than what would be made of it, and so passed on
PROGRESSIVE = saved(SMALL, quality=30, progressive=True)
PNG = saved(SMALL.quantize(16), "PNG", optimize=True)
GIF = saved(SMALL.quantize(16), "GIF")
FILM = saved(
    SMALL.quantize(16), "GIF", save_all=True, append_images=[SMALL.rotate(90).quantize(16)], duration=80, loop=3
)
WEBP = saved(SMALL, "WEBP", quality=20)
FILM_WEBP = saved(SMALL, "WEBP", save_all=True, append_images=[SMALL.rotate(90)], quality=20)
FILM_PNG = saved(SMALL, "PNG", save_all=True, append_images=[SMALL.rotate(90)])
AVIF = saved(SMALL, "AVIF", quality=30)
_SCAN = PROGRESSIVE.rindex(b"\xff\xda")


def in_jpeg(marker: int, data: bytes) -> bytes:
    return JPEG[:20] + segment(marker, data) + JPEG[20:]


def in_png(kind: bytes, data: bytes, *, late: bool = False, of: bytes = PNG) -> bytes:
    place = len(of) - 12 if late else 33
    return of[:place] + chunk(kind, data) + of[place:]


def in_gif(block: bytes, of: bytes = GIF) -> bytes:
    place = 13 + (3 << (of[10] & 7) + 1)
    return of[:place] + block + of[place:]


def in_webp(kind: bytes, data: bytes, of: bytes = WEBP) -> bytes:
    whole = of[12:] + riff(kind, data)
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole


def texts() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", SECRET.decode())
    said.add_text("Comment", SECRET.decode(), zip=True)
    said.add_itxt("Description", SECRET.decode())
    return said


HOLD: dict[str, tuple[bytes, str]] = {
    "jpeg-exif": (in_jpeg(0xE1, EXIF_DATA), EXIF),
    "jpeg-xmp": (in_jpeg(0xE1, XMP), "XMP data"),
    "jpeg-xmp-more": (in_jpeg(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET), "XMP data"),
    "jpeg-app1": (in_jpeg(0xE1, b"Maker\0" + SECRET), "data of a program"),
    "jpeg-mpf": (in_jpeg(0xE2, b"MPF\0" + SECRET), "further pictures"),
    "jpeg-flashpix": (in_jpeg(0xE2, b"FPXR\0" + SECRET), "data of a program"),
    "jpeg-iptc": (in_jpeg(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x19" + SECRET), "IPTC data"),
    "jpeg-c2pa": (in_jpeg(0xEB, MANIFEST), CREDENTIALS),
    "jpeg-app11": (in_jpeg(0xEB, b"JP\0\1" + SECRET), "data of a program"),
    "jpeg-comment": (in_jpeg(0xFE, SECRET), "a comment"),
    "jpeg-jfxx": (in_jpeg(0xE0, b"JFXX\0\x10" + SECRET), "a thumbnail"),
    "jpeg-jfif": (JPEG[:2] + segment(0xE0, JPEG[6:18] + b"\x03\x03" + SECRET + b"\0\0") + JPEG[20:], "a thumbnail"),
    "jpeg-adobe": (in_jpeg(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET), "data of a program"),
    "jpeg-late": (JPEG[:-2] + segment(0xFE, SECRET) + JPEG[-2:], "a comment"),
    "jpeg-between": (PROGRESSIVE[:_SCAN] + segment(0xE7, SECRET) + PROGRESSIVE[_SCAN:], "data of a program"),
    "jpeg-after": (JPEG + SECRET, "bytes after its end"),
    "jpeg-motion": (JPEG + b"\0\0\0\x18ftypmp42" + SECRET, "bytes after its end"),
    **{f"jpeg-app{n}": (in_jpeg(0xE0 + n, b"Own\0" + SECRET), "data of a program") for n in range(16)},
    "png-text": (saved(SMALL.quantize(16), "PNG", pnginfo=texts()), "a text"),
    "png-late-text": (in_png(b"tEXt", b"Comment\0" + SECRET, late=True), "a text"),
    "png-xmp": (in_png(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET), "XMP data"),
    "png-exif": (in_png(b"eXIf", EXIF_DATA[6:]), EXIF),
    "png-late-exif": (in_png(b"eXIf", EXIF_DATA[6:], late=True), EXIF),
    "png-time": (in_png(b"tIME", b"\x07\xe9\5\1\1\1\1"), "a time of change"),
    "png-c2pa": (in_png(b"caBX", MANIFEST), CREDENTIALS),
    "png-private": (in_png(b"prVt", SECRET), "data of a program"),
    "png-density": (in_png(b"pHYs", b"\0\0\0\1\0\0\0\1\0" + SECRET), "data of a program"),
    "png-after": (PNG + SECRET, "bytes after its end"),
    "gif-comment": (in_gif(extension(0xFE, SECRET)), "a comment"),
    "gif-text": (in_gif(extension(0x01, bytes(12), SECRET)), "a text"),
    "gif-xmp": (in_gif(extension(0xFF, b"XMP DataXMP", SECRET)), "XMP data"),
    "gif-program": (in_gif(extension(0xFF, b"MAGICKIPTC1", SECRET)), "data of a program"),
    "gif-loop": (in_gif(extension(0xFF, b"NETSCAPE2.0", b"\1\3\0", SECRET)), "data of a program"),
    "gif-c2pa": (in_gif(extension(0xFF, b"C2PA_GIF\1\0\0", SECRET)), CREDENTIALS),
    "gif-unknown": (in_gif(extension(0x7A, SECRET)), "data of a program"),
    "gif-after": (GIF + SECRET, "bytes after its end"),
    "film-comment": (in_gif(extension(0xFE, SECRET), FILM), "a comment"),
    "film-xmp": (in_gif(extension(0xFF, b"XMP DataXMP", SECRET), FILM), "XMP data"),
    "film-loop": (in_gif(extension(0xFF, b"NETSCAPE2.0", b"\3\1\3\0", SECRET), FILM), "data of a program"),
    "film-after": (FILM + SECRET, "bytes after its end"),
    "webp-exif": (saved(SMALL, "WEBP", quality=20, exif=EXIF_DATA), EXIF),
    "webp-xmp": (saved(SMALL, "WEBP", quality=20, xmp=SECRET), "XMP data"),
    "webp-c2pa": (in_webp(b"C2PA", MANIFEST), CREDENTIALS),
    "webp-unknown": (in_webp(b"ABCD", SECRET), "data of a program"),
    "webp-after": (WEBP + SECRET, "bytes after its end"),
    "film-webp": (saved(SMALL, "WEBP", save_all=True, append_images=[SMALL.rotate(90)], exif=EXIF_DATA, xmp=SECRET), EXIF),
    "film-png": (in_png(b"tEXt", b"Comment\0" + SECRET, of=FILM_PNG), "a text"),
    "avif-exif": (saved(SMALL, "AVIF", quality=30, exif=EXIF_DATA), EXIF),
    "avif-xmp": (saved(SMALL, "AVIF", quality=30, xmp=SECRET), "XMP data"),
    "avif-c2pa": (AVIF + struct.pack(">I", 24 + len(SECRET)) + b"uuid" + metadata._C2PA + SECRET, CREDENTIALS),
    "avif-free": (AVIF + struct.pack(">I", 8 + len(SECRET)) + b"free" + SECRET, "data of a program"),
}  # fmt: skip
CLEAN = {"jpeg": JPEG, "progressive": PROGRESSIVE, "png": PNG, "gif": GIF, "film": FILM, "webp": WEBP, "avif": AVIF}
CLEAN |= {"interlaced": saved(SMALL.convert("L"), "PNG"), "film-webp": FILM_WEBP, "film-png": FILM_PNG}


@pytest.mark.parametrize("kind", HOLD)
def test_what_else_a_file_holds_is_named_and_is_in_nothing_that_is_made_of_it(kind: str):
    data, name = HOLD[kind]
    assert SECRET in data or kind in ("png-time", "png-text")
    assert name in found(data)
    made = make(data)
    assert made
    for one in made:
        assert SECRET not in one.data
        assert b"tIME" not in one.data
        assert not found(one.data)
        assert opened(one).size == (one.width, one.height)


@pytest.mark.parametrize("kind", CLEAN)
def test_nothing_is_found_in_a_picture_that_is_nothing_else(kind: str):
    assert found(CLEAN[kind]) == ()


@pytest.mark.parametrize("kind", [kind for kind in HOLD if not kind.startswith(("avif", "jpeg-mpf"))])
def test_the_picture_without_it_shows_the_same_pixels(kind: str):
    data, _ = HOLD[kind]
    bare = without(data)
    assert SECRET not in bare
    assert found(bare) == ()
    assert len(bare) < len(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(bare)) as after:
        frames = getattr(before, "n_frames", 1)
        assert getattr(after, "n_frames", 1) == frames
        for frame in range(frames):
            before.seek(frame)
            after.seek(frame)
            assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()
            assert before.info.get("duration") == after.info.get("duration")
        assert before.info.get("loop") == after.info.get("loop")


@pytest.mark.parametrize("kind", [kind for kind in CLEAN if not kind.startswith("avif")])
def test_a_file_that_holds_nothing_else_stays_as_it_is(kind: str):
    assert without(CLEAN[kind]) == CLEAN[kind]


def test_of_a_picture_with_further_ones_behind_it_only_the_first_is_left():
    other = photo(200, 100)
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    data = saved(SMALL, "MPO", save_all=True, append_images=[other], exif=exif, quality=30)
    assert SECRET in data
    assert found(data) == (EXIF, "bytes after its end", "further pictures")
    with Image.open(io.BytesIO(without(data))) as bare:
        assert (bare.format, bare.size) == ("JPEG", SMALL.size)
    made = make(data)
    assert {(one.width, one.height) for one in made} == {SMALL.size}
    assert not any(SECRET in one.data or found(one.data) for one in made)


def test_a_light_picture_is_passed_on_without_what_it_held():
    plain, *_ = make(HOLD["jpeg-comment"][0])
    assert plain.data == JPEG
    plain, *_ = make(HOLD["png-late-text"][0])
    assert plain.data == PNG


def test_the_colour_profile_stays_where_a_file_is_only_cleaned():
    profile = b"a profile of colours" * 9
    for data in (
        saved(SMALL, icc_profile=profile),
        saved(SMALL, "PNG", icc_profile=profile),
        saved(SMALL, "WEBP", icc_profile=profile),
    ):
        assert found(data) == ()
        with Image.open(io.BytesIO(without(data))) as picture:
            assert picture.info["icc_profile"] == profile


def hidden() -> bytes:
    """A PNG with words after the compressed pixels, where no program looks."""
    (start,) = [match.start() for match in re.finditer(b"IDAT", PNG)]
    length = struct.unpack_from(">I", PNG, start - 4)[0]
    pixels = PNG[start + 4 : start + 4 + length]
    return PNG[: start - 4] + chunk(b"IDAT", pixels + SECRET) + PNG[start + 8 + length :]


def test_words_after_the_pixels_of_a_png_are_not_passed_on():
    data = hidden()
    with pytest.raises(ValueError, match="after its pixels"):
        without(data)
    assert found(data) == ("parts that cannot be told",)
    assert not any(SECRET in one.data for one in make(data))
    more = in_png(b"IDAT", SECRET, late=True)
    assert not any(SECRET in one.data for one in make(more))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_before_its_exif_is_left_out(kind: str, orientation: int):
    corner = Image.new("RGB", (300, 200), "white")
    corner.paste("red", (0, 0, 100, 60))  # top left as it is to be seen
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that each orientation undoes
    stored = corner.transpose(Image.Transpose(back[orientation])) if orientation > 1 else corner
    exif = Image.Exif()
    exif[0x0112] = orientation
    for one in make(saved(stored, kind, exif=exif)):
        shown = opened(one).convert("RGB")
        assert shown.width > shown.height
        red, green, _ = shown.getpixel((5, 5))  # type: ignore[misc]
        assert (red > 200, green > 100) == (True, False)
        assert shown.getpixel((shown.width - 5, shown.height - 5)) > (240, 240, 240)  # type: ignore[operator]


def test_a_film_is_upright_as_well():
    exif = Image.Exif()
    exif[0x0112] = 6
    frames = [photo(120, 80), photo(120, 80).rotate(180)]
    (only,) = make(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=[70, 90], exif=exif))
    assert (only.width, only.height) == (80, 120)
    with Image.open(io.BytesIO(only.data)) as film:
        assert (film.size, getattr(film, "n_frames", 1)) == ((80, 120), 2)
        assert not film.getexif()


def test_a_text_too_long_for_the_decoder_keeps_no_picture_back():
    data = in_png(b"zTXt", b"a\0\0" + zlib.compress(bytes(40_000_000)))
    (plain, *_) = make(data)
    assert (plain.width, plain.height) == SMALL.size


@given(st.data())
def test_no_damaged_file_is_a_traceback_or_passed_on_with_more_than_it_held(draw: st.DataObject):
    data = bytearray(draw.draw(st.sampled_from([JPEG, PNG, GIF, FILM, WEBP, AVIF])))
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    damaged = bytes(data[: draw.draw(st.integers(1, len(data)))])
    names = found(damaged)
    try:
        bare = without(damaged)
    except ValueError:
        return
    assert found(bare) in ((), ("parts that cannot be told",)), names


def test_no_word_of_it_is_printed_and_the_editor_learns_of_credentials(workshop: Make):
    shown = {kind: f"{kind}.{kind.partition('-')[0]}" for kind in HOLD}
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><metadata>{SECRET.decode()}</metadata><path d="M0 0h9"/></svg>'
    body = "\n\n".join(f"![It](pictures/{name})" for name in (*shown.values(), "plan.svg"))
    made = workshop(story("one", "2025-05-07", image="{src: pictures/jpeg-exif.jpeg, alt: A boat}", body=body))
    folder = made.root / "content/pictures"
    folder.mkdir(parents=True)
    for kind, name in shown.items():
        (folder / name).write_bytes(HOLD[kind][0])
    (folder / "plan.svg").write_text(svg)
    for _ in range(2):  # the second time nothing is opened
        made.build()
        assert not made.problems("error")
        signed = {f"content/pictures/{name}" for kind, name in shown.items() if kind.endswith("c2pa")}
        assert {str(one.place) for one in made.problems() if one.code == "picture-credentials"} == signed
        assert {problem.code for problem in made.problems()} == {"picture-credentials"}
    printed = made.output()
    assert made.page("2025/05/07/one/index.html").count("<img") == len(shown) + 2
    assert not [path for path, data in printed.items() if SECRET in data]
    assert not [path for path, data in printed.items() if path.startswith("pictures/") and found(data)]


def test_credentials_are_told_apart_from_what_only_speaks_of_them():
    assert credentialed(HOLD["jpeg-c2pa"][0])
    assert not credentialed(in_jpeg(0xFE, b"we use c2pa"))
    assert not credentialed(JPEG)
