"""Words: every catalogue is complete, no template has a word of its own, and a site's own words are the strongest."""

from __future__ import annotations

import gettext
import html.parser
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes
from markupsafe import Markup

from broadsheet import locales
from broadsheet.errors import BroadsheetError
from broadsheet.render.theme import Theme
from broadsheet.render.theme.words import CatalogueEntry, OwnPhrase, Phrase, Words, expression, gaps, names, parsed
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

THEMES = Path(__file__).parents[3] / "themes"
CATALOGUES = sorted((THEMES / "broadsheet/words").glob("*.po"))
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "da",
    "sv",
    "nb",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "el",
    "ru",
    "uk",
    "tr",
    "ar",
    "he",
    "fa",
    "hi",
    "bn",
    "id",
    "vi",
    "zh-Hans",
    "zh-Hant",
    "ja",
    "ko",
]
ENGLISH = parsed((THEMES / "broadsheet/words/en.po").read_bytes(), "en.po")
FEW = frozenset({"zero", "one", "two"})  # forms in which the word itself may say how many


def theme(make: Make, *files: str, settings: str = "") -> Theme:
    return Theme(make(*files, settings=settings).site, "/")


def test_the_languages_of_a_newspaper_are_there():
    assert {file.stem for file in CATALOGUES} == set(LANGUAGES)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_catalogue_is_complete_with_the_same_values_and_every_plural_form(file: Path):
    found = parsed(file.read_bytes(), file.name)
    plurals = locales.of(file.stem).plurals
    assert list(found) == list(ENGLISH)
    for key, entry in found.items():
        english = ENGLISH[key]
        assert entry.english == english.english, key
        assert len(entry.forms) == (len(plurals) if len(english.forms) > 1 else 1), key
        for form, plural in zip(entry.forms, plurals, strict=False):
            left_out = set(english.values) - set(names(form))
            assert set(names(form)) <= set(english.values), key
            assert not left_out or (len(english.forms) > 1 and plural in FEW), key
            assert form == form.strip(), key


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_catalogues_plural_rule_is_that_of_the_cldr(file: Path):
    locale = locales.of(file.stem)
    choose = gettext.c2py(parsed(file.read_bytes(), file.name)["stories"].plural)
    own = gettext.c2py(expression(locale))
    for count in (*range(300), 1000, 1_000_000, 1_000_001, 2_000_000):
        assert locale.plurals[choose(count)] == locale.plural(count)
        assert own(count) == choose(count)


# What stands in templates: words that a reader sees come from catalogues alone.

SAID = frozenset({"alt", "aria-description", "aria-label", "label", "placeholder", "title"})
MACHINES = frozenset({"article", "website", "summary", "summary_large_image"})  # what Open Graph and cards call pages
KEYS = frozenset({"Escape", "ArrowDown", "ArrowUp", "MARK", "DOMContentLoaded", "UTC"})
LENGTH = re.compile(r"\d(?:rem|vw|vh)\b")  # what stands in `sizes`
ATTRIBUTE = re.compile(r' [a-z-]+="[^"]*"')  # what a macro puts into a tag
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Said(html.parser.HTMLParser):
    """The words of a template's HTML that a reader meets: text, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.words += [value or "" for name, value in attributes if name in SAID or name.startswith("data-")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(ATTRIBUTE.sub("", data))


def said(source: str) -> Iterator[str]:
    """The words that a template says by itself, in its HTML and in the expressions that it prints."""
    environment = jinja2.Environment()
    tokens = environment.lex(source)
    parser = Said()
    parser.feed("".join({"data": value, "variable_begin": "0"}.get(kind, "") for _, kind, value in tokens))
    parser.close()
    yield from (word for text in parser.words if not text.startswith("0pagefind/") for word in LETTERS.findall(text))
    for output in environment.parse(source).find_all(nodes.Output):
        for node in output.nodes:
            yield from (word for word in printed(node) if LETTERS.search(word) and not LENGTH.search(word))


def printed(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression may print as they stand in it; those that it hands over are not printed."""
    match node:
        case nodes.Const(value=str() as text) if text not in MACHINES:
            yield text
        case nodes.CondExpr():
            yield from (word for part in (node.expr1, node.expr2) if part for word in printed(part))
        case nodes.Or() | nodes.And():
            yield from (word for part in (node.left, node.right) for word in printed(part))


