"""Every address of a site, made here and nowhere else.

An address is relative to the site's root and ends in a slash where it is a page of its own ("2025/05/08/slug/").
In a site of several languages the addresses of all but the first begin with the folder of theirs, their ``home``
("de/"), and so does the slug of what is in one of these ("de/harbour").
``Addresses`` turns it into what stands in a page, what stands in a feed, and the file below output/.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from broadsheet import disk, iri, text
from broadsheet.config.taxonomies import Taxonomy
from broadsheet.model import Edition, FeedForm, Story, Thread

FRONT = ""
EDITIONS = "editions/"
CORRECTIONS = "corrections/"
ARCHIVE = "archive/"
SEARCH = "search/"
FEED = "feed.xml"
FORMS: dict[FeedForm, str] = {"rss": FEED, "atom": "atom.xml", "json": "feed.json"}
_OF_NAMES: dict[str, FeedForm] = {name: form for form, name in FORMS.items()}
MEDIA_TYPES: dict[FeedForm, str] = {
    "rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json",
}  # fmt: skip
FEED_LIST = "feeds.opml"
OLDER = "feeds/"
SITEMAP = "sitemap.xml"
NEWS_SITEMAP = "news-sitemap.xml"
REDIRECTS = "_redirects"
HEADERS = "_headers"
MANIFEST = "manifest.webmanifest"
WORKER = "sw.js"
ROBOTS = "robots.txt"
NOT_FOUND = "404.html"

RSL = "rsl.xml"
TDM = ".well-known/tdmrep.json"
REPLACEABLE = frozenset({ROBOTS, HEADERS, REDIRECTS, RSL, TDM})  # files for machines that a site may bring itself

THREADS = "threads/"


def story(story: Story, zone: ZoneInfo) -> str:
    """A story's address: its day in the site's time zone, then the name of its file."""
    return on_day(story, story.date.astimezone(zone).date())


def on_day(story: Story, day: dt.date) -> str:
    """The same, where the day is known."""
    return dated(story.slug, day)


def dated(slug: str, day: dt.date) -> str:
    """The same, where only its slug is known."""
    return _below(slug, f"{day.isoformat().replace('-', '/')}/")


def home(slug: str) -> str:
    """The folder of the language in which something is, of its slug; empty for that of the site's root."""
    return slug[: slug.rfind("/") + 1]


def language(path: str, homes: Collection[str]) -> str:
    """The folder of the language that a page is in, of those that a site has."""
    first = path[: path.find("/") + 1]
    return first if first in homes else ""


def _below(slug: str, folder: str) -> str:
    """The address of a slug in a folder of its language."""
    language, slash, name = slug.rpartition("/")
    return f"{language}{slash}{folder}{name}/"


def day(address: str) -> str:
    """The day in a story's address, "2025-05-08"; empty where there is none."""
    found = _DAY.match(address)
    return f"{found[1]}-{found[2]}-{found[3]}" if found else ""


def edition(edition: Edition) -> str:
    """An edition's address."""
    return edition_address(edition.slug)


def edition_address(slug: str) -> str:
    """The same, where only its slug is known."""
    return _below(slug, EDITIONS)


def is_edition(address: str) -> bool:
    """Whether this is the address of an edition, in any language."""
    return _EDITION.match(address) is not None


def editions(year: int, home: str = "") -> str:
    """The address of a year of editions."""
    return f"{home}{EDITIONS}{year:04}/"


def terms(taxonomy: Taxonomy, names: Collection[str], home: str = "", *, latin: bool = False) -> dict[str, str]:
    """The addresses of the terms of a taxonomy, each its own; see ``text.slugs`` for the rule."""
    found = text.slugs(names, latin=latin)
    return {name: f"{home}{taxonomy.address}{found[text.normal(name)]}/" for name in names}


def usual(taxonomy: Taxonomy, name: str, home: str = "", *, latin: bool = False) -> str:
    """The address that a term has where no other of its taxonomy has the same slug."""
    return f"{home}{taxonomy.address}{text.slug(name, latin=latin)}/"


def thread(thread: Thread) -> str:
    """The address of a thread."""
    return thread_address(thread.slug)


def thread_address(slug: str) -> str:
    """The same, where only its slug is known."""
    return _below(slug, THREADS)


def year(year: int, home: str = "") -> str:
    """The address of a year in the archive."""
    return f"{home}{ARCHIVE}{year:04}/"


def month(day: dt.date, home: str = "") -> str:
    """The address of a month in the archive."""
    return f"{home}{ARCHIVE}{day.year:04}/{day.month:02}/"


