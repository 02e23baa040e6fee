"""The Markdown parser, with the extensions that are rendered: said once, for what is printed and for what is read.

In: Markdown, and the raw HTML in it, of which nothing need be well formed. Out: the parser, and ``Writer``, which
writes its events out as the HTML that they become, and knows of each piece where in the Markdown it came from; the tags
of raw HTML as a browser would take them (HTML 5, 13.2.5), each with its place, and none of what stands in a comment, a
script or another element whose text is no markup. The library's own reader gives no places of attributes, and takes
comments and text elements otherwise in each version of Python.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any, Literal, NamedTuple

import msgspec

# Elements in which a browser sees text only (13.2.5.2 and 13.2.5.3), or, as in a template, nothing to be shown.
TEXT_ELEMENTS = frozenset(
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
        if tag.name in TEXT_ELEMENTS and not tag.ends:
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


# GitHub's Markdown, footnotes and lists of definitions; what is added here is rendered and read alike
EXTENSIONS = ("TABLES", "STRIKETHROUGH", "FOOTNOTES", "TASKLISTS", "DEFINITION_LIST", "GFM")
SMART = (*EXTENSIONS, "SMART_PUNCTUATION")  # which changes characters of the text, and nothing that is read
# Other generators print footnotes. Read so, other things are links: what is indented below a note is text and no code,
# a definition of a link in the line after it is the note's.
FOREIGN = tuple(dict.fromkeys((*EXTENSIONS, "FOOTNOTES")))


@functools.cache
def markdown(extensions: tuple[str, ...] = EXTENSIONS) -> Any:
    """The parser. Its library is loaded here: a build that reads and prints nothing does not wait for it."""
    import pyromark

    options = pyromark.Options(0)
    for name in extensions:
        options |= getattr(pyromark.Options, f"ENABLE_{name}")
    return pyromark.Markdown(options=options)


Way = Literal["inline", "reference", "auto", "html"]


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A link or a picture: its address as a browser takes it, and how and where it is written.

    ``words`` are a picture's text alternative, None where raw HTML gives none. ``line`` counts from 1; ``start`` and
    ``end`` are bytes of the body in UTF-8, ``inner`` is where the words of an inline one end. ``label`` is what one by
    reference is defined by, ``value`` where raw HTML has the address.
    """

    kind: Literal["link", "picture"]
    address: str
    line: int = 0
    words: str | None = ""
    title: str = ""
    way: Way = "inline"
    start: int = 0
    end: int = 0
    inner: int = 0
    label: str = ""
    value: tuple[int, int] = (0, 0)


# What pulldown-cmark's own writer makes of each event, as far as a reader of tags can see it.
_TAGS = {
    "Paragraph": "p", "BlockQuote": "blockquote", "Item": "li", "Table": "table", "TableHead": "tr", "TableRow": "tr",
    "TableCell": "td", "Emphasis": "em", "Strong": "strong", "Strikethrough": "del", "FootnoteDefinition": "aside",
    "DefinitionList": "dl", "DefinitionListTitle": "dt", "DefinitionListDefinition": "dd", "CodeBlock": "pre",
    "List": "ul",
}  # fmt: skip
_PLAIN = {"SoftBreak": "\n", "HardBreak": "<br>", "Rule": "<hr>"}


class RawHtml(NamedTuple):
    """A piece of raw HTML: where it was written, its first byte in the body, whether it is a block or in a line."""

    start: int
    end: int
    source: int
    block: bool


