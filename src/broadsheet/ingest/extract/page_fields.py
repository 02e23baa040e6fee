"""The fields of a page by the best evidence it gives of itself: JSON-LD, Open Graph, microdata, headings, address.

In: a ``PageHead``, the labels that the page prints around its headline, and the site's hints. Out: ``Found`` values.
Dates and bylines, which take more judging, have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import unquote

import msgspec

from broadsheet import iri
from broadsheet.ingest.extract import subjects
from broadsheet.ingest.extract.blocks import PROSE, Block, BlockPart, clean, squeeze
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.page_metadata import PageHead, is_aside
from broadsheet.text import slug


class PrintedLabels(msgspec.Struct, frozen=True):
    """What the page prints that may name a section: breadcrumbs, labels at the headline, every short text."""

    crumbs: tuple[str, ...] = ()
    kickers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


_ABOVE = 8  # blocks at the headline that are looked at
_FURTHEST = 60  # blocks from a headline at which a byline cannot be its own
_LONGEST = 1000  # characters of a headline that are read
_LABEL = 30  # characters of a section's name at most
_KICKER = re.compile(
    r"categor|kicker|rubri|ressort|channel|eyebrow|section(?!\w*-)|(?<![a-z])topic|overline|dachzeile|label|vertical|"
    r"cintillo|volanta|antetitulo|surtitre|topper|(?<![a-z])tag(?![a-z])|(?<![a-z])cat(?![a-z])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—·»•:\-ㅣ]+\s+|\s*[|ㅣ]\s*|：|:\s+")


def text(value: Any) -> str:
    """A value of JSON-LD as plain text: the first of a list, the name of a node, without markup and entities."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("url") or ""
    if not isinstance(value, str):
        return ""
    if "&" in value or "<" in value:
        value = re.sub(r"<[^>]{0,300}>", "", unescaped(value))
    return clean(value)


def unescaped(value: str) -> str:
    """Entities of JSON-LD, which some systems escape twice."""
    return unescape(unescape(value))


def site(head: PageHead, url: str) -> str:
    """The name of the publication."""
    publisher = head.node.get("publisher")
    name = head.meta("og:site_name", "application-name", "dc.publisher") or text(publisher)
    return name or iri.split(url).netloc.removeprefix("www.")


def title(head: PageHead, url: str) -> Found[str] | None:
    """The headline, without the publication's name."""
    house = site(head, url)
    found = _given(head, house)
    shown = [
        heading for heading in head.headings if squeeze(heading) != squeeze(house) and not _is_house(heading, head)
    ]
    below = [heading for heading in head.headings2 if squeeze(heading) != squeeze(house)]
    whole = bare(head.title, house)
    shown = [_without_label(heading, (whole, *(value for _, value, _ in found))) for heading in shown]
    return (
        _shown_and_given(head, found, shown, whole)
        or _given_alone(head, found, shown, below, whole)
        or _shown_alone(head, shown, below, whole)
    )


def _is_house(heading: str, head: PageHead) -> bool:
    """Whether a heading is the name that stands behind the headline in the page's title: a logo that is an h1."""
    cuts = [found for found in _SEPARATOR.finditer(head.title) if ":" not in found[0] and "：" not in found[0]]
    if not cuts or len(heading) > _SLOGAN or cuts[0].start() < max(_HEAD, len(heading)):
        return False
    ends = [*(found.start() for found in cuts[1:]), len(head.title)]
    return squeeze(heading) in {squeeze(head.title[a.end() : b]) for a, b in zip(cuts, ends, strict=True)}


def _without_label(heading: str, known: Iterable[str]) -> str:
    """A heading without a label of a few words inside it, where what is left is a headline that the page gives."""
    for value in known:
        above = heading.removesuffix(value).strip()
        if len(value) >= _HEAD and 0 < len(above) <= _LABEL and above != heading and above[-1].isalnum():
            return value
    return heading


_Given = Sequence[tuple[str, str, float]]  # rule, headline, how sure


