"""The builder: what a preview shows, and what builds it, in a thread of a session, one build at a time.

In: a site's folder, the state that a browser has; stories whose words were edited since. Out: the next state: pages
that are drawn when a browser asks for them, and every error with the lines around its place. All is built below
.broadsheet/, so that output/ never holds a draft or a local address. Whatever is wrong with a build, the next one may
be right. An edit of a story's words alone changes no page's place, so it is shown at once, as a saved plan takes it,
and the build behind it catches up.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from broadsheet import config, disk, newsroom, pages, pipeline, render
from broadsheet.cache import lock
from broadsheet.config import SHIPPED, Settings, Site
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error
from broadsheet.model import Page, Story
from broadsheet.pipeline.options import Options
from broadsheet.pipeline.plan import WholePlan

SERVED = 16  # pages remembered as those that browsers may show


class OnDemandPages:
    """The pages of one plan. ``served`` are digests of the pages that browsers were given last, by path."""

    def __init__(self, site: Site, plan: WholePlan, theme: render.Theme, reach: Mapping[str, bytes]) -> None:
        """``reach`` are digests of all that the templates of this theme can print, by template."""
        self.site = site
        self.plan = plan
        self.theme = theme
        self.reach = reach
        self.pages = {page.path: page for page in plan.pages}
        self.served: dict[str, bytes] = {}
        self._read = {story.path: story for story in plan.sources.stories}
        self._printed = {story.path: story for story in plan.newspaper.everything}
        self._edited: dict[str, Story] = {}
        self._packer = pages.Packer()
        self._renew()

    def _renew(self) -> None:
        """Begin anew with what remembers stories as they were."""
        self._unpacker = pages.Unpacker(self._printed.__getitem__, self.site, pages.INPUTS)
        composer = pages.Composer(self.site, self.plan.common.views, render.Bodies(self.site), self.plan.stock.kinds)
        self._renderer = render.Renderer(self.theme, composer.compose)

    def page(self, path: str) -> Page | None:
        """The page at a path below output/, made from the current stories."""
        page = self.pages.get(path)
        if page is None or not self._edited:
            return page
        data = self._packer.pack(page).data
        return self._unpacker.page(data) if any(path.encode() in data for path in self._edited) else page

    def render(self, path: str) -> bytes | None:
        """The bytes of the page at a path; None where none is planned. Raises BroadsheetError."""
        page = self.page(path)
        if page is None:
            return None
        data = self._renderer.render(page)
        if page.template.endswith(".html"):
            self.served.pop(path, None)
            self.served[path] = _digest(data)
            if len(self.served) > SERVED:
                del self.served[next(iter(self.served))]
        return data

    def shows_otherwise(self, before: OnDemandPages | None) -> bool:
        """Whether a page that browsers were given before is another here, or cannot be drawn."""
        try:
            given = dict(before.served) if before else {}
            return any(_digest(self.render(path) or b"") != digest for path, digest in given.items())
        except BroadsheetError:
            return True

    def edit(self, stories: Sequence[Story | None]) -> bool:
        """Take over edited stories where only their words changed. Otherwise return False and change nothing.

        What a site's own kinds of pages compute of a story is known to them alone: their pages are to be planned again.
        """
        found = [story for story in stories if story and self._stays(story)]
        if len(found) < len(stories) or self._own_pages_name([story.path.encode() for story in found]):
            return False
        for story in found:
            like = self._printed[story.path]
            if story.updated != self._read[story.path].updated:
                told = (*like.corrections, *((like.retracted,) if like.retracted else ()))
                moment = newsroom.last_update(story.date, story.updated, told)
                like = msgspec.structs.replace(like, updated=moment)
            self._read[story.path] = story
            self._edited[story.path] = self._printed[story.path] = newsroom.respelt(story, like)
        self._renew()
        return True

    def _own_pages_name(self, paths: Sequence[bytes]) -> bool:
        """Whether a page of a kind of the site's own names a story at one of these paths."""
        own = (page for page in self.plan.pages if type(page.inputs) not in pages.INPUTS)
        return any(path in data for page in own for data in [self._packer.pack(page).data] for path in paths)

    def _stays(self, story: Story) -> bool:
        """Whether a story stands where it stood before, but for what the build behind finds out.

        Its length and its likeness to others may move it, and the sitemap names the time of its update: these follow.
        """
        before = self._read.get(story.path)
        if before is None or before.generated or story.path not in self._printed:
            return False
        return msgspec.structs.replace(before, updated=story.updated).placement() == story.placement()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


