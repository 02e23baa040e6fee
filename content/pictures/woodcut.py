"""The printing press of the pictures: outlines and tones come in, a sheet of few colours goes out.

A block says where colour goes; a sheet is printed from blocks, one over the other. All lengths are in pixels of the
finished picture. Nothing is random.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw

WIDTH, HEIGHT = 1600, 900
OVERSIZE = 3  # drawn this much larger and then reduced, which smooths the edges

Colour = tuple[int, int, int]
Point = tuple[float, float]
Tone = Callable[[float, float], float]  # how dark, from 0 to 1, at x and y

PAPER: Colour = (243, 236, 222)
SHADE: Colour = (226, 215, 194)
INK: Colour = (31, 41, 51)
RED: Colour = (184, 69, 47)


class Sheet:
    """A sheet of one ground colour, on which shapes are printed one over the other; lengths are in final pixels."""

    def __init__(self, ground: Colour = PAPER) -> None:
        """An empty sheet."""
        self.image = Image.new("RGB", (WIDTH * OVERSIZE, HEIGHT * OVERSIZE), ground)

    def print(self, colour: Colour, *blocks: Image.Image) -> None:
        """Prints one colour where all the blocks overlap."""
        mask = blocks[0]
        for block in blocks[1:]:
            mask = ImageChops.multiply(mask, block)
        self.image.paste(colour, (0, 0), mask)

    def finished(self) -> Image.Image:
        """The sheet in its final size and in few colours, which keeps the file small."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        return small.quantize(palette=_palette(), dither=Image.Dither.NONE)


def _palette() -> Image.Image:
    """The four colours and the steps between them that smooth edges need."""
    steps: list[int] = []
    for first, second in ((PAPER, INK), (PAPER, RED), (RED, INK), (SHADE, INK)):
        for step in range(7):
            steps += [round(a + (b - a) * step / 6) for a, b in zip(first, second, strict=True)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(steps + list(INK) * (256 - len(steps) // 3))
    return palette


def _block(draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    mask = Image.new("L", (WIDTH * OVERSIZE, HEIGHT * OVERSIZE))
    draw(ImageDraw.Draw(mask))
    return mask


def _large(points: Iterable[Point]) -> list[Point]:
    return [(x * OVERSIZE, y * OVERSIZE) for x, y in points]


def polygons(*outlines: Sequence[Point]) -> Image.Image:
    """A block of any number of filled outlines."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for outline in outlines:
            pen.polygon(_large(outline), fill=255)

    return _block(draw)


def boxes(*corners: tuple[float, float, float, float]) -> Image.Image:
    """A block of upright rectangles: left, top, right, bottom."""
    return polygons(*[[(left, top), (right, top), (right, low), (left, low)] for left, top, right, low in corners])


def ellipses(*shapes: tuple[float, float, float, float]) -> Image.Image:
    """A block of ellipses: middle x, middle y, half width, half height."""
    return polygons(*[arc(x, y, a, b) for x, y, a, b in shapes])


def arc(x: float, y: float, a: float, b: float, start: float = 0, end: float = 360) -> list[Point]:
    """Points on an ellipse from one angle to another, in degrees, clockwise from the right."""
    count = max(12, int(abs(end - start) * max(a, b) / 200))
    turns = (math.radians(start + (end - start) * i / count) for i in range(count + 1))
    return [(x + a * math.cos(turn), y + b * math.sin(turn)) for turn in turns]


def strokes(*paths: Sequence[Point], width: float) -> Image.Image:
    """A block of lines of one width with round ends and joints."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        radius = width * OVERSIZE / 2
        for path in paths:
            points = _large(path)
            pen.line(points, fill=255, width=round(width * OVERSIZE), joint="curve")
            for x, y in (points[0], points[-1]):
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)

    return _block(draw)


def without(block: Image.Image, hole: Image.Image) -> Image.Image:
    """The first block less the second."""
    return ImageChops.subtract(block, hole)


def engraving(tone: Tone, pitch: float, *, bend: Tone | None = None) -> Image.Image:
    """A block of level lines, `pitch` apart, as thick at each place as the tone asks; `bend` moves them down."""
    outlines: list[list[Point]] = []
    for row in range(-8, int(HEIGHT / pitch) + 8):
        y = row * pitch
        ragged = 0.07 * abs(math.sin(row * 12.9))  # no two lines begin at the same place
        above: list[Point] = []
        below: list[Point] = []
        for x in range(-10, WIDTH + 20, 5):
            at = y + (bend(x, y) if bend else 0.0) + 1.3 * math.sin(x / 83 + row * 2.1)
            half = min(1.0, tone(x, at) - ragged) * pitch / 2
            if half > 0.35:
                above.append((x, at - half))
                below.append((x, at + half))
            if (half <= 0.35 or x >= WIDTH + 15) and above:
                if len(above) > 1:
                    outlines.append(above + below[::-1])
                above, below = [], []
    return polygons(*outlines)


def ease(value: float) -> float:
    """From 0 to 1, slow at both ends."""
    value = max(0.0, min(1.0, value))
    return value * value * (3 - 2 * value)


def sky(sheet: Sheet, sun: Point, reach: float = 1050, darkest: float = 0.62, *, below: float = HEIGHT) -> None:
    """Lines of ink that thin out towards the sun, and stop at a level."""

    def tone(x: float, y: float) -> float:
        distance = math.hypot(x - sun[0], (y - sun[1]) * 1.25)
        return darkest * ease((distance - 150) / reach)

    sheet.print(INK, engraving(tone, 15), boxes((0, 0, WIDTH, below)))
