"""Draws pictures with the shapes, grain and range of photographs: nothing comes in, JPEG files beside this go out.

They stand for photographs where the woodcuts of ``draw.py`` cannot: in how they are cropped, dimmed and compressed.
Each is made of noise in several sizes, blurred and put in layers, as haze, clouds and water are. The noise has a seed,
so that drawing twice gives the same pictures.

    python content/pictures/photographs.py         draws all of them
    python content/pictures/photographs.py forest  draws this one
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

QUALITY = 62  # of the JPEG: enough for a sample, and small in the repository
Colour = tuple[int, int, int]
Size = tuple[int, int]


def noise(size: Size, cells: float, random: Random, *, stretch: float = 1.0) -> Image.Image:
    """Soft grey noise with so many cells across; ``stretch`` makes them wider than high."""
    across, down = max(2, round(cells)), max(2, round(cells * stretch * size[1] / size[0]))
    return Image.frombytes("L", (across, down), random.randbytes(across * down)).resize(size, Image.Resampling.BICUBIC)


def clouds(size: Size, cells: float, random: Random, *, stretch: float = 1.0, octaves: int = 6) -> Image.Image:
    """Fractal noise: each octave twice as fine, and half as strong, as the one before."""
    made = noise(size, cells, random, stretch=stretch)
    for octave in range(1, octaves):
        made = Image.blend(made, noise(size, cells * 2**octave, random, stretch=stretch), 1 / (2 + octave * 0.45))
    return made


def tone(picture: Image.Image, low: int, high: int, gamma: float = 1.0) -> Image.Image:
    """What is darker than ``low`` becomes black, what is lighter than ``high`` white."""
    return picture.point([round(255 * min(1.0, max(0.0, (v - low) / (high - low))) ** gamma) for v in range(256)])


def slope(size: Size, stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """A gradient from above to below through colours at heights from 0 to 1."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        at = y / (size[1] - 1)
        after = next((i for i, (place, _) in enumerate(stops) if place >= at), len(stops) - 1)
        (low, first), (high, second) = stops[max(0, after - 1)], stops[after]
        part = (at - low) / (high - low) if high > low else 0.0
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(first, second, strict=True)))
    return column.resize(size)


def glow(size: Size, x: float, y: float, reach: float, gamma: float = 2.0) -> Image.Image:
    """A mask of light around a point, all lengths in parts of the width."""
    edge = 255 / math.sqrt(2)  # the value that Pillow's gradient has at the middle of its sides
    disc = Image.radial_gradient("L").point([round(255 * max(0.0, 1 - v / edge) ** gamma) for v in range(256)])
    wide = round(2 * reach * size[0])
    mask = Image.new("L", size)
    mask.paste(disc.resize((wide, wide)), (round(x * size[0] - wide / 2), round(y * size[1] - wide / 2)))
    return mask


def ridge(size: Size, level: float, rough: float, random: Random, octaves: int = 7) -> Image.Image:
    """A mask of all that is below a line of hills; ``level`` and ``rough`` in parts of the height."""
    line = list(clouds((size[0], 8), 4, random, octaves=octaves).crop((0, 3, size[0], 4)).tobytes())
    points = [(x, size[1] * (level + rough * (v / 127.5 - 1))) for x, v in enumerate(line)]
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon([(0, size[1]), *points, (size[0], size[1])], fill=255)
    return mask.filter(ImageFilter.GaussianBlur(0.8))


