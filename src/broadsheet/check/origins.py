"""Origins: where in the sources a page's link, or the page itself, came from.

In: a planned page and a target. Out: places: the lines of the page's own texts that lead there, else the line of its
front matter, else the template that printed it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

import msgspec

from broadsheet.check.link_targets import LinkResolver
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.content.parser import Reference
from broadsheet.errors import BroadsheetError, Place
from broadsheet.model import Page, Prose, Text
from broadsheet.pages.story import StoryInputs
from broadsheet.pages.urls import answered
from broadsheet.render.theme.layers import TEMPLATES, Layer


class Origins:
    """The origins of one site's pages; ``layers`` are the folders of its theme, the first that has a file wins."""

    def __init__(self, site: Site, ground: LinkResolver, layers: Sequence[Layer]) -> None:
        self.site = site
        self.ground = ground
        self.layers = layers
        self.references = functools.cache(self._references)
        self._data = functools.lru_cache(maxsize=64)(self._read)
        self._literals = functools.cache(self._literal)

    def texts(self, page: Page) -> Iterator[str]:
        """The files that a page prints the bodies of, as a user calls them."""
        content = self.site.settings.content
        if isinstance(page.inputs, StoryInputs):
            yield f"{content}/stories/{page.inputs.item.story.path}"
            return
        for value in msgspec.structs.astuple(page.inputs):
            if isinstance(value, Prose):
                yield f"{content}/pages/{value.path}"
            elif isinstance(value, Text):
                yield f"{content}/{value.path}"

    def leading(self, page: Page, target: str) -> list[Place]:
        """The places in a page's own files that lead to a target; none where a template does."""
        found: dict[Place, None] = {}
        here = answered(page.path)
        for file in self.texts(page):
            if not self._may_hold(file, target):
                continue
            for one in self.references(file):
                if self.ground.in_text(one.address, here) == target:
                    found[Place(file, one.line)] = None
            written = target.partition("#")[0]
            if not found and written.strip("/") and (line := positions.of_address(self.site.root / file, written)) > 1:
                found[Place(file, line)] = None
        return list(found)

    def _may_hold(self, file: str, target: str) -> bool:
        """Whether a file could lead to a target: told quickly, where a template leads astray from every page."""
        data = self._data(file)
        name = re.split("[#?]", target)[0].rstrip("/").rpartition("/")[2]
        if not name or any(mark in data for mark in (b"..", b"\\", b"&")):  # ways to write it otherwise
            return True
        return unquote_to_bytes(name) in (unquote_to_bytes(data) if b"%" in data else data)

    def template(self, page: Page, target: str = "") -> Place:
        """The template that a page was drawn by, or the part of the theme in which a target is written."""
        if target and (literal := self._literals(target)):
            return literal
        for layer in self.layers:
            if (layer.folder / TEMPLATES / page.template).is_file():
                return Place(f"{layer.shown}/{TEMPLATES}/{page.template}")
        return Place(page.origin or page.template)

    def of(self, page: Page) -> Place:
        """The file that a page is made from, else its template."""
        return Place(page.origin) if page.origin and page.template else self.template(page)

    def _references(self, file: str) -> list[Reference]:
        try:
            return positions.references(self._data(file), file)
        except BroadsheetError:  # it was read a moment ago; the build tells what is wrong with it
            return []

    def _read(self, file: str) -> bytes:
        try:
            return (self.site.root / file).read_bytes()
        except OSError:
            return b""

    def _literal(self, target: str) -> Place | None:
        """Where an address is written out in a template of the theme."""
        path = target.removeprefix("/")
        if not path:
            return None
        written = re.compile(rf"""["'}}](?:{re.escape(self.ground.base)}|/)?{re.escape(path)}["'?]""")
        for layer in self.layers:
            for name in layer.files(TEMPLATES):
                text = (layer.folder / TEMPLATES / name).read_text("utf-8", "replace")
                if found := written.search(text):
                    return Place(f"{layer.shown}/{TEMPLATES}/{name}", text.count("\n", 0, found.start()) + 1)
        return None
