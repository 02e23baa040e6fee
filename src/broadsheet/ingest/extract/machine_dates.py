"""A date as programs write it → a day or a moment: ISO 8601, RFC 822, asctime, the compact form of wires, seconds.

In: the text of a date and nothing else; the language of its source, for the names of months. Out: a day, or a moment
where a time and its zone are given; a value with what makes it doubtful. No date is ever made up. Names: dates.toml.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.draft import Hints

LONGEST = 120  # characters of a date; what is longer is a text
_FIRST = 1995  # before that year no feed had news; programs write such days where they know of none


class MachineDate(msgspec.Struct, frozen=True):
    """A day or an aware moment, how sure that is (0 to 1), and what makes it doubtful ("" where nothing does)."""

    value: dt.date
    confidence: float = 0.97
    doubt: str = ""


def parse(value: str, lang: str = "") -> dt.date | None:
    """A day, or a moment where the text gives a time and its zone; None for what is neither.

    ``lang`` is the language whose names of months count first, as a tag.
    """
    text = " ".join(value.split())
    if not text or len(text) > LONGEST:
        return None
    try:
        return _numbers(text) or _worded(text, lang.partition("-")[0].lower())
    except (ValueError, OverflowError, OSError):
        return None


def read(value: str, hints: Hints, lang: str = "") -> MachineDate | None:
    """The date that a feed or a wire gives, with what makes it doubtful; None where no date can be read.

    A day that has not come yet is doubted, and so is one before there were feeds, which programs write for want of a
    date. Figures whose order is not said are read in the order of the site.
    """
    text = " ".join(value.split()).translate(dates.DIGITS)
    found = parse(text, lang)
    if found is not None:
        return _judged(found, 0.97, "", hints)
    if len(text) > LONGEST:
        return None
    if numeric := _NUMERIC.fullmatch(text):
        return _by_order(numeric, hints)
    stamps = dates.find(text, hints)
    if len(stamps) == 1 and not dates.rest(text, stamps):
        return _judged(stamps[0].moment or stamps[0].day, 0.75, stamps[0].doubt, hints)
    return None


def is_later(one: dt.date, other: dt.date) -> bool:
    """Whether a day or moment comes after another; where either is a day, days are compared."""
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime):
        return one > other
    days = [moment.date() if isinstance(moment, dt.datetime) else moment for moment in (one, other)]
    return days[0] > days[1]


def _judged(found: dt.date, confidence: float, doubt: str, hints: Hints) -> MachineDate:
    day = _day(found, hints)
    if day > hints.today:
        return MachineDate(found, 0.3, "a day that has not come yet")
    if day.year < _FIRST:
        return MachineDate(found, 0.3, f"the year {day.year}, in which no feed was written")
    return MachineDate(found, 0.6 if doubt else confidence, doubt)


def _day(found: dt.date, hints: Hints) -> dt.date:
    if not isinstance(found, dt.datetime):
        return found
    try:
        return found.astimezone(ZoneInfo(hints.timezone)).date()
    except (OverflowError, ValueError):  # at either end of the calendar
        return found.date()


def _by_order(found: re.Match[str], hints: Hints) -> MachineDate | None:
    """03/04/2025 by the site's day order, or by what the figures themselves and "AM" tell of it."""
    first, second, year = int(found["a"]), int(found["b"]), _year(found["y"])
    half = (found["half"] or "").lower()
    american = second > 12 or (first <= 12 and found["sep"] != "." and (hints.day_order == "MDY" or bool(half)))
    day, month = (second, first) if american else (first, second)
    doubt = "" if max(first, second) > 12 or first == second or found["sep"] == "." else "day or month may come first"
    try:
        date = dt.date(year, month, day)
        moment = _moment(date, found["hour"], found["minute"], found["second"], found["zone"], half)
    except ValueError:
        return None
    return _judged(moment, 0.9, doubt, hints)


def _numbers(text: str) -> dt.date | None:
    """What is all figures, and begins with the year."""
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        day = dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
        return _moment(day, found["hour"], found["minute"], found["second"], found["zone"], "")
    if text.isdecimal() and len(text) in (9, 10, 13):
        return dt.datetime.fromtimestamp(int(text[:10] if len(text) == 13 else text), dt.UTC)
    if _WEEK.fullmatch(text):
        return dt.date.fromisoformat(text[:10])
    if found := _ISO_DAY.match(text):  # with a time that no pattern knows
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    return None


