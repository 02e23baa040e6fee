"""Theming: whether a theme keeps the contract, before a page is drawn for a reader.

In: a theme. Out: problems with file and line: templates that cannot be parsed, names that no view has, blocks that
nothing prints, files that are not there or that nobody uses, copies that have been left behind.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import jinja2
import msgspec
from jinja2 import nodes
from markupsafe import Markup

from broadsheet.errors import BroadsheetError, Place, Problem, error, warning
from broadsheet.pages.kind import Template
from broadsheet.pages.kinds import TEMPLATES
from broadsheet.pages.views import Late
from broadsheet.render import Theme
from broadsheet.render.theme import WORDS
from broadsheet.render.theme.environment import explained, shown
from broadsheet.render.theme.layers import joined, plain
from broadsheet.render.theme.options import COMMENT, referred
from broadsheet.render.theme.overrides import compared
from broadsheet.render.theme.type_check import ANY, Module, TemplateTypeChecker
from broadsheet.text import did_you_mean


def check(theme: Theme, own: Mapping[str, Template] | None = None) -> list[Problem]:
    """All that is wrong with a theme. Raises BroadsheetError where what was copied cannot be known.

    ``own`` are the templates of the site's own kinds of pages.
    """
    templates = {**TEMPLATES, **(own or {})}
    checking = _TemplateChecker(theme, templates)
    problems = [*theme.chosen.warnings, *checking.parsed()]
    words = Module("phrases", dict.fromkeys(theme.words, ANY))
    known = {"options": type(theme.options), "phrases": words}
    typed = TemplateTypeChecker(theme.environment, known, checking.place)
    there = [name for name in templates if theme.loader.file(name)]
    for name in there:
        typed.page(name, templates[name].views)
    problems += typed.problems.values()
    told = {problem.place for problem in problems}
    problems += (problem for name in there for problem in checking.drawn(name) if problem.place not in told)
    return [*dict.fromkeys([*problems, *checking.unused(there), *checking.styles(), *compared(theme)])]


def blocks(theme: Theme, template: str) -> list[str]:
    """The blocks of a page's template: its own and those of what it extends, in the order in which they stand there."""
    names = sorted(theme.reached(template), key=lambda name: name != template)
    trees = map(theme.environment.parse, map(theme.loader.text, names))
    return [*dict.fromkeys(block.name for tree in trees for block in tree.find_all(nodes.Block))]


_REFERRING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


