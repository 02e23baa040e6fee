"""The fields of a page by the best evidence it gives of itself: JSON-LD, Open Graph, microdata, headings, address.

In: a ``Head``, the labels that the page prints around its headline, and the site's hints. Out: ``Found`` values.
Dates and bylines, which take more judging, have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from broadsheet.ingest.extract import sections
from broadsheet.ingest.extract.page_parts import PROSE, BlockPart
from broadsheet.ingest.extract.blocks import Block, clean, squeeze
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.page_metadata import Head
from broadsheet.model import Picture
from broadsheet.text import slug


class Printed(msgspec.Struct, frozen=True):
    """What the page prints that may name a section: breadcrumbs, labels at the headline, every short text."""

    crumbs: tuple[str, ...] = ()
    kickers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


_ABOVE = 8  # blocks at the headline that are looked at
_FURTHEST = 60  # blocks from a headline at which a byline cannot be its own
_LABEL = 30  # characters of a section's name at most
_KICKER = re.compile(
    r"categor|kicker|rubri|ressort|channel|eyebrow|section(?!\w*-)|(?<![a-z])topic|overline|dachzeile|label|vertical|"
    r"cintillo|volanta|antetitulo|surtitre|topper|(?<![a-z])tag(?![a-z])|(?<![a-z])cat(?![a-z])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—·»:\-ㅣ]+\s+|\s*[|ㅣ]\s*|：")


def text(value: Any) -> str:
    """A value of JSON-LD as plain text: the first of a list, the name of a node, without markup and entities."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("url") or ""
    if not isinstance(value, str):
        return ""
    if "&" in value or "<" in value:
        value = re.sub(r"<[^>]{0,300}>", "", _unescaped(value))
    return clean(value)


def _unescaped(value: str) -> str:
    """Entities of JSON-LD, which some systems escape twice."""
    return unescape(unescape(value))


def site(head: Head, url: str) -> str:
    """The name of the publication."""
    publisher = head.node.get("publisher")
    name = head.meta("og:site_name", "application-name", "dc.publisher") or text(publisher)
    return name or urlsplit(url).netloc.removeprefix("www.")


def title(head: Head, url: str) -> Found[str] | None:
    """The headline, without the publication's name."""
    house = site(head, url)
    named = [
        ("og:title", head.meta("og:title"), 0.95),
        ("json-ld:headline", text(head.node.get("headline")), 0.95),
        ("twitter:title", head.meta("twitter:title"), 0.9),
        ("itemprop:headline", next(iter(head.items.get("headline", ())), ""), 0.9),
        ("parsely-title", head.meta("parsely-title", "sailthru.title", "dc.title", "dcterms.title"), 0.85),
    ]
    found = [(rule, bare(value, house), sure) for rule, value, sure in named if value]
    found = [(rule, value, sure) for rule, value, sure in found if squeeze(value) != squeeze(house)]
    shown = [heading for heading in head.headings if squeeze(heading) != squeeze(house)]
    for rule, value, sure in found:
        printed = next((h for h in shown if _same(h, value)), "")
        if printed:
            return Found(printed, f"h1, {rule}", 0.99, head.lines.get("h1", 0))
        return Found(value, rule, sure, head.lines.get(rule.partition(":")[0], head.lines.get(rule, 0)))
    whole = bare(head.title, house)
    for heading in shown:
        if _same(heading, whole) or squeeze(heading) in squeeze(head.title):
            return Found(heading, "h1, title", 0.95, head.lines.get("h1", 0))
    if whole and not shown:
        return Found(whole, "title", 0.7, head.lines.get("title", 0))
    if shown:
        return Found(shown[0], "h1", 0.7, head.lines.get("h1", 0))
    return None


def _same(one: str, other: str) -> bool:
    a, b = squeeze(one), squeeze(other)
    return a == b or (
        min(len(a), len(b)) > 15 and (a.startswith(b) or b.startswith(a)) and 0.8 < len(a) / len(b) < 1.25
    )


def bare(headline: str, house: str) -> str:
    """A headline without the publication's name or its address behind a separator."""
    headline = clean(headline)
    names = {squeeze(house), squeeze(house.partition(".")[0])} - {""}
    while parts := list(_SEPARATOR.finditer(headline)):
        last = parts[-1]
        tail = squeeze(headline[last.end() :])
        if not tail or not (tail in names or any(len(n) > 3 and n in tail and len(tail) < len(n) + 24 for n in names)):
            break
        headline = headline[: last.start()].strip()
    return headline


