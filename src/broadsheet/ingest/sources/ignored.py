"""The files named .ignore in an inbox → which raw files nobody wants looked at, by gitignore's rules.

In: folders of the inbox. Out: whether a name is ignored, and a problem for each line that is no pattern. As in git, the
file that lies nearest decides, its last matching line counts, and nothing below an ignored folder comes back.
Source of the rules: git-scm.com/docs/gitignore, through the library pathspec.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.errors import Place, Problem, warning

if TYPE_CHECKING:
    import pathspec

FILE = ".ignore"
_LARGEST = 1 << 20  # bytes of such a file that are read


class Ignored:
    """What is ignored in one inbox; its .ignore files are read when a name below their folder is first asked for."""

    def __init__(self, inbox: Path) -> None:
        self.problems: list[Problem] = []
        self._inbox = inbox
        self._rules: dict[str, pathspec.GitIgnoreSpec | None] = {}

    def covers(self, name: str) -> bool:
        """Whether a file is ignored, or a folder that holds it; ``name`` counts from the inbox on."""
        parts = name.split("/")
        return any(self.folder("/".join(parts[:end])) for end in range(1, len(parts))) or self._covers(name, name)

    def folder(self, name: str) -> bool:
        """Whether a folder is ignored, with all that is in it."""
        return self._covers(name, f"{name}/")

    def _covers(self, name: str, path: str) -> bool:
        for folder in _upwards(name):
            if rules := self._read(folder):
                found = rules.check_file(path[len(folder) + 1 :] if folder else path).include
                if found is not None:
                    return found
        return False

    def _read(self, folder: str) -> pathspec.GitIgnoreSpec | None:
        if folder not in self._rules:
            self._rules[folder] = None
            try:
                with (self._inbox / folder / FILE).open("rb") as file:
                    text = file.read(_LARGEST).decode("utf-8-sig", "replace")
            except (OSError, ValueError):
                return None
            import pathspec

            shown = f"{folder}/{FILE}" if folder else FILE
            self._rules[folder] = pathspec.GitIgnoreSpec.from_lines(self._patterns(text, shown))
        return self._rules[folder]

    def _patterns(self, text: str, shown: str) -> Iterator[str]:
        import pathspec  # takes longer to load than a run with nothing new, and most inboxes have no such file

        for number, line in enumerate(text.splitlines(), 1):
            try:
                pathspec.GitIgnoreSpec.from_lines([line])
            except ValueError as cause:
                hint = "Its rules are those of .gitignore: a name, a pattern such as *.csv, a folder with a slash."
                message = f"not a pattern: {str(cause)[:100]}"
                self.problems.append(warning("ignore-pattern", message, Place(shown, number), hint))
            else:
                yield line


def _upwards(name: str) -> Iterator[str]:
    """The folders that a name lies in, the nearest first; "" is the inbox."""
    while name:
        name = name.rpartition("/")[0]
        yield name
