"""The blocks of a page are what a reader sees, one after another, whatever elements it is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.ingest.extract import to_markdown
from broadsheet.ingest.extract.blocks import Block, clean
from broadsheet.ingest.extract.page_blocks import read_blocks


def blocks(inner: str, lang: str = "en") -> list[Block]:
    return read_blocks(lxml_html.document_fromstring(f"<html lang={lang}><body>{inner}</body></html>"))


def printed(inner: str, lang: str = "en") -> str:
    return to_markdown.markdown(blocks(inner, lang))


@pytest.mark.parametrize("inner", ["<x-hint>Orm</x-hint>", "<foo>Orm</foo>", "<a-b><c-d>Orm</c-d></a-b>"])
def test_an_element_that_nobody_knows_is_part_of_its_line(inner):
    assert [block.text for block in blocks(f"<p>The boat of {inner} is back.</p>")] == ["The boat of Orm is back."]


def test_an_element_that_nobody_knows_and_that_holds_blocks_is_a_block():
    [first, second] = blocks("<news-app><p>One</p><p>Two</p></news-app>")
    assert [around.tag for around in first.around.chain()][1] == "news-app"
    assert (first.text, second.text) == ("One", "Two")


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("12 m<sup>3</sup> of CO<sub>2</sub>", "12 m³ of CO₂"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ('built<sup><a href="#n1">1</a></sup> here', "built\\[1\\] here"),
        ("in <s>May</s> June", "in ~~May~~ June"),
        ("he said <q>no</q>", "he said “no”"),
        ('calm <img class="emoji" alt="⚓" src="e.png"> sea', "calm ⚓ sea"),
    ],
)
def test_what_is_set_apart_within_a_line_keeps_its_meaning(inner, text):
    assert printed(f"<p>{inner}</p>") == f"{text}\n"


def test_quotation_marks_are_those_of_the_page_s_language():
    assert printed("<p>Er sagte <q>nein</q></p>", "de-AT") == "Er sagte „nein“\n"


def test_a_term_stands_with_its_definition():
    assert printed("<dl><dt>Length</dt><dd>11 m</dd><dt>Crew</dt><dd><p>Seven</p></dd></dl>") == (
        "- **Length**: 11 m\n- **Crew**: Seven\n"
    )


def test_lists_keep_their_depth_their_numbers_and_all_paragraphs_of_an_item():
    inner = "<ul><li>Hull<ul><li>oak</li></ul></li></ul><ol start=3><li><p>Third</p><p>and more</p></li><li>Fourth</li></ol>"
    assert printed(inner) == "- Hull\n  - oak\n3. Third\n\n   and more\n\n4. Fourth\n"


def test_a_quotation_and_who_said_it_are_one():
    assert (
        printed("<blockquote><p>Wet through.</p><cite>Ada Orr</cite></blockquote>")
        == "> Wet through.\n>\n> *Ada Orr*\n"
    )


@pytest.mark.parametrize(
    ("inner", "src"),
    [
        ('<img src="data:image/gif;base64,x" data-src="/quay.jpg">', "/quay.jpg"),
        ('<img src="/spacer.gif" srcset="/quay.jpg 640w, /big.jpg 1280w">', "/quay.jpg"),
        ('<amp-img src="/quay.jpg"></amp-img>', "/quay.jpg"),
    ],
)
def test_a_picture_that_is_loaded_later_is_known_by_the_address_that_it_gets(inner, src):
    [block] = blocks(inner)
    assert (block.kind, block.src) == ("img", src)


def test_a_picture_that_counts_readers_is_none():
    assert blocks('<img src="/count.gif" width="1" height="1">') == []


@pytest.mark.parametrize(
    "inner",
    [
        '<iframe src="https://films.example/9"></iframe>',
        '<video><source src="https://films.example/9"></video>',
        '<object data="https://films.example/9"></object>',
    ],
)
def test_what_is_embedded_is_a_block_with_its_address(inner):
    [block] = blocks(inner)
    assert (block.kind, block.src) == ("embed", "https://films.example/9")


PIECES = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<dl><dt>", "<dd>", "</dl>", "<li>", "<ul>", "</ul>", "<table><tr><td>", "</table>", "<x-y>",
         "</x-y>", "<blockquote>", "</blockquote>", "<q>", "<br>", "<h2>", "</h2>", "<figure>", "<figcaption>", "word "]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES)
def test_no_word_of_a_page_is_lost_whatever_its_elements(pieces):
    words = [f"w{n}x " if piece == "word " else piece for n, piece in enumerate(pieces)]
    text = clean(" ".join(block.text for block in blocks("".join(words))))
    assert all(word.strip() in text for word in words if word.startswith("w"))
