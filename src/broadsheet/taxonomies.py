"""Taxonomies: the ways to group stories, a row each; all lists, pages, feeds and links of one come of its row.

In: nothing; the rows of every site stand here, those of a site's own come from its settings. Out: ``Taxonomy`` values.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import msgspec

from broadsheet.model import Story


class Taxonomy(msgspec.Struct, frozen=True):
    """A way to group stories by what a key of their front matter says; what it says is a term.

    ``name`` is what one term is, ``folder`` the first part of the addresses of all, and with it the key of the theme's
    title for them; a site's own has a ``title``. It is ``ordered`` by the settings, or by its terms' names. A term has
    a page from ``minimum`` stories on, and feeds, if any, from ``feed_minimum`` on, which may be as long as the site's
    own (``long_feeds``). With an ``index`` there is a page of all terms. Names are ``typeset`` where people write them.
    """

    name: str
    key: str
    folder: str
    title: str = ""
    ordered: bool = False
    minimum: int = 1
    feeds: bool = True
    feed_minimum: int = 1
    long_feeds: bool = False
    index: bool = True
    typeset: bool = True

    @property
    def address(self) -> str:
        """The address of the page of all terms."""
        return f"{self.folder}/"

    def values(self, story: Story) -> tuple[str, ...]:
        """The names of the terms of a story."""
        read = _BUILT_IN.get(self.key)
        return read(story) if read else story.terms.get(self.key, ())


SECTION = Taxonomy("section", "section", "sections", ordered=True, long_feeds=True, index=False, typeset=False)
TOPIC = Taxonomy("topic", "topics", "topics")
AUTHOR = Taxonomy("author", "authors", "authors", feed_minimum=2)
SOURCE = Taxonomy("source", "source", "sources", feed_minimum=2)

_BUILT_IN: dict[str, Callable[[Story], tuple[str, ...]]] = {
    "section": lambda story: (story.section,) if story.section else (),
    "topics": attrgetter("topics"),
    "authors": attrgetter("authors"),
    "source": lambda story: (story.source.name,) if story.source and story.source.name else (),
}
