"""What a site asks of crawlers is typed, and the crawlers that are known by name say where that is known from."""

from pathlib import Path

import pytest

from broadsheet.config import load
from broadsheet.config.robots import Robots, crawlers


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text(f"[tool.broadsheet.robots]\n{text}\n")
    site, found = load(tmp_path)
    assert (site is None) == bool(found)
    return [str(problem).splitlines()[0] for problem in found]


def test_everybody_may_come_unless_more_is_said():
    asked = Robots()
    assert (asked.search, asked.ai_search, asked.ai_training, asked.ai_fetch, asked.others) == (True,) * 5
    assert not any((asked.content_signals, asked.ai_preferences, asked.rsl, asked.tdm, asked.terms))


def test_what_is_said_is_taken(tmp_path: Path):
    assert problems(tmp_path, 'ai_training = false\ndisallow = ["AI2Bot"]\nterms = "https://example.org/t/"') == []
    site, _ = load(tmp_path)
    assert site
    assert site.settings.robots == Robots(ai_training=False, disallow=("AI2Bot",), terms="https://example.org/t/")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ai_traning = false", "error: robots: unknown setting 'ai_traning' [settings-unknown]"),
        ('search = "no"', "error: robots.search: expected true or false [settings-type]"),
        ('allow = "GPTBot"', "error: robots.allow: expected a list of texts [settings-type]"),
        ("terms = 3", "error: robots.terms: expected a text [settings-type]"),
        ('terms = "terms/"', "error: robots.terms: 'terms/' is not an http or https address [settings-value]"),
        (
            'disallow = ["*"]',
            "error: robots.disallow: '*' is not the name of a crawler, such as 'GPTBot' [settings-value]",
        ),
        (
            'allow = ["A\\nDisallow: /"]',
            "error: robots.allow: 'A\\nDisallow: /' is not the name of a crawler, such as 'GPTBot' [settings-value]",
        ),
    ],
)
def test_what_is_wrong_is_an_error_with_its_line(tmp_path: Path, text: str, told: str):
    assert problems(tmp_path, f"ai_fetch = true\n{text}") == [f"pyproject.toml:3: {told}"]


def test_a_login_in_the_address_of_terms_is_refused_and_not_repeated(tmp_path: Path):
    (message,) = problems(tmp_path, 'terms = "https://me:word@example.org/t/"')
    assert "holds a login" in message
    assert "word" not in message


@pytest.mark.parametrize("mark", ["\\n", "\\r", "\\t", "\\u0000", "\\u007f", "\\u0085", "\\n# "])
@pytest.mark.parametrize("key", ["terms", "allow", "disallow"])
def test_no_value_can_begin_a_line_of_its_own(tmp_path: Path, mark: str, key: str):
    value = f"https://example.org/{mark}Disallow: /" if key == "terms" else f"GPTBot{mark}Disallow: /"
    (message,) = problems(tmp_path, f'{key} = "{value}"' if key == "terms" else f'{key} = ["{value}"]')
    assert message.startswith(f"pyproject.toml:2: error: robots.{key}: ")
    assert "\n" not in message


@pytest.mark.parametrize("key", ["url", "hub"])
def test_so_it_is_with_every_address_of_the_settings(tmp_path: Path, key: str):
    (tmp_path / "pyproject.toml").write_text(f'[tool.broadsheet]\n{key} = "https://example.org/\\nDisallow: /"\n')
    _, found = load(tmp_path)
    assert [(one.code, one.place.line) for one in found] == [("settings-value", 2)]


def test_a_crawler_cannot_be_let_in_and_kept_out(tmp_path: Path):
    (message,) = problems(tmp_path, 'allow = ["GPTBot"]\ndisallow = ["gptbot"]')
    assert message == "pyproject.toml:2: error: robots.allow: 'gptbot' is listed under disallow too [settings-value]"


def test_it_is_no_table(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\nrobots = true\n")
    _, (problem,) = load(tmp_path)
    assert str(problem).startswith("pyproject.toml:2: error: robots: expected a table [settings-type]")


def test_each_crawler_is_there_once_with_the_page_of_its_operator():
    known = crawlers().crawlers
    names = [one.name.lower() for one in known]
    assert len(set(names)) == len(names)
    assert {one.purpose for one in known} == {"search", "ai_search", "ai_training", "ai_fetch"}
    assert all(one.source.startswith("https://") for one in known)
