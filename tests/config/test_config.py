"""Settings are typed; what is wrong with them is said with the line and the nearest known name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.check import check_site
from broadsheet.config import find, load, open_site
from broadsheet.config.suppressions import Suppressions
from broadsheet.errors import BroadsheetError, Place, Report, error, note, warning
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story


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
    assert message.startswith(f"pyproject.toml:3: warning: url: {extra!r} is ignored: ")
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


BRANCH = '[tool.broadsheet.targets.pages]\nkind = "git"\ndomain = "News.Example.org"\n'


def test_a_path_below_the_domain_of_a_branch_leads_nowhere_and_is_warned_of(tmp_path: Path):
    assert doubts(tmp_path, f'url = "https://news.example.org/"\n{BRANCH}url = "https://www.news.example.org"') == []
    (message,) = doubts(tmp_path, f'url = "https://news.example.org/news/"\n{BRANCH}')
    said = "url: '/news/' does not exist below News.Example.org: the branch is served at its root"
    assert message == f"pyproject.toml:2: warning: {said} [target-domain]"
    (message,) = doubts(tmp_path, f'url = "https://news.example.org"\n{BRANCH}url = "https://news.example.org/repo/"')
    assert message.startswith("pyproject.toml:6: warning: targets.pages.url: '/repo/' does not exist")


def test_another_host_than_the_domain_of_a_branch_is_warned_of(tmp_path: Path):
    (message,) = doubts(tmp_path, f'url = "https://you.github.io/"\n{BRANCH}')
    assert message == (
        "pyproject.toml:2: warning: url: links and feeds name you.github.io, "
        "and targets.pages.domain is News.Example.org [target-domain]"
    )
    assert doubts(tmp_path, BRANCH)[0].startswith("pyproject.toml:1: warning: url: links and feeds name 127.0.0.1")
    assert doubts(tmp_path, BRANCH.replace('domain = "News.Example.org"', "")) == []


def test_a_plain_site_is_in_no_doubt(tmp_path: Path):
    assert doubts(tmp_path, 'url = "https://example.org/news/"') == []


@pytest.mark.parametrize("key", ["title", "tagline", "description", "publisher", "copyright", "sections"])
def test_what_every_page_prints_is_bounded_and_the_problem_says_how_long_it_is(tmp_path: Path, key: str):
    value = "x" * 1_000_000
    (message,) = problems(
        tmp_path, f"[tool.broadsheet]\n{key} = " + (f'["{value}"]' if key == "sections" else f'"{value}"')
    )
    assert message.startswith(f"pyproject.toml:2: error: {key}: it has 1,000,000 characters; at most 1,000 are allowed")
    assert len(message) < 500


Make = Callable[..., Workshop]


@pytest.mark.parametrize(
    ("pattern", "file", "covered"),
    [
        ("*", "content/stories/2024/05/a.md", True),
        ("stories/2024*", "content/stories/2024/05/a.md", True),
        ("content/stories/2024/*", "content/stories/2024/05/a.md", True),
        ("stories/2024*", "content/stories/2025/05/a.md", False),
        ("2024*", "content/stories/2024/05/a.md", False),
        ("stories/2024/05/a.md", "content/stories/2024/05/a.md", True),
        ("*/[ab].md", "content/stories/2024/05/b.md", True),
        ("themes/*", "themes/broadsheet/templates/story.html", True),
    ],
)
def test_a_pattern_covers_files_as_they_are_called_or_below_content(pattern: str, file: str, covered):
    suppressions = Suppressions({"picture-alt": (pattern,)}, "content")
    assert suppressions.covers(warning("picture-alt", "m", Place(file, 3))) is covered
    assert list(suppressions.unused()) == ([] if covered else [("picture-alt", pattern)])


def test_another_code_is_not_covered():
    assert not Suppressions({"picture-alt": ("*",)}, "content").covers(warning("title-twice", "m", Place("a")))


def test_an_error_is_covered_only_where_the_site_can_be_used_as_it_is():
    suppressions = Suppressions({"link-broken": ("*",), "picture-remote": ("*",)}, "content")
    assert suppressions.covers(error("link-broken", "m", Place("a")))
    assert not suppressions.covers(error("picture-remote", "m", Place("a")))
    assert suppressions.covers(note("picture-remote", "m", Place("a")))


def test_a_report_leaves_out_what_is_hushed_whenever_it_came():
    report = Report([warning("picture-alt", "before", Place("a"))])
    report.suppress(Suppressions({"picture-alt": ("*",)}, "content").covers)
    report.add(warning("picture-alt", "after", Place("a")))
    report.extend([error("value", "stays", Place("a"))])
    assert [problem.message for problem in report] == ["stays"]
    assert (len(report), report.suppressed, report.exit_code(strict=True)) == (1, 2, 1)
    report.suppress(Suppressions({}, "content").covers)
    assert (len(report), report.suppressed) == (3, 0)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ('"pictur-alt" = ["*"]', "settings-unknown", "Did you mean 'picture-alt'?"),
        ('"id-twice" = ["*"]', "settings-value", "id-twice is an error, and cannot be silenced"),
        ('"picture-alt" = "*"', "settings-type", "expected a list of files"),
        ('"picture-alt" = [1]', "settings-type", "expected a list of files"),
        ('"picture-alt" = [""]', "settings-type", "expected a list of files"),
    ],
)
def test_a_table_that_makes_no_sense_is_an_error_with_its_line(tmp_path: Path, line: str, code: str, said: str):
    (tmp_path / "pyproject.toml").write_text(f"[tool.broadsheet]\ntitle = 'T'\n\n[tool.broadsheet.silence]\n{line}\n")
    _, (problem,) = load(tmp_path)
    assert (problem.code, str(problem.place)) == (code, "pyproject.toml:5")
    assert said in str(problem)


def test_silence_that_is_no_table_is_an_error(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\nsilence = 1\n")
    _, (problem,) = load(tmp_path)
    assert (problem.code, str(problem.place)) == ("settings-type", "pyproject.toml:2")


SILENCE = '[tool.broadsheet.silence]\n"key-unknown" = ["stories/2025/05/old*"]\n"link-broken" = ["*"]\n'
FILES = (story("old", "2025-05-07", mood="good"), story("new", "2025-05-08", mood="good"))


def test_a_build_tells_nothing_of_what_is_silenced(workshop: Make):
    made = workshop(*FILES, settings=SILENCE)
    made.build()
    assert [str(problem.place) for problem in made.problems()] == ["content/stories/2025/05/new.md:5"]
    assert made.report.suppressed == 1


def test_a_strict_publication_is_not_kept_back_by_what_is_silenced(workshop: Make):
    target = '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'
    made = workshop(FILES[0], settings=f"{SILENCE}{target}")
    report = Report()
    done = publish_site(made.site, Options(NOW), PublishRequest(strict=True), report, silent, lambda _: None)
    assert done.sent
    assert list(report) == []


def test_a_change_of_silence_draws_no_page_again(workshop: Make):
    made = workshop(*FILES)
    made.build()
    file = made.root / "pyproject.toml"
    file.write_text(f"{file.read_text()}page_weight = 30\n{SILENCE}")
    assert made.build().printed.drawn == 0


def test_a_check_notes_what_silences_nothing(workshop: Make):
    made = workshop(*FILES, settings=f'{SILENCE}"link-gone" = ["*"]\n')
    report = Report()
    check_site(made.site, Options(NOW), report, silent)
    told = [(problem.code, str(problem.place)) for problem in report]
    assert told == [
        ("key-unknown", "content/stories/2025/05/new.md:5"),
        ("silence-idle", "pyproject.toml:6"),  # and not link-gone, which only a check of other sites finds
    ]


@pytest.mark.parametrize("path", ["../x/", "%2e%2e/x/", "news/./", "a/%2E./b", "a%5c..%5cb/"])
def test_a_path_of_the_site_that_leads_back_is_refused(tmp_path: Path, path: str):
    (message,) = problems(tmp_path, f'[tool.broadsheet]\nurl = "https://example.org/{path}"\n')
    assert message.startswith(f"pyproject.toml:2: error: url: '/{path}' goes up with")


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ('sections = "x"', "sections: expected a list, not a text", 'The default is ["World", "Politics",'),
        ("hub = 3", "hub: expected a text, not a whole number", "There is none by default"),
        ('threads = "yes"', "threads: expected true or false, not a text", "The default is true."),
        ("publish = { hold_review = 1 }", "publish: hold_review: expected true or false", "{hold_review = false}"),
        ("feed_forms = ['x']", "feed_forms: 'x' is not one of", 'The default is ["rss", "atom", "json"].'),
    ],
)
def test_a_wrong_setting_and_its_default_are_said_as_toml_has_them(tmp_path: Path, line: str, said: str, hint: str):
    (message,) = problems(tmp_path, f"[tool.broadsheet]\n{line}\n")
    assert said in message
    assert hint in message.partition("\n")[2]


def test_a_translation_of_a_site_in_one_language_says_where_languages_are_named(tmp_path: Path):
    (message,) = problems(tmp_path, '[tool.broadsheet.translations.de]\ntitle = "x"\n')
    assert message.endswith('Name it in languages = ["en", …], as it is written here.')
