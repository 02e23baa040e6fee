"""Markdown → safe HTML. Every body is untrusted: raw HTML in it is sanitised by an allow-list.

In: CommonMark with tables, strikethrough, footnotes, tasks and lists of definitions. Out: HTML without script, style,
frames, forms or event attributes, whose headings begin at the second level because a page's first is its headline; with
the quotation marks and dashes of its language, but in code. Footnotes at the end and ids of headings are added behind
the sanitiser, so that no id and no attribute in them was chosen by the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import escape

from broadsheet.content import dialect, parser
from broadsheet.text import slug
from broadsheet.typography import ENGLISH, QuotationMarks, localised, typeset

MANY = 2_000  # tags from which it is looked how deep they stand in one another:
DEEPEST = 512  # browsers go no deeper, and a sanitiser takes the square of the depth in time
_BLOCKS = ("p", "div", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "br", "hr")
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
_CLASSES = {  # which ``dialect`` and the parser write; a text may write them itself
    "aside": {"alert", "box", "pull", *(f"alert-{name}" for name in dialect.ALERTS)},
    "blockquote": {f"markdown-alert-{name}" for name in dialect.ALERTS},
    "div": {"gallery"},
    "p": {"embed", "title"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # in XML, and in HTML too
_HEADING = re.compile(r"(</?)h1\b")
# Elements that keep their words apart from what stands around them; taken away, they would glue words together.
_APART = re.compile(
    r"(</?)(?:address|article|center|dialog|dir|fieldset|footer|form|header|hgroup|legend|main|menu|nav|option|search|section)\b",
    re.IGNORECASE,
)
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
    made = dialect.written(text, data, (lambda title: typeset(title, marks)) if marks else str).text
    if made is not text:
        text, data = made, made.encode()
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
    html = prepared(html)
    cleaned = functools.partial(_clean, text)
    html = with_footnotes(html, cleaned) if "footnote-" in html else cleaned(html)
    html = with_blocks(html)
    return with_ids(html) if "<h" in html else html


def _clean(text: str, html: str) -> str:
    data = text.encode()
    if (b"#" in data or b"=" in data or b"<" in data) and "<h1" in html:
        html = _HEADING.sub(r"\1h2", html)
    if b"<" in data or b"|" in data or b"```" in data or b"~~~" in data:  # HTML, alignment in tables, languages of code
        html = _APART.sub(r"\1div", html)
        return _tools()[2](html) if html.count("<") < MANY or _depth(html) < DEEPEST else f"<pre>{escape(text)}</pre>"
    if b"[" in data and not all(map(_PLAIN.match, _LINKS.findall(html))):
        return _tools()[2](html)
    if b"![" in data and not all(map(_PLAIN.match, _PICTURES.findall(html))):
        return _tools()[2](html)
    return html.replace(" />", ">")


def _depth(html: str) -> int:
    """How deep elements stand in one another, estimated without parsing them."""
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
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags=_UNSEEN,
    )
    return parser.markdown().html, parser.markdown(parser.SMART).html, cleaner.clean


Clean = Callable[[str], str]

# Noncharacters, which no text may hold and no sanitiser touches, around the number of a footnote.
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
_FOOTNOTE = re.compile(r'<sup class="footnote-reference"><a href="#[^"]*">(\d+)</a></sup>')
_DEFINITION = re.compile(
    r'<div class="footnote-definition" id="[^"]*"><sup class="footnote-definition-label">(\d+)</sup>\n?'
)
_DIV = re.compile(r"<(/?)div\b[^>]*>", re.IGNORECASE)
_MARK = re.compile(f"{_OPENS}(\\d+){_CLOSES}")
_LAST = re.compile(r"</p>\s*\Z")
_TASK = re.compile(r'<input disabled="" type="checkbox"( checked="")? ?/?>\n?')
_ALIGNED = re.compile(r'(<t[hd]) style="text-align: (left|center|right)"')
_TITLE = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_QUOTATION = re.compile(r'<(/?)blockquote(?: class="markdown-alert-(\w+)")?[^>]*>')
_GALLERY = re.compile(r'<div class="gallery">.*?</div>', re.DOTALL)
_SHOWN = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_ROW = re.compile(rf"<p>((?:\s*{_SHOWN.pattern})+\s*)</p>")
# Ids that pages of the shipped themes have; a heading must not take one from them.
_TAKEN = frozenset({"briefs", "keys", "main", "points", "q", "related", "running", "thread", "threads"})


class _Note(NamedTuple):
    """A footnote: its number and its HTML as the parser wrote it."""

    number: str
    html: str


def prepared(html: str) -> str:
    """HTML of the parser's in which what the sanitiser would take away is written as it lets through."""
    if "<input " in html:
        html = _TASK.sub(lambda box: "☑ " if box[1] else "☐ ", html)
    if "text-align" in html:
        html = _ALIGNED.sub(r'\1 align="\2"', html)
    return html


