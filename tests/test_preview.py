"""The preview over real HTTP and its real websocket, as a browser and as an attacker would use it."""

import contextlib
import http.client
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.conftest import Workshop, story

PATIENCE = 30  # seconds after which something that should happen counts as not happening

SETTINGS = '-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/news/"\n'
FERRY = "2025/05/07/ferry/"
STORIES = (
    story("ferry", "2025-05-07", section="World", body="It left at nine.", review="[title, date]"),
    story("draft", "2025-05-07", status="draft"),
    story("later", "2999-01-01"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
)


class Preview:
    """A preview that runs as a program of its own, as a user would start it."""

    def __init__(self, root: Path, *options: str) -> None:
        command = [sys.executable, "-m", "broadsheet", "--site", str(root), "serve", *(options or ["--port", "0"])]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        place = re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)", self.wait_for_line("Preview at"))
        assert place
        self.port, self.base = int(place[1]), place[2]
        self.host = f"127.0.0.1:{self.port}"

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout:
            for line in self.process.stdout:
                self._lines.put(line)

    def wait_for_line(self, words: str) -> str:
        """The next line of the terminal with these words."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            self.said.append(line)
            if words in line:
                return line

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, str]:
        """The answer to a request for a path from the server's root, which is sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer, answer.read().decode()

    def page(self, address: str = "") -> str:
        return self.ask(self.base + address)[1]

    @contextlib.contextmanager
    def browser(self, **headers: str) -> Iterator[ClientConnection]:
        """A browser as livereload's script makes it one, once the server knows of it."""
        origin = Origin(headers.get("Origin", f"http://{self.host}"))
        with connect(f"ws://{self.host}/livereload", origin=origin, open_timeout=PATIENCE, proxy=None) as browser:
            hello = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
            for message in (hello, {"command": "info", "url": "x"}, hello):
                browser.send(json.dumps(message))
            for _ in range(2):
                assert json.loads(browser.recv(timeout=PATIENCE))["command"] == "hello"
            yield browser

    def stop(self) -> int:
        """Press Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.said += list(self._lines.queue)
        return code


def reloaded(browser: ClientConnection, done: Callable[[], bool]) -> str:
    """Waits for reload messages until what they promise is there; the path that the last one named."""
    while True:
        message = json.loads(browser.recv(timeout=PATIENCE))
        assert message["command"] == "reload"
        if done():
            return str(message["path"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop(tmp_path_factory.mktemp("preview") / "site")
    for text in (SETTINGS, *STORIES):
        made.write(text)
    return made


@pytest.fixture(scope="module")
def preview(site: Workshop) -> Iterator[Preview]:
    running = Preview(site.root)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in "".join(running.said)


@pytest.fixture
def file(site: Workshop) -> Iterator[Path]:
    """The file of the ferry's story, which is as it was again afterwards."""
    file = site.root / "content/stories/2025/05/ferry.md"
    before = file.read_text()
    yield file
    file.write_text(before)


def test_a_page_has_the_bar_with_its_source_and_what_is_to_be_checked_and_its_file_has_neither(
    preview: Preview, site: Workshop
):
    served = preview.page(FERRY)
    assert "It left at nine." in served
    assert "content/stories/2025/05/ferry.md</code>" in served
    assert "To check: title, date" in served
    assert '<script src="/livereload.js"></script>' in served
    (built,) = site.root.rglob("ferry/index.html")
    assert "livereload" not in built.read_text()


def test_drafts_and_what_is_not_yet_due_show_with_their_marks(preview: Preview):
    assert '<b class="mark">draft</b><span class="source">' in preview.page("2025/05/07/draft/")
    assert '<b class="mark">embargoed</b><span class="source">' in preview.page("2999/01/01/later/")


def test_the_preview_leaves_output_alone_and_points_at_itself(preview: Preview, site: Workshop):
    assert f'href="http://{preview.host}/news/2025/05/07/ferry/"' in preview.page(FERRY)
    assert "example.org" not in preview.page("feed.xml")
    assert not (site.root / "output").exists()


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def by_a_rename(file: Path, text: str) -> None:
    scratch = file.with_name(f".{file.name}.swp")
    scratch.write_text(text)
    scratch.replace(file)


def over_a_backup(file: Path, text: str) -> None:
    file.rename(f"{file}~")
    file.write_text(text)
    Path(f"{file}~").unlink()


@pytest.mark.parametrize("save", [in_place, by_a_rename, over_a_backup])
def test_a_save_reloads_the_browser_and_shows_the_new_text(
    preview: Preview, file: Path, save: Callable[[Path, str], None]
):
    with preview.browser() as browser:
        save(file, file.read_text().replace("nine", save.__name__))
        assert reloaded(browser, lambda: f"It left at {save.__name__}." in preview.page(FERRY)) == "*"


