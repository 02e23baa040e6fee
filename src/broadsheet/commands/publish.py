"""The command ``publish``: what will change at a target, what it means to subscribers, and the sending.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from broadsheet.commands.console import Call, moment, progress, tell_problems, tell_waiting, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.pipeline import Options
    from broadsheet.publication import Publication
    from broadsheet.publish import Changes, Release, ResendCheck
    from broadsheet.rollback import Rollback

NAME = 20  # characters of a release's name that are printed; they are enough to name it by
SHOWN = 12  # paths of a kind that are printed; the rest is counted


@click.command()
@click.argument("target", default="")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@click.option("--accept", multiple=True, metavar="GUID|PATH", help="Send this entry again, or replace this file.")
@click.option("--not-a-fact", "no_facts", multiple=True, metavar="STORY", help="Its words changed, and no fact did.")
@click.option("--rollback", is_flag=True, help="Bring back the release before the one that readers have.")
@click.option("--to", "release", default="", metavar="RELEASE", help="With --rollback: bring this release back.")
@click.option("--releases", "listed", is_flag=True, help="List the releases that can be brought back.")
@click.option("--strict", is_flag=True, help="Send nothing while there is a warning.")
@click.option("--anyway", is_flag=True, help="Send the site as it is while it has errors.")
@click.pass_obj
def publish(call: Call, /, target: str, **said: Any) -> None:
    """Build and check the site, and send what changed to TARGET, one of the settings' targets."""
    from broadsheet import publication
    from broadsheet.pipeline import Options

    site = work_on(call)
    options = Options(moment(None, site), filters=call.filters, pages=call.pages)
    if said["release"] and not said["rollback"]:
        raise click.UsageError("--to goes with --rollback.")
    if said["listed"] or said["rollback"]:
        _back(call, site, options, target, **said)
        return
    report = Report()
    dry, strict = said["dry_run"], said["strict"]
    request = publication.PublishRequest(
        target, said["accept"], dry, strict, said["anyway"], said["no_facts"], call.targets
    )
    with progress() as tell:
        done = publication.publish_site(site, options, request, report, tell, _show)
    tell_problems(report)
    if urlsplit(site.settings.url).hostname == "example.org":
        click.echo(
            f"Feeds and links name {site.settings.url}: set url in pyproject.toml to where readers find the site."
        )
    if done.sent:
        click.echo(f"Published to {done.target}. Keep {site.settings.content}/published/ with the content.")
    else:
        click.echo("Nothing was sent.")
    tell_waiting(done.built.held, done.built.open, site)
    sys.exit(report.exit_code(strict=strict) or (0 if done.sent or dry else 1))


def _back(call: Call, site: Site, options: Options, target: str, **said: Any) -> None:
    """List the releases of a target, or bring one back."""
    from broadsheet import rollback

    request = rollback.RollbackRequest(target, said["release"], said["accept"], said["dry_run"], call.targets)
    if said["listed"]:
        name, releases = rollback.listed(site, options, request)
        click.echo(f"{name}: {len(releases)} release{'' if len(releases) == 1 else 's'}, the newest first.")
        for one in reversed(releases):
            here = "  (what readers have)" if one.current else ""
            click.echo(f"{one.name[:NAME]:<{NAME}}  {_moment(one, site)}  {one.about}{here}")
        return
    report = Report()
    with progress() as tell:
        done = rollback.roll_back(site, options, request, report, tell, _show_back)
    tell_problems(report)
    if done.sent:
        click.echo(f"{done.target} is back at the release of {_moment(done.release, site)}.")
        click.echo("Your stories are as they were: mend them, for the next publication sends the site as it is then.")
    else:
        click.echo("Nothing was sent.")
    sys.exit(report.exit_code(strict=said["strict"]) or (0 if done.sent or request.dry else 1))


def _moment(release: Release, site: Site) -> str:
    return f"{release.moment.astimezone(site.zone):%Y-%m-%d %H:%M}"


def _show_back(found: Rollback) -> None:
    _paths(found.target, found.changes, found.resend_check)
    for address in found.answering[:SHOWN]:
        click.echo(f"leads on /{address}")
    if len(found.answering) > SHOWN:
        click.echo(f"leads on … and {len(found.answering) - SHOWN} more")


def _show(found: Publication) -> None:
    """What would change: paths by kind, then counts, then what it means to subscribers."""
    first = " (nothing was published before)" if found.first else ""
    _paths(found.target, found.changes, found.resend_check, first)
    if found.first and (found.changes.changed or found.changes.gone):
        click.echo(
            f"{found.target} holds a publication of which this site has no record: of another site, or of another copy "
            "of this one. What is listed as changed or gone is replaced or deleted."
        )


def _paths(target: str, changes: Changes, resend_check: ResendCheck, first: str = "") -> None:
    for word, paths in (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone)):
        for path in paths[:SHOWN]:
            click.echo(f"{word:<8} {path}")
        if len(paths) > SHOWN:
            click.echo(f"{word:<8} … and {len(paths) - SHOWN} more")
    click.echo(
        f"{target}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone, "
        f"{changes.same} unchanged."
    )
    click.echo(f"Subscribers: {resend_check}{first}.")
