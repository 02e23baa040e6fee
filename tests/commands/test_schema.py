"""The schemas that editors check by: what the program takes they take, what it refuses they mostly refuse."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands.console import Call
from broadsheet.content import fields

jsonschema = pytest.importorskip("jsonschema", reason="build.py test installs it")

ROOT = Path(__file__).resolve().parents[2]


class _Plain(yaml.SafeLoader):
    """Reads dates as the texts that editors see."""


_Plain.yaml_implicit_resolvers = {
    key: [one for one in rules if one[0] != "tag:yaml.org,2002:timestamp"]
    for key, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def schema(what: str, folder: Path = ROOT) -> dict[str, Any]:
    done = CliRunner().invoke(program, ["schema", what], obj=Call(folder))
    made: dict[str, Any] = json.loads(done.output)
    jsonschema.Draft202012Validator.check_schema(made)
    return made


def wrong(what: str, value: Any) -> list[str]:
    return [one.json_path for one in jsonschema.Draft202012Validator(schema(what)).iter_errors(value)]


def test_the_sample_site_is_as_the_schemas_say():
    assert wrong("settings", tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))) == []
    stories = sorted((ROOT / "content/stories").rglob("*.md"))
    check = jsonschema.Draft202012Validator(schema("story"))
    found = [yaml.load(file.read_text("utf-8").split("---\n")[1], _Plain) for file in stories]
    assert len(found) > 20
    assert [
        (file.name, one.message) for file, story in zip(stories, found, strict=True) for one in check.iter_errors(story)
    ] == []


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"titel": "x"}, "$.tool.broadsheet"),
        ({"per_page": "30"}, "$.tool.broadsheet.per_page"),
        ({"edition": "yearly"}, "$.tool.broadsheet.edition"),
        ({"targets": {"live": {"kind": "folder"}}}, "$.tool.broadsheet.targets.live"),
        ({"robots": {"ai_training": "no"}}, "$.tool.broadsheet.robots.ai_training"),
    ],
)
def test_a_wrong_setting_is_marked_where_it_stands(table: dict[str, Any], path: str):
    assert path in wrong("settings", {"tool": {"broadsheet": table, "ruff": {"line-length": 100}}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("date", "8 May 2025"),
        ("priority", "top"),
        ("status", "live"),
        ("corrections", [{"text": "No date."}]),
        ("image", {"url": "pictures/quay.jpg"}),
        ("aliases", ["old/quay"]),
    ],
)
def test_a_wrong_key_of_a_story_is_marked(key: str, value: Any):
    story = {"id": "one", "title": "One", "date": "2025-05-08"}
    assert wrong("story", story) == []
    assert f"$.{key}" in wrong("story", {**story, key: value})[0]


def test_every_key_that_is_checked_is_in_the_schema_and_explained(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.broadsheet]\nsections = ["Quay"]\n[tool.broadsheet.taxonomies]\nship = "Ships"\n'
    )
    made = schema("story", tmp_path)["properties"]
    assert made.keys() == {*fields.STORY, "ship"}
    assert [key for key in fields.STORY if not made[key]["description"]] == []
    assert made["section"]["examples"] == ["Quay"]
    described = schema("settings")["$defs"]["Settings"]["properties"]
    assert [key for key, one in described.items() if not one.get("description")] == []
