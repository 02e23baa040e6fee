"""What --explain shows: every field's evidence, every line's fate."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from broadsheet import config, ingest
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.ingest import Draft, Hints, Source, formats
from broadsheet.ingest.extract.draft import Fate, Found, Role
from broadsheet.ingest.sources import conversion

SOURCE = Source("a.txt", b"World\n\nA title\nShare\nA body.", dt.datetime(2025, 6, 1, tzinfo=dt.UTC))


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    fates = (
        Fate(1, "section"),
        Fate(2, "blank"),
        Fate(3, "title", "the page's own"),
        Fate(4, "dropped", "a button"),
        Fate(5, "body"),
    )
    return (Draft(Found("A title", "first line", 0.5, 3), "A body.", fates, section=Found("World", "a label", 0.9, 1)),)


def test_every_line_is_shown_with_its_fate():
    rows = ingest.explained(SOURCE, read, Hints()).rows
    assert [(row.number, row.text, row.role, row.why) for row in rows] == [
        (1, "World", "section", ""), (2, "", "blank", ""), (3, "A title", "title", "the page's own"),
        (4, "Share", "dropped", "a button"), (5, "A body.", "body", ""),
    ]  # fmt: skip


def test_every_field_is_shown_with_its_rule_and_whether_an_editor_should_look():
    [fields] = ingest.explained(SOURCE, read, Hints()).stories
    assert [(f.field, f.value, f.line, f.review) for f in fields] == [
        ("title", "A title", 3, True), ("date", "", 0, True), ("section", "World", 1, False),
    ]  # fmt: skip


def test_a_line_belongs_to_the_story_that_makes_use_of_it():
    def two(source: Source, hints: Hints) -> tuple[Draft, ...]:
        first = Draft(
            Found("A", "", 1), "x", (*(Fate(n, "body") for n in (1, 2)), *(Fate(n, "dropped") for n in (3, 4, 5)))
        )
        other = Draft(
            Found("B", "", 1), "x", (*(Fate(n, "dropped") for n in (1, 2)), *(Fate(n, "body") for n in (3, 4, 5)))
        )
        return first, other

    assert [row.story for row in ingest.explained(SOURCE, two, Hints()).rows] == [1, 1, 2, 2, 2]


def test_a_line_that_a_reader_lost_is_a_problem_with_its_number():
    def careless(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (Draft(Found("A", "", 1), "x", tuple(Fate(n, "body") for n in (1, 2, 4, 5, 99))),)

    [problem] = ingest.explained(SOURCE, careless, Hints()).problems
    assert (problem.code, problem.place) == ("line-lost", Place("a.txt", 3))


def packed(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return data.getvalue()


DOCUMENT = packed(
    {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>A kiln is lit</w:t></w:r></w:p><w:p><w:r><w:t>'
        "The kiln of Vellamo burns again, the owners said on Monday, and nobody doubts it.</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p></w:body></w:document>",
    }
)


def test_the_paragraphs_of_a_document_are_its_pieces():
    found = ingest.explained(Source("a.docx", DOCUMENT, SOURCE.modified), formats.read, Hints())
    assert [(row.number, row.role, row.text[:13], row.story) for row in found.rows] == [
        (1, "title", "A kiln is lit", 1), (2, "body", "The kiln of V", 1), (3, "dropped", "never", 0),
    ]  # fmt: skip
    assert found.rows[2].why == "deleted in a tracked change"
    assert not found.problems


def test_what_is_in_an_archive_is_explained_file_by_file():
    text = "# Kiln\n\nThe kiln of Vellamo burns again, the owners said on Monday.\n"
    data = packed({"a.md": text, "b.csv": "Town,Bottles\nVellamo,11\n"})
    found = ingest.explained(Source("in.zip", data, SOURCE.modified), formats.read, Hints())
    assert [next(field.value for field in story if field.field == "title") for story in found.stories] == ["Kiln"]
    assert [(problem.code, problem.place.file) for problem in found.problems] == [("no-reader", "in.zip/b.csv")]


def test_a_reader_that_never_comes_back_is_explained_by_that(monkeypatch):
    monkeypatch.setattr(conversion, "SECONDS", 0.2)

    def slow(source: Source, hints: Hints) -> tuple[Draft, ...]:
        while True:
            pass

    found = ingest.explained(SOURCE, slow, Hints())
    assert [problem.code for problem in found.problems] == ["too-slow"]


def test_a_source_that_cannot_be_read_is_explained_by_its_problem():
    def refuse(source: Source, hints: Hints) -> tuple[Draft, ...]:
        raise fail("no-story", "no story", Place(source.name))

    found = ingest.explained(SOURCE, refuse, Hints())
    assert [problem.code for problem in found.problems] == ["no-story"]
    assert len(found.rows) == 5


def test_the_door_explains_a_file_and_files_nothing(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    (tmp_path / "a.txt").write_bytes(SOURCE.data)
    site = config.open_site(tmp_path)
    options = ingest.Options(SOURCE.modified, read=read)
    assert ingest.explain(site, tmp_path / "a.txt", options).name == "a.txt"
    for path in (tmp_path, tmp_path / "missing", "ftp://example.org"):
        with pytest.raises(BroadsheetError):
            ingest.explain(site, path, options)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.txt", "pyproject.toml"]


def test_a_feed_is_shown_in_the_charset_that_it_declares_with_what_was_left_out_of_it():
    entry = (
        "<item><title>Řeka stoupla</title>\n<mood>veselá</mood>\n<description>Voda sahá k můstku.</description></item>"
    )
    text = f'<?xml version="1.0" encoding="iso-8859-2"?>\n<rss><channel>{entry}<item><title>Jen titulek</title></item></channel></rss>'
    source = Source("a.xml", text.encode("iso-8859-2"), dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    found = ingest.explained(source, ingest.reader(), Hints())
    rows = {row.text.strip(): (row.role, row.why) for row in found.rows}
    assert rows["<mood>veselá</mood>"] == ("dropped", "<mood> is an element that no reader of feeds knows")
    assert rows["Jen titulek"][0] == "dropped"
    assert [p.code for p in found.problems] == ["entries-left"]


@pytest.mark.parametrize(
    ("unsure", "words"),
    [
        ((3, 4), "dropped, but may belong to the story: lines 3-4"),
        ((5,), "kept, but may not belong to it: line 5"),
        ((4, 5), "dropped, but may belong to the story: line 4; kept, but may not belong to it: line 5"),
        ((), "it may not be whole, though no single line is in doubt; dropped: lines 3-4"),
    ],
)
def test_a_doubtful_body_says_which_lines_were_dropped_and_which_were_kept(unsure, words):
    def doubting(source: Source, hints: Hints) -> tuple[Draft, ...]:
        roles: dict[int, Role] = {1: "title", 2: "blank", 3: "dropped", 4: "dropped", 5: "body"}
        fates = tuple(Fate(n, role, confidence=0.4 if n in unsure else 1.0) for n, role in roles.items())
        return (Draft(Found("A title", "", 1), "A body.", fates, body_confidence=0.6),)

    [fields] = ingest.explained(SOURCE, doubting, Hints()).stories
    assert [f.value for f in fields if f.field == "body"] == [words]
