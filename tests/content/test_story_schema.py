"""The schema of front matter explains every key to whoever points at it in an editor."""

from broadsheet.content import fields
from broadsheet.content.story_schema import schema
from broadsheet.model import STORY_KEYS


def test_every_key_is_described():
    described = {key: shape["description"] for key, shape in schema(("country",))["properties"].items()}
    assert described.keys() == {*fields.STORY, "country"}
    assert [key for key, said in described.items() if not said.endswith(".")] == []


def test_a_key_of_front_matter_is_a_field_of_a_story_and_the_other_way_round():
    assert {*fields.STORY, "embargo"} == STORY_KEYS
