"""An empty value of an option or argument, as a script has it whose variable is not set, is wrong usage everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call


def words(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each command with each of its options and arguments that take a value, and an empty one there."""
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            before = [other for other in command.params if isinstance(other, click.Argument)]
            here = path[:-1] if path == ("new", "site") else path  # whose name is that of a folder, where it is said
            yield (*here, *("x" for _ in before[: before.index(parameter)]), "")
        elif isinstance(parameter, click.Option) and not parameter.is_flag:
            for values in (("",) * parameter.nargs, (" \t",) * parameter.nargs):
                yield (*path, parameter.opts[0], *values)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from words(inner, (*path, name))


@pytest.mark.parametrize("said", list(words(program)), ids=" ".join)
def test_nothing_is_done_and_it_is_said_what_is_empty(said: tuple[str, ...], tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    done = CliRunner().invoke(program, ["--site", str(tmp_path), *said], obj=Call(tmp_path))
    assert done.exit_code == 2, done.output
    assert "Error: Invalid value for" in done.stderr
    assert "the value is empty." in done.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"pyproject.toml"}


def test_what_stands_nowhere_is_not_taken_for_empty(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    done = CliRunner().invoke(program, ["--site", str(tmp_path), "edition", "list"], obj=Call(tmp_path))
    assert done.exit_code == 0, done.output
