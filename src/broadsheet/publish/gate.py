"""The subscribers' gate: the feeds that would be sent, against those that were, before anything goes out.

In: the entries of new feeds, the record of the last publication. Out: a ``ResendCheck``: how many entries are new,
gone, updated, and each that subscribers already have under another GUID and would get a second time.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Mapping

import msgspec

from broadsheet.publish.feed_entries import FeedEntries
from broadsheet.publish.target_record import PublishedEntry, Record

_EDITIONS = "editions/"  # below the site's root


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
        resends = len(self.resends) + len(self.accepted)
        return f"{resends} sent again, {len(self.new)} new, {len(self.gone)} gone, {len(self.updated)} updated"


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
        """
        if entry.address.startswith(_EDITIONS):
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
