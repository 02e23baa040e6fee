"""True quotes and dashes, by language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.render.markdown import render
from broadsheet.typography import ENGLISH, QuotationMarks, marks, typeset

LANGUAGES = ["en", "en-GB", "de", "de-CH", "fr", "es", "it", "nl", "pl", "sv", "ru", "uk", "cs", "da", "pt-BR", "ar"]
HARD = st.text(st.sampled_from("a1 '\".-–’“”‘„«»`*_<>&/!?:;()\n\\é"), max_size=60)


def of(language: str) -> QuotationMarks:
    found = marks(language)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "true"),
    [
        ("en-GB", "She said “it’s ‘all’ right” – then…"),
        ("de", "She said „it’s ‚all‘ right“ – then…"),
        ("de-CH", "She said «it’s ‹all› right» – then…"),
        ("fr", "She said «\u202fit’s “all” right\u202f» – then…"),
        ("es", "She said «it’s “all” right» – then…"),
        ("it", "She said «it’s “all” right» – then…"),
        ("nl", "She said “it’s ‘all’ right” – then…"),
        ("pl", "She said „it’s «all» right” – then…"),
        ("sv", "She said ”it’s ’all’ right” – then…"),
        ("ru", "She said «it’s „all“ right» – then…"),
    ],
)
def test_each_language_has_its_own_quotes_in_a_body_and_in_a_headline(language: str, true: str):
    text = "She said \"it's 'all' right\" - then..."
    assert render(text, of(language)) == f"<p>{true}</p>\n"
    assert typeset(text, of(language)) == true


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("'Tis the dogs' day of '89", "’Tis the dogs’ day of ’89"),
        ("Rock 'n' roll", "Rock ’n’ roll"),
        ('A 10" pipe', "A 10″ pipe"),
        ("(\"one\") 'two'", "(“one”) ‘two’"),
        ("one--two --- three", "one–two — three"),
        ("word-for-word", "word-for-word"),
    ],
)
def test_apostrophes_inches_and_dashes_are_told_from_quotes(text: str, true: str):
    assert typeset(text, ENGLISH) == true
    assert render(text, ENGLISH) == f"<p>{true}</p>\n"


def test_a_height_in_feet_has_primes():
    assert render("He is 5'10\" tall.", ENGLISH) == "<p>He is 5′10″ tall.</p>\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_is_left_as_it_is(language: str):
    text = "Type `\"a\" - 'b'` or\n\n    \"c\" -- 'd' ?\n"
    html = render(text, of(language))
    assert "<code>\"a\" - 'b'</code>" in html
    assert "<code>\"c\" -- 'd' ?\n</code>" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_and_a_title_of_a_link_keep_working(language: str):
    html = render('[x](https://example.org/a--b?c=\'%22- "d - e")', of(language))
    assert 'href="https://example.org/a--b?c=&#x27;%22-"' in html
    assert 'title="d - e"' in html


def test_marks_that_a_text_has_are_right_as_they_are():
    assert render('„So“ sagte er, “so” sie, "so" es.', of("de")) == "<p>„So“ sagte er, “so” sie, „so“ es.</p>\n"
    assert render('&bdquo;So&ldquo; sagte "er".', of("de")) == '<p>„So“ sagte "er".</p>\n'


def test_an_opening_mark_that_was_typed_true_is_closed_by_one_that_was_typed_straight():
    assert render('„Hallo" sagte er.', of("de")) == "<p>„Hallo“ sagte er.</p>\n"
    assert typeset('„Hallo" sagte er.', of("de")) == "„Hallo“ sagte er."


def test_french_spaces_do_not_break_and_none_is_put_where_there_was_none():
    assert render("Quoi ? « Oui » : non !", of("fr")) == "<p>Quoi\u202f? «\u202fOui\u202f»\xa0: non\u202f!</p>\n"
    assert render("10:30 https://example.org", of("fr")) == "<p>10:30 https://example.org</p>\n"


def test_a_language_that_is_not_known_is_left_alone():
    assert marks("he") is None
    assert marks("x-klingon") is None


def test_without_marks_markdown_is_printed_as_it_was_typed():
    assert render("\"a\" -- 'b'...") == "<p>\"a\" -- 'b'...</p>\n"


@given(HARD, st.sampled_from(LANGUAGES))
def test_what_is_typeset_stays_when_it_is_typeset_again(text: str, language: str):
    own = of(language)
    once = typeset(text, own)
    assert typeset(once, own) == once


SAFE = re.compile(r"[\s\u202f\xa0'\"“”‘’„‚«»‹›′″.…–—-]")


@given(HARD, st.sampled_from(LANGUAGES))
@example('"</b>“', "fr")
def test_only_quotes_dashes_dots_and_spaces_ever_change(text: str, language: str):
    own = of(language)
    assert SAFE.sub("", typeset(text, own)) == SAFE.sub("", text)
    plain, true = (re.sub(r'(href|title|alt|src)="[^"]*"', "", html) for html in (render(text), render(text, own)))
    assert SAFE.sub("", true) == SAFE.sub("", plain)


def test_a_story_its_headline_and_its_feed_are_typeset_and_its_identity_is_not(workshop: Any):
    story = "-- content/stories/2025/05/a.md --\n---\nid: it's \"a\"\ntitle: 'Leo''s \"Rerum\"'\ndate: 2025-05-07\n{}---\n\nIt's \"so\".\n"
    made = workshop(
        story.format("") + "\n" + story.replace("/a.md", "/b.md").replace('"a"', '"b"').format("lang: de\n")
    )
    made.build()
    english, german = made.page("2025/05/07/a/index.html"), made.page("2025/05/07/b/index.html")
    assert "<h1>Leo’s “Rerum”</h1>" in english
    assert "<p>It’s “so”.</p>" in english
    assert "<h1>Leo’s „Rerum“</h1>" in german
    feed = made.page("feed.xml")
    assert "it's &#x22;a&#x22;</guid>" in feed
    assert "<p>It’s “so”.</p>" in feed
    made.write("-- pyproject.toml --\n[tool.broadsheet]\nurl = 'https://example.org/'\ntypography = false\n")
    made.build()
    assert '<p>It\'s "so".</p>' in made.page("2025/05/07/a/index.html")
    assert "it's &#x22;a&#x22;</guid>" in made.page("feed.xml")
