"""Who signed a page: the names its metadata and its byline give, cleaned of roles, agencies and the publication.

In: a ``Head``. Out: the authors and the agency, each as ``Found``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from broadsheet.ingest.blocks import Block, clean
from broadsheet.ingest.draft import Found
from broadsheet.ingest.head import Head
from broadsheet.ingest.metadata import site, squeeze, text

_METAS = (
    "parsely-author", "author", "byl", "sailthru.author", "cxenseparse:author", "article:author_name", "article:byline",
    "og:author", "article:author", "article.author", "dc.creator", "dcterms.creator", "citation_author", "dcsext.author",
    "mediator_author", "og:article:author", "authors", "autor", "cxenseparse:esp-author", "book:author",
)  # fmt: skip

_BY = re.compile(
    r"^(?:(?:written|reported|published|posted|words|story|geschrieben|veröffentlicht|publicado|escrito|publié|écrit)\s+)?"
    r"(?:(?:by|von|vom|par|por|di|da|door|av|af|od|przez|autor(?:in|a|es)?|authors?|reporter|text|texto|de|fra|yazan|oleh|"
    r"от|автор)\s*:?\s+|(?:by|von)(?=[A-ZÀ-Ý])|©\s*|\(c\)\s*)",
    re.IGNORECASE,
)
# What follows a name in a byline: a date, a time, a social name.
_AFTER = re.compile(
    r"\s+@\w.*$|\s*[|•·]?\s*\b(?:(?:am|le|on|el|il|em|den|at|um|published|updated)\s+)?(?:[^\W\d]{3,10}\.?,?\s+)?\d.*$",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    r"/(?:authors?|autor(?:en|in|es|e|i|zy|er)?|profiles?|writers?|people|contributors?|redaktion|redaktionen|staff|by|bio|"
    r"journalist(?:a|e|er|en)?s?|reporters?|columnists?|newsteam|person(?:en)?|auteurs?|autore|yazar(?:lar)?|skribent|"
    r"forfatter|opinion/author|colaborador(?:es)?|firmas?|team|experts?)/[^/]",
    re.IGNORECASE,
)
_NEAR = 14  # blocks after the headline in which a byline stands
_AND = re.compile(
    r"\s*(?:[;/|·•]|\s&\s|\bund\b|\band\b|(?<=\s)(?:et|y|e|og|och|en|i|ve|and)(?=\s)|,)\s*", re.IGNORECASE
)
_AGENCIES = re.compile(
    r"^(?:reuters|afp|agence france-presse|ap|associated press|the associated press|dpa|deutsche presse-agentur|apa|sda|"
    r"keystone-sda|ansa|efe|europa press|lusa|xinhua|tass|interfax|ritzau|ntb|tt|stt|pap|belga|anp|upi|bloomberg|afx|pti|"
    r"ians|ani|kyodo|jiji|yonhap|anadolu|aa|iha|dha|sid|kna|epd|pa|press association|pa media|"
    r"[a-z]+[-/ ](?:afx|infocom))$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|\d{2,}|^(?:admin|administrator|editor|editors?|staff|unknown|none|null|author|autor|guest|"
    r"follow|twitter|facebook|email|e-mail|contact|mehr|more|view|bio|profile|share|redaktion|redaktør)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s+(?:(?:senior|chief|deputy|freelance|assistant|associate|political|sports?|business|staff|news|science|health|"
    r"culture|national|contributing|foreign|world|technology)\s+)*(?:correspondent|reporter|editor|writer|columnist|"
    r"contributor|journalist|redakteur(?:in)?|korrespondent(?:in)?|redactor[a]?|journaliste|redattore|기자)\b.*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\([^)]{0,20}\)\s*$")  # the short sign of a name: "(obe)"
_LINE = 160  # characters of a byline at most
_NOBODY = {"nachrichten", "news", "noticias", "editorial", "newsroom", "newsdesk", "webdesk", "onlinedesk"}
_LONGEST = 60  # characters; what is longer is no name
_MOST = 8


def read(head: Head, url: str, near: Sequence[Block]) -> tuple[Found[tuple[str, ...]] | None, Found[str] | None]:
    """The authors and the agency of a page; ``near`` are the blocks that follow the headline."""
    host = urlsplit(url).netloc.removeprefix("www.")
    publisher = text(head.node.get("publisher"))
    house = {squeeze(name) for name in (site(head, url), publisher, host, host.partition(".")[0])} | _NOBODY
    agency = None
    for rule, values, sure in _evidence(head, near):
        people: list[str] = []
        for name in names(values):
            if _AGENCIES.match(name):
                agency = agency or Found(name, rule, sure)
            if squeeze(name) not in house:
                people.append(name)
        if people:
            unique = tuple({squeeze(name): name for name in people}.values())
            return Found(unique[:_MOST], rule, sure, head.lines.get(rule.partition(":")[0], 0)), agency
    return None, agency


def _evidence(head: Head, near: Sequence[Block]) -> Iterable[tuple[str, list[str], float]]:
    """What names the authors, best first."""
    yield "json-ld:author", _people(head.node.get("author")), 0.93
    for name in _METAS:
        yield name, list(head.metas.get(name, ())), 0.88
    yield "itemprop:author", list(head.items.get("author", ())), 0.85
    yield "json-ld:creator", _people(head.node.get("creator")), 0.85
    if "written by" in head.meta("twitter:label1").lower():
        yield "twitter:data1", [head.meta("twitter:data1")], 0.88
    linked, signed = _signed(near)
    yield "byline link", linked, 0.88
    yield "byline", signed, 0.85
    yield "rel=author", [words for kind, words in head.bylines if kind == "rel"][:1], 0.8
    named = [words for kind, words in head.bylines if kind != "rel"]
    yield "byline class", [words for words in named if _BY.match(words)][:1], 0.75
    yield "byline class", [words for words in named if len(words) < 40][:1], 0.5


def _signed(near: Sequence[Block]) -> tuple[list[str], list[str]]:
    """The names below the headline: links to people's pages, and lines that begin with "By"."""
    linked: list[str] = []
    signed: list[str] = []
    for block in near[:_NEAR]:
        if block.kind == "img" or len(block.text) > _LINE:
            continue
        people = [clean(span.text) for span in block.spans if span.href and _FOLDER.search(span.href)]
        people = [name for name in people if 1 < len(name.split()) < 5 or (name and _BY.match(block.text))]
        if people and not signed:
            linked.extend(people)
        elif _BY.match(block.text) and not linked and not signed:
            signed.append(block.text)
    return linked[:_MOST], signed


def _people(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    people = []
    for item in values:
        kind = item.get("@type") if isinstance(item, dict) else ""
        if not isinstance(kind, str) or "Organization" not in kind:
            people.append(text(item.get("name") if isinstance(item, dict) else item))
    return people


def names(values: Iterable[str]) -> list[str]:
    """The names in bylines: split, without "By" and roles; what cannot be a name is left out."""
    found = []
    for value in values:
        if value.startswith(("http", "@", "/")):
            continue
        for part in _AND.split(_AFTER.sub("", _BY.sub("", clean(value)))):
            name = _BRACKET.sub("", _ROLE.sub("", _BY.sub("", part.strip(" ,.-–—:|")))).strip(" ,-–—:|")
            if 1 < len(name) <= _LONGEST and not _NO_NAME.search(name) and len(name.split()) <= 6:
                found.append(name)
    return found
