"""The only code that reads or writes front matter: bytes of a Markdown file ⇄ metadata, body and problems with lines.

In: the bytes of a file and what the site knows (time zone, sections). Out: a ``Story`` with its body, or the problems
that keep it from being one. What the keys mean is in ``fields``.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, warning
from broadsheet.model import Picture, Story
from broadsheet.storyfile import conflicts, facts, fields, plain
from broadsheet.words import did_you_mean, slug

LARGEST = 32 * 1024 * 1024  # bytes; a story beyond that is a mistake, and Markdown of that size no reader can open


class Matter(msgspec.Struct, frozen=True):
    """A Markdown file taken apart: its name, metadata by key, the text of its front matter, the body and its line."""

    shown: str
    meta: dict[str, Any]
    block: str
    body: str
    first: int = 1

    def place(self, key: str) -> Place:
        """Where a key stands; the front matter's first line where it stands nowhere."""
        lines = (_line(self.block, found) for found in _KEY.finditer(self.block) if found[1] == key)
        return Place(self.shown, next(lines, 1))

    def lines(self, values: Iterable[str]) -> dict[str, int]:
        """The first line that holds each of these values as a word of its own; none for those that no line does."""
        found = {}
        for value in values:
            start = self.block.find(value) if value else -1
            while start >= 0 and not _apart(self.block, start, start + len(value)):
                start = self.block.find(value, start + 1)
            if start >= 0:
                found[value] = self.block.count("\n", 0, start) + 2
        return found


def _apart(text: str, start: int, end: int) -> bool:
    """Whether no part of a path or name goes on at either side."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or (before and before in "_/.-") or (after and after in "_/-"))


class Rules(msgspec.Struct, frozen=True):
    """What a site knows that a story file is read by."""

    zone: ZoneInfo
    sections: tuple[str, ...] = ()


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
    """The story in a file's bytes; ``path`` is the file's below content/stories, ``shown`` how a user calls it."""
    shown = shown or path
    matter, problems = split(data, shown)
    if matter is None:
        return Reading(None, b"", tuple(problems))
    values, found = fields.check(matter.meta, fields.STORY, rules.zone, matter.place)
    problems += found
    problems += _section(values.get("section", ""), rules, matter)
    body = matter.body.encode()
    if any(p.severity == "error" for p in problems):
        return Reading(None, body, tuple(problems))
    name = path.rpartition("/")[2].removesuffix(".md")
    day = values.pop("date")
    said = facts.brief(matter.body, body)
    known = Story(
        path=path,
        slug=slug(name),
        date=day.moment,
        timed=day.timed,
        body="",
        words=said.words,
        lead=said.lead,
        pictures=said.named,
        extra=fields.plain({k: v for k, v in matter.meta.items() if k not in fields.STORY}),
        **values,
    )
    problems += _unworded(known.image, matter) if known.image else ()
    problems += facts.problems(said, shown, matter.first) if said.pictures or said.dropped else ()
    digest = blake2b(msgspec.msgpack.encode(known), digest_size=16).digest()
    mark = blake2b(body, digest_size=16).hexdigest()
    return Reading(msgspec.structs.replace(known, body=mark, digest=digest), body, tuple(problems))


def split(data: bytes, shown: str) -> tuple[Matter | None, list[Problem]]:
    """A Markdown file's metadata and body, and what is wrong with its front matter as YAML."""
    try:
        text, start, end = _opened(data, shown)
    except BroadsheetError as cause:
        return None, [cause.problem]
    block = text[start : text.rindex("---", start, end)]
    rest = text[end:].lstrip()
    body, first = rest.rstrip(), text.count("\n", 0, len(text) - len(rest)) + 1
    left = conflicts.problem(text, shown, end) if b"<<<<<<<" in data else None
    problems = [left] if left else []
    known = plain.parse(block)
    if known is not None:
        return Matter(shown, known, block, body, first), problems
    from broadsheet.storyfile import anyyaml

    try:
        meta = anyyaml.load(block) if _WRITTEN.search(block) else {}
    except anyyaml.NotYamlError as cause:
        hint = 'Text with a colon, a quote or # stands in quotes: title: "One: two".'
        place = Place(shown, 1 if cause.line is None else cause.line + 2)
        return None, [error("front-matter-syntax", f"front matter is not YAML: {cause}", place, hint)]
    except RecursionError:
        return None, [error("front-matter-depth", "front matter is nested too deeply", Place(shown, 1))]
    if not isinstance(meta, dict) or not all(isinstance(key, str) for key in meta):
        return None, [error("front-matter-type", "front matter is not keys with values", Place(shown, 2))]
    return Matter(shown, meta, block, body, first), [*problems, *_twice(block, shown)]


