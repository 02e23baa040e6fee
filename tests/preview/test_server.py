"""By which names the preview is reached, and from which ports it is had."""

import asyncio
import socket

import pytest

from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError
from broadsheet.preview.overlay import Look
from broadsheet.preview.server import PORTS, Window, bind


def window(host: str, tmp_path) -> Window:
    return Window(lambda: Look(Site(tmp_path, Settings()), ""), asyncio.Event(), host)


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::7", "[::1]", "localhost", socket.gethostname()])
def test_a_preview_that_is_open_to_others_is_reached_by_addresses_and_its_own_name(tmp_path, name: str):
    assert window("0.0.0.0", tmp_path).admits(name)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_no_preview_is_reached_by_a_foreign_name(tmp_path, host: str, name: str):
    assert not window(host, tmp_path).admits(name)


def test_a_host_that_was_asked_for_by_name_is_reached_by_it(tmp_path):
    assert window("desk.example", tmp_path).admits("Desk.Example.")


def test_no_free_port_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    tried = []

    def busy(port: int, host: str) -> list[socket.socket]:
        tried.append(port)
        raise OSError

    monkeypatch.setattr("broadsheet.preview.server.bind_sockets", busy)
    with pytest.raises(BroadsheetError, match="busy"):
        bind("127.0.0.1", 8000)
    assert tried == list(range(8000, 8000 + PORTS))


def test_an_unknown_host_is_an_error():
    with pytest.raises(BroadsheetError, match="no such host"):
        bind("no-such-host.invalid", 8000)
