"""Candidates for a field, with their features → the best one, and how sure that is.

In: for each candidate a row of numbers. Out: the best one and how likely it is right. The trees (ranker.json) were
fitted by ``benchmarks.ingest_fit``, and what is made of their scores was measured on publishers that they had not seen.

How they are fitted: by the command and the pages that ``classifier`` names, after the lines' trees, and on predictions
of trees that had not seen the page's publisher: on pages that they have learnt, trees are surer than on any new one.
Title and date are learnt mostly by a listwise loss (a page's candidates against one another, and against none of them),
byline and section candidate by candidate. Below the chances in ``LEAST`` of ingest_fit a field stays empty, since a
wrong day or name does more harm than none; ``sure`` is the lowest log odds from which as many are right as ``RIGHT``
there asks for.

Trees are JSON lists, ``[feature, bound, tree where at most the bound, tree where above]``, with numbers as leaves. They
are compiled to a function that adds up the leaves which a row of features reaches, the classifier's as well. Written as
Python and compiled, a tree costs a comparison a level; walked as lists it would cost ten times as much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, Protocol

import msgspec

from broadsheet.ingest.extract.draft import SURE

_STEP = 10  # trees after which a look is taken at whether those that are left can matter
_ROUNDING = 1e-6  # more than floats lose in any sum of leaves


class Score(Protocol):
    """What trees are compiled to."""

    def __call__(self, row: Sequence[float], floor: float | None = None, /) -> float:
        """The score of a row; with a floor, any number on the same side of it, as soon as the side is certain."""


def compiled(trees: Sequence[Any], features: int) -> Score:
    """The function of some trees over rows of so many features. Raises ValueError for what is no tree."""
    names = ", ".join(f"t{n}" for n in range(features))
    body = "\n".join(
        (_early_exit(trees[n:]) if n % _STEP == 0 else "") + f" total += {_choice(tree, features)}"
        for n, tree in enumerate(trees)
    )
    # Two floats are compared in a third of the time that an integer and a float take.
    source = f"def score(row, floor=None):\n ({names},) = map(float, row)\n total = 0.0\n{body}\n return total\n"
    namespace: dict[str, Any] = {"__builtins__": {}, "map": map, "float": float}
    exec(compile(source, "<trees>", "exec"), namespace)  # noqa: S102 - numbers alone get into it
    found: Score = namespace["score"]
    return found


def _choice(tree: Any, features: int) -> str:
    """The expression that a tree is."""
    if isinstance(tree, int | float):
        return repr(float(tree))
    feature, bound, below, above = tree
    if not (isinstance(feature, int) and 0 <= feature < features and isinstance(bound, int | float)):
        raise ValueError(f"no split: {feature!r}, {bound!r}")
    return f"({_choice(below, features)} if t{feature} <= {float(bound)!r} else {_choice(above, features)})"


def _early_exit(left: Sequence[Any]) -> str:
    """The rows of Python that return where the trees that are left cannot bring the sum to the floor's other side."""
    least = sum(min(_leaves(tree)) for tree in left) - _ROUNDING
    most = sum(max(_leaves(tree)) for tree in left) + _ROUNDING
    return (
        " if floor is not None:\n"
        f"  if total + {least!r} > floor: return total + {least!r}\n"
        f"  if total + {most!r} < floor: return total + {most!r}\n"
    )


def _leaves(tree: Any) -> Iterator[float]:
    if isinstance(tree, list):
        yield from _leaves(tree[2])
        yield from _leaves(tree[3])
    else:
        yield float(tree)


FeatureVector = tuple[float, ...]


class Ranker(msgspec.Struct, frozen=True):
    """How the candidates for one field are compared.

    ``top``, ``margin`` and ``bias`` make the log odds of being right of the best score and its margin over the next
    one. Below ``least`` none is chosen; from ``sure`` on the chosen ones were right in 98 of 100 cases.
    """

    score: Score
    least: float = -99.0
    top: float = 1.0
    margin: float = 0.0
    bias: float = 0.0
    sure: float = 4.0


def best(field: str, rows: Sequence[FeatureVector], same: Sequence[Any] = ()) -> tuple[int, float]:
    """The index of the best candidate and how sure that is (0 to 1); (-1, 0) where none is good enough.

    ``same`` tells which candidates say the same: they are no rivals. What is right in 98 of 100 cases has the
    confidence ``SURE``.
    """
    rules = RANKERS[field]
    if not rows:
        return -1, 0.0
    scores = list(map(rules.score, rows))
    top = max(scores)
    chosen = scores.index(top)
    odds = rules.bias + rules.top * max(-FAR, min(FAR, top)) + rules.margin * margin(scores, chosen, same)
    if odds < rules.least:
        return -1, 0.0
    return chosen, 1 / (1 + math.exp(rules.sure - odds) * (1 / SURE - 1))


def margin(scores: Sequence[float], chosen: int, same: Sequence[Any] = ()) -> float:
    """By how much the chosen one's score is above the best rival's; at most ``FAR``."""
    rivals = [s for k, s in enumerate(scores) if k != chosen and not (same and same[k] == same[chosen])]
    return min(FAR, scores[chosen] - max(rivals, default=-FAR))


def load(data: bytes) -> dict[str, Ranker]:
    """The rankers of a ranker.json."""
    return {
        name: Ranker(compiled(kept.pop("trees"), kept.pop("features")), **kept)
        for name, kept in msgspec.json.decode(data, type=dict[str, dict[str, Any]]).items()
    }


FAR = 8.0  # a score or a margin beyond which more says nothing
RANKERS = load(files(__package__).joinpath("ranker.json").read_bytes())
