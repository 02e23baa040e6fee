"""Settings are typed; what is wrong with them is said with the line and the nearest known name."""

from pathlib import Path

import pytest

from broadsheet.config import find, load, open_site
from broadsheet.errors import BroadsheetError


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text(text)
    _, found = load(tmp_path)
    return [str(problem) for problem in found]


def test_every_setting_has_a_default_that_serves(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    site, found = load(tmp_path)
    assert site
    assert not found
    assert site.settings.edition == "daily"


def test_an_unknown_setting_is_an_error_with_its_line_and_the_nearest_name(tmp_path: Path):
    (message,) = problems(tmp_path, '[project]\nname = "x"\n\n[tool.broadsheet]\ntitel = "x"\n')
    assert message.startswith("pyproject.toml:5: error: unknown setting 'titel'")
    assert "Did you mean 'title'?" in message


def test_an_unknown_setting_of_a_table_is_named_with_the_nearest_one(tmp_path: Path):
    (message,) = problems(tmp_path, "[tool.broadsheet]\npublish = { hold_revew = true }\n")
    assert message.startswith("pyproject.toml:2: error: unknown setting publish.'hold_revew'")
    assert "Did you mean 'hold_review'?" in message


def test_every_bad_setting_is_told_at_once(tmp_path: Path):
    text = '[tool.broadsheet]\nper_page = "many"\nurl = "ftp://x"\ntimezone = "Mars/Base"\nedition = "hourly"\noutput = "../x"\n'
    found = problems(tmp_path, text)
    assert [message.partition(":")[2].partition(":")[0] for message in found] == ["2", "3", "4", "5", "6"]
    assert "expected a whole number" in found[0]


def test_broken_toml_is_an_error_with_its_line(tmp_path: Path):
    (message,) = problems(tmp_path, '[tool.broadsheet]\ntitle = "x\n')
    assert message.startswith("pyproject.toml:2: error: not valid TOML")


def test_a_site_is_found_from_a_folder_inside_it(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    inside = tmp_path / "content" / "stories"
    inside.mkdir(parents=True)
    assert find(inside) == tmp_path.resolve()


def test_a_folder_without_a_site_is_a_clear_error(tmp_path: Path):
    with pytest.raises(BroadsheetError, match=r"no pyproject.toml with \[tool.broadsheet\]"):
        open_site(tmp_path)


@pytest.mark.parametrize("url", ["http://[half/", "https://ü..example/", "https://example.org:port/", "//example.org/"])
def test_an_address_that_no_browser_could_ask_for_is_refused_with_its_line(tmp_path: Path, url: str):
    (message,) = problems(tmp_path, f'[tool.broadsheet]\ntitle = "x"\nurl = "{url}"\n')
    assert message.startswith(f"pyproject.toml:3: error: url: {url!r} is not an http or https address")


@pytest.mark.parametrize("key", ["url", "hub"])
def test_an_address_that_readers_see_holds_no_login_and_the_problem_does_not_repeat_it(tmp_path: Path, key: str):
    for value in ("https://ann:swordfish@example.org/", "https://ann@example.org/", "ftp://ann:swordfish@example.org/"):
        (message,) = problems(tmp_path, f'[tool.broadsheet]\n{key} = "{value}"\n')
        assert message.startswith("pyproject.toml:2")
        assert "swordfish" not in message


@pytest.mark.parametrize("value", ["http://[::1", "https://", "example.org"])
def test_what_is_no_address_is_a_problem_with_its_line(tmp_path: Path, value: str):
    (message,) = problems(tmp_path, f'[tool.broadsheet]\nurl = "{value}"\n')
    assert message.startswith("pyproject.toml:2")


def doubts(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text(f"[tool.broadsheet]\n{text}\n")
    site, found = load(tmp_path)
    assert site
    assert not found
    return [str(problem).splitlines()[0] for problem in site.warnings]


@pytest.mark.parametrize("extra", ["?utm_source=mail", "#top", "?a=1#b"])
def test_what_stands_behind_the_address_of_the_site_is_warned_of(tmp_path: Path, extra: str):
    (message,) = doubts(tmp_path, f'title = "x"\nurl = "https://example.org/news/{extra}"')
    assert message.startswith(f"pyproject.toml:3: warning: url: {extra!r} is left out: ")
    assert message.endswith("[url-extra]")


def test_a_token_in_the_address_of_the_site_is_not_repeated(tmp_path: Path):
    (message,) = doubts(tmp_path, 'url = "https://example.org/?access_token=geheim"')
    assert "geheim" not in message


@pytest.mark.parametrize("title", ["", " ", "\\u200b", "\\u00a0\\ufeff"])
def test_a_site_without_a_name_is_warned_of(tmp_path: Path, title: str):
    assert doubts(tmp_path, f'title = "{title}"') == [
        "pyproject.toml:2: warning: title: the site has no name [title-empty]"
    ]


def test_it_is_said_where_crawlers_do_not_look_for_what_they_are_asked(tmp_path: Path):
    asked = "robots = { ai_training = false }"
    assert doubts(tmp_path, f'url = "https://example.org/"\n{asked}') == []
    (message,) = doubts(tmp_path, f'url = "https://example.org/news/"\n{asked}')
    assert message.startswith("pyproject.toml:3: warning: robots: ")
    assert message.endswith("not below /news/ [robots-below]")


def test_a_plain_site_is_in_no_doubt(tmp_path: Path):
    assert doubts(tmp_path, 'url = "https://example.org/news/"') == []
