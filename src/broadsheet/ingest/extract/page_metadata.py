"""What a page says of itself outside its text: meta elements, links, JSON-LD, microdata, headings, times.

In: a page's tree. Out: one ``Head``, read in two passes; nothing is judged here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from broadsheet.ingest.extract import jsonld
from broadsheet.ingest.extract.blocks import clean

_MOST = 50  # elements of one kind that are looked at; evidence stands early in a page


class Time(msgspec.Struct, frozen=True):
    """A moment that the page marks: the machine's form, what is shown, and the names that its elements go by."""

    value: str
    shown: str
    names: str
    line: int


class Head(msgspec.Struct, frozen=True):
    """The evidence of one page. Names are in lower case; ``lines`` tells where each kind of evidence stands."""

    metas: dict[str, tuple[str, ...]]
    node: dict[str, Any]
    crumbs: tuple[str, ...]
    items: dict[str, tuple[str, ...]]
    title: str
    headings: tuple[str, ...]
    times: tuple[Time, ...]
    signed: tuple[str, ...]
    canonical: str
    licence: str
    lang: str
    lines: dict[str, int]

    def meta(self, *names: str) -> str:
        """The content of the first meta element that goes by one of these names, in the order of the names."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")


def read(tree: Any) -> Head:
    """The evidence that a page's tree holds."""
    scan = _Scan()
    for element in tree.iter("meta", "link", "title", "script", "h1", "time"):
        getattr(scan, element.tag)(element)
    return Head(
        metas={name: tuple(values) for name, values in scan.metas.items()},
        node=jsonld.article(scan.scripts),
        crumbs=jsonld.breadcrumbs(scan.scripts),
        items=_microdata(tree),
        title=next(iter(scan.titles), ""),
        headings=tuple(scan.headings),
        times=tuple(scan.times),
        signed=_signed(tree),
        canonical=scan.links.get("canonical", ""),
        licence=scan.links.get("license", ""),
        lang=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        lines=scan.lines,
    )


class _Scan:
    """What one pass over a page gathers: a method for each kind of element."""

    def __init__(self) -> None:
        self.metas: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.titles: list[str] = []
        self.scripts: list[str] = []
        self.headings: list[str] = []
        self.times: list[Time] = []
        self.lines: dict[str, int] = {}

    def meta(self, element: Any) -> None:
        """A meta element, by any of the names that sites give it."""
        names = (element.get("property"), element.get("name"), element.get("itemprop"), element.get("http-equiv"))
        key = next(filter(None, names), "").strip().lower()
        content = clean(element.get("content") or "")
        if key and content:
            self.metas.setdefault(key, []).append(content)
            self.lines.setdefault(key, element.sourceline or 0)

    def link(self, element: Any) -> None:
        """A link element: the page's own address, its licence."""
        if href := (element.get("href") or "").strip():
            self.links.setdefault((element.get("rel") or "").lower(), href)

    def title(self, element: Any) -> None:
        """The title element."""
        if text := _text(element):
            self.titles.append(text)
            self.lines.setdefault("title", element.sourceline or 0)

    def script(self, element: Any) -> None:
        """A script, where it is JSON-LD."""
        if "ld+json" in (element.get("type") or "") and element.text:
            self.scripts.append(element.text)
            self.lines.setdefault("json-ld", element.sourceline or 0)

    def h1(self, element: Any) -> None:
        """A heading of the first rank."""
        if len(self.headings) < _MOST and (text := _text(element)):
            self.headings.append(text)
            self.lines.setdefault("h1", element.sourceline or 0)

    def time(self, element: Any) -> None:
        """A time element."""
        if len(self.times) < _MOST:
            self.times.append(_time(element))


def _text(element: Any) -> str:
    return clean(" ".join(element.itertext()))


def _time(element: Any) -> Time:
    names, here = [], element
    for _ in range(3):
        if here is None:
            break
        names.append(f"{here.get('class') or ''} {here.get('id') or ''} {here.get('itemprop') or ''}")
        here = here.getparent()
    return Time(
        (element.get("datetime") or "").strip(), _text(element), " ".join(names).lower(), element.sourceline or 0
    )


def _microdata(tree: Any) -> dict[str, tuple[str, ...]]:
    """Values of itemprop attributes outside the head, by name."""
    items: dict[str, list[str]] = {}
    for element in tree.xpath("//body//*[@itemprop]")[: _MOST * 4]:
        value = element.get("content") or element.get("datetime") or ""
        for name in element.get("itemprop").lower().split():
            if name in _ITEMS and len(items.setdefault(name, [])) < _MOST and (text := clean(value) or _text(element)):
                items[name].append(text)
    return {name: tuple(values) for name, values in items.items()}


_ITEMS = frozenset(("headline", "datepublished", "datemodified", "datecreated", "author", "articlesection", "name"))


def _signed(tree: Any) -> tuple[str, ...]:
    """The texts of links that name the page's author."""
    return tuple(dict.fromkeys(_text(element) for element in tree.xpath("//body//a[@rel='author']")[:_MOST]))
