"""A draft → the file of its story: front matter in the usual order and a body, created or revised, never over an edit.

In: a ``Draft`` and what the site knows. Out: ``PreparedStory``, the metadata and body of a story file to be, each value
one that ``fields`` accepts; a file below content/stories, its pictures, and its entry in the index. All that a reader
took from a source is hostile here: control characters go, lengths are bounded, what is no value is left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from broadsheet import content, disk
from broadsheet.config import Site
from broadsheet.content import fields, guarded
from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.ingest.extract import charset, to_markdown
from broadsheet.ingest.extract.draft import EVEN, SURE, Draft, Found, Source
from broadsheet.ingest.sources import index as indexes
from broadsheet.ingest.sources.index import Fingerprint, IndexEntry, StoryIndex, fingerprint
from broadsheet.ingest.sources.pictures import PictureFile, StoryPictures
from broadsheet.model import Picture
from broadsheet.text import clip, letters, slug

_TITLE = 300  # characters; what a headline can be at most, in any paper
_SUMMARY = 600
_NAME = 200
_ADDRESS = 2_000
_MATTER = 1024 * 1024  # bytes, more than front matter can take
_MOST = 40  # authors or topics


class PreparedStory(msgspec.Struct, frozen=True):
    """A story file to be, without what only filing knows: its id, its path, the stories like it.

    ``guid`` and ``url`` are the source's own names for it. ``sha256`` is the digest of what it was made of: of the raw
    file where that is one story, of what the entry says where the file is a feed or a mailbox. ``pictures`` are to be
    copied with it. ``filed_under`` is the day by whose month its file is named where it has no date. ``lines`` are
    those of the source that an editor should compare with the body. ``embargoed`` is whether its date is that of an
    embargo, which a date that it had before does not lift. ``slug`` is what its source calls its file, if it does.
    ``withheld`` is why its source itself keeps it from readers; ``deleted``, that it says nothing else of it.
    """

    meta: dict[str, Any]
    body: str
    fingerprint: Fingerprint
    sha256: str
    guid: str = ""
    url: str = ""
    pictures: tuple[PictureFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    filed_under: dt.date = dt.date.min
    lines: tuple[int, ...] = ()
    embargoed: bool = False
    slug: str = ""
    withheld: str = ""
    deleted: bool = False


class FilingRules(msgspec.Struct, frozen=True):
    """What a site decides of the stories that ingest writes: its time zone, its language, and what is held.

    ``hold`` is which doubts make a story a draft: those that would put something false before readers (``doubtful``),
    ``any``, or none (``never``). A story that its source keeps from readers is held in any case, and so is one without
    a date.
    """

    zone: ZoneInfo
    language: str = "en"
    hold: Hold = "doubtful"


def prepare(draft: Draft, source: Source, rules: FilingRules, credit: str = "") -> PreparedStory:
    """The story file that a draft makes.

    ``credit`` is what the site calls the source, for a story that names no agency. An undated story gets the day in
    the name of its source, with ``date`` in review; where there is none it has no date, and is held. A section, authors
    or topics that are more likely wrong than right are left out, and stand in ``review`` with what was found. Raises
    BroadsheetError (``no-title``, ``no-text``) where there is nothing to print.
    """
    found = StoryPictures(source, draft.pictures)
    body = found.body(charset.clean(draft.body)).strip()
    title = _line(draft.title.value, _TITLE)
    given = draft.title.confidence > EVEN  # else it was made of the text, which may be no more than that
    bare = not body or (given and len(body) < 2 * _TITLE and letters(body) == letters(title))
    if bare and title and draft.held:  # a notice that takes a story back may be one line
        body = to_markdown.escape(f"({'; '.join(draft.held)}: {title})")
    elif bare:
        hint = "A story needs text, not only a title."
        raise fail("no-text", "no text was found besides the title", Place(source.name), hint)
    if len(body.encode()) > content.LARGEST - _MATTER:
        raise fail("too-large", "the text is too long for one story", Place(source.name), "Split the file.")
    if not title:
        hint = "Write a headline as the first line of the file, with an empty line below it."
        raise fail("no-title", "no title was found and none could be made", Place(source.name), hint)
    url = _address(draft.url or source.url)
    url = url if re.match(r"https?://", url, re.IGNORECASE) else ""
    picture = _value(draft.image)
    origin = {
        "name": _line(_value(draft.agency) or credit, _NAME),
        "url": url,
        "file": source.name,
        "licence": _line(_value(draft.licence), _NAME),
    }
    lang = _value(draft.lang)
    meta: dict[str, Any] = {
        **{key: value for key, value in draft.keys.items() if key not in _OURS},
        "title": title,
        "date": _moment(_value(draft.date)) or _named_day(source, rules.zone),
        "updated": _moment(_value(draft.updated)),
        "section": _line(_value(draft.section), _NAME),
        "authors": _lines(_value(draft.authors)),
        "summary": _line(_value(draft.summary), _SUMMARY),
        "topics": _lines(_value(draft.topics)),
        "image": _picture(picture, found),
        "source": {key: value for key, value in origin.items() if value},
        "expires": _moment(_value(draft.expires)),
        "lang": _line(lang, _NAME) if lang != rules.language else "",
    }
    before = meta["date"]
    if draft.embargo:
        meta["date"] = _later(before, draft.embargo.value, rules.zone)
    embargoed = meta["date"] != before
    meta = {key: value for key, value in meta.items() if not fields.empty(value)}
    _, problems = fields.check(meta, fields.STORY, rules.zone, Place)
    bad = [p.place.file for p in problems if p.code == "value"]
    unlikely = _unlikely(draft, meta, bad)
    unread = [
        warning("date-unread", f"{key}: {unlikely[key]} is not a possible date", Place(source.name, dated.line))
        for key in bad if key in unlikely and (dated := getattr(draft, key) or draft.embargo)
    ]  # fmt: skip
    meta |= _status(draft, meta, bad, unlikely, rules.hold)
    said: list[Any] = [title, meta.get("date"), meta.get("updated"), meta.get("authors"), body]
    said += [meta[key] for key in ("status", "reason", "expires", "audio") if key in meta]
    digest = hashlib.sha256(msgspec.json.encode(said)).hexdigest()
    return PreparedStory(
        meta, body, fingerprint(title, body), digest, _address(draft.guid), url, (*found.taken.values(),),
        (*draft.problems, *unread, *found.problems), source.modified.astimezone(rules.zone).date(),
        draft.doubtful_lines() if draft.body_confidence < SURE else (), embargoed,
        _line(str(draft.keys.get("slug") or ""), _NAME), "; ".join(draft.held), draft.deleted,
    )  # fmt: skip


UNDATED = "it has no date"  # a reason for which a story is held

_DOUBTS = re.compile(r"it has no date|its \w+ is more likely wrong than right|not looked at yet: .*")


def is_doubt(reason: str) -> bool:
    """Whether a reason for which a story is held is ingest's own doubt alone, and nothing that its source says."""
    return all(_DOUBTS.fullmatch(part) for part in reason.split("; "))


