"""The subscribers' gate: the feeds that would be sent, against those that were, before anything goes out.

In: the bytes of every feed of a bundle, the record of the last publication. Out: a ``PublishedEntry`` a GUID, as
subscribers tell entries apart: by GUID, then by what they say; and a ``ResendCheck``: how many entries are new, gone,
updated, and each that subscribers already have under another GUID and would get a second time. What the record already
knows in just this state is not looked into again.
"""

from __future__ import annotations

import contextlib
import fnmatch
import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b

import msgspec
from lxml import etree

from broadsheet import __version__, iri
from broadsheet.cache import Files
from broadsheet.errors import BroadsheetError
from broadsheet.publish.bundle import Bundle, kind
from broadsheet.publish.target_record import PublishedEntry, Record

ATOM = "atom.xml"
OPENING = 40  # words of a body that tell it from others, even where the rest was edited
_EDITION = re.compile(r"(?:[^/]+/)?editions/")  # its address: below the root, or below the folder of a language

_KEPT = "feed-entries"  # below .broadsheet/
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


class _Feed(msgspec.Struct, frozen=True, array_like=True):
    """What a feed of these bytes says: the ids of its entries, and of a JSON feed all that counts of them."""

    digest: str
    ids: tuple[str, ...]
    titles: tuple[str, ...] = ()
    entries: tuple[PublishedEntry, ...] = ()


class _Feeds(msgspec.Struct, array_like=True):
    """The feeds of a site that were read before, by path; ``made`` tells by what, and for which address."""

    made: tuple[str, str]
    feeds: dict[str, _Feed]


def gather(bundle: Bundle, root: str, before: Mapping[str, PublishedEntry], kept: Files | None = None) -> FeedEntries:
    """Every entry of every feed; ``root`` is the site's address.

    JSON feeds are read first and whole. Of the other forms only the GUIDs are, unless one is new: no form may send what
    another does not. Atom gives an entry an id of its own, which is kept with it. A feed is read once while its bytes
    stay as they are: what it says is ``kept``, in a file that may be deleted at any time.
    """
    found = FeedEntries({}, {}, {}, {})
    paths = sorted(
        (path for path in bundle.paths if kind(path) == "feed"),
        key=lambda path: (_ORDER.index(path.rpartition("/")[2]), path),
    )
    digests, made = bundle.digests("sha256"), (__version__, root)
    last = _kept(kept, made)
    feeds: dict[str, _Feed] = {}
    atoms: dict[str, str] = {}
    for path in paths:
        feed = last.get(path)
        if not feed or feed.digest != digests[path]:
            feed = _read(bundle, path, root, digests[path], before)
        feeds[path] = feed
        items: Iterable[tuple[str, str, PublishedEntry]] = ()
        if path.endswith(".json"):
            items = zip(feed.ids, feed.titles, feed.entries, strict=True)
        elif path.endswith(ATOM):
            atoms = atoms or {entry.atom: guid for guid, entry in found.entries.items() if entry.atom}
            if not all(id_ in atoms for id_ in feed.ids):
                items = _strangers(bundle.read(path), root, found.entries, atoms)
        else:
            guids = found.carried[path] = frozenset(feed.ids)
            if not guids <= found.entries.keys():
                items = ((item.id, item.title, _entry(item, root)) for item in _items(bundle.read(path)))
        for guid, title, entry in items:
            if guid not in found.entries:
                found.entries[guid] = _as_before(entry, before.get(guid))
                found.titles[guid] = title
                found.feeds[guid] = path
    if kept and feeds != last:
        with contextlib.suppress(BroadsheetError):  # they are read again the next time
            kept.put(_KEPT, msgspec.msgpack.encode(_Feeds(made, feeds)))
    return found


def _kept(kept: Files | None, made: tuple[str, str]) -> dict[str, _Feed]:
    """What feeds said when they were read last, where that was by the same rules."""
    with contextlib.suppress(msgspec.MsgspecError):
        found = msgspec.msgpack.decode((kept and kept.get(_KEPT)) or b"", type=_Feeds)
        if found.made == made:
            return found.feeds
    return {}


def _read(bundle: Bundle, path: str, root: str, digest: str, before: Mapping[str, PublishedEntry]) -> _Feed:
    data = bundle.read(path)
    if not path.endswith(".json"):
        ids = _guids(data)
        return _Feed(digest, tuple(map(_digest, ids) if path.endswith(ATOM) else ids))
    items = _DECODE(data).items
    entries = tuple(_entry(item, root, before.get(item.id)) for item in items)
    return _Feed(digest, tuple(item.id for item in items), tuple(item.title for item in items), entries)


def _as_before(entry: PublishedEntry, before: PublishedEntry | None) -> PublishedEntry:
    """The entry of the last publication where nothing about it has changed: it knows the id that Atom gave it."""
    if before and before.state == entry.state and before.address == entry.address:
        return before
    return msgspec.structs.replace(entry, atom="") if entry.atom else entry


def _guids(data: bytes) -> Iterator[str]:
    """The GUIDs of an RSS or Atom feed."""
    return (html.unescape((rss or atom).decode()) for rss, atom in _GUIDS.findall(data))


