"""Items: stories with their addresses, days and pictures, made once for all pages of a plan.

In: stories, the pictures below content/. Out: items by id; a problem joins ``problems`` for each picture that cannot be
shown, at the line of the story that names it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from broadsheet import typography
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.content.facts import ADDRESS, remote
from broadsheet.errors import Place, Problem, Severity, warning
from broadsheet.model import Asset, PictureProblem, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pages.inputs import Item
from broadsheet.pages.pictures import FOLDER, called

_FOLDERS = {Story: "stories/", Prose: "pages/", Text: ""}  # below content/
_SCHEME = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:")


def own_language(site: Site) -> str:
    """The language by which texts of a site are set that name none; empty where they stay as they are written."""
    return site.settings.language if site.settings.typography else ""


def typeset(story: Story, language: str) -> Story:
    """A story whose headline and summary have the true quotes and dashes of its language, as its body has."""
    own = typography.marks(story.lang or language)
    if own is None:
        return story
    said = (story.title, story.summary, story.lead)
    if typography.plain("\n".join(said), own):  # one look for most stories
        return story
    title, summary, lead = (typography.typeset(text, own) for text in said)
    if (title, summary, lead) == said:
        return story
    return msgspec.structs.replace(story, title=title, summary=summary, lead=lead)


def item(story: Story, address: str, picture: Asset | None, marks: tuple[str, ...]) -> Item:
    """An item; its digest is the story's, and its picture's and marks' where it has any.

    The address needs no part in it: it is made of the story and the settings, which every page depends on.
    """
    if not picture and not marks:
        return Item(story, address, digest=story.digest)
    hashed = blake2b(story.digest, digest_size=16)
    hashed.update(picture.digest + picture.path.encode() if picture else b"")
    hashed.update(" ".join(marks).encode())
    return Item(story, address, picture, marks, hashed.digest())


class Items:
    """The items of one plan: ``by_id``, and the stories' days in the site's time zone, ``days``."""

    def __init__(
        self,
        stories: Iterable[Story],
        pictures: Mapping[str, Asset],
        faults: Mapping[str, PictureProblem],
        cards: Mapping[str, Asset],
        marks: Mapping[str, tuple[str, ...]],
        site: Site,
        problems: list[Problem],
    ) -> None:
        self.known = pictures
        self.faults = faults
        self.cards = cards
        self.marks = marks
        self.folder = f"{site.settings.content}/stories"
        self.site = site
        self.problems = problems
        self.shown: dict[str, Asset] = {}  # the pictures that some page shows, by path
        self.by_id: dict[str, Item] = {}
        self.days: dict[str, dt.date] = {}
        self.language = own_language(site)
        zone = site.zone
        for story in stories:
            day = self.days[story.id] = story.date.astimezone(zone).date()
            self.by_id[story.id] = self._item(story, urls.on_day(story, day))

    def _item(self, story: Story, address: str) -> Item:
        if self.language:
            story = typeset(story, self.language)
        picture = (
            self._picture(story.image.src, story, positions.of_address) if story.image and story.image.src else None
        )
        return item(story, address, picture, self.marks.get(story.id, ()) if self.marks else ())

    def set(self, story: Story) -> Story:
        """A story as pages set it."""
        return typeset(story, self.language) if self.language else story

    def titled(self, name: str) -> str:
        """A name in the site's language with its true quotes and dashes."""
        own = typography.marks(self.language)
        return typography.typeset(name, own) if own else name

    def pictures(self, text: Story | Prose | Text) -> tuple[Asset, ...]:
        """The pictures that a body shows."""
        if not text.pictures:
            return ()
        found = (self._picture(name, text, positions.of_picture) for name in text.pictures)
        return tuple(dict.fromkeys(filter(None, found)))

    def _picture(self, name: str, text: Story | Prose | Text, line: Callable[[Path, str], int]) -> Asset | None:
        asset = self.known.get(called(name))
        if asset is None:
            file = f"{_FOLDERS[type(text)]}{text.path}"
            place = Place(f"{self.site.settings.content}/{file}", line(self.site.content / file, name))
            self.problems.append(self._missing(name, place))
            return None
        self.shown[asset.path] = asset
        return asset

    def _missing(self, name: str, place: Place) -> Problem:
        """Why a picture is not shown."""
        fault, said = self.faults.get(called(name)), name[:ADDRESS]
        if fault:
            severity: Severity = "error" if fault.grave else "warning"
            return Problem(severity, fault.code, f"picture {said!r} {fault.message}", place, fault.hint)
        if remote(name):
            hint = "Save it below content/ and name it there: pages show no picture from other hosts."
            return warning("picture-remote", f"picture {said!r} is not shown", place, hint)
        hint = f"A picture is named by its path below content/, such as {FOLDER}/harbour.jpg."
        if _SCHEME.match(name):
            return warning("picture-address", f"picture {said!r} is not shown: its address is no path", place, hint)
        return warning("picture-missing", f"picture {said!r} is not there", place, hint)
