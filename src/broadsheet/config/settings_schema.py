"""The settings as JSON Schema, for editors that complete and check pyproject.toml.

In: the types of the settings, with the comments of their source. Out: a schema (draft 2020-12) of a whole
pyproject.toml, of which it knows [tool.broadsheet] alone.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import msgspec

from broadsheet.config.robots import Robots
from broadsheet.config.settings import Settings
from broadsheet.config.targets import KINDS
from broadsheet.config.taxonomies import Declared

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FIELD = re.compile(r"^    (\w+): [^\n]*?(?:  # ([^\n]+))?$", re.MULTILINE)
_ABOVE = re.compile(r"^    # ([^\n]+)\n    (\w+):", re.MULTILINE)


def comments(settings: type) -> dict[str, str]:
    """What the source says of each field of a struct: behind it, or in the line above."""
    source = inspect.getsource(settings)
    said = {name: comment or "" for name, comment in _FIELD.findall(source)}
    said |= {name: comment for comment, name in _ABOVE.findall(source)}
    return {name: comment[:1].upper() + comment[1:] for name, comment in said.items()}


def schema() -> dict[str, Any]:
    """The schema of pyproject.toml."""
    (root,), definitions = msgspec.json.schema_components([Settings], ref_template="#/$defs/{name}")
    for struct in (Settings, Robots, Declared):
        for name, comment in comments(struct).items():
            definitions[struct.__name__]["properties"][name]["description"] = comment
    for kind in KINDS.values():
        definitions[kind.__name__]["required"] = ["kind", *kind.required]
    tool = {"type": "object", "properties": {"broadsheet": root}}
    return {
        "$schema": DIALECT,
        "title": "pyproject.toml of a site of Broadsheet",
        "type": "object",
        "properties": {"tool": tool},
        "$defs": definitions,
    }
