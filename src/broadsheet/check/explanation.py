"""Explaining: what a page is made from, and what changed since it was last drawn.

In: a site and the name of a page: a path below output/, an address, a source file. Out: facts about that page. Nothing
is kept for it page by page: what the last build was made from is laid out again, and compared with what there is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from broadsheet import __version__, pages, render
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.errors import Place, Report, fail
from broadsheet.layout import Layout, Options, Sources, common_digest, gather, lay_out, mixed, silent
from broadsheet.memory.differing import differing, shown
from broadsheet.memory.past import Past, recalled, visible, written
from broadsheet.model import Page
from broadsheet.reading import read_stories, rules
from broadsheet.text import did_you_mean
from broadsheet.workers import cores

_PARTS = {"item": "story", "items": "stories", "body": "body's digest"}  # where a field's name would not tell


class Explanation(msgspec.Struct, frozen=True):
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


class _State(msgspec.Struct, frozen=True):
    """A site as it was or as it is: what was to be printed, and the digests that went into its pages' own."""

    layout: Layout
    plan: Mapping[str, Page]
    reach: Mapping[str, bytes]
    common: bytes

    def key(self, page: Page) -> bytes:
        """The digest of all that a page is made from."""
        return mixed(pages.digest(page), self.reach.get(page.template, b""), self.common)


def explain(site: Site, options: Options, name: str, report: Report) -> Explanation:
    """What is known of the page of this name, with nothing built; problems of the sources go into the report.

    Raises BroadsheetError, such as ``no-page`` where there is no such page.
    """
    with lock.held(site.root, "why"):
        store = render.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            past = recalled(site)
            before = _before(site, options, past, store) if past else None
            drawn = store.pages()
            theme = render.Theme(site, pages.base(site), options.filters)
            stories = read_stories(site, store, report, silent, options.workers or cores())
            sources = gather(site, options, theme, store, report, stories)
            layout = lay_out(site, options, sources, store, report)
        finally:
            store.close(keep=False)
    drawing = render.Drawing(theme, _never)
    reach = {page.template: drawing.reach(page) for page in layout.plan}
    common = common_digest(site, layout.view, options.code)
    now = _State(layout, {page.path: page for page in layout.plan}, reach, common)
    path = _path(site, name, now.plan, before.plan if before else {})
    page = now.plan.get(path)
    if page is None:
        gone = before.plan[path] if before else None
        template, origin = (gone.template, gone.origin) if gone else ("", "")
        return Explanation(path, origin, template, (), (), (_gone(),), planned=False)
    known = drawn.get(path)
    if known is not None and known.digest == now.key(page):
        changes = _touched(site, path, known)
    elif known is None and past is None:
        changes = ("there is no memory of its drawing: the cache is new, or of another version",)
    else:
        changes = tuple(_changes(site, options, theme, page, (past, before, now), known.digest if known else None))
    reached = tuple(theme.reached(page.template)) if page.template.endswith(".html") else ()
    return Explanation(path, page.origin, page.template, reached, _inputs(page), changes)


def _before(site: Site, options: Options, past: Past, store: render.Store) -> _State:
    """The site as the last build saw it, from what it left."""
    then = msgspec.structs.replace(past.settings, output=site.settings.output)
    old = Site(site.root, then, site.work)
    kept = store.stories()
    stories = [story for path in sorted(kept) if (story := kept[path].kept.story)]
    sources = Sources(
        stories, past.notes, past.prose, past.pictures, past.static, past.templates, past.titles, cards=past.cards
    )
    moment = msgspec.structs.replace(options, now=past.moment)
    layout = lay_out(old, moment, sources, store, Report())
    return _State(layout, {page.path: page for page in layout.plan}, past.reach, past.common)


def _never(_page: Page) -> dict[str, Any]:
    raise NotImplementedError  # nothing is drawn here


def _path(site: Site, name: str, plan: Mapping[str, Page], before: Mapping[str, Page]) -> str:
    """The path below output/ of the page that a user means. Raises BroadsheetError (``no-page``)."""
    known = plan.keys() | before.keys()
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


def _touched(site: Site, path: str, known: render.Drawn) -> tuple[str, ...]:
    """What befell the file of a page that is to be drawn as it was."""
    try:
        stat = (site.output / path).stat()
    except OSError:
        return (f"its file is not in {site.settings.output}/ any more",)
    same = (stat.st_size, stat.st_mtime_ns) == (known.size, known.mtime)
    return () if same else (f"its file in {site.settings.output}/ was touched by something else than a build",)


def _changes(
    site: Site,
    options: Options,
    theme: render.Theme,
    page: Page,
    states: tuple[Past | None, _State | None, _State],
    drawn: bytes | None,
) -> Iterator[str]:
    """What changed of all that a page is made from, the most general first."""
    past, before, now = states
    old = before.plan.get(page.path) if before else None
    if past and before:
        if past.version != __version__:
            yield f"the version changed: {past.version} → {__version__}"
        yield from _settings(site, past)
        for name in sorted(name for name, digest in written(options.code).items() if past.filters.get(name) != digest):
            yield f"the site's own {name} changed"
        settings = set(site.settings.__struct_fields__)
        for line in differing(before.layout.view, now.layout.view):
            if line.partition(":")[0].partition(".")[0] not in settings:
                yield f"what every page shows of the site changed: {line}"
        yield from _theme(theme, page, past)
    if old is None:
        yield "it is new" if drawn is None else "it was not to be printed at the last build"
        return
    if drawn is None:
        yield "it could not be drawn at the last build"
    yield from differing(old.inputs, page.inputs)
    if drawn is not None and before and drawn != before.key(old):
        yield "and something that is not known any more: sources were read again since it was drawn"


def _settings(site: Site, past: Past) -> Iterator[str]:
    now = visible(site.settings)
    for name in now.__struct_fields__:
        if name != "output":
            for line in differing(getattr(past.settings, name), getattr(now, name), name):
                yield f"the setting {line}"


def _theme(theme: render.Theme, page: Page, past: Past) -> Iterator[str]:
    """What changed of the theme, as far as a page can print it."""
    if page.template.endswith(".html"):
        yield from _named("template", past.reached.get(page.template, {}), theme.reached(page.template))
        static = (
            {asset.name: asset.digest for asset in assets} for assets in (past.static.values(), theme.assets.values())
        )
        yield from _named("static file", *static)


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
