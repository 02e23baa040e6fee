"""The command ``publish``: what will change at a target, what it means to readers and subscribers, and the sending.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import msgspec

from broadsheet.commands.answers import answered, facts, tell_stories
from broadsheet.commands.console import Call, moment, progress, tell_problems, tell_waiting, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.publication import Publication


@click.command()
@click.argument("target", default="")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@click.option("--files", is_flag=True, help="Name the files that change, not only the stories.")
@click.option("--rollback", is_flag=True, help="Bring back the release before the current one.")
@answered
@click.pass_obj
def publish(
    call: Call,
    /,
    target: str,
    *,
    dry_run: bool,
    files: bool,
    rollback: bool,
    machine: bool,
    **answers: Any,
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
    request = publication.PublishRequest(target, dry=dry_run, targets=call.targets, **answers)

    def show(found: Publication) -> None:
        if not machine:
            _show(found, files=files)

    with progress() as tell:
        done = publication.publish_site(site, options, request, report, tell, show)
    if machine:
        changes = {name: getattr(done.changes, name) for name in ("new", "changed", "gone", "same", "blocked")}
        said = facts(done.target, done.cleared, site, first=done.first)
        click.echo(msgspec.json.encode(said | {"files": changes, "sent": done.sent, "problems": list(report)}))
    else:
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
    sys.exit(report.exit_code(strict=answers["strict"]) or (0 if done.sent or dry_run else 1))


def _show(found: Publication, *, files: bool) -> None:
    """What would change: stories by name, files where that is asked for, what it means to subscribers."""
    changes = found.changes
    kinds = (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone))
    for word, paths in kinds if files else ():
        for path in paths:
            click.echo(f"{word:<8} {path}")
    if files:
        click.echo(
            f"{found.target}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone, "
            f"{changes.same} unchanged."
        )
    count = len(changes.new) + len(changes.changed) + len(changes.gone)
    tell_stories(found.target, found.cleared, count, first=found.first)
    if found.first and (changes.changed or changes.gone):
        click.echo(
            f"{found.target} holds a publication of which this site has no record: of another site, or of another copy "
            "of this one. What changes or is gone there is replaced or deleted; --files names it."
        )
