"""Addresses as they travel, and the IP addresses behind them.

In: an address of the web. Out: its parts in ASCII, the proxy on the way there, whether an IP address is public.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import socket
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from broadsheet.errors import Place, fail

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
        raise fail("address", f"{before}only http and https addresses are asked for", place, hint)
    if "@" in parts.netloc:
        hint = "Logins are not sent. Save what is there as a file, and take that in."
        raise fail("address", f"{before}an address with a password is not asked for", place, hint)
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
        message = f"the proxy for {where.scheme} is not one that is asked in HTTP"
        raise fail("address", message, Place(f"{where.scheme}_proxy"), "Set it to an address such as http://host:3128.")
    if parts.username is None:
        return Proxy(host, port, {})
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return Proxy(host, port, {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"})
