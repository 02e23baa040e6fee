"""A summary that nobody wrote is made of whole sentences of the text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.content.summaries import LENGTH, extract, sentences

TITLE = "Glacier buries Swiss village of Blatten"
FIRST = "A glacier broke off above the Swiss village of Blatten on Wednesday and buried most of it."
SECOND = "It was a fine day."
THIRD = "The village of Blatten had been evacuated days before the glacier collapsed."


def test_the_first_sentence_and_the_one_that_says_most_of_the_rest_in_their_order():
    assert extract(TITLE, [f"{FIRST} {SECOND}", f"{THIRD} Cows were flown out."]) == f"{FIRST} {THIRD}"


def test_a_sentence_that_does_not_fit_is_left_out_and_never_cut():
    long = "Blatten " * 50 + "ended."
    assert extract(TITLE, [f"{long} {SECOND}"]) == SECOND
    assert extract(TITLE, [long]) == ""
    assert extract(TITLE, []) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith met Dr. J. Doe of the U.S. Senate at 3.30 p.m. in St. Louis.",
        "Am 3. Mai kam z. B. Prof. Müller nach Blatten.",
        "The price rose by 3.5 per cent, to No. 10 of the list.",
        "M. Dupont est arrivé à Genève avec Mme. Martin.",
        "He asked what was ... left of it.",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str):
    assert list(sentences(text)) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It holds. It fell! Why? “No.” So it was.", ["It holds.", "It fell!", "Why?", "“No.” So it was."]),
        ("冰川崩塌了。村庄被埋。", ["冰川崩塌了。", "村庄被埋。"]),
        ("انهار الجليد. لماذا؟ لا أحد يعرف.", ["انهار الجليد.", "لماذا؟", "لا أحد يعرف."]),
        ("हिमनद टूटा। गाँव दब गया।", ["हिमनद टूटा।", "गाँव दब गया।"]),
    ],
)
def test_sentences_end_as_their_script_ends_them(text: str, parts: list[str]):
    assert list(sentences(text)) == parts


def test_half_a_quotation_is_no_summary():
    text = "“We lost the village. We did not lose heart,” said the mayor. Rescuers came by air."
    assert extract("Blatten", [text]) == "Rescuers came by air."


@given(st.lists(st.text(alphabet='ab .!?。\n"“”()', max_size=400), max_size=8))
def test_a_summary_is_short_and_made_of_whole_sentences(paragraphs: list[str]):
    made = extract("a b", paragraphs)
    assert len(made) <= LENGTH
    whole = [one for text in paragraphs for one in sentences(text)]
    assert (
        made == ""
        or made in whole
        or any(
            made == (f"{one}{other}" if one.rstrip("”").endswith("。") else f"{one} {other}")
            for one in whole
            for other in whole
        )
    )


@pytest.mark.parametrize("text", ["A. " * 100_000, "Mr. " * 80_000, "!" * 200_000 + "x", "é" + "…" * 200_000 + "x"])
def test_a_long_text_takes_the_time_of_its_length_and_not_of_its_square(text: str):
    begun = time.process_time()
    extract("A headline", [text])
    assert time.process_time() - begun < 1  # it is a tenth of that; the square took a minute


def test_a_sentence_that_a_text_repeats_is_said_once():
    assert extract("Ferries", ["The ferry is late. The ferry is late."]) == "The ferry is late."


def test_sentences_in_chinese_follow_one_another_without_a_blank():
    assert extract("冰川", ["冰川掩埋了村庄。村民已经撤离。"]) == "冰川掩埋了村庄。村民已经撤离。"
