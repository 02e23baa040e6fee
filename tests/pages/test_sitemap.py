"""Sitemaps list the pages that are there."""

import datetime as dt
import re
from collections.abc import Callable

from broadsheet.pages.sitemap import SitemapInputs, sitemaps
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]


def test_a_sitemap_of_no_page_is_a_sitemap():
    (page,) = sitemaps([])
    assert (page.path, page.template) == ("sitemap.xml", "sitemap.xml")


def test_the_addresses_of_a_sitemap_are_in_order():
    (page,) = sitemaps([("b/", None), ("", dt.datetime(2025, 5, 8, tzinfo=dt.UTC)), ("a/", None)])
    assert isinstance(page.inputs, SitemapInputs)
    assert [address for address, _ in page.inputs.entries] == ["", "a/", "b/"]


def test_a_theme_that_stands_alone_lists_no_page_that_it_does_not_print(workshop: Make):
    theme = '-- themes/own/theme.toml --\nextends = ""\n-- themes/own/templates/story.html --\n{{ story.card.title }}\n'
    made = workshop(story("port", "2025-05-08", section="World"), theme, settings='theme = "own"\n')
    made.build()
    listed = re.findall("<loc>https://example.org/(.*?)</loc>", made.page("sitemap.xml"))
    assert listed == ["2025/05/08/port/"]
