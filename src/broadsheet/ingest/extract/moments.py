"""A few words → the moment that they name: day, time of day and zone, as an embargo gives it.

In: a text, the site's hints. Out: a ``Moment``, with what makes it doubtful and what the text says besides. Days are
found by ``dates``; here a day may lie ahead, may lack its year, and is read in the order that its zone tells.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.draft import Hints
from broadsheet.text import either, folded

AHEAD = dt.timedelta(days=3660)  # a day beyond that is a mistake
PAST = dt.timedelta(days=3)  # after which it no longer matters in which zone a moment was


class Moment(msgspec.Struct, frozen=True):
    """A moment with its offset; ``doubt`` is what makes it unsure ("" where nothing does).

    ``timed`` is whether a time of day was written: without one it is the first moment of the day. ``rest`` is what the
    text says besides; ``start`` and ``end`` are where the day stands in it.
    """

    value: dt.datetime
    timed: bool
    doubt: str
    rest: str
    start: int
    end: int


class _Zone(msgspec.Struct, frozen=True):
    zone: dt.tzinfo
    order: str = ""  # of day and month where it is at home
    doubt: str = ""
    start: int = -1
    end: int = -1


def read(text: str, hints: Hints) -> Moment | None:
    """The first moment that a text names; None where it names no day."""
    text = text.translate(dates.DIGITS)
    site = zoneinfo.ZoneInfo(hints.timezone)
    if found := _ISO.search(text):
        return _exact(text, found, site, hints)
    place = _zone(text, site)
    ordered = msgspec.structs.replace(hints, day_order=place.order or hints.day_order)
    day = _day(text, ordered, order_known=bool(place.order))
    if day is None:
        return None
    date, start, end, doubt = day
    bare = _blanked(text, (start, end))
    hour, minute, time_doubt, clock = _time(bare)
    value = dt.datetime.combine(date, dt.time(hour % 24, minute), place.zone)
    if hour == 24:
        value += dt.timedelta(days=1)
    zone_doubt = place.doubt if clock else ""
    if not doubt and value.date() < hints.today - PAST:
        zone_doubt = time_doubt = ""
    rest = _blanked(bare, *([clock] if clock else []), *([(place.start, place.end)] if place.end > 0 else []))
    rest = without_times(rest)
    if clock is None and value.date() >= hints.today - PAST and re.search(r"\d", rest):
        time_doubt = "a number beside its day may be its time"
    return Moment(value, clock is not None, doubt or time_doubt or zone_doubt, rest, start, end)


def without_times(text: str) -> str:
    """A text whose times of day and zones are blanks: it may name its moment in several zones."""
    for pattern in (_CLOCK, _CHARACTERS, _NOON, _MIDNIGHT, _LOCAL, _LETTERS, _LATER):
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    places = [found.span() for found in _PLACE.finditer(text) if _zone(found[0], dt.UTC).end > 0]
    return _blanked(text, *places)


def swapped(moment: Moment) -> dt.datetime | None:
    """A moment with its day and month the other way round; None where that is no day."""
    try:
        return moment.value.replace(day=moment.value.month, month=moment.value.day)
    except ValueError:
        return None


def _exact(text: str, found: re.Match[str], site: zoneinfo.ZoneInfo, hints: Hints) -> Moment | None:
    """A moment in the form of ISO 8601, with or without its offset."""
    offset = (found["offset"] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
    try:
        value = dt.datetime.fromisoformat(f"{found['day']}T{found['time']}{offset}")
    except ValueError:
        return None
    place = _zone(text[found.end() :], site) if not offset else None
    aware = value if value.tzinfo else value.replace(tzinfo=place.zone if place else site)
    rest = _blanked(text, found.span())
    if place and place.end > 0:
        rest = _blanked(rest, (found.end() + place.start, found.end() + place.end))
    doubt = place.doubt if place and aware.date() >= hints.today - PAST else ""
    return Moment(aware, timed=True, doubt=doubt, rest=rest, start=found.start(), end=found.end())


def _day(text: str, hints: Hints, *, order_known: bool) -> tuple[dt.date, int, int, str] | None:
    """The first day that a text names, where, its doubt; ``order_known``: whether the zone tells day from month."""
    ahead = msgspec.structs.replace(hints, today=min(hints.today, dt.date.max - AHEAD) + AHEAD)
    small = text.lower() if text.isupper() and len(text.lower()) == len(text) else text  # "5 DE ENERO DE 2027"
    for stamp in dates.find(text, ahead) or dates.find(small, ahead):
        doubt = stamp.doubt if "other way round" in stamp.doubt and not order_known else ""
        return stamp.day, stamp.start, stamp.end, doubt
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for found in pattern.finditer(text):
            month = dates.MONTHS.get(folded(found["month"]).strip(". "), 0)
            if month and (date := _nearest(month, int(found["day"]), hints.today)):
                return date, found.start(), found.end(), "its year is not given"
    return None


def _nearest(month: int, day: int, today: dt.date) -> dt.date | None:
    """The day of a month that is nearest to today, in the year that it lacks."""
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(dt.date(year, month, day))
        except ValueError:  # 29 February
            continue
    return min(found, key=lambda date: abs(date - today), default=None)


def _time(text: str) -> tuple[int, int, str, tuple[int, int] | None]:
    """The time of day in a text, what makes it doubtful, and where it stands; the first moment of the day without."""
    for pattern in (_CLOCK, _CHARACTERS, _WORDED):
        found = pattern.search(text)
        if not found:
            continue
        given = found.groupdict()
        four = given.get("four") or ""
        hour = int(given.get("hour") or given.get("whole") or four[:2])
        minute = 30 if given.get("past") else int(given.get("minute") or four[2:] or 0)
        half = (given.get("half") or given.get("half2") or "").lower()[:1]
        if half in ("a", "p") and hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif not half and hour < 12 and _LATER.search(text):
            hour += 12
        if hour <= 24 and minute < 60 and (hour < 24 or not minute):
            return hour, minute, "", found.span()
    if found := _NOON.search(text):
        return 12, 0, "", found.span()
    if found := _MIDNIGHT.search(text):  # of which two belong to each day: the later one keeps the text back longer
        return 24, 0, "midnight may be the beginning of the day or its end", found.span()
    return 0, 0, "", None


def _zone(text: str, site: dt.tzinfo) -> _Zone:
    """The time zone that a text names; the site's where it names none."""
    for found in _PLACE.finditer(text):
        name = " ".join((found["before"] or found["after"]).split()).casefold()
        words = name.split()
        for key in (name, " ".join(words[-2:]), words[-1]):
            if city := _cities().get(key):
                return _Zone(zoneinfo.ZoneInfo(city), _order(city), "", found.start(), found.end())
    if shift := _OFFSET.search(text):
        offset = dt.timedelta(hours=int(shift["hours"]), minutes=int(shift["minutes"]))
        if offset < dt.timedelta(hours=15):
            return _Zone(dt.timezone(-offset if shift["sign"] == "-" else offset), "", "", *shift.span("all"))
    if lettered := _LETTERS.search(text):
        letters = folded(lettered["zone"])
        hours = int(lettered["sign"] + lettered["more"]) if lettered["more"] else 0
        minutes = int(f"{lettered['sign']}{lettered['minutes']}") if lettered["minutes"] else 0
        named = _NAMED.get(letters)
        zone: dt.tzinfo = zoneinfo.ZoneInfo(named) if named else _fixed(letters, hours, minutes)
        order = "MDY" if letters in _AMERICAN else "DMY" if letters in _EUROPEAN else ""
        doubt = f"{lettered['zone']} is the name of several time zones" if letters in _SEVERAL else ""
        return _Zone(zone, order, doubt, *lettered.span())
    if local := _LOCAL.search(text):
        return _Zone(site, "", "it is in local time, and the place is not given", *local.span())
    return _Zone(site)


