"""Outside: requests to the servers of others, and to no machine of one's own network.

In: an http or https address. Out: the status of the answer and where it redirects to, never a body. Whoever writes a
link chooses where a request goes, so a name that leads to a private address is refused, whatever else it leads to; the
connection is made to the very address that was looked at.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from broadsheet import __version__
from broadsheet.errors import Place, fail

PATIENCE = 15.0  # seconds that a server may be silent
REDIRECTS = 5

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052

Admit = Callable[[str], bool]  # whether a request may go to an IP address


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a server said: its last status, the address that gave it, whether all redirects there are for good."""

    status: int
    address: str
    moved: bool = False


def public(address: str) -> bool:
    """Whether an IP address is one of the public network: not of this machine, a local network, or a reserved range."""
    found = ipaddress.ip_address(address.partition("%")[0])
    within = [found]
    if isinstance(found, ipaddress.IPv6Address):  # which may stand for an address of the older kind
        within += [one for one in (found.ipv4_mapped, found.sixtofour) if one]
        within += [ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)] if found in _NAT64 else []
    return all(one.is_global and not one.is_multicast for one in within)


def ask(address: str, method: str, admit: Admit = public) -> Answer:
    """What a server answers; redirects are followed, each as carefully as the first address.

    Raises BroadsheetError (``address``) for what is not to be asked for; OSError, ValueError and
    http.client.HTTPException where no answer comes.
    """
    moved = True
    for _ in range(REDIRECTS + 1):
        status, location = _once(address, method, admit)
        if status not in (301, 302, 303, 307, 308) or not location:
            return Answer(status, address, moved)
        moved = moved and status in (301, 308)
        address = urljoin(address, location)
    raise http.client.HTTPException(f"more than {REDIRECTS} redirects")


def _once(address: str, method: str, admit: Admit) -> tuple[int, str]:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise fail("address", "only http and https addresses are asked for", Place(address))
    if parts.username or parts.password:
        raise fail(
            "address", "an address with a password is not asked for", Place(f"{parts.scheme}://{parts.hostname}")
        )
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    kind = _Https if parts.scheme == "https" else _Http
    connection = kind(host, parts.port, timeout=PATIENCE)
    connection.admit = admit
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    try:
        connection.request(method, path + query, headers={"User-Agent": f"Broadsheet/{__version__}", "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


def _reached(host: str, port: int, admit: Admit) -> socket.socket:
    """A connection to a host, once each of its addresses has been looked at."""
    found = [place[4][0] for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(admit(str(address)) for address in found):
        raise fail("address", "leads to a private address", Place(host))
    failed: OSError | None = None
    for address in found:
        try:
            return socket.create_connection((str(address), port), PATIENCE)
        except OSError as cause:
            failed = cause
    raise failed or OSError("no address")


class _Http(http.client.HTTPConnection):
    """A connection to an address that was looked at."""

    admit: Admit = staticmethod(public)

    def connect(self) -> None:
        self.sock = _reached(self.host, self.port, self.admit)


class _Https(http.client.HTTPSConnection):
    """The same, with the certificate of the host's name."""

    admit: Admit = staticmethod(public)

    def connect(self) -> None:
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(_reached(self.host, self.port, self.admit), server_hostname=self.host)
