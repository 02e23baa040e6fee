"""The commands that let a site go out: ``publish``, which sends it, and ``release``, where a host builds it for itself.

In: words of a command, among them the answers by which an editor lets out what would else be held. Out: what will
change in stories and what it means to subscribers, for people or programs, and an exit code.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from broadsheet.commands.console import (
    JSON,
    Call,
    build_options,
    moment,
    progress,
    tell_json,
    tell_problems,
    tell_waiting,
    waiting_facts,
    work_on,
    workforce,
)
from broadsheet.disk import printable
from broadsheet.errors import Report
from broadsheet.text import counted

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.pipeline import Options
    from broadsheet.publication import Publication
    from broadsheet.publication.clearance import Clearance, StoryChange
    from broadsheet.publication.deployment import Deployment
    from broadsheet.publication.rollback import Rollback
    from broadsheet.publish import Changes, Release


SHOWN = 12  # stories of a kind that are printed; the rest is counted
_KINDS = tuple((name, name) for name in ("new", "corrected", "retracted", "changed", "moved", "gone"))

Command = TypeVar("Command", bound=Callable[..., Any])


def answered(command: Command) -> Command:
    """The options by which an editor answers what would else stop a site from going out."""
    for option in reversed(
        (
            click.option(
                "--accept",
                multiple=True,
                metavar="GUID|PATH",
                help="Allow sending this entry again, replacing this file, or (with --rollback) resetting this story.",
            ),
            click.option(
                "--corrected",
                multiple=True,
                nargs=2,
                metavar="STORY TEXT",
                help="Add this correction to the story first.",
            ),
            click.option(
                "--not-a-fact",
                "no_facts",
                multiple=True,
                metavar="STORY",
                help="Confirm that the words of this story changed, but no fact.",
            ),
            click.option("--strict", is_flag=True, help="Publish nothing if there is a warning."),
            click.option("--anyway", is_flag=True, help="Publish the site even if it has errors."),
            JSON,
        )
    ):
        command = option(command)
    return command


def tell_stories(target: str, found: Clearance, files: int | None, *, first: bool) -> None:
    """What would change, in stories: each by name, then counted; then what it means to subscribers."""
    changes = found.stories
    for name, word in _KINDS:
        stories: Sequence[StoryChange] = getattr(changes, name)
        for one in stories[:SHOWN]:
            where = f"/{one.before} → /{one.address}" if name == "moved" else one.file or f"/{one.address}"
            line = f"{word:<10} {one.title or one.id}  ({where})"
            click.echo(printable(line))  # of what is gone there is only what the record says
        if len(stories) > SHOWN:
            click.echo(f"{word:<10} … and {len(stories) - SHOWN} more")
    click.echo(f"{target}: {summary(found, files)}.")
    nothing = " (nothing was published before)" if first else ""
    click.echo(f"Subscribers: {found.resend_check}{nothing}.")


def summary(found: Clearance, files: int | None) -> str:
    """What would change in one line: "3 stories new, 1 corrected; 2 feeds carry 4 new entries; 212 files"."""
    said = list[str]()
    for name, word in _KINDS:
        if count := len(getattr(found.stories, name)):
            number = str(count) if said else counted(count, "story", "stories")
            on = " (its old address still works)" if count == 1 else " (their old addresses still work)"
            said.append(f"{number} {word}{on if name == 'moved' else ''}")
    parts = [", ".join(said) or "no story changed"]
    if new := len(found.resend_check.new):
        carry = counted(found.feeds, "feed carries", "feeds carry")
        parts.append(f"{carry} {counted(new, 'new entry', 'new entries')}")
    if files is not None:
        parts.append(counted(files, "file"))
    return "; ".join(parts)


def facts(target: str, found: Clearance, site: Site, *, first: bool) -> dict[str, Any]:
    """The same for programs."""
    check = found.resend_check
    return {
        "target": target,
        "first": first,
        "stories": found.stories,
        "feeds": {"count": found.feeds, "new": check.new, "updated": check.updated, "gone": check.gone},
        "resends": check.resends,
        "held": waiting_facts(found.built.held, site),
        "open": waiting_facts(found.built.open, site),
    }


NAME = 20  # characters of a release's name that are printed; they are enough to name it by


@click.command()
@click.argument("target", default="")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@click.option("--files", is_flag=True, help="Also list the files that change.")
@click.option("--rollback", is_flag=True, help="Publish the previous release again.")
@click.option("--to", "release", default="", metavar="RELEASE", help="With --rollback: publish this release again.")
@click.option("--releases", "listed", is_flag=True, help="List the releases that you can roll back to.")
@answered
@click.pass_obj
def publish(call: Call, /, target: str, **said: Any) -> None:
    """Build and check the site, then send what changed to TARGET.

    TARGET is one of the targets in the settings; with a single one you can leave it out. Nothing is sent if the site
    has errors, or if subscribers would get a story twice.
    """
    from broadsheet import publication

    site = work_on(call)
    options = build_options(call, moment(None, site), workforce(call, site))
    if said["release"] and not said["rollback"]:
        raise click.UsageError("--to needs --rollback.")
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
        known = facts(done.target, done.cleared, site, first=done.first)
        tell_json(known | {"files": _file_facts(done.changes), "sent": done.sent, "frozen": done.frozen}, report)
    else:
        _tell(done, report, site, dry=said["dry_run"])
    sys.exit(report.exit_code(strict=said["strict"]) or (0 if done.sent or said["dry_run"] else 1))


def _tell(done: Publication, report: Report, site: Site, *, dry: bool) -> None:
    tell_problems(report)
    if urlsplit(site.settings.url).hostname == "example.org":
        click.echo(
            f"Feeds and links point to {site.settings.url}, a placeholder: "
            "set url in pyproject.toml to the site's address."
        )
    if done.sent and done.changes.empty:
        click.echo(f"{done.target} is up to date already: nothing had to be sent.{_frozen(site, done.frozen)}")
    elif done.sent:
        advice = f"Commit {site.settings.content}/published/ with your content."
        click.echo(f"Published to {done.target}. {advice}{_frozen(site, done.frozen)}")
    else:
        click.echo(_unsent(dry=dry, refused=done.refused))
    tell_waiting(done.built.held, done.built.open, site)


def _unsent(*, dry: bool, refused: bool) -> str:
    """What is said where nothing was sent."""
    if not dry:
        return "Nothing was sent."
    then = "would send nothing either, because of what is reported above" if refused else "sends it"
    return f"Nothing was sent. This was a dry run: the same command without --dry-run {then}."


def _frozen(site: Site, files: Sequence[str]) -> str:
    """What was frozen and has to be committed too; empty where nothing was."""
    if not files:
        return ""
    where = files[0] if len(files) == 1 else f"{site.settings.content}/editions/"
    closed = counted(len(files), "edition whose period is over was", "editions whose period is over were")
    return f" {closed} frozen as published: commit {where} too."


def _back(call: Call, site: Site, options: Options, target: str, **said: Any) -> None:
    """List the releases of a target, or bring one back."""
    from broadsheet.publication import rollback

    request = rollback.RollbackRequest(target, said["release"], said["accept"], said["dry_run"], call.targets)
    if said["listed"]:
        name, releases = rollback.listed(site, options, request)
        if said["machine"]:
            click.echo(msgspec.json.encode({"target": name, "releases": releases}))
            return
        click.echo(f"{name}: {counted(len(releases), 'release')}, the newest first.")
        for one in reversed(releases):
            here = "  (current)" if one.current else ""
            click.echo(f"{one.name[:NAME]:<{NAME}}  {_moment(one, site)}  {one.about}{here}")
        return
    report = Report()
    with progress() as tell:
        show = (lambda _: None) if said["machine"] else functools.partial(_show_back, files=said["files"])
        done = rollback.roll_back(site, options, request, report, tell, show)
    code = report.exit_code(strict=said["strict"]) or (0 if done.sent or request.dry else 1)
    if said["machine"]:
        tell_json(_back_facts(done), report)
        sys.exit(code)
    tell_problems(report)
    if done.sent:
        click.echo(f"{done.target} is back at the release of {_moment(done.release, site)}.")
        click.echo(
            "Your stories have not changed. Correct them first: the next publication sends the site as it is then."
        )
    else:
        click.echo(_unsent(dry=request.dry, refused=done.refused))
    sys.exit(code)


def _back_facts(done: Rollback) -> dict[str, Any]:
    """A rollback for programs, by the names that a publication has for the same."""
    check = done.resend_check
    return {
        "target": done.target,
        "release": done.release,
        "stories": done.stories,
        "feeds": {"new": check.new, "updated": check.updated, "gone": check.gone},
        "resends": check.resends,
        "answering": done.answering,
        "files": _file_facts(done.changes),
        "sent": done.sent,
    }


def _file_facts(changes: Changes) -> dict[str, Any]:
    return {name: getattr(changes, name) for name in ("new", "changed", "gone", "same", "blocked")}


def _moment(release: Release, site: Site) -> str:
    return f"{release.moment.astimezone(site.zone):%Y-%m-%d %H:%M}"


def _show_back(found: Rollback, *, files: bool) -> None:
    """What would change: what would be undone, all of it, then stories by name, files where that is asked for."""
    for one in found.stories:
        if one.said:
            click.echo(printable(f"{one.said}  ({one.file or f'/{one.address}'})"))
    counts = list[str]()
    for kind in ("new", "changed", "moved", "gone"):
        stories = [one for one in found.stories if one.kind == kind]
        rest = [one for one in stories if not one.said]
        for one in rest[:SHOWN]:
            click.echo(printable(f"{kind:<10} {one.title or one.id}  (/{one.address})"))
        if len(rest) > SHOWN:
            click.echo(f"{kind:<10} … and {len(rest) - SHOWN} more")
        if stories:
            number = str(len(stories)) if counts else counted(len(stories), "story", "stories")
            counts.append(f"{number} {kind}")
    changes = found.changes
    if files:
        _tell_files(found.target, changes)
    count = len(changes.new) + len(changes.changed) + len(changes.gone)
    click.echo(f"{found.target}: {', '.join(counts) or 'no story changed'}; {counted(count, 'file')}.")
    click.echo(f"Subscribers: {found.resend_check}.")
    for address in found.answering[:SHOWN]:
        click.echo(f"/{address} is not in that release, and leads to what is")
    if len(found.answering) > SHOWN:
        click.echo(f"… and {len(found.answering) - SHOWN} more addresses do")


def _show(found: Publication, *, files: bool) -> None:
    """What would change: stories by name, files where that is asked for, what it means to subscribers."""
    changes = found.changes
    if files:
        _tell_files(found.target, changes)
    count = len(changes.new) + len(changes.changed) + len(changes.gone)
    tell_stories(found.target, found.cleared, count, first=found.first)


def _tell_files(target: str, changes: Changes) -> None:
    """The files that would change, by kind, then counted."""
    for word, paths in (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone)):
        for path in paths:
            click.echo(f"{word:<8} {path}")
    click.echo(
        f"{target}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone, "
        f"{changes.same} unchanged."
    )


@click.command()
@click.argument("target", default="")
@click.option("--check", is_flag=True, help="Before a deployment: check whether the site may be published.")
@click.option("--rebuild", is_flag=True, help="Rebuild a damaged record from what is left of it and what is published.")
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
    """Record a publication if a host builds and deploys the site: GitHub Actions, Netlify, Cloudflare Pages.

    Run it with --check before the deployment: the exit code is 1 if the site must not be published. Run it without
    --check after the deployment, and commit content/published/. TARGET is only for --rebuild.
    """
    from broadsheet.publication import deployment

    if target and not rebuild:
        raise click.UsageError(
            f"TARGET only goes with --rebuild. To send the site to {target!r}, use: broadsheet publish {target}"
        )
    site = work_on(call)
    options = build_options(call, moment(None, site), workforce(call, site))
    report = Report()
    if rebuild:
        with progress() as tell:
            name = deployment.rebuild(site, options, target, report, tell, call.targets)
        if machine:
            tell_json({"rebuilt": name}, report)
            sys.exit(report.exit_code())
        tell_problems(report)
        click.echo(
            f"The record of {name} was rebuilt from what is left of it and from what is at the target. "
            f"Read it through, then commit {site.settings.content}/published/."
        )
        sys.exit(report.exit_code())
    request = deployment.DeploymentRequest(check, **answers)

    def show(found: Deployment) -> None:
        if not machine:
            tell_stories("Your host", found.cleared, None, first=found.first)

    with progress() as tell:
        done = deployment.release_site(site, options, request, report, tell, show)
    code = report.exit_code(strict=answers["strict"]) if check else 0
    if machine:
        said = facts(done.target, done.cleared, site, first=done.first)
        tell_json(said | {"recorded": done.recorded, "frozen": done.frozen}, report)
    else:
        tell_problems(report)
        if done.recorded:
            advice = f"Commit {site.settings.content}/published/ with your content."
            click.echo(f"Recorded as published. {advice}{_frozen(site, done.frozen)}")
        else:
            click.echo("The site must not be deployed as it is." if code else "The site may be deployed.")
        tell_waiting(done.cleared.built.held, done.cleared.built.open, site)
    sys.exit(code)
