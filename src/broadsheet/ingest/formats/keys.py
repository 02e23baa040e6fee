"""The keys of front matter, of this generator and others → the fields of a draft, and what keeps it from readers.

In: the metadata of a head with the line of each key; its values are what YAML, TOML, JSON or a line gave. Out:
``Keys``: fields with their evidence, reasons to hold the story, further keys to be carried over, and what became of
every key. What is a mark is taken over as ``status``, ``expires`` or a later date, so that an editor who deletes these
publishes the story. Table of the names of keys: keys.toml.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Literal

import msgspec

from broadsheet.content import fields, visibility
from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import author_fields, bylines, dates, machine_dates, moments, publication_marks
from broadsheet.ingest.extract.draft import Found, Hints, Role
from broadsheet.ingest.extract.person_names import is_agency
from broadsheet.model import Picture
from broadsheet.text import clip

_RULE = "front matter"

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("keys.toml").read_text(encoding="utf-8"))
_NAMES: dict[str, list[str]] = _TABLE["fields"]
_OURS = {name: ours for ours, names in _NAMES.items() for name in names}
_TABLES, _LOOKS, _TEXTS = (frozenset(_TABLE[name]) for name in ("tables", "looks", "texts"))
_NOTES = re.compile(r"note|comment|remark|hinweis|editor|advisory|instruction|release")
_WORDS_OF = re.compile(r"(?:\w*image|cover|photo|picture|banner|thumbnail|og)?(alt|caption|credit)(?:text)?")
_PATH = re.compile(r"/(?!/)[^\s?#\\:{}]*\Z")
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|https?://\S+|(?:urn|tag):\S+", re.IGNORECASE)
_MOST = 40  # names in a key
_UNSAID = ("passphrase", "password", "postpassword")  # keys whose values stand nowhere else


class KeyFate(msgspec.Struct, frozen=True):
    """What became of a key: the line it stands in, its name, its role, and why."""

    line: int
    key: str
    role: Role
    why: str


class FrontMatterKeys(msgspec.Struct, frozen=True):
    """What front matter says of a story. ``values`` are fields of a draft by their names."""

    values: dict[str, Any]
    held: tuple[str, ...]
    further: dict[str, Any]
    fates: tuple[KeyFate, ...]
    problems: tuple[Problem, ...]


def read(
    meta: Mapping[str, Any], lines: Mapping[str, int], shown: str, hints: Hints, twice: Sequence[str] = ()
) -> FrontMatterKeys:
    """The fields, marks and further keys of a head; ``twice`` are keys that stand in it more than once."""
    reader = _Keys(shown, hints)
    for key, value, line in _flat(meta, lines):
        reader.take(key, value, line)
    for key in twice:
        if visibility.read(key, "true", reader.zone) is not None:
            reader.held.append(f"{key}: stands twice")
    return reader.done()


def name(key: str) -> str:
    """A key without blanks, hyphens, underscores, capitals, and the number of one that stands twice."""
    return re.sub(r"[\s_-]", "", re.sub(r" \d+\Z", "", key).lower())


def _flat(meta: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[tuple[str, Any, int]]:
    """Keys, values and lines, those of tables last: what stands outside of them counts first."""
    tables: list[tuple[str, Any, int]] = []
    for key, value in meta.items():
        line = lines.get(key, 1)
        if name(key) in _TABLES and isinstance(value, Mapping):
            tables += [(str(inner), below, line) for inner, below in value.items()]
        else:
            yield key, value, line
    yield from tables


class _Keys:
    """The fields as keys are taken, one after the other."""

    def __init__(self, shown: str, hints: Hints) -> None:
        self.shown, self.hints = shown, hints
        self.key = ""  # the one that is being taken
        self.zone = zoneinfo.ZoneInfo(hints.timezone)
        self.found: dict[str, list[tuple[str, Any, int]]] = {}
        self.held: list[str] = []
        self.reason = ""
        self.further: dict[str, Any] = {}
        self.fates: list[KeyFate] = []
        self.problems: list[Problem] = []
        self.embargo: Found[dt.datetime] | None = None
        self.expires: Found[dt.datetime] | None = None
        self.review: tuple[str, ...] = ()
        self.guid = ""

    def take(self, key: str, value: Any, line: int) -> None:
        """Take one key into what is known."""
        self.key = key
        plain = name(key)
        ours = _OURS.get(plain)
        marked = self._mark(key, plain, value, line)
        if fields.empty(value):
            if not marked:
                self._fate(line, "front matter", f"{key} is empty")
        elif ours and not ((marked == "flag" and ours != "topics") or (isinstance(value, bool) and ours != "image")):
            self.found.setdefault(ours, []).append((key, value, line))
            if not marked:
                self._fate(line, "front matter", ours)
        elif not marked:
            self._other(key, plain, value, line)

    def _mark(self, key: str, plain: str, value: Any, line: int) -> Literal["", "flag", "moment"]:
        """Whether a key says who may read the story, and by what; what it says is taken over."""
        doubts: list[str] = []

        def parse(raw: Any, _: zoneinfo.ZoneInfo) -> dt.datetime:
            moment = self._moment(raw)
            if moment is None:
                raise ValueError(raw)
            doubts.append(moment.rule if moment.confidence <= 0.5 else "")
            return self._aware(moment.value)

        mark = visibility.read(re.sub(r" \d+\Z", "", key), value, self.zone, parse)
        said = f"{key} is set" if plain in _UNSAID else f"{key}: {_shown(value)}"
        if mark is None:
            if plain == "status" and _one_line(value):
                self._hold(f"{said} (no status that is known)", line)
                return "flag"
            return ""
        if mark.says == "hidden":
            self._hold(said if mark.sure else f"{said} (it cannot be read)", line)
        elif mark.moment:
            doubt = next(filter(None, doubts), "")
            one = Found(mark.moment, doubt or said, 0.5 if doubt else 0.95, line)
            if mark.says == "from":
                self.embargo = max(self.embargo or one, one, key=lambda it: it.value)
                self._fate(line, "status", f"not before {mark.moment:%Y-%m-%d %H:%M %z}")
            else:
                self.expires = min(self.expires or one, one, key=lambda it: it.value)
                self._fate(line, "status", f"not after {mark.moment:%Y-%m-%d %H:%M %z}")
                if doubt:
                    self.held.append(f"{said}: {doubt}")
        else:
            self._fate(line, "status", f"{key} is empty" if fields.empty(value) else "it is for readers")
        return "moment" if mark.moment else "flag"

    def _hold(self, reason: str, line: int) -> None:
        self.held.append(reason)
        self._fate(line, "status", f"it is not for readers: {reason}")

    def _other(self, key: str, plain: str, value: Any, line: int) -> None:
        """A key that is no field of a draft: kept under its name, or dropped with the reason."""
        if plain == "reason":
            self.reason = _one_line(value)
            self._fate(line, "status", "the reason for its status")
        elif plain == "review":
            self.review = _text_items(value)
            self._fate(line, "status", "it is to be looked at")
        elif plain in ("id", "guid", "uuid") and _ID.fullmatch(_one_line(value)):
            self.guid = _one_line(value)
            self._fate(line, "front matter", "the source's own name for it")
        elif plain in ("id", "guid", "uuid"):
            self._fate(line, "dropped", "a story gets an id of its own")
        elif plain == "permalink" and _PATH.fullmatch(_one_line(value)):
            self.found.setdefault("aliases", []).append((key, value, line))
            self._fate(line, "front matter", "aliases")
        elif plain in _LOOKS or plain.startswith("eleventy"):
            self._fate(line, "dropped", "says how another generator shows it")
        else:
            own = next((one for one in (*fields.STORY, "slug") if name(one) == plain), "")
            self.further[own or key.strip()] = _one_line(value) if own in _TEXTS else fields.plain(value)
            self._fate(line, "front matter", "kept as it is")
            if isinstance(value, str) and _NOTES.search(plain):
                said = publication_marks.subject(value, self.hints)
                self.held += said.held
                self.embargo = max(filter(None, (self.embargo, said.embargo)), key=lambda it: it.value, default=None)

    def _fate(self, line: int, role: Role, why: str, *, again: bool = False) -> None:
        """What became of the key that is being taken; ``again`` in the place of what was known of it."""
        if again:
            self.fates = [one for one in self.fates if one.line != line or one.key != self.key]
        self.fates.append(KeyFate(line, self.key, role, why))

    def done(self) -> FrontMatterKeys:
        """All of it: the values of the fields that were found."""
        values: dict[str, Any] = {"embargo": self.embargo, "expires": self.expires, "guid": self.guid}
        values["title"], values["summary"] = (self._one(key, _one_line) for key in ("title", "summary"))
        values["lang"] = self._one("lang", _one_line, 0.97)  # which counts for more than what the words look like
        values["date"], values["updated"] = self._date("date"), self._date("updated")
        values["authors"], signed = self._signed()
        sections = self._many("section", _text_items)
        topics = self._many("topics", _text_items)
        if sections:
            rest = sections.value[1:]
            values["section"] = msgspec.structs.replace(sections, value=sections.value[0])
            named = tuple(dict.fromkeys((*(topics.value if topics else ()), *rest)))[:_MOST]
            topics = Found(named, _RULE, 0.95, topics.line if topics else sections.line) if named else None
        values["topics"] = topics
        values["image"] = self._one("image", _picture_of)
        self._worded(values)
        values["licence"] = self._one("licence", _one_line)
        self._source(values)
        values["agency"] = values.get("agency") or signed
        self._addresses(values)
        if (thread := self._one("thread", _first_text)) is not None:
            self.further["thread"] = thread.value
        held = [f"{self.held[0]}: {self.reason}", *self.held[1:]] if self.held and self.reason else self.held
        if self.reason and not held:
            self.further["reason"] = self.reason
        found = {key: self._looked_at(key, value) for key, value in values.items() if value}
        return FrontMatterKeys(found, tuple(dict.fromkeys(held)), self.further, tuple(self.fates), tuple(self.problems))

    def _looked_at(self, key: str, value: Any) -> Any:
        """A field, doubtful where the head's own ``review`` names it."""
        named = any(one.split(" ")[0] == key for one in self.review)
        return msgspec.structs.replace(value, confidence=0.6) if named and isinstance(value, Found) else value

    def _one(self, ours: str, read_: Any, sure: float = 0.95) -> Found[Any] | None:
        """The first value of a field; further ones are kept under their own names."""
        best: Found[Any] | None = None
        rank = _NAMES[ours]
        for key, value, line in sorted(self.found.get(ours, ()), key=lambda one: rank.index(name(one[0]))):
            read = read_(value)
            if best is None and read:
                best = Found(read, _RULE, sure, line)
            elif not read or best is None or read != best.value:
                self.further[key.strip()] = fields.plain(value)
        return best

    def _signed(self) -> tuple[Found[tuple[str, ...]] | None, Found[str] | None]:
        """Who wrote the story, and the agency that signs it. A desk or a role is nobody, and is named as a doubt."""
        named = self._many("authors", _byline_names)
        if named is None:
            return None, None
        agency = next((known for name in named.value if (known := is_agency(name))), "")
        seen = tuple(one for one in named.value if not is_agency(one))
        people = tuple(one for one in seen if not author_fields.is_nobody(one))
        if people or not seen:
            authors = msgspec.structs.replace(named, value=people) if people else None
        else:
            authors = Found(seen, f"{named.rule}, no name of a person", 0.2, named.line)
        return authors, Found(agency, _RULE, 0.95, named.line) if agency else None

    def _many(self, ours: str, read_: Any) -> Found[tuple[str, ...]] | None:
        """The values of all keys of a field, in one list."""
        taken = self.found.get(ours, ())
        values = dict.fromkeys(text for _, value, _ in taken for text in read_(value))
        return Found(tuple(values)[:_MOST], _RULE, 0.95, next(line for *_, line in taken)) if values else None

    def _date(self, ours: str) -> Found[dt.date] | None:
        """The day or moment of a field by the first of its keys that can be read; what cannot be is reported."""
        best: Found[dt.date] | None = None
        rank = _NAMES[ours]
        for key, value, line in sorted(self.found.get(ours, ()), key=lambda one: rank.index(name(one[0]))):
            found = self._moment(value)
            if found is None:
                message = f"{key}: {_shown(value)} is not a date that can be read"
                hint = "Write it as 2025-05-08 or 2025-05-08T14:30:00+02:00."
                self.problems.append(warning("date-unread", message, Place(self.shown, line), hint))
                self.key = key
                self._fate(line, "dropped", f"{key}: {_shown(value)} is not a date that can be read", again=True)
            elif best is None:
                best = msgspec.structs.replace(found, line=line)
            elif found.value != best.value and visibility.read(key, value, self.zone) is None:
                self.further[key.strip()] = fields.plain(value)
        return best

    def _moment(self, value: Any) -> Found[dt.date] | None:
        """A day, or an aware moment; a time without an offset is in the site's zone."""
        if isinstance(value, dt.datetime):
            return Found(value if value.tzinfo else value.replace(tzinfo=self.zone), _RULE, 0.97)
        if isinstance(value, dt.date):
            return Found(value, _RULE, 0.97)
        text = _one_line(value)
        found = moments.read(text, self.hints) if not text.isdigit() else None
        if found and sum(map(str.isalpha, found.rest)) <= _SHOWN:
            doubt = f"{_RULE}: {found.doubt}" if found.doubt else ""
            exact = found.value if found.timed else found.value.date()
            return Found(exact, doubt or _RULE, 0.5 if doubt else 0.95)
        if moment := machine_dates.parse(text):
            return Found(moment, _RULE, 0.95)
        stamp = next(iter(dates.find(text, self.hints)), None)
        if stamp is None:
            return None
        doubt = f"{_RULE}: {stamp.doubt}" if stamp.doubt else ""
        return Found(stamp.day, doubt or _RULE, 0.5 if doubt else 0.9)

    def _aware(self, day: dt.date) -> dt.datetime:
        return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time(), self.zone)

    def _worded(self, values: dict[str, Any]) -> None:
        """The words of the picture that stand in keys of their own: image_alt, cover_caption."""
        picture = values["image"]
        for key in list(self.further) if picture else ():
            found = _WORDS_OF.fullmatch(name(key))
            if found and not getattr(picture.value, found[1]) and (text := _one_line(self.further[key])):
                worded = msgspec.structs.replace(picture.value, **{found[1]: text})
                picture = msgspec.structs.replace(picture, value=worded)
                del self.further[key]
        values["image"] = picture

    def _source(self, values: dict[str, Any]) -> None:
        """Who first published it: a name, an address, or a table of both, as in a story of our own."""
        for key, value, line in self.found.get("agency", ()):
            table = value if isinstance(value, Mapping) else {}
            text = _one_line(table.get("name") if table else value)
            if text.startswith(("http://", "https://")):
                values.setdefault("url", text)
            elif text and "agency" not in values:
                values["agency"] = Found(text, _RULE, 0.95, line)
            elif text:
                self.further[key.strip()] = text
            if address := _one_line(table.get("url")):
                values.setdefault("url", address)
            if (licence := _one_line(table.get("licence"))) and not values.get("licence"):
                values["licence"] = Found(licence, _RULE, 0.95, line)

    def _addresses(self, values: dict[str, Any]) -> None:
        """Its address elsewhere, and the old ones that lead to it."""
        aliases = []
        for key, value, line in self.found.get("url", ()):
            text = _one_line(value)
            if text.startswith(("http://", "https://")):
                values.setdefault("url", text)
            elif _PATH.fullmatch(text):
                aliases.append(text)
            elif text:
                self.key = key
                self._fate(line, "dropped", f"{key}: {clip(text, _SHOWN)} is no address", again=True)
        for key, value, line in self.found.get("aliases", ()):
            for text in _text_items(value):
                if _PATH.fullmatch(text) and ".." not in text:
                    aliases.append(text)
                else:
                    self.key = key
                    self._fate(line, "dropped", f"{clip(text, _SHOWN)} is no path that begins with /", again=True)
        if aliases:
            self.further["aliases"] = list(dict.fromkeys(aliases))[:_MOST]