def with_footnotes(html: str, clean: Clean) -> str:
    """Safe HTML whose footnotes stand at its end, each with links to where it is referred to.

    One that is defined and not referred to stands there as well: nothing that was written is lost.
    """
    body, notes = _parted(html.replace(_OPENS, "").replace(_CLOSES, ""))
    body = clean(_FOOTNOTE.sub(rf"{_OPENS}\1{_CLOSES}", body))
    cleaned = [_Note(note.number, clean(_FOOTNOTE.sub(rf"{_OPENS}\1{_CLOSES}", note.html)).strip()) for note in notes]
    known = {note.number for note in notes}
    seen: dict[str, int] = {}

    def reference(mark: re.Match[str]) -> str:
        number = mark[1]
        if number not in known:
            return number
        seen[number] = seen.get(number, 0) + 1
        again = f"-{seen[number]}" if seen[number] > 1 else ""
        return f'<sup><a id="fnref-{number}{again}" href="#fn-{number}">{number}</a></sup>'

    body = _MARK.sub(reference, body)
    inner = [_Note(note.number, _MARK.sub(reference, note.html)) for note in cleaned]
    items = "\n".join(_item(note, seen.get(note.number, 0)) for note in sorted(inner, key=lambda one: int(one.number)))
    return (
        f'{body.rstrip()}\n<div class="footnotes" role="doc-endnotes"><hr>\n<ol>\n{items}\n</ol></div>\n'
        if items
        else body
    )


def _parted(html: str) -> tuple[str, list[_Note]]:
    """The HTML without its footnotes, and these."""
    notes: dict[str, str] = {}
    rest, at = [], 0
    for found in _DEFINITION.finditer(html):
        if found.start() < at:  # raw HTML in a footnote that looks like one
            continue
        end, after = _end(html, found.end())
        rest.append(html[at : found.start()])
        notes[found[1]] = notes.get(found[1], "") + html[found.end() : end]  # two of one number: raw HTML made one
        at = after
    return "".join((*rest, html[at:])), [_Note(number, note) for number, note in notes.items()]


def _end(html: str, start: int) -> tuple[int, int]:
    """Where the contents of an element end, and the element itself, whose contents begin at ``start``."""
    depth = 1
    for tag in _DIV.finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start(), tag.end()
    return len(html), len(html)


def _item(note: _Note, references: int) -> str:
    back = "".join(
        f' <a href="#fnref-{note.number}{f"-{number}" if number > 1 else ""}">↩</a>'
        for number in range(1, references + 1)
    )
    html = note.html
    if back:
        html = f"{html[: ends.start()]}{back}</p>" if (ends := _LAST.search(html)) else f"{html}<p>{back.strip()}</p>"
    return f'<li id="fn-{note.number}">{html}</li>'


def with_blocks(html: str) -> str:
    """Safe HTML with alerts as the asides that they are, and each picture of a gallery in a paragraph of its own."""
    if "markdown-alert-" in html:
        opened: list[bool] = []

        def quotation(tag: re.Match[str]) -> str:
            if not tag[1]:
                opened.append(bool(tag[2]))
                return f'<aside class="alert alert-{tag[2]}">' if tag[2] else tag[0]
            return "</aside>" if opened and opened.pop() else tag[0]

        html = _QUOTATION.sub(quotation, html)
    if 'class="gallery"' in html:
        html = _GALLERY.sub(lambda one: _ROW.sub(lambda row: _SHOWN.sub(r"<p>\g<0></p>", row[1]), one[0]), html)
    return html


def with_ids(html: str) -> str:
    """Safe HTML whose headings have ids, made of their words as addresses are; no two are the same."""
    used = set(_TAKEN)

    def heading(found: re.Match[str]) -> str:
        name = slug(unescape(_TAG.sub("", found[2])), default="section")
        id_, number = name, 1
        while id_ in used:
            number += 1
            id_ = f"{name}-{number}"
        used.add(id_)
        return f'<{found[1]} id="{id_}">{found[2]}</{found[1]}>'

    return _TITLE.sub(heading, html)
