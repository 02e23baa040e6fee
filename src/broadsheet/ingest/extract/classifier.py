"""Lines → the part that each plays: prose, subheads and lists of the story, captions, what is dropped.

In: the lines of a text. Out: a ``Classification``: a part for every line, with the reason, and where the story's prose
is. A sum of small decision trees over each line's features tells story from furniture. The trees (classifier.json) were
fitted on labelled pages of many publishers; they know shapes and places, no names.

A second look keeps lines that their neighbours speak for: who wrote a post that the story quotes, the items of a list
that a paragraph introduces, a paragraph between paragraphs, the standfirst, a paragraph right below the last one. A
line that is kept wrongly is seen by an editor, one that is lost is not. So its bounds are where a line is about as
likely story as not. They were read from predictions on publishers left out of the fit: four in five of the paragraphs
between paragraphs that a look at the line alone would drop, by log odds above -1, belonged to the story.

How they are fitted: ``python -m benchmarks.ingest_fit --data FOLDER`` on the labelled texts that ``benchmarks.ingest``
reads, on bodies read from HTML where nobody labelled the text, at half the weight, and on made-up pages, at half the
weight too: they show shapes. LightGBM, 60 trees of 16 leaves for the story and of 6 for subheads, 60 and 20 examples a
leaf at least, so that no tree learns a publisher by heart. Lines weigh by their length, as in a score by words; the
headline and what must not be in a body weigh more. ``--cross`` fits without a fifth of the publishers at a time: what
to expect of publishers never seen. Fit again whenever a feature changes its meaning or its place in ``features.NAMES``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from importlib.resources import files

import msgspec
from msgspec.structs import replace

from broadsheet.ingest.extract import features, ranker, reader_notes, series
from broadsheet.ingest.extract.draft import Hints, Role
from broadsheet.ingest.extract.lines import Line

NEVER = -9.0  # the log odds of a line that is not weighed: plain furniture, or far from all prose
_NEARLY = -0.3  # log odds from which a line inside the story is kept
_NOTE = 30  # lines of the longest text that is taken for one without a page around it
_ANSWER = 3  # words of a line that may be a sentence by itself
_SPECKS = 2  # lines of furniture that such a text may have
_INTRODUCTION = 4  # words of a sentence above a list
_CLOSES = (".", ":", "：", "。", "।", ".”", '."')
_LIST = 8  # lines from one sentence to the next, between which a list stands
_SENTENCES = frozenset(("remark", "sentence", "prose", "paragraph"))
_THREAD = 14  # lines below a heading in which two comments bear dates
_RULE = re.compile(r"[-=*_~#.•–—· ]{3,}")
# Items whose marks are no bullets, since each begins other lines as well; two that follow one another are a list.
_MARKED = re.compile(r"(?:[a-zA-Z]|[ivx]{1,4}|[IVX]{1,4})[.)]\s|o\s|[①-⑳⓪-⓿➀-➓✓✔✗✘☐☑☒→➔➤▸‣>»]\s?(?=\w)")
_LISTS = re.compile(r"^# (?:responses?|replies|thoughts)\b")


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """How much speaks for a line being story, and, if it is, for being a subhead (log odds)."""

    body: float
    subhead: float
    kind: str

    @property
    def story(self) -> bool:
        """Whether the line is more likely in the story than not."""
        return self.body > 0


class LinePart(msgspec.Struct, frozen=True):
    """What a line is in the story, and why."""

    role: Role
    why: str


class Classification(msgspec.Struct, frozen=True):
    """A part for every line; the prose stands between lines ``start`` and ``end`` (not included)."""

    parts: tuple[LinePart, ...]
    start: int
    end: int
    predictions: tuple[Prediction, ...]


BODY = LinePart("body", "prose")
LIST = LinePart("body", "an item of a list")
RULE = LinePart("dropped", "a rule between parts of the text")
SUBHEAD = LinePart("subhead", "a short line that heads paragraphs")
COMMENTS = LinePart("dropped", "readers' comments")
NOTE = LinePart("dropped", reader_notes.WHY)

# What a dropped line looks like, in words for an editor.
_LOOKS = {
    "far": "it stands far from the story's text",
    "date": "it looks like a date",
    "byline": "it looks like a byline",
    "name": "it looks like a name",
    "word": "it looks like a label",
    "item": "it looks like an item of a list beside the story",
    "phrase": "it looks like a label or a link",
    "open": "it looks like a caption or a link",
    "long open": "it looks like a caption or a link",
    "remark": "it looks like a remark beside the story",
    "sentence": "it looks like a caption, a teaser or a note",
}
_APART = "it looks like a text beside the story"


def classify(lines: Sequence[Line], hints: Hints, *, bare: bool = False) -> Classification:
    """The parts of all lines. ``bare`` text is known to be a story alone: only plain furniture is dropped from it."""
    predictions = [] if bare else second_look(lines, predict(lines, hints))
    parts = [_bare(lines, i) for i in range(len(lines))] if bare else list(map(_part, lines, predictions))
    _cut_thread(lines, predictions, parts)
    # In a text that is all short lines, such as a note, nothing passes for prose: then all of it is the body.
    if not any(part.role == "body" for part in parts):
        parts = [
            LinePart("dropped", f"page furniture: {line.boilerplate}")
            if line.boilerplate
            else LIST
            if line.bullet and not line.bullet[0].isdigit()
            else BODY
            for line in lines
        ]
    if not bare:
        _keep_near(lines, predictions, parts)
    _keep_series(lines, parts)
    if not bare:
        _keep_near(lines, predictions, parts)  # what stands between the lines of a series
    story = [i for i, part in enumerate(parts) if part.role in ("body", "subhead")]
    for n in reader_notes.find([lines[i].text for i in story]):
        parts[story[n]] = NOTE
    _settle_subheads(parts)
    kept = [i for i, part in enumerate(parts) if part.role in ("body", "subhead")]
    start, end = (kept[0], kept[-1] + 1) if kept else (0, 0)
    return Classification(tuple(parts), start, end, tuple(predictions))


def _part(line: Line, prediction: Prediction) -> LinePart:
    if not line.text[:1].isalnum() and _RULE.fullmatch(line.bullet + line.text):
        return RULE
    if line.boilerplate == "credit":
        return LinePart("credit", "a line about the picture")
    if prediction.story:
        if prediction.subhead > 0:
            return SUBHEAD
        return LIST if line.bullet else BODY
    return _furniture(line.boilerplate) if line.boilerplate else _apart(prediction.kind)


@functools.cache
def _furniture(kind: str) -> LinePart:
    return LinePart("caption" if kind == "picture" else "dropped", f"page furniture: {kind}")


@functools.cache
def _apart(kind: str) -> LinePart:
    return LinePart("dropped", _LOOKS.get(kind, _APART))


def _bare(lines: Sequence[Line], i: int) -> LinePart:
    line = lines[i]
    if line.boilerplate == "credit":
        return LinePart("credit", "a line about the picture")
    if line.bullet and not line.bullet[0].isdigit():
        return LIST
    heads = (
        not line.ends
        and line.words <= 14
        and 0 < i + 1 < len(lines)
        and (lines[i + 1].words > 14 or lines[i + 1].stops)
    )
    return SUBHEAD if heads and i > 0 else BODY


def _cut_thread(lines: Sequence[Line], predictions: Sequence[Prediction], parts: list[LinePart]) -> None:
    """Readers' comments: below a heading that names them, dated line upon dated line, to the end of the text."""
    for i, line in enumerate(lines):
        if line.boilerplate != "comments" or not any(part.role == "body" for part in parts[:i]):
            continue
        dated = sum(prediction.kind == "date" for prediction in predictions[i + 1 : i + _THREAD])
        if dated >= 2 or _LISTS.search(line.key):
            parts[i:] = [COMMENTS] * (len(parts) - i)
            return


