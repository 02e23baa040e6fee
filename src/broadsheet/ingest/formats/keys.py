"""The keys of front matter, of this generator and others → the fields of a draft, and what keeps it from readers.

In: the metadata of a head with the line of each key. Out: ``Keys``: fields with their evidence, reasons to hold the
story, further keys to be carried over, and what became of every key. What is a mark is taken over as ``status``,
``expires`` or a later date, so that an editor who deletes these publishes the story.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from broadsheet.content import fields, visibility
from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import author_fields, dates, moments, page_dates, publication_marks
from broadsheet.ingest.extract.draft import Found, Hints, Role
from broadsheet.ingest.extract.person_names import is_agency
from broadsheet.ingest.formats import key_values
from broadsheet.text import clip

_RULE = "front matter"

# What generators call the fields of a story, without blanks, hyphens, underscores and capitals; the first counts.
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "linktitle", "shorttitle"),
    "date": (
        "date", "published", "pubdate", "publishdate", "publishedat", "publishedon", "datepublished",
        "publisheddate", "publishedtime", "created", "createdat", "datecreated", "creationdate", "posted",
        "postdate", "issued",
    ),
    "updated": (
        "updated", "lastmod", "lastmodified", "lastmodifiedat", "modified", "modifiedat", "modifieddate",
        "datemodified", "dateupdated", "updatedat", "updateddate", "moddate", "lastupdated", "lastupdate",
    ),
    "authors": ("authors", "author", "byline", "by", "writer", "reporter", "creator"), "section": ("section",
    "sections", "category", "categories", "desk"), "topics": ("topics", "tags", "tag", "keywords", "keyword"),
    "summary": ("summary", "description", "excerpt", "standfirst", "dek", "abstract", "customexcerpt", "subtitle",
    "subheadline"), "lang": ("lang", "language", "locale"),
    "image": (
        "image", "cover", "coverimage", "featuredimage", "featureimage", "thumbnail", "banner", "heroimage",
        "images", "picture", "photo", "ogimage", "header",
    ),
    "url": ("sourceurl", "originalurl", "canonicalurl", "canonical", "link", "url"),
    "licence": ("licence", "license", "rights", "copyright"),
    "agency": ("source", "agency", "provider", "publication"),
    "aliases": ("aliases", "alias", "redirectfrom", "redirects"),
    "thread": ("thread", "series"),
}  # fmt: skip
_OURS = {name: ours for ours, names in _NAMES.items() for name in names}
# Tables whose keys count as if they stood outside.
_TABLES = frozenset(("params", "extra", "taxonomies", "metadata", "meta", "frontmatter", "data"))
# What only says how another generator shows a page.
_LOOKS = frozenset((
    "layout", "template", "type", "weight", "toc", "menu", "menus", "comments", "comment", "commentable", "disqus",
    "math", "mathjax", "katex", "mermaid", "share", "sharing", "pin", "sticky", "markup", "iscjklanguage",
    "outputs", "sitemap", "robots", "showtoc", "tocopen", "class", "css", "js", "cssclass", "cssclasses",
    "cascade", "navorder", "parent", "navigation", "sidebar", "theme", "format", "saveas", "permalink",
    "mathematics", "insertanchorlinks", "pagetemplate", "sortby", "paginateby", "order", "searchable",
    "excludefromsearch", "inheritance",
))  # fmt: skip
_TEXTS = frozenset(("thread", "priority"))
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


class Keys(msgspec.Struct, frozen=True):
    """What front matter says of a story. ``values`` are fields of a draft by their names."""

    values: dict[str, Any]
    held: tuple[str, ...]
    further: dict[str, Any]
    fates: tuple[KeyFate, ...]
    problems: tuple[Problem, ...]


def read(
    meta: Mapping[str, Any], lines: Mapping[str, int], shown: str, hints: Hints, twice: Sequence[str] = ()
) -> Keys:
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
        said = f"{key} is set" if plain in _UNSAID else f"{key}: {key_values.shown(value)}"
        if mark is None:
            if plain == "status" and key_values.line(value):
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
            self.reason = key_values.line(value)
            self._fate(line, "status", "the reason for its status")
        elif plain == "review":
            self.review = key_values.texts(value)
            self._fate(line, "status", "it is to be looked at")
        elif plain in ("id", "guid", "uuid") and _ID.fullmatch(key_values.line(value)):
            self.guid = key_values.line(value)
            self._fate(line, "front matter", "the source's own name for it")
        elif plain in ("id", "guid", "uuid"):
            self._fate(line, "dropped", "a story gets an id of its own")
        elif plain == "permalink" and _PATH.fullmatch(key_values.line(value)):
            self.found.setdefault("aliases", []).append((key, value, line))
            self._fate(line, "front matter", "aliases")
        elif plain in _LOOKS or plain.startswith("eleventy"):
            self._fate(line, "dropped", "says how another generator shows it")
        else:
            own = next((one for one in (*fields.STORY, "slug") if name(one) == plain), "")
            self.further[own or key.strip()] = key_values.line(value) if own in _TEXTS else fields.plain(value)
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

    def done(self) -> Keys:
        """All of it: the values of the fields that were found."""
        values: dict[str, Any] = {"embargo": self.embargo, "expires": self.expires, "guid": self.guid}
        values["title"] = self._one("title", key_values.line)
        values["summary"] = self._one("summary", key_values.line)
        values["lang"] = self._one("lang", key_values.line, 0.97)  # which counts for more than what the words look like
        values["date"] = self._date("date")
        values["updated"] = self._date("updated")
        values["authors"], signed = self._signed()
        sections = self._many("section", key_values.texts)
        topics = self._many("topics", key_values.texts)
        if sections:
            rest = sections.value[1:]
            values["section"] = msgspec.structs.replace(sections, value=sections.value[0])
            named = tuple(dict.fromkeys((*(topics.value if topics else ()), *rest)))[:_MOST]
            topics = Found(named, _RULE, 0.95, topics.line if topics else sections.line) if named else None
        values["topics"] = topics
        values["image"] = self._one("image", key_values.picture)
        self._worded(values)
        values["licence"] = self._one("licence", key_values.line)
        self._source(values)
        values["agency"] = values.get("agency") or signed
        self._addresses(values)
        if (thread := self._one("thread", key_values.first)) is not None:
            self.further["thread"] = thread.value
        held = [f"{self.held[0]}: {self.reason}", *self.held[1:]] if self.held and self.reason else self.held
        if self.reason and not held:
            self.further["reason"] = self.reason
        found = {key: self._looked_at(key, value) for key, value in values.items() if value}
        return Keys(found, tuple(dict.fromkeys(held)), self.further, tuple(self.fates), tuple(self.problems))

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
        named = self._many("authors", key_values.names)
        if named is None:
            return None, None
        agency = next((known for name in named.value if (known := is_agency(name))), "")
        people = tuple(one for one in named.value if not is_agency(one) and not author_fields.is_nobody(one))
        seen = tuple(one for one in named.value if not is_agency(one))
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
                message = f"{key}: {key_values.shown(value)} is no date that can be read"
                hint = "Write it as 2025-05-08 or 2025-05-08T14:30:00+02:00."
                self.problems.append(warning("date-unread", message, Place(self.shown, line), hint))
                self.key = key
                self._fate(line, "dropped", f"{key}: {key_values.shown(value)} is no date that can be read", again=True)
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
        text = key_values.line(value)
        found = moments.read(text, self.hints) if not text.isdigit() else None
        if found and sum(map(str.isalpha, found.rest)) <= key_values.SHOWN:
            doubt = f"{_RULE}: {found.doubt}" if found.doubt else ""
            exact = found.value if found.timed else found.value.date()
            return Found(exact, doubt or _RULE, 0.5 if doubt else 0.95)
        moment = page_dates.parse(text)
        if moment:
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
            if found and not getattr(picture.value, found[1]) and (text := key_values.line(self.further[key])):
                worded = msgspec.structs.replace(picture.value, **{found[1]: text})
                picture = msgspec.structs.replace(picture, value=worded)
                del self.further[key]
        values["image"] = picture

    def _source(self, values: dict[str, Any]) -> None:
        """Who first published it: a name, an address, or a table of both, as in a story of our own."""
        for key, value, line in self.found.get("agency", ()):
            table = value if isinstance(value, Mapping) else {}
            text = key_values.line(table.get("name") if table else value)
            if text.startswith(("http://", "https://")):
                values.setdefault("url", text)
            elif text and "agency" not in values:
                values["agency"] = Found(text, _RULE, 0.95, line)
            elif text:
                self.further[key.strip()] = text
            if address := key_values.line(table.get("url")):
                values.setdefault("url", address)
            if (licence := key_values.line(table.get("licence"))) and not values.get("licence"):
                values["licence"] = Found(licence, _RULE, 0.95, line)

    def _addresses(self, values: dict[str, Any]) -> None:
        """Its address elsewhere, and the old ones that lead to it."""
        aliases = []
        for key, value, line in self.found.get("url", ()):
            text = key_values.line(value)
            if text.startswith(("http://", "https://")):
                values.setdefault("url", text)
            elif _PATH.fullmatch(text):
                aliases.append(text)
            elif text:
                self.key = key
                self._fate(line, "dropped", f"{key}: {clip(text, key_values.SHOWN)} is no address", again=True)
        for key, value, line in self.found.get("aliases", ()):
            for text in key_values.texts(value):
                if _PATH.fullmatch(text) and ".." not in text:
                    aliases.append(text)
                else:
                    self.key = key
                    self._fate(
                        line, "dropped", f"{clip(text, key_values.SHOWN)} is no path that begins with /", again=True
                    )
        if aliases:
            self.further["aliases"] = list(dict.fromkeys(aliases))[:_MOST]
