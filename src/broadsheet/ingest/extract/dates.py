"""A line of text → the days that it names: local formats, month names of the languages of the web, relative words.

In: a line, the site's hints, the day that "today" means. Out: ``Stamp`` values in the order of the line.
Tables: dates.toml. Every pattern is bounded, so that a line of any length takes linear time.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from importlib.resources import files
from typing import Any, Literal

import msgspec

from broadsheet.ingest.extract.draft import Hints
from broadsheet.text import either

Label = Literal["", "published", "updated"]
FIRST_YEAR = 1900  # news of before is history, and its dates are what a story tells of
_SHORT = 80  # characters of a line whose "2 hours ago" is its date
_MARKS = " |,;:./·•–—-()[]"  # around dates and what stands beside them
_LABEL_REACH = 40  # characters between a label and its date


_NEARBY = 40  # characters of a line whose "today" is its date
_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("dates.toml").read_text(encoding="utf-8"))


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """A day named in a line: where, under which label, and what makes it doubtful ("" where nothing does)."""

    day: dt.date
    start: int
    end: int
    label: Label = ""
    doubt: str = ""
    moment: dt.datetime | None = None  # where the line gives the time of day and its zone

    def utc_day(self) -> dt.date:
        """The day in UTC, where the moment is known; else the day as printed."""
        return self.moment.astimezone(dt.UTC).date() if self.moment else self.day


def find(text: str, hints: Hints, today: dt.date | None = None) -> tuple[Stamp, ...]:
    """Every day that a line names; relative ones count from ``today`` and are left out where that is unknown."""
    numbered = _DIGIT.search(text) is not None
    if numbered:
        if not text.isascii() and _OTHER_DIGIT.search(text):
            text = text.translate(_DIGITS)
        if _YEAR.search(text) and (found := _days(text, hints.day_order, hints.today)):
            return found
    if today and len(text) < (_SHORT if numbered else _NEARBY) and (near := _relative(text)):
        back, start, end = near
        return _told(text, [Stamp(today - back, start, end, doubt="counted from the file's own date")])
    return ()


@functools.lru_cache(maxsize=1024)
def _relative(text: str) -> tuple[dt.timedelta, int, int] | None:
    """How long ago is the day of a line that says "2 hours ago", "gestern", and where it says so."""
    lowered = text.casefold()
    if _DIGIT.search(lowered) and (found := _AGO.search(lowered)):
        number, unit = int(found["n1"] or found["n2"]), found["u1"] or found["u2"]
        days = {"minutes": 0, "hours": 0, "days": number, "weeks": 7 * number}[_UNITS[unit]]
        return dt.timedelta(days=min(days, 36500)), found.start(), found.end()
    if len(lowered) >= _NEARBY or _NEAR_FIRST.isdisjoint(_RUN.findall(lowered)):
        return None
    if found := _NEAR.search(lowered):
        return dt.timedelta(days=1 if found[1] in _YESTERDAY else 0), found.start(), found.end()
    return None


@functools.lru_cache(maxsize=1024)  # a line is looked at for what it is, and again for what it tells
def _days(text: str, order: str, today: dt.date) -> tuple[Stamp, ...]:
    """The days in figures and month names, with their labels and moments."""
    return _told(text, [s for match in _DATE.finditer(text) if (s := _stamp(match, order, today))])


def _told(text: str, stamps: list[Stamp]) -> tuple[Stamp, ...]:
    """Days with what stands beside them: labels, times of day."""
    lowered = text.casefold()
    whole = [_labelled(stamp, lowered, stamps[i - 1].end if i else 0) for i, stamp in enumerate(stamps)]
    bounds = [*(stamp.start for stamp in stamps[1:]), len(text)]
    return tuple(_timed(stamp, text, stamps[i - 1].end if i else 0, bounds[i]) for i, stamp in enumerate(whole))


@functools.lru_cache(maxsize=1024)
def rest(text: str, stamps: tuple[Stamp, ...]) -> str:
    """What a line says besides its dates, labels and times of day."""
    for stamp in reversed(stamps):
        text = f"{text[: stamp.start]} {text[stamp.end :]}"
    if not text.strip(_MARKS):
        return ""
    return " ".join(_IDLE.sub(" ", _LABEL.sub(" ", CLOCK.sub(" ", text))).split()).strip(_MARKS)


def label_only(text: str) -> Label:
    """The label that a line is and nothing else: its day stands on the next one."""
    return _LABELS.get(text.strip(" :|·•–—-").casefold(), "") if len(text) <= _LABEL_REACH else ""


def names_month(text: str) -> bool:
    """Whether a text begins with the name of a month."""
    return _month(text[:24].split(" ", 1)[0]) > 0


def _stamp(match: re.Match[str], order: str, today: dt.date) -> Stamp | None:
    """The day of one match of the pattern, or None where it is no day at all."""
    kind = match.lastgroup
    doubt = ""
    if kind == "iso":
        year, month, day = int(match["iy"]), int(match["im"]), int(match["id"])
    elif kind == "han":
        year, month, day = int(match["hy"]), int(match["hm"]), int(match["hd"])
    elif kind == "dmy":
        day, month, year = int(match["dd"]), _month(match["dm"]), _year(match["dy"])
    elif kind == "mdy":
        month, day, year = _month(match["mm"]), int(match["md"]), _year(match["my"])
    elif kind == "ymd":
        year, month, day = int(match["yy"]), _month(match["ym"]), int(match["yd"])
    else:
        day, month, year, doubt = _numeric(match, order)
    if not (month and 1 <= month <= 12 and year >= FIRST_YEAR):
        return None
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    if found > today:
        doubt = "a day that has not come yet"
    return Stamp(found, match.start(), match.end(), doubt=doubt)


def _numeric(match: re.Match[str], order: str) -> tuple[int, int, int, str]:
    """03/04/2025 by the site's day order; doubtful where both orders give a day. Full stops mean day first."""
    first, second, year = int(match["n1"]), int(match["n2"]), _year(match["ny"])
    if first > 12 or (match["sep"] == "." and second <= 12):
        return first, second, year, ""
    if second > 12:
        return second, first, year, ""
    doubt = "" if first == second else SWAPPED
    if order == "MDY":
        return second, first, year, doubt
    return first, second, year, doubt


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else 2000 + year


