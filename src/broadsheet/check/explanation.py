"""Explaining: what a page is made from, what changed since it was last drawn, and how two values differ, in words.

In: a site and the name of a page: a path below output/, an address, a source file; two frozen values of one type. Out:
facts about that page: it as it was planned last, compared with it as it is planned now; lines.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from broadsheet import iri, pages, render
from broadsheet.cache import lock
from broadsheet.cache.store import Store, StoredPage
from broadsheet.config import Settings, Site
from broadsheet.errors import Place, Report, fail
from broadsheet.model import Asset, Page, Prose, Story
from broadsheet.pages import urls
from broadsheet.pages.inputs import Body, Item, StoryRef
from broadsheet.pipeline import opened
from broadsheet.pipeline.options import Options, silent
from broadsheet.pipeline.plan import Common, PageKeys, WholePlan, gather, make
from broadsheet.pipeline.reading import read_stories
from broadsheet.pipeline.savedplan import SavedPlan
from broadsheet.pipeline.summaries import summarised
from broadsheet.text import clip, did_you_mean
from broadsheet.workers import here

MOST = 8  # differences shown of one list
SHOWN = 60  # characters shown of a text

_UNTOLD = frozenset({"digest", "body", "file"})  # shown in other words, or of no meaning to people
_OF_BODY = frozenset({"lead", "extract", "generated", "words", "pictures"})  # what a story's body tells


def differing(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Where two values differ, the innermost first, one line each; nothing where they are equal."""
    if before == after:
        return
    kind = type(before)
    if kind is not type(after):
        yield f"{at or 'it'}: {shown(before)} → {shown(after)}"
    elif kind is Item:
        yield from (
            _story(before.story, after.story) if before.story.id == after.story.id else _changed(before, after, at)
        )
        rest = [name for name in ("address", "picture", "marks") if getattr(before, name) != getattr(after, name)]
        for name in rest if before.story.id == after.story.id else ():
            yield from differing(getattr(before, name), getattr(after, name), f"{_name(after.story)}: {name}")
    elif kind is Story:
        yield from _story(before, after)
    elif isinstance(before, msgspec.Struct):
        yield from _fields(before, after, at)
    elif isinstance(before, tuple | list):
        yield from _rows(before, after, at)
    elif isinstance(before, dict):
        for key in sorted(before.keys() | after.keys(), key=str):
            yield from differing(before.get(key), after.get(key), f"{at}.{key}" if at else str(key))
    else:
        yield from _changed(before, after, at)


def shown(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Item):
        return _name(value.story)
    if isinstance(value, Story):
        return _name(value)
    if isinstance(value, StoryRef):
        return f'"{clip(value.title, SHOWN)}"'
    if isinstance(value, Asset):
        return value.name
    if isinstance(value, Prose):
        return value.path
    if isinstance(value, msgspec.Struct):
        title = getattr(value, "title", None)
        return f'"{clip(str(title), SHOWN)}"' if title else type(value).__name__
    if isinstance(value, tuple | list):
        return ", ".join(map(shown, value[:3])) + (f" and {len(value) - 3} more" if len(value) > 3 else "") or "none"
    if value is None:
        return "none"
    return f'"{clip(value, SHOWN)}"' if isinstance(value, str) else str(value)


def _changed(before: Any, after: Any, at: str) -> Iterator[str]:
    yield f"{at or 'it'}: {shown(before)} → {shown(after)}"


