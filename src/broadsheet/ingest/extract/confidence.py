"""What of a source was kept and dropped → how sure it is that the body is whole, and which pieces make the doubt.

In: the lines of a text with their parts and predictions, or the blocks of a page with their parts and the texts that
trafilatura and JSON-LD give for the article. Out: a ``BodyConfidence``.

For every dropped piece it is estimated how likely it belongs to the story. From that come a few features of the whole
source, and from those the chance that more than a twentieth of the body (``LOSS``) is missing. Both steps are logistic
regressions; their weights (confidence.json) are fitted by ``python -m benchmarks.ingest_fit --data FOLDER`` (see
``benchmarks.ingest_doubt``), on predictions for publishers that the trees had not seen: trees are too sure of those
that they know. What to expect of publishers that neither has seen is printed with ``--cross``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Protocol

import msgspec

from broadsheet.ingest.extract import reader_notes
from broadsheet.ingest.extract.blocks import Block, linked, squeeze
from broadsheet.ingest.extract.classifier import COMMENTS, NOTE, Prediction
from broadsheet.ingest.extract.draft import EVEN, SURE
from broadsheet.ingest.extract.lines import Line

LOSS = 0.05  # the share of a body that may be missing without anybody looking at it
LOOK = 0.125  # the chance of such a loss from which an editor should look: a loss that nobody sees costs more
LOOK_AT_PAGE = 0.04  # the same for a page: one in forty loses as much, and by this bound one in six says so
ALONE = 0.5  # times the chance of a dropped piece that is a loss by itself: no body is surer than that, as measured
LIKELY = 0.2  # the chance of belonging to the story from which a dropped piece is worth a look by itself

LINE = ("log odds",)
TEXT = ("unclear", "kept odds", "above", "below", "short", "open")
BLOCK = ("inside", "near", "links", "length", "closed", "beside", "quotation", "item")
PAGE = ("expected", "closed beside")

_KEPT: tuple[str, ...] = ("body", "subhead")
_FIELDS = frozenset(("date", "updated", "section", "summary", "topics", "credit"))
_WEIGHED = -8.9  # log odds; those of lines that are plain furniture, or far from all prose, are lower
_UNCLEAR = -2.5  # log odds from which a dropped line near the body counts, whatever it looks like
_UNSURE, _SAYING = -2.0, 10  # log odds and words from which a sentence may have been taken for a date or a label
_BYLINE = -3.0  # log odds from which a byline may be a sentence that was taken for one
_NEAR = 10  # lines around the body in which that is
_SHORT = 12  # words of the lines that lists and headings are made of
_LABEL, _SENTENCE = 4, 6  # words below which a line is a label, and from which it can be a sentence
_BLOCKS = 6  # blocks around a page's body among which some of it may be
_TEXT = 8  # letters of a block that says anything
_COMPARED = 500  # dropped blocks that are searched for inside the kept ones; more would take long
_TEMPLATE = 0.1  # of the body's text: elements that hold as much hold the article
_FLOOR = {"text": 1e-3, "page": 1e-2}  # shares below which nothing is missing
_CLOSED = re.compile(r"[.!?。！？؟।:…][\"'”’»)\]]*$")
# A line that names a picture: "Photo: the hall in 2019", "The hall in 2019 (Picture by K. Ek)". Dropped, it is no loss.
_SHOWN = r"(?:(?:archiv|symbol)(?:foto|bild)|(?:file )?(?:photo(?:graph)?|foto(?:grafie)?|picture|image|bild|kuva)s?)"
_PICTURE = re.compile(
    rf"(?:{_SHOWN}\s?[:|]\s?\S|{_SHOWN}\s(?:credit|courtesy)\b|.*[(\[.–—|/-]\s?{_SHOWN}\s?(?::|/|by\b|von\b|av\b|par\b|por\b|di\b)"
    r"\s?[^\W\d_](?:[^.!?]|(?<=\b\w)\.){1,50}\.?[)\]]?\.?$)",
    re.IGNORECASE,
)
_PICTURE_WORDS = 40  # words of the longest caption
_NAMED = 0.75  # of a body's doubt: those pieces are named that make as much of it
_DOUBTFUL = SURE - 0.01  # how sure a piece is at most that makes much of a body's doubt, however small its own is
_PERHAPS = ((0.4, "as likely as not a part of the story"), (LIKELY, "perhaps a part of the story"))

Weights = dict[str, float]  # of the features of a logistic regression by name; "" is its intercept


class StoryPart(Protocol):
    """What a line or a block is in the story."""

    @property
    def role(self) -> str:
        """Its role; ``dropped`` where it has none."""


class BodyConfidence(msgspec.Struct, frozen=True):
    """How sure it is (0 to 1) that the body is whole, and of every piece that it was rightly dropped or used.

    Where the body is not sure, those dropped pieces are not either by which it could lose the most.
    """

    body: float
    pieces: tuple[float, ...]


class DroppedPiece(msgspec.Struct, frozen=True, gc=False):
    """A dropped piece that may belong to the story: its index, its size (words, or letters), what tells of it."""

    index: int
    size: int
    features: tuple[float, ...]
    inside: bool = False
    above: bool = False
    counted: bool = False  # among what is unclear (text), or closes like a sentence beside kept paragraphs (page)
    label: bool = False


class Evidence(msgspec.Struct, frozen=True):
    """What a source shows: the size of its body, how sure the trees are of it, and what was dropped around it."""

    size: int
    odds: float
    dropped: tuple[DroppedPiece, ...]


def of_text(lines: Sequence[Line], parts: Sequence[StoryPart], predictions: Sequence[Prediction]) -> BodyConfidence:
    """The confidence of a text's body. A text whose lines needed no prediction is a story alone, and sure."""
    if not predictions:
        return BodyConfidence(1.0, (1.0,) * len(lines))
    found = text_evidence(lines, parts, predictions)
    if not found.dropped:
        return BodyConfidence(1.0, (1.0,) * len(lines))
    chances = _by_odds(WEIGHTS["line"], [odds for piece in found.dropped for odds in piece.features])
    body = confident(missing(WEIGHTS["text"], TEXT, text_features(found, chances), found, chances))
    pieces = [reader_notes.SURE if part is NOTE else 1.0 for part in parts]
    kept = [i for i, part in enumerate(parts) if part.role in _KEPT]
    for i, likely in zip(kept, _by_odds(WEIGHTS["kept line"], [predictions[i].body for i in kept]), strict=True):
        pieces[i] = likely
    return _with_pieces(body, pieces, found, chances)


