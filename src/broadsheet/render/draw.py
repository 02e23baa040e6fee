"""Drawing: a page and its views → the bytes of its file.

In: a page, the theme, what composes views. Out: bytes. A template's ending does not matter; what is no template of the
theme (a feed, the sitemap, robots.txt, a file that is printed as it is) is drawn by code.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from broadsheet.errors import Place, fail
from broadsheet.model import Asset, Page
from broadsheet.render.bodies import changed
from broadsheet.render.feeds.documents import FEED_STYLE, WIRE, Wire
from broadsheet.render.images import derived
from broadsheet.render.theme.theme import Theme

Composes = Callable[[Page], dict[str, Any]]  # the views of a page, by the names under which its template finds them


def reach(theme: Theme, template: str) -> bytes:
    """The digest of what a page is made from besides its inputs: all that its template can print."""
    if not template:
        return b""
    return _wire(theme).reach(template) if template in WIRE else theme.reach(template)


def _wire(theme: Theme) -> Wire:
    return Wire(theme.asset(FEED_STYLE) if FEED_STYLE in theme.assets else "")


class Drawing:
    """Draws the pages of one site."""

    def __init__(self, theme: Theme, compose: Composes) -> None:
        self.theme = theme
        self.compose = compose
        self._wire = _wire(theme)

    def draw(self, page: Page) -> bytes:
        """The bytes of a page. Raises BroadsheetError."""
        if not page.template:
            return self.theme.generated.get(page.path) or self._copied(page)
        views = self.compose(page)
        if page.template in WIRE:
            return self._wire.draw(page.template, views)
        return self.theme.draw(page.template, views).encode()

    def _copied(self, page: Page) -> bytes:
        asset: Asset = page.inputs.asset  # type: ignore[attr-defined]  # a page without a template has AssetInputs
        data = derived.taken(self.theme.site, asset)
        if data is not None:
            return data
        try:
            data = Path(asset.file).read_bytes()
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(asset.name)) from cause
        if blake2b(data, digest_size=16).digest() != asset.digest:
            raise changed(Place(asset.name))
        return data
