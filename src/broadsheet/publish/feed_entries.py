"""Feeds as they will be sent → their entries, as subscribers tell them apart: by GUID, then by what they say.

In: the bytes of every feed of a bundle. Out: a ``PublishedEntry`` a GUID, with the title to name it by. What the record
already knows in just this state is not looked into again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from broadsheet.publish.bundle import Bundle
from broadsheet.publish.media_types import kind
from broadsheet.publish.target_record import PublishedEntry

ATOM = "atom.xml"
OPENING = 40  # words of a body that tell it from others, even where the rest was edited

_ORDER = ("feed.json", "feed.xml", ATOM)
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_GUIDS = re.compile(rb"<guid[^>]*>([^<]*)</guid>|<entry[^>]*>.*?<id>([^<]*)</id>", re.DOTALL)


class _Item(msgspec.Struct):
    """An item of a JSON Feed, as far as it matters here."""

    id: str
    url: str = ""
    title: str = ""
    content_html: str = ""
    date_published: str = ""


class _JsonFeed(msgspec.Struct):
    items: list[_Item] = []


_DECODE = msgspec.json.Decoder(_JsonFeed).decode


class FeedEntries(msgspec.Struct, frozen=True):
    """The entries of all feeds by GUID; their titles, and the first feed that each is in.

    ``carried`` are the GUIDs of each feed's entries, by the path of its RSS, the form that every feed has.
    """

    entries: dict[str, PublishedEntry]
    titles: dict[str, str]
    feeds: dict[str, str]
    carried: dict[str, frozenset[str]]


def gather(bundle: Bundle, root: str, before: Mapping[str, PublishedEntry]) -> FeedEntries:
    """Every entry of every feed; ``root`` is the site's address.

    JSON feeds are read first and whole. Of the other forms only the GUIDs are, unless one is new: no form may send what
    another does not. Atom gives an entry an id of its own, which is kept with it.
    """
    found = FeedEntries({}, {}, {}, {})
    paths = sorted(
        (path for path in bundle.paths if kind(path) == "feed"),
        key=lambda path: (_ORDER.index(path.rpartition("/")[2]), path),
    )
    atoms: dict[str, str] = {}
    for path in paths:
        data = bundle.read(path)
        if path.endswith(".json"):
            items: Iterable[_Item] = _DECODE(data).items
        elif path.endswith(ATOM):
            atoms = atoms or {entry.atom: guid for guid, entry in found.entries.items() if entry.atom}
            items = _strangers(data, root, found.entries, atoms)
        else:
            guids = found.carried[path] = frozenset(_guids(data))
            items = () if guids <= found.entries.keys() else _items(data)
        for item in items:
            if item.id not in found.entries:
                found.entries[item.id] = _entry(item, root, before.get(item.id))
                found.titles[item.id] = item.title
                found.feeds[item.id] = path
    return found


def _guids(data: bytes) -> Iterator[str]:
    """The GUIDs of an RSS or Atom feed."""
    return (html.unescape((rss or atom).decode()) for rss, atom in _GUIDS.findall(data))


def _strangers(data: bytes, root: str, known: dict[str, PublishedEntry], atoms: dict[str, str]) -> Iterator[_Item]:
    """The items of an Atom feed that no other form has; those that one has are told the id that Atom gives them."""
    if all(_digest(guid) in atoms for guid in _guids(data)):
        return
    addresses = {entry.address: guid for guid, entry in known.items()}
    for item in _items(data):
        atom = _digest(item.id)
        if atom in atoms:
            continue
        guid = addresses.get(_address(item, root))
        if guid is None:
            yield item
        elif atom != known[guid].atom:
            known[guid] = msgspec.structs.replace(known[guid], atom=atom)
            atoms[atom] = guid


def _items(data: bytes) -> Iterator[_Item]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    tree = etree.fromstring(data, parser)
    for item in tree.iter("item"):
        guid, link, title = (item.findtext(name) or "" for name in ("guid", "link", "title"))
        yield _Item(
            guid,
            link,
            title,
            item.findtext(_CONTENT) or item.findtext("description") or "",
            item.findtext("pubDate") or "",
        )
    for entry in tree.iter(f"{_ATOM}entry"):
        links = entry.iterfind(f"{_ATOM}link")
        link = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
        body = entry.find(f"{_ATOM}content")
        yield _Item(
            entry.findtext(f"{_ATOM}id") or "",
            link.get("href", "") if link is not None else "",
            entry.findtext(f"{_ATOM}title") or "",
            "".join(body.itertext()) if body is not None else "",
            entry.findtext(f"{_ATOM}published") or "",
        )


def _entry(item: _Item, root: str, before: PublishedEntry | None) -> PublishedEntry:
    """An entry as the record has it; the one of the last publication where nothing about it has changed."""
    address = _address(item, root)
    state = _digest(f"{address}\0{item.title}\0{item.date_published}\0{item.content_html}")
    if before and before.state == state and before.address == address:
        return before
    words = _WORD.findall(html.unescape(_TAG.sub(" ", item.content_html)).casefold())
    return PublishedEntry(
        address=address,
        title=_digest(" ".join(_WORD.findall(item.title.casefold()))),
        day=item.date_published[:10],
        opening=_digest(" ".join(words[:OPENING])) if words else "",
        text=_digest(" ".join(words)) if words else "",
        state=state,
    )


def _address(item: _Item, root: str) -> str:
    return item.url.removeprefix(root) if item.url.startswith(root) else urlsplit(item.url).path.lstrip("/")


def _digest(text: str) -> str:
    return blake2b(text.encode(errors="replace"), digest_size=6).hexdigest()