Hold = Literal["doubtful", "any", "never"]

# Keys that filing itself writes: a source's own would take their place.
_OURS = frozenset(("id", "source", "review", "slug", "status", "reason", "takes_back", "title", "date"))


def _unlikely(draft: Draft, meta: dict[str, Any], bad: Sequence[str]) -> dict[str, str]:
    """What is taken out: dates that no key can hold, and what is more likely wrong where nothing may be guessed."""
    taken = {key: meta.pop(key) for key in bad}
    unlikely = {key: str(value) for key, value in taken.items() if isinstance(value, dt.date)}
    if draft.named and "date" not in meta:
        unlikely.setdefault("date", str(draft.named.value))
    for name in ("section", "authors", "topics"):
        found: Found[Any] | None = getattr(draft, name)
        if name in meta and found and found.confidence < EVEN:
            value = meta.pop(name)
            unlikely[name] = clip(", ".join(value) if isinstance(value, list) else value, _NAME)
    return unlikely


def _status(
    draft: Draft, meta: Mapping[str, Any], bad: Sequence[str], unlikely: Mapping[str, str], hold: Hold
) -> dict[str, Any]:
    """The keys that say what an editor should look at, and whether readers have to wait for that."""
    doubts = [name for name in (*draft.doubtful(), *bad) if name in meta or name in ("date", "body", *unlikely)]
    fields_ = [key for key in (*fields.STORY, "body") if key in doubts]
    review = [f"{key} (found: {unlikely[key]})" if key in unlikely else key for key in fields_]
    reasons = list(draft.held)
    if draft.embargo and draft.embargo.confidence < SURE:
        reasons.append(f"the moment until which it is embargoed is not sure: {draft.embargo.rule}")
    if "date" not in meta:
        reasons.append(UNDATED)
    if hold != "never":
        sure = {"title": draft.title.confidence, "body": draft.body_confidence}
        if draft.date and "date" in meta and not _until(draft, meta["date"]):
            sure["date"] = draft.date.confidence
        reasons += [f"its {name} is more likely wrong than right" for name, value in sure.items() if value < EVEN]
    if hold == "any" and review and not reasons:
        reasons.append(f"not looked at yet: {', '.join(fields_)}")
    said: dict[str, Any] = {"review": review} if review else {}
    return said | ({"status": "draft", "reason": clip("; ".join(reasons), _SUMMARY)} if reasons else {})


