"""A site in several languages is one site: each has its pages, and every page leads to the same in the others."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import feedparser
import msgspec
import pytest
from lxml import etree, html

from broadsheet import published
from broadsheet.check.explanation import explain
from broadsheet.desk import freeze_closed
from broadsheet.errors import Report
from broadsheet.pages import Kind, template
from broadsheet.pipeline import Options, build
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
SAMPLE = Path(__file__).parents[2] / "samples/languages"
SETTINGS = 'languages = ["en", "de", "ar"]\nsearch = false\nshare_cards = 0\n'
FERRY = story("ferry", "2025-05-07", id="ferry", title="The ferry sails", section="World")
GERMAN = story(
    "fähre", "2025-05-07", id="fähre", title="Die Fähre fährt", section="Welt", lang="de", translation_of="ferry"
)
STORM = story("storm", "2025-05-08", id="storm", title="A storm", section="World")
AUSTRIAN = story("hafen", "2025-05-08", id="hafen", title="Der Hafen", section="Welt", lang="de-AT")


@pytest.fixture
def digest(tmp_path: Path) -> Workshop:
    """The sample in three languages, with what was built of it left out."""
    shutil.copytree(SAMPLE, tmp_path / "site", ignore=shutil.ignore_patterns("output", ".broadsheet"))
    return Workshop(tmp_path / "site")


def page(made: Workshop, path: str) -> html.HtmlElement:
    return html.fromstring(made.output()[f"{path}index.html"])


def languages(made: Workshop, path: str) -> dict[str, str]:
    """What a page says leads to each language, by its name there; the language that it is in has no address."""
    [switch] = page(made, path).xpath("//header/nav[@class='languages']")
    return {"".join(it.itertext()): next(iter(it.xpath("a/@href")), "") for it in switch.xpath(".//li")}


def test_the_sample_in_three_languages_is_whole(digest: Workshop):
    made = digest.build(now=dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
    assert [one for one in digest.problems() if one.severity != "note"] == []
    assert len(made.newspaper.stories) == 21
    for home, tag, direction in (("", "en", "ltr"), ("de/", "de", "ltr"), ("ar/", "ar", "rtl")):
        for path in ("", "editions/", "archive/", "search/", "threads/", "threads/conclave-2025/"):
            found = page(digest, home + path)
            assert (found.get("lang"), found.get("dir")) == (tag, direction)
            assert {it.get("hreflang") for it in found.xpath("//head/link[@hreflang]")} == {
                "en",
                "de",
                "ar",
                "x-default",
            }
        feed = feedparser.parse(digest.output()[f"{home}feed.xml"])
        assert feed.feed.language == tag
        assert all(entry.link.startswith(f"https://harbours.example/{home}2025/") for entry in feed.entries)
        assert f"{home}pagefind/pagefind.js" in digest.output()
    assert languages(digest, "sections/culture/") == {
        "English": "", "Deutsch": "/de/sections/kultur/", "العربية": "/ar/sections/%D8%AB%D9%82%D8%A7%D9%81%D8%A9/",
    }  # fmt: skip


def test_translations_are_one_in_a_running_story_and_what_is_not_translated_stands_as_it_is(digest: Workshop):
    digest.build(now=dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
    steps = {
        home: [(it.get("lang", ""), it.text) for it in page(digest, f"{home}threads/conclave-2025/").xpath("//h2[a]/a")]
        for home in ("", "de/", "ar/")
    }
    assert {home: len(found) for home, found in steps.items()} == {"": 4, "de/": 4, "ar/": 4}
    arabic = page(digest, "ar/threads/conclave-2025/")
    assert arabic.xpath("//h1/text()") == ["المجمع المغلق 2025"]
    assert arabic.xpath("//h2[@lang='en']/a/@href") == ["/2025/05/07/conclave-begins/"]
    assert not arabic.xpath("//article[h2/@lang='en']//p[@class='kicker']")  # its sections are not those of Arabic
    feed = feedparser.parse(digest.output()["ar/threads/conclave-2025/feed.xml"])
    assert len(feed.entries) == 3


def test_a_page_without_a_translation_leads_to_the_front_of_the_language_and_says_so(workshop: Make):
    made = workshop(FERRY, GERMAN, STORM, settings=SETTINGS)
    made.build()
    assert languages(made, "2025/05/07/ferry/") == {
        "English": "", "Deutsch": "/de/2025/05/07/fahre/", "العربية The latest edition": "/ar/",
    }  # fmt: skip
    assert languages(made, "2025/05/08/storm/")["Deutsch The latest edition"] == "/de/"
    heads = page(made, "2025/05/07/ferry/").xpath("//head/link[@hreflang]/@hreflang")
    assert heads == ["en", "x-default", "de"]  # a front page is no translation
    assert not page(made, "2025/05/08/storm/").xpath("//head/link[@hreflang]")
    assert page(made, "2025/05/08/storm/").xpath("//meta[@property='og:locale']/@content") == ["en_US"]


def test_a_front_page_offers_what_is_not_there_in_its_language(workshop: Make):
    made = workshop(FERRY, GERMAN, STORM, AUSTRIAN, settings=SETTINGS)
    made.build()
    german = page(made, "de/").xpath("//section[@class='elsewhere']//h3")
    assert [(it.get("lang"), it.xpath("string()"), it.xpath("a/@href")[0]) for it in german] == [
        ("en", "A storm", "/2025/05/08/storm/")
    ]
    arabic = page(made, "ar/").xpath("//section[@class='elsewhere']//h3/@lang")  # it has no story of its own
    assert sorted(arabic) == ["de-AT", "en", "en"]


def test_a_story_in_another_country_of_a_language_stands_in_it_and_one_in_no_language_in_the_first(workshop: Make):
    french = story("bac", "2025-05-08", lang="fr")
    filed = story("ohne", "2025-05-08").replace("stories/2025/05/", "stories/de/")
    made = workshop(AUSTRIAN, french, filed, settings=SETTINGS)
    made.build()
    wanted = {"de/2025/05/08/hafen/", "2025/05/08/bac/", "de/2025/05/08/ohne/"}  # the last lies in the folder de
    assert {f"{address}index.html" for address in wanted} <= made.output().keys()
    assert page(made, "2025/05/08/bac/").get("lang") == "fr"


def test_sitemaps_and_feeds_name_the_other_languages(workshop: Make):
    made = workshop(FERRY, GERMAN, settings=SETTINGS)
    made.build()
    tree = etree.fromstring(made.output()["de/sitemap.xml"])
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    found = {
        it.findtext("s:loc", "", names): {one.get("hreflang"): one.get("href") for one in it.findall("x:link", names)}
        for it in tree.findall("s:url", names)
    }
    root = "https://example.org/"
    ferry, german = f"{root}2025/05/07/ferry/", f"{root}de/2025/05/07/fahre/"
    assert found[german] == {"en": ferry, "de": german, "x-default": ferry}
    assert all(address.startswith(f"{root}de/") for address in found)
    assert f"Sitemap: {root}de/sitemap.xml".encode() in made.output()["robots.txt"].splitlines()
    for name, kind in (("feed.xml", "application/rss+xml"), ("atom.xml", "application/atom+xml")):
        links = feedparser.parse(made.output()[f"de/{name}"]).feed.links
        others = {it.hreflang: it.href for it in links if it.rel == "alternate" and it.get("hreflang")}
        assert others == {"en": root + name, "ar": f"{root}ar/{name}"}
        assert {it.type for it in links if it.get("hreflang")} == {kind}


def test_editions_of_each_language_count_for_themselves_and_have_notes_of_their_own(workshop: Make):
    note = '-- content/editions/de/2025-05-07.md --\n---\ntitle: Der Fährentag\n---\nAlles "neu".\n'
    made = workshop(FERRY, GERMAN, STORM, note, settings=SETTINGS)
    made.build()
    assert page(made, "de/editions/2025-05-07/").xpath("//title/text()") == ["Der Fährentag · Daily"]
    assert "Alles „neu“." in made.page("de/editions/2025-05-07/index.html")
    assert "Der Fährentag" not in made.page("editions/2025-05-07/index.html")
    assert [one.severity for one in made.problems() if one.code == "edition-empty"] == []


def test_pages_of_the_editors_own_stand_in_their_language_and_in_others_as_what_they_are(workshop: Make):
    about = "-- content/pages/about.md --\n---\ntitle: About\n---\nText.\n"
    own = "-- content/pages/de/about.md --\n---\ntitle: Über uns\n---\nText.\n"
    made = workshop(FERRY, GERMAN, about, own, settings=SETTINGS)
    made.build()
    assert languages(made, "about/")["Deutsch"] == "/de/about/"
    german, arabic = (page(made, home).xpath("//footer//a[contains(@href, 'about')]") for home in ("de/", "ar/"))
    assert [(it.get("href"), it.get("lang"), it.text) for it in german] == [("/de/about/", None, "Über uns")]
    assert [(it.get("href"), it.get("lang"), it.text) for it in arabic] == [("/about/", "en", "About")]


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_settings_say_what_a_site_says_in_each_language(workshop: Make, theme: str):
    told = (
        f'theme = "{theme}"\n{SETTINGS}taxonomies = {{ country = "Countries" }}\n'
        '[tool.broadsheet.translations.de]\ntitle = "Der Bogen"\ntaxonomies = { country = "Länder" }\n'
        'words = { languages = "Sprachen" }\n'
    )
    made = workshop(
        story("one", "2025-05-07", country="Peru"),
        story("zwei", "2025-05-07", country="Peru", lang="de"),
        settings=told,
    )
    made.build()
    german = page(made, "de/")
    assert german.xpath("//meta[@property='og:site_name']/@content") == ["Der Bogen"]
    assert german.xpath("//nav[@aria-label='Sprachen']")
    assert german.xpath("//footer//a[@href='/de/countries/']/text()") == ["Länder"]
    assert page(made, "").xpath("//footer//a[@href='/countries/']/text()") == ["Countries"]


def test_an_increment_is_as_a_clean_build_and_why_tells_of_a_translation(workshop: Make, tmp_path: Path):
    made = workshop(FERRY, STORM, settings=SETTINGS.replace("search = false\n", "threads = false\n"))
    made.build()
    made.write(GERMAN)
    options = Options(NOW)
    said = explain(made.site, options, "2025/05/07/ferry/", Report()).changes
    assert any("translations" in line for line in said)
    made.build()
    made.write(GERMAN.replace("Die Fähre fährt", "Die Fähre liegt fest"))
    made.build()
    made.write(AUSTRIAN)
    made.build()
    made.write(AUSTRIAN.replace("A body.", "Ein anderer Text."))  # no more than its words
    made.build()
    clean = Workshop(tmp_path / "clean")
    shutil.copytree(made.root, clean.root, ignore=shutil.ignore_patterns("output", ".broadsheet"))
    clean.build()
    assert made.output() == clean.output()
    assert "liegt fest" in made.page("de/index.html")


def test_a_site_that_becomes_one_in_several_languages_keeps_its_addresses(workshop: Make):
    made = workshop(FERRY, GERMAN, AUSTRIAN, settings="search = false\nshare_cards = 0\n")
    built = made.build()
    record = published.load(made.site, Report())
    items = [*published.newspaper(made.site, built.newspaper, record), *published.places(built.plan, record)]
    published.keep(made.site, items, "live", NOW)
    before = {path for path in made.output() if path.endswith("index.html")}
    file = made.root / "pyproject.toml"
    file.write_text(file.read_text() + SETTINGS.splitlines()[0] + "\n")
    made.build()
    assert before <= made.output().keys()
    assert 'href="/de/2025/05/07/fahre/"' in made.page("2025/05/07/fahre/index.html")
    assert 'href="/de/sections/welt/"' in made.page("sections/welt/index.html")


def test_an_edition_is_frozen_under_the_name_that_the_site_has_in_its_language(workshop: Make):
    made = workshop(FERRY, GERMAN, settings=f'{SETTINGS}[tool.broadsheet.translations.de]\ntitle = "Der Bogen"\n')
    assert freeze_closed(made.site, made.build().newspaper, NOW).problems == []
    frozen = (made.root / "content/editions/de/2025-05-07.md").read_text("utf-8")
    assert "title: Der Bogen" in frozen
    made.build()
    assert page(made, "de/editions/2025-05-07/").xpath("//p[@class='name']/a/text()") == ["Der Bogen"]
    assert {one.code for one in made.problems() if one.severity != "note"} <= {"section-new"}


def test_editions_that_were_frozen_in_one_language_hold_when_the_site_has_several(workshop: Make):
    made = workshop(FERRY, GERMAN, settings="search = false\nshare_cards = 0\n")
    assert freeze_closed(made.site, made.build().newspaper, NOW).problems == []
    file = made.root / "pyproject.toml"
    file.write_text(file.read_text() + SETTINGS.splitlines()[0] + "\n")
    made.build()
    assert {one.code for one in made.problems() if one.severity != "note"} <= {"section-new"}
    assert page(made, "editions/2025-05-07/").xpath("//article//h2/a/@href") == ["/2025/05/07/ferry/"]
    assert page(made, "de/editions/2025-05-07/").xpath("//article//h2/a/@href") == ["/de/2025/05/07/fahre/"]


def test_a_kind_of_page_of_the_sites_own_is_there_in_each_language_whose_folder_it_names(workshop: Make):
    class CountInputs(msgspec.Struct, frozen=True):
        address: str
        count: int

    def plan(context):
        for address in (f"{context.home}count/", "all/"):
            yield context.page(address, "count.html", CountInputs(address, len(context.newspaper.stories)))

    def view(made, context):
        return {"page": context.page("count", made.address, f"{made.count}")}

    kind = Kind("count", CountInputs, view=view, plan=plan, templates={"count.html": template("How many.")})
    own = "-- themes/broadsheet/templates/count.html --\n{% extends 'base.html' %}{% block main %}{{ page.title }}{% endblock %}\n"
    made = workshop(FERRY, STORM, GERMAN, own, settings=SETTINGS)
    report = Report()
    build(made.site, Options(NOW, pages=[kind]), report)
    assert [one.message for one in report if one.severity == "error"] == []
    titles = {path: page(made, path).xpath("//title/text()")[0][0] for path in ("count/", "de/count/", "all/")}
    assert titles == {"count/": "2", "de/count/": "1", "all/": "2"}
    assert languages(made, "count/")["Deutsch"] == "/de/count/"


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
@pytest.mark.parametrize("tags", [("en", "de", "de-AT"), ("en", "ar", "he", "iw"), ("de", "de-AT", "en")])
def test_languages_with_the_same_words_have_one_file_of_the_theme(workshop: Make, theme: str, tags: tuple[str, ...]):
    named = ", ".join(f'"{tag}"' for tag in tags)
    made = workshop(FERRY, GERMAN, AUSTRIAN, settings=f'theme = "{theme}"\nlanguages = [{named}]\nsearch = false\n')
    made.build()
    assert made.problems("error") == []
    out = made.output()
    styles = set()
    for tag in tags:
        feed = out["feed.xml" if tag == tags[0] else f"{tag.lower()}/feed.xml"]
        [style] = re.findall(rb'href="/(static/feed\.\w+\.css)"', feed)
        assert style.decode() in out
        styles.add(style)
    assert len(styles) == len({tag.partition("-")[0].replace("iw", "he") for tag in tags})
