"""A label of a page → the site's own section.

In: the lines around a story, or the words of a label. Out: which lines may be the label; the section with its evidence.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from broadsheet.ingest import chrome
from broadsheet.ingest.draft import Found, Hints
from broadsheet.ingest.scene import Scene, far, zone
from broadsheet.words import slug


def settle(label: str, hints: Hints, rule: str, line: int, confidence: float) -> Found[str]:
    """The site's section for a label: by its own names, by its aliases, else the label itself, to be looked at."""
    wanted = label.casefold()
    for section in hints.sections:
        if section.casefold() == wanted or slug(section) == slug(label):
            return Found(section, rule, max(confidence, _OWN), line)
    if alias := hints.aliases.get(wanted):
        return Found(alias, f"{rule}, by the site's alias", max(confidence, _OWN), line)
    return Found(label, rule, min(confidence, _UNKNOWN) if hints.sections else confidence, line)


_OWN = 0.85  # a label near the headline that is one of the site's own sections is no accident
_UNKNOWN = 0.6  # a label that the site has no section for is for an editor to decide


def candidates(scene: Scene, title: int) -> list[tuple[int, str, list[str]]]:
    """The labels that may be the section's, with their lines and the traits that speak for or against them."""
    found = []
    spots = [
        *range(max(0, scene.start - 40), min(scene.start + 2, len(scene.lines))),
        *range(scene.end, min(scene.end + 6, len(scene.lines))),
    ]
    for i in spots:
        line = scene.lines[i]
        if i == title or line.words > 8 or len(line.text) > 80 or line.ends or line.chrome in _NEVER:
            continue
        if (i in scene.signed and scene.signed[i].labelled) or (i in scene.stamps and line.words > 5):
            continue
        parts = [p for part in _PARTS.split(line.text) if (p := part.strip())]
        for k, part in enumerate(parts):
            if len(part) <= 32 and part.count(" ") < 4 and part[0].isalpha():
                split = "whole" if len(parts) == 1 else f"part {min(k, 3)} last {k == len(parts) - 1}"
                found.append((i, part, _traits(scene, i, part, split, title)))
    return found


def _traits(scene: Scene, i: int, part: str, split: str, title: int) -> list[str]:
    lines, kinds = scene.lines, scene.kinds
    line = lines[i]
    prev = kinds[i - 1] if i else "start"
    succ = kinds[i + 1] if i + 1 < len(lines) else "end"
    place = zone(scene, i, title)
    step = far(title - i) if title >= 0 else "none"
    known = chrome.key(part) in NAMES
    listed = bool(line.bullet)
    last = listed and (i + 1 >= len(lines) or not lines[i + 1].bullet)
    return [
        f"split {split}",
        f"split {split} {known}",
        f"zone {place}",
        f"step {step}",
        f"step {step} listed {listed}",
        f"known {known}",
        f"known {known} {step}",
        f"known {known} {place}",
        f"words {part.count(' ')}",
        f"before {prev}",
        f"after {succ}",
        f"first {i == 0} {known}",
        f"again {min(scene.keys[line.key] - 1, 3)} {known}",
        f"listed {listed} last {last}",
        f"caps {part.isupper()}",
        f"next is title {i + 1 == title}",
        f"next is title {i + 1 == title} {known} {listed}",
        f"name {kinds[i] == 'name'}",
        f"furniture {line.chrome}",
        f"said {min(3, scene.said[line.key[:6]])}",
        f"order {min(i, 6)}",
    ]


_PARTS = re.compile(r"\s*[|/>›»•,·\\]+\s*")
_NEVER = frozenset(("share", "counter", "advert", "cookies", "credit", "copyright", "picture", "signup"))
NAMES = frozenset(tomllib.loads(files(__package__).joinpath("sections.toml").read_text(encoding="utf-8"))["names"])
