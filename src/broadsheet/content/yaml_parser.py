"""Front matter of any kind, as YAML's own parser reads it and writer writes it, within bounds.

In: the text of a block, or keys with values. Out: the other. Loaded where a block is not of the plain kind: the parser
takes longer to load than a hundred stories to be read.

Values are built here from the parser's events, and not by its constructor: that one unfolds aliases without end, keeps
the last of two equal keys without a word, and takes the headline 12:30 for 750. What a text is, is how it was typed.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import yaml
from frontmatter.default_handlers import YAMLHandler
from yaml import events, nodes

from broadsheet.content import fields
from broadsheet.content.plain_yaml import KEYS
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, warning
from broadsheet.text import clip

MOST = 120_000  # values in one block, counted through aliases; a frozen edition of 100,000 stories has fewer
DEEPEST = 32  # levels of lists and keys below one another
_LONGEST_NUMBER = 64  # characters; what is longer and looks like a number or a date stays text
_LARGEST_NUMBER = 2**63 - 1  # what the cache holds; a larger number stays text


class Loaded(NamedTuple):
    """A block as read: its keys and values, the line of each key in the file, and what is wrong with it."""

    meta: dict[str, Any]
    lines: dict[str, int]
    problems: list[Problem]


def load(block: str, shown: str, first: int = 2, texts: Collection[str] = ()) -> Loaded:
    """What a block means that begins in the line ``first`` of the file ``shown``.

    ``texts`` are keys that hold texts besides those of ``fields``.

    Raises BroadsheetError with the line: ``front-matter-syntax``, ``front-matter-type``, ``front-matter-depth`` and
    ``front-matter-size``.
    """
    text = _BREAKS.sub(" ", block)
    try:
        return _loaded(text, shown, first, texts)
    except yaml.YAMLError as cause:
        wrong = cause
    with_items = _LIST.sub(_without_gaps, text)
    try:
        if with_items != text:
            return _loaded(with_items, shown, first, texts)
    except yaml.YAMLError:
        pass  # it is wrong in another way
    raise _not_yaml(wrong, text, shown, first) from wrong


def _loaded(block: str, shown: str, first: int, texts: Collection[str]) -> Loaded:
    loaded: Loaded = _YAML.load(block, Loader=functools.partial(_Loader, shown=shown, first=first, texts=texts))
    return loaded


def _without_gaps(found: re.Match[str]) -> str:
    """A list without items that are empty, which YAML takes for a mistake: [ , ] or [a, , b]."""
    return f"{found[1]}[{', '.join(filter(None, map(str.strip, found[2].split(','))))}]"


def dump(meta: Mapping[str, Any]) -> str:
    """The block of these keys and values, in their order; a title is always quoted."""
    quoted = {key: _Quoted(value) if key == "title" else value for key, value in meta.items()}
    block = yaml.dump(quoted, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    return _TITLE.sub(lambda line: _ASTRAL.sub(lambda code: f"{code[1]}{chr(int(code[2], 16))}", line[0]), block)


class _Loader(yaml.CSafeLoader):
    """One block's reading. Python's own recursion is bounded by ``DEEPEST``."""

    def __init__(self, stream: str, shown: str, first: int, texts: Collection[str]) -> None:
        super().__init__(stream)
        self._shown = shown
        self._first = first
        self._texts = texts
        self._block = stream
        self._hashes = "#" in stream
        self._flow = 0  # how many brackets are open
        self._count = 0
        self._anchors: dict[str, tuple[Any, int]] = {}  # a value, and how many values are in it
        self._open: set[str] = set()  # anchors of what is being read
        self._lines: dict[str, int] = {}  # of the outermost keys
        self._problems: list[Problem] = []

    @functools.cached_property
    def _rows(self) -> list[str]:
        return self._block.split("\n")

    def get_single_data(self) -> Loaded:
        """The whole block: what ``yaml.load`` asks a loader for."""
        self.get_event()  # the stream's beginning
        if self.check_event(events.StreamEndEvent):
            return Loaded({}, {}, [])
        self.get_event()  # the document's
        event = self.get_event()
        if type(event) is not events.MappingStartEvent:
            raise fail("front-matter-type", "front matter is not keys with values", self._place(event), _KEYED)
        meta = self._value(event, 1, text=False)
        self.get_event()  # the document's end
        if not self.check_event(events.StreamEndEvent):
            raise fail(
                "front-matter-syntax",
                "front matter is not YAML: a second document begins here",
                self._place(self.get_event()),
            )
        return Loaded(meta, self._lines, self._problems)

    def _value(self, event: Any, depth: int, *, text: bool) -> Any:
        """What an event begins; ``text`` where plain values are texts as they were typed."""
        self._counted(1, event)
        kind = type(event)
        if kind is events.AliasEvent:
            return self._alias(event, text=text)
        if kind is events.ScalarEvent:
            if text:
                return self._typed(event)
            value = self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = value, 0
            return value
        if depth > DEEPEST:
            raise fail("front-matter-depth", "front matter is nested too deeply", self._place(event))
        read = self._sequence if kind is events.SequenceStartEvent else self._mapping
        name, before = event.anchor, self._count
        if name is None:
            return read(event, depth, text=text)
        self._open.add(name)
        value = read(event, depth, text=text)
        self._open.discard(name)
        self._anchors[name] = value, self._count - before
        return value

    def _alias(self, event: Any, *, text: bool) -> Any:
        name = event.anchor
        if name in self._open:
            message = f"the alias *{clip(name, 60)} is used inside its own definition"
            raise fail("front-matter-depth", message, self._place(event), "Take it out.")
        if name not in self._anchors:
            message = f"front matter is not YAML: there is no &{clip(name, 60)} that an alias refers to"
            raise fail("front-matter-syntax", message, self._place(event), self._quoted(event))
        value, size = self._anchors[name]
        if text and not isinstance(value, list | dict):
            message = f"*{clip(name, 60)} is an alias in YAML, not text"
            raise fail("front-matter-syntax", message, self._place(event), self._quoted(event))
        self._counted(size, event)
        return value

    def _sequence(self, start: Any, depth: int, *, text: bool) -> list[Any]:
        self._tagged(start, "seq")
        self._flow += start.flow_style
        found: list[Any] = []
        while type(event := self.get_event()) is not events.SequenceEndEvent:
            found.append(self._value(event, depth + 1, text=text))
        self._flow -= start.flow_style
        return found

    def _mapping(self, start: Any, depth: int, *, text: bool) -> dict[str, Any]:
        self._tagged(start, "map")
        self._flow += start.flow_style
        lines = self._lines if depth == 1 else {}
        found: dict[str, Any] = {}
        merged: list[Any] = []
        event: Any
        while type(event := self.get_event()) is not events.MappingEndEvent:
            key = self._key(event, outermost=depth == 1)
            value = self._value(
                below := self.get_event(), depth + 1, text=self._holds_text(key, depth, below, text=text)
            )
            line = event.start_mark.line + self._first
            if key == "<<" and not event.style:
                merged += value if isinstance(value, list) else [value]
                continue
            if key in lines:
                message = f"{clip(key, 60)!r} is there twice, first in line {lines[key]}"
                self._problems.append(error("key-twice", message, Place(self._shown, line), "Keep one of the two."))
            elif len(lines) >= KEYS and depth == 1:
                raise fail("front-matter-size", f"front matter has more than {KEYS} keys", self._place(event))
            lines.setdefault(key, line)
            found[key] = value
        self._flow -= start.flow_style
        for other in merged:
            if not isinstance(other, dict):
                raise fail(
                    "front-matter-syntax", "front matter is not YAML: << takes keys with values", self._place(start)
                )
            found = {**other, **found}
        return found

    def _key(self, event: Any, *, outermost: bool) -> str:
        self._counted(1, event)
        if type(event) is not events.ScalarEvent:
            raise fail(
                "front-matter-type",
                "front matter has a list or a mapping where a key should be",
                self._place(event),
                _KEYED,
            )
        key = str(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = key, 1
        if outermost and key != "<<" and not isinstance(self._scalar(event), str):
            message = f"the key {clip(key, 60)!r} is not text in YAML"
            raise fail("front-matter-type", message, self._place(event), f'Put it in quotes: "{clip(key, 60)}".')
        return key

    def _holds_text(self, key: str, depth: int, event: Any, *, text: bool) -> bool:
        """Whether a key holds texts; ``text`` is whether the key above it does."""
        if depth > 1:
            return text and key != "date"
        name = key.lower()
        worded = name in fields.WORDED and type(event) is not events.ScalarEvent
        return name in fields.TEXT or worded or key in self._texts

    def _typed(self, event: Any) -> str | None:
        """A text as it was typed. Raises BroadsheetError where a part of it would be lost to YAML."""
        if event.anchor is not None or event.tag not in (None, f"{_TAG}str"):
            mark = "an anchor" if event.anchor is not None else "a tag"
            message = f"the first word is {mark} in YAML, not part of the text"
            raise fail("front-matter-syntax", message, self._place(event), self._quoted(event))
        text: str = event.value
        mark = text if not event.style else event.style if not text.strip() else ""
        if mark in _NOTHING:
            hint = f"Delete the line, or: {self._quoted(event)}"
            self._warn("text-null", f"{mark} is read as nothing", event, hint)
            text = ""
        if self._hashes:
            text = self._commented(event, text)
        return text if text or event.style else None

    def _commented(self, event: Any, text: str) -> str:
        """A text with what follows # in its line, where that belongs to it; YAML takes it for a comment.

        A mark that a blank follows begins one: "World # to be checked" is not to be printed. "Platform #9" is.
        """
        rest = self._rows[event.end_mark.line][event.end_mark.column :]
        found = _COMMENT.match(rest)
        if not found:
            return text
        comment = rest[found.end() - 1 :]
        tagged = comment[1:2].strip() != "" or found[0] == "#"
        if tagged and not event.style and not self._flow:
            text = f"{text}{_NEXT.split(rest)[0]}".strip()
            message = f"what follows # is read as part of the text: {clip(text, 100)!r}"
            self._warn("text-hash", message, event, f"{self._quoted(event)}. Write a comment on a line of its own.")
        elif tagged or not (event.style or "," in found[0]):
            message = f"what follows # is taken for a comment: {clip(comment, 100)!r}"
            self._warn("text-hash", message, event, f"{self._quoted(event)}. Write a comment on a line of its own.")
        return text

    def _scalar(self, event: Any) -> Any:
        """A text, or what YAML takes a plain one for: nothing, true or false, a number, a date."""
        text, tag = event.value, event.tag
        if tag is None or tag == "!":
            if event.style or (tag and not text):  # "!" alone is an empty text to libyaml
                return text
            tag = next((tag for tag, rule in _PLAIN.get(text[:1], ()) if rule.match(text)), "")
        elif tag not in _MAKE and tag != f"{_TAG}str":
            self._tagged(event, "str")
        make = _MAKE.get(tag)
        if make is None or len(text) > _LONGEST_NUMBER:
            return text
        try:
            value = make(self, nodes.ScalarNode(tag, text, event.start_mark, event.end_mark))
        except (ValueError, OverflowError, LookupError, AttributeError):  # 30 February, 0x_
            return text  # so that the key's own check names its line
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _LARGEST_NUMBER):
            return text
        return value

    def _tagged(self, start: Any, kind: str) -> None:
        if start.tag not in (None, "!", f"{_TAG}{kind}"):
            message = f"front matter is not YAML: the tag {clip(start.tag, 60)!r} is unknown"
            raise fail("front-matter-syntax", message, self._place(start), self._quoted(start))

    def _counted(self, size: int, event: Any) -> None:
        self._count += size
        if self._count > MOST:
            message = f"front matter holds more than {MOST} values"
            unfolds = type(event) is events.AliasEvent
            hint = "It is an alias that contains itself over and over: delete it." if unfolds else ""
            raise fail("front-matter-size", message, self._place(event), hint)

    def _quoted(self, event: Any) -> str:
        return _quoted(self._rows[event.start_mark.line])

    def _warn(self, code: str, message: str, event: Any, hint: str) -> None:
        self._problems.append(warning(code, message, self._place(event), hint))

    def _place(self, event: Any) -> Place:
        return Place(self._shown, event.start_mark.line + self._first)


def _not_yaml(cause: yaml.YAMLError, block: str, shown: str, first: int) -> BroadsheetError:
    """The problem of a block that the parser refuses, with the line that is to be put right."""
    found = getattr(cause, "problem", None) or getattr(cause, "reason", None) or "it cannot be parsed"
    mark, context = getattr(cause, "problem_mark", None), str(getattr(cause, "context", ""))
    if context.startswith(("while scanning", "while parsing a flow")):  # an open quote is only missed at the very end
        mark = getattr(cause, "context_mark", None) or mark
    line = mark.line if mark else block.encode()[: getattr(cause, "position", 0)].count(b"\n")
    rows = block.rstrip().split("\n")
    line = min(line, len(rows) - 1)  # a bracket that is open at the end
    row = rows[line]
    hint = "Indent with spaces: YAML does not allow tabs there." if re.match(r" *\t", row) else _quoted(row)
    if found == "did not find expected key" and row.startswith("-"):  # as where only the line "review:" was deleted
        hint = "Delete the line, or write above it the key that this list belongs to, such as topics:"
    opened = re.search(r"expected ',' or '([\]}])'", found)
    if opened:  # the editor may have meant a list, or a text that begins with a bracket
        hint = f"Close what is opened here with {opened[1]}. If it is a text: {hint[:1].lower()}{hint[1:]}"
    return fail("front-matter-syntax", f"front matter is not YAML: {found}", Place(shown, line + first), hint)


def _quoted(row: str) -> str:
    """How to write a line whose text is not YAML without quotes."""
    found = _TEXT.fullmatch(row)
    if not found or len(found[2]) > _LONGEST_HINT:
        return _QUOTES
    text = found[2]
    single = '"' in text or "\\" in text
    written = "'" + text.replace("'", "''") + "'" if single else f'"{text}"'
    return f"Put the text in quotes: {found[1]}{written}"


class _Quoted(str):
    __slots__ = ()


class _Dumper(yaml.CSafeDumper):
    """libyaml's writer, which can be taught how a title is written."""


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)

