"""The plain text of a mail: paragraphs are joined where they were wrapped, and nothing else is."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from tests.ingest.formats.mails import LEAD, NEXT, message, paragraphs, read

LONG = f"{LEAD} {NEXT} The mayor spoke of a winter that nobody in the town would forget, and of the pier that fell."


@settings(max_examples=examples(80))
@given(
    st.integers(40, 98),
    st.lists(st.sampled_from([LONG, f"{NEXT} {LEAD}", "Why?", "Bring a book."]), min_size=1, max_size=5),
    st.sampled_from(["", "> "]),
)
def test_wrapped_text_is_the_same_at_every_width(width: int, texts: list[str], quote: str):
    texts = [LONG, *texts]
    wrapped = "\n\n".join("\n".join(textwrap.wrap(text, width, break_long_words=False)) for text in texts)
    if quote:
        head = "---------- Forwarded message ---------\nFrom: Ada Moll <ada@g.example>\nSubject: Port\n\n"
        wrapped = "\n".join(quote + row for row in (head + wrapped).split("\n"))
    [draft] = read(message(wrapped, subject="Fwd: Port" if quote else "Port"))
    assert paragraphs(draft) == texts


@pytest.mark.parametrize(("delsp", "end"), [("no", " "), ("yes", "  ")])
def test_flowed_text_is_joined_as_it_says(delsp: str, end: str):
    rows = (
        f"The port will be{end}\nshut for eleven{end}\nweeks.\n\n From here on{end}\nit is quiet.\n\nWhy?\n-- \nJane\n"
    )
    head = "From: Jane Roe <jane@gull.example>\nTo: a@b.example\nSubject: Port\nDate: Thu, 08 May 2025 10:00:00 +0200\n"
    [draft] = read(f"{head}Content-Type: text/plain; format=flowed; delsp={delsp}\n\n{rows}")
    assert paragraphs(draft) == ["The port will be shut for eleven weeks.", "From here on it is quiet.", "Why?"]


def test_lines_that_were_not_wrapped_stay_apart():
    [draft] = read(message(f"{LEAD}\nBring a book.\n"))
    assert paragraphs(draft) == [LEAD, "Bring a book."]


def test_verse_keeps_its_lines():
    [draft] = read(
        message(f"{LEAD}\n\nThe wheel goes round,\nthe water sings,\nthe miller hears\nof many things.\n\n{NEXT}\n")
    )
    assert paragraphs(draft)[1] == "The wheel goes round,  \nthe water sings,  \nthe miller hears  \nof many things."


def test_lists_keep_their_items_and_these_their_rows():
    text = f"{LEAD}\n\n* a first item that is rather long, and that goes on\n  below its bullet\n* a second\n\n1. one\n2. two\n\n{NEXT}\n"
    [draft] = read(message(text))
    assert "- a first item that is rather long, and that goes on below its bullet" in draft.body
    assert "- a second" in draft.body
    assert "1. one\n2. two" in draft.body


def test_columns_stay_columns():
    [draft] = read(message(f"{LEAD}\n\nYear    Price   Change\n2024    14.20   +2%\n2025    15.10   +6%\n\n{NEXT}\n"))
    assert paragraphs(draft)[1] == "```\nYear    Price   Change\n2024    14.20   +2%\n2025    15.10   +6%\n```"


def test_a_long_address_does_not_keep_rows_from_being_joined():
    address = "https://gull.example/" + "a-very-long-address/" * 6
    text = "\n".join(textwrap.wrap(LONG, 70)) + f"\n\nSee {address}\nfor more.\n"
    [draft] = read(message(text))
    assert paragraphs(draft)[0] == LONG
    assert paragraphs(draft)[1].endswith("for more.")


def test_the_marks_of_a_signed_text_and_a_packed_file_are_no_text():
    signed = (
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{LEAD}\n\n- - item\n\n{NEXT}\n-----BEGIN PGP SIGNATURE-----\n\n"
        "iQEz\n=abcd\n-----END PGP SIGNATURE-----\n\nbegin 644 quay.jpg\nM_]C_X``0\n`\nend\n"
    )
    [draft] = read(message(signed))
    assert paragraphs(draft) == [LEAD, "- item", NEXT]
    assert any("quay.jpg" in fate.why for fate in draft.fates)


@settings(max_examples=examples(120))
@given(st.text(alphabet="ab .,:>-*\n\tß港", max_size=200))
def test_no_letter_of_any_text_is_lost(text: str):
    rows = text.split("\n")
    if any(row.strip() == "--" or row.startswith("begin") for row in rows) or not any(map(str.isalnum, text)):
        return
    [draft] = read(message(f"{LEAD}\n\n{text}\n\n{NEXT}\n"))
    letters = [ch for ch in text if ch.isalpha()]
    assert sum(map(str.isalpha, draft.body)) >= len(letters) + sum(map(str.isalpha, LEAD + NEXT))
