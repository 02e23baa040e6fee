"""The command ``edition``: what is in every edition, and the freezing of those that are out.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys

import click

from broadsheet.commands.console import AS_OF, Call, open_desk, tell_problems
from broadsheet.errors import Place, Report, fail
from broadsheet.text import did_you_mean


@click.group()
def edition() -> None:
    """List editions, and freeze those that have been published."""


@edition.command("list")
@AS_OF
@click.pass_obj
def list_editions(call: Call, now: dt.datetime | None) -> None:
    """Print every edition, the newest first: its number, name, stories, and why its lead leads."""
    from broadsheet.newsroom import reasons

    report = Report()
    _, desk = open_desk(call, now, report)
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
@AS_OF
@click.pass_obj
def freeze_editions(call: Call, slugs: tuple[str, ...], now: dt.datetime | None, *, every: bool) -> None:
    """Record the stories of editions and their order, so that later builds leave them: of SLUGS, or of the newest.

    To let an edition go again, take the key "frozen" out of its file.
    """
    from broadsheet.desk.freeze import freeze

    report = Report()
    site, desk = open_desk(call, now, report)
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
