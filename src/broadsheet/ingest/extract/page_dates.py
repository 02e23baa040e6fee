"""When a page was published and updated, by the vote of everything on it that says so.

In: a ``Head``, the page's address and tree. Out: ``Found`` days or moments. What a machine was told (JSON-LD, meta,
microdata, ``time``) counts most, then the address, then what htmldate finds in the text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.page_metadata import Head

_FIRST = dt.date(1995, 1, 1)  # before that there was no news on the web; older dates are what stories are about

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "published", "published_time",
    "publication_date", "citation_publication_date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "content:publishdate", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date.created", "dcterms.created",
    "date.created", "date.available", "article_date_original", "article.published", "og:pubdate", "pub_date", "pdate",
    "originalpublicationdate", "displaydate", "dcsext.articlefirstpublished", "article.created", "og:published_time",
    "dc.date", "date", "weibo:article:create_at", "ptime", "bt:pubdate", "rnews:datepublished", "gsa:pubdate",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "date.modified", "date.updated", "modified", "weibo:article:update_at",
)  # fmt: skip
_CREATED_NAMES = re.compile(r"publi|pubdate|entry-date|posted|created|erstell|fecha|datepub|timestamp|dateline")
_UPDATED_NAMES = re.compile(r"modif|updat|aktualis|actualiz|mis-?a-?jour|modified")
_FOLDERS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")


class _Vote(msgspec.Struct, frozen=True):
    rule: str
    moment: dt.date
    weight: float
    line: int = 0


def published(head: Head, url: str, tree: Any, hints: Hints) -> Found[dt.date] | None:
    """The day or moment of publication; None where nothing on the page tells it."""
    votes = [vote for vote in _votes(head, url) if _FIRST <= day(vote.moment) <= hints.today]
    if votes:
        return _most_supported(votes)
    return _searched(tree, url, hints)


def updated(head: Head, first: dt.date | None, hints: Hints) -> Found[dt.date] | None:
    """The day or moment of the last change, where it is later than publication."""
    values = [("json-ld:dateModified", _value(head.node.get("dateModified")))]
    values += [(name, head.meta(name)) for name in _UPDATED]
    values += [("time", time.value) for time in head.times if _UPDATED_NAMES.search(time.names)]
    for rule, value in values:
        moment = parse(value)
        if moment and day(moment) <= hints.today and first and _later(moment, first):
            return Found(moment, rule, 0.85, head.lines.get(rule, 0))
    return None


def day(moment: dt.date) -> dt.date:
    """The day of a day or moment."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _later(moment: dt.date, first: dt.date) -> bool:
    if isinstance(moment, dt.datetime) and isinstance(first, dt.datetime):
        return moment > first
    return day(moment) > day(first)


def _votes(head: Head, url: str) -> Iterator[_Vote]:
    node = head.node
    found: list[tuple[str, str, float, int]] = [
        ("json-ld:datePublished", _value(node.get("datePublished")), 3, head.lines.get("json-ld", 0)),
        *((name, value, 3 if n < 4 else 2, head.lines[name])
          for n, name in enumerate(_PUBLISHED) for value in head.metas.get(name, ())[:1]),
        *(("itemprop:datePublished", value, 2, 0) for value in head.items.get("datepublished", ())[:1]),
    ]  # fmt: skip
    plain = 0
    for time in head.times[:6]:
        if _UPDATED_NAMES.search(time.names):
            continue
        named = bool(_CREATED_NAMES.search(time.names))
        if named or not plain:
            found.append(("time", time.value or time.shown, 2 if named and not plain else 1, time.line))
        plain += 1
    found.append(("json-ld:dateCreated", _value(node.get("dateCreated")), 1, head.lines.get("json-ld", 0)))
    for rule, value, weight, line in found:
        if moment := parse(value):
            yield _Vote(rule, moment, weight, line)
    if folders := _FOLDERS.search(urlsplit(url).path):
        try:
            yield _Vote("address", dt.date(int(folders[1]), int(folders[2]), int(folders[3])), 2)
        except ValueError:
            return


def _most_supported(votes: list[_Vote]) -> Found[dt.date]:
    """The day with the most weight; the moment of the first vote for it that gives a time."""
    weights: defaultdict[dt.date, float] = defaultdict(float)
    for vote in votes:
        weights[day(vote.moment)] += vote.weight
    best = max(weights, key=lambda d: weights[d])  # of equals the first
    backers = [vote for vote in votes if day(vote.moment) == best]
    shown = next((v for v in backers if isinstance(v.moment, dt.datetime)), backers[0])
    share = weights[best] / sum(weights.values())
    sure = 0.95 if weights[best] >= 3 and share > 0.6 else 0.85 if share > 0.6 else 0.7
    return Found(shown.moment, ", ".join(dict.fromkeys(v.rule for v in backers)), sure, shown.line)


def _searched(tree: Any, url: str, hints: Hints) -> Found[dt.date] | None:
    from htmldate import find_date

    try:
        found = find_date(tree, url=url or None, original_date=True, min_date="1995-01-01", max_date=str(hints.today))
    except Exception:  # noqa: BLE001 - a library that guesses may trip over any page; a date is worth no crash
        return None
    return Found(dt.date.fromisoformat(found), "htmldate", 0.75) if found else None


def _value(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value", "")
    return str(value) if isinstance(value, (str, int)) else ""


def parse(value: str) -> dt.date | None:
    """A date as machines write it (ISO 8601, RFC 2822, seconds since 1970); a time without an offset gives the day."""
    return machine_dates.parse(value)