def _worded(text: str, lang: str) -> dt.date | None:
    """What names the month: RFC 822 and its relatives, asctime, "March 4, 2025 9:12 AM EST"."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _ASCTIME, _YEAR_FIRST):
        found = pattern.fullmatch(text)
        month = _month(found["m"], lang) if found else 0
        if found and month:
            day = dt.date(_year(found["y"]), month, int(found["d"]))
            half = (found["half"] or "").lower()
            return _moment(day, found["hour"], found["minute"], found["second"], found["zone"], half)
    return None


def _year(figures: str) -> int:
    """A year as RFC 2822 (4.3) reads it: two figures below 50 are of this century, three count from 1900."""
    year = int(figures)
    return year if len(figures) == 4 else year + (2000 if len(figures) == 2 and year < 50 else 1900)


def _moment(
    day: dt.date, hour: str | None, minute: str | None, second: str | None, zone: str | None, half: str
) -> dt.date:
    """A day with its time where that has a zone; 24:00 is the first moment of the next day."""
    if hour is None:
        return day
    hours = int(hour) % 12 + (12 if half.startswith("p") else 0) if half else int(hour)
    if hours == 24 and not int(minute or 0):
        day, hours = day + dt.timedelta(days=1), 0
    time = dt.time(hours, int(minute or 0), min(int(second or 0), 59))  # 60 is a leap second
    offset = _offset(zone or "")
    return day if offset is None else dt.datetime.combine(day, time, dt.timezone(offset))


def _offset(zone: str) -> dt.timedelta | None:
    """How far a zone is ahead of UTC; None for none, and for a name that could be several."""
    found = _ZONE.fullmatch(zone.strip().strip("()").lower())
    if not found or not (found["name"] or found["sign"]):
        return None
    name = found["name"] or ""
    if name and name not in _ZONES:
        return None
    minutes = round(60 * _ZONES[name]) if name else 0
    if found["sign"]:
        more = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        if more > 14 * 60 or (found["minutes"] and int(found["minutes"]) > 59):
            return None
        minutes += -more if found["sign"] in "-−" else more
    return dt.timedelta(minutes=minutes)


def _month(word: str, lang: str) -> int:
    """The number of a month by its name or the beginning of it; 0 where it is none, or could be several."""
    name = _bare(word)
    own = _months().get(lang, {})
    if number := own.get(name):
        return number
    if number := _only({own[known] for known in own if len(name) >= _SHORTEST and known.startswith(name)}):
        return number
    if number := _months()["en"].get(name):
        return number
    exact = {known[name] for known in _months().values() if name in known}
    if exact:
        return _only(exact)
    if len(name) < _SHORTEST:
        return 0
    return _only({n for known in _months().values() for other, n in known.items() if other.startswith(name)})


def _only(numbers: set[int]) -> int:
    return next(iter(numbers)) if len(numbers) == 1 else 0


def _bare(word: str) -> str:
    """A word in lower case without its accents and full stops."""
    parts = unicodedata.normalize("NFD", word.casefold().strip(" .,"))
    return "".join(c for c in parts if not "\u0300" <= c <= "\u036f")


@functools.cache
def _months() -> dict[str, dict[str, int]]:
    """The names of months by language."""
    found = {
        lang: {_bare(form): number for number, forms in enumerate(names, 1) for form in forms.split("/")}
        for lang, names in dates.MONTH_NAMES.items()
    }
    for other, lang in (("nb", "no"), ("nn", "no")):
        found.setdefault(other, found[lang])
    return found


_SHORTEST = 3  # letters by which a month is known

_ZONES: dict[str, float] = dates.ZONES | dates.FURTHER_ZONES
_ZONE = re.compile(r"(?P<name>[a-z]{1,5})? ?(?:(?P<sign>[+\-−])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?)?")

_ZONED = r"\(?[A-Za-z]{0,5} ?(?:[+\-−]\d{1,2}(?::?\d\d)?)?\)?"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?(?: ?(?:Uhr|h|hrs)\b)?"
    rf"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?,? ?(?P<zone>{_ZONED})(?: \([^()]*\))?"
)
_WORD = r"(?P<m>[^\W\d_][^\d\s,./-]*)"
_LEAD = r"(?:[^\d\s,]+(?: [^\d\s,]+)?,? ?)?"  # the day of the week, in any language
_OF = r"(?:de |del |of |di |den |d['’])?"
_AT = r"(?:,? ?(?:at |um |à |a las |às |alle |ore |om |kl\.? |- |– |T)?"
_DAY_FIRST = re.compile(
    rf"{_LEAD}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[ -]?{_OF}{_WORD}\.?[ ,-]{{1,2}}{_OF}(?P<y>\d{{4}}|\d{{2,3}})"
    rf"{_AT}{_CLOCK})?"
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\d\s,]+,? )??{_WORD}\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?:{_AT[3:]}{_CLOCK})?"
)
_ASCTIME = re.compile(
    rf"(?:[^\d\s,]+,? )?{_WORD}\.? (?P<d>\d{{1,2}}),? (?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: (?P<zone>[A-Za-z]{1,5}(?:[+-]\d\d:?\d\d)?|[+-]\d\d:?\d\d))? (?P<y>\d{4})"
)
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})[ .-]{{1,2}}{_WORD}[ .-]{{1,2}}(?P<d>\d{{1,2}})\.?{_AT}{_CLOCK})?")
_ISO = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:(?:[T ]|, )(?P<hour>\d{1,2})(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?)? ?"
    rf"(?P<zone>{_ZONED})(?:\[[\w/+-]+\])?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
    r"(?:[T ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)? ?"
    r"(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[T ]\d)")
_WEEK = re.compile(r"\d{4}-W\d\d-\d")
_NUMERIC = re.compile(
    rf"{_LEAD}(?P<a>\d{{1,2}})(?P<sep>[./-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d\d)(?:{_AT[3:]}{_CLOCK})?"
)