def test_the_last_of_many_quick_saves_is_the_one_that_shows(preview: Preview, file: Path):
    text = file.read_text()
    with preview.browser() as browser:
        for number in range(30):
            file.write_text(text.replace("nine", f"minute {number:02}"))
        reloaded(browser, lambda: "minute 29." in preview.page(FERRY))


def test_new_files_in_new_folders_and_renamed_folders_are_seen(preview: Preview, site: Workshop):
    with preview.browser() as browser:
        site.write(story("added", "2024-03-01"))
        reloaded(browser, lambda: preview.ask("/news/2024/03/01/added/")[0].status == 200)
        (site.root / "content/stories/2024").rename(site.root / "content/stories/older")
        (site.root / "content/stories/older/03/added.md").rename(site.root / "content/stories/older/03/moved.md")
        reloaded(browser, lambda: preview.ask("/news/2024/03/01/moved/")[0].status == 200)
        (site.root / "content/stories/older/03/moved.md").unlink()
        reloaded(browser, lambda: preview.ask("/news/2024/03/01/moved/")[0].status == 404)


def test_a_theme_that_comes_and_goes_is_seen_and_a_style_sheet_is_swapped_without_a_reload(
    preview: Preview, site: Workshop
):
    theme = site.root / "themes/broadsheet"

    def style() -> str:
        (link,) = re.findall(r'href="(/news/static/style[^"]*)"', preview.page())
        return str(link)

    with preview.browser() as browser:
        site.write("-- themes/broadsheet/templates/partials/end.html --\n<p>Own end</p>\n")
        assert reloaded(browser, lambda: "Own end" in preview.page()) == "*"
        site.write("-- themes/broadsheet/static/style.css --\np { color: red }\n")
        reloaded(browser, lambda: "red" in preview.ask(style())[1])
        old = style()
        (theme / "static/style.css").write_text("p { color: blue }\n")
        assert reloaded(browser, lambda: "blue" in preview.ask(style())[1]) == "style.css"
        assert "blue" in preview.ask(old)[1]  # by the name that the page in the browser still has for it
        (theme / "templates/partials/end.html").unlink()
        (theme / "static/style.css").unlink()
        reloaded(browser, lambda: "Own end" not in preview.page() and "blue" not in preview.ask(old)[1])


def test_a_broken_story_shows_where_it_is_wrong_until_the_next_good_save(preview: Preview, file: Path):
    good = file.read_text()
    with preview.browser() as browser:
        file.write_text(good.replace("2025-05-07", "<b>someday"))
        reloaded(browser, lambda: "<dialog open" in preview.page())
        page = preview.page()
        assert "content/stories/2025/05/ferry.md:4" in page
        assert '<span class="wrong"><i>4</i>date: &lt;b&gt;someday' in page
        assert "ferry.md:4: error: date:" in preview.wait_for_line("error")
        file.write_text(good)
        reloaded(browser, lambda: "<dialog open" not in preview.page())
    assert "It left at nine." in preview.page(FERRY)


def test_a_page_that_cannot_be_drawn_stays_as_it_was_below_the_error(preview: Preview, site: Workshop):
    with preview.browser() as browser:
        site.write("-- themes/broadsheet/templates/prose.html --\n<p>\n{{ prose.titel }}\n")
        reloaded(browser, lambda: "<dialog open" in preview.page("about/"))
        page = preview.page("about/")
        assert "themes/broadsheet/templates/prose.html:2" in page
        assert "<i>2</i>{{ prose.titel }}" in page
        assert "We." in page
        (site.root / "themes/broadsheet/templates/prose.html").unlink()
        reloaded(browser, lambda: "<dialog open" not in preview.page("about/"))


def test_broken_settings_show_and_a_new_sub_path_is_followed(preview: Preview, site: Workshop):
    settings = site.root / "pyproject.toml"
    good = settings.read_text()
    with preview.browser() as browser:
        settings.write_text(good.replace("title", "titel"))
        reloaded(browser, lambda: "pyproject.toml:2" in preview.page())
        assert "Did you mean &#39;title&#39;?" in preview.page()
        settings.write_text(good.replace("/news/", "/paper/"))
        reloaded(browser, lambda: preview.ask("/paper/")[0].status == 200)
        settings.write_text(good)
        reloaded(browser, lambda: preview.ask("/news/")[0].status == 200)
    assert "<dialog open" not in preview.page()


def test_a_browser_that_connects_late_can_tell_that_its_page_is_old(preview: Preview, file: Path):
    with preview.browser() as browser:
        file.write_text(file.read_text().replace("nine", "noon"))
        reloaded(browser, lambda: "noon" in preview.page(FERRY))
    (token,) = re.findall(r'data-token="([^"]+)"', preview.page(FERRY))
    assert preview.ask("/livereload/token")[1] == token


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
    assert "Page not found" in text
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


