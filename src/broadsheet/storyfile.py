"""The only code that reads or writes front matter: bytes of a Markdown file ⇄ metadata, body and problems with lines.

In: the bytes of a file and what the site knows (time zone, sections). Out: a ``Story`` with its body, or the problems
that keep it from being one. What the keys mean is in ``fields``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import frontmatter
import msgspec
import yaml
from frontmatter.default_handlers import YAMLHandler

from broadsheet import fields
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Story
from broadsheet.words import clip, count, did_you_mean, slug

LARGEST = 32 * 1024 * 1024  # bytes; a story beyond that is a mistake, and Markdown of that size no reader can open
LEAD_LENGTH = 300  # characters of the first paragraph that stand for a summary


class Matter(msgspec.Struct, frozen=True):
    """A Markdown file taken apart: its name, metadata by key, the line of each key, the body and its first line."""

    shown: str
    meta: dict[str, Any]
    lines: dict[str, int]
    body: str
    start: int

    def place(self, key: str) -> Place:
        """Where a key stands; the front matter's first line where it stands nowhere."""
        return Place(self.shown, self.lines.get(key, 1))


class Rules(msgspec.Struct, frozen=True):
    """What a site knows that a story file is read by."""

    zone: ZoneInfo
    sections: tuple[str, ...] = ()


class Reading(msgspec.Struct, frozen=True):
    """A story file as read: no story where one of the problems is an error."""

    story: Story | None
    body: str
    problems: tuple[Problem, ...]


def read(data: bytes, path: str, rules: Rules, shown: str = "") -> Reading:
    """The story in a file's bytes; ``path`` is the file's below content/stories, ``shown`` how a user calls it."""
    shown = shown or path
    matter, problems = split(data, shown)
    if matter is None:
        return Reading(None, "", tuple(problems))
    values, found = fields.check(matter.meta, fields.STORY, rules.zone, matter.place)
    problems += found
    problems += _section(values.get("section", ""), rules, matter.place("section"))
    if any(p.severity == "error" for p in problems):
        return Reading(None, matter.body, tuple(problems))
    name = path.rpartition("/")[2].removesuffix(".md")
    day = values.pop("date")
    known = Story(
        path=path,
        slug=slug(name),
        date=day.moment,
        timed=day.timed,
        body="",
        words=count(matter.body),
        lead=lead(matter.body),
        pictures=tuple(dict.fromkeys(_PICTURE.findall(matter.body))),
        extra=fields.plain({k: v for k, v in matter.meta.items() if k not in fields.STORY}),
        **values,
    )
    digest = blake2b(msgspec.msgpack.encode(known), digest_size=16).digest()
    body = blake2b(matter.body.encode(), digest_size=16).hexdigest()
    return Reading(msgspec.structs.replace(known, body=body, digest=digest), matter.body, tuple(problems))


def split(data: bytes, shown: str) -> tuple[Matter | None, list[Problem]]:
    """A Markdown file's metadata and body, and what is wrong with its front matter as YAML."""
    if len(data) > LARGEST:
        return None, [error("file-size", f"larger than {LARGEST >> 20} MiB", Place(shown), "Split the file.")]
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        hint = "Save the file as UTF-8; raw files in other encodings belong into the inbox."
        return None, [error("file-encoding", f"byte {cause.start} is not UTF-8", Place(shown, line), hint)]
    text = _FORBIDDEN.sub("", text)
    opening = _BLOCK.match(text)
    if not opening:
        hint = "The file begins with a line ---, then keys such as title and date, then a line ---."
        return None, [error("front-matter-missing", "no front matter", Place(shown, 1), hint)]
    try:
        meta, body = frontmatter.parse(text, handler=_YAML)
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)
        message = f"front matter is not YAML: {getattr(cause, 'problem', None) or cause}"
        hint = 'Text with a colon, a quote or # stands in quotes: title: "One: two".'
        return None, [error("front-matter-syntax", message, Place(shown, mark.line + 2 if mark else 1), hint)]
    except (ValueError, OverflowError):  # a date that is none: kept as text, so that the key's own check names its line
        meta, body = frontmatter.parse(text, handler=_LENIENT)
    except RecursionError:
        return None, [error("front-matter-depth", "front matter is nested too deeply", Place(shown, 1))]
    if not all(isinstance(key, str) for key in meta) or (not meta and _WRITTEN.search(opening[1])):
        return None, [error("front-matter-type", "front matter is not keys with values", Place(shown, 2))]
    lines, problems = _key_lines(opening[1], shown)
    return Matter(shown, meta, lines, body, text.count("\n", 0, opening.end()) + 1), problems


