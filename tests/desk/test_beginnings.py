"""A new site: what is made, what is never touched, and that it builds with nothing to complain of."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import content
from broadsheet.config import open_site
from broadsheet.desk import beginnings
from broadsheet.desk.beginnings import FILES, LONGEST_TITLE, SCAFFOLD, SCHEMA, Beginning, NewSiteRequest, begin, found
from broadsheet.errors import BroadsheetError
from tests.conftest import Workshop

HERE = Path(__file__).resolve().parent.parent


def broadsheet(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The real command, with no terminal."""
    command = [sys.executable, "-m", "broadsheet", *words]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL
    )


@pytest.mark.slow
def test_a_new_site_builds_at_once_with_no_problem_and_its_feeds_are_well_formed(tmp_path: Path):
    made = broadsheet("new", "digest", "--title", 'Ann’s "Digest"', "--timezone", "Europe/London", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    site = tmp_path / "digest"
    built = subprocess.run(
        [sys.executable, "build.py"], cwd=site, capture_output=True, text=True, check=False, timeout=120
    )
    assert built.returncode == 0, built.stderr
    assert built.stderr == ""
    assert "2 stories, 1 edition," in built.stdout
    assert "review: title" in built.stdout  # the sample without a headline shows what an editor does
    for name in ("feed.xml", "atom.xml", "editions/feed.xml"):
        feed = feedparser.parse((site / "output" / name).read_bytes())
        assert not feed.bozo
        assert len(feed.entries) in (1, 2)
    assert "Ann’s &#34;Digest&#34;" in (site / "output/index.html").read_text("utf-8")


@pytest.mark.slow
def test_a_second_build_of_a_new_site_draws_nothing(tmp_path: Path):
    broadsheet("new", "digest", cwd=tmp_path)
    broadsheet("build", "--strict", cwd=tmp_path / "digest")
    again = broadsheet("build", "--strict", cwd=tmp_path / "digest")
    assert again.returncode == 0
    assert " 0 rendered" in again.stdout


def test_a_folder_with_files_is_refused_and_left_as_it_is(tmp_path: Path):
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest/letter.txt").write_text("Dear")
    done = broadsheet("new", "digest", cwd=tmp_path)
    assert done.returncode == 1
    assert "[not-empty]" in done.stderr
    assert [file.name for file in (tmp_path / "digest").iterdir()] == ["letter.txt"]


def test_add_makes_what_is_missing_and_leaves_what_is_there(tmp_path: Path):
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "content").mkdir()
    (tmp_path / "build.py").symlink_to("nowhere")
    done = found(tmp_path, NewSiteRequest(), add=True)
    assert set(done.kept) == {"README.md", "build.py"}
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "build.py").is_symlink()
    assert set(done.made) == {*FILES.values(), SCHEMA} - {"README.md", "build.py"}


