"""The past: what the last build was made from, remembered for whoever asks why a page changes.

In: the parts that every page is made from, as a build found them. Out: the same at the next run, or nothing. A page
that was not drawn again was made from the same parts, so one memory of a build tells of every page, however old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from broadsheet import disk
from broadsheet.config import Settings, Site
from broadsheet.model import Asset, Prose
from broadsheet.newspaper import EditionNote

FILE = "past"


class Past(msgspec.Struct, frozen=True):
    """What a build was made from, besides the stories, which the cache remembers.

    ``filters`` are digests of the files that the site's own functions stand in, ``reached`` of the templates that each
    template can print. ``common`` and, by template, ``reach`` are the digests that went into the pages' own.
    """

    version: str
    moment: dt.datetime
    settings: Settings
    filters: dict[str, bytes]
    notes: tuple[EditionNote, ...]
    prose: tuple[Prose, ...]
    pictures: dict[str, Asset]
    cards: dict[str, Asset]
    static: dict[str, Asset]
    templates: frozenset[str] | None
    titles: dict[str, str]
    reached: dict[str, dict[str, bytes]]
    reach: dict[str, bytes]
    common: bytes


def visible(settings: Settings) -> Settings:
    """The settings as far as pages show them: not where a site goes, nor what its editors are told of it."""
    return msgspec.structs.replace(settings, targets={}, silence={}, page_weight=0)


def remember(site: Site, past: Past) -> None:
    """Keep it beside the cache. Raises BroadsheetError (``unwritable``)."""
    disk.replace(site.cache / FILE, msgspec.msgpack.encode(past))


def recalled(site: Site) -> Past | None:
    """What was kept; nothing where there is nothing, or what another version of Broadsheet cannot have meant."""
    try:
        return msgspec.msgpack.decode((site.cache / FILE).read_bytes(), type=Past)
    except (OSError, msgspec.DecodeError):
        return None


def code(filters: Mapping[str, Callable[..., Any]], kinds: Iterable[Any]) -> dict[str, Callable[..., Any]]:
    """The functions of a site's build.py that pages are made by, each by what it is; ``kinds`` are those of pages."""
    found = {f"filter {name}": function for name, function in filters.items()}
    for kind in kinds:
        for part in ("plan", "view", "structured", "changed"):
            function = getattr(kind, part, None)
            if callable(function):
                found[f"{part} of the kind of page {getattr(kind, 'name', kind)!r}"] = function
    return found


def written(filters: Mapping[str, Callable[..., Any]]) -> dict[str, bytes]:
    """The digests of the files in which functions are written, by the functions' names; a built-in one has no file."""
    found = {}
    for name, function in sorted(filters.items()):
        code = getattr(function, "__code__", None)
        file = Path(code.co_filename) if code else None
        data = file.read_bytes() if file and file.is_file() else b""
        found[name] = blake2b(data, digest_size=16).digest()
    return found