def _until(draft: Draft, date: object) -> bool:
    """Whether a story's date is the moment that its source names for sure, whatever other day was found."""
    until = draft.embargo
    return until is not None and until.confidence >= SURE and date == (_moment(until.value) or until.value)


def _later(date: dt.date | None, embargo: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The date of a story that is not for readers before a moment."""
    if date is None:
        return _moment(embargo) or embargo
    moment = date if isinstance(date, dt.datetime) else dt.datetime.combine(date, dt.time(), zone)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return _moment(embargo) or embargo if embargo > aware else date


def _value(found: Found[Any] | None) -> Any:
    return found.value if found else None


_NAMED = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


def _named_day(source: Source, zone: ZoneInfo) -> dt.date | None:
    """The day in the name of a source whose text gives none, the last one of it: 2025-05-08/paste.txt."""
    changed = source.modified.astimezone(zone).date()
    for found in reversed(list(_NAMED.finditer(source.name))):
        try:
            day = dt.date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:  # 30 February
            continue
        if day <= changed:
            return day
    return None


def _line(text: str | None, length: int) -> str:
    return clip(charset.clean(text), length) if text else ""


def _address(text: str) -> str:
    """An address or a GUID: of no use unless whole."""
    whole = " ".join(charset.clean(text).split())
    return whole if len(whole) <= _ADDRESS else ""


def _picture(picture: Picture | None, found: StoryPictures) -> dict[str, str] | None:
    """A picture as front matter has it; None where there is nothing to say of one."""
    if not picture:
        return None
    src = found.name(_address(picture.src)) if picture.src else ""
    words = {key: _line(getattr(picture, key), _SUMMARY) for key in ("alt", "caption", "credit")}
    if not src:  # a credit for a picture that did not come along is for the editor, who may add the picture
        words = {"credit": words["credit"]}
    return {key: text for key, text in {"src": src, **words}.items() if text} or None


def _lines(texts: tuple[str, ...] | None) -> list[str]:
    return [line for text in (texts or ())[:_MOST] if (line := _line(text, _NAME))]


def _moment(day: dt.date | None) -> dt.date | None:
    """A day or moment as front matter writes it: to the second, and a moment with its offset."""
    if isinstance(day, dt.datetime):
        return day.replace(microsecond=0) if day.tzinfo else day.date()
    return day


_BYTES = 160  # of a file's name: below every file system's limit, with room for a number
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z")  # names that Windows keeps for itself


class ExistingStory(NamedTuple):
    """What stands in the file of a story that is revised."""

    data: bytes
    meta: Mapping[str, Any]


class EditedError(Exception):
    """The file of a story is not what ingest wrote."""

    def __init__(self, entry: IndexEntry) -> None:
        super().__init__(entry)
        self.entry = entry


class StoryFiles:
    """The story files of a site, and the index as it changes with them. Nothing is written in a dry run."""

    def __init__(self, site: Site, index: StoryIndex, *, dry_run: bool) -> None:
        self._site = site
        self._index = index
        self.dry_run = dry_run

    def existing(self, entry: IndexEntry) -> ExistingStory:
        """What the file of a story holds. Raises EditedError where that is not what ingest wrote."""
        try:
            data = disk.within(self._site.stories, entry.path).read_bytes()
        except FileNotFoundError:
            raise EditedError(entry) from None
        matter, _ = content.split(data, entry.path)
        if matter is None or str(matter.meta.get("id")) != entry.id or guarded.edited(data):
            raise EditedError(entry)
        return ExistingStory(data, matter.meta)

    def rewrite(self, entry: IndexEntry, meta: Mapping[str, Any], before: bytes) -> bool:
        """Write the file of a story anew with other keys and the text that it has; not where it was touched."""
        matter, _ = content.split(before, entry.path)
        if matter is None:
            return False
        data = guarded.signed(_ordered(meta), matter.body)
        file = disk.within(self._site.stories, entry.path)
        if guarded.replace(file, data, before.__eq__) != "written":
            return False
        self._index.add(indexes.found(self._site, entry))
        return True

    def _paths(self, title: str, date: dt.date) -> Iterator[str]:
        """Paths below content/stories that no file has: the month of the date, the words of the title."""
        day = date.astimezone(self._site.zone) if isinstance(date, dt.datetime) else date
        name = file_name(title)
        for number in range(1, 1_000_000):
            path = f"{day:%Y/%m}/{name}{f'-{number}' if number > 1 else ''}.md"
            if path not in self._index and not os.path.lexists(f"{self._site.stories}/{path}"):
                yield path

    def path(self, meta: Mapping[str, Any], prepared: PreparedStory) -> str:
        """The path that a new story is to have."""
        return next(self._paths(prepared.slug or meta["title"], _filed_under(meta, prepared)))

    def create(self, meta: dict[str, Any], prepared: PreparedStory) -> str:
        """Write the file of a new story; its path."""
        data = guarded.signed(_ordered(meta), prepared.body)
        for path in self._paths(prepared.slug or meta["title"], _filed_under(meta, prepared)):
            file = disk.within(self._site.stories, path)
            if self.dry_run:
                self._remember(path, meta, prepared, len(data))
                return path
            self._copy(prepared.pictures)
            if guarded.create(file, data):
                self._remember(path, meta, prepared, len(data), file.stat().st_mtime_ns)
                return path
        raise AssertionError("a month has fewer stories of one title")

    def revise(self, entry: IndexEntry, meta: dict[str, Any], prepared: PreparedStory, before: bytes) -> bool:
        """Write a story anew in the place of the bytes ``before``; whether it differs from them.

        Raises EditedError where those are not there.
        """
        data = guarded.signed(_ordered(meta), prepared.body)
        if before == data:
            return False
        mtime = 0
        if not self.dry_run:
            self._copy(prepared.pictures)
            file = disk.within(self._site.stories, entry.path)
            if guarded.replace(file, data, before.__eq__) != "written":
                raise EditedError(entry)
            mtime = file.stat().st_mtime_ns
        self._remember(entry.path, meta, prepared, len(data), mtime)
        return True

    def _remember(self, path: str, meta: dict[str, Any], prepared: PreparedStory, size: int, mtime: int = 0) -> None:
        """Add a story to the index as it was written."""
        source = meta["source"]
        entry = IndexEntry(
            path, size, mtime, meta["id"], meta["title"], source["file"], source.get("url", ""), prepared.sha256,
            edited=False, fingerprint=prepared.fingerprint,
        )  # fmt: skip
        self._index.add(entry)

    def _copy(self, pictures: Iterable[PictureFile]) -> None:
        """Copy pictures into the site; a name holds the digest of its picture, so one that is there is the same one."""
        for picture in pictures:
            target = disk.within(self._site.content, picture.name)
            if not target.exists():
                guarded.create(target, picture.data())


def file_name(title: str) -> str:
    """The words of a title as a file's name without its ending, valid on every system."""
    name = slug(title, default="story")
    if len(name.encode()) > _BYTES:
        cut = name.encode()[:_BYTES].decode("utf-8", "ignore")
        name = cut.rpartition("-")[0] or cut
    return f"{name}-story" if _DEVICES.match(name) else name


def _filed_under(meta: Mapping[str, Any], prepared: PreparedStory) -> dt.date:
    """The day by whose month a story's file is named: its own, else that of the source's last change."""
    day: dt.date = meta.get("date") or prepared.filed_under
    return day


def _ordered(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a story that say something, in the order of front matter."""
    return {key: meta[key] for key in (*fields.STORY, *meta) if not fields.empty(meta.get(key))}
