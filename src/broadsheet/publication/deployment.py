"""Deployment: the way out of a host that builds for itself, such as GitHub Actions, Netlify, Cloudflare Pages.

In: a site, what an editor answered. Out: before the deployment, whether it may go out; after it, the record of what
went out. Also the record made anew, where it was damaged or lost.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from broadsheet import publish, published
from broadsheet.cache import lock, snapshot
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.desk.freeze import freeze_closed
from broadsheet.errors import Place, Report, fail
from broadsheet.pages import urls
from broadsheet.pipeline import Options, Progress
from broadsheet.publication import delivery
from broadsheet.publication.clearance import Answers, Clearance, Destination, clear, correct

HOST = "host"  # the name of what a host builds for itself, among the targets of the record
_SAME = dt.timedelta(hours=1)  # how long after a build its deployment ends


class DeploymentRequest(Answers, frozen=True):
    """What an editor asks for: ``check`` only finds out whether the site may go out, and keeps what was answered."""

    check: bool = False


class Deployment(msgspec.Struct, frozen=True):
    """What a deployment changes for readers and subscribers; ``recorded`` tells that it was taken down as being out."""

    cleared: Clearance
    first: bool
    recorded: bool = False
    target: str = HOST


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
        raise fail("target-name", f"a target is called {HOST!r}, as the record of what hosts build", Place(HOST), hint)
    file, shown = delivery.record_file(site, HOST)
    with lock.held(site.root, "release"):
        before = publish.load(file, shown)
        correct(site, options, request.corrected)
        if not request.check:
            options = msgspec.structs.replace(options, now=_moment(site, options.now))
        digests = publish.Digests(site.cache)
        cleared = clear(site, options, request, Destination(HOST, before or publish.Record(), digests), report, tell)
        digests.keep()
        found = Deployment(cleared, first=before is None)
        show(found)
        if request.check:
            _answered(site, file, shown, before, cleared)
            report.extend(cleared.objections)
            return found
        published.keep(site, cleared.items(site), HOST, options.now)
        publish.save(file, publish.done(before, {}, {}, cleared.known.entries), before, shown)
        report.extend(freeze_closed(site, cleared.built.newspaper, options.now))
        snapshot.acknowledge(site)
        report.extend(
            msgspec.structs.replace(problem, severity="warning")
            for problem in cleared.objections
            if problem.code != "publish-errors"
        )
    return msgspec.structs.replace(found, recorded=True)


def _moment(site: Site, now: dt.datetime) -> dt.datetime:
    """The moment of the build that was deployed: what has become due since then no reader could have seen."""
    last = snapshot.load(site)
    return last.since.astimezone(now.tzinfo) if last and now - _SAME < last.since <= now else now


def _answered(site: Site, file: Path, shown: str, before: publish.Record | None, cleared: Clearance) -> None:
    """Keep what an editor answered, so that it holds for the host too, in whose copy of the record it is looked up."""
    if harmless := cleared.harmless:
        published.answer(site, harmless)
    accepted = {guid: cleared.known.titles[guid] for guid in cleared.resend_check.accepted}
    known = before or publish.Record()
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
    with lock.held(site.root, "release"):
        old = _old_addresses(site)
        published.change(site, lambda _known: None, anyway=True)
        before = _salvaged(file)
        digests = publish.Digests(site.cache)
        target = None if name == HOST else delivery.opened(site, name, own, digests, options)
        going = Destination(name, before, digests, target.extras if target else {})
        cleared = clear(site, options, Answers(anyway=True), going, Report(), tell)
        bundle = cleared.bundle
        here = bundle.digests(target.digest if target else "sha256")
        there: Mapping[str, str] = target.there(bundle).files if target else here
        items = [
            item if there[path] == here.get(path) else msgspec.structs.replace(item, digest="", claims="")
            for item in cleared.items(site)
            if (path := urls.file(item.addresses[-1])) in there
        ]
        published.keep(
            site, (published.with_old(item, old.get(item.addresses[-1], ())) for item in items), name, options.now
        )
        seen = {item.id for item in items}
        entries = {
            guid: entry
            for guid, entry in cleared.known.entries.items()
            if guid in seen or urls.file(entry.address) in there
        }
        files = {path: digest for path, digest in publish.short(bundle.digests("sha256")).items() if path in there}
        whole = publish.done(before, files if target else {}, before.leaving, entries)
        guarded.update(file, lambda _: publish.written(whole))
        report.extend(problem for problem in Report(cleared.objections) if problem.code == "sent-again")
    return name


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
            if len(words) >= 2 and all(word.startswith(base) and word.endswith("/") for word in words[:2]):
                old, new = (word.removeprefix(base) for word in words[:2])
                found[new] = (*found.get(new, ()), old)
    return found
