"""Markdown → safe HTML. Every body is untrusted: raw HTML in it is sanitised by an allow-list.

In: CommonMark with GitHub's tables and strikethrough. Out: HTML without script, style, frames, forms or event
attributes, whose headings begin at the second level because a page's first is its headline.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

VERSION = "1"  # part of the key of cached bodies: raise it when the same Markdown prints otherwise

_BLOCKS = ("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "br", "hr")
_INLINE = ("a", "em", "strong", "del", "code", "img", "sup", "sub", "cite", "q")
_TABLES = ("table", "thead", "tbody", "tr", "th", "td")
_TAGS = {*_BLOCKS, *_INLINE, *_TABLES}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
_SCHEMES = {"http", "https", "mailto"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # in XML, and in HTML too
_HEADING = re.compile(r"(</?)h1\b")


def render(text: str) -> str:
    """The safe HTML of a Markdown text."""
    markdown, sanitise = _tools()
    html = sanitise(_HEADING.sub(r"\1h2", markdown(text)))
    return _FORBIDDEN.sub("", html) if "&#" in text else html  # only a reference can still mean what no file may hold


@functools.cache
def _tools() -> tuple[Callable[[str], str], Callable[[str], str]]:
    """What renders and what sanitises: two libraries, loaded where a body is drawn and not before."""
    import nh3
    import pyromark

    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    cleaner = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    return pyromark.Markdown(options=options).html, cleaner.clean
