"""The agencies' formats, ninjs, NewsML-G2 and NITF, become drafts; their XML can neither fetch nor unfold anything."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats.wires import newsml, ninjs

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(sections=("World",), today=NOW.date())

NITF = """<nitf><head><docdata><doc-id id-string="n.1"/><date.issue norm="20250508T100000Z"/></docdata></head>
<body><body.head><hedline><hl1>Port shut</hl1><hl2>The council gives no reason, and the ferries have to find another quay</hl2></hedline>
<byline>By <person>Jane Roe</person></byline><dateline><location>Ellery</location></dateline></body.head>
<body.content><p>The <org>port</org> is shut.</p><hl2>Why</hl2><p>Nobody <em>knows</em>.</p>
<media media-type="image"><media-reference source="x.jpg"/><media-caption>A quay.</media-caption></media>
<ul><li>One</li><li>Two</li></ul></body.content></body></nitf>"""

G2 = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="tag:1" xml:lang="en"><itemMeta><provider literal="Gull Agency"/>
<versionCreated>2025-05-08T12:00:00Z</versionCreated><firstCreated>2025-05-08T10:00:00Z</firstCreated></itemMeta>
<contentMeta><headline>Port shut</headline><by>By Jane Roe</by><subject><name>World</name></subject></contentMeta>
<contentSet><inlineXML>{NITF.replace("<nitf>", '<nitf xmlns="">')}</inlineXML></contentSet></newsItem>
<newsItem guid="tag:2"><contentMeta><headline>A picture</headline></contentMeta>
<contentSet><remoteContent href="x.jpg"/></contentSet></newsItem>
<newsItem guid="tag:3"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta><contentMeta><headline>Taken back</headline></contentMeta>
<contentSet><inlineData contenttype="text/plain">Words that nobody should print.</inlineData></contentSet></newsItem>
</itemSet></newsMessage>"""

BODY = "The port is shut.\n\n## Why\n\nNobody *knows*.\n\n- One\n- Two\n"


def wire(text: str):
    return newsml.read(Source("w.xml", text.encode(), NOW), HINTS)


def item(**more: object) -> dict[str, object]:
    base = {
        "uri": "urn:1",
        "versioncreated": "2025-05-08T10:00:00Z",
        "headline": "Port shut",
        "body_xhtml": "<p>The port is shut.</p>",
    }
    return base | more


def read(value: object):
    return ninjs.read(Source("n.json", json.dumps(value, indent=1).encode(), NOW), HINTS)


def test_nitf_gives_headline_byline_date_and_a_clean_body():
    [draft] = wire(NITF)
    assert (draft.title.value, draft.body, draft.guid) == ("Port shut", BODY, "n.1")
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 5, 8, 10, tzinfo=dt.UTC)
    assert [fate.role for fate in draft.fates if "Ellery" in fate.text] == ["dropped"]  # no story has a field for it
    assert draft.summary
    assert draft.summary.value.startswith("The council gives no reason")


def test_an_embargo_without_an_end_holds():
    text = G2.replace('<pubStatus qcode="stat:canceled"/>', "<embargoed/>")
    assert ["embargoed" in draft.held[0] for draft in wire(text) if draft.guid == "tag:3"] == [True]


def test_a_message_gives_each_item_with_a_text_and_holds_one_that_was_taken_back():
    draft, taken = wire(G2)
    assert (draft.guid, draft.body, draft.held) == ("tag:1", BODY, ())
    assert (taken.guid, taken.held) == ("tag:3", ("its publisher says status: canceled",))
    assert ["A picture" in problem.message for problem in draft.problems if problem.code == "entries-left"] == [True]
    assert draft.agency
    assert draft.agency.value == "Gull Agency"
    assert draft.section
    assert draft.section.value == "World"
    assert draft.updated
    assert draft.updated.value.day == 8


