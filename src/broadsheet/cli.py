"""The command line: the only code that prints and exits.

In: words of a command. Out: lines for people, and an exit code: 0 right, 1 something is wrong, 2 wrong usage,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet import __version__
from broadsheet.commands import Call, Filters, calendar, change_line, edition, moment, progress, tell_problems, threads
from broadsheet.errors import BroadsheetError, Report
from broadsheet.publish_command import publish
from broadsheet.words import clip

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.ingest import Explanation, Outcome
    from broadsheet.ingest import Options as Ingesting
    from broadsheet.pipeline import Built


def main(arguments: list[str] | None = None, *, site: Path | None = None, filters: Filters | None = None) -> None:
    """Run a command and exit. ``site`` is the folder of the site, ``filters`` are its own for its templates."""
    try:
        program.main(arguments, prog_name="broadsheet", standalone_mode=False, obj=Call(site or Path(), filters or {}))
    except BroadsheetError as cause:
        click.echo(str(cause), err=True)
        sys.exit(1)
    except click.ClickException as cause:
        cause.show()
        sys.exit(cause.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was written is whole; the next run goes on from there.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our lines has gone, as in "broadsheet build | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="broadsheet")
@click.option("--site", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The site's folder.")
@click.pass_context
def program(context: click.Context, site: Path | None) -> None:
    """Broadsheet turns raw news files into a published digest."""
    call: Call = context.obj
    context.obj = Call(site or call.folder, call.filters)


program.add_command(edition)
program.add_command(calendar)
program.add_command(threads)
program.add_command(publish)


@program.command()
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

        outcome = _ingested(site, (), Ingesting(as_of))
        report.extend(outcome.problems)
        if not machine:
            _tell_filed(site, outcome, brief=True)
    with progress() as tell:
        built = pipeline.build(site, pipeline.Options(as_of, filters=call.filters, remember=now is None), report, tell)
    if machine:
        click.echo(msgspec.json.encode(_facts(built, report)))
    else:
        tell_problems(report)
        _tell_built(site, built, report)
    sys.exit(report.exit_code(strict=strict))


@program.command()
@click.argument("paths", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--again", is_flag=True, help="Read unchanged sources too, and bring back stories that were deleted.")
@click.option("--fetch", is_flag=True, help="Also fetch the feeds and pages that the settings name as sources.")
@click.option("--explain", is_flag=True, help="Show line by line how one source is understood, and write nothing.")
@click.pass_obj
def ingest(call: Call, paths: tuple[str, ...], *, dry_run: bool, again: bool, fetch: bool, explain: bool) -> None:
    """Turn raw files into stories: those at PATHS (files, folders, http addresses), or all of content/inbox."""
    from broadsheet import ingest as room
    from broadsheet.config import open_site

    site = open_site(call.folder)
    options = room.Options(dt.datetime.now(site.zone), dry_run=dry_run, again=again, fetch=fetch)
    if explain:
        if not paths:
            raise click.UsageError("name the source to be explained")
        for path in paths:
            _tell_explanation(room.explain(site, path, options))
        return
    outcome = _ingested(site, paths, options)
    report = Report(outcome.problems)
    tell_problems(report)
    _tell_filed(site, outcome, brief=False)
    sys.exit(report.exit_code())


@program.command()
@click.option("--port", default=8000, show_default=True, help="A busy one gives way to the next that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--open/--no-open", "browser", default=False, help="Open a browser.")
@click.pass_obj
def serve(call: Call, port: int, host: str, *, browser: bool) -> None:
    """Preview the site and reload the browser while you edit; drafts show."""
    from broadsheet import preview

    preview.serve(call.folder, port=port, host=host, open_browser=browser, filters=call.filters, tell=click.echo)


def _ingested(site: Site, paths: tuple[str, ...], options: Ingesting) -> Outcome:
    from broadsheet import ingest as room

    with progress() as tell:

        def step(done: room.Step) -> None:
            tell("taking in", done.done, done.total)

        return room.run(site, paths, options, step)


def _tell_explanation(found: Explanation) -> None:
    """A source line by line: what each became, and why; then each field with its evidence."""
    for row in found.rows:
        why = f"  ({row.why})" if row.why else ""
        click.echo(f"{row.number:>5} {row.role:<12} {clip(row.text, 90)}{why}")
    for story in found.stories:
        click.echo("")
        for field in story:
            line = f", line {field.line}" if field.line else ""
            doubt = "  << look at it" if field.review else ""
            click.echo(
                f"{field.field:<10} {clip(field.value, 70)}  [{field.rule}, {field.confidence:.0%}{line}]{doubt}"
            )
    for problem in found.problems:
        click.echo(str(problem), err=True)


def _tell_filed(site: Site, outcome: Outcome, *, brief: bool) -> None:
    """The closing table of ingest: what was done, file by file, and what an editor should look at."""
    stories = f"{site.settings.content}/stories"
    for filed in outcome.filed:
        look = f"  look at: {', '.join(filed.review)}" if filed.review else ""
        near = f"  {filed.likeness:.0%} like {filed.near}" if filed.near else ""
        if filed.deed in ("new", "updated") or (not brief and filed.deed != "unchanged") or (not brief and look):
            where = f"{stories}/{filed.story}" if filed.story else filed.source
            click.echo(f"{filed.deed:<9}  {where}{look}{near}")
    counts = Counter(filed.deed for filed in outcome.filed)
    if not brief or set(counts) - {"unchanged"}:
        doubtful = sum(1 for filed in outcome.filed if filed.review)
        words = ", ".join(f"{number} {deed}" for deed, number in counts.most_common()) or "nothing to take in"
        click.echo(f"Ingest: {words}; {doubtful} with fields to look at.")


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
