"""Delivery: a target by its name, what is to change there, the sending with its record, and the look at it afterwards.

In: a bundle of files and the record of what was sent before. Out: a target that holds the bundle, the new record, and
problems: what readers are given is compared with what was sent, and the hub is told that there is news (WebSub). It is
the same whether what is sent was built just now or is an earlier release.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from broadsheet import http, iri, publish, published
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.config.targets import KEEP, KINDS, NAME
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.pages import urls
from broadsheet.pipeline import Options, Progress, undisturbed
from broadsheet.text import counted, did_you_mean

_SHOWN = 20  # files of a kind that problems name; the rest is counted
SAMPLE = 8  # files asked for beside the front page
PAUSES = (0.0, 1.0, 3.0)  # seconds before each round of asking
FEEDS = 20  # feeds that are announced to the hub in one publication
_LIMITS = http.Limits(redirects=0)  # no redirect is followed: a reader is not to need one

OwnTargets = Mapping[str, publish.Target]  # those of a site's build.py, by name


class OpenTarget(NamedTuple):
    """A target while one works on it: its name, the file of its record and how a user calls that, what stood there.

    ``before`` is None where nothing is known to have been sent there.
    """

    name: str
    file: Path
    shown: str
    before: publish.Record | None
    digests: publish.Digests
    target: publish.Target


@contextlib.contextmanager
def held(site: Site, wanted: str, own: OwnTargets, options: Options) -> Iterator[OpenTarget]:
    """A target by its name, or the only one there is, for as long as nobody else works on the site.

    Raises BroadsheetError: ``busy``, what ``chosen`` raises, what is wrong with the record or the settings.
    """
    name = chosen(site, wanted, own)
    file, shown = record_file(site, name)
    with undisturbed(), lock.held(site.root, "publish"):
        digests = publish.Digests(site.cache)
        before = publish.load(file, shown)
        yield OpenTarget(name, file, shown, before, digests, opened(site, name, own, digests, options))


def chosen(site: Site, wanted: str, own: OwnTargets = MappingProxyType({})) -> str:
    """The name of the target that is meant: the only one where none is named. Raises BroadsheetError.

    ``own`` are the site's own targets, from its build.py; one with the name of another takes its place.
    """
    known = {**site.settings.targets, **own}
    if wrong := next((name for name in own if not NAME.fullmatch(name)), None):
        hint = "Letters, digits, hyphens: it also names the record of what was published."
        raise fail("target-name", f"{wrong!r} cannot name a target", Place("build.py"), hint)
    if wanted in known:
        return wanted
    place = Place("pyproject.toml")
    if not known:
        *first, last = (f'"{kind}"' for kind in KINDS)
        hint = f"Add a table [tool.broadsheet.targets.live] with kind = {', '.join(first)} or {last}."
        raise fail("target-missing", "the settings name no target", place, hint)
    if wanted:
        raise fail("target-unknown", f"no target {wanted!r}", place, did_you_mean(wanted, known))
    if len(known) > 1:
        raise fail("target-unknown", "there are several targets", place, f"Name one: {', '.join(known)}.")
    return next(iter(known))


def changes(
    target: publish.Target,
    bundle: publish.Bundle,
    before: publish.Record | None,
    now: dt.datetime,
    accepted: Iterable[str],
) -> publish.Changes:
    """What makes a target hold the bundle, by the record of what was sent there ``before``.

    ``accepted`` are paths, or patterns of them, of other people's files that may be replaced. Raises BroadsheetError
    where the target cannot be reached.
    """
    record = before or publish.Record()
    return publish.compare(
        bundle.digests(target.digest),
        target.there(bundle),
        record.files.keys() | record.leaving.keys(),
        leaving=record.leaving,
        now=now,
        accepted=accepted,
    )


def deliver(
    file: Path,
    shown: str,
    before: publish.Record | None,
    target: publish.Target,
    bundle: publish.Bundle,
    changes: publish.Changes,
    entries: Mapping[str, publish.PublishedEntry],
    tell: Progress,
) -> publish.Record:
    """Send what changes; the record of it, which names it before, and says afterwards that it is complete.

    Raises BroadsheetError; the next publication goes on from there.
    """
    files = publish.short(bundle.digests("sha256"))
    under_way = before
    if not changes.empty:
        under_way = publish.begun(before, files, entries)
        publish.save(file, under_way, before, shown)
        target.send(bundle, changes, tell)
    after = publish.done(before, files, changes.leaving, entries)
    publish.save(file, after, under_way, shown)
    return after


def opened(site: Site, name: str, own: OwnTargets, digests: publish.Digests, options: Options) -> publish.Target:
    """The target of a name: one of the site's own, or of the settings. Raises BroadsheetError."""
    if name in own:
        return own[name]
    _alone(site, name, own)
    apart = {"content": site.content, "the built site": site.output, "themes": site.themes, "the cache": site.cache}
    return publish.open_target(name, site.settings.targets, site.root, site.cache, digests, options.now, apart)


def _alone(site: Site, name: str, own: OwnTargets) -> None:
    """Raise BroadsheetError (``target-harmful``) for a target at the place of another of the settings."""
    known = site.settings.targets
    for other, settings in known.items():
        if other not in (name, *own) and settings.place(site.root) == known[name].place(site.root):
            message = (
                f"the target {other!r} is at the same place: each would take the other's files for those of a stranger"
            )
            hint = "Give one of the two a place of its own, or delete its table."
            raise fail("target-harmful", message, site.place("targets", name), hint)


