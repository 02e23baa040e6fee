"""Files of the site's own: beside the pages, and never in the place of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.desk.beginnings import NewSiteRequest, found
from broadsheet.errors import Report
from broadsheet.pipeline import Options
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
PLAIN = "search = false\nshare_cards = 0\nfeed_forms = ['rss']\n"
ABOUT = "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n"


def static(path: str, text: str = "own") -> str:
    return f"-- content/static/{path} --\n{text}\n"


def told(made: Workshop) -> list[tuple[str, str, str]]:
    return [(one.severity, str(one.place), one.message) for one in made.problems() if one.code.startswith("static-")]


def update(made: Workshop) -> tuple[int, int, int]:
    """What the next build did: pages drawn, files written and removed."""
    tally = pipeline.update(made.site, Options(NOW, workers=1), Report())
    return tally.drawn, tally.written, tally.removed


def test_a_file_is_published_as_it_is_and_follows_its_source(workshop: Make):
    made = workshop(story("port", "2025-05-08"), static("ads.txt"), static(".well-known/security.txt"), settings=PLAIN)
    made.build()
    assert told(made) == []
    assert made.page("ads.txt") == "own\n"
    assert made.page(".well-known/security.txt") == "own\n"
    assert "ads.txt" not in made.page("sitemap.xml")
    assert update(made) == (0, 0, 0)
    made.write(static("ads.txt", "more"))
    assert update(made) == (1, 1, 0)
    assert made.page("ads.txt") == "more\n"
    (made.root / "content/static/ads.txt").unlink()
    assert update(made) == (0, 0, 1)
    assert "ads.txt" not in made.output()


@pytest.mark.parametrize(
    "name", ["#1.txt", "a b.txt", "100%.txt", "что?.txt", "-rf", 'it\'s "so".txt', "x.md", "x.tmpl"]
)
def test_a_file_of_any_name_comes_and_goes(workshop: Make, name: str):
    made = workshop(story("port", "2025-05-08"), settings=PLAIN)
    made.build()
    before = made.output()
    made.write(static(name))
    made.build()
    assert made.page(name) == "own\n"
    (made.root / "content/static" / name).unlink()
    made.build()
    assert made.problems() == []
    assert made.output() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_every_file_can_be_read_by_a_web_server_whatever_the_umask_and_the_source(workshop: Make):
    made = workshop(story("port", "2025-05-08"), static("papers/plan.txt"), settings=PLAIN)
    (made.root / "content/static/papers/plan.txt").chmod(0o700)
    before = os.umask(0o077)
    try:
        made.build()
    finally:
        os.umask(before)
    output = made.root / "output"
    modes = {
        file.relative_to(output).as_posix(): stat.S_IMODE(file.stat().st_mode) for file in (output, *output.rglob("*"))
    }
    assert modes["papers/plan.txt"] == 0o644
    assert {modes[path] for path in made.output() if path not in (".broadsheet", ".gitignore")} == {0o644}
    assert {mode for path, mode in modes.items() if (output / path).is_dir()} == {0o755}


HIDES = {
    "about/index.html": "/about/index.html is the path of content/pages/about.md",
    "About/index.html": "/About/index.html is the path of content/pages/about.md if upper and lower case are the same: "
    "/about/index.html",
    "about": "/about is a folder of other pages",
    "ABOUT": "/ABOUT is a folder of other pages",
    "feed.xml": "/feed.xml is the path of a file that Broadsheet makes",
    "FEED.XML": "/FEED.XML is the path of a file that Broadsheet makes if upper and lower case are the same: /feed.xml",
    "index.html": "/index.html is the path of a file that Broadsheet makes",
    "404.html": "/404.html is the path of a file that Broadsheet makes",
    "sitemap.xml": "/sitemap.xml is the path of a file that Broadsheet makes",
    "Robots.txt": "/Robots.txt is the path of a file that Broadsheet makes if upper and lower case are the same: /robots.txt",
    "feed.xml/more": "/feed.xml is a file, not a folder",
    "2025/05/08/port/index.html": "/2025/05/08/port/index.html is the path of content/stories/2025/05/port.md",
    "pictures/logo.png": "/pictures/ is the folder of files that Broadsheet makes",
    "static/style.css": "/static/ is the folder of files that Broadsheet makes",
    "Pagefind/x.js": "/pagefind/ is the folder of files that Broadsheet makes",
}


@pytest.mark.parametrize("path", HIDES)
def test_a_file_that_would_hide_a_page_is_left_out_and_named_with_it(workshop: Make, path: str):
    plain = workshop(story("port", "2025-05-08"), ABOUT, settings=PLAIN)
    plain.build()
    before = plain.output()
    plain.write(static(path))
    plain.build()
    assert told(plain) == [("error", f"content/static/{path}", f"is left out: {HIDES[path]}")]
    assert plain.output() == before


def test_two_files_that_are_one_on_some_systems_are_told_apart(workshop: Make):
    made = workshop(static("Notes.txt", "first"), static("notes.txt", "second"), static("other/notes.txt"))
    made.build()
    assert [place for _, place, _ in told(made)] == ["content/static/notes.txt"]
    assert "content/static/Notes.txt" in told(made)[0][2]
    assert made.page("Notes.txt") == "first\n"
    assert "notes.txt" not in made.output()


def test_a_file_goes_before_an_old_address(workshop: Make):
    made = workshop(story("port", "2025-05-08", aliases="[/old/]"), static("old/index.html"), settings=PLAIN)
    made.build()
    assert made.page("old/index.html") == "own\n"
    (problem,) = made.problems("error")
    assert "content/static/old/index.html" in problem.message


@pytest.mark.parametrize("path", ["robots.txt", "_headers", "_redirects"])
def test_a_file_for_machines_of_ones_own_takes_the_place_of_the_made_one_with_a_warning(workshop: Make, path: str):
    made = workshop(story("port", "2025-05-08"), static(path), settings=PLAIN)
    made.build()
    message = f"takes the place of the /{path} that Broadsheet makes"
    assert told(made) == [("warning", f"content/static/{path}", message)]
    assert made.page(path) == "own\n"
    (made.root / "content/static" / path).unlink()
    made.build()
    assert told(made) == []
    assert made.page(path) != "own\n"


def test_it_is_said_where_settings_are_without_effect(workshop: Make):
    settings = f"{PLAIN}robots = {{ rsl = true, tdm = true }}\n"
    files = ("robots.txt", "rsl.xml", ".well-known/tdmrep.json", "_headers", "_redirects")
    made = workshop(story("port", "2025-05-08"), *map(static, files), settings=settings)
    made.build()
    without = {place for _, place, message in told(made) if message.endswith("what the settings say under robots")}
    assert without == {f"content/static/{path}" for path in files if path != "_redirects"}
    assert {made.page(path) for path in files} == {"own\n"}


def test_the_file_may_be_an_address_that_stories_lead_to(workshop: Make):
    made = workshop(story("port", "2025-05-08", body="[The plan](/papers/plan.pdf)"), static("papers/plan.pdf"))
    made.build()
    assert made.problems("error") == []
    assert (made.root / "output/papers/plan.pdf").is_file()


def test_a_new_site_has_no_such_folder(tmp_path: Path):
    found(tmp_path / "site", NewSiteRequest())
    assert not (tmp_path / "site/content/static").exists()