def _given(head: PageHead, house: str) -> _Given:
    """The headlines that metadata gives, best first."""
    named = [
        ("og:title", head.meta("og:title"), 0.95),
        ("json-ld:headline", text(head.node.get("headline")), 0.95),
        ("twitter:title", head.meta("twitter:title"), 0.9),
        ("itemprop:headline", next(iter(head.items.get("headline", ())), ""), 0.9),
        ("parsely-title", head.meta("parsely-title", "sailthru.title", "dc.title", "dcterms.title"), 0.85),
    ]
    found = [(rule, bare(value, house), sure) for rule, value, sure in named if value]
    return [(rule, value, sure) for rule, value, sure in found if squeeze(value) != squeeze(house)]


def _shown_and_given(head: PageHead, found: _Given, shown: Sequence[str], whole: str) -> Found[str] | None:
    """A headline that the page prints and its metadata bears out; what its own title bears out where that does not."""
    h1 = head.lines.get("h1", 0)
    for rule, value, _ in found:
        if heading := next((h for h in shown if _same(h, value)), ""):
            return Found(heading, f"h1, {rule}", 0.99, h1)
    titled = next((h for h in shown if _same(h, whole) or _begins(whole, h)), "")
    borne_out = any(_same(value, whole) for _, value, _ in found)
    agreed = len({squeeze(value) for _, value, _ in found}) == 1 and len(found) > 1
    return Found(titled, "h1, title", _CONTRADICTED if agreed else 0.95, h1) if titled and not borne_out else None


def _given_alone(
    head: PageHead, found: _Given, shown: Sequence[str], below: Sequence[str], whole: str
) -> Found[str] | None:
    """The first headline of the metadata, doubted where the page prints another one and its title bears out neither."""
    for rule, value, sure in found:
        line = head.lines.get(rule.partition(":")[0], head.lines.get(rule, 0))
        if heading := next((h for h in below if _same(h, value)), ""):
            return Found(heading, f"h2, {rule}", 0.97, line)
        doubted = len(shown) == 1 and not _same(value, whole) and not _alike(value, (shown[0], whole))
        return Found(value, rule, _CONTRADICTED if doubted else sure, line)
    return None


def _shown_alone(head: PageHead, shown: Sequence[str], below: Sequence[str], whole: str) -> Found[str] | None:
    """The headline of a page without metadata."""
    h1, line = head.lines.get("h1", 0), head.lines.get("title", 0)
    for heading in shown:
        if squeeze(heading) in squeeze(head.title):
            return Found(heading, "h1, title", 0.95, h1)
    if whole and (heading := next((h for h in below if _same(h, whole) or _begins(whole, h)), "")):
        return Found(heading, "h2, title", 0.93, line)
    if whole and not shown:
        return Found(_without_slogans(whole), "title", 0.7, line)
    return Found(shown[0], "h1", 0.7, h1) if shown else None


_CONTRADICTED = 0.7  # how sure a headline is that is printed nowhere, where the page prints another one
_HEAD = 20  # characters of a headline at least
_SLOGAN = 40  # characters of a publication's name or slogan at most


def _begins(whole: str, heading: str) -> bool:
    """Whether a page's title is a heading with something behind a separator."""
    cuts = (whole[: found.start()] for found in _SEPARATOR.finditer(whole))
    return len(heading) > 3 and any(squeeze(cut) == squeeze(heading) for cut in cuts)


def _alike(one: str, others: Iterable[str]) -> bool:
    """Whether a headline shares words with one of others."""
    words = {word for word in one.lower().split() if len(word) > 3}
    return any(len(words & set(other.lower().split())) * 3 >= len(words) for other in others)


def _without_slogans(whole: str) -> str:
    """A page's title without the names behind it, where nothing else says which they are."""
    cuts = [found for found in _SEPARATOR.finditer(whole) if ":" not in found[0] and "：" not in found[0]]
    for cut in reversed(cuts):
        if cut.start() < _HEAD or len(whole) - cut.end() > _SLOGAN:
            break
        whole = whole[: cut.start()].strip()
    return whole