class Writer:
    """Writes events out as HTML, and remembers where each piece came from."""

    def __init__(self, notes: frozenset[str]) -> None:
        self.notes = notes
        self.length = 0
        self.raw: list[RawHtml] = []
        self.made: dict[int, Reference] = {}  # what the parser says of a tag, by where it begins in what was written
        self.headings: dict[int, tuple[int, int]] = {}
        self.code: list[tuple[int, int]] = []
        self._written: list[str] = []
        self._open: list[tuple[int, Reference]] = []  # the links that have not ended
        self._shown: tuple[Reference, list[str]] | None = None  # the picture that has not ended, with its words
        self._within = 0  # elements of its words that have not ended
        self._inner = 0  # where the last piece ended
        self._hushed = False  # in a link that is a footnote's mark

    @property
    def html(self) -> str:
        """What was written."""
        return "".join(self._written)

    def take(self, event: Any, span: Any) -> None:
        """Write one event out."""
        pair: tuple[str, Any] = (event, None) if isinstance(event, str) else next(iter(event.items()))
        kind, said = pair
        if kind in ("Start", "End"):
            name, about = (said, None) if isinstance(said, str) else next(iter(said.items()))
            if kind == "Start":
                self._starts(name, about, span)
            else:
                self._inner = self._ends(name, about, span)
            return
        self._inner = span["end"]
        if self._shown is not None:
            if kind in ("Text", "Code", "InlineHtml"):
                self._shown[1].append(said)
            elif kind in _PLAIN:
                self._shown[1].append(" ")
        elif kind in ("Html", "InlineHtml"):
            self.raw.append(RawHtml(self.length, self.length + len(said), span["start"], kind == "Html"))
            self._write(said)
        elif kind in _PLAIN:
            self._write(_PLAIN[kind])
        elif kind == "Text" or kind.endswith("Math"):
            self._write("" if self._hushed else escape(said, quote=False))
        elif kind == "Code":
            self.code.append((span["start"], span["end"]))
            self._write(f"<code>{escape(said, quote=False)}</code>")

    def _write(self, text: str) -> None:
        self._written.append(text)
        self.length += len(text)

    def _starts(self, name: str, about: Any, span: Any) -> None:
        start = span["start"]
        if self._shown is not None:  # all in it is words
            self._within += 1
            self._inner = start
        elif name == "Image":
            self._shown, self._within = (reference("picture", about, span), []), 0
            self._inner = start + 2
        elif name == "Link":
            link = reference("link", about, span)
            self._hushed = link.label in self.notes
            self._open.append((self.length, link))
            self._write(f'<a href="{escape(link.address)}"{_titled(link.title)}>')
            self._inner = start + 1
        elif name == "Heading":
            self.headings[self.length] = (start, span["end"])
            self._write(f"<{about['level'].lower()}>")
        elif name in _TAGS:
            self._write(f"<{_TAGS[name]}>")
            if name == "CodeBlock":
                self.code.append((start, span["end"]))

    def _ends(self, name: str, about: Any, span: Any) -> int:
        """Write an end out; where it stands."""
        if self._shown is not None and self._within:
            self._within -= 1
        elif self._shown is not None:
            picture, words = self._shown
            self._shown = None
            shown = msgspec.structs.replace(picture, words="".join(words), inner=self._inner)
            self.made[self.length] = shown
            alt = escape(shown.words or "")
            self._write(f'<img src="{escape(shown.address)}" alt="{alt}"{_titled(shown.title)}>')
        elif name == "Link":
            at, link = self._open.pop()
            self.made[at] = msgspec.structs.replace(link, inner=self._inner)
            self._hushed = False
            self._write("</a>")
        elif name == "Heading":
            self._write(f"</{about.lower()}>")
        elif name in _TAGS:
            self._write(f"</{_TAGS[name]}>")
        end: int = span["end"]
        return end


def reference(kind: Literal["link", "picture"], about: Any, span: Any, words: str = "") -> Reference:
    """A link or a picture as an event begins it."""
    type_ = about["link_type"]
    way: Way = "inline" if type_ == "Inline" else "auto" if type_ in ("Autolink", "Email") else "reference"
    label = about["id"] if way == "reference" else ""
    start, end = span["start"], span["end"]
    return Reference(kind, about["dest_url"], 0, words, about["title"], way, start, end, label=label)


def _titled(title: str) -> str:
    return f' title="{escape(title)}"' if title else ""
