"""What machines take from a site besides its feeds, and the table of all of it: drawn by code and not by templates.

In: the name under which a page is planned, and its values. Out: bytes: the list of feeds (OPML 2.0), sitemaps
(sitemaps.org 0.9) and the news sitemap (Google), robots.txt with what says the same in other languages, the page that
redirects where a host reads nothing, and what hosts read beside the pages, ``_redirects`` and ``_headers``, as Netlify
and Cloudflare Pages do; and moments to come as calendar programs read them (iCalendar, RFC 5545).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

import msgspec

from broadsheet import locales
from broadsheet.render.feeds import offline
from broadsheet.render.feeds.entries import escaped
from broadsheet.syndication import FeedRef, NewsEntry

FEED_STYLE = "feed.css"  # the theme's file by which a feed explains itself to a person who opens it
STYLED = frozenset({"feed.xml", "atom.xml"})
DOCUMENTS = STYLED | {
    "feed.json", "feeds.opml", "sitemap.xml", "sitemap-index.xml", "news-sitemap.xml", "robots.txt",
    "rsl.xml", "tdmrep.json", "redirect", "_redirects", "_headers", "manifest.webmanifest", "sw.js",
}  # fmt: skip


class DocumentRenderer:
    """Draws the pages for machines of one site; ``style`` is the address of the style sheet of feeds.

    ``note`` says to a person who opens a feed what that is.
    """

    def __init__(self, style: str = "", note: str = "") -> None:
        self.style = style
        self.note = note

    def reach(self, template: str) -> bytes:
        """What a page is made from besides its values."""
        return f"{self.style}\0{self.note}".encode() if template in STYLED or template == "feed.json" else b""

    def render(self, template: str, views: dict[str, Any]) -> bytes:
        """The bytes of a page."""
        return self._drawn[template](views)

    @cached_property
    def _drawn(self) -> dict[str, Callable[[dict[str, Any]], bytes]]:
        from broadsheet.render.feeds.forms import Atom, Rss, json_feed

        rss, atom = Rss(self.style, self.note), Atom(self.style, self.note)
        return {
            "feed.xml": lambda views: rss(views["feed"]),
            "atom.xml": lambda views: atom(views["feed"]),
            "feed.json": lambda views: json_feed(views["feed"], self.note),
            "feeds.opml": lambda views: opml(views["title"], views["groups"]),
            "sitemap.xml": lambda views: sitemap(views["entries"], views["languages"]),
            "sitemap-index.xml": lambda views: sitemap_index(views["entries"]),
            "news-sitemap.xml": lambda views: news_sitemap(views["name"], views["entries"], views["front"]),
            "robots.txt": lambda views: robots(**views_of(views, "sitemaps", "groups", "uses", "licence")),
            "rsl.xml": lambda views: rsl(**views_of(views, "scope", "permits", "prohibits", "terms")),
            "tdmrep.json": lambda views: tdmrep(views["scope"], views["policy"]),
            "redirect": lambda views: redirect(views["target"], views["canonical"], views["title"], views["language"]),
            "manifest.webmanifest": lambda views: offline.manifest(views["site"], views["icons"]),
            "sw.js": lambda views: offline.worker(**views_of(views, "mark", "home", "pages", "files", "pictures")),
            "_redirects": lambda views: redirects(views["pairs"], views["gone"]),
            "_headers": lambda views: headers(**views_of(views, "base", "feeds", "digested", "always")),
        }


def opml(title: str, groups: Sequence[tuple[str, Sequence[FeedRef]]]) -> bytes:
    """The list of feeds; those of a group without a name stand first and by themselves."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{escaped(title)}</title></head>", "<body>"]
    for name, feeds in groups:
        if name:
            lines.append(f'<outline text="{escaped(name)}">')
        lines += map(_outline, feeds)
        if name:
            lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _outline(feed: FeedRef) -> str:
    text = escaped(feed.title)
    addresses = f'xmlUrl="{escaped(feed.url)}" htmlUrl="{escaped(feed.home)}"'
    return f'<outline type="rss" text="{text}" title="{text}" {addresses} />'


