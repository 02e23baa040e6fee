"""The agencies' formats, ninjs, NewsML-G2 and NITF, become drafts; their XML can neither fetch nor unfold anything."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import newsml, ninjs

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
    assert draft.place
    assert draft.place.value == "Ellery"
    assert draft.summary
    assert draft.summary.value.startswith("The council gives no reason")


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
    assert shown["A picture"] == "dropped"


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
