"""Footnotes, headings that can be linked to, tasks and tables: what a body needs beside its tags."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.pages.bodies import for_page
from broadsheet.pages.urls import Addresses
from broadsheet.render.markdown import render


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]*)"', html)


def test_a_footnote_stands_at_the_end_and_leads_back_to_each_of_its_references():
    html = render(
        "One.[^a] Two.[^b] One again.[^a]\n\n[^a]: First *note*.\n\n    It goes on.\n\n[^b]: Second.\n\nLast.\n"
    )
    body, _, notes = html.partition('<section class="footnotes">')
    assert body.index("Last.") > body.index("Two.")
    assert "First" not in body
    assert re.findall(r'id="(fnref-[^"]*)" href="#(fn-\d)"', body) == [
        ("fnref-1", "fn-1"), ("fnref-2", "fn-2"), ("fnref-1-2", "fn-1"),
    ]  # fmt: skip
    assert re.findall(r'href="#(fnref-[^"]*)"', notes) == ["fnref-1", "fnref-1-2", "fnref-2"]
    assert "First <em>note</em>." in notes
    assert "It goes on." in notes


def test_a_footnote_that_nobody_refers_to_is_printed_all_the_same():
    assert "Lost and found." in render("A.\n\n[^x]: Lost and found.\n")


def test_a_footnote_is_as_safe_as_all_else():
    html = render('A.[^x]\n\n[^x]: <script>alert(1)</script><a href="javascript:x" onclick="y">z</a> <div id="q">\n')
    for bad in ("<script", "javascript:", "onclick", 'id="q"'):
        assert bad not in html


@pytest.mark.parametrize(
    "text",
    [
        '<div class="footnote-definition" id="1"><sup class="footnote-definition-label">1</sup>forged</div>\n\nA.[^1]\n\n[^1]: True.',
        'A <sup class="footnote-reference"><a href="#x">7</a></sup>.',
        "A.[^1]\n\n[^1]: <div>open\n\n<div>\n\nLast.",
        "A.\ufdd01\ufdd1[^1]\n\n[^1]: B.",
    ],
)  # fmt: skip
def test_html_that_looks_like_a_footnote_breaks_nothing(text: str):
    html = render(text)
    assert "\ufdd0" not in html
    assert len(ids(html)) == len(set(ids(html)))
    for word in re.findall(r"forged|True|open|Last|B\b", text):
        assert word in html


@given(st.text(alphabet="ab[^]:1 \n<div>#*|-", max_size=80))
def test_no_id_is_given_twice_whatever_is_written(text: str):
    found = ids(render(text))
    assert len(found) == len(set(found))


def test_a_heading_can_be_linked_to_by_its_words():
    html = render("See [the end](#the-end).\n\n## The *end*\n\n## The end\n\n### Main\n\n## 終わり\n")
    assert ids(html) == ["the-end", "the-end-2", "main-2", "終わり"]  # a page has its own "main"


def test_tasks_keep_their_boxes_as_text():
    html = render("- [ ] open\n- [x] done\n")
    assert "☐ open" in html
    assert "☑ done" in html
    assert "<input" not in html


def test_columns_keep_their_alignment_on_a_page_by_a_class_and_in_a_feed_by_the_attribute():
    html = render("| a | b | c |\n| - | -: | :-: |\n| 1 | 2 | 3 |\n")
    assert '<td align="right">2</td>' in html
    page = for_page(html, Addresses("https://example.org/"), ())
    assert '<td class="right">2</td>' in page
    assert '<th class="center">c</th>' in page
    assert "align=" not in page
    assert '<div class="scroll" tabindex="0"><table>' in page
    assert page.count("</table></div>") == 1


def test_a_list_of_definitions_is_one():
    html = render("Tide\n: The sea, twice a day.\n")
    assert "<dt>Tide</dt>" in html
    assert "<dd>The sea, twice a day.</dd>" in html


@pytest.mark.parametrize(
    "html",
    ["<abbr title='Port of London'>PoL</abbr>", "<kbd>K</kbd>", "<mark>m</mark>", "<details><summary>More</summary>Text</details>",
     "<aside>Box</aside>", "<a href='tel:+441234'>01234</a>", "H<sub>2</sub>O", "<time datetime='2025-05-08'>Thursday</time>"],
)  # fmt: skip
def test_what_stories_need_of_html_is_printed(html: str):
    assert html.replace("'", '"') in render(f"A {html}." if "<aside" not in html and "<details" not in html else html)
