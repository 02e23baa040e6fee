"""NewsML-G2, NewsML 1 and NITF → their stories: the agencies' XML; one draft an item with a text.

In: a ``Source`` that holds XML. Out: drafts. Entities are neither fetched nor unfolded. Source of the names:
iptc.org/standards (NewsML-G2, NITF).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import bylines, charset, page_dates, sections
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Source
from broadsheet.ingest.formats import coverage, embedded

MOST = 2000  # items of one file
_ITEMS = ("newsItem", "NewsItem", "nitf")
_WITHDRAWN = ("canceled", "withheld")
# Elements of NITF inside a line, which are neither paragraphs nor style.
_INLINE = (
    "person", "org", "location", "money", "num", "frac", "chron", "event", "function", "object.title", "virtloc",
    "lang", "pronounce", "postaddr", "copyrite", "alt-code", "sublocation", "city", "state", "region", "country",
)  # fmt: skip
_NAMES = {
    "hl1": "h2", "hl2": "h3", "media": "figure", "media-caption": "figcaption", "bq": "blockquote", "block": "div",
    "note": "aside", "fn": "aside",
}  # fmt: skip
_MADE = "firstCreated|versionCreated|contentCreated|date\\.issue|story\\.date|ThisRevisionCreated"
_RULES = tuple(
    (re.compile(rf"<(?:\w+:)?(?:{names})\b"), role)
    for names, role in (
        ("headline|hl1|title|HeadLine", "title"),
        (_MADE, "date"),
        ("by|byline|ByLine|creator", "byline"),
        ("dateline|located|DateLine", "dateline"),
        ("subject|SubjectCode", "section"),
        ("copyright\\w*|usageTerms|rightsInfo|creditline|CopyrightLine", "credit"),
        ("hl2", "subhead"),
    )
)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a file.

    Raises BroadsheetError: ``xml-entities``, ``not-xml`` with the line, ``no-story`` where no item has a text.
    """
    text = charset.text(source.data, source.name)
    root = _parsed(coverage.without_entities(source, text), source)
    items = [item for item in _items(root) if _content(item) is not None][:MOST]
    items = [item for item in items if _attribute(item, "pubStatus", "qcode").rpartition(":")[2] not in _WITHDRAWN]
    if not items:
        raise fail(
            "no-story", "no item with a text is in it", Place(source.name), "Pictures and packages are not read."
        )
    rows = text.split("\n")
    starts = [item.sourceline or 1 for item in items]
    spans = list(zip(starts, [*(s - 1 for s in starts[1:]), len(rows)], strict=True)) if len(items) > 1 else []
    drafts = (_draft(item, hints, coverage.share(rows, spans, n, _RULES)) for n, item in enumerate(items))
    return tuple(drafts)


def _parsed(text: str, source: Source) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as cause:
        place = Place(source.name, cause.lineno or 0)
        raise fail("not-xml", f"not well-formed XML: {cause.msg}", place, "Save the item again, or as text.") from cause


def _items(root: Any) -> list[Any]:
    """The items of a message, or the root alone; an item within an item is a part of it."""
    found = [e for e in root.iter() if _local(e) in _ITEMS]
    return [e for e in found if not any(_local(a) in _ITEMS for a in e.iterancestors())] or [root]


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(item: Any, *names: str) -> Iterator[Any]:
    """The elements below an item by their names, whatever their namespace, in the order of the names."""
    for name in names:
        yield from (e for e in item.iter("{*}" + name))


def _first(item: Any, *names: str) -> str:
    return next((text for element in _all(item, *names) if (text := clean(" ".join(element.itertext())))), "")


def _attribute(item: Any, name: str, *attributes: str) -> str:
    return next((v for e in _all(item, name) for a in attributes if (v := (e.get(a) or "").strip())), "")


def _content(item: Any) -> Any:
    """The element that holds the text: NITF's body.content, an XHTML body, or plain inline data."""
    for element in _all(item, "body.content", "body", "inlineData", "DataContent"):
        if "".join(element.itertext()).strip():
            return element
    return None


