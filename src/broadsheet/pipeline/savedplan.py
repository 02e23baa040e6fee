"""The saved plan: that of the last build, given the stories whose words were edited since.

In: the cache of a site. Out: its pages as they were planned; of edited stories those that show one, with these as they
are now, where no story stands elsewhere than before. A plan that cannot be trusted reads as none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from broadsheet import newsroom, pages, render
from broadsheet.cache.snapshot import LastBuild, Snapshot, files_digest
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.disk import File
from broadsheet.model import Page, Story
from broadsheet.pipeline.options import Options
from broadsheet.pipeline.plan import Common, Plan, has_cards
from broadsheet.pipeline.reading import read_again
from broadsheet.published import fact_guard
from broadsheet.syndication import SearchEntry

MOST = 16  # edited stories; of more the whole plan is made as fast
_NAME = "plan"


class EditedPlan(Plan, frozen=True, kw_only=True):
    """The plan of the ``last`` build, given ``edited`` stories, each with its file as it is now."""

    last: LastBuild
    edited: tuple[tuple[File, Story], ...]


def save(store: Store, common: Common) -> None:
    """Keep what the pages of a plan have in common; they themselves are kept as they are rendered."""
    store.keep_value(_NAME, msgspec.msgpack.encode(common))


class SavedPlan:
    """The plan of the last build, with its stories as ``story`` gives them by their paths, else as they were printed.

    ``kinds`` are the site's own kinds of pages. Raises LookupError where there is none.
    """

    def __init__(
        self, site: Site, store: Store, kinds: Sequence[Any] = (), story: Callable[[str], Story] | None = None
    ) -> None:
        try:
            self.common = msgspec.msgpack.decode(store.value(_NAME) or b"", type=Common)
        except msgspec.DecodeError as cause:
            raise LookupError(_NAME) from cause
        self.site = site
        self.store = store
        self.edited: dict[str, Story] = {}
        self._read = story or self.kept
        self._unpack = pages.Unpacker(self._story, site, pages.inputs(kinds, site))

    def page(self, path: str) -> Page | None:
        """The page at a path as it was planned last; None where there was none, or it cannot be trusted."""
        data = self.store.inputs(path)
        try:
            return self._unpack.page(data) if data else None
        except (msgspec.DecodeError, LookupError):
            return None

    def naming(self, *words: str) -> list[bytes]:
        """The saved pages in which one of these words stands. Raises LookupError where one cannot be trusted."""
        found = self.store.naming(words)
        if found is None:
            raise LookupError(words)
        return found

    def whole(self, data: bytes) -> Page:
        """A saved page with its stories. Raises LookupError."""
        try:
            return self._unpack.page(data)
        except msgspec.DecodeError as cause:
            raise LookupError(data) from cause

    def edit(self, stories: Mapping[str, Story]) -> None:
        """Take stories as they are now. Raises LookupError for one that is not printed as it was read."""
        for path, story in stories.items():
            printed = self.common.respelt.get(path)
            if printed and newsroom.respelt(self.kept(path), printed).placement() != printed.placement():
                raise LookupError(path)
            self.edited[path] = newsroom.respelt(story, printed) if printed else story

    def _story(self, path: str) -> Story:
        return self.edited.get(path) or self.common.respelt.get(path) or self._read(path)

    def kept(self, path: str) -> Story:
        """A story as it was read before it was edited. Raises LookupError."""
        kept = self.store.story(path)
        if kept is None or kept.story is None:
            raise LookupError(path)
        return kept.story


def edited_plan(
    site: Site,
    options: Options,
    store: Store,
    theme: render.Theme,
    output: render.Output,
    last: LastBuild,
    seen: Snapshot,
) -> EditedPlan | None:
    """The saved plan with the stories that were edited since, where all else is as it was and all stand where they did.

    None where the whole plan has to be made.
    """
    try:
        saved = SavedPlan(site, store)
        edits = tuple(_edits(site, store, last, seen))
        saved.edit({story.path: story for _, story in edits})
        planned = {page.path: page for data in _showing(saved) for page in [saved.whole(data)]}
        search = render.Search(site, store, output, wanted=saved.common.searched)
        cards = _cards(saved, edits, planned) if has_cards(theme, options) else None
        addresses = {pages.page_of(story, site).removesuffix("index.html") for story in saved.edited.values()}
        parts = {name: _entries(saved, part) for name, part in search.holding(addresses).items()}
    except LookupError:
        return None
    paths = None
    if cards:
        paths = (output.made - search.paths - cards.gone) | cards.new.keys()
        planned |= cards.new
    return EditedPlan(
        common=saved.common,
        pages=tuple(planned.values()),
        paths=paths,
        stories=tuple(saved.edited.values()),
        parts=parts,
        last=last,
        edited=edits,
    )


def _edits(site: Site, store: Store, last: LastBuild, seen: Snapshot) -> Iterator[tuple[File, Story]]:
    """The stories whose words were edited since the last build. Raises LookupError where that is not all."""
    files = store.story_files()
    changed = [file for file in seen.stories if files.get(file.path) != file]
    before = [File(*files[file.path]) for file in seen.stories if file.path in files]
    known = len(files) == len(seen.stories) and last.stories == files_digest(before)
    if not known or not 0 < len(changed) <= MOST:
        raise LookupError
    reported = {problem.place.file for problem in last.problems if problem.code != fact_guard.CHANGED}
    for file in changed:
        old, new = store.story(file.path), read_again(site, file.path)
        if f"{site.settings.content}/stories/{file.path}" in reported:
            raise LookupError(file.path)  # the line of which it was reported may be another now
        if not (old and old.story and new.story) or old.problems or new.problems:
            raise LookupError(file.path)
        if newsroom.placement(old.story, site.settings) != newsroom.placement(new.story, site.settings):
            raise LookupError(file.path)
        waits = (old.story.review, old.story.reason) != (new.story.review, new.story.reason)
        if waits and (last.tally.held.cut or last.tally.open.cut):
            raise LookupError(file.path)  # which one is to be listed in its place is not known
        yield file, new.story


def _showing(saved: SavedPlan) -> list[bytes]:
    """The saved pages that show an edited story. Raises LookupError where one shows on none: it may be out no more."""
    found = saved.naming(*saved.edited)
    for path in saved.edited:
        if not any(path.encode() in data for data in found):
            raise LookupError(path)
    return found


class _Cards(NamedTuple):
    """What becomes of share cards: the paths of those that are gone, and the pages of new ones by their paths."""

    gone: set[str]
    new: dict[str, Page]


def _cards(saved: SavedPlan, edits: Iterable[tuple[File, Story]], planned: dict[str, Page]) -> _Cards | None:
    """The share cards of the edited stories, put into their pages; None where none is another than before."""
    site, store = saved.site, saved.store
    carded = [story for _, story in edits if story.path in saved.common.carded]
    said = {story.path: pages.headlines([story], site) for story in carded}
    renewed = [story for story in carded if pages.headlines([saved.kept(story.path)], site) != said[story.path]]
    headlines = {id_: one for story in renewed for id_, one in said[story.path].items()}
    cards = render.share_cards(site, headlines, pages.written, store, 1, others=True) if headlines else {}
    old, own = set[str](), set[str]()
    new: dict[str, Page] = {}
    for story in renewed:
        path, card = pages.page_of(saved.edited[story.path], site), cards.get(story.id)
        page = planned.get(path)
        if page is None or not isinstance(page.inputs, pages.StoryInputs):
            raise LookupError(path)
        if page.inputs.card != card:
            own.add(path)
            old |= {page.inputs.card.path} if page.inputs.card else set()
            planned[path] = msgspec.structs.replace(page, inputs=msgspec.structs.replace(page.inputs, card=card))
            new |= {card.path: Page(card.path, "", pages.AssetInputs(card), card.file)} if card else {}
    gone = {path for path in old if {saved.whole(data).path for data in saved.naming(path)} <= {path, *own}}
    new = {path: page for path, page in new.items() if path in gone or store.inputs(path) is None}
    return _Cards(gone - new.keys(), new) if own else None


def _entries(saved: SavedPlan, addresses: Iterable[str]) -> Sequence[SearchEntry]:
    """What the search index says of the stories at these addresses, oldest first. Raises LookupError."""
    found = [saved.page(f"{address}index.html") for address in addresses]
    if None in found:
        raise LookupError
    return pages.entries(page for page in found if page)
