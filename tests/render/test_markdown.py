"""Bodies are safe HTML, whether the sanitiser was asked or had nothing to take out."""

import html as entities

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.render import markdown
from tests.conftest import examples

PIECES = st.one_of(
    st.sampled_from(
        ["# ", "## ", "- ", "1. ", "3. ", "> ", "    ", "\n", "\n\n", " ", "**", "*", "_", "`", "```", "~~~"]
    ),
    st.sampled_from(["~~", "|", "--", "[", "](", ")", "![", "]: ", "<", ">", "&", '"', "'", "\\", "word", "Zoë", "#z"]),
    st.sampled_from(
        ["javascript:", "data:", "https://a.b/c", "mailto:a@b.c", "&colon;", "&#106;", "&Tab;", "/x", "//y"]
    ),
    st.sampled_from(["vbscript:", "JaVaScript:alert(1)", "<b onx=1>"]),
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def alike(html: str) -> str:
    """The same HTML however its references and empty elements are written."""
    return entities.unescape(html.replace(" />", ">").replace("&quot;", '"'))


@settings(max_examples=examples(1500))
@given(TEXTS)
def test_the_sanitiser_finds_nothing_in_what_is_printed(text: str):
    printed = markdown.render(text)
    tags, attributes = set(markdown._TAGS), {tag: set(names) for tag, names in markdown._ATTRIBUTES.items()}
    tags.add("section")  # of footnotes, which are put together behind the sanitiser, as ids are
    added = {"section": {"class"}, "a": {"id"}, "li": {"id"}} | {f"h{rank}": {"id"} for rank in range(2, 7)}
    attributes |= {tag: attributes.get(tag, set()) | names for tag, names in added.items()}
    cleaner = nh3.Cleaner(tags=tags, attributes=attributes, url_schemes=markdown._SCHEMES, link_rel=None)
    assert alike(cleaner.clean(printed)) == alike(printed)


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "[a](java&Tab;script:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a]\n\n[a]: data:text/html;base64,AAAA",
        "![a](data:image/svg+xml,x)",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_an_address_that_runs_something_is_taken_out(text: str):
    printed = markdown.render(text).lower()
    assert '"javascript:' not in printed
    assert '"data:' not in printed
    assert "onerror" not in printed


def test_a_headline_in_a_body_stands_below_the_page_s():
    assert markdown.render("# One\n\ntwo") == '<h2 id="one">One</h2>\n<p>two</p>\n'


@pytest.mark.parametrize("tag", ["pre", "b", "div", "blockquote"])
def test_a_body_nested_without_end_is_printed_as_it_is_written(tag: str):
    text = f"<{tag}>" * 100_000 + "x"
    assert markdown.render(text) == f"<pre>{entities.escape(text)}</pre>"


def test_a_long_body_with_much_html_is_printed_as_html():
    assert markdown.render("A <big>bold</big> word.\n\n" * 3000).count("<big>") == 0  # not among the tags of a body
    assert markdown.render("A <em>true</em> word.\n\n" * 3000).count("<em>") == 3000
