"""The command line: the only code that prints and exits.

In: words of a command. Out: lines for people, and an exit code: 0 right, 1 something is wrong, 2 wrong usage,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from broadsheet import __version__
from broadsheet.commands import COMMANDS, Call, Filters, Pages, Readers, Targets
from broadsheet.commands.help import Program, complete
from broadsheet.errors import BroadsheetError, Place, Problem, error
from broadsheet.redaction import redacted


def main(
    arguments: list[str] | None = None,
    *,
    site: Path | None = None,
    filters: Filters | None = None,
    pages: Pages = (),
    readers: Readers | None = None,
    targets: Targets | None = None,
    executor: Any = None,
    summarise: Callable[[Any], Any] | None = None,
) -> None:
    """Run a command and exit. ``site`` is the folder of the site; the others are what its build.py brings along.

    ``filters`` are for its templates, by name; ``pages`` are kinds of pages; ``readers`` are for its raw files, by a
    pattern of their names; ``targets`` are places to publish to, by name; ``executor`` does the work, an executor as
    PEP 3148 has them, or a function that gives one; ``summarise`` is asked for the summary of a story that has none.
    """
    call = Call(site or Path(), filters or {}, pages, readers or {}, targets or {}, executor, summarise)
    try:
        program.main(arguments, prog_name="broadsheet", standalone_mode=False, obj=call)
    except BroadsheetError as cause:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            click.echo(msgspec.json.encode({"problems": cause.problems}))
        click.echo(str(cause), err=True)
        sys.exit(1)
    except click.ClickException as cause:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            click.echo(msgspec.json.encode({"problems": [_misuse(cause)]}))
        said = io.StringIO()
        cause.show(said)
        click.echo(redacted(said.getvalue()), err=True, nl=False)  # it may repeat an address that was typed
        sys.exit(cause.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. No file is half-written. Run the command again to continue.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our lines has gone, as in "broadsheet build | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    finally:
        gc.freeze()  # the interpreter looks at its end for cycles in all that is left, which the system frees as well


def _misuse(cause: click.ClickException) -> Problem:
    """Wrong usage as a problem; its place is the command."""
    context = cause.ctx if isinstance(cause, click.UsageError) else None
    command = context.command_path if context else "broadsheet"
    return error("usage", cause.format_message(), Place(command), f"See: {command} --help")


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="broadsheet")
@click.option(
    "--site",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Work on the site in this folder, not the one you are in.",
)
@click.pass_context
def program(context: click.Context, site: Path | None) -> None:
    """Broadsheet turns a pile of raw news texts into a published digest: a website with editions, archive and feeds.

    Run it inside the folder of a site. broadsheet COMMAND --help explains a command.
    """
    call: Call = context.obj
    context.obj = msgspec.structs.replace(call, folder=site or call.folder)


for command in COMMANDS:
    program.add_command(command)


def _refuse_empty(command: click.Command) -> None:
    """Make the empty value of any option or argument wrong usage, as ``--to ""`` is where a script's variable is empty.

    Taken as if nothing was said, it would do something else than was asked for: publish to another target, say.
    """
    for parameter in command.params:
        parameter.type_cast_value = partial(_cast, parameter, parameter.type_cast_value)  # type: ignore[method-assign]  # Click has no hook for all parameters
    for inner in getattr(command, "commands", {}).values():
        _refuse_empty(inner)


def _cast(
    parameter: click.Parameter, cast: Callable[[click.Context, Any], Any], context: click.Context, value: Any
) -> Any:
    given = context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    if given and any(isinstance(one, str) and not one.strip() for one in _each(value)):
        raise click.BadParameter("the value is empty.", ctx=context, param=parameter)
    return cast(context, value)


def _each(value: Any) -> Iterator[Any]:
    """A value, or those of an option that stands several times, or has several."""
    if isinstance(value, tuple | list):
        for one in value:
            yield from _each(one)
    else:
        yield value


_refuse_empty(program)
complete(program)
