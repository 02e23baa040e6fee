"""Names: what pages call the terms of taxonomies, and where each is found.

In: the terms of a newspaper. Out: those that have a page of their own, each at its address; for every spelling the name
to print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from broadsheet.model import Newspaper, Term
from broadsheet.pages import urls
from broadsheet.pages.inputs import Name
from broadsheet.taxonomies import Taxonomy


class TermPage(NamedTuple):
    """A term that has a page of its own, the taxonomy that it is of, and that page's address."""

    taxonomy: Taxonomy
    term: Term
    address: str

    @property
    def feed(self) -> bool:
        """Whether it has feeds."""
        return self.taxonomy.feeds and len(self.term.stories) >= self.taxonomy.feed_minimum


def listed(newspaper: Newspaper, rows: Iterable[Taxonomy]) -> dict[str, tuple[TermPage, ...]]:
    """The terms that have pages, by taxonomy. One that has none takes no address from one that has."""
    return {row.name: _addressed(row, newspaper.terms.get(row.name, ())) for row in rows}


def _addressed(row: Taxonomy, terms: Iterable[Term]) -> tuple[TermPage, ...]:
    found = [term for term in terms if len(term.stories) >= row.minimum]
    addresses = urls.terms(row, [term.name for term in found])
    return tuple([TermPage(row, term, addresses[term.name]) for term in found])


def unusual(found: Iterable[TermPage]) -> Iterator[tuple[str, str]]:
    """The spellings whose address is not the one that their name alone would give, with that address.

    Cards have no more of a section than its name: most addresses are made of that, and the few others stand here.
    """
    for one in found:
        for spelling in one.term.spellings:
            if urls.usual(one.taxonomy, spelling) != one.address:
                yield spelling, one.address


class Names(dict[str, Name]):
    """The names of one taxonomy by spelling; one without a page is itself as ``titled`` sets it, without an address."""

    def __init__(self, titled: Callable[[str], str]) -> None:
        super().__init__()
        self.titled = titled

    def __missing__(self, spelling: str) -> Name:
        made = self[spelling] = Name(self.titled(spelling), "")
        return made


def named(found: Mapping[str, Iterable[TermPage]], titled: Callable[[str], str]) -> dict[str, Names]:
    """The names of terms by taxonomy, without counts: what names a topic is not drawn again when that grows."""
    names = {taxonomy: Names(titled) for taxonomy in found}
    for taxonomy, terms in found.items():
        for one in terms:
            names[taxonomy].update(dict.fromkeys(one.term.spellings, Name(one.term.name, one.address)))
    return names