AROUND = 3  # lines shown before and after the one that is wrong
WIDEST = 400  # characters shown of a line
MOST = 20  # problems shown of a kind; one mistake can break every page
LARGEST = 4 << 20  # bytes; of a larger file no lines are shown


class SourceLine(msgspec.Struct, frozen=True):
    """A line of a source file; ``wrong`` where the problem is in it."""

    number: int
    text: str
    wrong: bool


class LocatedProblem(msgspec.Struct, frozen=True):
    """A problem with the lines around its place."""

    problem: Problem
    lines: tuple[SourceLine, ...] = ()


class PreviewState(msgspec.Struct, frozen=True):
    """What the preview shows since the last build: the site, its pages by path, what is wrong.

    ``token`` is another one whenever browsers were told to show something new; ``built`` is whether there are pages.
    ``on_demand`` draws them.
    """

    site: Site
    token: str
    pages: Mapping[str, Page] = {}
    on_demand: OnDemandPages | None = None
    errors: tuple[LocatedProblem, ...] = ()
    others: tuple[Problem, ...] = ()
    built: bool = False

    def page(self, path: str) -> Page | None:
        """The page at a path below output/."""
        return self.on_demand.page(path) if self.on_demand else self.pages.get(path)

    def with_problem(self, problem: Problem | None) -> PreviewState:
        """The same with one more error, if it is one more."""
        if problem is None or problem in (fault.problem for fault in self.errors):
            return self
        return msgspec.structs.replace(self, errors=(*self.errors, *located([problem], self.site.root)))


def located(problems: Iterable[Problem], root: Path) -> tuple[LocatedProblem, ...]:
    """The problems with the lines around them, the first ``MOST`` of them."""
    return tuple(
        LocatedProblem(problem, excerpt(problem.place, root) if done < MOST else ())
        for done, problem in enumerate(problems)
    )


def excerpt(place: Place, root: Path) -> tuple[SourceLine, ...]:
    """The lines around a place in a file of the site or of a shipped theme; none where there is no such file."""
    if not place.line:
        return ()
    for folder in (root, SHIPPED.parent):
        try:
            file = disk.within(folder, place.file)
            if file.stat().st_size > LARGEST:
                return ()
            lines = file.read_bytes().decode("utf-8", "replace").split("\n")
        except (OSError, BroadsheetError):
            continue
        first = max(1, place.line - AROUND)
        around = enumerate(lines[first - 1 : place.line + AROUND], first)
        return tuple(SourceLine(number, text.rstrip("\r")[:WIDEST], number == place.line) for number, text in around)
    return ()


# What the pages that are shown were laid out from; another layout is made from something else.
LayoutKey = tuple[Any, ...]
Ready = Callable[[PreviewState, LayoutKey], None]


class SiteExtensions(msgspec.Struct, frozen=True):
    """What a site's build.py brings along for its pages: filters for templates, kinds of pages, summaries."""

    filters: Mapping[str, Callable[..., Any]] = {}
    pages: Sequence[Any] = ()
    summarise: Callable[[Any], Any] | None = None


class StoppedError(Exception):
    """Ends a build in its midst: neither Ctrl-C nor a save waits for it."""