def test_a_folder_that_holds_no_more_than_git_counts_as_empty(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    assert found(tmp_path, NewSiteRequest()).kept == ()


def test_titles_and_addresses_that_would_break_toml_stay_text(tmp_path: Path):
    title = 'A "quote" \\ and #hash\n[tool] = @url@ 🗞'
    found(tmp_path / "x", NewSiteRequest(title=title, url="https://example.org/a%20b/"))
    site = open_site(tmp_path / "x")
    assert site.settings.title == " ".join(title.split())
    assert site.settings.url == "https://example.org/a%20b/"


@pytest.mark.parametrize(
    "wanted",
    [
        NewSiteRequest(url="javascript:alert(1)"),
        NewSiteRequest(language="English!"),
        NewSiteRequest(timezone="Mars/Base"),
        NewSiteRequest(title="a\x00b"),
    ],
)
def test_a_request_that_settings_cannot_hold_makes_nothing(tmp_path: Path, wanted: NewSiteRequest):
    with pytest.raises(BroadsheetError) as cause:
        found(tmp_path / "x", wanted)
    assert cause.value.problem.code == "settings-value"
    assert not (tmp_path / "x").exists()


def test_every_file_of_the_scaffold_goes_somewhere_and_leaves_no_mark(tmp_path: Path):
    assert {file.name for file in SCAFFOLD.iterdir() if file.is_file()} == set(FILES)
    found(tmp_path, NewSiteRequest(title="Plain"))
    for path in FILES.values():
        assert not re.search(r"@[a-z]+@", (tmp_path / path).read_text("utf-8")), path


def steps(folder: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load((folder / ".github/workflows/publish.yml").read_text("utf-8"))
    found: list[dict[str, Any]] = workflow["jobs"]["publish"]["steps"]
    return found


def test_what_hosts_read_is_well_formed_and_asks_before_anything_goes_out(tmp_path: Path):
    found(tmp_path, NewSiteRequest())
    does = [step.get("uses", "") or step["run"] for step in steps(tmp_path)]

    def place(word: str) -> int:
        return next(number for number, said in enumerate(does) if word in said)

    order = [
        "actions/cache", "build.py ingest", "git push", "build.py check", "release --check", "build.py build",
        "upload-pages-artifact", "deploy-pages", "build.py release\n",
    ]  # fmt: skip
    assert list(map(place, order)) == sorted(map(place, order))
    assert {step["with"]["path"] for step in steps(tmp_path) if "upload" in step.get("uses", "")} == {"output"}
    netlify = tomllib.loads((tmp_path / "netlify.toml").read_text("utf-8"))["build"]
    command = "python3 build.py build --no-ingest && python3 build.py release --check"
    assert (netlify["command"], netlify["publish"]) == (command, "output")


class Repository:
    """A site in a repository, an editor's copy of it, and a host that runs the workflow's steps in a fresh one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.editor, self.live = folder, folder / "digest", folder / "live"
        self.runs = 0
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        names = {
            f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self.env = {**os.environ, **names, "PATH": path, "HOME": str(folder)}
        self.shell("git init -q --bare -b main origin.git", folder)
        self.shell("git init -q -b main && git remote add origin ../origin.git", self.editor)
        self.push()

    def shell(self, script: str, where: Path, *, code: int | None = 0) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=where, env=self.env, capture_output=True, text=True, check=False
        )
        assert code in (None, done.returncode), done.stdout + done.stderr
        self.code = done.returncode
        return done.stdout + done.stderr

    def push(self) -> None:
        self.shell("git add -A && git commit -q -m edited && git push -q -u origin main", self.editor)

    def pull(self) -> None:
        self.shell("git pull -q --rebase", self.editor)

    def run(self, *, cached: bool = True) -> tuple[str, str]:
        """Run the workflow: the step that stopped it, and what that said; nothing where it went to its end."""
        self.runs += 1
        runner = self.folder / f"runner-{self.runs}"
        self.shell(f"git clone -q origin.git {runner.name}", self.folder)
        before = self.folder / f"runner-{self.runs - 1}/.broadsheet"
        if cached and before.exists():
            shutil.copytree(before, runner / ".broadsheet")
        for step in steps(runner):
            if "deploy" in step.get("uses", ""):
                shutil.rmtree(self.live, ignore_errors=True)
                shutil.copytree(runner / "output", self.live)
            if "run" in step:
                said = self.shell(step["run"], runner, code=None)
                if self.code and not step.get("continue-on-error"):
                    return step["name"], said
        return "", ""


@pytest.mark.slow
def test_the_workflow_runs_to_its_end_stops_where_it_must_and_commits_the_record(tmp_path: Path):
    broadsheet("new", "digest", "--url", "https://news.example/", "--timezone", "Etc/UTC", cwd=tmp_path)
    site = tmp_path / "digest"
    ferry = site / "content/stories/2025/05/ferry.md"
    ferry.parent.mkdir(parents=True)
    text = '---\nid: ferry\ntitle: "The ferry sails again"\ndate: 2025-05-07\n---\n\nIt carried 120 people at noon.\n'
    ferry.write_text(text)
    made = Repository(tmp_path)
    assert made.run() == ("", "")
    assert "It carried 120 people" in (made.live / "2025/05/07/ferry/index.html").read_text()
    made.pull()
    assert '"id":"ferry"' in (site / "content/published/record.jsonl").read_text()
    ids = {line for file in site.rglob("stories/**/*.md") for line in file.read_text().splitlines() if "id: " in line}
    assert len(ids) == 3  # the samples were taken in, and keep their ids

    ferry.write_text(text.replace("120", "140"))
    made.push()
    stopped, said = made.run()
    assert stopped == "Gate and guard"
    assert re.search(r'ferry\.md:[2-9]\d*: error: it says "140" where "120" was published', said)
    assert "It carried 120 people" in (made.live / "2025/05/07/ferry/index.html").read_text()
    made.shell("python3 build.py release --check --not-a-fact ferry", site)
    made.push()
    assert made.run(cached=False) == ("", "")
    made.pull()

    ferry.rename(ferry.with_name("boat.md"))
    made.push()
    assert made.run() == ("", "")
    made.pull()
    assert "/2025/05/07/boat/" in (made.live / "2025/05/07/ferry/index.html").read_text()

    boat = ferry.with_name("boat.md")
    boat.write_text(boat.read_text().replace("id: ferry", "id: boat"))
    made.push()
    stopped, said = made.run()
    assert stopped == "Gate and guard"
    assert "set its id to ferry" in said
    made.shell("python3 build.py release --check --accept boat", site)
    made.push()
    assert made.run() == ("", "")


def test_a_folder_named_site_is_a_folder(tmp_path: Path):
    assert broadsheet("new", "site", cwd=tmp_path).returncode == 0
    assert (tmp_path / "site/pyproject.toml").is_file()


def test_the_front_door_of_a_new_site_installs_what_its_pyproject_names(tmp_path: Path):
    found(tmp_path, NewSiteRequest())
    log = tmp_path / "log"
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n')
    python.chmod(0o755)
    for _ in range(2):
        command = [sys.executable, "-S", "-E", str(tmp_path / "build.py"), "serve"]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path.parent)
    wanted = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"][0]
    installed, first, second = log.read_text().splitlines()
    assert installed.startswith("-m pip install")
    assert installed.endswith(wanted)
    assert first == second == f"{tmp_path / 'build.py'} serve"
    assert os.access(tmp_path / "build.py", os.X_OK)


def test_what_a_site_asks_for_says_where_this_broadsheet_came_from(monkeypatch: pytest.MonkeyPatch):
    class Distribution:
        def __init__(self, told: str | None) -> None:
            self.told = told

        def read_text(self, _: str) -> str | None:
            return self.told

    def asked(told: str | None) -> tuple[str, bool]:
        monkeypatch.setattr("broadsheet.desk.beginnings.metadata.distribution", lambda _: Distribution(told))
        return beginnings.requirement()

    line, anywhere = asked(None)
    assert line.startswith("broadsheet>=")
    assert anywhere
    told = '{"url": "https://example.org/b.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'
    assert asked(told) == ("broadsheet @ git+https://example.org/b.git@abc", True)
    assert asked('{"url": "file:///srv/b", "dir_info": {}}') == ("broadsheet @ file:///srv/b", False)


DAY = dt.date(2025, 5, 8)


def test_a_new_story_is_a_draft_that_only_the_preview_shows(workshop: Callable[..., Workshop]):
    made = workshop()
    path = begin(made.site, Beginning("Harbour reopens", DAY, "science", ("Ann Example",)))
    assert path == "2025/05/harbour-reopens.md"
    reading = content.read((made.site.stories / path).read_bytes(), path, content.Rules(made.site.zone))
    assert reading.problems == ()
    assert reading.story
    assert reading.story.section == "Science"
    assert reading.story.authors == ("Ann Example",)
    assert uuid.UUID(reading.story.id).version == 4
    assert made.build().stories == 0
    assert made.build(preview=True).stories == 1


def test_two_stories_of_one_title_have_two_files_and_two_ids(workshop: Callable[..., Workshop]):
    site = workshop().site
    first, second = (begin(site, Beginning("Same", DAY)) for _ in range(2))
    assert (first, second) == ("2025/05/same.md", "2025/05/same-2.md")
    assert (site.stories / first).read_bytes() != (site.stories / second).read_bytes()


def test_a_link_in_the_way_is_not_followed(workshop: Callable[..., Workshop], tmp_path: Path):
    site = workshop().site
    (site.stories / "2025/05").mkdir(parents=True)
    (site.stories / "2025/05/same.md").symlink_to(tmp_path / "elsewhere")
    assert begin(site, Beginning("Same", DAY)) == "2025/05/same-2.md"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_leads_out_of_the_site_is_refused(workshop: Callable[..., Workshop], tmp_path: Path):
    site = workshop().site
    site.stories.mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (site.stories / "2025").symlink_to(tmp_path / "out")
    with pytest.raises(BroadsheetError):
        begin(site, Beginning("Same", DAY))
    assert not list((tmp_path / "out").iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_whatever_the_title_the_file_is_legal_and_inside(workshop: Callable[..., Workshop], title: str):
    site = workshop().site
    try:
        path = begin(site, Beginning(title, DAY))
    except BroadsheetError:
        assert len(title) > LONGEST_TITLE or not any(mark.isprintable() and not mark.isspace() for mark in title)
        return
    file = site.stories / path
    assert file.parent == site.stories / "2025/05"
    reading = content.read(file.read_bytes(), path, content.Rules(site.zone))
    assert reading.story
    assert not reading.problems


@pytest.mark.parametrize(
    "title", ["../../../etc/passwd", "a/b\\c", "CON", 'He said: "no" #1', "one\ntwo\r\n---\nid: x"]
)
def test_a_hostile_title_makes_no_path_and_no_key(workshop: Callable[..., Workshop], title: str):
    made = workshop()
    command = [sys.executable, "-m", "broadsheet", "new", "story", title, "--date", "2025-05-08T14:30"]
    done = subprocess.run(command, cwd=made.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = made.site.stories.rglob("*.md")
    assert file.parent == made.site.stories / "2025/05"
    reading = content.read(file.read_bytes(), file.name, content.Rules(made.site.zone))
    assert reading.story
    assert reading.story.title == " ".join(title.split())
    assert reading.story.date == dt.datetime(2025, 5, 8, 14, 30, tzinfo=dt.UTC)


def test_a_date_that_is_none_writes_nothing(workshop: Callable[..., Workshop]):
    made = workshop()
    command = [sys.executable, "-m", "broadsheet", "new", "story", "A", "--date", "2025-02-30"]
    done = subprocess.run(command, cwd=made.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not a date" in done.stderr
    assert not made.site.stories.exists()


def test_editors_find_the_schema_that_the_settings_of_the_editor_name(tmp_path: Path):
    found(tmp_path / "site", NewSiteRequest())
    named = json.loads((tmp_path / "site/.vscode/settings.json").read_text("utf-8"))
    (pattern, path), *_ = named["evenBetterToml.schema.associations"].items()
    assert re.search(pattern, "pyproject.toml")
    schema = json.loads((tmp_path / "site" / path).read_text("utf-8"))
    assert "sections" in schema["$defs"]["Settings"]["properties"]
