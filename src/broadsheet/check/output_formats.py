"""Forms of a report that programs read: JSON, and the annotations of GitHub Actions.

In: a report. Out: text. The shape of the JSON is described in docs/problems.md, whose words stand in ``problems``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.errors import Report

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
