"""What crawlers are asked, as real readers of robots.txt understand it; and the same in other languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.robotparser import RobotFileParser

import msgspec
import pytest
from lxml import etree

from broadsheet.config.robots import Robots, crawlers
from broadsheet.pages.robots import _groups
from broadsheet.render.feeds.documents import robots
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
May = Callable[[str], bool]
PAGE = "https://example.org/2025/05/08/port/"
NAMES = tuple(one.name for one in crawlers().crawlers)
STRANGER = "Somebot"
PLAIN = "search = false\nshare_cards = 0\n"
EVERYTHING = 'content_signals = true, ai_preferences = true, rsl = true, tdm = true, terms = "https://example.org/t/"'


def _standard(text: str) -> May:
    """Python's own reader."""
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    return lambda name: parser.can_fetch(f"{name}/1.0", PAGE)


def _protego(text: str) -> May:
    """The reader that Scrapy has, by RFC 9309."""
    parser = pytest.importorskip("protego").Protego.parse(text)
    return lambda name: bool(parser.can_fetch(PAGE, name))


READERS = pytest.mark.parametrize("reader", [_standard, _protego])


def text(asked: Robots) -> str:
    return robots(["https://example.org/sitemap.xml"], _groups(asked)).decode()


def out(may: May) -> set[str]:
    return {name for name in (*NAMES, STRANGER) if not may(name)}


def of(*purposes: str) -> set[str]:
    return {one.name for one in crawlers().crawlers if one.purpose in purposes}


def test_nothing_is_said_that_nobody_asked_for(workshop: Make):
    made = workshop(story("port", "2025-05-08"), settings=PLAIN)
    made.build()
    assert made.page("robots.txt") == (
        "User-agent: *\nAllow: /\n\n"
        "Sitemap: https://example.org/sitemap.xml\nSitemap: https://example.org/news-sitemap.xml\n"
    )
    assert made.output().keys().isdisjoint({"rsl.xml", ".well-known/tdmrep.json"})
    assert "tdm-" not in made.page("_headers") + made.page("index.html")
    assert "Content-Usage" not in made.page("_headers")


@READERS
@pytest.mark.parametrize("purpose", ["search", "ai_search", "ai_training", "ai_fetch"])
def test_a_purpose_that_is_off_keeps_its_crawlers_out_and_nobody_else(reader: Callable[[str], May], purpose: str):
    assert out(reader(text(msgspec.convert({purpose: False}, Robots)))) == of(purpose)
    others = {one: one == purpose for one in ("search", "ai_search", "ai_training", "ai_fetch")}
    assert out(reader(text(msgspec.convert(others, Robots)))) == set(NAMES) - of(purpose)


@READERS
def test_a_crawler_named_by_the_owner_goes_before_its_purpose(reader: Callable[[str], May]):
    may = reader(text(Robots(ai_training=False, allow=("ccbot",), disallow=("Googlebot", "Bytespider"))))
    assert out(may) == (of("ai_training") - {"CCBot"}) | {"Googlebot"}
    assert not may("Bytespider")


@READERS
def test_those_that_nobody_knows_can_be_kept_out(reader: Callable[[str], May]):
    may = reader(text(Robots(ai_training=False, others=False, allow=("Friendbot",))))
    assert out(may) == of("ai_training") | {STRANGER}
    assert may("Friendbot")


@READERS
def test_a_name_within_another_name_does_not_speak_for_it(reader: Callable[[str], May]):
    may = reader(text(Robots(search=False)))
    assert not may("Applebot")
    assert may("Applebot-Extended")
    may = reader(text(Robots(ai_training=False, others=False)))
    assert may("Applebot")
    assert not may("Applebot-Extended")
    may = reader(text(Robots(allow=("Foo-Bar",), disallow=("foo", "Foo-Bar-Baz"))))
    assert [may(name) for name in ("Foo", "Foo-Bar", "Foo-Bar-Baz")] == [False, True, False]


@READERS
def test_readers_find_the_sitemaps_beside_all_that_is_said(workshop: Make, reader: Callable[[str], May]):
    made = workshop(story("port", "2025-05-08"), settings=f"{PLAIN}robots = {{ ai_training = false, {EVERYTHING} }}\n")
    made.build()
    said = made.page("robots.txt")
    assert out(reader(said)) == of("ai_training")
    parser = RobotFileParser()
    parser.parse(said.splitlines())
    assert parser.site_maps() == ["https://example.org/sitemap.xml", "https://example.org/news-sitemap.xml"]


