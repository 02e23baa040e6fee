"""The command ``check``: all there is to say of a site, in the form that a person, an editor or a host's robot reads.

In: words of a command. Out: a report on the standard output, as lines, JSON, SARIF or annotations of GitHub Actions,
and an exit code. The shape of the JSON is described in docs/reference/problems.md, whose words stand in ``problems``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
import msgspec

from broadsheet import __version__
from broadsheet.commands.console import AS_OF, Call, build_options, moment, progress, work_on, workforce
from broadsheet.errors import SHOWN, BroadsheetError, Problem, Report
from broadsheet.text import counted

if TYPE_CHECKING:
    from broadsheet.check import Checked


@click.command()
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="Print lines for people (the default), JSON, annotations for GitHub Actions, or SARIF 2.1.0.",
)
@click.option("--external", is_flag=True, help="Also check links to other sites, by asking them.")
@click.option("--all", "every", is_flag=True, help=f"List every problem, not only the first {SHOWN} of each code.")
@click.option("--explain", metavar="CODE", help="Explain a problem and what to do about it, or 'all' of them.")
@AS_OF
@click.pass_obj
def check(
    call: Call,
    form: str,
    explain: str | None,
    now: dt.datetime | None,
    *,
    strict: bool,
    external: bool,
    every: bool,
) -> None:
    """Build the site and report every problem, with file and line in your sources.

    It checks stories, links, pictures, feeds, pages and their weight.
    """
    if explain:
        _explain(explain)
        return
    from broadsheet.check import check_site
    from broadsheet.config import FILE, find

    report = Report()
    checked: Checked | None = None
    root = call.folder
    try:
        root = find(call.folder)
        site = work_on(call)
        with progress() as tell:
            options = build_options(call, moment(now, site), workforce(call, site))
            checked = check_site(site, options, report, tell, external=external)
    except BroadsheetError as cause:
        report.extend(cause.problems)
    click.echo(_drawn(form, report, checked, root / FILE, every=every), nl=False)
    sys.exit(report.exit_code(strict=strict))


def _drawn(form: str, report: Report, checked: Checked | None, settings: Path, *, every: bool) -> str:
    if form == "json":
        return as_json(report, checked)
    if form == "sarif":
        return as_sarif(report, _below(settings.parent))
    if form == "github":
        return as_annotations(report, _below(settings.parent))
    lines = list(report.lines(everything="" if every else "broadsheet check --all"))
    if checked:
        lines.append(_summary(checked))
    told = report.summary() or "no problems"
    silenced = f"; {report.suppressed} silenced" if report.suppressed else ""
    return "\n".join([*lines, f"{told[:1].upper()}{told[1:]}{silenced}.", ""])


def _summary(checked: Checked) -> str:
    counts = [counted(len(checked.built.read), "story", "stories"), counted(checked.pages, "page")]
    counts += [counted(checked.links, "link"), counted(checked.feeds, "feed")]
    counts += [counted(checked.asked, "address of another site", "addresses of other sites")] if checked.asked else []
    return (
        f"Checked {', '.join(counts[:-1])} and {counts[-1]}: {counted(checked.read, 'file')} read again in "
        f"{checked.seconds:.2f} s, after a build of {sum(checked.built.seconds.values()):.2f} s."
    )


def _below(root: Path) -> str:
    """The site's folder as seen from where the command was called, as robots name files; empty where it is the same."""
    path = os.path.relpath(root.resolve())
    return "" if path == "." or path.startswith("..") else f"{Path(path).as_posix()}/"


def _explain(code: str) -> None:
    from broadsheet import problems
    from broadsheet.text import did_you_mean

    if code == "all":
        click.echo(problems.page(), nl=False)
    elif code in problems.entries():
        click.echo(problems.explained(code), nl=False)
    else:
        raise click.UsageError(f"unknown problem code {code!r}. {did_you_mean(code, problems.entries())}")


VERSION = 1
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # what GitHub calls them


def as_json(report: Report, checked: Checked | None) -> str:
    """The report as one JSON object, in a shape that stays."""
    made: dict[str, Any] = {
        "version": VERSION,
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "notes": report.count("note"),
        "silenced": report.suppressed,
        "problems": [
            {
                "severity": problem.severity,
                "code": problem.code,
                "message": problem.message,
                "file": problem.place.file,
                "line": problem.place.line or None,
                "hint": problem.hint,
            }
            for problem in report
        ],
        "checked": {
            "stories": len(checked.built.read),
            "pages": checked.pages,
            "links": checked.links,
            "feeds": checked.feeds,
            "asked": checked.asked,
            "seconds": round(checked.seconds, 3),
        }
        if checked
        else None,
    }
    return f"{msgspec.json.format(msgspec.json.encode(made), indent=2).decode()}\n"


def as_annotations(report: Report, below: str) -> str:
    """A line for each problem, as GitHub Actions takes commands; ``below`` is the site's folder in the repository."""
    lines = []
    for problem in report:
        place = problem.place
        fields = {"file": below + place.file, "line": str(place.line) if place.line else "", "title": problem.code}
        said = ",".join(f"{name}={_property(value)}" for name, value in fields.items() if value)
        text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
        lines.append(f"::{_COMMANDS[problem.severity]} {said}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    """A message as the runner's own toolkit escapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(report: Report, below: str) -> str:
    """The report as SARIF; ``below`` is the site's folder in the repository."""
    codes = sorted({problem.code for problem in report})
    places = {code: number for number, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {"name": "Broadsheet", "version": __version__, "semanticVersion": __version__}
            | {"rules": [_rule(code) for code in codes]}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, places[problem.code], below) for problem in report],
    }
    made = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return f"{msgspec.json.format(msgspec.json.encode(made), indent=2).decode()}\n"


def _rule(code: str) -> dict[str, Any]:
    from broadsheet import problems

    entry = problems.entries().get(code)
    if entry is None:  # a site's own code may raise what the catalogue does not know
        entry = problems.ProblemEntry(code, ("warning",), "A problem that the site's own code reports.", "", "")
        markdown = f"### {code}\n\n{entry.means}\n"
    else:
        markdown = problems.explained(code)
    text = f"{entry.means} {entry.matters} {entry.remedy}".strip()
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.means},
        "help": {"text": text, "markdown": markdown},
        "helpUri": problems.address(code),
        "defaultConfiguration": {"level": entry.severity[0]},
    }


def _result(problem: Problem, rule: int, below: str) -> dict[str, Any]:
    place = problem.place
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file, below)}}
    if place.line:
        location["region"] = {"startLine": place.line}
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    mark = hashlib.sha256(f"{problem.code}\0{place.file}\0{problem.message}".encode()).hexdigest()[:32]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"broadsheet/v1": mark},  # the line moves with every edit above it, the problem does not
    }


def _uri(file: str, below: str) -> str:
    """A file as a relative reference, or the address that a problem is about."""
    if file.startswith(("http://", "https://")):
        return quote(file, safe="/%:@!$&'()*+,;=~-._?#[]")
    return quote(below + file, safe="/@!$&'()*+,;=~-._")