def body(data: bytes, shown: str) -> str:
    """A Markdown file's body alone, for where its metadata is known. Raises BroadsheetError without front matter."""
    text, _, end = _opened(data, shown)
    return text[end:].strip()


def dump(meta: Mapping[str, Any], body: str) -> bytes:
    """The bytes of a Markdown file with this front matter; keys keep their order, a title is always quoted."""
    from broadsheet.storyfile import anyyaml

    return f"---\n{anyyaml.dump(meta)}---\n\n{body.strip()}\n".encode()


_OPENS = re.compile(r"\s*---[^\S\n]*\n")
_CLOSES = re.compile(r"^---[^\S\n]*(?:\n|\Z)", re.MULTILINE)
_WRITTEN = re.compile(r"^\s*[^\s#]", re.MULTILINE)
_KEY = re.compile(r"^[\"']?([^\s\"'#:][^\"':]*)[\"']?\s*:(?=\s|$)", re.MULTILINE)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # XML 1.0 forbids them, and so do feeds
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])


def _opened(data: bytes, shown: str) -> tuple[str, int, int]:
    """A file's text, and where its front matter begins and its body. Raises BroadsheetError for what is not so made."""
    if len(data) > LARGEST:
        raise fail("file-size", f"larger than {LARGEST >> 20} MiB", Place(shown), "Split the file.")
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        hint = "Save the file as UTF-8; raw files in other encodings belong into the inbox."
        raise fail("file-encoding", f"byte {cause.start} is not UTF-8", Place(shown, line), hint) from cause
    if b"\r" in data:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(data.translate(None, _CONTROLS)) != len(data) or b"\xef\xbf" in data:
        text = _FORBIDDEN.sub("", text)
    opens = _OPENS.match(text)
    closes = _CLOSES.search(text, opens.end()) if opens else None
    if b"<<<<<<<" in data or b">>>>>>>" in data:
        conflicts.refuse(text, shown, closes.end() if closes else 0)
    if not opens or not closes:
        hint = "The file begins with a line ---, then keys such as title and date, then a line ---."
        raise fail("front-matter-missing", "no front matter", Place(shown, 1), hint)
    return text, opens.end(), closes.end()


def _twice(block: str, shown: str) -> list[Problem]:
    """A problem for each key that stands twice: YAML would keep the last and say nothing."""
    names = _KEY.findall(block)
    if len(set(names)) == len(names):
        return []
    first: dict[str, int] = {}
    problems = []
    for found in _KEY.finditer(block):
        line = _line(block, found)
        if found[1] in first:
            message = f"{found[1]!r} stands twice, first in line {first[found[1]]}"
            problems.append(error("key-twice", message, Place(shown, line), "Keep one of the two."))
        first.setdefault(found[1], line)
    return problems


def _line(block: str, found: re.Match[str]) -> int:
    """The line in the file of what was found in its front matter, which begins in line 2."""
    return block.count("\n", 0, found.start()) + 2


def _unworded(image: Picture, matter: Matter) -> list[Problem]:
    """A warning for a story's picture without a text alternative; one on another host is not shown, and needs none."""
    if not image.src or image.alt or facts.remote(image.src):
        return []
    place = Place(matter.shown, matter.lines((image.src,)).get(image.src) or matter.place("image").line)
    message = f"picture {image.src!r} has no alt text"
    return [warning("picture-alt", message, place, f"{facts.WORDS}: a line 'alt: …'.")]


def _section(section: str, rules: Rules, matter: Matter) -> list[Problem]:
    if not section or not rules.sections or section in rules.sections:
        return []
    message = f"section {section!r} is not among the site's sections"
    return [warning("section-new", message, matter.place("section"), did_you_mean(section, rules.sections))]
