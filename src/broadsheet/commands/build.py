"""The commands ``build``, ``serve`` and ``why``: the site below output/, its preview, and what a page was made from.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.commands.console import (
    AS_OF,
    JSON,
    WORKERS,
    Call,
    build_options,
    due_line,
    moment,
    progress,
    tell_json,
    tell_problems,
    tell_waiting,
    waiting_facts,
    work_on,
    workforce,
)
from broadsheet.commands.ingest import ingested, tell_filed
from broadsheet.errors import Report
from broadsheet.text import counted

if TYPE_CHECKING:
    from broadsheet.cache.snapshot import Tally
    from broadsheet.check.proving import Proof
    from broadsheet.config import Site


@click.command()
@click.option("--ingest/--no-ingest", default=True, help="Ingest content/inbox first (the default), or do not.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@AS_OF
@click.option(
    "--prove",
    "proven",
    is_flag=True,
    help="Also build from scratch in another folder, and compare the two byte for byte.",
)
@WORKERS
@JSON
@click.pass_obj
def build(
    call: Call,
    now: dt.datetime | None,
    workers: str | None,
    *,
    ingest: bool,
    strict: bool,
    proven: bool,
    machine: bool,
) -> None:
    """Ingest content/inbox and build the site below output/.

    Only pages whose content has changed are made again. Nothing is published: see publish.
    """
    site = work_on(call)
    as_of = moment(now, site)
    options = build_options(call, as_of, workforce(call, site, workers))
    report = Report()
    if ingest and site.inbox.is_dir():
        from broadsheet import ingest as room

        outcome = ingested(site, (), room.Options(as_of, workers=options.workers, read=room.reader(call.readers)))
        report.extend(outcome.problems)
        if not machine:
            tell_filed(site, outcome, brief=True)
    proof = None
    if proven:
        from broadsheet.check.proving import prove

        with progress() as tell:
            proof = prove(site, options, report, tell)
        tally = proof.tally
    else:
        from broadsheet import pipeline

        with progress() as tell:
            tally = pipeline.update(site, options, report, tell)
    if machine:
        facts = _facts(site, tally)
        tell_json(facts | ({"differences": proof.differences} if proof else {}), report)
    else:
        tell_problems(report)
        _tell_built(site, tally, report)
        if proof:
            _tell_proof(proof)
        tell_waiting(tally.held, tally.open, site)
    sys.exit(1 if proof and proof.differences else report.exit_code(strict=strict))


def _tell_built(site: Site, tally: Tally, report: Report) -> None:
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in tally.seconds.items())
    took = f"in {sum(tally.seconds.values()):.2f} s ({stages})" if stages else "because nothing has changed"
    click.echo(
        f"{counted(tally.stories, 'story', 'stories')}, {counted(tally.editions, 'edition', 'editions')}, "
        f"{counted(tally.pages, 'page', 'pages')}: "
        f"{tally.drawn} rendered, {tally.written} written, {tally.removed} removed {took}."
    )
    if summary := report.summary():
        click.echo(f"{summary[:1].upper()}{summary[1:]}.")
    if due := tally.next:
        click.echo(f"Build again at  {due_line(due.moment, due.deed, due.story, site)}")
    started = Path(sys.argv[0]).name
    command = "python3 build.py" if started == "build.py" else "broadsheet"
    click.echo(f"The site is in {site.settings.output}/. See it with: {command} serve")


def _tell_proof(proof: Proof) -> None:
    pages, seconds = proof.clean.printed.written, sum(proof.clean.seconds.values())
    if not proof.differences:
        click.echo(f"Proven: a clean build of {counted(pages, 'file')}, in {seconds:.2f} s, is the same byte for byte.")
        return
    click.echo(f"Differs from a clean build: {len(proof.differences)} of {counted(pages, 'file')}.", err=True)
    for one in proof.differences:
        line = f" from line {one.line} on" if one.line else ""
        by = (
            f", made by {one.page.template or 'no template'} from {one.page.origin or 'several sources'}"
            if one.page
            else ""
        )
        click.echo(f"  {one.path}: {one.kind}{line}{by}", err=True)
        if one.kind == "differs" and not one.inputs:
            click.echo("      its inputs are the same in both builds", err=True)
        for said in one.inputs:
            click.echo(f"      {said}", err=True)


def _facts(site: Site, tally: Tally) -> dict[str, Any]:
    return {
        "stories": tally.stories,
        "editions": tally.editions,
        "pages": {
            "planned": tally.pages,
            "drawn": tally.drawn,
            "written": tally.written,
            "removed": tally.removed,
        },
        "seconds": tally.seconds,
        "next": tally.next,
        "held": waiting_facts(tally.held, site),
        "open": waiting_facts(tally.open, site),
    }


@click.command()
@click.option("--port", default=8000, show_default=True, help="Use this port; if it is busy, the next free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Listen at this address. 0.0.0.0 lets other machines see the preview.",
)
@click.option("--open/--no-open", "browser", default=False, help="Open the preview in a browser.")
@click.pass_obj
def serve(call: Call, port: int, host: str, *, browser: bool) -> None:
    """Show the site in a browser and reload it at every save; drafts show too.

    Nothing is written to output/. Ctrl-C ends it.
    """
    from broadsheet import preview

    preview.serve(
        call.folder,
        port=port,
        host=host,
        open_browser=browser,
        own=preview.SiteExtensions(call.filters, call.pages, call.summarise),
        tell=click.echo,
    )


MOST = 12  # templates named


@click.command()
@click.argument("name", metavar="PATH")
@AS_OF
@JSON
@click.pass_obj
def why(call: Call, name: str, now: dt.datetime | None, *, machine: bool) -> None:
    """Show what a page is made from, and what has changed since it was built.

    PATH is a file below output/, an address of the site, or the source file of a page. Nothing is built.
    """
    from broadsheet.check.explanation import explain

    site = work_on(call)
    report = Report()
    found = explain(site, build_options(call, moment(now, site)), name, report)
    if machine:
        tell_json({"page": found}, report)
        sys.exit(report.exit_code())
    tell_problems(report)
    click.echo(f"{site.settings.output}/{found.path}")
    if found.origin:
        click.echo(f"  from        {found.origin}")
    if found.template:
        click.echo(f"  template    {found.template}")
    if others := [other for other in found.reached if other != found.template]:
        more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
        click.echo(f"  includes    {', '.join(others[:MOST])}{more}")
    for field, said in found.inputs:
        click.echo(f"  {field:<11} {said}")
    click.echo("Changed since it was built:" if found.changes else "Nothing has changed since it was built.")
    for change in found.changes:
        click.echo(f"  {change}")
    sys.exit(report.exit_code())
