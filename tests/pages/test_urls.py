"""Addresses of a site: one spelling for each, in every file that states it, whatever the names and the site's own are."""

import json
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest

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
