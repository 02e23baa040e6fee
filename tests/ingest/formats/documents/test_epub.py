"""A book is a story a chapter, in the order of its spine; cover, contents and colophon are none, and are named."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
TEXT = "The glassworks of Vellamo will light its furnace again in May, after nine years, the owners said on Monday."


def chapter(title: str, text: str, more: str = "") -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="x"><head><title>t</title></head><body><h1>{title}</h1>{more}<p>{text}</p></body></html>'


def read(files: dict[str, str | bytes], spine: str, items: str = "", metadata: str = "") -> tuple[Draft, ...]:
    names = [name for name in files if name.endswith("html")]
    listed = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml" {"properties=" + chr(34) + "nav" + chr(34) if name == "nav.xhtml" else ""}/>'
        for name in names
    )
    refs = "".join(f'<itemref idref="{name}"/>' for name in spine.split())
    opf = f'<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="d"><metadata>{metadata}</metadata><manifest>{listed}{items}</manifest><spine>{refs}</spine></package>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr(
            "META-INF/container.xml",
            '<container xmlns="c"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        )
        made.writestr("OPS/book.opf", opf)
        for name, part in files.items():
            made.writestr(name if name.startswith("META") else f"OPS/{name}", part)
    return formats.read(Source("a.epub", data.getvalue(), NOW), Hints(today=dt.date(2026, 3, 9)))


def test_chapters_are_stories_in_the_order_of_the_spine():
    files: dict[str, str | bytes] = {
        "b.xhtml": chapter("Old kiln sold", TEXT, "<p>By Per Holt</p><p>3 March 2026</p>"),
        "a.xhtml": chapter("Furnace to burn again", TEXT, "<p>By Liv Aune</p><p>2 March 2026</p>"),
    }
    found = read(files, "a.xhtml b.xhtml")
    assert [draft.title.value for draft in found] == ["Furnace to burn again", "Old kiln sold"]
    assert [draft.date and draft.date.value for draft in found] == [dt.date(2026, 3, 2), dt.date(2026, 3, 3)]
    assert [draft.authors and draft.authors.value for draft in found] == [("Liv Aune",), ("Per Holt",)]
    assert [problem.code for problem in found[0].problems] == ["several-stories"]


def test_what_is_no_chapter_is_named_and_not_filed():
    files: dict[str, str | bytes] = {
        "cover.xhtml": "<html><body><p>The Vellamo Review</p></body></html>",
        "nav.xhtml": '<html><body><nav><a href="a.xhtml">Furnace to burn again</a></nav></body></html>',
        "a.xhtml": chapter("Furnace to burn again", TEXT),
        "end.xhtml": chapter(
            "Imprint", "Printed by the Vellamo Press, all rights reserved, in the year 2026, on paper."
        ),
    }
    [draft] = read(files, "cover.xhtml nav.xhtml a.xhtml end.xhtml")
    assert draft.title.value == "Furnace to burn again"
    why = {fate.text: fate.why for fate in draft.fates if fate.role == "dropped"}
    assert why["The Vellamo Review"] == "the cover"
    assert why["Imprint"] == "the table of contents or colophon"


def test_a_chapter_that_goes_on_in_a_second_file_is_one_story():
    files: dict[str, str | bytes] = {
        "nav.xhtml": '<html><body><nav><a href="a.xhtml">Furnace to burn again</a></nav></body></html>',
        "a.xhtml": chapter("Furnace to burn again", TEXT),
        "a2.xhtml": "<html><body><p>And the second part of it follows in a file of its own.</p></body></html>",
    }
    [draft] = read(files, "a.xhtml a2.xhtml")
    assert draft.body.endswith("follows in a file of its own.\n")


def test_pictures_of_the_book_come_along_and_notes_have_marks():
    body = '<p>It went out<a epub:type="noteref" href="#n"><sup>1</sup></a> then.</p><img src="img/f.png" alt="The furnace"/><aside id="n"><p>In 2017. <a role="doc-backlink" href="#b">↩</a></p></aside>'
    [draft] = read(
        {"a.xhtml": chapter("Furnace to burn again", TEXT, f"<p>{TEXT}</p>{body}"), "img/f.png": PNG}, "a.xhtml"
    )
    assert "It went out\\[1\\] then.\n\n![The furnace](f.png)\n\nIn 2017.\n" in draft.body
    assert dict(draft.pictures) == {"f.png": PNG}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"META-INF/encryption.xml": '<e><c URI="OPS/a.xhtml"/></e>', "a.xhtml": chapter("A", TEXT)}, "encrypted"),
        ({"cover.xhtml": "<html><body><p>x</p></body></html>"}, "no-story"),
    ],
)
def test_a_book_that_cannot_be_read_says_why(files, code):
    with pytest.raises(BroadsheetError) as caught:
        read(files, "cover.xhtml a.xhtml")
    assert caught.value.problem.code == code


def test_a_font_that_is_obscured_is_no_lock():
    files: dict[str, str | bytes] = {
        "META-INF/encryption.xml": '<e><c URI="OPS/f.otf"/></e>',
        "a.xhtml": chapter("A new furnace", TEXT),
    }
    assert len(read(files, "a.xhtml")) == 1


def test_a_file_that_unfolds_without_end_keeps_no_other_chapter_from_being_read():
    files: dict[str, str | bytes] = {
        "a.xhtml": chapter("Furnace to burn again", TEXT),
        "b.xhtml": chapter("B", "x" * 60_000_000),
    }
    [draft] = read(files, "a.xhtml b.xhtml")
    assert [problem.code for problem in draft.problems] == ["damaged"]


def test_a_short_chapter_is_a_story_and_a_page_of_a_title_is_none():
    files: dict[str, str | bytes] = {
        "title.xhtml": "<html><body><h1>The Vellamo Review</h1><p>Winter</p></body></html>",
        "a.xhtml": chapter("Furnace to burn again", TEXT),
        "b.xhtml": chapter("Kiln stays shut", "Nobody came.", "<p>No.</p>"),
    }
    found = read(files, "title.xhtml a.xhtml b.xhtml")
    assert [draft.title.value for draft in found] == ["Furnace to burn again", "Kiln stays shut"]
