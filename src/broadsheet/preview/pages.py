"""Pages on demand: drawn when a browser asks for them, and not before.

In: a plan, as a build makes it; stories whose words were edited since. Out: pages as bytes. An edit of a story's words
alone changes no page's place, so it is shown at once, as a saved plan takes it, and the build behind it catches up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec

from broadsheet import newsroom, pages, render
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError
from broadsheet.model import Page, Story
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
        composer = pages.Composer(self.site, self.plan.common.view, render.Bodies(self.site), self.plan.stock.kinds)
        self._renderer = render.Renderer(self.theme, composer.compose)

    def page(self, path: str) -> Page | None:
        """The page at a path below output/, made from the stories as they are now."""
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
        """Take stories as they are now, where only their words changed; else False, and all is as it was.

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
        if before is None or story.path not in self._printed:
            return False
        return msgspec.structs.replace(before, updated=story.updated).placement() == story.placement()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
