"""Explaining: what a page is made from, and what changed since it was last drawn.

In: a site and the name of a page: a path below output/, an address, a source file. Out: facts about that page: it as it
was planned last, compared with it as it is planned now.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from broadsheet import pages, render
from broadsheet.cache import lock
from broadsheet.cache.store import Store, StoredPage
from broadsheet.check.differences import differing, shown
from broadsheet.config import Settings, Site
from broadsheet.errors import Place, Report, fail
from broadsheet.model import Page, Story
from broadsheet.pipeline import opened
from broadsheet.pipeline.options import Options, silent
from broadsheet.pipeline.plan import Common, Keys, WholePlan, gather, make
from broadsheet.pipeline.reading import read_stories
from broadsheet.pipeline.savedplan import SavedPlan
from broadsheet.text import did_you_mean
from broadsheet.workers import cores

_PARTS = {"item": "story", "items": "stories", "body": "body's digest"}  # where a field's name would not tell


class PageExplanation(msgspec.Struct, frozen=True):
    """What a page is made from: its source file, template and all that this can print, its inputs by name.

    ``changes`` is what changed since it was drawn; none where it is as drawn. ``planned`` is whether it is still to be
    printed.
    """

    path: str
    origin: str
    template: str
    reached: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    planned: bool = True


class Comparison:
    """Two plans of a site: that of the last build, and that of its sources as they are. ``compared`` makes one."""

    def __init__(
        self, site: Site, now: WholePlan, store: Store, kinds: Sequence[Any], before: Mapping[str, Story]
    ) -> None:
        """``kinds`` are the site's own kinds of pages, ``before`` the stories as the last build read them, by path."""
        self.site = site
        self.now = now.common
        self.pages = {page.path: page for page in now.pages}
        self.drawn = store.pages()
        self.version = store.before
        self.saved: SavedPlan | None = None
        with contextlib.suppress(LookupError):
            self.saved = SavedPlan(site, store, kinds, before.__getitem__)
        self._keys = Keys(now.common)

    def explain(self, name: str) -> PageExplanation:
        """What is known of the page of this name. Raises BroadsheetError (``no-page``) where there is no such page."""
        path = _path(self.site, name, self.pages, self.drawn.keys())
        page, drawn = self.pages.get(path), self.drawn.get(path)
        before = self.saved.page(path) if self.saved else None
        if page is None:
            template, origin = (before.template, before.origin) if before else ("", "")
            return PageExplanation(path, origin, template, (), (), (_gone(),), planned=False)
        changes: tuple[str, ...]
        if drawn and drawn.key == self._keys(page)[0]:
            changes = _touched(self.site, path, drawn)
        else:
            changes = tuple(self._changes(page, before, drawn))
        reached = tuple(self.now.reached.get(page.template, ()))
        return PageExplanation(path, page.origin, page.template, reached, _inputs(page), changes)

    def _changes(self, page: Page, before: Page | None, drawn: StoredPage | None) -> Iterator[str]:
        """What changed of all that a page is made from, the most general first."""
        if self.saved is None:
            if self.version and self.version != self.now.version:
                yield f"the version changed: {self.version} → {self.now.version}"
            yield "there is no memory of its drawing: the cache is new, or of another version"
            return
        yield from _common(self.saved.common, self.now, page)
        if drawn is None:
            yield "it is new" if before is None else "it could not be drawn at the last build"
        elif before is None:
            yield "and something that is not known any more: sources were read again since it was drawn"
        if before:
            yield from differing(before.inputs, page.inputs)


@contextlib.contextmanager
def compared(site: Site, options: Options, report: Report) -> Iterator[Comparison]:
    """The last plan beside that of now, with nothing built or kept; problems of the sources go into the report."""
    with lock.held(site.root, "why"):
        store = opened(site)
        try:
            before = {path: seen.reading.story for path, seen in store.stories().items() if seen.reading.story}
            theme = render.Theme(site, pages.base(site), options.filters)
            stories = read_stories(site, store, report, silent, options.workers or cores())
            sources = gather(site, options, theme, store, report, stories)
            now = make(site, options, sources, theme, store, report)
            yield Comparison(site, now, store, options.pages, before)
        finally:
            store.close(keep=False)


def explain(site: Site, options: Options, name: str, report: Report) -> PageExplanation:
    """What is known of the page of this name, with nothing built; problems of the sources go into the report.

    Raises BroadsheetError, such as ``no-page`` where there is no such page.
    """
    with compared(site, options, report) as plans:
        return plans.explain(name)


def _path(site: Site, name: str, plan: Mapping[str, Page], before: AbstractSet[str]) -> str:
    """The path below output/ of the page that a user means. Raises BroadsheetError (``no-page``)."""
    known = plan.keys() | before
    place = Path(name) if Path(name).is_absolute() else site.root / name
    by_origin: dict[str, str] = {
        str(site.root / page.origin): page.path for page in reversed(list(plan.values())) if page.origin
    }
    if place.is_relative_to(site.output):
        wanted = place.relative_to(site.output).as_posix()
    elif (found := by_origin.get(str(place))) is not None:
        return found
    else:
        parts, base = urlsplit(name), unquote(pages.base(site))
        wanted = unquote(parts.path)
        wanted = wanted.removeprefix(base) if wanted.startswith(base) else wanted.lstrip("/")
    for path in (wanted, f"{wanted.rstrip('/')}/index.html".lstrip("/")):
        if path in known:
            return path
    hint = did_you_mean(wanted, known) if len(known) < 200 else "Name a file below output/, an address or a source."
    raise fail("no-page", "no page is made at this path or from this file", Place(name), hint)


def _gone() -> str:
    return "it is printed no more: the next build removes it"


def _touched(site: Site, path: str, known: StoredPage) -> tuple[str, ...]:
    """What befell the file of a page that is to be drawn as it was."""
    try:
        stat = (site.output / path).stat()
    except OSError:
        return (f"its file is not in {site.settings.output}/ any more",)
    same = (stat.st_size, stat.st_mtime_ns) == (known.size, known.mtime)
    return () if same else (f"its file in {site.settings.output}/ was touched by something else than a build",)


def _common(before: Common, now: Common, page: Page) -> Iterator[str]:
    """What changed of that which the page has in common with others."""
    yield from _settings(before.settings, now.settings)
    for name in sorted(before.code.keys() | now.code.keys()):
        if before.code.get(name) != now.code.get(name):
            yield f"the site's own {name} changed"
    settings = set(now.settings.__struct_fields__)
    for line in differing(before.view, now.view):
        if line.partition(":")[0].partition(".")[0] not in settings:
            yield f"what every page shows of the site changed: {line}"
    if page.template.endswith(".html"):
        yield from _named("template", *(common.reached.get(page.template, {}) for common in (before, now)))
        yield from _named("static file", before.static, now.static)
        yield from _named("catalogue", before.words, now.words)


def _settings(before: Settings, now: Settings) -> Iterator[str]:
    for name in now.__struct_fields__:
        for line in differing(getattr(before, name), getattr(now, name), name):
            yield f"the setting {line}"


def _named(what: str, before: Mapping[str, bytes], now: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            verb = "is new" if name not in before else "is gone" if name not in now else "changed"
            yield f"{what} {name} {verb}"


def _inputs(page: Page) -> tuple[tuple[str, str], ...]:
    """The inputs of a page by name, those that say something."""
    values = ((name, getattr(page.inputs, name)) for name in page.inputs.__struct_fields__)
    return tuple(
        (_PARTS.get(name, name), shown(value))
        for name, value in values
        if value not in (None, (), "", b"") and name != "digest"
    )
