"""What goes wrong, as values: a place, a problem, the report that gathers them, the one exception.

In: anything that a room finds fault with. Out: lines that say what, where and what to do, and an
exit code. Problems are gathered and judged at the end, so that one bad story never hides another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from broadsheet.redaction import redacted
from broadsheet.text import counted

Severity = Literal["error", "warning", "note"]

LONGEST = 4_000  # characters of a message or a hint, which may repeat a value of megabytes

SHOWN = 5  # problems of one code that are listed; of more there is a count

_QUOTED = re.compile(r"(['\"]).*?\1|\d+")

_ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


class Place(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """Where something stands: a file as the user would name it, and a line counted from 1.

    The line is 0 for the file as a whole; such a place has no line in JSON.
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(msgspec.Struct, frozen=True):
    """One thing that an editor should know: how grave, what kind, what, where, and what to do.

    Whatever it is made of, it shows no login and no token of an address, and at most ``LONGEST`` characters: terminals,
    logs of servers and reports for other programs are all made from problems.
    """

    severity: Severity
    code: str
    message: str
    place: Place
    hint: str = ""

    def __post_init__(self) -> None:
        for name in ("message", "hint"):
            if (text := getattr(self, name)) and (clean := _bounded(redacted(text))) != text:
                msgspec.structs.force_setattr(self, name, clean)
        if (clean := redacted(self.place.file)) != self.place.file:
            msgspec.structs.force_setattr(self, "place", Place(clean, self.place.line))

    def __str__(self) -> str:
        text = f"{self.place}: {self.severity}: {self.message} [{self.code}]"
        return f"{text}\n    {self.hint}" if self.hint else text


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 40]}… ({len(text):,} characters)"


def error(code: str, message: str, place: Place, hint: str = "") -> Problem:
    """A problem that keeps something from being right; the exit code becomes 1."""
    return Problem("error", code, message, place, hint)


def warning(code: str, message: str, place: Place, hint: str = "") -> Problem:
    """A problem that an editor should look at; the work goes on."""
    return Problem("warning", code, message, place, hint)


def note(code: str, message: str, place: Place, hint: str = "") -> Problem:
    """Something worth knowing that asks for nothing."""
    return Problem("note", code, message, place, hint)


class BroadsheetError(Exception):
    """Work that cannot go on, as problems; it survives a process pool because every argument reaches super()."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @property
    def problem(self) -> Problem:
        """The first of the problems, for callers that know of one."""
        return self.problems[0]

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def fail(code: str, message: str, place: Place, hint: str = "") -> BroadsheetError:
    """The exception for a problem, to be raised where nothing can be done without it."""
    return BroadsheetError(error(code, message, place, hint))


_TYPES = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a table", "null": "nothing",
}  # fmt: skip


def unfit(cause: Exception) -> str:
    """Why msgspec refused data, without the names of its types: "entries: expected a table, not a whole number"."""
    said, _, path = str(cause).partition(" - at ")
    said = re.sub(r"`([^`]*)`", lambda found: " or ".join(_TYPES.get(one, one) for one in found[1].split(" | ")), said)
    said = said.replace("Expected ", "expected ").replace(", got ", ", not ")
    said = said.replace(" <= ", " of at most ").replace(" >= ", " of at least ")
    said = re.sub(r"Object missing required field (.+)", r"\1 is missing", said)
    said = re.sub(r"Object contains unknown field (.+)", r"\1 is unknown", said)
    said = re.sub(r"Invalid enum value (.+)", r"\1 is not one of the values that are possible", said)
    at = re.sub(r"^(key in )?\$\.?|\[(\.\.\.|\d+)\]", "", path.replace("`", ""))
    return f"{at}: {said}" if at else said


class Report:
    """The problems of one run: counted, ordered by gravity and place, and judged."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._problems: list[Problem] = list(problems)
        self._covers: Callable[[Problem], bool] = lambda _: False
        self._suppressed: set[Problem] = set()

    def suppress(self, covers: Callable[[Problem], bool]) -> None:
        """Leave out the problems of which ``covers`` is true, those that are there and those to come."""
        problems = [*self._problems, *self._suppressed]
        self._problems, self._suppressed, self._covers = [], set(), covers
        self.extend(problems)

    @property
    def suppressed(self) -> int:
        """How many problems were left out."""
        return len(self._suppressed)

    def add(self, problem: Problem) -> None:
        """Keep one more problem."""
        if self._covers(problem):
            self._suppressed.add(problem)
        else:
            self._problems.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Keep several more problems."""
        for problem in problems:
            self.add(problem)

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(set(self._problems), key=lambda p: (_ORDER[p.severity], p.place, p.code, p.message)))

    def __len__(self) -> int:
        return len(set(self._problems))

    def lines(self, *, everything: str = "") -> Iterator[str]:
        """Every problem as a line or two. Of more than ``SHOWN`` of one code those that differ most, then a count.

        ``everything`` is the command that lists all of them; where it is empty, all are listed here.
        """
        groups: dict[tuple[Severity, str], list[Problem]] = defaultdict(list)
        for problem in self:
            groups[problem.severity, problem.code].append(problem)
        listed = {one for group in groups.values() for one in (_most_different(group) if everything else group)}
        yield from (str(problem) for problem in self if problem in listed)
        for (severity, code), group in groups.items():
            if rest := sum(one not in listed for one in group):
                yield f"… and {counted(rest, f'more {severity}')} [{code}]\n    List all of them with: {everything}"

    def count(self, severity: Severity) -> int:
        """How many problems of this gravity there are."""
        return Counter(p.severity for p in set(self._problems))[severity]

    def exit_code(self, *, strict: bool = False) -> int:
        """0 where the work is right, 1 where it is not; ``strict`` counts warnings as errors."""
        return 1 if self.count("error") or (strict and self.count("warning")) else 0

    def summary(self) -> str:
        """The counts in words, "2 errors, 1 warning"; empty where there is nothing to say."""
        counts = [(self.count(s), s) for s in ("error", "warning", "note")]
        return ", ".join(counted(n, s) for n, s in counts if n)


def _most_different(problems: list[Problem]) -> list[Problem]:
    """As many as are listed: first one of each message, whatever names and numbers it has, then others in order."""
    seen: Counter[str] = Counter()
    times = []
    for problem in problems:
        said = _QUOTED.sub("", problem.message)
        times.append(seen[said])
        seen[said] += 1
    return [problems[place] for place in sorted(range(len(problems)), key=times.__getitem__)[:SHOWN]]
