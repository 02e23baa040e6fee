"""``publish`` says what a person should know before readers do: whose publication is there, and which address feeds name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import TO_A_FOLDER as SETTINGS
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
NO_RECORD = "a publication of which this site has no record"


def said(made: Workshop, *words: str) -> str:
    done = CliRunner().invoke(program, ["--site", str(made.root), "publish", *words], obj=Call(made.root))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_publication_that_the_site_has_no_record_of_is_not_replaced_until_that_is_accepted(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    assert NO_RECORD not in said(made)
    (made.root / "content/stories/2025/05/quay.md").rename(made.root / "content/stories/2025/05/pier.md")
    assert NO_RECORD not in said(made, "--dry-run")
    shutil.rmtree(made.root / "content/published")
    done = CliRunner().invoke(program, ["--site", str(made.root), "publish"], obj=Call(made.root))
    assert done.exit_code == 1
    assert NO_RECORD in done.output
    assert "release --rebuild" in done.output
    [old] = made.root.parent.glob("*/current/2025/05/07/quay/index.html")
    assert not (made.root / "content/published").exists()
    said(made, "--anyway")
    assert not old.exists()


def test_a_rollback_and_the_releases_are_for_programs_too(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    said(made)
    made.write(story("pier", "2025-05-08", body="Of a pier."))
    said(made)
    listed = json.loads(said(made, "--releases", "--json"))
    first = listed["releases"][0]["name"]
    planned = json.loads(said(made, "--rollback", "--dry-run", "--json"))
    assert planned["release"]["name"] == first
    assert not planned["sent"]
    done = json.loads(said(made, "--rollback", "--json"))
    assert done["sent"]
    assert [(one["kind"], one["id"]) for one in done["stories"]] == [("gone", "pier")]
    assert "2025/05/08/pier/" in done["answering"]
    assert "index.html" in done["files"]["changed"]
    assert done["problems"] == []


def test_the_command_that_answers_names_the_target_where_there_are_several(workshop: Make):
    other = '[tool.broadsheet.targets.other]\nkind = "folder"\npath = "../other"\n'
    made = workshop(story("quay", "2025-05-07", body="It is 120 metres long."), settings=f"{SETTINGS}{other}")
    said(made, "live")
    made.write(story("quay", "2025-05-07", body="It is 140 metres long."))
    done = CliRunner().invoke(program, ["--site", str(made.root), "publish", "live"], obj=Call(made.root))
    assert "broadsheet publish live --corrected 2025/05/quay.md" in done.output
    assert "live is up to date already" not in done.output
    said(made, "live", "--not-a-fact", "quay")
    assert "live is up to date already: nothing had to be sent." in said(made, "live")
    assert "This was a dry run" in said(made, "live", "--dry-run")


def test_the_address_of_a_new_site_s_settings_is_reported_until_it_is_set(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    settings = made.root / "pyproject.toml"
    kept = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("url =")]
    at = kept.index("[tool.broadsheet]") + 1
    for url, named in (("https://example.org/", True), ("https://quay.example/news/", False)):
        settings.write_text("\n".join([*kept[:at], f'url = "{url}"', *kept[at:]]), "utf-8")
        assert (f"Feeds and links point to {url}, a placeholder: set url" in said(made, "--dry-run")) == named


@pytest.mark.parametrize("moment", ["yesterday", "2025-05-01T00:00:00", "2025-13-01T00:00:00Z"])
def test_a_file_that_leaves_since_no_moment_is_an_error_of_the_record_and_no_traceback(workshop: Make, moment: str):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    said(made)
    file = made.root / "content/published/live.json"
    file.write_text(file.read_text().replace('"leaving": {', f'"leaving": {{\n"static/a.css": "{moment}"\n'))
    done = CliRunner().invoke(program, ["--site", str(made.root), "publish"], obj=Call(made.root))
    assert done.exit_code == 1
    assert "content/published/live.json: error: is not a record of a publication" in str(done.exception or done.output)


def test_a_title_of_the_record_writes_no_line_of_its_own_and_no_colour(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    said(made)
    file = made.root / "content/published/record.jsonl"
    line = r'{"id":"pier","title":"\u001b[31mPier\nlive: 9 stories new","sent":{"live":["","2025/05/09/pier/"]}}'
    file.write_text(f"{file.read_text()}{line}\n")
    shown = said(made, "--dry-run")
    assert "\x1b" not in shown
    assert "live: 9 stories" not in shown.splitlines()
    assert "Pier" in shown
