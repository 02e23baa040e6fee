"""Layers: the folders that a theme is made of, a site's own before the shipped ones; of two files the first is taken.

In: a site. Out: its theme's layers, each with what its theme.toml says; templates by name, for Jinja. A template that
names itself means the one that it overrides: ``{% extends "story.html" %}`` in a site's own story.html extends the
shipped one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2.loaders import split_template_path

from broadsheet import disk
from broadsheet.config import SHIPPED, Site
from broadsheet.config.settings import line
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, unfit
from broadsheet.text import did_you_mean

DEFAULT = "broadsheet"
FILE = "theme.toml"
TEMPLATES = "templates"
STATIC = "static"

_NAME = re.compile(r"\w[\w.-]*")
_OVERRIDDEN = "^"  # before a template's name: the one that it overrides; once more, the one that that one overrides


class ThemeAbout(msgspec.Struct, frozen=True):
    """What a theme says of itself in theme.toml; ``extends`` is "" where it stands alone, None if it does not say."""

    name: str = ""
    extends: str | None = None
    options: dict[str, Any] = {}


class Layer(msgspec.Struct, frozen=True):
    """A folder of a theme: the theme's name, where it lies, what a user calls it, whether it is the site's own."""

    theme: str
    folder: Path
    shown: str
    own: bool
    about: ThemeAbout

    def place(self, *names: str) -> Place:
        """Where something stands in its theme.toml."""
        return _place(self.folder, self.shown, *names)

    def files(self, kind: str) -> Iterator[str]:
        """The names of its templates or its static files, in order; hidden ones are nobody's."""
        return (name for name in self._names(kind) if disk.printable(name) == name)

    def unnamed(self, kind: str) -> Iterator[Problem]:
        """A problem for each file that is left out because no address could hold its name."""
        for name in self._names(kind):
            if (shown := disk.printable(name)) != name:
                place = Place(f"{self.shown}/{kind}/{shown}")
                message = "the file's name is not UTF-8, or holds a control character"
                yield error("file-name", message, place, "Rename the file.")

    def _names(self, kind: str) -> Iterator[str]:
        inside = self.folder / kind
        for file in sorted(inside.rglob("*")) if inside.is_dir() else ():
            name = file.relative_to(inside)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                yield name.as_posix()


def layers(site: Site) -> tuple[Layer, ...]:
    """The layers of a site's theme, the first that has a file wins.

    Raises BroadsheetError for a theme that is not there or cannot be understood.
    """
    found: list[Layer] = []
    name = chosen(site)
    while name:
        own = [layer for layer in _named(site, name) if layer.folder not in {known.folder for known in found}]
        if not own:
            place = found[-1].place("extends") if found else site.place("theme", "name")
            hint = did_you_mean(name, (layer.theme for layer in themes(site)))
            raise fail("theme-missing", f"no theme {name!r}", place, hint)
        found += own
        extends = [layer.about.extends for layer in own if layer.about.extends is not None]
        if extends[:1] == [""]:
            return tuple(found)
        name = extends[0] if extends else DEFAULT
        if any(layer.theme == name for layer in found):
            break
    return tuple(found)


def themes(site: Site) -> tuple[Layer, ...]:
    """Every theme that a site could choose: its own, then the shipped ones. Raises BroadsheetError as ``layers``."""
    names = {
        entry.name
        for root in (site.themes, SHIPPED)
        if root.is_dir()
        for entry in root.iterdir()
        if entry.is_dir() and _NAME.fullmatch(entry.name)
    }
    return tuple(layer for name in sorted(names) for layer in _named(site, name))


def chosen(site: Site) -> str:
    """The name of a site's theme."""
    theme = site.settings.theme
    return theme if isinstance(theme, str) else str(theme.get("name", DEFAULT))


