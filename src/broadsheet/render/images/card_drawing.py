"""The face of a share card: words and the fonts of this machine that show them → a PNG of 1200 × 630 in a few colours.

In: words and their languages. Out: a font for each text, in which every character has a shape, or none; bytes, the same
for the same words and fonts. The system's fontconfig is asked for fonts where it is there; else a few are tried by
the names that systems give them.
"""

from __future__ import annotations

import functools
import io
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont


WIDTH, HEIGHT = 1200, 630  # what Open Graph's readers ask for: 1.91 to 1
EDGE = 70
ROOM = WIDTH - 2 * EDGE
SIZES = (80, 68, 58, 50, 42)  # pixels of a headline, the largest that fits in its lines is taken
TOP, BOTTOM = 222, 528  # between which the headline stands
LEADING = 1.18
LINES = 5  # of a headline; what is longer is cut
SHADES = 6  # from ink to paper, and from the section's colour to paper
PAPER, INK, COLOUR = (252, 251, 247), (20, 20, 20), (156, 28, 28)
_UNSEEN = frozenset({"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"})  # kinds of characters (Unicode, general category)
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # choose between two looks of a pictograph


class CardText(msgspec.Struct, frozen=True):
    """What a card says; ``rtl`` where it is read from right to left."""

    nameplate: str
    section: str
    title: str
    day: str
    rtl: bool = False

    @property
    def around(self) -> tuple[str, str, str]:
        """The site's own words."""
        return self.nameplate, self.section, self.day


def printable(text: str) -> str:
    """A text without pictographs, which no text font has, and without what is not seen."""
    text = unicodedata.normalize("NFC", text)
    shown = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(c for c in shown if c not in _SELECTORS).split())


def drawn(words: CardText, fonts: Mapping[str, Font]) -> bytes:
    """The PNG of a card: nameplate and rule, the section in colour, the headline, a rule and the day.

    ``fonts`` shows each of its texts; what no font shows is left out.
    """
    from PIL import Image, ImageDraw

    paper = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(paper)
    pen.rectangle((EDGE, 48, WIDTH - EDGE, 53), fill=0)
    pen.rectangle((EDGE, 132, WIDTH - EDGE, 133), fill=0)
    pen.rectangle((EDGE, 556, WIDTH - EDGE, 557), fill=120)
    said = _Said(pen, fonts, words)
    said.line(words.nameplate, 92, 44)
    said.line(words.day, 588, 28, ink=80)
    said.title()
    tinted = paper.point(_STEPS)
    if words.section:
        band = Image.new("L", (WIDTH, 56), 255)
        _Said(ImageDraw.Draw(band), fonts, words).line(words.section, 28, 30)
        tinted.paste(band.point([step + SHADES for step in _STEPS]), (0, 150))
    picture = Image.frombytes("P", tinted.size, tinted.tobytes())
    picture.putpalette(
        [value for colour in (INK, COLOUR) for shade in range(SHADES) for value in _mixed(colour, shade)]
    )
    made = io.BytesIO()
    picture.save(made, "PNG", bits=4, compress_type=_RUNS, compress_level=1)
    return made.getvalue()


_RUNS = 3  # zlib's Z_RLE: for pictures of flat colour as small as its best, and several times as fast
_STEPS = [(value * (SHADES - 1) + 127) // 255 for value in range(256)]


def _mixed(colour: tuple[int, int, int], shade: int) -> Iterator[int]:
    """A colour as light as the step from it to paper says."""
    return (round(ink + (paper - ink) * shade / (SHADES - 1)) for ink, paper in zip(colour, PAPER, strict=True))


class _Said:
    """Sets the lines of one card."""

    def __init__(self, pen: ImageDraw.ImageDraw, fonts: Mapping[str, Font], words: CardText) -> None:
        self.pen = pen
        self.fonts = fonts
        self.words = words
        self.how: dict[str, Any] = {"direction": "rtl" if words.rtl else "ltr"} if shaped() else {}

    def line(self, text: str, middle: int, size: int, ink: int = 0) -> None:
        """A text in one line whose letters stand about a height; cut where it is too long."""
        if font := self.fonts.get(text):
            sized = font.sized(size)
            while sized.getlength(text, **self.how) > ROOM:
                text = text.rstrip("…")[:-1].rstrip() + "…"
            self._set(text, middle, sized, ink)

    def title(self) -> None:
        """The headline, in the largest size in which it fits; cut where it does not fit in the smallest."""
        font = self.fonts[self.words.title]
        for size in SIZES:
            sized = font.sized(size)
            most = min(LINES, int((BOTTOM - TOP) / (size * LEADING)))
            lines = self._lines(sized)
            if len(lines) <= most:
                break
        else:
            lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
        for number, line in enumerate(lines):
            self._set(line, round(TOP + size * (0.5 + number * LEADING)), sized, 0)

    def _set(self, text: str, middle: int, sized: ImageFont.FreeTypeFont, ink: int) -> None:
        place, anchor = (WIDTH - EDGE, "rm") if self.words.rtl else (EDGE, "lm")
        self.pen.text((place, middle), text, font=sized, fill=ink, anchor=anchor, **self.how)

    def _lines(self, sized: ImageFont.FreeTypeFont) -> list[str]:
        lines = [""]
        for word in self.words.title.split():
            longer = f"{lines[-1]} {word}".strip()
            if sized.getlength(longer, **self.how) <= ROOM:
                lines[-1] = longer
                continue
            lines.append("")
            for character in word:  # a script without spaces, or a word that no line holds
                full = sized.getlength(lines[-1] + character, **self.how) > ROOM
                if full and unicodedata.category(character)[0] != "M":
                    lines.append("")
                lines[-1] += character
        return [line for line in lines if line]


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
