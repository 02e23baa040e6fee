"""The fact guard is armed by what reaches readers, and answered in one line."""

from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story
from tests.publish.conftest import codes

pytestmark = pytest.mark.slow

Publisher = Callable[..., tuple[Workshop, Any]]
FOLDER = 'kind = "folder"\npath = "../www"'
BODY = "The ferry carried 120 people at noon."
KNOWN = "content/published.json"


def edited(made: Workshop, body: str) -> None:
    made.write(story("ferry", "2025-05-07", section="World", body=body))


def test_a_site_that_is_only_ever_published_is_guarded(publisher: Publisher):
    made, send = publisher(FOLDER)
    edited(made, BODY)
    send()
    assert (made.root / KNOWN).exists()
    edited(made, BODY.replace("120", "140"))
    for _ in range(2):  # it comes back until it is answered
        send()
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


def test_a_build_arms_the_guard_only_where_no_target_is_named(publisher: Publisher, workshop: Callable[..., Workshop]):
    from click.testing import CliRunner

    from broadsheet.cli import program
    from broadsheet.commands import Call

    made, _ = publisher(FOLDER)
    assert CliRunner().invoke(program, ["build"], obj=Call(made.root)).exit_code == 0
    assert not (made.root / KNOWN).exists()
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().partition("[tool.broadsheet.targets")[0])
    edited(made, BODY)
    assert CliRunner().invoke(program, ["build"], obj=Call(made.root)).exit_code == 0
    assert (made.root / KNOWN).exists()
