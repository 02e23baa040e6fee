"""The wire, composed: a planned page for machines → the values that the press writes.

In: pages of the wire. Out: views by name: a ``Feed``, groups of feeds, entries of sitemaps, pairs of addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from broadsheet.config import Site
from broadsheet.pages import urls
from broadsheet.pages.feeds import Feeds
from broadsheet.pages.views import SiteView
from broadsheet.pages.wireinputs import (
    EditionFeedInputs,
    FeedInputs,
    FeedListInputs,
    HeadersInputs,
    NewsInputs,
    RedirectInputs,
    RedirectsInputs,
    RobotsInputs,
    SitemapInputs,
)
from broadsheet.syndicated import FeedForm, FeedRef, NewsEntry

Views = dict[str, Any]

MEDIA_TYPES: dict[FeedForm, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_PIECES = ("fragment/", "index/", "filter/")  # of the search index, and of each of its parts
_DIGESTED = ("static/", "pictures/", *(f"pagefind/{part}{pieces}" for part in ("", ":part/") for pieces in _PIECES))


class Wire:
    """Makes the values of one site's pages for machines."""

    def __init__(self, site: Site, view: SiteView, feeds: Feeds) -> None:
        self.view = view
        self.zone: ZoneInfo = site.zone
        self.at = urls.Addresses(site.settings.url)
        self.feeds = feeds
        self.makers: dict[type, Callable[[Any], Views]] = {
            FeedInputs: lambda made: {"feed": feeds.stories(made)},
            EditionFeedInputs: lambda made: {"feed": feeds.editions(made)},
            FeedListInputs: self._list,
            SitemapInputs: self._sitemap,
            NewsInputs: self._news,
            RobotsInputs: lambda made: {"sitemaps": tuple(map(self.at.absolute, made.sitemaps))},
            RedirectInputs: self._redirect,
            RedirectsInputs: self._redirects,
            HeadersInputs: self._headers,
        }

    def _list(self, made: FeedListInputs) -> Views:
        groups = tuple(
            (
                getattr(self.view.titles, group) if group else "",
                tuple(
                    FeedRef(
                        name.title or (self.view.titles.editions if name.address else self.feeds.title),
                        self.at.absolute(urls.feed(name.address)),
                        self.at.absolute(name.address),
                    )
                    for name in names
                ),
            )
            for group, names in made.groups
        )
        return {"title": self.feeds.title, "groups": groups}

    def _sitemap(self, made: SitemapInputs) -> Views:
        zone = self.zone
        return {
            "entries": tuple(
                (self.at.absolute(address), changed.astimezone(zone) if changed else None)
                for address, changed in made.entries
            )
        }

    def _news(self, made: NewsInputs) -> Views:
        entries = []
        for item in made.items:
            story = item.story
            local = story.date.astimezone(self.zone)
            date = local.isoformat(timespec="seconds") if story.timed else local.date().isoformat()
            language = _iso_639(story.lang or self.view.language)
            entries.append(NewsEntry(self.at.absolute(item.address), story.title, date, language))
        return {"name": self.feeds.title, "entries": tuple(entries)}

    def _redirect(self, made: RedirectInputs) -> Views:
        to = made.story or made.page
        return {
            "target": self.at.local(to.address) if to else "",
            "canonical": self.at.absolute(to.address) if to else "",
            "title": to.title if to else "",
            "language": (made.story.story.lang if made.story else "") or self.view.language,
        }

    def _redirects(self, made: RedirectsInputs) -> Views:
        base = self.at.base.rstrip("/")
        return {
            "pairs": tuple((base + quote(old, safe="/%:@!$&'()*+,;=~"), self.at.local(new)) for old, new in made.pairs)
        }

    def _headers(self, made: HeadersInputs) -> Views:
        feeds = tuple((path, MEDIA_TYPES[form]) for path, form in made.feeds)
        return {"base": self.at.base, "feeds": feeds, "digested": _DIGESTED}


def _iso_639(tag: str) -> str:
    """A language as Google's news sitemap names it: ISO 639 alone, but for the two ways to write Chinese."""
    language, _, rest = tag.lower().partition("-")
    if language == "zh":
        return "zh-tw" if rest in ("tw", "hk", "mo") or rest.startswith("hant") else "zh-cn"
    return language
