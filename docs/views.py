"""Writes docs/views.md from the types of the views and what their source says of them: python docs/views.py.

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

FILE = Path(__file__).with_name("views.md")
HEAD = """\
# Views: what a template may see

Each page is drawn by one template, which gets the views below and nothing else. They are frozen values; a name that is
not there is an error with the template's file, its line and the nearest name, and `broadsheet theme check` finds it
before a page is drawn. This page is made of the program's own types: `python docs/views.py` writes it.

Addresses are ready to print: they begin with the site's base path (`/news/2025/05/08/slug/`); only those called
`canonical`, those of feeds to be announced and those of pictures for share cards are absolute. What is *safe HTML* is
printed as it is, all other text is escaped. *Or none* is what is false in an `{% if %}`. See [themes](themes.md) for
how templates are overridden.

## Templates

| template | draws | gets, besides `site` and `page` |
| --- | --- | --- |
"""
GLOBALS = """
Every template also sees

- `options`, the [options of the theme](themes.md#options) by name: `options.accent`;
- `phrases`, the [words of the theme](themes.md#words) in the site's language: `phrases.archive`,
  `phrases.page(2, 7)`; `number(1234)`, `percent(0.12)` and `listed(links)`, which write as that language does;
- `asset("style.css")`, the address of a static file, with a digest of its content in its name;
- `once(macro, …)`, what a macro prints, drawn once for the same arguments and kept. It makes long sites quick; the
  macro must depend on nothing but its arguments;
- the filters and tests of [Jinja](https://jinja.palletsprojects.com/en/stable/templates/), and a site's own
  `FILTERS` from its `build.py`.
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
