"""What is printed means what was written: no character of a source acts as markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.ingest.extract import to_markdown
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.render import markdown

TEXT = st.text(st.sampled_from("ab1. *_`#>+-=[]()<>!&;:/\\~|\"'é漢"), min_size=1, max_size=40)


def shown(text: str) -> str:
    """The words that a browser shows of Markdown, as one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markdown.render(text))).split())


def printed(fragment: str, base: str = "") -> str:
    return to_markdown.markdown(read_blocks(lxml_html.document_fromstring(f"<body>{fragment}</body>")), base)


@given(TEXT)
def test_escaped_text_shows_as_it_was_written(text):
    line = " ".join(text.split())
    assert shown(to_markdown.escape(line)) == line


@pytest.mark.parametrize(
    "line",
    [
        "1986. A year",
        "* * *",
        "# hash",
        "+44 is the code",
        "<b>bold</b>",
        "*then* a_b_c",
        "---",
        "a | b",
        "&amp; &#35;",
        "~~no~~",
        ": x",
    ],
)
def test_lines_that_markdown_would_act_on_show_as_they_are(line):
    assert shown(to_markdown.escape(line)) == line


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        " java\nscript:x",
        "vbscript:x",
        "//",
        "http://[",
        "file:///etc/passwd",
    ],
)
def test_an_unsafe_address_is_no_link(address):
    assert to_markdown.link(address) == ""


def test_an_address_is_made_absolute_and_cannot_end_its_link():
    assert to_markdown.link("/a b)c", "https://example.org/x") == "https://example.org/a%20b%29c"
    assert to_markdown.link("mailto:a@example.org") == "mailto:a@example.org"


def test_lists_quotations_emphasis_and_tables_are_kept():
    fragment = (
        "<p>One <b>two</b> <i>three</i></p><ol><li>First</li><li>Second</li></ol><blockquote><p>Said</p></blockquote>"
        "<table><tr><th>Boat</th><th>Calls</th></tr><tr><td>Orm</td><td>4</td></tr></table><pre>a\n  b</pre>"
    )
    assert printed(fragment) == (
        "One **two** *three*\n\n1. First\n2. Second\n\n> Said\n\n"
        "| Boat | Calls |\n| --- | --- |\n| Orm | 4 |\n\n```\na\n  b\n```\n"
    )


def test_a_fence_is_longer_than_any_in_the_text():
    assert printed("<pre>```\nx</pre>") == "````\n```\nx\n````\n"


def test_spaces_stay_outside_of_marks():
    assert printed("<p>a<b> bold </b>b</p>") == "a **bold** b\n"


def test_a_line_break_of_the_page_stays_one():
    assert shown(printed("<p>Roses<br>Violets</p>")) == "Roses Violets"
    assert "<br" in markdown.render(printed("<p>Roses<br>Violets</p>"))
