#!/usr/bin/env python3
"""The front door of this site.

    python3 build.py            takes in content/inbox, builds output/, says what to do next
    python3 build.py serve      previews at http://127.0.0.1:8000/ and reloads while you edit
    python3 build.py --help     all commands

Where Broadsheet is not installed it makes .venv beside this file, installs there what pyproject.toml names, and goes on
in it; after that it needs no network. It is also where you extend the site in plain Python.
"""

from __future__ import annotations

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
    if importlib.util.find_spec("broadsheet") is None:
        return prepare() or hand_over([str(PYTHON), str(Path(__file__).resolve()), *arguments])
    return None


def prepare() -> int:
    """Make .venv and install into it, unless that was done for these very requirements; pip's exit code."""
    import tomllib

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    stamp = ENVIRONMENT / "installed-for"
    mark = "\n".join([sys.version, *wanted])
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == mark:
        return 0
    print(f"Installing into {ENVIRONMENT.name}/ (once, and again when pyproject.toml changes)", flush=True)
    code = 0
    if not PYTHON.exists():
        code = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=False).returncode
    if code:
        print(
            "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv", file=sys.stderr
        )
        return code
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    code = subprocess.run([*pip, *wanted], cwd=ROOT, check=False).returncode
    if code:
        print("The installation failed; the lines above say why. It needs a network connection.", file=sys.stderr)
    else:
        stamp.write_text(mark, "utf-8")
    return code


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

# Your own kinds of pages, such as a page for each country.
PAGES: list[Any] = []

# Your own readers for raw files, by a pattern of names, such as "*.csv".
READERS: dict[str, Callable[..., Any]] = {}

# Your own places to publish to, by the name that `publish` is given.
TARGETS: dict[str, Any] = {}

# A function that gives an executor, as concurrent.futures has them: it does the work in the place of this machine's
# own processes, such as Dask's or Ray's on others. See the page "Work on several machines" of the documentation.
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
