"""Feeds: what breaks a rule in those that were built, by the story that it came with.

In: what was found in each feed, and the moment of the check. Out: an error for each story, or feed, and rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from broadsheet.check.feedrules import ELSEWHERE
from broadsheet.check.page_facts import Gathered
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error
from broadsheet.pages import FeedInputs
from broadsheet.pipeline import Built
from broadsheet.render.feeds.atom import iri


def problems(site: Site, built: Built, found: Gathered, now: dt.datetime) -> Iterator[Problem]:
    """What is wrong with the feeds; of what a story does to many of them only one is named."""
    files = {story.id: f"{site.settings.content}/stories/{story.path}" for story in built.newspaper.everything}
    files |= {iri(id_): file for id_, file in files.items()}  # as Atom has them
    hint = "Subscribers' readers may refuse the feed, or show it wrong."
    moved = {one.path for one in built.plan if isinstance(one.inputs, FeedInputs) and one.inputs.address != one.path}
    told: set[tuple[str, str]] = set()
    for path, facts in sorted(found.feeds.items(), key=lambda one: (one[0].count("/"), one[0])):
        faults = list(facts.faults)
        if facts.newest > now.timestamp():
            latest = dt.datetime.fromtimestamp(facts.newest, now.tzinfo)
            faults.append((facts.entry, f"has a date in the future, {latest:%Y-%m-%d %H:%M} (ImplausibleDate)"))
        for entry, said in faults:
            if path in moved and said.startswith(ELSEWHERE):
                continue  # as it should: at its old address a feed names its new one, to which readers then go
            file = files.get(entry, f"{site.settings.output}/{path}")
            if (file, said) not in told:
                told.add((file, said))
                subject = f"its entry in /{path}" if entry in files else f"/{path}: {entry!r}" if entry else f"/{path}"
                yield error("feed-rule", f"{subject} {said}", Place(file, 1 if entry in files else 0), hint)
