"""The command ``ingest``: raw files into stories, and what an editor should look at.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from broadsheet.commands.console import JSON, WORKERS, Call, progress, tell_json, tell_problems, work_on, workforce
from broadsheet.errors import Report
from broadsheet.text import clip, counted, ranges

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.ingest import Explanation, Filed, IngestOutcome, Options


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.option(
    "--again", is_flag=True, help="Also read sources that have not changed, and restore stories that were deleted."
)
@click.option("--fetch", is_flag=True, help="Also fetch the feeds and pages under sources in the settings.")
@click.option("--all", "whole", is_flag=True, help="List every source, also those with nothing new, and every problem.")
@click.option("--explain", is_flag=True, help="Show line by line how one source is understood, and write nothing.")
@WORKERS
@JSON
@click.pass_obj
def ingest(
    call: Call,
    /,
    paths: tuple[str, ...],
    workers: str | None,
    *,
    dry_run: bool,
    again: bool,
    fetch: bool,
    whole: bool,
    **said: bool,
) -> None:
    """Turn raw files into stories.

    PATHS are files, folders or http addresses; without any it reads all of content/inbox. A file there can be named
    as messages name it, such as letter.eml. A story that you have edited is never changed.
    """
    from broadsheet import ingest as room
    from broadsheet.config import open_site

    site = open_site(call.folder) if dry_run or said["explain"] else work_on(call)
    now = dt.datetime.now(site.zone)
    read = room.reader(call.readers)
    options = room.Options(now, dry_run, again, fetch, workforce(call, site, workers), read)
    if said["explain"]:
        if not paths:
            raise click.UsageError("--explain needs the source to be explained: name a file or an address")
        found = [room.explain(site, path, options) for path in paths]
        if said["machine"]:
            tell_json({"sources": found}, Report())
            return
        for one in found:
            _tell_explanation(one)
        return
    outcome = ingested(site, paths, options)
    report = Report(outcome.problems)
    report.suppress(site.suppressions.covers)
    if said["machine"]:
        tell_json({"filed": outcome.filed}, report)
        sys.exit(report.exit_code())
    tell_problems(report, "" if whole else "broadsheet ingest --all")
    tell_filed(site, outcome, brief=False, whole=whole)
    sys.exit(report.exit_code())


def ingested(site: Site, paths: tuple[str, ...], options: Options) -> IngestOutcome:
    """Take sources in, with a progress bar; no path: all of the inbox."""
    from broadsheet import ingest as room

    with progress() as tell:

        def step(done: room.IngestProgress) -> None:
            tell("reading sources", done.done, done.total)

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
            doubt = "  << review" if field.review else ""
            value = field.value if field.field == "body" else clip(field.value, 70)  # which lines to look at, whole
            click.echo(f"{field.field:<10} {value}  [{field.rule}, {field.confidence:.0%}{line}]{doubt}")
    for problem in found.problems:
        click.echo(str(problem), err=True)


def tell_filed(site: Site, outcome: IngestOutcome, *, brief: bool, whole: bool = False) -> None:
    """The closing table of ingest: what was done, file by file, and what an editor should look at.

    ``whole`` lists what was there and said before as well; ``brief`` only what was filed.
    """
    stories = f"{site.settings.content}/stories"
    unlisted = 0
    for filed in outcome.filed:
        look = f"  review: {', '.join(_with_lines(filed))}" if filed.review else ""
        held = f"  held: {filed.held}" if filed.held else ""
        near = f"  {filed.likeness:.0%} like {filed.near}" if filed.near else ""
        if whole or filed.deed in ("new", "updated") or (not brief and (filed.news or look)):
            where = f"{stories}/{filed.story}" if filed.story else filed.source
            named = f" {filed.title!r}" if filed.title else ""
            bare = "" if filed.sectioned else "  no section"
            gone = f"  its story{named} was deleted, so it is not filed again" if filed.deed == "deleted" else ""
            click.echo(f"{filed.deed:<9}  {where}{look}{bare}{near}{held}{gone}")
        else:
            unlisted += filed.deed != "unchanged"
    counts = Counter(filed.deed for filed in outcome.filed)
    if not brief or any(filed.news for filed in outcome.filed):
        doubtful = sum(1 for filed in outcome.filed if filed.review)
        words = ", ".join(f"{number} {deed}" for deed, number in counts.most_common()) or "no sources"
        drafts = sum(1 for filed in outcome.filed if filed.held)
        waits = f", {counted(drafts, 'held as a draft', 'held as drafts')}" if drafts else ""
        loose = sum(1 for filed in outcome.filed if not filed.sectioned)
        waits += f"; {loose} without a section" if loose else ""
        click.echo(f"Ingest: {words}; {doubtful} with fields to review{waits}.")
    if unlisted and not brief:
        click.echo(
            f"{counted(unlisted, 'source')} not filed, as reported before. List them with: broadsheet ingest --all"
        )


def _with_lines(filed: Filed) -> list[str]:
    """The fields to look at; the body with the lines of its source that may be missing from it."""
    return [f"body ({ranges(filed.lines)})" if name == "body" and filed.lines else name for name in filed.review]
