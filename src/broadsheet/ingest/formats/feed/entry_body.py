"""The body of a feed entry or a wire item → Markdown, its pictures and media, and what was left out of it, and why.

In: an HTML fragment, a tree, or plain text; the entry's own addresses. Out: ``EntryBody``. Lines such as "The post …
appeared first on …" and "Read more" are no part of a story in any language; a text that ends in one is not whole.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin

import msgspec
from lxml import etree
from lxml import html as lxml_html

from broadsheet import iri
from broadsheet.ingest.extract import boilerplate, publication_marks
from broadsheet.ingest.extract.blocks import Block, clean, is_break, linked, squeeze
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.page_blocks import read_blocks, unheard
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.feed.entry_media import Media, media
from broadsheet.model import Picture

_APPEARED = (
    "appeared first (?:on|at|in)", "first appeared (?:on|at|in)", "was (?:originally|first) published (?:on|at|in|by)",
    "erschien zuerst (?:auf|bei|in|im)", "zuerst erschienen (?:auf|bei|in)", "erschien im original (?:auf|bei)",
    "est apparue? en premier sur", "appara[iî]t en premier sur", "a été publiée? en premier sur",
    "(?:se public[oó]|apareci[oó]|aparece|se ha publicado) primero en", "apareceu primeiro (?:em|no|na)",
    "(?:è|e'|é) apparso per la prima volta su", "sembra essere il primo su", "proviene da", "è apparso prima su",
    "verscheen (?:eerst|het eerst|als eerste) op", "dök först upp på", "publicerades först på", "blev først udgivet på",
    "dukket først opp på", "ble først publisert på", "udkom første gang på", "ilmestyi ensin", "julkaistiin ensin",
    "pochodzi z serwisu", "pojawił(?:a|o)? się (?:po raz pierwszy|najpierw|początkowo|pierwszy raz)",
    "(?:se )?nejdříve objevil", "první publikování", "sa najskôr zobrazil",
    "először .{0,40} jelent meg", "a apărut prima dată (?:în|pe)",
    "prvi put se pojavi", "se je najprej pojavil", "ilk önce", "ilk olarak .{0,60}(?:yayınlan|ortaya çık|göründü)",
    "(?:pertama kali|muncul pertama|tampil pertama)", "впервые появил", "появил[аоси]*ь? сначала", "сначала появил",
    "вперше з.явив", "з.явив\\w* спочатку", "за първи път", "се появи първо", "εμφανίστηκε πρώτα", "πρώτα στο",
    "ظهرت? أولا", "أول مرة على", "הופיע לראשונה", "הופיע ראשון", "سب سے پہلے", "پہلی بار", "पहली बार", "सबसे पहले",
    "最初に.{0,20}(?:表示|登場|掲載)", "最先出现在", "首先出现在", "最早出現(?:於|在)", "最先出現在", "처음 등장",
    "처음 게시", "xuất hiện đầu tiên", "appeared en premier",
)  # fmt: skip
_MORE = (
    "read (?:more|on|the (?:full|whole|entire|rest|complete|original)\\b.{0,30}|full (?:story|article|text)|it all)",
    "continue reading", "keep reading", "(?:the )?full (?:story|article)(?: here)?", "more here", "more at", "more",
    "view (?:original|article|post)", "see more", "click (?:here )?(?:to|for) .{0,20}(?:read|more).{0,20}",
    "mehr (?:lesen|dazu|erfahren)", "weiter ?lesen", "lesen sie (?:mehr|weiter)", "zum (?:ganzen )?artikel", "mehr",
    "den ganzen artikel lesen", "lire (?:la suite|plus|l['’]article)", "en savoir plus", "la suite", "voir plus",
    "leer (?:más|mas|artículo completo)", "seguir leyendo", "continuar leyendo", "sigue leyendo", "ver más",
    "le(?:ia|r) mais", "continu[ea] lendo", "continuar a ler", "saiba mais", "leggi(?: tutto| di più| l['’]articolo)?",
    "continua a leggere", "continua", "lees (?:meer|verder)", "verder lezen", "meer lezen", "läs (?:mer|vidare|hela)",
    "fortsätt (?:att )?läsa", "læs (?:mere|videre)", "fortsæt med at læse", "les (?:mer|meir|videre|hele saken)",
    "fortsett å lese", "lue (?:lisää|koko juttu)", "jatka lukemista", "loe edasi", "czytaj (?:dalej|więcej)",
    "dowiedz się więcej", "więcej", "(?:číst|čtěte) (?:dál|dále|více|celé)", "celý článek", "čítať (?:ďalej|viac)",
    "(?:olvass?|olvasom) tovább", "tovább(?: olvas\\w*)?", "cite[sș]te (?:mai (?:mult|departe)|tot)",
    "pročitaj(?:te)? više",
    "opširnije", "preberi(?:te)? več", "devamını oku", "devamı", "haberin devamı", "baca (?:selengkapnya|lebih lanjut)",
    "selengkapnya", "читать (?:далее|дальше|полностью|целиком)", "подробнее", "далее", "читати далі", "докладніше",
    "прочети (?:още|повече)", "виж още", "διαβάστε (?:περισσότερα|τη συνέχεια)", "συνέχεια", "περισσότερα",
    "اقرأ (?:المزيد|أكثر)", "المزيد", "قراءة المزيد", "ادامه مطلب", "קרא(?:ו)? עוד", "המשך קריאה", "להמשך קריאה",
    "(?:और|आगे) पढ़ें", "続きを読む", "もっと読む", "全文を読む", "阅读(?:更多|全文)", "继续阅读", "查看全文",
    "閱讀(?:更多|全文)", "繼續閱讀", "더 ?(?:보기|읽기)", "계속 읽기", "자세히 보기",
    "đọc (?:thêm|tiếp)", "xem thêm", "อ่านต่อ",
)  # fmt: skip

APPEARED = re.compile("|".join(_APPEARED), re.IGNORECASE)
MORE = re.compile(
    rf"[\W_]*(?:{'|'.join(_MORE)})(?![^\W_])[\s.:…→»>›\]\)]*(?:(?:on|at|auf|sur|en|su|op|på)\s+(?=\S{{3,40}}\W*$))?",
    re.IGNORECASE,
)
OWN = re.compile(  # a line that names the publication itself, where its link leads there
    r"\W*(?:(?:this|the) (?:article|story|post|piece) )?(?:was )?(?:first|originally) (?:published|appeared) "
    r"(?:on|at|in|by)\b",
    re.IGNORECASE,
)
CUT = re.compile(r"(?:\[\s*(?:read )?more\s*\]|\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*$")


_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|figure|"
    r"font|h[1-6]|hr|html|i|iframe|img|ins|kbd|li|mark|object|ol|p|picture|pre|q|s|section|small|span|strike|strong|"
    r"sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|var|video|audio|source|script|style|svg|header|footer|main|time)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ESCAPED = re.compile(
    r"&(?:amp;)*lt;(?:/(?:p|div|span|ul|li|h[1-6]|strong|em|b|i|a)|(?:p|br|div|img|a|h[1-6])\b[^<>]{0,400}?/?)&(?:amp;)*gt;",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_HEAD = 20_000  # characters of a text that tell how it is escaped
_FOOT = 400  # characters of a line that says where a story first appeared
_NETWORK = 30  # characters of the name of a network
_LAST = 6  # blocks at the end of a body among which the line stands that says where it first appeared
_SENTENCE = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*(?:\s*\[[^\]\w]{1,5}\])?\s+")  # its end
_TAIL = 20  # characters behind the link in such a line
_REST = 120  # characters of a line that leads to the rest of a story


class BodyContext(msgspec.Struct, frozen=True):
    """What is known beside a body: the address and headline of its entry, the address and name of its site."""

    url: str = ""
    title: str = ""
    home: str = ""
    site: str = ""
    base: str = ""
    lang: str = ""
    hints: Hints = Hints()


class Left(msgspec.Struct, frozen=True):
    """A piece of a body that was left out: the line of the fragment, counted from 0, its beginning, and why."""

    line: int
    text: str
    why: str
    confidence: float = 1.0


class EntryBody(msgspec.Struct, frozen=True):
    """A body: its Markdown, its paragraphs, its first picture where that leads it, media that it shows, what was left.

    ``cut`` says that it is the beginning of a story, whose rest stands elsewhere.
    """

    markdown: str = ""
    paragraphs: tuple[str, ...] = ()
    picture: Picture | None = None
    media: tuple[Media, ...] = ()
    left: tuple[Left, ...] = ()
    cut: bool = False


def is_html(text: str) -> bool:
    """Whether a text is marked up: it has a tag that HTML knows, or is all references to characters."""
    return bool(_TAG.search(text) or _REFERENCE.search(text))


def unfolded(text: str) -> str:
    """HTML that was escaped once more than it should be, as it was meant."""
    for _ in range(3):
        if _TAG.search(text) or not _ESCAPED.search(text[:_HEAD]):
            break
        text = unescape(text)
    return text


def from_text(text: str, place: BodyContext) -> EntryBody:
    """The body of plain text, in which nothing is markup."""
    parts = re.split(r"\n[ \t]*\n\s*", publication_marks.apart(text.strip(), place.hints))
    return from_html("\n\n".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part.strip()), place)


def from_html(text: str, place: BodyContext) -> EntryBody:
    """The body of an HTML fragment, which may have been escaped twice."""
    text = unfolded(text)
    if not text.strip():
        return EntryBody()
    if not _TAG.search(text) and "\n" in text.strip():
        return from_text(unescape(text), place)
    try:
        tree = lxml_html.document_fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser=embedded.PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return from_text(re.sub(r"<[^>]*>", " ", text), place)
    return from_tree(tree, place)


def from_tree(tree: Any, place: BodyContext) -> EntryBody:
    """The body of a tree whose elements are named as in HTML; the tree is changed."""
    shown = [*media(tree, place.base or place.url)]
    phrases = boilerplate.table(place.lang.partition("-")[0])
    left: list[Left] = [Left(max(line, 1) - 1, text, why, 0.9) for line, why, text in unheard(tree)]
    found = read_blocks(tree)
    cut = _trim(found, left, place)
    blocks: list[Block] = []
    sharing = False  # below a line such as "Share this", names of networks
    for block in found:
        if embedded.furniture(block, phrases):
            left.append(_left(block, "furniture of a page, such as a line to share it", 0.9))
            sharing = True
        elif sharing and block.kind == "li" and linked(block) > 0.9 and len(block.text) < _NETWORK:
            left.append(_left(block, "furniture of a page: a link to share it", 0.9))
        else:
            sharing = False
            blocks.append(block)
    cut = _trim(blocks, left, place) or cut
    if blocks and blocks[0].kind == "h" and place.title and squeeze(blocks[0].text) == squeeze(place.title):
        left.append(_left(blocks.pop(0), "the headline once more"))
    while blocks and blocks[-1].kind == "h":
        left.append(_left(blocks.pop(), "a heading with no text below it", 0.7))
    picture = _leading(blocks)
    blocks = [_captioned(block) for block in blocks]
    base = place.base or place.url
    prose = embedded.of_blocks(blocks, base, lambda src: _absolute(src, base))
    return EntryBody(prose.markdown, prose.paragraphs, picture, tuple(shown), tuple(left), cut)


def _left(block: Block, why: str, confidence: float = 1.0) -> Left:
    return Left(min(block.lines, default=1) - 1, block.text or block.src, why, confidence)


def _leading(blocks: list[Block]) -> Picture | None:
    """The picture with which a body begins, and its caption; both are taken out."""
    for n, block in enumerate(blocks[:3]):
        if block.kind == "img":
            caption = blocks[n + 1].text if n + 1 < len(blocks) and blocks[n + 1].kind == "caption" else ""
            del blocks[n : n + (2 if caption else 1)]
            return Picture(block.src, block.text, caption)
        if block.kind not in ("h", "caption"):
            break
    return None


def _captioned(block: Block) -> Block:
    """A caption as a paragraph of its own, slanted, since Markdown has none."""
    if block.kind != "caption":
        return block
    spans = tuple(span if is_break(span) else msgspec.structs.replace(span, emphasis=True) for span in block.spans)
    return msgspec.structs.replace(block, kind="p", spans=spans)


def _absolute(src: str, base: str) -> str:
    try:
        address = urljoin(base, src.strip()) if base else src.strip()
    except ValueError:
        return ""
    return address if address.lower().startswith(("http://", "https://")) or not iri.split(address).scheme else ""


def _trim(blocks: list[Block], left: list[Left], place: BodyContext) -> bool:
    """Take off what stands below a story in a feed; whether it says that the rest of the story is elsewhere."""
    cut = False
    for n in range(len(blocks) - 1, max(len(blocks) - 1 - _LAST, -1), -1):
        whole = _without_foot(blocks[n], place)
        if whole is not blocks[n] or _appeared(blocks[n], place):
            gone = msgspec.structs.replace(blocks[n], text=blocks[n].text[len(whole.text) :].strip() or blocks[n].text)
            left.append(_left(gone, "the feed's line that says where the story first appeared"))
            blocks[n : n + 1] = [whole] if whole is not blocks[n] else []
    for _ in range(4):
        if not blocks:
            break
        block = blocks[-1]
        if block.kind == "img":
            break
        if _leads_on(block, place):
            more = MORE.match(block.text) is not None
            why = "a link to the rest of the story" if more else "a link to the story's own page"
            left.append(_left(blocks.pop(), why))
            cut = cut or more
        else:
            break
    if blocks and blocks[-1].kind in ("p", "li", "quote"):
        shorter = _without_link(blocks[-1], place)
        if shorter is not blocks[-1]:
            rest = blocks[-1].text[len(shorter.text) :]
            left.append(Left(max(blocks[-1].lines, default=1) - 1, rest, "a link to the rest of the story"))
            blocks[-1] = shorter
            cut = True
        cut = cut or bool(CUT.search(blocks[-1].text))
        if not blocks[-1].text:
            blocks.pop()
    return cut


def _appeared(block: Block, place: BodyContext) -> bool:
    if block.kind not in ("p", "li", "quote") or len(block.text) > _FOOT:
        return False
    links = [span for span in block.spans if span.href and not is_break(span)]
    if APPEARED.search(block.text):
        hosts = {iri.split(place.home).netloc, iri.split(place.url).netloc} - {""}
        own = any(not hosts or _host(link.href, place) in hosts for link in links)
        if own or (place.title and squeeze(place.title) in squeeze(block.text)):
            return True
    if not links or not place.url:
        return False
    first, last = links[0], links[-1]
    if OWN.match(block.text) and len(block.text) < _REST:
        return _host(last.href, place) in (iri.split(place.home).netloc, iri.split(place.url).netloc)
    if len(links) < 2:
        return False
    story = _same(first.href, place) or (place.title and squeeze(first.text) == squeeze(place.title))
    host = _host(last.href, place)
    site = host and host in (iri.split(place.home).netloc, iri.split(place.url).netloc) and not _same(last.href, place)
    return bool(story and site and len(block.text) - sum(len(s.text) for s in links) < 90)


def _without_foot(block: Block, place: BodyContext) -> Block:
    """A paragraph without "The post … appeared first on …", where a feed has it in the line of the text itself."""
    whole = "".join(span.text for span in block.spans)
    found = APPEARED.search(whole[-_FOOT:]) if block.kind in ("p", "li", "quote") else None
    if not found:
        return block
    said = max(len(whole) - _FOOT, 0) + found.start()
    links: list[tuple[int, int]] = []
    at = 0
    for n, span in enumerate(block.spans):
        if span.href and not is_break(span) and span.text.strip():
            links.append((at, n))
        at += len(span.text)
    before = max((link for link in links if link[0] < said), default=None)
    first = before[0] if before and said - before[0] < _REST else said
    ends = [m.end() for m in _SENTENCE.finditer(whole, 0, first)]
    cut = ends[-1] if ends else 0
    if not links or links[-1][0] < cut or not whole[:cut].strip():
        return block
    last = block.spans[links[-1][1]]
    tail = whole[links[-1][0] + len(last.text) :]
    own = _host(last.href, place) in (iri.split(place.home).netloc, iri.split(place.url).netloc)
    if not own or len(tail.strip()) > _TAIL or not _host(last.href, place):  # a credit of the text itself
        return block
    kept, at = [], 0
    for span in block.spans:
        if at < cut:
            kept.append(
                span if at + len(span.text) <= cut else msgspec.structs.replace(span, text=span.text[: cut - at])
            )
        at += len(span.text)
    return msgspec.structs.replace(block, spans=tuple(kept), text=clean(whole[:cut]))


def _host(href: str, place: BodyContext) -> str:
    return iri.split(_absolute(href, place.base or place.url)).netloc


def _leads_on(block: Block, place: BodyContext) -> bool:
    if block.kind not in ("p", "li", "h") or len(block.text) > _REST:
        return False
    links = [span for span in block.spans if span.href and not is_break(span)]
    if MORE.match(block.text):
        rest = squeeze(MORE.sub("", block.text, count=1))
        return not rest or (bool(place.title) and rest in squeeze(place.title) + "on" + squeeze(place.site))
    return (
        bool(links) and linked(block) > 0.9 and all(_same(link.href, place) for link in links) and len(block.text) < 60
    )


def _without_link(block: Block, place: BodyContext) -> Block:
    """A paragraph without the link to the rest of its story at its end: "The council … Read more"."""
    spans = list(block.spans)
    while spans and (is_break(spans[-1]) or not spans[-1].text.strip(" \n\t→»>›.…")):
        spans.pop()
    if not spans or not spans[-1].href or len(spans) == 1:
        return block
    end = len(spans)
    while end and spans[end - 1].href == spans[-1].href:
        end -= 1
    text = clean("".join(span.text for span in spans[end:]))
    if not end or len(text) > _REST or not (MORE.match(text) or (_same(spans[-1].href, place) and len(text) < 25)):
        return block
    if not MORE.match(text) and not CUT.search(clean("".join(span.text for span in spans[:end]))):
        return block
    kept = tuple(spans[:end])
    return msgspec.structs.replace(block, spans=kept, text=clean("".join(span.text for span in kept)))


def _same(href: str, place: BodyContext) -> bool:
    """Whether an address is the entry's own, but for what only counts readers or names a place in the page."""
    if not place.url:
        return False
    one, other = (iri.split(_absolute(a, place.base or place.url)) for a in (href, place.url))
    return (one.netloc.removeprefix("www."), one.path.rstrip("/")) == (
        other.netloc.removeprefix("www."),
        other.path.rstrip("/"),
    )
