"""The default theme in a real browser, under the security policy that hosts send."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from broadsheet.render.feeds.documents import CSP
from tests.conftest import Workshop, story

pytestmark = pytest.mark.browser

BODY = 'Three boats lay in the harbour, and "more" came. See [the port](https://port.example/).\n\n' * 12
STORIES = [
    story("harbour", "2025-05-08", section="World", priority="lead", authors="[Ada Lind]", body=BODY, thread="Boats"),
    story("ferry", "2025-05-08", section="World", authors="[Ada Lind]", topics="[Sea]", body=BODY, thread="Boats"),
    story("rocket", "2025-05-07", section="Science", topics="[Moon]", body=BODY, thread="Boats"),
    story("comet", "2024-11-02", section="Science", topics="[Moon]", body=BODY),
]
DARK, LIGHT = "rgb(23, 22, 20)", "rgb(253, 252, 249)"

# What Pagefind's module does, as far as the page asks for it.
INDEX = """
const stories = [
  { url: "/2025/05/08/harbour/", meta: { title: "Harbour", date: "2025-05-08" }, section: "World", date: "2025-05" },
  { url: "/2024/11/02/comet/", meta: { title: "Comet", date: "2024-11-02" }, section: "Science", date: "2024-11" },
  { url: "/2025/05/07/rocket/", meta: { title: "Rocket <b>", date: "2025-05-07" }, section: "Science", date: "2025-05" },
  ...Array.from({ length: 12 }, (_, n) => ({ url: `/old/${n}/`, meta: { title: `Old ${n}`, date: "2023-01-01" }, section: "Old", date: "2023-01" })),
];
export async function options(given) { window.asked = given; }
export async function filters() {
  return { section: { World: 1, Science: 2, Old: 12 }, topic: { Moon: 2 }, author: {}, date: { "2025-05": 2, "2024-11": 1, "2023-01": 12 } };
}
export async function search(query, { filters }) {
  const found = stories.filter((it) => (query === null || query === "boats" || it.meta.title.toLowerCase().includes(query))
    && (!filters.section || it.section === filters.section)
    && (!filters.date || [filters.date.any ?? filters.date].flat().includes(it.date)));
  return { results: found.map((it) => ({ id: it.url, data: async () => ({ ...it, excerpt: `Three <mark>boats</mark> &lt;img onerror=alert(1)&gt;` }) })) };
}
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder with the policy; says nothing."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Reader:
    """A person with a browser and a built site; every request abroad and every breach of the policy is noted."""

    def __init__(self, made: Workshop, browser: Browser, host: str) -> None:
        self.made = made
        self.browser = browser
        self.host = host
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def arrive(self, **kind: object) -> Page:
        """A blank page in a browser that has never been here; ``kind`` is what Playwright calls the options of a context."""
        context = self.browser.new_context(**kind)  # type: ignore[arg-type]  # whatever Playwright takes
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda it: None if it.url.startswith(self.host) else self.complaints.append(it.url))
        page.on("console", lambda it: self.complaints.append(it.text) if "Content Security" in it.text else None)
        page.on("pageerror", lambda it: self.complaints.append(str(it)))
        return page

    def open(self, path: str = "/", **kind: object) -> Page:
        """A page of the site, in a browser that has never been here."""
        page = self.arrive(**kind)
        page.goto(self.host + path)
        return page

    def search(self, query: str = "") -> Page:
        """The page of the search, with an index: in its place before the page is asked for, or the site's own may come first."""
        page = self.arrive()
        page.route("**/pagefind/pagefind.js", lambda route: route.fulfill(body=INDEX, content_type="text/javascript"))
        page.goto(f"{self.host}/search/{query}", wait_until="networkidle")  # its script comes after the page
        return page


