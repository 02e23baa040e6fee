"""What hosts are told of old addresses."""

import pytest

from broadsheet.pages.hosts import old_page


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
