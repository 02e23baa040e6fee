"""Sheets: pages drawn when a browser asks for them, and not before.

In: what is to be printed, as a build lays it out; stories whose words were edited since. Out: pages as bytes. An edit
of a story's words alone changes no page's place, so it is shown at once, and the build behind it catches up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import pages, render
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError
from broadsheet.layout import Layout
from broadsheet.model import Page, Story
from broadsheet.pages.feed import Entries
from broadsheet.pages.inputs import Item, Name
from broadsheet.pages.story import StoryInputs

SERVED = 16  # pages remembered as those that browsers may show
WORDS = frozenset({"title", "summary", "lead", "words", "body", "review", "extra", "updated", "digest"})

_PLACE = tuple(name for name in Story.__struct_fields__ if name not in WORDS)  # what decides where a story stands


class Sheets:
    """The pages of one layout. ``served`` are digests of the pages that browsers were given last, by path."""

    def __init__(
        self, site: Site, stories: Iterable[Story], layout: Layout, theme: render.Theme, reach: Mapping[str, bytes]
    ) -> None:
        """``stories`` are as they were read, ``reach`` digests of all that templates can print."""
        self.site = site
        self.layout = layout
        self.theme = theme
        self.reach = reach
        self.plan = {page.path: page for page in layout.plan}
        self.served: dict[str, bytes] = {}
        self._read = {story.path: story for story in stories}
        self._drawing = render.Drawing(
            theme, pages.Composer(site, layout.view, render.Bodies(site), layout.stock.kinds).compose
        )
        self._of_story = {
            page.inputs.item.story.path: page.inputs.item
            for page in layout.plan
            if isinstance(page.inputs, StoryInputs)
        }
        self._items: dict[str, Item] = {}
        self._bodies: dict[str, str] = {}  # by the ids of stories
        self._names: dict[tuple[str, str], str] = {}

    def page(self, path: str) -> Page | None:
        """The page at a path below output/, made from the stories as they are now."""
        page = self.plan.get(path)
        if page is None or not self._items:
            return page
        inputs = self._anew(page.inputs)
        return page if inputs is page.inputs else msgspec.structs.replace(page, inputs=inputs)

    def draw(self, path: str) -> bytes | None:
        """The bytes of the page at a path; None where none is planned. Raises BroadsheetError."""
        page = self.page(path)
        if page is None:
            return None
        data = self._drawing.draw(page)
        if page.template.endswith(".html"):
            self.served.pop(path, None)
            self.served[path] = _digest(data)
            if len(self.served) > SERVED:
                del self.served[next(iter(self.served))]
        return data

    def shows_otherwise(self, before: Sheets | None) -> bool:
        """Whether a page that browsers were given before is another here, or cannot be drawn."""
        try:
            given = dict(before.served) if before else {}
            return any(_digest(self.draw(path) or b"") != digest for path, digest in given.items())
        except BroadsheetError:
            return True

    def edit(self, stories: Sequence[Story | None]) -> bool:
        """Take stories as they are now, where only their words changed; else False, and all is as it was."""
        found = [story for story in stories if story and self._stays(story)]
        if len(found) < len(stories):
            return False
        for story in found:
            self._edit(story)
        return True

    def _stays(self, story: Story) -> bool:
        """Whether a story stands where it stood before."""
        before = self._read.get(story.path)
        there = before is not None and story.path in self._of_story
        return there and all(getattr(before, name) == getattr(story, name) for name in _PLACE)

    def _edit(self, story: Story) -> None:
        item = self._of_story[story.path]
        placed = msgspec.structs.replace(item.story, **{name: getattr(story, name) for name in WORDS})
        made = pages.item(placed, self.layout.stock, self.site)
        made = Item(made.story, made.address, made.picture, made.marks, _digest(item.digest + made.digest))
        self._read[story.path] = story
        self._items[story.id], self._bodies[story.id] = made, story.body
        self._names[item.story.title, item.address] = made.story.title

    def _anew(self, value: Any) -> Any:
        """A part of a page's inputs with the stories as they are now; the same object where none is in it."""
        kind = type(value)
        if kind is Item:
            return self._items.get(value.story.id, value)
        if kind is Name:
            title = self._names.get((value.title, value.address))
            return value if title is None else msgspec.structs.replace(value, title=title)
        if kind is tuple:
            parts = tuple(map(self._anew, value))
            return value if all(map(_same, parts, value)) else parts
        if not isinstance(value, msgspec.Struct) or kind is Story:
            return value
        found = {name: getattr(value, name) for name in value.__struct_fields__}
        fields = {name: self._anew(part) for name, part in found.items()}
        if isinstance(value, StoryInputs):
            fields["body"] = self._bodies.get(value.item.story.id, value.body)
        elif isinstance(value, Entries):
            pairs = zip(value.items, value.bodies, strict=True)
            fields["bodies"] = tuple([self._bodies.get(item.story.id, body) for item, body in pairs])
        changed = {name: part for name, part in fields.items() if part is not found[name] and part != found[name]}
        return msgspec.structs.replace(value, **changed) if changed else value


def _same(one: object, other: object) -> bool:
    return one is other


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
