"""A PDF is read as it is printed: columns in order, words whole, without what only a page needs."""

from __future__ import annotations

import builtins
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats.documents import pdf

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)

Set = tuple[float, float, float, str]  # where a line begins, in points, its size, its text


def printed(*pages: Sequence[Set], info: str = "", more: str = "") -> bytes:
    """A PDF with lines of Helvetica at the places that are given; "*" before a text makes it bold."""
    objects = [f"<</Type/Catalog/Pages 2 0 R{more}>>", ""]
    fonts = "<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>/F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>"
    kids = []
    for lines in pages:
        text = "".join(
            f"BT /F{2 if t.startswith('*') else 1} {size} Tf {x} {y} Td ({t.removeprefix('*').replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET\n"
            for x, y, size, t in lines
        )
        objects.append(f"<</Length {len(text)}>>stream\n{text}endstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {len(objects)} 0 R/Resources<</Font{fonts}>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    objects.append(f"<<{info}>>")
    data, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>"
    return (
        data
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer{trailer}\nstartxref\n{len(data)}\n%%EOF".encode()
    )


def column(x: float, y: float, *texts: str, size: float = 10) -> list[Set]:
    return [(x, y - n * size * 1.2, size, text) for n, text in enumerate(texts)]


def read(*pages: Sequence[Set], info: str = "") -> Draft:
    [draft] = formats.read(Source("a.pdf", printed(*pages, info=info), NOW), Hints(today=dt.date(2026, 3, 9)))
    return draft


HEAD: list[Set] = [(50, 700, 22, "Furnace to burn again"), (50, 672, 10, "By Liv Aune"), (50, 650, 10, "2 March 2026")]
LEFT = (
    "The glassworks of Vellamo will light its",
    "furnace again in May, after nine years of",
    "silence, the owners said on Monday in a",
    "letter to the town.",
)
RIGHT = (
    "Forty people will work there, most of them",
    "from the town itself, and the first bottles",
    "are sold already to a brewery in the north",
    "of the country.",
)


def test_two_columns_are_read_one_after_the_other_below_the_headline():
    draft = read(HEAD + column(50, 600, *LEFT) + column(320, 600, *RIGHT))
    assert (draft.title.value, draft.date and draft.date.value, draft.authors and draft.authors.value) == (
        "Furnace to burn again", dt.date(2026, 3, 2), ("Liv Aune",),
    )  # fmt: skip
    assert draft.body == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}\n"


def test_columns_that_begin_a_line_apart_and_the_order_of_the_file_do_not_matter():
    draft = read(column(320, 607, *RIGHT) + column(50, 600, *LEFT) + HEAD)
    assert draft.body == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}\n"


def test_a_word_broken_at_the_end_of_a_line_is_whole_and_a_compound_keeps_its_hyphen():
    text = (
        "The owners of the glassworks are respon-",
        "sible for the well-known furnace, the well-",
        "known chimney and all that lies below.",
    )
    assert (
        "are responsible for the well-known furnace, the well-known chimney" in read(HEAD + column(50, 600, *text)).body
    )


def test_running_heads_and_page_numbers_go_and_a_sentence_goes_on_over_the_page():
    def page(number: int, *texts: str) -> list[Set]:
        return [
            (50, 780, 8, f"The Vellamo Review {number}"),
            *column(50, 600, *texts),
            (290, 20, 8, f"Page {number} of 3"),
        ]

    draft = read(HEAD + page(1, *LEFT[:3]), page(2, LEFT[3], "", *RIGHT), page(3, *LEFT))
    assert draft.body.startswith(" ".join(LEFT))
    assert "Review" not in draft.body
    assert "Page" not in draft.body
    assert sum("running head" in fate.why for fate in draft.fates) == 6


def test_paragraphs_are_told_by_a_gap_an_indent_or_a_short_last_line():
    whole = LEFT[:3]
    gap = column(50, 600, *whole) + column(50, 540, *RIGHT)
    indent = [
        *column(50, 600, *whole),
        (62, 564, 10, "Forty people will work there, and most"),
        *column(50, 552, *RIGHT[1:]),
    ]
    short = column(50, 600, *LEFT, *RIGHT)
    assert [len(read(HEAD + lines).body.split("\n\n")) for lines in (gap, indent, short)] == [2, 2, 2]


def test_a_table_keeps_its_rows():
    rows: list[Set] = [
        (x, 500 - 14 * n, 10, text)
        for n, row in enumerate((("Year", "Bottles"), ("2024", "11"), ("2025", "12")))
        for x, text in zip((50, 180), row, strict=True)
    ]
    assert (
        "| Year | Bottles |\n| --- | --- |\n| 2024 | 11 |\n| 2025 | 12 |"
        in read(HEAD + column(50, 600, *LEFT) + rows).body
    )


def test_bold_lines_between_paragraphs_are_subheads():
    draft = read(HEAD + column(50, 600, *LEFT) + [(50, 540, 10, "*What it makes")] + column(50, 520, *RIGHT))
    assert f"{LEFT[-1]}\n\n## What it makes\n\n{RIGHT[0]}" in draft.body


def test_the_day_on_which_a_page_was_printed_from_a_browser_is_not_sure():
    draft = read([HEAD[0], *column(50, 600, *LEFT)], info="/Creator(Mozilla/5.0)/CreationDate(D:20260308101500+01'00')")
    assert draft.date
    assert (draft.date.value, draft.date.confidence < 0.5) == (dt.date(2026, 3, 8), True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (printed([]), "no-text-layer"),
        (b"%PDF-1.4\nnothing else", "damaged"),
        (
            printed([]).replace(b"trailer<<", b"trailer<</Encrypt<</Filter/Standard/V 9/R 9/O(x)/U(x)/P 0>>"),
            "encrypted",
        ),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data, code):
    with pytest.raises(BroadsheetError) as caught:
        formats.read(Source("a.pdf", data, NOW), Hints())
    assert caught.value.problem.code == code


def test_pages_beyond_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr(pdf, "MOST", 1)
    draft = read(HEAD + column(50, 600, *LEFT), column(50, 600, *RIGHT), column(50, 600, *RIGHT))
    assert RIGHT[0] not in draft.body
    assert ["its last 2 pages" in problem.message for problem in draft.problems] == [True]


def test_without_the_extra_the_message_names_the_one_command(monkeypatch):
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pdfminer"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BroadsheetError) as caught:
        read(HEAD)
    assert (caught.value.problem.code, caught.value.problem.hint) == (
        "needs-extra",
        "Install it: pip install 'broadsheet[office]'",
    )
