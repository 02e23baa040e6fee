"""An archive is the files in it, and never more than a folder could be."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.sources import archive

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
STORY = "# {}\n\nThe port of Ellery will be shut for eleven weeks, the council said.\n"


def packed(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Source:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return Source("in.zip", data.getvalue(), NOW)


def test_every_file_is_read_by_the_reader_of_its_format():
    files: dict[str, bytes | str] = {
        "b.md": STORY.format("Two"),
        "a/a.md": STORY.format("One"),
        "photo.jpg": b"\xff\xd8\xff",
        "__MACOSX/._b.md": "x",
    }
    assert [draft.title.value for draft in archive.read(packed(files), Hints())] == ["One", "Two"]


def test_a_file_that_cannot_be_read_is_named_and_keeps_no_other_from_being_read():
    [draft] = archive.read(packed({"a.md": STORY.format("One"), "b.txt": "\x00\x01\x02" * 50}), Hints())
    assert [problem.place.file for problem in draft.problems] == ["in.zip/b.txt"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\a\\b", "C/a/b"),
        ("a/./b\n", "a/b"),
        ("..", "unnamed"),
    ],
)
def test_a_name_is_a_label_and_no_path(name, label):
    assert archive.label(name) == label


def test_a_file_that_unfolds_without_end_is_not_unpacked():
    [found] = archive.unpack(packed({"bomb.txt": b"a" * 10_000_000}))
    assert isinstance(found, Problem)
    assert "unfolds" in found.message


def test_an_archive_in_an_archive_is_not_opened():
    [found] = archive.unpack(packed({"inner.zip": packed({"a.md": "x"}).data}))
    assert isinstance(found, Problem)


def test_of_too_many_files_the_first_are_read_and_the_others_are_counted(monkeypatch):
    monkeypatch.setattr(archive, "MOST", 2)
    found = list(archive.unpack(packed({f"{n}.md": "x" for n in range(5)})))
    assert [one.name for one in found if isinstance(one, Source)] == ["in.zip/0.md", "in.zip/1.md"]
    [problem] = [one for one in found if isinstance(one, Problem)]
    assert (problem.severity, problem.code, "3 of its files" in problem.message) == ("error", "too-large", True)


def test_what_is_too_much_in_all_is_left_packed_and_counted(monkeypatch):
    monkeypatch.setattr(archive, "WHOLE", 100)
    found = list(archive.unpack(packed({f"{n}.txt": "x" * 60 for n in range(3)})))
    assert [one.name for one in found if isinstance(one, Source)] == ["in.zip/0.txt"]
    assert ["2 of its files" in one.message for one in found if isinstance(one, Problem)] == [True]


def test_leftovers_of_systems_and_editors_are_no_files_of_an_archive():
    names = ("__MACOSX/._a.md", ".DS_Store", "Thumbs.db", "a/~$board.docx", "b.md.swp", "c.md~")
    assert list(archive.unpack(packed(dict.fromkeys(names, "x")))) == []


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 40])
def test_a_broken_archive_is_refused(data):
    with pytest.raises(BroadsheetError) as caught:
        archive.read(Source("x.zip", data, NOW), Hints())
    assert caught.value.problem.code == "bad-archive"


def test_a_document_in_an_archive_is_read_as_one_beside_it():
    text = "The kiln of Vellamo burns again, the owners said on Monday, and nobody doubts it."
    paragraphs = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in ("A kiln is lit", text))
    document = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>',
    }
    [draft] = archive.read(packed({"a.docx": packed(dict(document)).data}), Hints())
    assert draft.title.value == "A kiln is lit"
