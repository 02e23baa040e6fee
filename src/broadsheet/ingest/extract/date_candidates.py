"""The lines around a story → which of the days that they bear is the day it was published."""

from __future__ import annotations

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.context import Scene, ahead, rank, zone
from broadsheet.ingest.extract.dates import Stamp
from broadsheet.ingest.extract.ranker import Row

_LABELS = {"": 0, "published": 1, "updated": 2}
_SAYING, _REST = 12, 70  # words of a line, and characters of it beside its days, from which it tells of days
_BESIDE = 3  # lines around headline and prose
_NEAR = 10  # lines around in which other days make a list of teasers or comments


def candidates(scene: Scene, title: int) -> list[tuple[int, Stamp, Row]]:
    """The days that may be the story's, each with the traits that speak for or against it."""
    every = [
        (i, stamp)
        for i, stamps in sorted(scene.stamps.items())
        if not _tells(scene, i)
        for stamp in stamps
        if not _counted(stamp) or _close(scene, i, title)
    ]
    days = [stamp.day for _, stamp in every]
    printed = [stamp.day for _, stamp in every if not _counted(stamp)] or days
    labelled = any(stamp.label == "published" for _, stamp in every)
    signed = {i for i, byline in scene.signed.items() if byline.labelled}
    found = []
    for order, (i, stamp) in enumerate(every):
        others = (
            order, len(every), days.count(stamp.day), len(set(days)), stamp.day == max(printed),
            stamp.day == min(printed), sum([day > stamp.day for day in printed]), (max(printed) - stamp.day).days,
            labelled and stamp.label != "published", sum([abs(i - k) <= _NEAR for k, _ in every]),
            ahead(signed, range(i, i + 5)), ahead(signed, range(i, i - 5, -1)),
        )  # fmt: skip
        found.append((i, stamp, _traits(scene, i, stamp, title) + others))
    return found


def _counted(stamp: Stamp) -> bool:
    """Whether a day is counted from the file's own, as "2 hours ago" is."""
    return "counted" in stamp.doubt


def _close(scene: Scene, i: int, title: int) -> bool:
    """Whether a line stands by the headline, or between it and the prose: teasers are "2 hours" old as well."""
    if scene.lines[i].stops and len(dates.rest(scene.lines[i].text, scene.stamps[i])) > _SAYING:
        return False
    return (title - _BESIDE if title >= 0 else 0) <= i <= max(scene.start, title) + _BESIDE


def _tells(scene: Scene, i: int) -> bool:
    """Whether a line tells of days, as captions and sentences do, or names the day of somebody's post."""
    line, stamps = scene.lines[i], scene.stamps[i]
    if any(stamp.label for stamp in stamps):
        return False
    return "(@" in line.text or (line.words >= _SAYING and len(dates.rest(line.text, stamps)) > _REST)


def _traits(scene: Scene, i: int, stamp: Stamp, title: int) -> Row:
    lines = scene.lines
    line, stamps = lines[i], scene.stamps[i]
    return (
        zone(scene, i, title), _LABELS[stamp.label], i - title if title >= 0 else -99, i - scene.start, i - scene.end,
        len(dates.rest(line.text, stamps)), stamps.index(stamp), len(stamps), rank(scene, i), rank(scene, i - 1),
        rank(scene, i + 1), line.words, scene.story[i], any(k in scene.signed for k in range(i - 2, i + 3)),
        i in scene.signed, line.bullet != "", stamp.doubt != "", _counted(stamp), stamp.moment is not None,
        ":" in line.text, line.chrome != "", len(line.rows), line.gap, scene.keys[line.key] - 1,
        i / len(lines), i == 0 or lines[i - 1].words, stamp.start, dates.CLOCK.search(line.text) is not None,
    )  # fmt: skip
