"""The builder: the part of a session that runs in a thread, one build at a time.

In: a site's folder, the state that a browser has. Out: the next state. All is built below .broadsheet/, so that output/
never holds a draft or a local address. Whatever is wrong with a build, the next one may be right.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from broadsheet import config, pages, pipeline, render
from broadsheet.cache import lock
from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error
from broadsheet.pipeline.options import Options
from broadsheet.pipeline.plan import WholePlan
from broadsheet.preview import overlay
from broadsheet.preview.overlay import PreviewState
from broadsheet.preview.pages import OnDemandPages

# What the pages that are shown were laid out from; another layout is made from something else.
LayoutKey = tuple[Any, ...]
Ready = Callable[[PreviewState, LayoutKey], None]


class SiteExtensions(msgspec.Struct, frozen=True):
    """What a site's build.py brings along for its pages: filters for templates, kinds of pages."""

    filters: Mapping[str, Callable[..., Any]] = {}
    pages: Sequence[Any] = ()


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
            made = (site, plan.sources, plan.common.view, plan.stock.marks, on_demand.reach)
            state = msgspec.structs.replace(state, site=site, pages=on_demand.pages, on_demand=on_demand, built=True)
            ready(_judged(state, report), made)

        try:
            with lock.held(self.root, lock.PREVIEW, self._wait):
                loaded, problems = config.load(self.root)
                report.extend(problems)
                if loaded:
                    site = self._here(loaded)
                    now = dt.datetime.now(site.zone)
                    options = Options(now, preview=True, filters=self._extensions.filters, pages=self._extensions.pages)
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
    errors = overlay.located((problem for problem in report if problem.severity == "error"), state.site.root)
    others = tuple(problem for problem in report if problem.severity != "error")
    return msgspec.structs.replace(state, errors=errors, others=others)


def _unforeseen(cause: Exception) -> Problem:
    hint = "This is a mistake in Broadsheet: `broadsheet build` shows where."
    return error("unforeseen", f"{type(cause).__name__}: {cause}", Place("broadsheet"), hint)
