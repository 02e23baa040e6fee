"""The lines around a story → which of them say who wrote it."""

from __future__ import annotations

from broadsheet.ingest.extract.context import Scene, ahead, rank, words, zone
from broadsheet.ingest.extract.ranker import Row

_BIO = 9  # words from which a line tells of its author


def candidates(scene: Scene, title: int, date: int) -> list[tuple[int, Row]]:
    """The lines that may be the byline, each with the traits that speak for or against it."""
    spots = sorted(scene.signed)
    named: dict[str, int] = {}
    for i in spots:
        for name in scene.signed[i].names:
            named[name.casefold()] = named.get(name.casefold(), 0) + 1
    labelled = sum(scene.signed[i].labelled for i in spots)
    found = []
    for order, i in enumerate(k for k in spots if k != title):
        most = max((named[name.casefold()] for name in scene.signed[i].names), default=0)
        found.append((i, (*_traits(scene, i, title, date), order, len(spots), labelled, most)))
    return found


def _traits(scene: Scene, i: int, title: int, date: int) -> Row:
    lines, byline = scene.lines, scene.signed[i]
    line, mine = lines[i], words(" ".join(byline.names))
    return (
        2 if byline.labelled else 1 if line.words > _BIO else 0, zone(scene, i, title),
        i - title if title >= 0 else -99, i - date if date >= 0 else -99, i - scene.start, i - scene.end,
        len(byline.names), byline.agency != "", rank(scene, i), rank(scene, i - 1), rank(scene, i + 1),
        scene.keys[line.key] - 1, line.bullet != "", line.words, line.text.isupper(), i in scene.stamps, line.gap,
        scene.story[i], sum(scene.said[word] for word in mine) / len(mine), i / len(lines),
        ahead(scene.stamps, range(i + 1, i + 4)), ahead(scene.stamps, range(i - 1, i - 4, -1)),
        lines[i - 1].words if i else 0, lines[i + 1].words if i + 1 < len(lines) else 0, line.stops, len(line.text),
        sum([k in scene.signed for k in range(i - 6, i + 7)]),
    )  # fmt: skip
