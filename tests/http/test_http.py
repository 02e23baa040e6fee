"""The one client against servers that do what they must not: each exchange ends, within its limits, and says why."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import http
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.http import HttpResponse, Limits, connection
from tests.http.conftest import Serve, Servers, Trust, redirect, says, whole

NOW = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
PAGE = b"<p>The harbour reopened on Wednesday.</p>" * 20
SHORT = Limits(seconds=1.0, silence=0.5, size=10_000)


def refused(address: str, *, typed: bool = True, limits: Limits = SHORT, method: str = "GET") -> Problem:
    """The problem that an exchange ends with."""
    with pytest.raises(BroadsheetError) as caught:
        http.ask(address, method, typed=typed, limits=limits)
    assert caught.value.__cause__ is None  # it may hold what is not to be shown
    return caught.value.problem


def dripping(head: bytes, drop: bytes, pause: float) -> Serve:
    """Sends a head at once, and then drop after drop for as long as anybody listens."""

    def serve(line: socket.socket, _: str) -> None:
        line.sendall(head)
        while True:
            line.sendall(drop)
            time.sleep(pause)

    return serve


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE, mtime=0)[:20], b""),
    ],
)
def test_a_server_that_sends_a_little_now_and_then_is_given_up_at_the_deadline(
    serving: Servers, head: bytes, drop: bytes
):
    server = serving(dripping(head, drop, 0.02))
    problem = refused(server.url(), limits=Limits(seconds=0.4, silence=0.3, size=10_000))
    assert problem.code in ("fetch-failed", "fetch-size")  # a hundred headers are too many before the time is up
    assert problem.hint


def test_redirects_share_one_deadline(serving: Servers):
    def slow(line: socket.socket, path: str) -> None:
        time.sleep(0.15)
        line.sendall(redirect(f"{path}x"))

    problem = refused(serving(slow).url(), limits=Limits(seconds=0.4, silence=0.3, redirects=20))
    assert problem.message == "cannot be fetched: no whole answer within 0.4 seconds"


def test_a_silent_server_is_given_up_before_the_deadline(serving: Servers):
    gate = threading.Event()
    server = serving(lambda *_: gate.wait(30) and None)
    problem = refused(server.url(), limits=Limits(seconds=60, silence=0.2))
    gate.set()
    assert problem.message == "cannot be fetched: the server does not answer"


def test_a_slow_name_server_is_given_up(monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()

    def look(*_: object, flags: int = 0, **__: object) -> list[object]:
        if not flags:
            gate.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look)
    problem = refused("http://slow.example/", limits=Limits(seconds=0.2))
    gate.set()
    assert problem.message == "cannot be fetched: no whole answer within 0.2 seconds"


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 4096),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"a" * 4096 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 999),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n" * 999),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99),
    ],
)
def test_an_answer_without_end_is_too_large(serving: Servers, head: bytes, more: bytes):
    problem = refused(serving(dripping(head, more, 0)).url(), limits=Limits(seconds=60, size=10_000))
    assert (problem.code, problem.message) == ("fetch-size", "larger than 10000 bytes")


@pytest.mark.parametrize(
    "answer",
    [
        whole(b"a" * 10_001),
        whole(gzip.compress(b"a" * 50_000_000, mtime=0), "Content-Encoding: gzip"),
        whole(zlib.compress(b"a" * 50_000_000), "Content-Encoding: deflate"),
        whole(gzip.compress(b"a" * 6_000, mtime=0) * 2, "Content-Encoding: gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999999\r\n\r\n",
    ],
)
def test_a_body_is_measured_as_it_is_unpacked(serving: Servers, answer: bytes):
    assert refused(serving(says(answer)).url()).code == "fetch-size"


@pytest.mark.parametrize("body", [b"a" * 10_000, b""])
def test_a_body_of_the_very_limit_is_taken(serving: Servers, body: bytes):
    server = serving(lambda line, path: line.sendall(whole(gzip.compress(body, mtime=0) if path == "/gz" else body, *(
        ["Content-Encoding: gzip"] if path == "/gz" else []
    ))))  # fmt: skip
    assert http.ask(server.url(), typed=True, limits=SHORT).body == body
    assert http.ask(server.url("/gz"), typed=True, limits=SHORT).body == body


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "the connection was closed without an answer"),
        (b"\x00\x01\x1b[31m junk\r\n\r\n", "the answer is not HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 5000 + b"\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PAGE[:99], "the answer ends too early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc", "the answer ends too early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "the answer ends too early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", "the answer ends too early"),
        (whole(gzip.compress(PAGE, mtime=0)[:50], "Content-Encoding: gzip"), "the answer ends too early"),
        (whole(PAGE, "Content-Encoding: gzip"), "its compression is damaged"),
        (whole(PAGE, "Content-Encoding: br"), "its compression is damaged"),
    ],
)
def test_what_is_no_whole_answer_is_none(serving: Servers, answer: bytes, message: str):
    problem = refused(serving(says(answer)).url())
    assert (problem.code, problem.message) == ("fetch-failed", f"cannot be fetched: {message}")


def test_a_connection_that_is_reset_is_no_answer(serving: Servers):
    def reset(line: socket.socket, _: str) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\nThe beginning")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    assert refused(serving(reset).url()).message == "cannot be fetched: Connection reset by peer"


def test_a_port_where_nobody_listens_is_a_problem(serving: Servers):
    server = serving(says())
    server.stop()
    server.stop = lambda: None  # type: ignore[method-assign]
    assert refused(server.url()).message == "cannot be fetched: Connection refused"


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=no-such\r\n\r\n",
        "HTTP/1.0 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nETag: a\r\nETag: b\r\n\r\n",
    ],
)
def test_a_body_without_a_length_ends_with_its_connection_and_is_not_touched(serving: Servers, head: str):
    body = "Grüße, Łódź".encode("cp1250")
    answer = http.ask(serving(says(head.encode(), body)).url(), typed=True, limits=SHORT)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers.get("etag") in (None, "a")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE[:99], mtime=0) + gzip.compress(PAGE[99:])),
        ("GZIP", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_a_body_is_unpacked(serving: Servers, coding: str, body: bytes):
    server = serving(says(whole(body, f"Content-Encoding: {coding}")))
    assert http.ask(server.url(), typed=True, limits=SHORT).body == PAGE


def test_padding_behind_a_packed_body_is_passed_over(serving: Servers):
    server = serving(says(whole(gzip.compress(PAGE, mtime=0) + b"\0" * 99, "Content-Encoding: gzip")))
    assert http.ask(server.url(), typed=True, limits=SHORT).body == PAGE


def test_of_a_refusal_only_the_status_is_taken(serving: Servers):
    server = serving(says(whole(b"a" * 50_000, status="404 \x1b[31mRed")))
    answer = http.ask(server.url(), typed=True, limits=SHORT)
    assert (answer.status, answer.body, http.said(answer.status)) == (404, b"", "404 Not Found")
    assert http.said(999) == "999"


def test_head_and_an_unwanted_body_read_nothing_of_it(serving: Servers):
    server = serving(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"))
    assert http.ask(server.url(), "HEAD", typed=True).status == 200
    assert http.ask(server.url(), typed=True, limits=Limits(size=0)).status == 200


# ------------------------------------------------------------------------------------------------------------ redirects


def test_a_redirect_is_followed_and_its_end_is_the_address(serving: Servers):
    pages = {
        "/a": redirect("/b", "301 Moved"),
        "/b": redirect("c?x=\u00fc", "308 For Good"),
        "/c?x=%C3%BC": whole(b"here"),
        "/t": redirect("/c?x=\u00fc"),
    }
    server = serving(lambda line, path: line.sendall(pages[path]))
    assert http.ask(server.url("/a"), typed=True) == HttpResponse(
        200, server.url("/c?x=%C3%BC"), moved=True, headers={"content-length": "4"}, body=b"here"
    )
    assert not http.ask(server.url("/t"), typed=True).moved
    assert not http.ask(server.url("/c?x=\u00fc"), typed=True).moved


def test_redirects_have_an_end_and_without_any_the_redirect_is_the_answer(serving: Servers):
    server = serving(lambda line, path: line.sendall(redirect(f"{path}x")))
    problem = refused(server.url())
    assert (problem.code, problem.message, len(server.asked)) == ("fetch-status", "more than 5 redirects", 6)
    assert http.ask(server.url(), typed=True, limits=Limits(redirects=0)).status == 302


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "only http and https addresses are fetched"),
        ("ftp://127.0.0.1/x", "only http and https addresses are fetched"),
        ("data:text/html,x", "only http and https addresses are fetched"),
        ("javascript:alert(1)", "only http and https addresses are fetched"),
        ("http://[::1", "not an address"),
        ("http://me:swordfish@127.0.0.1/", "an address with a password is not fetched"),
        ("//127.0.0.1:1/", "leads to a private address: it redirects to http://127.0.0.1:1"),
        ("http://localhost/", "leads to a private address: it redirects to http://localhost"),
        ("http://0/", "leads to a private address: it redirects to http://0"),
        ("http://2130706433/", "leads to a private address: it redirects to http://2130706433"),
        ("http://[::ffff:127.0.0.1]/", "leads to a private address: it redirects to http://[::ffff:127.0.0.1]"),
        ("http://169.254.169.254/latest", "leads to a private address: it redirects to http://169.254.169.254"),
        ("https://192.168.1.1/?token=swordfish", "leads to a private address: it redirects to https://192.168.1.1"),
    ],
)
def test_a_redirect_leads_nowhere_but_to_the_public_web(serving: Servers, location: str, message: str):
    problem = refused(serving(says(redirect(location))).url())
    assert problem.code == "address"
    assert problem.message.endswith(message)
    assert "swordfish" not in str(problem)


def test_a_redirect_to_another_port_of_this_machine_is_not_followed_unless_it_was_typed(serving: Servers):
    inner = serving(says(whole(b"the password of the router")))
    outer = serving(says(redirect(inner.url("/admin"))))
    problem = refused(outer.url())
    assert problem.message == f"leads to a private address: it redirects to {inner.url('')}"
    assert problem.hint == "If you want that address, name it directly."
    assert inner.asked == []
    assert http.ask(inner.url(), typed=True).status == 200


def test_an_address_that_nobody_typed_leads_to_no_machine_here(serving: Servers):
    server = serving(says(whole(b"")))
    assert refused(server.url(), typed=False).message == "leads to a private address"
    assert server.asked == []


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_followed(serving: Servers, monkeypatch: pytest.MonkeyPatch):
    server = serving(lambda line, path: line.sendall(redirect("/b") if path == "/a" else whole(b"secret")))
    leads = iter(["127.0.0.1", "127.0.0.2"])
    real = socket.getaddrinfo

    def look(host: str, port: int, *_: object, flags: int = 0, **more: int) -> object:
        if host == "rebinding.example":
            if flags & socket.AI_NUMERICHOST:
                raise socket.gaierror
            host = next(leads)
        return real(host, port, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    problem = refused(f"http://rebinding.example:{server.port}/a")
    assert problem.message.startswith("leads to a private address")
    assert len(server.asked) == 1


def test_a_host_with_an_address_that_does_not_answer_is_reached_at_its_next(
    serving: Servers, monkeypatch: pytest.MonkeyPatch
):
    server, silent = serving(says(whole(b"here"))), serving(says())
    silent.stop()
    silent.stop = lambda: None  # type: ignore[method-assign]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (silent.port, server.port)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert http.ask("http://two.example/", typed=True).body == b"here"


# -------------------------------------------------------------------------------------------------------- what is sent


def test_a_request_says_who_asks_and_carries_no_more_than_it_must(serving: Servers):
    server = serving(says(whole(b"")))
    http.ask(server.url("/a b?c=d#e"), headers={"If-None-Match": '"1"'}, typed=True)
    first, *lines = server.asked[0].split("\r\n")
    assert first == "GET /a%20b?c=d HTTP/1.1"
    named = dict(line.split(": ", 1) for line in lines if line)
    assert named.pop("User-Agent").startswith("Broadsheet/")
    assert named == {
        "Host": f"127.0.0.1:{server.port}", "Accept": "*/*", "Accept-Encoding": "gzip", "If-None-Match": '"1"',
        "Connection": "close",
    }  # fmt: skip


def test_data_are_posted(serving: Servers):
    server = serving(says(whole(b"", status="204 No Content")))
    assert http.ask(server.url(), "POST", data=b"hub.mode=publish", typed=True).status == 204
    assert server.asked[0].startswith("POST / HTTP/1.1\r\n")
    assert "Content-Length: 16\r\n" in server.asked[0]


@pytest.mark.parametrize("bad", ["a\r\nX-Evil: 1", "a\nb", "Łódź"])
def test_a_header_that_cannot_be_sent_is_a_problem(serving: Servers, bad: str):
    server = serving(says(whole(b"")))
    with pytest.raises(BroadsheetError):
        http.ask(server.url(), headers={"If-None-Match": bad}, typed=True)
    assert not any("X-Evil: 1" in asked for asked in server.asked)


# ----------------------------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def trusted(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the client trust the certificate of this machine's servers."""

    def believe() -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(trust.authority))
        connection._context.cache_clear()

    return believe


