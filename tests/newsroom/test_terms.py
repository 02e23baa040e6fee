"""Terms: what counts as a word of a story, and how a term gets its spelling back."""

import datetime as dt

import pytest

from broadsheet.model import Story
from broadsheet.newsroom.terms import IN_TEXT, IN_TITLE, common, read, small_words, spots, ties, title


def story(headline: str, lead: str = "", topics: tuple[str, ...] = (), lang: str = "") -> Story:
    date = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
    return Story("id", "id.md", "id", headline, date, timed=True, body="", lead=lead, topics=topics, lang=lang)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("volcano", "Volcanoes"),
        ("Elephant", "elephants"),
        ("sterilisation", "sterilization"),
        ("Pelé", "Pele"),
        ("Ukraine", "Ukrainian"),
        ("Ministerin", "Ministers"),
        ("mayor", "mayor’s"),
        ("incendie", "l’incendie"),
        ("Straße", "Strasse"),
    ],
)
def test_forms_of_one_word_meet(one: str, other: str) -> None:
    assert common(one, "xx") == common(other, "xx") != ""


@pytest.mark.parametrize(("one", "other"), [("7.1", "7.2"), ("2024", "2025"), ("glass", "glade"), ("bus", "bush")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert common(one, "en") != common(other, "en")


@pytest.mark.parametrize(
    ("language", "word"), [("en", "The"), ("en-GB", "yesterday"), ("de", "über"), ("fr", "aujourd’hui"), ("xx", "é")]
)
def test_small_words_and_letters_are_no_terms(language: str, word: str) -> None:
    assert common(word, language) == ""


def test_a_language_without_a_list_has_no_small_words() -> None:
    assert small_words("tlh") == frozenset()


def test_a_word_of_the_title_weighs_more_than_one_of_the_text() -> None:
    terms = read(story("Bridge closed", "The bridge has cracks.", topics=("Rhine",)), "en")
    assert terms["bridge"] == terms["rhine"] == IN_TITLE
    assert terms["crack"] == IN_TEXT


def test_a_story_is_read_in_its_own_language() -> None:
    assert "die" not in read(story("Die Brücke", lang="de"), "en")
    assert "die" in read(story("Bees die"), "en")


def test_a_script_without_spaces_is_read_in_pairs() -> None:
    assert list(read(story("東京港"), "ja")) == ["東京", "京港"]


def test_a_spot_is_where_the_term_stands() -> None:
    text = "The mayor’s bridge — Köln"
    assert [(spot.term, text[spot.start : spot.end]) for spot in spots(text, "en")] == [
        ("mayor", "mayor"),
        ("bridge", "bridge"),
        ("koln", "Köln"),
    ]


NEWS = [
    story("Chancellor Ada Brandt resigns", "Ada Brandt of Bremen gave no reason on Monday."),
    story("Ada Brandt: the end of a chancellor", "What Bremen will make of Brandt’s exit."),
]


def test_words_that_stand_together_become_one_name() -> None:
    names = [tie.name for tie in ties({"ada": 0.2, "brandt": 0.3, "bremen": 0.1}, NEWS, "en")]
    assert names == ["Ada Brandt", "Bremen"]


def test_weights_are_shares_of_the_whole() -> None:
    found = ties({"ada": 0.2, "brandt": 0.3, "bremen": 0.5}, NEWS, "en")
    assert [tie.weight for tie in found] == [0.5, 0.5]


def test_a_term_that_no_story_spells_is_left_out() -> None:
    assert ties({"zebra": 1.0}, NEWS, "en") == ()


def test_a_number_after_a_name_belongs_to_it() -> None:
    stories = [story("Probe Vega-7 lands"), story("Vega-7 sends pictures")]
    assert [tie.name for tie in ties({"vega": 1.0}, stories, "en")] == ["Vega-7"]


def test_a_title_is_the_strongest_name_with_what_ties_more() -> None:
    assert title(ties({"ada": 0.2, "brandt": 0.3, "chance": 0.1}, NEWS, "en")) == "Ada Brandt"
    assert title(ties({"brandt": 0.2, "reason": 0.6}, NEWS, "en")) == "Brandt: reason"
    assert title(ties({"reason": 0.6}, NEWS, "en")) == "Reason"
    assert title(()) == ""
