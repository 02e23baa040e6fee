"""The face of a share card: words and the fonts that show them → a PNG of 1200 × 630 in a few colours.

In: words, and a font for each. Out: bytes, the same for the same words and fonts.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.render.images.fonts import Font, shaped

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
