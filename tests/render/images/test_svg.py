"""Drawings: what is served, what is refused, what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.images.svg import DEFAULT, safe

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
