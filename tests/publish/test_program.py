"""Programs of the system: they ask nobody, end within their time, and say no secret."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.publish import program


def run(*words: str, seconds: float = 60, given: bytes = b"") -> bytes:
    return program.run(words, code="target-git", place="there", hint="Do this.", seconds=seconds, given=given)


def failed(*words: str, seconds: float = 60) -> Problem:
    with pytest.raises(BroadsheetError) as caught:
        run(*words, seconds=seconds)
    return caught.value.problem


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended may still be listed until its parent has heard of it."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return bool(said.strip()) and not said.startswith("Z")


def test_what_a_program_is_given_and_says_comes_through():
    assert run("cat", given=b"\0\xff") == b"\0\xff"
    assert program.run(["sh", "-c", "exit 3"], code="x", place="there", right=(0, 3)) == b""


def test_a_program_that_fails_is_a_problem_with_its_last_words():
    problem = failed("sh", "-c", 'for n in 1 2 3 4 5; do echo " line $n" >&2; done; exit 2')
    assert (problem.code, problem.message, problem.hint) == (
        "target-git", "sh: line 2; line 3; line 4; line 5", "Do this.",
    )  # fmt: skip
    assert failed("sh", "-c", "exit 2").message == "sh: exit code 2"


def test_a_program_that_is_not_there_or_is_none_is_a_problem(tmp_path: Path):
    assert failed("no-such-program").code == "program-missing"
    (tmp_path / "file").write_text("text")
    assert failed(str(tmp_path / "file")).message == "file: cannot be started: Permission denied"


def test_a_program_that_does_not_end_is_stopped_with_all_that_it_started(tmp_path: Path):
    file = tmp_path / "child"
    problem = failed("sh", "-c", f"sleep 600 & echo $! > {file}; wait", seconds=0.5)
    assert (problem.code, problem.message) == ("target-git", "sh: had not ended after 0.5 seconds, and was stopped")
    assert not alive(int(file.read_text()))


def test_ctrl_c_stops_a_program_with_all_that_it_started(tmp_path: Path):
    file = tmp_path / "child"
    code = f"""
from broadsheet.publish import program
try:
    program.run(["sh", "-c", "sleep 600 & echo $! > {file}.new; mv {file}.new {file}; wait"], code="x", place="x")
except KeyboardInterrupt:
    print("stopped")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as started:
        while not file.exists():
            assert started.poll() is None
            time.sleep(0.01)
        started.send_signal(signal.SIGINT)
        said, _ = started.communicate(timeout=30)
    assert said == "stopped\n"
    assert not alive(int(file.read_text()))


def test_ctrl_c_in_the_moment_of_the_start_stops_the_program_too(tmp_path: Path):
    file = tmp_path / "child"
    code = f"""
from broadsheet.publish import program
try:
    program.run(["sh", "-c", "echo $$ > {file}; kill -INT $PPID; exec sleep 600"], code="x", place="x")
except KeyboardInterrupt:
    print("stopped")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True).stdout
    assert said == "stopped\n"
    assert not alive(int(file.read_text()))


def test_a_program_has_nobody_to_ask(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSH_ASKPASS", "/usr/bin/true")
    surroundings = dict(line.partition("=")[::2] for line in run("env").decode().splitlines())
    assert surroundings["GIT_TERMINAL_PROMPT"] == "0"
    assert surroundings["SSH_ASKPASS"] == ""
    assert surroundings["SSH_ASKPASS_REQUIRE"] == "never"
    assert run("sh", "-c", "read line || echo nobody") == b"nobody\n"
    failed("sh", "-c", "exec 3< /dev/tty")


def test_a_publication_within_a_hook_of_git_does_not_take_the_repository_of_the_hook(monkeypatch: pytest.MonkeyPatch):
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/elsewhere")
    assert b"/elsewhere" not in run("env")
    assert b"GIT_DIR=/here" in program.run(["env"], code="x", place="x", environment={"GIT_DIR": "/here"})


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("unable to access 'https://ann:swordfish@x.example/n.git/'", "unable to access 'https://…@x.example/n.git/'"),
        ("invalid password swordfish", "invalid password …"),
        ("bad token tok%65n-salmon (token-salmon)", "bad token … (…)"),
        ("the key is herring-herring", "the key is …"),
        ("see https://x.example/?X-Amz-Signature=abc", "see https://x.example/?X-Amz-Signature=…"),
        ("\x1b[31mred\x07", " [31mred "),
        ("deploy@x.example: Permission denied", "deploy@x.example: Permission denied"),
    ],
)
def test_no_secret_is_shown_of_what_a_program_says(said: str, shown: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_API_KEY", "herring-herring")
    words = [
        "git",
        "https://ann:swordfish@x.example/n.git",
        "https://tok%65n-salmon@x.example/",
        "ssh://deploy@x.example/",
    ]
    assert program.quiet(said, words) == shown


def test_a_program_that_fails_tells_no_secret(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEPLOY_TOKEN", "hush-hush-word")
    script = "import sys; sys.exit('cannot read https://reed:pass-word@example.org/ with hush-hush-word')"
    with pytest.raises(BroadsheetError) as caught:
        program.run([sys.executable, "-c", script], code="x", place="live")
    assert "cannot read https://…@example.org/ with …" in str(caught.value)


def test_a_missing_program_is_told_with_how_to_get_it():
    with pytest.raises(BroadsheetError, match="apt install no-such-program"):
        program.run(["no-such-program"], code="x", place="live")
