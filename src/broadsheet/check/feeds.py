"""Feeds: what breaks a rule of RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1, by the story that it came with.

In: the bytes of a feed; what was found in each, and the moment of the check. Out: ``FeedFacts``; an error for each
story, or feed, and rule.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from lxml import etree

from broadsheet.check.origins import LinkResolver
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error
from broadsheet.pages import FeedInputs
from broadsheet.pipeline import Built
from broadsheet.render.feeds.forms import ATOM, CONTENT, FEED_LIMIT, ITEM_LIMIT, iri

MOST = 60  # entries of a feed, as many as Google's publisher pages and feed readers take

_NONE = "has no {} (MissingElement)"

Fault = tuple[str, str]  # the id of the entry, empty for the feed itself, and what is wrong


class FeedCheck(msgspec.Struct, frozen=True, array_like=True):
    """What breaks a rule, each with its entry; the newest date in the feed, in seconds since 1970, and whose it is."""

    faults: tuple[Fault, ...] = ()
    newest: float = 0.0
    entry: str = ""


class _Entry(msgspec.Struct, frozen=True):
    """An entry as every form has it: its dates as moments, and what is wrong with it in this form alone."""

    id: str
    title: str
    body: str
    moments: tuple[dt.datetime | None, ...]
    faults: tuple[str, ...] = ()


def inspect(data: bytes, path: str, ground: LinkResolver) -> FeedCheck:
    """What breaks a rule in the feed at ``path``."""
    faults: list[Fault] = []
    own = ground.at.absolute(path)
    try:
        if path.endswith(".json"):
            entries = list(_json(msgspec.json.decode(data), own, faults))
        else:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
            entries = list(_rss(root, own, faults) if root.tag == "rss" else _atom(root, own, faults))
    except (etree.XMLSyntaxError, msgspec.DecodeError, AttributeError, TypeError) as cause:
        return FeedCheck((("", f"cannot be read (NotUTF8, SAXError): {cause}"),))
    if len(data) > FEED_LIMIT:
        faults.append(("", f"has {len(data):,} bytes, and readers take {FEED_LIMIT:,}"))
    if len(entries) > MOST:
        faults.append(("", f"has {len(entries)} entries, and readers take {MOST}"))
    faults += [
        (id_, "is there twice (DuplicateIds)") for id_, times in Counter(e.id for e in entries).items() if times > 1
    ]
    newest, whose = 0.0, ""
    for entry in entries:
        faults += [(entry.id, said) for said in (*entry.faults, *_common(entry))]
        latest = max((moment.timestamp() for moment in entry.moments if moment), default=0.0)
        if latest > newest:
            newest, whose = latest, entry.id
    return FeedCheck(tuple(dict.fromkeys(faults)), newest, whose)


def _common(entry: _Entry) -> Iterator[str]:
    """What is wrong with an entry in whatever form."""
    if not entry.id:
        yield "has no id (MissingGuid)"
    if not entry.title and not entry.body:
        yield "has neither title nor text (ItemMustContainTitleOrDescription)"
    if None in entry.moments:
        yield "has a date that is none (InvalidRFC2822Date)"
    if len(entry.body) > ITEM_LIMIT:
        yield f"has {len(entry.body):,} characters, and readers take {ITEM_LIMIT:,}"
    yield from faulty(entry.body)


def _rss(root: Any, own: str, faults: list[Fault]) -> Iterator[_Entry]:
    channel = root.find("channel")
    wanted = ("title", "link", "description")
    faults += [("", _NONE.format(name)) for name in wanted if not (channel.findtext(name) or "").strip()]
    _self(channel, own, faults)
    for item in channel.iterfind("item"):
        guid = item.find("guid")
        dates = [_rfc_822(element.text) for element in item.iterfind("pubDate")]
        yield _Entry(
            id=(guid.text or "").strip() if guid is not None else "",
            title="".join(text for title in item.iterfind("title") for text in title.itertext()).strip(),
            body=item.findtext(f"{{{CONTENT}}}encoded") or item.findtext("description") or "",
            moments=tuple(dates),
            faults=tuple(_of_item(item, guid)),
        )


def _of_item(item: Any, guid: Any) -> Iterator[str]:
    """What is wrong with an item of RSS, beside what may be wrong with any entry."""
    if guid is not None and guid.get("isPermaLink") != "false" and not re.match("https?://", guid.text or ""):
        yield "has a guid that is no address and does not say so (InvalidHttpGUID)"
    for author in item.iterfind("author"):
        if not re.fullmatch(r"\S+@\S+ \(.+\)", (author.text or "").strip()):
            yield "has an author without an address (InvalidContact)"
    names = [child.tag for child in item]
    encoded = f"{{{CONTENT}}}encoded"
    if encoded in names and "description" in names and names.index(encoded) < names.index("description"):
        yield "has its text before its description (NeedDescriptionBeforeContent)"
    enclosures = item.findall("enclosure")
    if len(enclosures) > 1:
        yield "has more than one enclosure (DuplicateEnclosure)"
    if any(not one.get(name) for one in enclosures for name in ("url", "length", "type")):
        yield "has an enclosure without url, length or type (MissingAttribute)"
    if any(len(title) for title in item.iterfind("title")):
        yield "has markup in its title (ContainsHTML)"


def _atom(root: Any, own: str, faults: list[Fault]) -> Iterator[_Entry]:
    wanted = ("id", "title", "updated", "author")
    faults += [("", _NONE.format(name)) for name in wanted if root.find(f"{{{ATOM}}}{name}") is None]
    _self(root, own, faults)
    for entry in root.iterfind(f"{{{ATOM}}}entry"):
        content = entry.find(f"{{{ATOM}}}content")
        wrong = content is not None and content.get("type") != "html"
        yield _Entry(
            id=(entry.findtext(f"{{{ATOM}}}id") or "").strip(),
            title=(entry.findtext(f"{{{ATOM}}}title") or "").strip(),
            body=(content.text or "") if content is not None else "",
            moments=tuple(_rfc_3339(entry.findtext(f"{{{ATOM}}}{name}")) for name in ("updated", "published")),
            faults=("has a text that does not say it is HTML (NotInline)",) if wrong else (),
        )


ELSEWHERE = "says that it is at"


def _self(channel: Any, own: str, faults: list[Fault]) -> None:
    """One link of a feed to itself, with its exact address."""
    links = [link.get("href") for link in channel.iterfind(f"{{{ATOM}}}link") if link.get("rel") == "self"]
    if len(links) != 1:
        faults.append(("", f"has {len(links)} links to itself (MissingAtomSelfLink)"))
    elif links[0] != own:
        faults.append(("", f"{ELSEWHERE} {links[0]} (SelfDoesntMatchLocation)"))


def _json(made: dict[str, Any], own: str, faults: list[Fault]) -> Iterator[_Entry]:
    wanted = ("version", "title", "home_page_url", "feed_url")
    faults += [("", _NONE.format(name)) for name in wanted if not made.get(name)]
    if made.get("feed_url") not in (None, "", own):
        faults.append(("", f"{ELSEWHERE} {made['feed_url']}"))
    for item in made.get("items", ()):
        id_ = item.get("id")
        yield _Entry(
            id=id_ if isinstance(id_, str) else "",
            title=item.get("title") or "",
            body=item.get("content_html") or item.get("content_text") or "",
            moments=tuple(_rfc_3339(item[name]) for name in ("date_published", "date_modified") if name in item),
        )


_RFC_822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT)")


def _rfc_822(text: str | None) -> dt.datetime | None:
    """A date as RSS has it, with four digits of a year, a zone in numbers and the true day of the week."""
    text = (text or "").strip()
    if not _RFC_822.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if "," not in text or text.startswith(_WEEKDAYS[moment.weekday()]) else None


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _rfc_3339(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


_RISKY = frozenset(
    {"script", "object", "embed", "meta", "noscript", "style", "iframe", "form", "base", "link", "applet"}
)
_ADDRESSES = ("href", "src", "poster")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_STYLE = re.compile(r"position|expression|url\(|behavior|@import", re.IGNORECASE)


@functools.lru_cache(maxsize=20_000)
def faulty(html: str) -> tuple[str, ...]:
    """What is wrong with a body: relative addresses, script, events, styles that a reader has to fear."""
    if "<" not in html:
        return ()
    root = etree.fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), _parser())
    found: dict[str, None] = {}
    for element in root.iter(etree.Element) if root is not None else ():
        if element.tag in _RISKY:
            found[f"holds <{element.tag}> (SecurityRisk)"] = None
        for said in _attributes(element):
            found[said] = None
    return tuple(found)


def _attributes(element: Any) -> list[str]:
    found = []
    for name, value in element.items():
        if name in _ADDRESSES and not _ABSOLUTE.match(value.strip()):
            found.append(f"leads to {value!r}, which is no full address (ContainsRelRef)")
        elif name == "srcset" and any(not _ABSOLUTE.match(one.strip()) for one in value.split(",") if one.strip()):
            found.append("has pictures without full addresses (ContainsRelRef)")
        elif name.startswith("on"):
            found.append(f"holds {name}= (SecurityRisk)")
        elif name == "style" and _STYLE.search(value):
            found.append("holds a dangerous style (DangerousStyleAttr)")
        if name in _ADDRESSES and value.strip().lower().startswith(("javascript:", "vbscript:")):
            found.append("leads to a script (SecurityRisk)")
    return found


def _parser() -> Any:
    return etree.HTMLParser(encoding="utf-8", huge_tree=True)


def problems(site: Site, built: Built, feeds: Mapping[str, FeedCheck], now: dt.datetime) -> Iterator[Problem]:
    """What is wrong with the feeds; of what a story does to many of them only one is named."""
    files = {story.id: f"{site.settings.content}/stories/{story.path}" for story in built.newspaper.everything}
    files |= {iri(id_): file for id_, file in files.items()}  # as Atom has them
    hint = "Subscribers' readers may refuse the feed, or show it wrong."
    moved = {one.path for one in built.plan if isinstance(one.inputs, FeedInputs) and one.inputs.address != one.path}
    told: set[tuple[str, str]] = set()
    for path, facts in sorted(feeds.items(), key=lambda one: (one[0].count("/"), one[0])):
        faults = list(facts.faults)
        if facts.newest > now.timestamp():
            latest = dt.datetime.fromtimestamp(facts.newest, now.tzinfo)
            faults.append((facts.entry, f"has a date in the future, {latest:%Y-%m-%d %H:%M} (ImplausibleDate)"))
        for entry, said in faults:
            if path in moved and said.startswith(ELSEWHERE):
                continue  # as it should: at its old address a feed names its new one, to which readers then go
            file = files.get(entry, f"{site.settings.output}/{path}")
            if (file, said) not in told:
                told.add((file, said))
                subject = f"its entry in /{path}" if entry in files else f"/{path}: {entry!r}" if entry else f"/{path}"
                yield error("feed-rule", f"{subject} {said}", Place(file, 1 if entry in files else 0), hint)
