"""The record of what was published: the one keeper of what readers, subscribers and citations were promised.

In: what a publication, or a host's own deployment, made known to readers. Out: content/published/record.jsonl, a line a
thing: its id, the addresses at which readers have found it, its title, what it claimed, its edition, where it was sent
and when. Build, check, gate and guard read it. Lines stand alone and are sorted, so that version control merges them;
two lines of one thing are joined as they are read. A line that is damaged is reported, and the file then not written
over. Records of before there was one file are read as they are, and go into it at the next publication.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from types import MappingProxyType

import msgspec

from broadsheet import pages
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError, Place, Problem, Report, note, warning
from broadsheet.model import Newspaper, Page, PublishedEdition, PublishedPage, Story
from broadsheet.pages import urls
from broadsheet.pages.redirects import RedirectInputs

FOLDER = "published"  # below content/
FILE = f"{FOLDER}/record.jsonl"
ADDRESSES, CLAIMS = f"{FOLDER}/addresses.json", "published.json"  # what older versions wrote
UNREADABLE = "published-unreadable"
MOST = 200  # addresses of one thing, the newest: what moves more often is a mistake
STORY, EDITION = "story", "edition"

PublishedAddresses = Mapping[str, tuple[str, ...]]  # by id, below the site's root, the oldest first
_Key = tuple[str, str]  # kind and id
_MARKS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")  # what git leaves between two versions


class Sending(msgspec.Struct, frozen=True, array_like=True):
    """A thing as it went to a target: when (ISO 8601, UTC), its address, the digest of its words, its corrections."""

    when: str
    address: str
    digest: str = ""
    corrections: int = 0


class PublishedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was published: a story, an edition, or of another ``kind``; ``id`` is its own within that.

    ``addresses`` are below the site's root, from the oldest to the one that it has. ``edition`` is the slug of a
    story's edition, ``number`` that edition's. ``digest`` is of the words of which ``claims`` are what they claim, when
    it had that many ``corrections``; ``harmless`` is the digest of words that an editor said change no fact of it.
    ``sent`` is how it went to each target last. ``members`` and ``pages`` are as in ``PublishedPage``.
    """

    id: str
    kind: str = STORY
    title: str = ""
    addresses: tuple[str, ...] = ()
    edition: str = ""
    number: int = 0
    digest: str = ""
    corrections: int = 0
    claims: str = ""
    harmless: str = ""
    sent: Mapping[str, Sending] = {}
    members: tuple[str, ...] = ()
    pages: int = 1

    @property
    def key(self) -> _Key:
        """By what the record knows it."""
        return self.kind, self.id

    @property
    def known(self) -> tuple[str, ...]:
        """Its addresses. What is no path of a page was not written by Broadsheet, and is left out."""
        return tuple(filter(_plain, self.addresses))

    @property
    def when(self) -> str:
        """When it was sent last; empty where an older version took it down."""
        return max((one.when for one in self.sent.values()), default="")


class PublishedRecord(msgspec.Struct, frozen=True):
    """All that was published, by kind and id; ``whole`` tells whether every line could be read."""

    items: Mapping[_Key, PublishedItem] = {}
    whole: bool = True

    def of(self, kind: str = STORY) -> dict[str, PublishedItem]:
        """The things of a kind, by id."""
        return {id_: item for (its, id_), item in self.items.items() if its == kind}

    def editions(self) -> tuple[PublishedEdition, ...]:
        """The editions as they were published last."""
        stories: dict[str, set[str]] = {}
        for item in self.of().values():
            if item.edition:
                stories.setdefault(item.edition, set()).add(item.id)
        return tuple(
            PublishedEdition(item.id, item.edition, item.number, frozenset(stories.get(item.edition, ())))
            for item in self.of(EDITION).values()
        )

    def places(self) -> tuple[PublishedPage, ...]:
        """All pages that were published."""
        return tuple(
            PublishedPage(
                one.kind, one.title, one.known, one.members, one.pages, one.id, one.edition, out=bool(one.sent)
            )
            for one in self.items.values()
        )

    def addresses(self, kind: str = STORY) -> PublishedAddresses:
        """The addresses of the things of a kind, by id."""
        return {id_: item.known for id_, item in self.of(kind).items()}


class PublishedClaims(msgspec.Struct, frozen=True, array_like=True):
    """A story's words: their digest, how many corrections it had, what they claimed."""

    digest: str
    corrections: int
    claims: str


