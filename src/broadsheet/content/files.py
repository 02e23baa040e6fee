"""The only code that reads or writes front matter: bytes of a Markdown file ⇄ metadata, body and problems with lines.

In: the bytes of a file and what the site knows (time zone, sections). Out: a ``Story`` with its body, or the problems
that keep it from being one, such as the marks that a version control system leaves where two edits of a text met and
nobody has chosen yet. What the keys mean is in ``fields``.
"""

from __future__ import annotations

import datetime as dt
import re
import traceback
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet import locales
from broadsheet.content import facts, fields, plain_yaml, summaries
from broadsheet.content.visibility import Day
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, warning
from broadsheet.model import Picture, Story
from broadsheet.text import clip, counted, did_you_mean, file_slug

# Git writes seven of a sign and mostly a label, and so do Subversion, Mercurial and Jujutsu; more in nested conflicts.
_CONFLICT_MARK = re.compile(r"^(?:(?P<ours><{7,}(?: .*)?)|={7}|(?P<theirs>>{7,}(?: .*)?))$", re.MULTILINE)
_CONFLICT_HINT = "Keep one of the two versions, and delete the lines with <<<<<<<, ======= and >>>>>>>."


def refuse_conflict(text: str, shown: str, body: int = 0) -> None:
    """Raise BroadsheetError for a text that holds an open conflict; its Markdown begins at ``body``."""
    found = conflict_in(text, shown, body)
    if found and found.severity == "error":
        raise BroadsheetError(found)


def conflict_in(text: str, shown: str, body: int = 0) -> Problem | None:
    """What is to be said of the conflicts in a text whose Markdown begins at ``body``.

    Two marks in their order are an error. Seven "=" alone underline a heading, seven ">" quote a mail; the first mark
    alone means nothing in Markdown, and is worth a warning.
    """
    if "<<<<<<<" not in text and not (">>>>>>>" in text and "=======" in text):
        return None
    first = None
    for mark in _outside_code(text, body):
        if first and (mark["theirs"] or (first["ours"] and not mark["ours"])):
            place = Place(shown, _line_of(text, first))
            return error("merge-conflict", "a merge conflict is not resolved", place, _CONFLICT_HINT)
        if not mark["theirs"] and not (first and first["ours"]):
            first = mark
    if first and first["ours"]:
        place = Place(shown, _line_of(text, first))
        return warning("merge-conflict", "a line of a merge conflict is left", place, "Delete the line.")
    return None


def _outside_code(text: str, body: int) -> Iterator[re.Match[str]]:
    """The marks that stand in no listing."""
    if not _CONFLICT_MARK.search(text):
        return
    listings = deque(sorted(facts.read(text[body:]).code))
    seen, at, ends = body, 0, 0  # up to where the text was measured, and how many bytes of the body that is
    for mark in _CONFLICT_MARK.finditer(text):
        if mark.start() >= body:
            at += len(text[seen : mark.start()].encode())
            seen = mark.start()
            while listings and listings[0][0] <= at:
                ends = max(ends, listings.popleft()[1])
        if mark.start() < body or at >= ends:
            yield mark


def _line_of(text: str, mark: re.Match[str]) -> int:
    return text.count("\n", 0, mark.start()) + 1


LARGEST = 32 * 1024 * 1024  # bytes; a story beyond that is a mistake, and Markdown of that size no reader can open
_LARGEST_BLOCK = 8 * 1024 * 1024  # characters of front matter; that of a frozen edition of 100,000 stories is smaller
_PLAIN = 64 * 1024  # characters; a longer block is no plain one, and its keys are not to be looked for line by line


class Matter(msgspec.Struct, frozen=True):
    """A Markdown file taken apart: its name, metadata by key, the text of its front matter, the body.

    ``first`` is the line in which that text begins, ``keys`` the line of each key where a parser has told,
    ``body_line`` the line in which the body begins.
    """

    shown: str
    meta: dict[str, Any]
    block: str
    body: str
    first: int = 2
    keys: Mapping[str, int] = {}
    body_line: int = 1

    def place(self, key: str) -> Place:
        """Where a key stands; the line that opens the front matter where it stands nowhere."""
        line = self.keys.get(key, 0)
        if not line and (found := re.search(rf"^{re.escape(key)}:", self.block, re.MULTILINE)):
            line = self.block.count("\n", 0, found.start()) + self.first
        return Place(self.shown, line or self.first - 1)

    def lines(self, values: Iterable[str]) -> dict[str, int]:
        """The first line that holds each of these values as a word of its own; none for those that no line does."""
        found = {}
        for value in values:
            start = self.block.find(value) if value else -1
            while start >= 0 and not _apart(self.block, start, start + len(value)):
                start = self.block.find(value, start + 1)
            if start >= 0:
                found[value] = self.block.count("\n", 0, start) + self.first
        return found


