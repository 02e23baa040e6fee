"""Settings of a site in several languages: what is wrong has its line, and each language has its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.config import load
from tests.conftest import Workshop

HEAD = "[tool.broadsheet]\n"


def loaded(root: Path, settings: str):
    (root / "pyproject.toml").write_text(HEAD + settings)
    return load(root)


@pytest.mark.parametrize(
    ("settings", "line", "said"),
    [
        ('languages = ["en", "German"]\n', 2, "languages: 'German' is not a language tag"),
        ('language = "de"\nlanguages = ["en", "de"]\n', 2, "language: 'de' is not the first of languages"),
        ('languages = ["en", "de", "DE"]\n', 2, "languages: 'DE' is listed twice"),
        ('languages = ["en", "de"]\n[tool.broadsheet.translations.fr]\ntitle = "x"\n', 3, "'fr' is none of the site's"),
        ('languages = ["en", "de"]\n[tool.broadsheet.translations.de]\ntitel = "x"\n', 4, "unknown setting 'titel'"),
        (
            'languages = ["en", "de"]\n[tool.broadsheet.translations.de]\ntitle = 3\n',
            4,
            "translations.de.title: expected a",
        ),
        ('languages = ["en", "de"]\n[tool.broadsheet.translations]\nde = 3\n', 4, "translations.de: expected a table"),
        (
            'languages = ["en", "de"]\n[tool.broadsheet.translations.de.taxonomies]\nland = "x"\n',
            3,
            "no taxonomy 'land'",
        ),
    ],
)
def test_what_is_wrong_with_languages_has_its_line(tmp_path: Path, settings: str, line: int, said: str):
    site, problems = loaded(tmp_path, settings)
    assert site is None
    [problem] = problems
    assert said in problem.message
    assert problem.place.line == line


def test_a_language_that_nobody_knows_is_said_and_the_site_built(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(f'{HEAD}languages = ["en", "xx"]\nsearch = false\n')
    made = Workshop(tmp_path)
    made.build()
    [problem] = made.problems("warning")
    assert (problem.code, problem.place.line) == ("language-unknown", 2)
    assert "xx/index.html" in made.output()


def test_each_language_has_its_settings_and_the_first_the_root(tmp_path: Path):
    told = (
        'title = "Harbours"\ntagline = "All of them"\nlanguages = ["en", "pt-BR", "de"]\n'
        '[tool.broadsheet.translations.de]\ntitle = "Häfen"\nsections = ["Welt"]\n'
    )
    site, _ = loaded(tmp_path, told)
    assert site
    assert site.settings.language == "en"
    assert {own.home: (own.settings.language, own.settings.title, own.settings.tagline) for own in site.languages} == {
        "": ("en", "Harbours", "All of them"),
        "pt-br/": ("pt-BR", "Harbours", "All of them"),
        "de/": ("de", "Häfen", "All of them"),
    }
    assert site.languages[2].settings.sections == ("Welt",)
