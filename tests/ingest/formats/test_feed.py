"""A feed's entries become stories that keep their GUID and link."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import feed

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(sections=("World",), today=NOW.date())

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The Gull</title><link>https://example.org/</link><language>en-gb</language>
<item>
<title>Ferry &amp;amp; dock</title>
<link>https://example.org/1</link>
<guid isPermaLink="false">tag:gull,1</guid>
<pubDate>Thu, 08 May 2025 10:00:00 +0200</pubDate>
<dc:creator>Jane Roe</dc:creator>
<category>world</category>
<description>Short.</description>
<content:encoded><![CDATA[<p>The ferry came <a href="/x">back</a> to the dock.</p>
<p>It had been away.</p><script>x()</script>]]></content:encoded>
</item>
<item>
<title>Second</title>
<description>Plain words * of the second one.</description>
</item>
</channel>
</rss>
"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Gull</title>
<entry><title type="html">A &lt;b&gt;bold&lt;/b&gt; title</title><id>urn:1</id><link href="https://example.org/a"/>
<published>2025-05-08T10:00:00Z</published><updated>2025-05-09T10:00:00Z</updated><author><name>Jo Doe</name></author>
<content type="html">&lt;p&gt;Words of the entry.&lt;/p&gt;</content></entry></feed>"""


def drafts(text: str) -> tuple[Draft, ...]:
    return feed.read(Source("feed", text.encode(), NOW), HINTS)


def test_an_entry_of_rss_keeps_its_guid_its_link_and_its_fields():
    first, second = drafts(RSS)
    assert (first.guid, first.url) == ("tag:gull,1", "https://example.org/1")
    assert first.title.value == "Ferry & dock"
    assert first.body == "The ferry came [back](https://example.org/x) to the dock.\n\nIt had been away.\n"
    assert first.date
    assert first.date.value == dt.datetime(2025, 5, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert first.authors
    assert first.authors.value == ("Jane Roe",)
    assert first.section
    assert first.section.value == "World"
    assert first.agency
    assert first.agency.value == "The Gull"
    assert (second.title.value, second.body, second.date) == ("Second", "Plain words \\* of the second one.\n", None)


def test_an_entry_of_atom_tells_when_it_was_updated():
    [entry] = drafts(ATOM)
    assert entry.title.value == "A bold title"
    assert entry.updated
    assert entry.updated.value == dt.datetime(2025, 5, 9, 10, tzinfo=dt.UTC)
    assert entry.body == "Words of the entry.\n"


def test_a_json_feed_gives_html_or_text():
    items = [
        {"id": 1, "title": "One", "content_text": "Text <b>."},
        {"id": "2", "content_html": "<p>Only words here.</p>"},
    ]
    first, second = drafts(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "G", "items": items}))
    assert (first.guid, first.body) == ("1", "Text \\<b\\>.\n")
    assert second.title.value == "Only words here"
    assert "title" in second.doubtful()


def test_all_drafts_together_cover_every_line_once():
    lines = [fate.line for draft in drafts(RSS) for fate in draft.fates]
    assert sorted(lines) == list(range(1, RSS.count("\n") + 2))
    rows = RSS.split("\n")
    first = {rows[fate.line - 1]: fate.role for fate in drafts(RSS)[0].fates}
    assert first["<title>Ferry &amp;amp; dock</title>"] == "title"
    assert first["<p>It had been away.</p><script>x()</script>]]></content:encoded>"] == "body"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<rss><channel></channel></rss>", "no-story"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "no-story"),
        (
            '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel><item><title>&c;</title></item></channel></rss>',
            "xml-entities",
        ),
    ],
)
def test_a_feed_that_cannot_be_read_is_refused_with_a_reason(text, code):
    with pytest.raises(BroadsheetError) as caught:
        drafts(text)
    assert caught.value.problem.code == code
