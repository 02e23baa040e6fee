"""What commands that let a site go out have in common: the answers that they take, and what would change, in stories.

In: a ``Clearance``. Out: options, lines for people, facts for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from broadsheet.commands.console import waiting_facts

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.publication.clearance import Clearance, StoryChange

SHOWN = 12  # stories of a kind that are printed; the rest is counted
_KINDS = tuple((name, name) for name in ("new", "corrected", "retracted", "changed", "moved", "gone"))

Command = TypeVar("Command", bound=Callable[..., Any])


def answered(command: Command) -> Command:
    """The options by which an editor answers what would else stop a site from going out."""
    for option in reversed(
        (
            click.option(
                "--accept", multiple=True, metavar="GUID|PATH", help="Send this entry again, or replace this file."
            ),
            click.option(
                "--corrected",
                multiple=True,
                nargs=2,
                metavar="STORY TEXT",
                help="Add this correction to the story first.",
            ),
            click.option(
                "--not-a-fact", "no_facts", multiple=True, metavar="STORY", help="Its words changed, and no fact did."
            ),
            click.option("--strict", is_flag=True, help="Let nothing out while there is a warning."),
            click.option("--anyway", is_flag=True, help="Let the site out as it is while it has errors."),
            click.option("--json", "machine", is_flag=True, help="Print one line of JSON for programs."),
        )
    ):
        command = option(command)
    return command


def tell_stories(target: str, found: Clearance, files: int | None, *, first: bool) -> None:
    """What would change, in stories: each by name, then counted; then what it means to subscribers."""
    changes = found.stories
    for name, word in _KINDS:
        stories: Sequence[StoryChange] = getattr(changes, name)
        for one in stories[:SHOWN]:
            where = f"/{one.before} → /{one.address}" if name == "moved" else one.file or f"/{one.address}"
            click.echo(f"{word:<10} {one.title or one.id}  ({where})")
        if len(stories) > SHOWN:
            click.echo(f"{word:<10} … and {len(stories) - SHOWN} more")
    click.echo(f"{target}: {summary(found, files)}.")
    nothing = " (nothing was published before)" if first else ""
    click.echo(f"Subscribers: {found.resend_check}{nothing}.")


def summary(found: Clearance, files: int | None) -> str:
    """What would change in one line: "3 stories new, 1 corrected; 2 feeds carry 4 new entries; 212 files"."""
    said = list[str]()
    for name, word in _KINDS:
        if count := len(getattr(found.stories, name)):
            noun = "" if said else "story " if count == 1 else "stories "
            on = " (its old address goes on)" if count == 1 else " (their old addresses go on)"
            said.append(f"{count} {noun}{word}{on if name == 'moved' else ''}")
    parts = [", ".join(said) or "no story changed"]
    if new := len(found.resend_check.new):
        feeds = found.feeds
        carry = f"{feeds} feeds carry" if feeds != 1 else "1 feed carries"
        parts.append(f"{carry} {new} new {'entries' if new != 1 else 'entry'}")
    if files is not None:
        parts.append(f"{files} file{'s' if files != 1 else ''}")
    return "; ".join(parts)


def facts(target: str, found: Clearance, site: Site, *, first: bool) -> dict[str, Any]:
    """The same for programs."""
    check = found.resend_check
    return {
        "target": target,
        "first": first,
        "stories": found.stories,
        "feeds": {"count": found.feeds, "new": check.new, "updated": check.updated, "gone": check.gone},
        "resends": check.resends,
        "held": waiting_facts(found.built.held, site),
        "open": waiting_facts(found.built.open, site),
    }
