"""Help: the groups of commands in the order of a day, examples and exit codes of each, a manual page, completion.

In: help.toml beside this module, and the commands with their options. Out: what --help prints, a page for man(1), and
the script by which a shell completes commands and options.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from broadsheet import __version__

_FILE = Path(__file__).with_suffix(".toml")
_WIDTH = 100  # columns of help, where the terminal has them


@functools.cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def exit_codes(name: str) -> dict[str, str]:
    """The exit codes of a command and what each means; ``name`` has its words, such as "edition freeze"."""
    return {**_said()["exit"], **_said().get(name, {}).get("exit", {})}


def examples(name: str) -> tuple[str, ...]:
    """Lines of shell that show a command."""
    return tuple(_said().get(name, {}).get("examples", ()))


class Program(click.Group):
    """The program, whose help lists its commands by groups in the order of a day."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group with its commands."""
        del ctx  # Click gives it to every part of a help
        for title, names in _said()["groups"].items():
            with formatter.section(title):
                formatter.write_dl([(name, _said()[name]["short"]) for name in names])


def complete(command: click.Command, name: str = "") -> None:
    """Give a command, and all below it, the examples and exit codes of their help."""
    command.context_settings.setdefault("max_content_width", _WIDTH)
    command.format_epilog = functools.partial(_write, name)  # type: ignore[method-assign]  # as Click's own, for one command
    for word, inner in getattr(command, "commands", {}).items():
        complete(inner, f"{name} {word}".strip())


def _write(name: str, _context: click.Context, formatter: click.HelpFormatter) -> None:
    with formatter.section("Examples"):
        for line in examples(name or "broadsheet"):
            formatter.write(f"{' ' * formatter.current_indent}{line}\n")
    with formatter.section("Exit codes"):
        formatter.write_dl(list(exit_codes(name).items()))


def contexts(command: click.Command, parent: click.Context | None = None) -> Iterator[click.Context]:
    """The context of a command and of all below it, in the order of their help."""
    context = click.Context(command, info_name=command.name if parent else "broadsheet", parent=parent)
    yield context
    inner: Mapping[str, click.Command] = getattr(command, "commands", {})
    order = [name for names in _said()["groups"].values() for name in names] if parent is None else list(inner)
    for name in order:
        yield from contexts(inner[name], context)


def manual(program: click.Command) -> str:
    """The page of the manual, in the language of man(7)."""
    lines = [f'.TH BROADSHEET 1 "" "Broadsheet {__version__}"', ".SH NAME", r"broadsheet \- print a pile of news"]
    for context in contexts(program):
        command, name = context.command, context.command_path.partition(" ")[2]
        lines += [f".SH {name.upper()}" if name else ".SH DESCRIPTION"]
        usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
        lines += [".nf", _roff(usage), ".fi", ".PP", *map(_roff, _prose(command.help or ""))]
        for parameter in command.get_params(context):
            if record := parameter.get_help_record(context):
                lines += [".TP", rf"\fB{_roff(record[0])}\fR", _roff(record[1])]
        lines += [".PP", "Examples:", ".nf", *(f"    {_roff(line)}" for line in examples(name or "broadsheet")), ".fi"]
        for code, meaning in exit_codes(name).items():
            lines += [".TP", f"exit code {code}", _roff(meaning)]
    return "\n".join(lines) + "\n"


def _prose(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (" ".join(paragraph.split()), ".PP")


def _roff(text: str) -> str:
    """A line as man(7) has it: backslashes, hyphens that are typed, and no command at its beginning."""
    if text == ".PP":
        return text
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


@click.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]")
@click.option("--man", is_flag=True, help="Print everything as a manual page, for the program man.")
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...], *, man: bool) -> None:
    """Show the help of a command, or of all as a manual page.

    COMMAND is a command, such as publish, or a command and its part, such as edition freeze.
    """
    root = context.find_root()
    if man:
        click.echo(manual(root.command), nl=False)
        return
    found = click.Context(root.command, info_name="broadsheet")
    for word in words:
        inner = getattr(found.command, "commands", {}).get(word)
        if inner is None:
            raise click.UsageError(f"there is no command {' '.join(words)!r}. List all with: broadsheet --help")
        found = click.Context(inner, info_name=word, parent=found)
    click.echo(found.get_help())


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets your SHELL complete commands, options and values with the Tab key.

    The examples show where to put it. Open a new shell afterwards.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(made(context.find_root().command, {}, "broadsheet", "_BROADSHEET_COMPLETE").source())
