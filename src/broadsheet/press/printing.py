"""Printing: a plan → files. The one place that skips what is unchanged, and the one that writes.

In: pages, what draws them, the output folder, the cache. Out: how many were drawn, written and removed, and problems.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import msgspec

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.model import Page
from broadsheet.press.draw import Drawing
from broadsheet.press.files import Output
from broadsheet.press.store import Drawn, Store


class Printed(msgspec.Struct, frozen=True):
    """What a printing did: pages planned, drawn, files written and removed, and the problems met."""

    planned: int
    drawn: int
    written: int
    removed: int
    problems: tuple[Problem, ...]


def print_pages(
    pages: Sequence[Page],
    drawing: Drawing,
    output: Output,
    store: Store,
    *,
    common: bytes,
    digest: Callable[[Page], bytes],
    tell: Callable[[int, int], None],
) -> Printed:
    """Draw the pages whose inputs changed, write those whose bytes changed, remove what is planned no more.

    ``common`` is the digest of what every page sees. A page that cannot be drawn keeps the file that it has.
    """
    planned = {page.path for page in pages}
    there, known = output.stats(), store.pages()
    output.begin(planned)
    drawn: list[tuple[str, Drawn]] = []
    problems: list[Problem] = []
    count = written = 0
    for done, page in enumerate(pages, 1):
        tell(done, len(pages))
        made_from = _key(page, drawing, common, digest)
        seen = known.get(page.path)
        if seen and seen.digest == made_from and there.get(page.path) == (seen.size, seen.mtime):
            continue
        try:
            data = drawing.draw(page)
            count += 1
            if page.path in there and output.holds(page.path, data):
                size, mtime = there[page.path]
            else:
                size, mtime = output.write(page.path, data)
                written += 1
            drawn.append((page.path, Drawn(made_from, size, mtime)))
        except BroadsheetError as cause:
            problems.append(cause.problem)
    removed, notes = output.sweep(planned, there)
    store.keep_pages(drawn)
    store.forget_pages(known.keys() - planned)
    return Printed(len(pages), count, written, removed, (*problems, *notes))


def _key(page: Page, drawing: Drawing, common: bytes, digest: Callable[[Page], bytes]) -> bytes:
    return blake2b(digest(page) + drawing.reach(page) + common, digest_size=16).digest()
