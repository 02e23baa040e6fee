"""Checking: a built site and its sources → all there is to say of them, each with its place in the sources.

In: a site and a moment. Out: a report. The site is built first, as ``build`` does it, and its pages are then read as a
reader's browser would: what is found there is traced back to the file and line that it came from.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from broadsheet.cache import lock
from broadsheet.check import feeds, links, page_quality, stories
from broadsheet.check.origins import LinkResolver, Origins
from broadsheet.check.page_facts import Gathered, gather
from broadsheet.config import Site
from broadsheet.config.suppressions import Suppressions
from broadsheet.errors import Problem, Report, note
from broadsheet.pipeline import Built, Options, Progress, build
from broadsheet.render.theme.layers import layers


class Checked(msgspec.Struct, frozen=True):
    """What was looked at: the build, pages, feeds, the links in them, addresses asked for abroad; the seconds it took.

    ``read`` is how many of the pages and feeds had changed since the last check.
    """

    built: Built
    pages: int
    feeds: int
    links: int
    asked: int
    read: int
    seconds: float


def check_site(site: Site, options: Options, report: Report, tell: Progress, *, external: bool = False) -> Checked:
    """Build the site and put all there is to say of it into the report. Raises BroadsheetError.

    ``external`` also asks the servers of other sites whether what is linked to is there.
    """
    with lock.held(site.root, "check"):
        built = build(site, options, report, tell)
        suppressions = site.suppressions
        report.suppress(suppressions.covers)  # in place of the build's own, to learn what covers nothing
        checked = look(site, built, options, report, tell, external=external)
    report.extend(_idle(site, suppressions, external=external))
    return checked


def look(
    site: Site, built: Built, options: Options, report: Report, tell: Progress, *, external: bool = False
) -> Checked:
    """The same for a site that is built already. The report must know which problems the site suppresses."""
    started = time.perf_counter()
    ground = LinkResolver(site.settings.url)
    found = gather(site, built.plan, ground, options.workers, tell)
    origins = Origins(site, ground, layers(site))
    for problems in (
        links.broken(site, built, found, origins),
        links.orphans(built.plan, found, origins),
        page_quality.incomplete(built.plan, found, origins),
        page_quality.heavy(site, built.plan, found, origins),
        page_quality.private(site, built.plan),
        stories.problems(site, built, options.now),
        stories.gone(site, built),
        feeds.problems(site, built, found.feeds, options.now),
    ):
        report.extend(problems)
    asked = 0
    if external:
        asked, answers = links.external(site, built.plan, found, origins, tell)
        report.extend(answers)
    return Checked(
        built=built,
        pages=len(found.pages),
        feeds=len(found.feeds),
        links=_links(found),
        asked=asked,
        read=found.read,
        seconds=time.perf_counter() - started,
    )


def _idle(site: Site, suppressions: Suppressions, *, external: bool) -> Iterator[Problem]:
    """A note for each pattern that silenced nothing, now that all there is to say was said."""
    for code, pattern in suppressions.unused():
        if external or code not in links.CODES:
            message = f"silence: {code} = {pattern!r} silences nothing"
            yield note(
                "silence-idle", message, site.place("silence", code), "Delete the line: it could hide the next problem."
            )


def _links(found: Gathered) -> int:
    return sum(len(page.links) + len(page.parts) + len(page.files) for page in found.pages.values())
