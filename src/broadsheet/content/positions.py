"""Lines: where in a file of content a key of its front matter, an address in it, a link or picture of its body stands.

In: a file and what is looked for. Out: a line, counted from 1; the first where it stands nowhere. Files are opened only
where there is something to say of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from broadsheet import disk
from broadsheet.content import facts, files
from broadsheet.content.files import LARGEST
from broadsheet.content.parser import Reference
from broadsheet.errors import BroadsheetError, Place, Problem

# What problems that were found without the file are about, by code: the key of front matter to point at.
_KEYS: Mapping[str, str] = {
    "updated-future": "updated",
    "section-spelling": "section",
    "id-twice": "id",
    "taken-back": "id",
    "address-twice": "date",
}


def of_key(file: Path, key: str) -> int:
    """The line of a key of front matter."""
    return next((number for number, text in _matter(file) if re.match(rf"[\"']?{re.escape(key)}[\"']?\s*:", text)), 1)


def of_value(file: Path, key: str, value: str) -> int:
    """The line of front matter that holds a value of a key; that of the key where the value is written otherwise."""
    begin, inside = 1, False
    for number, line in _matter(file):
        if found := _KEY.match(line):
            inside = found[1] == key
            begin = number if inside else begin
        if inside and value in line:
            return number
    return begin


_KEY = re.compile(r"[\"']?([^\s\"'#:-][^\"':]*)[\"']?\s*:")


def of_address(file: Path, address: str) -> int:
    """The line of front matter that holds an address, as a whole; with or without a slash at its end."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(address.rstrip('/'))}/?(?![\w/-])")
    return next((number for number, line in _matter(file) if whole.search(line)), 1)


def of_picture(file: Path, address: str) -> int:
    """The first line of a body that shows the picture at an address; 0 where none does, or it is gone."""
    try:
        shown = references(file.read_bytes(), file.name)
    except (OSError, BroadsheetError):
        return 0
    return next((one.line for one in shown if one.kind == "picture" and one.address == address), 0)


def references(data: bytes, shown: str) -> list[Reference]:
    """What the body of a file of content links to and shows, with lines of the file.

    Raises BroadsheetError for a file without front matter.
    """
    matter, problems = files.split(data, shown)
    if matter is None:
        raise BroadsheetError(problems[0])
    above = matter.body_line - 1
    return [msgspec.structs.replace(one, line=above + one.line) for one in facts.printed(matter.body).references]


def placed(root: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a newspaper, with the lines that they are about; ``root`` is the folder of the site."""
    found = []
    for problem in problems:
        place, key = problem.place, _KEYS.get(problem.code)
        if key and place.line <= 1:
            place = Place(place.file, of_key(root / place.file, key))
        found.append(msgspec.structs.replace(problem, place=place))
    return found


def _matter(file: Path) -> Iterator[tuple[int, str]]:
    opened = False
    for number, line in _lines(file):
        closes = line.rstrip() in ("---", "...")
        if opened and closes:
            return
        opened = opened or closes
        yield number, line


def _lines(file: Path) -> Iterable[tuple[int, str]]:
    """The lines of a file as an editor counts them: other marks that Python takes for a line's end are none."""
    try:
        text = disk.read(str(file), LARGEST).decode("utf-8", "replace")
    except OSError:
        return ()
    return enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