@pytest.fixture(autouse=True)
def _forget_what_is_trusted():
    yield
    connection._context.cache_clear()


def test_a_trusted_certificate_of_the_very_name_is_needed(serving: Servers, trust: Trust, trusted: Callable[[], None]):
    server = serving(says(whole(b"here")), trust.context)
    problem = refused(f"https://localhost:{server.port}/")
    assert problem.message.startswith("cannot be fetched: the certificate is not valid (")
    trusted()
    assert http.ask(f"https://localhost:{server.port}/", typed=True).body == b"here"
    assert "the certificate is not valid" in refused(f"https://127.0.0.1:{server.port}/").message


def test_a_server_without_tls_and_a_handshake_without_end_are_no_secure_connection(serving: Servers):
    assert "no secure connection" in refused(serving(says(whole(b"here"))).url().replace("http:", "https:")).message
    gate = threading.Event()
    server = serving(lambda *_: gate.wait(30) and None)
    assert "does not answer" in refused(server.url().replace("http:", "https:")).message
    gate.set()


def test_a_dripping_body_over_tls_ends_at_the_deadline_too(serving: Servers, trust: Trust, trusted: Callable[[], None]):
    trusted()
    server = serving(dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"a", 0.02), trust.context)
    problem = refused(f"https://localhost:{server.port}/", limits=Limits(seconds=0.6, silence=0.5))
    assert problem.message == "cannot be fetched: no whole answer within 0.6 seconds"