def summary(head: Head) -> Found[str] | None:
    """The page's own description, where it is a sentence."""
    for rule, value in (
        ("json-ld:description", text(head.node.get("description"))),
        ("og:description", head.meta("og:description")),
        ("description", head.meta("description", "twitter:description", "dc.description")),
    ):
        if len(value) >= 40:
            cut = value.endswith(("…", "...", "[&hellip;]", "[…]"))
            return Found(value, rule, 0.6 if cut else 0.9, head.lines.get(rule, 0))
    return None


def standfirsts(head: Head) -> tuple[str, ...]:
    """Every text by which the page describes itself; one of them may stand below the headline."""
    names = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
    every = [text(head.node.get("description")), *map(head.meta, names)]
    return tuple(dict.fromkeys(value for value in every if len(value) > 20))


# Names under which sites file everything, in the main languages of the web; they tell nothing of a story.
_ANYTHING = frozenset((
    "home", "homepage", "start", "startseite", "inicio", "accueil", "anasayfa", "strona-glowna", "home-page",
    "news", "nachrichten", "aktuell", "aktuelles", "noticias", "noticia", "notizie", "nouvelles", "actualites",
    "actualite", "a-la-une", "articles", "article", "artikel", "articulo", "articulos", "allgemein",
    "uncategorized", "sin-categoria", "non-classe", "latest", "featured", "top-news", "top-stories",
    "breaking-news", "breaking", "all", "story", "stories", "post", "posts", "pages", "page", "node", "content",
    "contents", "edition", "editions", "archive", "archiv", "web", "www", "en", "de", "fr", "es", "it", "pt", "us",
    "uk", "int", "en-us", "en-gb", "id", "default", "general", "main", "index", "amp", "mobile", "m", "blog",
    "video", "videos", "galleries", "gallery", "live", "the-front", "detail", "read", "tags", "information",
    "informacion", "beitrag", "meldung", "meldungen", "ueberblick", "uebersicht", "news-tipps", "tous", "public",
    "site", "sites", "category", "kategorie", "tag",
))  # fmt: skip


def section(head: Head, url: str, headline: str, printed: Printed, hints: Hints) -> Found[str] | None:
    """The desk that the page files the story under, as the site of the hints calls it."""
    house = {squeeze(site(head, url)), squeeze(urlsplit(url).netloc.removeprefix("www.").rpartition(".")[0])}
    found = [
        *(("json-ld:articleSection", name, 0.93) for name in _names(head.node.get("articleSection"))),
        *(("article:section", name, 0.9) for name in _names(list(head.metas.get("article:section", ())))),
        *((key, name, 0.85) for key in _SECTION_METAS for name in _names(list(head.metas.get(key, ())))),
        *(("itemprop:articleSection", name, 0.85) for name in head.items.get("articlesection", ())),
        *(("breadcrumb", name, 0.8) for name in _crumbs(head.crumbs, headline)),
        *(("breadcrumb", name, 0.75) for name in _crumbs(printed.crumbs, headline)),
        *(("label at the headline", name, 0.75) for name in printed.kickers),
        *(("address", name, 0.7) for name in _folders(url, printed.labels)),
    ]
    usable = [(rule, name, sure) for rule, name, sure in found if _tells(name, house)]
    usable.sort(
        key=lambda one: bool(_HANDLE.fullmatch(one[1]))
    )  # a machine's name, such as "top-stories-2", comes last
    settled = [sections.settle(name, hints, rule, head.lines.get(rule, 0), sure) for rule, name, sure in usable]
    own = (section for section in settled if section.value in hints.sections)
    return next(own, settled[0] if settled else None)


_HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_SECTION_METAS = (
    "section", "parsely-section", "sailthru.section", "cxenseparse:section", "category", "article.section",
    "og:section", "page-section", "rubrik", "ressort",
)  # fmt: skip


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [part for item in values for part in re.split(r"\s*[,;|>/]\s*", text(item)) if part]


def _crumbs(crumbs: Sequence[str], headline: str) -> list[str]:
    """Breadcrumbs that are neither the way home nor the story, innermost first; bare numbers are archives."""
    inner = [clean(_unescaped(crumb)) for crumb in crumbs[1:]]
    start = squeeze(headline)[:20]
    return [c for c in reversed(inner) if len(c) < 40 and not c.isdigit() and squeeze(c)[:20] != start]


