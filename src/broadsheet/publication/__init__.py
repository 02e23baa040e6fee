"""Publishing: clearance → what changes → target → the record → proof. The one function that knows the order of it.

In: a site and the name of a target. Out: what was sent, a report, and the record of it beside the content.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from broadsheet import publish, published
from broadsheet.cache import snapshot
from broadsheet.config import Site
from broadsheet.desk import freeze_closed
from broadsheet.errors import Place, Report, fail, unfit
from broadsheet.pipeline import Built, Options, Progress
from broadsheet.publication import delivery
from broadsheet.publication.clearance import Answers, Clearance, Destination, clear, correct
from broadsheet.publish import releases


class PublishRequest(Answers, frozen=True):
    """What an editor asks for, and answers: ``accept`` also names paths of others at the target that may be replaced.

    ``target`` is a name, or empty for the only one there is. ``dry`` shows what would change and sends nothing.
    ``targets`` are the site's own, by name, beside those of the settings.
    """

    target: str = ""
    dry: bool = False
    targets: delivery.OwnTargets = msgspec.field(default_factory=dict)


class Publication(msgspec.Struct, frozen=True):
    """What a publication changes: at the target, for readers and for subscribers. ``sent`` tells whether it went out.

    ``first`` tells that nothing is known to have been sent there before, and ``refused`` that a problem keeps it here.
    ``frozen`` are the files of the editions that it has frozen, as a user calls them.
    """

    target: str
    changes: publish.Changes
    cleared: Clearance
    first: bool
    sent: bool = False
    refused: bool = False
    frozen: tuple[str, ...] = ()

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
    with delivery.held(site, request.target, request.targets, options) as opened:
        name, file, shown, before, digests, target = opened
        if before and before.pending and not request.dry:
            _recover(site, target, before, digests, shown)
        if not request.dry:
            correct(site, options, request.corrected)
        command = f"publish {name}" if len({**site.settings.targets, **request.targets}) > 1 else "publish"
        there = Destination(name, before or publish.Record(), digests, target.extras, command=command)
        cleared = clear(site, options, request, there, report, tell)
        built, bundle, known = cleared.built, cleared.bundle, cleared.known
        changes = delivery.changes(target, bundle, before, options.now, request.accept)
        found = Publication(name, changes, cleared, first=before is None)
        show(found)
        objections = [*cleared.objections, *delivery.blocked(name, changes)]
        unknown = list(delivery.unknown(name, changes, before, anyway=request.anyway))
        report.extend((*objections, *unknown, *delivery.others(name, changes)))
        if unknown and not request.anyway:
            objections += unknown
        refused = bool(objections or (request.strict and report.exit_code(strict=True)))
        found = msgspec.structs.replace(found, refused=refused)
        if not (request.dry or refused):
            items = cleared.items()
            noted = before
            if pending := {} if changes.empty else published.pending(items, cleared.record):
                noted = msgspec.structs.replace(before or publish.Record(recorded=0), pending=pending)
                publish.save(file, noted, before, shown)
            after = delivery.deliver(file, shown, noted, target, bundle, changes, known.entries, tell)
            count = published.keep(site, items, name, options.now)
            publish.save(file, msgspec.structs.replace(after, pending={}, recorded=count), after, shown)
            closed = freeze_closed(site, built.newspaper, options.now)
            report.extend(closed.problems)
            keeper = releases.keeper(target, delivery.store(site, name, target, before))
            report.extend(releases.keep(keeper, bundle, options.now, name))
            snapshot.acknowledge(site)
            report.extend(delivery.looked_at(site, delivery.address(site, name, target), bundle, changes))
            found = msgspec.structs.replace(found, sent=True, frozen=tuple(closed.files))
        digests.keep()
    return found


def _recover(site: Site, target: publish.Target, before: publish.Record, digests: publish.Digests, shown: str) -> None:
    """Take down the addresses of a publication that broke off, as far as readers could have met them."""
    nothing = publish.Bundle(site.output, (), digests, {})
    there = target.there(nothing).files
    try:
        seen = published.met(before.pending.values(), there)
    except msgspec.ValidationError as cause:
        hint = "Restore it from version control, or rebuild it from what can be read: broadsheet release --rebuild"
        raise fail("record-broken", f"pending: {unfit(cause)}", Place(shown), hint) from cause
    if seen:
        published.recover(site, seen)
