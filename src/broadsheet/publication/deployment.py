"""Deployment: the way out of a host that builds for itself, such as GitHub Actions, Netlify, Cloudflare Pages.

In: a site, what an editor answered. Out: before the deployment, whether it may go out; after it, the record of what
went out. Also the record made anew, where it was damaged or lost.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

import msgspec

from broadsheet import publish, published, render
from broadsheet.cache import lock, snapshot
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.desk import freeze_closed
from broadsheet.errors import BroadsheetError, Place, Problem, Report, fail, warning
from broadsheet.pages import urls
from broadsheet.pipeline import Options, Progress, undisturbed
from broadsheet.publication import delivery, unrecorded
from broadsheet.publication.clearance import Answers, Clearance, Destination, clear, correct
from broadsheet.publish import releases

HOST = "host"  # the name of what a host builds for itself, among the targets of the record
_SAME = dt.timedelta(hours=1)  # how long after a build its deployment ends


class DeploymentRequest(Answers, frozen=True):
    """What an editor asks for: ``check`` only finds out whether the site may go out, and keeps what was answered."""

    check: bool = False


class Deployment(msgspec.Struct, frozen=True):
    """What a deployment changes for readers and subscribers; ``recorded`` tells that it was taken down as being out.

    ``frozen`` are the files of the editions that were frozen then, as a user calls them.
    """

    cleared: Clearance
    first: bool
    recorded: bool = False
    target: str = HOST
    frozen: tuple[str, ...] = ()


Show = Callable[[Deployment], None]


def release_site(
    site: Site, options: Options, request: DeploymentRequest, report: Report, tell: Progress, show: Show
) -> Deployment:
    """Find out whether a site may go out, or take it down as being out. Problems go into the report.

    Before the deployment (``check``) what speaks against it are errors. After it nothing can stop it any more: they are
    warnings, and the record says what readers have. Raises BroadsheetError where the record cannot be read or written.
    """
    if HOST in site.settings.targets:
        hint = "Rename the target, or publish to it: broadsheet publish host"
        said = f"a target is called {HOST!r}, a name that is taken for what hosts build"
        raise fail("target-name", said, site.place("targets", HOST), hint)
    file, shown = delivery.record_file(site, HOST)
    with undisturbed(), lock.held(site.root, "release"):
        if not (request.check or render.Output(site.output, site.settings.output).made):
            hint = (
                "Build the site (broadsheet build), deploy it, then run this again. "
                "To check before a deployment, use --check."
            )
            said = "nothing was built here, so nothing was recorded"
            raise fail("release-unbuilt", said, Place(f"{site.settings.output}/"), hint)
        before = publish.load(file, shown)
        correct(site, options, request.corrected)
        if not request.check:
            options = msgspec.structs.replace(options, now=_moment(site, options.now))
        digests = publish.Digests(site.cache)
        cleared = clear(
            site,
            options,
            request,
            Destination(HOST, before or publish.Record(), digests, out=not request.check, command="release --check"),
            report,
            tell,
        )
        digests.keep()
        found = Deployment(cleared, first=before is None)
        show(found)
        if request.check:
            _answered(site, file, shown, before, cleared)
            report.extend(cleared.objections)
            return found
        count = published.keep(site, cleared.items(), HOST, options.now)
        after = msgspec.structs.replace(publish.done(before, {}, {}, cleared.known.entries), recorded=count)
        publish.save(file, after, before, shown)
        closed = freeze_closed(site, cleared.built.newspaper, options.now)
        report.extend(closed.problems)
        snapshot.acknowledge(site)
        report.extend(
            msgspec.structs.replace(problem, severity="warning")
            for problem in cleared.objections
            if problem.code != "publish-errors"
        )
    return msgspec.structs.replace(found, recorded=True, frozen=tuple(closed.files))


def _moment(site: Site, now: dt.datetime) -> dt.datetime:
    """The moment of the build that was deployed: what has become due since then no reader could have seen."""
    last = snapshot.load(site)
    return last.since.astimezone(now.tzinfo) if last and now - _SAME < last.since <= now else now


def _answered(site: Site, file: Path, shown: str, before: publish.Record | None, cleared: Clearance) -> None:
    """Keep what an editor answered, so that it holds for the host too, in whose copy of the record it is looked up."""
    if harmless := cleared.harmless:
        published.answer(site, harmless)
    accepted = {guid: cleared.known.titles[guid] for guid in cleared.resend_check.accepted}
    known = before or publish.Record(recorded=0)
    if not accepted.keys() <= known.accepted.keys():
        publish.save(file, msgspec.structs.replace(known, accepted={**known.accepted, **accepted}), before, shown)


def rebuild(
    site: Site,
    options: Options,
    wanted: str,
    report: Report,
    tell: Progress,
    own: delivery.OwnTargets = MappingProxyType({}),
) -> str:
    """Make the record anew: of what can be read of it, and of what is at the target; what was taken to be there.

    Where the settings name no target, or ``host`` is asked for, that is what a host builds for itself: the site as it
    is built now. Raises BroadsheetError.
    """
    built = wanted == HOST or not (wanted or site.settings.targets or own)
    name = HOST if built else delivery.chosen(site, wanted, own)
    file, _ = delivery.record_file(site, name)
    with undisturbed(), lock.held(site.root, "release"):
        old = _old_addresses(site)
        published.change(site, lambda _known: None, anyway=True)
        before = _salvaged(file)
        digests = publish.Digests(site.cache)
        target = None if name == HOST else delivery.opened(site, name, own, digests, options)
        going = Destination(name, before, digests, target.extras if target else {})
        cleared = clear(site, options, Answers(anyway=True), going, Report(), tell)
        bundle = cleared.bundle
        here = bundle.digests(target.digest if target else "sha256")
        state = target.there(bundle) if target else publish.TargetState(here)
        there = state.files
        items = [
            item if there[path] == here.get(path) else msgspec.structs.replace(item, digest="", claims="")
            for item in cleared.items()
            if (path := urls.file(item.addresses[-1])) in there
        ]
        release = _release(site, name, target, before)
        _merge(items, _elsewhere(cleared, {**before.past, **before.entries, **_sent(site, release, before)}, there))
        if target:
            unknown = _unknown(site, items, old, state, here)
            if release:
                _merge(items, unrecorded.found(site, release, unknown, cleared.out, there))
                unknown = _unknown(site, items, old, state, here)
            report.extend(_unassigned(name, unknown))
        kept = (published.with_old(item, old.get(item.addresses[-1], ())) for item in items)
        count = published.keep(site, kept, name, options.now, anyway=True)
        seen = {item.id for item in items}
        entries = {
            guid: entry
            for guid, entry in cleared.known.entries.items()
            if guid in seen or urls.file(entry.address) in there
        }
        files = {path: digest for path, digest in publish.short(bundle.digests("sha256")).items() if path in there}
        whole = publish.done(before, files if target else {}, before.leaving, entries)
        whole = msgspec.structs.replace(whole, recorded=count)
        guarded.update(file, lambda _: publish.written(whole))
        report.extend(problem for problem in Report(cleared.objections) if problem.code == "sent-again")
    return name


def _merge(items: list[published.PublishedItem], others: Iterable[published.PublishedItem]) -> None:
    """Add what else is there; what is among the items already has the addresses besides its own."""
    for item in others:
        if (same := next((at for at, one in enumerate(items) if one.key == item.key), None)) is not None:
            items[same] = published.with_old(items[same], item.addresses)
        else:
            items.append(item)


def _release(site: Site, name: str, target: publish.Target | None, before: publish.Record) -> publish.Bundle | None:
    """The files of the release that readers have; None if no release of it was kept."""
    if target:
        with contextlib.suppress(BroadsheetError):
            keeper = releases.keeper(target, delivery.store(site, name, target, before))
            if current := next((one for one in keeper.releases() if one.current), None):
                files = keeper.bring(current)
                return publish.Bundle(files.root, files.digests, publish.Digests(site.cache), {})
    return None


def _sent(site: Site, release: publish.Bundle | None, before: publish.Record) -> Mapping[str, publish.PublishedEntry]:
    """The entries of the feeds of the release that readers have."""
    if release:
        with contextlib.suppress(BroadsheetError, msgspec.MsgspecError):
            return publish.gather(release, urls.Addresses(site.settings.url).root, before.entries).entries
    return {}


def _elsewhere(
    cleared: Clearance, entries: Mapping[str, publish.PublishedEntry], there: Mapping[str, str]
) -> Iterator[published.PublishedItem]:
    """The stories that are at the target at another address than they have now, or are gone: feeds tell their ids."""
    stories = {item.id: item for item in cleared.out if item.kind == published.STORY}
    now = {item.addresses[-1] for item in cleared.items()}
    for guid, entry in entries.items():
        address = entry.address
        if urls.is_edition(address) or address in now or not urls.plain(address):
            continue
        if urls.file(address) in there:
            item = stories.get(guid) or published.PublishedItem(guid)
            sent = {"": published.Sending("", address)}
            yield msgspec.structs.replace(item, addresses=(address,), sent=sent, digest="", corrections=0, claims="")


def _unknown(
    site: Site,
    items: Iterable[published.PublishedItem],
    old: Mapping[str, tuple[str, ...]],
    state: publish.TargetState,
    here: Mapping[str, str],
) -> list[str]:
    """The pages at the target, by path, that the record does not know yet. What others put there is none of the site's.

    Where the target has lost its list of what is ours, any may be.
    """
    known = {address for item in items for address in item.addresses} | {one for some in old.values() for one in some}
    known |= {address for item in published.load(site, Report()).items.values() for address in item.known}
    return [
        path
        for path in sorted(state.ours or state.files)
        if publish.kind(path) == "page" and path in state.files
        if path not in here and urls.answered(path) not in known
    ]


def _unassigned(name: str, unknown: Iterable[str]) -> Iterator[Problem]:
    """A warning for each page at the target of which nobody knows what it was: the record has nothing of it."""
    hint = "The next publication deletes it. If it was a story's, add its address to the story: aliases: [/…/]"
    for path in unknown:
        yield warning("record-unassigned", "is a page that is not in the record", Place(f"{name}:{path}"), hint)


def _salvaged(file: Path) -> publish.Record:
    with contextlib.suppress(FileNotFoundError):
        return publish.salvaged(file.read_bytes())
    return publish.Record()


def _old_addresses(site: Site) -> dict[str, tuple[str, ...]]:
    """The old addresses that the last build led on from, by the address that they led to: where it is still there."""
    found: dict[str, tuple[str, ...]] = {}
    base = urls.Addresses(site.settings.url).base
    with contextlib.suppress(OSError):
        for line in (site.output / urls.REDIRECTS).read_text("utf-8").splitlines():
            words = line.split()
            if len(words) == 3 and words[2] == "301" and all(word.startswith(base) for word in words[:2]):
                old, new = (unquote(word.removeprefix(base)) for word in words[:2])
                if urls.plain(old) and urls.plain(new):
                    found[new] = (*found.get(new, ()), old)
    return found