class Builder:
    """Builds one site for its preview. While it is ``halted`` a build ends with StoppedError."""

    def __init__(self, root: Path, address: str, extensions: SiteExtensions, tell: Callable[[str], None]) -> None:
        """``tell`` gets lines for the terminal."""
        self.root = root
        self.halted = False
        self._address = address
        self._extensions = extensions
        self._tell = tell
        self._waits_for: lock.Holder | None = None

    def first(self) -> Site:
        """The site before anything is built, and where its settings are wrong."""
        site, _ = config.load(self.root)
        return self._here(site or Site(self.root, Settings()))

    def prepare(self) -> None:
        """Read the stories by as many processes as there are cores: beside the threads of a server none is forked."""
        with contextlib.suppress(BroadsheetError), lock.held(self.root, lock.PREVIEW, self._wait):
            site, _ = config.load(self.root)  # the build says what is wrong
            if site:
                pipeline.prepare(self._here(site))

    def build(self, state: PreviewState, made: LayoutKey, ready: Ready) -> tuple[PreviewState, LayoutKey]:
        """Build once; what there is to see then, and what it was laid out from. Raises StoppedError.

        ``ready`` is called with the same as soon as it is known what is to be printed; ``state`` and ``made`` are what
        is shown so far.
        """
        report, then = Report(), state.on_demand

        def laid(plan: WholePlan, _theme: render.Theme) -> None:
            nonlocal state, made
            on_demand = self._on_demand(site, plan, then)
            made = (site, plan.sources, plan.common.views, plan.stock.marks, on_demand.reach)
            state = msgspec.structs.replace(state, site=site, pages=on_demand.pages, on_demand=on_demand, built=True)
            ready(_judged(state, report), made)

        try:
            with lock.held(self.root, lock.PREVIEW, self._wait):
                loaded, problems = config.load(self.root)
                report.extend(problems)
                if loaded:
                    site = self._here(loaded)
                    now = dt.datetime.now(site.zone)
                    own = self._extensions
                    options = Options(now, preview=True, filters=own.filters, pages=own.pages, summarise=own.summarise)
                    pipeline.build(site, options, report, self._go_on, laid)
        except StoppedError:
            raise
        except BroadsheetError as cause:
            report.add(cause.problem)
        except Exception as cause:  # noqa: BLE001, whatever a build meets, the preview lives on
            report.add(_unforeseen(cause))
        gc.collect()  # what the last state was made of holds itself in circles, and no build looks for those
        return _judged(state, report), made

    def _on_demand(self, site: Site, plan: WholePlan, old: OnDemandPages | None) -> OnDemandPages:
        """The pages of a plan on demand, with a theme of their own: a lock that a thread holds is not to be forked.

        It stays the same for as long as nothing of it changes, and what it has compiled with it. A new one reads all of
        its templates here: one that it read later might be another by then.
        """
        wanted = {name: digest for name, digest in plan.common.reach.items() if name.endswith(".html")}
        if old is not None and (old.site, old.reach) == (site, wanted):
            return OnDemandPages(site, plan, old.theme, old.reach)
        theme = render.Theme(site, pages.base(site), self._extensions.filters)
        return OnDemandPages(site, plan, theme, {name: theme.reach(name) for name in wanted})

    def _here(self, site: Site) -> Site:
        """The site as a preview builds it: at the preview's address, in a folder of its own; two may run at once."""
        work = f"{site.work}/preview/{urlsplit(self._address).port}"
        url = f"{self._address}{urlsplit(site.settings.url).path or '/'}"
        return Site(
            site.root, msgspec.structs.replace(site.settings, url=url, output=f"{work}/site"), work, site.warnings
        )

    def _go_on(self, *_: object) -> None:
        if self.halted:
            raise StoppedError

    def _wait(self, holder: lock.Holder | None) -> None:
        """Another program is at work on the site: say so once, and let no save wait for it."""
        self._go_on()
        if holder and holder != self._waits_for:
            self._waits_for = holder
            self._tell(f"Waiting for {holder} to end.")


def _judged(state: PreviewState, report: Report) -> PreviewState:
    """A state with what is wrong."""
    errors = located((problem for problem in report if problem.severity == "error"), state.site.root)
    others = tuple(problem for problem in report if problem.severity != "error")
    return msgspec.structs.replace(state, errors=errors, others=others)


def _unforeseen(cause: Exception) -> Problem:
    hint = "This is a bug in Broadsheet: `broadsheet build` shows where. Please report it."
    return error("unforeseen", f"{type(cause).__name__}: {cause}", Place("broadsheet"), hint)
