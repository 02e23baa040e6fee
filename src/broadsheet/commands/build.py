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

from broadsheet.commands.console import (
    Call,
    build_options,
    due_line,
    moment,
    progress,
    tell_problems,
    tell_waiting,
    waiting_facts,
    work_on,
)
from broadsheet.commands.ingest import ingested, tell_filed
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.cache.snapshot import Tally
    from broadsheet.check.proving import Proof
    from broadsheet.config import Site


@click.command()
@click.option("--ingest/--no-ingest", default=True, help="Take in content/inbox first (the default), or do not.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--now", type=click.DateTime(), help="Build as of another moment, in the site's time zone.")
@click.option("--prove", "proven", is_flag=True, help="Build clean as well, elsewhere, and compare byte for byte.")
@click.option("--json", "machine", is_flag=True, help="Print one JSON object instead of lines.")
@click.pass_obj
def build(call: Call, now: dt.datetime | None, *, ingest: bool, strict: bool, proven: bool, machine: bool) -> None:
    """Take in content/inbox and build the site below output/."""
    site = work_on(call)
    as_of = moment(now, site)
    report = Report()
    if ingest and site.inbox.is_dir():
        from broadsheet import ingest as room

        outcome = ingested(site, (), room.Options(as_of, read=room.reader(call.readers)))
        report.extend(outcome.problems)
        if not machine:
            tell_filed(site, outcome, brief=True)
    proof = None
    if proven:
        from broadsheet.check.proving import prove

        with progress() as tell:
            proof = prove(site, build_options(call, as_of), report, tell)
        tally = proof.tally
    else:
        from broadsheet import pipeline

        with progress() as tell:
            tally = pipeline.update(site, build_options(call, as_of), report, tell)
    if machine:
        facts = _facts(site, tally, report)
        click.echo(msgspec.json.encode(facts | ({"differences": proof.differences} if proof else {})))
    else:
        tell_problems(report)
        _tell_built(site, tally, report)
        if proof:
            _tell_proof(proof)
        tell_waiting(tally.held, tally.open, site)
    sys.exit(1 if proof and proof.differences else report.exit_code(strict=strict))


def _tell_built(site: Site, tally: Tally, report: Report) -> None:
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in tally.seconds.items())
    took = f"in {sum(tally.seconds.values()):.2f} s ({stages})" if stages else "as nothing has changed"
    click.echo(
        f"{_count(tally.stories, 'story', 'stories')}, {_count(tally.editions, 'edition', 'editions')}, "
        f"{_count(tally.pages, 'page', 'pages')}: "
        f"{tally.drawn} drawn, {tally.written} written, {tally.removed} removed {took}."
    )
    if summary := report.summary():
        click.echo(f"{summary[:1].upper()}{summary[1:]}.")
    if due := tally.next:
        click.echo(f"To be built again at  {due_line(due.moment, due.deed, due.story, site)}")
    started = Path(sys.argv[0]).name
    command = "python3 build.py" if started == "build.py" else "broadsheet"
    click.echo(f"The site is in {site.settings.output}/. See it with: {command} serve")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _tell_proof(proof: Proof) -> None:
    pages, seconds = proof.clean.printed.written, sum(proof.clean.seconds.values())
    if not proof.differences:
        click.echo(
            f"Proven: a clean build of {pages} files, in {seconds:.2f} s, makes every one of them byte for byte."
        )
        return
    click.echo(f"Not as a clean build makes it: {len(proof.differences)} of {pages} files.", err=True)
    for one in proof.differences:
        line = f" from line {one.line} on" if one.line else ""
        by = (
            f", drawn by {one.page.template or 'nobody'} from {one.page.origin or 'several sources'}"
            if one.page
            else ""
        )
        click.echo(f"  {one.path}: {one.kind}{line}{by}", err=True)
        if one.kind == "differs" and not one.inputs:
            click.echo("      its inputs are the same in both builds", err=True)
        for said in one.inputs:
            click.echo(f"      {said}", err=True)


def _facts(site: Site, tally: Tally, report: Report) -> dict[str, Any]:
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
        "problems": list(report),
    }
