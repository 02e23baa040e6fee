"""Front matter of any kind, as YAML's own parser reads it and writer writes it.

In: the text of a block, or keys with values. Out: the other. Loaded where a block is not of the plain kind: the parser
takes longer to load than a hundred stories to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler


class NotYamlError(Exception):
    """A text is not YAML; ``line`` is where, counted from 0, if that is known."""

    def __init__(self, cause: yaml.YAMLError) -> None:
        super().__init__(getattr(cause, "problem", None) or str(cause))
        mark = getattr(cause, "problem_mark", None)
        self.line: int | None = mark.line if mark else None


def load(block: str) -> Any:
    """What a block means. Raises NotYamlError, and RecursionError for one that is nested too deeply."""
    try:
        return _YAML.load(block)
    except yaml.YAMLError as cause:
        raise NotYamlError(cause) from cause
    except (ValueError, OverflowError):  # a date that is none: kept as text, so that the key's own check names its line
        return _LENIENT.load(block)


def dump(meta: Mapping[str, Any]) -> str:
    """The block of these keys and values, in their order; a title is always quoted."""
    quoted = {key: _Quoted(value) if key == "title" else value for key, value in meta.items()}
    block = yaml.dump(quoted, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    return _TITLE.sub(lambda line: _ASTRAL.sub(lambda code: f"{code[1]}{chr(int(code[2], 16))}", line[0]), block)


class _Lenient(yaml.CSafeLoader):
    """The same YAML without dates: they stay text."""


_Lenient.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _LenientHandler(YAMLHandler):
    def load(self, fm: str, **_: Any) -> Any:
        return yaml.load(fm, Loader=_Lenient)  # noqa: S506, it is a safe loader


_YAML = YAMLHandler()
_LENIENT = _LenientHandler()


class _Quoted(str):
    __slots__ = ()


class _Dumper(yaml.CSafeDumper):
    """libyaml's writer, which can be taught how a title is written."""


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)

_TITLE = re.compile(r"^title: \".*\"$", re.MULTILINE)
_ASTRAL = re.compile(r"(?<!\\)((?:\\\\)*)\\U([0-9A-F]{8})")  # libyaml escapes emoji between double quotes
