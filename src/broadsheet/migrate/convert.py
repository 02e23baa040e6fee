"""A post of the old site → the file that it becomes: front matter of ours, and a text whose links work.

In: a post, its id, and where everything else has gone. Out: ``Shaped``: bytes, the pictures to be copied, and a problem
with its line for each key that has no place here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin
from zoneinfo import ZoneInfo

import msgspec

from broadsheet import content, iri, locales
from broadsheet.config import Site
from broadsheet.content import fields, listing, visibility
from broadsheet.errors import Problem, note, warning
from broadsheet.ingest.sources.pictures import PictureFile
from broadsheet.migrate import html, links, markup, old_site
from broadsheet.migrate.links import Map, RewrittenText
from broadsheet.migrate.old_site import EXPORTS, Old, OldFile, Post
from broadsheet.pages import urls
from broadsheet.text import clip

# Our keys, and what others call them; the first that is there counts.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "linktitle"),
    "date": ("date", "publishdate", "published_at", "pubdate"),
    "updated": ("lastmod", "modified", "last_modified_at", "updated", "last_modified"),
    "expires": ("expirydate", "expires", "unpublishdate"),
    "summary": ("summary", "description", "excerpt", "subtitle"),
    "authors": ("authors", "author"),
    "sections": ("categories", "category"),
    "topics": ("tags", "tag", "keywords"),
    "image": ("image", "images", "cover", "featured_image", "featureimage", "thumbnail", "banner", "header"),
    "lang": ("lang", "language"),
    "aliases": ("aliases", "redirect_from"),
    "ai": ("ai",),
}
# By which one is known as a translation of another: Hugo, plug-ins of Jekyll, and what sites of Jekyll without any use.
TRANSLATIONS = (
    "translationkey", "page_id", "ref", "lang-ref", "lang_ref", "translation_key", "translation_id",
    "language_reference",
)  # fmt: skip
# What is read elsewhere: addresses, and whether a post is out.
_READ = frozenset(("slug", "url", "permalink", "save_as", "status", "params", "id", "guid", *TRANSLATIONS))
_ONE_WORD = frozenset((*NAMES["lang"], *TRANSLATIONS))
# What only says how the old site looked, and was for its theme alone.
_LOOKS = frozenset(
    (
        "layout", "template", "type", "weight", "toc", "menu", "comments", "comment", "disqus", "math", "mathjax",
        "share", "related", "pin", "markup", "iscjklanguage", "_build", "build", "outputs",
        "showtoc", "showtableofcontents", "tocopen", "class", "css", "js",
    )
)  # fmt: skip
_FORMS = (
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%a, %d %b %Y %H:%M:%S %z",
)  # fmt: skip
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%B %d, %Y", "%d %B %Y", "%d %b %Y")
_NAMED = re.compile(r" +([A-Z]{2,4}|[A-Za-z]+/[A-Za-z_/]+)\Z")  # a zone's name behind a time
_MOST = 40  # authors or topics


def get(written: OldFile, ours: str) -> Any:
    """The value that a post gives for one of our keys, whatever its own name for it; None where it gives none."""
    meta = written.meta
    return next((meta[name] for name in NAMES[ours] if meta.get(name) not in (None, "", [], {})), None)


def moment(value: Any, zone: ZoneInfo) -> dt.date | None:
    """A day, or an aware moment to the second; a time without a zone is in ``zone``. None for what is no date."""
    if isinstance(value, dt.datetime):
        whole = value.replace(microsecond=0)
        return whole if whole.tzinfo else whole.replace(tzinfo=zone)
    if isinstance(value, dt.date):
        return value
    text = line(value)
    if named := _NAMED.search(text):
        try:
            zone, text = ZoneInfo(named[1]), text[: named.start()]
        except (ValueError, OSError):  # a name that is no zone
            return None
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text):
        try:
            return moment(dt.datetime.fromisoformat(text), zone)
        except ValueError:
            return None
    for form in (*_FORMS, *_DAYS):
        try:
            found = dt.datetime.strptime(text, form)  # noqa: DTZ007, a zone is given below
        except ValueError:
            continue
        return found.date() if form in _DAYS else moment(found, zone)
    return None


def line(value: Any) -> str:
    """A value as one line of text; empty for a list, a table, true and false."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        return ""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in str(value)).split())


