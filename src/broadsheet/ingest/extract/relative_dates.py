"""A short line that tells its day from today: "2 hours ago", "gestern".

In: a line. Out: how long ago that is, and where the line says so.
"""

from __future__ import annotations

import datetime as dt
import functools
import re

from broadsheet.ingest.extract.date_words import TABLE
from broadsheet.text import either

NEARBY = 40  # characters of a line whose "today" is its date


@functools.lru_cache(maxsize=1024)
def find(text: str) -> tuple[dt.timedelta, int, int] | None:
    """How long ago is the day of a line that says "2 hours ago", "gestern", and where it says so."""
    lowered = text.casefold()
    if _DIGIT.search(lowered) and (found := _AGO.search(lowered)):
        number, unit = int(found["n1"] or found["n2"]), found["u1"] or found["u2"]
        days = {"minutes": 0, "hours": 0, "days": number, "weeks": 7 * number}[_UNITS[unit]]
        return dt.timedelta(days=min(days, 36500)), found.start(), found.end()
    if len(lowered) >= NEARBY or _NEAR_FIRST.isdisjoint(_RUN.findall(lowered)):
        return None
    if found := _NEAR.search(lowered):
        return dt.timedelta(days=1 if found[1] in _YESTERDAY else 0), found.start(), found.end()
    return None


_DIGIT = re.compile(r"\d")
_UNITS = {word: unit for unit in ("minutes", "hours", "days", "weeks") for word in TABLE["relative"][unit]}
_YESTERDAY = set(TABLE["relative"]["yesterday"])
_UNIT = either(list(_UNITS))
_AGO_WORD = either(TABLE["relative"]["ago"])
_AGO = re.compile(
    rf"(?<!\w)(?P<n1>\d{{1,3}})\s?(?P<u1>{_UNIT})\.?\s?(?:{_AGO_WORD})(?!\w)"
    rf"|(?<!\w)(?:{_AGO_WORD})\s(?P<n2>\d{{1,3}})\s?(?P<u2>{_UNIT})(?!\w)"
)
_NEAR_WORDS = [*TABLE["relative"]["today"], *_YESTERDAY, *TABLE["relative"]["now"]]
_NEAR = re.compile(rf"(?<!\w)({either(_NEAR_WORDS)})(?!\w)")
_RUN = re.compile(r"\w+")
_NEAR_FIRST = frozenset(_RUN.findall(words)[0] for words in _NEAR_WORDS)
