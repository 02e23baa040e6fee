"""Measuring: how wide and how high a picture of a theme is.

In: a file. Out: pixels, (0, 0) where that cannot be known: the page is then laid out once it is there.
"""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
_SIDE = re.compile(rb"""\s(width|height)=["']\s*([\d.]{1,9})(?:px)?\s*["']""")
_BOX = re.compile(rb"""\sviewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]{1,9})[\s,]+([\d.]{1,9})\s*["']""")


def measured(file: Path) -> tuple[int, int]:
    """The width and height of a picture in pixels; an SVG's are those that it says, or its view box's."""
    try:
        if file.suffix.lower() == ".svg":
            return _svg(file.read_bytes())
        from PIL import Image

        with Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError):
        return 0, 0


def _svg(data: bytes) -> tuple[int, int]:
    root = _ROOT.search(data)
    if root is None:
        return 0, 0
    sides = {name: float(value) for name, value in _SIDE.findall(root[0])}
    if len(sides) == 2:
        return round(sides[b"width"]), round(sides[b"height"])
    box = _BOX.search(root[0])
    return (round(float(box[1])), round(float(box[2]))) if box else (0, 0)
