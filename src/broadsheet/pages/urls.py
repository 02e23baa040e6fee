"""Every address of a site, made here and nowhere else.

An address is relative to the site's root and ends in a slash where it is a page of its own ("2025/05/08/slug/").
``Addresses`` turns it into what stands in a page, what stands in a feed, and the file below output/.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet import iri
from broadsheet.model import Edition, FeedForm, Shelf, Story, Thread

FRONT = ""
EDITIONS = "editions/"
TOPICS = "topics/"
AUTHORS = "authors/"
SOURCES = "sources/"
CORRECTIONS = "corrections/"
ARCHIVE = "archive/"
SEARCH = "search/"
FEED = "feed.xml"
FORMS: dict[FeedForm, str] = {"rss": FEED, "atom": "atom.xml", "json": "feed.json"}
FEED_LIST = "feeds.opml"
OLDER = "feeds/"
SITEMAP = "sitemap.xml"
NEWS_SITEMAP = "news-sitemap.xml"
REDIRECTS = "_redirects"
HEADERS = "_headers"
ROBOTS = "robots.txt"
NOT_FOUND = "404.html"

_PLURAL = {"section": "sections", "topic": "topics", "author": "authors", "source": "sources", "thread": "threads"}
THREADS = "threads/"


def story(story: Story, zone: ZoneInfo) -> str:
    """A story's address: its day in the site's time zone, then the name of its file."""
    return on_day(story, story.date.astimezone(zone).date())


def on_day(story: Story, day: dt.date) -> str:
    """The same, where the day is known."""
    return dated(story.slug, day)


def dated(slug: str, day: dt.date) -> str:
    """The same, where only the name of its file is known, as addresses have it."""
    return f"{day.isoformat().replace('-', '/')}/{slug}/"


def edition(edition: Edition) -> str:
    """An edition's address."""
    return f"{EDITIONS}{edition.slug}/"


def editions(year: int) -> str:
    """The address of a year of editions."""
    return f"{EDITIONS}{year:04}/"


def shelf(shelf: Shelf) -> str:
    """The address of a section, topic, author or source."""
    return f"{_PLURAL[shelf.kind]}/{shelf.slug}/"


def thread(thread: Thread) -> str:
    """The address of a thread."""
    return f"{THREADS}{thread.slug}/"


def year(year: int) -> str:
    """The address of a year in the archive."""
    return f"{ARCHIVE}{year:04}/"


def month(day: dt.date) -> str:
    """The address of a month in the archive."""
    return f"{ARCHIVE}{day.year:04}/{day.month:02}/"


def prose(slug: str) -> str:
    """The address of a page of the editor's own."""
    return f"{slug}/"


def numbered(address: str, page: int) -> str:
    """The address of a list's further pages; the first is the list's own."""
    return address if page == 1 else f"{address}page/{page}/"


def feed(address: str, form: FeedForm = "rss") -> str:
    """The address of the feed of what stands at an address."""
    return f"{address}{FORMS[form]}"


def older(number: int, form: FeedForm) -> str:
    """The address of an archive of the site's feed; 1 holds the oldest stories."""
    return f"{OLDER}{number}/{FORMS[form]}"


def sitemap(number: int) -> str:
    """The address of one of several sitemaps."""
    return f"sitemap-{number}.xml"


def file(address: str) -> str:
    """The file below output/ that answers at an address."""
    return f"{address}index.html" if address.endswith("/") or not address else address


def answered(path: str) -> str:
    """The address at which a file below output/ answers."""
    return path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path


class Addresses:
    """Addresses below one root, such as https://example.org/news/; all are in ASCII, percent-encoded exactly once."""

    def __init__(self, root: str) -> None:
        parts = urlsplit(root)
        path = iri.once(parts.path.strip("/"))
        self.base = f"/{path}/" if path else "/"
        self.origin = f"{parts.scheme}://{iri.host(parts.netloc)}"
        self.root = self.origin + self.base

    def local(self, address: str) -> str:
        """What stands in a page: a path from the server's root."""
        return self.base + iri.encoded(address)

    def absolute(self, address: str) -> str:
        """What stands in a feed, a sitemap, a canonical link."""
        return self.root + iri.encoded(address)
