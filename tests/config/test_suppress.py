"""Silence: what an owner has decided to hear nothing of, in every command, and what may not be silenced."""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.check import check_site
from broadsheet.config import load
from broadsheet.config.suppress import Suppressions
from broadsheet.errors import Place, Report, error, note, warning
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

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
