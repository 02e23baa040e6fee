"""Fonts of this machine: which of them can show a text.

In: a text and its language. Out: a font file in which every character of the text has a shape, or nothing. The system's
fontconfig is asked where it is there; else a few fonts are tried by the names that systems give them.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import ImageFont

TRIED = 6  # fonts of those that fontconfig offers for a language or a text, best first
MOST = 200  # characters that it is told of
_TRIAL = 20  # pixels in which it is tried what a font has
_PATIENCE = 10  # seconds for a program that answers in five thousandths of one
_NAMES = (
    "NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf", "georgiab.ttf", "Georgia Bold.ttf",
    "timesbd.ttf", "Times New Roman Bold.ttf", "segoeuib.ttf", "Arial Unicode.ttf", "msgothic.ttc", "malgunbd.ttf",
)  # fmt: skip


class Font(NamedTuple):
    """A font: its file, and its number in a file of several."""

    file: str
    number: int = 0

    def sized(self, size: int) -> ImageFont.FreeTypeFont:
        """The font in a size of pixels. Raises OSError where it cannot be used."""
        return _sized(self, size)

    @property
    def path(self) -> str:
        """Where its file lies."""
        return os.fsdecode(str(_sized(self, _TRIAL).path))


def shaped() -> bool:
    """Whether letters that join, or run from right to left, can be drawn: Pillow then has Raqm."""
    from PIL import features

    return bool(features.check("raqm"))


def showing(text: str, language: str) -> Font | None:
    """A bold font, serif where there is one, that shows all of a text: the same for the same text, whatever was asked.

    None where no font of this machine does, or where its letters join and Pillow cannot join them.
    """
    if _joined(text) and not shaped():
        return None
    needed = {character for character in text if not character.isspace()}
    for font in _offered(f"serif:bold:lang={language}"):
        if _shows(font, needed):
            return font
    codes = " ".join(f"{ord(character):x}" for character in sorted(needed)[:MOST])
    return next((font for font in _offered(f"serif:bold:charset={codes}") if _shows(font, needed)), None)


def _joined(text: str) -> bool:
    """Whether a text needs more than one letter set after the other."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") or unicodedata.category(c)[0] == "M" for c in text)


@functools.cache
def _offered(pattern: str) -> tuple[Font, ...]:
    """Fonts that may do, best first."""
    program = shutil.which("fc-match")
    asked = [program or "", "--sort", "--format", "%{file}\t%{index}\n", pattern]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=_PATIENCE, check=True).stdout
        lines = [line.split("\t") for line in answer.splitlines()[:TRIED]]
        return tuple(Font(file, int(index) & 0xFFFF) for file, index in lines)  # above that: a variable font's weight
    except (OSError, subprocess.SubprocessError, ValueError):
        return tuple(Font(name) for name in _NAMES)


@functools.cache
def _sized(font: Font, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font.file, size, index=font.number)


@functools.cache
def _blank(font: Font) -> bytes:
    """What a font shows for a character that it does not have: U+FFFF is none in any."""
    return bytes(_sized(font, _TRIAL).getmask("\uffff"))


@functools.cache
def _shape(font: Font, character: str) -> bytes:
    return bytes(_sized(font, _TRIAL).getmask(character))


def _shows(font: Font, needed: set[str]) -> bool:
    try:
        return all(_shape(font, character) not in (b"", _blank(font)) for character in needed)
    except (OSError, ValueError):  # a font of coloured pictures, or a broken one
        return False
