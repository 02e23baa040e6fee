"""The commands ``edition`` and ``threads``: what is in every edition, and the freezing of those that are out; the
running stories, and what ties a story to its own.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet.commands.console import AS_OF, JSON, Call, open_desk, tell_json, tell_problems
from broadsheet.errors import Place, Report, fail
from broadsheet.model import Story, Thread
from broadsheet.text import did_you_mean

if TYPE_CHECKING:
    from broadsheet.newsroom import ThreadExplanation


@click.group()
def edition() -> None:
    """List the editions, or freeze those that have been published."""


@edition.command("list")
@AS_OF
@JSON
@click.pass_obj
def list_editions(call: Call, now: dt.datetime | None, *, machine: bool) -> None:
    """List every edition, the newest first: its number, date, stories, lead, and why that story leads."""
    from broadsheet.newsroom import breadth, reasons

    report = Report()
    _, desk = open_desk(call, now, report)
    notes = {note.slug: note for note in desk.notes}
    sizes = {story.id: len(thread.stories) for thread in desk.newspaper.threads for story in thread.stories}
    others = breadth(desk.newspaper.reports, desk.newspaper.stories)

    def why(lead: Story) -> list[str]:
        return list(reasons(lead, sizes.get(lead.id, 1), others.get(lead.id, 0)))

    if machine:
        listed = [
            {
                "number": one.number,
                "edition": one.slug,
                "title": one.title,
                "stories": [story.id for story in one.stories],
                "frozen": one.slug in notes and notes[one.slug].frozen is not None,
                "lead": {"id": one.lead.id, "title": one.lead.title, "why": why(one.lead)},
            }
            for one in desk.newspaper.editions
        ]
        tell_json({"editions": listed}, report)
        sys.exit(report.exit_code())
    if not desk.newspaper.editions:
        click.echo("There is no edition yet.")
    for one in desk.newspaper.editions:
        note = notes.get(one.slug)
        state = "frozen" if note and note.frozen else "edited" if note else ""
        title = f"{one.title}: " if one.title else ""
        click.echo(
            f"{one.number:>5}  {one.slug:<10}  {len(one.stories):>4}  {state:<6}  "
            f"{title}{one.lead.title} ({', '.join(why(one.lead))})"
        )
    tell_problems(report)
    sys.exit(report.exit_code())


@edition.command("freeze")
@click.argument("slugs", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Freeze every edition that is not frozen yet.")
@AS_OF
@click.pass_obj
def freeze_editions(call: Call, slugs: tuple[str, ...], now: dt.datetime | None, *, every: bool) -> None:
    """Freeze the stories of editions and their order, so that later builds do not change them.

    SLUGS are editions, such as 2025-05-08; without any it is the newest. To unfreeze an edition, delete the key
    "frozen" from its file.
    """
    from broadsheet.desk import freeze

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
            click.echo(f"{slug} is already frozen, in {file}.")
        elif file in wrong:
            click.echo(f"{slug} was not frozen: correct the errors in its file first.")
        else:
            freeze(site, editions[slug], file)
            click.echo(f"{slug} is frozen, in {file}.")
    tell_problems(report)
    sys.exit(report.exit_code())


@click.command()
@click.option(
    "--why", "asked", metavar="STORY", help="Explain why a story is in its thread. STORY is its id, file or name."
)
@AS_OF
@JSON
@click.pass_obj
def threads(call: Call, asked: str | None, now: dt.datetime | None, *, machine: bool) -> None:
    """List the running stories, the latest first; with --why, explain what ties a story to its thread.

    With --json also the other reports of each story's event, by id.
    """
    from broadsheet.newsroom import explained

    report = Report()
    site, desk = open_desk(call, now, report)
    if asked is None:
        if machine:
            listed = [_facts(one, site.zone) for one in desk.newspaper.threads]
            click.echo(msgspec.json.encode({"threads": listed, "reports": desk.newspaper.reports}))
            return
        for thread in desk.newspaper.threads:
            first, last = (thread.stories[place].date.astimezone(site.zone) for place in (0, -1))
            days = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
            click.echo(f"{len(thread.stories):>4}  {days}  {thread.title}  ({thread.slug})")
        return
    stories = desk.newspaper.stories
    known = {name: story for story in stories for name in (story.slug, story.path, story.id)}
    story = known.get(asked.removeprefix(f"{site.settings.content}/stories/"))
    if story is None:
        place = Place(f"{site.settings.content}/stories")
        names = (story.slug for story in stories)
        raise fail("story-unknown", f"there is no published story {asked!r}", place, did_you_mean(asked, names))
    found = explained(stories, site.settings, story.id)
    if machine:
        click.echo(msgspec.json.encode(_reasons(story, found, site.zone)))
        return
    click.echo(f"{story.title}")
    click.echo(f"is in the thread: {found.thread.title}" if found and found.thread else "is in no thread that is shown")
    for step in found.steps if found else ():
        ties = ", ".join(f"{tie.name} {tie.weight:.0%}" for tie in step.ties)
        asked_for = f" at {step.likeness:.2f}, where {step.asked:.2f} was needed" if step.how != "pinned" else ""
        click.echo(f"  {step.how} {_WITH[step.how]} “{step.first.title}”{asked_for}{': ' if ties else ''}{ties}")


_WITH = {"pinned": "with", "joined": "in its week with", "continued": "those of an earlier week:"}


def _facts(thread: Thread, zone: dt.tzinfo) -> dict[str, Any]:
    """A thread for programs: its stories oldest first, what ties it with the share of each (0 to 1)."""
    return {
        "id": thread.id,
        "slug": thread.slug,
        "title": thread.title,
        "named": thread.named,
        "aliases": thread.aliases,
        "ties": thread.ties,
        "stories": [_named(story, zone) for story in thread.stories],
    }


def _named(story: Story, zone: dt.tzinfo) -> dict[str, Any]:
    date = story.date.astimezone(zone)
    return {"id": story.id, "file": story.path, "title": story.title, "date": date if story.timed else date.date()}


def _reasons(story: Story, found: ThreadExplanation | None, zone: dt.tzinfo) -> dict[str, Any]:
    steps = [
        {
            "how": step.how,
            "with": _named(step.first, zone),
            "likeness": step.likeness,
            "asked": step.asked,
            "ties": step.ties,
        }
        for step in (found.steps if found else ())
    ]
    thread = found.thread.id if found and found.thread else None
    return {"story": _named(story, zone), "thread": thread, "steps": steps}
