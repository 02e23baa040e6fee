"""A line of text → the days that it names: local formats, month names of the languages of the web, relative words.

In: a line, the site's hints, the day that "today" means. Out: ``Stamp`` values in the order of the line.
Tables: dates.toml. Every pattern is bounded, so that a line of any length takes linear time.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any, Literal

import msgspec

from broadsheet.ingest.extract import calendars
from broadsheet.ingest.extract.draft import Hints
from broadsheet.text import either, folded, spellings

Label = Literal["", "published", "updated"]
FIRST_YEAR = 1900  # news of before is history, and its dates are what a story tells of
_SHORT = 80  # characters of a line whose "2 hours ago" is its date
_MARKS = " |,;:./·•–—-()[]"  # around dates and what stands beside them
_LABEL_REACH = 40  # characters between a label and its date


_NEARBY = 40  # characters of a line whose "today" is its date
# A letter or a mark that stands on one, for patterns: "[^\W\d_]" has no marks, and half of what Hindi writes is marks.
LETTER = r"[^\x00-@\[-`{-©«-´¶-¹»-¿×÷\u2000-\u200b\u200e-\u206f\u3000-\u3004\u3008-\u3020\uff00-\uff20،؛؟।॥]"
_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("dates.toml").read_text(encoding="utf-8"))


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """A day named in a line: where, under which label, and what makes it doubtful ("" where nothing does)."""

    day: dt.date
    start: int
    end: int
    label: Label = ""
    doubt: str = ""
    moment: dt.datetime | None = None  # where the line gives the time of day and its zone


def find(text: str, hints: Hints, today: dt.date | None = None) -> tuple[Stamp, ...]:
    """Every day that a line names; relative ones count from ``today`` and are left out where that is unknown."""
    numbered = _DIGIT.search(text) is not None
    if numbered:
        if not text.isascii() and _OTHER_DIGIT.search(text):
            text = text.translate(DIGITS)
        if _YEAR.search(text) and (found := _days(text, hints.day_order, hints.today)):
            return found
        if not text.isascii() and (others := tuple(calendars.find(text))):
            return tuple(
                Stamp(day, start, end, doubt=FUTURE if day > hints.today else doubt)
                for day, start, end, doubt in others
            )
    if today and len(text) < (_SHORT if numbered else _NEARBY) and (near := _relative(text)):
        back, start, end = near
        return _with_labels(text, [Stamp(today - back, start, end, doubt="counted from the file's own date")])
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
    return _with_labels(text, [s for match in _DATE.finditer(text) if (s := _stamp(match, order, today))])


def _with_labels(text: str, stamps: list[Stamp]) -> tuple[Stamp, ...]:
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
    return _LABELS.get(folded(text.strip(" :|·•–—-")), "") if len(text) <= _LABEL_REACH else ""


def names_month(text: str) -> bool:
    """Whether a text begins with the name of a month."""
    return _month(text[:24].split(" ", 1)[0]) > 0


def _stamp(match: re.Match[str], order: str, today: dt.date) -> Stamp | None:
    """The day of one match of the pattern, or None where it is no day at all."""
    kind = match.lastgroup or ""
    doubt = ""
    if kind in ("iso", "han", "viet"):
        year, month, day = int(match[f"{kind[0]}y"]), int(match[f"{kind[0]}m"]), int(match[f"{kind[0]}d"])
    elif kind == "era":
        first = 1 if match["ey"] == "元" else int(match["ey"])
        year, month, day = _ERAS[match["en"]] + first, int(match["em"]), int(match["ed"])
    elif kind == "num":
        day, month, year, doubt = _numeric(match, order, today)
    else:
        word = match[f"{kind[0]}m"]
        year, month, day = _year(match[f"{kind[0]}y"], word), _month(word), int(match[f"{kind[0]}d"])
        if disputed := _DISPUTED.get(word.casefold()):
            doubt, month = DISPUTED, min(disputed.values()) if day > 30 else month
    if not (month and 1 <= month <= 12 and year >= FIRST_YEAR):
        return None
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    if found > today:
        doubt = FUTURE
    elif found == _EPOCH:
        doubt = UNSET
    elif not doubt and (named := _WEEKDAY.search(match.string, max(0, match.start() - 24), match.start())):
        doubt = "" if _WEEKDAYS[folded(named[1])] == found.weekday() else "its day of the week is another"
    return Stamp(found, match.start(), match.end(), doubt=doubt)


def _numeric(match: re.Match[str], order: str, today: dt.date) -> tuple[int, int, int, str]:
    """03/04/2025: by the zone, the day of the week or the clock beside it, else by the site's day order.

    It is doubtful where both orders give a day and nothing beside it tells. Full stops mean day first.
    """
    first, second, year = int(match["n1"]), int(match["n2"]), _year(match["ny"])
    if first > 12 or (match["sep"] == "." and second <= 12):
        return first, second, year, ""
    if second > 12:
        return second, first, year, ""
    if first == second or not (first and second):
        return first, second, year, ""
    named, sure = _order(match, first, second, year)
    named = named or order
    doubt = "" if sure else SWAPPED
    day, month = (second, first) if named == "MDY" else (first, second)
    if not sure and dt.date(year, month, day) > today >= dt.date(year, day, month):
        day, month = month, day  # the one order has not come yet
    return day, month, year, doubt


def _order(match: re.Match[str], first: int, second: int, year: int) -> tuple[str, bool]:
    """In which order the text beside a date in figures says that day and month stand, and whether that is sure."""
    text, start, end = match.string, max(0, match.start() - 40), match.end() + 30
    if year and (named := _WEEKDAY.search(text, start, match.start())):
        wanted = _WEEKDAYS[folded(named[1])]
        fits = [dt.date(year, second, first).weekday() == wanted, dt.date(year, first, second).weekday() == wanted]
        if fits[0] != fits[1]:
            return ("DMY" if fits[0] else "MDY"), True
    clock = _BESIDE.match(text, match.end(), end) or _BESIDE_BEFORE.search(text, start, match.start())
    if not clock:
        return "", False
    zone, half = clock["zone"] or "", clock["half"] or ""
    if zone:
        american = ZONES[folded(zone)] in _AMERICAN and folded(zone) not in ("brt", "art")
        return ("MDY" if american else "DMY"), True
    return ("MDY" if half.isupper() and "." not in half else ""), False


def _year(digits: str, month: str = "") -> int:
    """The year of our era; Thailand counts 543 more, in two digits as well."""
    year = int(digits)
    thai = "ก" <= month[:1] <= "๎"
    if len(digits) == 4:
        return year - _BUDDHIST if year >= 2000 + _BUDDHIST - 100 else year
    return 2500 - _BUDDHIST + year if thai else 2000 + year


def _month(word: str) -> int:
    plain = folded(word).strip(". ")
    return MONTHS.get(plain if plain.isascii() else unicodedata.normalize("NFC", plain), 0)


def impossible(text: str) -> bool:
    """Whether a line has the form of a date and names a day that no calendar has: 31 February, the 14th month."""
    if _OTHER_DIGIT.search(text):
        text = text.translate(DIGITS)
    return any(
        _stamp(match, "DMY", dt.date.max) is None and (kind in _FIGURES or _month(match[f"{kind[0]}m"]) > 0)
        for match in _DATE.finditer(text)
        if (kind := match.lastgroup)
    )


def guess(text: str, language: str, today: dt.date) -> dt.date | None:
    """The day of a short line that ``find`` cannot read, as dateparser reads it in that language; never sure.

    It must give day, month and year. Lines are short and one language is tried, since dateparser is slow.
    """
    if len(text) > _GUESSED or not (figures := _FOUR.findall(text)) or not _TWO.search(text):
        return None
    parser: Any = importlib.import_module("dateparser")  # a third of a second to import, and few texts need it
    try:
        found = parser.parse(text, languages=[language], settings={"STRICT_PARSING": True})
    except Exception:  # noqa: BLE001 - it raises what its many readers raise, and a second look may fail
        return None
    return found.date() if found and str(found.year) in figures and FIRST_YEAR <= found.year <= today.year else None


def settled(stamp: Stamp, text: str, language: str) -> Stamp:
    """A stamp whose month two languages name differently, by the language of its text."""
    word = next((form for form in _DISPUTED if form in text[stamp.start : stamp.end].casefold()), "")
    month = _DISPUTED.get(word, {}).get(language, 0)
    if not month:
        return stamp
    try:
        return msgspec.structs.replace(stamp, day=stamp.day.replace(month=month), doubt="")
    except ValueError:  # the 31st of a month that has 30 days: the other one is meant
        return stamp


def _labelled(stamp: Stamp, lowered: str, after: int) -> Stamp:
    """A stamp with the label that stands nearest before it."""
    before = lowered[max(after, stamp.start - _LABEL_REACH) : stamp.start]
    label: Label = ""
    for named in _LABEL.finditer(before):
        label = _LABELS[folded(named[1])]
    if not label and (found := _LABEL.match(lowered[stamp.end : stamp.end + 24].lstrip(" )|,:0123456789.uhr"))):
        label = _LABELS[folded(found[1])] if not lowered[stamp.end :].strip().startswith(("|", "/")) else ""
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
    zone_name = folded(found["zone"])
    if zone_name in _TWELVE_HOURS and not half:
        return stamp
    offset = ZONES[zone_name] + int(found["more"] or 0)
    if hour > 23 or minute > 59 or abs(offset) > 14:
        return stamp
    zone = dt.timezone(dt.timedelta(hours=offset))
    return msgspec.structs.replace(stamp, moment=dt.datetime.combine(stamp.day, dt.time(hour, minute), zone))


FUTURE = "a day that has not come yet"
UNSET = "the day that clocks show which nobody has set"
DISPUTED = "a month that another language calls so as well"
IMPROBABLE = frozenset((FUTURE, UNSET))  # doubts of a day that is more likely wrong than right
_EPOCH = dt.date(1970, 1, 1)
_BUDDHIST = 543
_ERAS = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911, "中華民國": 1911, "中华民国": 1911,
}  # fmt: skip
_FIGURES = frozenset(("iso", "han", "viet", "era", "num"))  # forms of a date without the name of a month


def _forms() -> dict[str, dict[str, int]]:
    """For the name of a month the languages that have it, and which month it is in each."""
    found: dict[str, dict[str, int]] = {}
    for language, names in _TABLE["months"].items():
        for number, forms in enumerate(names, 1):
            for form in forms.split("/"):
                found.setdefault(unicodedata.normalize("NFC", form), {})[language] = number
    for form, numbers in list(found.items()):  # "FEVRIER", "KASIM"; a month that is called so itself stays what it is
        for spelt in spellings(form):
            found.setdefault(spelt, numbers)
    return found


MONTH_NAMES: dict[str, list[str]] = _TABLE["months"]  # of each language, in their order; forms of one parted by "/"
_FORMS = _forms()
MONTHS = {form: next(iter(numbers.values())) for form, numbers in _FORMS.items()}
_DISPUTED = {form: numbers for form, numbers in _FORMS.items() if len(set(numbers.values())) > 1}
WEEKDAYS = frozenset(_TABLE["weekdays"]["all"])
_LABELS: dict[str, Label] = {
    **dict.fromkeys(map(folded, _TABLE["labels"]["published"]), "published"),
    **dict.fromkeys(map(folded, _TABLE["labels"]["updated"]), "updated"),
}
LABEL_WORDS = frozenset(
    label for labels in _TABLE["labels"].values() for label in labels if " " not in label
)  # which nobody is called
_LABEL = re.compile(rf"(?<!{LETTER})({either(list(_LABELS))})(?!{LETTER})", re.IGNORECASE)
_IDLE = re.compile(
    rf"(?<!{LETTER})(?:{either([*_TABLE['weekdays']['all'], *_TABLE['weekdays']['joints']])})(?!{LETTER})\.?",
    re.IGNORECASE,
)
_WEEKDAYS = {folded(form): n for n, forms in enumerate(_TABLE["weekdays"]["order"]) for form in forms.split("/")}
_WEEKDAY = re.compile(rf"(?<!{LETTER})({either(list(_WEEKDAYS))})[.,]{{0,2}} {{0,2}}$", re.IGNORECASE)
# Digits of other scripts, one for one, so that places in the line stay the same.
DIGITS = {base + n: str(n) for base in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10) for n in range(10)}

CLOCK = re.compile(
    r"(?<!\d)\d{1,2}[:.h]\d{2}(?::\d{2})?(?!\d)\s?(?:[ap]\.?\s?m\.?(?!\w))?\s?(?:uhr|hrs?|h)?\.?(?!\w)"
    r"|(?<!\d)\d{1,2}\s?[ap]\.?m\.?(?!\w)"
    r"|\b(?:GMT|UTC|CES?T|MES?Z|E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|BST|IST|WIB|JST|KST|AE[SD]T|SGT|HKT)\b(?:[+-]\d{1,2}(?::?\d\d)?)?",
    re.IGNORECASE,
)

ZONES: dict[str, int] = _TABLE["zones"]  # hours ahead of UTC
FURTHER_ZONES: dict[str, float] = _TABLE["zones_further"]
SEVERAL_ZONES: dict[str, float] = _TABLE["zones_several"]
_TWELVE_HOURS = frozenset(("cst",))  # American beside "pm"; elsewhere it is China's
# An evening in America is the next day in most of the world, where many sites date their pages.
_LATE = re.compile(r"(?<!\d)(?:[89]|1[01])(?:[:.]\d\d)?\s?p\.?m", re.IGNORECASE)
SWAPPED = "day and month could be meant the other way round"
_NEXT_DAY = "so late in the evening that it may be dated a day later elsewhere"
# doubts about which day it is, not about whether it is one
MILD = frozenset((SWAPPED, _NEXT_DAY, calendars.HIJRI, calendars.SOLAR, calendars.NEPALI, calendars.BENGALI))
_MOMENT = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::\d{2})?)?\s?(?:(?P<half>[ap])\.?\s?m\.?)?\s?\(?"
    rf"(?P<zone>{either(list(ZONES))})(?P<more>[+-]\d{{1,2}})?(?![^\W_])",
    re.IGNORECASE,
)

_AMERICAN = range(-10, -3)  # hours ahead of UTC
_HALF = r"(?P<half>[AaPp]\.?\s?[Mm]\b\.?)"
_NAMED_ZONE = rf"\(?(?P<zone>{either(list(ZONES))})(?![^\W_])"
_BESIDE = re.compile(
    rf"(?:[\s,|•·–-]|at\b|T){{0,4}}\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?\s?{_HALF}?\s?(?i:{_NAMED_ZONE})?",
)
_BESIDE_BEFORE = re.compile(
    rf"(?<!\d)\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?\s?{_HALF}?\s?(?i:{_NAMED_ZONE})?[\s,|•·–-]{{0,4}}$",
)
_GUESSED = 48  # characters of a line that dateparser looks at
_FOUR, _TWO = re.compile(r"(?<!\d)\d{4}(?!\d)"), re.compile(r"(?<!\d)\d{1,2}(?![\d:])")
_DIGIT = re.compile(r"\d")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
# Without one of these no date below is.
_YEAR = re.compile(
    r"(?:19|20|25)\d\d|\d[./-]\s?\d{1,2}[./-]\s?\d\d|[^\W\d_][.]?-\d\d(?!\d)| ['’]\d\d(?!\d)|"
    r"\d\d,?\s+\d\d?:\d|[ก-ฮ]\. \d\d|年"
)
_Y = r"(?:19|20|25)\d\d"
_SHORT_YEAR = (
    r"(?<=-)\d\d(?!\d)|(?<=['’])\d\d|\d\d(?=,?\s+\d{1,2}:\d\d)|(?<=[ก-ฮ]\. )\d\d"  # the year of "12 Mar 25 10:00"
)
_WORD = rf"(?:[ก-๎]{{1,3}}\.\s?[ก-ฮ](?=\.)|{LETTER}{{2,14}}(?: {LETTER}{{4,6}}(?!{LETTER}))?)"
# A second name of the month, as Arabic papers give it.
_OTHER_NAME = r"(?:\s?[/(]\s?[\u0620-\u064a]{2,10}(?: [\u0620-\u064a]{5,6})?\)?)?"
_OF = r"(?:de |del |of |di |den |d['’]|de l['’]|د |พ\.ศ\. ?|the )?"
_DATE = re.compile(  # those that begin with a figure, then those that begin with a word: a look at one sign parts them
    r"(?=[0-9])(?:"
    r"(?P<iso>(?<!\d)(?P<iy>(?:19|20)\d\d)(?P<is>[-/.])\s?(?P<im>\d{1,2})(?P=is)\s?(?P<id>\d{1,2})(?!\d))"
    r"|(?P<han>(?<!\d)(?P<hy>(?:19|20)\d\d)\s?[年년]\s?(?P<hm>\d{1,2})\s?[月월]\s?(?P<hd>\d{1,2})\s?[日일號号])"
    rf"|(?P<num>(?<![\d./-])(?P<n1>\d{{1,2}})(?P<sep>[./-])\s?(?P<n2>\d{{1,2}})(?P=sep)\s?(?P<ny>{_Y}|\d\d)(?![\d/]))"
    r"|(?P<viet>(?<!\d)(?P<vd>\d{1,2}) [Tt]háng (?P<vm>\d{1,2})(?:,? năm|,)? ?(?P<vy>(?:19|20)\d\d)(?!\d))"
    rf"|(?P<dmy>(?<![\d.,:])(?P<dd>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.|-)?[ -]?{_OF}(?P<dm>{_WORD}){_OTHER_NAME}"
    rf"[.,]?[ ,/-]{{0,3}}['’]?{_OF}(?P<dy>{_Y}|{_SHORT_YEAR})(?!\d))"
    rf"|(?P<latvian>(?<!\d)(?P<ly>(?:19|20)\d\d)\. gada (?P<ld>\d{{1,2}})\. (?P<lm>{_WORD}))"
    rf"|(?P<ymd>(?<!\d)(?P<yy>(?:19|20)\d\d)[.,]?(?: m\.| g\.)? (?P<ym>{_WORD})\.? (?P<yd>\d{{1,2}})(?!\d))"
    rf")|(?=[^\W\d_])(?<!{LETTER})(?:"
    rf"(?P<mdy>(?P<mm>{LETTER}{{3,12}})\.? ?(?P<md>\d{{1,2}})(?:st|nd|rd|th|\.)?"
    r"(?:,| at| -)? {0,2}(?P<my>(?:19|20)\d\d)(?!\d))"
    r"|(?P<asc>(?P<am>[A-Z][a-z]{2}) {1,2}(?P<ad>\d{1,2}) \d\d:\d\d(?::\d\d)?"
    r" (?:[A-Z]{1,5} )?(?P<ay>(?:19|20)\d\d)(?!\d))"
    rf"|(?P<era>(?P<en>{either(list(_ERAS))})\s?(?P<ey>\d{{1,3}}|元)\s?年\s?(?P<em>\d{{1,2}})\s?月\s?(?P<ed>\d{{1,2}})\s?日)"
    r")"
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
