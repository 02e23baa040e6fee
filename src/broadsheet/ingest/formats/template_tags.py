"""The rows of a Markdown text → those in which a template tag of another generator stands, such as Hugo's or Liquid's.

In: the rows. Out: their numbers and tags. Readers would see such a tag as it is. Code may show one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

_TAG = re.compile(r"\{\{(?![<%]/\*)[^{}\n]*\w[^{}\n]*\}\}|\{%-?\s*\w[^%\n]*%\}")  # Hugo's shortcodes, Liquid
_CODE = re.compile(r"(`+)[^`\n]+\1")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def find(rows: Sequence[str], first: int, taken: Container[int]) -> Iterator[tuple[int, str]]:
    """The rows after the ``first`` in which a tag stands, each with its first one; ``taken`` rows are no text."""
    fence = ""
    for n, row in enumerate(rows[first:], first + 1):
        mark = _FENCE.match(row)
        if fence or mark:
            closes = mark and mark[1].startswith(fence) and not row.strip(" `~")
            fence = mark[1] if mark and not fence else "" if closes else fence
        elif n not in taken and (found := _TAG.search(_CODE.sub("", row))):
            yield n, found[0]