@pytest.mark.parametrize(
    "file",
    [file for name in ("broadsheet", "plain") for file in sorted((THEMES / name / "templates").rglob("*.html"))],
    ids=lambda file: file.relative_to(THEMES).as_posix(),
)
def test_no_template_has_a_word_of_its_own(file: Path):
    assert set(said(file.read_text("utf-8"))) <= {"site"}  # how search engines are asked for the pages of one site


def test_words_of_its_own_are_found_wherever_they_stand_in_a_template():
    assert list(said("<p>Hello {{ name }}</p>")) == ["Hello"]
    assert list(said('<a aria-label="More" href="x">{{ title }}</a>')) == ["More"]
    assert list(said('{{ "story" if n == 1 else "stories" }}')) == ["story", "stories"]
    assert list(said('<form data-none="Nothing"></form>')) == ["Nothing"]
    assert list(said('<script>const a = "b c";</script><p class="label">{{ a or "Untitled" }}</p>')) == ["Untitled"]


@pytest.mark.parametrize("file", sorted(THEMES.rglob("static/*.js")), ids=lambda file: file.name)
def test_no_script_has_a_word_of_its_own(file: Path):
    code = re.sub(r"(?m)^\s*//.*$", "", file.read_text("utf-8"))
    texts = re.findall(r'"([^"\n]*)"|`([^`\n]*)`', code)
    sentences = [
        text for pair in texts for text in pair if re.search(r"(?:^|[ >])[A-Z][a-z]+", text) and text not in KEYS
    ]
    assert sentences == []


def test_no_style_sheet_has_a_word_of_its_own():
    for file in THEMES.rglob("static/*.css"):
        assert not [
            text for text in re.findall(r'content:\s*"([^"]*)"', file.read_text("utf-8")) if LETTERS.search(text)
        ]


# Phrases.


def phrase(*forms: str, english: str = "", plural: str = "(n != 1)", language: str = "en") -> Phrase:
    return Phrase(CatalogueEntry(english or forms[-1], forms, plural), locales.of(language))


def test_a_phrase_is_filled_by_place_or_by_name_and_in_the_order_of_its_language():
    made = phrase("{pages} 中の {page}", english="Page {page} of {pages}")
    assert made(2, 7) == "7 中の 2"
    assert made(pages=7, page=2) == "7 中の 2"
    assert made % (2, 7) == "7 中の 2"


def test_a_number_chooses_the_form_and_is_written_as_the_language_writes_it():
    made = Phrase(parsed((THEMES / "broadsheet/words/ar.po").read_bytes(), "ar.po")["stories"], locales.of("ar-EG"))
    assert [made(count) for count in (0, 1, 2, 3, 11, 100)] == [
        "٠ خبر", "خبر واحد", "خبران", "٣ أخبار", "١١ خبرًا", "١٠٠ خبر",
    ]  # fmt: skip
    assert phrase("{count} story", "{count} stories")(12345) == "12,345 stories"
    assert phrase("No. {number}")(12345) == "No. 12345"


def test_what_is_filled_with_html_is_html_and_all_else_in_it_is_escaped():
    made = phrase("By {names} & co")(Markup("<bdi>A</bdi>"))
    assert (made, type(made)) == ("By <bdi>A</bdi> &amp; co", Markup)
    assert phrase("{name}: {text}")("<b>", Markup("<i>x</i>")) == "&lt;b&gt;: <i>x</i>"
    assert phrase("By {names} & co")("A") == "By A & co"


def test_an_unfilled_phrase_is_its_text_without_values():
    assert str(phrase("By {names}")) == "By"


def test_a_word_of_an_older_theme_takes_values_where_it_has_places_and_before_its_end():
    assert OwnPhrase("%d von %d")(2, 7) == "2 von 7"
    assert OwnPhrase("Von")(Markup("<bdi>A</bdi>")) == "Von <bdi>A</bdi>"
    assert OwnPhrase("Teil %d von %d in")(1, 3, Markup("<a>X</a>")) == "Teil 1 von 3 in <a>X</a>"


