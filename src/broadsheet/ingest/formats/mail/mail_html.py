"""The HTML of a mail → blocks: layout tables taken apart, data tables kept, what nobody sees left out by name.

In: a part's text with the source's row of every line. Out: a ``Letter``. Mail is written for programs that know tables
and inline styles only: headings are large or bold cells, and a table is one only where its cells line up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from broadsheet.ingest.extract.blocks import Block, clean, is_break
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.mail import letter
from broadsheet.ingest.formats.mail.letter import DroppedBlock, Letter
from broadsheet.ingest.formats.mail.mime import PartText

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|max-height\s*:\s*[01](?:px)?\s*(?:;|$)|font-size\s*:\s*[01](?:px|pt)?\s*(?:;|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,3})(?:\.\d+)?\s*(px|pt)", re.IGNORECASE)
_DIMENSION = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*([\d.]+)px", re.IGNORECASE)
_BEACON = re.compile(r"/(?:open|track(?:ing)?|pixel|beacon|wf/open|o)(?:[/.?]|$)|[?&](?:open|pixel)=", re.IGNORECASE)
_SIGNATURES = ("gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature",
               "divtagdefaultwrapper-signature", "x_signature")  # fmt: skip
_TINY = 3  # pixels of a picture that nobody is meant to see
_LARGE = 17  # pixels from which text is a heading where other text is smaller
_HEAD = 20  # words of a heading
_CELL = 160  # characters of a cell in a table of data
_TARGETS = ("url", "u", "q", "target", "redirect", "to", "link", "dest", "destination", "r")
_CAMPAIGN = re.compile(r"(?:utm_\w+|mc_[ce]id|mkt_tok|_hs\w+|fbclid|gclid|trk\w*|ct|oly_\w+|vero_\w+)$", re.IGNORECASE)
_MOST = 20_000  # elements that are looked at


def read(text: PartText, taken: Callable[[str], str] = lambda _: "") -> Letter:
    """The blocks of an HTML part.

    ``taken`` answers the name under which a picture of the mail ("cid:…") is taken along, or nothing.
    """
    markup = text.text.strip("\0")
    if not markup.strip():
        return Letter((), (), by_rows=False)
    try:
        tree = lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=embedded.PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Letter((), (), by_rows=False)
    dropped: list[DroppedBlock] = []
    body = tree.find("body")
    root = body if body is not None else tree
    row = _rows(text)
    _hide(root, dropped, row)
    _name_pixels(root, dropped, row)
    _lay_out(root)
    blocks: list[Block] = []
    for found in read_blocks(root):
        placed = replace(found, lines=tuple(sorted({row(n) for n in found.lines})) or (row(1),))
        if placed.kind == "img":
            _picture(placed, taken, blocks, dropped)
        elif placed.kind == "embed":
            dropped.append(DroppedBlock(placed, "what the mail embeds from elsewhere", 0.9))
        else:
            blocks.append(_linked(placed))
    return Letter(tuple(_headed(blocks)), tuple(dropped), by_rows=False)


def _rows(text: PartText) -> Callable[[int], int]:
    rows = text.rows
    last = len(rows) - 1
    return lambda n: rows[min(max(n - 1, 0), last)]


def _hide(root: Any, dropped: list[DroppedBlock], row: Callable[[int], int]) -> None:
    """Take out what no reader of the mail sees, and signatures that the mail's program has marked."""
    gone: list[tuple[Any, str, float]] = []
    for n, element in enumerate(root.iter()):
        if n > _MOST:
            break
        if not isinstance(element.tag, str) or element.tag == "body":
            continue
        style = element.get("style") or ""
        if element.get("hidden") is not None or ("style" in element.attrib and _HIDDEN.search(style)):
            gone.append((element, "hidden from readers of the mail", 0.9))
        elif (names := f"{element.get('class') or ''} {element.get('id') or ''}".lower()) != " " and any(
            name in names for name in _SIGNATURES
        ):
            gone.append((element, "a signature", 0.9))
    for element, why, sure in gone:
        if element.getparent() is None or any(other is not element and other in _above(element) for other, *_ in gone):
            continue
        words = clean(" ".join(element.itertext()))
        if letter.words(words) > 80 and why == "hidden from readers of the mail":
            continue  # whole mails stand in wrappers that are shown only where the style sheet is read
        if words and any(map(str.isalnum, words)):
            dropped.append(DroppedBlock(letter.block(words, (row(element.sourceline or 1),)), why, sure))
        element.drop_tree()


def _above(element: Any) -> list[Any]:
    return list(element.iterancestors())


def _lay_out(root: Any) -> None:
    """Turn tables that arrange the page into divisions; tables of data stay."""
    for table in list(root.iter("table")):
        if _is_data(table):
            continue
        for element in table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th", "center"):
            if next(element.iterancestors("table"), table) is table or element is table:
                element.tag = "div"


