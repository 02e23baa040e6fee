"""Entries filled into patterns say what they would say had feedgen drawn each of them."""

import datetime as dt
from typing import Any

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadsheet.model import Credit
from broadsheet.render.feeds.entries import cleaned
from broadsheet.render.feeds.forms import Atom, Rss, iri
from broadsheet.syndication import Enclosure, Feed, FeedItem

SPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
TEXT = st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "x")
MOMENT = st.integers(663_000_000, 4_100_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
PICTURE = st.builds(
    Enclosure,
    url=st.just("https://example.org/a.png?b&c"),
    type=st.just("image/png"),
    length=st.integers(1, 10**10),
    width=st.sampled_from([0, 640]),
    height=st.just(480),
    alt=st.one_of(st.just(""), TEXT),
    credit=st.one_of(st.just(""), TEXT),
)
ITEM = st.builds(
    FeedItem,
    id=TEXT,
    title=TEXT,
    url=st.just("https://example.org/a/"),
    summary=st.one_of(st.just(""), TEXT),
    html=st.one_of(st.just(""), st.sampled_from(["<p>a &amp; b</p>", "<p>]]></p>", "{title} the body"])),
    date=MOMENT,
    updated=st.one_of(st.none(), MOMENT),
    language=st.sampled_from(["en", "de"]),
    authors=st.lists(TEXT, max_size=3).map(tuple),
    categories=st.lists(TEXT, max_size=3).map(tuple),
    picture=st.one_of(st.none(), PICTURE),
    source=st.one_of(st.none(), st.builds(Credit, name=TEXT, url=st.just("https://elsewhere.example/?a&b"))),
)


def feed(*items: FeedItem, **said: str) -> Feed:
    known: dict[str, Any] = {
        "id": "x",
        "title": "T",
        "description": "D",
        "home": "https://example.org/",
        "language": "en",
    }
    known |= {"url": "https://example.org/feed.xml", "publisher": "P", "copyright": ""}
    return Feed(items=items, **(known | said))


def said(text: str) -> str:
    """What an XML reader makes of a text: line ends and surrogates are not its to keep."""
    return cleaned(text)


@given(st.lists(ITEM, max_size=4))
def test_an_entry_of_rss_says_all_that_the_item_says(items: list[FeedItem]):
    entries = etree.fromstring(Rss()(feed(*items))).findall("channel/item")
    assert len(entries) == len(items)
    for entry, item in zip(entries, items, strict=True):
        assert (entry.findtext("guid"), entry.findtext("title")) == (said(item.id), said(item.title))
        assert [tag.text or "" for tag in entry.findall("category")] == list(map(said, item.categories))
        assert [tag.text or "" for tag in entry.findall("dc:creator", SPACES)] == list(map(said, item.authors))
        body = entry.findtext("content:encoded" if item.summary else "description", namespaces=SPACES)
        assert (body or "") == item.html
        pictures = [tag.get("url") for tag in entry.findall("media:content", SPACES)]
        assert pictures == ([item.picture.url] if item.picture else [])
        assert [tag.text or "" for tag in entry.findall("source")] == ([said(item.source.name)] if item.source else [])
        assert [tag.text for tag in entry.findall("dc:language", SPACES)] == ([] if item.language == "en" else ["de"])


@given(st.lists(ITEM, max_size=4))
def test_an_entry_of_atom_says_all_that_the_item_says(items: list[FeedItem]):
    entries = etree.fromstring(Atom()(feed(*items))).findall("a:entry", SPACES)
    assert len(entries) == len(items)
    for entry, item in zip(entries, items, strict=True):
        assert entry.findtext("a:id", namespaces=SPACES) == iri(item.id)
        assert entry.findtext("a:title", namespaces=SPACES) == said(item.title)
        assert (entry.findtext("a:summary", namespaces=SPACES) or "") == said(item.summary)
        assert (entry.findtext("a:content", namespaces=SPACES) or "") == item.html
        assert [tag.text or "" for tag in entry.findall("a:author/a:name", SPACES)] == list(map(said, item.authors))
        links = {tag.get("rel", "alternate"): tag.get("href") for tag in entry.findall("a:link", SPACES)}
        assert links.get("enclosure") == (item.picture.url if item.picture else None)
        assert links.get("via") == (item.source.url if item.source else None)
        updated = dt.datetime.fromisoformat(entry.findtext("a:updated", namespaces=SPACES))
        assert updated.replace(microsecond=0) == (item.updated or item.date).replace(microsecond=0)


@given(ITEM)
def test_a_reader_of_feeds_finds_nothing_wrong(item: FeedItem):
    assert not feedparser.parse(Rss()(feed(item))).bozo
    assert not feedparser.parse(Atom()(feed(item))).bozo


def test_the_same_entry_is_the_same_bytes_in_every_feed():
    item = FeedItem(
        "1", "T", "https://example.org/a/", "S", "<p>b</p>", dt.datetime(2025, 5, 8, tzinfo=dt.UTC), None, "en"
    )
    write = Rss()
    first, second = write(feed(item)), write(feed(item, title="Other", url="https://example.org/other.xml"))
    assert first[first.index(b"<item>") : first.index(b"</item>")] in second
