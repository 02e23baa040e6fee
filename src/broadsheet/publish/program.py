"""A program of the system, run: git, rsync. Its output comes back, its complaint becomes a problem without secrets.

In: a list of words. Out: bytes, or a BroadsheetError.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from broadsheet.errors import Place, fail

_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
_SHORTEST = 6  # characters of a value that can be a secret; "1" in a message is none


def run(
    words: Sequence[str],
    *,
    code: str,
    place: str,
    hint: str = "",
    given: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    right: Sequence[int] = (0,),
) -> bytes:
    """What a program says. ``right`` are the exit codes that mean success.

    Raises BroadsheetError: ``program-missing`` where it is not installed, ``code`` with the last lines that it said
    where it fails.
    """
    surroundings = {**os.environ, "LC_ALL": "C", **(environment or {})}
    try:
        done = subprocess.run(words, input=given, capture_output=True, cwd=folder, env=surroundings, check=False)
    except FileNotFoundError as cause:
        message = f"{words[0]} is not installed"
        raise fail("program-missing", message, Place(place), f"On Debian: apt install {words[0]}") from cause
    if done.returncode not in right:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = quiet("; ".join(line.strip() for line in said[-4:]) or f"exit code {done.returncode}")
        raise fail(code, f"{Path(words[0]).name}: {message}", Place(place), hint)
    return done.stdout


def quiet(message: str) -> str:
    """A message without what the environment keeps secret, and without a login in an address."""
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and _SECRET.search(name):
            message = message.replace(value, "…")
    return _LOGIN.sub("…@", message)
