"""The fact guard is armed by what reaches readers, and answered in one line."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from broadsheet import published
from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story
from tests.publish.conftest import codes

pytestmark = pytest.mark.slow

Publisher = Callable[..., tuple[Workshop, Any]]
FOLDER = 'kind = "folder"\npath = "../www"'
BODY = "The ferry carried 120 people at noon."
KNOWN = f"content/{published.FILE}"


def edited(made: Workshop, body: str) -> None:
    made.write(story("ferry", "2025-05-07", section="World", body=body))


def test_a_site_that_is_only_ever_published_is_guarded(publisher: Publisher):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send()
    assert (made.root / KNOWN).exists()
    edited(made, BODY.replace("120", "140"))
    for _ in range(2):  # nothing is sent until it is answered
        assert not send().sent
        assert codes(made) == ["fact-changed"]
        assert '"140" where "120" was published' in next(iter(made.report)).message


def test_what_was_shown_and_not_sent_counts_as_published_for_nobody(publisher: Publisher):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send(dry=True)
    assert not (made.root / KNOWN).exists()
    edited(made, BODY.replace("120", "140"))
    send()
    assert codes(made) == []


@pytest.mark.parametrize("name", ["ferry", "2025/ferry.md"])
def test_a_change_that_is_no_fact_is_said_to_be_none_in_one_line(publisher: Publisher, name: str):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send()
    edited(made, BODY.replace("120", "140"))
    [path] = [file.relative_to(made.root / "content/stories").as_posix() for file in _files(made, "ferry")]
    wanted = path if name.endswith(".md") else name
    publish_site(made.site, Options(NOW), PublishRequest(no_facts=(wanted,)), Report(), silent, lambda _: None)
    send()
    assert codes(made) == []
    edited(made, BODY.replace("120", "160"))
    send()
    assert codes(made) == ["fact-changed"]


def _files(made: Workshop, name: str) -> list[Any]:
    return list((made.root / "content/stories").rglob(f"{name}.md"))


@pytest.mark.parametrize("target", [True, False])
def test_a_build_is_no_publication_and_arms_no_guard(publisher: Publisher, target: bool):  # noqa: FBT001
    made, _ = publisher(FOLDER)
    if not target:
        settings = made.root / "pyproject.toml"
        settings.write_text(settings.read_text().partition("[tool.broadsheet.targets")[0])
    assert CliRunner().invoke(program, ["build"], obj=Call(made.root)).exit_code == 0
    assert not (made.root / KNOWN).exists()


def test_a_correction_in_one_line_goes_into_the_story_and_answers(publisher: Publisher):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send()
    edited(made, BODY.replace("120", "140"))
    for text in ("It was 140 people, not 120.", "And: it sailed at noon."):
        request = PublishRequest(corrected=(("ferry", text),))
        report = Report()
        assert publish_site(made.site, Options(NOW), request, report, silent, lambda _: None).sent, list(report)
        assert text in made.page("2025/05/07/ferry/index.html")
        assert text in made.page("feed.xml")
    [file] = _files(made, "ferry")
    assert file.read_text().count("- date: ") == 2


def test_a_story_that_nobody_knows_is_no_answer(publisher: Publisher):
    made, _ = publisher(FOLDER)
    for request in (PublishRequest(no_facts=("fery",)), PublishRequest(corrected=(("fery", "It was 140."),))):
        with pytest.raises(BroadsheetError, match="there is no story 'fery'"):
            publish_site(made.site, Options(NOW), request, Report(), silent, lambda _: None)


def test_a_silenced_fact_stops_nothing_and_anyway_lets_it_out_with_a_warning(publisher: Publisher):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send()
    edited(made, BODY.replace("120", "140"))
    report = Report()
    assert publish_site(made.site, Options(NOW), PublishRequest(anyway=True), report, silent, lambda _: None).sent
    assert [(one.code, one.severity) for one in report] == [("fact-changed", "warning")]
    made.write(made_quiet(made))
    assert send().sent


def made_quiet(made: Workshop) -> str:
    return f'-- pyproject.toml --\n{(made.root / "pyproject.toml").read_text()}\n[tool.broadsheet.silence]\nfact-changed = ["*"]\n'