def test_a_busy_port_gives_way_to_the_next_free_one_and_it_is_said(site: Workshop):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        running = Preview(site.root, "--port", str(busy))
        assert busy < running.port < busy + 20
        assert f"Port {busy} is busy" in running.said[0]
        assert running.ask("/news/")[0].status == 200
        assert running.stop() == 0


def test_a_site_that_is_broken_from_the_start_is_served_with_its_errors_and_mends(tmp_path: Path):
    made = Workshop(tmp_path / "site")
    made.write(SETTINGS + 'theme = "nope"\n')
    made.write(STORIES[0])
    running = Preview(made.root)
    answer, page = running.ask("/news/")
    assert answer.status == 503
    assert "no theme &#39;nope&#39;" in page
    with running.browser() as browser:
        made.write(SETTINGS)
        reloaded(browser, lambda: "It left at nine." in running.page(FERRY))
    assert running.stop() == 0


def test_a_content_folder_that_is_replaced_is_followed(tmp_path: Path):
    made = Workshop(tmp_path / "site")
    made.write(SETTINGS)
    running = Preview(made.root)
    with running.browser() as browser:
        made.write(STORIES[0])
        reloaded(browser, lambda: running.ask(f"/news/{FERRY}")[0].status == 200)
        os.replace(made.root / "content", made.root / "away")
        reloaded(browser, lambda: running.ask(f"/news/{FERRY}")[0].status == 404)
        os.replace(made.root / "away", made.root / "content")
        reloaded(browser, lambda: running.ask(f"/news/{FERRY}")[0].status == 200)
        made.write(STORIES[0].replace("nine", "ten"))
        reloaded(browser, lambda: "It left at ten." in running.page(FERRY))
    assert running.stop() == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, driven without a screen."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """A tab that shows the ferry's story and is connected to the preview."""
    tab = chromium.new_page()
    tab.set_default_timeout(PATIENCE * 1000)
    with tab.expect_event("websocket") as socket, tab.expect_response("**/livereload/token"):
        tab.goto(f"http://{preview.host}/news/{FERRY}")
    assert socket.value.url == f"ws://{preview.host}/livereload"
    yield tab
    tab.close()


@pytest.mark.browser
def test_a_reload_keeps_the_place_where_one_was_reading(tab: Page, file: Path):
    long = file.read_text() + "\n\nA paragraph.\n" * 200
    file.write_text(long)
    tab.get_by_text("A paragraph.").nth(199).wait_for()
    tab.evaluate("scrollTo(0, 1500)")
    file.write_text(long.replace("nine", "midnight"))
    tab.get_by_text("midnight").wait_for()
    tab.wait_for_function("scrollY === 1500")


@pytest.mark.browser
def test_a_style_sheet_is_swapped_in_the_page_that_is_open(tab: Page, site: Workshop):
    style = site.root / "themes/broadsheet/static/style.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_text("p { color: rgb(1, 2, 3) }")
    tab.wait_for_function("getComputedStyle(document.querySelector('p')).color === 'rgb(1, 2, 3)'")
    tab.evaluate("window.still = 'the same page'")
    style.write_text("p { color: rgb(4, 5, 6) }")
    tab.wait_for_function("getComputedStyle(document.querySelector('p')).color === 'rgb(4, 5, 6)'")
    assert tab.evaluate("window.still") == "the same page"
    style.unlink()
    tab.wait_for_function("getComputedStyle(document.querySelector('p')).color !== 'rgb(4, 5, 6)'")


@pytest.mark.browser
def test_an_error_can_be_closed_stays_closed_opens_again_and_goes_with_a_good_save(tab: Page, file: Path):
    good = file.read_text()
    file.write_text(good.replace("2025-05-07", "someday"))
    said = tab.get_by_text("'someday' is not a date")
    said.wait_for()
    tab.keyboard.press("Escape")
    said.wait_for(state="hidden")
    tab.reload()
    tab.get_by_role("button", name="1 error").wait_for()
    assert said.is_hidden()
    tab.get_by_role("button", name="1 error").click()
    said.wait_for()
    file.write_text(good)
    said.wait_for(state="detached")


@pytest.mark.browser
def test_a_page_whose_policy_forbids_all_scripts_reloads_all_the_same(tab: Page, site: Workshop):
    strict = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'"><p>{} words</p>'
    template = site.root / "themes/broadsheet/templates/story.html"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(strict.format("First"))
    tab.get_by_text("First words").wait_for()
    with tab.expect_event("websocket"), tab.expect_response("**/livereload/token"):
        tab.reload()
    template.write_text(strict.format("Second"))
    tab.get_by_text("Second words").wait_for()
    bar = tab.locator("broadsheet-preview footer").evaluate("bar => getComputedStyle(bar).position")
    assert bar == "fixed"
    template.unlink()
    tab.get_by_text("It left at").wait_for()
