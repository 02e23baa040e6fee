"""Nothing that a source holds keeps the others from being read: not a reader that never comes back, in any language."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import zipfile
from collections.abc import Callable

import pytest

from broadsheet.ingest.extract.draft import Draft, Hints, Source, make_draft
from broadsheet.ingest.sources import conversion
from broadsheet.ingest.sources.conversion import ConversionSettings, Converted, convert_all

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)


def _loop() -> None:
    while True:
        pass


def _pattern() -> None:
    re.match(r"(?:a|a)*b", "a" * 64)  # takes for ever, in C


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
