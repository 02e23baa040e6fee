"""Requests to others: never to a machine of one's own network, whatever an address or a redirect says."""

import socket
from typing import Any

import pytest

from broadsheet import outside
from broadsheet.errors import BroadsheetError


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
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_only_addresses_of_the_public_network_are_admitted(address: str, public):
    assert outside.public(address) is public


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/x",
        "file:///etc/hostname",
        "gopher://example.org/",
        "http:///x",
        "http://me:secret@example.org/",
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://2130706433:9/",
    ],
)
def test_what_is_not_to_be_asked_for_is_refused_without_a_request(address: str, monkeypatch: pytest.MonkeyPatch):
    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises((BroadsheetError, OSError)) as caught:
        outside.ask(address, "HEAD")
    assert "secret" not in str(caught.value)


def test_a_name_that_leads_to_a_private_address_besides_a_public_one_is_refused(monkeypatch: pytest.MonkeyPatch):
    places = [(0, 0, 0, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(BroadsheetError, match="leads to a private address"):
        outside.ask("http://rebinding.example/", "HEAD")