def dump(meta: Mapping[str, Any], body: str) -> bytes:
    """The bytes of a Markdown file with this front matter; keys keep their order, a title is always quoted."""
    quoted = {key: _Quoted(value) if key == "title" else value for key, value in meta.items()}
    block = yaml.dump(quoted, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    block = _TITLE.sub(lambda line: _ASTRAL.sub(lambda code: f"{code[1]}{chr(int(code[2], 16))}", line[0]), block)
    return f"---\n{block}---\n\n{body.strip()}\n".encode()


def lead(body: str) -> str:
    """The first paragraph of a Markdown body as plain text, at most 300 characters."""
    for block in _PARAGRAPHS.split(body[:20_000].strip()):
        if block and not _NO_PARAGRAPH.match(block):
            return clip(_ESCAPE.sub(r"\1", _EMPHASIS.sub("", _LINK.sub(r"\1", block))), LEAD_LENGTH)
    return ""


class _Lenient(yaml.CSafeLoader):
    """The same YAML without dates: they stay text."""


_Lenient.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _LenientHandler(YAMLHandler):
    def load(self, fm: str, **_: Any) -> Any:
        return yaml.load(fm, Loader=_Lenient)  # noqa: S506, it is a safe loader


_YAML = YAMLHandler()
_LENIENT = _LenientHandler()


class _Quoted(str):
    __slots__ = ()


class _Dumper(yaml.CSafeDumper):
    """libyaml's writer, which can be taught how a title is written."""


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)

_BLOCK = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^---[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_WRITTEN = re.compile(r"^\s*[^\s#]", re.MULTILINE)
_KEY = re.compile(r"^[\"']?([^\s\"'#:][^\"':]*)[\"']?\s*:(?=\s|$)", re.MULTILINE)
_TITLE = re.compile(r"^title: \".*\"$", re.MULTILINE)
_ASTRAL = re.compile(r"(?<!\\)((?:\\\\)*)\\U([0-9A-F]{8})")  # libyaml escapes emoji between double quotes
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # XML 1.0 forbids them, and so do feeds
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n")
_NO_PARAGRAPH = re.compile(r"\s*(#|>|!\[|[-*+]\s|\d+[.)]\s|\||```|<|---)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(?<!\\)[*_`]+(?=\S)|(?<=\S)(?<!\\)[*_`]+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def _key_lines(block: str, shown: str) -> tuple[dict[str, int], list[Problem]]:
    """The line of every top-level key, and a problem for each key that stands twice: YAML would keep the last."""
    lines: dict[str, int] = {}
    problems = []
    for match in _KEY.finditer(block):
        line = block.count("\n", 0, match.start()) + 2
        if match[1] in lines:
            message = f"{match[1]!r} stands twice, first in line {lines[match[1]]}"
            problems.append(error("key-twice", message, Place(shown, line), "Keep one of the two."))
        lines.setdefault(match[1], line)
    return lines, problems


def _section(section: str, rules: Rules, place: Place) -> list[Problem]:
    if not section or not rules.sections or section in rules.sections:
        return []
    hint = did_you_mean(section, rules.sections)
    return [warning("section-new", f"section {section!r} is not among the site's sections", place, hint)]