def store(site: Site, name: str, target: publish.Target, before: publish.Record | None) -> publish.ReleaseStore:
    """What keeps the releases of a target that does not do so itself."""
    keep = int(getattr(site.settings.targets.get(name, target), "keep", KEEP))
    return publish.ReleaseStore(site.cache / "releases", name, keep, before.files if before else {})


def address(site: Site, name: str, target: publish.Target) -> str:
    """Where readers find what was sent; a target of the site's own may have it as ``url``."""
    known = site.settings.targets.get(name)
    return str(getattr(target, "url", known.url if known else ""))


def record_file(site: Site, name: str) -> tuple[Path, str]:
    """The record of what is at a target, and how a user calls it."""
    path = f"{published.FOLDER}/{name}.json"
    return site.content / path, f"{site.settings.content}/{path}"


def blocked(name: str, changes: publish.Changes) -> Iterable[Problem]:
    """An error for each file of somebody else's that is in the way."""
    hint = f"Publish elsewhere, or replace it: broadsheet publish {name} --accept PATH (or a pattern such as '*')."
    for path in changes.blocked[:_SHOWN]:
        yield error(
            "publish-foreign",
            "exists at the target, and Broadsheet did not put it there",
            Place(f"{name}:{path}"),
            hint,
        )
    if (more := len(changes.blocked) - _SHOWN) > 0:
        yield error(
            "publish-foreign", f"{counted(more, 'more file is', 'more files are')} in the way", Place(name), hint
        )


def unknown(name: str, changes: publish.Changes, before: publish.Record | None, *, anyway: bool) -> Iterable[Problem]:
    """An error where a publication is there of which nothing is recorded: its addresses would be forgotten."""
    if before is None and changes.replaced:
        count = counted(changes.replaced, "file")
        said = "holds a publication of which this site has no record, by another site or another copy of this one"
        hint = (
            "Restore content/published/ from version control, or rebuild it from what is at the target: "
            f"broadsheet release --rebuild {name}. To replace it: broadsheet publish {name} --anyway"
        )
        found = error("publish-unknown", f"{said}: {count} would be replaced or deleted", Place(name), hint)
        yield msgspec.structs.replace(found, severity="warning") if anyway else found


def others(name: str, changes: publish.Changes) -> Iterable[Problem]:
    """A note of the files that somebody else put there."""
    if changes.others:
        some = ", ".join(changes.others[:3]) + (", …" if len(changes.others) > 3 else "")
        yield note(
            "publish-other", f"{counted(len(changes.others), 'file')} of others: left alone ({some})", Place(name)
        )


def looked_at(site: Site, url: str, bundle: publish.Bundle, changes: publish.Changes) -> Iterable[Problem]:
    """Look at what readers get, then tell the hub which feeds changed."""
    own = urls.Addresses(site.settings.url)
    there = urls.Addresses(url) if url else own
    sent = (*changes.new, *changes.changed)
    if url:
        yield from verify(lambda path: there.absolute(urls.answered(path)), bundle, sent)
    if site.settings.hub and there.root == own.root:
        feeds = sorted(
            (path for path in sent if publish.kind(path) == "feed"), key=lambda path: (path.count("/"), path)
        )
        yield from notify_hub(iri.absolute(site.settings.hub), map(own.absolute, feeds))


def verify(
    address: Callable[[str], str], bundle: publish.Bundle, sent: Sequence[str], pauses: Sequence[float] = PAUSES
) -> list[Problem]:
    """Fetch the front page and a sample of what was sent, and compare them by digest.

    ``address`` gives the address at which readers find a file below output/.
    """
    here = bundle.digests("sha256")
    waiting = [
        path
        for path in dict.fromkeys(("index.html", *_sample(sent)))
        if path in here and path not in bundle.extras and bundle.size(path) <= _LIMITS.size
    ]
    found: dict[str, str] = {}
    for pause in pauses:
        if not waiting:
            break
        time.sleep(pause)
        found = {path: said for path in waiting if (said := _compared(address(path), here[path]))}
        waiting = list(found)
    hint = "Some hosts take minutes to show a change, and some alter files: open the page."
    return [warning("publish-differs", said, Place(address(path)), hint) for path, said in found.items()]


def notify_hub(hub: str, topics: Iterable[str]) -> list[Problem]:
    """Tell a WebSub hub that feeds have changed, so that it tells their subscribers (WebSub, section 7)."""
    for topic in list(topics)[:FEEDS]:
        body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = http.ask(hub, "POST", headers=headers, data=body.encode(), typed=True, limits=_LIMITS)
        except BroadsheetError as cause:
            return [warning("hub", f"could not be notified: {cause.problem.message}", Place(hub))]
        if answer.status >= 300:
            return [warning("hub", f"answered {http.said(answer.status)} when it was notified", Place(hub))]
    return []


def _sample(sent: Sequence[str]) -> list[str]:
    """Some of what was sent, spread over all of it."""
    pages = [path for path in sent if not path.startswith("_")]
    step = max(1, len(pages) // SAMPLE)
    return pages[::step][:SAMPLE]


def _compared(address: str, digest: str) -> str:
    """What is wrong with the file that a reader gets; empty where nothing is."""
    try:
        answer = http.ask(address, headers={"Cache-Control": "no-cache"}, typed=True, limits=_LIMITS)
    except BroadsheetError as cause:
        return cause.problem.message
    if answer.status != 200:
        return f"answers {answer.status}"
    return "" if hashlib.sha256(answer.body).hexdigest() == digest else "is not what was sent"
