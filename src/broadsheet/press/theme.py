"""The theme: templates and static files, a site's own before the shipped ones, file by file.

In: a theme's name and views. Out: pages as text; the static files with a digest in their names; and for each template
the digest of everything that it reaches, which is part of what a page is made from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.model import Asset
from broadsheet.press.misspelt import Misspelt, explained
from broadsheet.press.quick import Once, QuickEnvironment
from broadsheet.words import did_you_mean

DEFAULT = "broadsheet"
_HERE = Path(__file__).resolve().parent.parent
SHIPPED = (
    _HERE / "themes" if (_HERE / "themes").is_dir() else _HERE.parents[1] / "themes"
)  # the wheel's, or a checkout's

_REFERS = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+([^%]*?)-?%}")
_LITERAL = re.compile(r"""\s*["']([^"']+)["']""")


class About(msgspec.Struct, frozen=True):
    """What a theme says of itself in theme.toml."""

    name: str = ""
    extends: str | None = None
    options: dict[str, Any] = {}


class Theme:
    """A theme as a site sees it: its own folder first, then the theme that it extends, then the default one.

    A theme whose theme.toml says ``extends = ""`` stands alone, and prints the pages that it has templates for.
    """

    def __init__(self, site: Site, base: str, filters: Mapping[str, Callable[..., Any]] | None = None) -> None:
        self.site = site
        self.folders = _folders(site)
        self.base = base
        self.assets = {asset.name: asset for asset in self._static()}
        self._environment = QuickEnvironment(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in self.folders]),
            autoescape=True,
            undefined=Misspelt,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_bytecode(site.cache / "templates"),
            auto_reload=False,
        )
        self._environment.globals.update(asset=self.asset, once=Once())
        self._environment.filters.update(filters or {})
        self._broken: dict[str, BroadsheetError] = {}
        self._digests: dict[str, bytes] = {}
        self._statics = b"".join(asset.digest for _, asset in sorted(self.assets.items()))

    @property
    def templates(self) -> frozenset[str] | None:
        """The templates of a theme that stands alone; None where the default theme has what this one lacks."""
        if (SHIPPED / DEFAULT).resolve() in self.folders:
            return None
        return frozenset(self._environment.list_templates())

    def asset(self, name: str) -> str:
        """The address of a static file, for templates. Raises where the theme has no such file."""
        found = self.assets.get(name)
        if found is None:
            raise jinja2.TemplateRuntimeError(f"no static file {name!r}. {did_you_mean(name, self.assets)}")
        return self.base + found.path

    def draw(self, template: str, views: Mapping[str, Any]) -> str:
        """The text of a page. Raises BroadsheetError with the template's file and line."""
        if template in self._broken:
            raise self._broken[template]
        try:
            return self._environment.get_template(template).render(views)
        except BroadsheetError:
            raise
        except Exception as cause:
            problem = explained(cause, template, views, self.site.root, self.folders)
            if isinstance(cause, jinja2.TemplateSyntaxError):
                self._broken[template] = problem  # not to be compiled again for every page
            raise problem from cause

    def reach(self, template: str) -> bytes:
        """The digest of all that a template can print: itself, what it extends and includes, the static files."""
        if template not in self._digests:
            hashed = blake2b(self._statics, digest_size=16)
            for name in sorted(self._reached(template)):
                hashed.update(name.encode() + b"\0" + self._source(name).encode())
            self._digests[template] = hashed.digest()
        return self._digests[template]

    def _reached(self, template: str) -> set[str]:
        found: set[str] = set()
        waiting = [template]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for reference in _REFERS.findall(self._source(name)):
                literal = _LITERAL.match(reference)
                waiting += [literal[1]] if literal else self._environment.list_templates()
        return found

    def _source(self, name: str) -> str:
        for folder in self.folders:
            file = folder / "templates" / name
            if file.is_file():
                return file.read_text("utf-8", "replace")
        return ""

    def _static(self) -> list[Asset]:
        """The static files; of two with one name the one in the folder that comes first."""
        found: dict[str, Asset] = {}
        for folder in self.folders:
            static = folder / "static"
            for file in sorted(static.rglob("*")) if static.is_dir() else ():
                name = file.relative_to(static).as_posix()
                if file.is_file() and not name.startswith(".") and name not in found:
                    found[name] = _asset(file, name)
        return list(found.values())


def _asset(file: Path, name: str) -> Asset:
    data = file.read_bytes()
    digest = blake2b(data, digest_size=16)
    stem, dot, ending = name.rpartition(".")
    path = f"static/{stem}.{digest.hexdigest()[:8]}.{ending}" if dot else f"static/{name}.{digest.hexdigest()[:8]}"
    return Asset(name, str(file), path, digest.digest(), len(data))


def _folders(site: Site) -> tuple[Path, ...]:
    """The folders of the site's theme, the first that has a file wins. Raises BroadsheetError for a missing theme."""
    found: list[Path] = []
    name = site.settings.theme
    while name:
        own = [folder for folder in (site.themes / name, SHIPPED / name) if folder.is_dir() and folder not in found]
        if not own:
            known = {
                entry.name
                for root in (site.themes, SHIPPED)
                if root.is_dir()
                for entry in root.iterdir()
                if entry.is_dir()
            }
            raise fail(
                "theme-missing",
                f"no theme {name!r}",
                Place(f"{site.settings.themes}/{name}"),
                did_you_mean(name, known),
            )
        found += own
        extends = [about.extends for about in map(_about, own) if about.extends is not None]
        alone = extends == [""] and (SHIPPED / DEFAULT) not in found
        name = extends[0] if extends else ""
        if any(folder.name == name for folder in found):
            name = ""
    if alone:
        return tuple(dict.fromkeys(folder.resolve() for folder in found))
    if (SHIPPED / DEFAULT) not in found and (site.themes / DEFAULT).resolve() != (SHIPPED / DEFAULT).resolve():
        found.append(SHIPPED / DEFAULT)
    return tuple(dict.fromkeys(folder.resolve() for folder in found))


def _about(folder: Path) -> About:
    file = folder / "theme.toml"
    if not file.is_file():
        return About()
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), About)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as cause:
        raise fail("theme-toml", f"not a theme's description: {cause}", Place(f"{folder.name}/theme.toml")) from cause


def _bytecode(folder: Path) -> jinja2.FileSystemBytecodeCache:
    folder.mkdir(parents=True, exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(folder))
