"""Front matter of the plain kind: the lines that Broadsheet and most editors write, read without a YAML parser.

In: the text of a block. Out: exactly what ``yaml_parser`` makes of it, or None where a line is of another kind and that
must be asked. It knows keys with quoted or plain text, dates, lists of them, and one level of keys below a key; a key
that stands twice is of another kind. Parsing took a tenth of a build's time, and nearly all blocks are of this kind.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from broadsheet.content import fields

_UNPRINTED = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"  # what YAML forbids, or folds
_KEY = r"[A-Za-z_][A-Za-z0-9_-]*"
_QUOTED = rf"\"[^\"\\{_UNPRINTED}]*\"|'[^'{_UNPRINTED}]*'"
_WORDS = rf"[^\W\d_](?:[^:#{_UNPRINTED}]*[^\s:#{_UNPRINTED}])?"
_LISTED = rf"[^\W\d_](?:[^:#,\[\]{{}}{_UNPRINTED}]*[^\s:#,\[\]{{}}{_UNPRINTED}])?"
_MARK = r"(?!0[bBoOxX])[0-9]+[A-Za-z][0-9A-Za-z-]*"  # an id or a digest that begins with a digit
_FILE = r"[0-9][0-9A-Za-z._-]*/[0-9A-Za-z._/-]*[0-9A-Za-z]"  # in a folder that is called like a day
_ADDRESS = r"https?://[A-Za-z0-9/._~%?=+-]+"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[+-][0-9]{2}:[0-9]{2}|Z)?)?"
_SCALAR = rf"(?:{_QUOTED}|{_WORDS}|{_MARK}|{_FILE}|{_ADDRESS}|{_DATE})"
_ITEM = rf"(?:{_QUOTED}|{_LISTED}|{_MARK})"

KEYS = 1_000  # of one block: nobody writes as many, and each may be a problem with a line
_MEANINGS = frozenset({"false", "no", "null", "off", "on", "true", "yes"})  # words that are no text in YAML 1.1
_OPEN, _FULL = -1, -2  # a key that something may stand under, and one that nothing may


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A line, and an item of a list; made when the first block is read, since they take as long as fifty blocks."""
    line = re.compile(
        rf"(?P<key>{_KEY}):(?: (?P<value>{_SCALAR})| \[(?P<list>{_ITEM}(?:, {_ITEM})*|)\])?\n"
        rf"|(?P<margin> *)(?:- (?P<item>{_SCALAR})|(?P<inner>{_KEY}): (?P<below>{_SCALAR}))\n"
    )
    return line, re.compile(_ITEM)


def parse(block: str, texts: Collection[str] = ()) -> dict[str, Any] | None:
    """The keys and values of a block, or None where it is not of the plain kind.

    ``texts`` are keys that hold texts besides those of ``fields``.
    """
    lines, items = _patterns()
    found: dict[str, Any] = {}
    key, depth = "", _FULL  # the last key, and how far what stands under it is indented
    at = 0
    try:
        while at < len(block):
            line = lines.match(block, at)
            if line is None:
                return None
            at = line.end()
            name, value, listed, margin, item, inner, below = line.groups()
            if name is not None:
                key = _new(name, found)
                if value:
                    found[key] = _value(value, key, texts)
                else:
                    found[key] = None if listed is None else [_value(one, key, texts) for one in items.findall(listed)]
                depth = _OPEN if found[key] is None else _FULL
                continue
            if depth == _OPEN:
                found[key], depth = ([] if inner is None else {}), len(margin)
            if depth != len(margin) or isinstance(found[key], list) != (inner is None):
                return None
            if inner is None:
                found[key].append(_value(item, key, texts))
            else:
                found[key][_new(inner, found[key])] = _value(below, key, texts)
    except ValueError:
        return None
    return found


def _value(written: str, key: str, texts: Collection[str]) -> Any:
    """A scalar's value at or below a key. Raises ValueError for what is no date, or not to be one, and no text."""
    first = written[0]
    if first in "\"'":
        return written[1:-1]
    if written[4:5] == "-" and written[3] in "0123456789" and first in "0123456789" and "/" not in written:
        if (lower := key.lower()) in fields.TEXT or lower in fields.WORDED or key in texts:
            raise ValueError(written)
        return (
            dt.date.fromisoformat(written) if len(written) == len("2025-05-08") else dt.datetime.fromisoformat(written)
        )
    return _text(written)


def _new(name: str, found: Mapping[str, Any]) -> str:
    """A key that is none yet. Raises ValueError for one that stands twice, and for more than anybody writes."""
    if name in found or name.lower() in _MEANINGS or len(found) >= KEYS:
        raise ValueError(name)
    return name


def _text(written: str) -> str:
    if written.lower() in _MEANINGS:
        raise ValueError(written)
    return written
