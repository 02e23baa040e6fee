"""The command ``build``: the inbox taken in, and the site below output/.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet.commands.console import Call, change_line, moment, progress, tell_problems
from broadsheet.commands.ingest import ingested, tell_filed
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.pipeline import Built


@click.command()
@click.option("--ingest/--no-ingest", default=True, help="Take in content/inbox first (the default), or do not.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--now", type=click.DateTime(), help="Build as of another moment, in the site's time zone.")
@click.option("--json", "machine", is_flag=True, help="Print one JSON object instead of lines.")
@click.pass_obj
def build(call: Call, now: dt.datetime | None, *, ingest: bool, strict: bool, machine: bool) -> None:
    """Take in content/inbox and build the site below output/."""
    from broadsheet import pipeline
    from broadsheet.config import open_site

    site = open_site(call.folder)
    as_of = moment(now, site)
    report = Report()
    if ingest and site.inbox.is_dir():
        from broadsheet.ingest import Options as Ingesting

        outcome = ingested(site, (), Ingesting(as_of))
        report.extend(outcome.problems)
        if not machine:
            tell_filed(site, outcome, brief=True)
    with progress() as tell:
        built = pipeline.build(site, pipeline.Options(as_of, filters=call.filters, remember=now is None), report, tell)
    if machine:
        click.echo(msgspec.json.encode(_facts(built, report)))
    else:
        tell_problems(report)
        _tell_built(site, built, report)
    sys.exit(report.exit_code(strict=strict))


def _tell_built(site: Site, built: Built, report: Report) -> None:
    printed = built.printed
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in built.seconds.items())
    click.echo(
        f"{built.stories} stories, {built.editions} editions, {printed.planned} pages: "
        f"{printed.drawn} drawn, {printed.written} written, {printed.removed} removed "
        f"in {sum(built.seconds.values()):.2f} s ({stages})."
    )
    if summary := report.summary():
        click.echo(f"{summary[:1].upper()}{summary[1:]}.")
    if built.next:
        click.echo(f"To be built again at  {change_line(built.next, site)}")
    started = Path(sys.argv[0]).name
    command = "python3 build.py" if started == "build.py" else "broadsheet"
    click.echo(f"The site is in {site.settings.output}/. See it with: {command} serve")


def _facts(built: Built, report: Report) -> dict[str, Any]:
    printed = built.printed
    return {
        "stories": built.stories,
        "editions": built.editions,
        "pages": {
            "planned": printed.planned,
            "drawn": printed.drawn,
            "written": printed.written,
            "removed": printed.removed,
        },
        "seconds": built.seconds,
        "next": {"moment": built.next.moment, "deed": built.next.deed, "story": built.next.story.path}
        if built.next
        else None,
        "problems": list(report),
    }
