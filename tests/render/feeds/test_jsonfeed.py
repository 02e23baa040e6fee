"""JSON Feed: what is empty is left out."""

import datetime as dt
import json

from broadsheet.render.feeds.jsonfeed import json_feed
from broadsheet.syndication import Feed, FeedItem

DATE = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)


def test_an_entry_says_nothing_of_what_it_has_not():
    item = FeedItem("1", "T", "https://example.org/a/", "", "", DATE, None, "en")
    home = "https://example.org/"
    feed = Feed("i", "T", "D", f"{home}feed.json", home, "en", "P", "", (item,))
    made = json.loads(json_feed(feed))
    assert made["items"] == [
        {"id": "1", "url": f"{home}a/", "title": "T", "content_html": "", "date_published": "2025-05-08T12:00:00+00:00"}
    ]
    assert not {"next_url", "hubs"} & made.keys()
