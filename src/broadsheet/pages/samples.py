"""Samples: views made of their types alone, by which a template can be tried without a site.

In: a type. Out: a value of it, with all that it may hold, or with as little as it may. Raises TypeError for a type of
which nothing is known, as a site's own view may be.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any, Literal

import msgspec
from markupsafe import Markup

from broadsheet.pages.views import Late

_DAY = dt.date(2025, 5, 8)
_PLAIN: dict[type, tuple[Any, Any]] = {
    str: ("text", ""),
    int: (2, 0),
    float: (2.5, 0.0),
    bool: (True, False),
    Markup: (Markup("<p>text</p>"), Markup("")),
    Late: (Late(lambda: Markup("{}")), None),
    dt.date: (_DAY, _DAY),
}


def sample(kind: Any, *, full: bool) -> Any:
    """A value of a type: ``full`` with every part that it may have, two of what there may be many; else with none."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return parts[-1] if full else parts[0]
    if origin is types.UnionType or origin is typing.Union:
        return sample(next(part for part in parts if part is not type(None)), full=full) if full else None
    if origin is tuple:
        if parts[-1] is Ellipsis:
            return (sample(parts[0], full=full),) * 2 if full else ()
        return tuple(sample(part, full=full) for part in parts)
    if origin is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{name: sample(part, full=full) for name, part in typing.get_type_hints(kind).items()})
    if kind not in _PLAIN:
        raise TypeError(f"no sample of {kind!r}")
    return _PLAIN[kind][0 if full else 1]
