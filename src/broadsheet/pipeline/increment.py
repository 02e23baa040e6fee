"""The increment: what one build does, step by step, with what the steps share. ``pipeline`` knows their order.

In: a site with its cache, held for this build. Out: a plan; those of its pages that were stale, rendered; the search
index; the cache, brought up to date.
"""

from __future__ import annotations

import contextlib
import gc
import heapq
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from broadsheet import newsroom, pages, published, render
from broadsheet.cache import snapshot
from broadsheet.cache.snapshot import Due, LastBuild, Snapshot, Tally, Waiting, WaitingList
from broadsheet.cache.store import Store, StoredReading
from broadsheet.config import Site, languages
from broadsheet.errors import Report
from broadsheet.model import Story
from broadsheet.pipeline import plan as plans
from broadsheet.pipeline import savedplan
from broadsheet.pipeline.options import Options, Progress
from broadsheet.pipeline.plan import PageKeys, WholePlan
from broadsheet.pipeline.reading import read_stories
from broadsheet.pipeline.savedplan import EditedPlan
from broadsheet.pipeline.summaries import summarised
from broadsheet.published import fact_guard
from broadsheet.render import Drawing
from broadsheet.workers import RemoteWorkers


class Increment:
    """One build of one site; problems go into the report. Every step may raise BroadsheetError.

    The steps are a plan, ``render``, ``index``, ``compare`` and ``keep``, in this order.
    """

    plan: EditedPlan | WholePlan
    printed: render.RenderResult
    search: render.Search

    def __init__(
        self,
        site: Site,
        options: Options,
        report: Report,
        tell: Progress,
        store: Store,
        seen: Snapshot | None,
        meanwhile: contextlib.ExitStack,
    ) -> None:
        """``seen`` is what the site is made from and was made into, as it is now; None in a preview.

        ``meanwhile`` ends what is done beside.
        """
        self.site = site
        self.options = options
        self.report = report
        self.tell = tell
        self.store = store
        self.seen = seen
        self._meanwhile = meanwhile
        self.output = render.Output(site.output, site.settings.output, seen.output if seen else None)
        self.bodies = render.Bodies(site)
        self.theme = render.Theme(site, pages.base(site), options.filters)

    def edited_plan(self, last: LastBuild) -> EditedPlan | None:
        """The plan of the last build with the stories whose words were edited; None where more has changed."""
        # What the site's own kinds compute of a story, and its function says of it, is not saved with it.
        if self.seen is None or self.options.pages or self.options.summarise:
            return None
        plan = savedplan.edited_plan(self.site, self.options, self.store, self.theme, self.output, last, self.seen)
        if plan:
            compared = {f"{self.site.settings.content}/stories/{file.path}" for file, _ in plan.edited}
            for one in last.problems:
                again = (one.code == fact_guard.CHANGED and one.place.file in compared) or (
                    one.code == render.OTHERS and plan.paths is not None
                )
                if not again:
                    self.report.add(one)
        return plan

    def whole_plan(
        self, lap: Callable[[str], None], ready: Callable[[WholePlan, render.Theme], None] | None
    ) -> WholePlan:
        """The plan of all pages, made of everything that the site is made from; ``ready`` is called with it."""
        site, options, report = self.site, self.options, self.report
        report.extend(self.theme.chosen.warnings)
        report.extend(languages.doubts(site.settings, site.place))
        files = self.seen.stories if self.seen and self.seen.whole else ()
        stories = read_stories(
            site,
            self.store,
            report,
            self.tell,
            options.workers,
            keep_broken=options.preview,
            files=files,
            bodies=self.bodies,
        )
        stories = summarised(site, stories, options, report)
        sources = plans.gather(site, options, self.theme, self.store, report, stories, self.tell, lap)
        plan = plans.make(site, options, sources, self.theme, self.store, report, lap)
        if ready:
            ready(plan, self.theme)
        gc.freeze()  # what was made up to here stays to the end, in every process
        return plan

    def render(self, plan: EditedPlan | WholePlan) -> render.RenderResult:
        """Render the pages of the plan whose key is not the saved one, and write what differs."""
        self.plan = plan
        if self.seen:
            snapshot.forget(self.site)
        self.search = render.Search(self.site, self.store, self.output, wanted=plan.common.searched)
        self.bodies.again = plan.common.searched or self.site.settings.feed_text == "full"
        if plan.parts or plan.paths is not None:
            self.output.stats()
        self._indexed = self._meanwhile.enter_context(
            self.search.indexing(plan.parts, self.bodies, self.options.workers)
        )
        composer = pages.Composer(self.site, plan.common.views, self.bodies, self.options.pages)
        self.printed = render.render_pages(
            plan.pages,
            render.Renderer(self.theme, composer.compose, self._distant(plan)),
            self.output,
            self.store,
            PageKeys(plan.common),
            paths=plan.paths if plan.paths is None else plan.paths | self.search.paths,
            workers=1 if self.options.preview else self.options.workers,  # a preview draws for browsers meanwhile
            tell=lambda done, of: self.tell("printing", done, of),
        )
        self.report.extend(self.printed.problems)
        if isinstance(plan, EditedPlan):
            self.store.keep_stories((file, StoredReading(story, ()).encode()) for file, story in plan.edited)
        else:
            savedplan.save(self.store, plan.common)
        self.store.commit()
        return self.printed

    def _distant(self, plan: EditedPlan | WholePlan) -> Drawing | None:
        """The drawing of pages for workers on other machines, where there are any."""
        if not isinstance(self.options.workers, RemoteWorkers):
            return None
        from broadsheet.pipeline import distant  # only here: most builds need none of it

        return distant.task(self.options, plan.common, self.theme, self.bodies)

    def index(self) -> None:
        """Bring the search index up to date."""
        plan, search = self.plan, self.search
        edited = isinstance(plan, EditedPlan)
        if edited and not plan.parts:
            return
        paths = self.output.made - search.paths if plan.paths is None else plan.paths
        kept = search.parts.keys() if edited else plan.parts.keys()
        indexed = search.update(
            plan.parts, self._indexed, kept, paths, lambda done, of: self.tell("indexing", done, of)
        )
        self.report.extend(indexed.problems)

    def compare(self) -> None:
        """Compare the facts of stories with what was published of them."""
        record = published.load(self.site, Report())  # what is wrong with it, the plan has said
        self.report.extend(fact_guard.check(self.site, self.plan.stories, record).problems)

    def keep(self, seconds: dict[str, float]) -> Tally:
        """Keep the snapshot that the site was built from with what came of it, and say that in numbers."""
        made = self.printed
        tally = _edited_tally(self.plan) if isinstance(self.plan, EditedPlan) else self._tally(self.plan)
        tally = msgspec.structs.replace(
            tally, drawn=made.drawn, written=made.written, removed=made.removed, seconds=seconds
        )
        if self.seen:
            snapshot.save(self.site, self.seen, self.options.now, tally, self.report, self.output.files())
        return tally

    def _tally(self, plan: WholePlan) -> Tally:
        following = next(iter(newsroom.coming(plan.sources.stories, self.options.now)), None)
        held, looked_at = _waiting(plan.sources.stories)
        return Tally(
            stories=len(plan.newspaper.stories),
            editions=len(plan.newspaper.editions),
            pages=len(plan.pages),
            drawn=0,
            written=0,
            removed=0,
            seconds={},
            next=Due(following.moment, following.deed, following.story.path) if following else None,
            held=held,
            open=looked_at,
            fades=pages.fades(plan.pages),
        )


