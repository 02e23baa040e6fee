"""Publishing: clearance → what changes → target → the record → proof. The one function that knows the order of it.

In: a site and the name of a target. Out: what was sent, a report, and the record of it beside the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from broadsheet import iri, publish, published
from broadsheet.cache import lock, snapshot
from broadsheet.clearance import Answers, Clearance, Destination, clear, named
from broadsheet.config import Site
from broadsheet.config.targets import NAME
from broadsheet.desk import corrections
from broadsheet.desk.freeze import freeze_closed
from broadsheet.errors import Place, Problem, Report, error, fail, note
from broadsheet.pages import urls
from broadsheet.pipeline import Built, Options, Progress, desk
from broadsheet.publish import releases
from broadsheet.text import did_you_mean

_SHOWN = 20  # files of a kind that problems name; the rest is counted


OwnTargets = Mapping[str, publish.Target]


class PublishRequest(msgspec.Struct, frozen=True):
    """What an editor asks for: ``accept`` names GUIDs that may be sent again, and paths that may be replaced.

    ``dry`` shows what would change and sends nothing; ``strict`` sends nothing while there is a warning, and ``anyway``
    sends what there is while there are errors. ``no_facts`` names stories, by id or path, of which no fact has changed
    whatever the words; ``corrected`` names some with the text of a correction. ``targets`` are the site's own, by name,
    beside those of the settings.
    """

    target: str = ""
    accept: tuple[str, ...] = ()
    dry: bool = False
    strict: bool = False
    anyway: bool = False
    no_facts: tuple[str, ...] = ()
    targets: OwnTargets = {}
    corrected: tuple[tuple[str, str], ...] = ()


class Publication(msgspec.Struct, frozen=True):
    """What a publication changes: at the target, for readers and for subscribers. ``sent`` tells whether it went out.

    ``first`` tells that nothing is known to have been sent there before.
    """

    target: str
    changes: publish.Changes
    cleared: Clearance
    first: bool
    sent: bool = False

    @property
    def built(self) -> Built:
        """The site as it was built."""
        return self.cleared.built

    @property
    def seconds(self) -> float:
        """What the check took."""
        return self.cleared.seconds

    @property
    def resend_check(self) -> publish.ResendCheck:
        """What it means to subscribers."""
        return self.cleared.resend_check


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
        digests = publish.Digests(site.cache)
        target = opened(site, name, request.targets, digests, options)
        if before and before.pending and not request.dry:
            _recover(site, target, before, digests)
        if not request.dry:
            correct(site, options, request.corrected)
        answers = Answers(request.accept, request.no_facts, request.strict, request.anyway)
        there = Destination(name, before or publish.Record(), digests, target.extras)
        cleared = clear(site, options, answers, there, report, tell)
        built, bundle, known = cleared.built, cleared.bundle, cleared.known
        changes = publish.compare(
            bundle.digests(target.digest),
            target.there(bundle),
            before.files.keys() | before.leaving.keys() if before else frozenset(),
            leaving=before.leaving if before else {},
            now=options.now,
            accepted=request.accept,
        )
        found = Publication(name, changes, cleared, first=before is None)
        show(found)
        objections = [*cleared.objections, *blocked(name, changes)]
        report.extend((*objections, *others(name, changes)))
        if not (request.dry or objections or (request.strict and report.exit_code(strict=True))):
            items = cleared.items(site)
            noted = before
            if pending := {} if changes.empty else published.pending(items, cleared.record):
                noted = msgspec.structs.replace(before or publish.Record(), pending=pending)
                publish.save(file, noted, before, shown)
            after = deliver(file, shown, noted, target, bundle, changes, known.entries, tell)
            published.keep(site, items, name, options.now)
            if after.pending:
                publish.save(file, msgspec.structs.replace(after, pending={}), after, shown)
            report.extend(freeze_closed(site, built.newspaper, options.now))
            keeper = releases.keeper(target, store(site, name, target, before))
            report.extend(releases.keep(keeper, bundle, options.now, name))
            snapshot.acknowledge(site)
            report.extend(looked_at(site, address(site, name, target), bundle, changes))
            found = msgspec.structs.replace(found, sent=True)
        digests.keep()
    return found


def correct(site: Site, options: Options, corrected: Sequence[tuple[str, str]]) -> None:
    """Add corrections to the stories that an editor named. Raises BroadsheetError, such as ``story-unknown``."""
    stories = desk(site, options.now, Report()).stories if corrected else ()
    for name, text in corrected:
        corrections.add(site, named(site, stories, name), text, options.now)


def _recover(site: Site, target: publish.Target, before: publish.Record, digests: publish.Digests) -> None:
    """Take down the addresses of a publication that broke off, as far as readers could have met them."""
    nothing = publish.Bundle(site.output, (), digests, {})
    there = target.there(nothing).files
    if seen := published.met(before.pending.values(), there):
        published.recover(site, seen)


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
    """The record of what is at a target, and how a user calls it."""
    path = f"{published.FOLDER}/{name}.json"
    return site.content / path, f"{site.settings.content}/{path}"


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
