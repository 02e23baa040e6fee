"""Cards: a story as a list shows it, made once and shared by every page that shows it.

In: items of a plan. Out: ``Card`` values.
"""

from __future__ import annotations

from broadsheet import typography
from broadsheet.config import Site
from broadsheet.model import Asset, Picture
from broadsheet.pages.dates import Dates
from broadsheet.pages.inputs import Item
from broadsheet.pages.pictures import shape, srcset
from broadsheet.pages.urls import Addresses
from broadsheet.pages.views import Card, Link, PictureView
from broadsheet.words import slug

MOST = 20_000  # cards that are kept: some 10 MB, and a list's stories stand near one another
WORDS_A_MINUTE = 230  # silent reading of English non-fiction: 238 a minute in Brysbaert 2019, rounded down


class Cards:
    """Makes the cards of one site."""

    def __init__(self, site: Site, at: Addresses) -> None:
        self.at = at
        self.dates = Dates(site.settings.language, site.zone)
        self.language = site.settings.language
        self.marks = typography.marks(self.language) if site.settings.typography else None
        self._made: dict[bytes, Card] = {}
        self._links: dict[tuple[str, str], Link] = {}

    def card(self, item: Item) -> Card:
        """The card of a story."""
        made = self._made.get(item.digest)
        if made is None:
            if len(self._made) >= MOST:
                self._made.clear()
            made = self._made[item.digest] = self._make(item)
        return made

    def picture(self, picture: Picture, asset: Asset) -> PictureView:
        """A picture with its words."""
        url = self.at.local(asset.path)
        size = asset.width, asset.height
        choice = srcset(asset, self.at.local)
        return PictureView(url, picture.alt, picture.caption, picture.credit, *size, choice, shape(*size))

    def _make(self, item: Item) -> Card:
        story = item.story
        return Card(
            title=story.title,
            url=self.at.local(item.address),
            summary=story.summary or story.lead,
            date=self.dates.when(story.date, timed=story.timed),
            section=self._link("sections", story.section) if story.section else None,
            authors=tuple(self._link("authors", name) for name in story.authors),
            minutes=max(1, round(story.words / WORDS_A_MINUTE)),
            priority=story.priority,
            language="" if story.lang == self.language else story.lang,
            image=self.picture(story.image, item.picture) if story.image and item.picture else None,
            marks=item.marks,
        )

    def _link(self, kind: str, name: str) -> Link:
        if (kind, name) not in self._links:
            title = typography.typeset(name, self.marks) if self.marks and kind == "authors" else name
            self._links[kind, name] = Link(title, self.at.local(f"{kind}/{slug(name)}/"))
        return self._links[kind, name]
