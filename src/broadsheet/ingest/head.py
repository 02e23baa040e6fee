"""What a page says of itself outside its text: meta elements, links, JSON-LD, microdata, headings, times.

In: a page's tree. Out: one ``Head``, read in two passes; nothing is judged here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from broadsheet.ingest import jsonld
from broadsheet.ingest.blocks import clean

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
    metas: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    scripts: list[str] = []
    headings: list[str] = []
    times: list[Time] = []
    title = canonical = licence = ""
    for element in tree.iter("meta", "link", "title", "script", "h1", "time"):
        tag = element.tag
        if tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            content = clean(element.get("content") or "")
            if name and content:
                key = name.strip().lower()
                metas.setdefault(key, []).append(content)
                lines.setdefault(key, element.sourceline or 0)
        elif tag == "link":
            rel = (element.get("rel") or "").lower()
            if rel == "canonical":
                canonical = canonical or (element.get("href") or "").strip()
            elif rel == "license":
                licence = licence or (element.get("href") or "").strip()
        elif tag == "script":
            if "ld+json" in (element.get("type") or "") and element.text:
                scripts.append(element.text)
                lines.setdefault("json-ld", element.sourceline or 0)
        elif tag == "title":
            if not title:
                title, lines["title"] = _text(element), element.sourceline or 0
        elif tag == "h1":
            if len(headings) < _MOST and (text := _text(element)):
                headings.append(text)
                lines.setdefault("h1", element.sourceline or 0)
        elif len(times) < _MOST:
            times.append(_time(element))
    return Head(
        {name: tuple(values) for name, values in metas.items()},
        jsonld.article(scripts),
        jsonld.breadcrumbs(scripts),
        _microdata(tree),
        title,
        tuple(headings),
        tuple(times),
        _signed(tree),
        canonical,
        licence,
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        lines,
    )


def _text(element: Any) -> str:
    return clean(" ".join(element.itertext()))


def _time(element: Any) -> Time:
    names, here = [], element
    for _ in range(3):
        if here is None:
            break
        names.append(f"{here.get('class') or ''} {here.get('id') or ''} {here.get('itemprop') or ''}")
        here = here.getparent()
    return Time((element.get("datetime") or "").strip(), _text(element), " ".join(names).lower(), element.sourceline or 0)


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