def _same(one: str, other: str) -> bool:
    a, b = squeeze(one), squeeze(other)
    return a == b or (
        min(len(a), len(b)) > 15 and (a.startswith(b) or b.startswith(a)) and 0.8 < len(a) / len(b) < 1.25
    )


def bare(headline: str, house: str) -> str:
    """A headline without the publication's name or its address behind a separator, or its name before one."""
    headline = clean(headline[:_LONGEST])
    names = {squeeze(house), squeeze(house.partition(".")[0])} - {""}
    while parts := list(_SEPARATOR.finditer(headline)):
        last = parts[-1]
        tail = squeeze(headline[last.end() :])
        if not tail or not (tail in names or any(len(n) > 3 and n in tail and len(tail) < len(n) + 24 for n in names)):
            break
        headline = headline[: last.start()].strip()
    first = _SEPARATOR.search(headline)
    if first and squeeze(headline[: first.start()]) in names and len(squeeze(house)) > 2:
        headline = headline[first.end() :].strip()
    return headline


def summary(head: PageHead) -> Found[str] | None:
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


def standfirsts(head: PageHead) -> tuple[str, ...]:
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


def section(head: PageHead, url: str, headline: str, printed: PrintedLabels, hints: Hints) -> Found[str] | None:
    """The desk that the page files the story under, as the site of the hints calls it."""
    house = {squeeze(site(head, url)), squeeze(iri.split(url).netloc.removeprefix("www.").rpartition(".")[0])}
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
    settled = [subjects.settle(name, hints, rule, head.lines.get(rule, 0), sure) for rule, name, sure in usable]
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
    inner = [clean(unescaped(crumb)) for crumb in crumbs[1:]]
    start = squeeze(headline)[:20]
    return [c for c in reversed(inner) if len(c) < 40 and not c.isdigit() and squeeze(c)[:20] != start]


def _folders(url: str, labels: Iterable[str]) -> list[str]:
    """Folders of the address, outermost first, as the page prints them where it does."""
    folders = [unquote(part) for part in iri.split(url).path.split("/")[1:-1]]
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


def topics(head: PageHead) -> Found[tuple[str, ...]] | None:
    """The keywords that the page gives itself, where they are few enough to have been chosen."""
    words = [*head.metas.get("article:tag", ()), *_names(head.node.get("keywords"))]
    words = words or _names(head.meta("news_keywords", "parsely-tags", "keywords"))
    chosen = tuple(dict.fromkeys(word for word in map(clean, words) if 2 < len(word) < 50))
    return Found(chosen[:8], "keywords", 0.6) if chosen else None


def lang(head: PageHead) -> Found[str] | None:
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


def around_headline(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> list[Block]:
    """The blocks right above and below the headline, and right below the text, that are no part of the story."""
    body = [n for n, part in enumerate(parts) if part.role == "body"]
    head = _headline(blocks, parts)
    first = head if head >= 0 else max(body[0] - 1, 0) if body else 0
    below = set(map(id, below_headline(blocks, parts)))
    near = set(range(max(first - _ABOVE, 0), first)) | {n for n, b in enumerate(blocks) if id(b) in below}
    near |= set(range(body[-1] + 1, min(body[-1] + 1 + _ABOVE, len(blocks)))) if body else set()
    outer = (n for n in sorted(near, key=lambda n: (n < first, n)) if parts[n].role == "dropped")
    return [blocks[n] for n in outer if not is_aside(blocks[n].around.element)]


def printed(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> PrintedLabels:
    """The labels of the page that may name a section, the nearest to the headline first."""
    head = max(_headline(blocks, parts), 0)
    near = (*reversed(blocks[max(head - _ABOVE, 0) : head]), *blocks[head + 1 : head + _ABOVE])
    kickers = tuple(_label(block) for block in near if block.kind != "img" and _is_called(block, _KICKER, 2))
    crumbs = (block.text for block in blocks[: head + 1] if _is_called(block, _CRUMB, 4))
    every = tuple(block.text for block in blocks if len(block.text) < _LABEL)
    return PrintedLabels(("", *crumbs), kickers, every)


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