_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def sitemap(
    entries: Iterable[tuple[str, dt.datetime | None]],
    languages: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> bytes:
    """A sitemap; a day is enough for a crawler and keeps the file still.

    ``languages`` are the languages of addresses that have translations, each with where it is, the page itself among
    them (Google Search Central, localized versions of pages). The first is for readers of any other language.
    """
    others = {
        url: "".join(
            f'<xhtml:link rel="alternate" hreflang="{escaped(tag)}" href="{escaped(other)}"/>'
            for tag, other in (*those, ("x-default", those[0][1]))
        )
        for url, those in languages.items()
    }
    return _listed("urlset", "url", entries, others)


def sitemap_index(entries: Iterable[tuple[str, dt.datetime | None]]) -> bytes:
    """The index of several sitemaps."""
    return _listed("sitemapindex", "sitemap", entries)


def news_sitemap(name: str, entries: Sequence[NewsEntry], front: str) -> bytes:
    """The news sitemap of a publication called ``name``; without entries it names the ``front`` page, as no news."""
    lines = [_XML, f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">']
    if not entries:
        lines.append(f"<url><loc>{escaped(front)}</loc></url>")
    publication = f"<news:name>{escaped(name)}</news:name><news:language>"
    for entry in entries:
        lines += [
            f"<url><loc>{escaped(entry.url)}</loc><news:news>",
            f"<news:publication>{publication}{escaped(entry.language)}</news:language></news:publication>",
            f"<news:publication_date>{entry.date}</news:publication_date><news:title>{escaped(entry.title)}</news:title>",
            "</news:news></url>",
        ]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def views_of(views: dict[str, Any], *names: str) -> dict[str, Any]:
    """The views of these names, to be given to a function that has them as its arguments."""
    return {name: views[name] for name in names}


EVERYBODY = (("", ("*",), True),)


def robots(
    sitemaps: Sequence[str],
    groups: Iterable[tuple[str, Sequence[str], bool]] = EVERYBODY,
    uses: Iterable[tuple[str, str]] = (),
    licence: str = "",
) -> bytes:
    """A robots.txt (RFC 9309) that names the sitemaps and, before all groups, a licence (RSL 1.0, 4.4).

    ``groups`` are crawlers: what they are, their names, whether they may come; ``uses`` are lines for those that may
    (contentsignals.org; draft-ietf-aipref-attach, section 3).
    """
    said = [f"{name}: {value}" for name, value in uses]
    lines = [f"License: {licence}", ""] if licence else []
    for about, names, allowed in groups:
        lines += [f"# {about}"] if about else []
        lines += [f"User-agent: {name}" for name in names]
        lines += [*said, "Allow: /", ""] if allowed else ["Disallow: /", ""]
    return "\n".join([*lines, *(f"Sitemap: {address}" for address in sitemaps), ""]).encode()


_RSL = "https://rslstandard.org/rsl"


def rsl(scope: str, permits: Sequence[str], prohibits: Sequence[str], terms: str) -> bytes:
    """A licence file of all that is below the path ``scope`` (RSL 1.0): uses in its own words, the page of terms."""
    lines = [_XML, f'<rsl xmlns="{_RSL}">', f'<content url="{escaped(scope)}">', "<license>"]
    for name, uses in (("permits", permits), ("prohibits", prohibits)):
        if uses:
            lines.append(f'<{name} type="usage">{" ".join(uses)}</{name}>')
    lines.append("</license>")
    if terms:
        lines.append(f"<terms>{escaped(terms)}</terms>")
    return "\n".join([*lines, "</content>", "</rsl>", ""]).encode()


def tdmrep(scope: str, policy: str) -> bytes:
    """The reservation of text and data mining of all that is below the path ``scope`` (TDMRep, report of 2024)."""
    rule: dict[str, Any] = {"location": scope, "tdm-reservation": 1}
    if policy:
        rule["tdm-policy"] = policy
    return msgspec.json.format(msgspec.json.encode([rule]), indent=2) + b"\n"


def _listed(
    root: str,
    one: str,
    entries: Iterable[tuple[str, dt.datetime | None]],
    others: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    named = f' xmlns:xhtml="{_XHTML}"' if others else ""
    lines = [_XML, f'<{root} xmlns="{_SITEMAP}"{named}>']
    for url, changed in entries:
        day = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
        lines.append(f"<{one}><loc>{escaped(url)}</loc>{day}{others.get(url, '')}</{one}>")
    return "\n".join([*lines, f"</{root}>", ""]).encode()


CSP = (  # a page needs nothing from elsewhere; the search index is WebAssembly
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
YEAR = 31_536_000  # seconds that a file may be kept whose name changes with its bytes
MINUTES = 600  # seconds for what keeps its name: pages and feeds
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def redirect(target: str, canonical: str, title: str, language: str) -> bytes:
    """A page that leads to ``target``: by itself, by a link, and for crawlers by its canonical address."""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}" dir="{locales.direction(language)}">\n'
        f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
        f'<meta name="viewport" content="width=device-width">\n<link rel="canonical" href="{escape(canonical)}">\n'
        f'<p><a href="{escape(target)}">{escape(title)}</a></p>\n</html>\n'
    ).encode()


def redirects(pairs: Iterable[tuple[str, str]], gone: Iterable[tuple[str, str]] = ()) -> bytes:
    """The file of redirects: an old path, a new one, for good; then what is gone, with the page that says so.

    Netlify answers 410 by such a line, with ``!`` though there is a file at the path. Cloudflare Pages reports such a
    line and passes over it, and would do so with ``301!``: so on Netlify the page that leads on goes before that rule.
    """
    moved = "".join(f"{old} {new} 301\n" for old, new in pairs)
    return f"{moved}{''.join(f'{old} {page} 410!{chr(10)}' for old, page in gone)}".encode()


def headers(
    base: str,
    feeds: Sequence[tuple[str, str]],
    digested: Sequence[str],
    always: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The file of headers of a site below ``base``.

    ``feeds`` are patterns of paths with the media type that a host would not guess (``NonSpecificMediaType``),
    ``digested`` the folders of files whose names change with their bytes, ``always`` further headers of all files. No
    path has two rules of Cache-Control, which hosts would join into one header.
    """
    rules = [(f"{base}*", {**_ALWAYS, **always})]
    rules += [(f"{base}{folder}*", {"Cache-Control": f"public, max-age={YEAR}, immutable"}) for folder in digested]
    rules += [
        (base + path, {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": f"public, max-age={MINUTES}"})
        for path, kind in feeds
    ]
    lines = [line for path, said in rules for line in (path, *(f"  {name}: {value}" for name, value in said.items()))]
    return "\n".join([*lines, ""]).encode()


LONGEST = 75  # octets of a line, its break not counted (RFC 5545, 3.1)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


class Event(msgspec.Struct, frozen=True):
    """Something that happens at a moment; ``id`` identifies it permanently."""

    id: str
    moment: dt.datetime
    title: str
    text: str = ""


def icalendar(title: str, events: Iterable[Event], now: dt.datetime) -> bytes:
    """A calendar of these events, as of ``now``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Broadsheet//Broadsheet//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(event.id)}",
            f"DTSTAMP:{_moment(now)}",
            f"DTSTART:{_moment(event.moment)}",
            f"SUMMARY:{_text(event.title)}",
            *([f"DESCRIPTION:{_text(event.text)}"] if event.text else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _moment(moment: dt.datetime) -> str:
    utc = moment.astimezone(dt.UTC)
    return f"{utc.year:04}{utc:%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return text.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never cut inside a character; all but the first begin with a space."""
    part, room = "", LONGEST
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            part, room = " ", LONGEST - 1
        part += character
        room -= size
    yield part
