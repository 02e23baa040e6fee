"""The theme: templates, static files and options, a site's own before the shipped ones, file by file.

In: a site and views. Out: pages as text; the static files with a digest in their names, style sheets with the options
before them; and for each template the digest of everything that it reaches, which is part of what a page is made from.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup, escape

from broadsheet import iri, locales
from broadsheet.config import SHIPPED, Site
from broadsheet.errors import BroadsheetError, Place, fail, unfit
from broadsheet.model import Asset
from broadsheet.render.theme.environment import (
    MacroCache,
    QuickEnvironment,
    SuggestingUndefined,
    TemplateCache,
    explained,
)
from broadsheet.render.theme.layers import DEFAULT, STATIC, TEMPLATES, Layer, Loader, joined, layers
from broadsheet.render.theme.options import addressed, choose, condensed, properties, referred, styled
from broadsheet.render.theme.words import Catalogues, Words, overridden
from broadsheet.text import did_you_mean

_REFERS = re.compile(r"{%[-+]?\s*(?:extends|include|import|from)\b(.*?)[-+]?%}", re.DOTALL)
_LITERAL = re.compile(r"""\s*(["'])([^"']*)\1\s*(?:$|import\b|as\b|ignore\b|with\b|without\b)""")


class PictureOption(msgspec.Struct, frozen=True):
    """A picture that an option names: its address, and its size in pixels (0: unknown)."""

    url: str
    width: int
    height: int


class _Environment(QuickEnvironment):
    """Jinja's environment, in which a template that names itself means the one that it overrides."""

    def join_path(self, template: str, parent: str) -> str:
        return joined(template, parent)


class Theme:
    """A theme as a site sees it: its own folder first, then the theme that it extends, then the default one.

    A theme whose theme.toml says ``extends = ""`` stands alone, and prints the pages that it has templates for.
    ``generated`` are the static files that are not printed as they lie on disk, by path. ``languages`` are the same
    theme in the other languages of a site, by the folders of their pages. Raises BroadsheetError for a theme that is
    not there, and for options that are wrong.
    """

    def __init__(self, site: Site, base: str, filters: Mapping[str, Callable[..., Any]] | None = None) -> None:
        self.site = site
        self.base = base
        self.layers = layers(site)
        self.loader = Loader(self.layers)
        self.statics = _statics(self.layers)
        chosen = choose(site, self.layers, self.statics)
        unnamed = (problem for layer in self.layers for kind in (STATIC, TEMPLATES) for problem in layer.unnamed(kind))
        self.chosen = msgspec.structs.replace(chosen, warnings=(*chosen.warnings, *unnamed))
        self.generated: dict[str, bytes] = {}
        self.locale = locales.of(site.settings.language, site.settings.timezone)
        self.catalogues = Catalogues(site, self.layers)
        tags = locales.chain(site.settings.language)
        self.entries = overridden(self.catalogues.of(*tags), site, self.locale)
        self.catalogue = Words(self.entries, self.locale)
        self.words = Words(self.entries, self.locale, self._own_words)
        self.word_digests = self.catalogues.digests(tags)
        css = properties(self.chosen.described, self.chosen.values)
        css |= {f"--say-{key.replace('_', '-')}": _quoted(entry.forms[-1]) for key, entry in self.entries.items()}
        self.assets: dict[str, Asset] = {}
        for name in self.statics:
            self._publish(name, css)
        self.options = self._options()
        self.environment = _Environment(
            loader=self.loader,
            autoescape=True,
            undefined=SuggestingUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=TemplateCache(site.cache / "templates"),
            auto_reload=False,
        )
        self.environment.globals.update(asset=self.asset, once=MacroCache(), options=self.options)
        self.environment.globals.update(
            phrases=self.words, say=self.words, catalogue=self.catalogue, locale=self.locale
        )
        self.environment.globals.update(language_name=lambda tag: locales.of(tag).name)
        self.environment.globals.update(listed=self._listed, number=self.locale.number, percent=self.locale.percent)
        self.environment.filters.update(filters or {})
        self._broken: dict[str, BroadsheetError] = {}
        self._digests: dict[str, bytes] = {}
        self._common = b"".join(asset.digest for _, asset in sorted(self.assets.items()))
        self._common += msgspec.msgpack.encode(self.options) + b"".join(self.word_digests.values())
        others = () if site.home else site.languages
        self.languages = {one.home: Theme(one, base, filters) for one in others if one.home}
        for other in self.languages.values():
            self.generated |= other.generated
            self.word_digests |= other.word_digests

    @property
    def printed(self) -> dict[str, Asset]:
        """Its static files in all languages, by name: those of another language than the first behind its folder.

        Languages that say the same in a file, as de and de-AT do, have one.
        """
        found = dict(self.assets)
        paths = {one.path for one in found.values()}
        for home, other in self.languages.items():
            found |= {f"{home}{name}": one for name, one in other.assets.items() if one.path not in paths}
            paths |= {one.path for one in other.assets.values()}
        return found

    def within(self, path: str) -> Theme:
        """The theme in the language of a page, by its path."""
        return self.languages.get(path[: path.find("/") + 1], self)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of its layers."""
        return tuple(layer.folder for layer in self.layers)

    @property
    def templates(self) -> frozenset[str] | None:
        """The templates of a theme that stands alone; None where the default theme has what this one lacks."""
        if any(layer.folder == (SHIPPED / DEFAULT).resolve() for layer in self.layers):
            return None
        return frozenset(self.loader.list_templates())

    def asset(self, name: str) -> str:
        """The address of a static file, for templates. Raises where the theme has no such file."""
        found = self.assets.get(name)
        if found is None:
            raise jinja2.TemplateRuntimeError(f"no static file {name!r}. {did_you_mean(name, self.assets)}")
        return self.base + iri.encoded(found.path)

    @functools.cached_property
    def renamed(self) -> bool:
        """Whether a layer has a words.html of its own, whose words are stronger than those of the catalogues."""
        file = self.loader.file(WORDS)
        return file is not None and file.resolve() != (SHIPPED / DEFAULT / TEMPLATES / WORDS).resolve()

    @functools.cached_property
    def _exported(self) -> Mapping[str, Any]:
        if not self.renamed:
            return {}
        self.environment.globals.update(phrases=self.catalogue, say=self.catalogue)  # of which it may be made itself
        try:
            module = self.environment.get_template(WORDS).module
        finally:
            self.environment.globals.update(phrases=self.words, say=self.words)
        return {name: value for name, value in vars(module).items() if not name.startswith("_")}

    def _own_words(self) -> Mapping[str, Any]:
        return self._exported

    def _listed(self, items: Sequence[Any], caller: Callable[[Any], Markup] | None = None) -> Markup:
        """Items as the language lists them: ``{% call(it) listed(links) %}…{% endcall %}`` draws each."""
        drawn = [escape(item) if caller is None else caller(item) for item in items]
        return Markup("").join(self.locale.listed(drawn))

    def render(self, template: str, views: Mapping[str, Any]) -> str:
        """The text of a page. Raises BroadsheetError with the template's file and line."""
        if template in self._broken:
            raise self._broken[template]
        try:
            return self.environment.get_template(template).render(views)
        except BroadsheetError:
            raise
        except Exception as cause:
            problem = explained(cause, template, self.site.root, self.layers)
            if isinstance(cause, jinja2.TemplateSyntaxError):
                self._broken[template] = problem  # not to be compiled again for every page
            raise problem from cause

    def reach(self, template: str) -> bytes:
        """The digest of all that a template can print: itself, what it extends and includes, static files, options."""
        if template not in self._digests:
            hashed = blake2b(self._common, digest_size=16)
            for name, digest in sorted(self.reached(template).items()):
                hashed.update(name.encode() + b"\0" + digest)
            for other in self.languages.values():
                hashed.update(other.reach(template))
            self._digests[template] = hashed.digest()
        return self._digests[template]

    def reached(self, template: str) -> dict[str, bytes]:
        """The templates that a template can print, itself among them, each with the digest of its text."""
        found: dict[str, bytes] = {}
        waiting = [template, *([WORDS] if self.renamed else [])]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            text = self.loader.text(name)
            found[name] = blake2b(text.encode(), digest_size=16).digest()
            for reference in _REFERS.findall(text):
                literal = _LITERAL.match(reference)
                waiting += [joined(literal[2], name)] if literal else self.loader.list_templates()
        return found

    def _publish(self, name: str, css: Mapping[str, str], within: tuple[str, ...] = ()) -> None:
        """Name a static file by its content; those that a style sheet names come first, for it contains their names."""
        if name in self.assets:
            return
        if name.endswith(".css"):
            for _, other in referred(self.statics[name].read_bytes(), name):
                if other in self.statics and other not in (name, *within):
                    self._publish(other, css, (*within, name))
        self.assets[name] = self._asset(self.statics[name], name, css)

    def _asset(self, file: Path, name: str, css: Mapping[str, str]) -> Asset:
        data = read = file.read_bytes()
        if name.endswith(".css"):
            data = addressed(styled(condensed(read), css), name, self.assets)
        digest = blake2b(data, digest_size=16)
        stem, dot, ending = name.rpartition(".")
        mark = digest.hexdigest()[:8]
        path = f"static/{stem}.{mark}.{ending}" if dot else f"static/{name}.{mark}"
        if data is not read:
            self.generated[path] = data
        return Asset(name, str(file), path, digest.digest(), len(data))

    def _options(self) -> msgspec.Struct:
        """The options as templates see them, frozen."""
        values = dict(self.chosen.values)
        for key, option in self.chosen.described.items():
            if option.type == "picture":
                name = values[key]
                values[key] = PictureOption(self.asset(name), *measured(self.statics[name])) if name else None
        return msgspec.defstruct("options", [(key, Any) for key in values], frozen=True)(**values)


def _statics(found: tuple[Layer, ...]) -> dict[str, Path]:
    """The static files; of two with one name the one in the layer that comes first."""
    files: dict[str, Path] = {}
    for layer in found:
        for name in layer.files(STATIC):
            files.setdefault(name, layer.folder / STATIC / name)
    return files


def _quoted(text: str) -> str:
    """A text as CSS writes it, on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


TITLES = "partials/titles.json"
WORDS = "partials/words.html"
_TITLED = (
    "editions", "archive", "sections", "topics", "authors", "sources", "threads", "corrections", "retracted", "search",
    "lost", "gone", "note", "tip", "important", "warning", "caution", "figures", "film", "listen", "points", "also",
    "ai_assisted", "ai_generated", "ai_summary",
)  # fmt: skip


def titles(theme: Theme) -> dict[str, str]:
    """What the theme calls pages: what its titles.json says, else its words for them. Raises BroadsheetError."""
    own = theme.templates
    said = {key: str(theme.words[key]) for key in _TITLED}
    if own is not None and TITLES not in own:
        return said
    try:
        return said | msgspec.json.decode(theme.render(TITLES, {}), type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError) as cause:
        hint = 'It is an object of texts, such as {"topics": "Topics"}.'
        raise fail(
            "theme-titles", f"not the titles of pages: {unfit(cause)}", Place(f"templates/{TITLES}"), hint
        ) from cause


_ROOT = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
_SIDE = re.compile(rb"""\s(width|height)=["']\s*([\d.]{1,9})(?:px)?\s*["']""")
_BOX = re.compile(rb"""\sviewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]{1,9})[\s,]+([\d.]{1,9})\s*["']""")


def measured(file: Path) -> tuple[int, int]:
    """The width and height of a picture in pixels; an SVG's are those that it says, or its view box's."""
    try:
        if file.suffix.lower() == ".svg":
            return _svg(file.read_bytes())
        from PIL import Image

        with Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError):
        return 0, 0


def _svg(data: bytes) -> tuple[int, int]:
    root = _ROOT.search(data)
    if root is None:
        return 0, 0
    sides = {name: float(value) for name, value in _SIDE.findall(root[0])}
    if len(sides) == 2:
        return round(sides[b"width"]), round(sides[b"height"])
    box = _BOX.search(root[0])
    return (round(float(box[1])), round(float(box[2]))) if box else (0, 0)
