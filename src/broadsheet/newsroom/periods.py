"""Periods: the days, weeks and months that editions are of, and their names in addresses.

In: days. Out: the first and last day of a period, the period after it, its slug (2025-05-08, 2025-w19, 2025-05).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from broadsheet.model import Period

_DAY = dt.timedelta(days=1)
_SLUG = re.compile(r"(\d{4})-(?:w(\d{2})|(\d{2})(?:-(\d{2}))?)", re.ASCII)


def first_day(day: dt.date, period: Period) -> dt.date:
    """The first day of the period that a day belongs to; weeks begin on Monday (ISO 8601)."""
    if period == "weekly":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if period == "monthly" else day


def last_day(first: dt.date, period: Period) -> dt.date:
    """The last day of the period that begins on this day."""
    if period == "weekly":
        return first + dt.timedelta(days=6)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]) if period == "monthly" else first


def following(first: dt.date, period: Period) -> dt.date:
    """The first day of the period after the one that begins on this day."""
    return last_day(first, period) + _DAY


def slug(first: dt.date, period: Period) -> str:
    """The name of a period in an address."""
    if period == "weekly":
        year, week, _ = first.isocalendar()
        return f"{year:04}-w{week:02}"
    return f"{first.year:04}-{first.month:02}" if period == "monthly" else first.isoformat()


def parsed(name: str) -> tuple[Period, dt.date] | None:
    """The period that a slug names, and its first day; None for what names none."""
    found = _SLUG.fullmatch(name)
    if found is None:
        return None
    year, week, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if found[2]:
            return "weekly", dt.date.fromisocalendar(year, week, 1)
        return ("daily", dt.date(year, month, day)) if found[4] else ("monthly", dt.date(year, month, 1))
    except ValueError:
        return None