def test_every_line_and_every_text_of_a_message_has_a_fate():
    fates = [fate for draft in wire(G2) for fate in draft.fates]
    assert {fate.line for fate in fates} == set(range(1, G2.count("\n") + 2))
    shown = {fate.text: fate.role for fate in fates}
    assert shown["Port shut"] == "title"
    assert shown["Taken back"] == "title"
    assert shown["World"] == "topics"
    assert shown["By Jane Roe"] == "byline"
    rows = G2.split("\n")
    [picture] = [fate for fate in fates if "A picture" in rows[fate.line - 1] and fate.role == "dropped"]
    assert picture.why == "the item has no text"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><newsItem>&x;</newsItem>', "xml-entities"),
        ("<newsItem><headline>", "not-xml"),
        ("<newsItem><headline>x</headline></newsItem>", "no-story"),
    ],
)
def test_xml_that_is_hostile_broken_or_empty_is_refused(text, code):
    with pytest.raises(BroadsheetError) as caught:
        wire(text)
    assert caught.value.problem.code == code


def test_ninjs_of_the_first_version_has_a_key_for_each_form_of_the_text():
    [draft] = read(
        item(byline="By Jane Roe", language="en", subject=[{"name": "World"}], body_text="The port.", located="Ellery")
    )
    assert (draft.title.value, draft.body, draft.guid) == ("Port shut", "The port is shut.\n", "urn:1")
    assert draft.section
    assert draft.section.value == "World"
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)


def test_ninjs_of_the_second_version_has_lists():
    value = item(
        headlines=[{"role": "main", "value": "Two"}], bodies=[{"contenttype": "text/plain", "value": "Plain words."}]
    )
    [draft] = read([value | {"headline": None, "body_xhtml": None}])
    assert (draft.title.value, draft.body) == ("Two", "Plain words.\n")


def test_an_embargo_is_the_moment_from_which_a_story_is_for_readers():
    [draft] = read(item(embargoed="2025-06-01T10:00:00Z"))
    assert draft.embargo
    assert draft.embargo.value == dt.datetime(2025, 6, 1, 10, tzinfo=dt.UTC)
    assert draft.held == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": 1}, "no-story"),
        ([], "no-story"),
        ("x", "no-story"),
        (item(body_xhtml=7), "no-story"),
    ],
)
def test_json_without_a_story_is_refused_with_a_reason(value, code):
    with pytest.raises(BroadsheetError) as caught:
        read(value)
    assert caught.value.problem.code == code


def test_json_that_is_none_is_a_problem_with_its_line():
    with pytest.raises(BroadsheetError) as caught:
        ninjs.read(Source("n.json", b'{"headline":\n"x",}', NOW), HINTS)
    assert (caught.value.problem.code, caught.value.problem.place.line) == ("not-json", 2)


def nitf(docdata: str = "", head: str = "<byline>By Ines Okafor</byline>", body: str = "<p>The lock was mended.</p>"):
    date = '<date.issue norm="20250508T1000-0500"/>'
    return (
        f'<nitf><head><docdata{docdata if docdata.startswith(" ") else ""}><doc-id id-string="n.9"/>{date}'
        f"{'' if docdata.startswith(' ') else docdata}</docdata></head><body><body.head><hedline><hl1>Lock mended</hl1></hedline>"
        f"{head}</body.head><body.content>{body}</body.content></body></nitf>"
    )


@pytest.mark.parametrize("state", ["canceled", "withheld", "killed", "embargoed", "on-hold"])
def test_an_item_of_nitf_that_is_not_usable_is_held_and_says_why(state):
    [draft] = wire(nitf(f' management-status="{state}"'))
    assert draft.held
    assert state in draft.held[0]
    assert draft.body == "The lock was mended.\n"


def test_an_item_that_was_taken_back_needs_no_text():
    [draft] = wire(nitf(' management-status="killed"', body=""))
    assert draft.guid == "n.9"
    assert draft.held


def test_a_release_date_is_an_embargo_and_an_expiry_is_one():
    [draft] = wire(nitf('<date.release norm="20300101T060000Z"/><date.expire norm="20310101T060000Z"/>'))
    assert draft.held == ()
    assert draft.embargo
    assert draft.expires
    assert (draft.embargo.value.year, draft.expires.value.year) == (2030, 2031)


