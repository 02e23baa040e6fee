"""Items: stories with their addresses, days and pictures, made once for all pages of a plan.

In: stories, the pictures below content/. Out: items by id; a problem joins ``problems`` for each picture that cannot be
shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Asset, Story
from broadsheet.pages import urls
from broadsheet.pages.inputs import Item


class Items:
    """The items of one plan: ``by_id``, and the stories' days in the site's time zone, ``days``."""

    def __init__(
        self,
        stories: Iterable[Story],
        pictures: Mapping[str, Asset],
        marks: Mapping[str, tuple[str, ...]],
        site: Site,
        problems: list[Problem],
    ) -> None:
        self.known = pictures
        self.marks = marks
        self.folder = f"{site.settings.content}/stories"
        self.problems = problems
        self.shown: dict[str, Asset] = {}  # the pictures that some page shows, by path
        self.by_id: dict[str, Item] = {}
        self.days: dict[str, dt.date] = {}
        zone = site.zone
        for story in stories:
            day = self.days[story.id] = story.date.astimezone(zone).date()
            self.by_id[story.id] = self._item(story, urls.on_day(story, day))

    def _item(self, story: Story, address: str) -> Item:
        """An item; its digest is the story's, and its picture's and marks' where it has any.

        The address needs no part in it: it is made of the story and the settings, which every page depends on.
        """
        picture = self._picture(story.image.src, story) if story.image and story.image.src else None
        marks = self.marks.get(story.id, ()) if self.marks else ()
        if not picture and not marks:
            return Item(story, address, digest=story.digest)
        hashed = blake2b(story.digest, digest_size=16)
        hashed.update(picture.digest + picture.path.encode() if picture else b"")
        hashed.update(" ".join(marks).encode())
        return Item(story, address, picture, marks, hashed.digest())

    def pictures(self, story: Story) -> tuple[Asset, ...]:
        """The pictures that a story's body shows."""
        if not story.pictures:
            return ()
        return tuple(filter(None, (self._picture(name, story) for name in story.pictures)))

    def _picture(self, name: str, story: Story) -> Asset | None:
        place = Place(f"{self.folder}/{story.path}")
        if name.startswith(("http:", "https:", "//")):
            hint = "Save it below content/ and name it there: pages show no picture from other hosts."
            self.problems.append(warning("picture-remote", f"picture {name!r} is not shown", place, hint))
            return None
        asset = self.known.get(name.removeprefix("/").removeprefix("./"))
        if asset is None:
            hint = "A picture is named by its path below content/, such as pictures/harbour.jpg."
            self.problems.append(warning("picture-missing", f"picture {name!r} is not there", place, hint))
            return None
        self.shown[asset.path] = asset
        return asset
