"""Pictures, sound, films and other files that an entry or its body brings → ``Media``; the names of its elements.

In: a tree of the body, an element, or the attributes of an enclosure. Out: media with their addresses; nothing is
fetched. The tree is left without what it cannot show, and its pictures with whole addresses. An element has its name
with the usual prefix and the field that it is for, whatever namespace a publisher put it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from broadsheet.errors import Place, Problem, note
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Role
from broadsheet.ingest.formats.xml_text import local
from broadsheet.model import Picture

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
MARKS = re.compile(r"wp:(?:status|post_password)|app:control|draft$|dcterms:(?:valid|available)$")


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
    src = absolute(address, base)
    if not src:
        return
    type_ = element.get("type") or ""
    medium = element.get("medium") or ("image" if name in ("media:thumbnail", "image", "itunes:image") else "")
    alt, caption, credit = _words(element)
    length = element.get("length") or element.get("fileSize") or ""
    kind = media_kind(src, type_, medium)
    yield element, Media(kind, src, type_, length.strip(), element.get("duration") or "", alt, caption, credit)
    for inner in element:
        if local(inner) == "thumbnail" and kind != "picture":
            yield from files(inner, name_of(inner), base)


def _words(element: Any) -> tuple[str, str, str]:
    """The words beside a file: for those who do not see it, below it, and who made it."""
    said = {local(e): re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", clean("".join(e.itertext()))) for e in element}
    return said.get("title", ""), said.get("description", "") or said.get("text", ""), said.get("credit", "")


Kind = Literal["picture", "sound", "film", "file"]

_ENDINGS: dict[str, Kind] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif", "bmp", "tif", "tiff", "svg"), "picture"),
    **dict.fromkeys(("mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "m4b", "wma"), "sound"),
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "avi", "mkv", "ogv", "mpg", "mpeg", "m3u8", "wmv"), "film"),
}  # fmt: skip
_TYPES: dict[str, Kind] = {"image": "picture", "audio": "sound", "video": "film"}
_COUNTERS = re.compile(
    r"feedburner|feedsportal|/pixel|pixel\.|doubleclick|stats\.wordpress|pheedo|google-analytics|/count(?:er)?[/.?]|"
    r"scorecardresearch|zemanta|vgwort|1x1|spacer|blank\.gif|tracking|feeds\.wordpress\.com/1\.0",
    re.IGNORECASE,
)
_WORDS: dict[Kind, str] = {"picture": "picture", "sound": "sound", "film": "video", "file": "file"}


class Media(msgspec.Struct, frozen=True):
    """A file that an entry brings: its kind, address, media type, length in bytes and duration as given, its words."""

    kind: Kind
    src: str
    type: str = ""
    length: str = ""
    duration: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""

    def named(self) -> str:
        """The file in a few words for a person."""
        return f"{_WORDS[self.kind]} {self.src}"

    def audio(self) -> dict[str, str]:
        """The value of the front matter's key ``audio``."""
        found = {"src": self.src, "type": self.type, "length": self.length, "duration": self.duration}
        return {key: value for key, value in found.items() if value}


class Carried(msgspec.Struct, frozen=True):
    """Which files of an item go with its story: the picture, the sound as a key of front matter; and the ``rest``."""

    picture: Picture | None
    keys: dict[str, Any]
    rest: list[Media]


def carried(found: Sequence[Media], shown: Picture | None) -> Carried:
    """The files of an item of a wire that go with its story; a picture that its text shows is the first of them."""
    own = [Media("picture", shown.src, alt=shown.alt, caption=shown.caption)] if shown else []
    every = [*own, *found]
    picture = next((one for one in every if one.kind == "picture"), None)
    sound = next((one for one in every if one.kind == "sound"), None)
    rest = [one for one in every if one is not picture and one is not sound]
    image = Picture(picture.src, picture.alt, picture.caption, picture.credit) if picture else None
    return Carried(image, {"audio": sound.audio()} if sound else {}, rest)


def left(name: str, rest: Sequence[Media], place: Place) -> list[Problem]:
    """A note that names the files that do not go with the story called ``name``; none where all of them do."""
    if not rest:
        return []
    said = ", ".join(one.named() for one in rest[:5]) + (f" and {len(rest) - 5} more" if len(rest) > 5 else "")
    hint = "It is not copied: link to it in the story if readers need it."
    return [note("media-named", f"{name!r} also brings: {said}", place, hint)]


def media_kind(src: str, type_: str = "", medium: str = "") -> Kind:
    """What a file is, by its media type, what a feed calls it, or the ending of its name."""
    for word in (type_.partition("/")[0].strip().lower(), medium.strip().lower()):
        if word in _TYPES:
            return _TYPES[word]
    try:
        path = urlsplit(src).path
    except ValueError:
        return "file"
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "file")


def absolute(src: str, base: str) -> str:
    """A whole http address, or "" for what is none."""
    try:
        address = urljoin(base, src.strip()) if base and src.strip() else src.strip()
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def media(tree: Any, base: str) -> Iterator[Media]:
    """The sound, films and embedded pages of a body; its pictures get whole addresses, and counters of readers go."""
    for element in list(tree.iter("img", "amp-img", "image")):
        _picture(element, base)
    for element in list(tree.iter("audio", "video", "iframe", "embed", "object", "amp-video", "amp-audio")):
        if element.getparent() is None:
            continue
        sources = [element, *element.iter("source", "embed", "param")]
        found = [(e.get("src") or e.get("data") or e.get("data-src") or "", e.get("type") or "") for e in sources]
        src, type_ = next(((address, t) for s, t in found if (address := absolute(s, base))), ("", ""))
        tag = element.tag
        what: Kind = "sound" if "audio" in tag else "film" if "video" in tag else media_kind(src, type_)
        if tag in ("iframe", "embed", "object") and what == "file":
            what = "film" if re.search(r"youtu|vimeo|dailymotion|/video|/player", src) else "file"
        if src and not _COUNTERS.search(src):
            yield Media(what, src, type_, alt=clean(element.get("title") or ""))
        remove(element)


def _picture(element: Any, base: str) -> None:
    """Give a picture its whole address, or take it out: one that counts readers is none, and a smiley is its sign."""
    src = element.get("src") or ""
    if not src or src.startswith("data:") or "placeholder" in src or "lazy" in src:
        lazy = (element.get(name) for name in ("data-src", "data-lazy-src", "data-original", "data-orig-file"))
        src = next((value for value in lazy if value), src)
    if (not src or src.startswith("data:")) and (listed := element.get("srcset") or element.get("data-srcset")):
        src = listed.split(",")[-1].split()[0] if listed.split(",")[-1].split() else src
    small = any((element.get(side) or "").strip().removesuffix("px") in ("0", "1", "2") for side in ("width", "height"))
    if "wp-smiley" in (element.get("class") or "") or "emoji" in (element.get("class") or ""):
        remove(element, element.get("alt") or "")
    elif small or _COUNTERS.search(src) or not src or src.startswith("data:"):
        remove(element)
    else:
        element.set("src", absolute(src, base) or src)


def remove(element: Any, instead: str = "") -> None:
    """Take an element out of a tree; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    text = instead + (element.tail or "")
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)
