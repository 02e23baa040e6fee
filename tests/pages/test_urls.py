"""Addresses of a site: one spelling for each, in every file that states it, whatever the names and the site's own are."""

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from broadsheet.check import check_site
from broadsheet.errors import Report
from broadsheet.pages.urls import Addresses
from broadsheet.pipeline import Options, silent
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
STORIES = (
    story("порт", "2025-05-08", section="Порт", topics="[港口, Θάλασσα]", authors="[Олена Коваль, Ada Reed]",
          source="{name: Газета}", thread="Мост", aliases="[/старый/порт/]"),
    story("pier", "2025-05-09", section="Порт", topics="[港口, Θάλασσα]", authors="[Олена Коваль, Ada Reed]",
          source="{name: Газета}", thread="Мост", body="See [the port](/2025/05/08/порт/)."),
    story("quay", "2025-05-10", section="Ö Café", thread="Мост"),
)  # fmt: skip
PLAIN = 'sections = ["Порт", "Ö Café"]\nsearch = false\nshare_cards = 0\n'
HOMES = {
    "https://example.org/": "https://example.org/",
    "https://example.org/новини/": "https://example.org/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/",
    "https://example.org/%d0%bd%d0%be%d0%b2%D0%B8%D0%BD%D0%B8": "https://example.org/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/",
    "https://новини.example/a b": "https://xn--b1amarcd.example/a%20b/",
}
ADDRESSES = re.compile(rb'(?:href|xmlUrl|htmlUrl)="(https?://[^"]*)"|<(?:loc|link)>([^<]*)</|"(https?://[^"]*)"')


@pytest.mark.parametrize(("written", "root"), HOMES.items())
def test_a_site_has_one_address_however_it_is_written(written: str, root: str):
    assert Addresses(written).root == root
    assert Addresses(root).root == root


@pytest.mark.parametrize(("written", "root"), HOMES.items())
def test_names_of_any_script_below_any_address_break_no_rule_and_no_link(workshop: Make, written: str, root: str):
    made = workshop(*STORIES, settings=PLAIN)
    made.write(f'-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily"\nurl = "{written}"\n{PLAIN}')
    report = Report()
    check_site(made.site, Options(NOW, workers=1), report, silent)
    assert [str(problem) for problem in report if problem.severity == "error"] == []
    feeds = {path: data for path, data in made.output().items() if path.endswith(("feed.xml", "atom.xml", "feed.json"))}
    assert {path.split("/")[0] for path in feeds} > {"sections", "topics", "authors", "sources", "threads", "feed.xml"}
    for path, data in feeds.items():
        assert Addresses(root).absolute(path).encode() in data, path


def test_every_file_for_machines_states_addresses_encoded_once(workshop: Make):
    made = workshop(*STORIES, settings=PLAIN)
    made.build()
    output = made.output()
    for path, data in output.items():
        if path.endswith((".xml", ".opml", ".json")) and not path.startswith(("pagefind", "static")):
            for found in ADDRESSES.findall(data):
                address = unescape(next(filter(None, found), b"").decode()).rstrip("\\")  # in JSON
                if not address.startswith("https://example.org/"):
                    continue
                there = unquote(urlsplit(address).path).removeprefix("/")
                assert address.isascii(), path
                assert "%25" not in address, path
                assert there in output or f"{there}index.html" in output, (path, address)


def test_a_page_a_feed_and_the_sitemap_state_one_address(workshop: Make):
    made = workshop(*STORIES, settings=PLAIN)
    made.build()
    address = "https://example.org/2025/05/08/%D0%BF%D0%BE%D1%80%D1%82/"
    assert f'<link rel="canonical" href="{address}">' in made.page("2025/05/08/порт/index.html")
    assert address in [item["url"] for item in json.loads(made.page("feed.json"))["items"]]
    assert f"<link>{address}</link>" in made.page("feed.xml")
    assert f"<loc>{address}</loc>" in made.page("sitemap.xml")
    assert f'<link rel="canonical" href="{address}">' in made.page("старый/порт/index.html")
    assert made.page("_redirects").startswith(
        "/%D1%81%D1%82%D0%B0%D1%80%D1%8B%D0%B9/%D0%BF%D0%BE%D1%80%D1%82/ /2025/05/08/%D0%BF%D0%BE%D1%80%D1%82/ 301\n"
    )


def test_a_static_file_with_a_name_of_several_words_is_found(workshop: Make):
    made = workshop(
        story("port", "2025-05-08"),
        '-- themes/own/theme.toml --\nextends = "broadsheet"\n-- themes/own/static/my 100% sheet.css --\np{}\n'
        "-- themes/own/templates/empty.html --\n-- themes/own/templates/prose.html --\n"
        "<link rel=stylesheet href=\"{{ asset('my 100% sheet.css') }}\">\n-- content/pages/about.md --\n"
        '---\ntitle: "About"\n---\nWords.\n',
        settings='theme = "own"\n',
    )  # fmt: skip
    made.build()
    href = re.search(r'href="([^"]*sheet[^"]*)"', made.page("about/index.html"))
    assert href is not None
    assert href[1].startswith("/static/my%20100%25%20sheet.")
    assert unquote(href[1]).removeprefix("/") in made.output()


