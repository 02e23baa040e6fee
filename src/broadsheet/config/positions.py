"""Where a setting stands: the line of a key in a TOML text, which TOML's own readers do not tell.

In: a text, and the names that lead to a key below [tool.broadsheet], or below another table. Out: a line, counted
from 1.
"""

from __future__ import annotations

import re

_ROOT = "tool.broadsheet"
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")


def line(text: str, *names: str, root: str = _ROOT) -> int:
    """The line of a key, or that of the nearest table around it that has one; 0 where none has.

    Without names it is the line of [tool.broadsheet] itself. ``root`` is the table that names begin at, "" the file.
    """
    for depth in range(len(names), 0, -1):
        if found := _line(text, ".".join(filter(None, (root, *names[: depth - 1]))), names[depth - 1]):
            return found
    around, _, table = root.rpartition(".")
    return _line(text, around, table) if table else 0


def _line(text: str, inside: str, key: str) -> int:
    table = ""
    for number, written in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(written):
            table = header[1].replace('"', "").replace(" ", "")
            if table == (f"{inside}.{key}" if inside else key):
                return number
        elif table == inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", written):
            return number
    return 0
