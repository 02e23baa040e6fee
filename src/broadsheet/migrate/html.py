"""HTML of an old site → Markdown of this one: what a post's file in HTML says, and what a body in an export does.

In: HTML. Out: Markdown. A file that is HTML may hold Markdown and tags of a generator, so only what arranges the page
is taken out of it. A body of an export is HTML as an editor's program wrote it: it is read as pages are in ingest, and
every character of it that Markdown or HTML would act on is escaped. Pictures keep their captions, galleries stay
together, and what is embedded from elsewhere becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import msgspec
from lxml import etree
from lxml import html as lxml_html

from broadsheet.content import targets
from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import to_markdown
from broadsheet.ingest.extract.blocks import Block, Span, clean
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.ingest.formats import embedded

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


def unwrapped(html: str) -> str:
    """The Markdown of a file in HTML."""
    made: list[str] = []
    at = 0
    for kept in _WHOLE.finditer(html):
        made += [_bared(html[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join((*made, _bared(html[at:])))


def _bared(html: str) -> str:
    """HTML outside of listings: an indented line would be one, and a paragraph's marks are Markdown's blank lines."""
    text = _HEADING.sub(lambda found: f"\n\n{'#' * int(found[1])} {found[2].strip()}\n\n", _INDENT.sub("", html))
    text = _MARKED.sub(lambda found: f"{_MARKS[found[1].lower()]}{found[2]}{_MARKS[found[1].lower()]}", text)
    text = _LINK.sub(lambda found: f"[{found[3]}]({found[2]})", text)
    return re.sub(r"\n{3,}", "\n\n", _BLOCK.sub("\n\n", _BARE.sub("", text)))


# Bodies of exports.

_OPEN, _SHUT = "\ue000", "\ue001"  # private characters, which stand around the number of a piece that is held
_PIECE = re.compile(f"{_OPEN}(\\d+){_SHUT}")
_NEST = 5  # pieces within pieces
_EMBEDS = ("iframe", "video", "audio", "embed", "object")
_VIDEO = re.compile(r"//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,20})|//player\.vimeo\.com/video/(\d+)")
_MEDIA = re.compile(r"\.(?:mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov)\Z", re.IGNORECASE)
_ALONE = re.compile(r"(?m)^[^\S\n]*(?:<p>)?[^\S\n]*(https?://[^\s<>\"']+)[^\S\n]*(?:</p>)?[^\S\n]*$")


class ProtectedMarkdown:
    """Markdown that goes through HTML as it is: a mark stands for each piece until the end.

    ``lost`` is what was in the HTML and cannot be in Markdown, in words for an editor.
    """

    def __init__(self) -> None:
        self.lost: list[str] = []
        self._pieces: list[str] = []

    def put(self, markdown: str) -> str:
        """The mark of a piece."""
        self._pieces.append(markdown)
        return f"{_OPEN}{len(self._pieces) - 1}{_SHUT}"

    def back(self, text: str) -> str:
        """A text with every piece in its place."""
        for _ in range(_NEST):
            if _OPEN not in text:
                break
            text = _PIECE.sub(self._piece, text)
        return bare(text)

    def _piece(self, found: re.Match[str]) -> str:
        number = int(found[1][:9])
        return self._pieces[number] if number < len(self._pieces) else ""


def bare(text: str) -> str:
    """A text without the characters that marks are made of, as it comes from outside."""
    return text.replace(_OPEN, "").replace(_SHUT, "")


def code(text: str) -> str:
    """A text as inline code, in one line."""
    plain = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall(r"`+", plain)), default=0))
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def plain(html: str) -> str:
    """The words of a piece of HTML, in one line."""
    return clean("".join(_tree(html).itertext())) if html.strip() else ""


def markdown(html: str, base: str, held: ProtectedMarkdown, settle: Callable[[Any], None] = lambda _: None) -> str:
    """The Markdown of a body in an export; ``base`` is its address, from which relative ones count.

    ``settle`` may change the tree of the body beforehand.
    """
    if not html.strip():
        return ""
    tree = _tree(_ALONE.sub(r'<p><a href="\1">\1</a></p>', html))
    settle(tree)
    _settle(tree, base, held)
    blocks = list(_with_pictures(read_blocks(tree), base, held))
    return held.back(embedded.of_blocks(blocks, base).markdown).strip()


def _tree(html: str) -> Any:
    try:
        return lxml_html.document_fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), parser=embedded.PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return lxml_html.document_fromstring("<div></div>")


def _settle(tree: Any, base: str, held: ProtectedMarkdown) -> None:
    """Put what blocks have no kind for into words: code in a line, rules, what is embedded, links within the page."""
    for element in tree.iter("script", "form"):
        try:
            host = urlsplit(urljoin(base, element.get("src") or "")).netloc if element.get("src") else ""
        except ValueError:
            host = ""
        held.lost.append(f"a {element.tag} of {host}" if host else f"a {element.tag}")
    for element in [*tree.iter("code", "kbd", "samp", "tt")]:
        if element.getparent() is not None and not any(above.tag == "pre" for above in element.iterancestors()):
            said = held.back("".join(element.itertext()))
            _emptied(element).text = held.put(code(said)) if said.strip() else ""
    for element in [*tree.iter("hr")]:
        linked(element, "", held.put("---"))
    for element in [*tree.iter(*_EMBEDS)]:
        if element.getparent() is not None:
            address, title = _embedded(element, base)
            linked(element, address, title)
    for element in tree.iter("a"):
        if (element.get("href") or "").startswith("#"):
            del element.attrib["href"]


def _emptied(element: Any) -> Any:
    for inner in [*element]:
        element.remove(inner)
    return element


def left_out(held: ProtectedMarkdown, place: Place) -> Iterator[Problem]:
    """What a body lost on its way, each thing once."""
    for said in dict.fromkeys(held.lost):
        yield warning("import-tag", f"{said} was left out", place, "Link to what it showed.")


def linked(element: Any, address: str, words: str) -> None:
    """Put a paragraph in the place of an element: words that lead to an address, if there is one."""
    paragraph = lxml_html.Element("p")
    if address:
        link = etree.SubElement(paragraph, "a", href=address)
        link.text = words or shown(address)
    else:
        paragraph.text = words
    paragraph.tail = element.tail
    element.getparent().replace(element, paragraph)


def shown(address: str) -> str:
    """What a link without words says: a sound or a film by the name of its file, everything else by its address."""
    name = unquote(address.partition("?")[0].rpartition("/")[2])
    return name if _MEDIA.search(name) else address


def _embedded(element: Any, base: str) -> tuple[str, str]:
    """The address of what is embedded, as a reader would open it, and its title; both empty for none on the web."""
    inner = (element, *element.iter("source", "embed"))
    told = next((src for one in inner if (src := one.get("src") or one.get("data-src") or one.get("data"))), "")
    try:
        address = urljoin(base, told.strip())
        if not told.strip() or urlsplit(address).scheme not in ("http", "https"):
            return "", ""
        video = _VIDEO.search(address)
        if video:
            address = f"https://www.youtube.com/watch?v={video[1]}" if video[1] else f"https://vimeo.com/{video[2]}"
        elif "/plugins/video.php" in address or "/plugins/post.php" in address:  # of Facebook, which name the post
            address = next(iter(parse_qs(urlsplit(address).query).get("href", [])), address)
    except ValueError:
        return "", ""
    return address, clean(element.get("title") or "")


def _with_pictures(blocks: list[Block], base: str, held: ProtectedMarkdown) -> Iterator[Block]:
    """Blocks in which a picture has its caption, and those of a gallery are together."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        at += 1
        if block.kind != "img":
            yield block if block.kind != "caption" else msgspec.structs.replace(block, kind="p", level=0)
            continue
        shown = [block]
        gallery = _gallery(block)
        if gallery is not None:
            while at < len(blocks) and blocks[at].kind in ("img", "caption") and _gallery(blocks[at]) is gallery:
                shown.append(blocks[at])
                at += 1
        elif at < len(blocks) and blocks[at].kind == "caption":
            shown.append(blocks[at])
            at += 1
        pictures = _pictures(shown, base)
        text = "\n".join(pictures)
        text = f"::: gallery\n{text}\n:::" if len(pictures) > 1 else text
        yield msgspec.structs.replace(block, kind="p", text="x", spans=(Span(held.put(text)),), level=0, quoted=False)


def _gallery(block: Block) -> Any:
    """The element of the gallery that a picture is in, the outermost one."""
    return next(
        (around.element for around in reversed([*block.around.chain()]) if "gallery" in around.names.lower()), None
    )


def _pictures(shown: list[Block], base: str) -> list[str]:
    """Pictures as Markdown has them, each with the caption behind it."""
    made: list[str] = []
    for n, block in enumerate(shown):
        if block.kind != "img":
            continue
        after = shown[n + 1] if n + 1 < len(shown) else None
        caption = after.text if after is not None and after.kind == "caption" else ""
        title = f' "{targets.quoted(caption)}"' if caption else ""
        try:
            address = urljoin(base, block.src)
        except ValueError:
            continue
        made.append(f"![{to_markdown.escape(block.text)}]({targets.target(address)}{title})")
    return made
