"""Feeds as values: a planned feed → what its entries say, with absolute addresses.

In: the inputs of a feed's page and the bodies. Out: a ``Feed``, which the press writes in the form that was asked for.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.config import Site
from broadsheet.model import Asset, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pages.bodies import for_feed
from broadsheet.pages.dates import Dates
from broadsheet.pages.inputs import EditionInputs, Item
from broadsheet.pages.views import SiteView
from broadsheet.pages.wireinputs import EditionFeedInputs, FeedInputs
from broadsheet.syndicated import Enclosure, Feed, FeedItem

KEPT = 2048  # entries in memory: those of a feed in its three forms, and of the feeds that share them
_HALF_HOUR = dt.timedelta(minutes=30)


class Feeds:
    """Makes the feeds of one site."""

    def __init__(self, site: Site, view: SiteView, bodies: Callable[[Story | Prose | Text], str], dates: Dates) -> None:
        self.view = view
        self.bodies = bodies
        self.full = site.settings.feed_text == "full"
        self.dates = dates
        self.zone = site.zone
        self.at = urls.Addresses(site.settings.url)
        self.hub = site.settings.hub
        self.title = view.title or self.at.root
        self.mark = site.settings.id or urlsplit(site.settings.url).netloc
        self._kept: dict[bytes, FeedItem] = {}

    def stories(self, made: FeedInputs) -> Feed:
        """The feed of stories that these inputs plan."""
        entries = zip(made.entries.items, made.entries.pictures, strict=True)
        return self._feed(
            made.form,
            f"{made.name} – {self.title}" if made.name else self.title,
            made.address,
            made.home,
            (self._entry(item, pictures) for item, pictures in entries),
            (made.current, made.older, made.newer),
        )

    def editions(self, made: EditionFeedInputs) -> Feed:
        """The feed of editions that these inputs plan: one entry an edition."""
        entries = map(self._edition, made.editions)
        return self._feed(made.form, f"{self.view.titles.editions} – {self.title}", made.address, made.home, entries)

    def _feed(
        self,
        form: str,
        title: str,
        address: str,
        home: str,
        items: Iterable[FeedItem],
        around: tuple[str, str, str] = ("", "", ""),
    ) -> Feed:
        view = self.view
        current, older, newer = (self.at.absolute(address) if address else "" for address in around)
        return Feed(
            id=f"{self.mark}:{form}:{address}",
            title=title,
            description=view.description or title,
            url=self.at.absolute(address),
            home=self.at.absolute(home),
            language=view.language,
            publisher=view.publisher or title,
            copyright=view.copyright,
            items=tuple(items),
            hub=self.hub,
            current=current,
            older=older,
            newer=newer,
        )

    def _entry(self, item: Item, pictures: tuple[Asset, ...]) -> FeedItem:
        key = item.digest + item.story.body.encode()
        made = self._kept.get(key)
        if made is None:
            if len(self._kept) == KEPT:
                del self._kept[next(iter(self._kept))]
            made = self._kept[key] = self._story(item, pictures)
        return made

    def _story(self, item: Item, pictures: tuple[Asset, ...]) -> FeedItem:
        story = item.story
        source = urls.abroad(story.source.url) if story.source else ""
        return FeedItem(
            id=story.id,
            title=story.title,
            url=self.at.absolute(item.address),
            summary=story.summary or story.lead,
            html=self._text(item, pictures),
            date=self.said(story.date),
            updated=self.said(story.updated) if story.updated else None,
            language=story.lang or self.view.language,
            authors=story.authors,
            categories=tuple(dict.fromkeys(filter(None, (story.section, *story.topics)))),
            picture=self._enclosure(item.picture, story) if item.picture else None,
            source=msgspec.structs.replace(story.source, url=source) if story.source and source else None,
        )

    def _text(self, item: Item, pictures: tuple[Asset, ...]) -> str:
        story = item.story
        if self.full:
            return for_feed(self.bodies(story), self.at, pictures, item.address)
        return f"<p>{escape(story.summary or story.lead)}</p>"

    def _edition(self, made: EditionInputs) -> FeedItem:
        """An edition as an entry: the lead with its summary, the headlines of each section, the briefs."""
        items = (made.lead, *(item for _, desk in made.desks for item in desk), *made.briefs)
        changed = max(item.story.updated or item.story.date for item in items)
        date = dt.datetime.combine(made.first, dt.time(), self.zone)
        lead = made.lead.story
        summary = f"<p>{escape(lead.summary or lead.lead)}</p>"
        note = for_feed(self.bodies(made.note), self.at, (), made.address) if made.note else ""
        parts = [note, f"<h2>{self._headline(made.lead)}</h2>", summary if lead.summary or lead.lead else ""]
        for name, desk in (*((name.title, desk) for name, desk in made.desks), ("", made.briefs)):
            if desk:
                heading = f"<h3>{escape(name)}</h3>" if name else ""
                parts.append(heading + "<ul>" + "".join(f"<li>{self._headline(item)}</li>" for item in desk) + "</ul>")
        return FeedItem(
            id=f"{self.mark}:{made.address}",
            title=made.title or self.dates.span(made.first, made.last).text,
            url=self.at.absolute(made.address),
            summary=lead.title,
            html="\n".join(filter(None, parts)),
            date=self.said(date),
            updated=self.said(changed),
            language=self.view.language,
            picture=self._enclosure(made.lead.picture, lead) if made.lead.picture else None,
        )

    def _headline(self, item: Item) -> str:
        return f'<a href="{escape(self.at.absolute(item.address))}">{escape(item.story.title)}</a>'

    def _enclosure(self, asset: Asset, story: Story) -> Enclosure:
        words = story.image
        return Enclosure(
            url=self.at.absolute(asset.path),
            type=mimetypes.guess_type(asset.path)[0] or "application/octet-stream",
            length=asset.size,
            width=asset.width,
            height=asset.height,
            alt=words.alt if words else "",
            credit=words.credit if words else "",
        )

    def said(self, moment: dt.datetime) -> dt.datetime:
        """A moment as feeds say it: in the site's time zone, or in UTC where that is not half hours away from it.

        Readers know no other (``InvalidRFC2822Date``): not Nepal's, nor the local times before railways.
        """
        return in_zone(moment, self.zone, _HALF_HOUR)


def in_zone(moment: dt.datetime, zone: ZoneInfo, step: dt.timedelta) -> dt.datetime:
    """A moment in a time zone, or in UTC where the zone was then no whole number of steps away from it."""
    local = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) if (local.utcoffset() or dt.timedelta()) % step else local
