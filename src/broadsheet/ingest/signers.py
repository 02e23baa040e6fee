"""The lines around a story → which of them say who wrote it."""

from __future__ import annotations

from broadsheet.ingest.scene import Scene, far, zone


def candidates(scene: Scene, title: int, date: int) -> list[tuple[int, list[str]]]:
    """The lines that may be the byline, each with the traits that speak for or against it."""
    found = []
    named: dict[str, int] = {}
    for i in sorted(scene.signed):
        for name in scene.signed[i].names:
            named[name.casefold()] = named.get(name.casefold(), 0) + 1
    for order, i in enumerate(i for i in sorted(scene.signed) if i != title):
        byline = scene.signed[i]
        traits = _traits(scene, i, title, date)
        most = max((named[name.casefold()] for name in byline.names), default=0)
        traits += [
            f"order {min(order, 5)}",
            f"named {min(most, 3)}",
            f"named {min(most, 3)} {byline.labelled}",
            f"order {min(order, 3)} {byline.labelled}",
        ]
        found.append((i, traits))
    return found


def _traits(scene: Scene, i: int, title: int, date: int) -> list[str]:
    lines, kinds = scene.lines, scene.kinds
    line, byline = lines[i], scene.signed[i]
    place = zone(scene, i, title)
    from_title = far(i - title) if title >= 0 else "none"
    from_date = far(i - date) if date >= 0 else "none"
    from_prose = far(i - scene.start) if i <= scene.start else far(i - scene.end)
    by = "by" if byline.labelled else "bio" if line.words > 9 else "bare"
    prev = kinds[i - 1] if i else "start"
    succ = kinds[i + 1] if i + 1 < len(lines) else "end"
    who = f"{min(len(byline.names), 2)} {bool(byline.agency)}"
    return [
        by,
        f"{by} zone {place}",
        f"{by} from title {from_title}",
        f"{by} from date {from_date}",
        f"{by} from prose {place} {from_prose}",
        f"who {who} {by}",
        f"{by} before {prev}",
        f"{by} after {succ}",
        f"{by} kind {kinds[i]}",
        f"{by} again {min(scene.keys[line.key] - 1, 3)}",
        f"{by} bullet {bool(line.bullet)}",
        f"{by} words {min(line.words, 8)}",
        f"{by} caps {line.text.isupper()}",
        f"{by} dated {i in scene.stamps}",
        f"{by} {place} from date {from_date}",
    ]
