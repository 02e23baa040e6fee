"""Marks of feeds and wires by which a publisher keeps an item from readers → reasons, an embargo, an expiry.

In: keys or elements and their values. Out: ``PublisherMarks`` in the words of the source. What cannot be read keeps the
item from readers, since what was printed once cannot be taken back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import visibility
from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Found, Hints
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
