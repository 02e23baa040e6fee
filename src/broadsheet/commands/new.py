"""The commands ``new`` and ``import``: a new site, a new story in one, the content of another program's site.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
import msgspec

from broadsheet.commands.console import JSON, Call, tell_json, tell_problems, work_on
from broadsheet.errors import Place, Report, fail
from broadsheet.text import did_you_mean

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.migrate import Generator, ImportOutcome


class _Folders(click.Group):
    """A group whose first word is a folder, unless it is "story"; a folder of that name is ./story."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = not args or args[0] == "story" or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else ["site", *args])


@click.group(cls=_Folders, subcommand_metavar='DIR | story "TITLE"')
def new() -> None:
    """Make a new site in a folder (new DIR), or begin a story in the site you are in (new story "Title")."""


@new.command("site")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--title", default="", help="Name the digest. The default is made from the folder's name.")
@click.option("--url", default="", help="Set the address where it will be published.")
@click.option("--language", default="", help="Set its language, such as en or pt-BR.")
@click.option(
    "--timezone", default="", help="Set its time zone, such as Europe/London. The default is that of this machine."
)
@click.option(
    "--edition",
    type=click.Choice(["daily", "weekly", "monthly"]),
    default="daily",
    show_default=True,
    help="Set what an edition covers.",
)
@click.option(
    "--add", is_flag=True, help="In a folder that has files: create what is missing, and change nothing that is there."
)
def new_site(folder: Path, *, add: bool, **said: str) -> None:
    """Make a site in DIR that builds at once: settings, build.py, two raw samples, files for editors and hosts."""
    from broadsheet.desk import beginnings

    if sys.stdin.isatty() and sys.stdout.isatty():
        said |= _asked(beginnings.default_title(folder), beginnings.local_zone(), said)
    request = msgspec.convert(said, beginnings.NewSiteRequest)
    done = beginnings.found(folder, request, add=add)
    for path in done.made:
        click.echo(f"made  {folder / path}")
    for path in done.kept:
        click.echo(f"kept  {folder / path}, which was there")
    if "pyproject.toml" in done.kept and "[tool.broadsheet" not in (folder / "pyproject.toml").read_text(
        "utf-8", "replace"
    ):
        click.echo("Add a table [tool.broadsheet] to its pyproject.toml to make it a site.")
    line, anywhere = beginnings.requirement()
    if not anywhere and "pyproject.toml" in done.made:
        click.echo(
            f"Its pyproject.toml installs {line}, a path on this machine: "
            "change that line to use the site on another machine."
        )
    where = "" if folder.samefile(".") else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"Next: {where}python3 build.py && python3 build.py serve")


@new.command("story")
@click.argument("title")
@click.option("--section", default="", help="Set its section, one of the site's sections.")
@click.option(
    "--date",
    "day",
    default="",
    metavar="DAY",
    help="Set its date: 2025-05-08, or 2025-05-08T14:30. The default is now.",
)
@click.option("--author", "authors", multiple=True, help="Add an author. Repeat it for several.")
@click.pass_obj
def new_story(call: Call, title: str, section: str, day: str, authors: tuple[str, ...]) -> None:
    """Begin a story: a draft below content/stories with its own id, for you to write in any editor."""
    from broadsheet.desk import beginnings

    site = work_on(call)
    known = beginnings.Beginning(title, _date(day, site), section, authors)
    name = beginnings.settled(site, section)
    if name and name not in site.settings.sections:
        click.echo(f"{name!r} is not in the setting 'sections'. {did_you_mean(name, site.settings.sections)}", err=True)
    path = beginnings.begin(site, known)
    click.echo(f"{site.stories / path}")
    click.echo("It is a draft: only the preview shows it. Delete the line 'status: draft' to publish it.")


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
        raise fail("value", f"{text!r} is not a date", Place("--date"), hint) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=site.zone)


@click.command("import")
@click.argument("old", type=click.Path(path_type=Path, exists=True), metavar="FOLDER|EXPORT")
@click.option(
    "--from",
    "kind",
    type=click.Choice(["hugo", "jekyll", "pelican", "wordpress", "ghost"]),
    help="Name the old site's program. By default it is detected.",
)
@click.option(
    "--uploads",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take pictures from this folder: wp-content/uploads of WordPress, content of Ghost.",
)
@click.option(
    "--lang",
    default="",
    metavar="TAG",
    help="Set the main language. Stories in other languages become its translations.",
)
@click.option("--only", default="", metavar="TAGS", help="Import only these languages, such as de,en.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--all", "every", is_flag=True, help="List every problem, not only the first of each kind.")
@JSON
@click.pass_obj
def import_(
    call: Call,
    /,
    old: Path,
    kind: str | None,
    uploads: Path | None,
    *,
    dry_run: bool,
    every: bool,
    machine: bool,
    **tags: str,
) -> None:
    """Import the posts, pages and pictures of another site, which is not changed.

    FOLDER is a site of Hugo, Jekyll or Pelican. EXPORT is the XML file that WordPress exports, or the JSON file that
    Ghost exports.
    """
    from broadsheet import migrate
    from broadsheet.config import open_site

    site = open_site(call.folder) if dry_run else work_on(call)
    taken = tuple(filter(None, (tag.strip() for tag in tags["only"].split(","))))
    outcome = migrate.run(
        site,
        old,
        cast("Generator | None", kind),
        lang=tags["lang"].strip(),
        only=taken,
        uploads=uploads,
        dry_run=dry_run,
    )
    report = Report(outcome.problems)
    if machine:
        tell_json({"from": outcome.kind, "done": outcome.done, "sections": outcome.sections}, report)
        sys.exit(report.exit_code())
    tell_problems(report, "" if every else "broadsheet import --all")
    _tell(outcome, site.settings.content, dry_run=dry_run)
    if outcome.sections:
        listed = ", ".join(f'"{name}"' for name in (*site.settings.sections, *outcome.sections))
        click.echo(f"To keep its sections, write in pyproject.toml: sections = [{listed}]")
    sys.exit(report.exit_code())


def _tell(outcome: ImportOutcome, content: str, *, dry_run: bool) -> None:
    for row in outcome.done:
        if row.deed != "unchanged":
            click.echo(f"{row.deed:<8} {content}/{row.path}  from {row.file}")
    counts = Counter(row.deed for row in outcome.done)
    words = ", ".join(f"{number} {deed}" for deed, number in counts.most_common()) or "nothing"
    name = "WordPress" if outcome.kind == "wordpress" else outcome.kind.title()
    click.echo(f"{'Would import' if dry_run else 'Import'} from {name}: {words}.")
