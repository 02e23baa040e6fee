"""The names of a feed's elements: what each is for, whatever namespace a publisher put it in.

In: an element. Out: its name with the usual prefix, the field that it is for, the files that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Role
from broadsheet.ingest.formats.feed import entry_media
from broadsheet.ingest.formats.feed.entry_media import Media
from broadsheet.ingest.formats.xml_text import local

# Namespaces by what their addresses hold, in the order in which they are asked.
_SPACES = (
    ("www.w3.org/2005/atom", "atom"), ("purl.org/atom/ns", "atom"), ("w3.org/2007/app", "app"),
    ("purl.org/atom/app", "app"), ("purl.org/dc/terms", "dcterms"), ("purl.org/dc/elements", "dc"),
    ("purl.org/rss/1.0/modules/content", "content"), ("search.yahoo.com/mrss", "media"),
    ("itunes.com/dtds", "itunes"), ("wordpress.org/export", "wp"), ("creativecommons.org/ns", "cc"),
    ("backend.userland.com/creativecommons", "cc"), ("web.resource.org/cc", "cc"), ("prismstandard.org", "prism"),
    ("rssnamespace.org/feedburner", "feedburner"), ("yandex", "yandex"), ("w3.org/1999/xhtml", "xhtml"),
    ("purl.org/rss/1.0/modules", "module"), ("w3.org/1999/02/22-rdf", "rdf"), ("wellformedweb", "wfw"),
    ("purl.org/syndication/thread", "thr"), ("georss", "geo"), ("w3.org/2003/01/geo", "geo"),
    ("podcastindex", "podcast"), ("google.com/schemas", "google"),
)  # fmt: skip
ROLES: dict[str, Role] = {
    "title": "title", "published": "date", "updated": "updated", "people": "byline", "tags": "topics",
    "sections": "section", "bodies": "body", "summaries": "summary", "rights": "credit", "source": "credit",
    "address": "markup",
}  # fmt: skip
FIELDS = {
    name: field
    for field, names in {
        "title": "title atom:title",
        "published": "pubdate atom:published atom:issued atom:created dc:date dcterms:issued dcterms:created "
        "dcterms:date date created published pubdate_iso prism:publicationdate issued",
        "updated": "atom:updated atom:modified dcterms:modified updated modified lastmodified prism:modificationdate",
        "tags": "category atom:category dc:subject media:category media:keywords itunes:keywords itunes:category "
        "keywords tag tags prism:keyword",
        "sections": "section prism:section dc:section channel_section",
        "bodies": "content:encoded atom:content xhtml:body xhtml:div yandex:full-text turbo:content fulltext "
        "full-text body content content_encoded",
        "summaries": "description atom:summary summary excerpt:encoded dc:description dcterms:abstract itunes:summary "
        "media:description itunes:subtitle abstract subtitle tagline atom:tagline",
        "people": "dc:creator atom:author author itunes:author creator byline dc:contributor",
        "rights": "rights copyright dc:rights dcterms:rights dcterms:license atom:rights cc:license license "
        "media:license media:copyright atom:copyright",
        "address": "link atom:link guid id atom:id feedburner:origlink",
        "source": "source atom:source dc:source",
    }.items()
    for name in names.split()
}
PEOPLE = (("dc:creator", "byline"), ("atom:author", "creator"), ("author",), ("itunes:author",), ("dc:contributor",))
# What tells of a page, of a place or of machinery, and is of no use in a story.
MACHINERY = re.compile(
    r"(?:geo|wfw|thr|rdf|google|module|feedburner|podcast|sy|slash|admin|trackback|pingback|gd|georss|blogger):|"
    r"comments$|generator$|cloud$|ttl$|docs$|media:(?:hash|community|rating|player|embed|adult|price|status|statistics)|"
    r"itunes:(?:explicit|episode\w*|season|order|block|iscloseccaptioned|type)|wp:(?:post_id|post_name|post_parent|"
    r"menu_order|comment_status|ping_status|is_sticky|postmeta|post_date_gmt|post_date|post_modified\w*|comment|"
    r"post_type|attachment_url)|atom:(?:contributor|generator|icon|logo)|dc:(?:identifier|format|type|language|publisher)|"
    r"language$|lang$|isbreaking|views?$|hits$|post-id|postid",
)
MARKS = re.compile(r"wp:(?:status|post_password)|app:control|draft$")


def name_of(element: Any) -> str:
    """An element's name in lower case with the usual prefix of its namespace; RSS' own names have none."""
    if not isinstance(element.tag, str):
        return ""
    space, _, _ = element.tag.rpartition("}")
    space = space.lower().strip("{/")
    name = local(element)
    if not space:
        prefix = element.tag.rpartition(":")[0].lower()
        return f"{prefix}:{name}" if prefix else name
    for part, prefix in _SPACES:
        if part in space:
            return name if prefix == "module" and space.endswith("rss/1.0") else f"{prefix}:{name}"
    if element.prefix is None or "rss" in space:
        return name
    return f"{element.prefix.lower()}:{name}"


def files(element: Any, name: str, base: str) -> Iterator[tuple[Any, Media]]:
    """The files that an element names; of a group the first of each kind, since the others are smaller forms of it."""
    if name == "media:group":
        seen: set[str] = set()
        outer = _words(element)
        for inner in element:
            for one, media in files(inner, name_of(inner), base) if local(inner) in ("content", "thumbnail") else ():
                if media.kind not in seen:
                    seen.add(media.kind)
                    yield one, Media(media.kind, media.src, media.type, media.length, media.duration,
                                     media.alt or outer[0], media.caption or outer[1],
                                     media.credit or outer[2])  # fmt: skip
        return
    address = element.get("url") or element.get("href") or element.get("resource") or ""
    address = (
        address
        or next((clean("".join(e.itertext())) for e in element if local(e) in ("url", "link")), "")
        or (clean("".join(element.itertext())) if name == "image" and not len(element) else "")
    )
    src = entry_media.absolute(address, base)
    if not src:
        return
    type_ = element.get("type") or ""
    medium = element.get("medium") or ("image" if name in ("media:thumbnail", "image", "itunes:image") else "")
    alt, caption, credit = _words(element)
    length = element.get("length") or element.get("fileSize") or ""
    kind = entry_media.kind(src, type_, medium)
    yield element, Media(kind, src, type_, length.strip(), element.get("duration") or "", alt, caption, credit)
    for inner in element:
        if local(inner) == "thumbnail" and kind != "picture":
            yield from files(inner, name_of(inner), base)


def _words(element: Any) -> tuple[str, str, str]:
    """The words beside a file: for those who do not see it, below it, and who made it."""
    said = {local(e): re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", clean("".join(e.itertext()))) for e in element}
    return said.get("title", ""), said.get("description", "") or said.get("text", ""), said.get("credit", "")
