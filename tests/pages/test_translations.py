"""Translations: a story and the same in another language lead to each other, for readers and for search engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree, html

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
SETTINGS = "search = false\nshare_cards = 0\n"
ENGLISH = story("ferry", "2025-05-07", id="ferry-en")
FRENCH = story("bac", "2025-05-07", id="ferry-fr", lang="fr", translation_of="ferry-en")
ARABIC = story("abbara", "2025-05-08", id="ferry-ar", lang="ar", translation_of="ferry-fr")
ADDRESSES = {
    "en": "https://example.org/2025/05/07/ferry/",
    "fr": "https://example.org/2025/05/07/bac/",
    "ar": "https://example.org/2025/05/08/abbara/",
}


def page(made: Workshop, address: str) -> html.HtmlElement:
    return html.fromstring(made.output()[f"{address}index.html"])


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_translations_lead_to_each_other_in_their_own_names(workshop: Make, theme: str):
    made = workshop(ENGLISH, FRENCH, ARABIC, story("other", "2025-05-08"), settings=f'{SETTINGS}theme = "{theme}"\n')
    made.build()
    for address, others in (
        ("2025/05/07/ferry/", {"fr": "Français", "ar": "العربية"}),
        ("2025/05/07/bac/", {"en": "English", "ar": "العربية"}),
        ("2025/05/08/abbara/", {"en": "English", "fr": "Français"}),
    ):
        found = page(made, address)
        heads = {it.get("hreflang"): it.get("href") for it in found.xpath("//head/link[@hreflang]")}
        assert heads == {**ADDRESSES, "x-default": ADDRESSES["en"]}  # both ways, and the page itself
        links = found.xpath("//body//a[@hreflang]")
        assert {it.get("hreflang"): it.text for it in links} == others
        assert all(it.get("lang") == it.get("hreflang") for it in links)
        assert {it.get("dir") for it in links if it.get("lang") == "ar"} <= {"rtl"}
    found = page(made, "2025/05/07/bac/")
    assert found.xpath("//meta[@property='og:locale']/@content") == ["fr_FR"]
    assert sorted(found.xpath("//meta[@property='og:locale:alternate']/@content")) == ["ar_EG", "en_US"]
    assert not page(made, "2025/05/08/other/").xpath("//*[@hreflang]")


def test_the_sitemap_names_the_translations_of_a_page(workshop: Make):
    made = workshop(ENGLISH, FRENCH, ARABIC, settings=SETTINGS)
    made.build()
    tree = etree.fromstring(made.output()["sitemap.xml"])
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    for address in ADDRESSES.values():
        [entry] = [it for it in tree.findall("s:url", names) if it.findtext("s:loc", "", names) == address]
        found = {it.get("hreflang"): it.get("href") for it in entry.findall("x:link", names)}
        assert found == {**ADDRESSES, "x-default": ADDRESSES["en"]}


def test_a_site_without_translations_has_none_of_it(workshop: Make):
    made = workshop(ENGLISH, settings=SETTINGS)
    made.build()
    assert b"xhtml" not in made.output()["sitemap.xml"]
    assert b"og:locale:alternate" not in made.output()["2025/05/07/ferry/index.html"]


def test_a_translation_that_comes_or_goes_changes_the_page_of_its_original(workshop: Make):
    made = workshop(ENGLISH, settings=SETTINGS)
    made.build()
    made.write(FRENCH)
    made.build()
    assert page(made, "2025/05/07/ferry/").xpath("//a[@hreflang='fr']")
    [file] = (made.root / "content/stories").rglob("bac.md")
    file.unlink()
    made.build()
    assert not page(made, "2025/05/07/ferry/").xpath("//*[@hreflang]")


@pytest.mark.parametrize(("of_one", "of_two"), [("away", "away"), ("two", "one")])
def test_two_that_name_each_other_or_one_that_is_not_out_are_translations(workshop: Make, of_one: str, of_two: str):
    first = story("one", "2025-05-07", id="one", lang="fr", translation_of=of_one)
    second = story("two", "2025-05-07", id="two", lang="de", translation_of=of_two)
    made = workshop(first, second, settings=SETTINGS)
    made.build()
    assert page(made, "2025/05/07/one/").xpath("//a[@hreflang='de']")
    assert page(made, "2025/05/07/two/").xpath("//a[@hreflang='fr']")


def test_one_that_names_one_of_two_that_name_each_other_is_with_them(workshop: Make):
    first = story("one", "2025-05-07", id="m", translation_of="n")
    second = story("two", "2025-05-07", id="n", lang="de", translation_of="m")
    third = story("three", "2025-05-07", id="a", lang="fr", translation_of="n")
    made = workshop(first, second, third, settings=SETTINGS)
    made.build()
    for name, others in (("one", {"de", "fr"}), ("two", {"en", "fr"}), ("three", {"en", "de"})):
        found = page(made, f"2025/05/07/{name}/").xpath("//body//a/@hreflang")
        assert set(found) == others


def test_of_two_in_one_language_the_older_is_offered(workshop: Make):
    again = story("again", "2025-05-09", id="again", lang="fr", translation_of="ferry-en")
    made = workshop(ENGLISH, FRENCH, again, settings=SETTINGS)
    made.build()
    assert page(made, "2025/05/07/ferry/").xpath("//body//a[@hreflang]/@href") == ["/2025/05/07/bac/"]
    assert not page(made, "2025/05/09/again/").xpath("//*[@hreflang]")
