"""What other repositories use of this one: the steps of its GitHub Action, run as the shell that they are; its hook."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STORY = '---\nid: one\ntitle: "One"\ndate: 2025-05-07\nsection: World\n---\n\nA [link]({link}).\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "repository/digest"
    story = folder / "content/stories/2025/05/one.md"
    story.parent.mkdir(parents=True)
    story.write_text(STORY.replace("{link}", "/about/"))
    (folder / "content/pages").mkdir()
    (folder / "content/pages/about.md").write_text("---\ntitle: About\n---\n\nThe Quay.\n")
    (folder / "pyproject.toml").write_text(
        '[tool.broadsheet]\ntitle = "The Quay"\nurl = "https://quay.example/"\nsearch = false\nshare_cards = 0\n'
    )
    return folder


def run(site: Path, tmp_path: Path, **inputs: str) -> tuple[int, str, str]:
    """The steps with a ``run``, as the runner's bash runs them: exit code, what they print, what pip was asked for."""
    given = {name: said["default"] for name, said in ACTION["inputs"].items()} | {"folder": "digest"} | inputs
    values = {f"inputs.{name}": value for name, value in given.items()} | {"github.action_path": str(ROOT)}
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    asked = tmp_path / "pip.txt"
    asked.touch()
    (programs / "python").write_text(
        f'#!/bin/sh\nif [ "$2" = pip ]; then echo "$@" >> {asked}; else exec {sys.executable} "$@"; fi\n'
    )
    (programs / "python").chmod(0o755)
    printed = ""
    for step in ACTION["runs"]["steps"]:
        condition = re.fullmatch(r"(inputs\.\w+) == '(\w+)'", step.get("if", ""))
        if "run" not in step or (condition and values[condition[1]] != condition[2]):
            continue
        fill = {
            name: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: values[found[1]], said)
            for name, said in step["env"].items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # as the runner calls it
            cwd=site.parent, capture_output=True, text=True, check=False,
            env={**os.environ, **fill, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        )  # fmt: skip
        printed += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, printed, asked.read_text()
    return 0, printed, asked.read_text()


def test_a_right_site_is_checked_and_built(site: Path, tmp_path: Path):
    code, printed, pip = run(site, tmp_path, extras="office")
    assert code == 0, printed
    assert (site / "output/2025/05/07/one/index.html").is_file()
    assert f"{ROOT}[office]" in pip


def test_a_broken_link_fails_with_an_annotation_at_its_line(site: Path, tmp_path: Path):
    (site / "content/stories/2025/05/one.md").write_text(STORY.replace("{link}", "/no/"))
    code, printed, _ = run(site, tmp_path)
    assert code == 1
    assert "::error file=digest/content/stories/2025/05/one.md,line=8,title=link-broken::leads to /no/" in printed
    assert not (site / "output").exists() or "Published" not in printed


def test_a_warning_fails_only_where_that_is_asked_for(site: Path, tmp_path: Path):
    (site / "content/stories/2025/05/one.md").write_text(STORY.replace("{link}", "/about/").replace("World", "Harbour"))
    assert run(site, tmp_path)[0] == 0
    code, printed, _ = run(site, tmp_path, strict="true")
    assert code == 1
    assert "title=section-new::" in printed


def test_raw_files_are_ingested_where_that_is_asked_for(site: Path, tmp_path: Path):
    inbox = site / "content/inbox"
    inbox.mkdir()
    (inbox / "ferry.txt").write_text(
        "Ferries return to the quay\n\n7 May 2025\n\n" + "The first ferry sailed at noon. " * 20
    )
    assert run(site, tmp_path)[0] == 0
    assert len(list((site / "content/stories").rglob("*.md"))) == 1
    assert run(site, tmp_path, ingest="true")[0] == 0
    assert len(list((site / "content/stories").rglob("*.md"))) == 2


def test_the_hook_checks_the_site_for_every_file_that_changes_it(site: Path):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    program, *words = hook["entry"].split()
    command = [sys.executable, "-m", program, *words]
    assert subprocess.run(command, cwd=site, capture_output=True, check=False).returncode == 0
    (site / "content/stories/2025/05/one.md").write_text("---\ntitle: One\n---\n")
    assert subprocess.run(command, cwd=site, capture_output=True, check=False).returncode == 1
    wanted = re.compile(hook["files"])
    assert all(
        map(wanted.search, ("content/stories/2025/05/one.md", "pyproject.toml", "themes/broadsheet/static/a.css"))
    )
    assert not wanted.search("README.md")
