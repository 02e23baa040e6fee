"""The command ``ingest``: raw files into stories, and what an editor should look at.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from broadsheet.commands.console import Call, progress, tell_problems, work_on
from broadsheet.errors import Report
from broadsheet.text import clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadsheet.config import Site
    from broadsheet.ingest import Explanation, Filed, Options, Outcome


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--again", is_flag=True, help="Read unchanged sources too, and bring back stories that were deleted.")
@click.option("--fetch", is_flag=True, help="Also fetch the feeds and pages that the settings name as sources.")
@click.option("--all", "whole", is_flag=True, help="List every source, those of which there is nothing new too.")
@click.option("--explain", is_flag=True, help="Show line by line how one source is understood, and write nothing.")
@click.pass_obj
def ingest(
    call: Call, paths: tuple[str, ...], *, dry_run: bool, again: bool, fetch: bool, whole: bool, explain: bool
) -> None:
    """Turn raw files into stories: those at PATHS (files, folders, http addresses), or all of content/inbox."""
    from broadsheet import ingest as room
    from broadsheet.config import open_site

    site = open_site(call.folder) if dry_run or explain else work_on(call)
    now = dt.datetime.now(site.zone)
    read = room.reader(call.readers)
    options = room.Options(now, dry_run=dry_run, again=again, fetch=fetch, read=read)
    if explain:
        if not paths:
            raise click.UsageError("name the source to be explained")
        for path in paths:
            _tell_explanation(room.explain(site, path, options))
        return
    outcome = ingested(site, paths, options)
    report = Report(outcome.problems)
    report.suppress(site.suppressions.covers)
    tell_problems(report)
    tell_filed(site, outcome, brief=False, whole=whole)
    sys.exit(report.exit_code())


def ingested(site: Site, paths: tuple[str, ...], options: Options) -> Outcome:
    """Take sources in, with a progress bar; no path: all of the inbox."""
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


def tell_filed(site: Site, outcome: Outcome, *, brief: bool, whole: bool = False) -> None:
    """The closing table of ingest: what was done, file by file, and what an editor should look at.

    ``whole`` lists what was there and said before as well; ``brief`` only what was filed.
    """
    stories = f"{site.settings.content}/stories"
    for filed in outcome.filed:
        look = f"  look at: {', '.join(_with_lines(filed))}" if filed.review else ""
        held = f"  held: {filed.held}" if filed.held else ""
        near = f"  {filed.likeness:.0%} like {filed.near}" if filed.near else ""
        if whole or filed.deed in ("new", "updated") or (not brief and (filed.news or look)):
            where = f"{stories}/{filed.story}" if filed.story else filed.source
            named = f" {filed.title!r}" if filed.title else ""
            gone = f"  its story{named} was deleted, and is not filed again" if filed.deed == "deleted" else ""
            click.echo(f"{filed.deed:<9}  {where}{look}{near}{held}{gone}")
    counts = Counter(filed.deed for filed in outcome.filed)
    if not brief or any(filed.news for filed in outcome.filed):
        doubtful = sum(1 for filed in outcome.filed if filed.review)
        words = ", ".join(f"{number} {deed}" for deed, number in counts.most_common()) or "nothing to take in"
        drafts = sum(1 for filed in outcome.filed if filed.held)
        waits = f", {drafts} held as draft{'s' if drafts > 1 else ''}" if drafts else ""
        click.echo(f"Ingest: {words}; {doubtful} with fields to look at{waits}.")
    old = sum(1 for filed in outcome.filed if not filed.news and filed.deed != "unchanged")
    if old and not (brief or whole):
        click.echo(f"Not filed, as said before: {old}. List them with: broadsheet ingest --all")


def _with_lines(filed: Filed) -> list[str]:
    """The fields to look at; the body with the lines of its source that may be missing from it."""
    return [f"body ({_ranges(filed.lines)})" if name == "body" and filed.lines else name for name in filed.review]


def _ranges(lines: Sequence[int]) -> str:
    """Line numbers in a few words, such as "lines 3, 9-12"; no more than five places."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    places = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    more = f" and {len(places) - 5} more places" if len(places) > 5 else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(places[:5])}{more}"
