"""The index in a real browser: a query finds the story, in every part, below a sub-path, under the site's policy."""

import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from broadsheet.render import search
from broadsheet.render.feeds.documents import CSP
from broadsheet.render.search import pagefind
from tests.conftest import Workshop, story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(pagefind.program() is None, reason="Pagefind has no program here"),
]

PATIENCE = 30_000  # milliseconds on a machine with other work

ASK = """async ([base, words, how]) => {
    const pagefind = await import(`${base}pagefind/pagefind.js`);
    await pagefind.filters();  // else none are counted
    const found = await pagefind.search(words, how);
    const data = await Promise.all(found.results.map((one) => one.data()));
    return [data.map((one) => [one.url, one.meta.title, one.excerpt]), found.filters];
}"""


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Callable[[Workshop, str], Tab]]:
    """Serves a built site under its policy at /news/, and opens pages of it; nothing may be refused or fail there."""
    servers: list[http.server.ThreadingHTTPServer] = []
    refused: list[str] = []

    def open_(made: Workshop, path: str) -> Tab:
        root = tmp_path / "served"
        if not servers:
            root.mkdir()
            (root / "news").symlink_to(made.root / "output")
            servers.append(_server(root))
        tab = chromium.new_page()
        tab.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        tab.goto(f"http://127.0.0.1:{servers[0].server_address[1]}/news/{path}")
        return tab

    yield open_
    for context in chromium.contexts:
        context.close()
    for server in servers:
        server.shutdown()
        server.server_close()
    assert not refused


@pytest.fixture
def found(opened: Callable[[Workshop, str], Tab]) -> Callable[..., Any]:
    """What a search of a site finds."""

    def ask(made: Workshop, words: str | None, **how: object) -> Any:
        return opened(made, "search/").evaluate(ASK, ["/news/", words, how])

    return ask


def _server(root: Path) -> http.server.ThreadingHTTPServer:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", CSP)
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002, its base names it so

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def site(workshop: Callable[..., Workshop]) -> Workshop:
    stories = (
        story(
            "ferry", "2024-11-07", section="World", topics="[Harbour]", authors="[Ada Reed]", body="It left at nine."
        ),
        story("moon", "2025-01-08", section="Science", topics="[Harbour]", body="A lander came down near the harbour."),
        story("vote", "2025-05-09", section="World", body="They counted all night, and the harbour lay dark."),
    )
    return below_news(workshop(*stories))


def below_news(made: Workshop) -> Workshop:
    """The same, built where it is served."""
    text = (made.root / "pyproject.toml").read_text()
    (made.root / "pyproject.toml").write_text(text.replace("https://example.org/", "https://example.org/news/"))
    made.build()
    assert not made.problems()
    return made


def addresses(answer: Any) -> set[str]:
    return {url for url, _, _ in answer[0]}


def test_a_word_finds_its_story_and_shows_where_it_stands(workshop: Callable[..., Workshop], found: Callable[..., Any]):
    made = site(workshop)
    ((one,), _) = found(made, "lander")
    assert one == ["/news/2025/01/08/moon/", "Moon", "A <mark>lander</mark> came down near the harbour."]
    assert addresses(found(made, "landers")) == {"/news/2025/01/08/moon/"}  # by its stem
    assert addresses(found(made, "ferry")) == {"/news/2024/11/07/ferry/"}  # by its headline
    assert addresses(found(made, "Ada Reed")) == {"/news/2024/11/07/ferry/"}  # by its author
    assert addresses(found(made, "zeppelin")) == set()


def test_a_search_is_narrowed_by_section_topic_author_and_ordered_by_date(
    workshop: Callable[..., Workshop], found: Callable[..., Any]
):
    made = site(workshop)
    assert addresses(found(made, "harbour", filters={"section": "World"})) == {
        "/news/2024/11/07/ferry/", "/news/2025/05/09/vote/",
    }  # fmt: skip
    assert addresses(found(made, None, filters={"author": "Ada Reed"})) == {"/news/2024/11/07/ferry/"}
    answer = found(made, "harbour", sort={"date": "desc"})
    assert [url[6:13] for url, _, _ in answer[0]] == ["2025/05", "2025/01", "2024/11"]
    assert answer[1]["section"] == {"World": 2, "Science": 1}


def test_a_search_looks_into_every_part(
    workshop: Callable[..., Workshop], found: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "PART", 1)
    made = site(workshop)
    assert (made.root / "output/pagefind/2025-05-09/pagefind-entry.json").exists()
    answer = found(made, "harbour")
    assert len(addresses(answer)) == 3
    assert answer[1]["section"] == {"World": 2, "Science": 1}
    assert addresses(found(made, "counted")) == {"/news/2025/05/09/vote/"}


def test_the_newest_story_is_ranked_by_its_words_though_its_part_is_small(
    workshop: Callable[..., Workshop], found: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "PART", 16)
    old = [story(f"old{n}", f"2025-01-{n + 1:02}", body="The ferry left at nine.") for n in range(15)]
    named = story("named", "2025-01-20", title="A count", body="Of what the harbour costs nothing is said.")
    new = story("new", "2025-05-09", title="The harbour", body="The harbour is sold, and the harbour stays open.")
    later = [story(f"later{n}", "2025-04-01", body="The ferry left at ten.") for n in range(6)]
    made = below_news(workshop(*old, named, *later, new))
    assert (made.root / "output/pagefind/2025-05-09/pagefind-entry.json").exists()
    assert [title for _, title, _ in found(made, "harbour")[0]] == ["The harbour", "A count"]


def test_who_types_a_word_on_the_search_page_comes_to_the_story(
    workshop: Callable[..., Workshop], opened: Callable[[Workshop, str], Tab]
):
    tab = opened(site(workshop), "search/")
    tab.get_by_role("searchbox").fill("lander")
    tab.get_by_role("link", name="Moon", exact=True).click()
    expect(tab).to_have_url(re.compile(r"/news/2025/01/08/moon/$"), timeout=PATIENCE)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Moon", timeout=PATIENCE)


def test_a_slow_click_on_what_was_found_is_not_lost(
    workshop: Callable[..., Workshop], opened: Callable[[Workshop, str], Tab]
):
    """The box tells that it has changed when it is left, which is in the middle of the click."""
    tab = opened(site(workshop), "search/")
    box = tab.get_by_role("searchbox")
    box.press_sequentially("lander")
    tab.get_by_role("link", name="Moon", exact=True).hover()
    tab.mouse.down()
    tab.wait_for_timeout(500)
    tab.mouse.up()
    expect(tab).to_have_url(re.compile(r"/news/2025/01/08/moon/$"), timeout=PATIENCE)