def _month(word: str) -> int:
    return MONTHS.get(word.casefold().strip(". "), 0)


def _labelled(stamp: Stamp, lowered: str, after: int) -> Stamp:
    """A stamp with the label that stands nearest before it."""
    before = lowered[max(after, stamp.start - _LABEL_REACH) : stamp.start]
    label: Label = ""
    for named in _LABEL.finditer(before):
        label = _LABELS[named[1]]
    if not label and (found := _LABEL.match(lowered[stamp.end : stamp.end + 24].lstrip(" )|,:0123456789.uhr"))):
        label = _LABELS[found[1]] if not lowered[stamp.end :].strip().startswith(("|", "/")) else ""
    return msgspec.structs.replace(stamp, label=label) if label else stamp


def _timed(stamp: Stamp, text: str, after: int, before: int) -> Stamp:
    """A stamp with its moment, where a time of day with a zone stands beside it."""
    found = _MOMENT.search(text, stamp.end, min(before, stamp.end + 40)) or _MOMENT.search(text, after, stamp.start)
    if not found:
        late = _LATE.search(text, stamp.end, min(before, stamp.end + 40)) or _LATE.search(text, after, stamp.start)
        return msgspec.structs.replace(stamp, doubt=stamp.doubt or _NEXT_DAY) if late else stamp
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half := (found["half"] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    zone_name = found["zone"].lower()
    if zone_name in _TWELVE_HOURS and not half:
        return stamp
    offset = _ZONES[zone_name] + int(found["more"] or 0)
    if hour > 23 or minute > 59 or abs(offset) > 14:
        return stamp
    zone = dt.timezone(dt.timedelta(hours=offset))
    return msgspec.structs.replace(stamp, moment=dt.datetime.combine(stamp.day, dt.time(hour, minute), zone))


MONTHS = {
    form: number
    for names in _TABLE["months"].values()
    for number, forms in enumerate(names, 1)
    for form in forms.split("/")
}
WEEKDAYS = frozenset(_TABLE["weekdays"]["all"])
_LABELS: dict[str, Label] = {
    **dict.fromkeys(_TABLE["labels"]["published"], "published"),
    **dict.fromkeys(_TABLE["labels"]["updated"], "updated"),
}
LABEL_WORDS = frozenset(label for label in _LABELS if " " not in label)  # which nobody is called
_LABEL = re.compile(rf"(?<![^\W\d_])({either(list(_LABELS))})(?![^\W\d_])", re.IGNORECASE)
_IDLE = re.compile(
    rf"(?<![^\W\d_])(?:{either([*_TABLE['weekdays']['all'], *_TABLE['weekdays']['joints']])})(?![^\W\d_])\.?",
    re.IGNORECASE,
)
# Digits of other scripts, one for one, so that places in the line stay the same.
_DIGITS = {base + n: str(n) for base in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}

CLOCK = re.compile(
    r"(?<!\d)\d{1,2}[:.h]\d{2}(?::\d{2})?(?!\d)\s?(?:[ap]\.?\s?m\.?(?!\w))?\s?(?:uhr|hrs?|h)?\.?(?!\w)"
    r"|(?<!\d)\d{1,2}\s?[ap]\.?m\.?(?!\w)"
    r"|\b(?:GMT|UTC|CES?T|MES?Z|E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|BST|IST|WIB|JST|KST|AE[SD]T|SGT|HKT)\b(?:[+-]\d{1,2}(?::?\d\d)?)?",
    re.IGNORECASE,
)

_ZONES: dict[str, int] = _TABLE["zones"]
_TWELVE_HOURS = frozenset(("cst",))  # American beside "pm"; elsewhere it is China's
# An evening in America is the next day in most of the world, where many sites date their pages.
_LATE = re.compile(r"(?<!\d)(?:[89]|1[01])(?:[:.]\d\d)?\s?p\.?m", re.IGNORECASE)
SWAPPED = "day and month could be meant the other way round"
_NEXT_DAY = "so late in the evening that it may be dated a day later elsewhere"
MILD = frozenset((SWAPPED, _NEXT_DAY))  # doubts about which day it is, not about whether it is one
_MOMENT = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::\d{2})?)?\s?(?:(?P<half>[ap])\.?\s?m\.?)?\s?\(?"
    rf"(?P<zone>{either(list(_ZONES))})(?P<more>[+-]\d{{1,2}})?(?![^\W_])",
    re.IGNORECASE,
)

