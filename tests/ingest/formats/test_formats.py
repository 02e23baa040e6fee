"""The content says what a source is; its name is asked only where the content could be several things."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Hints, Source

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())


def source(data: str | bytes, name: str = "a.txt") -> Source:
    return Source(name, data.encode() if isinstance(data, str) else data, NOW)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<!DOCTYPE html><p>x", "html"),
        ("\ufeff\n<html lang=en><body>x", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><body>x', "html"),
        ("<!-- saved --><div>x</div>", "html"),
        ('<?xml version="1.0"?><rss version="2.0"></rss>', "feed"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "feed"),
        ("<rdf:RDF></rdf:RDF>", "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ('Warning: x in /srv/a.php\n<?xml version="1.0"?><rss version="2.0"></rss>', "feed"),
        ('<br />\n<b>Notice</b>: x<br />\n<?xml version="1.0"?>\n<feed></feed>', "feed"),
        ('Writing <?xml version="1.0"?><rss> begins a feed. Then come its entries.', "text"),
        ('<?xml version="1.0" encoding="utf-16"?><rss></rss>'.encode("utf-16-le"), "feed"),
        ('<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>', "newsml"),
        ("<!DOCTYPE nitf SYSTEM 'x.dtd' [<!ENTITY a 'b'>]><nitf></nitf>", "newsml"),
        ('{"uri": "urn:1", "versioncreated": "2025-01-01", "headline": "x"}', "ninjs"),
        ("From: a@example.org\nTo: b@example.org\nSubject: x\n\nText", "mail"),
        ("From a@example.org Thu May  8 10:00:00 2025\nFrom: a@example.org\nSubject: x\n\nText", "mail"),
        ("---\ntitle: x\n---\nText", "markdown"),
        ("# Title\n\nText with a [link](https://example.org).\n", "markdown"),
        ("Title\n\nText.", "text"),
        ("# hash marks the berth that is shut", "text"),
        ("<script>alert(1)</script> is what it said", "text"),
        ("{ is how it begins", "text"),
        ("---\nA line of dashes above a text: that is all.\n", "text"),
        ("Subject: a line that a text may begin with\n\nText", "text"),
        ("", "text"),
    ],
)
def test_a_source_is_known_by_its_content(data, expected):
    assert formats.recognise(source(data)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.md", "markdown"), ("a.mbox", "mail"), ("a", "text"), ("a.b/c", "text"), ("a.html", "text"), ("a.eml", "text")],
)
def test_a_name_decides_where_the_content_says_nothing(name, expected):
    assert formats.recognise(source("Plain words.", name)) == expected


def test_a_page_in_utf_16_is_a_page():
    assert formats.recognise(source("<html><body>x".encode("utf-16"))) == "html"


def test_an_archive_is_known_by_its_first_bytes_whatever_its_name():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")
    assert formats.recognise(source(packed.getvalue(), "photo.txt")) == "archive"


def test_an_empty_source_is_refused():
    with pytest.raises(BroadsheetError) as caught:
        formats.read(source(""), Hints())
    assert caught.value.problem.code == "empty"


@settings(deadline=None)  # the first source of a format loads its reader
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.html", "a.md", "a.eml", "a.json", "a.xml", "a.zip"]))
def test_any_bytes_are_read_or_refused_with_a_reason(data, name):
    with contextlib.suppress(BroadsheetError):
        assert formats.read(source(data, name), Hints())


def test_plain_text_does_not_pay_for_the_readers_of_other_formats():
    code = (
        "import sys, datetime as dt\n"
        "from broadsheet.ingest import formats\n"
        "from broadsheet.ingest.extract.draft import Hints, Source\n"
        "formats.read(Source('a.txt', b'A title\\n\\nA text of some words.', dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), Hints())\n"
        "print([m for m in ('trafilatura', 'lxml', 'feedparser', 'htmldate') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        ("+++\ntitle = 'x'\n+++\nText", "a.txt", "markdown"),
        ('{"title": "x", "draft": true}\n\nText', "a.txt", "markdown"),
        ('{"title": "x"}', "a.txt", "refused"),
        ("Title: x\nStatus: draft\n\nText", "a.txt", "markdown"),
        ("Status: draft\n\nText", "a.txt", "text"),
        ("<!--\n.. title: x\n.. date: y\n-->\nText", "a.md", "markdown"),
        ('{"headline": "x", "versioncreated": "2025-01-01"}', "a.json", "ninjs"),
        ("From: a@example.org\nTo: b@example.org\nDate: x\nSubject: y\nTitle: z\n\nText", "a.txt", "mail"),
    ],
)
def test_front_matter_of_any_generator_is_known_whatever_the_file_is_called(data, name, expected):
    assert formats.recognise(source(data, name)) == expected


STORY = (
    b"Council votes for a second ferry\n\n4 March 2024\n\nThe council of Quayside voted for a second ferry on Monday.\n"
)
PAGE_OF_ERROR = b"<html><body><h1>File not found</h1><p>The document that you asked for has moved to another place.</p></body></html>"


@pytest.mark.parametrize(
    ("name", "data", "severity"),
    [
        *((f"report.{end}", STORY, "warning") for end in ("docx", "xlsx", "pdf", "odt", "epub", "pptx", "zip", "jpg", "mp3")),
        ("report.pdf", PAGE_OF_ERROR, "warning"),
        ("report.docx", rb"{\rtf1\ansi Council votes for a second ferry\par\par The council voted for it.}", "warning"),
        *((f"report.{end}", STORY, "note") for end in ("html", "eml", "json", "xml", "rtf", "srt")),
        ("report.txt", rb"{\rtf1\ansi Council votes for a second ferry\par\par The council voted for it.}", "note"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_read_as_what_it_is_and_that_is_said(
    name: str, data: bytes, severity: str
):
    [draft] = formats.read(Source(name, data, NOW), HINTS)
    assert [problem.severity for problem in draft.problems if problem.code == "misnamed"] == [severity]
    if data is STORY:
        assert draft.title.value == "Council votes for a second ferry"


@pytest.mark.parametrize("name", ["report.txt", "report", "report.md", "notes.2024", "https://q.example/report.pdf"])
def test_a_file_that_is_what_its_name_says_needs_no_word(name: str):
    [draft] = formats.read(Source(name, STORY, NOW), HINTS)
    assert not [problem for problem in draft.problems if problem.code == "misnamed"]


FELL = "The bridge across the Patapsco in Baltimore fell on 26 March 2024, after a container ship had hit one of its piers."
RAN = "The container ship Ever Given ran aground in the Suez Canal on 23 March 2021 and blocked it for six days in all."
OPEN = (
    "The cathedral of Notre-Dame in Paris was opened again on 7 December 2024, five years after the fire in its roof."
)


@pytest.mark.parametrize(
    "text",
    [
        f"# Bridge falls\n\n26 March 2024\n\n{FELL}\n\n# Canal blocked\n\n23 March 2021\n\n{RAN}\n",
        f'---\ntitle: "Bridge falls"\ndate: 2024-03-26\n---\n\n{FELL}\n\n---\ntitle: "Canal blocked"\ndate: 2021-03-23\n---\n\n{RAN}\n',
        f"# Three days\n\n## Bridge falls\n\n{FELL}\n\n## Canal blocked\n\n{RAN}\n\n## Cathedral open\n\n{OPEN}\n",
    ],
    ids=["headings with days", "front matter", "headings without a lead"],
)
def test_a_markdown_file_that_seems_to_hold_several_stories_says_so(text):
    (draft,) = formats.read(Source("days.md", text.encode(), NOW), HINTS)
    assert [problem.code for problem in draft.problems] == ["several-stories"]
    assert "body" in draft.doubtful()


def test_an_article_with_subheads_says_nothing_of_several_stories():
    text = f"# Three days\n\n{FELL}\n\n## Canal blocked\n\n{RAN}\n\n## Cathedral open\n\n{OPEN}\n"
    (draft,) = formats.read(Source("days.md", text.encode(), NOW), HINTS)
    assert not draft.problems


def test_a_head_of_lines_may_be_in_german_or_french():
    text = f"Titel: Brücke eingestürzt\nAutor: Ada Moll\nDatum: 26.03.2024\n\n{FELL}\n"
    (draft,) = formats.read(Source("days.txt", text.encode(), NOW), HINTS)
    assert draft.title.value == "Brücke eingestürzt"
    assert draft.authors
    assert draft.authors.value == ("Ada Moll",)
    assert str(draft.date and draft.date.value) == "2024-03-26"