def test_a_secret_is_not_sent_from_https_to_http(serving: Servers, trust: Trust, trusted: Callable[[], None]):
    trusted()
    server = serving(says(redirect("http://example.org/?token=swordfish")), trust.context)
    problem = refused(f"https://localhost:{server.port}/")
    assert problem.message == "it redirects to http with a secret in the address"
    assert "swordfish" not in str(problem)


# -------------------------------------------------------------------------------------------------------------- proxies


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def use(port: int) -> None:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://ann:sword%20fish@127.0.0.1:{port}")

    return use


def test_a_proxy_is_asked_for_the_whole_address(serving: Servers, proxied: Callable[[int], None]):
    server = serving(says(whole(b"here")))
    proxied(server.port)
    assert http.ask("http://only-the-proxy-knows.example/a").body == b"here"
    assert server.asked[0].startswith("GET http://only-the-proxy-knows.example/a HTTP/1.1\r\n")
    assert "Host: only-the-proxy-knows.example\r\n" in server.asked[0]
    assert "Proxy-Authorization: Basic YW5uOnN3b3JkIGZpc2g=\r\n" in server.asked[0]
    assert refused("http://10.0.0.1/", typed=False).message == "leads to a private address"


def test_a_proxy_connects_to_a_host_and_sees_nothing_of_what_is_said(
    serving: Servers, proxied: Callable[[int], None], trust: Trust, trusted: Callable[[], None]
):
    trusted()
    server = serving(says(whole(b"here")), trust.context)

    def forward(line: socket.socket, _: str) -> None:
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as there:
            thread = threading.Thread(target=_pump, args=[there, line])
            thread.start()
            _pump(line, there)
            thread.join()

    through = serving(forward)
    proxied(through.port)
    answer = http.ask(f"https://localhost:{server.port}/a?token=swordfish", typed=True)
    assert answer.body == b"here"
    assert through.asked[0].startswith(f"CONNECT localhost:{server.port} HTTP/1.1\r\n")
    assert "token" not in through.asked[0]


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_that_refuses_is_a_problem_without_its_password(serving: Servers, proxied: Callable[[int], None]):
    server = serving(says(whole(b"", status="407 Proxy Authentication Required")))
    proxied(server.port)
    problem = refused("https://only-the-proxy-knows.example/")
    assert problem.message == "cannot be fetched: the proxy answers 407"
    assert "sword" not in str(problem)


