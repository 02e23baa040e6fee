"""Servers on this machine that answer byte by byte as a test says, and that may do all that a server must not."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

Serve = Callable[[socket.socket, str], None]  # what is done with a connection, and with the path that was asked for


class Server:
    """Accepts connections until the test ends. ``asked`` are the requests, head and body, in the order they came."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self._serve = serve
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self._open: list[socket.socket] = []

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._open:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._open.append(line)
                self._threads.append(threading.Thread(target=self._talk, args=[line]))
                self._threads[-1].start()

    def _talk(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
            with line:
                asked = line.recv(65536).decode("latin-1")
                if not asked:
                    return  # it changed its mind
                self.asked.append(asked)
                self._serve(line, asked.split(" ")[1])


Servers = Callable[..., Server]


@pytest.fixture
def serving() -> Iterator[Servers]:
    running: list[Server] = []

    def start(serve: Serve, tls: ssl.SSLContext | None = None) -> Server:
        running.append(Server(serve, tls))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def says(*parts: bytes) -> Serve:
    """Sends these bytes and ends."""

    def serve(line: socket.socket, _: str) -> None:
        line.sendall(b"".join(parts))

    return serve


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A correct answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return whole(b"", f"Location: {location}", status=status)


class Trust(NamedTuple):
    """A server's side of TLS for the name localhost, and the file that a client must trust."""

    context: ssl.SSLContext
    authority: Path


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return Trust(context, certificate)