def _folders(url: str, labels: Iterable[str]) -> list[str]:
    """Folders of the address, outermost first, as the page prints them where it does."""
    folders = [unquote(part) for part in urlsplit(url).path.split("/")[1:-1]]
    wanted = {folder.lower() for folder in folders}
    lengths = {len(folder) + n for folder in folders for n in (-2, -1, 0, 1, 2)}
    printed: dict[str, str] = {}
    for label in dict.fromkeys(labels):  # in their order: of two labels alike, chance must not choose
        if len(label) in lengths:
            for form in {slug(label, default=""), slug(label.translate(_GERMAN), default="")} & wanted:
                printed.setdefault(form, label)
    names = [printed.get(f.lower(), f.replace("-", " ").replace("_", " ").capitalize()) for f in folders]
    return [name for name, folder in zip(names, folders, strict=True) if folder.isascii() and len(folder) < 30]


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def _tells(name: str, house: set[str]) -> bool:
    digits = sum(c.isdigit() for c in name)
    return 2 < len(name) < 40 and digits < 2 and slug(name) not in _ANYTHING and squeeze(name) not in house


def topics(head: Head) -> Found[tuple[str, ...]] | None:
    """The keywords that the page gives itself, where they are few enough to have been chosen."""
    words = [*head.metas.get("article:tag", ()), *_names(head.node.get("keywords"))]
    words = words or _names(head.meta("news_keywords", "parsely-tags", "keywords"))
    chosen = tuple(dict.fromkeys(word for word in map(clean, words) if 2 < len(word) < 50))
    return Found(chosen[:8], "keywords", 0.6) if chosen else None


def image(head: Head) -> Found[Picture] | None:
    """The page's lead picture; its address is remote, and whether it may be used is for an editor to say."""
    node = head.node.get("image")
    node = next(iter(node), None) if isinstance(node, list) else node
    src = head.meta("og:image:secure_url", "og:image", "twitter:image")
    src = src or (text(node.get("url")) if isinstance(node, dict) else text(node))
    if not src.startswith(("https://", "http://")):
        return None
    caption = text(node.get("caption")) if isinstance(node, dict) else ""
    credit = text(node.get("creditText") or node.get("creator")) if isinstance(node, dict) else ""
    return Found(Picture(src, head.meta("og:image:alt", "twitter:image:alt"), caption, credit), "og:image", 0.5)


def lang(head: Head) -> Found[str] | None:
    """The language of the page as a BCP 47 tag."""
    for rule, value, sure in (
        ("html:lang", head.lang, 0.85),
        ("json-ld:inLanguage", text(head.node.get("inLanguage")), 0.85),
        ("og:locale", head.meta("og:locale", "content-language", "language", "dc.language"), 0.8),
    ):
        tag = value.strip().replace("_", "-")
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}", tag):
            primary, _, region = tag.partition("-")
            return Found(primary.lower() + (f"-{region.upper()}" if len(region) == 2 else ""), rule, sure)
    return None


def below_headline(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> Sequence[Block]:
    """The blocks from the headline to the first words of the text; from shortly before them where it is not printed."""
    head = _headline(blocks, parts)
    start = head + 1
    prose = (n for n, p in enumerate(parts) if n >= start and p.role == "body" and len(blocks[n].text) > PROSE)
    first = next(prose, start)
    return blocks[start if head >= 0 else max(first - _ABOVE, 0) : min(first + 3, start + _FURTHEST)]


def printed(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> Printed:
    """The labels of the page that may name a section, the nearest to the headline first."""
    head = max(_headline(blocks, parts), 0)
    near = (*reversed(blocks[max(head - _ABOVE, 0) : head]), *blocks[head + 1 : head + _ABOVE])
    kickers = tuple(_label(block) for block in near if block.kind != "img" and _is_called(block, _KICKER, 2))
    crumbs = (block.text for block in blocks[: head + 1] if _is_called(block, _CRUMB, 4))
    every = tuple(block.text for block in blocks if len(block.text) < _LABEL)
    return Printed(("", *crumbs), kickers, every)


_CRUMB = re.compile("breadcrumb", re.IGNORECASE)


def _headline(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> int:
    """The block of the headline, or -1 where the page does not print it."""
    return next((n for n, part in enumerate(parts) if part.role == "title" and blocks[n].kind == "h"), -1)


def _is_called(block: Block, names: re.Pattern[str], levels: int) -> bool:
    return len(block.text) < _LABEL and any(names.search(here.names) for here in islice(block.around.chain(), levels))


def _label(block: Block) -> str:
    """The first link of a label, or the whole of it."""
    linked = (span.text.strip() for span in block.spans if span.href and span.text.strip())
    return next(linked, block.text)
