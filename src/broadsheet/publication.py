"""Publishing: build → check → gate → what changes → target → proof. The one function that knows the order of it.

In: a site and the name of a target. Out: what was sent, a report, and the record of it beside the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from broadsheet import check, fact_guard, iri, publish, render
from broadsheet import published as addresses
from broadsheet.cache import lock, snapshot
from broadsheet.config import Site
from broadsheet.config.targets import NAME
from broadsheet.errors import Place, Problem, Report, error, fail, note
from broadsheet.model import Newspaper
from broadsheet.pages import urls
from broadsheet.pipeline import Built, Options, Progress, build
from broadsheet.publish import releases
from broadsheet.text import did_you_mean

RECORDS = "published"  # the folder below content/
_CHECK = "See them with: broadsheet check"
_REMEMBERED = 1_000  # stories whose facts are taken down in one publication, the newest first
_SHOWN = 20  # files of a kind that problems name; the rest is counted


OwnTargets = Mapping[str, publish.Target]


class PublishRequest(msgspec.Struct, frozen=True):
    """What an editor asks for: ``accept`` names GUIDs that may be sent again, and paths that may be replaced.

    ``dry`` shows what would change and sends nothing; ``strict`` sends nothing while there is a warning, and ``anyway``
    sends what there is while there are errors. ``no_facts`` names stories, by id or path, of which no fact has changed
    whatever the words. ``targets`` are the site's own, by name, beside those of the settings.
    """

    target: str = ""
    accept: tuple[str, ...] = ()
    dry: bool = False
    strict: bool = False
    anyway: bool = False
    no_facts: tuple[str, ...] = ()
    targets: OwnTargets = {}


class Publication(msgspec.Struct, frozen=True):
    """What a publication changes: at the target, and for subscribers. ``sent`` tells whether it went out.

    ``seconds`` is what the check took.
    """

    target: str
    built: Built
    changes: publish.Changes
    resend_check: publish.ResendCheck
    first: bool
    seconds: float
    sent: bool = False


Show = Callable[[Publication], None]


def publish_site(
    site: Site, options: Options, request: PublishRequest, report: Report, tell: Progress, show: Show
) -> Publication:
    """Build the site, show what would change at the target, and send that, unless something speaks against it.

    Problems go into the report. Raises BroadsheetError where the target, or the record, cannot be read or written.
    """
    name = chosen(site, request.target, request.targets)
    file, shown = record_file(site, name)
    with lock.held(site.root, "publish"):
        before = publish.load(file, shown)
        built = build(site, options, report, tell)
        seconds = _checked(site, built, options, report, tell, strict=request.strict)
        digests = publish.Digests(site.cache)
        target = opened(site, name, request.targets, digests, options)
        made = render.Output(site.output, site.settings.output).made
        bundle = publish.Bundle(site.output, made, digests, target.extras)
        paths = frozenset(bundle.paths)
        known = publish.gather(bundle, urls.Addresses(site.settings.url).root, before.entries if before else {})
        resend_check = publish.check_resends(known, before or publish.Record(), paths, request.accept)
        changes = publish.compare(
            bundle.digests(target.digest),
            target.there(bundle),
            before.files.keys() | before.leaving.keys() if before else frozenset(),
            leaving=before.leaving if before else {},
            now=options.now,
            accepted=request.accept,
        )
        found = Publication(name, built, changes, resend_check, first=before is None, seconds=seconds)
        show(found)
        faulty = () if request.anyway else _faulty(report)
        objections = [*faulty, *blocked(name, changes), *_resends(site, built.newspaper, resend_check)]
        report.extend((*objections, *others(name, changes)))
        if not (request.dry or objections or (request.strict and report.exit_code(strict=True))):
            deliver(file, shown, before, target, bundle, changes, known.entries, tell)
            keeper = releases.keeper(target, store(site, name, target, before))
            report.extend(releases.keep(keeper, bundle, options.now, name))
            stories = built.newspaper.stories
            fact_guard.check(site, stories, remember=True, accepted=request.no_facts, most=_REMEMBERED)
            addresses.keep(site, stories)
            snapshot.acknowledge(site)
            report.extend(looked_at(site, address(site, name, target), bundle, changes))
            found = msgspec.structs.replace(found, sent=True)
        digests.keep()
    return found


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
        hint = 'Add a table [tool.broadsheet.targets.live] with kind = "folder", "git", "s3" or "rsync".'
        raise fail("target-missing", "the settings name no target", place, hint)
    if wanted:
        raise fail("target-unknown", f"no target {wanted!r}", place, did_you_mean(wanted, known))
    if len(known) > 1:
        raise fail("target-unknown", "which target?", place, f"Name one: {', '.join(known)}.")
    return next(iter(known))


def deliver(
    file: Path,
    shown: str,
    before: publish.Record | None,
    target: publish.Target,
    bundle: publish.Bundle,
    changes: publish.Changes,
    entries: Mapping[str, publish.PublishedEntry],
    tell: Progress,
) -> None:
    """Send what changes. The record in ``file`` names it before that, and says afterwards that it is complete.

    Raises BroadsheetError; the next publication goes on from there.
    """
    files = publish.short(bundle.digests("sha256"))
    under_way = before
    if not changes.empty:
        under_way = publish.begun(before, files, entries)
        publish.save(file, under_way, before, shown)
        target.send(bundle, changes, tell)
    publish.save(file, publish.done(before, files, changes.leaving, entries), under_way, shown)


def opened(site: Site, name: str, own: OwnTargets, digests: publish.Digests, options: Options) -> publish.Target:
    """The target of a name: one of the site's own, or of the settings. Raises BroadsheetError."""
    if name in own:
        return own[name]
    apart = {"content": site.content, "the built site": site.output, "themes": site.themes, "the cache": site.cache}
    return publish.open_target(name, site.settings.targets, site.root, site.cache, digests, options.now, apart)