def _strangers(
    data: bytes, root: str, known: dict[str, PublishedEntry], atoms: dict[str, str]
) -> Iterator[tuple[str, str, PublishedEntry]]:
    """The entries of an Atom feed that no other form has. An entry that another form has gets the id of Atom's too."""
    addresses = {entry.address: guid for guid, entry in known.items()}
    for item in _items(data):
        atom = _digest(item.id)
        if atom in atoms:
            continue
        guid = addresses.get(_address(item, root))
        if guid is None:
            yield item.id, item.title, _entry(item, root)
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


def _entry(item: _Item, root: str, before: PublishedEntry | None = None) -> PublishedEntry:
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
    return item.url.removeprefix(root) if item.url.startswith(root) else iri.split(item.url).path.lstrip("/")


def _digest(text: str) -> str:
    return blake2b(text.encode(errors="replace"), digest_size=6).hexdigest()


class Resend(msgspec.Struct, frozen=True):
    """An entry that would reach subscribers a second time: its GUID, the one that they know it by, and what tells."""

    guid: str
    title: str
    feed: str
    earlier: str
    sign: str


class ResendCheck(msgspec.Struct, frozen=True):
    """What a publication means to subscribers, every list in the order of GUIDs.

    ``accepted`` are entries that will be sent again because the editor named them.
    """

    resends: tuple[Resend, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()

    def __str__(self) -> str:
        new, resends = len(self.new), len(self.resends) + len(self.accepted)
        entries = "entry" if new == 1 else "entries"
        return f"{new} new {entries}, {len(self.updated)} updated, {len(self.gone)} gone, {resends} sent a second time"


def check_resends(
    known: FeedEntries, before: Record, files: Collection[str], accepted: Collection[str] = ()
) -> ResendCheck:
    """Compare what would be sent with what subscribers have; ``files`` are those of the site as it would be.

    A new GUID stands for an old story where it has the address that another had, or its text; where that other is in
    no feed any more, the same opening, or the same title on the same day, is sign enough. ``accepted`` are GUIDs, or
    patterns of them, that may be sent again.
    """

    def accepts(guid: str) -> bool:
        return guid in accepted or any(fnmatch.fnmatchcase(guid, pattern) for pattern in accepted)

    had = {**before.past, **before.entries}
    fresh = sorted(guid for guid in known.entries if guid not in had)
    find = _Finder(had, known.entries)
    resends, new = [], []
    for guid in fresh:
        earlier = find(known.entries[guid])
        if earlier is None:
            new.append(guid)
        elif not accepts(guid):
            resends.append(Resend(guid, known.titles[guid], known.feeds[guid], *earlier))
    for guid, entry in known.entries.items():
        old = before.entries.get(guid)
        if old and old.atom and entry.atom != old.atom and not accepts(guid):
            resends.append(Resend(guid, known.titles[guid], known.feeds[guid], guid, "another id in Atom"))
    return ResendCheck(
        resends=tuple(resends),
        new=tuple(new),
        gone=tuple(sorted(_gone(known.entries, before.entries, files))),
        updated=tuple(sorted(_updated(known.entries, before.entries))),
        accepted=tuple(guid for guid in fresh if guid not in new and accepts(guid)),
    )


class _Finder:
    """Finds the entry that subscribers have, for one that looks like it."""

    def __init__(self, had: Mapping[str, PublishedEntry], now: Mapping[str, PublishedEntry]) -> None:
        # What has moved on is found at its new address: another entry may have the old one.
        self._by_address = {
            entry.address: guid
            for guid, entry in had.items()
            if entry.address and (guid not in now or now[guid].address == entry.address)
        }
        self._by_text = {entry.text: guid for guid, entry in had.items() if entry.text}
        lost = {guid: entry for guid, entry in had.items() if guid not in now}
        self._by_opening = {entry.opening: guid for guid, entry in lost.items() if entry.opening}
        self._by_title = {(entry.title, entry.day): guid for guid, entry in lost.items()}

    def __call__(self, entry: PublishedEntry) -> tuple[str, str] | None:
        """The GUID that subscribers know the entry by, and the sign of it.

        An edition is known by its address alone: one of another day may well have the headlines of one that is gone.
        So may one of another language, to whose feed the stories that changed their language have gone.
        """
        if _EDITION.match(entry.address):
            guid = self._by_address.get(entry.address)
            return (guid, "the same address") if guid is not None else None
        signs = (
            (self._by_address.get(entry.address), "the same address"),
            (self._by_text.get(entry.text), "the same text"),
            (self._by_opening.get(entry.opening), "the same opening"),
            (self._by_title.get((entry.title, entry.day)), "the same title and day"),
        )
        return next(((guid, sign) for guid, sign in signs if guid is not None), None)


def _gone(now: Collection[str], before: Mapping[str, PublishedEntry], files: Collection[str]) -> Iterable[str]:
    """Entries in no feed any more whose page is gone as well; others were only pushed out by newer ones."""
    for guid, entry in before.items():
        if guid not in now and f"{entry.address}index.html" not in files:
            yield guid


def _updated(now: Mapping[str, PublishedEntry], before: Mapping[str, PublishedEntry]) -> Iterable[str]:
    """Entries that say something else than before; another address alone says nothing else."""
    for guid, entry in now.items():
        old = before.get(guid)
        if old and (old.title, old.text, old.day) != (entry.title, entry.text, entry.day):
            yield guid
