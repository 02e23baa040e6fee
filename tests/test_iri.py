"""Addresses in ASCII: encoded exactly once, whatever was written, and hosts as browsers look them up."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import iri

PATHS = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("https://example.org/ä b", "https://example.org/%C3%A4%20b"),
        ("https://bücher.example/%20", "https://xn--bcher-kva.example/%20"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%c3%a4%2", "https://example.org/%c3%a4%252"),
        ("javascript:alert(1)", ""),
        ("//example.org/a", ""),
        ("example.org", ""),
        ("https://[::1/", ""),
        ("https:///a", ""),
        ("https://example.org:port/", ""),
        (f"https://{'ü' * 64}.example/", ""),
        ("https://ü..example/", ""),
        ("https://exam ple.org/", ""),
        ("https://example.org<b>/", ""),
        ("https://example.org/\nDisallow: /", ""),
    ],
)
def test_an_address_is_in_ascii_or_is_none(given: str, said: str):
    assert iri.absolute(given) == said


@given(PATHS.map(lambda text: f"https://example.org/{text}"))
def test_any_address_is_fit_for_xml(address: str):
    assert iri.absolute(address).isascii()
    assert not set(iri.absolute(address)) & set('<>" \n\\')


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("example.org:8080", "example.org:8080"),
        ("Bücher.example:8080", "xn--bcher-kva.example:8080"),
        ("наука.рф", "xn--80aa3ak5a.xn--p1ai"),
        ("中国。example", "xn--fiqs8s.example"),
        ("straße.example", "xn--strae-oqa.example"),  # and not strasse.example, which is another host
        ("[2001:db8::1]:80", "[2001:db8::1]:80"),
    ],
)
def test_a_host_is_the_one_that_browsers_ask_for(given: str, said: str):
    assert iri.host(given) == said
    assert iri.host(said) == said


@given(PATHS)
def test_an_encoded_path_says_the_same_and_is_not_encoded_again(path: str):
    made = iri.encoded(path)
    assert made.isascii()
    assert unquote(made) == path
    assert iri.once(made) == made


@given(PATHS.map(lambda text: text.replace("%", "")))
def test_a_path_has_one_spelling_whether_it_came_encoded_or_not(path: str):
    assert iri.once(path) == iri.once(iri.encoded(path)) == iri.encoded(path)


@pytest.mark.parametrize("written", ["http://[::1", "//[", "https://[v1.x/a", "http://ex℀mple.org/"])
def test_what_cannot_be_taken_apart_has_no_parts(written):
    assert set(iri.split(written)) == {""}


def test_an_address_is_taken_apart():
    assert iri.split("https://example.org/a?b#c") == ("https", "example.org", "/a", "b", "c")
