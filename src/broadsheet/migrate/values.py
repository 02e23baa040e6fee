"""What other generators' keys mean here: their values → front matter, and what has no place in it.

In: a post's metadata. Out: the values of our keys, and a problem with its line for each key that was not taken over.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet.content import visibility
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.migrate.post import Post, Written
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
}
# What is read elsewhere: addresses, and whether a post is out.
_READ = frozenset(("slug", "url", "permalink", "save_as", "status", "params", "id", "guid"))
# What only says how the old site looked, and was for its theme alone.
_LOOKS = frozenset(
    (
        "layout", "template", "type", "weight", "toc", "menu", "comments", "comment", "disqus", "math", "mathjax",
        "share", "related", "pin", "markup", "iscjklanguage", "_build", "build", "outputs", "sitemap", "robots",
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


def get(written: Written, ours: str) -> Any:
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


def picture(value: Any) -> dict[str, str]:
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


def front_matter(written: Written, zone: ZoneInfo, authors: Mapping[str, str]) -> dict[str, Any]:
    """Our keys for what a post says of itself, but those that hang on addresses, sections and pictures."""
    found: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        found["updated"] = _instant(get(written, "updated"), zone)
    if summary := clip(plain(line(get(written, "summary"))), 600):
        found["summary"] = summary
    if bylines := names(get(written, "authors")):
        found["authors"] = [authors.get(name, name) for name in bylines]
    return found


def visible(post: Post, zone: ZoneInfo) -> tuple[dict[str, Any], list[Problem]]:
    """Our keys for who may read a post, and a warning where that is not said as the old site said it."""
    found: dict[str, Any] = {"status": "draft"} if post.draft else {}
    problems = []
    for key, mark in visibility.marks(post.written.meta, zone, _instant):
        place = Place(post.file, post.written.lines.get(key, 1))
        if mark.says == "until" and mark.moment:
            found["expires"] = min(mark.moment, found.get("expires", mark.moment))
        elif mark.says == "hidden":
            found["status"] = "draft"
            if not mark.sure:
                said = line(post.written.meta[key])[:60]
                problems.append(warning("held", f"{key}: {said!r} cannot be read: imported as a draft", place))
        elif mark.moment and mark.moment > _instant(post.day, zone):
            found["status"] = "draft"
            message = f"{key}: not before {mark.moment.astimezone(zone):%Y-%m-%d %H:%M}: imported as a draft"
            problems.append(warning("held", message, place, "Give it that date, and take 'status: draft' out."))
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


def left_out(written: Written, shown: str) -> Iterator[Problem]:
    """A note for each key that was not taken over, and a warning for a date that is none."""
    known = {name for group in NAMES.values() for name in group} | _READ | _LOOKS
    for key in written.meta:
        if key in known or visibility.read(key, written.meta[key], ZoneInfo("UTC"), _instant):
            continue
        if written.meta[key] not in (None, "", [], {}, False):
            yield note("import-key", f"{key!r} was not taken over", Place(shown, written.lines.get(key, 1)))
    for ours in ("date", "updated", "expires"):
        value = get(written, ours)
        if value is not None and moment(value, ZoneInfo("UTC")) is None:
            name = next(name for name in NAMES[ours] if name in written.meta)
            place = Place(shown, written.lines.get(name, 1))
            yield warning("import-date", f"{name}: {line(value)[:60]!r} is no date that can be read", place)
