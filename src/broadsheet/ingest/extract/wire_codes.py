"""A text as the teleprinters of agencies wrote it → the same without their codes: "^Headline<", "a0123", "(MORE)".

In: a text. Out: its rows without marks of fields and lines of codes, each of which has its reason; the moment at which
it was sent, where a row gives that; what keeps it for a later day ("ADV05"); the dateline that its lead begins with.
What is no code stays as it is. The forms are those of ANPA 1312 and of the services that went on with them: AP's, AFP's
and dpa's.
"""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints
from broadsheet.ingest.extract.person_names import is_agency

_TOP = 12  # rows with a text, among which a wire's head stands
_FOOT = 6  # those among which its foot does
_SENT = 0.88  # how sure the moment is at which a wire was sent
_MONTH = dt.timedelta(days=31)  # after which a day of the month has come
_FOR_A_DAY = "says for which day a wire was written"
_GOES_ON = "says that a wire goes on"
_TURNS = 24  # characters of a row that says that a wire goes on
_KEYWORD = 60  # characters of the longest keyword line

_FIELD = re.compile(r"\s*\^(?=\S)|(?<=\S)\s*[<=]\s*$")
_MARKED = re.compile(r"\s*\^\S.*[<=]\s*$")
_NUMBER = re.compile(r"[a-z]{1,3}\d{3,4}(?:-?\d{1,3})?", re.IGNORECASE)
_SERVICE = re.compile(r"[a-z] [a-z] (?=.*(?:\d{2}-\d{2}|\d{3,4}\b)).{2,80}", re.IGNORECASE)
# The line above a wire as IPTC 7901 has it, and the signs of who wrote and checked it below.
_HEADER = re.compile(r"[A-Z]{2,4}[- ]?\d{3,4} \d [a-z]{2,3} +\d{1,4}(?: [\w/-]+){0,6}")
_SIGNS = re.compile(r"(?:dpa|afp|apa|sda|ats|ansa|efe|kna|epd|sid|lusa|anp|belga|ntb|pap)(?:[ /]\w{1,3}){1,8}")
_SLUG = re.compile(
    r"(?:bc|am|pm|bcn?|ap|afp)-[\w'’&.-]+(?:[ ,]+(?:\d{1,2}(?:st|nd|rd|th)|ld|lead|add|sub|writethru|write-thru|adv\d*"
    r"|urgent|bulletin|\d{1,5}|\d{2}-\d{2}|take \d+)[\w-]*)*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[\w'’&./-]+[ ,]+){0,6}\(?(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|new)?[ -]?"
    r"(?:ld|lead-?all|ldall|writethru|write-thru|ld-writethru|lead-writethru)(?:[ -](?:writethru|write-thru))?\)?"
    r"(?:[ ,]+(?:\d{2}-\d{2}|\d{2,5}|a\d{4}))*",
    re.IGNORECASE,
)
_ADVANCE = re.compile(r"(?:adv\.?\s?\d{1,2}|adv for .{3,40}|for release .{0,3}ams|\d{1,2}adv)", re.IGNORECASE)
_TURN = re.compile(
    r"[(\[]\s*(?:more|mehr|suite|à suivre|a suivre|sigue|segue|follows?)\s*[)\]]|-+\s*more\s*-+", re.IGNORECASE
)
_EDITORS = re.compile(r"\s*\^?\s*eds?\s*:", re.IGNORECASE)
_WRITER = re.compile(
    r"(?:AP|AFP|UPI|Associated Press|Agence France-Presse|United Press)(?: [A-Z]\w+){0,2} "
    r"(?:Writer|Editor|Correspondent)"
)
_AMERICAN = re.compile(r"\w{2,4}-[A-Z]{2}-(\d{2})-(\d{2})-(\d{2})\s+(\d{2})(\d{2})\s?([A-Z]{3,4})\W*")
_EUROPEAN = re.compile(
    r"(?:[\w-]{1,6}[ /]){0,7}(\d{2})(\d{2})(\d{2})(?:\s?([A-Z]{3,4}))?\s+([A-Za-zäéû]{3,5})\.? ?(\d{2}|\d{4})",
)
_UNDERSCORE = re.compile(r"(\([^()]{2,30}\)) _ (?=\S)")


class Codes(msgspec.Struct, frozen=True):
    """The rows (counted from 1) that are codes, each with its reason, and the moment at which the wire was sent.

    ``more`` tells that it says it goes on, so that the text is not whole. ``held`` is the reason for which it is kept
    for a later day, where that is not known to be over.
    """

    rows: dict[int, str] = {}
    sent: Found[dt.date] | None = None
    held: tuple[str, ...] = ()
    more: bool = False

    def on(self, draft: Draft) -> Draft:
        """A draft with what these codes say of it, where they stand among its rows."""
        if not any(fate.line in self.rows for fate in draft.fates):
            return draft
        fates = tuple(
            Fate(fate.line, "markup", self.rows[fate.line]) if fate.line in self.rows else fate for fate in draft.fates
        )
        return msgspec.structs.replace(
            draft,
            fates=fates,
            date=draft.date or self.sent,
            held=(*draft.held, *self.held),
            body_confidence=min(draft.body_confidence, _INCOMPLETE if self.more else 1.0),
        )


_INCOMPLETE = 0.7  # how sure a body is at most that says it goes on


