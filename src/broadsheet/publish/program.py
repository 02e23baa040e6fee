"""A program of the system, run: git, rsync, and what they start. Its output comes back, its complaint as a problem.

In: a list of words, never a shell's line. Out: bytes, or a BroadsheetError that shows no secret. Nobody is asked for
anything: the program has no terminal, and is told so. It ends within its time, and with it all that it started.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from broadsheet import processes
from broadsheet.cache import lock
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.redaction import MARK, redacted

QUESTION = 60.0  # seconds for what is answered at once where anybody answers
WORK = 3600.0  # seconds for what may have a whole site to send

# Options of ssh beside its own settings: it asks nobody, and notices that the other side has fallen silent.
BATCH = ("-o", "BatchMode=yes")
PATIENCE = ("-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")

_UNATTENDED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",  # Git Credential Manager
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
}
# Git sets these for its hooks, and a publication may run in one: they lead to the hook's repository.
_HOOKS = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH",
)  # fmt: skip
# Where this process is killed they go on for a while, and nobody is to send meanwhile: they hold the site's lock on.
# Not so git: what it starts may stay for minutes, and what it sends takes its place in one step.
_OUTLIVING = frozenset({"rsync"})
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
_SHORTEST = 6  # characters of a value that can be a secret; "1" in a message is none
_LAST = 4  # lines of a complaint that are shown


def run(
    words: Sequence[str],
    *,
    code: str,
    place: str,
    hint: str = "",
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    right: Sequence[int] = (0,),
    seconds: float = WORK,
) -> bytes:
    """What a program says. ``right`` are the exit codes that mean success.

    Raises BroadsheetError: ``program-missing`` where it is not installed, ``code`` where it fails, with the last lines
    that it said, and where it has not ended after ``seconds``.
    """
    name = Path(words[0]).name
    surroundings = {key: value for key, value in os.environ.items() if key not in _HOOKS}
    surroundings |= {**_UNATTENDED, **(environment or {})}
    with contextlib.ExitStack() as stack:
        try:
            with processes.shielded():  # or Ctrl-C in this very moment leaves a program that nobody ends
                started = subprocess.Popen(
                    words,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=surroundings,
                    pass_fds=lock.handles() if name in _OUTLIVING else (),
                    start_new_session=True,  # without a terminal, and to be ended together with what it starts
                )
                stack.enter_context(_ended(started))
        except FileNotFoundError as cause:
            message = f"{name} is not installed"
            raise fail("program-missing", message, Place(place), f"On Debian: apt install {name}") from cause
        except OSError as cause:
            raise fail(code, f"{name}: cannot be started: {cause.strerror}", Place(place), hint) from cause
        try:
            answer, complaint = started.communicate(given, seconds)
        except subprocess.TimeoutExpired:
            raise _late(name, seconds, code, place, hint) from None
    if started.returncode not in right:
        said = [line.strip() for line in complaint.decode("utf-8", "replace").strip().splitlines()]
        message = quiet("; ".join(said[-_LAST:]) or f"exit code {started.returncode}", words)
        raise fail(code, f"{name}: {message}", Place(place), hint)
    return answer


def quiet(message: str, words: Sequence[str] = ()) -> str:
    """A message without secrets: those of the environment, and the logins of addresses, those in ``words`` above all.

    What a server's own words could do to a terminal is taken out as well.
    """
    hidden = [value for name, value in os.environ.items() if len(value) >= _SHORTEST and _SECRET.search(name)]
    for value in sorted({*hidden, *_passwords(words)}, key=len, reverse=True):
        message = message.replace(value, MARK)
    return "".join(one if one.isprintable() else " " for one in redacted(message))


def _passwords(words: Sequence[str]) -> Iterator[str]:
    """The secrets of addresses, as they are written and as they are meant.

    At hosts of repositories a token may stand where else a name does.
    """
    for word in words:
        with contextlib.suppress(ValueError):
            parts = urlsplit(word)
            name, _, password = parts.netloc.rpartition("@")[0].partition(":")
            value = password or (name if parts.scheme in ("http", "https") else "")
            yield from (one for one in (value, unquote(value)) if len(one) >= _SHORTEST)


def _late(name: str, seconds: float, code: str, place: str, hint: str) -> BroadsheetError:
    time = f"{seconds / 60:g} minutes" if seconds > QUESTION else f"{seconds:g} seconds"
    return fail(code, f"{name}: had not ended after {time}, and was stopped", Place(place), hint)


@contextlib.contextmanager
def _ended(started: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ends a program, and what it has started, where it is not waited for any longer: late, or by Ctrl-C."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(started.pid, signal.SIGKILL)
            else:
                started.kill()
        started.communicate()
        raise