def load(site: Site, report: Report) -> PublishedRecord:
    """The record, as far as it can be read; a warning for each file of it that cannot be read whole."""
    items: dict[_Key, PublishedItem] = {}
    whole = True
    for name, read in _READERS.items():
        shown = _shown(site, name)
        try:
            data = (site.content / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as cause:
            whole = False
            report.add(_unreadable(f"cannot be read: {cause.strerror}", Place(shown)))
            continue
        found, wrong = read(data)
        _join(items, found)
        if wrong:
            whole = False
            report.add(_unreadable(wrong[1], Place(shown, wrong[0])))
    return PublishedRecord(items, whole)


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
            words = claimed.get(story.id) or _NO_WORDS
            address = urls.story(story, site.zone)
            yield PublishedItem(
                id=story.id,
                title=story.title,
                addresses=(address,),
                edition=edition.slug,
                number=edition.number,
                digest=words.digest,
                corrections=words.corrections,
                claims=words.claims,
                sent={"": Sending("", address, state(story), len(story.corrections))},
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
    known = {(item.kind, item.known[-1]): item for item in record.items.values() if item.known}
    known_addresses = {address for item in record.items.values() for address in item.known}
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
            pages=max(thing.pages, same.pages if same else 1),
        )  # fmt: skip


def state(story: Story) -> str:
    """The digest of what a story says to its readers."""
    said = f"{story.title}\0{story.body}\0{story.summary}\0{story.section}"
    return blake2b(said.encode(), digest_size=6).hexdigest()


def keep(site: Site, items: Iterable[PublishedItem], target: str, now: dt.datetime) -> None:
    """Take down what has just been sent to a target. Raises BroadsheetError, such as ``published-unreadable``.

    A thing keeps its old addresses, and what it claimed where that is not said anew. One that is as it was when it was
    last sent there keeps its line. One of these kinds that is not among them is there no longer.
    """
    made = {item.key: item for item in items}
    kinds = {kind for kind, _ in made}
    moment = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def sent(known: dict[_Key, PublishedItem]) -> None:
        for key, item in known.items():
            if target in item.sent and key not in made and key[0] in kinds:
                others = {name: one for name, one in item.sent.items() if name != target}
                known[key] = msgspec.structs.replace(item, sent=others)
        for key, item in made.items():
            known[key] = _sent(known.get(key), item, target, moment)

    change(site, sent)


def answer(site: Site, harmless: Mapping[str, str]) -> None:
    """Keep of stories, by id, the digests of words that an editor said change no fact. Raises BroadsheetError."""

    def answered(known: dict[_Key, PublishedItem]) -> None:
        for id_, digest in harmless.items():
            item = known[STORY, id_]
            known[item.key] = msgspec.structs.replace(item, harmless=digest)

    change(site, answered)


def with_old(item: PublishedItem, old: Iterable[str]) -> PublishedItem:
    """A thing that has stood at other addresses before."""
    others = (address for address in old if address not in item.addresses)
    return msgspec.structs.replace(item, addresses=(*others, *item.addresses))


def pending(items: Iterable[PublishedItem], record: PublishedRecord) -> dict[str, str]:
    """The addresses that readers will meet first while these things are sent, by kind and id."""
    found = {}
    for item in items:
        before = record.items.get(item.key)
        if not before or before.addresses[-1:] != item.addresses[-1:]:
            found[" ".join(item.key)] = item.addresses[-1]
    return found


def recover(site: Site, seen: Mapping[str, str]) -> None:
    """Take down addresses that readers could have met, though their publication broke off. Raises BroadsheetError."""

    def met(known: dict[_Key, PublishedItem]) -> None:
        for name, address in seen.items():
            kind, _, id_ = name.partition(" ")
            item = known.get((kind, id_)) or PublishedItem(id_, kind)
            others = (old for old in item.addresses if old != address)
            known[item.key] = msgspec.structs.replace(item, addresses=(*others, address))

    change(site, met)


def change(site: Site, deed: Callable[[dict[_Key, PublishedItem]], None], *, anyway: bool = False) -> None:
    """Change the record: ``deed`` is given all of it, by kind and id.

    Raises BroadsheetError where it cannot be written, or read whole (``published-unreadable``); ``anyway`` then goes by
    what can be read of it.
    """
    report = Report()
    load(site, report)
    if len(report) and not anyway:
        raise BroadsheetError(*(msgspec.structs.replace(problem, severity="error") for problem in report))

    def written(data: bytes | None) -> bytes:
        found, wrong = _lines(data or b"")
        if wrong and not anyway:  # somebody is merging two versions of it
            raise BroadsheetError(
                msgspec.structs.replace(_unreadable(wrong[1], Place(_shown(site, FILE), wrong[0])), severity="error")
            )
        known = dict(older)
        _join(known, found)
        deed(known)
        return b"".join(msgspec.json.encode(known[key]) + b"\n" for key in sorted(known))

    older: dict[_Key, PublishedItem] = {}
    for name in (ADDRESSES, CLAIMS):
        with contextlib.suppress(OSError):
            _join(older, _READERS[name]((site.content / name).read_bytes())[0])
    guarded.update(site.content / FILE, written)
    for name in (ADDRESSES, CLAIMS):  # all of it stands in the record now
        (site.content / name).unlink(missing_ok=True)


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
            place = Place(f"{site.settings.content}/stories/{story.path}", 1)
            yield note("story-moved", f"was published at /{before[-1]}: that address leads to /{address} now", place)


def _sent(before: PublishedItem | None, item: PublishedItem, target: str, moment: str) -> PublishedItem:
    """A thing as the record has it when it has gone to a target."""
    now = item.sent.get("") or Sending("", item.addresses[-1])
    last = before.sent.get(target) if before else None
    if last is None or msgspec.structs.replace(last, when="") != now:
        last = msgspec.structs.replace(now, when=moment)
    if before is None:
        return msgspec.structs.replace(item, sent={target: last})
    new = item.addresses
    said = item if item.digest else before
    return msgspec.structs.replace(
        item,
        addresses=(*(old for old in before.addresses if old not in new), *new)[-MOST:],
        digest=said.digest,
        corrections=said.corrections,
        claims=said.claims,
        harmless=before.harmless if before.harmless != said.digest else "",
        sent={**before.sent, target: last},
    )


def _joined(one: PublishedItem, other: PublishedItem) -> PublishedItem:
    """One thing of two lines, as a merge of two records leaves them: what was sent later holds."""
    first, last = (one, other) if one.when <= other.when else (other, one)
    said = last if last.digest else first
    sent = {
        name: max((found for item in (first, last) if (found := item.sent.get(name))), key=lambda found: found.when)
        for name in sorted({*first.sent, *last.sent})
    }
    return msgspec.structs.replace(
        last,
        title=last.title or first.title,
        addresses=(*(old for old in first.addresses if old not in last.addresses), *last.addresses),
        edition=last.edition or first.edition,
        number=last.number or first.number,
        digest=said.digest,
        corrections=said.corrections,
        claims=said.claims,
        harmless=last.harmless or first.harmless,
        sent=sent,
    )


def _join(known: dict[_Key, PublishedItem], items: Iterable[PublishedItem]) -> None:
    for item in items:
        before = known.get(item.key)
        known[item.key] = _joined(before, item) if before else item


_Wrong = tuple[int, str] | None  # the first line that cannot be read, and what is wrong
_ITEM = msgspec.json.Decoder(PublishedItem)
_OLD_ADDRESSES = msgspec.json.Decoder(dict[str, tuple[str, ...]]).decode
_OLD_CLAIMS = msgspec.json.Decoder(dict[str, PublishedClaims]).decode
_NO_WORDS = PublishedClaims("", 0, "")


def _lines(data: bytes) -> tuple[list[PublishedItem], _Wrong]:
    """The things of the record; where a line is damaged, those of the others."""
    try:
        return _ITEM.decode_lines(data), None
    except (msgspec.DecodeError, UnicodeDecodeError):
        found: list[PublishedItem] = []
        wrong: _Wrong = None
        for number, line in enumerate(data.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                found.append(_ITEM.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as cause:
                said = "is a mark of a merge" if line.startswith(_MARKS) else f"cannot be read: {cause}"
                wrong = wrong or (number, said)
        return found, wrong


def _addresses(data: bytes) -> tuple[list[PublishedItem], _Wrong]:
    try:
        return [PublishedItem(id_, addresses=found) for id_, found in _OLD_ADDRESSES(data).items()], None
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        return [], (0, f"cannot be read: {cause}")


def _claims(data: bytes) -> tuple[list[PublishedItem], _Wrong]:
    try:
        known = _OLD_CLAIMS(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        return [], (0, f"cannot be read: {cause}")
    made = [
        PublishedItem(id_, digest=one.digest, corrections=one.corrections, claims=one.claims)
        for id_, one in known.items()
    ]
    return made, None


_READERS: Mapping[str, Callable[[bytes], tuple[list[PublishedItem], _Wrong]]] = {
    ADDRESSES: _addresses,
    CLAIMS: _claims,
    FILE: _lines,
}


def _shown(site: Site, name: str) -> str:
    return f"{site.settings.content}/{name}"


def _unreadable(said: str, place: Place) -> Problem:
    hint = "Bring it back from version control, or make it anew of what can be read: broadsheet release --rebuild"
    return warning(UNREADABLE, said, place, hint)


def _plain(address: str) -> bool:
    """Whether this is the address of a page below the site's root, and of no file beside it."""
    parts = address.split("/")
    return address.endswith("/") and all(part and not part.startswith(".") for part in parts[:-1])