def test_a_compact_date_keeps_its_offset():
    [draft] = wire(nitf())
    assert draft.date
    assert draft.date.value.isoformat() == "2025-05-08T10:00:00-05:00"


def test_a_date_of_a_wire_that_cannot_be_read_is_named():
    [draft] = wire(nitf().replace("20250508T1000-0500", "tomorrow"))
    assert draft.date is None
    assert ["'tomorrow'" in problem.message for problem in draft.problems] == [True]


@pytest.mark.parametrize(
    ("byline", "names", "agency"),
    [
        ("By Ines Okafor<byttl>Canal Desk Editor</byttl>", ("Ines Okafor",), None),
        ("By <person>Ines Okafor</person> and <person>Tore Lind</person>", ("Ines Okafor", "Tore Lind"), None),
        ("INES OKAFOR<br/>Lock Press", ("INES OKAFOR",), "Lock Press"),
        ("Ines Okafor / Lock Press", ("Ines Okafor",), "Lock Press"),
    ],
)
def test_bylines_of_wires_are_split(byline, names, agency):
    [draft] = wire(nitf(head=f"<byline>{byline}</byline>"))
    assert draft.authors
    assert (draft.authors.value, draft.agency and draft.agency.value) == (names, agency)


def test_an_element_that_an_agency_adds_within_a_line_is_of_the_line():
    [draft] = wire(
        nitf(body="<p>The <Vessel>Heron</Vessel> of <Company>Lock Lines</Company> sank.</p><p>Nobody was hurt.</p>")
    )
    assert draft.body == "The Heron of Lock Lines sank.\n\nNobody was hurt.\n"


def test_files_of_an_item_are_carried_over_or_named():
    body = (
        "<p>The lock was mended.</p>"
        '<media media-type="image"><media-reference source="https://lock.example/l.jpg" alternate-text="A lock"/>'
        "<media-caption>The lock</media-caption><media-producer>Wim Bos</media-producer></media>"
        '<media media-type="audio"><media-reference source="https://lock.example/l.mp3" mime-type="audio/mpeg"/></media>'
        '<media media-type="video"><media-reference source="https://lock.example/l.mp4"/></media>'
    )
    [draft] = wire(nitf(body=body))
    assert draft.body == "The lock was mended.\n"
    assert draft.image
    assert (draft.image.value.caption, draft.image.value.credit) == ("The lock", "Wim Bos")
    assert draft.keys["audio"]["src"] == "https://lock.example/l.mp3"
    assert ["https://lock.example/l.mp4" in p.message for p in draft.problems if p.code == "media-named"] == [True]


def test_a_wire_that_ends_in_the_middle_is_read_as_far_as_it_goes_and_held():
    [draft] = wire(nitf(body="<p>The lock was mended.</p><p>It took a week.</p>")[:-50])
    assert draft.body.startswith("The lock was mended.")
    assert draft.body_confidence < 0.5
    assert [p.code for p in draft.problems] == ["feed-damaged"]


def test_newsml_1_says_when_it_may_be_used():
    [draft] = wire(
        "<NewsML><NewsItem><NewsManagement><FirstCreated>20250508T100000+0100</FirstCreated>"
        '<Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/>'
        "<DateAndTime>20300101T060000Z</DateAndTime></StatusWillChange></NewsManagement><NewsComponent><NewsLines>"
        "<HeadLine>Lock mended</HeadLine></NewsLines><ContentItem><DataContent><p>The lock was mended.</p></DataContent>"
        "</ContentItem></NewsComponent></NewsItem></NewsML>"
    )
    assert draft.held == ()
    assert draft.embargo
    assert draft.embargo.value.year == 2030


@pytest.mark.parametrize("state", ["canceled", "withheld", "killed"])
def test_an_item_of_ninjs_that_is_not_usable_is_held(state):
    [draft] = read(item(pubstatus=state))
    assert state in draft.held[0]


@pytest.mark.parametrize("signals", ["hold", ["update", "hold"], [{"code": "sig:hold"}]])
def test_a_signal_of_ninjs_holds(signals):
    assert "hold" in read(item(signals=signals))[0].held[0]
    assert read(item(signals=[{"code": "sig:update"}]))[0].held == ()


