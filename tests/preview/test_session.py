"""What an editor sees: pages with their marks, every save at once, every mistake with its place."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.preview.session import prune
from tests.conftest import Workshop, at_work, story
from tests.preview.conftest import FERRY, PATIENCE, SETTINGS, STORIES, Preview, reloaded


def test_drafts_and_what_is_not_yet_due_show_with_their_marks(preview: Preview):
    assert '<b class="mark">draft</b><span class="source">' in preview.page("2025/05/07/draft/")
    assert '<b class="mark">embargoed</b><span class="source">' in preview.page("2999/01/01/later/")


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


def test_a_file_of_the_sites_own_is_served_from_its_root_and_follows_every_save(preview: Preview, site: Workshop):
    file = site.root / "content/static/.well-known/security.txt"
    with preview.browser() as browser:
        site.write("-- content/static/.well-known/security.txt --\nfirst\n")
        reloaded(browser, lambda: preview.page(".well-known/security.txt") == "first\n")
        file.write_text("second\n")
        reloaded(browser, lambda: preview.page(".well-known/security.txt") == "second\n")
        file.unlink()
        reloaded(browser, lambda: preview.ask(f"{preview.base}.well-known/security.txt")[0].status == 404)


def test_what_is_printed_follows_what_is_shown_and_a_browser_is_told_once(preview: Preview, site: Workshop, file: Path):
    saved = site.root / "saved.md"  # outside of what is watched: one move is one event, where a slow write may be two
    saved.write_text(file.read_text().replace("nine", "dawn"))
    with preview.browser() as browser:
        saved.replace(file)
        reloaded(browser, lambda: "It left at dawn." in preview.page(FERRY))
        (token,) = re.findall(r'data-token="([^"]+)"', preview.page(FERRY))
        printed = site.root / f".broadsheet/preview/{preview.port}/site/{FERRY}index.html"
        until = time.monotonic() + PATIENCE
        while "It left at dawn." not in printed.read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        assert preview.ask("/livereload/token")[1] == token


def test_a_preview_shows_a_save_while_another_program_works_and_builds_when_that_has_ended(
    preview: Preview, site: Workshop, file: Path
):
    printed = site.root / f".broadsheet/preview/{preview.port}/site/{FERRY}index.html"
    with at_work(site.root, "publish"), preview.browser() as browser:
        file.write_text(file.read_text().replace("nine", "dusk"))
        reloaded(browser, lambda: "It left at dusk." in preview.page(FERRY))
        assert f"Waiting for broadsheet publish (process {os.getpid()}, since" in preview.wait_for_line("Waiting")
        assert "dusk" not in printed.read_text()
    until = time.monotonic() + PATIENCE
    while "It left at dusk." not in printed.read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_sources_are_taken_in_and_the_site_built_in_another_terminal_while_a_preview_runs(
    preview: Preview, site: Workshop, file: Path
):
    site.write("-- content/inbox/gale.txt --\nGale closes the pier\n\n8 May 2025\n\nA gale closed the pier at noon.\n")
    with preview.browser() as browser:
        for words in (["ingest"], ["build"], ["check"]):
            file.write_text(file.read_text() + "More.\n")  # so that the preview builds as well
            command = [sys.executable, "-m", "broadsheet", "--site", str(site.root), *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "[busy]" not in done.stderr
            assert "Traceback" not in done.stderr
        address = "/news/2025/05/08/gale-closes-the-pier/"
        reloaded(browser, lambda: preview.ask(address)[0].status == 200)
    for path in ("output", "content/inbox/gale.txt", "content/stories/.ledger"):
        shutil.rmtree(site.root / path) if (site.root / path).is_dir() else (site.root / path).unlink()
    next(site.root.glob("content/stories/**/gale*.md")).unlink()


def test_a_headline_shows_at_once_wherever_it_stands_and_the_feed_has_it(preview: Preview, file: Path):
    with preview.browser() as browser:
        file.write_text(file.read_text().replace('title: "Ferry"', 'title: "Ferry sails"'))
        reloaded(browser, lambda: "Ferry sails" in preview.page(FERRY))
        assert "Ferry sails" in preview.page("sections/world/")
        assert "Ferry sails" in preview.page("feed.xml")


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
        told = ""
        for colour in ("blue", "green", "gold", "teal"):  # the first may share its batch with the folder's making
            if told != "style.css":
                old = style()
                (theme / "static/style.css").write_text(f"p {{ color: {colour} }}\n")
                told = reloaded(browser, lambda colour=colour: colour in preview.ask(style())[1])  # type: ignore[misc]
                assert colour in preview.ask(old)[1]  # by the name that the page in the browser still has for it
        assert told == "style.css"
        (theme / "templates/partials/end.html").unlink()
        (theme / "static/style.css").unlink()
        reloaded(browser, lambda: "Own end" not in preview.page() and style() != old)


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


def test_settings_that_lose_something_are_warned_of(preview: Preview, site: Workshop):
    file = site.root / "pyproject.toml"
    before = file.read_text()
    with preview.browser() as browser:
        file.write_text(before.replace("/news/", "/news/?utm=1"))
        reloaded(browser, lambda: "is ignored: addresses of pages" in preview.page(FERRY))
        file.write_text(before)
        reloaded(browser, lambda: "is ignored: addresses of pages" not in preview.page(FERRY))


def test_a_browser_that_connects_late_can_tell_that_its_page_is_old(preview: Preview, file: Path):
    with preview.browser() as browser:
        file.write_text(file.read_text().replace("nine", "noon"))
        reloaded(browser, lambda: "noon" in preview.page(FERRY))
    (token,) = re.findall(r'data-token="([^"]+)"', preview.page(FERRY))
    assert preview.ask("/livereload/token")[1] == token


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


def test_a_request_to_terminate_ends_a_preview_as_ctrl_c_does(tmp_path: Path):
    made = Workshop(tmp_path)
    made.write(SETTINGS + STORIES[0])
    running = Preview(tmp_path)
    try:
        running.wait_until_built(tmp_path)
    finally:
        assert running.stop(signal.SIGTERM) == 0
    assert not any("Traceback" in line for line in running.said)


def test_what_an_ended_preview_left_behind_goes_when_the_next_one_begins(tmp_path: Path):
    made = Workshop(tmp_path)
    made.write(SETTINGS + STORIES[0])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        left = tmp_path / f".broadsheet/preview/{free.getsockname()[1]}/site"
    left.mkdir(parents=True)
    running = Preview(tmp_path)
    try:
        assert running.ask("/news/")[0].status == 200
        assert not left.parent.exists()
    finally:
        assert running.stop() == 0
    assert (tmp_path / f".broadsheet/preview/{running.port}").is_dir()  # its next start saves a first build


def test_the_folders_of_dead_ports_go_and_those_of_living_ones_and_ones_own_stay(tmp_path: Path):
    with socket.socket() as living, socket.socket() as dying:
        living.bind(("127.0.0.1", 0))
        living.listen()
        dying.bind(("127.0.0.1", 0))
        alive, dead = living.getsockname()[1], dying.getsockname()[1]
        dying.close()
        own = 1
        for name in (alive, dead, own, "notes"):
            (tmp_path / str(name) / "site").mkdir(parents=True)
        (tmp_path / "file").write_text("")
        prune(tmp_path, own)
        assert {entry.name for entry in tmp_path.iterdir()} == {str(alive), str(own), "notes", "file"}


def test_a_link_to_a_folder_elsewhere_is_not_followed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "kept").mkdir(parents=True)
    folder = tmp_path / "preview"
    folder.mkdir()
    (folder / "2").symlink_to(elsewhere)
    prune(folder, 1)
    assert (elsewhere / "kept").is_dir()


def test_where_no_preview_ever_was_there_is_nothing_to_do(tmp_path: Path):
    prune(tmp_path / "preview", 1)
    assert not (tmp_path / "preview").exists()


def test_a_port_that_cannot_be_is_left_alone(tmp_path: Path):
    (tmp_path / "99999999").mkdir()
    prune(tmp_path, 1)
    assert (tmp_path / "99999999").is_dir()
