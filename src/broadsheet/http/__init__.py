"""HTTP: the one client. Every byte that Broadsheet fetches comes through here, within limits of time, size and address.

In: an address, and what the exchange may take. Out: an ``HttpResponse``, or a BroadsheetError: one request, the
redirects that it is sent through, the answer at their end. The limits hold for the whole exchange: the look-up of the
name, every redirect, TLS, headers and body, however slowly they come, compressed or not.

* Time: each wait for the network ends at the deadline of the exchange, so that a server that sends a byte now and then
  holds nobody up.
* Size: bytes are counted as they arrive, and as they are decompressed.
* Address: http and https alone, never a login. Each hop is looked up and each IP address found is judged; the
  connection is made to that very address, so that a name cannot lead elsewhere a moment later. A redirect leads to no
  private address that nobody typed.

urllib3, requests and httpx limit the time of one read, and none limits an exchange or connects to an IP address that
was judged before; what is left of them then is what http.client does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import re
import socket
import ssl
import zlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urljoin

import msgspec

from broadsheet import __version__
from broadsheet.errors import Place, fail
from broadsheet.http.connection import (
    Admit,
    Budget,
    ProxyError,
    TooLargeError,
    Where,
    connected,
    numeric,
    proxy,
    public,
    resolved,
    taken_apart,
)
from broadsheet.redaction import redacted

__all__ = ["LIMITS", "Admit", "HttpResponse", "Limits", "ask", "public", "said", "wait"]

_AGENT = f"Broadsheet/{__version__}"
_PIECE = 65536
_HEADS = 1024 * 1024  # bytes beyond a body that headers, redirects and the marks between chunks may take
_LONGEST_WAIT = 7 * 86_400  # seconds; who asks to be left alone for longer has made a mistake
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_CODINGS = frozenset({"identity", "gzip", "x-gzip", "deflate"})
_GZIP = b"\x1f\x8b"
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Limits(msgspec.Struct, frozen=True):
    """What one exchange may take, with all its redirects.

    ``seconds`` is for the whole, ``silence`` for a server that says nothing. ``size`` is in bytes of the decompressed
    body; 0 wants no body. ``redirects`` 0 follows none: the redirect itself is the answer.
    """

    seconds: float = 30.0
    silence: float = 15.0
    size: int = 20 * 1024 * 1024
    redirects: int = 5


LIMITS = Limits()


class HttpResponse(msgspec.Struct, frozen=True, array_like=True):
    """What a server said: its last status, the address that gave it, whether all redirects there are for good.

    ``headers`` are by their names in lower case, the first of several with one name. ``body`` is decompressed, and
    empty unless the status is 2xx.
    """

    status: int
    address: str
    moved: bool = False
    headers: Mapping[str, str] = {}
    body: bytes = b""


def said(status: int) -> str:
    """A status in words, "404 Not Found": never those of the server, which might be anything."""
    with contextlib.suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return str(status)


def wait(answer: HttpResponse, now: dt.datetime) -> float:
    """For how many seconds a server asks to be left alone (Retry-After: RFC 9110, section 10.2.3); 0: not at all."""
    value = answer.headers.get("retry-after", "")
    try:
        seconds = float(value) if re.fullmatch(r"[0-9]{1,12}", value) else (_moment(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _moment(value: str) -> dt.datetime:
    moment = parsedate_to_datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def ask(
    address: str,
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
    typed: bool = False,
    admit: Admit = public,
    limits: Limits = LIMITS,
) -> HttpResponse:
    """What a server answers, whatever its status.

    ``typed`` says that a person gave this very address, on the command line or in the settings: it may then lead into
    a local network, and so may a redirect to the same host and port, and to no other. Else ``admit`` judges every IP
    address.

    Raises BroadsheetError: ``address`` for what is not to be asked for, ``fetch-size`` for an answer that is too large,
    ``fetch-status`` for redirects without end, ``fetch-failed`` where no whole answer comes.
    """
    exchange = _Exchange(address, limits, admit, typed=typed)
    asked = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "gzip", **(headers or {})}
    try:
        return exchange.run(method, asked, data)
    except TooLargeError:
        size = f"{limits.size >> 20} MiB" if limits.size >= 1 << 20 else f"{limits.size} bytes"
        hint = "Feeds and pages are usually smaller. If you want it, save the file and ingest it from disk."
        raise fail("fetch-size", f"larger than {size}", exchange.place, hint) from None
    except (OSError, EOFError, http.client.HTTPException, zlib.error, ValueError) as cause:
        hint = "Check the address and your connection; the next run tries again."
        message = f"cannot be fetched: {exchange.reason(cause)}"
        raise fail("fetch-failed", message, exchange.place, hint) from None  # its words are not to be shown


class _Exchange:
    """One request and all that comes of it."""

    def __init__(self, address: str, limits: Limits, admit: Admit, *, typed: bool) -> None:
        self.place = Place(redacted(address))
        self._address = address
        self._limits = limits
        self._admit = admit
        self._typed = typed
        self._granted: tuple[str, int, frozenset[str]] = ("", 0, frozenset())  # a host, its port, what they lead to
        # Chunks may be as small as the marks between them.
        self._budget = Budget(limits.seconds, limits.silence, 2 * limits.size + _HEADS)

    def run(self, method: str, headers: Mapping[str, str], data: bytes | None) -> HttpResponse:
        """Ask, and follow where redirects lead."""
        address, moved = self._address, True
        where = taken_apart(address, self.place)
        for hop in range(self._limits.redirects + 1):
            status, theirs, body = self._hop(where, method, headers, data, first=hop == 0)
            location = theirs.get("location", "") if status in _REDIRECTS and self._limits.redirects else ""
            if not location:
                return HttpResponse(status, address, moved and hop > 0, theirs, body)
            moved = moved and status in _FOR_GOOD
            where = self._next(where, location)
            address = str(where)
        hint = "Open the address in a browser, and use the address where it ends."
        raise fail("fetch-status", f"more than {self._limits.redirects} redirects", self.place, hint)

    def reason(self, cause: Exception) -> str:
        """What went wrong, in words of our own: those of a server might be anything."""
        if isinstance(cause, TimeoutError):
            over = self._budget.over
            return f"no whole answer within {self._limits.seconds:g} seconds" if over else "the server does not answer"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not valid ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection ({(cause.reason or 'TLS').lower().replace('_', ' ')})"
        if isinstance(cause, ProxyError):
            return str(cause)
        named = next((words for kind, words in _REASONS if isinstance(cause, kind)), "")
        return named or getattr(cause, "strerror", None) or "no connection"

    def _next(self, where: Where, location: str) -> Where:
        """Where a redirect leads. Raises BroadsheetError (``address``)."""
        plain = quote(location, safe=_PRINTABLE, encoding="iso-8859-1")  # which http.client reads headers as
        try:
            address = urljoin(str(where), plain)
        except ValueError:
            address = plain
        then = taken_apart(address, self.place, f"it redirects to {redacted(plain)[:200]}: ")
        if (where.scheme, then.scheme) == ("https", "http") and redacted(address) != address:
            hint = "Use the final address, with https if the server has it."
            raise fail("address", "it redirects to http with a secret in the address", self.place, hint)
        return then

    def _hop(
        self, where: Where, method: str, headers: Mapping[str, str], data: bytes | None, *, first: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the body of one answer."""
        via = proxy(where)
        found = self._judged(where, first=first, proxied=via is not None)
        headers, target = {"Host": where.authority, **headers, "Connection": "close"}, where.target
        if via:
            found = resolved(via.host, via.port, self._budget)
        with contextlib.ExitStack() as opened:
            line = connected(found, self._budget)
            opened.callback(line.end)
            if via and where.scheme == "http":
                headers, target = headers | via.login, str(where)
            elif via:
                line.through(where, via)
            if where.scheme == "https":
                line = line.secured(where)
                opened.callback(line.end)
            connection = http.client.HTTPConnection(where.host, where.port)  # which has a line, and never makes one
            wire: Any = line
            connection.sock = wire
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            theirs: dict[str, str] = {}
            for name, value in answer.headers.items():
                theirs.setdefault(name.lower(), "".join(filter(str.isprintable, value)).strip())
            wanted = method != "HEAD" and self._limits.size and 200 <= answer.status < 300
            return answer.status, theirs, self._body(answer) if wanted else b""

    def _judged(self, where: Where, *, first: bool, proxied: bool) -> list[Any]:
        """What a host leads to, where a request may go to all of it. Raises BroadsheetError (``address``).

        A proxy looks names up itself, and may know others than this machine does.
        """
        look_up = numeric if proxied else lambda host, port: resolved(host, port, self._budget)
        found = look_up(where.host, where.port)
        addresses = frozenset(str(place[4][0]) for place in found)
        if first and self._typed:
            self._granted = where.host, where.port, addresses
        granted = self._granted[2] if self._granted[:2] == (where.host, where.port) else frozenset[str]()
        if not all(one in granted or self._admit(one) for one in addresses):
            end, hint = "", ""
            if not first:
                end = f": it redirects to {where.scheme}://{where.authority}"
                hint = "If you want that address, name it directly."
            raise fail("address", f"leads to a private address{end}", self.place, hint)
        return found

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        """The body of an answer, decompressed. Raises TooLargeError, zlib.error, EOFError where it breaks off."""
        size, expected = self._limits.size, answer.length
        coding = answer.headers.get("Content-Encoding", "").strip().lower() or "identity"
        if coding not in _CODINGS:
            raise zlib.error(coding)
        if expected is not None and expected > size:
            raise TooLargeError
        packed = None if coding == "identity" else _Packed(size)
        data = bytearray()
        came = 0
        while piece := answer.read1(_PIECE):
            came += len(piece)
            data += packed.more(piece) if packed else piece
            if len(data) > size:
                raise TooLargeError
        # A connection that was closed early looks like an end.
        if (expected is not None and came < expected) or (packed and came and not packed.whole):
            raise EOFError
        return bytes(data)


class _Packed:
    """A body that is decompressed as it comes, never beyond ``size`` bytes."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)

    @property
    def whole(self) -> bool:
        """Whether the compressed data have come to their end."""
        return self._unpack.eof

    def more(self, piece: bytes) -> bytes:
        """What a further piece holds. Raises TooLargeError, zlib.error."""
        data = b""
        while piece:
            if self._unpack.eof:
                if not piece.startswith(_GZIP):  # padding
                    break
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
            part = self._unpack.decompress(piece, self._left + 1)
            self._left -= len(part)
            if self._left < 0:
                raise TooLargeError
            data += part
            piece = self._unpack.unused_data
        return data


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "there is no such host"),
    (http.client.RemoteDisconnected, "the connection was closed without an answer"),
    (http.client.IncompleteRead, "the answer ends too early"),
    (EOFError, "the answer ends too early"),
    (zlib.error, "its compression is damaged"),
    (http.client.HTTPException, "the answer is not HTTP"),
    (ValueError, "the answer is not HTTP"),
)
