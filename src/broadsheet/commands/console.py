"""What the commands share: where they were called, the clock, problems as lines, a progress bar.

In: what a command has found. Out: lines for people.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from broadsheet.errors import Report
from broadsheet.text import clip, counted

if TYPE_CHECKING:
    from broadsheet.cache.lock import Holder
    from broadsheet.cache.snapshot import WaitingList
    from broadsheet.config import Site
    from broadsheet.ingest import OwnReader
    from broadsheet.pipeline import SiteContents
    from broadsheet.pipeline.options import Options
    from broadsheet.publish import Target
    from broadsheet.workers import Workers

Filters = Mapping[str, Callable[..., Any]]
Pages = Sequence[Any]  # kinds of pages
Readers = Mapping[str, "OwnReader"]
Targets = Mapping[str, "Target"]

_WAITING = 300  # characters of what is said of a story that waits for an editor
PATIENCE = 1.0  # seconds of work after which a progress bar is shown


class Call(msgspec.Struct, frozen=True):
    """Where a command was called, and what the site's build.py brings along."""

    folder: Path
    filters: Filters = {}
    pages: Pages = ()
    readers: Readers = {}
    targets: Targets = {}
    executor: Any = None
    summarise: Callable[[Any], Any] | None = None


def moment(now: dt.datetime | None, site: Site) -> dt.datetime:
    """What the clock says in the site's time zone, or what was given in its place."""
    return now.replace(tzinfo=site.zone) if now else dt.datetime.now(site.zone)


def build_options(call: Call, as_of: dt.datetime, workers: Workers = 0) -> Options:
    """How to build as of a moment, with what the site's build.py brings along."""
    from broadsheet.pipeline.options import Options

    return Options(as_of, filters=call.filters, pages=call.pages, summarise=call.summarise, workers=workers)


def workforce(call: Call, site: Site, said: str | None = None) -> Workers:
    """Who does the work: what the command line says, else the executor of build.py, else what the settings say.

    Other machines are let go when the command ends.
    """
    from broadsheet.workers import RemoteWorkers, named

    found = named(site.settings.workers if said is None else said, call.executor if said is None else None)
    if isinstance(found, RemoteWorkers):
        click.get_current_context().call_on_close(found.close)
    return found


def _workers(_context: click.Context, _parameter: click.Parameter, said: str | None) -> str | None:
    from broadsheet.config.rules import workers_named

    if said is not None and not workers_named(said):
        raise click.BadParameter(f"{said!r} is neither a number nor an address such as dask://host:8786.")
    return said


def tell_problems(report: Report, everything: str = "broadsheet check --all") -> None:
    """Print the problems, the gravest first; ``everything`` is the command that lists all of a code, "" lists them."""
    for line in report.lines(everything=everything):
        click.echo(line, err=True)


def tell_json(facts: Mapping[str, Any], report: Report) -> None:
    """Print what a command found as one line of JSON, with every problem."""
    click.echo(msgspec.json.encode({**facts, "problems": list(report)}))


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows a bar once work takes longer than a second, where there is a terminal to show it on."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None  # noqa: ARG005, nobody looks
        return
    started = time.monotonic()
    bar: Any = None
    task: Any = None

    def tell(what: str, done: int, of: int) -> None:
        nonlocal bar, task
        if bar is None and time.monotonic() - started > PATIENCE:
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(what, total=of)
        if bar is not None:
            bar.update(task, description=what, completed=done, total=of)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.stop()


def work_on(call: Call) -> Site:
    """The site of a call, on which no other program works until the command ends. Raises BroadsheetError."""
    from broadsheet.cache import lock
    from broadsheet.config import find, open_site

    root = find(call.folder)
    context = click.get_current_context()
    context.with_resource(lock.held(root, context.command_path.partition(" ")[2], _Waiting()))
    return open_site(root)


class _Waiting:
    """Says once that a command waits for another, after a moment in which most builds of a preview have ended."""

    def __init__(self) -> None:
        self._began: float | None = time.monotonic()

    def __call__(self, holder: Holder | None) -> None:
        if self._began and holder and time.monotonic() - self._began > PATIENCE:
            self._began = None
            click.echo(f"Waiting for {holder} to end.", err=True)


def open_desk(call: Call, now: dt.datetime | None, report: Report) -> tuple[Site, SiteContents]:
    """The site of a call and its newspaper as of a moment; problems go into the report. Raises BroadsheetError."""
    from broadsheet import pipeline

    site = work_on(call)
    return site, pipeline.desk(site, moment(now, site), report)


def due_line(moment: dt.datetime, deed: str, story: str, site: Site) -> str:
    """A story's coming or going in a line; ``story`` is its path below stories."""
    return f"{moment.astimezone(site.zone):%Y-%m-%d %H:%M}  {deed:<7}  {site.settings.content}/stories/{story}"


def tell_waiting(held: WaitingList, looked_at: WaitingList, site: Site) -> None:
    """What waits for an editor, story by story: those that are held, and those of which something is open."""
    for found, one, many, remedy in (
        (held, "held as a draft", "held as drafts", "Correct what is wrong, then delete the lines status and reason:"),
        (
            looked_at,
            "to be reviewed",
            "to be reviewed",
            "Compare the fields with the source, correct them, then delete the key review with its list:",
        ),
    ):
        if found.count:
            said = f"{counted(found.count, 'story is', 'stories are')} {one if found.count == 1 else many}"
            click.echo(f"{said}. {remedy}")
        for story in found.newest:
            fields = ", ".join(story.review)
            if found is held:
                why = f"{story.reason} (to be reviewed: {fields})" if fields else story.reason
            else:  # without its status it is held no longer
                why = f"{fields}; it is no longer held, so delete the line reason too" if story.reason else fields
            click.echo(f"  {site.settings.content}/stories/{story.story}: {clip(why, _WAITING)}")
        if found.cut:
            click.echo(f"  … and {found.count - len(found.newest)} more")


def waiting_facts(found: WaitingList, site: Site) -> dict[str, Any]:
    """The same for programs."""
    stories = [
        {"file": f"{site.settings.content}/stories/{one.story}", "reason": one.reason, "review": one.review}
        for one in found.newest
    ]
    return {"count": found.count, "stories": stories}


class _Moment(click.DateTime):
    """A moment of which a year more or less, in any time zone, is one too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        found: dt.datetime = super().convert(value, param, ctx)
        if not _FIRST <= found.year <= _LAST:
            self.fail(f"{value!r} is not between the years {_FIRST} and {_LAST}.", param, ctx)
        return found


_FIRST, _LAST = 1000, 9000  # as dates of stories: what is counted from there stays among the dates that there are

JSON = click.option("--json", "machine", is_flag=True, help="Print one line of JSON instead of text.")
_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
WORKERS = click.option(
    "--workers",
    callback=_workers,
    metavar="N|ADDRESS",
    help="Use so many processes, or the cluster at this address, such as dask://host:8786.",
)
AS_OF = click.option(
    "--now",
    type=_Moment(_FORMATS),
    metavar="DATE",
    help="Pretend that it is this date and time, in the site's time zone.",
)