# ------------------------------------------------------------------------------------------------------- leaving alone


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3600", 3600),
        ("0", 0),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("999999999999", 7 * 86_400),
        ("Sun, 01 Jun 2025 12:30:00 GMT", 1800),
        ("Sun, 01 Jun 2025 14:30:00 +0200", 1800),
        ("Sun, 01 Jun 2025 11:30:00 GMT", 0),
        ("Sun, 99 Jun 2025 11:30:00 GMT", 0),
    ],
)
def test_how_long_a_server_asks_to_be_left_alone(value: str, seconds: float):
    assert http.wait(HttpResponse(429, "http://x/", headers={"retry-after": value}), NOW) == seconds


# ------------------------------------------------------------------------------------------------------------- the law


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.sampled_from([
            b"HTTP/1.1 ", b"200 OK\r\n", b"302 Found\r\n", b"Location: ", b"/\r\n", b"Content-Length: ", b"7\r\n", b"\r\n",
            b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"5\r\n", b"0\r\n", gzip.compress(b"abc", mtime=0),
        ]) | st.binary(max_size=20),
        max_size=12,
    )
)  # fmt: skip
def test_whatever_a_server_sends_comes_back_as_an_answer_or_a_problem(serving: Servers, parts: list[bytes]):
    server = serving(says(b"HTTP/1.1 200 OK\r\n", *parts))
    with contextlib.suppress(BroadsheetError):
        answer = http.ask(server.url(), typed=True, limits=Limits(seconds=2, size=50))
        assert len(answer.body) <= 50
    server.stop()
    server.stop = lambda: None  # type: ignore[method-assign]
