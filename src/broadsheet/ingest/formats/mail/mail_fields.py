"""The head of a message → the fields of a story: headline, moment, who wrote it or whose desk sent it.

In: a ``MimePart`` and, for a message that was forwarded in the text, what its head there says. Out: the fields with
their evidence. No date is made up: one that cannot be read is looked for in the lines of the servers, with doubt, and
else left open.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import visibility
from broadsheet.ingest.extract import bylines, dates, moments
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints
from broadsheet.ingest.formats.mail import mime
from broadsheet.ingest.formats.mail.letter import WORDS
from broadsheet.ingest.formats.mail.mime import MimePart
from broadsheet.text import clip, either

_FORWARD = frozenset(WORDS["prefixes"]["forward"])
_REPLY = frozenset(WORDS["prefixes"]["reply"])
_PREFIX = re.compile(
    rf"\s*({either((*_FORWARD, *_REPLY))})\s*(?:\[\d+\]|\(\d+\)|\^\d+|\*\d+)?\s*[:：]\s*", re.IGNORECASE
)
_TAG = re.compile(
    r"\s*(?:\[([^\]]{1,40})\]|\*{2,}\s*(?:spam|external)\s*\*{2,}|external\s*:|spam\s*:)\s*", re.IGNORECASE
)
_RELEASE = re.compile(rf"(?:{either(WORDS['closing']['release'])})\s*[:：–—-]\s+", re.IGNORECASE)
_SHORT = 8  # characters that are no headline
_KEPT = frozenset(WORDS["prefixes"]["kept"])
# Tags that may keep a story from readers stay in the headline, where such marks are looked for.
_MARK = re.compile(
    r"hold\b|embargo|kill|withh|withdraw|not for|do not|draft|confiden|vertraulich|sperr|entwurf|nicht |retract|cancel"
    r"|privat|intern|secret|ne pas|no publicar|borrador|brouillon|bozza|annul|bis |until|jusqu|hasta|fino",
    re.IGNORECASE,
)
_NONE = frozenset(WORDS["prefixes"]["none"])
_LEAST = 4  # letters of a word that may tell a paper from a person
_ROLES = frozenset(WORDS["roles"]["words"])
_PAPER = _ROLES | {word for word in WORDS["digest"]["words"] if len(word) > _LEAST}  # in the names of papers
_LABELS = re.compile(r"[^\W_]+")
_VIA = re.compile(r"\s+(?:via|über|por|tramite|on behalf of|im auftrag von|par)\s+.*$", re.IGNORECASE)
_QUOTES = "\"'“”‘’„«»"
_TURNED = re.compile(r"([^\W\d_][\w.'’ -]*),\s+([^\W\d_][\w.'’ -]*)")
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{2,60})[)\]]\s*$")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d\d)(?:[:.](\d\d))?(?:\s*([ap])\.?\s?m\b)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+-])(\d\d):?(\d\d)\b")
_MAILBOX = re.compile(r'(?:"((?:[^"\\]|\\.){0,200})"|([^<>,;"]{0,200}))\s*<([^<>]{1,200})>')
_ADDRESS = re.compile(r"[^\s@<>()\[\],;]+@[^\s@<>()\[\],;]+")
_WIDEST = 2_000  # characters of a field of names
_MANY = 8  # senders of one message
_ZONES = {zone.upper(): hours for zone, hours in (dates.ZONES | dates.FURTHER_ZONES).items() if len(zone) > 2}
_ZONE = re.compile(rf"\b(?:{either(_ZONES)})\b")
_DENSE = re.compile("[\u4e00-\u9fff]{2,4}|[\uac00-\ud7a3]{2,4}")  # names in scripts without spaces
_FIRST = 1990  # a mail of before was never sent as one
_SURE, _DOUBT = 0.93, 0.6


class Sender(msgspec.Struct, frozen=True):
    """Who sent a message: a person's names, or the paper, list or desk; ``sure`` is how sure it is which of them."""

    authors: tuple[str, ...] = ()
    agency: str = ""
    name: str = ""
    sure: float = 0.8


class Subject(msgspec.Struct, frozen=True):
    """A headline without what mail puts before it; ``tags`` were in brackets, ``whole`` is the field as it was sent."""

    text: str
    forward: bool = False
    reply: bool = False
    whole: str = ""


def subject(text: str) -> Subject:
    """The headline in a subject: "Re:", "WG:" and the names of lists go; tags that say something of the story stay."""
    rest, forward, reply, kept = text, False, False, ""
    while True:
        if found := _PREFIX.match(rest):
            word = found[1].casefold()
            forward, reply = forward or word in _FORWARD, reply or word in _REPLY
        elif (found := _TAG.match(rest)) and rest[found.end() :].strip():
            if found[1] and (found[1].strip().casefold() in _KEPT or _MARK.search(found[1])):
                kept += f"[{found[1].strip()}] "
        else:
            break
        if found.end() == 0:
            break
        rest = rest[found.end() :]
    rest = rest.strip()
    if (label := _RELEASE.match(rest)) and len(rest) - label.end() > _SHORT:
        rest = rest[label.end() :]
    if rest.strip(" ()[]<>").casefold() in _NONE:
        rest = kept = ""
    return Subject(f"{kept}{rest}" if rest else "", forward, reply, text)