def store(site: Site, name: str, target: publish.Target, before: publish.Record | None) -> publish.Store:
    """What keeps the releases of a target that does not do so itself."""
    keep = int(getattr(site.settings.targets.get(name, target), "keep", releases.KEEP))
    return publish.Store(site.cache / "releases", name, keep, before.files if before else {})


def address(site: Site, name: str, target: publish.Target) -> str:
    """Where readers find what was sent; a target of the site's own may have it as ``url``."""
    known = site.settings.targets.get(name)
    return str(getattr(target, "url", known.url if known else ""))


def record_file(site: Site, name: str) -> tuple[Path, str]:
    """The record of what was published at a target: its file, and the path by which people know it."""
    return site.content / RECORDS / f"{name}.json", f"{site.settings.content}/{RECORDS}/{name}.json"


def _checked(site: Site, built: Built, options: Options, report: Report, tell: Progress, *, strict: bool) -> float:
    """Check what was built: errors go into the report, of all else only how much there is. The seconds it took."""
    told = set(report)
    found = Report(told)
    found.suppress(site.suppressions.covers)
    checked = check.look(site, built, options, found, tell)
    rest = Report()
    for problem in found:
        if problem not in told:
            (report if strict or problem.severity == "error" else rest).add(problem)
    if more := rest.summary():
        report.add(note("publish-check", f"the check has {more} more", Place(site.settings.output), _CHECK))
    return checked.seconds


def _faulty(report: Report) -> Iterable[Problem]:
    """Why a site with errors is not sent: what has been published could go, or lead nowhere."""
    if count := report.count("error"):
        wrong = f"{count} error{'s' if count > 1 else ''}"
        hint = "Mend them, or send the site as it is: broadsheet publish --anyway"
        yield error("publish-errors", f"is not sent while it has {wrong}", Place("site"), hint)


def blocked(name: str, changes: publish.Changes) -> Iterable[Problem]:
    """An error for each file of somebody else's that is in the way."""
    hint = f"Publish elsewhere, or replace it: broadsheet publish {name} --accept PATH (a pattern such as '*' will do)."
    for path in changes.blocked[:_SHOWN]:
        yield error(
            "publish-foreign", "is in the way, and Broadsheet did not put it there", Place(f"{name}:{path}"), hint
        )
    if (more := len(changes.blocked) - _SHOWN) > 0:
        yield error("publish-foreign", f"so are {more} more files", Place(name), hint)


def others(name: str, changes: publish.Changes) -> Iterable[Problem]:
    """A note of the files that somebody else put there."""
    if changes.others:
        some = ", ".join(changes.others[:3]) + (", …" if len(changes.others) > 3 else "")
        yield note(
            "publish-other", f"{len(changes.others)} files were put there by others: left alone ({some})", Place(name)
        )


def _resends(site: Site, newspaper: Newspaper, resend_check: publish.ResendCheck) -> Iterable[Problem]:
    """What subscribers would get twice, each with the story's file and how to let it go out all the same."""
    files = {story.id: f"{site.settings.content}/stories/{story.path}" for story in newspaper.stories}
    for one in resend_check.resends:
        message = f"{one.title!r} would be sent again: subscribers have it as {one.earlier!r} ({one.sign})"
        if one.guid in files:
            hint = f"Set its id to {one.earlier}, or accept it: --accept {one.guid}"
        else:
            hint = f"Where the address of the site has changed, set 'id' to the old host. Or: --accept {one.guid}"
        yield error("sent-again", message, Place(files.get(one.guid, one.feed)), hint)


def looked_at(site: Site, url: str, bundle: publish.Bundle, changes: publish.Changes) -> Iterable[Problem]:
    """Look at what readers get, then tell the hub which feeds changed."""
    own = urls.Addresses(site.settings.url)
    there = urls.Addresses(url) if url else own
    sent = (*changes.new, *changes.changed)
    if url:
        yield from publish.verify(lambda path: there.absolute(urls.answered(path)), bundle, sent)
    if site.settings.hub and there.root == own.root:
        feeds = sorted(
            (path for path in sent if publish.kind(path) == "feed"), key=lambda path: (path.count("/"), path)
        )
        yield from publish.notify_hub(iri.absolute(site.settings.hub), map(own.absolute, feeds))
