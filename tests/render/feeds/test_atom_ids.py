"""Ids in Atom feeds: those that another program has published stay, all others become IRIs."""

import pytest

from broadsheet.render.feeds.atom import iri


@pytest.mark.parametrize(
    "known",
    ["https://old.example/2023/05/one/", "tag:old.example,2010-12-03:/one.html/", "urn:isbn:9780000000000"],
)
def test_an_iri_stays_what_subscribers_know(known: str):
    assert iri(known) == known


@pytest.mark.parametrize("text", ["story-1", "javascript:alert(1)", "https://a b/", 'tag:x"><y', "https://ü.example/"])
def test_anything_else_becomes_one_and_the_same_each_time(text: str):
    assert iri(text).startswith("urn:uuid:")
    assert iri(text) == iri(text)
