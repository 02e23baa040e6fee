"""Locales: what readers of a language expect of dates, numbers and lists, by the Unicode CLDR as Babel has it.

In: a language (BCP 47) and a time zone. Out: a ``Locale``, which writes values as text. A language without a territory
takes that of the time zone where the CLDR knows the two together: "en" is American in New York, and European in Vienna.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

_ZEROS = {  # the digit 0 of numbering systems that are not latn
    "adlm": "𞥐", "arab": "٠", "arabext": "۰", "beng": "০", "cakm": "𑄶", "deva": "०", "gujr": "૦", "guru": "੦",
    "khmr": "០", "knda": "೦", "laoo": "໐", "mlym": "൦", "mong": "᠐", "mymr": "၀", "nkoo": "߀", "olck": "᱐",
    "orya": "୦", "tamldec": "௦", "telu": "౦", "thai": "๐", "tibt": "༠",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})
_OLD_TAGS = {"in": "id", "iw": "he", "ji": "yi", "no": "nb", "tl": "fil"}
_TRADITIONAL = frozenset({"tw", "hk", "mo"})
PLURALS = ("zero", "one", "two", "few", "many", "other")  # the categories of the CLDR, in the order of gettext's forms


def direction(language: str) -> str:
    """How a language is written: "rtl" or "ltr"; a script that is named in its tag decides."""
    first, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    right = script in _RIGHT_TO_LEFT_SCRIPTS if script else first in _RIGHT_TO_LEFT
    return "rtl" if right else "ltr"


def script(language: str) -> str:
    """The script that a language is written in (ISO 15924), "Latn" where that is not known: "Arab", "Hans"."""
    from babel.core import get_global

    first, *rest = language.replace("_", "-").split("-")
    named = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    if named:
        return named
    first = _OLD_TAGS.get(first.lower(), first.lower())
    if first == "zh":
        return chain(language)[-2].partition("-")[2]
    likely = str(get_global("likely_subtags").get(first, ""))
    return next((part for part in likely.split("_") if len(part) == 4), "Latn")


def other(language: str, than: str) -> str:
    """A language that is another than the site's, else empty: "en" is no other language on a site in "en-GB"."""
    return "" if than == language or than.startswith(f"{language}-") else language


def same(language: str, than: str) -> bool:
    """Whether two tags name one language, however they are spelled: "zh_cn" and "zh-CN", "en" and "en-GB"."""
    one, two = (tag.lower().replace("_", "-") for tag in (language, than))
    return one == two or one.startswith(f"{two}-") or two.startswith(f"{one}-")


def known(language: str) -> bool:
    """Whether the CLDR knows the language of a tag."""
    from babel import localedata

    first = language.replace("_", "-").partition("-")[0].lower()
    return bool(localedata.exists(_OLD_TAGS.get(first, first)))


def spelled(language: str) -> str:
    """A tag as it is written by convention (RFC 5646, 2.1.1): "zh_cn" → zh-CN, "SR-latn" → sr-Latn."""
    first, *rest = language.strip().replace("_", "-").split("-")
    sizes = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(sizes.get(len(part), str.lower)(part) for part in rest)])


def chain(language: str) -> tuple[str, ...]:
    """Where words of a language are looked for: "pt-BR" → pt-BR, pt, en. Chinese goes by its script."""
    first, *rest = language.replace("_", "-").split("-")
    first = first.lower()
    tags = [first, *(part.title() if len(part) == 4 else part.upper() for part in rest)]
    found = ["-".join(tags[:length]) for length in range(len(tags), 0, -1)]
    if first == "zh":
        lower = {part.lower() for part in rest}
        found.append("zh-Hant" if "hant" in lower or ("hans" not in lower and lower & _TRADITIONAL) else "zh-Hans")
    if first == "nn":
        found.append("nb")
    found += [_OLD_TAGS[first]] if first in _OLD_TAGS else []
    return tuple(dict.fromkeys([*found, "en"]))


def folder(language: str) -> str:
    """The folder of the pages in a language other than a site's first: "de/", "pt-br/"."""
    return f"{language.lower()}/"


def filed(path: str, languages: Sequence[str]) -> str:
    """The language of a file that names none: that in whose folder it lies, else the first; empty for one language."""
    first = path.partition("/")[0]
    return next((one for one in languages if folder(one) == f"{first}/"), next(iter(languages), ""))


@functools.lru_cache(1024)
def nearest(language: str, languages: tuple[str, ...]) -> str:
    """The language of a site in which a text is read, else empty: "de" for a text in "de-AT"."""
    tags = chain(language)
    tags = tags if tags[0].partition("-")[0] == "en" else tags[:-1]
    there = {one.lower(): one for one in languages}
    named = next((there[tag.lower()] for tag in tags if tag.lower() in there), "")
    return named or next((one for one in languages if same(language, one)), "")


def home(language: str, languages: tuple[str, ...]) -> str:
    """The folder of the pages that a text stands on; one in no language of the site is with the first, at its root."""
    found = nearest(language, languages) if language and len(languages) > 1 else ""
    return folder(found) if found and found != languages[0] else ""


@functools.cache
def of(language: str, timezone: str = "UTC") -> Locale:
    """The locale of a language in a time zone, English where the CLDR does not know the language."""
    return Locale(_found(language, timezone))


def _found(language: str, timezone: str) -> Any:
    import babel
    from babel import localedata
    from babel.core import get_global

    tag = _OLD_TAGS.get(language.lower(), language)
    if "-" not in tag:
        territory = get_global("zone_territories").get(timezone, "")
        candidates = [f"{tag}_{territory}", "en_150" if tag == "en" and timezone.startswith("Europe/") else tag]
        tag = next((name for name in candidates if localedata.exists(name)), tag)
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        try:
            return babel.Locale.parse("-".join(parts[:length]), sep="-")
        except (babel.UnknownLocaleError, ValueError):
            continue
    return babel.Locale("en")


