"""The settings of an old site: Hugo's in three languages, Jekyll's in YAML, Pelican's in Python, of which none is run.

In: a folder. Out: a table of settings; what cannot be read is a problem, and the site is read without it.
"""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from broadsheet.errors import Place, Problem, warning
from broadsheet.migrate.post import Generator

HUGO = tuple(f"{name}.{ending}" for name in ("hugo", "config") for ending in ("toml", "yaml", "yml", "json"))
JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
PELICAN = ("pelicanconf.py", "publishconf.py")
_LARGEST = 1024 * 1024  # bytes
_DEEPEST = 50  # parts of a Python expression that is put together


def detect(folder: Path) -> tuple[Generator, Path] | None:
    """Which generator made a folder, and the site's own folder: this one, or the one above its content folder."""
    for home in (folder, folder.parent):
        if any((home / name).is_file() for name in JEKYLL) or (home / "_posts").is_dir():
            return "jekyll", home
        if (home / PELICAN[0]).is_file():
            return "pelican", home
        if any((home / name).is_file() for name in (*HUGO, *(f"config/_default/{name}" for name in HUGO))):
            return "hugo", home
    return None


def read(folder: Path, names: tuple[str, ...]) -> tuple[dict[str, Any], list[Problem]]:
    """The settings in the first of these files that is there; later files of Pelican add to it."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in names:
        file = folder / name
        if not file.is_file() or (found and not name.endswith(".py")):
            continue
        try:
            text = file.read_bytes()[:_LARGEST].decode("utf-8-sig", "replace")
            found |= _parsed(text, file.suffix)
        except (OSError, ValueError, SyntaxError, yaml.YAMLError, RecursionError) as cause:
            said = str(cause).split("\n", 1)[0]
            message = f"the old site's settings cannot be read: {said}"
            problems.append(warning("import-settings", message, Place(name, _line(cause)), "It is read without them."))
    return found, problems


def hugo(home: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Hugo's settings, with the parts that have files of their own below config/_default, such as languages.de.toml."""
    config, problems = read(home, HUGO)
    parts = home / "config" / "_default"
    if not config:
        config, problems = read(parts, HUGO)
    config = {key.lower(): value for key, value in config.items()}
    for file in sorted(parts.glob("*.*")):
        name, *inner = file.stem.lower().split(".")
        if name in ("languages", "permalinks") and len(inner) <= 1:
            part, wrong = read(parts, (file.name,))
            problems += wrong
            config[name] = table(config.get(name)) | ({inner[0]: part} if inner else part)
    return config, problems


def table(value: Any) -> dict[str, Any]:
    """A value that should be a table, or an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def zone(name: Any, otherwise: ZoneInfo) -> ZoneInfo:
    """The time zone of a name, or another where there is none of that name."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else otherwise
    except (ValueError, OSError):
        return otherwise


def _parsed(text: str, ending: str) -> dict[str, Any]:
    if ending == ".toml":
        return tomllib.loads(text)
    if ending == ".json":
        return table(json.loads(text))
    return _python(text) if ending == ".py" else table(yaml.load(text, Loader=yaml.CSafeLoader))


def _python(text: str) -> dict[str, Any]:
    """The plain values that a Python file gives to names, as far as they can be told without running it."""
    found: dict[str, Any] = {}
    for node in ast.parse(text).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and value is not None and (told := _value(value, found)) is not None:
                found[target.id] = told
    return found


def _value(node: ast.expr, known: Mapping[str, Any], depth: int = 0) -> Any:
    """A literal, a name given before, or texts put together with + ; None for everything else."""
    if depth < _DEEPEST and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left, known, depth + 1), _value(node.right, known, depth + 1)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _line(cause: Exception) -> int:
    mark = getattr(cause, "problem_mark", None)
    return mark.line + 1 if mark else int(getattr(cause, "lineno", 0) or 0)
