"""IPTC ninjs → its stories: news in JSON, versions 1 to 3 of the standard; one draft an item.

In: a ``Source`` that holds an item, a list of items, or an object with such a list. Out: drafts.
Source of the names: iptc.org/standards/ninjs.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import bylines, charset, page_dates, sections
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Source
from broadsheet.ingest.formats import coverage, embedded
from broadsheet.model import Picture

Item = dict[str, Any]

MOST = 2000  # items of one file
_LISTS = ("items", "_items", "item", "results", "docs", "newsItems", "data")
_WITHDRAWN = frozenset(("canceled", "cancelled", "withheld"))
_RULES = (
    (re.compile(r'"(?:headlines?|title)"\s*:'), "title"),
    (
        re.compile(r'"(?:versioncreated|firstcreated|contentcreated|versionCreated|firstCreated|contentCreated)"\s*:'),
        "date",
    ),
    (re.compile(r'"(?:byline|by|bylines)"\s*:'), "byline"),
    (re.compile(r'"(?:body_\w+|bodies|value|content)"\s*:'), "body"),
    (re.compile(r'"(?:copyright\w*|usage\w*|rightsinfo)"\s*:'), "credit"),
    (re.compile(r"."), "markup"),
)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a file.

    Raises BroadsheetError: ``not-json`` with the line, ``no-story`` where no item has a text, ``withdrawn`` where its
    publisher took every item back.
    """
    text = charset.text(source.data, source.name)
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as cause:
        place = Place(source.name, getattr(cause, "lineno", 0))
        raise fail("not-json", f"not JSON: {cause}", place, "Save the item again, or as text.") from cause
    key = next((k for k in _LISTS if isinstance(value, dict) and isinstance(value.get(k), list)), "")
    listed = value.get(key) if key else value if isinstance(value, list) else [value]
    items = [item for item in listed if isinstance(item, dict)][:MOST]
    texts = [item for item in items if _body(item)]
    if not texts:
        raise fail("no-story", "no item with a text is in it", Place(source.name), "Only ninjs and JSON Feed are read.")
    spans = coverage.items(text, key) if key or isinstance(value, list) else []
    usable = [n for n, item in enumerate(items) if _body(item) and _text(item.get("pubstatus")) not in _WITHDRAWN]
    if not usable:
        raise fail("withdrawn", "its publisher took the item back (pubstatus)", Place(source.name))
    rows = text.split("\n")
    spans = [spans[n] for n in usable] if len(spans) == len(items) else []
    drafts = (_draft(items[n], hints, coverage.share(rows, spans, k, _RULES)) for k, n in enumerate(usable))
    return tuple(drafts)


def _draft(item: Item, hints: Hints, fates: tuple[Any, ...]) -> Draft:
    url = _text(item.get("uri"))
    told = _text(item.get("language"))
    body = embedded.read(_body(item), url, told)
    title = embedded.headline(_headline(item), "headline", body.paragraphs)
    lang = (
        Found(told.replace("_", "-"), "language", 0.95)
        if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*", told)
        else None
    )
    about = embedded.about(title.value, body.paragraphs, lang, hints)
    first = _moment(item, "firstcreated", "firstCreated", "contentcreated", "contentCreated")
    version = _moment(item, "versioncreated", "versionCreated")
    embargo = _moment(item, "embargoed")
    date = embargo or first or version
    signed = _text(item.get("byline")) or _text(item.get("by"))
    byline = bylines.read(signed) or bylines.bare(signed)
    names = byline.names if byline else ((signed,) if signed else ())
    provider = next(iter(_labels(item, "infosource", "infosources")), "") or _text(item.get("copyrightholder"))
    agency = (byline.agency if byline else "") or provider
    subjects = [*_labels(item, "subject", "subjects")]
    section = embedded.one_of([*subjects, *_labels(item, "genre", "genres")], hints) or next(iter(subjects), "")
    named = [*_labels(item, "person", "people", "organisation", "organisations", "place", "places"), *subjects]
    topics = tuple(dict.fromkeys(name for name in named if name != section))[:8]
    licence = _text(item.get("usageterms")) or _text(item.get("copyrightnotice"))
    place = _text(item.get("located"))
    told_summary = " ".join(embedded.read(_described(item)).paragraphs)
    return Draft(
        title=title,
        body=body.markdown,
        fates=fates,
        date=Found(
            date, "embargoed" if embargo else "firstcreated" if first else "versioncreated", 0.5 if embargo else 0.95
        )
        if date
        else None,
        updated=Found(version, "versioncreated", 0.9) if version and first and version != first else None,
        authors=Found(names, "byline", 0.93) if names else None,
        section=sections.settle(section, hints, "subject", 0, 0.85) if section else None,
        summary=Found(told_summary, "description", 0.9) if 40 <= len(told_summary) <= 600 else about.summary,
        topics=Found(topics, "people, places, subjects", 0.9) if len(topics) >= 3 else about.topics,
        lang=about.lang,
        place=Found(place, "located", 0.9) if place else None,
        image=_image(item),
        agency=Found(agency, "infosource", 0.9) if agency else None,
        licence=Found(licence, "usageterms", 0.9) if licence else None,
        url=url if url.startswith(("http://", "https://")) else "",
        guid=url,
    )


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _moment(item: Item, *names: str) -> dt.date | None:
    return next((moment for name in names if (moment := page_dates.parse(_text(item.get(name))))), None)


def _values(item: Item, plural: str, prefix: str) -> list[str]:
    """The texts of a property in both of its shapes: a list of objects (version 2), a key for each form (version 1)."""
    listed = item.get(plural)
    found = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    found.sort(key=lambda part: (part.get("role") not in ("main", None), "html" not in str(part.get("contenttype"))))
    values = [part.get("value") for part in found]
    values += [item[key] for key in (f"{prefix}_xhtml", f"{prefix}_html", f"{prefix}_text", *sorted(item)) if
               key.startswith(f"{prefix}_") and key in item]  # fmt: skip
    return [value for value in values if isinstance(value, str) and value.strip()]


def _body(item: Item) -> str:
    return next(iter(_values(item, "bodies", "body")), "")


def _described(item: Item) -> str:
    return next(iter(_values(item, "descriptions", "description")), "")


def _headline(item: Item) -> str:
    listed = _values(item, "headlines", "headline")
    return _text(item.get("headline")) or next(iter(listed), "") or _text(item.get("title"))


def _labels(item: Item, *names: str) -> Iterator[str]:
    """The names of a property's objects."""
    for name in names:
        value = item.get(name)
        for part in value if isinstance(value, list) else [value]:
            label = _text(part.get("name") or part.get("literal")) if isinstance(part, dict) else _text(part)
            if 1 < len(label) < 60:
                yield label


def _image(item: Item) -> Found[Picture] | None:
    """The first picture of the item's associations; its address is remote, and its rights are for an editor to see."""
    parts = item.get("associations")
    for part in parts.values() if isinstance(parts, dict) else parts if isinstance(parts, list) else ():
        renditions = part.get("renditions") if isinstance(part, dict) else None
        listed = (
            renditions.values() if isinstance(renditions, dict) else renditions if isinstance(renditions, list) else ()
        )
        hrefs = [
            href for one in listed if isinstance(one, dict) and (href := _text(one.get("href"))).startswith("http")
        ]
        if hrefs:
            credit = _text(part.get("byline")) or _text(part.get("copyrightholder"))
            return Found(Picture(hrefs[0], _headline(part), _described(part), credit), "associations", 0.5)
    return None