def _waiting(stories: Iterable[Story]) -> tuple[WaitingList, WaitingList]:
    """The stories that are held for a reason, and the others of which something is to be looked at."""
    held, looked_at = list[Story](), list[Story]()
    for story in stories:
        if story.status == "draft" and story.reason:
            held.append(story)
        elif story.review:
            looked_at.append(story)
    return _listed(held), _listed(looked_at)


def _listed(stories: Sequence[Story]) -> WaitingList:
    newest = heapq.nsmallest(snapshot.LISTED, stories, key=lambda story: (-story.date.timestamp(), story.path))
    return WaitingList(tuple(Waiting(one.path, one.reason, one.review) for one in newest), len(stories))


def _edited_tally(plan: EditedPlan) -> Tally:
    """What the last build said, with what the edited stories say now.

    Where more wait than are listed, no edit changes what waits: then the whole plan is made.
    """
    tally = plan.last.tally
    stories = [story for _, story in plan.edited]
    held, looked_at = _waiting(stories)
    edited = {story.path for story in stories}
    return msgspec.structs.replace(
        tally, held=_joined(tally.held, held, edited), open=_joined(tally.open, looked_at, edited)
    )


def _joined(before: WaitingList, added: WaitingList, edited: Collection[str]) -> WaitingList:
    if before.cut:
        return before
    waiting = (*added.newest, *(one for one in before.newest if one.story not in edited))
    return WaitingList(waiting[: snapshot.LISTED], len(waiting))
