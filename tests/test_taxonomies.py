"""A taxonomy of a site's own: one line of settings makes lists, pages, feeds and links of a key of front matter."""

import json
import re
from collections.abc import Callable

import pytest

from broadsheet.check import check_site
from broadsheet.check.explanation import explain
from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
PLAIN = "search = false\nshare_cards = 0\n"
COUNTRIES = f'{PLAIN}[tool.broadsheet.taxonomies]\ncountry = "Countries"\n'
STORIES = (
    story("port", "2025-05-08", section="World", country="France"),
    story("pier", "2025-05-09", section="World", country="[Italy, France, france]"),
    story("quay", "2025-05-10", section="World", country='["C++", "C"]'),
    story("mole", "2025-05-10", section="World"),
)


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_line_of_settings_makes_pages_feeds_and_links(workshop: Make, theme: str):
    made = workshop(*STORIES, settings=f'theme = "{theme}"\n{COUNTRIES}')
    report = Report()
    check_site(made.site, Options(NOW, workers=1), report, silent)
    told = [str(problem) for problem in report if problem.severity != "note"]
    assert [text for text in told if "/editions/2025/" not in text] == []  # which the plain theme has no link to
    index = made.page("countries/index.html")
    assert re.findall(r'<a href="/countries/([^"]+)/">([^<]+)</a>', index) == [
        ("c", "C"), ("c-plus-plus", "C++"), ("france", "France"), ("italy", "Italy")
    ]  # fmt: skip
    assert "<h1>Countries</h1>" in index
    france = made.page("countries/france/index.html")
    assert "/2025/05/08/port/" in france
    assert "/2025/05/09/pier/" in france
    assert "/2025/05/10/quay/" not in france
    assert 'href="https://example.org/countries/france/feed.xml"' in france
    assert [item["id"] for item in json.loads(made.page("countries/france/feed.json"))["items"]] == ["pier", "port"]
    pier = made.page("2025/05/09/pier/index.html")
    assert re.search(r"<dt>Countries</dt>\s*<dd>.*/countries/italy/.*/countries/france/", pier)
    assert "<dt>Countries</dt>" not in made.page("2025/05/10/mole/index.html")
    assert '<a href="/countries/">Countries</a>' in made.page("index.html")
    assert '<a href="/countries/" aria-current="page">Countries</a>' in index
    sitemap = made.page("sitemap.xml")
    assert "<loc>https://example.org/countries/</loc>" in sitemap
    assert "<loc>https://example.org/countries/france/</loc>" in sitemap
    assert "c-plus-plus" not in sitemap  # a list of one story, which search engines are asked to leave out
    assert '<outline text="Countries">' in made.page("feeds.opml")
    assert 'htmlUrl="https://example.org/countries/italy/"' in made.page("feeds.opml")


def trails(page: str) -> list[list[str]]:
    """The breadcrumbs of a page, as crawlers read them."""
    found = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
    things = found.get("@graph", [found])
    return [[it["name"] for it in thing["itemListElement"]] for thing in things if thing["@type"] == "BreadcrumbList"]


def test_breadcrumbs_lead_through_the_page_of_all_terms(workshop: Make):
    made = workshop(*STORIES, settings=COUNTRIES)
    made.build()
    assert trails(made.page("countries/france/index.html")) == [["Daily", "Countries", "France"]]
    assert trails(made.page("2025/05/08/port/index.html")) == [
        ["Daily", "World", "Port"], ["Daily", "Countries", "France", "Port"]
    ]  # fmt: skip
    assert '"keywords":["France"]' in made.page("2025/05/08/port/index.html")
    assert "<category>France</category>" in made.page("feed.xml")


def test_the_key_is_known_and_one_that_is_near_it_is_asked_for(workshop: Make):
    made = workshop(story("port", "2025-05-08", country="France", contry="Italy"), settings=COUNTRIES)
    made.build()
    (problem,) = made.problems()
    assert (problem.code, problem.hint) == ("key-unknown", "Did you mean 'country'?")
    made.write(f"-- pyproject.toml --\n[tool.broadsheet]\n{PLAIN}")
    made.build()
    assert sorted(problem.message.split("'")[1] for problem in made.problems()) == ["contry", "country"]
    assert "countries/index.html" not in made.output()


