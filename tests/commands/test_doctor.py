"""``doctor`` says what is installed, and what it means for the site."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands.console import Call

doctor = importlib.import_module("broadsheet.commands.doctor")  # the command has its name


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(program, ["doctor", *words], obj=Call(folder))
    return done.exit_code, done.output


def test_a_whole_site_has_what_it_needs(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.broadsheet]\ntitle = "The Quay"\nurl = "https://quay.example/"\n')
    code, said = run(tmp_path, "--json")
    found = {one["name"]: one for one in json.loads(said)["findings"]}
    assert (code, json.loads(said)["ok"]) == (0, True)
    assert found["Python"]["found"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["needed"]["state"] == "ok"
    assert "The Quay" in found["settings"]["found"]
    version = subprocess.run(["git", "--version"], capture_output=True, check=True)
    assert (found["git"]["state"] == "ok") == (version.returncode == 0)


def test_wrong_settings_are_an_error_with_their_line(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.broadsheet]\ntitel = "The Quay"\n')
    code, said = run(tmp_path)
    assert code == 1
    assert "!!  settings           pyproject.toml:2: error: unknown setting 'titel'" in said


def test_what_is_not_installed_says_what_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name == "boto3" else "1")
    code, said = run(tmp_path)
    assert code == 0
    assert "--  git                not installed: publishing to a git branch is not possible" in said
    assert (
        "--  extra s3           not installed: publishing to S3 is not possible; pip install 'broadsheet[s3]'" in said
    )
    assert "no site here: broadsheet new DIR makes one" in said


def test_a_library_that_is_needed_and_missing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name == "jinja2" else "1")
    code, said = run(tmp_path)
    assert code == 1
    assert "!!  needed             jinja2 not installed: pip install jinja2" in said