def _keep_near(lines: Sequence[Line], predictions: Sequence[Prediction], parts: list[LinePart]) -> None:
    """Lines inside the story that are nearly as likely its own as not: a lost line is seen by nobody, a leaked one is.

    A short text with hardly any furniture is no page, and there a sentence among sentences stays, also at the end.
    """
    story = [i for i, part in enumerate(parts) if part.role in ("body", "subhead")]
    if not story:
        return
    clean = len(lines) <= _NOTE and sum(line.boilerplate != "" for line in lines) <= _SPECKS
    says = [clean and _says(line, prediction.kind) for line, prediction in zip(lines, predictions, strict=True)]
    end = story[-1]
    opening = set[int]()
    if clean and _answers(lines, story[0]):
        story.insert(0, story[0] - 1)
    if clean and not any(line.boilerplate for line in lines):
        opening = _opening(lines, predictions, story[0])
        for i in range(
            end + 1, len(lines)
        ):  # up to the last sentence or item that is no farther below than a list is long
            if i - end > _LIST:
                break
            end = i if says[i] or lines[i].bullet else end
    for i in range(min(opening, default=story[0]), end + 1):
        listed = clean and (lines[i].bullet != "" or lines[i].text[0] in "–—" or _listed(lines, i))
        near = predictions[i].body > _NEARLY or says[i] or listed or i in opening or i > story[-1]
        if parts[i].role == "dropped" and parts[i] is not RULE and not lines[i].boilerplate and near:
            parts[i] = LIST if lines[i].bullet else BODY


