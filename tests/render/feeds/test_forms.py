"""The forms of a feed keep within what readers take; ids of Atom are IRIs, JSON feeds say where the rest is."""

import datetime as dt
import json

import msgspec
import pytest

from broadsheet.render.feeds.forms import FEED_LIMIT, ITEM_LIMIT, fitted, iri, json_feed, shortened
from broadsheet.syndication import Feed, FeedItem

DATE = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)


def item(number: int, length: int) -> FeedItem:
    return FeedItem(
        str(number), f"T{number} & <b>", f"https://example.org/{number}/?a&b", "S < T", "x" * length, DATE, None, "en"
    )


def write(one: FeedItem) -> bytes:
    return one.html.encode()


def test_entries_that_fit_are_left_as_they_are():
    items = [item(number, 1000) for number in range(60)]
    assert fitted(items, write) == [one.html.encode() for one in items]


def test_of_a_feed_that_is_too_long_the_longest_entries_give_their_summary():
    items = [item(0, 900_000), item(1, 10_000), item(2, 800_000), item(3, 700_000)]
    made = fitted(items, write)
    assert [len(data) > 5000 for data in made] == [False, True, True, True]
    assert sum(map(len, made)) <= FEED_LIMIT


def test_an_entry_that_is_too_long_by_itself_gives_its_summary():
    made = fitted([item(0, ITEM_LIMIT + 1), item(1, 10)], write)
    assert made[0] == shortened(item(0, 0)).html.encode()
    assert made[1] == b"x" * 10


def test_a_shortened_entry_leads_to_the_rest_and_is_safe():
    html = shortened(item(1, 10)).html
    assert html == '<p>S &lt; T</p>\n<p><a href="https://example.org/1/?a&amp;b">T1 &amp; &lt;b&gt;</a></p>'
    assert "<p></p>" not in shortened(msgspec.structs.replace(item(1, 10), summary="")).html


@pytest.mark.parametrize(
    "known",
    ["https://old.example/2023/05/one/", "tag:old.example,2010-12-03:/one.html/", "urn:isbn:9780000000000"],
)
def test_an_iri_stays_what_subscribers_know(known: str):
    assert iri(known) == known


@pytest.mark.parametrize("text", ["story-1", "javascript:alert(1)", "https://a b/", 'tag:x"><y', "https://ü.example/"])
def test_anything_else_becomes_one_and_the_same_each_time(text: str):
    assert iri(text).startswith("urn:uuid:")
    assert iri(text) == iri(text)


def test_an_entry_says_nothing_of_what_it_has_not():
    item = FeedItem("1", "T", "https://example.org/a/", "", "", DATE, None, "en")
    home = "https://example.org/"
    feed = Feed("i", "T", "D", f"{home}feed.json", home, "en", "P", "", (item,))
    made = json.loads(json_feed(feed))
    assert made["items"] == [
        {"id": "1", "url": f"{home}a/", "title": "T", "content_html": "", "date_published": "2025-05-08T12:00:00+00:00"}
    ]
    assert not {"next_url", "hubs"} & made.keys()
