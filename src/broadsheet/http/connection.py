"""Connections: an address taken apart, the IP addresses behind it, and a socket within limits of time and size.

In: an address of the web, a ``Budget``. Out: its parts in ASCII, the proxy on the way there, whether an IP address is
public; a ``LimitedSocket``, which http.client takes for a socket. No wait of it is longer than the exchange has time
for, and what comes in is counted.
"""

from __future__ import annotations

import base64
import functools
import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from broadsheet.errors import Place, fail

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


Admit = Callable[[str], bool]  # whether a request may go to an IP address

PORTS = {"http": 80, "https": 443}

_SAFE = "/%:@!$&'()*+,;=~-._"
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(?:%[\w.-]+)?")
# Addresses of the newer kind that stand for one of the older kind in their last 32 bits: NAT64 (RFC 6052), and the
# compatible ones of RFC 4291, which nobody should use.
_WRAPPED = tuple(ipaddress.ip_network(network) for network in ("64:ff9b::/96", "::/96"))
_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")  # NAT64 within a network of one's own (RFC 8215)


class Where(NamedTuple):
    """An address taken apart as it travels: ASCII only (RFC 3987, section 3.1), and no login in it."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def name(self) -> str:
        """The host as it stands before a port."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them."""
        return self.name if self.port == PORTS[self.scheme] else f"{self.name}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


class Proxy(NamedTuple):
    """A proxy that the environment names: whoever set it has decided that all goes there. ``login`` are headers."""

    host: str
    port: int
    login: dict[str, str]


def taken_apart(address: str, place: Place, before: str = "") -> Where:
    """The parts of an address. Raises BroadsheetError (``address``) for one that is not asked for.

    ``place`` is what the problem is about, ``before`` the beginning of its message.
    """
    hint = "Give an address such as https://example.org/feed.xml."
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        raise fail("address", f"{before}not an address", place, hint) from None
    if parts.scheme not in PORTS or not host:
        raise fail("address", f"{before}only http and https addresses are fetched", place, hint)
    if "@" in parts.netloc:
        hint = "Broadsheet sends no logins. Save the page or feed as a file, and ingest that."
        raise fail("address", f"{before}an address with a password is not fetched", place, hint)
    if not _HOST.fullmatch(host) or not port:
        raise fail("address", f"{before}not an address", place, hint)
    query = f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else ""
    return Where(parts.scheme, host, port, (quote(parts.path, safe=_SAFE) or "/") + query)


def public(address: str) -> bool:
    """Whether an IP address is one of the public network: not of this machine, a local network, or a reserved range."""
    found = ipaddress.ip_address(address.partition("%")[0])
    within = [found]
    if isinstance(found, ipaddress.IPv6Address):  # which may stand for an address of the older kind
        within += [one for one in (found.ipv4_mapped, found.sixtofour) if one]
        within += [ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF) for network in _WRAPPED if found in network]
        if found in _LOCAL:
            return False
    return all(one.is_global and not one.is_multicast for one in within)


def numeric(host: str, port: int) -> list[Any]:
    """What a host is that is an IP address in any of its notations (127.1, 2130706433); empty for a name."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return []


def proxy(where: Where) -> Proxy | None:
    """The proxy for an address (http_proxy, https_proxy, no_proxy); None where there is none.

    Raises BroadsheetError (``address``) for a proxy of another kind than HTTP.
    """
    named = urllib.request.getproxies().get(where.scheme)
    if not named or urllib.request.proxy_bypass(f"{where.host}:{where.port}"):
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        host, port = parts.hostname or "", parts.port or PORTS["http"]
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if parts.scheme != "http" or not host:
        message = f"the proxy for {where.scheme} is not an HTTP proxy"
        raise fail("address", message, Place(f"{where.scheme}_proxy"), "Set it to an address such as http://host:3128.")
    if parts.username is None:
        return Proxy(host, port, {})
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return Proxy(host, port, {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"})


_CONNECT = 10.0  # seconds for one of the IP addresses of a host: the next may answer


class TooLargeError(Exception):
    """More has come than an answer may have."""


class ProxyError(OSError):
    """A proxy that does not do what it is asked for."""


class Budget:
    """The time and the bytes that an exchange has left. ``silence`` is how long one wait may take."""

    def __init__(self, seconds: float, silence: float, size: int) -> None:
        self._until = time.monotonic() + seconds
        self._silence = silence
        self._left = size

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._until

    def wait(self, most: float | None = None) -> float:
        """How long the next wait may take, in seconds. Raises TimeoutError where no time is left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self._silence if most is None else most)

    def take(self, count: int) -> None:
        """Count bytes that have come. Raises TooLargeError."""
        self._left -= count
        if self._left < 0:
            raise TooLargeError


class LimitedSocket:
    """A connected socket; it has the methods of one that http.client calls."""

    def __init__(self, line: socket.socket, budget: Budget) -> None:
        self._line = line
        self._budget = budget

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._line.settimeout(self._budget.wait())
        self._line.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes in."""
        return io.BufferedReader(_Incoming(self._line, self._budget))

    def close(self) -> None:
        """Do nothing: http.client lets go of a socket before the answer has been read from it."""

    def end(self) -> None:
        """End the connection."""
        self._line.close()

    def through(self, where: Where, proxy: Proxy) -> None:
        """Have the proxy at the other end connect to a host (RFC 9110, section 9.3.6). Raises OSError."""
        lines = [f"CONNECT {where.name}:{where.port} HTTP/1.1", f"Host: {where.name}:{where.port}"]
        lines += [f"{name}: {value}" for name, value in proxy.login.items()]
        self.sendall("\r\n".join((*lines, "", "")).encode())
        wire: Any = self
        answer = http.client.HTTPResponse(wire, method="CONNECT")
        answer.begin()
        if answer.status != HTTPStatus.OK:
            raise ProxyError(f"the proxy answers {answer.status}")

    def secured(self, where: Where) -> LimitedSocket:
        """The same line with TLS, once the certificate is known to be that of the host. Raises OSError."""
        self._line.settimeout(self._budget.wait())
        name = where.host.partition("%")[0].rstrip(".")
        return LimitedSocket(_context().wrap_socket(self._line, server_hostname=name), self._budget)


class _Incoming(io.RawIOBase):
    """What comes in on a socket: each wait ends at the deadline, each byte is counted."""

    def __init__(self, line: socket.socket, budget: Budget) -> None:
        self._line = line
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._line.settimeout(self._budget.wait())
        count = self._line.recv_into(buffer)
        self._budget.take(count)
        return count


def resolved(host: str, port: int, budget: Budget) -> list[Any]:
    """What the system knows of a host, at the latest at the deadline: a name server may be slow too. Raises OSError."""
    if found := numeric(host, port):
        return found
    came: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            came.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, ValueError) as cause:
            came.put(cause)

    thread = threading.Thread(target=look, daemon=True)  # the system's look-up cannot be broken off
    thread.start()
    try:
        answer = came.get(timeout=budget.wait())
    except queue.Empty:
        raise TimeoutError from None
    thread.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def connected(found: list[Any], budget: Budget) -> LimitedSocket:
    """A connection to the first of these addresses that takes one. Raises OSError."""
    failed = OSError("no address")
    for family, kind, protocol, _, place in found:
        try:
            line = socket.socket(family, kind, protocol)
        except OSError as cause:  # a system without IPv6
            failed = cause
            continue
        try:
            line.settimeout(budget.wait(_CONNECT))
            line.connect(place)
        except OSError as cause:
            line.close()
            failed = cause
        else:
            return LimitedSocket(line, budget)
    raise failed


@functools.cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
