"""The command ``calendar``: what will appear on the site, be updated or go from it, and when; and what runs then.

In: words of a command. Out: lines for people, and an exit code; units for systemd, a line for cron.
"""

from __future__ import annotations

import datetime as dt
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from broadsheet.commands.console import AS_OF, JSON, Call, due_line, moment, open_desk, tell_json, tell_problems
from broadsheet.disk import printable
from broadsheet.errors import Place, Report, fail
from broadsheet.text import counted

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.model import Story
    from broadsheet.newsroom import Change

COMMANDS = ("build", "publish")  # what a site is brought up to date by
_BACK = frozenset({"--rollback", "--releases"})  # with which publish brings nothing up to date
EVERY = 5  # minutes from one look at the calendar to the next
_DONE = "calendar"  # what the cache calls the moments of the last runs, by command


@click.command()
@click.option(
    "--ical", type=click.Path(path_type=Path, dir_okay=False), help="Also write the dates to this file, as iCalendar."
)
@click.option(
    "--run",
    "wanted",
    metavar="COMMAND",
    help='Run build or publish, such as "publish web", if a story has appeared, was updated or has expired since.',
)
@click.option(
    "--systemd",
    "units",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a systemd service and timer to this folder, which do this every five minutes.",
)
@click.option("--cron", is_flag=True, help="Print a line for crontab that does the same.")
@AS_OF
@JSON
@click.pass_context
def calendar(
    context: click.Context,
    ical: Path | None,
    wanted: str | None,
    units: Path | None,
    now: dt.datetime | None,
    *,
    cron: bool,
    machine: bool,
) -> None:
    """List the stories that will appear, be updated or expire, and when.

    A static site only changes when it is built: at those dates it must be built or published again.
    """
    from broadsheet import disk
    from broadsheet.newsroom import coming, stuck
    from broadsheet.render.feeds.documents import Event, icalendar

    call: Call = context.obj
    words = _words(wanted) if wanted is not None else ()
    report = Report()
    site, desk = open_desk(call, now, report)
    as_of = moment(now, site)
    if units or cron:
        _tell_timers(site, call, units, cron=cron)
        return
    if words:
        sys.exit(_run(context, site, desk.stories, as_of, words))
    changes = coming(desk.stories, as_of)
    for change in () if machine else changes:
        click.echo(due_line(change.moment, change.deed, change.story.path, site))
    if not (changes or machine):
        click.echo("No story is due to appear, be updated or expire.")
    if not machine:
        _tell_held(stuck(desk.stories, as_of), site)
    if ical:
        events = [
            Event(
                f"{change.deed}:{change.story.id}@broadsheet",
                change.moment,
                f"{change.story.title} {change.deed}",
                f"{site.settings.content}/stories/{change.story.path}",
            )
            for change in changes
        ]
        disk.replace(ical, icalendar(site.settings.title, events, as_of))
        if not machine:
            click.echo(f"Written to {ical}.")
    if machine:
        due = [{"moment": one.moment, "deed": one.deed, "story": one.story.id} for one in changes]
        tell_json({"changes": due}, report)
        sys.exit(report.exit_code())
    tell_problems(report)
    sys.exit(report.exit_code())


def _tell_held(stories: Sequence[Story], site: Site) -> None:
    """The drafts that have a day to come: it brings them to no reader."""
    from broadsheet.newsroom import appears

    if stories:
        said = f"{counted(len(stories), 'draft does', 'drafts do')} not appear on the day that is set"
        click.echo(f"{said}. To let one appear, delete its lines status and reason:")
    for story in stories:
        why = f"  ({story.reason})" if story.reason else ""
        click.echo(due_line(appears(story), "draft", story.path, site) + printable(why))


def _words(wanted: str) -> Sequence[str]:
    """The words of a command to run. Raises click.BadParameter for one that does not bring a site up to date."""
    try:
        words = shlex.split(wanted)
    except ValueError as cause:
        raise click.BadParameter(f"{wanted!r}: {cause}", param_hint="--run") from cause
    if not words or words[0] not in COMMANDS:
        raise click.BadParameter(f"{wanted!r} is not {' or '.join(COMMANDS)}", param_hint="--run")
    if _BACK.intersection(words):
        raise click.BadParameter(f"{wanted!r} publishes nothing new", param_hint="--run")
    return words


