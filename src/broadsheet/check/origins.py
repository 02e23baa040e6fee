"""Origins: where an address in a page leads, and where in the sources it came from.

In: addresses as they stand in pages; a planned page and a target. Out: targets. One inside the site is "/" and the path
below its root as a file system has it, with "#" and an anchor where it has one ("/2025/05/08/harbour/#crew"); one
outside is a full address; an empty one is nothing that could be looked for. And places: the lines of the page's own
texts that lead to a target, else the line of its front matter, else the template that printed it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin, urlsplit

import msgspec

from broadsheet import iri
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.content.parser import Reference
from broadsheet.errors import BroadsheetError, Place
from broadsheet.model import Page, Prose, Text
from broadsheet.pages.story import StoryInputs
from broadsheet.pages.urls import Addresses, answered
from broadsheet.render.theme.layers import TEMPLATES, Layer

UNREADABLE = "?"  # begins the target of what is no address at all


class LinkResolver:
    """The ground of one site, which begins at its address; a path in that is honoured."""

    def __init__(self, url: str) -> None:
        self.at = at = Addresses(url)
        self.base = at.base
        self.root = at.root
        self._host = urlsplit(at.root).netloc.lower()
        self.known: dict[str, str] = {}  # addresses that lead to the same from every page
        # What most addresses look like, told in a tenth of the time that taking them apart would need.
        inside = f"(?:{re.escape(at.origin)})?{re.escape(at.base)}"
        self._plain = re.compile(
            rf"{inside}((?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*/)*(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)?)"
        ).fullmatch

    def target(self, href: str, page: str) -> str:
        """Where an address leads from the page at ``page``, an address below the root."""
        known = self.known.get(href)
        if known is not None:
            return known
        written, href = href, href.strip()
        if href.startswith("#"):
            anchor = unquote(href[1:])
            return f"/{page}#{anchor}" if anchor and anchor.lower() != "top" else ""
        rooted = href.startswith(("/", "http:", "https:"))
        if rooted and (plain := self._plain(href)):
            found = f"/{answered(plain[1])}"
        else:
            found = self._target(href, "" if rooted else page)
        if rooted or not found:
            self.known[written] = found
        return found

    def in_text(self, href: str, page: str) -> str:
        """The same for an address as an editor writes it in a text, where / is the root of the site."""
        rooted = href.startswith("/") and not href.startswith("//")
        return self.target(self.base + href[1:] if rooted else href, page)

    def _target(self, href: str, page: str) -> str:
        try:
            parts = urlsplit(urljoin(self.at.absolute(page), href))
            own = iri.host(parts.netloc).lower() == self._host
        except ValueError:
            return UNREADABLE + href
        if parts.scheme not in ("http", "https"):
            return ""
        path = parts.path or "/"
        if not own or not f"{iri.once(path)}/".startswith(self.base):
            return quote(parts._replace(fragment="").geturl(), safe="%/:?[]@!$&'()*+,;=~-._")
        inside = answered(unquote(path)[len(unquote(self.base)) :].removeprefix("/"))
        anchor = unquote(parts.fragment).partition(":~:")[0]  # what follows is a text for the browser to find
        return f"/{inside}#{anchor}" if anchor and anchor.lower() != "top" else f"/{inside}"


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