_SHOWN = 80  # characters of a value that a message or a reason repeats


def _shown(value: Any) -> str:
    """A value in a message: as it is written, in one line, clipped."""
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return clip(text, _SHOWN)


def _one_line(value: Any) -> str:
    """A value as one line of text; empty for a list, a table, true and false."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        return ""
    return " ".join(str(value).split())


def _first_text(value: Any) -> str:
    """The first text of a list, or the one that a value is."""
    return next(iter(_text_items(value)), "") if isinstance(value, list) else _one_line(value)


def _text_items(value: Any) -> tuple[str, ...]:
    """A list of names, or one text that holds several."""
    values = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", _one_line(value).strip("[]"))
    return tuple(text for item in values if (text := _one_line(item.get("name") if isinstance(item, dict) else item)))


def _byline_names(value: Any) -> Iterator[str]:
    """The names of a byline, of a list, or of tables with a ``name``."""
    values = re.split(r"\s*;\s*", value) if isinstance(value, str) else value if isinstance(value, list) else [value]
    for item in values:
        text = _one_line(item.get("name") if isinstance(item, dict) else item)
        byline = bylines.read(text) or (bylines.bare(text) if "," in text or " and " in text else None)
        yield from byline.names if byline and byline.names else ([text] if text else [])


def _picture_of(value: Any) -> Picture | None:
    """The picture that an address is, or a table with its words; of several the first."""
    value = next(iter(value), None) if isinstance(value, list) else value
    node = value if isinstance(value, dict) else {"src": value}
    src = next((text for key in ("src", "url", "path", "image", "file") if (text := _one_line(node.get(key)))), "")
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", src), re.IGNORECASE)
    if not src or (scheme and scheme[1].lower() not in ("http", "https")):
        return None
    alt, caption, credit = (_one_line(node.get(key)) for key in ("alt", "caption", "credit"))
    return Picture(src, alt, caption, credit)
