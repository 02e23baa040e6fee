"""Metadata for machines."""

import json

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.pages.structured import script


@given(st.text())
def test_no_text_can_leave_the_script_that_it_stands_in(text: str):
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    made = script([{"name": text}])
    assert not set("<>&\u2028\u2029") & set(made)
    assert json.loads(made) == {"@context": "https://schema.org", "name": text}


def test_several_things_are_one_graph():
    assert json.loads(script([{"a": 1}, {"b": 2}])) == {
        "@context": "https://schema.org",
        "@graph": [{"a": 1}, {"b": 2}],
    }
