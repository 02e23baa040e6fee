"""A feed's entries become stories that keep their GUID and link."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


TEXT = "<p>The pilot boat of Skarn was sold to a school on Friday.</p><p>Its crew of four will teach there.</p>"


def rss(item: str, head: str = "<title>The Gull</title><link>https://gull.example/</link>") -> str:
    spaces = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "media": "http://search.yahoo.com/mrss/",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "wp": "http://wordpress.org/export/1.2/",
    }
    names = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    return f"<rss{names}><channel>{head}\n{item}\n</channel></rss>"


def item(more: str = "", *, title: str = "Pilot boat sold", date: str = "Fri, 09 May 2025 10:00:00 GMT") -> str:
    told = f"<title>{title}</title>" if title else ""
    return f"<item>{told}<pubDate>{date}</pubDate>{more}<description><![CDATA[{TEXT}]]></description></item>"


def only(text: str) -> Draft:
    [draft] = drafts(text)
    return draft


def said(draft: Draft, code: str) -> list[str]:
    return [problem.message for problem in draft.problems if problem.code == code]


def test_a_date_that_cannot_be_read_is_named_and_none_is_made_up():
    draft = only(rss(item(date="early in May")))
    assert draft.date is None
    assert ["'early in May'" in message for message in said(draft, "date-unread")] == [True]


def test_where_one_date_cannot_be_read_another_of_the_entry_is():
    draft = only(rss(item("<dc:date>2025-05-09T10:00:00Z</dc:date>", date="early in May")))
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 5, 9, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize("date", ["Fri, 09 May 2036 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_date_that_cannot_be_right_is_more_likely_wrong(date):
    draft = only(rss(item(date=date)))
    assert draft.date
    assert draft.date.confidence < 0.5
    assert said(draft, "date-unread")


def test_months_are_read_in_the_language_of_the_feed():
    draft = only(rss(item(date="pt., 9 maja 2025 10:00 +0200"), "<title>Mewa</title><language>pl</language>"))
    assert draft.date
    assert draft.date.value.isoformat() == "2025-05-09T10:00:00+02:00"


@pytest.mark.parametrize("name", ["valid", "available"])
def test_the_time_in_which_an_entry_is_for_readers_is_its_embargo_and_its_end(name):
    period = "start=2030-05-08T09:00+01:00; end=2030-06-01; scheme=W3C-DTF"
    draft = only(rss(item(f'<dcterms:{name} xmlns:dcterms="http://purl.org/dc/terms/">{period}</dcterms:{name}>')))
    assert draft.embargo
    assert draft.embargo.value.isoformat() == "2030-05-08T09:00:00+01:00"
    assert draft.expires
    assert draft.expires.value.date().isoformat() == "2030-06-01"


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("<wp:status>draft</wp:status>", "draft"),
        ("<wp:status>private</wp:status>", "private"),
        ("<wp:status>publish</wp:status><wp:post_password>haddock</wp:post_password>", "post_password"),
        ("<draft>true</draft>", "draft"),
        ("<pubStatus>withheld</pubStatus>", "withheld"),
    ],
)
def test_a_mark_that_keeps_an_entry_from_readers_holds_it_and_no_password_is_shown(mark, reason):
    draft = only(rss(item(mark)))
    assert [reason in held for held in draft.held] == [True]
    assert "haddock" not in " ".join(draft.held)
    assert [fate.role for fate in draft.fates if "reason" not in fate.why and fate.role == "status"]


def test_a_published_post_of_an_export_is_not_held_and_its_attachments_are_no_stories():
    found = drafts(rss(item("<wp:post_type>attachment</wp:post_type>") + item("<wp:status>publish</wp:status>")))
    assert [draft.held for draft in found] == [()]
    assert ["attachment" in message for message in said(found[0], "entries-left")] == [True]


def test_the_draft_mark_of_atom_holds():
    control = '<app:control xmlns:app="http://www.w3.org/2007/app"><app:draft>yes</app:draft></app:control>'
    assert only(ATOM.replace("<published>", f"{control}<published>")).held


def test_an_expiry_is_carried_over():
    draft = only(rss(item("<expirationDate>2025-06-01T00:00:00Z</expirationDate>")))
    assert draft.expires
    assert draft.expires.value.month == 6


def test_the_author_of_a_feed_is_that_of_its_entries_unless_they_say_otherwise():
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><author><name>Ines Okafor</name></author>{}</feed>'
    )
    entry = "<entry><id>{0}</id><title>{0}</title><updated>2025-05-08T10:00:00Z</updated>{1}<summary>Words of {0}.</summary></entry>"
    own = "<author><name>Tore Lind</name></author>"
    source = "<source><title>Far Gull</title><author><name>Wim Bos</name></author></source>"
    found = drafts(
        feed.format("".join((entry.format("one", ""), entry.format("two", own), entry.format("three", source))))
    )
    assert [draft.authors.value for draft in found if draft.authors] == [("Ines Okafor",), ("Tore Lind",), ("Wim Bos",)]
    assert found[2].agency
    assert found[2].agency.value == "Far Gull"


def test_json_feeds_inherit_authors_too():
    value = {
        "version": "https://jsonfeed.org/version/1",
        "author": {"name": "Ines Okafor"},
        "items": [{"id": "1", "content_text": "Words."}],
    }
    draft = only(json.dumps(value))
    assert draft.authors
    assert draft.authors.value == ("Ines Okafor",)


def test_an_account_is_nobody_and_is_shown_to_the_editor():
    draft = only(rss(item("<dc:creator>skarn_admin</dc:creator>")))
    assert draft.authors
    assert draft.authors.confidence < 0.5


def test_the_publication_that_an_entry_was_taken_from_is_its_source():
    draft = only(rss(item('<source url="https://far.example/feed">Far Gull</source><link>/b</link>')))
    assert draft.agency
    assert (draft.agency.value, draft.url) == ("Far Gull", "https://gull.example/b")


def test_links_count_from_the_base_that_the_feed_gives():
    base = ATOM.replace("<feed ", '<feed xml:base="https://base.example/n/" ').replace("https://example.org/a", "a")
    assert only(base).url == "https://base.example/n/a"


def test_a_feed_that_was_fetched_and_gives_no_address_counts_from_its_own():
    text = rss(item("<link>boat</link>"), "<title>The Gull</title>")
    [draft] = feed.read(Source("feed", text.encode(), NOW, url="https://gull.example/news/feed.xml"), HINTS)
    assert draft.url == "https://gull.example/news/boat"


def test_links_within_a_text_count_from_the_page_of_the_entry_unless_a_base_is_given():
    entry = item("<link>https://gull.example/2025/boat/</link>").replace("Friday", "<a href='more'>Friday</a>")
    assert "(https://gull.example/2025/boat/more)" in only(rss(entry)).body
    based = rss(entry).replace("<channel>", '<channel xml:base="https://base.example/">')
    assert "(https://base.example/more)" in only(based).body


def test_sound_goes_to_its_key_the_picture_to_the_image_and_all_else_is_named():
    more = (
        '<enclosure url="/a.mp3" length="9000" type="audio/mpeg"/><itunes:duration>4:10</itunes:duration>'
        '<media:group><media:content url="https://gull.example/p.jpg" medium="image"><media:credit>Wim Bos</media:credit>'
        "<media:description>The boat</media:description></media:content></media:group>"
        '<enclosure url="https://gull.example/v.mp4" type="video/mp4"/>'
    )
    draft = only(rss(item(more)))
    assert draft.keys["audio"] == {
        "src": "https://gull.example/a.mp3", "type": "audio/mpeg", "length": "9000", "duration": "4:10",
    }  # fmt: skip
    assert draft.image
    assert (draft.image.value.src, draft.image.value.credit) == ("https://gull.example/p.jpg", "Wim Bos")
    assert draft.image.value.caption == "The boat"
    assert ["video https://gull.example/v.mp4" in message for message in said(draft, "media-named")] == [True]
    fates = {fate.text: fate.role for fate in draft.fates}
    assert fates["video https://gull.example/v.mp4"] == "dropped"
    assert fates["sound https://gull.example/a.mp3"] == "credit"


def test_a_category_is_a_topic_unless_the_site_has_it_as_a_section():
    draft = only(rss(item("<category>World</category><category>Boats</category><category>Uncategorized</category>")))
    assert draft.section
    assert draft.section.value == "World"
    assert draft.topics
    assert draft.topics.value == ("Boats",)
    alone = only(rss(item("<category>Boats</category>")))
    assert (alone.section, alone.topics and alone.topics.value) == (None, ("Boats",))


def test_an_entry_without_a_text_is_left_out_and_named():
    found = drafts(rss("<item><title>A head alone</title><link>https://gull.example/h</link></item>" + item()))
    assert [draft.title.value for draft in found] == ["Pilot boat sold"]
    [message] = said(found[0], "entries-left")
    assert "A head alone" in message
    assert "https://gull.example/h" in message


def test_an_entry_without_a_title_gets_one_to_be_looked_at():
    draft = only(rss(item(title="")))
    assert draft.title.value
    assert "title" in draft.doubtful()


def test_a_summary_that_is_only_the_cut_beginning_is_none():
    encoded = f"<content:encoded><![CDATA[{TEXT}<p>A third line.</p>]]></content:encoded>"
    text = rss(item(encoded)).replace(
        f"<description><![CDATA[{TEXT}", "<description><![CDATA[The pilot boat of Skarn was sold to a school on […]"
    )
    draft = only(text)
    assert draft.summary
    assert draft.summary.rule != "summary of the entry"
    assert draft.body.endswith("A third line.\n")


def test_of_a_feed_that_ends_in_the_middle_the_last_entry_is_more_likely_wrong():
    whole, cut = drafts(rss(item() + "\n" + item(title="Second"))[:-60])
    assert whole.body_confidence > 0.8
    assert cut.body_confidence < 0.5
    assert said(whole, "feed-damaged")


def test_of_a_json_feed_that_ends_in_the_middle_whole_entries_are_read():
    items = [{"id": str(n), "title": f"T {n}", "content_text": f"Words of {n}."} for n in range(3)]
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "G", "items": items}, indent=1)
    found = drafts(text[: text.index("Words of 2")])
    assert [draft.guid for draft in found] == ["0", "1"]
    assert ["2 entries" in message for message in said(found[0], "feed-damaged")] == [True]


def test_entries_after_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr(feed, "MOST", 2)
    found = drafts(rss("\n".join(item(f"<guid>{n}</guid>") for n in range(5))))
    assert len(found) == 2
    assert [
        "holds 5 entries" in message and "3 are left out" in message for message in said(found[0], "entries-left")
    ] == [True]


def test_rss_of_all_ages_is_read():
    old = '<rss version="0.91"><channel><title>G</title><item><title>A</title><description>Words.</description></item></channel></rss>'
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>G</title></channel><item rdf:about="https://gull.example/r">'
        "<title>A</title><description>Words.</description><dc:date>2025-05-08</dc:date></item></rdf:RDF>"
    )
    atom = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>G</title><entry><title>A</title><issued>2025-05-08T10:00Z</issued>'
        '<content type="text/html" mode="escaped">&lt;p&gt;Words.&lt;/p&gt;</content></entry></feed>'
    )
    found = [only(text) for text in (old, rdf, atom)]
    assert [draft.body for draft in found] == ["Words.\n"] * 3
    assert found[1].url == "https://gull.example/r"
    assert found[2].date


NAMES = (
    "mood",
    "sea:state",
    "geo:lat",
    "category",
    "dc:creator",
    "comments",
    "subtitle",
    "rights",
    "wp:status",
    "guid",
)


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.from_regex(r"[a-z]{5,9} [a-z]{5,9}", fullmatch=True)), max_size=12),
    st.booleans(),
)
def test_every_element_that_carries_a_text_has_a_fate(elements, minified):
    more = ("" if minified else "\n").join(f"<{name}>{text}</{name}>" for name, text in elements)
    text = rss(item(f"\n{more}\n"))
    [draft] = drafts(text)
    rows = text.split("\n")
    shown = " ".join(f"{fate.text or rows[fate.line - 1]}" for fate in draft.fates)
    assert all(words in shown for _, words in elements)
    assert {fate.line for fate in draft.fates} == set(range(1, len(rows) + 1))
