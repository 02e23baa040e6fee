"""Addresses → sources: feeds and pages of the web, asked for only where they may have changed.

In: http and https addresses, and the digest that the ledger has of each. Out: ``Fetched`` for each: a source to read,
nothing new, or what went wrong. ETag and Last-Modified are kept under .broadsheet (RFC 9110, section 13).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import http.client
import time
import urllib.error
import urllib.request as web
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from broadsheet import __version__, disk
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.ingest.draft import Source

LARGEST = 20 * 1024 * 1024  # bytes, unpacked; feeds and pages are far below
_QUIET = 20.0  # seconds that a server may be silent
_LONGEST = 60.0  # seconds for a whole answer
_REDIRECTS = 5
_AT_ONCE = 4
_PIECE = 65536

_ASKED = {
    "User-Agent": f"Broadsheet/{__version__}",
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
}


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """What a server said of an address when it last answered, and the digest of the answer."""

    etag: str
    modified: str
    sha256: str


class Fetched(msgspec.Struct, frozen=True):
    """What came of an address: a source, or a problem, or neither where it has nothing new since ``sha256``."""

    address: str
    sha256: str = ""
    source: Source | None = None
    problem: Problem | None = None


def every(
    site: Site, addresses: Iterable[str], known: Callable[[str], str], now: dt.datetime, *, keep: bool = True
) -> Iterator[Fetched]:
    """What came of each address, in their order.

    ``known`` gives the digest of what was filed last from an address, or an empty text: only then is a server asked
    whether anything changed since. What the servers said is kept, unless ``keep`` says not to.
    """
    visits = _visits(site)

    def one(address: str) -> tuple[Fetched, Visit | None]:
        before = visits.get(address)
        before = before if before and known(address) == before.sha256 else None
        try:
            return get(address, now, before)
        except BroadsheetError as cause:
            return Fetched(address, problem=cause.problem), None

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for fetched, visit in threads.map(one, addresses):
            if visit:
                visits[fetched.address] = visit
            yield fetched
    if keep and visits != _visits(site):
        with contextlib.suppress(BroadsheetError):  # only time is lost
            disk.replace(site.cache / _FILE, msgspec.msgpack.encode(visits))


def get(address: str, now: dt.datetime, before: Visit | None = None) -> tuple[Fetched, Visit]:
    """What an address holds, and what its server said of it.

    Raises BroadsheetError: ``address`` for one that is not http or https or holds a password, ``fetch-failed``,
    ``fetch-status``, ``fetch-size``.
    """
    asked = dict(_ASKED)
    if before and before.etag:
        asked["If-None-Match"] = before.etag
    if before and before.modified:
        asked["If-Modified-Since"] = before.modified
    place = Place(address)
    try:
        request = web.Request(_plain(address), headers=asked)  # noqa: S310, _plain lets http and https through alone
        with _opener().open(request, timeout=_QUIET) as answer:
            data = _read(answer, place)
            url, headers = answer.url, answer.headers
    except urllib.error.HTTPError as cause:
        cause.close()
        if cause.code == http.client.NOT_MODIFIED and before:
            return Fetched(address, before.sha256), before
        message = f"the server answers {cause.code} {cause.reason}"
        raise fail("fetch-status", message, place, "Check the address in a browser.") from cause
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as cause:
        reason = getattr(cause, "reason", None) or cause
        hint = "Check the address and the connection; the next run tries again."
        raise fail("fetch-failed", f"cannot fetch: {reason or type(cause).__name__}", place, hint) from cause
    sha256 = hashlib.sha256(data).hexdigest()
    visit = Visit(headers.get("ETag", ""), headers.get("Last-Modified", ""), sha256)
    return Fetched(address, sha256, Source(address, data, _moment(visit.modified, now), url=url)), visit


def _plain(address: str) -> str:
    """An address as it travels: ASCII only (RFC 3987, section 3.1), and nothing secret in it."""
    hint = "Give an address such as https://example.org/feed.xml."
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError as cause:
        raise fail("address", "not an address", Place(address), hint) from cause
    if parts.scheme not in ("http", "https") or not host:
        raise fail("address", "only http and https addresses are fetched", Place(address), hint)
    if parts.username or parts.password:
        raise fail("address", "an address with a password would be printed", Place(f"{parts.scheme}://{host}"), hint)
    host = f"[{host}]" if ":" in host else host
    path, query = quote(parts.path, safe="/%:@!$&'()*+,;=~-._"), quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, host + port, path, query, ""))


class _Redirects(web.HTTPRedirectHandler):
    """At most five redirects, each to http or https: urllib alone would also follow one to ftp."""

    max_redirections = _REDIRECTS
    max_repeats = 2

    def redirect_request(self, req: web.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).scheme not in ("http", "https"):
            fp.close()
            raise urllib.error.URLError("it redirects to what is neither http nor https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> web.OpenerDirector:
    """An opener for the web alone: urllib's usual one also reads files."""
    opener = web.OpenerDirector()
    for handler in (
        web.ProxyHandler(), web.HTTPHandler(), web.HTTPSHandler(), _Redirects(),
        web.HTTPDefaultErrorHandler(), web.HTTPErrorProcessor(), web.UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


def _read(answer: http.client.HTTPResponse, place: Place) -> bytes:
    """The body of an answer, unpacked, within its bounds of time and size."""
    packed = answer.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    until = time.monotonic() + _LONGEST
    data = bytearray()
    while piece := answer.read1(_PIECE):
        data += unpack.decompress(piece, LARGEST + 1 - len(data)) if packed else piece
        if len(data) > LARGEST or unpack.unconsumed_tail:
            hint = "A feed or a page is smaller; save the file and ingest it from disk."
            raise fail("fetch-size", f"larger than {LARGEST >> 20} MiB", place, hint)
        if time.monotonic() > until:
            raise TimeoutError(f"no whole answer within {_LONGEST:.0f} seconds")
    if answer.length:  # a connection that broke looks like an end to read1
        raise http.client.IncompleteRead(b"", answer.length)
    return bytes(data)


def _moment(modified: str, now: dt.datetime) -> dt.datetime:
    try:
        moment = parsedate_to_datetime(modified)
    except ValueError:
        return now
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


_FILE = "visits.msgpack"


def _visits(site: Site) -> dict[str, Visit]:
    try:
        return msgspec.msgpack.decode((site.cache / _FILE).read_bytes(), type=dict[str, Visit])
    except (OSError, msgspec.MsgspecError):
        return {}