def of_page(blocks: Sequence[Block], parts: Sequence[StoryPart], texts: Sequence[str]) -> BodyConfidence:
    """The confidence of a page's body; ``texts`` are what trafilatura, or the page itself, gives for the article."""
    found = page_evidence(blocks, parts, texts)
    if not found.dropped:
        return BodyConfidence(1.0, (1.0,) * len(blocks))
    chances = [chance(WEIGHTS["block"], BLOCK, piece.features) for piece in found.dropped]
    body = confident(missing(WEIGHTS["page"], PAGE, page_features(found, chances), found, chances), LOOK_AT_PAGE)
    return _with_pieces(body, [1.0] * len(blocks), found, chances)


def _by_odds(weights: Weights, odds: Sequence[float]) -> list[float]:
    """The chance of each of many lines by its log odds alone, as ``chance`` gives it."""
    base, slope = weights[""], weights["log odds"]
    return [1 / (1 + math.exp(-base - slope * odd)) for odd in odds]


def why(reason: str, confidence: float) -> str:
    """The reason for which a piece was dropped, with how sure that is where it is not."""
    if confidence > 1 - LIKELY:
        return reason
    doubt = next((words for least, words in _PERHAPS if 1 - confidence >= least), "")
    return f"{reason}; {doubt}" if doubt and reason else doubt or reason


