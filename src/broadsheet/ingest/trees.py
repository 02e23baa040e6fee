"""Decision trees → a function from the traits of something to its score, compiled once.

In: trees as JSON lists, ``[trait, bound, tree where at most the bound, tree where above]``, with numbers as leaves.
Out: a function that adds up the leaves which a row of traits reaches. Written as Python and compiled, a tree costs a
comparison a level; walked as lists it would cost five times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Score = Callable[[Sequence[float]], float]


def compiled(trees: Sequence[Any], traits: int) -> Score:
    """The function of some trees over rows of so many traits. Raises ValueError for what is no tree."""
    names = ", ".join(f"t{n}" for n in range(traits))
    body = "\n".join(row for tree in trees for row in _rows(tree, 1, traits))
    source = f"def score(row):\n ({names},) = row\n total = 0.0\n{body}\n return total\n"
    room: dict[str, Any] = {}
    exec(compile(source, "<trees>", "exec"), {"__builtins__": {}}, room)  # noqa: S102 - numbers alone get into it
    found: Score = room["score"]
    return found


def _rows(tree: Any, depth: int, traits: int) -> Iterator[str]:
    """The rows of Python that a tree is."""
    margin = " " * depth
    if isinstance(tree, int | float):
        yield f"{margin}total += {float(tree)!r}"
        return
    trait, bound, below, above = tree
    if not (isinstance(trait, int) and 0 <= trait < traits and isinstance(bound, int | float)):
        raise ValueError(f"no split: {trait!r}, {bound!r}")
    yield f"{margin}if t{trait} <= {float(bound)!r}:"
    yield from _rows(below, depth + 1, traits)
    yield f"{margin}else:"
    yield from _rows(above, depth + 1, traits)
