"""Rich text becomes a story: charsets, styles, lists, tables, notes and pictures; what is left out of it is named."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
HINTS = Hints(today=dt.date(2026, 3, 9))
FONTS = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 MS Mincho;}}"
STYLES = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s5 Title;}}"
HEAD = r"\pard\s5 Furnace to burn again\par\pard By Liv Aune\par 2 March 2026\par "
LEAD = "The glassworks of Vellamo will light its furnace again in May, after nine years, the owners said on Monday."
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def read(body: str, head: str = HEAD) -> Draft:
    data = (r"{\rtf1\ansi\ansicpg1252\deff0" + FONTS + STYLES + head + body + "}").encode("latin-1")
    [draft] = formats.read(Source("a.rtf", data, NOW), HINTS)
    return draft


def left_out(draft: Draft) -> dict[str, str]:
    return {fate.text: fate.why for fate in draft.fates if fate.role == "dropped"}


def test_the_head_gives_the_fields_and_headings_are_headings():
    draft = read(rf"{LEAD}\par\pard\s1 What it makes\par\pard Bottles.\par")
    assert draft.title.value == "Furnace to burn again"
    assert draft.date
    assert draft.date.value == dt.date(2026, 3, 2)
    assert draft.authors
    assert draft.authors.value == ("Liv Aune",)
    assert draft.body == f"{LEAD}\n\n## What it makes\n\nBottles.\n"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"caf\'e9", "café"),
        (r"it\rquote s", "it’s"),
        (r"\uc1\u1046?\u1091?k", "Жуk"),
        (r"\uc2\u8364\'80\'80x", "€x"),
        (r"{\f1 \'cc\'e8\'f0}", "Мир"),
        (r"{\f2 \'93\'fa\'96\'7b}", "日本"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"a\~b", "a b"),
        ("a\\emdash\nb", "a—b"),
        (r"1\_2", "1-2"),
        (r"\{x\}", "{x}"),
    ],
)
def test_every_way_to_write_a_character_is_read(written, text):
    assert f"begins {text} ends" in " ".join(
        read(rf"{LEAD}\par begins {written} ends\par").body.replace("\\", "").split()
    )


def test_emphasis_and_links():
    link = r'{\field{\*\fldinst HYPERLINK "https://example.org/a"}{\fldrslt here}}'
    draft = read(rf"The {{\b old}} furnace {{\i burns}} {link} again.\par {LEAD}\par")
    assert draft.body.splitlines()[0] == "The **old** furnace *burns* [here](https://example.org/a) again."


def test_lists_and_tables_keep_their_shape():
    items = r"{\listtext\u8226?\tab}sand\par{\listtext 1.\tab}first\par"
    row = r"\trowd\cellx1\cellx2\pard\intbl {}\cell {}\cell\row "
    draft = read(
        rf"{LEAD}\par {items}" + row.format("Year", "Bottles") + row.format("2024", "11") + rf"\pard {LEAD}\par"
    )
    assert "- sand\n1. first" in draft.body
    assert "| Year | Bottles |\n| --- | --- |\n| 2024 | 11 |" in draft.body


def test_deletions_comments_heads_and_hidden_text_are_named():
    draft = read(
        r"{\header Vellamo Press\par}{\footer page 1\par}"
        + LEAD
        + r"\par Forty {\deleted never }people {\v secretly }work"
        r"{\*\atnauthor Ann}{\*\annotation Who?} there.\par"
    )
    assert draft.body.endswith("Forty people work there.\n")
    assert left_out(draft) == {
        "never": "deleted in a tracked change", "secretly": "hidden text", "Who?": "a comment by Ann",
        "Vellamo Press": "the head of the page", "page 1": "the foot of the page",
    }  # fmt: skip


def test_notes_stand_below_the_text_under_their_marks():
    draft = read(
        rf"It went out long ago,{{\super\chftn}}{{\footnote\pard {{\super\chftn}} In 2017.}} and all left.\par {LEAD}\par"
    )
    assert draft.body.splitlines()[0] == "It went out long ago,[^1] and all left."
    assert draft.body.endswith("[^1]: In 2017.\n")


@pytest.mark.parametrize("data", [PNG.hex(), f"\\bin{len(PNG)} " + PNG.decode("latin-1")])
def test_a_picture_comes_along_whichever_way_it_is_written(data):
    draft = read(
        rf"{LEAD}\par{{\*\shppict{{\pict\pngblip\picw9 {data}}}}}{{\nonshppict{{\pict\wmetafile8 00}}}}\par {LEAD}\par"
    )
    assert list(draft.pictures.values()) == [PNG]
    assert f"![]({next(iter(draft.pictures))})" in draft.body


def test_what_a_document_says_of_itself_is_never_sure():
    info = r"{\info{\title Furnace note}{\author Liv Aune}{\creatim\yr2026\mo3\dy1}{\revtim\yr2026\mo3\dy2}}"
    draft = read(f"{LEAD} {LEAD}\\par {LEAD}\\par", info)
    assert (draft.title.value, draft.title.confidence < 0.8) == ("Furnace note", True)
    assert draft.date
    assert (draft.date.value, draft.date.confidence < 0.8) == (dt.date(2026, 3, 1), True)
    assert draft.authors
    assert (draft.authors.value, draft.authors.confidence < 0.8) == (("Liv Aune",), True)


def test_groups_without_end_are_refused():
    with pytest.raises(BroadsheetError) as caught:
        read("{" * 50_000)
    assert caught.value.problem.code == "damaged"


@settings(deadline=None)
@given(st.lists(st.sampled_from(["{", "}", r"\b ", r"\par ", r"\'e9", r"\u8364?", r"\cell", r"\row ", r"\pict", r"\*", r"\footnote ", r"\header ", r"\field", r"\fldinst ", "word ", r"\bin9 ", r"\u-10179?", r"\stylesheet", r"\fonttbl", ";"]), max_size=60))  # fmt: skip
def test_any_tokens_are_read_or_refused_with_a_reason(tokens):
    with contextlib.suppress(BroadsheetError):
        assert read("".join(tokens), "").fates
