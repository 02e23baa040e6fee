"""Marks by which a text says that it is not for readers: not at all, not yet, or no longer; dates as written there.

In: a key and its value, as this generator and others write them, in front matter or any other format. Out: a ``Mark``.
This is the one table of such marks: whatever takes a text in or prints one asks it. A value that cannot be read keeps
the text from readers, since what was printed once cannot be taken back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

_EXPECTED = "a date such as 2025-05-08 or 2025-05-08T14:30:00+02:00"


class Day(msgspec.Struct, frozen=True):
    """A date as front matter gives it: a moment, and whether a time of day was written."""

    moment: dt.datetime
    timed: bool


def day(raw: Any, zone: ZoneInfo) -> Day:
    """A bare day, or a moment; a moment without an offset is taken in the site's time zone. Raises ValueError."""
    if isinstance(raw, str):
        text = raw.strip()
        try:
            raw = dt.datetime.fromisoformat(text) if len(text) > 10 else dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(_EXPECTED) from None
    if isinstance(raw, dt.datetime):
        found, timed = raw if raw.tzinfo else raw.replace(tzinfo=zone), True
    elif isinstance(raw, dt.date):
        found, timed = dt.datetime(raw.year, raw.month, raw.day, tzinfo=zone), False
    else:
        raise ValueError(_EXPECTED)
    if not 1000 <= found.year < 9999:  # feeds need four digits, and other time zones a day to either side
        raise ValueError(_EXPECTED)
    return Day(found, timed)


def moment(raw: Any, zone: ZoneInfo) -> dt.datetime:
    """The moment of a date, the first of its day where no time was written. Raises ValueError."""
    return day(raw, zone).moment


class Mark(msgspec.Struct, frozen=True):
    """What a key says: the text is hidden or shown, or is for readers from or until a moment.

    ``sure`` is False where the value could not be read, and the text is hidden for that.
    """

    says: Literal["hidden", "shown", "from", "until"]
    moment: dt.datetime | None = None
    sure: bool = True


HIDDEN, SHOWN, DOUBTFUL = Mark("hidden"), Mark("shown"), Mark("hidden", sure=False)

Parse = Callable[[Any, ZoneInfo], dt.datetime]  # raises ValueError for what is no date

# Keys without hyphens, underscores and capitals. Of Hugo, Jekyll, Pelican, Zola, Eleventy, Hexo, Astro, Gatsby, Ghost,
# Obsidian, WordPress and Nikola, and of what newsrooms call these things.
_HIDES = frozenset((  # where they are true
    "borrador", "bozza", "brouillon", "confidential", "deleted", "donotpublish", "donotuse", "draft",
    "eleventyexcludefromcollections", "entwurf", "expired", "headless", "hidden", "hide", "hold", "internalonly",
    "isdraft", "ishidden", "isprivate", "isunlisted", "kill", "killed", "membersonly", "nopublish",
    "notforpublication", "onhold", "private", "protected", "rascunho", "secret", "spiked", "subscribersonly",
    "trashed", "unlisted", "unpublished", "utkast", "withdrawn", "withheld",
))  # fmt: skip
_SHOWS = frozenset((  # where they are true; some give the date of publication in the place of true
    "ispublic", "ispublished", "isvisible", "public", "publish", "published", "render", "visible",
))  # fmt: skip
_FROM = frozenset((
    "availablefrom", "datepublished", "embargada", "embargado", "embargo", "embargodate", "embargoed",
    "embargoeduntil", "embargoends", "embargoexpires", "embargolifts", "embargotime", "embargountil", "golive",
    "goliveat", "golivedate", "holduntil", "notbefore", "pubdate", "publishafter", "publishat", "publishdate",
    "publishedat", "publishedon", "publishfrom", "publishon", "releaseat", "releasedate", "releaseon",
    "scheduled", "scheduledat", "scheduleddate", "scheduledfor", "sperrfrist", "validfrom", "visiblefrom",
))  # fmt: skip
_UNTIL = frozenset((
    "availableuntil", "depublish", "depublishat", "expirationdate", "expire", "expires", "expiresat", "expireson",
    "expiration", "expirationtime", "expiry", "expirydate", "notafter", "unavailableafter", "unpublish", "unpublishat",
    "unpublishdate", "unpublishon", "validthrough", "validuntil", "visibleuntil",
))  # fmt: skip
_SAYS = frozenset((  # in a word
    "access", "articlestatus", "contentstatus", "creativeworkstatus", "editorialstatus", "estado", "poststatus",
    "publicationstatus", "publishstatus", "pubstatus", "state", "stato", "status", "statut", "storystatus",
    "visibility", "workflow",
    "workflowstate", "workflowstatus", "статус",
))  # fmt: skip
_CONSENT = frozenset((  # where it is refused; in any other value they are words of any text
    "approved", "cleared", "isapproved", "islive", "isready", "legalcleared", "live", "ready", "readytopublish",
    "signedoff",
))  # fmt: skip
_TAGS = frozenset(("tag", "tags"))  # Nikola's own marks stand among them
_HIDDEN_TAGS = frozenset(("draft", "private"))
_ONLY = frozenset(("poststatus", "visibility"))  # and nothing else is said there: a word that is unknown is doubtful
_LOCKS = frozenset(("passphrase", "password", "postpassword"))  # whatever they hold
_BUILDS = frozenset(("build",))  # Hugo's table, once called _build
_WORDED = _BUILDS | _SAYS | _CONSENT | _TAGS | {"permalink"}
_KEYS = _HIDES | _SHOWS | _FROM | _UNTIL | _LOCKS