# A theme's words.


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("de", "Ausgaben"),
        ("de-AT", "Ausgaben"),
        ("zh-TW", "各期"),
        ("no", "Utgaver"),
        ("tlh", "Editions"),
        ("pt-BR", "Edições"),
    ],
)
def test_the_words_are_those_of_the_sites_language(workshop: Make, language: str, word: str):
    assert str(theme(workshop, settings=f'language = "{language}"\n').words.editions) == word


OWN = """
-- themes/broadsheet/words/{tag}.po --
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgctxt "editions"
msgid "Editions"
msgstr "{word}"
"""


def test_a_site_adds_a_language_and_a_word_in_a_catalogue_of_its_own(workshop: Make):
    welsh = theme(workshop, OWN.format(tag="cy", word="Rhifynnau"), settings='language = "cy"\n')
    assert (str(welsh.words.editions), str(welsh.words.archive)) == ("Rhifynnau", "Archive")
    german = theme(workshop, OWN.format(tag="de", word="Hefte"), settings='language = "de"\n')
    assert (str(german.words.editions), str(german.words.archive)) == ("Hefte", "Archiv")


def test_the_settings_are_stronger_than_every_catalogue(workshop: Make):
    own = 'language = "de"\n[tool.broadsheet.words]\neditions = "Nummern"\nstories = {one = "ein Stück", other = "{count} Stücke"}\n'
    made = theme(workshop, OWN.format(tag="de", word="Hefte"), settings=own).words
    assert (str(made.editions), made.stories(1), made.stories(2)) == ("Nummern", "ein Stück", "2 Stücke")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('edition_s = "X"', "pyproject.toml:5: error: the theme has no word 'edition_s'"),
        ('page = "{page}/{total}"', "pyproject.toml:5: error: page: there is no value {total}"),
        ('stories = {one = "1"}', "pyproject.toml:5: error: stories: has no form 'other'"),
        ('stories = {single = "1", other = "2"}', "pyproject.toml:5: error: stories: 'single' is no plural form"),
    ],
)
def test_a_wrong_word_in_the_settings_is_reported_with_its_line(workshop: Make, line: str, message: str):
    with pytest.raises(BroadsheetError) as caught:
        theme(workshop, settings=f"[tool.broadsheet.words]\n{line}\n")
    assert message.partition("error: ")[2] in str(caught.value)
    assert re.match(r"pyproject.toml:\d+: error", str(caught.value))


