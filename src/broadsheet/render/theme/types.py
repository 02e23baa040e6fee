"""Kinds: what is known of a value from its type alone, as far as templates ask.

In: types of views, as they are annotated. Out: the types of their fields, of what a loop over them gives, of what one
of two is. ``ANY`` is the type of what is not known.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

ANY: Any = Any


@functools.cache
def fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of a struct's fields by name."""
    return typing.get_type_hints(struct)


def some(kind: Any) -> Iterator[Any]:
    """The types that a value may have where it is there: those of a union, without None."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        for part in typing.get_args(kind):
            yield from some(part)
    elif kind is not type(None):
        yield kind


def either(one: Any, other: Any) -> Any:
    """The type of what is one or the other; not known where they differ by more than None."""
    found = [*dict.fromkeys((*some(one), *some(other)))]
    return found[0] if len(found) == 1 else ANY


def row(kinds: Iterable[Any]) -> Any:
    """The type of a tuple of just these."""
    return types.GenericAlias(tuple, tuple(kinds))


def parts(kind: Any, count: int) -> list[Any]:
    """The types of a tuple's parts where it is taken apart into so many."""
    for one in some(kind):
        found = typing.get_args(one) if typing.get_origin(one) is tuple else ()
        if len(found) == count and ... not in found:
            return list(found)
    return [item(kind)] * count if _endless(kind) else [ANY] * count


def item(kind: Any) -> Any:
    """The type of what a loop over a value gives."""
    for one in some(kind):
        if typing.get_origin(one) is tuple and (found := [part for part in typing.get_args(one) if part is not ...]):
            return functools.reduce(either, found)
    return ANY


def element(kind: Any, place: Any) -> Any:
    """The type of the part at a place of a tuple."""
    for one in some(kind):
        found = typing.get_args(one) if typing.get_origin(one) is tuple else ()
        if ... in found:
            return found[0] if isinstance(place, int) else ANY
        if isinstance(place, int) and -len(found) <= place < len(found):
            return found[place]
    return ANY


def _endless(kind: Any) -> bool:
    return any(... in typing.get_args(one) for one in some(kind))
