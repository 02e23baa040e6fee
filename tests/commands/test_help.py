"""Help: every command says what it does, how it is called and how it ends; shells and man read the same."""

import json
import os
import shutil
import subprocess
import sys

import click
import pytest

from broadsheet.cli import program
from broadsheet.commands import COMMANDS
from broadsheet.commands.help import contexts, examples, exit_codes, manual

ALL = [context.command_path.partition(" ")[2] for context in contexts(program)]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )  # fmt: skip


def test_the_help_lists_every_command_in_a_group():
    listed = {name.split(maxsplit=1)[0] for name in ALL if name}
    assert listed == {command.name for command in COMMANDS}
    said = run("--help").stdout
    assert said.index("Every day:") < said.index("  ingest ") < said.index("Publish:") < said.index("  release ")


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_whole_sentences_an_example_and_exit_codes(name: str):
    (context,) = (one for one in contexts(program) if one.command_path.partition(" ")[2] == name)
    said = context.get_help()
    assert (context.command.help or "").strip().endswith((".", "explains a command."))
    options = [one for one in context.command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or "").endswith(".")] == []
    assert examples(name or "broadsheet")
    assert all(line.startswith(("broadsheet", 'eval "$(broadsheet')) for line in examples(name or "broadsheet"))
    assert "Examples:" in said
    assert all(f"  {code} " in said for code in ("0", "1", "2", "130"))
    assert all(meaning.endswith(".") for meaning in exit_codes(name).values())


@pytest.mark.parametrize("name", ALL)
def test_every_example_is_a_command_with_options_that_there_are(name: str):
    for line in examples(name or "broadsheet"):
        if not line.startswith("broadsheet "):
            continue
        words = line.partition(" #")[0].partition(">")[0].split()[1:]
        command: click.Command = program
        while words and isinstance(command, click.Group) and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        if command.name == "new" and isinstance(command, click.Group):  # its first word is a folder
            known |= {option for one in command.commands["site"].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_manual_is_a_page_that_man_can_set():
    page = manual(program)
    assert page.startswith(".TH BROADSHEET 1")
    assert all(f".SH {name.upper()}\n" in page for name in ALL if name)
    if shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        assert "exit code 130" in done.stdout


def test_a_shell_completes_commands_and_options():
    assert "_BROADSHEET_COMPLETE" in run("completion", "zsh").stdout
    asked = {"_BROADSHEET_COMPLETE": "bash_complete", "COMP_WORDS": "broadsheet pub", "COMP_CWORD": "1"}
    assert run(**asked).stdout == "plain,publish\n"
    asked |= {"COMP_WORDS": "broadsheet publish --rol", "COMP_CWORD": "2"}
    assert run(**asked).stdout == "plain,--rollback\n"


def test_help_of_a_word_that_is_no_command_says_where_to_look():
    done = run("help", "pubish")
    assert done.returncode == 2
    assert "there is no command 'pubish'. List all with: broadsheet --help" in done.stderr
    assert "Usage: broadsheet edition freeze" in run("help", "edition", "freeze").stdout


def test_wrong_usage_is_a_problem_in_json_too():
    for words in (("check", "--json", "--bogus"), ("publish", "--json", "--to", "")):
        done = run(*words)
        assert done.returncode == 2
        [problem] = json.loads(done.stdout)["problems"]
        assert (problem["code"], problem["place"]) == ("usage", {"file": f"broadsheet {words[0]}"})
        assert problem["message"] in done.stderr
