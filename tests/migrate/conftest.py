"""An old site in one string, imported into a new one where a test may do what it likes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import content, migrate
from broadsheet.content import Reading
from broadsheet.migrate import Generator, ImportOutcome
from tests.conftest import Workshop

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Move:
    """A site, and the folder of an old one beside it."""

    def __init__(self, new: Workshop, old: Path) -> None:
        self.new = new
        self.old = old
        old.mkdir()

    def write(self, files: str, *pictures: str) -> None:
        """Write files of the old site, and a picture at each of these paths."""
        Workshop(self.old).write(files)
        for path in pictures:
            (self.old / path).parent.mkdir(parents=True, exist_ok=True)
            (self.old / path).write_bytes(DOT)

    def run(
        self, kind: Generator | None = None, *, lang: str = "", only: tuple[str, ...] = (), dry_run: bool = False
    ) -> ImportOutcome:
        return migrate.run(self.new.site, self.old, kind, lang=lang, only=only, dry_run=dry_run)

    def story(self, path: str) -> Reading:
        """A story that was made, read as the build reads it."""
        data = (self.new.site.stories / path).read_bytes()
        return content.read(data, path, content.Rules(self.new.site.zone))

    def told(self, outcome: ImportOutcome, code: str) -> list[tuple[str, int]]:
        """Where problems of a code stand."""
        return [(p.place.file, p.place.line) for p in outcome.problems if p.code == code]


@pytest.fixture
def move(workshop: Callable[..., Workshop], tmp_path: Path) -> Move:
    return Move(workshop(settings='timezone = "Europe/London"'), tmp_path / "old")
