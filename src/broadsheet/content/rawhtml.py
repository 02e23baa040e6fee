"""Raw HTML → its tags, as a browser would take them (HTML 5, 13.2.5), each with its place.

In: HTML, of which nothing need be well formed. Out: tags with their attributes; none of what stands in a comment, a
script or another element whose text is no markup. The library's own reader gives no places of attributes, and takes
comments and text elements otherwise in each version of Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

# Elements in which a browser sees text only (13.2.5.2 and 13.2.5.3), or, as in a template, nothing to be shown.
TEXT = frozenset(
    {
        "iframe",
        "noembed",
        "noframes",
        "noscript",
        "plaintext",
        "script",
        "style",
        "template",
        "textarea",
        "title",
        "xmp",
    }
)

_OPENS = re.compile(r"<(?:!--|[!?]|/(?![a-zA-Z])|(/?)([a-zA-Z][^\s/>]*+))")  # "</" and no letter begins a comment
_COMMENT = re.compile(r"-?>|.*?(?:--!?>|\Z)", re.DOTALL)
_BETWEEN = re.compile(r"[\s/]*+")
_NAME = re.compile(r"=?[^\s/>=]*+")
_VALUE = re.compile(r"\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|(?![\"'])([^\s>]*+))")
_ENTITY = re.compile(r"&(?:#[0-9a-zA-Z]++;?|\w++;|\w++(?!=))")  # "&copy=1" in an address is none (13.2.5.73)
_BROKEN = re.compile(r"\s*+=\s*+[\"']")  # a quoted value that does not end


class Value(NamedTuple):
    """An attribute's value, and where it stands without its quotes."""

    text: str
    start: int
    end: int


class Tag(NamedTuple):
    """A tag: its name in small letters, whether it ends an element, its attributes by name, where it stands.

    A comment is a tag named ``!``, one that does not end ``<``.
    """

    name: str
    ends: bool
    attributes: dict[str, Value]
    start: int
    end: int

    def get(self, name: str) -> str | None:
        """The value of an attribute; None where the tag has no such."""
        value = self.attributes.get(name)
        return value.text if value else None


def tags(html: str) -> Iterator[Tag]:
    """The tags of a text in HTML, in order."""
    at = 0
    while found := _OPENS.search(html, at):
        if not found[2]:
            at = _declared(html, found)
            yield Tag("!", ends=False, attributes={}, start=found.start(), end=at)
            continue
        read = _attributes(html, found.end())
        if read is None:  # to its quotation mark or to the end, all is this tag, which a browser drops
            yield Tag("<", ends=False, attributes={}, start=found.start(), end=len(html))
            return
        attributes, at = read
        tag = Tag(found[2].lower(), bool(found[1]), attributes, found.start(), at)
        yield tag
        if tag.name in TEXT and not tag.ends:
            at = _closing(html, tag.name, at)


def _declared(html: str, found: re.Match[str]) -> int:
    """Where a comment ends, or what a browser takes for one."""
    if found[0] == "<!--":
        comment = _COMMENT.match(html, found.end())
        return comment.end() if comment else len(html)
    end = html.find(">", found.end())
    return end + 1 if end >= 0 else len(html)


def _attributes(html: str, at: int) -> tuple[dict[str, Value], int] | None:
    """The attributes that begin here and where their tag ends; None where it does not end."""
    found: dict[str, Value] = {}
    while True:
        at = _end(_BETWEEN, html, at)
        if at >= len(html):
            return None
        if html[at] == ">":
            return found, at + 1
        end = _end(_NAME, html, at)
        name, at = html[at:end].lower(), end
        value = _VALUE.match(html, at)
        if value:
            group = value.lastindex or 0  # one of the three has matched
            found.setdefault(name, Value(_decoded(value[group]), *value.span(group)))
            at = value.end()
        elif _BROKEN.match(html, at):
            return None
        else:
            found.setdefault(name, Value("", at, at))


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def _end(pattern: re.Pattern[str], html: str, at: int) -> int:
    found = pattern.match(html, at)
    return found.end() if found else at


def _closing(html: str, name: str, at: int) -> int:
    """Where the tag begins that ends an element of text."""
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at) if name != "plaintext" else None
    return found.start() if found else len(html)