@pytest.mark.parametrize(
    ("text", "said_"),
    [
        (
            'msgctxt "editions"\nmsgid Editions\nmsgstr "X"\n',
            "themes/broadsheet/words/de.po:2: error: not a catalogue of gettext",
        ),
        ('msgid "Editions"\nmsgstr "X"\n', "'Editions' has no msgctxt"),
        ('msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=n ! 1;\\n"\n', "not a catalogue of gettext"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_reported_with_its_file(workshop: Make, text: str, said_: str):
    with pytest.raises(BroadsheetError) as caught:
        theme(workshop, f"-- themes/broadsheet/words/de.po --\n{text}", settings='language = "de"\n')
    assert said_ in str(caught.value)
    assert str(caught.value).startswith("themes/broadsheet/words/de.po")


def test_a_catalogue_is_compiled_once_and_a_damaged_copy_is_made_again(workshop: Make):
    made = workshop(settings='language = "de"\n')
    Theme(made.site, "/")
    kept = sorted((made.site.cache / "words").rglob("de.po"))
    assert len(kept) == 1
    kept[0].write_bytes(b"damaged")
    assert str(Theme(made.site, "/").words.editions) == "Ausgaben"
    assert kept[0].read_bytes() != b"damaged"
    shutil.rmtree(made.site.cache)
    assert str(Theme(made.site, "/").words.editions) == "Ausgaben"


def test_a_word_that_is_not_there_is_an_error_with_the_template_and_the_nearest(workshop: Make):
    made = theme(workshop, "-- themes/broadsheet/templates/prose.html --\n<p>{{ phrases.editons }}</p>\n")
    with pytest.raises(BroadsheetError, match=r"prose.html:1: .*no 'editons'.*editions"):
        made.render("prose.html", {})


# Themes that were made before there were catalogues.

OLD_WORDS = """
-- themes/broadsheet/templates/partials/words.html --
{% set skip = "Neidio" %}
{% set by = "Gan" %}
{% set minutes = "%d munud" %}
{% set editions = "Rhifynnau" %}
{% set spot = "Rhan %d o %d yn" %}
{% macro stories(n) %}{{ n }} stori{% endmacro %}
"""
OLD_CARD = """
-- themes/broadsheet/templates/partials/card.html --
{% import "partials/words.html" as say %}
{% macro card(story, heading="h3", weight="", kicker=false, date=false, pictured=true) %}
<article><p>{{ say.by }} {{ story.authors[0].title }} {{ say.minutes % story.minutes }} {{ say.stories(2) }}</p></article>
{% endmacro %}
"""


def test_a_words_html_of_a_sites_own_is_stronger_than_every_catalogue(workshop: Make):
    made = workshop(story("one", "2025-05-08", authors="[Ada]", body="word " * 800), OLD_WORDS)
    made.build()
    assert not made.problems()
    page = made.page("2025/05/08/one/index.html")
    assert 'Gan <bdi><a rel="author"' in page
    assert re.search(r"\d munud", page)
    assert ">Rhifynnau</a>" in page
    assert "1 stori" in made.page("index.html")


def test_a_template_that_imports_the_words_as_before_goes_on_working(workshop: Make):
    made = workshop(story("one", "2025-05-08", authors="[Ada]"), OLD_CARD, settings='language = "de"\n')
    made.build()
    assert not made.problems()
    assert "<p>Von Ada 1 Min. Lesezeit 2 Artikel</p>" in made.page("index.html")


def test_a_frame_that_was_copied_before_works_with_the_templates_of_now(workshop: Make):
    frame = '-- themes/broadsheet/templates/base.html --\n{% import "partials/words.html" as say %}\n{% set own = "" %}\n<p>{{ say.skip }}</p>{% block main %}{% endblock %}\n'
    made = workshop(story("one", "2025-05-08", authors="[Ada]"), frame, OLD_WORDS)
    made.build()
    assert not made.problems("error")
    assert "Gan <bdi>" in made.page("2025/05/08/one/index.html")


def test_a_block_that_says_a_word_as_before_goes_on_working(workshop: Make):
    own = '-- themes/broadsheet/templates/prose.html --\n{% extends "prose.html" %}\n{% block main %}<p>{{ say.topics }} {{ say.number % 3 }}</p>{% endblock %}\n'
    made = workshop(story("one", "2025-05-08"), "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n", own)
    made.build()
    assert not made.problems()
    assert "<p>Topics No. 3</p>" in made.page("about/index.html")


# What a language lacks.


def test_what_a_language_lacks_is_named(workshop: Make):
    own = (
        OWN.format(tag="cy", word="Rhifynnau")
        + '\nmsgctxt "page"\nmsgid "Page {page} of {pages}"\nmsgstr "Tudalen {tudalen}"\n\nmsgctxt "nothing"\nmsgid "Nothing"\nmsgstr "Dim"\n\n# to-review\nmsgctxt "archive"\nmsgid "Archive"\nmsgstr "Archif"\n\nmsgctxt "topics"\nmsgid "Subjects"\nmsgstr "Pynciau"\n'
    )
    found = gaps(theme(workshop, own).catalogues, "cy")
    assert found.missing.keys() == ENGLISH.keys() - {"editions", "page", "archive", "topics"}
    assert found.wrong.keys() == {"page", "nothing", "topics"}
    assert "translated from other English" in found.wrong["topics"]
    assert found.review == {"archive": "Archif"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_or_wrong_in_a_shipped_language(workshop: Make, language: str):
    found = gaps(theme(workshop).catalogues, language)
    assert (found.missing, found.wrong) == ({}, {})


def test_words_are_listed_and_looked_up_like_a_table():
    made = Words(ENGLISH, locales.of("en"))
    assert list(made) == list(ENGLISH)
    assert str(made["editions"]) == "Editions"
    with pytest.raises(KeyError):
        made["nothing"]
