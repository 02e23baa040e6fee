"""Cards: a story as a list shows it, made once for every page that shows it; and as others share it.

In: items of a plan; stories. Out: ``Card`` values; ``Headline`` values, for share cards.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from operator import attrgetter
from zoneinfo import ZoneInfo

from broadsheet import locales, typography
from broadsheet.config import Site
from broadsheet.model import Asset, Picture, Story
from broadsheet.pages.dates import Dates
from broadsheet.pages.inputs import Item
from broadsheet.pages.pictures import shape, srcset
from broadsheet.pages.urls import Addresses, usual
from broadsheet.pages.views import Card, Link, PictureView, When
from broadsheet.syndication import Headline
from broadsheet.taxonomies import AUTHOR, SECTION, Taxonomy

MOST = 20_000  # cards that are kept: some 10 MB, and a list's stories stand near one another
WORDS_A_MINUTE = 230  # silent reading of English non-fiction: 238 a minute in Brysbaert 2019, rounded down


class Cards:
    """Makes the cards of one site; ``addresses`` are those of names whose slug others have too, as views have them."""

    def __init__(self, site: Site, at: Addresses, addresses: Mapping[str, str]) -> None:
        self.addresses = addresses
        self.at = at
        self.dates = Dates(site.settings.language, site.zone)
        self.language = site.settings.language
        self.marks = typography.marks(self.language) if site.settings.typography else None
        self._made: dict[bytes, Card] = {}
        self._links: dict[str, Link] = {}

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
            section=self._link(SECTION, story.section) if story.section else None,
            authors=tuple(self._link(AUTHOR, name) for name in story.authors),
            minutes=max(1, round(story.words / WORDS_A_MINUTE)),
            priority=story.priority,
            language=locales.other(story.lang, self.language) if story.lang else "",
            image=self.picture(story.image, item.picture) if story.image and item.picture else None,
            marks=item.marks,
            updated=self.updated(story),
            corrected=bool(story.corrections),
            retracted=story.retracted is not None,
        )

    def updated(self, story: Story) -> When | None:
        """When a story was last changed, corrections counted; None where it never was.

        A bare day, as corrections mostly have, begins at midnight and is shown without a time.
        """
        if story.updated is None:
            return None
        local = story.updated.astimezone(self.dates.zone)
        return self.dates.when(story.updated, timed=(local.hour, local.minute) != (0, 0))

    def _link(self, row: Taxonomy, name: str) -> Link:
        key = f"{row.name}/{name}"
        if key not in self._links:
            title = typography.typeset(name, self.marks) if self.marks and row.typeset else name
            self._links[key] = Link(title, self.addresses.get(key) or self.at.local(usual(row, name)))
        return self._links[key]


def headlines(stories: Iterable[Story], site: Site) -> dict[str, Headline]:
    """What the share cards of the newest stories say, by id: those without a picture of their own have one.

    The settings say of how many: a card that nobody shares any more is not worth its drawing.
    """
    settings = site.settings
    out = [story for story in stories if story.status == "published"]
    newest = sorted(out, key=attrgetter("date", "id"), reverse=True)[: settings.share_cards]
    return {
        story.id: Headline(
            nameplate=settings.title,
            section=settings.section_aliases.get(story.section, story.section),
            title=_typeset(story, site),
            day=story.date.astimezone(site.zone).date(),
            own=locales.of(settings.language, settings.timezone).tag,
            language=story.lang or settings.language,
            rtl=locales.direction(story.lang or settings.language) == "rtl",
        )
        for story in newest
        if not (story.image and story.image.src)
    }


def _typeset(story: Story, site: Site) -> str:
    """A headline as its page prints it."""
    marks = typography.marks(story.lang or site.settings.language) if site.settings.typography else None
    return typography.typeset(story.title, marks) if marks else story.title


def written(day: dt.date, language: str) -> str:
    """A day as it is written in a language."""
    return _dates(language).day(day)


@functools.cache
def _dates(language: str) -> Dates:
    return Dates(language, ZoneInfo("UTC"))
