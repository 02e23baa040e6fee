"""What is wrong with values of settings: first their type, then the value itself.

In: a table with the type of its settings; a setting's key and its value. Out: a problem with its line for each key that
is unknown or wrong; what is wrong with a value, in words that follow the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from broadsheet import iri
from broadsheet.errors import Place, Problem, error
from broadsheet.text import did_you_mean

Lines = Callable[..., Place]  # the place of a table of settings, and of a key in it

LONGEST = 1_000  # characters of what stands on every page


def complaint(key: str, value: object) -> str:
    """What is wrong with a setting's value, which has the right type; empty where nothing is."""
    return _MEANINGS.get(key, _fine)(value)


def checked(
    table: Mapping[str, Any],
    kind: Any,
    named: tuple[str, Lines],
    expected: Callable[[str], str],
    complaint: Callable[[str, Any], str] | None = None,
    others: Iterable[str] = (),
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a table that have the types of a struct, and a problem for each key that is unknown or wrong.

    ``named`` is how a user calls the table, and the place of a key in it. ``expected`` says what the value of a key
    should be, ``complaint`` what is wrong with a value of the right type. ``others`` are checked elsewhere.
    """
    where, place = named
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    problems = []
    for key, value in table.items():
        if key in others:
            continue
        if key not in fields:
            hint = did_you_mean(key, [*others, *fields])
            problems.append(error("settings-unknown", f"{where}: unknown setting {key!r}", place(key), hint))
            continue
        try:
            values[key] = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError:
            problems.append(error("settings-type", f"{where}.{key}: expected {expected(key)}", place(key)))
            continue
        if said := complaint(key, values[key]) if complaint else "":
            problems.append(error("settings-value", f"{where}.{key}: {said}", place(key)))
    return values, problems


def _fine(_: object) -> str:
    return ""


def _address(value: object) -> str:
    return "" if iri.absolute(cast("str", value)) else f"{value!r} is not an http or https address"


def _url(value: object) -> str:
    """An address that pages or feeds print."""
    if said := _address(value):
        return said
    parts = urlsplit(cast("str", value))
    if "@" in parts.netloc:
        return "holds a login, which every reader would see"
    steps = {".", ".."}.intersection(unquote(parts.path).replace("\\", "/").split("/"))
    return f"{parts.path!r} goes up with '..': write the path as readers see it" if steps else ""


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


def _workers(value: object) -> str:
    return "" if workers_named(str(value)) else f"{value!r} is neither a number nor an address such as dask://host:8786"


def workers_named(text: str) -> bool:
    """Whether a text names workers: a number of processes, or the address of a cluster."""
    return bool(re.fullmatch(r"\d{1,4}|dask://[\w.\[\]:-]+:\d{1,5}", text, re.ASCII))


def _feed_forms(value: object) -> str:
    return "" if "rss" in cast("tuple[str, ...]", value) else "'rss' is missing: pages and lists of feeds point to it"


def _feed_items(value: object) -> str:
    return "" if 0 < cast("int", value) <= 60 else f"{value} is not between 1 and 60"


def _link(value: object) -> str:
    address = cast("str", value)
    known = not address or re.fullmatch(r"(https?://|/(?!/))\S+", address)
    return "" if known else f"{address!r} is not an address on the web, such as https://example.org/ or /about/"


def _contact(value: object) -> str:
    mail = re.fullmatch(r"[^\s@/:?]+@[^\s@/:?]+\.[^\s@/:?]+", cast("str", value))
    return "" if mail or not _link(value) else f"{value!r} is neither a mail address nor an address on the web"


def _hub(value: object) -> str:
    return _url(value) if value else ""


def _language(value: object) -> str:
    tag = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
    return "" if re.fullmatch(tag, cast("str", value)) else f"{value!r} is not a language tag, such as 'en' or 'pt-BR'"


def _languages(value: object) -> str:
    return next(filter(None, map(_language, cast("tuple[str, ...]", value))), "")


def _line(value: object) -> str:
    """A line that every page prints."""
    length = len(cast("str", value))
    return f"it has {length:,} characters; at most {LONGEST:,} are allowed" if length > LONGEST else ""


def _names(value: object) -> str:
    return next(filter(None, map(_line, cast("tuple[str, ...]", value))), "")


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
    "languages": _languages,
    "per_page": _positive, "topic_minimum": _positive, "thread_minimum": _positive,
    "feed_items": _feed_items, "feed_forms": _feed_forms, "topic_feed_items": _feed_items,
    "feed_archives": _count, "share_cards": _count, "print_codes": _count, "page_weight": _count, "hub": _hub,
    "workers": _workers,
    "contact": _contact, "licence_url": _link, "licence": _line, "accessibility": _line, "colophon": _line,
    "title": _line, "tagline": _line, "description": _line, "publisher": _line, "copyright": _line, "sections": _names,
    "topic_aliases": _aliases, "section_aliases": _aliases,
    "content": _folder, "output": _folder, "themes": _folder, "theme": _theme,
}  # fmt: skip