def take(text: str, hints: Hints) -> tuple[str, Codes]:
    """A text whose codes are blank rows and whose other rows are bare of marks; the codes."""
    rows = text.split("\n")
    filled = [n for n, row in enumerate(rows) if row.strip()]
    old = any(_MARKED.fullmatch(rows[n]) for n in filled[:_TOP]) or (
        len(filled) > 2 and sum(rows[n].rstrip().endswith("<") for n in filled) > len(filled) / 2
    )
    known: dict[int, str] = {}
    sent: Found[dt.date] | None = None
    advance = ""
    for place, n in enumerate(filled):
        if not (old or place < _TOP or place >= len(filled) - _FOOT or len(rows[n]) <= _TURNS):
            continue
        row = rows[n].rstrip().lstrip("\x00\x01\x02\x03\x1f")
        head, foot = place < _TOP, place >= len(filled) - _FOOT
        bare = _FIELD.sub("", row).strip() if old else row.strip()
        if foot and (moment := _moment(bare, hints)):
            sent = Found(moment, "the moment at which the wire was sent", _SENT, n + 1)
            known[n + 1] = "the codes at the end of a wire"
        elif why := _code(bare, head=head, foot=foot, old=old):
            known[n + 1] = why
            advance = advance or (bare if why is _FOR_A_DAY else "")
        elif old:
            indent = row[: len(row) - len(row.lstrip())]
            rows[n] = indent + _UNDERSCORE.sub(r"\1 — ", bare).replace("``", "“").replace("''", "”")
        elif head and row.endswith(" =") and not row.startswith("="):
            rows[n] = row[:-2].rstrip()
    if not (old or known):
        return text, Codes()
    for n in known:
        rows[n - 1] = ""
    held = (f'it says "{advance}": it was written for a later day',) if advance and not _over(sent, hints) else ()
    return "\n".join(rows), Codes(known, sent, held, _GOES_ON in known.values())


def _over(sent: Found[dt.date] | None, hints: Hints) -> bool:
    """Whether the day for which a wire was written is over for sure: a month has gone by since it was sent."""
    if sent is None:
        return False
    day = sent.value.date() if isinstance(sent.value, dt.datetime) else sent.value
    return hints.today - day > _MONTH


def _code(row: str, *, head: bool, foot: bool, old: bool) -> str:
    """What a row is that holds codes of a wire and nothing else; nothing for any other."""
    if _TURN.fullmatch(row):
        return _GOES_ON
    if head and len(row) <= _KEYWORD and (_SLUG.fullmatch(row) or _LEAD.fullmatch(row)):
        return "the keyword of a wire"
    if (head or foot) and _ADVANCE.fullmatch(row):
        return _FOR_A_DAY
    if foot and _SIGNS.fullmatch(row):
        return "the signs of who wrote a wire"
    if head and (_HEADER.fullmatch(row) or (old and (_NUMBER.fullmatch(row) or _SERVICE.fullmatch(row)))):
        return "the number and category of a wire"
    if old and head and _EDITORS.match(row):
        return "a note of the wire to editors"
    if old and head and _WRITER.fullmatch(row):
        return "what the author is"
    return ""


def _moment(row: str, hints: Hints) -> dt.date | None:
    """The moment that a row of codes gives: "AP-NY-03-04-25 1012EST", "dpa jf ao 041012 MRZ 25"."""
    if found := _AMERICAN.fullmatch(row):
        month, day, year, hour, minute = (int(found[n]) for n in range(1, 6))
        zone = dates.ZONES.get(found[6].casefold())
    elif found := _EUROPEAN.fullmatch(row):
        day, hour, minute = (int(found[n]) for n in range(1, 4))
        month, year = dates.MONTHS.get(found[5].casefold(), 0), int(found[6]) % 100
        zone = dates.ZONES.get((found[4] or "").casefold())
    else:
        return None
    try:
        moment = dt.datetime(2000 + year, month, day, hour, minute, tzinfo=dt.UTC)
    except ValueError:
        return None
    if moment.date() > hints.today:
        return None
    if zone is None:
        return moment.date()
    return moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=zone)))


def dateline(text: str) -> re.Match[str] | None:
    """The "MOSCOW, May 7 (Xinhua) —" that a text begins with: ``place``, and ``day``, ``year``, ``agency`` or None."""
    found = None if _DASHES.isdisjoint(text[:_FAR]) else _DATELINE.match(text, 0, _FAR)
    wired = found and (is_agency(found["agency"] or "") or (found["place"].isupper() and len(found["place"]) > 2))
    return found if wired else None


def placed_day(text: str) -> re.Match[str] | None:
    """The "Kettleford, 10 April 2026 –" that a text begins with, its place written like any name: ``day``."""
    return _PLACE_AND_DAY.match(text, 0, _FAR)


_DATELINE = re.compile(
    r"(?P<place>[^\W\d_a-zà-ÿ][^\W\d_]*(?:[ .,’'/-]{1,2}[^\W\d_]+){0,5}?)"
    r"(?:,\s+(?P<day>(?:[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,10})(?P<year>,? (?:19|20)\d\d)?))?"
    r"\s*(?:\((?P<agency>[^()]{2,40})\))?\s*(?:—|–|--|-)\s+(?=[\"“‘„«¿¡]?[^\W_])"
)
_PLACE_AND_DAY = re.compile(
    r"[^\W\d_a-zà-ÿ][^\W\d_]*(?:[ .,’'/-]{1,2}[^\W\d_]+){0,5}?(?:,\s+|,?\s+\()(?:[^\W\d_]{2,3}\s+)?"
    r"(?P<day>(?:[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}(?:\.|er|º)? (?:de )?[^\W\d_]{3,10})\.?,? (?:de )?(?:19|20)\d\d)"
    r"\)?\s*(?:\([^()]{2,40}\)\s*)?(?:(?:\.\s?)?(?:—|–|--|-)|[.:])\s+(?=[\"“‘„«¿¡]?[^\W_])"
)
_DASHES = frozenset("—–-")
_FAR = 120  # characters from which on no dateline ends
