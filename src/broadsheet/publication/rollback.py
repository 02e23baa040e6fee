"""Rolling back: an earlier release is published again, by the way that every publication goes.

In: a site, the name of a target, a release that is kept. Out: the target with the files of that release, and the record
of it. So the gate for subscribers, the order of sending and other people's files are as they are for a publication.
What an editor did for readers since, such as a retraction, is not undone before somebody says that it is meant.

Published addresses do not die: a page that only the newer release had gives way to one that leads on, to where the same
is in the release, or to the front page. A feed gives way to the feed there, or to one without entries.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from broadsheet import publish
from broadsheet import published as addresses
from broadsheet.cache import snapshot
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error
from broadsheet.pages import urls
from broadsheet.pages.feed import feed_id
from broadsheet.pipeline import Options, Progress
from broadsheet.publication import delivery, setbacks
from broadsheet.publish import releases
from broadsheet.publish.bundle import read
from broadsheet.render.feeds.documents import DocumentRenderer, redirect
from broadsheet.syndication import Feed


class RollbackRequest(msgspec.Struct, frozen=True):
    """What an editor asks for: ``release`` names one that is kept, or is empty for the one before readers' own.

    ``accept`` names GUIDs that may be sent again, stories of which something may be undone, by id, and paths of others
    that may be replaced. ``dry`` sends nothing.
    """

    target: str = ""
    release: str = ""
    accept: tuple[str, ...] = ()
    dry: bool = False
    targets: delivery.OwnTargets = {}


class Rollback(msgspec.Struct, frozen=True):
    """What a rollback changes: for readers in ``stories``, at the target, for subscribers.

    ``answering`` are addresses that lead on by it, and ``refused`` tells that a problem keeps it from being done.
    """

    target: str
    release: publish.Release
    changes: publish.Changes
    resend_check: publish.ResendCheck
    answering: tuple[str, ...]
    stories: tuple[setbacks.Setback, ...] = ()
    sent: bool = False
    refused: bool = False


Show = Callable[[Rollback], None]


def listed(site: Site, options: Options, request: RollbackRequest) -> tuple[str, Sequence[publish.Release]]:
    """The name of the target, and what can be brought back there, the oldest first. Raises BroadsheetError."""
    with delivery.held(site, request.target, request.targets, options) as at:
        return at.name, _keeper(site, at.name, at.target, at.before).releases()


def roll_back(
    site: Site, options: Options, request: RollbackRequest, report: Report, tell: Progress, show: Show
) -> Rollback:
    """Show what bringing a release back changes, and send it, unless something speaks against it.

    Problems go into the report. Raises BroadsheetError where the release is lost, or the target cannot be reached.
    """
    with delivery.held(site, request.target, request.targets, options) as opened:
        name, file, shown, before, digests, target = opened
        keeper = _keeper(site, name, target, before)
        release = releases.chosen(keeper.releases(), request.release, name)
        files = keeper.bring(release)
        answers = dict(_answers(site, before, files))
        extras = {path: data for path, data in target.extras.items() if path not in files.digests}
        if isinstance(keeper, publish.ReleaseStore):
            for path, data in answers.items():
                keeper.add(path, data)
        else:
            extras |= answers
        bundle = publish.Bundle(files.root, files.digests.keys() | answers.keys(), digests, extras)
        releases.verified(bundle, files, name)
        known = publish.gather(bundle, urls.Addresses(site.settings.url).root, before.entries if before else {})
        resend_check = publish.check_resends(known, before or publish.Record(), frozenset(bundle.paths), request.accept)
        changes = delivery.changes(target, bundle, before, options.now, request.accept)
        had = before.entries if before else {}
        stories = setbacks.found(site, options, name, release, files, changes, had, known.entries)
        found = Rollback(name, release, changes, resend_check, tuple(map(urls.answered, sorted(answers))), stories)
        show(found)
        day = f"{release.moment.astimezone(site.zone):%Y-%m-%d %H:%M}"
        objections = [*setbacks.objections(site, name, stories, day, request.accept)]
        objections += (*delivery.blocked(name, changes), *_resends(name, resend_check))
        report.extend((*objections, *delivery.others(name, changes)))
        found = msgspec.structs.replace(found, refused=bool(objections))
        if not (request.dry or found.refused):
            delivery.deliver(file, shown, before, target, bundle, changes, known.entries, tell)
            report.extend(releases.keep(keeper, bundle, options.now, name))
            with contextlib.suppress(BroadsheetError):  # a damaged record is reported by whatever needs it whole
                addresses.set_back(site, name, {one.id: one.there for one in stories})
            snapshot.acknowledge(site)
            report.extend(delivery.looked_at(site, delivery.address(site, name, target), bundle, changes))
            found = msgspec.structs.replace(found, sent=True)
        digests.keep()
    return found


def _keeper(site: Site, name: str, target: publish.Target, before: publish.Record | None) -> releases.Keeper:
    return releases.keeper(target, delivery.store(site, name, target, before))


def _answers(site: Site, before: publish.Record | None, release: releases.ReleaseFiles) -> Iterator[tuple[str, bytes]]:
    """For each page and feed that was published and is not in the release: what answers at its address."""
    root, kept = urls.Addresses(site.settings.url), release.digests
    moved = {
        address: next((one for one in reversed(item.known) if urls.file(one) in kept), urls.FRONT)
        for item in addresses.load(site, Report()).items.values()
        for address in item.known
    }
    for path in before.files if before else ():
        kind, name = publish.kind(path), path.rpartition("/")[2]
        if path in kept or path == urls.NOT_FOUND:
            continue
        if kind == "page":
            to = moved.get(urls.answered(path), urls.FRONT)
            yield path, redirect(root.local(to), root.absolute(to), site.settings.title, site.settings.language)
        elif kind == "feed":
            to = moved.get(path.removesuffix(name), urls.FRONT)
            feed = f"{to}{name}"
            if to and feed in kept:
                with contextlib.suppress(BroadsheetError):  # what is damaged stops the rollback
                    yield path, read(release.root, feed)
            else:
                yield path, _without_entries(site, path, to)


def _without_entries(site: Site, path: str, home: str) -> bytes:
    """A feed at a path where the release has none: the one that subscribers know, by its id, with nothing to read."""
    settings, at = site.settings, urls.Addresses(site.settings.url)
    title = settings.title or at.root
    feed = Feed(
        id=feed_id(settings, urls.form(path) or "rss", path),
        title=title,
        description=settings.description or title,
        url=at.absolute(path),
        home=at.absolute(home),
        language=settings.language,
        publisher=settings.publisher or title,
        copyright=settings.copyright,
        items=(),
    )
    return DocumentRenderer().render(path.rpartition("/")[2], {"feed": feed})


def _resends(name: str, resend_check: publish.ResendCheck) -> Iterable[Problem]:
    for one in resend_check.resends:
        message = f"{one.title!r} would be sent again: subscribers have it as {one.earlier!r} ({one.sign})"
        hint = f"Roll back to another release, or accept it: --accept {one.guid}"
        yield error("sent-again", message, Place(f"{name}:{one.feed}"), hint)
