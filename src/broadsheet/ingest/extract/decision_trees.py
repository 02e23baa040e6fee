"""Decision trees → a function from the features of something to its score, compiled once.

In: trees as JSON lists, ``[feature, bound, tree where at most the bound, tree where above]``, with numbers as leaves.
Out: a function that adds up the leaves which a row of features reaches. Written as Python and compiled, a tree costs a
comparison a level; walked as lists it would cost ten times as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

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
