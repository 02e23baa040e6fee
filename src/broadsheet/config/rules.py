"""What the values of settings mean, beyond their type: addresses, time zones, languages, folders, counts.

In: a setting's key and its value. Out: what is wrong with it, in words that follow the key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broadsheet import iri


def complaint(key: str, value: object) -> str:
    """What is wrong with a setting's value, which has the right type; empty where nothing is."""
    return _MEANINGS.get(key, _fine)(value)


def _fine(_: object) -> str:
    return ""


def _address(value: object) -> str:
    return "" if iri.absolute(cast("str", value)) else f"{value!r} is not an http or https address"


def _url(value: object) -> str:
    """An address that pages or feeds print."""
    login = "@" in urlsplit(cast("str", value)).netloc if not _address(value) else False
    return "holds a login, which every reader would see" if login else _address(value)


def _addresses(value: object) -> str:
    return next(filter(None, map(_address, cast("dict[str, str]", value).values())), "")


def _timezone(value: object) -> str:
    try:
        ZoneInfo(cast("str", value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{value!r} is not a time zone of the IANA database, such as 'Europe/London'"
    return ""


def _positive(value: object) -> str:
    return "" if cast("int", value) > 0 else f"{value} is not above 0"


def _count(value: object) -> str:
    return "" if cast("int", value) >= 0 else f"{value} is below 0"


def _feed_forms(value: object) -> str:
    return "" if "rss" in cast("tuple[str, ...]", value) else "'rss' is missing: pages and lists of feeds point to it"


def _feed_items(value: object) -> str:
    return "" if 0 < cast("int", value) <= 60 else f"{value} is not between 1 and 60"


def _hub(value: object) -> str:
    return _url(value) if value else ""


def _language(value: object) -> str:
    tag = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
    return "" if re.fullmatch(tag, cast("str", value)) else f"{value!r} is not a language tag, such as 'en' or 'pt-BR'"


def _aliases(value: object) -> str:
    empty = next((key for key, name in cast("dict[str, str]", value).items() if not name.strip()), None)
    return "" if empty is None else f"{empty!r} stands for nothing"


def _theme(value: object) -> str:
    """Its options are checked where the theme is read, which says what options there are."""
    name = value.get("name", "broadsheet") if isinstance(value, dict) else value
    return _folder(name) if isinstance(name, str) else "its name is not a text"


def _folder(value: object) -> str:
    name = cast("str", value)
    inside = name and not name.startswith(("/", "\\", ".")) and ".." not in Path(name).parts
    return "" if inside else f"{name!r} is not a folder inside the site"


_MEANINGS = {
    "url": _url, "sources": _addresses, "timezone": _timezone, "language": _language,
    "per_page": _positive, "topic_minimum": _positive, "thread_minimum": _positive,
    "feed_items": _feed_items, "feed_forms": _feed_forms, "topic_feed_items": _feed_items,
    "feed_archives": _count, "share_cards": _count, "page_weight": _count, "hub": _hub,
    "topic_aliases": _aliases, "section_aliases": _aliases,
    "content": _folder, "output": _folder, "themes": _folder, "theme": _theme,
}  # fmt: skip
