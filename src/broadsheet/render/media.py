"""Files that stories bring beside pictures: sounds, films and tables of numbers, which are printed as they are.

In: a site and the names of files below content/. Out: an ``Asset`` for each that is there, and what is wrong with the
others. Of a sound or a film whose size and time of change are as they were nothing is read.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from broadsheet import disk
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.content import listing, tables
from broadsheet.content.dialect import TABLE, ending
from broadsheet.content.listing import LARGEST, KnownFile
from broadsheet.errors import BroadsheetError
from broadsheet.model import Asset, PictureProblem
from broadsheet.text import slug

FOLDER = "static"  # below output/, where the names of all files tell what they hold
_MEMORY = "media"  # the name under which the store keeps what was seen
_DECODE = msgspec.msgpack.Decoder(dict[str, KnownFile]).decode


class MediaSet(NamedTuple):
    """The files that can be printed, and what is wrong with others that are there, by name."""

    assets: Mapping[str, Asset]
    faults: Mapping[str, PictureProblem]


def media(site: Site, names: Iterable[str], store: Store) -> MediaSet:
    """The files of these names; one that is not there is in neither part."""
    known: dict[str, KnownFile] = {}
    with contextlib.suppress(msgspec.DecodeError):
        known = _DECODE(store.value(_MEMORY) or b"")
    seen: dict[str, KnownFile] = {}
    assets: dict[str, Asset] = {}
    faults: dict[str, PictureProblem] = {}
    for name in sorted(names):
        with contextlib.suppress(OSError, ValueError, BroadsheetError):
            asset = _asset(site, name, known, seen)
            if isinstance(asset, Asset):
                assets[name] = asset
            else:
                faults[name] = asset
    if seen != known:
        store.keep_value(_MEMORY, msgspec.msgpack.encode(seen))
    return MediaSet(assets, faults)


def _asset(site: Site, name: str, known: Mapping[str, KnownFile], seen: dict[str, KnownFile]) -> Asset | PictureProblem:
    """One file. Raises OSError, ValueError or BroadsheetError where it is not there or does not lie below content/."""
    file = disk.within(site.content, name)
    if listing.leads_out(file, site.content):
        return PictureProblem("link-outside", listing.OUTSIDE, listing.OUTSIDE_HINT)
    stat = file.stat()
    mtime = max(stat.st_mtime_ns, stat.st_ctime_ns)
    one, recipe = known.get(name), b""
    if ending(name) == TABLE or one is None or one[:2] != (stat.st_size, mtime):
        data = disk.read(str(file), LARGEST)
        if len(data) > LARGEST:
            message = f"was not published: it is larger than {LARGEST // 1_000_000} MB"
            return PictureProblem("media-large", message, "Keep it elsewhere, and link to it.")
        one = KnownFile(stat.st_size, mtime, blake2b(data, digest_size=16).digest())
        if ending(name) == TABLE:
            try:
                recipe = msgspec.msgpack.encode(tables.read(data))
            except tables.TableError as cause:
                place = f"{site.settings.content}/{name}"
                return PictureProblem("chart-broken", cause.message, cause.hint, file=place, line=cause.line)
    if disk.settled(mtime, time.time_ns()):
        seen[name] = one
    stem, _, end = name.rpartition("/")[2].rpartition(".")
    path = f"{FOLDER}/{slug(stem, default='file')}.{one.digest.hex()[:8]}.{end.lower()}"
    return Asset(name, str(file), path, one.digest, one.size, recipe=recipe)