def test_a_note_to_editors_in_ninjs_holds():
    assert read(item(ednote="Do not publish before the hearing."))[0].held


def test_ninjs_without_an_html_body_is_text():
    [draft] = read(item(body_xhtml=None, body_text="Write <b> for bold."))
    assert draft.body == "Write \\<b\\> for bold.\n"


def test_every_key_of_ninjs_has_a_fate():
    value = item(subject=[{"name": "Canals"}], tide="ebb at noon", expires="2030-01-01T00:00:00Z", byline="Ines Okafor")
    [draft] = read(value)
    rows = json.dumps(value, indent=1).split("\n")
    fates = {fate.text or rows[fate.line - 1].strip(): fate for fate in draft.fates}
    assert {fate.line for fate in draft.fates} == set(range(1, len(rows) + 1))
    [tide] = [fate for text, fate in fates.items() if "ebb at noon" in text]
    assert (tide.role, tide.why) == ("dropped", "tide is a key with no place in a story")
    assert draft.expires
    assert draft.topics
    assert draft.topics.value == ("Canals",)


def test_every_item_that_is_none_is_counted_as_left_out():
    drafts = read([item(), None, 5, {"headline": None}])
    assert len(drafts) == 1
    messages = [p.message for p in drafts[0].problems if p.code == "entries-left"]
    assert any("2 of 4 items are not items, such as null, 5" in message for message in messages)
    assert any("1 of 2 items have no text" in message for message in messages)


def test_of_broken_ninjs_whole_items_are_read():
    text = json.dumps({"items": [item(), item(uri="urn:2")]}, indent=1)
    drafts = ninjs.read(Source("n.json", text[: text.index("urn:2")].encode(), NOW), HINTS)
    assert [draft.guid for draft in drafts] == ["urn:1"]
    assert [p.code for p in drafts[0].problems] == ["feed-damaged"]


def test_what_closes_an_item_of_nitf_is_the_end_of_its_text():
    said = "Correction: the lock is in Ellery."
    text = nitf().replace("</body></nitf>", f"<body.end><tagline>{said}</tagline></body.end></body></nitf>")
    assert text != nitf()
    (draft,) = wire(text)
    assert draft.body == f"The lock was mended.\n\n{said}\n"
    assert [fate.role for fate in draft.fates if fate.text == said] == ["body"]


@pytest.mark.parametrize("word", ["kill", "hold", "withheld", "embargo"])
def test_a_signal_that_takes_back_or_holds_holds_an_item(word):
    signal = f'<pubStatus qcode="stat:usable"/><signal qcode="sig:{word}"/>'
    first, *_ = wire(G2.replace("<provider", f"{signal}<provider", 1))
    assert word in " ".join(first.held)
    first, *_ = wire(G2.replace("<provider", '<signal qcode="sig:update"/><provider', 1))
    assert not first.held


@pytest.mark.parametrize(
    ("standfirst", "abstract", "used"),
    [
        (
            "The council gives no reason, and the ferries have to find another quay",
            "The port is shut today.",
            "The council",
        ),
        ("", "The port of Ellery is shut, and its council gives no reason for that.", "The port of"),
        ("No reason given", "The port is shut today.", ""),
    ],
)
def test_only_the_text_that_sums_the_story_up_is_called_its_summary(standfirst: str, abstract: str, used: str):
    head = f"<hedline><hl1>Port shut</hl1>{f'<hl2>{standfirst}</hl2>' if standfirst else ''}</hedline>"
    [draft] = wire(
        f"<nitf><body><body.head>{head}<abstract><p>{abstract}</p></abstract></body.head>"
        "<body.content><p>The port is shut.</p></body.content></body></nitf>"
    )
    said = {fate.text: fate.role for fate in draft.fates if fate.text in (standfirst, abstract)}
    assert said == {
        text: "summary" if used and text.startswith(used) else "dropped" for text in (standfirst, abstract) if text
    }
