"""Locales: dates, numbers, lists and directions as readers of each language expect them."""

import datetime as dt

import pytest

from broadsheet import locales

MOMENT = dt.datetime(2025, 5, 8, 14, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "timezone", "text"),
    [
        ("en", "UTC", "May 8, 2025, 14:05"),
        ("en", "America/New_York", "May 8, 2025, 14:05"),
        ("en", "Europe/London", "8 May 2025, 14:05"),
        ("en", "Europe/Madrid", "8 May 2025, 14:05"),
        ("en-US", "Europe/London", "May 8, 2025, 14:05"),
        ("de", "Europe/Berlin", "8. Mai 2025, 14:05"),
        ("fi", "Europe/Helsinki", "8. toukokuuta 2025 14.05"),
        ("ar", "Africa/Cairo", "٨ مايو ٢٠٢٥، ١٤:٠٥"),
        ("ar", "Asia/Dubai", "8 مايو 2025، 14:05"),
        ("fa", "Asia/Tehran", "۸ مهٔ ۲۰۲۵،\u200f ۱۴:۰۵"),
        ("bn", "Asia/Dhaka", "৮ মে, ২০২৫ ১৪:০৫"),
        ("hi", "Asia/Kolkata", "8 मई 2025, 14:05"),
        ("zh", "Asia/Taipei", "2025年5月8日 14:05"),
        ("tlh", "UTC", "May 8, 2025, 14:05"),  # which the CLDR does not know
    ],
)
def test_a_moment_is_written_as_its_readers_write_it(language: str, timezone: str, text: str):
    assert locales.of(language, timezone).moment(MOMENT) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-GB", "A, B and C"),
        ("de", "A, B und C"),
        ("ar", "A وB وC"),
        ("ja", "A、B、C"),
        ("zh-Hans", "A、B和C"),
    ],
)
def test_a_list_is_joined_as_the_language_joins_it(language: str, text: str):
    assert "".join(locales.of(language).listed(["A", "B", "C"])) == text


def test_lists_of_one_and_of_none():
    assert "".join(locales.of("en").listed(["A"])) == "A"
    assert "".join(locales.of("en").listed([])) == ""


def test_amounts_are_grouped_and_years_are_not():
    german, egyptian = locales.of("de"), locales.of("ar-EG")
    assert (german.number(12345), german.number(2025, grouped=False)) == ("12.345", "2025")
    assert (egyptian.number(12345), egyptian.number(2025, grouped=False)) == ("١٢٬٣٤٥", "٢٠٢٥")
    assert german.percent(0.12) == "12\xa0%"


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("en", "ltr"),
        ("az-Arab", "rtl"),
        ("ks-Deva", "ltr"),
        ("pa-Arab-PK", "rtl"),
    ],
)
def test_a_script_in_the_tag_decides_on_the_direction(language: str, way: str):
    assert locales.direction(language) == way


@pytest.mark.parametrize(
    ("language", "tags"),
    [
        ("pt-BR", ("pt-BR", "pt", "en")),
        ("zh-TW", ("zh-TW", "zh", "zh-Hant", "en")),
        ("zh", ("zh", "zh-Hans", "en")),
        ("zh-Hans-HK", ("zh-Hans-HK", "zh-Hans", "zh", "en")),
        ("no", ("no", "nb", "en")),
        ("nn", ("nn", "nb", "en")),
        ("iw", ("iw", "he", "en")),
        ("en-GB", ("en-GB", "en")),
    ],
)
def test_words_are_looked_for_from_the_narrowest_tag_to_english(language: str, tags: tuple[str, ...]):
    assert locales.chain(language) == tags


@pytest.mark.parametrize(
    ("language", "script"),
    [("ar", "Arab"), ("sr-Latn", "Latn"), ("sr", "Cyrl"), ("zh-HK", "Hant"), ("ja", "Jpan"), ("xx", "Latn")],
)
def test_a_language_has_a_script(language: str, script: str):
    assert locales.script(language) == script


def test_a_part_of_the_sites_language_is_no_other_language():
    assert locales.other("en", "en-GB") == ""
    assert locales.other("en", "en") == ""
    assert locales.other("en-US", "en-GB") == "en-US"
    assert locales.other("de", "en") == "de"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "de_DE"),
        ("pt-BR", "pt_BR"),
        ("zh", "zh_CN"),
        ("zh-Hans", "zh_CN"),
        ("zh-Hant", "zh_TW"),
        ("sr-Latn", "sr_RS"),
        ("no", "nb_NO"),
    ],
)
def test_open_graph_names_a_language_with_its_likeliest_country(language: str, name: str):
    assert locales.of(language).open_graph == name
