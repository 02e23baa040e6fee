"""The preview in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Workshop
from tests.preview.conftest import FERRY, PATIENCE, Preview, reloaded


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


def test_a_browser_that_connects_late_can_tell_that_its_page_is_old(preview: Preview, file: Path):
    with preview.browser() as browser:
        file.write_text(file.read_text().replace("nine", "noon"))
        reloaded(browser, lambda: "noon" in preview.page(FERRY))
    (token,) = re.findall(r'data-token="([^"]+)"', preview.page(FERRY))
    assert preview.ask("/livereload/token")[1] == token


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
    still = False
    for shade in range(1, 6):  # the first may share its batch with the folder's making, which reloads the page
        if not still:
            tab.evaluate("window.still = true")
            style.write_text(f"p {{ color: rgb({shade}, 0, 0) }}")
            tab.wait_for_function(f"getComputedStyle(document.querySelector('p')).color === 'rgb({shade}, 0, 0)'")
            still = tab.evaluate("window.still === true")
    assert still
    style.unlink()
    tab.wait_for_function(f"getComputedStyle(document.querySelector('p')).color !== 'rgb({shade}, 0, 0)'")


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
    said.wait_for(state="hidden")  # once the page's script has run
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
