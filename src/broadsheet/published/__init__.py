"""The record of what was published: the one keeper of what readers, subscribers and citations were promised.

In: what a publication, or a host's own deployment, made known to readers. Out: a line a thing in the record: its id,
the addresses at which readers have found it, its title, what it claimed, its edition, where it was sent and when. All
that builds, checks, or lets a site go out reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import msgspec

from broadsheet import pages
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.errors import Place, Problem, note
from broadsheet.model import Newspaper, Page, Story
from broadsheet.pages import urls
from broadsheet.pages.redirects import RedirectInputs
from broadsheet.published.record import (
    EDITION,
    FILE,
    FOLDER,
    LONGEST_LIST,
    STORY,
    UNREADABLE,
    Key,
    PublishedAddresses,
    PublishedClaims,
    PublishedItem,
    PublishedRecord,
    Sending,
    change,
    load,
)

__all__ = [
    "EDITION", "FILE", "FOLDER", "MOMENT", "STORY", "UNREADABLE", "PublishedAddresses", "PublishedClaims",
    "PublishedItem", "PublishedRecord", "Sending", "answer", "change", "changed", "keep", "load", "met", "moved",
    "newspaper", "old_editions", "pending", "places", "recover", "set_back", "state", "with_old",
]  # fmt: skip

MOMENT = "%Y-%m-%dT%H:%M:%SZ"  # how the record writes when something was sent, in UTC
_DAY = len("2025/05/08/")  # with which the address of a story begins
MOST = 200  # addresses of one thing, the newest: what moves more often is a mistake


def newspaper(
    site: Site,
    made: Newspaper,
    record: PublishedRecord,
    claimed: Mapping[str, PublishedClaims] = MappingProxyType({}),
) -> Iterator[PublishedItem]:
    """What is published with a newspaper: each edition and each story as it is now.

    An edition takes over the addresses that lead to it. ``claimed`` are the stories, by id, of which what they claim
    now is to be taken down.
    """
    old: dict[str, list[str]] = {}
    for address, slug in old_editions(made, record).items():
        old.setdefault(slug, []).append(address)
    for edition in made.editions:
        address = urls.edition(edition)
        yield PublishedItem(
            edition.id or edition.slug, EDITION, edition.title, (*old.get(edition.slug, ()), address),
            edition.slug, edition.number,
            sent={"": Sending("", address)},
        )  # fmt: skip
        for story in edition.stories:
            yield _story(site, story, edition.slug, edition.number, claimed.get(story.id))
    within = {story.id for edition in made.editions for story in edition.stories} if made.retracted else set()
    known = record.of()
    for story in made.retracted:
        if story.id not in within:  # it stays at its address, though it has left its edition
            before = known.get(story.id) or PublishedItem(story.id)
            yield _story(site, story, before.edition, before.number, claimed.get(story.id))


def _story(site: Site, story: Story, edition: str, number: int, claimed: PublishedClaims | None) -> PublishedItem:
    words = claimed or _NO_WORDS
    address = urls.story(story, site.zone)
    return PublishedItem(
        id=story.id,
        title=story.title,
        addresses=(address,),
        edition=edition,
        number=number,
        digest=words.digest,
        corrections=words.corrections,
        claims=words.claims,
        sent={"": Sending("", address, state(story), len(story.corrections), byline(story))},
    )


def places(plan: Iterable[Page], record: PublishedRecord) -> Iterator[PublishedItem]:
    """What is published with the pages of a plan besides stories and editions: each with the addresses that lead to it.

    A page keeps the id that it has in the record under its address, or under one that leads to it now; else its address
    is its id, which is no id of another.
    """
    pages_ = tuple(plan)
    old: dict[str, list[str]] = {}
    for page in pages_:
        if isinstance(page.inputs, RedirectInputs) and page.inputs.page:
            old.setdefault(page.inputs.page.address, []).append(urls.answered(page.path))
    known: dict[tuple[str, str], PublishedItem] = {}
    known_addresses: set[str] = set()
    for item in record.items.values():
        if addresses := item.known:
            known[item.kind, addresses[-1]] = item
            known_addresses.update(addresses)
    used = {item.key for item in known.values()}
    for address, thing in pages.things(pages_).items():
        before = [address for address in old.get(address, ()) if address in known_addresses]
        same = next((known[thing.kind, one] for one in (address, *before) if (thing.kind, one) in known), None)
        id_, number = address, 1
        while same is None and (thing.kind, id_) in used:
            number += 1
            id_ = f"{address}{number}"
        yield PublishedItem(
            same.id if same else id_, thing.kind, thing.title, (*before, address),
            sent={"": Sending("", address)},
            members=thing.members,
            pages=min(max(thing.pages, same.pages if same else 1), LONGEST_LIST),
            feeds=tuple(dict.fromkeys((*thing.feeds, *(same.feeds if same else ())))),
        )  # fmt: skip


def state(story: Story) -> str:
    """The digest of what a story says to its readers."""
    said = f"{story.title}\0{story.body}\0{story.summary}\0{story.section}"
    return blake2b(said.encode(), digest_size=6).hexdigest()


def byline(story: Story) -> str:
    """The digest of the authors of a story."""
    return blake2b("\0".join(story.authors).encode(), digest_size=6).hexdigest()


def changed(last: Sending, now: Sending) -> bool:
    """Whether readers of a target find a thing otherwise than it was sent there, as far as that is known."""
    return last.digest != now.digest or (bool(last.byline) and last.byline != now.byline)


def keep(site: Site, items: Iterable[PublishedItem], target: str, now: dt.datetime, *, anyway: bool = False) -> int:
    """Take down what has just been sent to a target; how many things the record has then.

    Raises BroadsheetError, such as ``published-unreadable``; ``anyway`` goes by what can be read.

    A thing keeps its old addresses, and what it claimed where that is not said anew. One that is as it was when it was
    last sent there keeps its line. What is not among them is there no longer.
    """
    made = {item.key: item for item in items}
    moment = now.astimezone(dt.UTC).strftime(MOMENT)

    def sent(known: dict[Key, PublishedItem]) -> None:
        for key, item in known.items():
            if target in item.sent and key not in made:
                others = {name: one for name, one in item.sent.items() if name != target}
                known[key] = msgspec.structs.replace(item, sent=others)
        for key, item in made.items():
            known[key] = _sent(known.get(key), item, target, moment)

    return change(site, sent, anyway=anyway)


def set_back(site: Site, target: str, stories: Mapping[str, bool]) -> None:
    """Take down that an earlier release is at a target: readers have these stories, by id, not as they were sent last.

    True is one that is there in other words, which nobody knows any more; False one that is not. So the next
    publication says of either what it brings. Raises BroadsheetError.
    """

    def back(known: dict[Key, PublishedItem]) -> None:
        for id_, there in stories.items():
            item = known[STORY, id_]
            one = item.sent.get(target) or Sending(item.when, item.addresses[-1])  # it was gone, and is there again
            one = msgspec.structs.replace(one, digest="") if there else Sending(one.when, "")
            known[item.key] = msgspec.structs.replace(item, sent={**item.sent, target: one})

    if stories:
        change(site, back)


def answer(site: Site, harmless: Mapping[str, str]) -> None:
    """Keep of stories, by id, the digests of words that an editor said change no fact. Raises BroadsheetError."""

    def answered(known: dict[Key, PublishedItem]) -> None:
        for id_, digest in harmless.items():
            item = known[STORY, id_]
            known[item.key] = msgspec.structs.replace(item, harmless=digest)

    change(site, answered)


def with_old(item: PublishedItem, old: Iterable[str]) -> PublishedItem:
    """A thing that has stood at other addresses before."""
    others = (address for address in old if address not in item.addresses)
    return msgspec.structs.replace(item, addresses=(*others, *item.addresses))


def pending(items: Iterable[PublishedItem], record: PublishedRecord) -> dict[str, dict[str, Any]]:
    """What readers will meet at another address than before while these things are sent, by kind and id.

    Of each what has to be known if it never comes to be taken down: its addresses, its edition and number, its feeds.
    """
    found = {}
    for item in items:
        before = record.items.get(item.key)
        if not before or before.addresses[-1:] != item.addresses[-1:]:
            met = msgspec.structs.replace(item, sent={}, digest="", corrections=0, claims="")
            found[" ".join(item.key)] = msgspec.json.decode(msgspec.json.encode(met))  # as it is read again
    return found


def met(pending: Iterable[Mapping[str, Any]], there: Container[str]) -> list[PublishedItem]:
    """The pending things that readers could have met at their addresses, by the paths that are at the target.

    Raises msgspec.ValidationError for what is none.
    """
    found = (msgspec.convert(one, PublishedItem, strict=False) for one in pending)
    return [item for item in found if item.addresses and urls.file(item.addresses[-1]) in there]


def recover(site: Site, seen: Iterable[PublishedItem]) -> None:
    """Take down what readers could have met, though its publication broke off. Raises BroadsheetError.

    What is known of it already stays: it takes over the addresses alone.
    """

    def recovered(known: dict[Key, PublishedItem]) -> None:
        for item in seen:
            before = known.get(item.key)
            known[item.key] = item if before is None else _met(before, item)

    change(site, recovered)


def _met(before: PublishedItem, item: PublishedItem) -> PublishedItem:
    others = (old for old in before.addresses if old not in item.addresses)
    feeds = dict.fromkeys((*before.feeds, *item.feeds))
    return msgspec.structs.replace(before, addresses=(*others, *item.addresses), feeds=tuple(feeds))


def old_editions(made: Newspaper, record: PublishedRecord) -> dict[str, str]:
    """The addresses at which editions were published and are no more; of each the slug of the edition to go to.

    That is the edition itself where it has moved, or the one that has the first of its stories which is still there.
    """
    there = {edition.id: edition.slug for edition in made.editions}
    own = {urls.edition(edition) for edition in made.editions}
    of = {story.id: edition.slug for edition in made.editions for story in edition.stories}
    stories = {one.id: one.stories for one in record.editions()}
    found: dict[str, str] = {}
    for id_, item in record.of(EDITION).items():
        slug = there.get(id_) or next((of[story] for story in sorted(stories[id_]) if story in of), "")
        if slug:
            found |= {address: slug for address in item.known if address not in own}
    return found


def moved(site: Site, made: Newspaper, record: PublishedRecord) -> Iterable[Problem]:
    """A note for each story that has another address than the one that was published last."""
    published = record.addresses()
    for story in made.everything:
        before = published.get(story.id)
        if before and before[-1] != (address := urls.story(story, site.zone)):
            file = f"{site.settings.content}/stories/{story.path}"
            redated = before[-1][:_DAY] != address[:_DAY]  # else its file has another name
            place = Place(file, positions.of_key(site.root / file, "date") if redated else 1)
            yield note("story-moved", f"was published at /{before[-1]}: that address now leads to /{address}", place)


def _sent(before: PublishedItem | None, item: PublishedItem, target: str, moment: str) -> PublishedItem:
    """A thing as the record has it when it has gone to a target."""
    now = item.sent.get("") or Sending("", item.addresses[-1])
    last = before.sent.get(target) if before else None
    if last is None or changed(last, now) or (last.address, last.corrections) != (now.address, now.corrections):
        last = msgspec.structs.replace(now, when=moment)
    elif last.byline != now.byline:
        last = msgspec.structs.replace(last, byline=now.byline)
    if before is None:
        return msgspec.structs.replace(item, sent={target: last})
    new = item.addresses
    words = item if item.digest else before
    return msgspec.structs.replace(
        item,
        addresses=(*(old for old in before.addresses if old not in new), *new)[-MOST:],
        digest=words.digest,
        corrections=words.corrections,
        claims=words.claims,
        harmless=before.harmless if before.harmless != words.digest else "",
        sent={**before.sent, target: last},
    )


_NO_WORDS = PublishedClaims("", 0, "")