def _fixed(letters: str, hours: int, minutes: int) -> dt.tzinfo:
    offset = dt.timedelta(hours=_HOURS.get(letters, 0) + hours, minutes=minutes)
    return dt.timezone(offset) if abs(offset) < dt.timedelta(hours=24) else dt.UTC


@functools.cache
def _cities() -> dict[str, str]:
    """Zones by the names of cities and countries after which they are called."""
    found: dict[str, str] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            found.setdefault(zone.rpartition("/")[2].replace("_", " ").casefold(), zone)
    return found | _COUNTRIES


def _order(zone: str) -> str:
    """How a country writes 03/04/2025, as far as that is sure."""
    if zone.startswith("Europe/"):
        return "DMY"
    return "MDY" if zone in _UNITED_STATES else ""


def _blanked(text: str, *spans: tuple[int, int]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


_ISO = re.compile(
    r"(?<!\d)(?P<day>(?:19|20)\d\d-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?"
    r"\s?(?P<offset>Z\b|UTC\b(?![+-])|GMT\b(?![+-])|[+-]\d\d:?\d\d|)",
    re.IGNORECASE,
)
_UNITED_STATES = frozenset(("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"))
_NAMED = {  # zones that name a country's time, summer or winter
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "мск": "Europe/Moscow",
}  # fmt: skip
_AMERICAN = frozenset(("et", "ct", "mt", "pt", "est", "edt", "cdt", "mst", "mdt", "pst", "pdt", "akst", "akdt", "hst"))
_EUROPEAN = frozenset(
    ("cet", "cest", "mez", "mesz", "bst", "wet", "west", "eet", "eest", "aest", "aedt", "nzst", "nzdt")
)
_SEVERAL = frozenset(("ist", "cst", "ast", "gst"))
_WORDS = frozenset(("ut", "met", "mest"))  # zones that would be words of a sentence
_HOURS = {zone: hours for zone, hours in (dates.ZONES | dates.FURTHER_ZONES).items() if zone not in _WORDS}
_HOURS |= dates.SEVERAL_ZONES
_COUNTRIES = {
    "uk": "Europe/London", "british": "Europe/London", "britain": "Europe/London", "eastern": "America/New_York",
    "us eastern": "America/New_York", "washington": "America/New_York", "us": "America/New_York",
    "central": "America/Chicago", "mountain": "America/Denver", "pacific": "America/Los_Angeles",
    "central european": "Europe/Berlin", "geneva": "Europe/Zurich", "frankfurt": "Europe/Berlin",
    "german": "Europe/Berlin", "french": "Europe/Paris", "spanish": "Europe/Madrid", "italian": "Europe/Rome",
    "peninsular": "Europe/Madrid", "española": "Europe/Madrid", "italiana": "Europe/Rome",
    "bruxelles": "Europe/Brussels",
    "irish": "Europe/Dublin", "beijing": "Asia/Shanghai", "japan": "Asia/Tokyo", "indian": "Asia/Kolkata",
    "india": "Asia/Kolkata", "brasília": "America/Sao_Paulo", "brasilia": "America/Sao_Paulo",
    "lisboa": "Europe/Lisbon",
    "московскому": "Europe/Moscow",
}  # fmt: skip
_CITY = r"[^\W\d_]{2,14}(?: [^\W\d_]{2,14}){0,2}"
_PLACE = re.compile(
    rf"(?<!\w)(?:(?P<before>{_CITY})(?: standard| daylight| summer)? time(?!\w)"
    rf"|(?:heure de|heures? locale de|hora de|horário de|ora di|por hora|по) (?P<after>{_CITY})(?:\s+времени)?)",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    rf"(?<![^\W\d_])(?P<zone>{either([*_HOURS, *_NAMED])})(?![^\W\d_])"
    r"(?:\s?(?P<sign>[+-])\s?(?P<more>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\d:\d\d(?::\d\d)?\s?(?P<all>(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>[0-5]\d))(?!\d)")
_LOCAL = re.compile(
    r"(?<!\w)(?:local time|ortszeit|heure locale|hora local|ora locale|lokale tijd|plaatselijke tijd)(?!\w)",
    re.IGNORECASE,
)
_HALF = r"[ap]\.?\s?m\b\.?"
_CLOCK = re.compile(
    rf"(?<![\d:.,])(?:(?P<hour>[01]?\d|2[0-4])\s?[:.h]\s?(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])\s?(?P<half>{_HALF})?"
    rf"|(?P<whole>[01]?\d|2[0-4])\s?(?:(?P<half2>{_HALF})|(?:uhr|h|hrs|hours|heures?|horas?|ore|uur|ч|час\w*|годин\w*)\b)"
    r"|(?P<four>(?:[01]\d|2[0-3])[0-5]\d)(?=\s?(?:hrs|hours|h|uhr|gmt|utc|[a-z]{1,4}t)\b|\s*(?:,|$|on\b|\()))"
    r"\s?(?:uhr|hrs|hours|h|heures|horas|uur)?\b",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(  # of East Asia: 10時30分, 下午3点半, 오전 6시
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4])\s?(?:時|时|시|点|點)\s?(?:(?P<past>半|반)|(?P<minute>[0-5]?\d)\s?(?:分|분))?"
)
_WORDED = re.compile(  # where only a word before or behind it tells a time of day: "kl. 6", "alle ore 10", "6 बजे"
    r"(?:(?<!\w)(?:at|kl\.?|klo|klokken|klockan|um|om|ore|alle|dalle|às|as|a las|las|à|o|godz\.?|saat|pukul|jam|"
    r"ώρα|в|о|об|ora|lúc|الساعة|בשעה|เวลา)\s?(?P<hour>[01]?\d|2[0-4])|"
    r"(?<![\d:.])(?P<whole>[01]?\d|2[0-4])\s?(?:बजे|giờ|o['’]clock|utr|hod\.?|godz\.?|óra\w*|น\.))(?![\w.:]*\d)",
    re.IGNORECASE,
)
_LATER = re.compile(  # what makes an hour below 12 one of the second half of the day
    r"(?<![^\W\d_])(?:(?:de|da|do|della|du|di|del|in the|at|de la|de l['’])\s)?(?:tarde|noche|noite|sera|pomeriggio|"
    r"soir|après-midi|afternoon|evening|night|abends|nachmittags|avond|['’]s avonds|middags|ettermiddag|eftermiddag|"
    r"kveld|kväll|aften|illalla|iltapäivällä|wieczorem|po południu|večer|odpoledne|este|délután|seara|akşam|"
    r"öğleden sonra|вечера|дня|вечора|petang|malam|sore|chiều|tối|शाम|दोपहर|रात|مساء|مساءً|ظهرا|ظهراً|בערב)(?![^\W\d_])"
    r"|午後|下午|晚上|夜|오후|저녁|μ\.\s?μ\.?|אחה[\"״]צ",
    re.IGNORECASE,
)
_NOON = re.compile(
    r"(?<!\w)(?:(?:12\s?)?noon|midday|12 (?:uhr )?mittags|mittags?|midi|mediodía|mezzogiorno|meio-dia)(?!\w)",
    re.IGNORECASE,
)
_MIDNIGHT = re.compile(
    r"(?<!\w)(?:(?:12\s?)?midnight|mitternacht|minuit|medianoche|mezzanotte|middernacht|meia-noite|midnatt?)(?!\w)",
    re.IGNORECASE,
)
_MONTH = r"(?P<month>[^\W\d_]{3,14})\.?"
_DAY_MONTH = re.compile(
    rf"(?<![\d.:])(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?\s?(?:of |de |di |d['’])?{_MONTH}", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"(?<!\w){_MONTH}\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.])", re.IGNORECASE)
