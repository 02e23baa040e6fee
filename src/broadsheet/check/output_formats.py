"""Forms of a report that programs read: JSON, and the annotations of GitHub Actions.

In: a report. Out: text. The shape of the JSON is described in docs/problems.md, whose words stand in ``problems``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from broadsheet import __version__, problems
from broadsheet.errors import Problem, Report

if TYPE_CHECKING:
    from broadsheet.check import Checked

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
                "line": problem.place.line,
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
    entry = problems.entries().get(code)
    if entry is None:  # a site's own code may raise what the catalogue does not know
        entry = problems.ProblemEntry(code, ("warning",), "A problem that the site's own code tells of.", "", "")
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
