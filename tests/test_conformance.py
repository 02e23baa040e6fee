"""The rules for feeds, sitemaps and metadata, each with the number under which the project keeps it.

Where a rule comes from stands beside it: the RSS 2.0 specification and its validator's messages, RFC 4287, RFC 5005,
jsonfeed.org, W3C WebSub, sitemaps.org, Google's publisher pages, schema.org, Open Graph.
"""

import datetime as dt
import email.utils
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html
from PIL import Image

from broadsheet.config import load
from broadsheet.errors import Report
from broadsheet.model import Asset
from broadsheet.pages.sitemap import SitemapInputs, sitemaps
from broadsheet.pipeline import Options, update
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]

HOME = "https://example.org/"
SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}
SETTINGS = """\
timezone = "Europe/Paris"
publisher = "The Daily Press"
hub = "https://hub.example/"
feed_items = 20
sections = ["World", "Science"]
"""
NASTY = """\
Start. <script>alert(1)</script><object data="x"></object><embed src="x"><meta name="x"><noscript>n</noscript>

<p style="position:fixed" onclick="alert(1)">Styled</p> <img src="pictures/port.png" onerror="alert(1)" alt="Port">

[js](javascript:alert(1)) [home](/sections/world/) [page](/about/) [out](https://elsewhere.example/a?b=1&c=2)

<video poster="/p.png" src="/v.mp4"></video> <a href="/x" srcset="/y 2x">link</a> ![far](https://far.example/p.png)
"""


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 6)).save(data, "PNG")
    return data.getvalue()


def lead(**keys: str) -> str:
    known = {
        "section": "World",
        "summary": '"Ships & cranes: what < means"',
        "authors": "[Ada Reed, The Daily Press]",
        "topics": "[Harbours]",
        "updated": "2025-05-09T10:00:00+02:00",
        "image": "{src: pictures/port.png, alt: The port, credit: C. Lens}",
        "source": "{name: Elsewhere & Co, url: 'https://elsewhere.example/a?b=1&c=2'}",
        "corrections": "[{date: 2025-05-09T09:00:00+02:00, text: It said <b>ten</b>.}]",
        "aliases": "[/old/port.html, /older/port/]",
    }
    name = keys.pop("name", "port")
    title = keys.pop("title", "Fish & <b>chips</b> &amp; 1 < 2")
    day = keys.pop("day", "2025-05-09T08:00:00+02:00")
    return story(name, day, title=title, body=keys.pop("body", NASTY), **(known | keys))