def _named(site: Site, name: str) -> list[Layer]:
    """The folders of a theme: the site's own, and the shipped one of that name; they may be one and the same."""
    if not _NAME.fullmatch(name):
        return []
    found: dict[Path, Layer] = {}
    for own, root, shown in ((True, site.themes, site.settings.themes), (False, SHIPPED, "themes")):
        folder = (root / name).resolve()
        if (root / name).is_dir() and folder not in found:
            found[folder] = Layer(name, folder, f"{shown}/{name}", own, _about(folder, f"{shown}/{name}"))
    return list(found.values())


def _about(folder: Path, shown: str) -> ThemeAbout:
    """What theme.toml says. Raises BroadsheetError with every key that is unknown or wrong."""
    if not (folder / FILE).is_file():
        return ThemeAbout()
    try:
        table = tomllib.loads((folder / FILE).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        found = re.search(r"at line (\d+)", str(cause))
        place = Place(f"{shown}/{FILE}", int(found[1]) if found else 0)
        raise fail("theme-toml", f"not valid TOML: {cause}", place) from cause
    fields = ThemeAbout.__struct_fields__
    problems = [
        error("theme-toml", f"unknown key {key!r}", _place(folder, shown, key), did_you_mean(key, fields))
        for key in table
        if key not in fields
    ]
    if problems:
        raise BroadsheetError(*problems)
    try:
        return msgspec.convert(table, ThemeAbout)
    except msgspec.ValidationError as cause:
        key = re.search(r"`\$\.(\w+)", str(cause))
        raise fail("theme-toml", unfit(cause), _place(folder, shown, *([key[1]] if key else []))) from cause


def _place(folder: Path, shown: str, *names: str) -> Place:
    try:
        text = (folder / FILE).read_text("utf-8", "replace")
    except OSError:
        return Place(f"{shown}/{FILE}")
    return Place(f"{shown}/{FILE}", line(text, *names, root="") if names else 0)


def plain(template: str) -> str:
    """A template's name as a theme calls it, whichever layer it is taken from."""
    return template.lstrip(_OVERRIDDEN)


def joined(template: str, parent: str) -> str:
    """The template that ``parent`` means where it names ``template``."""
    return _OVERRIDDEN + parent if template == plain(parent) else template


class Loader(jinja2.BaseLoader):
    """Finds templates in layers."""

    def __init__(self, found: Sequence[Layer]) -> None:
        self.layers = found
        self._files: dict[str, tuple[Path, bytes] | None] = {}  # read once: what is compiled is what was digested

    def file(self, template: str) -> Path | None:
        """The file of a template, None where no layer has it. Raises TemplateNotFound for a name that leads outside."""
        depth = len(template) - len(plain(template))
        parts = split_template_path(plain(template))
        files = (layer.folder.joinpath(TEMPLATES, *parts) for layer in self.layers)
        there = [file for file in files if file.is_file()]
        return there[depth] if depth < len(there) else None

    def text(self, template: str) -> str:
        """The text of a template, empty where there is none."""
        try:
            found = self._read(template)
        except jinja2.TemplateNotFound:
            return ""
        return found[1].decode("utf-8", "replace") if found else ""

    def _read(self, template: str) -> tuple[Path, bytes] | None:
        """The file of a template and its bytes. Raises TemplateNotFound for a name that leads outside."""
        if template not in self._files:
            file = self.file(template)
            self._files[template] = (file, file.read_bytes()) if file else None
        return self._files[template]

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002, Jinja passes it
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """What Jinja asks a loader for. Raises TemplateNotFound."""
        found = self._read(template)
        if found is None:
            raise jinja2.TemplateNotFound(template)
        file, data = found
        try:
            return data.decode("utf-8"), str(file), None
        except UnicodeDecodeError as cause:
            line_ = data[: cause.start].count(b"\n") + 1
            raise jinja2.TemplateSyntaxError("not UTF-8", line_, template, str(file)) from cause

    def list_templates(self) -> list[str]:
        """The names of all templates."""
        return sorted({name for layer in self.layers for name in layer.files(TEMPLATES)})