LIKE = {"c": "C", "cpp": "C++", "cs": "C#"}


def alike(order: str = "123456", **more: str) -> list[str]:
    """Two stories on each of three names that have one slug; ``order`` are the days of the stories."""
    days = iter(order)
    return [
        story(f"{name}{n}", f"2025-05-0{next(days)}", section=f'"{said}"', authors=f'["{said}"]', topics=f'["{said}"]',
              source=f'{{name: "{said}"}}', thread=f'"{said}"', **more)
        for name, said in LIKE.items() for n in "12"
    ]  # fmt: skip


def links(page: str, folder: str) -> dict[str, set[str]]:
    """The names that a page links to below a folder, each with its addresses."""
    found: dict[str, set[str]] = {}
    for address, text in re.findall(rf'<a [^>]*href="/({folder}/[^"]+/)"[^>]*>([^<]*)<', page):
        found.setdefault(unescape(text), set()).add(address)
    return found


OWN = {"C": "c", "C++": "c-plus-plus", "C#": "c-sharp"}


def test_names_with_one_slug_are_pages_of_their_own_and_every_story_shows_its_own(workshop: Make):
    made = workshop(*alike(), settings=f"{PLAIN}thread_minimum = 2\n")
    made.build()
    for folder in ("sections", "topics", "authors", "sources", "threads"):
        for name, said in LIKE.items():
            address = f"{folder}/{OWN[said]}/"
            page = made.page(f"{address}index.html")
            assert set(re.findall(r'href="/2025/05/\d\d/(\w+)/"', page.partition("<footer")[0])) >= {
                f"{name}1",
                f"{name}2",
            }
            shown = links(made.page(f"2025/05/0{2 * list(LIKE).index(name) + 1}/{name}1/index.html"), folder)
            assert shown.pop(said, {address}) == {address}
            if folder != "sections":  # which the navigation has, all of them
                assert not shown.keys() & set(LIKE.values())
            guids = re.findall(r"<guid[^>]*>(\w+)<", made.page(f"{address}feed.xml"))
            assert sorted(guids) == [f"{name}1", f"{name}2"]
    for path, text in made.output().items():
        if path.endswith(".html"):
            found = links(text.decode(), "sections")
            assert all(
                found.get(said, {f"sections/{OWN[said]}/"}) == {f"sections/{OWN[said]}/"} for said in LIKE.values()
            )
            assert len(set(re.findall(r' id="(desk-[^"]+)"', text.decode()))) == text.count(b' id="desk-')


def test_addresses_of_names_do_not_depend_on_the_order_of_stories(workshop: Make):
    made = workshop(*alike(), settings=f"{PLAIN}thread_minimum = 2\n")
    made.build()
    before = {path for path in made.output() if path.startswith(("sections/", "topics/", "authors/", "sources/"))}
    for file in (made.root / "content/stories").rglob("*.md"):
        file.unlink()
    for text in alike("654321"):
        made.write(text)
    made.build()
    after = {path for path in made.output() if path.startswith(("sections/", "topics/", "authors/", "sources/"))}
    assert after == before


def test_a_lone_name_keeps_its_plain_address_until_another_has_a_page(workshop: Make):
    made = workshop(*alike()[2:4], settings=PLAIN)
    made.build()
    assert ">C++</a>" in made.page("topics/index.html")
    assert 'href="/topics/c/"' in made.page("topics/index.html")
    made.write(
        alike()[0].replace('section: "C"\n', "").replace('authors: ["C"]\n', "").replace('source: {name: "C"}\n', "")
    )
    made.build()
    assert links(made.page("topics/index.html"), "topics") == {"C++": {"topics/c/"}}


def test_pages_that_link_to_a_name_are_drawn_again_when_its_address_moves(workshop: Make):
    made = workshop(*alike()[2:], settings=f"{PLAIN}thread_minimum = 2\n")
    made.build()
    assert links(made.page("2025/05/03/cpp1/index.html"), "sections")["C++"] == {"sections/c-plus-plus/"}
    for file in (made.root / "content/stories").rglob("cs?.md"):
        file.unlink()
    made.build()
    assert links(made.page("2025/05/03/cpp1/index.html"), "sections")["C++"] == {"sections/c/"}
    for text in alike()[:2]:
        made.write(text)
    made.build()
    grown = made.output()
    shutil.rmtree(made.root / "output")
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    clean = made.output()
    assert {path: data for path, data in grown.items() if clean.get(path) != data} == {}


def test_addresses_of_other_sites_are_encoded_once_and_shown_as_they_were_written(workshop: Make):
    source = "{url: https://de.wikipedia.org/wiki/Größe}"
    made = workshop(
        story("port", "2025-05-08", source=source), settings='contact = "https://bücher.example/größe?x=%C3%A4"\n'
    )
    made.build()
    page = html.fromstring(made.output()["2025/05/08/port/index.html"])
    [link] = page.xpath("//a[@rel='external']")
    assert (link.get("href"), link.text) == (
        "https://de.wikipedia.org/wiki/Gr%C3%B6%C3%9Fe",
        "https://de.wikipedia.org/wiki/Größe",
    )
    assert "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?x=%C3%A4" in page.xpath("//footer//a/@href")