def prose(slug: str) -> str:
    """The address of a page of the editor's own."""
    return f"{slug}/"


def numbered(address: str, page: int) -> str:
    """The address of a list's further pages; the first is the list's own."""
    return address if page == 1 else f"{address}page/{page}/"


def feed(address: str, form: FeedForm = "rss") -> str:
    """The address of the feed of what stands at an address."""
    return f"{address}{FORMS[form]}"


def form(path: str) -> FeedForm | None:
    """The form of the feed at an address; None where that is no feed's."""
    return _OF_NAMES.get(path.rpartition("/")[2])


def older(number: int, form: FeedForm, home: str = "") -> str:
    """The address of an archive of the site's feed; 1 holds the oldest stories."""
    return f"{home}{OLDER}{number}/{FORMS[form]}"


def archived(address: str) -> bool:
    """Whether this is the address of an archive of the site's feed, without the name of its form."""
    return _ARCHIVED.fullmatch(address) is not None


def sitemap(number: int, home: str = "") -> str:
    """The address of one of several sitemaps."""
    return f"{home}sitemap-{number}.xml"


def lost(path: str) -> bool:
    """Whether this is the file that hosts send where nothing is."""
    return path.rpartition("/")[2] == NOT_FOUND


def file(address: str) -> str:
    """The file below output/ that answers at an address."""
    return f"{address}index.html" if address.endswith("/") or not address else address


def answered(path: str) -> str:
    """The address at which a file below output/ answers."""
    return path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path


def old(alias: str) -> str:
    """The file below output/ that answers at an old address, a path from the site's root, percent-encoded or not.

    Raises ValueError with what keeps it from being the plain path of a page.
    """
    try:
        path = unquote(alias, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("what is encoded in it is not UTF-8") from None
    parts = path.strip("/").split("/")
    name = parts[-1].lower()
    for wrong, why in (
        (not alias.startswith("/") or alias.startswith("//"), "it does not begin with one /"),
        (_ODD.search(path) or _ENCODED.search(path) or not path.isprintable(), "it has characters that no page has"),
        ("%2f" in alias.lower() or "" in parts, "it has a part without a name"),
        (any(part.startswith(":") for part in parts), "to hosts it is a pattern, and no path"),
        (any(part.startswith(".") or part != part.strip() for part in parts), "it has a hidden part"),
        (any(len(part.encode()) > _PART for part in parts) or len(path.encode()) > _PATH, "it is too long"),
        (parts[0].startswith("_") or path.strip("/").lower() == "cname", "hosts have a meaning of their own for it"),
        (parts[0].lower() in ASSETS, f"/{parts[0]} is the folder of other files"),
        (_DATA.search(name), "it is the path of a file, and of no page"),
    ):
        if wrong:
            raise ValueError(why)
    path = "/".join(parts)
    return path if name.endswith((".html", ".htm")) else f"{path}/index.html"


def plain(address: str) -> bool:
    """Whether this can be the address of a page below the site's root, a folder's or an HTML file's, as it is written.

    The service worker, which is no page, has one address.

    One that leads out of the site in any spelling cannot: hosts decode what stands in their tables.
    """
    if address in ("", WORKER) or _USUAL.fullmatch(address):
        return True
    parts = address.removesuffix("/").split("/")
    odd = "\\" in address or _ENCODED.search(address) or disk.printable(address) != address
    return address.endswith(("/", ".html", ".htm")) and not odd and all(part and part[0] != "." for part in parts)


_DAY = re.compile(r"(?:[^/]+/)?(\d{4})/(\d\d)/(\d\d)/[^/]+/\Z")
_EDITION = re.compile(rf"(?:[^/]+/)?{EDITIONS}")
_ARCHIVED = re.compile(rf"(?:[^/]+/)?{OLDER}\d+/")
ASSETS = frozenset({"static", "pictures", "pagefind"})
_ODD = re.compile(r'[?#*\\<>"|]')  # queries, anchors, patterns, and what some systems have in no name of a file
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")  # once more
_USUAL = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)+")  # nearly every address, and quick to tell
_PART = 200  # bytes: a file system takes 255 in a name
_PATH = 1000
_DATA = re.compile(
    r"\.(?:xml|rss|atom|rdf|jsonl?d?|opml|ics|txt|csv|map|css|m?js|wasm|webmanifest|woff2?|ttf|otf|eot|zip|gz|epub|pdf"
    r"|ico|svg|png|jpe?g|gif|webp|avif|bmp|tiff?|mp3|m4[av]|ogg|wav|mp4|webm|mov)\Z"
)


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