def names(value: Any, *, apart: str = r"\s*[,;]\s*") -> tuple[str, ...]:
    """A list of names, or one text that holds several; tables give their ``name``."""
    items = value if isinstance(value, list) else re.split(apart, line(value))
    if isinstance(value, dict):
        items = [value]
    found = (line(item.get("name", "")) if isinstance(item, dict) else line(item) for item in items)
    return tuple(dict.fromkeys(name for name in found if name))[:_MOST]


def main_picture(value: Any) -> dict[str, str]:
    """A post's main picture: its address, alternative text and caption."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        source = next(
            (value[key] for key in ("image", "src", "path", "url", "teaser", "feature") if value.get(key)), ""
        )
        words = {
            "alt": line(value.get("alt")),
            "caption": line(value.get("caption")),
            "credit": line(value.get("credit")),
        }
        return {"src": line(source), **{key: text for key, text in words.items() if text}} if line(source) else {}
    return {"src": line(value)} if line(value) else {}


def front_matter(written: OldFile, zone: ZoneInfo, authors: Mapping[str, str]) -> dict[str, Any]:
    """Our keys for what a post says of itself, but those that hang on addresses, sections and pictures."""
    found: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        found["updated"] = _instant(get(written, "updated"), zone)
    if summary := clip(plain(line(get(written, "summary"))), 600):
        found["summary"] = summary
    if bylines := names(get(written, "authors")):
        found["authors"] = [authors.get(name, name) for name in bylines]
    if (part := get(written, "ai")) is not None:
        found["ai"] = line(part) or str(part).lower()  # what is none of our words is an error with its line
    return found


def visible_to(post: Post, old: Old) -> tuple[dict[str, Any], list[Problem]]:
    """Our keys for who may read a post, and a warning where that is not said as the old site said it."""
    zone = old.zone
    found: dict[str, Any] = {"status": "draft", "reason": post.reason} if post.draft else {}
    reasons = [post.reason] if post.reason else []
    problems = []
    for key, mark in visibility.marks(post.written.meta, zone, _instant):
        place = post.at(post.written.lines.get(key, 1))
        if mark.says == "until" and mark.moment:
            found["expires"] = min(mark.moment, found.get("expires", mark.moment))
        elif mark.says == "hidden":
            found["status"] = "draft"
            value = post.written.meta[key]
            said = (str(value).lower() if isinstance(value, bool) else line(value))[:60]
            reasons.append(f"{f'{key}: {said}' if said else key} in {old_site.TITLES[old.kind]}")
            if not mark.sure:
                problems.append(warning("held", f"{key}: {said!r} cannot be read: imported as a draft", place))
        elif mark.moment and mark.moment > _instant(post.day, zone):
            found["status"] = "draft"
            reasons.append(f"not before {mark.moment.astimezone(zone):%Y-%m-%d %H:%M} in {old_site.TITLES[old.kind]}")
            message = f"{key}: not before {mark.moment.astimezone(zone):%Y-%m-%d %H:%M}: imported as a draft"
            problems.append(warning("held", message, place, "Give it that date, and delete 'status: draft'."))
    if "status" in found:
        found["reason"] = next(iter(reasons), "")
    return found, problems


def _instant(value: Any, zone: ZoneInfo) -> dt.datetime:
    """The moment of a date of the old site. Raises ValueError for what is none."""
    at = moment(value, zone)
    if at is None:
        raise ValueError(value)
    return at if isinstance(at, dt.datetime) else dt.datetime.combine(at, dt.time(), zone)


def plain(text: str) -> str:
    """A summary without the marks of HTML and Markdown."""
    text = re.sub(r"<[^<>]{1,500}>", "", text)
    return re.sub(r"!?\[([^\[\]]{0,300})\]\([^()]{0,500}\)", r"\1", text).replace("**", "").replace("`", "")


def left_out(post: Post) -> Iterator[Problem]:
    """A note for each key that was not imported, and a warning for a date that is none."""
    written = post.written
    known = {name for group in NAMES.values() for name in group} | _READ | _LOOKS
    for key in written.meta:
        if key in _ONE_WORD and written.meta[key] and not line(written.meta[key]):
            yield note("import-key", f"{key!r} is not text: not imported", post.at(written.lines.get(key, 1)))
        if key in known or visibility.read(key, written.meta[key], ZoneInfo("UTC"), _instant):
            continue
        if written.meta[key] not in (None, "", [], {}, False):
            yield note("import-key", f"{key!r} was not imported", post.at(written.lines.get(key, 1)))
    for ours in ("date", "updated", "expires"):
        value = get(written, ours)
        if value is not None and moment(value, ZoneInfo("UTC")) is None:
            name = next(name for name in NAMES[ours] if name in written.meta)
            place = post.at(written.lines.get(name, 1))
            yield warning("import-date", f"{name}: {line(value)[:60]!r} is not a date that can be read", place)


_TITLE = 300  # characters, as ingest takes them


class Shaped(msgspec.Struct, frozen=True):
    """A file to be: its bytes, the section as the old site called it where this one has no such, what else belongs."""

    data: bytes
    section: str
    pictures: tuple[PictureFile, ...]
    problems: tuple[Problem, ...]


class Here(msgspec.Struct, frozen=True):
    """What a post is here: its address, its id, and whether its old address leads to it and to no other.

    ``original`` is the id of the story of which it is a translation.
    """

    address: str
    id: str
    heir: bool = True
    original: str = ""


def shape(post: Post, old: Old, known: Map, here: Here, site: Site) -> Shaped:
    """What a post becomes."""
    new = here.address
    problems: list[Problem] = [*post.problems, *left_out(post)]
    text = RewrittenText(post, known, problems)
    is_html = post.file.lower().endswith(html.ENDINGS)
    body = text.rewritten(_markdown(post, old, known, problems), post.written.first, html=is_html)
    body = (html.unwrapped(body) if is_html else body).strip()
    title = titled(post)
    visible, doubts = visible_to(post, old)
    problems += doubts
    meta: dict[str, Any] = {"title": title, "lang": _language(post, old, site), **visible}
    meta["aliases"] = [path for path in _aliases(post, new, problems) if here.heir or path != post.address]
    if post.page:
        meta.pop("reason", None)  # a page has no such key
        meta["summary"] = front_matter(post.written, site.zone, {}).get("summary")
    else:
        meta |= {
            "id": here.id,
            "date": _plain(post.day) if old_site.usual(post.day) else None,
            **_story(post, old, text, site),
        }
        meta["translation_of"] = here.original
        meta["review"] = ["date"] if post.guessed else None
    ordered = {key: meta[key] for key in fields.STORY if meta.get(key)}
    section = str(meta.get("section") or "")
    unknown = section if section not in site.settings.sections else ""
    data = content.dump(ordered, body)
    wrong = _wrong(data, post, site)
    problems += _unnamed(post, old, text)
    copied = {file.name: file for file in text.taken.values()}
    if kept_back(visible, post, old.zone):  # what stands in content/static is published whatever the story says
        left = [name for name in copied if name.startswith(f"{listing.FOLDER}/")]
        for name in left:
            source, target = Path(copied.pop(name).path).name, f"{site.settings.content}/{name}"
            message = f"the file {source!r} was not copied, since readers do not see what links to it"
            problems.append(warning("import-link", message, post.at(), f"Copy it to {target} when you publish."))
    return Shaped(data, unknown, tuple(copied.values()), (*problems, *wrong))


_SHOWN = 5  # names in one message


def _unnamed(post: Post, old: Old, text: RewrittenText) -> Iterator[Problem]:
    """A note on the pictures and files in a bundle of Hugo that its text does not name, as a gallery's are."""
    if old.kind != "hugo" or Path(post.file).name.partition(".")[0] != "index":
        return
    taken = {Path(file.path).resolve() for file in text.taken.values()}
    there = [file for file in sorted(post.place.rglob("*")) if file.suffix[1:].lower() in links.BUNDLED]
    left = [file.relative_to(post.place).as_posix() for file in there if file.resolve() not in taken]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        message = f"its folder has files that its text does not name: {', '.join(left[:_SHOWN])}{more}"
        yield note("import-picture", message, post.at(), "Copy what you need to content/pictures or content/static.")