def test_a_value_that_is_no_name_is_an_error_with_its_line(workshop: Make):
    made = workshop(
        story("port", "2025-05-08", country="{code: FR}"), story("pier", "2025-05-08", country=""),
        story("quay", "2025-05-08", country="1848"), settings=COUNTRIES,
    )  # fmt: skip
    made.build()
    (problem,) = made.problems()
    assert str(problem.place) == "content/stories/2025/05/port.md:5"
    assert "country: {code: FR} is not a list of texts" in problem.message
    assert ">1848</a>" in made.page("countries/index.html")


def test_a_value_is_read_as_it_was_typed(workshop: Make):
    made = workshop(story("port", "2025-05-08", country="NO"), story("pier", "2025-05-08", country="[NO, SE, 2.0]"),
        settings=COUNTRIES)  # fmt: skip
    made.build()
    assert made.problems() == []
    index = made.page("countries/index.html")
    assert all(f">{name}</a>" in index for name in ("NO", "SE", "2.0"))


@pytest.mark.parametrize("key", ["draft", "private"])
def test_a_key_that_keeps_a_text_from_readers_does_so_whatever_else_a_site_takes_it_for(workshop: Make, key: str):
    settings = f'search = false\n[tool.broadsheet.taxonomies]\n{key} = "Marks"\n'
    made = workshop(story("port", "2025-05-08", **{key: "true"}), story("pier", "2025-05-08"), settings=settings)
    made.build()
    assert "2025/05/08/port/index.html" not in made.output()
    assert "2025/05/08/pier/index.html" in made.output()


def test_a_table_says_from_how_many_stories_a_term_has_a_page_and_whether_it_has_feeds(workshop: Make):
    settings = (
        f'{PLAIN}[tool.broadsheet.taxonomies.place]\ntitle = "Countries"\nkey = "country"\nminimum = 2\nfeeds = false\n'
    )
    made = workshop(*STORIES, settings=settings)
    made.build()
    assert made.problems() == []
    assert {path for path in made.output() if path.startswith("countries/")} == {
        "countries/index.html", "countries/france/index.html"
    }  # fmt: skip
    pier = made.page("2025/05/09/pier/index.html")
    assert ">France</a>" in pier
    assert "Italy" in pier
    assert ">Italy</a>" not in pier


def test_what_a_whole_build_makes_is_made_when_a_story_or_the_settings_change(workshop: Make):
    made = workshop(*STORIES, settings=PLAIN)
    made.build()
    (made.root / "pyproject.toml").write_text(
        f'[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/"\n{COUNTRIES}'
    )
    made.build()
    assert "countries/france/index.html" in made.output()
    made.write(story("mole", "2025-05-10", section="World", country="Italy", body="Other words."))
    made.build()
    grown = made.output()
    assert ">Mole</a>" in grown["countries/italy/index.html"].decode()
    fresh = made.root.rename(made.root.with_name("before"))
    clean = workshop(*STORIES, settings=COUNTRIES)
    clean.write(
        (fresh / "content/stories/2025/05/mole.md").read_text().join(["-- content/stories/2025/05/mole.md --\n", ""])
    )
    clean.build()
    assert {path for path, data in clean.output().items() if grown.get(path) != data} == set()
    assert grown.keys() == clean.output().keys()


def test_why_a_page_is_drawn_names_the_taxonomy(workshop: Make):
    made = workshop(*STORIES, settings=COUNTRIES)
    made.build()
    made.write(story("port", "2025-05-08", section="World", country="Italy"))
    found = explain(made.site, Options(NOW), "countries/france/index.html", Report())
    assert any("stories" in change for change in found.changes)
    found = explain(made.site, Options(NOW), "content/stories/2025/05/port.md", Report())
    assert any("terms" in change for change in found.changes)
