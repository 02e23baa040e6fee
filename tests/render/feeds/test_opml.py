"""The list of feeds."""

from lxml import etree

from broadsheet.feed_model import FeedRef
from broadsheet.render.feeds.opml import opml


def test_groups_have_names_and_the_rest_stands_first():
    one, two = (FeedRef(name, f"https://example.org/{name}.xml", "https://example.org/") for name in ("a", 'b & "<c>"'))
    body = etree.fromstring(opml("T & U", [("", [one]), ("Topics", [two])])).find("body")
    assert [outline.get("text") for outline in body] == ["a", "Topics"]
    assert [outline.get("title") for outline in body[1]] == ['b & "<c>"']
    assert body[0].get("xmlUrl") == "https://example.org/a.xml"
