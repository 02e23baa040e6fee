"""Connections of which no wait is longer than an exchange has time for, and which count what comes in.

In: what the system found for a host, a ``Budget``. Out: a ``Line``, which http.client takes for a socket.
"""

from __future__ import annotations

import functools
import http.client
import io
import queue
import socket
import ssl
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from broadsheet.http.addresses import Proxy, Where, numeric

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

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
