"""build.py: what it installs, when it installs again, what it passes on. A stand-in for pip says what was asked of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
PYPROJECT = '[build-system]\nrequires = []\n\n[project]\nname = "x"\n\n[tool.broadsheet]\ntitle = "T"\n'

# A python that counts its calls; as a module runner it is pip or pytest, else it answers for the site's command.
PYTHON = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  *"pip install"*) exit {pip} ;;
  *"-m pytest"*) exit 5 ;;
  *) exit 7 ;;
esac
"""


class Door:
    """A copy of build.py beside a .venv whose python is a stand-in."""

    def __init__(self, root: Path, pip: int = 0) -> None:
        self.root = root
        self.log = root / "log"
        shutil.copy(HERE / "build.py", root / "build.py")
        (root / "pyproject.toml").write_text(PYPROJECT)
        (root / "constraints.txt").write_text("")
        python = root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON.format(log=self.log, pip=pip))
        python.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run build.py where no Broadsheet can be imported."""
        self.log.write_text("")
        command = [sys.executable, "-S", "-E", str(self.root / "build.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.root.parent)

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for python is a shell script")


def test_the_first_run_installs_says_so_and_passes_on_command_and_exit_code(tmp_path: Path):
    door = Door(tmp_path)
    done = door.run("serve", "--port", "9")
    install, handed = door.calls()
    assert "--constraint constraints.txt --editable ." in install
    assert handed.endswith("build.py serve --port 9")
    assert done.returncode == 7
    assert "Installing" in done.stdout


def test_what_is_the_sites_own_may_import_what_is_installed_only_now(tmp_path: Path):
    door = Door(tmp_path)
    code = (tmp_path / "build.py").read_text("utf-8")
    assert code.count("# Your own filters") == 1
    own = "import msgspec\nfrom broadsheet.pages import Kind\n# Your own filters"
    (tmp_path / "build.py").write_text(code.replace("# Your own filters", own), "utf-8")
    done = door.run("serve")
    assert done.stderr == ""
    assert [call.rpartition(" ")[2] for call in door.calls()] == [".", "serve"]


def test_the_door_of_a_new_site_lets_its_own_code_import_what_is_installed_only_now(tmp_path: Path):
    door = Door(tmp_path)
    code = (HERE / "src/broadsheet/scaffold/build.py").read_text("utf-8")
    own = "import msgspec\nfrom broadsheet.pages import Kind\n# Your own filters"
    (tmp_path / "build.py").write_text(code.replace("# Your own filters", own), "utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["broadsheet"]\n')
    done = door.run("serve")
    assert done.stderr == ""
    assert [call.rpartition(" ")[2] for call in door.calls()] == ["broadsheet", "serve"]


def test_the_second_run_repeats_nothing(tmp_path: Path):
    door = Door(tmp_path)
    door.run()
    done = door.run()
    assert len(door.calls()) == 1
    assert done.stdout == ""


def test_a_sites_own_settings_do_not_install_again_but_other_packages_do(tmp_path: Path):
    door = Door(tmp_path)
    door.run()
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(PYPROJECT.replace('"T"', '"Other"'))
    door.run()
    assert len(door.calls()) == 1
    pyproject.write_text(PYPROJECT.replace("requires = []", 'requires = ["more"]'))
    door.run()
    assert len(door.calls()) == 2


def test_tests_install_what_they_need_and_keep_it(tmp_path: Path):
    door = Door(tmp_path)
    door.run()
    done = door.run("test", "-q")
    install, handed = door.calls()
    assert "--editable .[test]" in install
    assert handed == "-m pytest -q"
    assert done.returncode == 5
    door.run("test")
    assert door.calls() == ["-m pytest"]
    door.run()
    assert len(door.calls()) == 1


def test_a_failed_installation_is_told_and_tried_again(tmp_path: Path):
    door = Door(tmp_path, pip=3)
    done = door.run()
    assert done.returncode == 3
    assert "installation failed" in done.stderr
    assert len(door.calls()) == 1
    door.run()
    assert len(door.calls()) == 1
