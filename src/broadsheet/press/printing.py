"""Printing: a plan → files. The one place that skips what is unchanged, and the one that writes.

In: pages, what draws them, the output folder, the cache. Out: how many were drawn, written and removed, and problems.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.model import Page
from broadsheet.press.draw import Drawing
from broadsheet.press.files import Output
from broadsheet.press.store import Drawn, Store
from broadsheet.workers import spread

SLICE = 32  # pages that a process draws before it tells of them
ALONE = 256  # pages that one process has drawn before a second could have begun


class Printed(msgspec.Struct, frozen=True):
    """What a printing did: pages planned, drawn, files written and removed, and the problems met."""

    planned: int
    drawn: int
    written: int
    removed: int
    problems: tuple[Problem, ...]


class Marks(NamedTuple):
    """What is kept of a page: the digest of all that it is made from, and what it can be made whole from when the words
    of a story are edited, with whether it is that story's own.
    """

    key: Callable[[Page], bytes]
    frame: Callable[[Page], tuple[bytes, bool]]


class Press:
    """Draws pages and writes them; what one process of several does."""

    def __init__(self, drawing: Drawing, output: Output, there: Mapping[str, tuple[int, int]]) -> None:
        self.drawing = drawing
        self.output = output
        self.there = there

    def print(self, pages: Sequence[Page]) -> list[Sheet | Problem]:
        """What became of each page. A page that cannot be drawn keeps the file that it has."""
        return [self._print(page) for page in pages]

    def _print(self, page: Page) -> Sheet | Problem:
        try:
            data = self.drawing.draw(page)
            if page.path in self.there and self.output.holds(page.path, data):
                return (*self.there[page.path], False)
            return (*self.output.write(page.path, data), True)
        except BroadsheetError as cause:
            return cause.problem


Sheet = tuple[int, int, bool]  # a page's file: its size, its time of change in nanoseconds, whether it was written


def print_pages(
    pages: Sequence[Page],
    drawing: Drawing,
    output: Output,
    store: Store,
    marks: Marks,
    *,
    beside: Collection[str] = (),
    workers: int,
    tell: Callable[[int, int], None],
) -> Printed:
    """Draw the pages whose inputs changed, write those whose bytes changed, remove what is planned no more.

    ``beside`` are files of others, such as the search index.
    """
    planned = {page.path for page in pages}
    there, known = dict(output.stats()), store.pages()
    output.begin(planned.union(beside))
    keys = {page.path: marks.key(page) for page in pages}
    stale = [page for page in pages if not _fresh(known.get(page.path), keys[page.path], there.get(page.path))]
    press = Press(drawing, output, there)
    drawn: list[tuple[str, Drawn]] = []
    problems: list[Problem] = []
    written = 0
    workers = 1 if len(stale) < ALONE else workers
    for slice_, sheets in enumerate(spread(press.print, stale, slice_size=SLICE, workers=workers)):
        for page, sheet in zip(stale[slice_ * SLICE :], sheets, strict=False):
            if isinstance(sheet, Problem):
                problems.append(sheet)
            else:
                size, mtime, new = sheet
                written += new
                drawn.append((page.path, Drawn(keys[page.path], size, mtime)))
                output.there[page.path] = size, mtime
        tell(min(len(stale), (slice_ + 1) * SLICE), len(stale))
    removed, notes = output.sweep(planned.union(beside), there)
    store.keep_pages(drawn)
    made = dict(drawn)
    store.keep_frames((page.path, *marks.frame(page)) for page in stale if page.path in made)
    store.forget_pages(known.keys() - planned)
    return Printed(len(pages), len(drawn), written, removed, (*problems, *notes))


def _fresh(known: Drawn | None, key: bytes, file: tuple[int, int] | None) -> bool:
    """Whether a page's file is what would be drawn: made from the same, and untouched since."""
    return known is not None and known.digest == key and file == (known.size, known.mtime)
