"""Slugs are names for files and addresses whatever text comes in."""

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import SLUG_BYTES, SLUG_LENGTH, clip, count, did_you_mean, slug


def test_a_slug_is_lower_case_words_joined_by_hyphens():
    assert slug("Straße, Ærø & “Łódź”: it's 5 o’clock!") == "strasse-aero-lodz-its-5-oclock"


def test_other_scripts_are_kept_in_a_slug():
    assert slug("Путин в Москве") == "путин-в-москве"


def test_vowel_signs_stay_with_their_letters_in_a_slug():
    assert slug("हिन्दी समाचार") == "हिन्दी-समाचार"
    assert slug("العبّارات: ⚓\ufe0f ok") == "العبّارات-ok"
    assert slug("x\u0302y") == "xy"


def test_a_text_without_words_gets_the_default_slug():
    assert slug("…!?") == "untitled"


@given(st.text())
def test_no_text_makes_a_slug_that_means_a_path(text: str):
    made = slug(text)
    assert made
    assert not set(made) & set("/\\\0. \n")
    assert len(made) <= SLUG_LENGTH
    assert len(made.encode()) <= SLUG_BYTES
    assert not made.startswith("-")


def test_a_long_slug_is_cut_between_words_and_a_long_word_between_letters():
    assert slug("word " * 40) == "-".join(["word"] * 16)
    assert slug("समाचार " * 20).encode() == "-".join(["समाचार"] * 10).encode()
    letters = slug("\U0001033a" * 90)  # Gothic: four bytes to a letter
    assert len(letters.encode()) == SLUG_BYTES
    assert slug("क" * 65 + "\u0941" + "क" * 20) == "क" * 65 + "\u0941"
    assert slug("क" * 66 + "\u0941" + "क" * 20) == "क" * 65  # a vowel sign is not parted from its letter


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_a_clipped_text_is_never_longer_than_asked(text: str, length: int):
    assert len(clip(text, length)) <= length


def test_the_nearest_known_name_is_asked_for():
    assert did_you_mean("titel", ["title", "date"]) == "Did you mean 'title'?"
    assert did_you_mean("zzz", ["title", "date"]) == "Known are: date, title."


def test_scripts_without_spaces_count_two_characters_as_a_word():
    assert count(b"one two") == 2
    assert count("東京都内".encode()) == 2
