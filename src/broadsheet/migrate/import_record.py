"""What was imported from where, ever: content/stories/.imported ⇄ ``Record``.

One line of JSON a post: its file, the digest of its bytes, the id and path of what it became, and the digest of what
was written. It is kept with the stories, because it alone tells an import from an edit by hand, and a story that an
editor deleted from one that never came.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import Place, Problem, warning

FILE = ".imported"


class ImportedPost(msgspec.Struct, frozen=True):
    """A post that was imported; ``path`` is below content/."""

    file: str
    sha256: str
    id: str
    path: str
    made: str


class ImportRecord:
    """Every post that was imported, by its generator and file."""

    def __init__(self, site: Site) -> None:
        self._file = site.stories / FILE
        self._shown = f"{site.settings.content}/stories/{FILE}"
        self.problems: list[Problem] = []
        self._entered: dict[str, ImportedPost] = {}
        try:
            self._read = self._file.read_bytes()
        except OSError:
            self._read = b""
        self._lines = self._parsed(self._read)

    def __iter__(self) -> Iterator[ImportedPost]:
        return iter(self._lines.values())

    def get(self, file: str) -> ImportedPost | None:
        """What a post became."""
        return self._lines.get(file)

    def enter(self, line: ImportedPost) -> None:
        """Note what a post became."""
        self._lines[line.file] = self._entered[line.file] = line

    def save(self) -> None:
        """Write the record. Raises BroadsheetError (``unwritable``)."""
        if self._lines:
            guarded.update(self._file, self._written)

    def _written(self, now: bytes | None) -> bytes:
        """The file with what was entered; what somebody changed in it since it was read, as a merge does, stays."""
        lines = self._lines
        if now is not None and now != self._read:
            lines = self._parsed(now) | self._entered
        return b"".join(msgspec.json.encode(lines[file]) + b"\n" for file in sorted(lines))

    def _parsed(self, data: bytes) -> dict[str, ImportedPost]:
        lines = {}
        for number, row in enumerate(data.splitlines(), 1):
            try:
                line = msgspec.json.decode(row, type=ImportedPost)
            except msgspec.MsgspecError:
                hint = "Remove the line: a story that is there is known by its id."
                problem = warning("import-record", "not a line of the record", Place(self._shown, number), hint)
                self.problems.append(problem)
            else:
                lines[line.file] = line
        return lines


def digest(data: bytes) -> str:
    """The digest of a file as it was written, whatever a checkout made of its line ends."""
    return blake2b(data.replace(b"\r\n", b"\n"), digest_size=16).hexdigest()