def _run(context: click.Context, site: Site, stories: Sequence[Story], as_of: dt.datetime, words: Sequence[str]) -> int:
    """Run a command if something is due since it was last run so, and came to a good end; its exit code.

    Nothing is printed where nothing is due: whoever looks every few minutes gets no mail about it.
    """
    from broadsheet.cache import Files

    cache, name = Files(site.cache), shlex.join(words)
    done = _done(cache.get(_DONE))
    due = _due(stories, done.get(name), as_of)
    if due is None:
        return 0
    for change in due:
        click.echo(due_line(change.moment, change.deed, change.story.path, site))
    program = context.find_root()
    command = program.command.get_command(program, words[0])  # type: ignore[attr-defined]  # it is a group
    code: object = 0
    try:
        with command.make_context(words[0], list(words[1:]), parent=program) as inner:
            command.invoke(inner)
    except SystemExit as end:
        code = end.code
    if not code and "--dry-run" not in words:
        cache.put(_DONE, msgspec.json.encode({**done, name: as_of}))
    return code if isinstance(code, int) else 1


def _done(kept: bytes | None) -> Mapping[str, dt.datetime]:
    """When each command was last run to a good end."""
    try:
        return msgspec.json.decode(kept or b"{}", type=dict[str, dt.datetime])
    except msgspec.DecodeError:
        return {}


def _due(stories: Sequence[Story], since: dt.datetime | None, as_of: dt.datetime) -> list[Change] | None:
    """What has appeared, was updated or has gone since a moment; None where nothing has.

    Where no moment is known, or it is still to come, something may have.
    """
    from broadsheet.newsroom import coming

    if since is None or since > as_of:
        return []
    return [change for change in coming(stories, since) if change.moment <= as_of] or None


def _tell_timers(site: Site, call: Call, units: Path | None, *, cron: bool) -> None:
    """Write the units of systemd, print the line of a crontab. Raises BroadsheetError (``unit-there``)."""
    from broadsheet import disk

    command = COMMANDS[1] if site.settings.targets or call.targets else COMMANDS[0]
    program = _program(site.root.resolve())
    if units:
        name = f"broadsheet-{re.sub(r'[^A-Za-z0-9_.-]+', '-', site.root.resolve().name).strip('-') or 'site'}"
        made = {units / f"{name}.service": _service(site, program, command), units / f"{name}.timer": _timer(site)}
        for file, text in made.items():
            if file.exists() and file.read_bytes() != text.encode():
                hint = "Move it away, or name another folder and compare the two files."
                raise fail("unit-there", "exists already, with other content", Place(str(file)), hint)
        for file, text in made.items():
            disk.replace(file, text.encode())
            click.echo(f"Written to {file}.")
        click.echo(f"Start it with: systemctl --user daemon-reload && systemctl --user enable --now {name}.timer")
    if cron:
        line = shlex.join([*program, "calendar", "--run", command]).replace("%", r"\%")
        click.echo(f"*/{EVERY} * * * * {line}")


def _program(root: Path) -> list[str]:
    """What runs this very Broadsheet on the site: by way of its build.py, which may bring targets of its own."""
    if (root / "build.py").is_file():
        return [sys.executable, str(root / "build.py")]
    return [sys.executable, "-m", "broadsheet", "--site", str(root)]


_SERVICE = """\
# Made by: broadsheet calendar --systemd
[Unit]
Description=Brings {title} up to date when a story appears, is updated or goes

[Service]
Type=oneshot
WorkingDirectory={root}
ExecStart={command}
"""
_TIMER = """\
# Made by: broadsheet calendar --systemd
[Unit]
Description=Looks at the calendar of {title}

[Timer]
OnCalendar=*:0/{every}
AccuracySec=10s
Persistent=true

[Install]
WantedBy=timers.target
"""


def _service(site: Site, program: Sequence[str], command: str) -> str:
    words = " ".join(map(_quoted, (*program, "calendar", "--run", command)))
    root = str(site.root.resolve()).replace("%", "%%")
    return _SERVICE.format(title=_title(site), root=root, command=words)


def _timer(site: Site) -> str:
    return _TIMER.format(title=_title(site), every=EVERY)


def _title(site: Site) -> str:
    return " ".join(site.settings.title.split()).replace("%", "%%")


def _quoted(word: str) -> str:
    """A word as systemd's lines have it (systemd.service(5), "Command lines")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
