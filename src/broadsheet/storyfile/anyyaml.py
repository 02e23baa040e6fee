"""Front matter of any kind, as YAML's own parser reads it and writer writes it, within bounds.

In: the text of a block, or keys with values. Out: the other. Loaded where a block is not of the plain kind: the parser
takes longer to load than a hundred stories to be read.

Values are built here from the parser's events, and not by its constructor: that one unfolds aliases without end and
keeps the last of two equal keys without a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, NamedTuple

import yaml
from frontmatter.default_handlers import YAMLHandler
from yaml import events, nodes

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail
from broadsheet.storyfile.plain import KEYS
from broadsheet.words import clip

MOST = 120_000  # values in one block, counted through aliases; a frozen edition of 100,000 stories has fewer
DEEPEST = 32  # levels of lists and keys below one another
_LONGEST_NUMBER = 64  # characters; what is longer and looks like a number or a date stays text
_LARGEST_NUMBER = 2**63 - 1  # what the cache holds; a larger number stays text


class Loaded(NamedTuple):
    """A block as read: its keys and values, the line of each key in the file, and what is wrong with it."""

    meta: dict[str, Any]
    lines: dict[str, int]
    problems: list[Problem]


def load(block: str, shown: str, first: int = 2) -> Loaded:
    """What a block means that begins in the line ``first`` of the file ``shown``.

    Raises BroadsheetError with the line: ``front-matter-syntax``, ``front-matter-type``, ``front-matter-depth`` and
    ``front-matter-size``.
    """
    text = _BREAKS.sub(" ", block)
    try:
        loaded: Loaded = _YAML.load(text, Loader=partial(_Loader, shown=shown, first=first))
    except yaml.YAMLError as cause:
        raise _not_yaml(cause, text, shown, first) from cause
    return loaded


def dump(meta: Mapping[str, Any]) -> str:
    """The block of these keys and values, in their order; a title is always quoted."""
    quoted = {key: _Quoted(value) if key == "title" else value for key, value in meta.items()}
    block = yaml.dump(quoted, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    return _TITLE.sub(lambda line: _ASTRAL.sub(lambda code: f"{code[1]}{chr(int(code[2], 16))}", line[0]), block)


class _Loader(yaml.CSafeLoader):
    """One block's reading. Python's own recursion is bounded by ``DEEPEST``."""

    def __init__(self, stream: str, shown: str, first: int) -> None:
        super().__init__(stream)
        self._shown = shown
        self._first = first
        self._block = stream
        self._count = 0
        self._anchors: dict[str, tuple[Any, int]] = {}  # a value, and how many values are in it
        self._open: set[str] = set()  # anchors of what is being read
        self._lines: dict[str, int] = {}  # of the outermost keys
        self._problems: list[Problem] = []

    def get_single_data(self) -> Loaded:
        """The whole block: what ``yaml.load`` asks a loader for."""
        self.get_event()  # the stream's beginning
        if self.check_event(events.StreamEndEvent):
            return Loaded({}, {}, [])
        self.get_event()  # the document's
        event = self.get_event()
        if type(event) is not events.MappingStartEvent:
            raise fail("front-matter-type", "front matter is not keys with values", self._place(event), _KEYED)
        meta = self._value(event, 1)
        self.get_event()  # the document's end
        if not self.check_event(events.StreamEndEvent):
            raise fail(
                "front-matter-syntax",
                "front matter is not YAML: a second document begins here",
                self._place(self.get_event()),
            )
        return Loaded(meta, self._lines, self._problems)

    def _value(self, event: Any, depth: int) -> Any:
        self._counted(1, event)
        kind = type(event)
        if kind is events.AliasEvent:
            return self._alias(event)
        if kind is not events.ScalarEvent and depth > DEEPEST:
            raise fail("front-matter-depth", "front matter is nested too deeply", self._place(event))
        read = self._READ[kind]
        return read(self, event, depth) if event.anchor is None else self._anchored(event, read, depth)

    def _anchored(self, event: Any, read: Any, depth: int) -> Any:
        """What ``read`` makes of an event that has a name, kept for the aliases that mean it."""
        name, before = event.anchor, self._count
        self._open.add(name)
        value = read(self, event, depth)
        self._open.discard(name)
        self._anchors[name] = value, self._count - before
        return value

    def _alias(self, event: Any) -> Any:
        name = event.anchor
        if name in self._open:
            message = f"the alias *{clip(name, 60)} stands inside of what it means"
            raise fail("front-matter-depth", message, self._place(event), "Take it out.")
        if name not in self._anchors:
            message = f"front matter is not YAML: nothing is called &{clip(name, 60)}, which an alias means"
            raise fail("front-matter-syntax", message, self._place(event), self._quoted(event))
        value, size = self._anchors[name]
        self._counted(size, event)
        return value

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        self._tagged(start, "seq")
        found: list[Any] = []
        while type(event := self.get_event()) is not events.SequenceEndEvent:
            found.append(self._value(event, depth + 1))
        return found

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        self._tagged(start, "map")
        lines = self._lines if depth == 1 else {}
        found: dict[str, Any] = {}
        merged: list[Any] = []
        event: Any
        while type(event := self.get_event()) is not events.MappingEndEvent:
            key = self._key(event, outermost=depth == 1)
            value = self._value(self.get_event(), depth + 1)
            line = event.start_mark.line + self._first
            if key == "<<" and not event.style:
                merged += value if isinstance(value, list) else [value]
                continue
            if key in lines:
                message = f"{clip(key, 60)!r} stands twice, first in line {lines[key]}"
                self._problems.append(error("key-twice", message, Place(self._shown, line), "Keep one of the two."))
            elif len(lines) >= KEYS and depth == 1:
                raise fail("front-matter-size", f"front matter has more than {KEYS} keys", self._place(event))
            lines.setdefault(key, line)
            found[key] = value
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
                "front-matter-type", "front matter has a list or keys in the place of a key", self._place(event), _KEYED
            )
        key = str(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = key, 1
        if outermost and key != "<<" and not isinstance(self._scalar(event, 1), str):
            message = f"the key {clip(key, 60)!r} is no text to YAML"
            raise fail("front-matter-type", message, self._place(event), f'Put it in quotes: "{clip(key, 60)}".')
        return key

    def _scalar(self, event: Any, _depth: int) -> Any:
        """A text, or what YAML takes a plain one for: nothing, true or false, a number, a date."""
        text, tag = event.value, event.tag
        if tag is None or tag == "!":
            if event.style:
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

    _READ: ClassVar[dict[type, Callable[[_Loader, Any, int], Any]]] = {
        events.ScalarEvent: _scalar,
        events.SequenceStartEvent: _sequence,
        events.MappingStartEvent: _mapping,
    }

    def _tagged(self, start: Any, kind: str) -> None:
        if start.tag not in (None, "!", f"{_TAG}{kind}"):
            message = f"front matter is not YAML: the tag {clip(start.tag, 60)!r} is unknown"
            raise fail("front-matter-syntax", message, self._place(start), self._quoted(start))

    def _counted(self, size: int, event: Any) -> None:
        self._count += size
        if self._count > MOST:
            message = f"front matter holds more than {MOST} values"
            unfolds = type(event) is events.AliasEvent
            hint = "It is an alias, which stands for ever more of itself: take it out." if unfolds else ""
            raise fail("front-matter-size", message, self._place(event), hint)

    def _quoted(self, event: Any) -> str:
        return _quoted(self._block.split("\n")[event.start_mark.line])

    def _place(self, event: Any) -> Place:
        return Place(self._shown, event.start_mark.line + self._first)


def _not_yaml(cause: yaml.YAMLError, block: str, shown: str, first: int) -> BroadsheetError:
    """The problem of a block that the parser refuses, with the line that is to be put right."""
    found = getattr(cause, "problem", None) or getattr(cause, "reason", None) or "it cannot be parsed"
    mark, context = getattr(cause, "problem_mark", None), str(getattr(cause, "context", ""))
    if context.startswith(("while scanning", "while parsing a flow")):  # an open quote is only missed at the very end
        mark = getattr(cause, "context_mark", None) or mark
    line = mark.line if mark else block.encode()[: getattr(cause, "position", 0)].count(b"\n")
    row = (block.split("\n")[line : line + 1] or [""])[0]
    hint = "Indent with blanks: YAML takes no tabs there." if re.match(r" *\t", row) else _quoted(row)
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
_BREAKS = re.compile("[\x85\u2028\u2029]")  # end a line for YAML and for no editor
_TEXT = re.compile(r" *((?:- +)*[\w-]+: +|- +)(\S.*?)\s*")
_LONGEST_HINT = 120  # characters of a text that is shown in quotes
_QUOTES = 'Text with a colon, a quote or # stands in quotes: title: "One: two".'
_KEYED = 'Write a line for each key, such as title: "One".'

_TITLE = re.compile(r"^title: \".*\"$", re.MULTILINE)
_ASTRAL = re.compile(r"(?<!\\)((?:\\\\)*)\\U([0-9A-F]{8})")  # libyaml escapes emoji between double quotes
