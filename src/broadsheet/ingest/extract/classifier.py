"""Lines → the part that each plays: prose, subheads and lists of the story, captions, what is dropped.

In: the lines of a text. Out: a ``Frame``: a part for every line, with the reason, and where the story's prose is. A
vote of small decision trees over each line's traits tells story from furniture. The trees (classifier.json) were
fitted by ``benchmarks.ingest_fit`` on labelled pages of many publishers; they know shapes and places, no names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import features, trees
from broadsheet.ingest.extract.draft import Hints, Role
from broadsheet.ingest.extract.lines import Line

NEVER = -9.0  # the log odds of a line that is not judged: plain furniture, or far from all prose
_THREAD = 14  # lines below a heading in which two comments bear dates
_LISTS = re.compile(r"^# (?:responses?|replies|thoughts)\b")


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """How much speaks for a line being story, and, if it is, for being a subhead (log odds)."""

    body: float
    subhead: float
    kind: str

    @property
    def story(self) -> bool:
        """Whether the line is more likely in the story than not."""
        return self.body > 0


class Part(msgspec.Struct, frozen=True):
    """What a line is in the story, and why."""

    role: Role
    why: str


class Frame(msgspec.Struct, frozen=True):
    """A part for every line; the prose stands between lines ``start`` and ``end`` (not included); what was judged."""

    parts: tuple[Part, ...]
    start: int
    end: int
    verdicts: tuple[Verdict, ...]


BODY = Part("body", "prose")
LIST = Part("body", "an item of a list")
SUBHEAD = Part("subhead", "a short line that heads paragraphs")


def frame(lines: Sequence[Line], hints: Hints, *, bare: bool = False) -> Frame:
    """The parts of all lines. ``bare`` text is known to be a story alone: only plain furniture is dropped from it."""
    verdicts = [] if bare else predict(lines, hints)
    parts = [_bare(lines, i) for i in range(len(lines))] if bare else list(map(_part, lines, verdicts))
    _cut_thread(lines, verdicts, parts)
    if not any(part.role == "body" for part in parts):
        parts = [Part("dropped", f"page furniture: {line.chrome}") if line.chrome else BODY for line in lines]
    _settle_subheads(parts)
    kept = [i for i, part in enumerate(parts) if part.role in ("body", "subhead")]
    start, end = (kept[0], kept[-1] + 1) if kept else (0, 0)
    return Frame(tuple(parts), start, end, tuple(verdicts))


def _part(line: Line, verdict: Verdict) -> Part:
    if line.chrome == "credit":
        return Part("credit", "a line about the picture")
    if verdict.story:
        if verdict.subhead > 0:
            return SUBHEAD
        return LIST if line.bullet else BODY
    return _furniture(line.chrome) if line.chrome else _apart(verdict.kind)


@functools.cache
def _furniture(kind: str) -> Part:
    return Part("caption" if kind == "picture" else "dropped", f"page furniture: {kind}")


@functools.cache
def _apart(kind: str) -> Part:
    return Part("dropped", f"its shape and place are not the story's ({kind})")


def _bare(lines: Sequence[Line], i: int) -> Part:
    line = lines[i]
    if line.chrome == "credit":
        return Part("credit", "a line about the picture")
    if line.bullet and not line.bullet[0].isdigit():
        return LIST
    heads = (
        not line.ends
        and line.words <= 14
        and 0 < i + 1 < len(lines)
        and (lines[i + 1].words > 14 or lines[i + 1].stops)
    )
    return SUBHEAD if heads and i > 0 else BODY


def _cut_thread(lines: Sequence[Line], verdicts: Sequence[Verdict], parts: list[Part]) -> None:
    """Readers' comments: below a heading that names them, dated line upon dated line, to the end of the text."""
    for i, line in enumerate(lines):
        if line.chrome != "comments" or not any(part.role == "body" for part in parts[:i]):
            continue
        dated = sum(verdict.kind == "date" for verdict in verdicts[i + 1 : i + _THREAD])
        if dated >= 2 or _LISTS.search(line.key):
            parts[i:] = [Part("dropped", "readers' comments")] * (len(parts) - i)
            return


def _settle_subheads(parts: list[Part]) -> None:
    """A subhead that no body follows heads nothing."""
    followed = False
    for i in range(len(parts) - 1, -1, -1):
        if parts[i].role == "body":
            followed = True
        elif parts[i].role == "subhead" and not followed:
            parts[i] = Part("dropped", "a short line at the end")


def predict(lines: Sequence[Line], hints: Hints) -> list[Verdict]:
    """A verdict for every line."""
    rows, kinds = features.traits(lines, hints)
    story, subhead = SCORES["story"], SCORES["subhead"]
    found = []
    for line, row, kind in zip(lines, rows, kinds, strict=True):
        body = story(row) if row else NEVER
        heads = subhead(row) if row and body > 0 and features.short(line) else NEVER
        found.append(Verdict(body, heads, kind))
    return found


def load(data: bytes) -> dict[str, trees.Score]:
    """The compiled trees of a classifier.json."""
    forests = msgspec.json.decode(data, type=dict[str, list[object]])
    return {name: trees.compiled(forest, len(features.NAMES)) for name, forest in forests.items()}


SCORES = load(files(__package__).joinpath("classifier.json").read_bytes())