def finished(picture: Image.Image, random: Random, grain: float = 0.022) -> Image.Image:
    """A picture with the fall of light towards its corners that lenses have, and with grain."""
    size = picture.size
    lens = Image.radial_gradient("L").resize(size).point([round(255 - 90 * (v / 255) ** 2.2) for v in range(256)])
    picture = ImageChops.multiply(picture, Image.merge("RGB", (lens, lens, lens)))
    half = (size[0] // 2, size[1] // 2)  # grain is larger than a pixel
    speck = Image.frombytes("L", half, random.randbytes(half[0] * half[1])).resize(size, Image.Resampling.BICUBIC)
    return Image.blend(picture, ImageChops.overlay(picture, Image.merge("RGB", (speck, speck, speck))), grain * 4)


def ridges(random: Random) -> Image.Image:
    """Hills behind hills in the haze of a morning, 16:9."""
    size = (1600, 900)
    made = slope(size, [(0, (96, 124, 160)), (0.35, (222, 190, 168)), (0.6, (246, 214, 178)), (1, (250, 226, 190))])
    made.paste((255, 240, 205), mask=glow(size, 0.68, 0.36, 0.45))
    made.paste((255, 250, 236), mask=glow(size, 0.68, 0.36, 0.035, 0.4))
    made.paste((250, 230, 214), mask=tone(clouds(size, 3, random, stretch=4), 120, 230))
    for place in range(6):
        part = place / 5
        colour = tuple(round(a + (b - a) * part**0.8) for a, b in zip((188, 164, 158), (24, 34, 40), strict=True))
        mask = ridge(size, 0.45 + 0.09 * place, 0.12 + 0.02 * place, random, 4 + place)
        body = Image.new("RGB", size, colour)
        wood = tone(clouds(size, 40 + 60 * part, random, octaves=5), 70, 200)
        body.paste(tuple(round(v * 0.62) for v in colour), mask=wood.point([round(v * part) for v in range(256)]))
        made.paste(body, mask=mask)
        haze = ImageChops.multiply(
            mask, slope(size, [(0.5 + 0.08 * place, (0, 0, 0)), (1, (120, 120, 120))]).convert("L")
        )
        made.paste((206, 190, 182), mask=haze.point([round(v * (1 - part)) for v in range(256)]))
    return finished(made, random)


def sea(random: Random) -> Image.Image:
    """The sun going down behind a sea with waves, 3:2."""
    size, horizon = (1500, 1000), 430
    made = slope(size, [(0, (38, 58, 96)), (0.22, (150, 110, 120)), (0.43, (250, 176, 104)), (1, (250, 190, 120))])
    cloud = tone(clouds(size, 4, random, stretch=5), 110, 190, 1.4)
    made.paste((72, 62, 84), mask=cloud)
    made.paste((255, 206, 140), mask=glow(size, 0.36, 0.42, 0.34))
    made.paste((255, 244, 220), mask=glow(size, 0.36, 0.415, 0.035, 0.35))
    water = slope((size[0], size[1] - horizon), [(0, (150, 104, 92)), (0.2, (70, 66, 84)), (1, (16, 26, 42))])
    height = water.size[1]
    waves = Image.new("L", water.size)
    for row in range(14):  # nearer waves are longer
        top, low = round(height * (row / 14) ** 1.7), round(height * ((row + 1) / 14) ** 1.7) + 6
        band = clouds((size[0], low - top), 90 - 5.5 * row, random, stretch=5, octaves=4)
        waves.paste(band, (0, top))
    water.paste((10, 16, 28), mask=tone(waves, 120, 220))
    path = ImageChops.multiply(tone(waves, 100, 170), glow(water.size, 0.36, 0.05, 0.3, 1.3))
    water.paste((255, 206, 150), mask=path)
    water.paste((228, 196, 176), mask=tone(ImageChops.invert(waves), 165, 250).point([v // 3 for v in range(256)]))
    made.paste(water, (0, horizon))
    return finished(made, random)


def forest(random: Random) -> Image.Image:
    """Trunks in fog, 2:3."""
    size = (900, 1350)
    made = slope(size, [(0, (206, 214, 208)), (0.5, (224, 228, 220)), (0.8, (150, 156, 140)), (1, (70, 74, 56))])
    bark = clouds(size, 24, random, stretch=0.12, octaves=4)
    for layer in range(5):
        part = layer / 4
        shade = tuple(round(a + (b - a) * part) for a, b in zip((176, 186, 180), (30, 32, 28), strict=True))
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        for _ in range(14 - 2 * layer):
            x, wide, lean = (
                random.uniform(-40, 940),
                (8 + 34 * part) * random.uniform(0.6, 1.3),
                random.uniform(-30, 30),
            )
            foot = size[1] * (0.72 + 0.26 * part)
            pen.polygon(
                [(x - wide / 2, foot), (x + lean - wide / 3, 0), (x + lean + wide / 3, 0), (x + wide / 2, foot)],
                fill=255,
            )
            for _ in range(7 + layer * 3):
                y, side = random.uniform(0, foot * 0.8), random.choice((-1, 1))
                reach, along = random.uniform(30, 130) * (0.5 + part), x + lean * (1 - y / foot)
                pen.line(
                    [(along, y), (along + side * reach, y - reach * random.uniform(0.1, 0.6))],
                    fill=230,
                    width=round(1 + 4 * part),
                )
        body = Image.new("RGB", size, shade)
        body.paste(tuple(round(v * 1.35 + 8) for v in shade), mask=tone(bark, 110, 230))
        made.paste(body, mask=mask.filter(ImageFilter.GaussianBlur(2.2 - 1.9 * part)))
        fog = tone(clouds(size, 2.5, random, stretch=2), 60, 240).point(
            [round(v * 0.5 * (1 - part)) for v in range(256)]
        )
        made.paste((226, 230, 224), mask=fog)
    floor = ImageChops.multiply(
        tone(clouds(size, 30, random, octaves=4), 90, 190),
        slope(size, [(0.7, (0, 0, 0)), (0.9, (255, 255, 255))]).convert("L"),
    )
    made.paste((44, 50, 30), mask=floor)
    return finished(made.filter(ImageFilter.GaussianBlur(1.1)), random, 0.012)


def lights(random: Random) -> Image.Image:
    """The lights of a town at night, out of focus, 1:1."""
    size = (1100, 1100)
    made = slope(size, [(0, (8, 12, 26)), (0.55, (28, 26, 40)), (1, (10, 10, 16))])
    hues = [
        (255, 190, 110),
        (255, 150, 80),
        (255, 226, 170),
        (240, 70, 60),
        (120, 190, 255),
        (255, 214, 130),
        (90, 220, 170),
    ]
    for _ in range(150):
        size_, x = random.uniform(14, 62), random.uniform(-40, 1140)
        y = random.gauss(640, 150)
        disc = Image.new("L", size)
        light = random.randint(40, 150)
        pen = ImageDraw.Draw(disc)
        pen.ellipse((x - size_, y - size_, x + size_, y + size_), fill=light)
        pen.ellipse((x - size_ * 0.9, y - size_ * 0.9, x + size_ * 0.9, y + size_ * 0.9), fill=round(light * 0.75))
        made = ImageChops.screen(
            made,
            ImageChops.multiply(
                Image.new("RGB", size, random.choice(hues)), disc.filter(ImageFilter.GaussianBlur(2)).convert("RGB")
            ),
        )
    drops = tone(clouds(size, 70, random, octaves=3), 178, 230)
    made = Image.composite(
        made.filter(ImageFilter.GaussianBlur(3)).point([min(255, round(v * 1.25 + 10)) for v in range(256)] * 3),
        made,
        drops,
    )
    return finished(made, random, 0.03)


def night(random: Random) -> Image.Image:
    """Stars over a dark land, 3:1."""
    size = (1800, 600)
    made = slope(size, [(0, (10, 14, 34)), (0.6, (30, 40, 76)), (0.85, (88, 84, 104)), (1, (150, 120, 100))])
    band = Image.new("L", size)
    ImageDraw.Draw(band).line([(150, 640), (1500, -60)], fill=255, width=190)
    band = ImageChops.multiply(
        band.filter(ImageFilter.GaussianBlur(70)), tone(clouds(size, 7, random, octaves=7), 60, 200)
    )
    made = ImageChops.screen(made, ImageChops.multiply(Image.new("RGB", size, (196, 186, 206)), band.convert("RGB")))
    pen = ImageDraw.Draw(made)
    for _ in range(2600):
        x, y, light = random.uniform(0, 1800), random.uniform(0, 560), random.paretovariate(1.6)
        size_ = min(2.0, 0.35 + light * 0.16)
        grey = min(255, round(70 + 45 * light))
        pen.ellipse((x - size_, y - size_, x + size_, y + size_), fill=(grey, grey, min(255, grey + 15)))
    made = made.filter(ImageFilter.GaussianBlur(0.6))
    made.paste((255, 190, 120), mask=glow(size, 0.2, 0.98, 0.16))
    made.paste((14, 14, 18), mask=ridge(size, 0.88, 0.07, random))
    return finished(made, random, 0.03)


PICTURES: dict[str, Callable[[Random], Image.Image]] = {
    "ridges": ridges, "sea": sea, "forest": forest, "lights": lights, "night": night,
}  # fmt: skip


def main(names: Sequence[str]) -> None:
    """Draws the pictures of these names, all where none is named."""
    for name in names or PICTURES:
        file = Path(__file__).with_name(f"{name}.jpg")
        PICTURES[name](Random(name)).save(  # noqa: S311, noise and no secret
            file, "JPEG", quality=QUALITY, progressive=True, optimize=True
        )
        print(f"{file.name}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
