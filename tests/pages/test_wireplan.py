"""What is planned for machines."""

import datetime as dt

import pytest

from broadsheet.pages.hosts import old_page
from broadsheet.pages.sitemap import SitemapInputs, sitemaps


@pytest.mark.parametrize(
    ("alias", "file"),
    [
        ("/old/port.html", "old/port.html"),
        ("/old/port.htm", "old/port.htm"),
        ("/old/port/", "old/port/index.html"),
        ("/old/port", "old/port/index.html"),
        ("/port.php", "port.php/index.html"),
        ("/h%C3%A4fen/", "häfen/index.html"),
        ("/", None),
        ("/a//b/", None),
        ("/%2e%2e/b/", None),
        ("/a/%5C/", None),
        ("/a%00/", None),
        ("/.htaccess", None),
        ("/" + "x" * 300, None),
        ("/a" * 600, None),
    ],
)
def test_the_page_at_an_old_address_is_one_that_a_host_finds(alias: str, file: str | None):
    assert old_page(alias) == file


def test_a_sitemap_of_no_page_is_a_sitemap():
    (page,) = sitemaps([])
    assert (page.path, page.template) == ("sitemap.xml", "sitemap.xml")


def test_the_addresses_of_a_sitemap_are_in_order():
    (page,) = sitemaps([("b/", None), ("", dt.datetime(2025, 5, 8, tzinfo=dt.UTC)), ("a/", None)])
    assert isinstance(page.inputs, SitemapInputs)
    assert [address for address, _ in page.inputs.entries] == ["", "a/", "b/"]
