"""Where an address leads: the quick way and the careful one agree, and nothing that comes in is a traceback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.check.origins import LinkResolver

HOME = LinkResolver("https://example.org/news/")
PAGE = "2025/05/08/port/"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/news/", "/"),
        ("/news", "/"),
        ("/news/index.html", "/"),
        ("/news/about/index.html", "/about/"),
        ("/news/about/?page=2#crew", "/about/#crew"),
        ("/news/a%20b/%D0%B3/", "/a b/г/"),
        ("/news/a/../b/", "/b/"),
        ("https://example.org/news/feed.xml", "/feed.xml"),
        ("http://EXAMPLE.org/news/x/", "/x/"),
        ("//example.org/news/x/", "/x/"),
        ("", "/2025/05/08/port/"),
        ("../pier/", "/2025/05/08/pier/"),
        ("#crew", "/2025/05/08/port/#crew"),
        ("#", ""),
        ("#top", ""),
        ("/news/x/#:~:text=word", "/x/"),
        ("/other/", "https://example.org/other/"),
        ("/newsletter/", "https://example.org/newsletter/"),
        ("https://elsewhere.example/a#b", "https://elsewhere.example/a"),
        ("https://elsewhere.example/ü%20?q=é", "https://elsewhere.example/%C3%BC%20?q=%C3%A9"),
        ("mailto:a@example.org", ""),
        ("javascript:alert(1)", ""),
        ("data:text/plain,x", ""),
        ("http://[half/", "?http://[half/"),
        ("  /news/x/\n", "/x/"),
    ],
)
def test_an_address_leads_where_a_browser_would_go(href: str, target: str):
    assert HOME.target(href, PAGE) == target


def test_a_slash_in_a_text_is_the_root_of_the_site():
    assert HOME.in_text("/about/", PAGE) == "/about/"
    assert HOME.in_text("//elsewhere.example/", PAGE) == "https://elsewhere.example/"
    assert HOME.in_text("more/", PAGE) == "/2025/05/08/port/more/"


@given(st.text(alphabet="ab./-_#?%:é", max_size=20))
def test_the_quick_way_is_the_careful_one(path: str):
    href = f"/news/{path}"
    assert HOME.target(href, PAGE) == HOME._target(href, PAGE) or "#top" in href


@given(st.text(), st.text(alphabet="abc/", max_size=9))
def test_no_address_is_too_odd(href: str, page: str):
    target = HOME.target(href, page)
    assert target == "" or target[0] == "/" or target.startswith(("http://", "https://", "?"))
