"""Words that were parted at the ends of rows."""

import pytest

from broadsheet.ingest.extract import rows
from broadsheet.ingest.extract.hyphens import Hyphens


def joined(text):
    above, below, *_ = [row.text for row in rows.rows(text)[0]]
    between = Hyphens(rows.rows(text)[0]).between(above, below)
    return f"{above[:-1]}{between}{below}"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("the animals were poi-\nsoned here", "the animals were poisoned here"),
        ("it is a well-\nknown mill", "it is a well-known mill"),
        ("a house of twenty-\ntwo rooms", "a house of twenty-two rooms"),
        ("two- and four-\nor five-storey houses", "two- and four- or five-storey houses"),
        ("the Anglo-\nDanish society", "the Anglo-Danish society"),
        ("a soft hyphen parts con\u2010\ntainers", "a soft hyphen parts containers"),
        ("they co-\noperate here", "they co-operate here"),
    ],
)
def test_a_hyphen_goes_where_it_only_parted_a_word(text, whole):
    assert joined(text) == whole


def test_the_text_itself_says_how_a_word_is_written():
    assert joined("a silver-\nsmith came\nthe silver-smith left").startswith("a silver-smith")
    assert joined("they will co-\noperate\nto cooperate is best").startswith("they will cooperate")
