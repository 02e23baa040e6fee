"""What a site asks of crawlers: [tool.broadsheet.robots] of its settings, typed.

In: the table as TOML gave it. Out: ``Robots``; a problem with its line for each key that is unknown or wrong; the
crawlers that are known by name.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from broadsheet import iri
from broadsheet.config.rules import Lines, checked
from broadsheet.errors import Problem, error

Purpose = Literal["search", "ai_search", "ai_training", "ai_fetch"]


class Robots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may come, and to what end. Whatever is said beside that says the same in other languages, where it is on."""

    search: bool = True  # crawlers of search engines
    ai_search: bool = True  # crawlers that collect pages for the answers of an AI
    ai_training: bool = True  # crawlers that collect training data for an AI
    ai_fetch: bool = True  # an AI that fetches one page because a person asked for it
    others: bool = True  # all crawlers that are not known by name
    allow: tuple[str, ...] = ()  # crawlers by name that are allowed, whatever their purpose
    disallow: tuple[str, ...] = ()  # crawlers by name that are excluded
    content_signals: bool = False  # whether to add a Content-Signal line to robots.txt
    ai_preferences: bool = False  # whether to add Content-Usage to robots.txt and as a header
    rsl: bool = False  # whether to write a licence file, rsl.xml
    tdm: bool = False  # whether to reserve the rights of text and data mining by the TDM Reservation Protocol
    terms: str = ""  # the address of the page that explains how to get a licence, for rsl and tdm


class Crawler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A crawler that is known by name: its token in robots.txt, who runs it, what for.

    ``source`` is the operator's page about it; ``read`` is whether that page was read when the list was made, and not
    only others on it. ``heeds`` is false where the operator says that robots.txt may be passed over.
    """

    name: str
    operator: str
    purpose: Purpose
    source: str
    read: bool = True
    heeds: bool = True


class CrawlerList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The crawlers that are known by name, and the day on which their operators' pages were looked up."""

    looked_up: dt.date
    crawlers: tuple[Crawler, ...]


@functools.cache
def crawlers() -> CrawlerList:
    """The list in crawlers.toml."""
    return msgspec.convert(tomllib.loads(Path(__file__).with_name("crawlers.toml").read_text("utf-8")), CrawlerList)


def check(table: Any, place: Lines) -> list[Problem]:
    """What is wrong with the table; ``place`` tells where it, or a key of it, stands."""
    if not isinstance(table, dict):
        hint = "Example: ai_training = false"
        return [error("settings-type", "robots: expected a table", place(), hint)]
    named = "robots", place
    values, problems = checked(table, Robots, named, lambda key: _EXPECTED.get(key, "true or false"), _complaint)
    if twice := sorted({*map(str.lower, values.get("allow", ()))} & {*map(str.lower, values.get("disallow", ()))}):
        message = f"robots.allow: {twice[0]!r} is listed under disallow too"
        problems.append(error("settings-value", message, place("allow"), "Delete it from one of the two lists."))
    return problems


_EXPECTED: Mapping[str, str] = {"allow": "a list of texts", "disallow": "a list of texts", "terms": "a text"}
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # RFC 9309 knows letters, - and _; there are crawlers with digits


def _complaint(key: str, value: Any) -> str:
    """What is wrong with a value of the right type; empty if nothing is."""
    if key == "terms" and value:
        address = iri.absolute(value)
        if "@" in value.partition("//")[2].partition("/")[0]:
            return "holds a login, which every crawler would see"
        return "" if address else f"{value!r} is not an http or https address"
    if key in ("allow", "disallow") and (wrong := next((name for name in value if not _TOKEN.fullmatch(name)), None)):
        return f"{wrong!r} is not the name of a crawler, such as 'GPTBot'"
    return ""
