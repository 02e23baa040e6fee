"""The command ``publish``: what will change at a target, what it means to subscribers, and the sending.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import msgspec

from broadsheet.commands.answers import SHOWN, answered, facts, tell_stories
from broadsheet.commands.console import Call, build_options, moment, progress, tell_problems, tell_waiting, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.pipeline import Options
    from broadsheet.publication import Publication
    from broadsheet.publication.rollback import Rollback
    from broadsheet.publish import Changes, Release

NAME = 20  # characters of a release's name that are printed; they are enough to name it by


@click.command()
@click.argument("target", default="")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@click.option("--files", is_flag=True, help="Name the files that change, not only the stories.")
@click.option("--rollback", is_flag=True, help="Bring back the release before the one that readers have.")
@click.option("--to", "release", default="", metavar="RELEASE", help="With --rollback: bring this release back.")
@click.option("--releases", "listed", is_flag=True, help="List the releases that can be brought back.")
@answered
@click.pass_obj
def publish(call: Call, /, target: str, **said: Any) -> None:
    """Build and check the site, and send what changed to TARGET, one of the settings' targets."""
    from broadsheet import publication

    site = work_on(call)
    options = build_options(call, moment(None, site))
    if said["release"] and not said["rollback"]:
        raise click.UsageError("--to goes with --rollback.")
    if said["listed"] or said["rollback"]:
        _back(call, site, options, target, **said)
        return
    report = Report()
    answers = {name: said[name] for name in ("accept", "corrected", "no_facts", "strict", "anyway")}
    request = publication.PublishRequest(target, dry=said["dry_run"], targets=call.targets, **answers)

    def show(found: Publication) -> None:
        if not said["machine"]:
            _show(found, files=said["files"])

    with progress() as tell:
        done = publication.publish_site(site, options, request, report, tell, show)
    if said["machine"]:
        changes = {name: getattr(done.changes, name) for name in ("new", "changed", "gone", "same", "blocked")}
        known = facts(done.target, done.cleared, site, first=done.first)
        click.echo(msgspec.json.encode(known | {"files": changes, "sent": done.sent, "problems": list(report)}))
    else:
        _tell(done, report, site)
    sys.exit(report.exit_code(strict=said["strict"]) or (0 if done.sent or said["dry_run"] else 1))


def _tell(done: Publication, report: Report, site: Site) -> None:
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


def _back(call: Call, site: Site, options: Options, target: str, **said: Any) -> None:
    """List the releases of a target, or bring one back."""
    from broadsheet.publication import rollback

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
    _tell_files(found.target, found.changes, SHOWN)
    click.echo(f"Subscribers: {found.resend_check}.")
    for address in found.answering[:SHOWN]:
        click.echo(f"leads on /{address}")
    if len(found.answering) > SHOWN:
        click.echo(f"leads on … and {len(found.answering) - SHOWN} more")


def _show(found: Publication, *, files: bool) -> None:
    """What would change: stories by name, files where that is asked for, what it means to subscribers."""
    changes = found.changes
    if files:
        _tell_files(found.target, changes)
    count = len(changes.new) + len(changes.changed) + len(changes.gone)
    tell_stories(found.target, found.cleared, count, first=found.first)
    if found.first and (changes.changed or changes.gone):
        click.echo(
            f"{found.target} holds a publication of which this site has no record: of another site, or of another copy "
            "of this one. What changes or is gone there is replaced or deleted; --files names it."
        )


def _tell_files(target: str, changes: Changes, most: int | None = None) -> None:
    """The files that would change, by kind, then counted."""
    for word, paths in (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone)):
        for path in paths[:most]:
            click.echo(f"{word:<8} {path}")
        if most is not None and len(paths) > most:
            click.echo(f"{word:<8} … and {len(paths) - most} more")
    click.echo(
        f"{target}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone, "
        f"{changes.same} unchanged."
    )
