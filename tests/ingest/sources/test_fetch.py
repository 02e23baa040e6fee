"""Addresses fetched from a server on this machine: conditions, limits, redirects, and what servers get wrong."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from broadsheet import cli, config, ingest
from broadsheet.errors import BroadsheetError
from broadsheet.http import Limits
from broadsheet.ingest import Draft, Hints, Source
from broadsheet.ingest.extract.draft import Found
from broadsheet.ingest.sources import fetch

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
    assert code(f"{server.url}/a") == "address"


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
    monkeypatch.setattr(fetch, "LIMITS", Limits(size=1000))
    server.pages["/plain"] = (200, {}, b"x" * 1001)
    server.pages["/packed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 10**7))
    assert code(f"{server.url}/plain") == "fetch-size"
    assert code(f"{server.url}/packed") == "fetch-size"


def test_an_answer_that_breaks_off_is_no_answer(server):
    server.pages["/a"] = (200, {"Content-Length": "5000"}, PAGE[:100])
    assert code(f"{server.url}/a") == "fetch-failed"


def test_a_server_that_falls_silent_is_given_up(server, monkeypatch):
    monkeypatch.setattr(fetch, "LIMITS", Limits(silence=0.05))
    gate = threading.Event()
    monkeypatch.setattr(Handler, "do_GET", lambda _: gate.wait(5))
    assert code(f"{server.url}/a") == "fetch-failed"
    gate.set()


def test_an_address_of_another_script_is_asked_for_in_ascii(server):
    server.pages["/caf%C3%A9?q=%C3%BC"] = (200, {}, PAGE)
    fetched, _ = fetch.get(f"{server.url}/café?q=ü", NOW)
    assert fetched.source is not None


def test_a_redirect_to_another_server_of_this_machine_is_not_taken_in(server):
    with Server() as other:
        server.pages["/a"] = (302, {"Location": f"{other.url}/admin"}, b"")
        assert code(f"{server.url}/a") == "address"
        assert other.asked == []


def test_what_a_server_says_of_its_answer_is_sent_back_only_where_it_can_be(server):
    headers = {"ETag": '"caf\u00e9"', "Last-Modified": "99 Foo"}
    server.pages["/a"] = (200, headers, PAGE)
    fetched, visit = fetch.get(f"{server.url}/a", NOW)
    assert fetched.source is not None
    assert fetched.source.modified == NOW
    assert visit.etag == ""
    server.pages["/a"] = (200, {"Last-Modified": "Thu, 08 May 2042 10:00:00 GMT"}, PAGE)
    fetched, _ = fetch.get(f"{server.url}/a", NOW)
    assert fetched.source is not None
    assert fetched.source.modified == NOW


def test_a_server_that_says_unmodified_without_having_been_asked_is_refused(server):
    server.pages["/a"] = (304, {}, b"")
    assert code(f"{server.url}/a") == "fetch-status"


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


class Sources:
    """A site whose settings name sources at a server; each call of ``run`` is a run of ingest at its time."""

    def __init__(self, root: Path, addresses: dict[str, str]) -> None:
        lines = [f'"{name}" = "{address}"' for name, address in addresses.items()]
        (root / "pyproject.toml").write_text("\n".join(["[tool.broadsheet.sources]", *lines, ""]))
        self.site = config.open_site(root)

    def run(self, *paths: str, hours: float = 0, again: bool = False, dry_run: bool = False) -> list[tuple[str, str]]:
        """What was a problem: gravity and code."""
        now = NOW + dt.timedelta(hours=hours)
        options = ingest.Options(now, fetch=not paths, again=again, dry_run=dry_run, read=read)
        outcome = ingest.run(self.site, paths, options)
        return [(problem.severity, problem.code) for problem in outcome.problems]


def asked(server: Server) -> Counter[str]:
    return Counter(path for path, _ in server.asked)


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(tmp_path, server):
    server.pages["/ok"] = (200, {}, PAGE)
    server.pages["/busy"] = (429, {"Retry-After": "3600"}, b"")
    sources = Sources(tmp_path, {"A": f"{server.url}/ok", "B": f"{server.url}/busy"})
    assert sources.run() == [("warning", "fetch-busy")]
    assert sources.run(hours=0.9) == [("note", "fetch-busy")]
    assert sources.run(f"{server.url}/busy", hours=0.9) == [("note", "fetch-busy")]
    assert sources.run(hours=0.9, again=True) == [("note", "fetch-busy")]
    assert asked(server) == {"/ok": 3, "/busy": 1}
    server.pages["/busy"] = (200, {}, PAGE)
    assert sources.run(hours=1.1) == []
    assert asked(server)["/busy"] == 2


def test_a_busy_server_that_names_a_moment_is_left_alone_until_then(tmp_path, server):
    server.pages["/busy"] = (503, {"Retry-After": "Sun, 01 Jun 2025 14:00:00 GMT"}, b"")
    sources = Sources(tmp_path, {"B": f"{server.url}/busy"})
    assert [sources.run(hours=hours) for hours in (0, 1.9, 2.1)] == [
        [("warning", "fetch-busy")], [("note", "fetch-busy")], [("warning", "fetch-busy")],
    ]  # fmt: skip


def test_a_busy_server_that_names_no_time_is_left_alone_for_longer_each_time(tmp_path, server):
    server.pages["/busy"] = (503, {}, b"")
    sources = Sources(tmp_path, {"B": f"{server.url}/busy"})
    for hours in (0, 0.2, 0.3, 0.7, 0.9, 1.7, 1.9):
        sources.run(hours=hours)
    assert asked(server)["/busy"] == 4  # at once, after a quarter of an hour, half an hour, an hour
    server.pages["/busy"] = (200, {}, PAGE)
    sources.run(hours=48)
    server.pages["/busy"] = (503, {}, b"")
    sources.run(hours=49)
    sources.run(hours=49.3)
    assert asked(server)["/busy"] == 7


def test_what_is_gone_is_not_asked_for_again_unless_an_editor_wants_it(tmp_path, server):
    server.pages["/gone"] = (410, {}, b"")
    server.pages["/ok"] = (200, {}, PAGE)
    sources = Sources(tmp_path, {"A": f"{server.url}/ok", "C": f"{server.url}/gone"})
    assert [sources.run(hours=hours) for hours in (0, 24 * 400)] == [[("warning", "fetch-gone")]] * 2
    assert asked(server)["/gone"] == 1
    server.pages["/gone"] = (200, {}, PAGE)
    assert ("warning", "fetch-gone") not in sources.run(f"{server.url}/gone", again=True)
    assert sources.run(f"{server.url}/gone") == []
    assert asked(server)["/gone"] == 3


def test_a_dry_run_keeps_nothing_of_what_a_server_said(tmp_path, server):
    server.pages["/gone"] = (410, {}, b"")
    sources = Sources(tmp_path, {"C": f"{server.url}/gone"})
    assert sources.run(dry_run=True) == [("warning", "fetch-gone")]
    assert not sources.site.cache.exists()


@pytest.mark.parametrize("dead", ["/missing", ":1/x"])
def test_a_dead_source_is_a_warning_while_others_are_fine_and_an_error_where_none_is(tmp_path, server, dead):
    server.pages["/ok"] = (200, {}, PAGE)
    address = f"{server.url}{dead}" if dead.startswith("/") else f"http://127.0.0.1{dead}"
    sources = Sources(tmp_path, {"A": f"{server.url}/ok", "B": address})
    ((severity, code),) = sources.run()
    assert (severity, code) == ("warning", "fetch-status" if dead == "/missing" else "fetch-failed")
    del server.pages["/ok"]
    assert {severity for severity, _ in sources.run()} == {"error"}
    assert sources.run(address) == [("error", code)]


def everything(site: config.Site) -> bytes:
    return b"".join(file.read_bytes() for file in site.root.rglob("*") if file.is_file() and file.name != config.FILE)


def test_a_secret_of_an_address_is_sent_and_written_nowhere(tmp_path, server):
    target = f"{server.url}/real?page=2&X-Amz-Signature=shark"
    server.pages["/feed?token=swordfish"] = (302, {"Location": target}, b"")
    server.pages["/real?page=2&X-Amz-Signature=shark"] = (200, {"ETag": '"1"'}, PAGE)
    sources = Sources(tmp_path, {"Harbour News": f"{server.url}/feed?token=swordfish"})
    outcome = ingest.run(sources.site, (), ingest.Options(NOW, fetch=True, read=read))
    assert [row.source for row in outcome.filed] == [f"{server.url}/feed?token=…"]
    written = everything(sources.site)
    assert b"swordfish" not in written
    assert b"shark" not in written
    assert f"{server.url}/real?page=2\n".encode() in written
    assert b"name: Harbour News" in written
    assert ingest.run(sources.site, (), ingest.Options(NOW, fetch=True, read=read)).filed[0].deed == "unchanged"
    assert server.asked[2][1]["If-None-Match"] == '"1"'
    server.pages.clear()
    outcome = ingest.run(sources.site, (), ingest.Options(NOW, fetch=True, read=read))
    assert "swordfish" not in repr(outcome)


def test_addresses_that_differ_only_in_what_is_secret_are_told_apart_by_their_fragments(tmp_path, server):
    for number, word in enumerate(("salmon", "herring")):
        server.pages[f"/feed?token={word}"] = (200, {}, PAGE + b"%d" % number)
    addresses = {str(n): f"{server.url}/feed?token={word}" for n, word in enumerate(("salmon", "herring"))}
    assert Sources(tmp_path, addresses).run() == [("warning", "address")]
    assert asked(server) == {"/feed?token=salmon": 1}
    addresses["1"] += "#second"
    assert ("warning", "address") not in Sources(tmp_path, addresses).run()
    assert asked(server)["/feed?token=herring"] == 1


def test_explaining_an_address_leaves_a_busy_server_alone(tmp_path, server):
    server.pages["/busy"] = (429, {"Retry-After": "3600"}, b"")
    sources = Sources(tmp_path, {"B": f"{server.url}/busy"})
    sources.run()
    with pytest.raises(BroadsheetError, match="the server was busy"):
        ingest.explain(sources.site, f"{server.url}/busy", ingest.Options(NOW, read=read))
    assert asked(server)["/busy"] == 1


@pytest.mark.parametrize(("words", "exit_code"), [(["ingest"], 1), (["ingest", "--explain"], 1), (["build"], 2)])
def test_no_command_prints_a_password(tmp_path, capfd, words, exit_code):
    site = Sources(tmp_path, {}).site
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "http://bob:hunter2@127.0.0.1:9/x"], site=site.root)
    said = "".join(capfd.readouterr())
    assert ended.value.code == exit_code
    assert "http://…@127.0.0.1:9/x" in said
    assert "hunter2" not in said
