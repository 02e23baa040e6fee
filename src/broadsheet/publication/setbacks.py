"""Setbacks: the stories that readers would have otherwise after a rollback, and what of them an editor has to be asked.

In: the record of what was published, the files of a release, the story files as they are now. Out: a ``Setback`` a
story, and an error for each that would undo what an editor did for readers: a retraction, a correction, a withdrawal.
Whether a release holds a notice is asked of its own pages, because a notice may be dated before it was published.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from broadsheet import publish
from broadsheet import published as addresses
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error
from broadsheet.model import Correction, Story
from broadsheet.pages import urls
from broadsheet.pipeline import Options, desk
from broadsheet.publish import releases
from broadsheet.publish.bundle import read
from broadsheet.text import counted

_HEAD = 4_000  # bytes of a page: in them stands that it leads on, or that it says that a story is gone
_NO_STORY = re.compile(rb'<meta (?:http-equiv="refresh"|name="robots" content="noindex)')
_RETRACTED = re.compile(r'"creativeWorkStatus":\s*"Retracted"')  # structured data, of a notice in other words
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")


class Setback(msgspec.Struct, frozen=True):
    """A story that readers would have otherwise: its id, its title, its file below the site's folder, its address.

    ``undone`` is what would be taken back: "retraction", "correction", "withdrawal", or nothing; ``count`` how many
    corrections. ``kind`` is "new", "changed", "moved" or "gone". ``file`` is empty where the story has none.
    """

    id: str
    title: str
    file: str
    address: str
    kind: str
    undone: str = ""
    count: int = 0

    @property
    def there(self) -> bool:
        """Whether readers find it where they were last sent it, or find it again."""
        return self.kind in {"new", "changed"}

    @property
    def said(self) -> str:
        """What of it would be undone, for people; empty where nothing is."""
        corrections = counted(self.count, "correction")
        match self.undone:
            case "retraction":
                return f"takes back the retraction of {self.title!r}"
            case "correction":
                return f"takes back {corrections} of {self.title!r}"
            case "withdrawal":
                return f"brings back {self.title!r}, which was withdrawn"
        return ""


def found(
    site: Site,
    options: Options,
    name: str,
    release: publish.Release,
    files: releases.ReleaseFiles,
    changes: publish.Changes,
    before: Mapping[str, publish.PublishedEntry],
    after: Mapping[str, publish.PublishedEntry],
) -> tuple[Setback, ...]:
    """The stories that readers of a target would have otherwise, those first of which something would be undone.

    ``before`` and ``after`` are the entries of feeds, by id. Of a page that changes with the theme alone they tell that
    its story is as it was. Raises BroadsheetError.
    """
    known = addresses.load(site, Report()).of()
    contents = desk(site, options.now, Report())
    written = {story.id: story for story in contents.stories}
    out = {story.id: story for story in contents.newspaper.everything}
    altered = {*changes.new, *changes.changed}
    now = {item.sent[name].address for item in known.values() if name in item.sent}
    moment = release.moment.astimezone(dt.UTC).strftime(addresses.MOMENT)
    setbacks = list[Setback]()
    for id_, item in known.items():
        story, sent = out.get(id_), item.sent.get(name)
        if story and item.known and not item.sent:  # older versions did not take down how it was sent
            sent = addresses.Sending("", item.known[-1], "", len(story.corrections))
        here = sent.address if sent else ""
        if here and urls.file(here) in files.digests and urls.file(here) not in altered:
            continue
        others = (one for one in reversed(item.known) if one != here and one not in now)
        address, page = _page(files, altered, (*((here,) if here else ()), *others))
        file = f"{site.settings.content}/stories/{written[id_].path}" if id_ in written else ""
        entries = after.get(id_), before.get(id_)
        setback = Setback(id_, item.title, file, address or here, _kind(here, address, page))
        if sent and here:
            undone, count = _undone(story, written.get(id_), sent, page, release) if story and page else ("", 0)
            differs = entries[0] != entries[1] if all(entries) else sent.when >= moment
            if undone or setback.kind != "changed" or differs:
                setbacks.append(msgspec.structs.replace(setback, undone=undone, count=count))
        elif page:
            setbacks.append(msgspec.structs.replace(setback, undone="" if story else "withdrawal"))
        elif entries[0] and not entries[1] and item.known:  # at an address that another story has now
            setbacks.append(setback)
    return tuple(sorted(setbacks, key=lambda one: not one.undone))


def objections(
    site: Site, name: str, setbacks: Iterable[Setback], release: str, accepted: Sequence[str]
) -> Iterator[Problem]:
    """An error for each story of which a rollback would undo something, unless it is accepted by id or pattern."""
    for one in setbacks:
        if one.undone and not any(one.id == said or fnmatch.fnmatchcase(one.id, said) for said in accepted):
            key = {"retraction": "retracted", "correction": "corrections"}.get(one.undone, "status")
            place = Place(one.file, positions.of_key(site.root / one.file, key)) if one.file else Place(one.address)
            hint = (
                f"Roll back to a release that has it (broadsheet publish {name} --releases), or correct the stories "
                f"and publish. If you mean it: --accept {one.id}"
            )
            if one.undone == "withdrawal":
                hint = f"Correct the stories and publish instead. If you mean it: --accept {one.id}"
            yield error("rollback-undoes", f"the release of {release} {one.said}", place, hint)


def _kind(here: str, address: str, page: str) -> str:
    if not here:
        return "new"
    if not page:
        return "gone"
    return "changed" if address == here else "moved"


def _page(files: releases.ReleaseFiles, altered: set[str], known: Iterable[str]) -> tuple[str, str]:
    """Where a release has a story, the first of these addresses, and its page there; nothing where it has none.

    A page that only leads on, as an earlier rollback leaves some, or says that the story is gone, is none of it.
    """
    for address in known:
        path = urls.file(address)
        if path in files.digests and path in altered:
            try:
                data = read(files.root, path)
            except BroadsheetError:  # what is damaged stops the rollback
                continue
            if not _NO_STORY.search(data[:_HEAD]):
                return address, data.decode("utf-8", "replace")
    return "", ""


def _undone(
    story: Story, written: Story | None, sent: addresses.Sending, page: str, release: publish.Release
) -> tuple[str, int]:
    """What a page of a release takes back of a story as it is now, and how many corrections.

    A notice that is written, and was not sent yet, cannot be taken back.
    """
    words = f" {_words(html.unescape(_TAG.sub(' ', page)))} "

    def holds(one: Correction) -> bool:
        return one.date <= release.moment and f" {_words(one.text)} " in words

    if story.retracted:
        unsent = sent.digest and written and sent.digest == addresses.state(written)  # readers have its text still
        there = holds(story.retracted) or _RETRACTED.search(page)
        return ("", 0) if unsent or there else ("retraction", 0)
    held = sum(map(holds, story.corrections))
    lost = min(sent.corrections, len(story.corrections)) - held
    return ("correction", lost) if lost > 0 else ("", 0)


def _words(text: str) -> str:
    """The words of a text, without the signs and blanks that a theme may set otherwise."""
    return " ".join(_WORD.findall(text))
