"""A text that is HTML already → Markdown that prints the same: paragraphs and headings as Markdown has them.

In: HTML as posts of old sites have it. Out: Markdown in which the rest stays as HTML, which the press sanitises.
"""

from __future__ import annotations

import re

ENDINGS = (".html", ".htm")

_WHOLE = re.compile(r"<pre\b.*?(?:</pre\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# What only arranges a page has no place in a story; and Markdown in it, such as a picture, would stay as it is written.
_BLOCK = re.compile(
    r"</?(?:p|div|section|article|figure|figcaption|center|header|main)(?:\s[^<>]*)?>|<br\s*/?>\s*<br\s*/?>",
    re.IGNORECASE,
)
_BARE = re.compile(r"</?(?:span|font|small|big)(?:\s[^<>]*)?>", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>((?:(?!<h[1-6])[^\n])*?)</h\1\s*>", re.IGNORECASE)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_MARKED = re.compile(r"<(b|strong|i|em)(?:\s[^<>]*)?>([^<>*_\s](?:[^<>*_]*[^<>*_\s])?)</\1\s*>", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^<>]*?href=([\"'])([^\"'<>()\s]+)\1[^<>]*>([^<>\[\]]+)</a\s*>", re.IGNORECASE)
_INDENT = re.compile(r"^[^\S\n]+", re.MULTILINE)


def markdown(html: str) -> str:
    """The Markdown of a text in HTML."""
    made: list[str] = []
    at = 0
    for kept in _WHOLE.finditer(html):
        made += [_plain(html[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join((*made, _plain(html[at:])))


def _plain(html: str) -> str:
    """HTML outside of listings: an indented line would be one, and a paragraph's marks are Markdown's blank lines."""
    text = _HEADING.sub(lambda found: f"\n\n{'#' * int(found[1])} {found[2].strip()}\n\n", _INDENT.sub("", html))
    text = _MARKED.sub(lambda found: f"{_MARKS[found[1].lower()]}{found[2]}{_MARKS[found[1].lower()]}", text)
    text = _LINK.sub(lambda found: f"[{found[3]}]({found[2]})", text)
    return re.sub(r"\n{3,}", "\n\n", _BLOCK.sub("\n\n", _BARE.sub("", text)))
