"""Makes the screenshots of docs/pictures from the sample site: python docs/screenshots.py.

In: output/, as ``python3 build.py`` leaves it, and Chromium. Out: four WebP files of at most 80 KB, taken of the pages
as a web server sends them. Fonts are those of this machine, so the files differ from one machine to another.
"""

from __future__ import annotations

import functools
import io
import shutil
import threading
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parent / "output"
STORY = "2025/05/08/robert-prevost-of-chicago-is-elected-pope-and-takes-the-name-leo-xiv/"
THREAD = "threads/from-francis-to-leo/"
DESKTOP, PHONE = (1280, 1150), (390, 844)  # CSS pixels
TALL = (1280, 1330)  # until the first lines of the text
WIDTH = 960  # pixels of a picture as it is kept
QUALITY = 78
GAP = 24  # pixels between phones

Visit = Callable[[str, tuple[int, int], Literal["light", "dark"]], Page]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_args: object) -> None:
        """Keep the terminal for errors."""


def taken(page: Page) -> Image.Image:
    """What the window shows."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep(picture: Image.Image, name: str) -> None:
    """Write a picture in the width of the docs."""
    size = (WIDTH, round(picture.height * WIDTH / picture.width))
    picture.resize(size, Image.Resampling.LANCZOS).save(HERE / f"pictures/{name}.webp", quality=QUALITY, method=6)


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one height in a row, on white."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    row = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        row.paste(picture, (left, 0))
        left += picture.width + GAP
    return row


def photograph(visit: Visit) -> None:
    """Take all pictures."""
    keep(taken(visit("", DESKTOP, "light")), "front")
    keep(taken(visit(STORY, TALL, "light")), "story")
    phones = (visit("", PHONE, "light"), visit(STORY, PHONE, "dark"), visit(THREAD, PHONE, "light"))
    keep(side_by_side([taken(page) for page in phones]), "phones")
    search = visit("search/?q=Rome", (1280, 900), "dark")
    search.wait_for_selector("main ol li, main ul li")
    keep(taken(search), "search")


def main() -> None:
    """Serve the site on a free port and photograph it."""
    handler = functools.partial(Quiet, directory=str(OUTPUT))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def visit(path: str, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Page:
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
            page.goto(f"http://127.0.0.1:{server.server_port}/{path}")
            return page

        photograph(visit)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