@pytest.fixture
def reader(workshop: Callable[..., Workshop], chromium: Browser) -> Iterator[Reader]:
    made = workshop(*STORIES, settings='edition = "monthly"\n')
    made.build()
    assert not made.problems("error")
    handler = functools.partial(Handler, directory=str(made.root / "output"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        reader = Reader(made, chromium, f"http://127.0.0.1:{server.server_address[1]}")
        yield reader
        for context in reader.contexts:
            context.close()
        server.shutdown()
    assert reader.complaints == []


def paper(page: Page) -> str:
    """The colour that a page is printed on."""
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_the_switch_turns_the_light_off_and_stays_off_on_every_page(reader: Reader):
    page = reader.open(color_scheme="light")
    assert paper(page) == LIGHT
    page.get_by_role("button", name="Dark pages").click()
    assert paper(page) == DARK
    page.goto(f"{reader.host}/2025/05/08/harbour/")
    assert paper(page) == DARK
    page.get_by_role("button", name="Light pages").click()
    assert paper(page) == LIGHT
    assert page.evaluate("Object.keys(localStorage).map((it) => localStorage[it])").count("null") == 1


def test_a_choice_is_there_before_anything_is_painted(reader: Reader):
    page = reader.open(color_scheme="dark")
    page.get_by_role("button", name="Light pages").click()
    page.add_init_script(
        "new MutationObserver(() => { if (document.body) window.first ??= document.documentElement.dataset.scheme; })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page.reload()
    assert page.evaluate("window.first") == "light"
    assert paper(page) == LIGHT


def test_without_a_choice_pages_follow_the_system(reader: Reader):
    page = reader.open(color_scheme="dark")
    assert paper(page) == DARK
    page.emulate_media(color_scheme="light")
    assert paper(page) == LIGHT
    expect(page.get_by_role("button", name="Dark pages")).to_be_visible()


def test_the_keyboard_alone_goes_past_the_navigation_and_into_a_story(reader: Reader):
    page = reader.open()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert skip.evaluate("it => getComputedStyle(it).clipPath") == "none"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    lead = page.get_by_role("link", name="Harbour").first
    expect(lead).to_be_focused()
    assert lead.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reader.host}/2025/05/08/harbour/")


def test_without_script_everything_is_there_and_nothing_is_dead(reader: Reader):
    page = reader.open(java_script_enabled=False)
    expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
    assert page.locator("button").count() == 0
    page.get_by_role("link", name="Search").first.click()
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    expect(page.locator("form")).to_be_hidden()
    page.locator(".without").get_by_role("link", name="Science").click()
    expect(page.get_by_role("heading", name="Rocket")).to_be_visible()


def test_print_is_light_set_in_columns_without_navigation_and_tells_addresses(reader: Reader):
    page = reader.open("/2025/05/08/harbour/", color_scheme="dark")
    page.get_by_role("button", name="Light pages").click()
    page.get_by_role("button", name="Dark pages").click()
    page.emulate_media(media="print")
    for gone in ("nav", ".tools", ".foot", ".skip"):
        expect(page.locator(gone).first).to_be_hidden()
    assert page.locator(".body").evaluate("it => getComputedStyle(it).columnCount") == "2"
    link = page.get_by_role("link", name="the port").first
    assert "https://port.example/" in link.evaluate("it => getComputedStyle(it, '::after').content")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    for n, section in enumerate(("World", "Science", "Culture", "Sport") * 3):  # enough for desks below the lead
        reader.made.write(story(f"more-{n}", "2025-05-08", section=section, body=f"Boat {n} came in."))
    reader.made.build()
    page.goto(reader.host)
    assert page.locator(".desks").evaluate("it => getComputedStyle(it).columnCount") == "3"


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 2560])
def test_no_page_is_wider_than_its_window(reader: Reader, width: int):
    page = reader.open(viewport={"width": width, "height": 800})
    for path in ("/", "/2025/05/08/harbour/", "/search/", "/editions/", "/threads/", "/topics/moon/"):
        page.goto(reader.host + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_first_visit_marks_nothing_and_a_later_one_what_came_since(reader: Reader):
    now = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)
    page = reader.open()
    page.clock.set_fixed_time(now)
    page.goto(reader.host)
    marks = page.locator(".mark")
    expect(marks).to_have_count(0)
    reader.made.write(story("tide", "2025-05-08", section="World"))
    reader.made.build()
    page.reload()
    expect(marks).to_have_count(0)  # the same visit, and there was none before it
    reader.made.write(story("gulls", "2025-05-08", section="World"))
    reader.made.build()
    page.clock.set_fixed_time(now + dt.timedelta(hours=5))
    page.reload()
    expect(marks).to_have_count(1)
    expect(page.locator("h2, h3, li", has=marks)).to_have_text("Gulls new")
    expect(page.locator(".folio")).to_contain_text("1 new")
    page.get_by_role("link", name="Gulls").click()
    expect(page.locator("h1")).to_have_text("Gulls")
    page.wait_for_load_state()
    page.go_back()
    page.reload()
    expect(marks).to_have_count(0)  # it was read


def test_in_a_list_by_date_only_what_stands_above_the_known_is_new(reader: Reader):
    now = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)
    page = reader.open()
    page.clock.set_fixed_time(now)
    page.goto(f"{reader.host}/sections/science/")
    reader.made.write(story("probe", "2025-05-09", section="Science"))
    reader.made.build()
    page.clock.set_fixed_time(now + dt.timedelta(hours=5))
    page.reload()
    expect(page.locator("h2", has=page.locator(".mark"))).to_have_text(["Probe new"])
    page.goto(f"{reader.host}/sections/world/")  # never seen before: nothing in it is called new
    expect(page.locator(".mark")).to_have_count(0)