def sender(head: MimePart, *, bulk: bool = False) -> Sender:
    """Who a message is from, by its head."""
    value = next((f.value for f in head.fields if f.name == "from"), b"")
    found = _sender(value, bulk=bulk or head.has("list-unsubscribe", "x-campaign", "x-mailgun-sid", "feedback-id"))
    original = head.field("x-original-from") or head.field("x-original-sender")
    if original and not found.authors and "@" in original:
        found = _sender(original.encode(), bulk=False)
    if not found.name and (reply := next((f.value for f in head.fields if f.name == "reply-to"), b"")):
        other = _sender(reply, bulk=bulk)
        found = msgspec.structs.replace(other, sure=min(other.sure, 0.5))
    place = head.field("organization") or head.field("organisation")
    return msgspec.structs.replace(found, agency=place) if place and not found.agency else found


def named(text: str) -> Sender:
    """Who a message is from, by the line of a head in the text."""
    return _sender(re.sub(r"\[?mailto:([^\]\s]*)\]?", r"<\1>", text).encode(), bulk=False)


def _sender(value: bytes, *, bulk: bool) -> Sender:
    """Whose name a field has; several people where it has several."""
    whole = " ".join(value.replace(b"\0", b"").decode("utf-8", "replace").split())
    whole = (whole if value.isascii() else mime.text(value))[:_WIDEST]
    people = [_judged(name, address, bulk=bulk) for name, address in _mailboxes(whole) if name][:_MANY]
    if not people:
        return Sender()
    if len(people) > 1 and all(person.authors for person in people):
        names = tuple(dict.fromkeys(name for person in people for name in person.authors))
        return msgspec.structs.replace(people[0], authors=names, sure=min(person.sure for person in people))
    return people[0]


def _mailboxes(whole: str) -> list[tuple[str, str]]:
    """The names and addresses in a field, however it is written: "Jane Roe" <j@b>, j@b (Jane Roe), Jane Roe."""
    found = [(m[1] or m[2] or "", m[3]) for m in _MAILBOX.finditer(whole)]
    if not found:
        name = _between(whole)
        address = next(iter(_ADDRESS.findall(whole)), "")
        found = [(name or ("" if address else whole), address)]
    return [(_tidied(name), address.strip().lower()) for name, address in found]


def _tidied(name: str) -> str:
    name = mime.text(name.replace("\\", "").encode("utf-8", "replace"))
    name = clean(_VIA.sub("", clean(name).strip(_QUOTES + " ,;<>"))).strip(_QUOTES + " ,;<>")
    return "" if "@" in name else name


def _between(whole: str) -> str:
    """The name beside an address that the standard library does not find: "a@b (Jane Roe)"."""
    found = _PARENTHESES.search(whole)
    return found[1] if found and "@" not in found[1] else ""


def _judged(name: str, address: str, *, bulk: bool) -> Sender:
    """Whether a name is a person's, by itself and by the address beside it."""
    names, person, place = _person(name)
    parts = [word for word in _LABELS.findall(person.casefold()) if len(word) > 1]
    if not names or not _PAPER.isdisjoint(parts):
        return Sender((), name, name, 0.8)
    local, _, domain = address.partition("@")
    mine = any(_plain(word) in _plain(local) for word in parts if len(word) > 2) or _initials(parts, local)
    role = local.partition("+")[0] in _ROLES or any(piece in _ROLES for piece in re.split(r"[._+-]", local))
    site = any(_plain(word) in _plain(domain) for word in parts if len(word) > 3)
    if mine and not (role and bulk):
        return Sender(names, place, person, 0.9)
    if bulk or role or (site and not mine):
        return Sender((), name, name, 0.8)
    return Sender(names, place, person, 0.8 if address else 0.7)


def _person(name: str) -> tuple[tuple[str, ...], str, str]:
    """The people whom a name names, as it is written without their paper, and that."""
    person, place = name, ""
    if turned := _TURNED.fullmatch(name):
        person = f"{turned[2]} {turned[1]}"
    elif found := _PARENTHESES.search(name):
        person, place = name[: found.start()], clean(found[1])
    elif "/" in name and " / " not in name:  # Karl Brandt/News/Paper
        person, _, place = name.partition("/")
    elif " | " in name or " / " in name:
        person, _, place = (part.strip() for part in re.split(r"\s([|/])\s", name, maxsplit=1))
    byline = bylines.bare(person)
    if byline is None and turned:
        person, _, place = (part.strip() for part in name.partition(","))
        byline = bylines.bare(person)
    names = byline.names if byline and byline.names != (byline.agency,) else ()
    return (names or ((person,) if _DENSE.fullmatch(person) else ())), person, place


def _initials(parts: list[str], local: str) -> bool:
    return len(parts) > 1 and _plain(local) in {"".join(p[0] for p in map(_plain, parts) if p), _plain(parts[-1])}


