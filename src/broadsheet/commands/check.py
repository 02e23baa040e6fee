"""The command ``check``: all there is to say of a site, in the form that a person, an editor or a host's robot reads.

In: words of a command. Out: a report on the standard output, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.commands.console import AS_OF, Call, build_options, moment, progress, work_on
from broadsheet.errors import BroadsheetError, Report

if TYPE_CHECKING:
    from broadsheet.check import Checked


@click.command()
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="Lines for people (the default), JSON, annotations for GitHub Actions, or SARIF 2.1.0.",
)
@click.option("--external", is_flag=True, help="Also ask other sites whether what is linked to is there.")
@click.option("--explain", metavar="CODE", help="Tell what a problem means and what to do about it, or 'all' of them.")
@AS_OF
@click.pass_obj
def check(call: Call, form: str, explain: str | None, now: dt.datetime | None, *, strict: bool, external: bool) -> None:
    """Build the site and report all that is wrong with it, with file and line in the sources."""
    if explain:
        _explain(explain)
        return
    from broadsheet.check import check_site
    from broadsheet.config import FILE, find

    report = Report()
    checked: Checked | None = None
    root = call.folder
    try:
        root = find(call.folder)
        site = work_on(call)
        with progress() as tell:
            options = build_options(call, moment(now, site))
            checked = check_site(site, options, report, tell, external=external)
    except BroadsheetError as cause:
        report.extend(cause.problems)
    click.echo(_drawn(form, report, checked, root / FILE), nl=False)
    sys.exit(report.exit_code(strict=strict))


def _drawn(form: str, report: Report, checked: Checked | None, settings: Path) -> str:
    from broadsheet.check import output_formats

    if form == "json":
        return output_formats.as_json(report, checked)
    if form == "sarif":
        return output_formats.as_sarif(report, _below(settings.parent))
    if form == "github":
        return output_formats.as_annotations(report, _below(settings.parent))
    lines = [str(problem) for problem in report]
    if checked:
        lines.append(_summary(checked))
    told = report.summary() or "nothing wrong"
    silenced = f"; {report.suppressed} silenced" if report.suppressed else ""
    return "\n".join([*lines, f"{told[:1].upper()}{told[1:]}{silenced}.", ""])


def _summary(checked: Checked) -> str:
    asked = f", {checked.asked} addresses of others" if checked.asked else ""
    return (
        f"{len(checked.built.read)} stories, {checked.pages} pages with {checked.links} links, {checked.feeds} feeds"
        f"{asked}: {checked.read} read anew in {checked.seconds:.2f} s, "
        f"after a build of {sum(checked.built.seconds.values()):.2f} s."
    )


def _below(root: Path) -> str:
    """The site's folder as seen from where the command was called, as robots name files; empty where it is the same."""
    path = os.path.relpath(root.resolve())
    return "" if path == "." or path.startswith("..") else f"{Path(path).as_posix()}/"


def _explain(code: str) -> None:
    from broadsheet import problems
    from broadsheet.text import did_you_mean

    if code == "all":
        click.echo(problems.page(), nl=False)
    elif code in problems.entries():
        click.echo(problems.explained(code), nl=False)
    else:
        raise click.UsageError(f"there is no problem {code!r}. {did_you_mean(code, problems.entries())}")
