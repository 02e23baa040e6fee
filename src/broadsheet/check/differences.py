"""Differing: two values of one type → in words, where they are not the same.

In: two frozen values, such as what a page was made from and what it is made from. Out: lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import msgspec

from broadsheet.model import Asset, Prose, Story
from broadsheet.pages.inputs import Body, Item, StoryRef
from broadsheet.text import clip

MOST = 8  # differences told of one list
SHOWN = 60  # characters shown of a text

_UNTOLD = frozenset({"digest", "body", "file"})  # told in other words, or of no meaning to people
_OF_BODY = frozenset({"lead", "words", "pictures"})  # what a story's body tells


def differing(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Where two values differ, the innermost first, one line each; nothing where they are equal."""
    if before == after:
        return
    kind = type(before)
    if kind is not type(after):
        yield f"{at or 'it'}: {shown(before)} → {shown(after)}"
    elif kind is Item:
        yield from (
            _story(before.story, after.story) if before.story.id == after.story.id else _changed(before, after, at)
        )
        rest = [name for name in ("address", "picture", "marks") if getattr(before, name) != getattr(after, name)]
        for name in rest if before.story.id == after.story.id else ():
            yield from differing(getattr(before, name), getattr(after, name), f"{_name(after.story)}: {name}")
    elif kind is Story:
        yield from _story(before, after)
    elif isinstance(before, msgspec.Struct):
        yield from _fields(before, after, at)
    elif isinstance(before, tuple | list):
        yield from _rows(before, after, at)
    elif isinstance(before, dict):
        for key in sorted(before.keys() | after.keys(), key=str):
            yield from differing(before.get(key), after.get(key), f"{at}.{key}" if at else str(key))
    else:
        yield from _changed(before, after, at)


def shown(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Item):
        return _name(value.story)
    if isinstance(value, Story):
        return _name(value)
    if isinstance(value, StoryRef):
        return f'"{clip(value.title, SHOWN)}"'
    if isinstance(value, Asset):
        return value.name
    if isinstance(value, Prose):
        return value.path
    if isinstance(value, msgspec.Struct):
        title = getattr(value, "title", None)
        return f'"{clip(str(title), SHOWN)}"' if title else type(value).__name__
    if isinstance(value, tuple | list):
        return ", ".join(map(shown, value[:3])) + (f" and {len(value) - 3} more" if len(value) > 3 else "") or "none"
    if value is None:
        return "none"
    return f'"{clip(value, SHOWN)}"' if isinstance(value, str) else str(value)


def _changed(before: Any, after: Any, at: str) -> Iterator[str]:
    yield f"{at or 'it'}: {shown(before)} → {shown(after)}"


def _story(before: Story, after: Story) -> Iterator[str]:
    """One line for a story: the names of what was edited, and the title itself."""
    names = [name for name in Story.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    told = [name for name in names if name not in _UNTOLD | _OF_BODY] + (["body"] if "body" in names else [])
    if told:
        title = f' ("{clip(before.title, SHOWN)}" → "{clip(after.title, SHOWN)}")' if "title" in told else ""
        yield f"{_name(after)} edited: {', '.join(told)}{title}"


def _fields(before: msgspec.Struct, after: msgspec.Struct, at: str) -> Iterator[str]:
    for name in before.__struct_fields__:
        one, other = getattr(before, name), getattr(after, name)
        if one == other:
            continue
        if name == "bodies":
            pairs = zip(one, other, strict=False)
            yield from (f"{_name(b.story)}: the body was edited" for a, b in pairs if _edited(a, b))
        elif name == "body" and isinstance(one, str | Body):
            yield f"{f'{at}: ' if at else ''}the body was edited"
        elif name not in _UNTOLD:
            yield from differing(one, other, f"{at}.{name}" if at else name)


def _edited(before: Body, after: Body) -> bool:
    return before.story.id == after.story.id and before != after


def _rows(before: Any, after: Any, at: str) -> Iterator[str]:
    """What came into a list, what went, what changed in its place."""
    one, other = [_mark(row) for row in before], [_mark(row) for row in after]
    told: list[str] = []
    for what, start, end, begin, finish in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(before[start:end], after[begin:finish], strict=True)
            told += [line for pair in pairs for line in differing(*pair, at)]
        else:
            told += [f"{at}: without {shown(row)}" for row in before[start:end] if _mark(row) not in other]
            told += [f"{at}: with {shown(row)}" for row in after[begin:finish] if _mark(row) not in one]
    if not told:
        told = [f"{at}: in another order"]
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"{at}: and {len(told) - MOST} more"


def _mark(row: Any) -> Any:
    """What tells a row from others, whatever changes in it."""
    if isinstance(row, Item):
        return row.story.id
    if isinstance(row, Asset):
        return row.name
    address = getattr(row, "address", None)
    return address if isinstance(address, str) and address else repr(row)


def _name(story: Story) -> str:
    return f"stories/{story.path}"