def _plain(text: str) -> str:
    import unicodedata

    return "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if ch.isalnum())


def moment(head: MimePart, hints: Hints, envelope: bytes = b"") -> Found[dt.date] | None:
    """When a message was sent; by the lines of servers, and with doubt, where its date is missing or broken."""
    for field in head.fields:
        if field.name == "date" and (found := _moment(field.value, hints)):
            when, sure = found
            return Found(when, "Date", sure, field.row)
    for name, rule in _WITNESSES:
        for field in reversed(head.fields):
            if field.name == name and (found := _moment(field.value.rpartition(b";")[2], hints)):
                when, sure = found
                return Found(when, rule, min(sure, _DOUBT), field.row)
    words = mime.text(envelope).split(" ", 2)
    if len(words) > 2 and (found := _moment(words[2].encode(), hints)):
        return Found(found[0], "the mailbox's own line: the message has no date", min(found[1], _DOUBT))
    return None


def kept_back(head: MimePart, draft: Draft, hints: Hints) -> Draft:
    """A draft with what the fields of a mail's head say of who may read it: X-Embargo, Sensitivity, a mail not sent."""
    zone = ZoneInfo(hints.timezone)

    def parse(raw: str, _: ZoneInfo) -> dt.datetime:
        if (found := moments.read(raw, hints)) is None or found.doubt:
            raise ValueError(raw)
        return found.value

    for field in head.fields:
        value = mime.text(field.value)
        if field.name not in _MARKS or not value.strip():
            continue
        said = f"{field.name}: {clip(value, 120)}"
        key = _MARKS[field.name]
        mark = visibility.read(key, value, zone, parse) if key else visibility.HIDDEN
        if mark and mark.says == "hidden":
            draft = msgspec.structs.replace(draft, held=(*draft.held, said))
        elif mark and mark.moment:
            name = "embargo" if mark.says == "from" else "expires"
            one = Found(mark.moment, said, 0.95, field.row)
            draft = msgspec.structs.replace(draft, **{name: getattr(draft, name) or one})
    return draft


# Fields of a head that say who may read a text, and the keys of front matter that say so; "" where any value does.
_MARKS = {
    "embargo": "embargo", "x-embargo": "embargo", "embargo-until": "embargo", "x-embargo-until": "embargo",
    "x-draft": "draft", "sensitivity": "", "x-unsent": "draft", "x-mozilla-draft-info": "",
    "expires": "expires", "expiry-date": "expires",
}  # fmt: skip


_WITNESSES = (
    ("received", "a server received it then: the message has no date that can be read"),
    ("delivery-date", "it was delivered then: the message has no date that can be read"),
    ("x-received", "a server received it then: the message has no date that can be read"),
    ("nntp-posting-date", "it was posted then: the message has no date that can be read"),
    ("injection-date", "it was posted then: the message has no date that can be read"),
    ("resent-date", "it was passed on then: the message has no date that can be read"),
)


def _moment(value: bytes, hints: Hints) -> tuple[dt.date, float] | None:
    """The moment of a field and how sure it is; a day where it says no time."""
    words = mime.text(value)
    try:
        when = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return spoken(words, hints, None)
    if when.tzinfo is None:  # "-0000": in UTC, and from nowhere
        when = when.replace(tzinfo=dt.UTC)
    return (when, _plausible(when.date(), hints)) if when.year >= 1970 else None


def _plausible(day: dt.date, hints: Hints) -> float:
    if day.year < _FIRST:
        return 0.3
    late = hints.today != dt.date.max and day > hints.today + dt.timedelta(days=1)
    return 0.4 if late else _SURE


def spoken(words: str, hints: Hints, zone: dt.tzinfo | None) -> tuple[dt.date, float] | None:
    """A moment in the words of any mail program ("Fri, 20 Nov 2026 at 20:15"), in ``zone`` where it names none."""
    words = clean(words)
    try:
        if re.match(r"\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d(:\d\d)? [+-]\d{4}", words):
            when = parsedate_to_datetime(words)
            return when, _plausible(when.date(), hints)
    except (ValueError, TypeError):
        pass
    stamps = dates.find(words, hints)
    if not stamps:
        return None
    stamp = stamps[0]
    sure = min(_plausible(stamp.day, hints), 0.5 if stamp.doubt else 0.9)
    rest = words[stamp.end :]
    clock = _CLOCK.search(rest) or _CLOCK.search(words[: stamp.start])
    if not clock:
        return stamp.day, min(sure, 0.85)
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    try:
        time = dt.time(hour, minute, second)
    except ValueError:
        return stamp.day, min(sure, 0.85)
    if abbreviated := _ZONE.search(rest):
        zone = dt.timezone(dt.timedelta(hours=_ZONES[abbreviated[0]]))
    offset = _OFFSET.search(rest)
    if offset:
        size = dt.timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if size < dt.timedelta(hours=15):
            zone = dt.timezone(size if offset[1] == "+" else -size)
    return dt.datetime.combine(stamp.day, time, zone or ZoneInfo(hints.timezone)), min(sure, 0.88)
