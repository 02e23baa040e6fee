"""Slugs are names for files and addresses whatever text comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import (
    SLUG_BYTES,
    SLUG_LENGTH,
    blank,
    clip,
    count,
    counted,
    did_you_mean,
    file_slug,
    normal,
    slug,
    slugs,
    spellings,
)


def test_a_slug_is_lower_case_words_joined_by_hyphens():
    assert slug("Straße, Ærø & “Łódź”: it's 5 o’clock!") == "strasse-aero-lodz-its-5-oclock"


def test_other_scripts_are_kept_in_a_slug():
    assert slug("Путин в Москве") == "путин-в-москве"


def test_a_slug_is_transliterated_where_that_is_wanted():
    said = {
        "Путин в Москве": "putin-v-moskve",
        "Подъезд": "podezd",
        "انتخاب ليو الرابع عشر": "ntkhb-lyw-lrb-shr",
        "中国 新闻": "zhong-guo-xin-wen",
        "대한민국": "dae-han-min-gug",
        "नेपाल समाचार": "nepal-smacar",
        "٢٠٢٥": "2025",
        "Österreich gewinnt": "osterreich-gewinnt",
        "Рабочий стол 2": "rabochiy-stol-2",
    }
    assert {text: slug(text, latin=True) for text in said} == said
    assert file_slug("москва-2", latin=True) == "moskva-2"


def test_letters_that_no_table_knows_are_kept_in_a_transliterated_slug():
    assert slug("\U0001e900", latin=True) == slug("\U0001e900") or slug("\U0001e900", latin=True).isascii()


@given(st.text())
def test_no_text_makes_a_transliterated_slug_that_means_a_path(text: str):
    made = slug(text, latin=True)
    assert made
    assert not set(made) & set("/\\\0. \n")
    assert len(made.encode()) <= SLUG_BYTES
    assert not made.startswith("-")


def test_two_names_with_one_transliteration_have_two_addresses():
    found = slugs(["Москва", "Moskva"], latin=True)
    assert found["moskva"] == "moskva"
    assert found["москва"].startswith("moskva-")
    assert len(set(found.values())) == 2


def test_vowel_signs_stay_with_their_letters_in_a_slug():
    assert slug("हिन्दी समाचार") == "हिन्दी-समाचार"
    assert slug("العبّارات: ⚓\ufe0f ok") == "العبّارات-ok"
    assert slug("x\u0302y") == "xy"


def test_the_spellings_of_a_phrase_are_those_of_capitals_and_of_other_keyboards():
    assert {"für später", "fuer spaeter", "fur spater"} <= spellings("Für später")
    assert spellings("Yayın") == spellings("YAYIN") == spellings("yayın")
    assert spellings("й") == {"й"}


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


@pytest.mark.parametrize(
    "spellings",
    [
        ("São Paulo", "sao paulo", "Sao-Paulo", " São  Paulo "),
        ("C++", "c++", "C ++"),
        ("AT&T", "AT & T"),
        ("U.K.", "U K"),
        ("St. Louis", "St Louis"),
        ("Peter’s", "Peter's", "Peters"),
        ("e-mail", "E Mail", "e\u2011mail", "e–mail"),
        ("“Borders”", '"Borders"', "Borders"),
        ("Mercury (planet)", "Mercury, planet"),
        ("Lego®", "Lego"),
        ("cafe\u0301", "café"),
    ],
)
def test_what_only_spells_a_name_makes_no_other_name(spellings: tuple[str, ...]):
    assert len({normal(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("C", "C++", "C#", "C--", "C*"),
        ("A", "A+", "A-", "A\u2212\u2212"),
        ("Net", ".NET"),
        ("Go", "Go!", "Go?"),
        ("R D", "R&D", "R/D", "R@D"),
        ("1", "-1", "+1", "#1", "1%", "1 €"),
        ("2-0", "2.0", "2:0", "2,0"),
        ("…", "—", "+++", "🚀", "Untitled"),
        ("I NY", "I ♥ NY"),
        ("Ленин", "Ленино", "Леніно"),
        ("word " * 30, "word " * 31),
    ],
)
def test_names_that_say_something_else_have_slugs_of_their_own(names: tuple[str, ...]):
    found = slugs(names)
    assert len({found[normal(name)] for name in names}) == len(names)


def test_a_name_with_signs_gets_them_in_words_where_another_has_its_slug():
    assert slugs(["C++"]) == {"c + +": "c"}
    assert slugs(["C", "C++", "C#"]) == {"c": "c", "c + +": "c-plus-plus", "c #": "c-sharp"}
    assert slugs(["MeToo", "#MeToo"])["# metoo"] == "hash-metoo"
    assert slugs(["I NY", "I ♥ NY"])["i ♥ ny"] == "i-black-heart-suit-ny"


def test_a_name_that_stays_as_it_was_keeps_its_slug_whatever_comes_beside_it():
    assert slugs(["C", "C plus plus"])["c plus plus"] == "c-plus-plus"
    found = slugs(["C", "C plus plus", "C++"])
    assert found["c plus plus"] == "c-plus-plus"
    assert found["c + +"].startswith("c-")


NAMES = st.lists(st.one_of(st.text(alphabet="aAéßΣ +#&.-'’“”—1", max_size=6), st.text(max_size=6)), max_size=12)


@given(NAMES, st.randoms())
def test_no_two_names_have_one_slug_and_their_order_does_not_matter(names, random):
    found = slugs(names)
    assert len(set(found.values())) == len(found)
    assert all(normal(name) in found for name in names)
    assert all(len(made.encode()) <= SLUG_BYTES for made in found.values())
    random.shuffle(names)
    assert slugs(names) == found


@given(st.text())
def test_a_name_in_its_normal_form_has_the_slug_of_the_name(name: str):
    assert slug(normal(name)) == slug(name)


@given(NAMES, st.text(alphabet="bcd", min_size=1))
def test_a_name_with_a_slug_that_no_other_has_keeps_it(names, name: str):
    assert slugs([*names, f"zz {name}"])[f"zz {name}"] == f"zz-{name}"


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_a_clipped_text_is_never_longer_than_asked(text: str, length: int):
    assert len(clip(text, length)) <= length


def test_a_number_at_the_end_of_a_files_name_is_never_cut_off():
    title = "-".join(["word"] * 16)
    assert slug(f"{title}-2") == title
    assert file_slug(f"{title}-2") == f"{title}-2"
    assert file_slug(f"{title}-word-2") == title  # which is no number that tells it from a file of this title
    assert file_slug("Über 2") == "uber-2"


@given(st.text())
def test_the_slug_of_a_files_name_is_that_of_any_other_but_for_its_number(name: str):
    assert file_slug(name).startswith(slug(name))


def test_the_nearest_known_name_is_asked_for():
    assert did_you_mean("titel", ["title", "date"]) == "Did you mean 'title'?"
    assert did_you_mean("zzz", ["title", "date"]) == "Known: date, title."
    assert did_you_mean("zzz", []) == ""


def test_scripts_without_spaces_count_two_characters_as_a_word():
    assert count(b"one two") == 2
    assert count("東京都内".encode()) == 2


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\u00a0\ufeff", "\u200e \u2060"])
def test_a_text_of_which_nothing_can_be_seen_is_blank(text: str):
    assert blank(text)


@pytest.mark.parametrize("text", ["a", " a ", "a\u200b", "\u200b\n.", "\U0001f469\u200d\U0001f680"])
def test_a_text_with_one_sign_to_be_seen_is_not_blank(text: str):
    assert not blank(text)


def test_a_number_agrees_with_its_noun():
    assert counted(1, "story", "stories") == "1 story"
    assert counted(0, "story", "stories") == "0 stories"
    assert counted(2, "page") == "2 pages"


def test_a_hint_lists_twenty_names_at_most():
    assert did_you_mean("zzz", [f"a{n:03}" for n in range(100)]).endswith("a019 and 80 more.")


def test_a_name_with_another_beginning_is_no_guess():
    assert did_you_mean("tags", ["status", "topics"]) == "Known: status, topics."
    assert did_you_mean("uthors", ["authors", "topics"]) == "Did you mean 'authors'?"
