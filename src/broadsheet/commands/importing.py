"""The command ``import``: the content of a Hugo, Jekyll or Pelican site into this one.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from broadsheet.commands.console import Call, tell_problems, work_on
from broadsheet.errors import Problem, Report, note

if TYPE_CHECKING:
    from broadsheet.migrate import Generator, Outcome

SHOWN = 5  # problems that say the same, each with its place; the rest is counted


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--from", "kind", type=click.Choice(["hugo", "jekyll", "pelican"]), help="Found out where it is not said."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--all", "every", is_flag=True, help="List everything that could not be taken over.")
@click.pass_obj
def import_(call: Call, folder: Path, kind: str | None, *, dry_run: bool, every: bool) -> None:
    """Import the posts, pages and pictures of the Hugo, Jekyll or Pelican site in FOLDER, which is left as it is."""
    from broadsheet import migrate
    from broadsheet.config import open_site

    site = open_site(call.folder) if dry_run else work_on(call)
    outcome = migrate.run(site, folder, cast("Generator | None", kind), dry_run=dry_run)
    report = Report(outcome.problems if every else _shortened(outcome.problems))
    tell_problems(report)
    _tell(outcome, site.settings.content, dry_run=dry_run)
    if outcome.sections:
        listed = ", ".join(f'"{name}"' for name in (*site.settings.sections, *outcome.sections))
        click.echo(f"To take over its sections: sections = [{listed}] in pyproject.toml")
    sys.exit(report.exit_code())


def _tell(outcome: Outcome, content: str, *, dry_run: bool) -> None:
    for row in outcome.done:
        if row.deed != "unchanged":
            click.echo(f"{row.deed:<8} {content}/{row.path}  from {row.file}")
    counts = Counter(row.deed for row in outcome.done)
    words = ", ".join(f"{number} {deed}" for deed, number in counts.most_common()) or "nothing"
    click.echo(f"{'Would import' if dry_run else 'Import'} from {outcome.kind.title()}: {words}.")


def _shortened(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems without those that say the same as several before; a note tells how many those are."""
    seen: Counter[tuple[str, str]] = Counter()
    shown = []
    for problem in problems:
        same = (problem.code, problem.message)
        seen[same] += 1
        if seen[same] <= SHOWN or problem.severity == "error":
            shown.append(problem)
    first = {(problem.code, problem.message): problem for problem in reversed(problems)}
    for same, number in seen.items():
        if number > SHOWN and first[same].severity != "error":
            message = f"{same[1]}: {number - SHOWN} more (--all lists them)"
            shown.append(note(same[0], message, first[same].place))
    return shown
