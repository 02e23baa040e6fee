"""Printing: a plan → files. The one place that skips what is unchanged, and the one that writes.

In: pages, what draws them, the output folder, the cache. Out: how many were drawn, written and removed, and problems.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import msgspec

from broadsheet.cache.store import Drawn, Store
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.model import Page
from broadsheet.render.draw import Drawing
from broadsheet.render.output import Output
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


class Sheet(NamedTuple):
    """A page that was drawn: what is kept of it, but no frame that is kept already; whether its file was written."""

    drawn: Drawn
    frame: bytes | None
    own: bool
    written: bool


class Press:
    """Draws pages and writes them; what one process of several does."""

    def __init__(
        self,
        drawing: Drawing,
        output: Output,
        marks: Marks,
        there: Mapping[str, tuple[int, int]],
        keys: Mapping[str, bytes],
        frames: Mapping[str, int],
    ) -> None:
        self.drawing = drawing
        self.output = output
        self.marks = marks
        self.there = there
        self.keys = keys
        self.frames = frames

    def print(self, pages: Sequence[Page]) -> list[Sheet | Problem]:
        """What became of each page. A page that cannot be drawn keeps the file that it has."""
        return [self._print(page) for page in pages]

    def _print(self, page: Page) -> Sheet | Problem:
        path = page.path
        try:
            data = self.drawing.draw(page)
            size, mtime = self.there.get(path, (-1, 0))
            same = size == len(data) and self.output.holds(path, data)
            if not same:
                size, mtime = self.output.write(path, data)
        except BroadsheetError as cause:
            return cause.problem
        key = self.keys.get(path) or self.marks.key(page)
        frame, own = self.marks.frame(page)
        return Sheet(Drawn(key, size, mtime), None if crc32(frame) == self.frames.get(path) else frame, own, not same)


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
    keys = {page.path: marks.key(page) for page in pages if page.path in known}
    stale = [page for page in pages if not _fresh(known.get(page.path), keys.get(page.path), there.get(page.path))]
    frames = store.frame_sums() if known and len(stale) >= ALONE else {}
    press = Press(drawing, output, marks, there, keys, frames)
    problems: list[Problem] = []
    drawn = written = 0
    workers = 1 if len(stale) < ALONE else workers
    for slice_, sheets in enumerate(spread(press.print, stale, slice_size=SLICE, workers=workers)):
        made = list[tuple[str, Sheet]]()
        for page, sheet in zip(stale[slice_ * SLICE : (slice_ + 1) * SLICE], sheets, strict=True):
            if isinstance(sheet, Problem):
                problems.append(sheet)
            else:
                made.append((page.path, sheet))
                written += sheet.written
                output.there[page.path] = sheet.drawn.size, sheet.drawn.mtime
        store.keep_pages((path, sheet.drawn) for path, sheet in made)
        store.keep_frames((path, sheet.frame, sheet.own) for path, sheet in made if sheet.frame is not None)
        drawn += len(made)
        tell(min(len(stale), (slice_ + 1) * SLICE), len(stale))
    removed, notes = output.sweep(planned.union(beside), there)
    store.forget_pages(known.keys() - planned)
    return Printed(len(pages), drawn, written, removed, (*problems, *notes))


def _fresh(known: Drawn | None, key: bytes | None, file: tuple[int, int] | None) -> bool:
    """Whether a page's file is what would be drawn: made from the same, and untouched since."""
    return known is not None and known.digest == key and file == (known.size, known.mtime)
