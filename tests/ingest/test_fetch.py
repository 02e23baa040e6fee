"""Addresses fetched from a server on this machine: conditions, limits, redirects, and what servers get wrong."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from broadsheet import config, ingest
from broadsheet.errors import BroadsheetError
from broadsheet.ingest import Draft, Hints, Source, fetch
from broadsheet.ingest.draft import Found

NOW = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
PAGE = ("A harbour story. " * 40).encode()


class Server(ThreadingHTTPServer):
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.asked.append((self.path, dict(self.headers)))
        status, headers, body = server.pages.get(self.path, (404, {}, b""))
        if (etag := headers.get("ETag")) and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def code(address: str) -> str:
    with pytest.raises(BroadsheetError) as caught:
        fetch.get(address, NOW)
    assert caught.value.problem.hint
    return caught.value.problem.code


def test_a_page_comes_with_its_address_and_its_time(server):
    server.pages["/a"] = (200, {"Last-Modified": "Thu, 08 May 2025 10:00:00 GMT"}, PAGE)
    fetched, _ = fetch.get(f"{server.url}/a", NOW)
    assert fetched.source == Source(
        f"{server.url}/a", PAGE, dt.datetime(2025, 5, 8, 10, tzinfo=dt.UTC), f"{server.url}/a"
    )


def test_a_packed_answer_is_unpacked(server):
    server.pages["/a"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE))
    fetched, _ = fetch.get(f"{server.url}/a", NOW)
    assert fetched.source is not None
    assert fetched.source.data == PAGE


def test_a_redirect_is_followed_and_its_end_is_the_address(server):
    server.pages["/a"] = (301, {"Location": "/b"}, b"")
    server.pages["/b"] = (200, {}, PAGE)
    fetched, _ = fetch.get(f"{server.url}/a", NOW)
    assert fetched.source is not None
    assert (fetched.source.name, fetched.source.url) == (f"{server.url}/a", f"{server.url}/b")


def test_redirects_have_an_end(server):
    for number in range(9):
        server.pages[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    assert code(f"{server.url}/0") == "fetch-status"
    assert len(server.asked) <= 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/x", "data:text/plain,x", "javascript:alert(1)"]
)
def test_a_redirect_leads_nowhere_but_the_web(server, target):
    server.pages["/a"] = (302, {"Location": target}, b"")
    assert code(f"{server.url}/a") in ("fetch-failed", "fetch-status")


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "http://", "http://[::1", "https://a b"]
)
def test_only_the_web_is_fetched(address):
    assert code(address) in ("address", "fetch-failed")


def test_an_address_with_a_password_is_refused_and_not_printed():
    with pytest.raises(BroadsheetError) as caught:
        fetch.get("https://ann:secret@example.org/", NOW)
    assert "secret" not in str(caught.value)


def test_a_missing_page_and_a_silent_port_are_problems(server):
    assert code(f"{server.url}/nothing") == "fetch-status"
    assert code("http://127.0.0.1:1/") == "fetch-failed"


def test_an_answer_beyond_the_limit_is_refused_packed_or_not(server, monkeypatch):
    monkeypatch.setattr(fetch, "LARGEST", 1000)
    server.pages["/plain"] = (200, {}, b"x" * 1001)
    server.pages["/packed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 10**7))
    assert code(f"{server.url}/plain") == "fetch-size"
    assert code(f"{server.url}/packed") == "fetch-size"


def test_an_answer_that_breaks_off_is_no_answer(server):
    server.pages["/a"] = (200, {"Content-Length": "5000"}, PAGE[:100])
    assert code(f"{server.url}/a") == "fetch-failed"


def test_a_server_that_falls_silent_is_given_up(server, monkeypatch):
    monkeypatch.setattr(fetch, "_QUIET", 0.05)
    gate = threading.Event()
    monkeypatch.setattr(Handler, "do_GET", lambda _: gate.wait(5))
    assert code(f"{server.url}/a") == "fetch-failed"
    gate.set()


def test_an_address_of_another_script_is_asked_for_in_ascii(server):
    server.pages["/caf%C3%A9?q=%C3%BC"] = (200, {}, PAGE)
    fetched, _ = fetch.get(f"{server.url}/café?q=ü", NOW)
    assert fetched.source is not None


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    body = source.data.decode()
    return (
        Draft(
            title=Found("A title", "", 0.9), body=body, fates=(), guid="urn:1", date=Found(dt.date(2025, 5, 8), "", 0.9)
        ),
    )


@pytest.fixture
def site(tmp_path, server) -> config.Site:
    (tmp_path / "pyproject.toml").write_text(f'[tool.broadsheet.sources]\n"Harbour News" = "{server.url}/feed"\n')
    return config.open_site(tmp_path)


def run(site: config.Site, *paths: str, dry_run: bool = False) -> list[tuple[str, str]]:
    outcome = ingest.run(site, paths, ingest.Options(NOW, fetch=not paths, dry_run=dry_run, read=read))
    return [(row.source.rpartition("/")[2], row.deed) for row in outcome.filed]


def test_a_feed_of_the_settings_is_filed_under_its_name_and_asked_for_once(site, server):
    server.pages["/feed"] = (200, {"ETag": '"1"'}, PAGE)
    assert run(site) == [("feed", "new")]
    story = (site.stories / "2025/05/a-title.md").read_text()
    assert "name: Harbour News" in story
    assert run(site) == [("feed", "unchanged")]
    assert server.asked[1][1]["If-None-Match"] == '"1"'
    server.pages["/feed"] = (200, {"ETag": '"2"'}, PAGE + b" More.")
    assert run(site) == [("feed", "updated")]


def test_a_feed_is_asked_for_whole_where_its_stories_were_never_filed(site, server):
    server.pages["/feed"] = (200, {"ETag": '"1"'}, PAGE)
    assert run(site, dry_run=True) == [("feed", "new")]
    assert not site.cache.exists()
    assert run(site) == [("feed", "new")]
    (site.stories / ".ledger").unlink()
    assert run(site) == [("feed", "unchanged")]
    assert "If-None-Match" not in server.asked[-1][1]


def test_an_address_can_be_named_beside_files_and_a_failure_stops_nothing(site, server, tmp_path):
    server.pages["/page"] = (200, {}, PAGE)
    assert run(site, f"{server.url}/gone", f"{server.url}/page") == [("gone", "failed"), ("page", "new")]


def test_the_web_is_left_alone_unless_it_is_asked_for(site, server):
    ingest.run(site, (), ingest.Options(NOW, read=read))
    assert server.asked == []