def _apart(text: str, start: int, end: int) -> bool:
    """Whether no part of a path or name goes on at either side."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or (before and before in "_/.-") or (after and after in "_/-"))


class Rules(msgspec.Struct, frozen=True):
    """What a site knows that a story file is read by."""

    zone: ZoneInfo
    sections: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # of the site's own taxonomies
    languages: tuple[str, ...] = ()  # of a site in several
    latin: bool = False  # whether addresses are transliterated


class Reading(msgspec.Struct, frozen=True):
    """A story file as read: no story where one of the problems is an error. ``data`` is the body in UTF-8."""

    story: Story | None
    data: bytes
    problems: tuple[Problem, ...]

    @property
    def body(self) -> str:
        """The body as text."""
        return self.data.decode()


def read(data: bytes, path: str, rules: Rules, shown: str = "") -> Reading:
    """The story in a file's bytes; ``path`` is the file's below content/stories, ``shown`` how a user calls it.

    Nothing is raised: whatever goes wrong is a problem of this file alone.
    """
    shown = shown or path
    try:
        return _read(data, path, rules, shown)
    except Exception as cause:  # noqa: BLE001, one file must not keep the others from being read
        return Reading(None, b"", (fault(cause, shown),))


def _read(data: bytes, path: str, rules: Rules, shown: str) -> Reading:
    matter, problems = split(data, shown, rules.keys)
    if matter is None:
        return Reading(None, b"", tuple(problems))
    values, found = fields.check(matter.meta, fields.story(rules.keys), rules.zone, matter.place)
    problems += found
    problems += _section(values.get("section", ""), rules, matter)
    body = matter.body.encode()
    if any(p.severity == "error" for p in problems):
        return Reading(None, body, tuple(problems))
    name = path.rpartition("/")[2].removesuffix(".md")
    day = values.pop("date", None) or Day(_arrived(path, rules.zone), timed=False)
    said = facts.brief(matter.body, body, 1 if values.get("summary") else summaries.PARAGRAPHS)
    if rules.languages and not values.get("lang"):
        values["lang"] = locales.filed(path, rules.languages)
    known = Story(
        path=path,
        slug=locales.home(values.get("lang", ""), rules.languages) + file_slug(name, latin=rules.latin),
        date=day.moment,
        timed=day.timed,
        body="",
        words=said.words,
        lead=said.lead,
        extract="" if values.get("summary") else summaries.extract(values["title"], said.prose),
        pictures=said.named,
        terms={key: values.pop(key) for key in rules.keys if key in values},
        extra=fields.plain({k: v for k, v in matter.meta.items() if k not in fields.STORY}),
        **values,
    )
    problems += _unworded(known.image, matter) if known.image else ()
    problems += facts.problems(said, shown, matter.body_line) if said.pictures or said.dropped or said.faults else ()
    digest = blake2b(msgspec.msgpack.encode(known), digest_size=16).digest()
    mark = blake2b(body, digest_size=16).hexdigest()
    return Reading(msgspec.structs.replace(known, body=mark, digest=digest), body, tuple(problems))


def _arrived(path: str, zone: ZoneInfo) -> dt.datetime:
    """Where a draft without a date stands in a preview: in the month in whose folder it was filed."""
    found = re.match(r"((?:19|20)\d\d)/(0[1-9]|1[0-2])/", path)
    return dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=zone) if found else dt.datetime(1970, 1, 1, tzinfo=zone)


def split(data: bytes, shown: str, texts: Collection[str] = ()) -> tuple[Matter | None, list[Problem]]:
    """A Markdown file's metadata and body, and what is wrong with its front matter. Nothing is raised.

    ``texts`` are keys that hold texts besides those of ``fields``.
    """
    try:
        return _split(data, shown, texts)
    except BroadsheetError as cause:
        return None, list(cause.problems)
    except Exception as cause:  # noqa: BLE001, as in ``read``
        return None, [fault(cause, shown)]


def checked(
    data: bytes, shown: str, known: Mapping[str, fields.Field], zone: ZoneInfo
) -> tuple[Matter | None, dict[str, Any], list[Problem]]:
    """A Markdown file taken apart, with the values of ``known`` keys; no ``Matter`` where a problem is an error."""
    matter, problems = split(data, shown)
    if matter is None:
        return None, {}, problems
    try:
        values, wrong = fields.check(matter.meta, known, zone, matter.place)
    except Exception as cause:  # noqa: BLE001, as in ``read``
        return None, {}, [*problems, fault(cause, shown)]
    problems += wrong
    return (None if any(one.severity == "error" for one in problems) else matter), values, problems


def _split(data: bytes, shown: str, texts: Collection[str]) -> tuple[Matter, list[Problem]]:
    text, start, closes, problems = _opened(data, shown)
    block, rest = text[start : closes.start() + 1], text[closes.end() :].lstrip()
    first = text.count("\n", 0, start) + 1
    body_line = text.count("\n", 0, len(text) - len(rest)) + 1
    body = rest.rstrip()
    if len(block) <= _PLAIN and (known := plain_yaml.parse(block, texts)) is not None:
        return Matter(shown, known, block, body, first, body_line=body_line), problems
    from broadsheet.content import yaml_parser

    meta, keys, wrong = yaml_parser.load(block, shown, first, texts)
    return Matter(shown, meta, block, body, first, keys, body_line), problems + wrong


def fault(cause: Exception, shown: str) -> Problem:
    """The problem of a file in whose reading something happened that nobody thought of."""
    frames = traceback.extract_tb(cause.__traceback__)
    own = [frame for frame in frames if "broadsheet" in frame.filename] or frames
    where = f"{PurePath(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    message = f"could not be read: {type(cause).__name__}: {clip(str(cause), 200)} ({where})"
    hint = "This is a bug in Broadsheet: please report it with the file. All other files were read."
    return error("file-fault", message, Place(shown), hint)


def body(data: bytes, shown: str) -> str:
    """A Markdown file's body alone, for where its metadata is known. Raises BroadsheetError without front matter."""
    text, _, closes, _ = _opened(data, shown)
    return text[closes.end() :].strip()


