"""The Markdown parser, with the extensions that are rendered: said once, for what is printed and for what is read.

In: Markdown. Out: the parser, and ``Writer``, which writes its events out as the HTML that they become, and knows of
each piece where in the Markdown it came from.
"""

from __future__ import annotations

import functools
from html import escape
from typing import Any, Literal, NamedTuple

import msgspec

# GitHub's Markdown, footnotes and lists of definitions; what is added here is rendered and read alike
EXTENSIONS = ("TABLES", "STRIKETHROUGH", "FOOTNOTES", "TASKLISTS", "DEFINITION_LIST")
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


class Piece(NamedTuple):
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
        self.raw: list[Piece] = []
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
            self.raw.append(Piece(self.length, self.length + len(said), span["start"], kind == "Html"))
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
