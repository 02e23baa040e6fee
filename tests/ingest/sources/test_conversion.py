"""Nothing that a source holds keeps the others from being read: not a reader that never comes back, in any language."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import zipfile
from collections.abc import Callable

import pytest

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source, make_draft
from broadsheet.ingest.sources import conversion, pictures
from broadsheet.ingest.sources.conversion import ConversionSettings, Converted, convert_all

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)


def _loop() -> None:
    while True:
        pass


def _pattern() -> None:
    re.match(r"(?:a|a)*b", "a" * 64)  # never ends, and cannot be interrupted: it runs in C


def reader(hang: Callable[[], None]) -> Callable[[Source, Hints], tuple[Draft, ...]]:
    def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
        if b"hang" in source.data:
            hang()
        return (make_draft(source.name, "The kiln of Vellamo burns again.", date=dt.date(2026, 3, 2)),)

    return read


def run(sources: list[Source], hang: Callable[[], None], workers: int = 0) -> list[Converted]:
    return list(convert_all(sources, ConversionSettings(reader(hang), Hints()), workers))


def codes(found: list[Converted]) -> list[str]:
    return [next((problem.code for problem in one.problems), "read") for one in found]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "SECONDS", 0.3)


@pytest.mark.parametrize("hang", [_loop, _pattern])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_source_that_takes_too_long_is_named_and_the_next_ones_are_read(hang, workers):
    sources = [Source(f"{n}.txt", b"hang" if n in (3, 17) else b"x", NOW) for n in range(20)]
    found = run(sources, hang, workers)
    assert [one.name for one in found if one.problems] == ["3.txt", "17.txt"]
    assert codes(found) == ["too-slow" if n in (3, 17) else "read" for n in range(20)]
    assert all(len(one.stories) == 1 for one in found if not one.problems)


@pytest.mark.parametrize("hang", [_loop, _pattern])
def test_a_file_in_an_archive_that_takes_too_long_keeps_no_other_from_being_read(hang):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for n in range(5):
            made.writestr(f"{n}.txt", "hang" if n == 2 else "x")
    [found] = run([Source("in.zip", data.getvalue(), NOW)], hang)
    assert [(problem.code, problem.place.file) for problem in found.problems] == [("too-slow", "in.zip/2.txt")]
    assert [story.meta["title"] for story in found.stories] == [f"in.zip/{n}.txt" for n in (0, 1, 3, 4)]


def test_an_archive_of_nothing_but_such_files_is_left_after_a_few(monkeypatch):
    monkeypatch.setattr(conversion, "_SLOW", 2)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for n in range(9):
            made.writestr(f"{n}.txt", "hang")
    assert codes(run([Source("in.zip", data.getvalue(), NOW)], _pattern)) == ["too-slow"]


def test_where_a_thread_runs_a_reader_in_python_is_ended_too():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        found = run([Source("a.txt", b"hang", NOW), Source("b.txt", b"x", NOW)], _loop)
    finally:
        gate.set()
        thread.join()
    assert codes(found) == ["too-slow", "read"]


PACKED = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
STORY = "# {}\n\nThe port of Ellery will be shut for eleven weeks, the council said.\n"


def packed(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Source:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return Source("in.zip", data.getvalue(), PACKED)


def test_every_file_is_read_by_the_reader_of_its_format():
    files: dict[str, bytes | str] = {
        "b.md": STORY.format("Two"),
        "a/a.md": STORY.format("One"),
        "photo.jpg": b"\xff\xd8\xff",
        "__MACOSX/._b.md": "x",
    }
    assert [draft.title.value for draft in conversion.read_archive(packed(files), Hints(), formats.read)] == [
        "One",
        "Two",
    ]


def test_a_file_that_cannot_be_read_is_named_and_keeps_no_other_from_being_read():
    [draft] = conversion.read_archive(
        packed({"a.md": STORY.format("One"), "b.txt": "\x00\x01\x02" * 50}), Hints(), formats.read
    )
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
    assert pictures.label(name) == label


def test_a_file_that_unfolds_without_end_is_not_unpacked():
    [found] = conversion.unpack(packed({"bomb.txt": b"a" * 10_000_000}))
    assert isinstance(found, Problem)
    assert "unfolds" in found.message


def test_an_archive_in_an_archive_is_not_opened():
    [found] = conversion.unpack(packed({"inner.zip": packed({"a.md": "x"}).data}))
    assert isinstance(found, Problem)


def test_of_too_many_files_the_first_are_read_and_the_others_are_counted(monkeypatch):
    monkeypatch.setattr(conversion, "MOST", 2)
    found = list(conversion.unpack(packed({f"{n}.md": "x" for n in range(5)})))
    assert [one.name for one in found if isinstance(one, Source)] == ["in.zip/0.md", "in.zip/1.md"]
    [problem] = [one for one in found if isinstance(one, Problem)]
    assert (problem.severity, problem.code, "3 of its files" in problem.message) == ("error", "too-large", True)


def test_what_is_too_much_in_all_is_left_packed_and_counted(monkeypatch):
    monkeypatch.setattr(conversion, "WHOLE", 100)
    found = list(conversion.unpack(packed({f"{n}.txt": "x" * 60 for n in range(3)})))
    assert [one.name for one in found if isinstance(one, Source)] == ["in.zip/0.txt"]
    assert ["2 of its files" in one.message for one in found if isinstance(one, Problem)] == [True]


def test_leftovers_of_systems_and_editors_are_no_files_of_an_archive():
    names = ("__MACOSX/._a.md", ".DS_Store", "Thumbs.db", "a/~$board.docx", "b.md.swp", "c.md~")
    assert list(conversion.unpack(packed(dict.fromkeys(names, "x")))) == []


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 40])
def test_a_broken_archive_is_refused(data):
    with pytest.raises(BroadsheetError) as caught:
        conversion.read_archive(Source("x.zip", data, PACKED), Hints(), formats.read)
    assert caught.value.problem.code == "bad-archive"


def test_a_document_in_an_archive_is_read_as_one_beside_it():
    text = "The kiln of Vellamo burns again, the owners said on Monday, and nobody doubts it."
    paragraphs = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in ("A kiln is lit", text))
    document = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>',
    }
    [draft] = conversion.read_archive(packed({"a.docx": packed(dict(document)).data}), Hints(), formats.read)
    assert draft.title.value == "A kiln is lit"
