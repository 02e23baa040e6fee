"""The offline edition: the newest edition opens without a network, with its pictures, and is another with the next."""

from __future__ import annotations

import functools
import http.server
import json
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser

from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story
from tests.local_server import LocalServer

Make = Callable[..., Workshop]
ON = "offline = true\n"
LIVE = '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'


def test_a_site_that_does_not_ask_for_it_has_neither_manifest_nor_worker(workshop: Make):
    made = workshop(story("quay", "2025-05-08"))
    made.build()
    assert not {"sw.js", "manifest.webmanifest"} & made.output().keys()
    assert "data-worker" not in made.page("index.html")


def test_the_worker_changes_with_each_story_of_the_edition_and_with_no_other(workshop: Make):
    made = workshop(story("quay", "2025-05-08"), story("old", "2025-05-01"), settings=ON)
    made.build()
    before = made.page("sw.js")
    assert '"/2025/05/08/quay/"' in before
    assert '"/2025/05/01/old/"' not in before
    manifest = json.loads(made.page("manifest.webmanifest"))
    assert (manifest["start_url"], manifest["lang"]) == ("/", "en")
    assert all(icon["src"].removeprefix("/") in made.output() for icon in manifest["icons"])
    assert "/manifest.webmanifest\n  Content-Type: application/manifest+json" in made.page("_headers")
    made.write(story("old", "2025-05-01", body="Another text."))
    made.build()
    assert made.page("sw.js") == before
    made.write(story("quay", "2025-05-08", body="Another text."))
    made.build()
    assert made.page("sw.js") != before


def publish(made: Workshop) -> None:
    request = PublishRequest(anyway=True, accept=("*",))
    publish_site(open_site(made.root), Options(NOW), request, Report(), silent, lambda _: None)


def turn(made: Workshop, before: str, after: str) -> None:
    file = made.root / "pyproject.toml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_the_worker_that_was_published_has_a_last_one_from_then_on(workshop: Make):
    made = workshop(story("quay", "2025-05-08"), settings=f"{ON}{LIVE}")
    made.build()
    turn(made, "offline = true", "offline = false")
    made.build()
    assert "sw.js" not in made.output()  # no reader ever had one
    turn(made, "offline = false", "offline = true")
    publish(made)
    assert "addAll" in made.page("sw.js")
    turn(made, "offline = true", "offline = false")
    for _ in range(3):
        publish(made)
        assert "unregister" in made.page("sw.js")
        assert "data-worker" not in made.page("index.html")
        assert "manifest.webmanifest" not in made.output()
        assert "sw.js" not in made.page("_redirects")
    made.write("-- content/static/sw.js --\n// of our own\n")
    publish(made)
    assert made.page("sw.js") == "// of our own\n"
    assert [problem for problem in made.problems("error") if "sw.js" in problem.message] == []
    (made.root / "content/static/sw.js").unlink()
    turn(made, "offline = false", "offline = true")
    publish(made)
    assert "addAll" in made.page("sw.js")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_the_newest_edition_opens_without_a_network(workshop: Make, chromium: Browser, theme: str):
    """A reader who was there once: the server is gone, and the front page, a story and its picture are there."""
    keys = {"image": "{src: pictures/quay.jpg, alt: The quay}"}
    made = workshop(
        story("quay", "2025-05-08", **keys), story("old", "2025-05-01"), settings=f'theme = "{theme}"\n{ON}'
    )
    (made.root / "content/pictures").mkdir()
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(made.root / "content/pictures/quay.jpg")
    made.build()
    handler = functools.partial(_Files, directory=str(made.root / "output"))
    server = LocalServer(handler)
    page = chromium.new_page()
    try:
        page.goto(server.url)
        page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        page.wait_for_function("navigator.serviceWorker.controller")
    finally:
        server.stop()
    page.goto(server.url)
    assert "Quay" in page.inner_text("main")
    page.goto(f"{server.url}2025/05/08/quay/")
    assert page.inner_text("h1") == "Quay"
    page.wait_for_function("document.images[0].naturalWidth > 0")
    page.goto(f"{server.url}2025/05/01/old/")  # it is of an older edition: the front page stands in its place
    assert "Quay" in page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_what_a_browser_kept_is_gone_once_the_site_keeps_nothing(workshop: Make, chromium: Browser, theme: str):
    made = workshop(story("quay", "2025-05-08"), settings=f'theme = "{theme}"\n{ON}{LIVE}')
    publish(made)
    server = LocalServer(functools.partial(_Files, directory=str(made.root.parent / "www/current")))
    page = chromium.new_page()
    try:
        page.goto(server.url)
        page.evaluate("navigator.serviceWorker.ready.then(() => caches.open('of another')).then(() => 0)")
        page.wait_for_function("navigator.serviceWorker.controller")
        assert len(page.evaluate("caches.keys()")) == 2
        turn(made, "offline = true", "offline = false")
        publish(made)
        page.goto(f"{server.url}2025/05/08/quay/")
        assert page.evaluate(_LEFT) == 0
        assert page.evaluate("caches.keys()") == ["of another"]
        page.reload()
        assert page.evaluate("navigator.serviceWorker.controller") is None
    finally:
        server.stop()


_LEFT = """async () => {  // how many workers are left, at most ten seconds later
  let left;
  for (let turn = 0; turn < 100; turn++) {
    left = (await navigator.serviceWorker.getRegistrations()).length;
    if (!left) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  return left;
}"""


class _Files(http.server.SimpleHTTPRequestHandler):
    def send_head(self):
        del self.headers["If-Modified-Since"]  # which is in whole seconds, and two publications are in one
        return super().send_head()

    def log_message(self, *_: object) -> None:
        pass
