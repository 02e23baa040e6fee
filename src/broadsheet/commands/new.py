"""The command ``new``: a new site, or a new story in one.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from broadsheet.commands.console import Call, work_on
from broadsheet.errors import Place, fail
from broadsheet.text import did_you_mean

if TYPE_CHECKING:
    from broadsheet.config import Site


class _Folders(click.Group):
    """A group whose first word is a folder, unless it is "story"; a folder of that name is ./story."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = not args or args[0] == "story" or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else ["site", *args])


@click.group(cls=_Folders, subcommand_metavar='DIR | story "TITLE"')
def new() -> None:
    """Make a new site in a folder (new DIR), or begin a story in the site that you are in (new story "Title")."""


@new.command("site")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--title", default="", help="The name of the digest; made of the folder's name otherwise.")
@click.option("--url", default="", help="Where it will be published.")
@click.option("--language", default="", help="Its language, such as en or pt-BR.")
@click.option("--timezone", default="", help="Its time zone, such as Europe/London; this machine's otherwise.")
@click.option("--edition", type=click.Choice(["daily", "weekly", "monthly"]), default="daily", show_default=True)
@click.option(
    "--add", is_flag=True, help="In a folder that holds files: make what is missing, and leave what is there."
)
def new_site(folder: Path, *, add: bool, **said: str) -> None:
    """Make a site in DIR that builds at once: settings, front door, two raw samples, a workflow for hosts."""
    from broadsheet.desk import new_site

    if sys.stdin.isatty() and sys.stdout.isatty():
        said |= _asked(new_site.default_title(folder), new_site.local_zone(), said)
    request = msgspec.convert(said, new_site.NewSiteRequest)
    done = new_site.found(folder, request, add=add)
    for path in done.made:
        click.echo(f"made  {folder / path}")
    for path in done.kept:
        click.echo(f"kept  {folder / path}, which was there")
    if "pyproject.toml" in done.kept and "[tool.broadsheet" not in (folder / "pyproject.toml").read_text(
        "utf-8", "replace"
    ):
        click.echo("Add a table [tool.broadsheet] to its pyproject.toml: that makes it a site.")
    line, anywhere = new_site.requirement()
    if not anywhere and "pyproject.toml" in done.made:
        click.echo(
            f"Its pyproject.toml installs {line}, a place on this machine: write another there for other machines."
        )
    where = "" if folder.samefile(".") else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"Next: {where}python3 build.py && python3 build.py serve")


@new.command("story")
@click.argument("title")
@click.option("--section", default="", help="One of the site's sections.")
@click.option(
    "--date", "day", default="", metavar="DAY", help="2025-05-08, or with a time: 2025-05-08T14:30. Now otherwise."
)
@click.option("--author", "authors", multiple=True, help="A byline; may be given several times.")
@click.pass_obj
def new_story(call: Call, title: str, section: str, day: str, authors: tuple[str, ...]) -> None:
    """Begin a story: a draft below content/stories with an id of its own, to be written in any editor."""
    from broadsheet.desk import new_story

    site = work_on(call)
    known = new_story.Beginning(title, _date(day, site), section, authors)
    name = new_story.settled(site, section)
    if name and name not in site.settings.sections:
        click.echo(f"{name!r} is not among the site's sections. {did_you_mean(name, site.settings.sections)}", err=True)
    path = new_story.begin(site, known)
    click.echo(f"{site.stories / path}")
    click.echo("It is a draft, which the preview shows. Remove 'status: draft' to publish it.")


def _asked(title: str, zone: str, said: dict[str, str]) -> dict[str, str]:
    """What a person at a terminal says of a new site, for all that no option said."""
    questions = {
        "title": ("The name of the digest", title),
        "url": ("Where it will be published", "https://example.org/"),
        "language": ("Its language", "en"),
        "timezone": ("Its time zone", zone),
    }
    return {key: click.prompt(*question) for key, question in questions.items() if not said[key]}


def _date(text: str, site: Site) -> dt.date:
    """A day, or a moment in the site's time zone; now where nothing is said. Raises BroadsheetError."""
    if not text:
        return dt.datetime.now(site.zone).replace(second=0, microsecond=0)
    try:
        if len(text) <= len("2025-05-08"):
            return dt.date.fromisoformat(text)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        hint = "Write it as 2025-05-08 or 2025-05-08T14:30."
        raise fail("value", f"{text!r} is not a day", Place("--date"), hint) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=site.zone)
