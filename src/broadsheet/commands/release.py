"""The command ``release``: whether a site that a host builds for itself may go out, and the record of what went out.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet.commands.answers import answered, facts, tell_stories
from broadsheet.commands.console import Call, build_options, moment, progress, tell_problems, tell_waiting, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.publication.deployment import Deployment


@click.command()
@click.argument("target", default="")
@click.option("--check", is_flag=True, help="Before a deployment: find out whether the site may go out.")
@click.option("--rebuild", is_flag=True, help="Make a damaged record anew, of what is left of it and what is out.")
@answered
@click.pass_obj
def release(
    call: Call,
    /,
    target: str,
    *,
    check: bool,
    rebuild: bool,
    machine: bool,
    **answers: Any,
) -> None:
    """Record that the site is out, where a host builds and deploys it: GitHub Actions, Netlify, Cloudflare Pages.

    Run it with --check before the deployment: it ends with an exit code other than 0 where the site must not go out.
    Run it without after the deployment, and commit content/published/. TARGET is only for --rebuild.
    """
    from broadsheet.publication import deployment

    if target and not rebuild:
        raise click.UsageError(f"publish sends to {target!r} and keeps its record. TARGET goes with --rebuild.")
    site = work_on(call)
    options = build_options(call, moment(None, site))
    report = Report()
    if rebuild:
        with progress() as tell:
            name = deployment.rebuild(site, options, target, report, tell, call.targets)
        tell_problems(report)
        click.echo(
            f"The record of {name} was made anew, of what is left of it and of what is there now. "
            f"Look at it, then commit {site.settings.content}/published/."
        )
        sys.exit(report.exit_code())
    request = deployment.DeploymentRequest(check, **answers)

    def show(found: Deployment) -> None:
        if not machine:
            tell_stories(found.target, found.cleared, None, first=found.first)

    with progress() as tell:
        done = deployment.release_site(site, options, request, report, tell, show)
    code = report.exit_code(strict=answers["strict"]) if check else 0
    if machine:
        said = facts(done.target, done.cleared, site, first=done.first)
        click.echo(msgspec.json.encode(said | {"recorded": done.recorded, "problems": list(report)}))
    else:
        tell_problems(report)
        if done.recorded:
            click.echo(f"Recorded as out. Commit {site.settings.content}/published/ with the content.")
        else:
            click.echo("It must not go out as it is." if code else "It may go out.")
        tell_waiting(done.cleared.built.held, done.cleared.built.open, site)
    sys.exit(code)
