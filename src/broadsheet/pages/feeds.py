"""Feeds as values: a planned feed → what its entries say, with absolute addresses.

In: the inputs of a feed's page and the bodies. Out: a ``Feed``, which the press writes as RSS.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from zoneinfo import ZoneInfo

from broadsheet.model import Asset, Enclosure, Feed, FeedItem, Prose, Story
from broadsheet.pages.bodies import for_feed
from broadsheet.pages.inputs import FeedInputs, Item
from broadsheet.pages.urls import Addresses
from broadsheet.pages.views import SiteView


def feed(
    made: FeedInputs, site: SiteView, at: Addresses, zone: ZoneInfo, bodies: Callable[[Story | Prose], str]
) -> Feed:
    """The feed of these inputs."""
    entries = zip(made.items, made.pictures, strict=True)
    return Feed(
        title=f"{made.name} – {site.title}" if made.name else site.title,
        description=site.description or site.title,
        url=at.absolute(made.address),
        home=at.absolute(made.home),
        language=site.language,
        publisher=site.publisher,
        copyright=site.copyright,
        items=tuple(_entry(item, for_feed(bodies(item.story), at, shown), at, zone, site) for item, shown in entries),
    )


def _entry(item: Item, html: str, at: Addresses, zone: ZoneInfo, site: SiteView) -> FeedItem:
    story = item.story
    return FeedItem(
        id=story.id,
        title=story.title,
        url=at.absolute(item.address),
        summary=story.summary or story.lead,
        html=html,
        date=story.date.astimezone(zone),
        updated=story.updated.astimezone(zone) if story.updated else None,
        language=story.lang or site.language,
        authors=story.authors,
        categories=tuple(dict.fromkeys(filter(None, (story.section, *story.topics)))),
        picture=_enclosure(item.picture, story, at) if item.picture else None,
        source=story.source if story.source and story.source.url else None,
    )


def _enclosure(asset: Asset, story: Story, at: Addresses) -> Enclosure:
    kind = mimetypes.guess_type(asset.path)[0] or "application/octet-stream"
    words = story.image
    return Enclosure(
        url=at.absolute(asset.path),
        type=kind,
        length=asset.size,
        width=asset.width,
        height=asset.height,
        alt=words.alt if words else "",
        credit=words.credit if words else "",
    )
