"""Days of other calendars in a line of text: Hijri and Solar Hijri (Jalali), by the names of their months.

In: a line. Out: the days of our calendar that it names, each with where it stands and what makes it doubtful.
The Hijri calendar begins its months by the moon, as authorities of a country see it: a computed day may be one off.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from broadsheet.text import either

HIJRI = "a day of the Hijri calendar, which may be one off as ours has it"
SOLAR = "a day of the Solar Hijri calendar"

_HIJRI_MONTHS = (
    "محرم/المحرم", "صفر", "ربيع الأول/ربيع الاول/ربیع‌الاول", "ربيع الآخر/ربيع الثاني/ربیع‌الثانی",
    "جمادى الأولى/جمادى الاولى/جمادی‌الاول", "جمادى الآخرة/جمادى الثانية/جمادی‌الثانی", "رجب", "شعبان", "رمضان",
    "شوال", "ذو القعدة/ذي القعدة/ذوالقعدة/ذیقعده", "ذو الحجة/ذي الحجة/ذوالحجة/ذیحجه",
)  # fmt: skip
_SOLAR_MONTHS = (
    "فروردین/فروردين/حمل", "اردیبهشت/ارديبهشت/ثور", "خرداد/جوزا", "تیر/تير/سرطان", "مرداد/امرداد/اسد",
    "شهریور/شهريور/سنبله", "مهر/میزان", "آبان/عقرب", "آذر/قوس", "دی/دي/جدی", "بهمن/دلو", "اسفند/حوت",
)  # fmt: skip
_HIJRI = {form: number for number, forms in enumerate(_HIJRI_MONTHS, 1) for form in forms.split("/")}
_SOLAR = {form: number for number, forms in enumerate(_SOLAR_MONTHS, 1) for form in forms.split("/")}
_DAY = re.compile(
    rf"(?<!\d)(\d{{1,2}})[ \u200c]{{1,2}}(?:من )?(?:شهر )?({either([*_HIJRI, *_SOLAR])})(?:ماه)?"
    r"[ ،,]{1,3}(?:عام |سال )?(1[34]\d\d)(?!\d)(?: ?(?:هـ|هجرية|هجري|هجری شمسی|هجری|ه\.?ش\.?|ه‍?)(?!\w))?"
)
_HIJRI_EPOCH = 227015  # the ordinal of 1 Muharram of the year 1: 16 July 622 of the Julian calendar
_SOLAR_LEAPS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # years of 33 that have 366 days
_SOLAR_BASE, _SOLAR_FIRST = 1404, dt.date(2025, 3, 21)  # a year, and the day on which it began


def find(text: str) -> Iterator[tuple[dt.date, int, int, str]]:
    """Each day that a line names in another calendar: as ours has it, where it begins and ends, the doubt.

    Figures are those of ASCII.
    """
    for match in _DAY.finditer(text):
        day, month, year = int(match[1]), match[2], int(match[3])
        found = _hijri(year, _HIJRI[month], day) if month in _HIJRI else _solar(year, _SOLAR[month], day)
        if found:
            yield found, match.start(), match.end(), HIJRI if month in _HIJRI else SOLAR


def _hijri(year: int, month: int, day: int) -> dt.date | None:
    """A day of the Hijri calendar as it is computed in cycles of 30 years (Reingold and Dershowitz, chapter 7)."""
    if not 1 <= day <= 30:
        return None
    days = day + -(-59 * (month - 1) // 2) + 354 * (year - 1) + (3 + 11 * year) // 30
    return dt.date.fromordinal(days + _HIJRI_EPOCH - 1)


def _solar(year: int, month: int, day: int) -> dt.date | None:
    """A day of the Solar Hijri calendar: six months of 31 days, five of 30, and the last of 29 or 30."""
    longest = 31 if month <= 6 else 30 if month < 12 else 29 + (year % 33 in _SOLAR_LEAPS)
    if not 1 <= day <= longest:
        return None
    low, high = sorted((year, _SOLAR_BASE))
    days = sum(365 + (one % 33 in _SOLAR_LEAPS) for one in range(low, high))
    first = _SOLAR_FIRST + dt.timedelta(days=days if year >= _SOLAR_BASE else -days)
    return first + dt.timedelta(days=31 * min(month - 1, 6) + 30 * max(0, month - 7) + day - 1)