class _TemplateChecker:
    """Looks at the templates of one theme as they are written; those of all layers, however deep."""

    def __init__(self, theme: Theme, templates: Mapping[str, Template]) -> None:
        self.theme = theme
        self.templates = templates
        self.trees: dict[str, nodes.Template] = {}

    def place(self, template: str, line: int = 0) -> Place:
        """A line of a template as the user calls it."""
        file = self.theme.loader.file(template)
        return Place(shown(str(file), self.theme.site.root, self.theme.layers) if file else template, line)

    def parsed(self) -> Iterator[Problem]:
        """Templates that cannot be parsed, and what they name that is not there."""
        environment = self.theme.environment
        for name in self._every():
            try:
                source, file, _ = self.theme.loader.get_source(environment, name)
                environment.compile(source, name, file)
                self.trees[name] = environment.parse(source, name, file)
            except jinja2.TemplateError as cause:
                yield explained(cause, name, self.theme.site.root, self.theme.layers).problem
        for name, tree in self.trees.items():
            yield from self._missing(name, tree)
            yield from self._blocks(name, tree)

    def drawn(self, template: str) -> Iterator[Problem]:
        """What goes wrong where a page is drawn of views that have everything, and of such as have the least."""
        for full in (True, False):
            try:
                views = {name: sample(kind, full=full) for name, kind in self.templates[template].views.items()}
            except TypeError:  # a site's own view is of a type of which nothing is known
                return
            try:
                self.theme.render(template, views)
            except BroadsheetError as cause:
                yield from cause.problems

    def unused(self, there: list[str]) -> Iterator[Problem]:
        """The site's own templates that print nothing."""
        used = {WORDS, *(name for template in there for name in self.theme.reached(template))}
        own = {name for layer in self.theme.layers if layer.own for name in layer.files("templates")}
        for name in sorted(own - used):
            hint = did_you_mean(Path(name).name, self.templates)
            yield warning(
                "template-unused", "is not the template of a page, and no template uses it", self.place(name), hint
            )

    def styles(self) -> Iterator[Problem]:
        """Files that a style sheet of the site's own names and that are not there."""
        for layer in self.theme.layers:
            for name in layer.files("static") if layer.own else ():
                if not name.endswith(".css"):
                    continue
                path = layer.folder / "static" / name
                sheet = COMMENT.sub(lambda it: b"\n" * it[0].count(b"\n"), path.read_bytes())
                for found, file in referred(sheet, name):
                    if file not in self.theme.assets:
                        line = sheet.count(b"\n", 0, found.start()) + 1
                        place = Place(shown(str(path), self.theme.site.root, self.theme.layers), line)
                        hint = did_you_mean(file, self.theme.assets)
                        yield error("theme-file", f"no static file {file!r}", place, hint)

    def _every(self) -> Iterator[str]:
        """Every template, and those that it overrides."""
        for name in self.theme.loader.list_templates():
            while self.theme.loader.file(name):
                yield name
                name = f"^{name}"  # noqa: PLW2901, one below the other

    def _missing(self, template: str, tree: nodes.Template) -> Iterator[Problem]:
        """Templates and static files that are named and not there."""
        loader = self.theme.loader
        for node in tree.find_all(_REFERRING):
            named = getattr(node, "template", None)
            if not isinstance(named, nodes.Const) or getattr(node, "ignore_missing", False):
                continue
            name = str(named.value)
            if loader.file(joined(name, template)) is None:
                hint = did_you_mean(name, set(loader.list_templates()) - {plain(template)})
                message = f"no template {name!r}" + (" that it overrides" if name == plain(template) else "")
                yield error("template-missing", message, self.place(template, node.lineno), hint)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "asset":
                for named in call.args[:1]:
                    if isinstance(named, nodes.Const) and named.value not in self.theme.assets:
                        hint = did_you_mean(str(named.value), self.theme.assets)
                        place = self.place(template, call.lineno)
                        yield error("template", f"no static file {named.value!r}", place, hint)

    def _blocks(self, template: str, tree: nodes.Template) -> Iterator[Problem]:
        """Blocks of a template that nothing prints: those that no template has which it extends."""
        known: set[str] = set()
        above, seen = tree.find(nodes.Extends), {template}
        if above is None:
            return
        name = template
        while above is not None:
            if not isinstance(above.template, nodes.Const):
                return
            name = joined(str(above.template.value), name)
            if name in seen or name not in self.trees:
                return
            seen.add(name)
            known |= {block.name for block in self.trees[name].find_all(nodes.Block)}
            above = self.trees[name].find(nodes.Extends)
        for node in tree.body:
            if isinstance(node, nodes.Block) and node.name not in known:
                place = self.place(template, node.lineno)
                message = f"block {node.name!r} is in no template that this one extends: it is never shown"
                yield warning("template-block", message, place, did_you_mean(node.name, known) if known else "")


_DAY = dt.date(2025, 5, 8)
_PLAIN: dict[type, tuple[Any, Any]] = {
    str: ("text", ""),
    int: (2, 0),
    float: (2.5, 0.0),
    bool: (True, False),
    Markup: (Markup("<p>text</p>"), Markup("")),
    Late: (Late(lambda: Markup("{}")), None),
    dt.date: (_DAY, _DAY),
}


def sample(kind: Any, *, full: bool) -> Any:
    """A value of a type: ``full`` with every part that it may have, two of what there may be many; else with none."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return parts[-1] if full else parts[0]
    if origin is types.UnionType or origin is typing.Union:
        return sample(next(part for part in parts if part is not type(None)), full=full) if full else None
    if origin is tuple:
        if parts[-1] is Ellipsis:
            return (sample(parts[0], full=full),) * 2 if full else ()
        return tuple(sample(part, full=full) for part in parts)
    if origin is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{name: sample(part, full=full) for name, part in typing.get_type_hints(kind).items()})
    if kind not in _PLAIN:
        raise TypeError(f"no sample of {kind!r}")
    return _PLAIN[kind][0 if full else 1]
