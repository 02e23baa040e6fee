"""When a page was published and updated, by the vote of everything on it that says so.

In: a ``PageHead``, the page's address and tree, the blocks around its headline. Out: ``Found`` days or moments. What a
machine reads (JSON-LD, meta, microdata, ``time``) counts most, then the address and the dates that the page prints
at its headline, then what htmldate finds in the text. Dates of comments and of other stories do not count, and an
update is no publication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from broadsheet import iri
from broadsheet.ingest.extract import dates, machine_dates
from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.page_metadata import PageHead, Time, are_comments

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
_UPDATED_WORDS = (
    "updated", "last updated", "modified", "last modified", "aktualisiert", "zuletzt aktualisiert", "geändert",
    "mis à jour", "modifié", "actualizado", "atualizado", "aggiornato", "bijgewerkt", "uppdaterad", "opdateret",
)  # fmt: skip
_PRINTED = 0.9  # the weight of a printed date beside those for machines
_LINE = 140  # characters of a line at the headline at most
_OTHER_WORDS = 60  # characters that such a line says besides its dates, such as who wrote and where
_AMERICAN = re.compile(r"\b(?:E[SD]?T|C[SD]T|M[SD]T|P[SD]?T)\b|\d\s?[AP]M\b")
_DAY_FIRST = frozenset((
    "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "ru", "uk", "tr", "da", "no", "nb", "nn", "fi", "el", "ro",
    "bg", "hr", "sr", "sl", "id", "vi", "ar", "he", "hi", "ca", "et", "lv", "is",
))  # fmt: skip
_FOLDERS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")


class _Vote(msgspec.Struct, frozen=True):
    rule: str
    moment: dt.date
    weight: float
    line: int = 0
    label: str = ""
    swapped: bool = False


def published(head: PageHead, url: str, tree: Any, hints: Hints, near: Sequence[Block] = ()) -> Found[dt.date] | None:
    """The day or moment of publication; None where nothing on the page tells it.

    ``near`` are the blocks around the headline; ``tree`` may be None where the text need not be searched.
    """
    declared = [vote for vote in _votes(head, url) if _is_possible(vote.moment, hints)]
    shown = [vote for vote in printed(near, head, hints) if vote.label != "updated"]
    if declared:  # what is printed bears a date out, or not, and outvotes none
        shown = [replace(vote, weight=_PRINTED) for vote in shown]
    if declared or shown:
        return _most_supported([*declared, *shown])
    if tree is None or _last_change(head, hints, near):
        return None  # what a search would find on a page that gives its last change alone is that
    return _searched(tree, url, hints)


def updated(head: PageHead, first: dt.date | None, hints: Hints, near: Sequence[Block] = ()) -> Found[dt.date] | None:
    """The day or moment of the last change, where it is later than publication, or that is not known."""
    found = _last_change(head, hints, near)
    return found if found and (first is None or machine_dates.is_later(found.value, first)) else None


def _last_change(head: PageHead, hints: Hints, near: Sequence[Block]) -> Found[dt.date] | None:
    values = [("json-ld:dateModified", _value(head.node.get("dateModified")))]
    values += [(name, head.meta(name)) for name in _UPDATED]
    values += [("itemprop:dateModified", value) for value in head.items.get("datemodified", ())[:1]]
    values += [("time", t.value or t.shown) for t in head.times if _is_update(t) and not t.aside]
    for rule, value in values:
        moment = machine_dates.parse(value)
        if moment and _is_possible(moment, hints):
            return Found(moment, rule, 0.85, head.lines.get(rule.partition(":")[0], head.lines.get(rule, 0)))
    late = next((vote for vote in printed(near, head, hints) if vote.label == "updated"), None)
    return Found(late.moment, late.rule, 0.85, late.line) if late else None


def _is_possible(moment: dt.date, hints: Hints) -> bool:
    return _FIRST <= day(moment) <= hints.today


def _is_update(time: Time) -> bool:
    """Whether a time element is of the last change, by its names or by the words in it."""
    lowered = time.shown.casefold()
    return bool(_UPDATED_NAMES.search(time.names)) or any(lowered.startswith(word) for word in _UPDATED_WORDS)


def printed(near: Sequence[Block], head: PageHead, hints: Hints) -> list[_Vote]:
    """The days that short lines at the headline name, each with its label."""
    votes: list[_Vote] = []
    label = ""
    for block in near:
        if block.kind not in ("p", "li", "h") or len(block.text) > _LINE or block.quoted:
            continue
        order = _order(head.lang, block.text)
        stamps = dates.find(block.text, replace(hints, day_order=order or hints.day_order))
        if len(dates.rest(block.text, stamps)) <= _OTHER_WORDS:
            for stamp in stamps:
                swapped = stamp.doubt == dates.SWAPPED and not order
                if _is_possible(stamp.day, hints) and (not stamp.doubt or stamp.doubt in dates.MILD):
                    named = stamp.label or label
                    weight = 1.0 if swapped else 2.5 if named == "published" else 2.0
                    moment = stamp.moment or stamp.day
                    votes.append(_Vote("a date at the headline", moment, weight, block.lines[0], named, swapped))
        label = dates.label_only(block.text)
    return votes


def _order(lang: str, text: str) -> Literal["DMY", "MDY", "YMD"] | None:
    """How a page writes 03/04/2025: by its country, by the zone and the half of the day that stand beside it."""
    if _AMERICAN.search(text):
        return "MDY"
    primary, _, rest = lang.lower().replace("_", "-").partition("-")
    region = rest.rpartition("-")[2]
    if primary == "en":
        return "MDY" if region in ("us", "ph") else "DMY" if len(region) == 2 and region != "ca" else None
    return "DMY" if primary in _DAY_FIRST else None


def day(moment: dt.date) -> dt.date:
    """The day of a day or moment."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _votes(head: PageHead, url: str) -> Iterator[_Vote]:
    node = head.node
    found: list[tuple[str, str, float, int]] = [
        ("json-ld:datePublished", _value(node.get("datePublished")), 3, head.lines.get("json-ld", 0)),
        *((name, value, 3 if n < 4 else 2, head.lines[name])
          for n, name in enumerate(_PUBLISHED) for value in head.metas.get(name, ())[:1]),
        *(("itemprop:datePublished", value, 2, 0) for value in head.items.get("datepublished", ())[:1]),
    ]  # fmt: skip
    plain = 0
    for time in [time for time in head.times if not time.aside][:6]:
        if _is_update(time):
            continue
        named = bool(_CREATED_NAMES.search(time.names))
        if named or not plain:
            found.append(("time", time.value or time.shown, 2 if named and not plain else 1, time.line))
        plain += 1
    found.append(("json-ld:dateCreated", _value(node.get("dateCreated")), 1, head.lines.get("json-ld", 0)))
    for rule, value, weight, line in found:
        if moment := machine_dates.parse(value):
            yield _Vote(rule, moment, weight, line)
    if folders := _FOLDERS.search(iri.split(url).path):
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
    if all(vote.swapped for vote in backers):
        sure = 0.6  # day and month could be meant the other way round
    return Found(shown.moment, ", ".join(dict.fromkeys(v.rule for v in backers)), sure, shown.line)


def _searched(tree: Any, url: str, hints: Hints) -> Found[dt.date] | None:
    """What htmldate finds; the days of comments, of captions and of posts that are quoted are another's."""
    from htmldate import find_date

    for element in list(tree.iter("figcaption", "caption", "blockquote")):
        element.drop_tree()
    for element in [e for e in tree.iter("div", "section", "ol", "ul") if are_comments(e)]:
        if element.getparent() is not None and element.find(".//h1") is None:
            element.drop_tree()
    try:
        found = find_date(tree, url=url or None, original_date=True, min_date="1995-01-01", max_date=str(hints.today))
    except Exception:  # noqa: BLE001 - a library that guesses may trip over any page; a date is worth no crash
        return None
    if not found or found.endswith("-01-01"):  # the year of a copyright line makes no day
        return None
    return Found(dt.date.fromisoformat(found), "htmldate", 0.75)


def _value(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value", "")
    return str(value) if isinstance(value, (str, int)) else ""
