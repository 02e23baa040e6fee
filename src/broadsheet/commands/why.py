"""The command ``why``: what a page was made from, and what changed since it was drawn.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys

import click

from broadsheet.commands.console import AS_OF, Call, build_options, moment, tell_problems, work_on
from broadsheet.errors import Report

MOST = 12  # templates named


@click.command()
@click.argument("name", metavar="PATH")
@AS_OF
@click.pass_obj
def why(call: Call, name: str, now: dt.datetime | None) -> None:
    """Say what a page was made from, and what changed since it was drawn.

    PATH is a file below output/, an address of the site, or the source file of a page. Nothing is built.
    """
    from broadsheet.check.explanation import explain

    site = work_on(call)
    report = Report()
    found = explain(site, build_options(call, moment(now, site)), name, report)
    tell_problems(report)
    click.echo(f"{site.settings.output}/{found.path}")
    if found.origin:
        click.echo(f"  from        {found.origin}")
    if found.template:
        click.echo(f"  drawn by    {found.template}")
    if others := [other for other in found.reached if other != found.template]:
        more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
        click.echo(f"  with        {', '.join(others[:MOST])}{more}")
    for field, said in found.inputs:
        click.echo(f"  {field:<11} {said}")
    click.echo("Since it was drawn:" if found.changes else "Since it was drawn nothing changed: it is as drawn.")
    for change in found.changes:
        click.echo(f"  {change}")
    sys.exit(report.exit_code())
