"""Rendering: a plan → files. A page and its views become bytes here, and here alone is skipped what is unchanged.

In: pages, the theme, what composes views, the output folder, the cache. Out: how many were drawn, written and removed,
and problems. A template's ending does not matter; what is no template of the theme (a feed, the sitemap, robots.txt, a
file that is printed as it is) is drawn by code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from broadsheet.cache.store import Drawn, Store
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Asset, Page
from broadsheet.render.bodies import changed
from broadsheet.render.feeds.documents import FEED_STYLE, WIRE, Wire
from broadsheet.render.output import Output
from broadsheet.render.theme.theme import Theme
from broadsheet.workers import spread

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
            return self.theme.generated.get(page.path) or _copied(page)
        views = self.compose(page)
        if page.template in WIRE:
            return self._wire.draw(page.template, views)
        return self.theme.draw(page.template, views).encode()


def _copied(page: Page) -> bytes:
    asset: Asset = page.inputs.asset  # type: ignore[attr-defined]  # a page without a template has AssetInputs
    try:
        data = Path(asset.file).read_bytes()
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(asset.name)) from cause
    if blake2b(data, digest_size=16).digest() != asset.digest:
        raise changed(Place(asset.name))
    return data


SLICE = 32  # pages that a process draws before it tells of them
ALONE = 256  # pages that one process has drawn before a second could have begun


class Printed(msgspec.Struct, frozen=True):
    """What a printing did: pages planned, drawn, files written and removed, and the problems met."""

    planned: int
    drawn: int
    written: int
    removed: int
    problems: tuple[Problem, ...]


Keyed = Callable[[Page], tuple[bytes, bytes]]  # the digest of all that a page is made from, and the page as it is saved


class Sheet(NamedTuple):
    """A page that was drawn: what is kept of it, with its saved form unless that is kept already; whether its file was
    written.
    """

    drawn: Drawn
    saved: bytes | None
    written: bool


class Press:
    """Draws pages and writes them; what one process of several does."""

    def __init__(
        self,
        drawing: Drawing,
        output: Output,
        keyed: Keyed,
        there: Mapping[str, tuple[int, int]],
        sums: Mapping[str, int],
    ) -> None:
        self.drawing = drawing
        self.output = output
        self.keyed = keyed
        self.there = there
        self.sums = sums

    def print(self, pages: Sequence[Page]) -> list[Sheet | Problem]:
        """What became of each page. A page that cannot be drawn keeps the file that it has."""
        return [self._print(page) for page in pages]

    def _print(self, page: Page) -> Sheet | Problem:
        path = page.path
        try:
            data = self.drawing.draw(page)
            size, mtime = self.there.get(path, (-1, 0))
            same = size == len(data) and self.output.holds(path, data)
            if not same:
                size, mtime = self.output.write(path, data)
        except BroadsheetError as cause:
            return cause.problem
        key, saved = self.keyed(page)
        return Sheet(Drawn(key, size, mtime), None if crc32(saved) == self.sums.get(path) else saved, not same)


def print_pages(
    pages: Sequence[Page],
    drawing: Drawing,
    output: Output,
    store: Store,
    keyed: Keyed,
    *,
    paths: AbstractSet[str] | None = None,
    workers: int,
    tell: Callable[[int, int], None],
) -> Printed:
    """Draw those pages whose key is not the saved one or whose file was touched, and write those whose bytes changed.

    ``paths`` are those of all pages of the site and of files that others make, such as the search index; None where
    they are as the last build left them. What has another path is removed.
    """
    if paths is None:
        known, there = store.pages([page.path for page in pages]), output.stats([page.path for page in pages])
    else:
        known, there = store.pages(), dict(output.stats())
        output.begin(paths)
    stale = [page for page in pages if not _fresh(page, known.get(page.path), there.get(page.path), keyed)]
    sums = store.input_sums() if known and len(stale) >= ALONE else {}
    press = Press(drawing, output, keyed, there, sums)
    problems: list[Problem] = []
    drawn = written = 0
    workers = 1 if len(stale) < ALONE else workers
    for slice_, sheets in enumerate(spread(press.print, stale, slice_size=SLICE, workers=workers)):
        made = list[tuple[str, Sheet]]()
        for page, sheet in zip(stale[slice_ * SLICE : (slice_ + 1) * SLICE], sheets, strict=True):
            if isinstance(sheet, Problem):
                problems.append(sheet)
            else:
                made.append((page.path, sheet))
                written += sheet.written
                output.there[page.path] = sheet.drawn.size, sheet.drawn.mtime
        store.keep_pages((path, sheet.drawn) for path, sheet in made)
        store.keep_inputs((path, sheet.saved) for path, sheet in made if sheet.saved is not None)
        drawn += len(made)
        tell(min(len(stale), (slice_ + 1) * SLICE), len(stale))
    removed, notes = 0, list[Problem]()
    if paths is not None:
        removed, notes = output.sweep(paths, there)
        store.forget_pages(known.keys() - paths)
    return Printed(len(pages), drawn, written, removed, (*problems, *notes))


def _fresh(page: Page, known: Drawn | None, file: tuple[int, int] | None, keyed: Keyed) -> bool:
    """Whether a page's file is what would be drawn: made from the same, and untouched since."""
    return known is not None and file == (known.size, known.mtime) and known.key == keyed(page)[0]
