"""Days of other calendars in a line of text: Hijri, Solar Hijri (Jalali), Bikram Sambat and Bengali, by their months.

In: a line. Out: the days of our calendar that it names, each with where it stands and what makes it doubtful.
The Hijri calendar begins its months by the moon, as authorities of a country see it: a computed day may be one off.
The months of the Bikram Sambat begin as the sun enters a sign, and a committee in Nepal announces them year by year.
The Bengali calendar is that of Bangladesh; in India it is a day apart.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from broadsheet.text import either

HIJRI = "a day of the Hijri calendar, which may be one off as ours has it"
SOLAR = "a day of the Solar Hijri calendar"
NEPALI = "a day of the Bikram Sambat of Nepal, which may be one off as ours has it"
BENGALI = "a day of the Bengali calendar, which may be one off as ours has it"

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
_NEPALI_MONTHS = (
    "वैशाख/बैशाख", "जेठ/जेष्ठ/ज्येष्ठ", "असार/आषाढ", "साउन/श्रावण", "भदौ/भाद्र", "असोज/आश्विन", "कात्तिक/कार्तिक",
    "मंसिर/मङ्सिर/मार्ग", "पुस/पुष/पौष", "माघ", "फागुन/फाल्गुन", "चैत/चैत्र",
)  # fmt: skip
_BENGALI_MONTHS = (
    "বৈশাখ", "জ্যৈষ্ঠ", "আষাঢ়/আষাঢ়", "শ্রাবণ", "ভাদ্র", "আশ্বিন", "কার্তিক", "অগ্রহায়ণ/অগ্রহায়ণ", "পৌষ", "মাঘ",
    "ফাল্গুন/ফালগুন", "চৈত্র",
)  # fmt: skip
_NEPALI = {form: number for number, forms in enumerate(_NEPALI_MONTHS, 1) for form in forms.split("/")}
_BENGALI = {form: number for number, forms in enumerate(_BENGALI_MONTHS, 1) for form in forms.split("/")}
_SOUTH_ASIAN = re.compile(
    rf"(?<!\d)(?:(?P<d1>\d{{1,2}}) (?P<m1>{either([*_NEPALI, *_BENGALI])})[ ,]{{1,2}}(?P<y1>20[5-9]\d|14\d\d)"
    rf"|(?P<y2>20[5-9]\d)(?: साल)? (?P<m2>{either([*_NEPALI])}) (?P<d2>\d{{1,2}})"
    rf")(?!\d)|(?<![^\W_])(?P<m3>{either([*_NEPALI])}) (?P<d3>\d{{1,2}})(?: गते)?[ ,]{{1,2}}(?P<y3>20[5-9]\d)(?!\d)"
)
_NEPALI_BASE, _NEPALI_FIRST = 2082, dt.date(2025, 4, 14).toordinal() + 0.1  # a year, and the moment at which it began
_SIDEREAL_YEAR = 365.258756  # days, by the Surya Siddhanta
# The days that the sun takes through each sign, by the same (Reingold and Dershowitz, chapter 20).
_SIGNS = (30.93, 31.41, 31.64, 31.47, 31.03, 30.46, 29.90, 29.49, 29.32, 29.45, 29.83, 30.36)
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
    for match in _SOUTH_ASIAN.finditer(text):
        form = next(form for form in "123" if match[f"m{form}"])
        name = match[f"m{form}"]
        of = _nepali if name in _NEPALI else _bengali
        if south := of(int(match[f"y{form}"]), (_NEPALI | _BENGALI)[name], int(match[f"d{form}"])):
            yield south, match.start(), match.end(), NEPALI if name in _NEPALI else BENGALI


def _nepali(year: int, month: int, day: int) -> dt.date | None:
    """A day of the Bikram Sambat, whose months begin as the sun enters a sign."""
    if not 1 <= day <= 32 or year < 2000:
        return None
    began = _NEPALI_FIRST + (year - _NEPALI_BASE) * _SIDEREAL_YEAR + sum(_SIGNS[: month - 1])
    return dt.date.fromordinal(int(began) + day - 1)


def _bengali(year: int, month: int, day: int) -> dt.date | None:
    """A day of the calendar of Bangladesh since 2019: six months of 31 days from 14 April, then 30, and 29 or 30."""
    if not 1 <= day <= 31 or year >= 2000:
        return None
    first = dt.date(year + 593, 4, 14)
    days = 31 * min(month - 1, 6) + 30 * max(0, month - 7) - (month == 12 and not calendar.isleap(first.year + 1))
    return first + dt.timedelta(days=days + day - 1)


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
