"""Retouching: the words of a few stories were edited and nothing else → the pages that print them, drawn again.

In: a site, its last build, what it is made from now. Out: the same site as a whole build would make it, in the time
that a few pages take; or nothing at all, where more has changed than words, and a whole build must see to it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import msgspec

from broadsheet import __version__, disk, fact_guard, newsroom, pages, render
from broadsheet.cache import lock
from broadsheet.cache.store import Kept
from broadsheet.config import Site
from broadsheet.disk import File
from broadsheet.errors import BroadsheetError, Report
from broadsheet.layout import Options, common_digest, mixed
from broadsheet.memory import standing
from broadsheet.memory.standing import Look, Standing, Tally
from broadsheet.model import Page, Story
from broadsheet.reading import read_again, rules
from broadsheet.summaries import Entry

MOST = 16  # stories; of more a whole build is as fast
_MEMORY = "retouch"


class Ground(msgspec.Struct, frozen=True):
    """What pages stand on besides their frames: the site as every page sees it, and by their paths the stories that are
    not printed as they were read, such as those whose topic has another spelling.
    """

    view: pages.SiteView
    respelt: dict[str, Story]


def remember(store: render.Store, view: pages.SiteView, read: Iterable[Story], printed: Iterable[Story]) -> None:
    """Keep what a whole build knows and the next retouching needs."""
    same = set(map(id, read))
    respelt = {story.path: story for story in printed if id(story) not in same}
    store.keep_value(_MEMORY, msgspec.msgpack.encode(Ground(view, respelt)))


def retouched(site: Site, options: Options, report: Report, known: Standing, seen: Look) -> Tally | None:
    """Draw the pages of edited stories again: what was done. None where that is not all there is to do.

    Problems go into the report, those that the last build told too. Raises BroadsheetError where a file cannot be
    written.
    """
    started = time.perf_counter()
    if options.pages or known.due(options.now) or known.rest != seen.rest or not seen.settled:
        return None
    with lock.held(site.root, "build"):
        store = render.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            edits = _edits(site, store, known, seen)
            if not edits or standing.last(site) != known or standing.printed(site, seen.output) != known.output:
                return None
            try:
                touch = _Touch(site, options, store, [story for _, story in edits])
                drawn = touch.draw()
                indexed = touch.index()
            except (BroadsheetError, msgspec.DecodeError, LookupError):
                return None  # a whole build tells what is wrong, and where
            written = touch.write(drawn)
            told = fact_guard.check(site, touch.edited.values(), remember=options.remember)
            store.keep_stories((file, Kept(story, ()).encode()) for file, story in edits)
        finally:
            store.close()
        report.hush(site.silence.covers)
        judged = {f"{site.settings.content}/stories/{file.path}" for file, _ in edits}
        left = (one for one in known.problems if one.code != fact_guard.CHANGED or one.place.file not in judged)
        report.extend((*left, *told, *indexed.problems))
        tally = msgspec.structs.replace(
            known.tally,
            drawn=len(drawn),
            written=len(written),
            removed=indexed.removed,
            seconds={"retouch": time.perf_counter() - started},
        )
        now = {file.path: file for file in written}
        there = disk.files(str(site.output)) if indexed.stories else (now.get(one.path, one) for one in seen.output)
        standing.remember(site, seen, options.now, tally, report, there)
    return tally


Edit = tuple[File, Story]  # a file as it is now, and the story in it


def _edits(site: Site, store: render.Store, known: Standing, seen: Look) -> list[Edit]:
    """The stories whose words alone were edited since the last build; none where that is not all."""
    files = store.story_files()
    changed = [file for file in seen.stories if files.get(file.path) != file]
    if not 0 < len(changed) <= MOST or len(files) != len(seen.stories):
        return []
    told = {problem.place.file for problem in known.problems if problem.code != fact_guard.CHANGED}
    edits = []
    for file in changed:
        old, new = store.story(file.path), read_again(site, file.path)
        if old is None or f"{site.settings.content}/stories/{file.path}" in told:
            return []
        if not (old.story and new.story) or old.problems or new.problems or not _same_place(old.story, new.story):
            return []
        edits.append((file, new.story))
    before = [File(*files[file.path]) for file in seen.stories if file.path in files]
    return edits if known.stories == standing.written(before) else []


def _same_place(old: Story, new: Story) -> bool:
    """Whether a story stands where it stood, and nothing is told of it elsewhere that is not true any more."""
    if newsroom.points(old) != newsroom.points(new):
        return False  # it may lead its edition, or lead it no more
    return msgspec.structs.replace(new, body=old.body, words=old.words, digest=old.digest) == old


class _Touch:
    """What is done to the pages of edited stories. Raises DecodeError where the last build left nothing to go on."""

    def __init__(self, site: Site, options: Options, store: render.Store, edited: Iterable[Story]) -> None:
        ground = msgspec.msgpack.decode(store.value(_MEMORY) or b"", type=Ground)
        self.site = site
        self.store = store
        self.edited = {story.path: story for story in edited}
        if not self.edited.keys().isdisjoint(ground.respelt):
            raise LookupError
        self.known = {**ground.respelt, **self.edited}
        self.bodies = render.Bodies(site)
        self.output = render.Output(site.output, site.settings.output)
        theme = render.Theme(site, pages.base(site), options.filters)
        self.drawing = render.Drawing(theme, pages.Composer(site, ground.view, self.bodies).compose)
        self.common = common_digest(site, ground.view, options.code)

    def draw(self) -> list[tuple[Page, bytes]]:
        """Every page that prints one of the stories, drawn. Raises LookupError where one cannot be made whole."""
        frames: dict[bytes, None] = {}
        for path, story in self.edited.items():
            found = self.store.frames(path, pages.page_of(story, self.site))
            if not found:
                raise LookupError(path)
            frames.update(dict.fromkeys(found))
        made = [pages.framed(frame, self._story, self.site) for frame in frames]
        return [(page, self.drawing.draw(page)) for page in made]

    def index(self) -> render.Indexed:
        """Bring the search index up to date, where there is one."""
        search = render.Search(self.site, self.store, self.output, wanted=True)
        if not search.parts:
            return render.Indexed()
        self.output.stats()
        addresses = [pages.page_of(story, self.site).removesuffix("index.html") for story in self.edited.values()]
        made = search.renew(addresses, self._entries, self.bodies, lambda _done, _of: None)
        if made is None:
            raise LookupError
        return made

    def write(self, drawn: list[tuple[Page, bytes]]) -> list[File]:
        """Write the pages whose bytes changed, and keep what they were drawn from: the files written."""
        written, kept = list[File](), list[tuple[str, render.Drawn]]()
        for page, data in drawn:
            new = not self.output.holds(page.path, data)
            stat = self.output.write(page.path, data) if new else self.output.stat(page.path)
            written += [File(str(self.output.folder / page.path), *stat)] if new else []
            key = mixed(pages.digest(page), self.drawing.reach(page), self.common)
            kept.append((page.path, render.Drawn(key, *stat)))
        self.store.keep_pages(kept)
        return written

    def _story(self, path: str) -> Story:
        if path not in self.known:
            kept = self.store.story(path)
            if kept is None or kept.story is None:
                raise LookupError(path)
            self.known[path] = kept.story
        return self.known[path]

    def _entries(self, addresses: Sequence[str]) -> Sequence[Entry]:
        frames = self.store.articles(f"{address}index.html" for address in addresses)
        if len(frames) < len(addresses):
            raise LookupError
        return pages.entries(pages.framed(frame, self._story, self.site) for frame in frames)
