"""The editor's commands: ``edition`` and ``calendar``. Like the rest of the command line they print and exit.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet.errors import Place, Report, fail
from broadsheet.words import did_you_mean

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.newsroom import Change
    from broadsheet.pipeline import Desk

Filters = Mapping[str, Callable[..., Any]]

PATIENCE = 1.0  # seconds of work after which a progress bar is shown


class Call(msgspec.Struct, frozen=True):
    """Where a command was called, and what the site's build.py brings along."""

    folder: Path
    filters: Filters


def moment(now: dt.datetime | None, site: Site) -> dt.datetime:
    """What the clock says in the site's time zone, or what was given in its place."""
    return now.replace(tzinfo=site.zone) if now else dt.datetime.now(site.zone)


def tell_problems(report: Report) -> None:
    """Print every problem, the gravest first."""
    for problem in report:
        click.echo(str(problem), err=True)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows a bar once work takes longer than a second, where there is a terminal to show it on."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None  # noqa: ARG005, nobody looks
        return
    started = time.monotonic()
    bar: Any = None
    task: Any = None

    def tell(what: str, done: int, of: int) -> None:
        nonlocal bar, task
        if bar is None and time.monotonic() - started > PATIENCE:
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(what, total=of)
        if bar is not None:
            bar.update(task, description=what, completed=done, total=of)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.stop()


@click.group()
def edition() -> None:
    """List editions, and freeze those that have been published."""


_NOW = click.option("--now", type=click.DateTime(), help="As of another moment, in the site's time zone.")


@edition.command("list")
@_NOW
@click.pass_obj
def list_editions(call: Call, now: dt.datetime | None) -> None:
    """Print every edition, the newest first: its number, name, stories, and why its lead leads."""
    from broadsheet.newsroom import reasons

    report = Report()
    _, desk = _desk(call, now, report)
    notes = {note.slug: note for note in desk.notes}
    sizes = {story.id: len(thread.stories) for thread in desk.newspaper.threads for story in thread.stories}
    if not desk.newspaper.editions:
        click.echo("There is no edition yet.")
    for one in desk.newspaper.editions:
        note = notes.get(one.slug)
        state = "frozen" if note and note.frozen else "edited" if note else ""
        title = f"{one.title}: " if one.title else ""
        click.echo(
            f"{one.number:>5}  {one.slug:<10}  {len(one.stories):>4}  {state:<6}  "
            f"{title}{one.lead.title} ({', '.join(reasons(one.lead, sizes.get(one.lead.id, 1)))})"
        )
    tell_problems(report)
    sys.exit(report.exit_code())


@edition.command("freeze")
@click.argument("slugs", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Freeze every edition that is not yet.")
@_NOW
@click.pass_obj
def freeze_editions(call: Call, slugs: tuple[str, ...], now: dt.datetime | None, *, every: bool) -> None:
    """Record the stories of editions and their order, so that later builds leave them: of SLUGS, or of the newest.

    To let an edition go again, take the key "frozen" out of its file.
    """
    from broadsheet.freezing import freeze

    report = Report()
    site, desk = _desk(call, now, report)
    notes = {note.slug: note for note in desk.notes}
    editions = {one.slug: one for one in desk.newspaper.editions}
    for slug in slugs:
        if slug not in editions:
            place = Place(f"{site.settings.content}/editions")
            raise fail("edition-unknown", f"there is no edition {slug!r}", place, did_you_mean(slug, editions))
    wrong = {problem.place.file for problem in report if problem.severity == "error"}
    for slug in editions if every else dict.fromkeys(slugs) or list(editions)[:1]:
        note = notes.get(slug)
        file = note.file if note else f"{site.settings.content}/editions/{slug}.md"
        if note and note.frozen:
            click.echo(f"{slug} is frozen already, in {file}.")
        elif file in wrong:
            click.echo(f"{slug} is not frozen: put its file right first.")
        else:
            freeze(site, editions[slug], file)
            click.echo(f"{slug} is frozen, in {file}.")
    tell_problems(report)
    sys.exit(report.exit_code())


@click.command()
@click.option(
    "--ical", type=click.Path(path_type=Path, dir_okay=False), help="Also write it as iCalendar to this file."
)
@_NOW
@click.pass_obj
def calendar(call: Call, ical: Path | None, now: dt.datetime | None) -> None:
    """List the stories that will appear on the site or go from it, and when: it must be built again then."""
    from broadsheet import disk
    from broadsheet.newsroom import coming
    from broadsheet.press.icalendar import Event, icalendar

    report = Report()
    site, desk = _desk(call, now, report)
    as_of = moment(now, site)
    changes = coming(desk.stories, as_of)
    for change in changes:
        click.echo(change_line(change, site))
    if not changes:
        click.echo("Nothing is to appear or to go.")
    if ical:
        events = [
            Event(
                f"{change.deed}:{change.story.id}@broadsheet",
                change.moment,
                f"{change.story.title} {change.deed}",
                f"{site.settings.content}/stories/{change.story.path}",
            )
            for change in changes
        ]
        disk.replace(ical, icalendar(site.settings.title, events, as_of))
        click.echo(f"Written to {ical}.")
    tell_problems(report)
    sys.exit(report.exit_code())


@click.command()
@click.option("--why", "asked", metavar="STORY", help="Tell why a story (its id, file or name) stands where it does.")
@_NOW
@click.pass_obj
def threads(call: Call, asked: str | None, now: dt.datetime | None) -> None:
    """List the running stories, the latest first; with --why, tell what ties a story to its own."""
    from broadsheet.newsroom import explained

    report = Report()
    site, desk = _desk(call, now, report)
    if asked is None:
        for thread in desk.newspaper.threads:
            days = f"{thread.stories[0].date:%Y-%m-%d} – {thread.stories[-1].date:%Y-%m-%d}"
            click.echo(f"{len(thread.stories):>4}  {days}  {thread.title}  ({thread.slug})")
        return
    stories = desk.newspaper.stories
    known = {name: story for story in stories for name in (story.slug, story.path, story.id)}
    story = known.get(asked.removeprefix(f"{site.settings.content}/stories/"))
    if story is None:
        place = Place(f"{site.settings.content}/stories")
        names = (story.slug for story in stories)
        raise fail("story-unknown", f"there is no story {asked!r} that is out", place, did_you_mean(asked, names))
    found = explained(stories, site.settings, story.id)
    click.echo(f"{story.title}")
    click.echo(f"stands in: {found.thread.title}" if found and found.thread else "stands in no thread that is shown")
    for step in found.steps if found else ():
        ties = ", ".join(f"{tie.name} {tie.weight:.0%}" for tie in step.ties)
        asked_for = f" at {step.likeness:.2f}, where {step.asked:.2f} was asked" if step.how != "pinned" else ""
        click.echo(f"  {step.how} with “{step.first.title}”{asked_for}: {ties}")


def change_line(change: Change, site: Site) -> str:
    """A story's coming or going in a line."""
    when = change.moment.astimezone(site.zone)
    return f"{when:%Y-%m-%d %H:%M}  {change.deed:<7}  {site.settings.content}/stories/{change.story.path}"


def _desk(call: Call, now: dt.datetime | None, report: Report) -> tuple[Site, Desk]:
    from broadsheet import pipeline
    from broadsheet.config import open_site

    site = open_site(call.folder)
    return site, pipeline.desk(site, moment(now, site), report)
