"""The command line: the only code that prints and exits.

In: words of a command. Out: lines for people, and an exit code: 0 right, 1 something is wrong, 2 wrong usage.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from broadsheet import __version__
from broadsheet.errors import BroadsheetError, Report

Filters = Mapping[str, Callable[..., Any]]


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=False)
@click.version_option(__version__, prog_name="broadsheet")
@click.option("--site", "folder", type=click.Path(path_type=Path), default=Path(), help="The site's folder.")
@click.pass_context
def program(context: click.Context, folder: Path) -> None:
    """Broadsheet turns raw news files into a published digest."""
    filters = context.obj or {}
    context.obj = (folder, filters)


@program.command()
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--now", type=click.DateTime(), help="Build as of another moment, in the site's time zone.")
@click.pass_obj
def build(settings: tuple[Path, Filters], now: dt.datetime | None, *, strict: bool) -> None:
    """Build the site below output/."""
    from broadsheet import pipeline
    from broadsheet.config import open_site

    folder, filters = settings
    report = Report()
    site = open_site(folder)
    moment = now.replace(tzinfo=site.zone) if now else dt.datetime.now(site.zone)
    built = pipeline.build(site, pipeline.Options(moment, filters=filters), report)
    _print(report)
    printed = built.printed
    click.echo(
        f"{built.stories} stories in {built.editions} editions: {printed.drawn} of {printed.planned} pages drawn, "
        f"{printed.written} written, {printed.removed} removed, in {sum(built.seconds.values()):.2f} s"
    )
    if summary := report.summary():
        click.echo(summary)
    sys.exit(report.exit_code(strict=strict))


def _print(report: Report) -> None:
    for problem in report:
        click.echo(str(problem), err=True)


def main(arguments: list[str] | None = None, *, filters: Filters | None = None) -> None:
    """Run a command and exit. ``filters`` are a site's own, for its templates."""
    try:
        program.main(arguments, prog_name="broadsheet", standalone_mode=False, obj=filters or {})
    except BroadsheetError as cause:
        click.echo(str(cause), err=True)
        sys.exit(1)
    except click.ClickException as cause:
        cause.show()
        sys.exit(cause.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
