"""A site that is checked: the problems that were reported, by code, each with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.check import Checked, check_site
from broadsheet.errors import Problem, Report
from broadsheet.pipeline import Options, silent
from tests.conftest import NOW, Workshop

Told = dict[str, list[tuple[str, str]]]


class Checking:
    """Checks a site; ``checked`` is what the last check looked at, ``problems`` what it told."""

    def __init__(self, made: Workshop) -> None:
        self.made = made
        self.problems: list[Problem] = []
        self.report = Report()

    def check(self, *, workers: int = 1) -> Checked:
        self.report = Report()
        checked = check_site(self.made.site, Options(NOW, workers=workers), self.report, silent)
        self.problems = list(self.report)
        return checked

    def told(self) -> Told:
        """Places and messages by code."""
        self.check()
        found: Told = {}
        for problem in self.problems:
            found.setdefault(problem.code, []).append((str(problem.place), problem.message))
        return found

    def of(self, code: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.code == code]


@pytest.fixture
def checking(workshop: Callable[..., Workshop]) -> Callable[..., Checking]:
    def make(*files: str, settings: str = "") -> Checking:
        return Checking(workshop(*files, settings=settings))

    return make
