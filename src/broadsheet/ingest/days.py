"""The lines around a story → which of the days that they bear is the day it was published."""

from __future__ import annotations

from broadsheet.ingest import dates
from broadsheet.ingest.dates import Stamp
from broadsheet.ingest.scene import Scene, far, zone


def candidates(scene: Scene, title: int) -> list[tuple[int, Stamp, list[str]]]:
    """The days that may be the story's, each with the traits that speak for or against it."""
    every = [(i, stamp) for i, stamps in sorted(scene.stamps.items()) for stamp in stamps]
    if not every:
        return []
    days = [stamp.day for _, stamp in every]
    newest, oldest = max(days), min(days)
    labelled = any(stamp.label == "published" for _, stamp in every)
    found = []
    for order, (i, stamp) in enumerate(every):
        same = days.count(stamp.day)
        traits = _traits(scene, i, stamp, title)
        later = sum(day > stamp.day for day in days)
        traits += [
            f"order {min(order, 6)}",
            f"same {min(same, 4)}",
            f"newest {stamp.day == newest} oldest {stamp.day == oldest}",
            f"other is labelled {labelled and stamp.label != 'published'}",
            f"many {min(len(every), 8)} order {min(order, 4)}",
            f"later {min(later, 4)}",
            f"only {len(set(days)) == 1}",
        ]
        found.append((i, stamp, traits))
    return found


def _traits(scene: Scene, i: int, stamp: Stamp, title: int) -> list[str]:
    lines, kinds = scene.lines, scene.kinds
    line = lines[i]
    place = zone(scene, i, title)
    against = far(i - title) if title >= 0 else "none"
    prose = far(i - scene.start) if i <= scene.start else far(i - scene.end)
    left = len(dates.rest(line.text, scene.stamps[i]))
    in_line = scene.stamps[i].index(stamp)
    prev = kinds[i - 1] if i else "start"
    succ = kinds[i + 1] if i + 1 < len(lines) else "end"
    signed = any(k in scene.signed for k in range(i - 2, i + 3))
    rest = 0 if left == 0 else 1 if left < 12 else 2 if left < 30 else 3 if left < 60 else 4
    return [
        f"zone {place}",
        f"label {stamp.label}",
        f"zone {place} label {stamp.label}",
        f"from title {against}",
        f"from prose {place} {prose}",
        f"rest {rest}",
        f"zone {place} rest {rest}",
        f"in line {in_line} of {min(len(scene.stamps[i]), 3)} {stamp.label}",
        f"before {prev}",
        f"after {succ}",
        f"signed {signed} {place}",
        f"bullet {bool(line.bullet)} {place}",
        f"doubt {stamp.doubt != ''}",
        f"colon {':' in line.text}",
        f"kind {kinds[i]}",
        f"label {stamp.label} rest {rest}",
        f"furniture {line.chrome} {place}",
        f"joined {len(line.rows) > 1}",
        f"relative {'counted' in stamp.doubt}",
    ]
