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

from broadsheet.cache import Files
from broadsheet.cache.store import Store, StoredPage
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Asset, Page
from broadsheet.render.bodies import changed
from broadsheet.render.feeds.documents import DOCUMENTS, FEED_STYLE, DocumentRenderer
from broadsheet.render.images import assets, cards
from broadsheet.render.output import Output
from broadsheet.render.theme import Theme
from broadsheet.workers import Task, Workers, spread

Drawing = Task[Page, list[bytes | None]]  # of pages on other machines: the bytes of each, None for one to draw here
Composes = Callable[[Page], dict[str, Any]]  # the views of a page, by the names under which its template finds them


def reach(theme: Theme, template: str) -> bytes:
    """The digest of what a page is made from besides its inputs: all that its template can print."""
    if not template:
        return b""
    if template in DOCUMENTS:
        return b"\0".join(_documents(one).reach(template) for one in (theme, *theme.languages.values()))
    return theme.reach(template)


def _documents(theme: Theme) -> DocumentRenderer:
    style = theme.asset(FEED_STYLE) if FEED_STYLE in theme.assets else ""
    return DocumentRenderer(style, str(theme.words.feed_help))


class Renderer:
    """Draws the pages of one site. ``distant`` is the same for workers on other machines, where there are any."""

    def __init__(self, theme: Theme, compose: Composes, distant: Drawing | None = None) -> None:
        self.theme = theme
        self.compose = compose
        self.distant = distant
        self._documents = {one: _documents(one) for one in (theme, *theme.languages.values())}

    def render(self, page: Page) -> bytes:
        """The bytes of a page. Raises BroadsheetError."""
        if not page.template:
            return self.theme.generated.get(page.path) or self._copied(page)
        views, theme = self.compose(page), self.theme.within(page.path)
        if page.template in DOCUMENTS:
            return self._documents[theme].render(page.template, views)
        return theme.render(page.template, views).encode()

    def _copied(self, page: Page) -> bytes:
        asset: Asset = page.inputs.asset  # type: ignore[attr-defined]  # a page without a template has AssetInputs
        data = _derived(self.theme.site, asset)
        if data is not None:
            return data
        try:
            data = Path(asset.file).read_bytes()
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(asset.name)) from cause
        if blake2b(data, digest_size=16).digest() != asset.digest:
            raise changed(Place(asset.name))
        return data


_MAKERS = {assets.FOLDER: assets.remade, cards.FOLDER: cards.remade}  # of what lies in the cache, by the folder there


def _derived(site: Site, asset: Asset) -> bytes | None:
    """The bytes of an asset that lies in the cache; None for one that lies elsewhere.

    Raises BroadsheetError: ``changed`` where it cannot be made as it was planned, ``unwritable``.
    """
    if not asset.file.startswith(f"{site.shared}/"):
        return None
    key = Path(asset.file).relative_to(site.shared).as_posix()
    data = Files(site.shared).get(key)
    if data is None or assets.digested(data) != asset.digest:
        data = _MAKERS[key.partition("/")[0]](site, asset)
    if assets.digested(data) != asset.digest:
        raise changed(Place(asset.name))
    return data


SLICE = 32  # pages that a process draws before it tells of them
ALONE = 64  # pages that one process has drawn before a second could have begun
MANY = 256  # pages from which it takes less time to ask for all checksums than to write what is kept already


class RenderResult(msgspec.Struct, frozen=True):
    """What a printing did: pages planned, drawn, files written and removed, and the problems met."""

    planned: int
    drawn: int
    written: int
    removed: int
    problems: tuple[Problem, ...]


Keyed = Callable[[Page], tuple[bytes, bytes]]  # the digest of all that a page is made from, and the page as it is saved


class RenderedPage(NamedTuple):
    """A page that was drawn: what is kept of it, with its saved form unless that is kept already; whether its file was
    written.
    """

    drawn: StoredPage
    saved: bytes | None
    written: bool


class PageWriter:
    """Draws pages and writes them; what one process of several does."""

    def __init__(
        self,
        renderer: Renderer,
        output: Output,
        keyed: Keyed,
        there: Mapping[str, tuple[int, int]],
        sums: Mapping[str, int],
    ) -> None:
        self.renderer = renderer
        self.output = output
        self.keyed = keyed
        self.there = there
        self.sums = sums

    def write(self, pages: Sequence[Page]) -> list[RenderedPage | Problem]:
        """What became of each page. A page that cannot be drawn keeps the file that it has."""
        return [self._write(page) for page in pages]

    def keep(self, pages: Sequence[Page], drawn: Sequence[bytes | None]) -> list[RenderedPage | Problem]:
        """The same of pages that were drawn elsewhere; of these None has to be drawn here."""
        return [self._write(page, data) for page, data in zip(pages, drawn, strict=True)]

    @property
    def task(self) -> Task[Page, list[RenderedPage | Problem]] | None:
        """The same work where pages are drawn on other machines, and written by this process."""
        distant = self.renderer.distant
        if distant is None:
            return None
        unpack = distant.unpack
        return Task(*distant[:3], lambda pages, answer: self.keep(pages, unpack(pages, answer)))

    def _write(self, page: Page, data: bytes | None = None) -> RenderedPage | Problem:
        path = page.path
        try:
            if data is None:
                data = self.renderer.render(page)
            size, mtime = self.there.get(path, (-1, 0))
            same = size == len(data) and self.output.holds(path, data)
            if not same:
                size, mtime = self.output.write(path, data)
        except BroadsheetError as cause:
            return cause.problem
        key, saved = self.keyed(page)
        return RenderedPage(
            StoredPage(key, size, mtime), None if crc32(saved) == self.sums.get(path) else saved, not same
        )


def render_pages(
    pages: Sequence[Page],
    renderer: Renderer,
    output: Output,
    store: Store,
    keyed: Keyed,
    *,
    paths: AbstractSet[str] | None = None,
    workers: Workers,
    tell: Callable[[int, int], None],
) -> RenderResult:
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
    sums = store.input_sums() if known and len(stale) >= MANY else {}
    writer = PageWriter(renderer, output, keyed, there, sums)
    problems: list[Problem] = []
    drawn = written = 0
    workers = 1 if len(stale) < ALONE else workers
    for slice_, rendered in enumerate(spread(writer.write, stale, slice_size=SLICE, workers=workers, task=writer.task)):
        made = list[tuple[str, RenderedPage]]()
        for page, one in zip(stale[slice_ * SLICE : (slice_ + 1) * SLICE], rendered, strict=True):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                made.append((page.path, one))
                written += one.written
                output.there[page.path] = one.drawn.size, one.drawn.mtime
        store.keep_pages((path, one.drawn) for path, one in made)
        store.keep_inputs((path, one.saved) for path, one in made if one.saved is not None)
        drawn += len(made)
        tell(min(len(stale), (slice_ + 1) * SLICE), len(stale))
    removed, notes = 0, list[Problem]()
    if paths is not None:
        removed, notes = output.sweep(paths, there)
        store.forget_pages(known.keys() - paths)
    return RenderResult(len(pages), drawn, written, removed, (*problems, *notes))


def _fresh(page: Page, known: StoredPage | None, file: tuple[int, int] | None, keyed: Keyed) -> bool:
    """Whether a page's file is what would be drawn: made from the same, and untouched since."""
    return known is not None and file == (known.size, known.mtime) and known.key == keyed(page)[0]
