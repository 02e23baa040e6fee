"""Codes: what a telephone reads from a printed page, as the path of an SVG.

In: an address. Out: its QR code, drawn at build: the page that is printed loads nothing for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import msgspec


class CodeView(msgspec.Struct, frozen=True):
    """A QR code: the path of an SVG, and its width and height with the margin that scanners need."""

    path: str
    size: int


_MARGIN = 4  # modules around a code that stay empty: ISO/IEC 18004


def of(address: str) -> CodeView:
    """The code of an address. The mask is a fixed one: to choose the best of eight takes six times as long."""
    import segno

    matrix = segno.make(address, error="m", boost_error=False, micro=False, mask=0).matrix
    rows = ("".join(_runs(row, number)) for number, row in enumerate(matrix, _MARGIN))
    return CodeView("".join(rows), len(matrix) + 2 * _MARGIN)


def _runs(row: Iterable[int], down: int) -> Iterator[str]:
    """The dark modules of a row, those side by side as one bar."""
    across = _MARGIN
    for dark, run in itertools.groupby(row):
        width = len(list(run))
        if dark:
            yield f"M{across} {down}h{width}v1h-{width}z"
        across += width
