"""Markdown → safe HTML. Every body is untrusted: raw HTML in it is sanitised by an allow-list.

In: CommonMark with tables, strikethrough, footnotes, tasks and lists of definitions. Out: HTML without script, style,
frames, forms or event attributes, whose headings begin at the second level because a page's first is its headline; with
the quotation marks and dashes of its language, but in code.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from markupsafe import escape

from broadsheet.content import parser
from broadsheet.render import structure
from broadsheet.typography import ENGLISH, QuotationMarks, localised

MANY = 2_000  # tags from which it is looked how deep they stand in one another:
DEEPEST = 512  # browsers go no deeper, and a sanitiser takes the square of the depth in time
_BLOCKS = ("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "br", "hr")
_FIGURES = ("figure", "figcaption")
_INLINE = (
    "a", "em", "strong", "del", "code", "img", "sup", "sub", "cite", "q", "abbr", "b", "bdi", "bdo", "dfn", "i", "ins",
    "kbd", "mark", "s", "samp", "small", "time", "u", "var", "wbr",
)  # fmt: skip
_BOXES = ("aside", "details", "summary", "dl", "dt", "dd")
_TABLES = ("table", "thead", "tbody", "tfoot", "caption", "tr", "th", "td")
_TAGS = {*_BLOCKS, *_FIGURES, *_INLINE, *_TABLES, *_BOXES}
# What stands in these is text to a parser: printed without them, it would be tags that readers see.
_UNSEEN = {"script", "style", "iframe", "noembed", "noframes", "noscript"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "details": {"open"},
    "ol": {"start"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # in XML, and in HTML too
_HEADING = re.compile(r"(</?)h1\b")
_LINKS = re.compile(r'href="([^"]*)"')  # apart from the next: both at once take five times as long
_PICTURES = re.compile(r'src="([^"]*)"')
_PLAIN = re.compile(r"https?://|mailto:|tel:|[/#]|[^:]*\Z")
_NESTING = re.compile(r"<(/?)(?!(?:br|hr|img|li|p|t[dhr]|wbr)\b)[a-zA-Z]")
_TRUE = "“”‘’"
_STANDS = "⸠⸡⸜⸝"  # of the same kinds (Pi, Pf), so that emphasis is found alike; scholars of the Bible alone use them
_HIDDEN, _HIDES = frozenset(_STANDS), _STANDS.encode()[:2]  # with which all of them begin
_HIDES_IN_ADDRESS = quote(_STANDS[0])[:6]
_REFERENCE = re.compile(r"&(?:[lr][sd]quo|#0*82(?:16|17|20|21)|#x0*201[89cd]);", re.IGNORECASE)


def render(text: str, marks: QuotationMarks | None = None) -> str:
    """The safe HTML of a Markdown text; with ``marks`` its straight quotes and typed dashes are made true.

    The marks that a text has are right as they are, and hidden meanwhile. One that has them as references to characters
    was set by hand, and is left alone.
    """
    plain, smart, _ = _tools()
    data = text.encode()  # in which a sign is found ten times as fast
    if marks is None or (b"&" in data and _REFERENCE.search(text)) or _hides(data, text):
        html = clean(text, plain(text))
    else:
        hidden = marks is not ENGLISH and any(mark in text for mark in _TRUE)
        html = clean(text, smart(_swapped(text, _TRUE, _STANDS) if hidden else text))
        html = localised(html, marks)
        html = _shown(html) if hidden else html
    return _FORBIDDEN.sub("", html) if b"&#" in data else html  # only a reference can still mean what no file may hold


def _hides(data: bytes, text: str) -> bool:
    """Whether a text has the characters by which marks are hidden, or addresses with them."""
    return (_HIDES in data and not _HIDDEN.isdisjoint(text)) or _HIDES_IN_ADDRESS.encode() in data


def _shown(html: str) -> str:
    """HTML with the true marks in place of what stood for them, in addresses too."""
    html = _swapped(html, _STANDS, _TRUE)
    if _HIDES_IN_ADDRESS in html:
        html = _swapped(html, tuple(map(quote, _STANDS)), tuple(map(quote, _TRUE)))
    return html


def _swapped(text: str, these: Sequence[str], those: Sequence[str]) -> str:
    for this, that in zip(these, those, strict=True):
        text = text.replace(this, that)
    return text


def clean(text: str, html: str) -> str:
    """HTML made from a Markdown text, sanitised, with its headings from the second level on.

    What Markdown without HTML in it prints is safe but for its addresses, so where these are plain there is nothing to
    take out, and the sanitiser, which takes longer than all the rest, would only write the same in another way.
    """
    html = structure.prepared(html)
    if "footnote-" in html:
        return structure.with_ids(structure.with_footnotes(html, functools.partial(_clean, text)))
    html = _clean(text, html)
    return structure.with_ids(html) if "<h" in html else html


def _clean(text: str, html: str) -> str:
    data = text.encode()
    if (b"#" in data or b"=" in data or b"<" in data) and "<h1" in html:
        html = _HEADING.sub(r"\1h2", html)
    if b"<" in data or b"|" in data or b"```" in data or b"~~~" in data:  # HTML, alignment in tables, languages of code
        return _tools()[2](html) if html.count("<") < MANY or _depth(html) < DEEPEST else f"<pre>{escape(text)}</pre>"
    if b"[" in data and not all(map(_PLAIN.match, _LINKS.findall(html))):
        return _tools()[2](html)
    if b"![" in data and not all(map(_PLAIN.match, _PICTURES.findall(html))):
        return _tools()[2](html)
    return html.replace(" />", ">")


def _depth(html: str) -> int:
    """How deep elements stand in one another, as far as can be told without parsing them."""
    depth = deepest = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


@functools.cache
def _tools() -> tuple[Callable[[str], str], Callable[[str], str], Callable[[str], str]]:
    """What renders, without and with English quotes, and what sanitises: libraries that are loaded here alone."""
    import nh3

    cleaner = nh3.Cleaner(
        tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None, clean_content_tags=_UNSEEN
    )
    return parser.markdown().html, parser.markdown(parser.SMART).html, cleaner.clean
