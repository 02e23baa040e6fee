"""Facts: what the first page of a term – a section, topic, author – tells of it besides its stories.

In: the newspaper, its names, the columns of its charts. Out: ``Facts``: how many stories of the latest edition, what it
often stands together with, how many stories over time; for a source its front door and its licences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter
from urllib.parse import urlsplit

from broadsheet import iri
from broadsheet.model import Edition, Story, Term
from broadsheet.pages.columns import Columns
from broadsheet.pages.inputs import EditionRef, Name, TermFacts
from broadsheet.pages.names import Names, TermPage
from broadsheet.taxonomies import SOURCE, TOPIC, Taxonomy

NEIGHBOURS = 6  # topics beside which a thing is said to stand often
LATEST = 100  # stories in which they are looked for: what stood together long ago says little of today
TOGETHER = 2  # stories from which "often" may be said


class FactFinder:
    """Finds the facts of terms; ``latest`` is the newest edition, and how pages refer to it."""

    def __init__(
        self,
        rows: Iterable[Taxonomy],
        names: Mapping[str, Names],
        columns: Columns,
        latest: tuple[Edition, EditionRef] | None,
    ) -> None:
        self.topics = names[TOPIC.name]
        self.columns = columns
        self.ref = latest[1] if latest else None
        stories = latest[0].stories if latest else ()
        self.total = len(stories)
        known = [(row.values, names[row.name]) for row in rows]
        self._shares = Counter(
            address
            for story in stories
            for address in {found[name].address for values, found in known for name in values(story)} - {""}
        )

    def facts(self, one: TermPage) -> TermFacts:
        """The facts of a term."""
        row, term, address = one
        count = self._shares[address]
        return TermFacts(
            share=(count, self.total, self.ref) if count and self.ref else None,
            neighbours=self._neighbours(term, address),
            coverage=self.columns.coverage(term.stories),
            home=_home(term.stories) if row.name == SOURCE.name else "",
            licences=_licences(term.stories) if row.name == SOURCE.name else (),
        )

    def _neighbours(self, term: Term, own: str) -> tuple[Name, ...]:
        """The commonest topics of its latest stories that have pages of their own, itself left out."""
        found: dict[Name, int] = {}
        counts = Counter(chain.from_iterable(map(_TOPICS, term.stories[:LATEST])))
        for spelling, count in counts.most_common(NEIGHBOURS * 4):
            name = self.topics[spelling]
            if name.address and name.address != own:
                found[name] = found.get(name, 0) + count
        often = sorted((-count, name.title, name.address) for name, count in found.items() if count >= TOGETHER)
        return tuple(Name(title, address, -count) for count, title, address in often[:NEIGHBOURS])


_TOPICS = attrgetter("topics")


def _home(stories: Iterable[Story]) -> str:
    """The address of the front page of a source: of the host that most of its stories are at."""
    hosts: Counter[str] = Counter()
    for story in stories:
        if story.source and (address := iri.absolute(story.source.url)):
            parts = urlsplit(address)
            hosts[f"{parts.scheme}://{parts.netloc}/"] += 1
    return min(hosts, key=lambda host: (-hosts[host], host), default="")


def _licences(stories: Iterable[Story]) -> tuple[tuple[str, int], ...]:
    """The licences of a source's stories, the commonest first, with the number of stories under each."""
    found = Counter(story.source.licence for story in stories if story.source and story.source.licence)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
