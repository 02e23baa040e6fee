"""Marks of feeds, wires and pages by which a publisher keeps an item from readers → reasons, an embargo, an expiry.

In: keys or elements and their values, or what a page says of itself. Out: ``PublisherMarks``, in the words of the
source. What cannot be read keeps the item from readers, since what was printed once cannot be taken back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import visibility
from broadsheet.ingest.extract import machine_dates, page_dates
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.page_metadata import PageHead
from broadsheet.text import clip

# States of an item in the IPTC's vocabularies, and in those of systems that speak them.
_USABLE = frozenset((
    "usable", "published", "publish", "released", "live", "active", "approved", "corrected", "updated", "final", "new",
    "ready", "normal", "public", "ok", "done", "good", "1", "rectified",
))  # fmt: skip
_NO_END = frozenset(("never", "none", "n/a", "-", "unlimited", "indefinite", "null"))
_EMBARGOED = frozenset(("embargoed", "embargo", "scheduled"))
_TAKEN = frozenset((
    "canceled", "cancelled", "withheld", "killed", "kill", "withdrawn", "recalled", "retracted", "deleted", "spiked",
    "draft", "hold", "held", "suspended", "unpublished", "nullified", "disabled", "hidden", "test", "error", "removed",
))  # fmt: skip
_KILLS = re.compile(
    r"\b(?:mandatory kill|bulletin kill|kill(?:ed)?\b(?= (?:story|this|the|item|all|it)|[:.!]|$)|do not (?:use|publish|"
    r"print|distribute|release)|not for (?:publication|release|use|broadcast)|withdraw(?:n|al)?|withhold|"
    r"hold for release|embargo(?:ed)?|sperrfrist|nicht verwenden|zurückgezogen|ne pas publier|no publicar)",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\b(start|end)\s*=\s*([^;\s]+)")
_HEADED = re.compile(
    r"\W*(?:(?:MANDATORY |BULLETIN )?KILL(?:ED)?|CANCEL(?:L?ED)?|WITHDRAW(?:N|AL)|WITHHELD|EMBARGO(?:ED)?|SPERRFRIST|"
    r"HOLD FOR RELEASE|NOT FOR (?:RELEASE|PUBLICATION))\b(?=\s*[:—–-]|\s+UNTIL\b|\W*$)"
)


class PublisherMarks(msgspec.Struct, frozen=True):
    """Reasons for which an item is not for readers, and the moments from and until which it is."""

    held: tuple[str, ...] = ()
    embargo: Found[dt.datetime] | None = None
    expires: Found[dt.datetime] | None = None

    def notice(self, headline: str) -> str:
        """The text of a notice that an item is taken back, which need not repeat the text of the item."""
        return f"({'; '.join(self.held)}: {headline})"

    def after(self, updated: Found[dt.date] | None) -> Found[dt.date] | None:
        """An update, unless the item was not for readers then."""
        if updated is None or self.embargo is None:
            return updated
        moment = updated.value
        late = moment > self.embargo.value if isinstance(moment, dt.datetime) else moment > self.embargo.value.date()
        return updated if late else None

    def __or__(self, other: PublisherMarks) -> PublisherMarks:
        """Both: the later embargo, the earlier expiry."""
        embargoes = [m for m in (self.embargo, other.embargo) if m]
        expiries = [m for m in (self.expires, other.expires) if m]
        return PublisherMarks(
            tuple(dict.fromkeys((*self.held, *other.held))),
            max(embargoes, key=lambda m: m.value, default=None),
            min(expiries, key=lambda m: m.value, default=None),
        )


def state(word: str, rule: str, *, lifted: bool = False) -> PublisherMarks:
    """What a status says: "usable", "stat:canceled". ``lifted``: a moment is given at which an embargo ends."""
    last = re.split(r"[:/#]", word.strip())[-1].strip().lower()
    if not last or last in _USABLE or (last in _EMBARGOED and lifted):
        return PublisherMarks()
    if last in _TAKEN or last in _EMBARGOED:
        return PublisherMarks((f"its publisher says {rule}: {clip(last, 60)}",))
    return PublisherMarks((f"its publisher says {rule}: {clip(clean(word), 60)}, which is no state that is known",))


def signal(word: str) -> PublisherMarks:
    """What a signal of a wire takes back or holds: "sig:hold". Others, such as that of an update, hold nothing."""
    last = re.split(r"[:/#]", word.strip())[-1].strip().lower()
    held = last in _TAKEN or last in _EMBARGOED
    return PublisherMarks((f"its publisher signals {clip(last, 60)}",)) if held else PublisherMarks()


def period(text: str, rule: str, hints: Hints, line: int = 0) -> PublisherMarks:
    """The time in which an item is for readers, as DCMI Period writes it: "start=2025-05-08; end=2025-06-01"."""
    ends = dict(_PERIOD.findall(text.lower()))
    begins = embargo(ends.get("start", ""), f"{rule} start", hints, line)
    return begins | expiry(ends.get("end", ""), f"{rule} end", hints, line)


def embargo(text: str, rule: str, hints: Hints, line: int = 0) -> PublisherMarks:
    """A moment before which an item is not for readers."""
    moment, sure = _moment(text, hints)
    if moment is None:
        return (
            PublisherMarks((f"its publisher says {rule}: {clip(clean(text), 60)!r}, which cannot be read",))
            if text.strip()
            else PublisherMarks()
        )
    return PublisherMarks(embargo=Found(moment, f"{rule}: {clip(clean(text), 60)}", sure, line))


def expiry(text: str, rule: str, hints: Hints, line: int = 0) -> PublisherMarks:
    """A moment after which an item is no longer for readers."""
    if text.strip().lower() in _NO_END:
        return PublisherMarks()
    moment, sure = _moment(text, hints)
    if moment is None:
        return (
            PublisherMarks((f"its publisher says {rule}: {clip(clean(text), 60)!r}, which cannot be read",))
            if text.strip()
            else PublisherMarks()
        )
    return PublisherMarks(expires=Found(moment, f"{rule}: {clip(clean(text), 60)}", sure, line))


def words(texts: Iterable[str]) -> PublisherMarks:
    """What notes to editors say in words: "MANDATORY KILL", "do not publish"."""
    return PublisherMarks(
        tuple(f"a note to editors: {clip(clean(text), 120)}" for text in texts if _KILLS.search(text))
    )


def headline(text: str) -> PublisherMarks:
    """What a headline in capitals says: "KILL: …", "EMBARGOED UNTIL …"."""
    found = _HEADED.match(text)
    return PublisherMarks((f"its headline says {clip(found[0].strip(), 60)}",)) if found else PublisherMarks()


def key(name: str, value: str, hints: Hints, line: int = 0) -> PublisherMarks:
    """What any other key says, by the one table of such marks: ``post_status``, ``draft``, ``expirationDate``."""
    if str(value).strip().lower() in _NO_END:
        return PublisherMarks()
    zone = ZoneInfo(hints.timezone)
    mark = visibility.read(name, value, zone, _parse)
    if mark is None or mark.says == "shown":
        return PublisherMarks()
    shown = f"{name}: {clip(clean(str(value)), 60)}" if "pass" not in name else name
    if mark.moment and mark.says == "from":
        return PublisherMarks(embargo=Found(mark.moment, shown, 0.9, line))
    if mark.moment and mark.says == "until":
        return PublisherMarks(expires=Found(mark.moment, shown, 0.9, line))
    return PublisherMarks((f"its publisher says {shown}",))


# What pages say of themselves. Names are in lower case; in the plain form they have no marks.
_ROBOTS = frozenset(("robots", "googlebot", "googlebot-news", "bingbot", "news"))
_UNAVAILABLE = re.compile(r"unavailable_after\s*:\s*(.+?)\s*(?:,\s*(?=[a-z_-]+(?:\s*[:,]|$))|$)", re.IGNORECASE)
_PERIOD = re.compile(r"(start|end)\s*=\s*([^;]+)", re.IGNORECASE)
_ENDS = frozenset((
    "expires", "expire", "expiry", "expirationtime", "articleexpirationtime", "expirationdate", "articleexpires",
    "expirydate", "unpublishdate", "dctermsexpires", "validthrough", "validuntil", "visibleuntil", "contentexpires",
))  # fmt: skip
_STATES = frozenset((
    "status", "articlestatus", "contentstatus", "editorialstatus", "poststatus", "publicationstatus", "publishstatus",
    "pubstatus", "storystatus", "workflowstate", "workflowstatus",
))  # fmt: skip
_PUBLISHED = ("article:published_time", "og:article:published_time", "datepublished", "dcterms.issued", "pubdate")
_TO_COME = 0.7  # how sure a moment of publication is that lies ahead: the year may be wrong


def of_page(head: PageHead, published: dt.date | None, hints: Hints) -> PublisherMarks:
    """What a page's metadata says of who may read it, besides its text.

    ``published`` is its day: what ends before that is no end of it, but how long a browser may keep it.
    """
    found = key("creativeWorkStatus", _text(head.node.get("creativeWorkStatus")), hints)
    for name, values in head.metas.items():
        found |= _state_of_page(name, values[0], hints)
    for name, value in _ends(head):
        moment, sure = _moment(value, hints) if value else (None, 0.0)
        if moment and (published is None or moment.date() > page_dates.day(published)) and moment.year > _FIRST:
            found |= PublisherMarks(expires=Found(moment, f"{name}: {clip(value, 60)}", sure, head.lines.get(name, 0)))
    for name, value, trust in _begins(head):
        moment, sure = _moment(value, hints) if value else (None, 0.0)
        if moment and moment.date() > hints.today:
            found |= PublisherMarks(embargo=Found(moment, f"{name}: {clip(value, 60)}", min(sure, trust)))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_.:-]", "", name)


def _state_of_page(name: str, value: str, hints: Hints) -> PublisherMarks:
    """What a meta element says that gives no moment: a state, or an embargo without its end."""
    plain = _plain(name)
    if "embargo" in plain and _moment(value, hints)[0] is None:
        return key("embargo", value, hints)
    return key(name.rpartition(":")[2], value, hints) if plain in _STATES else PublisherMarks()


def _period(value: str) -> tuple[str, str]:
    """The ends of a period as Dublin Core has it: "start=2025-03-12; end=2025-09-01;", or with a slash."""
    found = {which.lower(): moment.strip() for which, moment in _PERIOD.findall(value)}
    first, _, last = value.partition("/")
    return (found.get("start", ""), found.get("end", "")) if found else (first, last)


def _is_period(plain: str, *words: str) -> bool:
    return plain.endswith(words) and plain.startswith(("dc", "date"))


def _ends(head: PageHead) -> Iterator[tuple[str, str]]:
    """The names and values by which a page says when it goes."""
    yield "expires", _text(head.node.get("expires"))
    for name, values in head.metas.items():
        plain = _plain(name)
        if name in _ROBOTS:
            yield from (("unavailable_after", said[1]) for text in values if (said := _UNAVAILABLE.search(text)))
        elif plain in _ENDS:
            yield name, values[0]
        elif _is_period(plain, "valid", "available"):
            yield name, _period(values[0])[1]


def _begins(head: PageHead) -> Iterator[tuple[str, str, float]]:
    """The names and values by which a page says from when on it may be read, and how sure that is at most."""
    for name, values in head.metas.items():
        plain = _plain(name)
        if _is_period(plain, "available"):
            yield name, _period(values[0])[0], 1.0
        elif "embargo" in plain:
            yield name, values[0], 1.0
    for name in _PUBLISHED:
        yield name, head.meta(name), _TO_COME
    yield "json-ld:datePublished", _text(head.node.get("datePublished")), _TO_COME


_FIRST = 1995  # before which there was no page


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _parse(value: object, zone: ZoneInfo) -> dt.datetime:
    moment, _ = _moment(str(value), Hints(timezone=zone.key))
    if moment is None:
        raise ValueError("a date")
    return moment


def _moment(text: str, hints: Hints) -> tuple[dt.datetime | None, float]:
    """A moment, and how sure it is: a bare day begins in the zone of the site, which need not be the publisher's."""
    found = machine_dates.read(text, hints)
    if found is None:
        return None, 0.0
    if isinstance(found.value, dt.datetime):
        return found.value, 0.95
    return dt.datetime.combine(found.value, dt.time(), ZoneInfo(hints.timezone)), 0.75