class Locale:
    """Writes values as readers of one language expect them."""

    def __init__(self, babel: Any) -> None:
        self.babel = babel
        self._lists: dict[int, tuple[str | int, ...]] = {}
        self.numbering = str(babel.default_numbering_system)
        zero = ord(_ZEROS.get(self.numbering, "0"))
        self._digits = {} if zero == ord("0") else {ord("0") + n: zero + n for n in range(10)}

    @property
    def tag(self) -> str:
        """Its BCP 47 tag, with the territory that the time zone gave it: "en-GB"."""
        return str(self.babel).replace("_", "-")

    @property
    def extended(self) -> str:
        """The tag with the calendar and the digits of what is built, for what a browser writes beside it."""
        return f"{self.tag}-u-ca-gregory-nu-{self.numbering}"

    def digits(self, text: str) -> str:
        """A text with its digits as readers write them."""
        return text.translate(self._digits) if self._digits else text

    def number(self, value: float, *, grouped: bool = True) -> str:
        """A number; ``grouped`` "1,234", else "1234", as years and numbers of editions are."""
        if isinstance(value, int) and (not grouped or -1000 < value < 1000):
            return self.digits(str(value))
        from babel.numbers import format_decimal

        return str(
            format_decimal(value, locale=self.babel, group_separator=grouped, numbering_system="default")
        ).translate(self._digits)

    def decimal(self, value: float, places: int) -> str:
        """A number with exactly so many decimal places, as in tables: "14.20", in German "14,20"."""
        pattern = copy.copy(self.babel.decimal_formats[None])
        pattern.frac_prec = (places, places)
        said = pattern.apply(Decimal(repr(value)), self.babel, numbering_system="default")
        return self.digits(str(said))

    def percent(self, value: float) -> str:
        """A share of 1 in per cent: "12%", in German "12 %"."""
        from babel.numbers import format_percent

        return self.digits(str(format_percent(value, locale=self.babel, numbering_system="default")))

    @property
    def name(self) -> str:
        """What its speakers call the language, as it begins a line: "Deutsch", "Português (Brasil)"."""
        name = str(self.babel.get_display_name() or self.tag)
        return name[:1].upper() + name[1:]

    @property
    def open_graph(self) -> str:
        """The language with a country, as Open Graph names both: "de_DE", the likeliest where none is said."""
        from babel.core import get_global

        territory = self.babel.territory
        if not territory:
            known = get_global("likely_subtags")
            written = f"{self.babel.language}_{self.babel.script}"  # zh_Hant is at home elsewhere than zh
            likely = str(known.get(written) or known.get(self.babel.language, ""))
            territory = next((part for part in likely.split("_")[1:] if len(part) == 2), "")
        return f"{self.babel.language}_{territory}" if territory else str(self.babel.language)

    def listed(self, items: Sequence[str]) -> Iterator[str]:
        """Items as a sentence lists them, in pieces: each item, and between two of them ", " or " and "."""
        return (piece if isinstance(piece, str) else items[piece] for piece in self._joints(len(items)))

    def _joints(self, count: int) -> tuple[str | int, ...]:
        """A list of so many items: their places, and what stands around these."""
        if count not in self._lists:
            from babel.lists import format_list

            marks = [f"\ue000{number}\ue001" for number in range(count)]
            text = str(format_list(marks, style="standard", locale=self.babel)) if count else ""
            found: list[str | int] = []
            for piece in text.split("\ue000"):
                number, mark, rest = piece.partition("\ue001")
                found += [int(number), rest] if mark else [piece]
            self._lists[count] = tuple(piece for piece in found if piece != "")
        return self._lists[count]

    def plural(self, number: int) -> str:
        """The plural category of a whole number, such as "few"."""
        return str(self.babel.plural_form(number))

    @functools.cached_property
    def plurals(self) -> tuple[str, ...]:
        """The plural categories that the language has."""
        return tuple(name for name in PLURALS if name in self.babel.plural_form.tags or name == "other")

    def day(self, day: dt.date, width: str = "long") -> str:
        """A day: "8 May 2025"; ``full`` has the weekday too."""
        from babel.dates import format_date

        return self.digits(str(format_date(day, width, self.babel)))

    def short_day(self, day: dt.date) -> str:
        """A day without its year: "8 May"."""
        from babel.dates import format_skeleton

        return self.digits(str(format_skeleton("MMMd", day, locale=self.babel)))

    def month(self, day: dt.date) -> str:
        """A month with its year: "May 2025"."""
        from babel.dates import format_skeleton

        return self.digits(str(format_skeleton("yMMMM", day, locale=self.babel)))

    def month_name(self, day: dt.date) -> str:
        """The name of a month by itself, as the language has it in a sentence."""
        from babel.dates import format_date

        return str(format_date(day, "LLLL", self.babel))

    def days(self, first: dt.date, last: dt.date) -> str:
        """From one day to another: "5 – 11 May 2025"."""
        from babel.dates import format_interval

        return self.digits(str(format_interval(first, last, "yMMMMd", locale=self.babel)))

    def moment(self, moment: dt.datetime) -> str:
        """A day with the time of it, by 24 hours: "8 May 2025, 14:05"."""
        from babel.dates import get_datetime_format

        pattern = str(get_datetime_format("medium", locale=self.babel)).replace("'", "")
        return pattern.replace("{1}", self.day(moment.date())).replace("{0}", self.time(moment))

    def time(self, moment: dt.datetime) -> str:
        """The time of day, by 24 hours: "14:05"."""
        from babel.dates import format_skeleton

        return self.digits(str(format_skeleton("Hm", moment, locale=self.babel)))