_DIGIT = re.compile(r"\d")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_YEAR = re.compile(r"(?:19|20)\d\d|\d[./-]\s?\d{1,2}[./-]\s?\d\d")  # without which no date below is
_WORD = r"[^\W\d_]{2,14}(?: [^\W\d_]{6})?"
_OF = r"(?:de |del |of |di |den |d['’]|د )?"
_DATE = re.compile(
    r"(?P<iso>(?<!\d)(?P<iy>(?:19|20)\d\d)(?P<is>[-/.])\s?(?P<im>\d{1,2})(?P=is)\s?(?P<id>\d{1,2})(?!\d))"
    r"|(?P<han>(?<!\d)(?P<hy>(?:19|20)\d\d)\s?[年년]\s?(?P<hm>\d{1,2})\s?[月월]\s?(?P<hd>\d{1,2})\s?[日일])"
    r"|(?P<num>(?<![\d./-])(?P<n1>\d{1,2})(?P<sep>[./-])\s?(?P<n2>\d{1,2})(?P=sep)\s?(?P<ny>(?:19|20)\d\d|\d\d)(?![\d/]))"
    rf"|(?P<dmy>(?<![\d.,:])(?P<dd>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.|-)?[ -]?{_OF}(?P<dm>{_WORD})"
    rf"[.,]?[ ,/-]{{0,3}}{_OF}(?P<dy>(?:19|20)\d\d)(?!\d))"
    r"|(?P<mdy>(?<![^\W\d_])(?P<mm>[^\W\d_]{3,12})\.? ?(?P<md>\d{1,2})(?:st|nd|rd|th|\.)?"
    r"(?:,| at| -)? {0,2}(?P<my>(?:19|20)\d\d)(?!\d))"
    rf"|(?P<ymd>(?<!\d)(?P<yy>(?:19|20)\d\d)[.,]? (?P<ym>{_WORD})\.? (?P<yd>\d{{1,2}})(?!\d))"
)

_UNITS = {word: unit for unit in ("minutes", "hours", "days", "weeks") for word in _TABLE["relative"][unit]}
_YESTERDAY = set(_TABLE["relative"]["yesterday"])
_UNIT = either(list(_UNITS))
_AGO_WORD = either(_TABLE["relative"]["ago"])
_AGO = re.compile(
    rf"(?<!\w)(?P<n1>\d{{1,3}})\s?(?P<u1>{_UNIT})\.?\s?(?:{_AGO_WORD})(?!\w)"
    rf"|(?<!\w)(?:{_AGO_WORD})\s(?P<n2>\d{{1,3}})\s?(?P<u2>{_UNIT})(?!\w)"
)
_NEAR_WORDS = [*_TABLE["relative"]["today"], *_YESTERDAY, *_TABLE["relative"]["now"]]
_NEAR = re.compile(rf"(?<!\w)({either(_NEAR_WORDS)})(?!\w)")
_RUN = re.compile(r"\w+")
_NEAR_FIRST = frozenset(_RUN.findall(words)[0] for words in _NEAR_WORDS)
