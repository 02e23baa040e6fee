"""Colours: whether one can be read on another.

In: colours as #rrggbb. Out: their contrast, as WCAG 2.2 defines it; the same hue, made light or dark enough.
"""

from __future__ import annotations

import re

READABLE = 4.5  # the contrast that text needs (WCAG 2.2, 1.4.3, AA)
EASY = 7.0  # the contrast at which it is read with ease (1.4.6, AAA)

_SHORT = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_LONG = re.compile(r"#[0-9a-f]{6}")
_STEPS = 50  # from a colour to white or black


def colour(written: str) -> str | None:
    """A colour written #rgb or #rrggbb, as #rrggbb in lower case; None for anything else."""
    text = written.strip().lower()
    if short := _SHORT.fullmatch(text):
        return "#" + "".join(digit * 2 for digit in short.groups())
    return text if _LONG.fullmatch(text) else None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(hue: str, on: str, least: float = EASY) -> str:
    """The colour nearest to ``hue`` on the way to white or black whose contrast with ``on`` is at least ``least``."""
    end = 255 if _luminance(on) < 0.18 else 0  # 0.18 stands as far from white as from black
    found = hue
    for step in range(_STEPS + 1):
        found = "#" + "".join(f"{round(part + (end - part) * step / _STEPS):02x}" for part in _parts(hue))
        if contrast(found, on) >= least:
            break
    return found


def _parts(written: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(written[1:]))


def _luminance(written: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in _parts(written))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
