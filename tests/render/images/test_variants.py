"""One picture and its variants: what is made, how large, in what colours; what of drawings is served and refused."""

import io
import itertools
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from broadsheet.render.images import variants
from broadsheet.render.images.variants import BESIDE, DEFAULT, LIGHT, MOST, PLAIN, WIDTHS, Variant, make, safe, widths


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture of many colours, the same each time."""
    shades = [Image.linear_gradient("L").rotate(turn).resize((width, height)) for turn in (0, 90, 180)]
    picture = Image.merge("RGB", shades)
    pen = ImageDraw.Draw(picture)
    for step in range(0, width, 7):
        pen.line((step, 0, width - step, height), fill=(step % 255, 255 - step % 255, step * 3 % 255))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def pixel(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return found


def opened(variant: Variant) -> Image.Image:
    picture = Image.open(io.BytesIO(variant.data))
    picture.load()
    return picture


@given(st.integers(min_value=1, max_value=20_000))
def test_no_width_is_above_the_original_none_twice_and_the_widest_is_the_original_or_the_last(width: int):
    made = widths(width)
    assert made == sorted(set(made))
    assert made[-1] == min(width, WIDTHS[-1])
    assert all(narrow < wide * 0.9 for narrow, wide in itertools.pairwise(made))


def test_a_photograph_becomes_a_jpeg_and_webp_and_avif_in_several_widths():
    plain, *others = make(saved(photo(2400, 1600), quality=92))
    assert (plain.ending, plain.width, plain.height) == ("jpg", PLAIN, 800)
    assert opened(plain).format == "JPEG"
    webp, avif = ([one for one in others if one.ending == ending] for ending in ("webp", "avif"))
    assert [one.width for one in webp] == list(BESIDE)
    assert {opened(one).format for one in webp} == {"WEBP"}
    assert [one.width for one in avif] == list(WIDTHS)
    assert {opened(one).format for one in avif} == {"AVIF"}
    heavier = {one.width: len(one.data) for one in webp}
    assert all(len(one.data) < heavier.get(one.width, len(plain.data) * 3) for one in avif)
    assert all(opened(one).size == (one.width, one.height) == (one.width, round(one.width * 2 / 3)) for one in others)


def test_a_wider_variant_is_always_the_heavier_one():
    _, *others = make(saved(photo(1500, 1000)))
    for ending in ("webp", "avif"):
        weights = [len(one.data) for one in others if one.ending == ending]
        assert len(weights) > 2
        assert weights == sorted(weights)


def test_where_nothing_writes_avif_there_is_webp_in_each_width(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadsheet.render.images.variants.encodes_avif", lambda: False)
    _, *others = make(saved(photo(2400, 1600), quality=92))
    assert [(one.ending, one.width) for one in others] == [("webp", width) for width in WIDTHS]


def test_nothing_is_larger_than_the_original():
    assert max(one.width for one in make(saved(photo(700, 500)))) == 700


def test_a_picture_of_a_pixel_is_printed_and_needs_no_choice():
    (only,) = make(saved(Image.new("RGB", (1, 1), "red"), "PNG"))
    assert (only.width, only.height, only.ending) == (1, 1, "png")
    assert len(only.data) < LIGHT


def test_exif_is_gone_after_its_orientation_was_obeyed():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "harbour, seen from the house of a source"
    for one in make(saved(photo(1600, 900), exif=exif, comment=b"of the house")):
        picture = opened(one)
        assert picture.width < picture.height
        assert not picture.getexif()
        assert b"house" not in one.data


def test_a_large_photograph_that_lies_on_its_side_is_made_as_wide_as_one_that_does_not():
    exif = Image.Exif()
    exif[0x0112] = 8
    plain, *others = make(saved(photo(5000, 4000), exif=exif, quality=70))
    assert (plain.width, plain.height) == (PLAIN, 1500)
    assert others[-1].width == WIDTHS[-1]


def test_words_in_a_png_are_gone():
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "who was there")
    assert not any(b"who was there" in one.data for one in make(saved(photo(300, 200), "PNG", pnginfo=said)))


def test_a_small_clean_file_is_printed_as_it_came():
    data = saved(photo(640, 480), quality=20)
    assert make(data)[0].data == data


def test_a_drawing_of_few_colours_is_printed_as_it_came_and_is_never_made_heavier():
    drawing = Image.new("P", (1600, 900))
    drawing.putpalette([250, 248, 240, 20, 20, 20])
    pen = ImageDraw.Draw(drawing)
    for step in range(0, 1600, 13):
        pen.line((step, 0, 1600 - step, 900), fill=1, width=2)
    data = saved(drawing, "PNG", optimize=True)
    plain, *others = make(data)
    assert plain.data == data
    assert all(len(one.data) < len(data) for one in others)


def test_what_is_see_through_stays_so():
    picture = photo(600, 400, "RGBA")
    picture.putalpha(Image.linear_gradient("L").resize((600, 400)))
    plain, *others = make(saved(picture, "PNG"))
    assert plain.ending == "png"
    for one in (plain, *others):
        assert opened(one).convert("RGBA").getchannel("A").getextrema() != (255, 255)


def test_a_palette_with_a_see_through_colour_stays_see_through():
    picture = Image.new("P", (500, 400), 0)
    picture.putpalette([255, 0, 255, 10, 10, 10])
    ImageDraw.Draw(picture).ellipse((50, 50, 450, 350), fill=1)
    for one in make(saved(picture, "PNG", transparency=0)):
        shown = opened(one).convert("RGBA")
        assert pixel(shown, (0, 0))[3] == 0
        assert pixel(shown, (shown.width // 2, shown.height // 2)) == (10, 10, 10, 255)


def test_the_inks_of_print_become_the_colours_of_the_web():
    for one in make(saved(Image.new("CMYK", (800, 600), (0, 255, 255, 0)))):
        picture = opened(one)
        assert picture.mode == "RGB"
        red, green, blue = pixel(picture, (5, 5))
        assert red > 200
        assert max(green, blue) < 60


def test_a_colour_profile_is_applied_and_left_out():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    changed = lab.replace(b"sRGB", b"mine")  # the same colours by another name, so that the conversion runs
    before = photo(400, 300)
    plain, *_ = make(saved(before, "PNG", icc_profile=changed))
    after = opened(plain)
    assert "icc_profile" not in after.info
    assert all(
        abs(a - b) <= 12 for a, b in zip(pixel(after.convert("RGB"), (7, 9)), pixel(before, (7, 9)), strict=True)
    )


def test_a_broken_colour_profile_is_passed_over():
    assert make(saved(photo(400, 300), icc_profile=b"no profile at all"))


def test_sixteen_bits_a_pixel_are_brought_to_eight_and_not_cut():
    picture = Image.new("I;16", (300, 200), 32768)
    (plain, *_) = make(saved(picture, "PNG"))
    assert opened(plain).convert("L").getpixel((3, 3)) in range(126, 131)


def test_a_film_keeps_all_its_frames():
    frames = [photo(120, 80).rotate(turn) for turn in (0, 30, 60)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        (only,) = make(data)
        assert getattr(opened(only), "n_frames", 1) == 3
        assert only.ending == kind.lower()


def test_a_film_goes_without_the_exif_that_it_came_with():
    frames = [photo(120, 80).rotate(turn) for turn in (0, 30)]
    exif = Image.Exif()
    exif[0x010E] = "the house of a source"
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], exif=exif)
    assert b"the house" in data
    assert b"the house" not in make(data)[0].data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_file_that_breaks_off_is_told(kind: str):
    data = saved(photo(600, 400), kind)
    with pytest.raises(ValueError, match=r"broken|not a JPEG"):
        make(data[: len(data) // 2])


def test_a_film_that_breaks_off_is_told():
    frames = [photo(200, 100).rotate(turn) for turn in (0, 30, 60)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match="broken"):
        make(data[: len(data) - len(data) // 4])


def test_a_film_of_too_many_frames_is_not_unrolled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(variants, "MOST", 120 * 80)
    frames = [photo(120, 80).rotate(turn) for turn in range(0, 100, 10)]
    with pytest.raises(ValueError, match="10 frames have too many pixels"):
        make(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))


def test_a_bomb_is_not_opened():
    size = 60_000
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert size * size > MOST
    with pytest.raises(ValueError, match="million pixels"):
        make(bomb + saved(photo(4, 4), "PNG")[33:])


@given(st.binary(max_size=200))
def test_what_is_no_picture_is_told_whatever_it_is(data: bytes):
    with pytest.raises(ValueError, match=r"not a JPEG|broken"):
        make(data)


@given(st.data())
def test_a_picture_with_bytes_changed_is_made_or_told(data: st.DataObject):
    whole = bytearray(saved(photo(24, 16), data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]))))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = make(bytes(whole))
    except ValueError:
        return
    assert all(opened(one) for one in made)


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'


def drawn(inside: str, head: str = HEAD) -> bytes:
    return f"{head}{inside}</svg>".encode()


def test_a_drawing_that_only_draws_is_served_with_its_size():
    made = safe(drawn('<title>A boat</title><g fill="#123"><path d="M0 0h9v9z"/><use href="#x"/></g>'))
    assert (made.width, made.height) == (40, 20)
    assert b"M0 0h9v9z" in made.data


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="12.4px">', (30, 12)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="1em" viewBox="0 0 8 6">', (8, 6)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 6">', DEFAULT),
        ('<svg xmlns="http://www.w3.org/2000/svg">', DEFAULT),
    ],
)
def test_the_size_is_that_of_the_drawing_or_of_its_view(head: str, size: tuple[int, int]):
    made = safe(drawn("", head))
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "<script> in line 1"),
        ("\n<g onclick='alert(1)'/>", "onclick in line 2"),
        ("<g ONLOAD='alert(1)'/>", "ONLOAD"),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>", "foreignObject"),
        ("<image href='https://example.com/x.png'/>", "<image>"),
        ("<a href='javascript:alert(1)'><text>x</text></a>", "<a>"),
        ("<use href='https://example.com/x.svg#a'/>", "another place"),
        ("<use xlink:href='data:image/svg+xml;base64,AAAA'/>", "another place"),
        ("<set attributeName='href' to='javascript:alert(1)'/>", "<set>"),
        ("<animate attributeName='href' values='javascript:alert(1)'/>", "<animate>"),
        ("<style>@import 'https://example.com/x.css';</style>", "a style"),
        ("<style>rect{fill:url(https://example.com/x)}</style>", "a style"),
        ("<style>rect{fill:u\\72l(https://example.com/x)}</style>", "a style"),
        ("<rect style='fill:url( \"//example.com/x\")'/>", "style reaches out"),
        ("<rect fill='url(https://example.com/x#a)'/>", "fill reaches out"),
        ("<feImage href='#a'/>", "feImage"),
        ("<iframe/>", "iframe"),
    ],
)
def test_what_could_do_more_than_be_looked_at_is_refused(inside: str, said: str):
    with pytest.raises(ValueError, match=r".") as caught:
        safe(drawn(inside))
    assert said in str(caught.value)


def test_what_declares_a_document_type_is_refused():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    for data in (bomb.encode() + drawn("<text>&b;</text>"), (bomb + HEAD + "</svg>").encode("utf-16")):
        with pytest.raises(ValueError, match="document type"):
            safe(data)


def test_what_is_no_drawing_is_refused():
    for data in (
        b"",
        b"<svg",
        b"<html/>",
        b"<svg/>",
        b"x" * 2_000_000,
        b'<?xml version="1.0" encoding="x-none"?><svg/>',
    ):
        with pytest.raises(ValueError, match=r"not XML|not an SVG|larger"):
            safe(data)


def test_what_other_programs_left_in_is_left_out():
    inside = (
        "<!-- the house of a source --><?tool x?><metadata><x>the house</x></metadata>"
        "<k:view xmlns:k='urn:k' k:file='the house'><script/></k:view><rect k:label='the house' xmlns:k='urn:k'/>"
    )
    made = safe(drawn(inside)).data
    assert b"rect" in made
    assert not any(word in made for word in (b"house", b"tool", b"script", b"urn:k"))


def test_a_gradient_of_its_own_may_be_named():
    assert b"url(#sky)" in safe(drawn("<rect fill='url(#sky)'/><use xlink:href='#sky'/>")).data


def test_what_is_served_is_safe_again_and_the_same():
    once = safe(drawn("<g><text>a &lt;b&gt; <tspan>c</tspan></text></g>")).data
    assert safe(once).data == once


@given(st.text(max_size=60))
def test_no_text_gets_script_through(text: str):
    try:
        made = safe(drawn(text)).data.lower()
    except ValueError:
        return
    assert b"<script" not in made


def test_what_a_program_or_a_person_wrote_into_a_drawing_and_nobody_sees_is_left_out():
    inside = """
<!-- by mallory --><?note mallory?><metadata><who>mallory</who></metadata>mallory
<style>/* mallory */ .a { fill: #123 } /* mallory</style>
<g data-name="mallory" id="a">mallory<path class="a" d="M0 0h9" style="stroke: red /* mallory */"/>mallory</g>
<g xmlns:x="https://editor.example/" x:author="mallory"><x:note>mallory</x:note>mallory<text>Pier <tspan>4</tspan>!</text></g>
"""
    made = safe(drawn(inside)).data
    assert b"mallory" not in made
    assert b"<text>Pier <tspan>4</tspan>!</text>" in made
    assert b'style="stroke: red' in made
    assert b".a { fill: #123 }" in made