def kept_back(visible: Mapping[str, Any], post: Post, zone: ZoneInfo) -> bool:
    """Whether readers do not see a post now: a draft, one of days to come, one that has expired."""
    now = dt.datetime.now(dt.UTC)
    if not post.page and old_site.usual(post.day) and _instant(post.day, zone) > now:
        return True
    return "status" in visible or ("expires" in visible and visible["expires"] <= now)


def titled(post: Post) -> str:
    """A post's title, made of its name where it has none."""
    title = line(get(post.written, "title"))
    return clip(title or post.slug.replace("-", " ").replace("_", " ").strip().capitalize() or "Untitled", _TITLE)


def _markdown(post: Post, old: Old, known: Map, problems: list[Problem]) -> str:
    """A post's text without what only its generator understands."""
    body, first = post.written.body, post.written.first
    if old.kind in EXPORTS:
        return body
    if old.kind == "hugo":
        params = {key: text for key, value in post.written.meta.items() if (text := line(value))}
        return markup.shortcodes(body, post.file, first, problems, params)
    if old.kind == "pelican":
        return markup.markdown(body, post.file, first, problems) if post.file.endswith(".rst") else body

    def link(name: str) -> str:
        if found := known.named(name):
            return found
        problems.append(warning("import-link", f"there is no post {name[:80]!r}", post.at()))
        return "/"

    return markup.liquid(body, post.file, first, problems, markup.Known(link, old.words))


