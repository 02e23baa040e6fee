"""Who is answered by the preview and what: only the built site, with its media types, and nothing that is hidden in it."""

import asyncio
import socket
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError
from broadsheet.preview.builder import PreviewState
from broadsheet.preview.server import PORTS, ServerContext, bind
from tests.conftest import Workshop
from tests.preview.conftest import FERRY, Preview, reloaded


def context(host: str, tmp_path) -> ServerContext:
    return ServerContext(lambda: PreviewState(Site(tmp_path, Settings()), ""), asyncio.Event(), host)


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::7", "[::1]", "localhost", socket.gethostname()])
def test_a_preview_that_is_open_to_others_is_reached_by_addresses_and_its_own_name(tmp_path, name: str):
    assert context("0.0.0.0", tmp_path).admits(name)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_no_preview_is_reached_by_a_foreign_name(tmp_path, host: str, name: str):
    assert not context(host, tmp_path).admits(name)


def test_a_host_that_was_asked_for_by_name_is_reached_by_it(tmp_path):
    assert context("desk.example", tmp_path).admits("Desk.Example.")


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


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "192.0.2.1", ""]
)
@pytest.mark.parametrize("path", ["/news/", "/livereload.js", "/livereload/token", "/livereload"])
def test_a_foreign_host_is_refused(preview: Preview, host: str, path: str):
    answer, text = preview.ask(path, Host=host)
    assert answer.status in (400, 403)
    assert "Daily" not in text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000"])
def test_this_machine_is_admitted_by_all_its_names(preview: Preview, host: str):
    assert preview.ask("/news/", Host=host)[0].status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://localhost"])
def test_a_foreign_origin_gets_no_websocket(preview: Preview, origin: str):
    with pytest.raises(InvalidStatus) as refused, preview.browser(Origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_nonsense_over_the_websocket_harms_nobody(preview: Preview, file: Path):
    for message in ("{", "[]", "7", '{"command": 1}', b"\xff"):
        with preview.browser() as browser:
            browser.send(message)
    with preview.browser() as browser:
        file.write_text(file.read_text().replace("nine", "ten"))
        reloaded(browser, lambda: "It left at ten." in preview.page(FERRY))


def test_a_busy_port_gives_way_to_the_next_free_one_and_it_is_said(site: Workshop):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        running = Preview(site.root, "--port", str(busy))
        assert busy < running.port < busy + 20
        assert f"Port {busy} is busy" in running.said[0]
        assert running.ask("/news/")[0].status == 200
        assert running.stop() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/news/../pyproject.toml",
        "/news/../../../../../../../../etc/passwd",
        "/news/%2e%2e/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "/news/..%2f..%2f..%2f..%2fpyproject.toml",
        "/news/..%5c..%5cpyproject.toml",
        "/news//etc/passwd",
        "/news/%00",
        "/news/.broadsheet",
        "/news/.gitignore",
        "/news/%2e%2e/cache.db",
        "/news/linked.txt",
        "/news/linked/pyproject.toml",
        "//evil.example/%2e%2e",
        "/newspaper/",
        "/pyproject.toml",
    ],
)
def test_nothing_outside_the_built_site_is_served(preview: Preview, site: Workshop, path: str):
    output = site.root / f".broadsheet/preview/{preview.port}/site"
    for name, target in (("linked.txt", site.root / "pyproject.toml"), ("linked", site.root)):
        if not (output / name).is_symlink():
            (output / name).symlink_to(target)
    answer, text = preview.ask(path)
    assert answer.status == 404
    assert "There is no such page" in text
    assert "tool.broadsheet" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("feed.xml", "application/rss+xml"),
        ("sitemap.xml", "application/xml"),
        ("robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_every_file_has_its_type_and_none_is_kept_by_a_browser(preview: Preview, address: str, kind: str):
    for method in ("GET", "HEAD"):
        answer, _ = preview.ask(f"/news/{address}", method)
        assert (answer.status, answer.getheader("Content-Type")) == (200, kind)
        assert answer.getheader("Cache-Control") == "no-store"
        assert not {"ETag", "Last-Modified"} & set(answer.headers)


@pytest.mark.parametrize(
    ("path", "to"), [("/", "/news/"), ("/news", "/news/"), ("/news/2025/05/07/ferry", "/news/2025/05/07/ferry/")]
)
def test_a_folder_without_its_slash_leads_to_its_page(preview: Preview, path: str, to: str):
    answer, _ = preview.ask(path)
    assert (answer.status, answer.getheader("Location")) == (302, to)