def _listed(lines: Sequence[Line], i: int) -> bool:
    """Whether a line and one beside it are items of a list by the letters or signs before them."""
    beside = [*lines[max(0, i - 1) : i], *lines[i + 1 : i + 2]]
    return _MARKED.match(lines[i].text) is not None and any(_MARKED.match(line.text) for line in beside)


def _opening(lines: Sequence[Line], predictions: Sequence[Prediction], first: int) -> set[int]:
    """The sentences above a story that stand no farther from it, or from one another, than a list is long."""
    found = set[int]()
    for i in range(first - 1, 0, -1):
        if min(found, default=first) - i > _LIST:
            break
        if lines[i].words >= _INTRODUCTION and lines[i].text.endswith(_CLOSES) and predictions[i].kind != "date":
            found.add(i)
    return found


def _answers(lines: Sequence[Line], first: int) -> bool:
    """Whether the story begins with a word for a sentence: "No." above what is said of it."""
    line = lines[first - 1] if first else lines[first]
    return first > 0 and line.stops and line.words <= _ANSWER and not line.boilerplate


def _says(line: Line, kind: str) -> bool:
    """Whether a line is a sentence, however short."""
    return kind in _SENTENCES or (line.stops and not line.boilerplate and kind not in ("date", "byline"))


def _keep_series(lines: Sequence[Line], parts: list[LinePart]) -> None:
    """Lines that belong to the story because they stand in a series of it, whatever each is by itself."""
    story = [part.role in ("body", "subhead") for part in parts]
    captions = [part.role == "caption" for part in parts]
    for i, role in series.find(lines, story, captions).items():
        if role == "subhead":
            parts[i] = SUBHEAD
        elif parts[i].role != "body":
            parts[i] = LIST if lines[i].bullet and not lines[i].bullet[0].isdigit() else BODY


def _settle_subheads(parts: list[LinePart]) -> None:
    """A subhead that no body follows heads nothing."""
    followed = False
    for i in range(len(parts) - 1, -1, -1):
        if parts[i].role == "body":
            followed = True
        elif parts[i].role == "subhead" and not followed:
            parts[i] = LinePart("dropped", "a short line at the end")


def predict(lines: Sequence[Line], hints: Hints) -> list[Prediction]:
    """A prediction for every line, by the line and its place alone."""
    rows, kinds = features.vectors(lines, hints)
    story, subhead = MODELS["story"], MODELS["subhead"]
    found = []
    for line, row, kind in zip(lines, rows, kinds, strict=True):
        body = story(row) if row else NEVER
        heads = subhead(row) if row and body > 0 and features.short(line) else NEVER
        found.append(Prediction(body, heads, kind))
    return found


def load(data: bytes) -> dict[str, ranker.Score]:
    """The compiled trees of a classifier.json."""
    forests = msgspec.json.decode(data, type=dict[str, list[object]])
    return {name: ranker.compiled(forest, len(features.NAMES)) for name, forest in forests.items()}


MODELS = load(files(__package__).joinpath("classifier.json").read_bytes())


KEPT = 0.5  # the log odds of a line that its neighbours speak for: kept, and hardly surer than that

