"""Pictures of every shape in a real browser: none is squashed or stretched, whatever the window, on paper either."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import SETTINGS, Workshop, story
from tests.render.images.test_variants import photo

pytestmark = pytest.mark.browser

SHAPES = {
    "upright": (600, 900),
    "plate": (660, 880),
    "phone": (450, 800),
    "square": (800, 800),
    "photo": (1200, 800),
    "film": (1280, 720),
    "panorama": (1500, 500),
    "stamp": (120, 180),
}
WINDOWS = {"phone": (390, 844), "sideways": (844, 390), "desktop": (1280, 720), "print": (794, 1123)}
TEXT = "The tide had turned before the last of the boats came in, and nobody on the mole spoke. " * 4
MEASURED = """async () => {
  for (const it of document.images) { it.loading = "eager"; await it.decode(); }
  return [...document.images].map((it) => {
    const [box, style] = [it.getBoundingClientRect(), getComputedStyle(it)];
    return { name: it.currentSrc.split("/").pop().split(/[.-]/)[0], fit: style.objectFit, width: box.width,
      height: box.height, ratio: it.naturalWidth / it.naturalHeight, left: box.left, right: box.right };
  });
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def built(root: Path, theme: str, lead: str, nameplate: str = "") -> Path:
    """The output of a site whose stories have a picture each; two of them show every shape in their text."""
    made = Workshop(root)
    options = f'[tool.broadsheet.theme]\nname = "{theme}"\n{nameplate}'
    made.write(f'-- pyproject.toml --\n{SETTINGS}edition = "monthly"\nsections = ["A", "B", "C"]\n{options}')
    shown = (f'{TEXT}\n\n![A view](pictures/{it}.jpg "The view")\n\n![A view](pictures/{it}.jpg)' for it in SHAPES)
    every = "\n\n".join([*shown, TEXT])
    for place, it in enumerate(SHAPES):
        made.write(
            story(
                it,
                "2025-05-07",
                section="ABC"[place % 3],
                priority="lead" if it == lead else "normal",
                image=f"{{src: pictures/{it}.jpg, alt: A view, caption: The view}}",
                body=every if it in (lead, "photo") else TEXT,
            )
        )
    (made.root / "content/pictures").mkdir(parents=True)
    for name, size in SHAPES.items():
        photo(*size).save(made.root / f"content/pictures/{name}.jpg")
    static = made.root / "themes/broadsheet/static"
    static.mkdir(parents=True)
    photo(1200, 300).save(static / "name.jpg")
    made.build()
    assert not made.problems()
    return made.root / "output"


class Site:
    """A built site at an address of this machine, seen through one window after another."""

    def __init__(self, page: Page, host: str) -> None:
        self.page = page
        self.host = host

    def pictures(self, window: str, *paths: str) -> list[dict[str, Any]]:
        """The pictures of these pages as a window lays them out."""
        width, height = WINDOWS[window]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(media="print" if window == "print" else "screen")
        found = []
        for path in paths:
            self.page.goto(self.host + path)
            found += [{"page": path, **one} for one in self.page.evaluate(MEASURED)]
        return found


@pytest.fixture(
    scope="module",
    params=[("broadsheet", "upright"), ("broadsheet", "panorama"), ("plain", "upright")],
    ids=["broadsheet", "broadsheet-panorama", "plain"],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    theme, lead = request.param
    nameplate = 'nameplate = "name.jpg"\n' if lead == "panorama" else ""
    output = built(tmp_path_factory.mktemp("shapes") / "site", theme, lead, nameplate)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=output)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page()
        yield Site(page, f"http://127.0.0.1:{server.server_address[1]}")
        page.close()
        server.shutdown()


def own_shape(one: dict[str, Any]) -> bool:
    """Whether a box has the shape of what it shows, but for the rounding of a file's sides to whole pixels."""
    return bool(0.97 < one["width"] / one["height"] / one["ratio"] < 1.03)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_story_shows_each_picture_in_its_own_shape_and_in_the_window(site: Site, window: str):
    found = site.pictures(window, "/2025/05/07/photo/", "/2025/05/07/upright/", "/2025/05/07/panorama/")
    found = [one for one in found if one["name"] != "name"]
    assert {one["name"] for one in found} == set(SHAPES)
    width, height = WINDOWS[window]
    for one in found:
        assert own_shape(one), one
        assert 0 <= one["left"] < one["right"] <= width, one
        assert one["height"] <= height, one
        assert one["width"] >= 120, one


@pytest.mark.parametrize("window", WINDOWS)
def test_front_and_lists_crop_where_they_must_and_stretch_nothing(site: Site, window: str):
    found = site.pictures(window, "/", "/sections/a/", "/sections/b/", "/sections/c/", "/archive/2025/05/")
    for one in found:
        assert one["fit"] in ("cover", "scale-down") or own_shape(one), one
        assert one["right"] <= WINDOWS[window][0], one


@pytest.mark.parametrize("site", [("broadsheet", "upright")], indirect=True)
@pytest.mark.parametrize("window", WINDOWS)
def test_a_tall_picture_of_the_lead_is_shown_whole(site: Site, window: str):
    first = site.pictures(window, "/")[0]
    assert first["name"] == "upright"
    assert own_shape(first)
    assert 120 <= first["height"] <= WINDOWS[window][1]
