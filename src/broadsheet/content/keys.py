"""Keys: a key of a file's front matter is given a value, in the text as an editor wrote it.

In: the bytes of a Markdown file, a key, its value. Out: the same bytes with the lines of that key. All other lines are
as they were, byte for byte: comments, blank lines, order, quotes, line ends, a byte order mark, the body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from broadsheet.content import fields, yaml_parser
from broadsheet.content.files import Matter, split
from broadsheet.errors import BroadsheetError, fail


class _Edit(NamedTuple):
    """What becomes of a line of front matter, -1 being the one before: its text, None as it is; lines after it."""

    line: int
    text: str | None
    after: Sequence[str] = ()


def put(data: bytes, key: str, value: Any, shown: str) -> bytes:
    """A file's bytes with a value for a key that has none, or one in its own line; ``shown`` is how a user calls it.

    Raises BroadsheetError: what is wrong with the front matter, or ``front-matter-style`` where it is written in a way
    that the lines of a key cannot be added to.
    """
    matter, problems = split(data, shown)
    if matter is None or any(problem.severity == "error" for problem in problems):
        raise BroadsheetError(*problems)
    for edit in _edits(matter.block, key, value):
        made = _edited(data, matter.block, edit)
        if _right(made, matter, key, value):
            return made
    hint = f"Add these lines to it by hand:\n{yaml_parser.dump({key: value})}"
    raise fail("front-matter-style", f"the key {key!r} cannot be added to this front matter", matter.place(key), hint)


def append(data: bytes, key: str, item: Any, shown: str) -> bytes:
    """The bytes of a file with one item added at the end of the list of a key; no other line changes.

    Raises BroadsheetError as ``put`` does.
    """
    matter, problems = split(data, shown)
    if matter is None or any(problem.severity == "error" for problem in problems):
        raise BroadsheetError(*problems)
    before = matter.meta.get(key)
    value = [*before, item] if isinstance(before, list) else [item]
    if isinstance(before, list):
        root = yaml.compose(matter.block, Loader=yaml.CSafeLoader)
        node = next((pair[1] for pair in root.value if pair[0].value == key), None) if root else None
        if isinstance(node, yaml.SequenceNode) and not node.flow_style:
            margin = " " * node.start_mark.column
            lines = [margin + line for line in yaml_parser.dump({key: [item]}).splitlines()[1:]]
            made = _edited(data, matter.block, _Edit(_at(matter.block, _end(node))[0], None, lines))
            if _right(made, matter, key, value):
                return made
    return put(data, key, value, shown)


def _edits(block: str, key: str, value: Any) -> Iterator[_Edit]:
    """Ways to give a key a value. Which of them is right depends on how the front matter is written."""
    texts = block.split("\n")
    root = yaml.compose(block, Loader=yaml.CSafeLoader)
    if isinstance(root, yaml.MappingNode) and root.flow_style:  # all keys stand in braces
        line, column = _at(block, root.end_mark.index - 1)
        more = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for comma in (", ", ""):
            yield _Edit(line, f"{texts[line][:column]}{comma}{more}{texts[line][column:]}")
        return
    margin = " " * root.start_mark.column if root else ""
    head, *rest = (margin + line for line in yaml_parser.dump({key: value}).splitlines())
    found = next((pair for pair in root.value if pair[0].value == key), None) if root else None
    if found is None:
        yield _Edit(len(texts) - 2, None, (head, *rest))
        if root:  # not below a line "...", which ends YAML
            yield _Edit(_at(block, _end(root))[0], None, (head, *rest))
        return
    line, column = _at(block, found[0].end_mark.index)
    begin, end = (_at(block, mark.index) for mark in (found[1].start_mark, found[1].end_mark))
    if begin[0] == end[0] == line:
        colon = texts[line].find(":", column) + 1
        inline = head.removeprefix(f"{margin}{key}:")
        yield _Edit(line, f"{texts[line][:colon]}{inline}{texts[line][max(end[1], colon) :]}", rest)


def _at(text: str, index: int) -> tuple[int, int]:
    """The line, and the column in it, of a place in a text; both counted from 0."""
    return text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1


def _end(node: yaml.Node) -> int:
    """Where the last word of a node ends: comments and blank lines after it count as part of it to YAML."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _edited(data: bytes, block: str, edit: _Edit) -> bytes:
    """The bytes of a file with an edit of its front matter. What has no part in it stays as it is."""
    lines = data.splitlines(keepends=True)
    first = 1 + next(number for number, line in enumerate(lines) if _opens(line))
    at = first + edit.line
    end = re.search(rb"[\r\n]*\Z", lines[first - 1])
    newline = end[0] if end else b""
    if edit.text is not None:
        old = block.split("\n")[edit.line].encode()
        lines[at] = lines[at].replace(old, edit.text.encode(), 1)
    lines[at + 1 : at + 1] = [line.encode() + newline for line in edit.after]
    return b"".join(lines)


def _opens(line: bytes) -> bool:
    """Whether front matter begins after a line, if it begins anywhere."""
    return line.decode("utf-8", "replace").removeprefix("\ufeff").strip().startswith("---")


def _right(made: bytes, before: Matter, key: str, value: Any) -> bool:
    """Whether a file says what it said before, and has the key with its value."""
    matter, problems = split(made, before.shown)
    if matter is None or any(problem.severity == "error" for problem in problems) or matter.body != before.body:
        return False
    wanted = {**before.meta, key: value}
    if list(matter.meta) != list(wanted) or matter.meta[key] != value:
        return False
    return repr(fields.plain(matter.meta)) == repr(fields.plain(wanted))
