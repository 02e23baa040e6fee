import pytest

from broadsheet.ingest.extract import boilerplate


def kind(text, language="en"):
    return boilerplate.kind(boilerplate.key(text), boilerplate.table(language))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Share on Facebook", "share"),
        ("1,024 views", "counter"),
        ("24 Views", "counter"),
        ("ADVERTISEMENT", "advert"),
        ("news-image", "picture"),
        ("Read more: the bridge", "related"),
        ("Sign up to our newsletter", "signup"),
        ("© 2025 The Paper", "copyright"),
        ("Disclaimer: This image is taken from a wire.", "credit"),
        ("Leave a comment", "comments"),
    ],
)
def test_furniture_is_known_by_its_words(line, expected):
    assert kind(line) == expected


def test_a_phrase_claims_no_paragraph_that_happens_to_begin_so():
    assert kind("More people than ever took the ferry to the islands this summer, the harbour authority said") == ""


def test_phrases_of_other_languages_do_not_count():
    assert kind("Teilen", "de") == "share"
    assert kind("Del Toro wins again", "en") == ""
