"""SARIF 2.1.0, the form in which code hosts and editors take the results of checks (OASIS, 2020).

In: a report. Out: a log of one run: a rule for each code that is told of, with the words of the catalogue, and a result
for each problem.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

import msgspec

from broadsheet import __version__, problems
from broadsheet.errors import Problem, Report

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
