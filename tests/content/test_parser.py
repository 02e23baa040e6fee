"""Tags are read as a browser reads them, and where they stand."""

import re
from html import unescape

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.content.parser import tags
from tests.conftest import examples


def found(html: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (tag.name, {key: value.text for key, value in tag.attributes.items()})
        for tag in tags(html)
        if not tag.ends and tag.name not in "!<"
    ]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<A HREF=x>", [("a", {"href": "x"})]),
        ("<img/src=a/b.jpg/>", [("img", {"src": "a/b.jpg/"})]),
        ("<img src='a' src=b alt>", [("img", {"src": "a", "alt": ""})]),
        ("<img alt = \"x>'y'\"\nsrc\n=\n'a&amp;b&copy=1'>", [("img", {"alt": "x>'y'", "src": "a&b&copy=1"})]),
        ("<!-- <a> --!><b><!--><i><!-- <u>", [("b", {}), ("i", {})]),
        ("<?x <a>?><b><!D <a>><i></><![CDATA[<a>]]>", [("b", {}), ("i", {})]),
        ("<script><a></script ><STYLE><b></style><i>", [("script", {}), ("style", {}), ("i", {})]),
        ("<title><a><b>", [("title", {})]),
        ("a < b <3 <é> <b", []),
        ("<b><img src='a>", [("b", {})]),
    ],
)
def test_a_tag_is_what_a_browser_takes_for_one(html: str, told: list[tuple[str, dict[str, str]]]):
    assert found(html) == told


PIECES = st.sampled_from(
    ["<", "img", " ", "/", ">", "src", "=", '"', "'", "a.png", "alt", "\n", "!--", "-->", "--", "x", "&amp;", "<img ", "<img src=", "<b>", "<!", "?"]
)  # fmt: skip


@settings(max_examples=examples(800))
@given(st.lists(PIECES, max_size=14).map("".join))
def test_pictures_are_those_that_the_sanitiser_sees(html: str):
    seen = nh3.clean(html, tags={"img"}, attributes={"img": {"src"}})
    theirs = [unescape(source) for source in re.findall(r'<img src="([^"]*)">', seen)]
    assert [said["src"] for name, said in found(html) if name == "img" and "src" in said] == theirs


@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_value_stands_where_it_is_said_to(html: str):
    for tag in tags(html):
        assert html[tag.start] == "<"
        for value in tag.attributes.values():
            assert unescape(html[value.start : value.end]) == value.text


@pytest.mark.parametrize("piece", ["<a ", "<a b=", "<a b='", "<!--", "<title>", "<a b ", "</", "<a/"])
def test_a_text_of_beginnings_is_read_once(piece: str):
    assert len(list(tags(piece * 50_000))) <= 1
