"""What crawlers ask for."""

import datetime as dt

from lxml import etree

from broadsheet.feed_model import NewsEntry
from broadsheet.render.feeds.sitemap import index, news_sitemap, robots, sitemap

DAY = dt.datetime(2025, 5, 8, 23, tzinfo=dt.UTC)


def test_a_page_whose_last_change_is_unknown_claims_none():
    tree = etree.fromstring(sitemap([("https://example.org/?a&b", DAY), ("https://example.org/b/", None)]))
    assert ["".join(url.itertext()) for url in tree] == ["https://example.org/?a&b2025-05-08", "https://example.org/b/"]


def test_an_index_names_sitemaps():
    tree = etree.fromstring(index([("https://example.org/sitemap-1.xml", DAY)]))
    assert etree.QName(tree).localname == "sitemapindex"
    assert etree.QName(tree[0]).localname == "sitemap"


def test_news_may_hold_any_text():
    entry = NewsEntry("https://example.org/a/", "A & <b>\x07", "2025-05-08", "en")
    assert "A & <b>" in "".join(etree.fromstring(news_sitemap("X & Y", [entry])).itertext())


def test_robots_are_let_in_and_told_of_every_sitemap():
    assert robots(["https://example.org/a.xml"]) == b"User-agent: *\nAllow: /\n\nSitemap: https://example.org/a.xml\n"
