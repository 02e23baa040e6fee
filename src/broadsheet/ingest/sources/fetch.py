"""Addresses → sources: feeds and pages of the web, asked for only where they may have changed.

In: http and https addresses, and the digest that the ledger has of each. Out: ``Fetched`` for each: a source to read,
nothing new, or what went wrong. What a server said is kept under .broadsheet: ETag and Last-Modified (RFC 9110, section
13), until when it is to be left alone (429, 503), that something is gone (410).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec

from broadsheet import http
from broadsheet.cache import Files
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.extract.draft import Source
from broadsheet.redaction import public, redacted

LIMITS = http.Limits()
_AT_ONCE = 4
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
_LONGEST = 1024  # characters of an ETag or a date; what is longer is not sent back
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_PAUSE = 900.0  # seconds that a busy server is left alone for that does not say how long; twice as many each time
_LONGEST_PAUSE = 86_400.0


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """What a server said of an address when it last answered, and the digest of the answer.

    ``until`` is the second since 1970 before which it is not asked again, infinite for what is gone; ``busy`` how often
    in a row it was too busy.
    """

    etag: str = ""
    modified: str = ""
    sha256: str = ""
    until: float = 0.0
    busy: int = 0


class Fetched(msgspec.Struct, frozen=True):
    """What came of an address: a source, or a problem, or neither where it has nothing new since ``sha256``.

    ``name`` is the address without what is secret in it: the name of the source wherever one is written down.
    """

    name: str
    sha256: str = ""
    source: Source | None = None
    problem: Problem | None = None


def every(
    site: Site,
    addresses: Iterable[str],
    known: Callable[[str], str],
    now: dt.datetime,
    *,
    keep: bool = True,
    again: bool = False,
) -> list[Fetched]:
    """What came of each address, in their order; an address that was given by hand.

    ``known`` gives the digest of what was filed last from a source, or an empty text: only then is a server asked
    whether anything changed since. What the servers said is kept, unless ``keep`` says not to. ``again`` asks for what
    is gone, too.
    """
    before = _visits(site)
    visits = dict(before)
    named: dict[str, str] = {}
    for address in addresses:
        named.setdefault(address, redacted(address))
    firsts = {name: address for address, name in reversed(named.items())}

    def one(address: str) -> tuple[Fetched, Visit]:
        name = named[address]
        visit = visits.get(_key(address), Visit())
        if firsts[name] != address:
            return Fetched(name, problem=_twice(name)), visit
        if now.timestamp() < visit.until and not (again and visit.until == math.inf):
            return Fetched(name, problem=_waiting(name, visit, now)), visit
        try:
            return get(address, now, visit, unchanged=known(name) == visit.sha256)
        except BroadsheetError as cause:
            return Fetched(name, problem=cause.problem), visit

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = list(threads.map(one, named))
    visits |= {_key(address): visit for address, (_, visit) in zip(named, found, strict=True)}
    if keep and visits != before:
        with contextlib.suppress(BroadsheetError):  # only time is lost
            Files(site.cache).put(_FILE, msgspec.msgpack.encode(visits))
    return [fetched for fetched, _ in found]


def lenient(fetched: Sequence[Fetched], names: Iterable[str]) -> list[Fetched]:
    """The same, with a warning for each failure of a source in ``names``, as long as any other address was fine.

    A feed that the settings name and that is dead for a day is not to fail a run that files the others.
    """
    if all(one.problem is not None and one.problem.severity == "error" for one in fetched):
        return list(fetched)
    forgiven = frozenset(names)
    return [
        msgspec.structs.replace(one, problem=msgspec.structs.replace(one.problem, severity="warning"))
        if one.problem and one.problem.severity == "error" and one.name in forgiven
        else one
        for one in fetched
    ]


def get(
    address: str, now: dt.datetime, before: Visit | None = None, *, unchanged: bool = False
) -> tuple[Fetched, Visit]:
    """What an address holds, and what its server said of it.

    ``before`` is what it said last; ``unchanged``, that what it gave then has been filed. A server that is busy, and
    what is gone, is a problem. Raises BroadsheetError: ``fetch-status``, and what ``http.ask`` raises.
    """
    before = before or Visit()
    name = redacted(address)
    headers = {"Accept": _ACCEPT}
    if unchanged and before.etag:
        headers["If-None-Match"] = before.etag
    if unchanged and before.modified:
        headers["If-Modified-Since"] = before.modified
    answer = http.ask(address, headers=headers, typed=True, limits=LIMITS)
    if answer.status == HTTPStatus.NOT_MODIFIED and unchanged and before.sha256:
        return Fetched(name, before.sha256), msgspec.structs.replace(before, until=0.0, busy=0)
    if answer.status == HTTPStatus.GONE:
        visit = msgspec.structs.replace(before, until=math.inf)
        return Fetched(name, problem=_waiting(name, visit, now)), visit
    if answer.status in _BUSY:
        return _busy(name, answer, before, now)
    if not 200 <= answer.status < 300:
        message, hint = f"the server answers {http.said(answer.status)}", "Check the address in a browser."
        raise fail("fetch-status", message, Place(name), hint)
    sha256 = hashlib.sha256(answer.body).hexdigest()
    visit = Visit(_sent(answer, "etag"), _sent(answer, "last-modified"), sha256)
    source = Source(name, answer.body, _moment(visit.modified, now), url=public(answer.address))
    return Fetched(name, sha256, source), visit


def _busy(name: str, answer: http.HttpResponse, before: Visit, now: dt.datetime) -> tuple[Fetched, Visit]:
    """A server that asks to be left alone for a while."""
    pause = http.wait(answer, now) or min(_PAUSE * 2 ** min(before.busy, 16), _LONGEST_PAUSE)
    visit = msgspec.structs.replace(before, until=now.timestamp() + pause, busy=before.busy + 1)
    message = f"the server answers {http.said(answer.status)}"
    hint = f"It is not fetched again before {_clock(visit, now)}."
    return Fetched(name, problem=warning("fetch-busy", message, Place(name), hint)), visit


def _waiting(name: str, visit: Visit, now: dt.datetime) -> Problem:
    """What there is to say of an address that is not asked for."""
    if visit.until == math.inf:
        hint = "Delete it from the settings. If it is back: broadsheet ingest --again ADDRESS"
        return warning("fetch-gone", "gone for good: it is not fetched any more", Place(name), hint)
    message = f"not fetched before {_clock(visit, now)}: the server was busy"
    return note("fetch-busy", message, Place(name))


def _clock(visit: Visit, now: dt.datetime) -> str:
    then = dt.datetime.fromtimestamp(visit.until, now.tzinfo)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def _twice(name: str) -> Problem:
    message = "another address differs from this one only in its secret part"
    hint = "Tell them apart by adding #second to one: what follows # is not sent."
    return error("address", message, Place(name), hint)


def _sent(answer: http.HttpResponse, header: str) -> str:
    """A header's value that will be sent back; empty for one that a header cannot hold."""
    value = answer.headers.get(header, "")
    return value if value.isascii() and len(value) <= _LONGEST else ""


def _moment(modified: str, now: dt.datetime) -> dt.datetime:
    """When a source was changed, as far as its server says; never later than now (RFC 9110, section 8.8.2.1)."""
    try:
        moment = parsedate_to_datetime(modified)
        return min(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC), now)
    except (ValueError, TypeError, OverflowError):
        return now


_FILE = "visits.msgpack"


def _key(address: str) -> bytes:
    """What an address is kept by: it may hold a secret."""
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).digest()


def _visits(site: Site) -> dict[bytes, Visit]:
    try:
        return msgspec.msgpack.decode(Files(site.cache).get(_FILE) or b"", type=dict[bytes, Visit])
    except msgspec.MsgspecError:
        return {}
