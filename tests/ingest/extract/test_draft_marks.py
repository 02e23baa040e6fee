"""A mark for editors counts and leaves the draft, whichever reader read it and however the prose follows it."""

from __future__ import annotations

import datetime as dt
import json
from html import escape

import pytest

from broadsheet.ingest import make_draft, reader
from broadsheet.ingest.extract import draft_marks
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Source

HINTS = Hints(today=dt.date(2026, 11, 30))
TITLE = "Ferry sinks off Tarnby"
FIRST = (
    "The ferry Estrid sank off Tarnby at 6:40 on Monday night, and all forty people on board were saved. Boats from the "
    "harbour brought them ashore within the hour."
)
SECOND = (
    "The harbour master said that the ferry had struck the breakwater. The harbour master closed the port of Tarnby "
    "until the wreck is raised."
)
MARKS = [
    "HOLD FOR RELEASE",
    "EMBARGOED UNTIL 9 May 2027 10am",
    "EMBARGOED UNTIL 9 May 2027 10:00",
    "EMBARGOED UNTIL 10:00 on 9 May 2027",
    "NOT FOR PUBLICATION BEFORE 9 May 2027, 10:00",
    "EMBARGO: 9 May 2027 10:00",
]
MARKED_UP = ("rss br", "html br")
READERS = ["ninjs", "rss", *MARKED_UP, "own", "text", "mail", "markdown"]
JOINTS = {"one line break": "\n", "blank line": "\n\n", "dash": " - ", "full stop": ". ", "space": " "}
TAGS = {"\n": "<br>", "\n\n": "</p><p>"}


def own(source: Source, _hints: Hints) -> list[Draft]:
    return [make_draft(TITLE, source.data.decode())]


def source(kind: str, mark: str, joint: str) -> Source:
    joint = TAGS.get(joint, joint) if kind in MARKED_UP else joint
    text = f"{mark}{joint}{FIRST}{TAGS[chr(10) * 2] if kind in MARKED_UP else chr(10) * 2}{SECOND}"
    said = escape(f"<p>{text}</p>") if kind == "rss br" else text
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Tarnby</title><link>https://t.example/</link>'
        f"<description>News</description><item><title>{TITLE}</title><guid>1</guid>"
        "<pubDate>Mon, 30 Nov 2026 10:00:00 GMT</pubDate>\n"
        f"<description>{said}</description></item></channel></rss>"
    )
    page = (
        f"<!doctype html><html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>\n<p>{text}</p>"
        "</article></body></html>"
    )
    mail = (
        f"From: a@t.example\nTo: b@t.example\nSubject: {TITLE}\nDate: Mon, 30 Nov 2026 10:00:00 +0000\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    item = {"headline": TITLE, "versioncreated": "2026-11-30T10:00:00Z", "body_text": text, "uri": "urn:a"}
    name, content = {
        "ninjs": ("a.json", json.dumps(item)),
        "rss": ("a.xml", feed),
        "rss br": ("a.xml", feed),
        "html br": ("a.html", page),
        "own": ("a.own", f"{text}\n"),
        "text": ("a.txt", f"{TITLE}\n\n{text}\n"),
        "mail": ("a.eml", mail),
        "markdown": ("a.md", f"---\ntitle: {TITLE}\ndate: 2026-11-30\n---\n\n{text}\n"),
    }[kind]
    return Source(name, content.encode(), dt.datetime(2026, 11, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize("joint", JOINTS.values(), ids=JOINTS)
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("kind", READERS)
def test_a_mark_counts_and_leaves_the_story_and_its_prose_stays_whole(kind, mark, joint):
    (draft,) = reader({"*.own": own})(source(kind, mark, joint), HINTS)
    if mark == "HOLD FOR RELEASE":
        assert draft.held == ('it says "HOLD FOR RELEASE"',)
        assert draft.embargo is None
    else:
        assert draft.embargo is not None
        assert draft.embargo.value.isoformat() == "2027-05-09T10:00:00+00:00"
        assert draft.held == ()
    assert draft.body.replace("\\", "").split() == f"{FIRST} {SECOND}".split()
    assert draft.title.value == TITLE
    said = " ".join([draft.summary.value if draft.summary else "", *(draft.topics.value if draft.topics else ())])
    for word in ("EMBARGO", "UNTIL", "HOLD", "RELEASE", "PUBLICATION", "2027"):
        assert word not in said


def test_a_mark_before_a_paragraph_longer_than_any_mark_counts():
    long = f"{FIRST} {SECOND} {FIRST}"
    for mark in MARKS:
        for joint in (" – ", ". ", " ", "\n"):
            found = draft_marks.checked(make_draft(TITLE, f"{mark}{joint}{long}\n\n{SECOND}\n"), HINTS)
            assert found.held or found.embargo, (mark, joint)
            assert found.body == f"{long}\n\n{SECOND}\n"


def test_a_paragraph_keeps_its_quotation_marks_escapes_and_last_full_stop():
    for prose in ("“We saw it sink”, the watchman of Tarnby said.", r"The \*Estrid\* sank at the quay of Tarnby."):
        for joint in (" - ", ": ", "\n", "  \n", "\\\n"):
            found = draft_marks.checked(make_draft(TITLE, f"HOLD FOR RELEASE{joint}{prose}\n\n{SECOND}\n"), HINTS)
            assert (found.held, found.body) == (('it says "HOLD FOR RELEASE"',), f"{prose}\n\n{SECOND}\n")


def test_a_mark_in_a_summary_counts_and_leaves_it():
    given = make_draft(TITLE, f"{SECOND}\n", summary=f"NOT FOR PUBLICATION - {FIRST}", topics=("Tarnby",))
    found = draft_marks.checked(given, HINTS)
    assert found.held == ('it says "NOT FOR PUBLICATION"',)
    assert found.summary
    assert found.summary.value == FIRST
    assert found.topics == given.topics


def test_prose_that_tells_of_an_embargo_is_left_as_it_is():
    for prose in (
        "The embargo until 9 May 2027 was broken by a paper in Tarnby, which said that it had not seen it.",
        "EU ministers agreed on an embargo. Until 9 May 2027 no ship may call at the port of Tarnby.",
        "Embargo: what comes next? The ministers meet at 10:00 on 9 May 2027 in Tarnby.",
    ):
        draft = make_draft(TITLE, f"{prose}\n\n{SECOND}\n", summary=prose)
        assert draft_marks.checked(draft, HINTS) == draft


def test_an_embargo_names_the_line_of_the_source_where_that_is_known_and_no_other():
    read = reader({"*.own": own})
    lines = {}
    for kind in READERS:
        (draft,) = read(source(kind, MARKS[2], "\n\n"), HINTS)
        assert draft.embargo
        lines[kind] = draft.embargo.line
    assert lines == {
        "ninjs": 1, "rss": 2, "rss br": 2, "html br": 2, "own": 0, "text": 3, "mail": 7, "markdown": 6,
    }  # fmt: skip


def test_marks_that_a_reader_took_for_text_leave_headline_and_body():
    draft = Draft(Found("HOLD: Ferry sinks", "x", 0.9), f"NOT FOR PUBLICATION\n\n{FIRST}\n", ())
    found = draft_marks.checked(draft, HINTS)
    assert (found.title.value, found.body) == ("Ferry sinks", f"{FIRST}\n")
    assert len(found.held) == 2
