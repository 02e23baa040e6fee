"""The command ``calendar``: what will appear on the site, be updated or go from it, and when.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from broadsheet.commands.console import AS_OF, Call, due_line, moment, open_desk, tell_problems
from broadsheet.errors import Report


@click.command()
@click.option(
    "--ical", type=click.Path(path_type=Path, dir_okay=False), help="Also write it as iCalendar to this file."
)
@AS_OF
@click.pass_obj
def calendar(call: Call, ical: Path | None, now: dt.datetime | None) -> None:
    """List the stories that will appear, be updated or go, and when: the site must be built again then."""
    from broadsheet import disk
    from broadsheet.newsroom import coming
    from broadsheet.render.feeds.icalendar import Event, icalendar

    report = Report()
    site, desk = open_desk(call, now, report)
    as_of = moment(now, site)
    changes = coming(desk.stories, as_of)
    for change in changes:
        click.echo(due_line(change.moment, change.deed, change.story.path, site))
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
