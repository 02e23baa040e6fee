"""The rules of feeds: what Broadsheet writes breaks none, and a feed that breaks one is told."""

import datetime as dt
from collections.abc import Callable

import pytest

from broadsheet.check.feeds import FeedCheck, faulty, inspect, problems
from broadsheet.check.origins import LinkResolver
from broadsheet.check.page_facts import Gathered
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
GROUND = LinkResolver("https://example.org/")
ITEM = "<item><guid isPermaLink='false'>a</guid><title>A</title><pubDate>Thu, 08 May 2025 08:00:00 +0200</pubDate>{}</item>"


def rss(
    items: str = ITEM.format(""), head: str = "<title>T</title><link>x</link><description>d</description>"
) -> bytes:
    link = '<atom:link rel="self" href="https://example.org/feed.xml"/>'
    spaces = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f"<rss {spaces}><channel>{head}{link if 'atom:link' not in head else ''}{items}</channel></rss>".encode()


def said(data: bytes, path: str = "feed.xml") -> list[str]:
    return [f"{entry}: {fault}" if entry else fault for entry, fault in inspect(data, path, GROUND).faults]


def test_what_is_built_breaks_no_rule(workshop: Make):
    made = workshop(
        story("port", "2025-05-08T08:00:00+02:00", section="World", topics="[A, B]", authors="[Ada Reed]",
              body="[x](#crew) <script>x</script> <b onclick='x'>&lt;</b>\x07", updated="2025-05-09"),
        story("old", "1890-01-02", section="World", topics="[A, B]", title="<b>Fish</b> &amp; chips"),
        settings='hub = "https://hub.example/"\ntimezone = "Asia/Kathmandu"\n',
    )  # fmt: skip
    made.build()
    feeds = {path: data for path, data in made.output().items() if path.endswith(("feed.xml", "atom.xml", "feed.json"))}
    assert len(feeds) > 9
    for path, data in feeds.items():
        facts = inspect(data, path, GROUND)
        assert facts.faults == (), path
        assert facts.newest < NOW.timestamp()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (rss(), ""),
        (b"<rss><channel>", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"<rss/>", "cannot be read"),
        (rss(head="<title>T</title><link>x</link>"), "has no description (MissingElement)"),
        (rss(head="<title>T</title><link>x</link><description>d</description><atom:link rel='self' href='y'/>"), "says that it is at y"),
        (rss(ITEM.format("") * 2), "a: is there twice (DuplicateIds)"),
        (rss("".join(ITEM.format("").replace(">a<", f">{n}<") for n in range(61))), "has 61 entries"),
        (rss("<item><title>A</title></item>"), "has no id (MissingGuid)"),
        (rss(ITEM.format("").replace("Thu", "Fri")), "a: has a date that is none"),
        (rss(ITEM.format("").replace("+0200", "CEST")), "a: has a date that is none"),
        (rss(ITEM.format("").replace("2025", "25")), "a: has a date that is none"),
        (rss(ITEM.format("").replace(" isPermaLink='false'", "")), "a: has a guid that is no address"),
        (rss(ITEM.format("<author>Ada</author>")), "a: has an author without an address"),
        (rss(ITEM.format("<author>a@example.org (Ada)</author>")), ""),
        (rss(ITEM.format("<content:encoded>x</content:encoded><description>d</description>")), "a: has its text before"),
        (rss(ITEM.format("<enclosure url='u' length='1' type='t'/>" * 2)), "a: has more than one enclosure"),
        (rss(ITEM.format("<enclosure url='u'/>")), "a: has an enclosure without"),
        (rss(ITEM.format("").replace("<title>A", "<title><b>A</b>")), "a: has markup in its title"),
        (rss(ITEM.format("<content:encoded>&lt;a href='/x'&gt;</content:encoded>")), "a: leads to '/x', which is no full"),
    ],
)  # fmt: skip
def test_rss_that_breaks_a_rule_is_told(data: bytes, fault: str):
    assert [text[: len(fault)] for text in said(data)] == ([fault] if fault else [])


ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><id>i</id><title>T</title><updated>2025-05-08T08:00:00Z</updated>"
    "<author><name>A</name></author><link rel='self' href='https://example.org/atom.xml'/>"
    "<entry><id>a</id><title>A</title><updated>2025-05-08T08:00:00Z</updated>"
    "<published>2025-05-08T08:00:00+02:00</published><content type='html'>x</content></entry></feed>"
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", ""),
        ("<author><name>A</name></author>", "", "has no author (MissingElement)"),
        ("<link rel='self' href='https://example.org/atom.xml'/>", "", "has 0 links to itself"),
        ("type='html'", "type='text'", "a: has a text that does not say it is HTML"),
        ("<published>2025-05-08T08:00:00+02:00", "<published>2025-05-08", "a: has a date that is none"),
        ("<content type='html'>x", "<content type='html'>&lt;script&gt;", "a: holds <script> (SecurityRisk)"),
    ],
)
def test_atom_that_breaks_a_rule_is_told(old: str, new: str, fault: str):
    told = said(ATOM.replace(old, new, 1).encode(), "atom.xml")
    assert [text[: len(fault)] for text in told] == ([fault] if fault else [])


JSON = (
    '{"version":"v","title":"T","home_page_url":"h","feed_url":"https://example.org/feed.json",'
    '"items":[{"id":"a","content_html":"x","date_published":"2025-05-08T08:00:00+02:00"}]}'
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", ""),
        ('"title":"T",', "", "has no title"),
        ("example.org/feed", "example.org/other", "says that it is at"),
        ('"id":"a"', '"id":7', "has no id"),
        ("T08:00:00+02:00", "", "a: has a date that is none"),
        ("]}", "", "cannot be read"),
        ('[{"id"', '["x", {"id"', "cannot be read"),
    ],
)
def test_a_json_feed_that_breaks_a_rule_is_told(old: str, new: str, fault: str):
    told = said(JSON.replace(old, new, 1).encode(), "feed.json")
    assert [text[: len(fault)] for text in told] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>All <a href='https://a.example/'>is</a> <a href='mailto:a@example.org'>well</a></p>", ""),
        ('&lt;script&gt; href="/x"', ""),
        ("<img src='p.png'>", "leads to 'p.png'"),
        ("<img src='https://a.example/p' srcset='https://a.example/p 1x, /q 2x'>", "has pictures without full addresses"),
        ("<p onclick='x'>", "holds onclick= (SecurityRisk)"),
        ("<p style='position:fixed'>", "holds a dangerous style"),
        ("<a href='javascript:x'>", "leads to a script"),
        ("<iframe></iframe>", "holds <iframe>"),
    ],
)  # fmt: skip
def test_a_body_that_no_reader_should_get_is_told(html: str, fault: str):
    assert [text[: len(fault)] for text in faulty(html)] == ([fault] if fault else [])


def test_a_date_of_the_future_is_told_with_the_storys_file(workshop: Make):
    made = workshop(story("port", "2025-05-08"))
    built = made.build()
    later = (NOW + dt.timedelta(hours=1)).timestamp()
    found = Gathered(
        {}, {"feed.xml": FeedCheck((), later, "port"), "a/feed.xml": FeedCheck((("", "is odd"),))}, frozenset(), 0
    )
    told = list(problems(made.site, built, found.feeds, NOW))
    assert [str(problem.place) for problem in told] == ["content/stories/2025/05/port.md:1", "output/a/feed.xml"]
    assert "has a date in the future, 2025-06-01 13:00" in told[0].message