def _story(post: Post, old: Old, text: RewrittenText, site: Site) -> dict[str, Any]:
    meta = front_matter(post.written, old.zone, old.authors)
    names = {name.casefold(): name for name in site.settings.sections}
    names |= {other.casefold(): name for other, name in site.settings.section_aliases.items()}
    section = names.get(post.section.casefold(), post.section)
    topics = [topic for topic in dict.fromkeys(post.topics) if topic.casefold() != section.casefold()]
    picture = main_picture(get(post.written, "image"))
    if picture:
        picture["src"] = unquote(text.picture(picture["src"], post.written.lines.get("image", 1)))
        if not picture["src"].startswith(("http://", "https://", "pictures/")):
            picture = {}
    return {**meta, "section": section, "topics": topics, "image": picture}


def _language(post: Post, old: Old, site: Site) -> str:
    """The language of a post, where it is not the site's own."""
    told = spoken(post, old)
    return locales.other(locales.spelled(told), site.settings.language) if told else ""


def spoken(post: Post, old: Old) -> str:
    """The language that a post is in, by its place, its own key or the old site's settings; empty where none says."""
    return post.lang or line(get(post.written, "lang")).replace("_", "-") or old.language


def _aliases(post: Post, new: str, problems: list[Problem]) -> list[str]:
    """Every path at which the post was found, but the one where it is, however a server takes it."""
    found: dict[str, None] = {}
    for address in filter(None, (post.address, *names(get(post.written, "aliases"), apart=r"\s*,\s*"))):
        try:
            joined = urljoin(post.address.rstrip("/"), address)
            urls.old(joined)
        except ValueError as cause:
            place = post.at(post.written.lines.get("aliases", post.written.lines.get("redirect_from", 1)))
            message = f"{address[:100]!r} cannot be kept as an address: {cause}"
            problems.append(warning("import-address", message, place))
            continue
        if known_as(path := iri.matched(joined)) != known_as(new):
            found[path] = None
    return list(found)


def _wrong(data: bytes, post: Post, site: Site) -> Sequence[Problem]:
    """What this site would find wrong with the file, with the place of the post that it was made from."""
    if post.page:
        return ()
    reading = content.read(data, "import.md", content.Rules(site.zone), post.file)
    told = (problem for problem in reading.problems if problem.severity == "error")
    return [msgspec.structs.replace(problem, code="import-value", place=post.at()) for problem in told]


def known_as(path: str) -> str:
    """An address as servers take it: with or without the page that stands for a folder."""
    return unquote(path).removesuffix("index.html").rstrip("/")


def _plain(day: dt.date) -> dt.date:
    return day.replace(microsecond=0) if isinstance(day, dt.datetime) else day
