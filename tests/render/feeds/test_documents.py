"""What crawlers, hosts, feed readers and calendars take besides pages and feeds."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadsheet.render.feeds.documents import (
    Event,
    headers,
    icalendar,
    news_sitemap,
    opml,
    redirect,
    redirects,
    robots,
    sitemap,
    sitemap_index,
)
from broadsheet.syndication import FeedRef, NewsEntry


def test_groups_have_names_and_the_rest_stands_first():
    one, two = (FeedRef(name, f"https://example.org/{name}.xml", "https://example.org/") for name in ("a", 'b & "<c>"'))
    body = etree.fromstring(opml("T & U", [("", [one]), ("Topics", [two])])).find("body")
    assert [outline.get("text") for outline in body] == ["a", "Topics"]
    assert [outline.get("title") for outline in body[1]] == ['b & "<c>"']
    assert body[0].get("xmlUrl") == "https://example.org/a.xml"


DAY = dt.datetime(2025, 5, 8, 23, tzinfo=dt.UTC)


def test_a_page_whose_last_change_is_unknown_claims_none():
    tree = etree.fromstring(sitemap([("https://example.org/?a&b", DAY), ("https://example.org/b/", None)]))
    assert ["".join(url.itertext()) for url in tree] == ["https://example.org/?a&b2025-05-08", "https://example.org/b/"]


def test_an_index_names_sitemaps():
    tree = etree.fromstring(sitemap_index([("https://example.org/sitemap-1.xml", DAY)]))
    assert etree.QName(tree).localname == "sitemapindex"
    assert etree.QName(tree[0]).localname == "sitemap"


def test_news_may_hold_any_text():
    entry = NewsEntry("https://example.org/a/", "A & <b>\x07", "2025-05-08", "en")
    assert "A & <b>" in "".join(etree.fromstring(news_sitemap("X & Y", [entry], "https://example.org/")).itertext())


def test_robots_are_let_in_and_told_of_every_sitemap():
    assert robots(["https://example.org/a.xml"]) == b"User-agent: *\nAllow: /\n\nSitemap: https://example.org/a.xml\n"


def test_a_redirect_holds_no_text_that_could_end_its_attributes():
    page = redirect('/a"b/', "https://example.org/a/", '"><script>', "en").decode()
    assert "<script>" not in page
    assert 'url=/a&quot;b/"' in page


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("de", "ltr"), ("az-Arab", "rtl")])
def test_a_redirect_is_written_as_its_language_is(language: str, direction: str):
    page = redirect("/a/", "https://example.org/a/", "العدد", language).decode()
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_redirects_are_for_good():
    assert redirects([("/old", "/new/"), ("/older", "/new/")]) == b"/old /new/ 301\n/older /new/ 301\n"
    assert redirects([]) == b""


def test_headers_honour_the_path_of_the_site():
    text = headers("/news/", [("feed.xml", "application/rss+xml")], ["static/"]).decode()
    assert "\n/news/feed.xml\n  Content-Type: application/rss+xml; charset=utf-8\n" in text
    assert "\n/news/static/*\n" in text
    assert text.startswith("/news/*\n  Content-Security-Policy: ")


NOW = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)
_text = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n\\;,"), max_size=200
)


def test_an_event_has_what_the_rfc_asks_for_and_its_moment_in_utc():
    summer = dt.datetime(2025, 5, 9, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    lines = icalendar("Daily", [Event("id", summer, "It appears")], NOW).decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0", "UID:id", "DTSTAMP:20250508T120000Z", "DTSTART:20250509T120000Z", "SUMMARY:It appears"} <= {
        *lines
    }


@given(title=_text)
def test_any_title_comes_back_and_no_line_is_too_long(title: str):
    data = icalendar("Daily", [Event("id", NOW, title)], NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    unfolded = data.decode().replace("\r\n ", "")
    (said,) = re.findall(r"^SUMMARY:(.*)\r$", unfolded, re.MULTILINE)
    assert re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], said) == title
