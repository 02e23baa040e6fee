"""Suppressions: the problems that a site's settings silence, by their code and the files in which they stand.

In: the table ``silence`` of the settings. Out: what it covers, what of it covers nothing, what is wrong with it.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from broadsheet.config.rules import Lines
from broadsheet.errors import Problem, error
from broadsheet.problems import entries
from broadsheet.text import did_you_mean


class Suppressions:
    """What one site's settings silence; ``content`` is how a user calls the folder of what people write."""

    def __init__(self, table: Mapping[str, Iterable[str]], content: str) -> None:
        self._prefix = f"{content}/"
        self._patterns = {code: tuple(patterns) for code, patterns in table.items()}
        self._rules = {
            code: [(pattern, re.compile(fnmatch.translate(pattern))) for pattern in patterns]
            for code, patterns in self._patterns.items()
        }
        self._used: set[tuple[str, str]] = set()

    def covers(self, problem: Problem) -> bool:
        """Whether a problem is silenced. An error is only where the catalogue lets it be."""
        rules = self._rules.get(problem.code)
        if not rules or (problem.severity == "error" and not entries()[problem.code].lint):
            return False
        file = problem.place.file
        names = (file, file.removeprefix(self._prefix))
        found = [pattern for pattern, rule in rules if any(map(rule.match, names))]
        self._used.update((problem.code, pattern) for pattern in found)
        return bool(found)

    def unused(self) -> Iterator[tuple[str, str]]:
        """The codes and patterns that have covered nothing so far."""
        for code, patterns in self._patterns.items():
            yield from ((code, pattern) for pattern in patterns if (code, pattern) not in self._used)


def check(table: Any, place: Lines) -> list[Problem]:
    """What is wrong with the table; ``place`` tells where it, or a key in it, stands."""
    if not isinstance(table, dict):
        return [error("settings-type", "silence: expected a table of codes with lists of files", place())]
    problems = []
    for code, patterns in table.items():
        if code not in entries():
            hint = did_you_mean(code, entries())
            problems.append(error("settings-unknown", f"silence: unknown problem code {code!r}", place(code), hint))
        elif not entries()[code].suppressible:
            message = f"silence: {code} is an error, and cannot be silenced"
            problems.append(error("settings-value", message, place(code), f"See: broadsheet check --explain {code}"))
        elif not isinstance(patterns, list) or not all(isinstance(one, str) and one for one in patterns):
            hint = 'Example: ["stories/2024*"], or ["*"] for all files.'
            problems.append(error("settings-type", f"silence: {code}: expected a list of files", place(code), hint))
    return problems
