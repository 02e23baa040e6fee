#!/usr/bin/env python3
"""The front door of this site.

    python3 build.py            takes in content/inbox, builds output/, says what to do next
    python3 build.py serve      previews at http://127.0.0.1:8000/ and reloads while you edit
    python3 build.py test       runs the tests; with --fast those that take three minutes on two cores
    python3 build.py --help     all commands

On a machine where Broadsheet is not installed it makes .venv beside this file, installs there once, and goes on in it;
after that it needs no network. It is also where a site is extended in plain Python: see FILTERS and what follows it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def begin(arguments: list[str]) -> int | None:
    """Go on in an environment that has what is needed; the exit code, or None where this one has it already."""
    if sys.version_info < (3, 11):
        print(f"Broadsheet needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    testing = arguments[:1] == ["test"]
    if testing or importlib.util.find_spec("broadsheet") is None:
        if (code := prepare(extra="test" if testing else "")) != 0:
            return code
        if testing:
            os.chdir(ROOT)
        spread = ["-n", "auto"] if "--fast" in arguments and "-n" not in arguments else []
        command = ["-m", "pytest", *spread, *arguments[1:]] if testing else [str(Path(__file__).resolve()), *arguments]
        return hand_over([str(PYTHON), *command])
    return None


def prepare(extra: str) -> int:
    """Make .venv and install into it, unless that was done for this very pyproject.toml; pip's exit code."""
    stamp = ENVIRONMENT / "installed-for"
    wanted = fingerprint()
    done = stamp.read_text().split() if stamp.exists() and PYTHON.exists() else []
    if done[:1] == [wanted] and (not extra or extra in done):
        return 0
    extras = sorted({extra, *done[1:]} - {""})
    print(f"Installing Broadsheet into {ENVIRONMENT.name}/ (once, and again when pyproject.toml changes)")
    if not PYTHON.exists():
        code = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=False).returncode
        if code:
            print(
                "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv",
                file=sys.stderr,
            )
            return code
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    target = f".[{','.join(extras)}]" if extras else "."
    install = [*pip, "--constraint", "constraints.txt", "--editable", target]
    code = subprocess.run(install, cwd=ROOT, check=False).returncode
    if code:
        print("The installation failed; the lines above say why. It needs a network connection.", file=sys.stderr)
        return code
    stamp.write_text(" ".join([wanted, *extras]))
    return 0


def fingerprint() -> str:
    """Changes when another environment is needed; the site's own settings, in the same file, do not count."""
    import tomllib

    tables = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pinned = (ROOT / "constraints.txt").read_text("utf-8")
    asked = (tables.get("build-system"), tables.get("project"), pinned, sys.version)
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def hand_over(command: list[str]) -> int:
    """Go on as another program: signals, such as Ctrl-C, and the exit code are its own."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606, no shell is wanted
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__" and (done := begin(sys.argv[1:])) is not None:
    sys.exit(done)

# What is your own stands behind that, so that it can import Broadsheet, and what else the site needs.

# Your own filters for templates, by name: {"shout": str.upper} makes {{ story.card.title | shout }} work.
FILTERS: dict[str, Callable[..., object]] = {}

# Your own kinds of pages, readers for raw files by a pattern of their names, and places to publish to, by name: see
# docs/guides/extend.md.
PAGES: list[Any] = []
READERS: dict[str, Callable[..., Any]] = {}
TARGETS: dict[str, Any] = {}

# A function that gives an executor, as concurrent.futures has them: it does the work in the place of this machine's
# own processes, such as Dask's or Ray's on others. See docs/explanation/scale.md.
EXECUTOR: Callable[[], Any] | None = None

# A function that gives the summary of a story that has none; readers see that it was generated.
SUMMARISE: Callable[[Any], str | None] | None = None


def main(arguments: list[str]) -> int:
    """Run a command with what is the site's own; its exit code."""
    from broadsheet.cli import main as broadsheet

    broadsheet(
        arguments or ["build"],
        site=ROOT,
        filters=FILTERS,
        pages=PAGES,
        readers=READERS,
        targets=TARGETS,
        executor=EXECUTOR,
        summarise=SUMMARISE,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