def _is_data(table: Any) -> bool:
    """Whether a table holds data: rows of the same width, short cells, no table and no picture in it."""
    if (table.get("role") or "").lower() in ("presentation", "none") or next(
        table.iterdescendants("table"), None
    ) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) != 1 or widths == {1}:
        return False
    if any(cell.tag == "th" for row in rows for cell in row):
        return True
    if next(table.iter("img", "p", "h1", "h2", "h3", "h4", "div", "ul"), None) is not None:
        return False
    texts = [clean(" ".join(cell.itertext())) for row in rows for cell in row]
    return all(len(text) <= _CELL for text in texts) and sum(map(bool, texts)) > len(texts) * 0.6


def _name_pixels(root: Any, dropped: list[DroppedBlock], row: Callable[[int], int]) -> None:
    """Take out pictures that are too small to be seen: they count readers. The walk through blocks passes them over."""
    for element in list(root.iter("img")):
        sizes = [element.get("width") or "", element.get("height") or ""]
        if any((digits := size.strip().removesuffix("px")).isdigit() and int(digits) <= _TINY for size in sizes):
            src = (element.get("src") or "")[:200]
            dropped.append(DroppedBlock(letter.block(src, (row(element.sourceline or 1),)), "a tracking pixel", 0.95))
            element.drop_tree()


def _picture(one: Block, taken: Callable[[str], str], blocks: list[Block], dropped: list[DroppedBlock]) -> None:
    """Keep a picture that comes with the mail; name any other."""
    element_src = one.src
    if element_src.lower().startswith("cid:") and (name := taken(unquote(element_src[4:]))):
        blocks.append(replace(one, src=name))
        return
    why = "a picture that lies elsewhere: not fetched"
    if _is_pixel(one):
        why = "a tracking pixel"
    elif element_src.lower().startswith("cid:"):
        why = "a picture of the mail: not taken along"
    words = f"{one.text} ({element_src[:200]})" if one.text else element_src[:200]
    dropped.append(DroppedBlock(letter.block(words, one.lines), why, 0.95))


def _is_pixel(one: Block) -> bool:
    element = next(
        (e for e in one.around.element.iter("img") if (e.get("src") or e.get("data-src") or "").strip() == one.src),
        None,
    )
    if element is None:
        return _BEACON.search(one.src) is not None
    sizes = [element.get("width") or "", element.get("height") or "", *_DIMENSION.findall(element.get("style") or "")]
    small = [size for size in sizes if (digits := size.strip().removesuffix("px")).isdigit() and int(digits) <= _TINY]
    return bool(small) or (not one.text and _BEACON.search(one.src) is not None)


def _linked(one: Block) -> Block:
    """A block whose links lead where they say, where a counting address names its target."""
    if not any(span.href and not is_break(span) for span in one.spans):
        return one
    spans = tuple(
        span if is_break(span) or not span.href else replace(span, href=target(span.href)) for span in one.spans
    )
    return replace(one, spans=spans)


def target(address: str, deep: int = 0) -> str:
    """Where a link leads: the target that a counting address names, without the marks of a campaign."""
    try:
        parts = urlsplit(address.strip())
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return address
    if deep < 3:
        for key, value in query:
            if (
                key.lower() in _TARGETS
                and value.lower().startswith(("http://", "https://"))
                and _counts(parts.path, query)
            ):
                return target(value, deep + 1)
    kept = [(key, value) for key, value in query if not _CAMPAIGN.match(key)]
    if len(kept) == len(query):
        return address.strip()
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _counts(path: str, query: list[tuple[str, str]]) -> bool:
    """Whether an address only counts a click: nothing in its path tells of a page of its own."""
    return len(path) < 40 and len(query) < 12


def _headed(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, with those as headings that are set in large or bold type and stand above text."""
    plain = [_size(b) for b in blocks if b.kind == "p" and letter.words(b.text) > _HEAD]
    usual = sorted(plain)[len(plain) // 2] if plain else 0
    for n, one in enumerate(blocks):
        if one.kind == "p" and 0 < letter.words(one.text) <= _HEAD and n + 1 < len(blocks) and not one.quoted:
            size = _size(one)
            large = size >= _LARGE and size > (usual or _LARGE - 1) + 1
            bold = all(span.strong for span in one.spans if not span.text.isspace() and not is_break(span))
            if (large or bold) and not one.text.endswith((".", ":", ";", ",")) and len(letter.lines_of(one)) == 1:
                yield letter.heading(one, 2 if large else 4)
                continue
        yield one


def _size(one: Block) -> int:
    """The size of a block's type in pixels, where an element around it says so; 0 where none does."""
    for n, around in enumerate(one.around.chain()):
        if n > 3 or around.element is None:
            break
        if found := _SIZE.search(around.element.get("style") or ""):
            return int(found[1]) * (4 if found[2].lower() == "pt" else 3) // 3
    inner = (
        next((e for e in one.around.element.iter("span", "font", "a", "strong", "b") if e.get("style")), None)
        if one.around.element is not None
        else None
    )
    if (
        inner is not None
        and clean(" ".join(inner.itertext())) == one.text
        and (found := _SIZE.search(inner.get("style") or ""))
    ):
        return int(found[1]) * (4 if found[2].lower() == "pt" else 3) // 3
    return 0
