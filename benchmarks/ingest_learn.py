"""Labelled examples → small decision trees (LightGBM), and how far their scores can be trusted.

In: rows of numbers with answers. Out: trees as ``broadsheet.ingest.extract.ranker`` reads them, and the
rules of a ``Ranker``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np

from broadsheet.ingest.extract import ranker
from broadsheet.ingest.extract.ranker import FeatureVector


class Shape(msgspec.Struct, frozen=True):
    """How much a forest may learn: few leaves and many examples a leaf keep it from learning publishers by heart."""

    trees: int
    leaves: int
    rate: float
    examples: int  # at least, in a leaf
    decay: float = 10.0
    listwise: float = 0.0  # the share of the loss that is listwise: candidates against one another, not one by one


class Answer(msgspec.Struct, frozen=True):
    """How a ranking on a page that was left out went: its track, the best score and its margin, whether it is right."""

    track: str
    top: float
    margin: float
    right: bool


CROWD = 10  # candidates from which a page's weigh less each, so that long pages do not outvote short ones
_FLAT = 1e-3  # the least curvature of a loss


def forest(rows: Sequence[FeatureVector], labels: Sequence[bool], weights: Sequence[float], shape: Shape) -> list[Any]:
    """Trees that tell rows labelled True from the others."""
    data = lightgbm.Dataset(
        np.array(rows, dtype=np.float64), np.array(labels, dtype=np.float64), weight=np.array(weights)
    )
    bagging = {"objective": "binary", "bagging_fraction": 0.7, "bagging_freq": 1}
    return _trees(data, shape, bagging)


def ranking_forest(
    rows: Sequence[FeatureVector], labels: Sequence[bool], weights: Sequence[float], sizes: Sequence[int], shape: Shape
) -> list[Any]:
    """Trees by which those labelled True come first among so many candidates each."""
    count = np.array(sizes)
    crowd = np.array(weights) * np.repeat(np.minimum(1.0, CROWD / count), count)
    if not shape.listwise:
        return forest(rows, labels, crowd.tolist(), shape)
    data = lightgbm.Dataset(np.array(rows, dtype=np.float64), np.array(labels, dtype=np.float64))
    return _trees(
        data, shape, {"objective": _listwise_loss(np.array(labels), np.array(weights), crowd, count, shape.listwise)}
    )


def _listwise_loss(
    right: Any, weights: Any, crowd: Any, count: Any, share: float
) -> Callable[[Any, Any], tuple[Any, Any]]:
    """A loss of which a share is listwise: a softmax over a page's candidates and one that is not there, of score 0."""
    of: Any = np.repeat(np.arange(len(count)), count)

    def loss(scores: Any, _: Any) -> tuple[Any, Any]:
        top = np.zeros(len(count))
        np.maximum.at(top, of, scores)
        votes = np.exp(scores - top[of])
        chance = votes / (np.bincount(of, votes) + np.exp(-top))[of]
        fair = np.where(right, votes / np.maximum(np.bincount(of, votes * right), 1e-12)[of], 0.0)
        alone = 1 / (1 + np.exp(-scores))
        slope = share * (chance - fair) * weights + (1 - share) * (alone - right) * crowd
        bend = share * chance * (1 - chance) * weights + (1 - share) * alone * (1 - alone) * crowd
        return slope, np.maximum(bend, _FLAT * weights)

    return loss


def _trees(data: lightgbm.Dataset, shape: Shape, more: dict[str, Any]) -> list[Any]:
    settings = {
        "num_leaves": shape.leaves, "learning_rate": shape.rate, "max_depth": 6, "min_data_in_leaf": shape.examples,
        "lambda_l2": shape.decay, "feature_fraction": 0.5, "seed": 1, "deterministic": True, "num_threads": 1,
        "verbose": -1, **more,
    }  # fmt: skip
    model = lightgbm.train(settings, data, shape.trees).dump_model()
    return [_tree(tree["tree_structure"]) for tree in model["tree_info"]]


def _tree(node: dict[str, Any]) -> Any:
    if "split_feature" not in node:
        return round(node["leaf_value"], 4)
    bound = float(f"{node['threshold']:.5g}")
    return [node["split_feature"], bound, _tree(node["left_child"]), _tree(node["right_child"])]


def rules(answers: Sequence[Answer], least: float, right_of: float) -> dict[str, float]:
    """The rules of a ranker by how its rankings on pages left out went.

    ``least`` is the chance below which none is chosen, ``right_of`` the share of the sure ones that must be right.
    """
    top = [max(-ranker.FAR, min(ranker.FAR, answer.top)) for answer in answers]
    rows = np.array([[1.0, score, answer.margin] for score, answer in zip(top, answers, strict=True)])
    right = np.array([answer.right for answer in answers], dtype=np.float64)
    kept = np.zeros(3)
    for _ in range(30):  # Newton's steps of a logistic regression
        chance = 1 / (1 + np.exp(-rows @ kept))
        slope = rows.T @ (chance - right) + 0.5 * kept * (0, 1, 1)
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + 0.5 * np.eye(3)
        kept -= np.linalg.solve(bend, slope)
    odds = rows @ kept
    sure = _sure([(float(odd), answer.right) for answer, odd in zip(answers, odds, strict=True)], right_of)
    bias, by_top, by_margin = map(float, kept)
    figures = {
        "bias": bias, "top": by_top, "margin": by_margin, "sure": sure, "least": math.log(least / (1 - least)),
    }  # fmt: skip
    return {name: round(value, 4) for name, value in figures.items()}


def _sure(found: list[tuple[float, bool]], right_of: float) -> float:
    """The lowest odds from which enough are right."""
    found.sort(reverse=True)
    wrong, best = 0, found[0][0] + 0.1
    for n, (odds, right) in enumerate(found, 1):
        wrong += not right
        if wrong <= (1 - right_of) * n:
            best = odds
    return best
