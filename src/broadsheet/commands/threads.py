"""The command ``threads``: the running stories, and what ties a story to its own.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt

import click

from broadsheet.commands.console import AS_OF, Call, open_desk
from broadsheet.errors import Place, Report, fail
from broadsheet.text import did_you_mean


@click.command()
@click.option("--why", "asked", metavar="STORY", help="Tell why a story (its id, file or name) stands where it does.")
@AS_OF
@click.pass_obj
def threads(call: Call, asked: str | None, now: dt.datetime | None) -> None:
    """List the running stories, the latest first; with --why, show what ties a story to its own."""
    from broadsheet.newsroom import explained

    report = Report()
    site, desk = open_desk(call, now, report)
    if asked is None:
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
        raise fail("story-unknown", f"there is no story {asked!r} that is out", place, did_you_mean(asked, names))
    found = explained(stories, site.settings, story.id)
    click.echo(f"{story.title}")
    click.echo(f"stands in: {found.thread.title}" if found and found.thread else "stands in no thread that is shown")
    for step in found.steps if found else ():
        ties = ", ".join(f"{tie.name} {tie.weight:.0%}" for tie in step.ties)
        asked_for = f" at {step.likeness:.2f}, where {step.asked:.2f} was asked" if step.how != "pinned" else ""
        click.echo(f"  {step.how} with “{step.first.title}”{asked_for}: {ties}")
