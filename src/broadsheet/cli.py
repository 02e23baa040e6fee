"""The command line: the only code that prints and exits.

In: words of a command. Out: lines for people, and an exit code: 0 right, 1 something is wrong, 2 wrong usage,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path

import click
import msgspec

from broadsheet import __version__
from broadsheet.commands import COMMANDS, Call, Filters, Pages, Readers, Targets
from broadsheet.errors import BroadsheetError
from broadsheet.redaction import redacted


def main(
    arguments: list[str] | None = None,
    *,
    site: Path | None = None,
    filters: Filters | None = None,
    pages: Pages = (),
    readers: Readers | None = None,
    targets: Targets | None = None,
) -> None:
    """Run a command and exit. ``site`` is the folder of the site; the others are what its build.py brings along.

    ``filters`` are for its templates, by name; ``pages`` are kinds of pages; ``readers`` are for its raw files, by a
    pattern of their names; ``targets`` are places to publish to, by name.
    """
    call = Call(site or Path(), filters or {}, pages, readers or {}, targets or {})
    try:
        program.main(arguments, prog_name="broadsheet", standalone_mode=False, obj=call)
    except BroadsheetError as cause:
        click.echo(str(cause), err=True)
        sys.exit(1)
    except click.ClickException as cause:
        said = io.StringIO()
        cause.show(said)
        click.echo(redacted(said.getvalue()), err=True, nl=False)  # it may repeat an address that was typed
        sys.exit(cause.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was written is whole; the next run goes on from there.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our lines has gone, as in "broadsheet build | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    finally:
        gc.freeze()  # the interpreter looks at its end for cycles in all that is left, which the system frees as well


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="broadsheet")
@click.option("--site", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The site's folder.")
@click.pass_context
def program(context: click.Context, site: Path | None) -> None:
    """Broadsheet turns raw news files into a published digest."""
    call: Call = context.obj
    context.obj = msgspec.structs.replace(call, folder=site or call.folder)


for command in COMMANDS:
    program.add_command(command)