def others(count: int = 60) -> str:
    first = dt.date(2025, 5, 1)
    days = [first - dt.timedelta(days=number // 3) for number in range(count)]
    return "".join(
        story(f"day-{number}", day.isoformat(), section="Science", topics="[Harbours]", authors="[Bo Finn]")
        for number, day in enumerate(days)
    )


def furnish(made: Workshop) -> Workshop:
    file = made.root / "content/pictures/port.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture())
    return made


class Built:
    """A site that was built once, and what was built."""

    def __init__(self, made: Workshop) -> None:
        made.build()
        self.files = made.output()

    def xml(self, path: str) -> Any:
        return etree.fromstring(self.files[path])

    def json(self, path: str) -> Any:
        return json.loads(self.files[path])

    def page(self, path: str) -> Any:
        return html.document_fromstring(self.files[path].decode())

    def all(self, name: str) -> dict[str, bytes]:
        return {path: data for path, data in self.files.items() if path.rpartition("/")[2] == name}

    def ld(self, path: str) -> dict[str, Any]:
        """The things of a page's JSON-LD, by type."""
        (block,) = self.page(path).xpath("//script[@type='application/ld+json']/text()")
        said = json.loads(block)
        return {thing["@type"]: thing for thing in said.get("@graph", [said])}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    made = Workshop(tmp_path_factory.mktemp("conformance"))
    made.write(f'-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily & Co"\nurl = "{HOME}"\n{SETTINGS}')
    made.write(lead())
    made.write(others())
    made.write(story("hidden", "2025-05-02", status="draft"))
    made.write(story("tomorrow", (NOW + dt.timedelta(days=1)).date().isoformat()))
    made.write("-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n")
    return Built(furnish(made))


STORY = "2025/05/09/port/index.html"


def items(built: Built, path: str = "feed.xml") -> list[Any]:
    found: list[Any] = built.xml(path).findall("channel/item")
    return found


def bodies(built: Built) -> list[str]:
    """The HTML of every entry, of the port's in every form first."""
    rss = built.xml("feed.xml").findtext("channel/item/content:encoded", namespaces=SPACES)
    atom = built.xml("atom.xml").findtext("a:entry/a:content", namespaces=SPACES)
    return [rss, atom, built.json("feed.json")["items"][0]["content_html"]]


def identities(files: dict[str, bytes]) -> set[str]:
    """What subscribers of the three forms know the stories by."""
    rss = etree.fromstring(files["feed.xml"]).findall("channel/item/guid")
    atom = etree.fromstring(files["atom.xml"]).findall("a:entry/a:id", SPACES)
    return {guid.text for guid in (*rss, *atom)} | {item["id"] for item in json.loads(files["feed.json"])["items"]}


def test_rule_01_a_channel_and_its_items_say_what_rss_requires(built: Built):
    for data in built.all("feed.xml").values():
        channel = etree.fromstring(data).find("channel")
        assert all(channel.findtext(name) for name in ("title", "link", "description"))
        assert all(item.findtext("title") for item in channel.findall("item"))


def test_rule_02_a_guid_is_unique_and_survives_every_change(workshop: Make):
    made = furnish(workshop(lead(id="the-port"), story("other", "2025-05-08"), settings='id = "example.org"\n'))
    made.build()
    before = made.output()
    for guid in etree.fromstring(before["feed.xml"]).findall("channel/item/guid"):
        assert guid.get("isPermaLink") == "false"
    (made.root / "content/stories/2025/05/port.md").unlink()
    (made.root / "pyproject.toml").write_text(
        '[tool.broadsheet]\ntitle = "New"\nurl = "https://new.example/sub/"\nid = "example.org"\ntimezone = "Asia/Tokyo"\n'
    )
    made.write(lead(id="the-port", name="harbour", title="New", day="2025-04-01", section="Science", body="New."))
    made.build()
    assert identities(made.output()) == identities(before)
    assert len(identities(before)) == 2 * 2  # two stories, known by their ids and by Atom's form of them
    editions = [etree.fromstring(data["editions/feed.xml"]).findall(".//guid") for data in (before, made.output())]
    assert {guid.text for guid in editions[0]} & {guid.text for guid in editions[1]} == {
        "example.org:editions/2025-05-08/"
    }


def test_rule_03_dates_are_rfc_822_true_and_never_in_the_future(built: Built):
    for data in built.all("feed.xml").values():
        for date in etree.fromstring(data).iter("pubDate", "lastBuildDate"):
            assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d\d[03]0", date.text)
            moment = email.utils.parsedate_to_datetime(date.text)
            assert moment <= NOW
            assert moment.strftime("%a") == date.text[:3]
    assert b"tomorrow" not in built.files["feed.xml"]


def test_rule_03_an_update_that_has_not_come_is_not_told_until_it_has(workshop: Make):
    made = workshop(story("port", "2025-05-30", updated="2025-06-03T08:00:00Z"))
    built = made.build()
    (problem,) = made.problems("warning")
    assert (problem.code, str(problem.place)) == ("updated-future", "content/stories/2025/05/port.md:5")
    for path in ("feed.xml", "atom.xml", "feed.json", "2025/05/30/port/index.html", "sitemap.xml"):
        assert "2025-06-03" not in made.page(path), path
        assert "03 Jun 2025" not in made.page(path), path
    assert built.next is not None
    assert (built.next.deed, built.next.moment.isoformat()) == ("updates", "2025-06-03T08:00:00+00:00")
    made.build(now=NOW + dt.timedelta(days=2))
    assert not made.problems()
    assert "2025-06-03T08:00:00" in made.page("atom.xml")
    assert "2025-06-03T08:00:00" in made.page("2025/05/30/port/index.html")


def test_rule_03_holds_where_clocks_are_not_whole_hours_apart(workshop: Make):
    made = workshop(story("old", "1996-01-02"), story("port", "1850-01-02"), settings='timezone = "Asia/Kathmandu"\n')
    made.build()
    dates = [date.text for date in etree.fromstring(made.output()["feed.xml"]).iter("pubDate")]
    assert dates == ["Mon, 01 Jan 1996 18:15:00 +0000", "Tue, 01 Jan 1850 18:18:44 +0000"]


def test_rule_04_names_without_an_address_are_dublin_core_creators(built: Built):
    first = items(built)[0]
    assert [name.text for name in first.findall("dc:creator", SPACES)] == ["Ada Reed", "The Daily Press"]
    assert first.find("author") is None


def test_rule_05_the_summary_is_the_description_and_stands_before_the_full_text(built: Built):
    first = items(built)[0]
    names = [child.tag for child in first]
    assert names.index("description") < names.index(f"{{{SPACES['content']}}}encoded")
    assert html.fromstring(first.findtext("description")).text_content() == "Ships & cranes: what < means"


def test_rule_06_every_feed_names_its_own_exact_address(built: Built):
    for path, data in built.all("feed.xml").items():
        links = etree.fromstring(data).findall("channel/atom:link[@rel='self']", SPACES)
        assert [link.get("href") for link in links] == [HOME + path]
    for path, data in built.all("atom.xml").items():
        links = etree.fromstring(data).findall("a:link[@rel='self']", SPACES)
        assert [link.get("href") for link in links] == [HOME + path]
    for path, data in built.all("feed.json").items():
        assert json.loads(data)["feed_url"] == HOME + path


def test_rule_07_what_an_editor_wrote_relative_to_the_page_is_absolute_in_feeds(workshop: Make):
    body = '[a](#crew) [b](../pier/?x=1&y=2) [c](/about/) [d](mailto:a@example.org) `<a href="/x">`'
    made = workshop(story("port", "2025-05-08", body=body))
    made.build()
    page = f"{HOME}2025/05/08/"
    (entry,) = json.loads(made.page("feed.json"))["items"]
    links = [link for *_, link, _ in html.fromstring(entry["content_html"]).iterlinks()]
    assert links == [f"{page}port/#crew", f"{page}pier/?x=1&y=2", f"{HOME}about/", "mailto:a@example.org"]
    assert 'href="/x"' in html.fromstring(entry["content_html"]).text_content()


def test_rule_07_no_relative_address_in_a_body(built: Built):
    for body in bodies(built):
        tree = html.fragment_fromstring(body, create_parent=True)
        found = tree.xpath("//@href | //@src | //@poster")
        assert found
        assert all(urlsplit(address).scheme in ("http", "https") for address in found)
        assert not tree.xpath("//@srcset")
        assert f"{HOME}sections/world/" in found


def test_rule_08_titles_are_plain_text(built: Built):
    title = "Fish & <b>chips</b> &amp; 1 < 2"
    assert items(built)[0].findtext("title") == title
    assert built.xml("atom.xml").findtext("a:entry/a:title", namespaces=SPACES) == title
    assert built.json("feed.json")["items"][0]["title"] == title
    for path in ("feed.xml", "atom.xml"):
        (line,) = (line for line in built.files[path].splitlines() if b"chips" in line and b"<title>" in line)
        assert b"&lt;" not in line  # readers that unfold twice would take it for a tag
        assert b"&#x3C;b&#x3E;" in line


def test_rule_09_no_body_holds_what_a_reader_would_run(built: Built):
    for body in bodies(built):
        tree = html.fragment_fromstring(body, create_parent=True)
        assert not tree.xpath("//script | //object | //embed | //meta | //noscript | //video | //iframe")
        assert not tree.xpath("//@style | //@*[starts-with(name(), 'on')] | //@href[starts-with(., 'javascript')]")


def test_rule_10_one_enclosure_at_most_and_the_picture_as_media_content(built: Built):
    first = items(built)[0]
    (enclosure,) = first.findall("enclosure")
    (media,) = first.findall("media:content", SPACES)
    assert enclosure.get("url") == media.get("url")
    assert enclosure.get("url").startswith(f"{HOME}pictures/port.")
    assert (enclosure.get("type"), int(enclosure.get("length"))) == ("image/png", len(picture()))
    assert (media.get("medium"), media.get("width"), media.get("height")) == ("image", "8", "6")
    assert media.findtext("media:credit", namespaces=SPACES) == "C. Lens"
    assert not items(built)[1].findall("enclosure")
    (link,) = built.xml("atom.xml").find("a:entry", SPACES).findall("a:link[@rel='enclosure']", SPACES)
    assert link.get("href") == enclosure.get("url")


def test_rule_11_a_feed_is_utf_8_and_well_formed_whatever_a_story_holds(workshop: Make):
    made = workshop(
        story("bell", "2025-05-08", title=r"Bell \u0007 \x1b \uFFFE end", body="A &#7; b &#x1f; c &#xFFFF; ]]> d\x0c"),
        story("far", "2025-05-08", title="東京 😀 \u202e end", summary=r'"\x85 \u0099 s"', topics=r'["a\x01b"]'),
        settings='description = "A \\u0007 bell"\n',
    )
    made.build()
    for path, data in made.output().items():
        if path.endswith((".xml", ".opml")):
            data.decode("utf-8")
            etree.fromstring(data)
        if path.endswith(("feed.xml", "atom.xml")):
            assert not feedparser.parse(data).bozo
    texts = " ".join(etree.fromstring(made.output()["feed.xml"]).itertext())
    assert "東京 😀" in texts
    assert "]]> d" in html.fromstring(texts).text_content()


def test_rule_12_a_story_from_elsewhere_names_it(built: Built):
    source = items(built)[0].find("source")
    assert (source.get("url"), source.text) == ("https://elsewhere.example/a?b=1&c=2", "Elsewhere & Co")
    assert built.json("feed.json")["items"][0]["external_url"] == source.get("url")
    (via,) = built.xml("atom.xml").find("a:entry", SPACES).findall("a:link[@rel='via']", SPACES)
    assert via.get("href") == source.get("url")
    assert items(built)[1].find("source") is None


def test_rule_12_an_address_that_is_none_names_nothing(workshop: Make):
    made = workshop(story("one", "2025-05-08", source="{name: X, url: 'javascript:alert(1)'}"))
    made.build()
    assert b"javascript" not in made.output()["feed.xml"] + made.output()["feed.json"]


def test_rule_13_a_feed_keeps_within_what_readers_take(workshop: Make, tmp_path: Path):
    long = "word " * 30_000
    files = [story(f"long-{number}", f"2025-05-{number + 1:02}", body=long) for number in range(20)]
    made = workshop(*files, story("longest", "2025-05-25", body="It is long.\n\n" + "word " * 250_000))
    made.build()
    for path in ("feed.xml", "atom.xml", "feed.json"):
        assert len(made.output()[path]) <= 2_000_000
    entries = etree.fromstring(made.output()["feed.xml"]).findall("channel/item")
    assert len(entries) == 21
    assert all(len(etree.tostring(entry)) <= 1_000_000 for entry in entries)
    longest = entries[0].findtext("content:encoded", namespaces=SPACES)
    assert f'<a href="{HOME}2025/05/25/longest/">' in longest  # the rest is a click away
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\nfeed_items = 61\n")
    _, (problem,) = load(tmp_path)
    assert "61 is not between 1 and 60" in problem.message


def test_rule_13_older_entries_are_in_archives_behind_the_newest(built: Built):
    for name, linked, guids in (
        ("feed.xml", "channel/atom:link[@rel='{}']", "channel/item/guid"),
        ("atom.xml", "a:link[@rel='{}']", "a:entry/a:id"),
    ):
        path, seen, pages = name, set(), []
        while True:
            feed = built.xml(path)
            pages.append(path)
            seen |= {guid.text for guid in feed.findall(guids, SPACES)}
            assert (feed.find(".//fh:archive", SPACES) is not None) == (path != name)
            if path != name:
                assert feed.find(linked.format("current"), SPACES).get("href") == HOME + name
            older = feed.find(linked.format("prev-archive"), SPACES)
            if older is None:
                break
            path = older.get("href").removeprefix(HOME)
        assert len(seen) == 61
        assert pages == [name, *(f"feeds/{number}/{name}" for number in (3, 2, 1))]
    first, ids = built.json("feed.json"), set()
    while True:
        ids |= {item["id"] for item in first["items"]}
        if "next_url" not in first:
            break
        first = built.json(first["next_url"].removeprefix(HOME))
    assert len(ids) == 61


def test_rule_13_a_full_archive_does_not_change_when_a_story_comes(workshop: Make):
    made = workshop(others(45), settings="feed_items = 20\n")
    made.build()
    before = made.output()
    made.write(story("new", "2025-05-20"))
    made.build()
    after = made.output()
    assert after["feed.xml"] != before["feed.xml"]
    assert all(after[path] == before[path] for path in before if path.startswith("feeds/"))


def test_rule_13_archives_and_topics_reach_back_as_far_as_the_settings_say(workshop: Make):
    made = workshop(others(45), settings="feed_items = 10\nfeed_archives = 2\ntopic_feed_items = 3\n")
    made.build()
    files = made.output()
    assert {path for path in files if path.startswith("feeds/") and path.endswith("feed.xml")} == {
        "feeds/4/feed.xml",
        "feeds/3/feed.xml",
    }
    assert b"prev-archive" in files["feeds/4/feed.xml"]
    assert b"prev-archive" not in files["feeds/3/feed.xml"]
    assert len(etree.fromstring(files["topics/harbours/feed.xml"]).findall("channel/item")) == 3
    assert len(etree.fromstring(files["sections/science/feed.xml"]).findall("channel/item")) == 10
    (made.root / "pyproject.toml").write_text("[tool.broadsheet]\nfeed_items = 10\nfeed_archives = 0\n")
    made.build()
    assert not [path for path in made.output() if path.startswith("feeds/")]
    assert b"prev-archive" not in made.output()["feed.xml"]


def test_rule_14_feeds_ask_no_clock(workshop: Make):
    made = furnish(workshop(lead(), others(), settings=SETTINGS))
    made.build()
    before = made.output()
    (made.root / ".broadsheet/cache.db").unlink()
    made.build(now=NOW + dt.timedelta(days=300))
    after = made.output()
    assert {path for path in before if before[path] != after.get(path)} == set()
    channel = etree.fromstring(after["feed.xml"]).find("channel")
    assert channel.findtext("lastBuildDate") == "Fri, 09 May 2025 10:00:00 +0200"


def test_rule_15_atom_says_what_rfc_4287_requires(built: Built):
    for data in built.all("atom.xml").values():
        feed = etree.fromstring(data)
        entries = feed.findall("a:entry", SPACES)
        for element in (feed, *entries):
            assert element.findtext("a:id", namespaces=SPACES).startswith("urn:uuid:")
            assert element.findtext("a:title", namespaces=SPACES)
            assert dt.datetime.fromisoformat(element.findtext("a:updated", namespaces=SPACES)).tzinfo
        assert feed.findtext("a:author/a:name", namespaces=SPACES) == "The Daily Press"
        assert {content.get("type") for content in feed.findall("a:entry/a:content", SPACES)} == {"html"}
        for name in ("id", "updated"):
            found = [entry.findtext(f"a:{name}", namespaces=SPACES) for entry in entries]
            assert len(set(found)) == len(found)
    ids = [etree.fromstring(data).findtext("a:id", namespaces=SPACES) for data in built.all("atom.xml").values()]
    assert len(set(ids)) == len(ids)


def test_rule_15_updated_moves_on_a_real_change_alone(workshop: Make):
    def updated() -> str:
        made.build()
        found: str = etree.fromstring(made.output()["atom.xml"]).findtext("a:entry/a:updated", namespaces=SPACES)
        return found

    made = workshop(story("one", "2025-05-08T08:00:00Z"))
    first = updated()
    made.write(story("one", "2025-05-08T08:00:00Z", title="New", section="World", body="Other."))
    made.write(story("two", "2025-05-07T08:00:00Z"))
    assert updated() == first
    made.write(story("one", "2025-05-08T08:00:00Z", updated="2025-05-09T08:00:00Z"))
    assert updated().startswith("2025-05-09T08:00:00")


def test_rule_16_json_feeds_are_of_version_1_1(built: Built):
    for data in built.all("feed.json").values():
        feed = json.loads(data)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert all(feed[name] for name in ("title", "home_page_url", "feed_url", "items"))
        for item in feed["items"]:
            assert isinstance(item["id"], str)
            assert "content_html" in item
            assert dt.datetime.fromisoformat(item["date_published"]).tzinfo
            assert isinstance(item.get("authors", []), list)
    first = built.json("feed.json")["items"][0]
    assert first["authors"] == [{"name": "Ada Reed"}, {"name": "The Daily Press"}]
    assert first["date_modified"] == "2025-05-09T10:00:00+02:00"


def test_rule_17_every_feed_names_the_hub_once_and_itself_once(built: Built):
    for data in built.all("feed.xml").values():
        links = etree.fromstring(data).findall("channel/atom:link", SPACES)
        assert [link.get("href") for link in links if link.get("rel") == "hub"] == ["https://hub.example/"]
        assert [link.get("rel") for link in links].count("self") == 1
    for data in built.all("atom.xml").values():
        links = [link.get("rel") for link in etree.fromstring(data).findall("a:link", SPACES)]
        assert (links.count("hub"), links.count("self")) == (1, 1)
    assert built.json("feed.json")["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_rule_18_every_page_announces_feeds_its_own_first(built: Built):
    def announced(path: str) -> list[str]:
        links = built.page(path).xpath("//link[@rel='alternate']")
        assert all(link.get("type") and link.get("title") for link in links)
        return [link.get("href").removeprefix(HOME) for link in links]

    site = ["feed.xml", "atom.xml", "feed.json"]
    assert announced("index.html") == site
    assert announced("sections/world/index.html") == [*(f"sections/world/{name}" for name in site), *site]
    assert announced(STORY)[0] == "sections/world/feed.xml"
    for path in built.files:
        if path.endswith(".html") and not path.startswith(("old/", "older/")):
            assert all(address in built.files for address in announced(path))


def test_rule_19_a_feed_opened_in_a_browser_explains_itself(built: Built):
    for path in ("feed.xml", "atom.xml", "feeds/1/feed.xml"):
        (style,) = re.findall(rb'<\?xml-stylesheet type="text/css" href="/([^"]+)"\?>', built.files[path])
        assert b"This is a feed" in built.files[style.decode()]
        assert b"xsl" not in built.files[path]
        assert b"<!-- This is a feed." in built.files[path][:400]  # for browsers that show a feed's text
    assert built.json("feed.json")["user_comment"].startswith("This is a feed.")


def test_rule_20_hosts_are_told_the_media_types_of_feeds(built: Built):
    rules = dict(re.findall(r"^(/\S*)\n((?:  .+\n)+)", built.files["_headers"].decode(), re.MULTILINE))
    kinds = {
        "feed.xml": "application/rss+xml",
        "atom.xml": "application/atom+xml",
        "feed.json": "application/feed+json",
    }
    for name, kind in kinds.items():
        for path in built.all(name):
            matching = [
                said for rule, said in rules.items() if re.fullmatch(re.sub(r":\w+", "[^/]+", rule), f"/{path}")
            ]
            assert [f"  Content-Type: {kind}; charset=utf-8\n" in said for said in matching] == [True]


def test_rule_21_the_sitemap_holds_every_page_that_readers_see_and_no_draft(built: Built):
    found = {
        url.findtext("s:loc", namespaces=SPACES).removeprefix(HOME): url.findtext("s:lastmod", namespaces=SPACES)
        for url in built.xml("sitemap.xml")
    }
    pages = {
        path.removesuffix("index.html")
        for path, data in built.files.items()
        if path.endswith(".html") and not any(mark in data for mark in (b'http-equiv="refresh"', b'content="noindex"'))
    }
    assert found.keys() == pages
    assert "search/" not in found
    assert found["2025/05/09/port/"] == "2025-05-09"
    assert not any("hidden" in address for address in found)
    assert b"Sitemap: https://example.org/sitemap.xml\n" in built.files["robots.txt"]


def test_rule_21_a_sitemap_that_would_be_too_long_becomes_several_and_an_index():
    moment = dt.datetime(2025, 5, 8, tzinfo=dt.UTC)
    listed = [(f"{number}/", moment - dt.timedelta(days=number)) for number in range(5)]
    index, *parts = sitemaps(listed, most=2)
    assert index.template == "sitemap-index.xml"
    assert isinstance(index.inputs, SitemapInputs)
    assert index.inputs.entries[0] == ("sitemap-1.xml", moment)
    assert [page.path for page in parts] == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    entries = [entry for page in parts if isinstance(page.inputs, SitemapInputs) for entry in page.inputs.entries]
    assert entries == listed


def test_rule_22_the_news_sitemap_holds_the_last_two_days(workshop: Make):
    made = workshop(
        story("new", "2025-05-09T08:00:00+02:00", title="New & <i>"),
        story("late", "2025-05-07T08:00:00+02:00", lang="zh-Hant"),
        story("old", "2025-05-07T07:59:00+02:00"),
        settings='timezone = "Europe/Paris"\n',
    )
    made.build(now=dt.datetime(2025, 5, 9, 6, tzinfo=dt.UTC))
    urls = list(etree.fromstring(made.output()["news-sitemap.xml"]))
    said = [[url.findtext(f".//n:{name}", namespaces=SPACES) for name in ("title", "language", "name")] for url in urls]
    assert said == [["New & <i>", "en", "Daily"], ["Late", "zh-tw", "Daily"]]
    assert urls[0].findtext(".//n:publication_date", namespaces=SPACES) == "2025-05-09T08:00:00+02:00"


def test_rule_22_a_news_sitemap_without_news_names_the_front_page_as_no_news(workshop: Make):
    made = workshop()
    made.build()
    (url,) = etree.fromstring(made.output()["news-sitemap.xml"])
    assert [part.text for part in url] == ["https://example.org/"]  # sitemaps.org asks for one address at least


def test_rule_22_a_story_leaves_the_news_sitemap_two_days_after_its_date(workshop: Make):
    made = workshop(story("old", "2025-05-09T08:00:00+00:00"), story("new", "2025-05-10T08:00:00+00:00"))

    def news() -> list[str]:
        urls = etree.fromstring(made.output()["news-sitemap.xml"])
        return [title.text for title in urls.iterfind(".//n:title", namespaces=SPACES)]

    update(made.site, Options(dt.datetime(2025, 5, 11, 8, tzinfo=dt.UTC)), Report())
    assert news() == ["New", "Old"]
    later = update(made.site, Options(dt.datetime(2025, 5, 11, 8, 1, tzinfo=dt.UTC)), Report())
    assert news() == ["New"]  # nothing but time has passed
    assert later.written == 1


def test_rule_23_a_story_is_a_news_article_complete_and_dated_as_the_page_is(built: Built):
    article = built.ld(STORY)["NewsArticle"]
    assert article["headline"] == "Fish & <b>chips</b> &amp; 1 < 2"
    assert article["image"][0].startswith(f"{HOME}pictures/port.")
    assert article["mainEntityOfPage"] == {"@type": "WebPage", "@id": f"{HOME}2025/05/09/port/"}
    assert (article["publisher"]["name"], article["publisher"]["url"]) == ("The Daily Press", HOME)
    assert article["author"] == [
        {"@type": "Person", "name": "Ada Reed", "url": f"{HOME}authors/ada-reed/"},
        {"@type": "Organization", "name": "The Daily Press", "url": f"{HOME}authors/the-daily-press/"},
    ]
    shown = built.page(STORY).xpath("//article/header//time/@datetime")
    assert [article["datePublished"], article["dateModified"]] == shown
    day = built.ld("2025/05/01/day-0/index.html")["NewsArticle"]
    assert day["datePublished"] == day["dateModified"] == "2025-05-01T00:00:00+02:00"
    assert day["image"]  # the theme's, where a story has none


def test_rule_23_lists_and_trails_say_where_a_page_stands(built: Built):
    assert built.ld("index.html")["WebSite"]["url"] == HOME
    assert built.ld("index.html")["ItemList"]["itemListElement"][0]["url"] == f"{HOME}2025/05/09/port/"
    trail = built.ld(STORY)["BreadcrumbList"]["itemListElement"]
    assert [crumb["item"] for crumb in trail] == [HOME, f"{HOME}sections/world/", f"{HOME}2025/05/09/port/"]
    assert [crumb["position"] for crumb in trail] == [1, 2, 3]


def test_rule_23_a_running_story_is_a_list_of_its_stories(workshop: Make):
    days = ("2025-05-06T08:00:00Z", "2025-05-07T08:00:00Z", "2025-05-08T08:00:00Z")
    made = workshop(*(story(f"port-{day[8:10]}", day, thread="The port") for day in days))
    site = Built(made)
    (path,) = (path for path in site.files if re.fullmatch(r"threads/[^/]+/index.html", path))
    page = site.ld(path)["CollectionPage"]
    assert (page["name"], page["datePublished"]) == ("The port", "2025-05-06T08:00:00+00:00")
    assert page["dateModified"] == "2025-05-08T08:00:00+00:00"
    listed = page["mainEntity"]["itemListElement"]
    assert [entry["name"] for entry in listed] == ["Port-08", "Port-07", "Port-06"]
    assert all(entry["url"].removeprefix(HOME) + "index.html" in site.files for entry in listed)


def test_rule_23_no_text_ends_the_block_that_it_stands_in(workshop: Make):
    made = workshop(story("one", "2025-05-08", title="</script><script>alert(1)</script>\u2028"))
    made.build()
    page = made.page("2025/05/08/one/index.html")
    assert "<script>alert" not in page
    assert built_title(page) == "</script><script>alert(1)</script>"


def built_title(page: str) -> str:
    (block,) = html.document_fromstring(page).xpath("//script[@type='application/ld+json']/text()")
    headline: str = json.loads(block)["@graph"][0]["headline"]
    return headline.strip()


def test_rule_24_a_story_says_what_it_is_based_on_and_what_was_corrected(built: Built):
    article = built.ld(STORY)["NewsArticle"]
    assert article["isBasedOn"]["name"] == "Elsewhere & Co"
    assert article["isBasedOn"]["url"] == "https://elsewhere.example/a?b=1&c=2"
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "It said <b>ten</b>.", "datePublished": "2025-05-09T09:00:00+02:00"}
    ]
    assert not {"isBasedOn", "correction"} & built.ld("2025/05/01/day-0/index.html")["NewsArticle"].keys()


def test_rule_25_a_page_has_one_canonical_address_a_language_and_share_cards(built: Built):
    for path, data in built.files.items():
        if not path.endswith(".html") or path == "404.html" or b'http-equiv="refresh"' in data:
            continue
        page = built.page(path)
        assert page.get("lang") == "en"
        if page.xpath("//meta[@name='robots']/@content") == ["noindex"]:
            assert not page.xpath("//link[@rel='canonical']")
            continue
        assert page.xpath("//meta[@name='robots']/@content") == ["max-image-preview:large"]
        assert page.xpath("//link[@rel='canonical']/@href") == [HOME + path.removesuffix("index.html")]
        assert page.xpath("//meta[@property='og:locale']/@content") == ["en_US"]
        said = {tag.get("property"): tag.get("content") for tag in page.xpath("//meta[@property]")}
        assert {"og:title", "og:type", "og:url", "og:image", "og:site_name"} <= said.keys()
        assert said["og:image"].startswith(HOME)
        assert said["og:image"].removeprefix(HOME) in built.files
        assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
    assert built.page(STORY).xpath("//meta[@property='og:type']/@content") == ["article"]
    assert "Ada Reed" in built.page(STORY).xpath("string(//article/header)")


def test_an_old_address_leads_to_the_story(built: Built):
    for path in ("old/port.html", "older/port/index.html"):
        page = built.page(path)
        assert page.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=/2025/05/09/port/"]
        assert page.xpath("//link[@rel='canonical']/@href") == [f"{HOME}2025/05/09/port/"]
        assert page.xpath("//a/@href") == ["/2025/05/09/port/"]
    lines = built.files["_redirects"].decode().splitlines()
    assert lines == ["/old/port.html /2025/05/09/port/ 301", "/older/port/ /2025/05/09/port/ 301"]


@pytest.mark.parametrize("alias", ["/", "/%2e%2e/x", "/.git/", "/a/%00/", "/a//b", "/" + "x" * 300])
def test_an_old_address_that_cannot_be_a_page_is_told_and_makes_none(workshop: Make, alias: str):
    made = workshop(story("one", "2025-05-08", aliases=f'["{alias}"]'))
    made.build()
    assert [problem.code for problem in made.problems("warning")] == ["alias"]
    assert made.output()["_redirects"] == b""


def test_the_list_of_feeds_names_every_feed_that_is_there(built: Built):
    addresses = {outline.get("xmlUrl") for outline in built.xml("feeds.opml").iter("outline")} - {None}
    there = {HOME + path for path in built.all("feed.xml") if not path.startswith("feeds/")}
    assert addresses == there


def test_an_edition_is_one_entry_with_its_headlines(built: Built):
    first = items(built, "editions/feed.xml")[0]
    assert first.findtext("link") == f"{HOME}editions/2025-05-09/"
    assert first.findtext("guid") == "example.org:editions/2025-05-09/"
    body = html.fragment_fromstring(first.findtext("content:encoded", namespaces=SPACES), create_parent=True)
    assert body.xpath("//h2//a/text()") == ["Fish & <b>chips</b> &amp; 1 < 2"]


def test_drafts_are_in_no_feed_not_even_of_a_preview(workshop: Make):
    made = workshop(story("one", "2025-05-08"), story("draft", "2025-05-09", status="draft"))
    made.build(preview=True)
    assert b"draft" not in made.output()["feed.xml"] + made.output()["editions/feed.xml"]


def test_an_asset_is_told_to_be_kept_and_a_page_is_not(built: Built):
    rules = built.files["_headers"].decode()
    assert "/static/*\n  Cache-Control: public, max-age=31536000, immutable\n" in rules
    assert "Content-Security-Policy: default-src 'self';" in rules
    assert Asset.__struct_fields__  # the digest in a name is what makes that right
