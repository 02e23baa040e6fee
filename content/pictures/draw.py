"""Draws the sample site's placeholder pictures: nothing comes in, PNG files beside this script go out.

Each picture is a woodcut in ink, paper and one red: shapes are flat, and light is a field of lines that swell
and thin. Nothing is random, so that drawing twice gives the same pictures.

    python content/pictures/draw.py            draws all of them
    python content/pictures/draw.py moon dome  draws these two
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from woodcut import (
    HEIGHT,
    INK,
    PAPER,
    RED,
    SHADE,
    WIDTH,
    Colour,
    Point,
    Sheet,
    arc,
    boxes,
    ease,
    ellipses,
    engraving,
    polygons,
    sky,
    strokes,
    without,
)


def dome() -> Sheet:
    """A great dome before a low sun."""
    sheet = Sheet()
    sun = (1120.0, 400.0)
    sky(sheet, sun, below=742)
    sheet.print(RED, ellipses((*sun, 176, 176)))

    middle = 690.0
    shell = [(middle - 265, 520.0), *arc(middle, 520, 265, 300, 180, 360), (middle + 265, 520.0)]
    lantern = [
        (middle - 40, 232.0), (middle - 34, 152.0), (middle - 46, 150.0), (middle - 20, 112.0), (middle - 5, 92.0),
        (middle + 5, 92.0), (middle + 20, 112.0), (middle + 46, 150.0), (middle + 34, 152.0), (middle + 40, 232.0),
    ]  # fmt: skip
    cross = boxes((middle - 3, 42, middle + 3, 95), (middle - 16, 56, middle + 16, 62))
    sheet.print(INK, polygons(shell, lantern))
    sheet.print(INK, cross)
    sheet.print(PAPER, boxes(*[(middle + x - 4, 166, middle + x + 4, 216) for x in (-20, 0, 20)]))

    def lit(x: float, y: float) -> float:
        across = (x - middle) / (265 * math.sqrt(max(0.02, 1 - ((y - 520) / 300) ** 2)))
        return 0.82 * ease((across + 0.45) / 1.3)

    sheet.print(PAPER, engraving(lit, 12), polygons(shell))
    ribs = []
    for angle in (-75, -52, -27, 0, 27, 52, 75):
        a = 265 * math.sin(math.radians(angle))
        ribs.append([(middle + a * math.cos(t / 40), 520 - 300 * math.sin(t / 40)) for t in range(59)])
    sheet.print(INK, strokes(*ribs, width=9), polygons(shell))

    drum = boxes((middle - 280, 508, middle + 280, 528), (middle - 262, 520, middle + 262, 640))
    sheet.print(INK, drum)
    sheet.print(PAPER, boxes(*[(middle + x - 13, 540, middle + x + 13, 626) for x in range(-225, 226, 50)]))
    sheet.print(INK, ellipses(*[(middle + x, 548, 6, 8) for x in range(-225, 226, 50)]))
    sheet.print(INK, boxes(*[(middle + x - 6, 548, middle + x + 6, 626) for x in range(-225, 226, 50)]))

    sheet.print(INK, boxes((0, 640, WIDTH, 664), (0, 655, WIDTH, 770)))
    sheet.print(PAPER, boxes((0, 648, WIDTH, 652)))
    sheet.print(PAPER, boxes(*[(x, 678, x + 18, 758) for x in range(14, WIDTH, 44)]))
    sheet.print(SHADE, boxes((0, 770, WIDTH, HEIGHT)))

    def ground(x: float, y: float) -> float:
        return 0.16 + 0.62 * ease(abs(x - sun[0]) / 1000) if y > 790 else 0.0

    sheet.print(INK, engraving(ground, 19))
    return sheet


def moon() -> Sheet:
    """The cratered moon, with a ship on its way round."""
    sheet = Sheet(INK)
    x0, y0, radius = 930.0, 500.0, 350.0
    stars = [(1600 * (i * 0.7548777 % 1), 900 * (i * 0.5698403 % 1), 1.1 + (i * 7 % 11) * 0.2) for i in range(1, 90)]
    sheet.print(PAPER, ellipses(*[(x, y, size, size) for x, y, size in stars]))
    orbit = [(x * 0.955 - y * 0.296 + x0, x * 0.296 + y * 0.955 + y0) for x, y in arc(0, 0, 640, 170)]
    sheet.print(RED, strokes(orbit, width=4))
    disc = ellipses((x0, y0, radius, radius))
    sheet.print(PAPER, disc)
    edge = without(ellipses((x0, y0, radius + 2.5, radius + 2.5)), disc)

    def shadow(x: float, y: float) -> float:
        u, v = (x - x0) / radius, (y - y0) / radius
        depth = math.sqrt(max(0.0, 1 - u * u - v * v))
        return 1.02 - 1.15 * ease((-0.62 * u - 0.35 * v + 0.70 * depth + 0.12) / 1.0)

    sheet.print(INK, engraving(shadow, 13, bend=lambda x, y: 46 * ((x - x0) / radius) ** 2 * (y - y0) / -400), disc)
    craters = [
        (-150, -60, 66), (-40, -205, 44), (30, 40, 84), (-215, 95, 36), (-70, 190, 56), (110, -130, 40),
        (-250, -30, 22), (-120, -190, 18), (-10, -95, 20), (-160, 185, 20), (60, 215, 30), (-262, 150, 15),
        (-170, -130, 15), (150, 130, 26), (40, 130, 14), (-100, 70, 17), (200, 0, 22), (-30, 290, 17),
    ]  # fmt: skip
    for dx, dy, size in craters:
        flat = math.sqrt(max(0.2, 1 - (dx * dx + dy * dy) / radius**2))
        x, y = x0 + dx, y0 + dy
        bowl = ellipses((x, y, size * (0.55 + 0.45 * flat), size * (0.7 + 0.3 * flat)))
        inner = ellipses((x + size * 0.22, y + size * 0.15, size * (0.5 + 0.4 * flat), size * (0.62 + 0.28 * flat)))
        rim = ellipses((x + size * 0.05, y + size * 0.04, size * (0.62 + 0.48 * flat), size * (0.77 + 0.33 * flat)))
        sheet.print(PAPER if dx < 120 else SHADE, without(rim, bowl), disc)
        sheet.print(INK, without(bowl, inner), disc)
    sheet.print(PAPER, edge)
    front = [p for i, p in enumerate(orbit) if len(orbit) * 0.03 < i < len(orbit) * 0.47]
    sheet.print(INK, strokes(front, width=13), disc)
    sheet.print(RED, strokes(front, width=4))
    x, y = front[int(len(front) * 0.80)]
    sheet.print(INK, ellipses((x, y, 34, 34)))
    sheet.print(RED, ellipses((x, y, 13, 13)))
    sheet.print(
        PAPER,
        polygons(
            *[[(x + s * 16, y - 8), (x + s * 62, y - 20), (x + s * 62, y + 4), (x + s * 16, y + 8)] for s in (-1, 1)]
        ),
    )
    return sheet


def bridge() -> Sheet:
    """A truss bridge over wide water, its middle span only a dotted line."""
    sheet = Sheet()
    sun = (800.0, 470.0)
    sky(sheet, sun, reach=900, below=600)
    sheet.print(RED, ellipses((*sun, 130, 130)))
    sheet.print(PAPER, boxes((0, 604, WIDTH, HEIGHT)))

    def water(x: float, y: float) -> float:
        if y < 606:
            return 0.0
        glint = math.exp(-(((x - sun[0]) / (60 + (y - 600) * 0.55)) ** 2))
        return 0.70 - 0.62 * glint + 0.16 * math.sin(x / 47 + y * 0.9)

    swell = engraving(water, 16, bend=lambda x, y: 3 * math.sin(x / 31 + y))
    sheet.print(INK, swell, boxes((0, 618, WIDTH, HEIGHT)))
    sheet.print(INK, boxes((0, 602, WIDTH, 605)))

    def top(x: float) -> float:
        return 440 - 175 * math.exp(-(((abs(x - 800) - 385) / 150) ** 2))

    deck = 452.0
    for side in (-1, 1):
        stations = [800 + side * d for d in range(190, 840, 65)]
        upper = [(x, top(x)) for x in stations]
        lower = [(x, deck) for x in stations]
        braces = [[a, b] for a, b in zip(upper[::2], lower[1::2], strict=False)]
        braces += [[a, b] for a, b in zip(lower[1::2], upper[2::2], strict=False)]
        posts = [[a, b] for a, b in zip(upper, lower, strict=True)]
        sheet.print(INK, strokes(upper, width=11))
        sheet.print(INK, strokes(*braces, *posts, width=5.5))
        edge = 800 + side * 190
        sheet.print(INK, boxes((min(edge, 800 + side * 820), deck - 8, max(edge, 800 + side * 820), deck + 12)))
        for distance, half in ((385, 22), (650, 15)):
            x = 800 + side * distance
            sheet.print(INK, polygons([(x - half, deck), (x + half, deck), (x + half + 12, 640), (x - half - 12, 640)]))
            sheet.print(INK, boxes((x - half - 30, 628, x + half + 30, 656)))
    ghost = [(float(x), 440 - 26 * math.cos((x - 800) / 190 * math.pi / 2)) for x in range(632, 980, 24)]
    sheet.print(INK, ellipses(*[(x, y, 3.6, 3.6) for x, y in ghost]))
    sheet.print(INK, ellipses(*[(x, deck, 3.6, 3.6) for x, _ in ghost]))
    return sheet


def stadium() -> Sheet:
    """An arena seen from above, a ring of red round the field."""
    sheet = Sheet(INK)
    x0, y0 = 800.0, 448.0
    for ring in range(7):
        grow = 1 - ring * 0.071
        outer = ellipses((x0, y0 - ring * 2 + 10, 740 * grow, 390 * grow))
        inner = ellipses((x0, y0 - ring * 2 + 10, 740 * grow - 34, 390 * grow - 20))
        spokes = [
            [(x0 + 200 * math.cos(t), y0 + 120 * math.sin(t)), (x0 + 800 * math.cos(t), y0 + 450 * math.sin(t))]
            for t in (math.tau * k / 24 + 0.06 for k in range(24))
        ]
        sheet.print(PAPER, without(without(outer, inner), strokes(*spokes, width=7)))
    sheet.print(PAPER, ellipses((x0, y0 - 14, 372, 188)))
    sheet.print(RED, ellipses((x0, y0 - 14, 356, 176)))
    lanes = [arc(x0, y0 - 14, 356 - d, 176 - d * 0.62) for d in (16, 32, 48)]
    sheet.print(PAPER, strokes(*lanes, width=2.4))
    sheet.print(PAPER, ellipses((x0, y0 - 14, 292, 134)))
    field = ellipses((x0, y0 - 14, 284, 128))
    sheet.print(INK, engraving(lambda x, _: 0.16 + 0.3 * ease((x - 520) / 560), 12), field)
    return sheet


def hemicycle() -> Sheet:
    """The half circle of a parliament, a seat a dot."""
    sheet = Sheet()
    x0, y0 = 800.0, 770.0

    def light(x: float, y: float) -> float:
        return 0.55 * ease((math.hypot(x - x0, y - y0) - 660) / 420) if y < 800 else 0.0

    sheet.print(INK, engraving(light, 15))
    seats: dict[Colour, list[tuple[float, float, float, float]]] = {INK: [], RED: []}
    for row in range(9):
        radius = 235 + row * 48
        count = round(radius * math.pi / 44)
        for seat in range(count):
            turn = math.pi * (1 + (seat + 0.0) / (count - 1))
            place = (seat / (count - 1)) * 100
            size = 11.5 + row * 0.85
            colour = RED if 43 < place < 72 else INK
            seats[colour].append((x0 + radius * math.cos(turn), y0 + radius * math.sin(turn) * 0.98, size, size))
    for colour, dots in seats.items():
        sheet.print(colour, ellipses(*dots))
    sheet.print(INK, boxes((0, 802, WIDTH, HEIGHT)))
    sheet.print(PAPER, engraving(lambda x, y: 0.5 - 0.45 * ease(abs(x - x0) / 780) if y > 812 else 0.0, 17))
    desk = [(x0 - 120, 802.0), (x0 - 92, 690.0), (x0 + 92, 690.0), (x0 + 120, 802.0)]
    sheet.print(PAPER, polygons([(x0 - 150, 802.0), (x0 - 112, 676.0), (x0 + 112, 676.0), (x0 + 150, 802.0)]))
    sheet.print(INK, polygons(desk))
    sheet.print(INK, boxes((x0 - 106, 678, x0 + 106, 696)))
    sheet.print(PAPER, engraving(lambda x, _: 0.6 * ease((x - x0 + 90) / 240), 10), polygons(desk))
    return sheet


def launch() -> Sheet:
    """A rocket leaving its tower at dusk."""
    sheet = Sheet()
    x0 = 860.0
    flame = (x0, 610.0)
    sky(sheet, flame, reach=820, darkest=0.9, below=790)
    puffs = [
        (-330, 760, 90), (-235, 735, 105), (-130, 745, 120), (-40, 700, 100), (70, 735, 125), (180, 742, 112),
        (290, 765, 95), (390, 782, 66), (-425, 785, 62),
    ]  # fmt: skip
    cloud = ellipses(*[(x0 + x, y, r, r) for x, y, r in puffs])
    sheet.print(INK, ellipses(*[(x0 + x, y, r + 7, r + 7) for x, y, r in puffs]))
    sheet.print(PAPER, cloud)

    def curl(x: float, y: float) -> float:
        near = min((math.hypot(x - x0 - dx + 14, y - dy + 18) / r, r) for dx, dy, r in puffs)[0]
        return 0.8 * ease((near - 0.35) / 0.9)

    sheet.print(INK, engraving(curl, 11), cloud)
    plume = [(x0 - 30, 405.0), *arc(x0, 520, 46, 215, -60, 90), *arc(x0, 520, 46, 215, 90, 240)]
    sheet.print(PAPER, strokes([*plume, plume[0]], width=16))
    sheet.print(RED, polygons(plume))
    sheet.print(PAPER, polygons(arc(x0, 430, 17, 190, 0, 180)))
    hull = [(x0 - 36, 400.0), *arc(x0, 190, 36, 105, 180, 360), (x0 + 36, 400.0)]
    fins = [(x0 - 36, 320.0), (x0 - 72, 398.0), (x0 - 66, 416.0), (x0 + 66, 416.0), (x0 + 72, 398.0), (x0 + 36, 320.0)]
    sheet.print(PAPER, strokes([*hull, hull[0]], width=12))
    sheet.print(INK, polygons(hull, fins))
    sheet.print(PAPER, engraving(lambda x, y: 0.95 * ease((x - x0 + 30) / 62) if y < 395 else 0.0, 9), polygons(hull))
    sheet.print(INK, boxes((x0 - 36, 286, x0 + 36, 298), (x0 - 36, 196, x0 + 36, 202)))

    left, right = 470.0, 545.0
    levels = list(range(150, 800, 65))
    lattice = [[(left, a), (right, b)] for a, b in pairwise(levels)]
    lattice += [[(right, a), (left, b)] for a, b in pairwise(levels)]
    lattice += [[(left, y), (right, y)] for y in levels]
    sheet.print(PAPER, boxes((left - 14, 136, right + 14, 800)))
    sheet.print(
        INK, strokes([(left, 140), (left, 800)], [(right, 140), (right, 800)], [(508, 60), (508, 140)], width=9)
    )
    sheet.print(INK, strokes(*lattice, width=4.5))
    sheet.print(INK, boxes((0, 796, WIDTH, HEIGHT)))
    sheet.print(PAPER, engraving(lambda x, y: 0.42 * math.exp(-(((x - x0) / 420) ** 2)) if y > 806 else 0.0, 15))
    return sheet


def _tower(sheet: Sheet, x: float, width: float, base: float, storeys: int) -> None:
    """A tower of the wall, lit from the left: a block from the ground up to `base`, storeys, a tent roof."""
    half = width / 2
    sheet.print(INK, boxes((x - half, base, x + half, 700)))
    for step in range(int(-half), int(half) - 10, 24):
        left, right = x + step, x + step + 16
        sheet.print(
            INK, polygons([(left, base), (left, base - 22), (left + 8, base - 13), (right, base - 22), (right, base)])
        )
    face = boxes((x - half + 6, base + 26, x + half - 6, 690))
    sheet.print(PAPER, engraving(lambda at, _: 0.68 * ease((x - at) / width + 0.40), 12), face)
    sheet.print(INK, boxes((x - 15, base + 90, x + 15, base + 160)))
    sheet.print(INK, ellipses((x, base + 90, 15, 18)))
    level = base
    for _ in range(storeys):
        half *= 0.68
        sheet.print(
            INK, boxes((x - half, level - 86, x + half, level), (x - half - 8, level - 90, x + half + 8, level - 80))
        )
        openings = [x - half * 0.5, x, x + half * 0.5]
        sheet.print(PAPER, boxes(*[(at - half * 0.13, level - 66, at + half * 0.13, level - 20) for at in openings]))
        level -= 88
    roof = [(x - half * 0.8, level), (x, level - half * 3.2), (x + half * 0.8, level)]
    sheet.print(INK, polygons(roof))
    sheet.print(INK, strokes([(x, level - half * 3.1), (x, level - half * 3.2 - 34)], width=4))
    sheet.print(PAPER, engraving(lambda at, _: 0.66 * ease((x - at) / half + 0.1), 9), polygons(roof))


def square() -> Sheet:
    """A wide square under a crenellated wall and its towers."""
    sheet = Sheet()
    sun = (390.0, 380.0)
    sky(sheet, sun, below=690)
    sheet.print(RED, ellipses((*sun, 150, 150)))
    wall = boxes((0, 560, WIDTH, 700))
    teeth = [[(x, 566), (x, 524), (x + 13, 538), (x + 26, 524), (x + 26, 566)] for x in range(4, WIDTH, 40)]
    sheet.print(INK, polygons(*teeth))
    sheet.print(INK, wall)
    sheet.print(PAPER, engraving(lambda x, _: 0.42 * ease(1 - abs(x - sun[0]) / 900), 14), wall)
    for x, width, base, steps in ((1080.0, 190.0, 372.0, 2), (640.0, 110.0, 450.0, 1), (1440.0, 124.0, 430.0, 1)):
        _tower(sheet, x, width, base, steps)
    sheet.print(SHADE, boxes((0, 700, WIDTH, HEIGHT)))
    for row, y in enumerate((706, 722, 744, 774, 814, 864)):
        sheet.print(INK, boxes((0, y, WIDTH, y + 2.2 + row * 0.9)))
    joints = []
    levels = [706, 722, 744, 774, 814, 864, 930]
    for row in range(6):
        for k in range(-30, 31):
            offset = k + (row % 2) * 0.5
            near, far = 86 + row * 26, 60 + row * 26
            joints.append([(800 + offset * far, float(levels[row])), (800 + offset * near, float(levels[row + 1]))])
    sheet.print(INK, strokes(*joints, width=2.6))
    return sheet


def _house(sheet: Sheet, left: float, right: float, top: float) -> None:
    """A town house with a steep roof, a dormer and a chimney."""
    roof = [(left, top + 62), (left + 14, top), (right - 14, top), (right, top + 62)]
    sheet.print(INK, polygons(roof))
    sheet.print(INK, boxes((left, top + 60, right, 815), (right - 40, top - 26, right - 20, top + 4)))
    sheet.print(PAPER, boxes((left, top + 62, right, top + 66), (right - 1.5, top + 62, right + 1.5, 812)))
    middle = (left + right) / 2
    columns = [middle + d for d in (-30, 0, 30)]
    sheet.print(PAPER, boxes(*[(x - 6, y, x + 6, y + 22) for x in columns for y in range(int(top) + 82, 770, 42)]))
    sheet.print(
        PAPER, boxes((middle - 24, top + 24, middle - 12, top + 48), (middle + 12, top + 24, middle + 24, top + 48))
    )


def cathedral() -> Sheet:
    """Two towers, three doors and a rose window."""
    sheet = Sheet()
    x0 = 800.0
    sky(sheet, (x0, 480.0), reach=1000, darkest=0.72, below=812)
    houses = ((0, 118, 640), (118, 96, 600), (214, 130, 655), (344, 104, 622), (448, 90, 668))
    for left, width, top in houses:
        for x in (float(left), float(WIDTH - left - width)):
            _house(sheet, x, x + width, top + (0 if x < x0 else (left * 7) % 41 - 20))
    body = boxes((x0 - 270, 330, x0 + 270, 815), (x0 - 270, 110, x0 - 100, 340), (x0 + 100, 110, x0 + 270, 340))
    sheet.print(INK, body)
    sheet.print(
        INK,
        polygons([(x0 - 16, 340.0), (x0, 60.0), (x0 + 16, 340.0)], [(x0 - 110, 340.0), (x0, 250.0), (x0 + 110, 340.0)]),
    )

    def stone(x: float, _: float) -> float:
        return 0.36 * ease((x - x0 + 330) / 700)

    sheet.print(PAPER, engraving(stone, 11), body)
    sheet.print(INK, boxes((x0 - 282, 104, x0 - 88, 122), (x0 + 88, 104, x0 + 282, 122)))
    buttresses = boxes(*[(x0 + x - 17, 120, x0 + x + 17, 815) for x in (-253, -117, 117, 253)])
    sheet.print(INK, without(buttresses, boxes((x0 - 95, 0, x0 + 95, 900))))
    lancets = [x0 + s * (185 + d) for s in (-1, 1) for d in (-27, 27)]
    sheet.print(PAPER, boxes(*[(x - 15, 175, x + 15, 310) for x in lancets]))
    sheet.print(PAPER, polygons(*[[(x - 15, 178.0), (x, 146.0), (x + 15, 178.0)] for x in lancets]))
    sheet.print(INK, strokes(*[[(x - 14, y), (x + 14, y)] for x in lancets for y in range(196, 310, 20)], width=4))

    sheet.print(INK, boxes((x0 - 282, 326, x0 + 282, 392)))
    sheet.print(PAPER, boxes(*[(x0 + x - 8, 342, x0 + x + 8, 384) for x in range(-260, 261, 26)]))
    sheet.print(PAPER, ellipses(*[(x0 + x, 344, 8, 9) for x in range(-260, 261, 26)]))

    centre = 500.0
    sheet.print(INK, ellipses((x0, centre, 104, 104)))
    sheet.print(PAPER, ellipses((x0, centre, 96, 96)))
    sheet.print(RED, ellipses((x0, centre, 89, 89)))
    petals = [math.tau * k / 12 for k in range(12)]
    spokes = [
        [(x0 + 27 * math.cos(t), centre + 27 * math.sin(t)), (x0 + 90 * math.cos(t), centre + 90 * math.sin(t))]
        for t in petals
    ]
    sheet.print(PAPER, strokes(*spokes, width=4))
    sheet.print(PAPER, strokes(arc(x0, centre, 24, 24), arc(x0, centre, 57, 57), width=4))
    sheet.print(PAPER, boxes(*[(x0 + s * 185 - 30, 452, x0 + s * 185 + 30, 568) for s in (-1, 1)]))
    sheet.print(
        PAPER,
        polygons(*[[(x0 + s * 185 - 30, 454.0), (x0 + s * 185, 412.0), (x0 + s * 185 + 30, 454.0)] for s in (-1, 1)]),
    )
    sheet.print(INK, strokes(*[[(x0 + s * 185, 425), (x0 + s * 185, 568)] for s in (-1, 1)], width=5))

    sheet.print(INK, boxes((x0 - 282, 600, x0 + 282, 640)))
    sheet.print(PAPER, boxes(*[(x0 + x - 5, 606, x0 + x + 5, 634) for x in range(-268, 269, 19)]))
    for x, half in ((-185, 50), (0, 62), (185, 50)):
        for inset, colour in ((0, PAPER), (9, INK), (17, PAPER), (25, INK)):
            w = half - inset
            door = [
                (x0 + x - w, 815.0),
                (x0 + x - w, 735.0),
                (x0 + x - w * 0.55, 690.0 + inset),
                (x0 + x, 662.0 + inset * 1.2),
                (x0 + x + w * 0.55, 690.0 + inset),
                (x0 + x + w, 735.0),
                (x0 + x + w, 815.0),
            ]
            sheet.print(colour, polygons(door))
    sheet.print(INK, boxes((0, 812, WIDTH, HEIGHT)))
    sheet.print(PAPER, engraving(lambda x, y: 0.4 * math.exp(-(((x - x0) / 480) ** 2)) if y > 822 else 0.0, 15))
    return sheet


def exchange() -> Sheet:
    """Columns of coins, and a red line that falls across them."""
    sheet = Sheet()
    heights = (19, 16, 17, 13, 14, 10, 11, 8)
    sky(sheet, (1330.0, 250.0), reach=1100, darkest=0.5, below=800)
    tops: list[Point] = []
    for k, coins in enumerate(heights):
        x = 205.0 + k * 170
        for coin in range(coins):
            y = 790.0 - coin * 29
            shift = 4 * math.sin(coin * 2.3 + k * 1.7)
            cylinder = [*arc(x + shift, y, 64, 20, 0, 180), *arc(x + shift, y - 24, 64, 20, 180, 360)]
            sheet.print(INK, polygons(cylinder))
            ridges = [
                [
                    (x + shift + d, y - 12 + 20 * math.sqrt(1 - (d / 64) ** 2) - 8),
                    (x + shift + d, y + 20 * math.sqrt(1 - (d / 64) ** 2) - 4),
                ]
                for d in range(-2, 60, 9)
            ]
            sheet.print(PAPER, strokes(*[[(a, b - 4), (c, d - 2)] for (a, b), (c, d) in ridges], width=3))
            sheet.print(PAPER, ellipses((x + shift, y - 24, 61, 17.5)))
        shift = 4 * math.sin((coins - 1) * 2.3 + k * 1.7)
        top = 790.0 - (coins - 1) * 29 - 24
        sheet.print(INK, strokes(arc(x + shift, top, 46, 12), width=3))
        tops.append((x, top - 62))
    sheet.print(PAPER, strokes(tops, width=20))
    sheet.print(RED, strokes(tops, width=9))
    sheet.print(PAPER, ellipses(*[(x, y, 20, 20) for x, y in tops]))
    sheet.print(RED, ellipses(*[(x, y, 14, 14) for x, y in tops]))
    sheet.print(SHADE, boxes((0, 815, WIDTH, HEIGHT)))
    sheet.print(INK, boxes((0, 810, WIDTH, 818)))
    sheet.print(INK, engraving(lambda x, y: 0.5 - 0.42 * ease(x / 1500) if y > 826 else 0.0, 16))
    return sheet


PICTURES: dict[str, Callable[[], Sheet]] = {
    picture.__name__: picture
    for picture in (bridge, cathedral, dome, exchange, hemicycle, launch, moon, square, stadium)
}


def main(names: Sequence[str]) -> None:
    """Draws the named pictures, or all of them, beside this script."""
    for name in names or PICTURES:
        path = Path(__file__).with_name(f"{name}.png")
        PICTURES[name]().finished().save(path, optimize=True)
        sys.stdout.write(f"{path.name}: {path.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
