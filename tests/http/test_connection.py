"""Which addresses are asked for: never a machine of one's own network, whatever a link or a redirect says."""

import contextlib
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import http
from broadsheet.errors import BroadsheetError, Place
from broadsheet.http.connection import proxy, taken_apart


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::808:808", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_only_addresses_of_the_public_network_are_admitted(address: str, public):
    assert http.public(address) is public


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/x",
        "file:///etc/hostname",
        "gopher://example.org/",
        "http:///x",
        "http://[::1",
        "http://a b/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://exa\x01mple.org/",
        f"http://{'a' * 64}.example/",
        "http://me:secret@example.org/",
        "http://me:se/secret@example.org/",
        "http://secret@example.org/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused_without_a_request(
    address: str, typed, monkeypatch: pytest.MonkeyPatch
):
    forbid_connections(monkeypatch)
    with pytest.raises(BroadsheetError) as caught:
        http.ask(address, typed=typed)
    assert caught.value.problem.code == "address"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "0177.1", "127.1",
     "0.0.0.0", "169.254.169.254", "10.0.0.1", "[fe80::1]", "[::]", "224.0.0.1", "１２７.0.0.1"],
)  # fmt: skip
def test_a_private_address_is_not_asked_for_however_it_is_written(host: str, monkeypatch: pytest.MonkeyPatch):
    forbid_connections(monkeypatch)
    with pytest.raises(BroadsheetError) as caught:
        http.ask(f"http://{host}:9/")
    assert caught.value.problem.code in ("address", "fetch-failed")  # not every system knows the name "localhost."


def test_a_name_that_leads_to_a_private_address_besides_a_public_one_is_refused(monkeypatch: pytest.MonkeyPatch):
    forbid_connections(monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", names({"rebinding.example": ["93.184.216.34", "10.0.0.1"]}))
    with pytest.raises(BroadsheetError, match="leads to a private address"):
        http.ask("http://rebinding.example/")


def test_an_address_is_taken_apart_into_what_travels():
    where = taken_apart("HTTPS://Bücher.example:8443/caf\u00e9 ?q=\u00fc#part", Place("x"))
    assert str(where) == "https://xn--bcher-kva.example:8443/caf%C3%A9%20?q=%C3%BC"
    assert taken_apart("http://[2001:db8::1]:80?x", Place("x")).authority == "[2001:db8::1]"


@given(st.text(max_size=40))
def test_any_text_is_an_address_of_plain_characters_or_is_refused(text: str):
    where = ""
    with contextlib.suppress(BroadsheetError):
        where = str(taken_apart(f"http://{text}", Place("x")))
    assert where.isascii()
    assert " " not in where
    assert not where or (where.isprintable() and str(taken_apart(where, Place("x"))) == where)


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("http://proxy.example:3128", ("proxy.example", 3128)),
        ("proxy.example:3128", ("proxy.example", 3128)),
        ("http://proxy.example", ("proxy.example", 80)),
    ],
)
def test_the_proxy_of_the_environment_is_used(named: str, found: tuple[str, int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", named)
    monkeypatch.setenv("no_proxy", "local.example")
    via = proxy(taken_apart("https://example.org/", Place("x")))
    assert via is not None
    assert via[:2] == found
    assert proxy(taken_apart("https://local.example/", Place("x"))) is None


@pytest.mark.parametrize("named", ["socks5://proxy.example:1080", "http://", "http://proxy.example:99999"])
def test_a_proxy_of_another_kind_is_a_problem(named: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", named)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(BroadsheetError, match="http_proxy"):
        http.ask("http://example.org/")


def forbid_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", connect)


def names(known: dict[str, list[str]]) -> Any:
    """A look-up of names that knows these alone."""
    real = socket.getaddrinfo

    def look(host: str, port: int, *_: Any, flags: int = 0, **more: Any) -> Any:
        if host not in known:
            return real(host, port, flags=flags, **more)
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in known[host]]

    return look