def _prose(content: Any, url: str, lang: str) -> embedded.Prose:
    if _local(content) in ("inlineData", "DataContent") and not len(content):
        return embedded.read(content.text or "", url, lang)
    for element in content.iter():
        if isinstance(element.tag, str):
            name = _local(element).lower()
            element.tag = "span" if name in _INLINE else _NAMES.get(name, name)
    return embedded.from_tree(content, url, lang)


def _draft(item: Any, hints: Hints, fates: tuple[Any, ...]) -> Draft:
    told = _attribute(item, "language", "tag") or next((v for k, v in item.attrib.items() if k.endswith("lang")), "")
    lang = Found(told, "language", 0.95) if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", told) else None
    headline = _first(item, "headline", "hl1", "HeadLine", "title")
    standfirst = next((e for e in _all(item, "hl2") if any(_local(a) == "hedline" for a in e.iterancestors())), None)
    content = _content(item)
    names, agency = _signed(item)
    subjects = list(dict.fromkeys(_subjects(item)))
    place = _first(item, "located", "city") or _first(item, "location")
    date, updated = _dates(item)
    body = _prose(content, "", told)
    title = embedded.headline(headline, "headline", body.paragraphs)
    about = embedded.about(title.value, body.paragraphs, lang, hints)
    section = embedded.one_of(subjects, hints) or next(iter(subjects), "")
    topics = tuple(subject for subject in subjects if subject != section)[:8]
    summary = (
        clean(" ".join(standfirst.itertext())) if standfirst is not None else _first(item, "abstract", "description")
    )
    licence = _first(item, "usageTerms", "copyrightNotice", "CopyrightLine")
    return Draft(
        title=title,
        body=body.markdown,
        fates=fates,
        date=date,
        updated=updated,
        authors=Found(names, "byline", 0.93) if names else None,
        section=sections.settle(section, hints, "subject", 0, 0.85) if section else None,
        summary=Found(summary, "abstract", 0.9) if 40 <= len(summary) <= 600 else about.summary,
        topics=Found(topics, "subjects", 0.85) if len(topics) >= 3 else about.topics,
        lang=about.lang,
        place=Found(place, "located", 0.9) if 1 < len(place) < 60 else None,
        agency=Found(agency, "provider", 0.9) if agency else None,
        licence=Found(licence, "rights", 0.9) if licence else None,
        guid=item.get("guid") or _attribute(item, "doc-id", "id-string") or _first(item, "PublicIdentifier"),
    )


def _signed(item: Any) -> tuple[tuple[str, ...], str]:
    """The authors and the agency."""
    signed = _first(item, "by", "byline", "ByLine")
    byline = bylines.read(signed) or bylines.bare(signed)
    names = byline.names if byline else ((signed,) if 1 < len(signed) < 60 else ())
    provider = next((_first(e, "name") or e.get("literal") or "" for e in _all(item, "provider")), "")
    provider = provider or _attribute(item, "doc.copyright", "holder") or _first(item, "distributor", "Provider")
    return names, (byline.agency if byline else "") or provider or _first(item, "creditline")


def _subjects(item: Any) -> Iterator[str]:
    """The subjects by name; a code alone tells a reader nothing."""
    for element in _all(item, "subject"):
        name = _first(element, "name") or (element.get("literal") or "")
        if 1 < len(name) < 60:
            yield name
    for element in _all(item, "tobject.subject"):
        if name := (element.get("tobject.subject.type") or "").strip():
            yield name


def _dates(item: Any) -> tuple[Found[dt.date] | None, Found[dt.date] | None]:
    """When the item was made, and when this version was, where that is later."""
    embargo = page_dates.parse(_first(item, "embargoed"))
    first = page_dates.parse(
        _first(item, "firstCreated", "contentCreated", "FirstCreated") or _attribute(item, "date.issue", "norm")
    )
    version = page_dates.parse(_first(item, "versionCreated", "ThisRevisionCreated"))
    issued = page_dates.parse(_attribute(item, "story.date", "norm"))
    date = first or issued or version
    if embargo:
        return Found(embargo, "embargoed", 0.5), None
    updated = version if version and first and version != first else None
    return (
        Found(date, "firstCreated" if first else "versionCreated", 0.95) if date else None,
        Found(updated, "versionCreated", 0.9) if updated else None,
    )
