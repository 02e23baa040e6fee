"""Dates as front matter writes them.

In: a value as YAML gave it, or a text. Out: a moment, and whether a time of day was written.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

_EXPECTED = "a date such as 2025-05-08 or 2025-05-08T14:30:00+02:00"


class Day(msgspec.Struct, frozen=True):
    """A date as front matter gives it: a moment, and whether a time of day was written."""

    moment: dt.datetime
    timed: bool


def day(raw: Any, zone: ZoneInfo) -> Day:
    """A bare day, or a moment; a moment without an offset is taken in the site's time zone. Raises ValueError."""
    if isinstance(raw, str):
        text = raw.strip()
        try:
            raw = dt.datetime.fromisoformat(text) if len(text) > 10 else dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(_EXPECTED) from None
    if isinstance(raw, dt.datetime):
        found, timed = raw if raw.tzinfo else raw.replace(tzinfo=zone), True
    elif isinstance(raw, dt.date):
        found, timed = dt.datetime(raw.year, raw.month, raw.day, tzinfo=zone), False
    else:
        raise ValueError(_EXPECTED)
    if not 1000 <= found.year < 9999:  # feeds need four digits, and other time zones a day to either side
        raise ValueError(_EXPECTED)
    return Day(found, timed)


def moment(raw: Any, zone: ZoneInfo) -> dt.datetime:
    """The moment of a date, the first of its day where no time was written. Raises ValueError."""
    return day(raw, zone).moment
