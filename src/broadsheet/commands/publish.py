"""The command ``publish``: what will change at a target, what it means to subscribers, and the sending.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from broadsheet.commands.console import Call, moment, progress, tell_problems, tell_waiting, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.publication import Publication

SHOWN = 12  # paths of a kind that are printed; the rest is counted


@click.command()
@click.argument("target", default="")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@click.option("--accept", multiple=True, metavar="GUID|PATH", help="Send this entry again, or replace this file.")
@click.option("--not-a-fact", "no_facts", multiple=True, metavar="STORY", help="Its words changed, and no fact did.")
@click.option("--rollback", is_flag=True, help="Bring back the release before the current one (folders).")
@click.option("--strict", is_flag=True, help="Send nothing while there is a warning.")
@click.option("--anyway", is_flag=True, help="Send the site as it is while it has errors.")
@click.pass_obj
def publish(
    call: Call,
    target: str,
    accept: tuple[str, ...],
    no_facts: tuple[str, ...],
    *,
    dry_run: bool,
    rollback: bool,
    strict: bool,
    anyway: bool,
) -> None:
    """Build and check the site, and send what changed to TARGET, one of the settings' targets."""
    from broadsheet import publication
    from broadsheet.pipeline import Options

    site = work_on(call)
    options = Options(moment(None, site), filters=call.filters, pages=call.pages)
    if rollback:
        name = publication.rollback(site, options, target, call.targets)
        click.echo(f"{name} is back at the release before.")
        return
    report = Report()
    request = publication.PublishRequest(target, accept, dry_run, strict, anyway, no_facts, call.targets)
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
    sys.exit(report.exit_code(strict=strict) or (0 if done.sent or dry_run else 1))


def _show(found: Publication) -> None:
    """What would change: paths by kind, then counts, then what it means to subscribers."""
    changes = found.changes
    for word, paths in (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone)):
        for path in paths[:SHOWN]:
            click.echo(f"{word:<8} {path}")
        if len(paths) > SHOWN:
            click.echo(f"{word:<8} … and {len(paths) - SHOWN} more")
    click.echo(
        f"{found.target}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone, "
        f"{changes.same} unchanged."
    )
    first = " (nothing was published before)" if found.first else ""
    click.echo(f"Subscribers: {found.resend_check}{first}.")
    if found.first and (changes.changed or changes.gone):
        click.echo(
            f"{found.target} holds a publication of which this site has no record: of another site, or of another copy "
            "of this one. What is listed as changed or gone is replaced or deleted."
        )