def _story(before: Story, after: Story) -> Iterator[str]:
    """One line for a story: the names of what was edited, and the title itself."""
    names = [name for name in Story.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    told = [name for name in names if name not in _UNTOLD | _OF_BODY] + (["body"] if "body" in names else [])
    if told:
        title = f' ("{clip(before.title, SHOWN)}" → "{clip(after.title, SHOWN)}")' if "title" in told else ""
        yield f"{_name(after)} edited: {', '.join(told)}{title}"


def _fields(before: msgspec.Struct, after: msgspec.Struct, at: str) -> Iterator[str]:
    for name in before.__struct_fields__:
        one, other = getattr(before, name), getattr(after, name)
        if one == other:
            continue
        if name == "bodies":
            pairs = zip(one, other, strict=False)
            yield from (f"{_name(b.story)}: the body was edited" for a, b in pairs if _edited(a, b))
        elif name == "body" and isinstance(one, str | Body):
            yield f"{f'{at}: ' if at else ''}the body was edited"
        elif name not in _UNTOLD:
            yield from differing(one, other, f"{at}.{name}" if at else name)


def _edited(before: Body, after: Body) -> bool:
    return before.story.id == after.story.id and before != after


def _rows(before: Any, after: Any, at: str) -> Iterator[str]:
    """What came into a list, what went, what changed in its place."""
    one, other = [_mark(row) for row in before], [_mark(row) for row in after]
    told: list[str] = []
    for what, start, end, begin, finish in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(before[start:end], after[begin:finish], strict=True)
            told += [line for pair in pairs for line in differing(*pair, at)]
        else:
            told += [f"{at}: without {shown(row)}" for row in before[start:end] if _mark(row) not in other]
            told += [f"{at}: with {shown(row)}" for row in after[begin:finish] if _mark(row) not in one]
    if not told:
        told = [f"{at}: in another order"]
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"{at}: and {len(told) - MOST} more"


def _mark(row: Any) -> Any:
    """What tells a row from others, whatever changes in it."""
    if isinstance(row, Item):
        return row.story.id
    if isinstance(row, Asset):
        return row.name
    address = getattr(row, "address", None)
    return address if isinstance(address, str) and address else repr(row)


def _name(story: Story) -> str:
    return f"stories/{story.path}"


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
        self._keys = PageKeys(now.common)

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
            yield "the cache does not know how it was last built: it is new, or was made by another version"
            return
        yield from _common(self.saved.common, self.now, page)
        if drawn is None:
            yield "it is new" if before is None else "the last build failed at this page"
        elif before is None:
            yield "and something that is no longer known: sources were read again since it was built"
        if before:
            yield from differing(before.inputs, page.inputs)
            yield from differing(before.translations, page.translations, "translations")


@contextlib.contextmanager
def compared(site: Site, options: Options, report: Report) -> Iterator[Comparison]:
    """The last plan beside that of now, with nothing built or kept; problems of the sources go into the report."""
    with lock.held(site.root, "why"):
        store = opened(site)
        try:
            last = [seen.reading.story for seen in store.stories().values() if seen.reading.story]
            before = {story.path: story for story in summarised(site, last, options, report, ask=False)}
            theme = render.Theme(site, pages.base(site), options.filters)
            stories = read_stories(site, store, report, silent, here(options.workers))
            stories = summarised(site, stories, options, report, ask=False)
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
        parts, base = iri.split(name), unquote(pages.base(site))
        wanted = unquote(parts.path)
        wanted = wanted.removeprefix(base) if wanted.startswith(base) else wanted.lstrip("/")
    for path in (wanted, f"{wanted.rstrip('/')}/index.html".lstrip("/")):
        if path in known:
            return path
    hint = (
        did_you_mean(wanted, known)
        if len(known) < 200
        else "Give a file below output/, an address of the site, or a source file."
    )
    raise fail("no-page", "there is no page at this path or made from this file", Place(name), hint)


def _gone() -> str:
    return "it is no longer part of the site: the next build removes it"


def _touched(site: Site, path: str, known: StoredPage) -> tuple[str, ...]:
    """What befell the file of a page that is to be drawn as it was."""
    try:
        stat = (site.output / path).stat()
    except OSError:
        return (f"its file is no longer in {site.settings.output}/",)
    same = (stat.st_size, stat.st_mtime_ns) == (known.size, known.mtime)
    return () if same else (f"its file in {site.settings.output}/ was changed by something other than a build",)


def _common(before: Common, now: Common, page: Page) -> Iterator[str]:
    """What changed of that which the page has in common with others."""
    yield from _settings(before.settings, now.settings)
    for name in sorted(before.code.keys() | now.code.keys()):
        if before.code.get(name) != now.code.get(name):
            yield f"the site's own {name} changed"
    settings = set(now.settings.__struct_fields__)
    home = urls.language(page.path, now.views)
    for line in differing(before.views.get(home), now.views[home]):
        if line.partition(":")[0].partition(".")[0] not in settings:
            yield f"something that every page shows has changed: {line}"
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
