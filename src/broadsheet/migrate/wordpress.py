"""WordPress's export → posts with the addresses and ids that WordPress gave them.

In: a file of WXR, WordPress's extended RSS, or the folder of its parts. Out: ``Old``. The export is read as feeds are
in ingest: entities that unfold or fetch are refused. The guid of a post is its id in feeds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin
from zoneinfo import ZoneInfo

from broadsheet import iri
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.extract.draft import Source
from broadsheet.ingest.formats import xml_text
from broadsheet.migrate import exports, html, old_site, wordpress_text
from broadsheet.migrate.old_site import Old, OldFile, Post
from broadsheet.migrate.wordpress_text import Attachment, Library, WordPressText
from broadsheet.text import counted, slug

# Kinds of posts that hold no text for readers: what they are called when they are counted.
_MACHINERY = {
    "attachment": "attachments", "nav_menu_item": "entries of menus", "revision": "revisions", "wp_block": "patterns",
    "custom_css": "style sheets", "customize_changeset": "changes of settings", "oembed_cache": "copies of embeds",
    "wp_template": "templates", "wp_template_part": "templates", "wp_global_styles": "styles",
    "wp_navigation": "menus", "wp_font_family": "fonts", "wp_font_face": "fonts", "user_request": "requests",
}  # fmt: skip
_REASONS = {
    "draft": "a draft in WordPress",
    "pending": "waited for review in WordPress",
    "private": "private in WordPress",
    "future": "scheduled in WordPress: take 'status: draft' out to let it appear at its date",
}
_UNSORTED = ("uncategorized", "uncategorised")
_OWN_TERMS = ("category", "post_tag", "post_format", "language", "post_translations", "author")
_PRIMARY = ("_yoast_wpseo_primary_category", "rank_math_primary_category")
_FURTHEST = dt.timedelta(hours=15)  # of a time zone from UTC


def read(path: Path, zone: ZoneInfo) -> Old:
    """The posts and pages of an export. Raises BroadsheetError where it cannot be read as a whole."""
    files = exports.files(path, "wordpress") or [path]
    problems: list[Problem] = []
    site = _Site(zone)
    for file in files:
        parsed = xml_text.parse(Source(file.name, exports.read(file), dt.datetime.now(dt.UTC)), ("item",))
        problems += parsed.problems
        site.add(parsed, file)
    posts = [*old_site.posts(site.post, site.texts, problems)]
    problems += site.left(files[0].name, posts)
    home = path if path.is_dir() else path.parent
    return Old(
        "wordpress", home, site.url, tuple(posts), tuple(problems), (home,), zone, language=site.language
    )  # fmt: skip


class _Item:
    """An item of an export: its values, terms and meta values by their names, and the number of its comments."""

    def __init__(self, element: Any, file: Path, *, damaged: bool) -> None:
        self.path, self.file, self.damaged = file, file.name, damaged
        self.line = xml_text.line(element)
        self.values: dict[str, str] = {}
        self.terms: list[tuple[str, str, str]] = []
        self.meta: dict[str, str] = {}
        self.comments = 0
        for child in element:
            name, text = xml_text.local(child), "".join(child.itertext())
            if name == "category":
                domain = child.get("domain") or "category"
                self.terms.append((domain, child.get("nicename") or "", " ".join(text.split())))
            elif name == "postmeta":
                pair = _values(child)
                self.meta.setdefault(pair.get("meta_key", ""), pair.get("meta_value", ""))
            elif name == "encoded":
                self.values["excerpt" if "excerpt" in child.tag.lower() else "content"] = text
            else:
                self.comments += name == "comment"
                self.values.setdefault(name, text.strip())
        self.kind = self.values.get("post_type", "post")
        self.id = self.values.get("post_id", "")
        self.status = self.values.get("status", "")

    def named(self, domain: str) -> list[str]:
        """The names of the terms of a taxonomy."""
        return [name or nice for own, nice, name in self.terms if own == domain and nice not in _UNSORTED]


def _values(element: Any) -> dict[str, str]:
    return {xml_text.local(child): "".join(child.itertext()).strip() for child in element}


class _Site:
    """What an export says of the site, and what it makes of an item."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.url = self.language = ""
        self.texts: list[_Item] = []
        self.others: list[_Item] = []
        self._library = Library()
        self._authors: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._odd: list[str] = []  # addresses that cannot be kept

    def add(self, parsed: xml_text.ParsedXml, file: Path) -> None:
        """Take in a file of the export."""
        channel = next((e for e in parsed.root.iter() if xml_text.local(e) == "channel"), parsed.root)
        for element in channel:
            name = xml_text.local(element)
            if name == "item":
                self._sort(_Item(element, file, damaged=element in parsed.damaged))
            elif name in ("author", "category", "wp_author"):
                said = _values(element)
                self._authors[said.get("author_login", "")] = said.get("author_display_name", "")
                self._terms[said.get("term_id", "")] = said.get("cat_name", "")
            elif name in ("link", "base_blog_url") and (name == "base_blog_url" or not self.url):
                address = "".join(element.itertext()).strip().rstrip("/")
                self.url = address if iri.absolute(address) else self.url
            elif name == "language":
                self.language = "".join(element.itertext()).strip()

    def _sort(self, item: _Item) -> None:
        if item.kind in ("post", "page") and item.status not in ("trash", "auto-draft", "inherit"):
            self.texts.append(item)
            return
        self.others.append(item)
        if item.kind == "attachment" and (src := item.values.get("attachment_url")):
            words = (item.meta.get("_wp_attachment_image_alt", ""), html.plain(item.values.get("excerpt", "")))
            order = item.values.get("menu_order", "")
            parent = item.values.get("post_parent", "")
            self._library.pictures[item.id] = Attachment(src, *words, parent, int(order) if order.isdecimal() else 0)
        elif item.kind == "wp_block":
            self._library.patterns[item.id] = item.values.get("content", "")
        elif item.kind == "guest-author":  # of the plug-in for several authors
            self._authors.setdefault(item.meta.get("cap-user_login", ""), item.values.get("title", ""))

    def left(self, file: str, posts: list[Post]) -> Iterator[Problem]:
        """What is not imported, counted by its kind."""
        place = Place(file)
        trashed = sum(item.status == "trash" for item in self.others)
        kinds = Counter(item.kind for item in self.others if item.status != "trash")
        told = [f"{kinds[kind]} {name}" for kind, name in _MACHINERY.items() if kinds[kind]]
        told += [f"{trashed} in the trash"] if trashed else []
        comments = sum(item.comments for item in (*self.texts, *self.others))
        told += [f"{comments} comments"] if comments else []
        if told:
            yield note("import-skipped", f"not imported: {', '.join(told)}", place)
        for kind, number in kinds.items():
            if kind not in _MACHINERY and kind not in ("post", "page"):
                message = f"not imported: {number} of the type {kind!r} (from a plug-in or theme)"
                yield warning(
                    "import-skipped", message, place, "Only posts and pages are imported. Export these as posts."
                )
        if self._odd:
            many = counted(len(self._odd), "address", "addresses")
            message = f"{many} such as {self._odd[0][:100]} cannot be kept: hosts only look at paths"
            yield warning("import-address", message, place, "Set permalinks in WordPress, and export again.")
        if not self.url and posts:
            yield warning("import-settings", "the export does not say the address of the site", place)

    def post(self, item: _Item) -> Post:
        """An item as a post or page."""
        values = item.values
        day = self._day(item, "post_date")
        password, status = values.get("post_password", ""), item.status or "unknown"
        address = self._address(item)
        title = _words(values.get("title", ""))
        name = unquote(values.get("post_name", "")) or slug(title)
        categories = self._categories(item)
        base, place = urljoin(f"{self.url}/", address.lstrip("/")), Place(item.file, item.line)
        told = WordPressText(values.get("content", ""), item.id, base, item.meta.get("footnotes", ""), place)
        text, seen = wordpress_text.markdown(told, self._library)
        meta: dict[str, Any] = {
            "title": title,
            "excerpt": html.plain(values.get("excerpt", "")),
            "authors": self._bylines(item),
            "image": self._image(item),
            "aliases": [f"{address.rstrip('/').rpartition('/')[0]}/{old}/" for old in self._old_names(item, address)],
            "post_status": status,
            "post_password": password,
        }
        changed = self._day(item, "post_modified")
        if changed and day and changed > day:
            meta["lastmod"] = changed
        for domain in dict.fromkeys(own for own, _, _ in item.terms if own not in _OWN_TERMS):
            seen.append(note("import-key", f"{domain!r} was not imported", place))
        told_status = "" if status == "publish" else _REASONS.get(status, f"its status in WordPress was {status!r}")
        held = "protected by a password in WordPress" if password else told_status
        digest = hashlib.sha256(repr((sorted(values.items()), item.terms, sorted(item.meta.items()))).encode())
        return Post(
            file=f"{item.kind}/{item.id or slug(title)}",
            place=item.path.parent,
            sha256=digest.hexdigest(),
            written=OldFile(meta, {}, text, item.line),
            page=item.kind == "page",
            slug=name,
            address=address,
            day=day or dt.datetime.fromtimestamp(int(item.path.stat().st_mtime), dt.UTC),
            guessed=day is None,
            draft=item.damaged or (day is None and item.kind == "post"),
            guid=values.get("guid", ""),
            section=categories[0] if categories else "",
            topics=(*categories[1:], *item.named("post_tag")),
            lang=next((nice for own, nice, _ in item.terms if own == "language"), ""),
            translation=next((nice for own, nice, _ in item.terms if own == "post_translations"), ""),
            shown=item.file,
            reason="damaged in the export: look whether it was out" if item.damaged else held,
            problems=tuple(seen),
        )

    def _day(self, item: _Item, key: str) -> dt.datetime | None:
        """A moment, in the time zone that the two ways in which WordPress writes it give."""
        local, utc = _moment(item.values.get(key, "")), _moment(item.values.get(f"{key}_gmt", ""))
        if local and utc and abs(local - utc) < _FURTHEST and not (local - utc).seconds % 60:
            return local.replace(tzinfo=dt.timezone(local - utc))
        return utc.replace(tzinfo=dt.UTC) if utc else local.replace(tzinfo=self.zone) if local else None

    def _address(self, item: _Item) -> str:
        """The path at which readers found an item; empty for one that has none, or only a number."""
        link = item.values.get("link", "")
        parts = iri.split(link)
        if parts.query:
            if item.status == "publish":
                self._odd.append(link)
            return ""
        base = iri.split(self.url).path.rstrip("/")
        path = parts.path.removeprefix(base) if base and parts.path.startswith(f"{base}/") else parts.path
        return re.sub(r"//+", "/", path) if path.strip("/") else ""

    def _old_names(self, item: _Item, address: str) -> list[str]:
        old = item.meta.get("_wp_old_slug", "")
        return [old] if old and address else []

    def _categories(self, item: _Item) -> list[str]:
        names = item.named("category")
        first = next((self._terms.get(item.meta.get(key, ""), "") for key in _PRIMARY if key in item.meta), "")
        return [first, *(name for name in names if name != first)] if first in names else names

    def _bylines(self, item: _Item) -> list[str]:
        """The names of who wrote an item, as readers saw them."""
        several = [(nice, name) for own, nice, name in item.terms if own == "author"]
        logins = [name or nice for nice, name in several] or [item.values.get("creator", "")]
        return [self._authors.get(login) or login for login in logins if login]

    def _image(self, item: _Item) -> dict[str, str]:
        picture = self._library.pictures.get(item.meta.get("_thumbnail_id", ""))
        return {"src": picture.src, "alt": picture.alt, "caption": picture.caption} if picture else {}


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007, whoever asks knows the zone
    except ValueError:  # none, or a year 0
        return None


def _words(text: str) -> str:
    return html.plain(text) if "<" in text or "&" in text else text