def test_a_search_is_kept_in_the_address_counted_and_marked(reader: Reader):
    page = reader.search()
    page.get_by_label("Search the stories").fill("rocket")
    found = page.locator(".found li")
    expect(found).to_have_count(1)
    expect(page).to_have_url(f"{reader.host}/search/?q=rocket")
    expect(page.get_by_role("status")).to_have_text("Stories found: 1")
    expect(found.get_by_role("link")).to_have_text("Rocket <b>")
    expect(found.locator("mark")).to_have_text("boats")
    expect(found.locator("p")).to_have_text("Three boats <img onerror=alert(1)>…")
    expect(found.locator("time")).to_have_text("May 7, 2025")
    assert found.locator("img, b").count() == 0
    assert page.evaluate("window.asked.baseUrl") == "/"
    page.reload()
    expect(found).to_have_count(1)
    expect(page.get_by_label("Search the stories")).to_have_value("rocket")


def test_filters_narrow_a_search_and_work_alone(reader: Reader):
    page = reader.search("?section=Science")
    expect(page.locator(".found h2")).to_have_text(["Rocket <b>", "Comet"])
    page.locator("select[name=date]").select_option(label="November 2024")
    expect(page.locator(".found h2")).to_have_text(["Comet"])
    expect(page).to_have_url(f"{reader.host}/search/?section=Science&date=2024-11")
    page.locator("select[name=date]").select_option("2025")
    expect(page.locator(".found h2")).to_have_text(["Rocket <b>"])
    page.locator("select[name=section]").select_option("World")
    expect(page.locator(".found h2")).to_have_text(["Harbour"])
    page.get_by_label("Search the stories").fill("nothing of this kind")
    expect(page.get_by_role("status")).to_contain_text("Nothing was found")


def test_what_is_found_comes_by_date_where_that_is_asked_for_or_nothing_else_is(reader: Reader):
    titles = reader.search("?section=Science").locator(".found a")
    expect(titles).to_have_text(["Rocket <b>", "Comet"])
    page = reader.search("?q=boats&section=Science")
    expect(page.locator(".found a")).to_have_text(["Comet", "Rocket <b>"])
    page.get_by_label("Sort by").select_option("Date")
    expect(page.locator(".found a")).to_have_text(["Rocket <b>", "Comet"])
    expect(page).to_have_url(re.compile(r"\?q=boats&section=Science&sort=date$"))


def test_a_word_that_is_not_found_is_answered_with_the_name_that_was_meant(reader: Reader):
    page = reader.search("?q=Scienec")
    expect(page.locator(".count")).to_contain_text("Did you mean Science?")
    page.get_by_role("button", name="Science", exact=True).click()
    expect(page.get_by_label("Search the stories")).to_have_value("Science")
    page = reader.search("?q=Zanzibar")
    expect(page.locator(".count")).to_have_text("Nothing was found. Try fewer or other words.")


def test_a_search_goes_by_the_keyboard_alone(reader: Reader):
    page = reader.search()
    words = page.get_by_label("Search the stories")
    page.keyboard.press("/")
    expect(words).to_be_focused()
    page.keyboard.type("boats")
    page.keyboard.press("Enter")
    links = page.locator(".found a")
    expect(links).to_have_count(10)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(words).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(words).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reader.host}/2025/05/08/harbour/")


def test_more_is_shown_when_it_is_asked_for_and_takes_the_focus(reader: Reader):
    page = reader.search("?q=boats")
    page.get_by_role("button", name="Show more").click()
    links = page.locator(".found a")
    expect(links).to_have_count(15)
    expect(links.nth(10)).to_be_focused()
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_a_search_that_has_no_index_says_so(reader: Reader):
    page = reader.arrive()
    page.route("**/pagefind/**", lambda route: route.fulfill(status=404))
    page.goto(f"{reader.host}/search/")
    page.get_by_label("Search the stories").fill("boats")
    expect(page.get_by_role("status")).to_contain_text("could not be started")


def test_nothing_of_the_search_is_fetched_before_it_is_wanted(reader: Reader):
    page = reader.open("/search/")
    asked: list[str] = []
    page.on("request", lambda it: asked.append(it.url))
    page.reload()
    assert not [url for url in asked if "pagefind" in url]


def test_a_story_needs_four_files_and_its_script_is_small(reader: Reader):
    page = reader.open("/2025/05/08/harbour/")
    urls = page.evaluate("performance.getEntriesByType('resource').map((it) => it.name)")
    assert {Path(url).name.split(".")[0] for url in urls} <= {"style", "site", "favicon"}
    (script,) = (reader.made.root / "output/static").glob("site.*.js")
    assert script.stat().st_size < 6 * 1024