_HIDDEN_WORDS = frozenset((
    "archived", "auto-draft", "awaiting approval", "awaiting review", "borrador", "bozza", "brouillon", "canceled",
    "cancelled", "concept", "confidential", "deleted", "disabled", "do not publish", "do not use", "draft", "embargo",
    "embargoed", "entwurf", "expired", "for approval", "for review", "future", "gesperrt", "held", "hidden", "hold",
    "idea", "in progress", "in review", "inactive", "incomplete", "inherit", "internal", "internal only", "kill",
    "killed", "legal hold", "luonnos", "members", "needs review", "not approved", "not for publication",
    "not for release",
    "offline", "on hold", "paid", "pending", "pending review", "private", "protected", "rascunho", "ready for review",
    "rejected", "review", "revoked", "scheduled", "secret", "skip", "spiked", "submitted", "subscribers", "szkic",
    "taslak", "todo", "trash", "trashed", "udkast", "unapproved", "unlisted", "unpublished", "unreleased", "utkast",
    "wip", "withdrawn", "withheld", "черновик", "чернетка",
))  # fmt: skip
_SHOWN_WORDS = frozenset((
    "active", "approved", "cleared", "complete", "completed", "current", "done", "featured", "final", "live", "new",
    "ok", "online", "public", "publicado", "publicerad", "publish", "published", "publié", "pubblicato", "ready",
    "ready to publish", "released", "sent", "updated", "usable", "veröffentlicht", "visible",
))  # fmt: skip
_TRUE = frozenset(("1", "on", "t", "true", "y", "yes"))
_FALSE = frozenset(("0", "f", "false", "n", "no", "off"))
_NOT_BUILT = frozenset(("false", "link", "never"))


def read(key: str, value: Any, zone: ZoneInfo, parse: Parse = moment) -> Mark | None:
    """What a key says of who may read the text; None for one that says nothing of that.

    ``zone`` is that of moments without an offset; ``parse`` reads dates of another format.
    """
    name = re.sub(r"[\s_-]", "", key.lower())
    if name in _WORDED:
        return _worded(name, value)
    if name not in _KEYS:
        return None
    if value is None or (isinstance(value, str | list | dict) and not value):
        return SHOWN
    flag = _flag(value)
    if name in _LOCKS:
        return SHOWN if flag is False else HIDDEN
    if flag is not None:
        return HIDDEN if flag is (name not in _SHOWS) else SHOWN
    if name in _HIDES:
        return DOUBTFUL
    try:
        return Mark("until" if name in _UNTIL else "from", parse(value, zone))
    except (ValueError, OverflowError):
        return DOUBTFUL


def _worded(name: str, value: Any) -> Mark | None:
    """What a key says that is no flag and has no moment."""
    if name in _BUILDS:
        return _built(value)
    if name == "permalink":  # Eleventy writes no file for false
        return HIDDEN if _flag(value) is False else None
    if name in _SAYS:
        return _words(name, value)
    if name in _CONSENT:
        flag = _flag(value)
        return None if flag is None else SHOWN if flag else HIDDEN
    return HIDDEN if _HIDDEN_TAGS.intersection(_tags(value)) else None


def marks(meta: Mapping[str, Any], zone: ZoneInfo, parse: Parse = moment) -> Iterator[tuple[str, Mark]]:
    """The keys that say who may read a text, in their order, but those that say that everybody may."""
    for key, value in meta.items():
        mark = read(key, value, zone, parse)
        if mark is not None and mark.says != "shown":
            yield key, mark


def hidden(meta: Mapping[str, Any], zone: ZoneInfo) -> bool:
    """Whether a text says that it is not for readers, whatever the day."""
    return any(mark.says == "hidden" for _, mark in marks(meta, zone))


def _flag(value: Any) -> bool | None:
    """Whether a value says true or false; None where it says neither."""
    word = str(value).strip().lower() if isinstance(value, bool | int | float | str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _tags(value: Any) -> list[str]:
    """The tags of a list, or of a text in which commas part them."""
    found = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [tag.strip() for tag in found if isinstance(tag, str)]


def _words(name: str, value: Any) -> Mark | None:
    """What a word says, or the strictest one of a list."""
    if not isinstance(value, list):
        return _word(name, value)
    said = [mark for one in value if (mark := _word(name, one))]
    return next((mark for mark in said if mark.says == "hidden"), next(iter(said), None))


def _word(name: str, value: Any) -> Mark | None:
    if not isinstance(value, str) or not value.strip():
        return SHOWN if not value else DOUBTFUL if name in _ONLY else None
    word = re.sub(r"[\s_-]+", " ", value.strip().lower())
    if word in _HIDDEN_WORDS or word.replace(" ", "-") in _HIDDEN_WORDS:
        return HIDDEN
    if word in _SHOWN_WORDS:
        return SHOWN
    return DOUBTFUL if name in _ONLY else None


def _built(value: Any) -> Mark | None:
    """What Hugo's options of a page say: one that is not rendered, or in no list, is not to be found by readers."""
    if not isinstance(value, Mapping):
        return None
    said = {str(value.get(key)).strip().lower() for key in ("render", "list")}
    return HIDDEN if said & _NOT_BUILT else SHOWN


# What other generators call keys that stories have under another name.
ELSEWHERE = {"author": "authors", "byline": "authors", "category": "section", "categories": "section"} | {
    "description": "summary", "excerpt": "summary", "keywords": "topics", "language": "lang", "lastmod": "updated",
    "last_modified_at": "updated", "modified": "updated", "tag": "topics", "tags": "topics",
}  # fmt: skip
