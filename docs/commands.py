"""Writes docs/reference/commands.md from the commands and their options: python docs/commands.py.

In: the commands of ``broadsheet.cli``, with the examples and exit codes of help.toml. Out: Markdown. A test holds that
the file is current.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from broadsheet.cli import program
from broadsheet.commands.help import examples, exit_codes

FILE = Path(__file__).with_name("reference") / "commands.md"
HEAD = """\
# Commands

This page lists every command with its options. It assumes that Broadsheet is installed. It is generated from the
program by `python docs/commands.py`; `broadsheet COMMAND --help` prints the same.

Run commands in the folder of a site, or name the folder: `broadsheet --site FOLDER build`. In a site, `python3 build.py
COMMAND` does the same and installs Broadsheet first if it is missing. If a site [extends](../guides/extend.md)
Broadsheet in its `build.py`, always use `python3 build.py`.

These exit codes hold for every command. If one means more for a command, that command has a table of its own.

| exit code | meaning |
| --- | --- |
| 0 | success |
| 1 | something is wrong; the messages say what |
| 2 | wrong usage: an unknown command, option or value |
| 130 | stopped with Ctrl-C |

"""
_PRINTS_NOTHING = re.compile("\b\n?")  # what keeps click from wrapping a paragraph


def page() -> str:
    """The page of all commands."""
    context = click.Context(program, info_name="broadsheet")
    parts = list(_parts(program, context))
    listed = "".join(
        f"| [`{context.command_path} {name}`](#broadsheet-{name}) | {_cell(_first(command))} |\n"
        for name, command in _commands(program, context)
    )
    return HEAD + "| command | what it does |\n| --- | --- |\n" + listed + "".join(parts)


def _parts(group: click.Group, context: click.Context, level: int = 2) -> Iterator[str]:
    """The chapter of each command of a group, and of those in it."""
    for name, command in _commands(group, context):
        inner = click.Context(command, info_name=name, parent=context)
        yield f"\n{'#' * level} {inner.command_path}\n\n"
        yield f"```text\n{' '.join([inner.command_path, *command.collect_usage_pieces(inner)])}\n```\n\n"
        yield f"{_text(command.help or '')}\n"
        if rows := list(_options(command, inner)):
            yield "\n| option | meaning |\n| --- | --- |\n" + "".join(rows)
        yield from _help(inner.command_path.partition(" ")[2])
        if isinstance(command, click.Group):
            yield from _parts(command, inner, level + 1)


def _help(name: str) -> Iterator[str]:
    """The examples of a command, and its exit codes where they are not those of every command."""
    if lines := examples(name):
        yield "\nExamples:\n\n" + "".join(f"    {line}\n" for line in lines)
    own = {code: meaning for code, meaning in exit_codes(name).items() if exit_codes("").get(code) != meaning}
    if own:
        yield "\n| exit code | meaning |\n| --- | --- |\n"
        yield from (f"| {code} | {_cell(meaning)} |\n" for code, meaning in own.items())


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield name, command


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and record[1] and "--help" not in parameter.opts:
            yield f"| `{_cell(_short(record[0]))}` | {_cell(' '.join(record[1].split()))} |\n"


def _short(names: str) -> str:
    """An option's names, with the forms of a moment said once."""
    return re.sub(r"\[%Y[^\]]*\]", "MOMENT", names)


def _first(command: click.Command) -> str:
    """The first sentence of a command's help."""
    return re.split(r"(?<=[.])\s", " ".join(_PRINTS_NOTHING.sub("", command.help or "").split()), maxsplit=1)[0]


def _text(text: str) -> str:
    """A command's help as Markdown: paragraphs, and as they are those that click does not wrap either."""
    made = []
    for part in inspect.cleandoc(text.split("\f", maxsplit=1)[0]).split("\n\n"):
        kept = part.startswith("\b")
        lines = _PRINTS_NOTHING.sub("", part)
        made.append(f"```text\n{lines}\n```" if kept else " ".join(lines.split()))
    return "\n\n".join(made)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
    print(f"Written to {FILE}.")
