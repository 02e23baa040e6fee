"""Feeds keep within what readers take, and say where their archives are."""

import datetime as dt

import msgspec

from broadsheet.render.feeds.common import FEED_LIMIT, ITEM_LIMIT, fitted, shortened
from broadsheet.syndication import FeedItem

DATE = dt.datetime(2025, 5, 8, tzinfo=dt.UTC)


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
