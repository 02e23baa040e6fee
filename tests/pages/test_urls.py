"""Addresses on other hosts, as a feed may state them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.pages.urls import abroad


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("https://example.org/ä b", "https://example.org/%C3%A4%20b"),
        ("https://bücher.example/%20", "https://xn--bcher-kva.example/%20"),
        ("javascript:alert(1)", ""),
        ("//example.org/a", ""),
        ("example.org", ""),
        ("https://[::1/", ""),
        ("https:///a", ""),
    ],
)
def test_an_address_is_in_ascii_or_is_none(given: str, said: str):
    assert abroad(given) == said


@given(st.text().map(lambda text: f"https://example.org/{text}"))
def test_any_address_is_fit_for_xml(address: str):
    if any("\ud800" <= character <= "\udfff" for character in address):
        return
    assert abroad(address).isascii()
    assert not set(abroad(address)) & set('<>" \n\\')