def test_uses_are_said_in_the_group_of_everybody_and_the_licence_before_all_groups(workshop: Make):
    made = workshop(story("port", "2025-05-08"), settings=f"{PLAIN}robots = {{ ai_training = false, {EVERYTHING} }}\n")
    made.build()
    said = made.page("robots.txt")
    assert said.startswith("License: https://example.org/rsl.xml\n\n# ")
    assert (
        "User-agent: *\nContent-Signal: search=yes, ai-input=yes, ai-train=no\n"
        "Content-Usage: train-ai=n, search=y\nAllow: /\n"
    ) in said
    headers = made.page("_headers")
    assert (
        "  Content-Usage: train-ai=n, search=y\n  tdm-reservation: 1\n  tdm-policy: https://example.org/t/\n" in headers
    )
    assert "/rsl.xml\n  Content-Type: application/rsl+xml" in headers
    for page in ("index.html", "2025/05/08/port/index.html", "404.html"):
        assert '<meta name="tdm-reservation" content="1">' in made.page(page)
        assert '<meta name="tdm-policy" content="https://example.org/t/">' in made.page(page)


def test_the_licence_file_and_the_reservation_are_what_their_rules_ask_for(workshop: Make):
    made = workshop(
        story("port", "2025-05-08"),
        settings=f"{PLAIN}robots = {{ ai_search = false, {EVERYTHING.replace('/t/', '/t/?a=1&b=2')} }}\n",
    )
    made.build()
    root = etree.fromstring(made.page("rsl.xml").encode())
    assert (etree.QName(root).namespace, etree.QName(root).localname) == ("https://rslstandard.org/rsl", "rsl")
    (content,) = root
    assert content.get("url") == "/"
    licence, terms = content
    assert [(etree.QName(one).localname, one.get("type"), one.text) for one in licence] == [
        ("permits", "usage", "search ai-train"),
        ("prohibits", "usage", "ai-input ai-index"),
    ]
    assert terms.text == "https://example.org/t/?a=1&b=2"
    assert json.loads(made.page(".well-known/tdmrep.json")) == [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://example.org/t/?a=1&b=2"}
    ]


def test_below_a_path_the_files_speak_of_what_is_below_it(workshop: Make):
    made = workshop(settings=f"{PLAIN}robots = {{ rsl = true, tdm = true }}\n")
    file = made.root / "pyproject.toml"
    file.write_text(file.read_text().replace("https://example.org/", "https://example.org/news/"))
    made.build()
    assert 'url="/news/"' in made.page("rsl.xml")
    assert json.loads(made.page(".well-known/tdmrep.json")) == [{"location": "/news/", "tdm-reservation": 1}]
    assert [problem.code for problem in made.problems("warning")] == ["robots-below"]


def test_the_plain_theme_says_the_reservation_too(workshop: Make):
    made = workshop(story("port", "2025-05-08"), settings=f'{PLAIN}theme = "plain"\nrobots = {{ tdm = true }}\n')
    made.build()
    assert '<meta name="tdm-reservation" content="1">' in made.page("2025/05/08/port/index.html")
    assert "tdm-policy" not in made.page("2025/05/08/port/index.html")


def test_an_address_of_terms_with_an_anchor_begins_no_comment_and_no_line(workshop: Make):
    terms = "https://example.org/t/?a=1&b=ä#licence and more"
    made = workshop(
        story("port", "2025-05-08"), settings=f'{PLAIN}robots = {{ rsl = true, tdm = true, terms = "{terms}" }}\n'
    )
    made.build()
    plain = "https://example.org/t/?a=1&b=%C3%A4#licence%20and%20more"
    assert "#" not in made.page("robots.txt")
    assert etree.fromstring(made.output()["rsl.xml"]).findtext(".//{*}terms") == plain
    assert json.loads(made.page(".well-known/tdmrep.json"))[0]["tdm-policy"] == plain
    assert f"  tdm-policy: {plain}\n" in made.page("_headers")
