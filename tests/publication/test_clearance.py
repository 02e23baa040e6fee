"""Clearance: what goes out is said in stories, what speaks against it is named with what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
TARGET = '[tool.broadsheet.targets.{0}]\nkind = "folder"\npath = "../{0}"\n'
SETTINGS = f"search = false\nshare_cards = 0\nthreads = false\n{TARGET.format('live')}"
FERRY = story("ferry", "2025-05-07", body="The ferry carried people at noon.")
BOAT = story("boat", "2025-05-08", body="The boat was moored at the quay.")


def send(made: Workshop, target: str = "live", **request: Any) -> Publication:
    made.report = Report()
    asked = PublishRequest(target, **request)
    return publish_site(made.site, Options(NOW), asked, made.report, silent, lambda _: None)


def said(found: Publication) -> dict[str, list[str]]:
    changes = found.cleared.stories
    names = ("new", "corrected", "changed", "moved", "gone")
    return {name: ids for name in names if (ids := [one.id for one in getattr(changes, name)])}


def test_what_changes_is_said_in_stories_for_each_target_by_what_it_has(workshop: Make):
    made = workshop(FERRY, BOAT, settings=SETTINGS + TARGET.format("staging"))
    assert said(send(made)) == {"new": ["boat", "ferry"]}
    made.write(story("ferry", "2025-05-07", body="It sailed.", corrections="[{date: 2025-05-08, text: It sailed.}]"))
    (made.root / "content/stories/2025/05/boat.md").rename(made.root / "content/stories/2025/05/raft.md")
    assert said(send(made, "staging")) == {"new": ["boat", "ferry"]}
    found = send(made)
    assert said(found) == {"corrected": ["ferry"], "moved": ["boat"]}
    assert found.cleared.stories.moved[0].before == "2025/05/08/boat/"
    assert said(send(made)) == {}
    (made.root / "content/stories/2025/05/raft.md").unlink()
    assert said(send(made)) == {"gone": ["boat"]}
    assert said(send(made)) == {}


def test_a_story_to_be_looked_at_stops_where_the_settings_say_so_and_is_named(workshop: Make):
    open_ = story("ferry", "2025-05-07", review="[section]")
    made = workshop(open_, BOAT, settings=f"publish = {{ hold_review = true }}\n{SETTINGS}")
    assert not send(made).sent
    (problem,) = made.problems("error")
    assert problem.code == "publish-open"
    assert (problem.place.file, problem.place.line) == ("content/stories/2025/05/ferry.md", 5)
    made.write(FERRY)
    assert send(made).sent


def test_a_site_in_which_most_of_what_readers_have_is_missing_is_not_sent_unless_that_is_meant(workshop: Make):
    made = workshop(*[story(f"s{n}", f"2025-05-0{n}") for n in range(1, 8)], settings=SETTINGS)
    assert send(made).sent
    folder = made.root / "content/stories"
    folder.rename(made.root / "content/elsewhere")
    folder.mkdir()
    assert not send(made).sent
    (problem,) = made.problems("error")
    assert problem.code == "withdrawn-many"
    assert problem.message.startswith("7 of the 7 published stories are missing: 'S1', 'S2', 'S3' and 4 more")
    folder.rmdir()
    (made.root / "content/elsewhere").rename(folder)
    for n in (1, 2, 3):  # fewer than half
        (folder / f"2025/05/s{n}.md").unlink()
    assert send(made).sent
    for n in (4, 5, 6, 7):  # all that is left, but too few to be a mistake
        (folder / f"2025/05/s{n}.md").unlink()
    assert send(made).sent


@pytest.mark.parametrize(
    ("edit", "advice"),
    [
        (FERRY.replace("id: ferry", "id: other"), "set its id to ferry, or accept it"),
        (FERRY.replace("ferry", "copy"), "Is it a copy? content/stories/2025/05/ferry.md says the same"),
    ],
)
def test_the_advice_on_what_would_be_sent_again_fits_what_happened(workshop: Make, edit: str, advice: str):
    made = workshop(FERRY.replace("The ferry", "The copy"), BOAT, settings=SETTINGS)
    send(made)
    made.write(edit.replace("The ferry", "The copy"))
    assert not send(made).sent
    (problem,) = made.problems("error")
    assert problem.code == "sent-again"
    assert problem.place.line == 2  # of its id
    assert advice in problem.hint
    assert problem.hint.endswith(("--accept other", "--accept copy"))


def test_a_new_domain_is_answered_with_the_old_one_or_for_all_entries_at_once(workshop: Make):
    made = workshop(FERRY, BOAT, settings=SETTINGS)
    send(made)
    settings = made.root / "pyproject.toml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("url")]
    settings.write_text("\n".join([*lines, ""]).replace("search = ", 'url = "https://new.example.net/"\nsearch = '))
    assert not send(made).sent
    problems = made.problems("error")
    assert {problem.code for problem in problems} == {"sent-again"}
    assert all("set 'id' to the old host, id = \"" in problem.hint for problem in problems)
    assert send(made, accept=("new.example.net:*",)).sent


def test_the_plan_is_lines_for_people_and_one_for_programs(workshop: Make):
    made = workshop(FERRY, BOAT, settings=SETTINGS)

    def told(*words: str) -> str:
        done = CliRunner().invoke(program, ["publish", "--dry-run", *words], obj=Call(made.root))
        assert done.exit_code == 0, done.output
        return done.stdout

    lines = told()
    assert "new        Ferry  (content/stories/2025/05/ferry.md)" in lines
    assert "live: 2 stories new; " in lines
    assert "index.html" not in lines
    assert "new      2025/05/07/ferry/index.html" in told("--files")
    assert '"stories":{"new":[{"id":"boat"' in told("--json")


def test_a_story_of_which_the_author_alone_changed_is_said_to_be_changed(workshop: Make):
    made = workshop(story("ferry", "2025-05-07", authors="[Helga Brandt]"), settings=SETTINGS)
    send(made)
    made.write(story("ferry", "2025-05-07", authors="[Helga Brandt, Ada Reed]"))
    assert said(send(made)) == {"changed": ["ferry"]}
    made.write(story("ferry", "2025-05-07", authors="[Helga Brand, Ada Reed]"))
    stopped = send(made)
    assert not stopped.sent
    assert said(stopped) == {"changed": ["ferry"]}
    assert [problem.code for problem in made.problems("error")] == ["fact-changed"]


def test_a_story_that_changes_its_language_is_in_an_edition_of_that_language_which_is_new_there(workshop: Make):
    made = workshop(FERRY, BOAT, settings=f'languages = ["en", "fr"]\n{SETTINGS}')
    send(made)
    made.write(story("boat", "2025-05-08", body="The boat was moored at the quay.", lang="fr"))
    found = send(made)
    assert found.sent, made.problems("error")
    assert said(found) == {"moved": ["boat"]}
    assert found.resend_check.new == ("example.org:fr/editions/2025-05-08/",)  # and the story keeps its id
    assert send(made).resend_check.new == ()


def test_a_language_that_is_removed_leaves_its_frozen_editions_without_an_error(workshop: Make):
    made = workshop(FERRY, settings=f'languages = ["en", "de"]\n{SETTINGS}')
    made.write(story("kahn", "2025-05-07", body="Der Kahn lag am Kai.", lang="de"))
    send(made)
    assert (made.root / "content/editions/de/2025-05-07.md").exists()
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('languages = ["en", "de"]\n', ""))
    found = send(made)
    assert found.sent, made.problems("error")
    assert said(found) == {"moved": ["kahn"]}
    assert [one.code for one in made.report if one.place.file.startswith("content/editions")] == ["edition-language"]
    (edition,) = found.built.newspaper.editions  # the story stays in the edition of its day
    assert [one.id for one in edition.stories] == ["ferry", "kahn"]


def test_another_language_can_become_the_first_of_a_published_site(workshop: Make):
    made = workshop(story("ferry", "2025-05-07", lang="en"), settings=f'languages = ["en", "de"]\n{SETTINGS}')
    made.write(story("kahn", "2025-05-07", body="Der Kahn lag am Kai.", lang="de"))
    send(made)
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('["en", "de"]', '["de", "en"]'))
    assert not send(made).sent
    (problem,) = (one for one in made.problems("error") if one.code == "edition-twice")
    assert "editions/en/" in problem.hint
    folder = made.root / "content/editions"
    (folder / "en").mkdir()
    (folder / "2025-05-07.md").rename(folder / "en/2025-05-07.md")
    found = send(made)
    assert found.sent, made.problems("error")
    assert said(found) == {"moved": ["kahn", "ferry"]}