_YAML = YAMLHandler()

_TAG = "tag:yaml.org,2002:"
_MAKE: dict[str, Callable[[Any, Any], Any]] = {
    f"{_TAG}null": yaml.CSafeLoader.construct_yaml_null,
    f"{_TAG}bool": yaml.CSafeLoader.construct_yaml_bool,
    f"{_TAG}int": yaml.CSafeLoader.construct_yaml_int,
    f"{_TAG}float": yaml.CSafeLoader.construct_yaml_float,
    f"{_TAG}timestamp": yaml.CSafeLoader.construct_yaml_timestamp,
}
_PLAIN = yaml.CSafeLoader.yaml_implicit_resolvers  # what a plain scalar is, by its first character
_NOTHING = ("~", "null", "|", ">")  # as programs write it (Null is a name), and what begins a text of several lines
_COMMENT = re.compile(r"[ \t]*(?:,[ \t]*)?#")
_NEXT = re.compile(r"[ \t]#(?=[ \t]|$)")
_BREAKS = re.compile("[\x85\u2028\u2029]")  # end a line for YAML and for no editor
_TEXT = re.compile(r" *((?:- +)*[\w-]+: +|- +)(\S.*?)\s*")
_LONGEST_HINT = 120  # characters of a text that is shown in quotes
_LIST = re.compile(r"^( *(?:- +)*[\w-]+:[ \t]*)\[([^\[\]{}\"'#\n]*)\][ \t]*$", re.MULTILINE)  # of plain items
_QUOTES = 'Put text with a colon, a quote or # in quotes: title: "One: two".'
_KEYED = 'Write a line for each key, such as title: "One".'

_TITLE = re.compile(r"^title: \".*\"$", re.MULTILINE)
_ASTRAL = re.compile(r"(?<!\\)((?:\\\\)*)\\U([0-9A-F]{8})")  # libyaml escapes emoji between double quotes
