"""Writes docs/reference/views.md from the types of the views and what their source says of them: python docs/views.py.

In: ``pages.kinds`` and the structs that it names. Out: Markdown. A test holds that the file is current.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from markupsafe import Markup

from broadsheet.pages.kinds import TEMPLATES
from broadsheet.pages.views import Late, PageView, SiteView

FILE = Path(__file__).with_name("reference") / "views.md"
HEAD = """\
# Views

A view is the set of values that a template may use. Each page is rendered by one template, which gets the views listed
here and nothing else. Views cannot be changed by a template. A name that does not exist is an error that gives the
template's file and line and the nearest name; `broadsheet theme check` finds it before any page is rendered.

This page is for people who write templates. See [Design](../guides/design.md) for how to override one. It is generated
from the program's types by `python docs/views.py`.

- **Addresses** are ready to print. They begin with the site's base path, such as `/news/2025/05/08/slug/`. The ones
  called `canonical`, the addresses of feeds and those of pictures for share cards are absolute.
- **Safe HTML** is printed as it is. All other text is escaped.
- **Or none** means that the value may be missing, which is false in an `{% if %}`.

## Templates

| template | draws | gets, besides `site` and `page` |
| --- | --- | --- |
"""
GLOBALS = """
Every template can also use:

- `options`: the [options of the theme](../guides/design.md#options) by name, such as `options.accent`;
- `phrases`: the [words of the theme](../guides/design.md#words) in the site's language, such as `phrases.archive` or
  `phrases.page(2, 7)`;
- `number(1234)`, `percent(0.12)` and `listed(links)`: numbers and lists as the language writes them;
- `asset("style.css")`: the address of a static file, with a digest of its content in its name;
- `once(macro, …)`: the output of a macro, drawn once for the same arguments and then reused. It speeds up long sites.
  The macro must depend on nothing but its arguments;
- the filters and tests of [Jinja](https://jinja.palletsprojects.com/en/stable/templates/), and the site's own `FILTERS`
  from its `build.py`.
"""
_WORDS: dict[Any, str] = {
    str: "text",
    int: "number",
    bool: "true or false",
    object: "anything",
    Markup: "safe HTML",
    Late: "safe HTML",
    dt.date: "date",
}


def page() -> str:
    """The page of all views."""
    parts = [HEAD]
    for name, kind in TEMPLATES.items():
        views = {name: view for name, view in kind.views.items() if view not in (SiteView, PageView)}
        gets = ", ".join(f"`{name}`: {_shown(view)}" for name, view in views.items()) or (
            "–" if kind.views else "nothing"
        )
        parts.append(f"| `{name}` | {_code(kind.about)} | {gets} |\n")
    parts.append(GLOBALS)
    for struct in structs():
        parts.append(f"\n## {struct.__name__}\n\n{_called(struct)}{_code(inspect.cleandoc(struct.__doc__ or ''))}\n\n")
        parts.append("| field | is |\n| --- | --- |\n")
        said = _comments(struct)
        for name, kind in typing.get_type_hints(struct).items():
            comment = f"; {said[name]}" if name in said else ""
            parts.append(f"| `{name}` | {_shown(kind)}{_code(comment)} |\n")
    return "".join(parts)


def structs() -> list[type[msgspec.Struct]]:
    """Every struct that a template can reach, in the order in which it does."""
    found: dict[type[msgspec.Struct], None] = {}

    def walk(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found[kind] = None
            for part in typing.get_type_hints(kind).values():
                walk(part)
        for part in typing.get_args(kind):
            walk(part)

    for kind in (SiteView, PageView, *(view for one in TEMPLATES.values() for view in one.views.values())):
        walk(kind)
    return list(found)


def _called(struct: type) -> str:
    """The names under which templates get a struct."""
    names = {name: None for kind in TEMPLATES.values() for name, view in kind.views.items() if view is struct}
    return "".join(f"In templates: `{name}`. " for name in names)


def _comments(struct: type) -> dict[str, str]:
    """What stands behind the fields of a struct in its source."""
    source = inspect.cleandoc("\n" + inspect.getsource(struct))
    (written,) = ast.parse(source).body
    lines = source.splitlines()
    found = {}
    for node in _fields(written):
        behind = lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset :].decode().strip()
        if behind.startswith("#") and isinstance(node.target, ast.Name):
            found[node.target.id] = behind.removeprefix("#").strip().replace("|", "\\|")
    return found


def _fields(written: ast.stmt) -> Iterator[ast.AnnAssign]:
    return (node for node in getattr(written, "body", []) if isinstance(node, ast.AnnAssign))


def _shown(kind: Any) -> str:
    """A type in words."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return " or ".join(f'`"{part}"`' for part in parts)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_shown(part) for part in parts if part is not type(None)) + " or none"
    if origin is tuple and parts[-1] is Ellipsis:
        return f"list of {_shown(parts[0])}"
    if origin is tuple:
        return f"({', '.join(map(_shown, parts))})"
    if origin is dict:
        return "table of names and values"
    return _WORDS[kind] if kind in _WORDS else f"[{kind.__name__}](#{kind.__name__.lower()})"


def _code(text: str) -> str:
    parts = text.replace("``", "`").split("`")
    return "`".join(part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(parts))


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
    sys.stdout.write(f"Written to {FILE}.\n")