def chance(weights: Mapping[str, float], names: Sequence[str], row: Sequence[float]) -> float:
    """The chance (0 to 1) that a logistic regression gives to some features."""
    odds = weights[""] + sum(weights[name] * value for name, value in zip(names, row, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def missing(
    weights: Weights, names: Sequence[str], row: Sequence[float], found: Evidence, chances: Sequence[float]
) -> float:
    """The chance that too much of a body is missing: by the whole source, or by one great piece of it alone."""
    enough = LOSS * found.size
    pieces = zip(found.dropped, chances, strict=True)
    greatest = max((likely * min(1.0, piece.size / enough) for piece, likely in pieces), default=0.0)
    return max(chance(weights, names, row), ALONE * greatest)


def confident(lost: float, look: float = LOOK) -> float:
    """How sure a body is that has a chance of being incomplete: ``SURE`` at ``look``, and even where that is even."""
    if lost < look:
        return 1 - (1 - SURE) * lost / look
    return 1 - lost if lost >= EVEN else SURE - (SURE - EVEN) * (lost - look) / (EVEN - look)


def text_evidence(lines: Sequence[Line], parts: Sequence[StoryPart], predictions: Sequence[Prediction]) -> Evidence:
    """What a text shows: its dropped lines that are neither a field nor plain furniture."""
    kept = [i for i, part in enumerate(parts) if part.role in _KEPT]
    size = sum(lines[i].words for i in kept)
    if not size:
        return Evidence(0, 0.0, ())
    first, last = kept[0], kept[-1]
    dropped = []
    for i, (line, part, prediction) in enumerate(zip(lines, parts, predictions, strict=True)):
        odds = prediction.body
        field = part.role in _FIELDS and (odds < _UNSURE or line.words < _SAYING)
        byline = part.role == "byline" and odds < _BYLINE
        if part.role in (*_KEPT, "title") or part is COMMENTS or part is NOTE or field or byline or odds < _WEIGHED:
            continue
        if names_picture(line.text):
            continue
        inside = first < i < last
        near = not line.boilerplate and first - _NEAR <= i <= last + _NEAR
        closed = line.stops and line.words >= _SENTENCE
        dropped.append(
            DroppedPiece(
                i,
                line.words,
                (odds,),
                inside,
                i < first,
                counted=near and odds > _UNCLEAR,
                label=inside and near and line.words >= _LABEL and not closed,
            )
        )
    mean = sum(predictions[i].body * lines[i].words for i in kept) / size
    return Evidence(size, mean, tuple(dropped))


def text_features(found: Evidence, chances: Sequence[float]) -> tuple[float, ...]:
    """The features of a text, as ``TEXT`` names them; shares are of the body's words, and logarithms."""
    both = list(zip(found.dropped, chances, strict=True))
    shares = (
        sum(piece.size for piece in found.dropped if piece.counted),
        sum(piece.size * likely for piece, likely in both if piece.above),
        sum(piece.size * likely for piece, likely in both if not piece.above and not piece.inside),
        sum(piece.size * likely for piece, likely in both if piece.inside and piece.size < _SHORT),
        sum(piece.size for piece in found.dropped if piece.label),
    )
    unclear, above, below, short, label = (_log(share / found.size, "text") for share in shares)
    return unclear, found.odds, above, below, short, label


def page_evidence(blocks: Sequence[Block], parts: Sequence[StoryPart], texts: Sequence[str]) -> Evidence:
    """What a page shows: the blocks in and around its body that were dropped, and those that ``texts`` hold."""
    kept = [i for i, part in enumerate(parts) if part.role in _KEPT]
    size = sum(len(blocks[i].text) for i in kept)
    if not size:
        return Evidence(0, 0.0, ())
    first, last = kept[0], kept[-1]
    squeezed = [squeeze(block.text) for block in blocks]
    whole = "".join(squeezed[i] for i in kept)
    own = set(filter(None, (squeezed[i] for i in kept)))
    taken = set(map(squeeze, texts))
    beside: Counter[int] = Counter()
    for i in kept:
        if outer := blocks[i].around.outer:
            beside[outer.shape] += len(blocks[i].text)
    seen: set[str] = set()
    dropped = []
    for i, (block, part, text) in enumerate(zip(blocks, parts, squeezed, strict=True)):
        if part.role != "dropped" or block.kind in ("img", "caption") or names_picture(block.text):
            continue
        inside = first < i < last
        away = 0 if inside else min(abs(i - first), abs(i - last))
        if len(text) < _TEXT or text in own or text in seen or (away > _BLOCKS and text not in taken):
            continue
        if len(seen) < _COMPARED and text in whole:
            continue
        seen.add(text)
        links = linked(block)
        closed = _CLOSED.search(block.text) is not None
        outer = block.around.outer
        by = outer is not None and beside[outer.shape] > _TEMPLATE * size
        features = (
            inside, away <= 2, links, math.log(len(block.text)), closed, by, block.kind == "quote", block.kind == "li",
        )  # fmt: skip
        dropped.append(
            DroppedPiece(
                i, len(block.text), tuple(map(float, features)), inside, i < first, by and closed and links < EVEN
            )
        )
    return Evidence(size, 0.0, tuple(dropped))


def names_picture(text: str) -> bool:
    """Whether a line is a caption that says so itself, by a label or by who made the picture."""
    return text.count(" ") < _PICTURE_WORDS and _PICTURE.match(text) is not None


def page_features(found: Evidence, chances: Sequence[float]) -> tuple[float, ...]:
    """The features of a page, as ``PAGE`` names them; shares are logarithms."""
    lost = sum(piece.size * likely for piece, likely in zip(found.dropped, chances, strict=True))
    closed = sum(piece.size for piece in found.dropped if piece.counted)
    return _log(lost / (found.size + lost), "text"), _log(closed / found.size, "page")


def _with_pieces(body: float, pieces: list[float], found: Evidence, chances: Sequence[float]) -> BodyConfidence:
    """The confidence of the pieces too: where the body is doubtful, those that make most of the doubt."""
    for piece, likely in zip(found.dropped, chances, strict=True):
        pieces[piece.index] = 1 - likely
    if body < SURE:
        lost = {piece.index: piece.size * likely for piece, likely in zip(found.dropped, chances, strict=True)}
        left = sum(lost.values()) * _NAMED
        for index in sorted(lost, key=lost.__getitem__, reverse=True):
            if left <= 0:
                break
            pieces[index] = min(pieces[index], _DOUBTFUL)
            left -= lost[index]
    return BodyConfidence(body, tuple(pieces))


def _log(share: float, floor: str) -> float:
    return math.log(max(share, _FLOOR[floor]))


def load(data: bytes) -> dict[str, Weights]:
    """The weights of a confidence.json."""
    return msgspec.json.decode(data, type=dict[str, Weights])


WEIGHTS = load(files(__package__).joinpath("confidence.json").read_bytes())
