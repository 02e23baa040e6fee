"""A site's own taxonomies in its settings: a line each; what is wrong with one is reported with its line."""

from pathlib import Path

import pytest

from broadsheet.config import load
from broadsheet.config.taxonomies import TAKEN, rows
from broadsheet.pages import urls


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text(f"[tool.broadsheet.taxonomies]\n{text}\n")
    site, found = load(tmp_path)
    assert (site is None) == bool(found)
    return [str(problem) for problem in found]


def test_a_title_is_all_that_a_taxonomy_needs_and_a_table_says_more(tmp_path: Path):
    assert problems(tmp_path, 'country = "Countries"\n"страна" = "Страны"\n[tool.broadsheet.taxonomies.firm]\n'
                    'title = "Companies"\nkey = "companies"\npath = "business"\nminimum = 2\nfeeds = false') == []  # fmt: skip
    site, _ = load(tmp_path)
    assert site
    country, russian, firm = rows(site.settings)[-3:]
    assert (country.name, country.key, country.address, country.title) == (
        "country",
        "country",
        "countries/",
        "Countries",
    )
    assert (russian.key, russian.address) == ("страна", "страны/")
    assert (firm.key, firm.address, firm.minimum, firm.feeds) == ("companies", "business/", 2, False)


def test_the_settings_of_topics_and_feeds_are_in_their_rows(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.broadsheet]\ntopic_minimum = 5\nfeed_kinds = ["section"]\n')
    site, _ = load(tmp_path)
    assert site
    found = {row.name: row for row in rows(site.settings)}
    assert list(found) == ["section", "topic", "author", "source"]
    assert (found["topic"].minimum, found["author"].minimum) == (5, 1)
    assert [name for name, row in found.items() if row.feeds] == ["section"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("country = 5", "taxonomies.country: expected a text or a table"),
        ('country = ""', "title: '' has no letter or digit"),
        ('country = "…"', "title: '…' has no letter or digit"),
        ('country = { title = "x", titel = "y" }', "unknown setting 'titel' [settings-unknown]. Did you mean 'title'?"),
        ("country = { minimum = 2 }", "title is missing"),
        ('country = { title = "x", minimum = "2" }', "minimum: expected a whole number"),
        ('country = { title = "x", feeds = 1 }', "feeds: expected true or false"),
        ('country = { title = "x", minimum = 0 }', "minimum: 0 is not above 0"),
        ('country = { title = "x", path = "A b" }', "'A b' is not written as addresses are: write 'a-b'"),
        ('country = { title = "x", path = "../x" }', "'../x' is not written as addresses are"),
        ('country = "Topics"', "/topics/ is the address of other pages; name another with 'path"),
        ('country = "2025"', "/2025/ is the address of other pages"),
        ('country = { title = "x", key = "title" }', "'title' is already a key of front matter"),
        ('date = "Dates"', "'date' is already a key of front matter"),
        ('topic = "Themes"', "every site has this one already"),
        ('"a b" = "x"', "'a b' cannot name a taxonomy"),
        ('country = { title = "x", key = "a:b" }', "'a:b' cannot be used as a key of front matter"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, said: str):
    (message,) = problems(tmp_path, f'tag = "Tags"\n{line}')
    assert message.startswith("pyproject.toml:3: error: taxonomies.")
    for part in said.split(" [settings-unknown]. "):
        assert part in message


def test_a_table_that_is_none_is_told(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.broadsheet]\ntaxonomies = ["country"]\n')
    _, (problem,) = load(tmp_path)
    assert str(problem).startswith("pyproject.toml:2: error: taxonomies: expected a table of names with titles")


def test_two_taxonomies_at_one_address_are_told(tmp_path: Path):
    (message,) = problems(tmp_path, 'country = "Places"\ncity = { title = "Towns", path = "places" }')
    assert message.startswith(
        "pyproject.toml:3: error: taxonomies.city: its pages would be at /places/, like those of 'country'"
    )


def test_no_taxonomy_of_ones_own_takes_the_folder_of_other_pages():
    folders = {value.split("/")[0] for name, value in vars(urls).items() if name.isupper() and str(value).endswith("/")}
    assert folders | urls.ASSETS | {"sections", "topics", "authors", "sources"} == TAKEN


@pytest.mark.parametrize("name", ["digest", "words", "path", "body", "lead", "terms"])
def test_a_taxonomy_may_have_the_name_of_a_value_that_is_no_key_of_front_matter(tmp_path: Path, name: str):
    assert problems(tmp_path, f'{name} = "Groups"') == []
