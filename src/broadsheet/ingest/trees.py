"""Decision trees → a function from the traits of something to its score, compiled once.

In: trees as JSON lists, ``[trait, bound, tree where at most the bound, tree where above]``, with numbers as leaves.
Out: a function that adds up the leaves which a row of traits reaches. Written as Python and compiled, a tree costs a
comparison a level; walked as lists it would cost ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Score = Callable[[Sequence[float]], float]


def compiled(trees: Sequence[Any], traits: int) -> Score:
    """The function of some trees over rows of so many traits. Raises ValueError for what is no tree."""
    names = ", ".join(f"t{n}" for n in range(traits))
    body = "\n".join(f" total += {_choice(tree, traits)}" for tree in trees)
    # Two floats are compared in a third of the time that an integer and a float take.
    source = f"def score(row):\n ({names},) = map(float, row)\n total = 0.0\n{body}\n return total\n"
    room: dict[str, Any] = {}
    exec(compile(source, "<trees>", "exec"), {"__builtins__": {}, "map": map, "float": float}, room)  # noqa: S102 - numbers alone get into it
    found: Score = room["score"]
    return found


def _choice(tree: Any, traits: int) -> str:
    """The expression that a tree is."""
    if isinstance(tree, int | float):
        return repr(float(tree))
    trait, bound, below, above = tree
    if not (isinstance(trait, int) and 0 <= trait < traits and isinstance(bound, int | float)):
        raise ValueError(f"no split: {trait!r}, {bound!r}")
    return f"({_choice(below, traits)} if t{trait} <= {float(bound)!r} else {_choice(above, traits)})"