_POSTED = re.compile(r"[—–-]\s?\S.{0,60}?\(@\w{1,30}\)")  # "— Ada Moor (@adamoor) March 3, 2024"
_SIGNATURE = 110  # characters of a line that says who posted something
_UP = 8  # lines below the story's text in which a signature still belongs to it
_POST = 4  # words of a post that is quoted
_COLONS = (":", "：")
_GOES_ON = re.compile(r";(?: \w{1,4})?$")  # "a lock; and"
_HEADED = 3  # words of a line that introduces a list
_REACH = 8  # lines above the text among which a standfirst is
_BELOW = 2  # lines below the text at which it goes on

# Log odds from which a line is kept. A list's items are short, and look like menus each by itself.
_SIGNED, _LISTED, _INTRODUCES, _ITEM = -3.0, -4.5, -3.0, -1.5
_INSIDE = {"paragraph": -1.5}  # between -1 and -1.5 one in two belongs to the story, and nobody sees one that is lost
_ABOVE = {"open": -1.0, "sentence": -0.5, "prose": -0.5}
_TAIL = {"paragraph": -0.5, "prose": -0.5}


def second_look(lines: Sequence[Line], predictions: Sequence[Prediction]) -> list[Prediction]:
    """The predictions, with those of lines raised to ``KEPT`` that their neighbours speak for."""
    odds = [prediction.body for prediction in predictions]
    _lists(lines, odds)
    _posts(lines, odds)
    _neighbours(predictions, odds)
    changed = zip(predictions, odds, strict=True)
    return [replace(p, body=new) if new != p.body else p for p, new in changed]


def _mass(odds: Sequence[float]) -> tuple[int, int]:
    """The first and the last line that is kept; the first is past the last where none is."""
    kept = [i for i, odd in enumerate(odds) if odd > 0]
    return (kept[0], kept[-1]) if kept else (1, 0)


def _lists(lines: Sequence[Line], odds: list[float]) -> None:
    """Keep the items below a line that ends in a colon, and items that end in a semicolon, with the next."""
    first, last = _mass(odds)
    i = first
    while i <= min(last + _BELOW, len(lines) - 2):
        line, below = lines[i], lines[i + 1]
        if not below.bullet:
            i += 1
            continue
        if line.text.endswith(_COLONS) and _may(line, odds[i], _INTRODUCES) and line.words >= _HEADED:
            end = i + 1
            while end < len(lines) and lines[end].bullet and _may(lines[end], odds[end], _LISTED):
                end += 1
            if end - i > 2:
                for k in range(i, end):
                    odds[k] = max(odds[k], KEPT)
            i = end
            continue
        if i < last and line.bullet and _GOES_ON.search(line.text[-8:]):
            for k in (i, i + 1):
                if _may(lines[k], odds[k], _INTRODUCES):
                    odds[k] = max(odds[k], KEPT)
        i += 1


def _posts(lines: Sequence[Line], odds: list[float]) -> None:
    """Keep the signature of a post in a network that the story quotes, and the post above it."""
    for i, line in enumerate(lines):
        if line.text[0] not in "—–-" or len(line.text) > _SIGNATURE or not _POSTED.match(line.text):
            continue
        if any(odd > 0 for odd in odds[max(0, i - _UP) : i]):
            odds[i] = max(odds[i], KEPT)
            if lines[i - 1].words >= _POST and _may(lines[i - 1], odds[i - 1], _SIGNED):
                odds[i - 1] = max(odds[i - 1], KEPT)


def _neighbours(predictions: Sequence[Prediction], odds: list[float]) -> None:
    """Keep what stands between the story's lines, right above or right below them, and reads like one of them."""
    first, last = _mass(odds)
    before = tuple(odds)
    for i, odd in enumerate(before if first <= last else ()):
        if odd > 0 or odd < _ITEM:
            continue
        kind = predictions[i].kind
        if first < i < last:
            listed = kind == "item" and before[i - 1] > 0 and before[i + 1] > 0
            bound = _ITEM if listed else _INSIDE.get(kind, 0.0)
        else:
            near = first - i if i < first else i - last
            bound = (_ABOVE if i < first else _TAIL).get(kind, 0.0) if near <= (_REACH if i < first else _BELOW) else 0
        if odd > bound:
            odds[i] = KEPT


def _may(line: Line, odd: float, bound: float) -> bool:
    """Whether a line is no plain furniture, and not too unlikely."""
    return odd > bound and not line.boilerplate