def dump(meta: Mapping[str, Any], body: str) -> bytes:
    """The bytes of a Markdown file with this front matter; keys keep their order, a title is always quoted."""
    from broadsheet.content import yaml_parser

    return f"---\n{yaml_parser.dump(meta)}---\n\n{body.strip()}\n".encode()


_OPENS = re.compile(r"\s*---[^\S\n]*\n")
_CLOSES = re.compile(r"\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)")  # YAML's two ends of a document
_OTHER = re.compile(r"\s*(?:\+{3}\s*\n|\{)")  # how other generators' front matter begins
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])


def _opened(data: bytes, shown: str) -> tuple[str, int, re.Match[str], list[Problem]]:
    """A file's text, where its front matter begins, what closes it, and what was mended in it or is left to resolve.

    Raises BroadsheetError for what is not so made.
    """
    if len(data) > LARGEST:
        raise fail("file-size", f"larger than {LARGEST >> 20} MiB", Place(shown), "Split the file.")
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        hint = "Save the file as UTF-8; put raw files in other encodings into the inbox."
        raise fail("file-encoding", f"byte {cause.start} is not UTF-8", Place(shown, line), hint) from cause
    mended: list[Problem] = []
    if b"\r" in data:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(data.translate(None, _CONTROLS)) != len(data) or b"\xef\xbf" in data:
        text, mended = fields.FORBIDDEN.sub("", text), _mended(text, shown)
    opens = _OPENS.match(text)
    closes = _CLOSES.search(text, opens.end() - 1, opens.end() + _LARGEST_BLOCK) if opens else None
    marked = b"<<<<<<<" in data or b">>>>>>>" in data
    conflict = conflict_in(text, shown, closes.end() if closes else 0) if marked else None
    if conflict and conflict.severity == "error":
        raise BroadsheetError(conflict)
    if opens and closes:
        return text, opens.end(), closes, [*mended, conflict] if conflict else mended
    hint = "A story begins with a line ---, then keys such as title and date, then a line ---."
    if opens:
        line = text.count("\n", 0, opens.end())
        within = f" within {_LARGEST_BLOCK >> 20} MiB" if len(text) > _LARGEST_BLOCK else ""
        raise fail("front-matter-missing", f"no line --- ends the front matter{within}", Place(shown, line), hint)
    if _OTHER.match(text):
        hint = "Stories have YAML between two lines ---. For TOML and JSON, use the inbox or: broadsheet import"
    raise fail("front-matter-missing", "no front matter", Place(shown, 1), hint)


def _unworded(image: Picture, matter: Matter) -> list[Problem]:
    """A warning for a story's picture without a text alternative; one on another host is not shown, and needs none."""
    if not image.src or image.alt or facts.remote(image.src):
        return []
    place = Place(matter.shown, matter.lines((image.src,)).get(image.src) or matter.place("image").line)
    message = f"picture {image.src!r} has no alt text"
    return [warning("picture-alt", message, place, f"{facts.WORDS}: a line 'alt: …'.")]


def _mended(text: str, shown: str) -> list[Problem]:
    """A warning where a text holds characters that are left out."""
    found = fields.FORBIDDEN.findall(text)
    if not found:
        return []
    line = text.count("\n", 0, text.index(found[0])) + 1
    message = f"{counted(len(found), 'control character')} left out: no feed may hold them"
    hint = "Compare it with its source, and save it without them."
    return [warning("file-characters", message, Place(shown, line), hint)]


def _section(section: str, rules: Rules, matter: Matter) -> list[Problem]:
    if not section or not rules.sections or section in rules.sections:
        return []
    message = f"section {section!r} is not in the setting 'sections'"
    return [warning("section-new", message, matter.place("section"), did_you_mean(section, rules.sections))]
